#!/bin/sh
# Looks whether the executable runs here and lets it do the rest: ferry install "$@", which copies it
# to /usr/local/bin, or below the image that --prefix names.
set -eu
cd "$(dirname "$0")"

if ! ./ferry version >/dev/null 2>&1; then
  echo "this executable does not run here ($(uname -m), $(getconf LONG_BIT 2>/dev/null || echo '?')-bit programs)." >&2
  echo 'It needs 64-bit programs, not only a 64-bit kernel; an x86 processor with SSE4.2; and where the' >&2
  echo 'C library is musl, the musl download and its libstdc++ (apk add libstdc++).' >&2
  exit 1
fi
exec ./ferry install "$@"

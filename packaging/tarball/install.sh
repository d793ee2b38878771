#!/bin/sh
# Copies the executable to /usr/local/bin (or $PREFIX/bin) and lets it do the rest: ferry install "$@".
set -eu
cd "$(dirname "$0")"

if ! ./ferry version >/dev/null 2>&1; then
  echo "this executable does not run here ($(uname -m), $(getconf LONG_BIT 2>/dev/null || echo '?')-bit programs)." >&2
  echo 'It needs 64-bit programs, not only a 64-bit kernel; an x86 processor with SSE4.2; and where the' >&2
  echo 'C library is musl, the musl download and its libstdc++ (apk add libstdc++).' >&2
  exit 1
fi
for word in "$@"; do
  # A trial run changes nothing, so nothing is copied for it.
  case "$word" in --dry-run | --help) exec ./ferry install "$@" ;; esac
done
bin=${PREFIX:-/usr/local}/bin
mkdir -p "$bin"
# A running executable cannot be written over, but its name can move to another file.
cp ferry "$bin/.ferry-new"
chmod 755 "$bin/.ferry-new"
mv -f "$bin/.ferry-new" "$bin/ferry"
echo "copied $bin/ferry"
exec "$bin/ferry" install "$@"

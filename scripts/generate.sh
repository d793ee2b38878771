#!/bin/sh
# Makes what is generated from proto/ and from the tables; with --check, fails where it is stale.
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh
install_packages
out=src/wire
[ "${1:-}" = --check ] && out=$(mktemp -d) && trap 'rm -rf "$out"' EXIT
flags="-t static-module -w es6 --force-number --no-verify --no-delimited --no-service --no-create --no-convert"
bin=node_modules/.bin
for proto in transfer; do
  # shellcheck disable=SC2086
  $bin/pbjs $flags --no-comments -o "$out/$proto.js" "proto/$proto.proto"
  # shellcheck disable=SC2086
  $bin/pbjs $flags "proto/$proto.proto" | $bin/pbts -o "$out/$proto.d.ts" -
done
if [ "${1:-}" = --check ]; then
  for proto in transfer; do
    cmp "$out/$proto.js" "src/wire/$proto.js"
    cmp "$out/$proto.d.ts" "src/wire/$proto.d.ts"
  done
fi
"$(bun_path)" src/main.ts generate "$@"

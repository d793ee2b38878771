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
# make NAME PROTO ...: one module of each, with a name space of its own
make() {
  name=$1; shift
  # shellcheck disable=SC2086
  $bin/pbjs $flags -r "$name" -p proto --no-comments -o "$out/$name.js" "$@"
  # shellcheck disable=SC2086
  $bin/pbjs $flags -r "$name" -p proto "$@" | $bin/pbts -o "$out/$name.d.ts" -
}
make transfer proto/transfer.proto
make viam proto/viam-datasync.proto proto/viam-data.proto proto/viam-auth.proto
if [ "${1:-}" = --check ]; then
  for module in transfer viam; do
    cmp "$out/$module.js" "src/wire/$module.js"
    cmp "$out/$module.d.ts" "src/wire/$module.d.ts"
  done
fi
"$(bun_path)" src/main.ts generate "$@"

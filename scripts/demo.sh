#!/bin/sh
# Shows the whole path on this machine: a receiver, an agent that is killed with -9 in the middle of
# the large file, and a table of what arrived. ./scripts/demo.sh [DIR] carries a copy of DIR.
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh
install_packages
case "$(uname -m)" in aarch64) target=arm64 ;; *) target=x64 ;; esac
./scripts/build.sh "$target"
exec "$(bun_path)" scripts/demo.ts "dist/ferry-linux-$target" "$@"

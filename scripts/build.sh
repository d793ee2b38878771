#!/bin/sh
# Compiles dist/ferry-linux-x64 and dist/ferry-linux-arm64 from npm packages alone.
# ./scripts/build.sh [x64] [arm64] [x64-musl] [arm64-musl]   (default: x64 arm64)
# Beside each, *.inputs.json names every source file that went into it.
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh
install_packages
mkdir -p dist
[ $# -gt 0 ] || set -- x64 arm64
for target in "$@"; do
  out="dist/ferry-linux-$target"
  runtime=$(runtime_for "$target")
  say "compiling $out"
  # In a folder of its own, because the file's base name becomes part of it.
  "$(bun_path)" build src/main.ts --compile --target="bun-linux-$target" \
    --compile-executable-path="$runtime" --outfile="$out" \
    --minify --bytecode --format=esm --external '@grpc/proto-loader' --define "__dirname='/ferry'" \
    --no-compile-autoload-dotenv --no-compile-autoload-bunfig \
    --metafile="$out.inputs.json" >&2
done

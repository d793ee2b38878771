#!/bin/sh
# Compares the compiled executable with other programs, in one run, in turn; results go to bench/results/.
# ./scripts/bench.sh [large mixed small ...]   FERRY_BENCH_ROUNDS=5
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh
install_packages
install_bench_programs
case "$(uname -m)" in aarch64) target=arm64 ;; *) target=x64 ;; esac
./scripts/build.sh "$target"
"$(bun_path)" bench/main.ts "$@"

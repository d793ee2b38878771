#!/bin/sh
# Compares the compiled executable with other programs, in one run, in turn; results go to bench/results/.
# ./scripts/bench.sh [large mixed small rtt cut poll backlog constrained idle wear micro]   FERRY_BENCH_ROUNDS=5
# ./scripts/bench.sh report   makes bench/RESULTS.md and its charts anew; bench/reasons.ts says why a bar is missed
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh
install_packages
if [ "${1:-}" != report ]; then
  install_bench_programs
  case "$(uname -m)" in aarch64) target=arm64 ;; *) target=x64 ;; esac
  ./scripts/build.sh "$target"
fi
"$(bun_path)" bench/main.ts "$@"

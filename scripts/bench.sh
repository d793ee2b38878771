#!/bin/sh
# Compares the compiled executable with other programs, in one run, in turn; results go to bench/results/.
# ./scripts/bench.sh [large mixed small rtt cut poll backlog constrained idle wear micro]   all of them without a name
#   FERRY_BENCH_ROUNDS=5 rounds, FERRY_BENCH_SCENARIO_SECONDS=1500: no round begins that would end later; all take one to two hours
# ./scripts/bench.sh report   makes bench/RESULTS.md and its charts anew; bench/reasons.ts says why a bar is missed
# ./scripts/bench.sh profile [large small rtt idle memory]   makes the profiles that go with the reasons anew (bench/profiles/)
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh
install_packages
if [ "${1:-}" != report ]; then
  install_bench_programs
  case "$(uname -m)" in aarch64) target=arm64 ;; *) target=x64 ;; esac
  ./scripts/build.sh "$target"
fi
program=bench/main.ts
if [ "${1:-}" = profile ]; then
  program=bench/profile.ts
  shift
fi
"$(bun_path)" "$program" "$@"

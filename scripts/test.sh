#!/bin/sh
# Installs what it needs and runs every check; ends with the line "N passed, N failed, N skipped".
# ./scripts/test.sh [suite ...]   one or more of: check tidy unit property contract simulation end-to-end
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh
install_packages
install_test_programs
bun=$(bun_path)
reports=$(mktemp -d)
trap 'rm -rf "$reports"' EXIT
passed=0 failed=0 skipped=0

# report NAME SECONDS PASSED FAILED SKIPPED
report() {
  printf '%-12s %4s s  %s passed, %s failed, %s skipped\n' "$1" "$2" "$3" "$4" "$5"
  passed=$((passed + $3)) failed=$((failed + $4)) skipped=$((skipped + $5))
}

# One program that passes or fails as a whole.
check() {
  what=$1; shift
  start=$(date +%s)
  if "$@" >"$reports/out" 2>&1; then
    report "$what" $(($(date +%s) - start)) 1 0 0
  else
    cat "$reports/out"
    report "$what" $(($(date +%s) - start)) 0 1 0
  fi
}

# The count before a word in the runner's summary.
count() { sed -n "s/^ *\([0-9][0-9]*\) $1\$/\1/p" "$reports/out" | tail -n 1; }

# A folder of tests.
suite() {
  start=$(date +%s)
  status=0
  "$bun" test --timeout "${FERRY_TEST_TIMEOUT_MS:-120000}" "./test/$1/" >"$reports/out" 2>&1 || status=$?
  fails=$(count fail); passes=$(count pass); skips=$(count skip)
  # A runner that dies, or finds no test, has failed whatever it counted.
  if [ "$status" -ne 0 ] && [ "${fails:-0}" -eq 0 ]; then fails=1; fi
  if [ "${passes:-0}" -eq 0 ] && [ "${fails:-0}" -eq 0 ]; then fails=1; fi
  [ "${fails:-0}" -eq 0 ] || cat "$reports/out"
  grep -E '^(SKIPPED|TABLE)' "$reports/out" || true
  # A test that finds its means missing says so and counts as skipped.
  missing=$(grep -c '^SKIPPED' "$reports/out" || true)
  report "$1" $(($(date +%s) - start)) $((${passes:-0} - missing)) "${fails:-0}" $((${skips:-0} + missing))
}

[ $# -gt 0 ] || set -- check tidy unit property contract simulation end-to-end
for wanted in "$@"; do
  case "$wanted" in
    check)
      check lint node_modules/.bin/biome check --error-on-warnings .
      check types node_modules/.bin/tsc
      check unused node_modules/.bin/knip
      check generated ./scripts/generate.sh --check
      ;;
    contract | end-to-end)
      [ -n "${built:-}" ] || { check build ./scripts/build.sh; built=yes; }
      suite "$wanted"
      ;;
    *) suite "$wanted" ;;
  esac
done
printf '%s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]

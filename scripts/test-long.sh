#!/bin/sh
# What takes longer than a change may wait; the dated result goes to test/results/.
# ./scripts/test-long.sh [suite ...]   one or more of: kills power pairs hostile soak boards fuzz peers simulation inits
# FERRY_VIAM_SERVER=FILE lets that viam-server sync to the receiver too.
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh
install_packages
install_test_programs
./scripts/build.sh
for program in lintian mmdebstrap qemu-system-x86_64:qemu-system-x86; do
  command -v "${program%:*}" >/dev/null ||
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${program#*:}" >/dev/null 2>&1 || true
done

# Test files, with what each suite asks for beyond the short run. A runner may die without a word.
run() {
  all=$(mktemp)
  { "$(bun_path)" test --timeout 2400000 "$@" 2>&1 || echo "(fail) the runner ended with $?"; } | tee "$all" |
    grep --line-buffered -E '^(TABLE|SKIPPED|\((pass|fail)|error| *[0-9]+ (pass|fail|skip)$)'
  if grep -q '^(fail)' "$all"; then echo "all that was printed: $all"; else rm "$all"; fi
}

# Real service managers, and musl without glibc, where there is root.
inits() {
  for init in systemd openrc sysvinit musl; do
    if [ "$(id -u)" != 0 ] || ! command -v mmdebstrap >/dev/null; then
      echo "SKIPPED $init: it needs root and mmdebstrap"
    elif ./test/packaging/$init.sh >"/tmp/ferry-$init.$$" 2>&1; then
      echo "(pass) $init: test/packaging/in-$init.sh"
    else
      cat "/tmp/ferry-$init.$$"
      echo "(fail) $init"
    fi
    rm -f "/tmp/ferry-$init.$$"
  done
}

suite() {
  e2e=./test/end-to-end
  case "$1" in
    kills)
      FERRY_KILLS="${FERRY_KILLS:-200}" FERRY_RECEIVER_KILLS="${FERRY_RECEIVER_KILLS:-100}" \
        run $e2e/kill.test.ts $e2e/receiver-kills.test.ts
      ;;
    power) FERRY_POWER_LOSSES="${FERRY_POWER_LOSSES:-200}" run $e2e/power-loss.test.ts ;;
    pairs) FERRY_FAULT_PAIRS=all run $e2e/numbered-faults.test.ts ;;
    hostile) FERRY_SWAP_SECONDS=300 run $e2e/links.test.ts $e2e/hostile-clients.test.ts ;;
    soak) FERRY_SOAK_MINUTES="${FERRY_SOAK_MINUTES:-30}" run ./test/long/soak.test.ts ;;
    boards)
      FERRY_BOARDS=all run $e2e/boards.test.ts ./test/long/debian.test.ts ./test/long/power-cuts.test.ts
      ;;
    fuzz) FERRY_PROPERTY_RUNS=20000 FERRY_FUZZ_CASES=1000000 run ./test/property/ ;;
    peers) run ./test/peers/ ;;
    # Seeds that no run has had yet.
    simulation)
      if ./scripts/simulate.sh "${FERRY_SIM_SEEDS:-200000}"; then echo "(pass) simulation"; else echo "(fail) simulation"; fi
      ;;
    inits) inits ;;
    *) echo "(fail) there is no suite $1" ;;
  esac
}

mkdir -p test/results
out="test/results/$(date -u +%Y-%m-%d)-long$(printf -- '-%s' "$@" | sed 's/^-$//').txt"
[ $# -gt 0 ] || set -- kills power pairs hostile soak boards fuzz peers simulation inits
{
  echo "commit $(git rev-parse --short HEAD), $(uname -srm), $(nproc) CPUs"
  for wanted in "$@"; do
    echo "# $wanted"
    start=$(date +%s)
    suite "$wanted" || echo "(fail) $wanted"
    echo "# $wanted took $(($(date +%s) - start)) s"
  done
} | tee "$out"
! grep -q '^(fail)' "$out"

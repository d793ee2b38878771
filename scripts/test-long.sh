#!/bin/sh
# What takes longer than a change may wait; the dated result goes to test/results/.
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
mkdir -p test/results
out="test/results/$(date -u +%Y-%m-%d)-long.txt"
{
  echo "commit $(git rev-parse --short HEAD), $(uname -srm), $(nproc) CPUs"
  FERRY_KILLS="${FERRY_KILLS:-200}" FERRY_RECEIVER_KILLS="${FERRY_RECEIVER_KILLS:-100}" FERRY_PROPERTY_RUNS=20000 FERRY_BOARDS=all \
    FERRY_POWER_LOSSES="${FERRY_POWER_LOSSES:-200}" FERRY_FAULT_PAIRS=all \
    FERRY_SOAK_MINUTES="${FERRY_SOAK_MINUTES:-30}" FERRY_FUZZ_CASES=1000000 FERRY_SWAP_SECONDS=300 \
    "$(bun_path)" test --timeout 2400000 \
    ./test/end-to-end/kill.test.ts ./test/end-to-end/receiver-kills.test.ts ./test/end-to-end/boards.test.ts ./test/end-to-end/links.test.ts ./test/end-to-end/power-loss.test.ts \
    ./test/end-to-end/numbered-faults.test.ts ./test/end-to-end/hostile-clients.test.ts ./test/long/ ./test/property/ ./test/peers/ 2>&1 |
    grep --line-buffered -E '^(TABLE|SKIPPED|\((pass|fail)|error| *[0-9]+ (pass|fail|skip)$)'
  # Seeds that no run has had yet.
  if ./scripts/simulate.sh "${FERRY_SIM_SEEDS:-200000}"; then echo "(pass) simulation"; else echo "(fail) simulation"; fi
  # Real service managers, and musl without glibc, where there is root.
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
} | tee "$out"
! grep -q '^(fail)' "$out"

#!/bin/sh
# Runs seeds of the simulation on all processors; a seed that fails is printed with its events.
# ./scripts/simulate.sh N [FIRST]            N seeds, from FIRST on (else from a random one)
# ./scripts/simulate.sh --seed N [--plant F] one seed again, to the same events
# Exit code 0: every promise was kept. A seed that found a bug belongs into test/simulation/regressions.txt.
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh
install_packages
bun=$(bun_path)
case "${1:-}" in
  --seed) exec "$bun" test/simulation/simulate.ts "$@" ;;
  '' | *[!0-9]*) sed -n '3,4s/^# //p' "$0" >&2; exit 2 ;;
esac
workers=$(nproc)
first=${2:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}
echo "$1 seeds from $first on, $workers at once"
pids='' status=0 number=0
while [ "$number" -lt "$workers" ]; do
  share=$((($1 - number + workers - 1) / workers))
  "$bun" test/simulation/simulate.ts --from $((first + number)) --step "$workers" --count "$share" &
  pids="$pids $!"
  number=$((number + 1))
done
for pid in $pids; do wait "$pid" || status=1; done
exit "$status"

#!/bin/sh
# Installs, runs and uninstalls the agent under a real OpenRC, in a root of its own with its own
# processes and mounts. Needs root, util-linux, mmdebstrap and the compiled executable.
set -eu
cd "$(dirname "$0")/../.."
cache=${FERRY_OPENRC_CACHE:-node_modules/.cache/ferry/openrc-root.tar}
if [ ! -f "$cache" ]; then
  mkdir -p "$(dirname "$cache")"
  mmdebstrap --quiet --variant=minbase --include=openrc bookworm "$cache" >/dev/null
fi
work=$(mktemp -d /var/tmp/ferry-openrc-XXXXXX)
trap 'rm -rf "$work"' EXIT
tar -xf "$cache" -C "$work"
cp dist/ferry-linux-x64 "$work/root/ferry"
cp test/packaging/in-openrc.sh "$work/root/check.sh"
timeout ${FERRY_OPENRC_TIMEOUT:-150} unshare --pid --fork --kill-child --mount --uts --ipc --net sh -euc '
  mount --make-rprivate /
  mount --bind "$1" "$1"
  mount -t proc proc "$1/proc"
  mount -t tmpfs -o mode=755 tmpfs "$1/run"
  mount --rbind /dev "$1/dev"
  ip link set lo up 2>/dev/null || :
  exec chroot "$1" /bin/sh /root/check.sh' sh "$work" >"$work/root/result" 2>&1 || :
cat "$work/root/result"
grep -q '^all is well$' "$work/root/result"

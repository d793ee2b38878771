#!/bin/sh
# Installs, runs, reboots and uninstalls the agent under a real sysvinit with Debian's rc, the first
# process of a container. Needs root, util-linux, mmdebstrap and the compiled executable.
set -eu
cd "$(dirname "$0")/../.."
cache=${FERRY_SYSVINIT_CACHE:-node_modules/.cache/ferry/sysvinit-root.tar}
if [ ! -f "$cache" ]; then
  mkdir -p "$(dirname "$cache")"
  mmdebstrap --quiet --variant=minbase --include=sysvinit-core,initscripts,sysv-rc bookworm "$cache" >/dev/null
fi
work=$(mktemp -d /var/tmp/ferry-sysvinit-XXXXXX)
trap 'rm -rf "$work"' EXIT
tar -xf "$cache" -C "$work"
cp dist/ferry-linux-x64 "$work/root/ferry"
cp test/packaging/in-sysvinit.sh "$work/root/check.sh"
echo ferry-test >"$work/etc/hostname"
: >"$work/etc/fstab"
# No terminals; what looks after disks is left out, as the disk is this machine's.
sed -i -e '/getty/d' -e '/sulogin/d' \
  -e 's|:/etc/init.d/rc \([0-6]\)$|:/bin/sh -c "/etc/init.d/rc \1 >>/root/rc.log 2>\&1"|' "$work/etc/inittab"
echo 'ck:2345:once:/bin/sh -c "/bin/sh /root/check.sh >>/root/result 2>&1"' >>"$work/etc/inittab"
chroot "$work" sh -c 'cd /etc/init.d && for script in check* mount* umount* hwclock* bootlogs quota*; do
  [ ! -e "$script" ] || update-rc.d -f "${script}" remove; done' >/dev/null 2>&1 || :

# One boot, until it reboots or halts. Without CAP_SYS_ADMIN nothing in there mounts or unmounts.
boot() {
  echo "$1" >"$work/root/boot"
  # What unshare itself is told by others than KILL it passes over.
  timeout -s KILL "${FERRY_SYSVINIT_TIMEOUT:-100}" unshare --pid --fork --kill-child --mount --uts --ipc --net sh -euc '
    mount --make-rprivate /
    mount --bind "$1" "$1"
    mount -t proc proc "$1/proc"
    mount -t tmpfs -o mode=755 tmpfs "$1/run"
    mount -t tmpfs -o mode=755 tmpfs "$1/dev"
    for node in null zero full random urandom; do
      touch "$1/dev/$node"; mount --bind "/dev/$node" "$1/dev/$node"
    done
    ln -s null "$1/dev/console"
    mkdir "$1/dev/shm" "$1/run/lock" "$1/run/shm"
    ln -s /proc/self/fd "$1/dev/fd"
    ip link set lo up 2>/dev/null || :
    exec setpriv --bounding-set -sys_admin,-sys_time,-sys_module chroot "$1" \
      env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin /sbin/init </dev/null' sh "$work" >"$work/root/console" 2>&1 || :
}
boot first
! grep -q '^reboots$' "$work/root/result" || boot second
cat "$work/root/result" 2>/dev/null || :
grep -q '^all is well$' "$work/root/result" || { tail -n 30 "$work/root/console" "$work/root/rc.log"; exit 1; }

#!/bin/sh
# Installs, runs and uninstalls the agent under a real systemd, the first process of a container of
# Debian. Needs root, util-linux, mmdebstrap and the compiled executable.
set -eu
cd "$(dirname "$0")/../.."
executable=$(pwd)/dist/ferry-linux-x64
cache=${FERRY_ROOT_CACHE:-node_modules/.cache/ferry/systemd-root.tar}
if [ ! -f "$cache" ]; then
  mkdir -p "$(dirname "$cache")"
  mmdebstrap --quiet --variant=minbase --include=systemd,dbus bookworm "$cache" >/dev/null
fi
work=$(mktemp -d /var/tmp/ferry-systemd-XXXXXX)
root=$work/root
mkdir "$root"
tar -xf "$cache" -C "$root"
cp "$executable" "$root/root/ferry"
cp test/packaging/in-systemd.sh "$root/root/check.sh"
cp packaging/init/ferry-agent.service "$root/root/"
cat >"$root/etc/systemd/system/check.service" <<'UNIT'
[Unit]
After=multi-user.target
[Service]
Type=oneshot
ExecStart=/bin/sh -c '/bin/sh /root/check.sh >/root/result 2>&1; echo ended >>/root/result'
ExecStopPost=/bin/systemctl --no-block --force poweroff
UNIT
mkdir -p "$root/etc/systemd/system/default.target.wants"
ln -sf /etc/systemd/system/check.service "$root/etc/systemd/system/default.target.wants/check.service"
ln -sf /lib/systemd/system/multi-user.target "$root/etc/systemd/system/default.target"
echo ferry-test >"$root/etc/hostname"
: >"$root/etc/machine-id"

# A control group of its own, so that the manager within sees nothing of this machine's.
group=/sys/fs/cgroup/unified
[ -d "$group" ] || group=/sys/fs/cgroup
group=$group/ferry-test-$$
mkdir "$group"
clean() {
  [ ! -f "$work/pid" ] || kill -KILL "$(cat "$work/pid")" 2>/dev/null || :
  sleep 1
  find "$group" -depth -type d -exec rmdir {} + 2>/dev/null || :
  rm -rf "$work"
}
trap clean EXIT
cat >"$work/boot.sh" <<'BOOT'
set -eu
root=$1
mount --make-rprivate /
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for node in null zero full random urandom tty; do
  touch "$root/dev/$node"; mount --bind "/dev/$node" "$root/dev/$node"
done
mkdir "$root/dev/shm" "$root/dev/pts"
mount -t tmpfs tmpfs "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
mkdir "$root/dev/mqueue" "$root/dev/hugepages"
ln -s /proc/self/fd "$root/dev/fd"
ip link set lo up 2>/dev/null || :
cd "$root"
mkdir -p old
pivot_root . old
exec chroot . /bin/sh -c 'umount -l /old; mount --make-rshared /; exec env -i container=ferry-test PATH=/usr/sbin:/usr/bin:/sbin:/bin \
  /lib/systemd/systemd --log-target=journal </dev/null'
BOOT
(
  sh -c 'echo $$ >"$1/cgroup.procs"; exec unshare --cgroup --pid --fork --kill-child --mount --uts --ipc --net \
    sh "$2/boot.sh" "$2/root"' sh "$group" "$work" >"$work/console" 2>&1 &
  echo $! >"$work/pid"
)
waited=0
until grep -qs '^ended$' "$root/root/result"; do
  waited=$((waited + 1))
  kill -0 "$(cat "$work/pid")" 2>/dev/null || { echo 'it ended early'; tail -n 40 "$work/console"; break; }
  if [ "$waited" -gt 150 ]; then echo 'it did not end in 180 s'; tail -n 40 "$work/console"; break; fi
  sleep 1
done
cat "$root/root/result" 2>/dev/null || :
grep -q '^all is well$' "$root/root/result" || { tail -n 40 "$work/console"; exit 1; }

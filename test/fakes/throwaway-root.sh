#!/bin/sh
# Runs a shell script as root in a copy of this system that is thrown away: an overlay over / in a
# mount name space of its own. throwaway-root.sh DIR SCRIPT [ARG ...]; DIR is seen inside, too.
set -eu
[ "${FERRY_INSIDE:-}" = yes ] || exec env FERRY_INSIDE=yes unshare --mount "$0" "$@"
folder=$1 script=$2
shift 2
base=$(mktemp -d)
trap 'umount -l "$base"; rmdir "$base"' EXIT
mount -t tmpfs tmpfs "$base"
mkdir "$base/upper" "$base/work" "$base/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$base/upper,workdir=$base/work" "$base/root"
mkdir -p "$base/root$folder"
mount --bind "$folder" "$base/root$folder"
mount -t proc proc "$base/root/proc"
mount --bind /dev "$base/root/dev"
chroot "$base/root" sh "$script" "$@"

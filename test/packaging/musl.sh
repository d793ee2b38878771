#!/bin/sh
# Runs the musl executable, agent and receiver, in a root without glibc: musl of Debian, busybox, and
# Alpine's libstdc++ and libgcc as a Python wheel for musl carries them. Not Alpine itself. Needs root,
# util-linux, apt and pip.
set -eu
cd "$(dirname "$0")/../.."
[ -f dist/ferry-linux-x64-musl ] || ./scripts/build.sh x64-musl >&2
cache=$(pwd)/${FERRY_MUSL_CACHE:-node_modules/.cache/ferry/musl-root.tar}
work=$(mktemp -d /var/tmp/ferry-musl-XXXXXX)
trap 'rm -rf "$work"' EXIT

# Fetches what the root consists of, and lays it out as Alpine does.
make_root() {
  fetched=$work/fetched
  mkdir "$fetched" "$work/made"
  (
    cd "$fetched"
    # What Alpine builds now needs musl 1.2.4: older ones do not apply its short form of relocations.
    mkdir -p lists/partial cache
    echo 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian trixie main' >sources
    echo "Dir::Etc::SourceList \"$fetched/sources\"; Dir::Etc::SourceParts \"-\"; Dir::State::Lists \"$fetched/lists\";
      Dir::Cache \"$fetched/cache\"; APT::Sandbox::User \"root\"; Acquire::Languages \"none\";" >apt.conf
    APT_CONFIG=$fetched/apt.conf apt-get -qq update
    APT_CONFIG=$fetched/apt.conf apt-get -qq download musl busybox-static
    for package in *.deb; do dpkg-deb -x "$package" .; done
    pip3 download -q --no-deps --only-binary=:all: --platform musllinux_1_2_x86_64 \
      --python-version 3.12 --implementation cp --abi cp312 greenlet==3.5.6
    python3 -m zipfile -e greenlet-*.whl .
  ) >&2
  (
    cd "$work/made"
    mkdir -p bin lib usr/lib tmp proc dev run root etc var/lib data
    cp "$fetched/usr/lib/x86_64-linux-musl/libc.so" lib/ld-musl-x86_64.so.1
    ln -s ld-musl-x86_64.so.1 lib/libc.musl-x86_64.so.1
    cp "$fetched"/greenlet.libs/* usr/lib/
    # Their own names stay, as one names the other.
    (cd usr/lib && ln -s libstdc++-* libstdc++.so.6 && ln -s libgcc_s-* libgcc_s.so.1)
    cp "$fetched/usr/bin/busybox" bin/
    for applet in $(bin/busybox --list); do [ -e "bin/$applet" ] || ln -s busybox "bin/$applet"; done
    echo 'root:x:0:0::/root:/bin/sh' >etc/passwd
    echo 'root:x:0:' >etc/group
    echo '127.0.0.1 localhost' >etc/hosts
  )
  mkdir -p "$(dirname "$cache")"
  tar -C "$work/made" -cf "$cache" .
}
[ -f "$cache" ] || make_root
root=$work/root
mkdir "$root"
tar -xf "$cache" -C "$root"
cp dist/ferry-linux-x64-musl "$root/bin/ferry"
cp test/packaging/in-musl.sh "$root/root/check.sh"
timeout -s KILL 100 unshare --pid --fork --kill-child --mount --uts --ipc --net sh -euc '
  mount --make-rprivate /
  mount --bind "$1" "$1"
  mount -t proc proc "$1/proc"
  mount --rbind /dev "$1/dev"
  ip link set lo up 2>/dev/null || :
  exec chroot "$1" /bin/busybox env -i PATH=/bin HOME=/root /bin/sh /root/check.sh' sh "$root" \
  >"$work/result" 2>&1 || :
cat "$work/result"
grep -q '^all is well$' "$work/result"

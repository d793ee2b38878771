# Unpacks a tarball and runs its installer, dry and for an image.
# tarball-life.sh TARBALL; for a root that is thrown away.
set -eu
fail() { echo "FAILED: $*"; exit 1; }
[ "${FERRY_INSIDE:-}" = yes ] || fail 'this is no root to throw away'
rm -rf /etc/ferry /var/lib/ferry /etc/systemd/system/ferry-* /etc/init.d/ferry-* /usr/local/bin/ferry
mkdir /unpacked
tar -xJf "$1" -C /unpacked
install() { /unpacked/*/install.sh "$@" --root /data/logs >/unpacked/said 2>&1 || { cat /unpacked/said; fail "$*"; }; }
untouched() { [ ! -e /usr/local/bin/ferry ] && [ ! -e /etc/ferry ] || fail "$1 touched this machine"; }

install --dry-run --init systemd
untouched 'a dry run'
mkdir -p /image/etc
cp /etc/passwd /etc/group /etc/shadow /image/etc/
install --init systemd --prefix /image
untouched 'an image'
for file in usr/local/bin/ferry etc/ferry/ferry.json etc/systemd/system/ferry-agent.service; do
  [ -s "/image/$file" ] || fail "$file is missing in the image"
done
echo 'the tarball lived'

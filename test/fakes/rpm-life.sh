# Installs, replaces and removes a package with its scriptlets; ends where something is not as promised.
# rpm-life.sh RPM; for a root that is thrown away.
set -eu
fail() { echo "FAILED: $*"; exit 1; }
[ "${FERRY_INSIDE:-}" = yes ] || fail 'this is no root to throw away'
rm -rf /etc/ferry /var/lib/ferry
! getent passwd ferry >/dev/null || userdel ferry

# The C library of this system is not rpm's.
mkdir -p /etc/systemd/system
echo 'ExecStart=/usr/local/bin/ferry run' >/etc/systemd/system/ferry-agent.service
rpm -i --nodeps "$1" >/root/said 2>/dev/null || fail 'the package does not install'
grep -q "ferry-agent.service, of an earlier ferry install, hides this package's" /root/said || fail 'nobody is told of the unit that hides the package'"'s"
rm /etc/systemd/system/ferry-agent.service
[ "$(stat -c %U:%a /var/lib/ferry)" = ferry:700 ] || fail 'the state directory is not the user'"'s"
[ "$(stat -c %U:%a /etc/ferry)" = root:755 ] || fail 'the configuration is not for everyone to look up'
ferry version >/dev/null || fail 'the executable does not run'
rpm -V --nodeps ferry 2>/dev/null || fail 'what was installed is not what was packed'
for file in /etc/ferry/key /var/lib/ferry/journal.sqlite; do echo kept >"$file"; done
rpm -U --nodeps --replacepkgs "$1" 2>/dev/null || fail 'it does not install over itself'
rpm -e ferry 2>/dev/null || fail 'the package cannot be removed'
for file in /usr/bin/ferry /usr/lib/systemd/system/ferry-agent.service; do
  [ ! -e "$file" ] || fail "$file is still there after removing"
done
for file in /etc/ferry/key /var/lib/ferry/journal.sqlite; do
  [ "$(cat "$file")" = kept ] || fail "$file is missing after removing"
done
echo 'the package lived'

# Runs within the container: each line that begins with "ok" was looked at.
set -eu
F=/root/ferry
B=/usr/local/bin/ferry
ok() { echo "ok $*"; }
fail() { echo "FAIL $*"; exit 1; }
trap '[ $? = 0 ] || journalctl --no-pager -n 60 | grep -v journald; systemctl --no-pager -l status ferry-receiver ferry-agent' EXIT
until_true() { n=0; until eval "$1"; do n=$((n + 1)); [ "$n" -le "${2:-30}" ] || fail "$1"; sleep 1; done; }
useradd -m pi
useradd -m ros
mkdir -p /data/logs /data/bags
chown pi /data/logs
echo "systemd $(systemctl --version | head -n 1)"

# The receiver.
$F install --receiver --store /srv/ferry --host 127.0.0.1 --listen 127.0.0.1:7443
systemctl is-active --quiet ferry-receiver || fail receiver
[ "$(stat -c %U "/proc/$(systemctl show -P MainPID ferry-receiver)")" = ferry ] || fail 'receiver user'
ok 'the receiver is active, as its user'

# Again: nothing is forgotten, a name is added, and a start that fails says why.
receiver=$(systemctl show -P MainPID ferry-receiver)
$F install --receiver | tee /tmp/again
grep -q '^kept   --store /srv/ferry --listen 127.0.0.1:7443$' /tmp/again || fail 'store and address are forgotten'
[ "$(systemctl show -P MainPID ferry-receiver)" = "$receiver" ] || fail 'restarted for nothing'
$F install --receiver --host 127.0.0.7 --host 127.0.0.1
receiver2=$(systemctl show -P MainPID ferry-receiver)
[ "$receiver2" != "$receiver" ] || fail 'the new certificate is not read'
$F install --receiver --host 127.0.0.7 --host 127.0.0.1
[ "$(systemctl show -P MainPID ferry-receiver)" = "$receiver2" ] || fail 'restarted for a name that it has'
! $F install --receiver --listen 192.0.2.77:7443 >/tmp/failed || fail 'an address that is not ours'
grep '^log .*192.0.2.77' /tmp/failed || fail 'no cause is printed'
$F install --receiver --listen 127.0.0.1:7443
systemctl is-active --quiet ferry-receiver || fail 'put right, and not active'
ok 'the receiver is installed again, renamed and put right'
line=$($B keys add robot --keys /srv/ferry/.ferry/keys --address 127.0.0.1:7443 | sed -n 's/^ *join: *//p')

# The agent, for files of pi.
$F install --dry-run --join "$line" --root /data/logs
[ ! -e /etc/systemd/system/ferry-agent.service ] || fail 'a dry run wrote'
$F install --join "$line" --root /data/logs
systemctl is-enabled --quiet ferry-agent || fail 'not enabled'
[ "$(systemctl show -P User ferry-agent)" = pi ] || fail user
[ "$(stat -c %U:%a /etc/ferry/key)" = root:600 ] || fail 'key mode'
pid=$(systemctl show -P MainPID ferry-agent)
su pi -s /bin/sh -c 'echo one >/data/logs/one'
until_true '[ ! -e /data/logs/one ]' 40
[ "$(cat /srv/ferry/robot/files/data/logs/one)" = one ] || fail stored
ok 'a file of pi is carried and deleted, with the key as a credential'
systemctl show -P StatusText ferry-agent | grep -q 'files to go' || fail StatusText
ok "StatusText: $(systemctl show -P StatusText ferry-agent)"
$B status | grep -q running || fail 'ferry status'
$F install | tee /tmp/second
! grep -Eq '^(made|start|restart)' /tmp/second || fail 'the second run changed something'
[ "$(systemctl show -P MainPID ferry-agent)" = "$pid" ] || fail 'restarted for nothing'
ok 'a second run changes nothing'

# A root more, of another user: root's capabilities, and the drop-in follows.
chown ros /data/bags
sed -i 's|"/data/logs"|"/data/logs", "/data/bags"|' /etc/ferry/ferry.json
$F install --user root
su ros -s /bin/sh -c 'echo two >/data/bags/two'
su pi -s /bin/sh -c 'echo three >/data/logs/three'
until_true '[ ! -e /data/bags/two ] && [ ! -e /data/logs/three ]' 40
grep -q '^CapEff:.0000000010*[0-9a-f]*' "/proc/$(systemctl show -P MainPID ferry-agent)/status" || fail caps
ok 'as root, files of two users:' "$(grep CapEff "/proc/$(systemctl show -P MainPID ferry-agent)/status")"

# Reload, watchdog, kill.
pid=$(systemctl show -P MainPID ferry-agent)
systemctl reload ferry-agent
[ "$(systemctl show -P MainPID ferry-agent)" = "$pid" ] || fail reload
ok 'reload keeps the process'
kill -KILL "$pid"
until_true '[ "$(systemctl show -P MainPID ferry-agent)" != "$pid" ] && systemctl is-active --quiet ferry-agent' 30
ok 'killed, started again'
mkdir -p /run/systemd/system/ferry-agent.service.d
printf '[Service]\nWatchdogSec=3\n' >/run/systemd/system/ferry-agent.service.d/99.conf
systemctl daemon-reload
systemctl restart ferry-agent
sleep 5
pid=$(systemctl show -P MainPID ferry-agent)
[ "$(systemctl show -P NRestarts ferry-agent)" = 0 ] || fail 'the pings do not hold'
kill -STOP "$pid"
until_true '[ "$(systemctl show -P MainPID ferry-agent)" != "$pid" ] && systemctl is-active --quiet ferry-agent' 30
ok 'hung, ended by the watchdog and started again'

# An upgrade: a running executable is replaced, the service restarts.
pid=$(systemctl show -P MainPID ferry-agent)
printf older >>"$B.x"; cat "$B" "$B.x" >"$B.y"; chmod 755 "$B.y"; mv "$B.y" "$B"; rm "$B.x"
$F install | grep '^restart'
cmp "$F" "$B" || fail 'not replaced'
[ "$(systemctl show -P MainPID ferry-agent)" != "$pid" ] || fail 'not restarted'
pid=$(systemctl show -P MainPID ferry-agent)
cp "$B" "$B.x"; mv "$B.x" "$B"
$B install | grep '^restart' || fail 'another put the executable there, and the old one runs on'
[ "$(systemctl show -P MainPID ferry-agent)" != "$pid" ] || fail 'not restarted'
ok 'an upgrade replaces and restarts'

systemd-analyze security --no-pager ferry-agent | tail -n 1
# In tenths: also as root.
systemd-analyze security --no-pager --threshold=20 ferry-agent >/dev/null || fail 'more exposed than 2.0'
systemd-analyze security --no-pager --threshold=20 ferry-receiver >/dev/null || fail 'receiver more exposed than 2.0'
echo unsent >/data/logs/late
systemctl stop ferry-receiver
# One that waits to be started anew is stopped as well.
kill -KILL "$(systemctl show -P MainPID ferry-agent)"
$B uninstall
sleep 8
[ "$(systemctl show -P MainPID ferry-agent)" = 0 ] || fail 'it came back'
[ ! -e /etc/systemd/system/ferry-agent.service ] || fail unit
! systemctl is-active --quiet ferry-agent || fail 'still active'
[ -e "$B" ] || fail 'the receiver still needs the executable'
[ "$(cat /data/logs/late)" = unsent ] && [ -e /etc/ferry/key ] && [ -n "$(ls /var/lib/ferry)" ] || fail 'too much went'
$B uninstall --receiver
[ ! -e "$B" ] && [ -e /srv/ferry/robot/files/data/logs/one ] || fail receiver
ok 'uninstall leaves data, journal, configuration and store'

# A package installed over a service of the copied executable.
$F install
cp "$F" /usr/bin/ferry
cp /root/ferry-agent.service /lib/systemd/system/
systemctl daemon-reload
/usr/bin/ferry install
pid=$(systemctl show -P MainPID ferry-agent)
[ "$(readlink "/proc/$pid/exe")" = /usr/bin/ferry ] || fail 'the old executable runs on'
systemctl show -P FragmentPath ferry-agent | grep -q '/lib/systemd/system/ferry-agent.service$' || fail 'the old unit stands before it'
systemctl is-enabled --quiet ferry-agent && systemctl is-active --quiet ferry-agent || fail 'handed over, and off'
[ ! -e /etc/systemd/system/ferry-agent.service ] && [ ! -e "$B" ] || fail 'what was copied is still there'
/usr/bin/ferry uninstall
[ -e /usr/bin/ferry ] && [ -e /lib/systemd/system/ferry-agent.service ] || fail 'the package was touched'
ok "a service of a copy is handed over to the package's unit and executable"
echo 'all is well'

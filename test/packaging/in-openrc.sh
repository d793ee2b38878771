# Runs within the root, as its first process: each line that begins with "ok" was looked at.
set -eu
F=/root/ferry
B=/usr/local/bin/ferry
ok() { echo "ok $*"; }
fail() { echo "FAIL $*"; rc-status -a || :; exit 1; }
until_true() { n=0; until eval "$1"; do n=$((n + 1)); [ "$n" -le "${2:-30}" ] || fail "$1"; sleep 1; done; }
# By its executable: the supervisor is another program.
running() { for p in /proc/[0-9]*; do [ "$(readlink "$p/exe")" = "$B" ] || continue; tr '\0' ' ' <"$p/cmdline" | grep -q " $1 " && echo "${p#/proc/}"; done; }
# In a container, the file systems are there.
echo 'rc_sys="lxc"' >>/etc/rc.conf
mkdir -p /run/openrc && touch /run/openrc/softlevel
openrc sysinit >/dev/null 2>&1 || :
openrc boot >/dev/null 2>&1 || :
rc-service --version || :
useradd -m pi
mkdir -p /data/logs
chown pi /data/logs
# Nothing else of this root runs, so what it needs counts as there.
$F install --receiver --store /srv/ferry --host 127.0.0.1 --listen 127.0.0.1:7443
until_true '[ -n "$(running receive)" ]'
sleep 1
line=$($B keys add robot --keys /srv/ferry/.ferry/keys --address 127.0.0.1:7443 | sed -n 's/^ *join: *//p')
$F install --join "$line" --root /data/logs
until_true '[ -n "$(running run)" ]'
pid=$(running run)
[ "$(stat -c %U "/proc/$pid")" = pi ] || fail 'user'
ok "runs as pi: $(grep CapEff "/proc/$pid/status")"
su pi -s /bin/sh -c 'echo one >/data/logs/one'
until_true '[ ! -e /data/logs/one ]' 40
ok 'a file is carried and deleted'
$F install | tee /tmp/second
! grep -Eq '^(made|start|restart)' /tmp/second || fail 'the second run changed something'
[ "$(running run)" = "$pid" ] || fail 'restarted for nothing'
ok 'a second run changes nothing'
rc-service ferry-agent status || fail status
rc-service ferry-agent reload || fail reload
sleep 2
[ "$(running run)" = "$pid" ] || fail 'reload restarted it'
ok 'reload keeps the process'
kill -KILL "$pid"
until_true '[ -n "$(running run)" ] && [ "$(running run)" != "$pid" ]'
ok 'killed, started again'
rc-service ferry-agent restart || fail restart
until_true '[ -n "$(running run)" ]'
# One that waits to be started anew is stopped as well.
kill -KILL "$(running run)"
$B uninstall
sleep 8
[ -z "$(running run)" ] || fail 'still runs'
! rc-service ferry-agent status 2>/dev/null || fail 'still known'
$B uninstall --receiver
[ ! -e "$B" ] && [ -e /etc/ferry/key ] && [ -e /srv/ferry/robot/files/data/logs/one ] || fail 'too much or too little went'
ok 'uninstall leaves configuration and store'
echo 'all is well'

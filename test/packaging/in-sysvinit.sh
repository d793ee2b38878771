# Runs within the root at each boot, in runlevel 2: each line that begins with "ok" was looked at.
set -eu
F=/root/ferry
B=/usr/local/bin/ferry
ok() { echo "ok $*"; }
fail() { echo "FAIL $*"; ls /etc/rc2.d /var/run/*.pid* || :; halt; exit 1; }
until_true() { n=0; until eval "$1"; do n=$((n + 1)); [ "$n" -le "${2:-30}" ] || fail "$1"; sleep 1; done; }
# By its executable: the keeper is a shell.
running() { for p in /proc/[0-9]*; do case $(readlink "$p/exe") in "$B" | "$B (deleted)") ;; *) continue ;; esac; tr '\0' ' ' <"$p/cmdline" | grep -q " $1 " && echo "${p#/proc/}"; done; }
agent=/etc/init.d/ferry-agent

first_boot() {
  echo "$(dpkg-query -W -f '${Package} ${Version}' sysvinit-core), process 1 is $(readlink /proc/1/exe), runlevel $(runlevel)"
  useradd -m pi
  mkdir -p /data/logs
  chown pi /data/logs
  $F install --receiver --store /srv/ferry --host 127.0.0.1 --listen 127.0.0.1:7443
  until_true '[ -n "$(running receive)" ]'
  sleep 1
  line=$($B keys add robot --keys /srv/ferry/.ferry/keys --address 127.0.0.1:7443 | sed -n 's/^ *join: *//p')
  $F install --join "$line" --root /data/logs
  until_true '[ -n "$(running run)" ]'
  pid=$(running run)
  [ "$(stat -c %U "/proc/$pid")" = pi ] || fail user
  ok "runs as pi: $(grep CapEff "/proc/$pid/status")"
  su pi -s /bin/sh -c 'echo one >/data/logs/one'
  until_true '[ ! -e /data/logs/one ]' 40
  [ "$(cat /srv/ferry/robot/files/data/logs/one)" = one ] || fail stored
  ok 'a file is carried and deleted'
  $F install | tee /tmp/second
  ! grep -Eq '^(made|start|restart)' /tmp/second || fail 'the second run changed something'
  [ "$(running run)" = "$pid" ] || fail 'restarted for nothing'
  ok 'a second run changes nothing'
  service ferry-agent status || fail status
  service ferry-agent reload || fail reload
  sleep 2
  [ "$(running run)" = "$pid" ] || fail 'reload restarted it'
  ok 'reload keeps the process'
  kill -KILL "$pid"
  until_true '[ -n "$(running run)" ] && [ "$(running run)" != "$pid" ]'
  ok 'killed, started again'
  telinit 3
  until_true '[ "$(runlevel)" = "2 3" ]'
  sleep 2
  [ -n "$(running run)" ] && [ -n "$(running receive)" ] || fail 'another runlevel ended it'
  ok 'another runlevel leaves it running'
  service ferry-agent stop || fail stop
  [ -z "$(running run)" ] || fail 'stopped, and runs'
  code=0; service ferry-agent status || code=$?
  [ "$code" = 3 ] || fail "status $code"
  sleep 7
  [ -z "$(running run)" ] || fail 'started again after a stop'
  ok 'stopped, it stays so'
  su pi -s /bin/sh -c 'echo two >/data/logs/two'
  echo reboots
  reboot
}

second_boot() {
  until_true '[ -n "$(running receive)" ] && [ -n "$(running run)" ]'
  until_true '[ ! -e /data/logs/two ]' 40
  [ "$(cat /srv/ferry/robot/files/data/logs/two)" = two ] || fail stored
  ok 'booted, it comes by itself and carries what waited'
  pid=$(running run)
  printf older >>"$B.x"; cat "$B" "$B.x" >"$B.y"; chmod 755 "$B.y"; mv "$B.y" "$B"; rm "$B.x"
  $F install | grep '^restart' || fail 'an upgrade restarts nothing'
  cmp "$F" "$B" || fail 'not replaced'
  until_true '[ -n "$(running run)" ] && [ "$(running run)" != "$pid" ]'
  ok 'an upgrade replaces and restarts'
  echo unsent >/data/logs/late
  service ferry-receiver stop
  # One that waits to be started anew is stopped as well.
  kill -KILL "$(running run)"
  $B uninstall
  sleep 8
  [ -z "$(running run)" ] || fail 'still runs'
  ! ls /etc/rc?.d | grep -q ferry-agent || fail 'links stay'
  [ ! -e $agent ] && [ -e "$B" ] && [ -e /etc/ferry/key ] && [ -e /data/logs/late ] || fail 'too much or too little went'
  $B uninstall --receiver
  [ ! -e "$B" ] && [ -e /srv/ferry/robot/files/data/logs/one ] || fail 'too much or too little went'
  ! ls /etc/rc?.d | grep -q ferry || fail 'links of the receiver stay'
  ok 'uninstall leaves data, configuration and store'
  echo 'all is well'
  halt
}

"$(cat /root/boot)_boot"

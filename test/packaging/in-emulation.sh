# Runs on the emulated board at each boot; what it says on the second serial line is read outside.
# The kernel's command line says which part comes: board.phase=install|run|last, board.boot=NUMBER.
set -eu
exec >/dev/ttyS1 2>&1
word() { sed -n "s/.*board\.$1=\([^ ]*\).*/\1/p" /proc/cmdline; }
uptime() { cut -d' ' -f1 /proc/uptime; }
fail() { echo "FAIL $*"; ls -l /etc/ferry; journalctl --no-pager -n 20 -u ferry-agent || :; exit 1; }
trap '[ $? = 0 ] || echo "FAIL the script ended early"' EXIT
until_true() { n=0; until eval "$1"; do n=$((n + 1)); [ "$n" -le "$2" ] || fail "$1"; sleep 1; done; }
boot=$(word boot)

install_it() {
  useradd -m pi
  mkdir -p /data/logs
  chown pi /data /data/logs
  # The state of the board before, so that the cut hits nothing but what is installed.
  sync
  dpkg -i /root/ferry.deb
  ferry install --join "$(cat /root/join)" --root /data/logs
}

# Every file is whole when it gets its name, and durable when it is spoken of; the name holds its digest.
make_file() {
  head -c "$2" /dev/urandom >/data/making
  name=$boot-$1-$(sha256sum </data/making | cut -c1-64)
  chown pi /data/making
  sync /data/making
  mv /data/making "/data/logs/$name"
  sync /data/logs
  echo "made $name"
}

produce() {
  for number in 1 2 3 4 5 6 7 8 9 10 11 12; do
    case $number in
      4 | 8) make_file "$number" 33554432 ;;
      *) make_file "$number" $((number * 40000 + boot)) ;;
    esac
  done
}

figures() {
  pid=$(systemctl show -P MainPID ferry-agent)
  echo "memory $(awk '/^(VmHWM|VmRSS)/ { sub(":", "", $1); printf "%s %d MiB, ", $1, $2 / 1024 }' "/proc/$pid/status")of $(awk '/^MemTotal/ { print int($2 / 1024) }' /proc/meminfo) MiB"
  echo "security $(systemd-analyze security --no-pager ferry-agent | tail -n 1)"
}

take_off() {
  echo unsent >/data/logs/late
  ferry uninstall
  ! systemctl is-active --quiet ferry-agent || fail 'still active'
  ! systemctl is-enabled --quiet ferry-agent || fail 'still enabled'
  [ -e /etc/ferry/key ] && [ -e /var/lib/ferry/journal.sqlite ] || fail 'too much went'
  dpkg -P ferry
  [ ! -e /usr/bin/ferry ] && [ ! -e /etc/ferry ] && [ ! -e /var/lib/ferry ] || fail 'too little went'
  [ "$(cat /data/logs/late)" = unsent ] || fail 'data went'
}

phase=$(word phase)
[ "$phase" != install ] || install_it
until_true 'systemctl is-active --quiet ferry-agent' 90
echo "active $(uptime) as $(stat -c %U "/proc/$(systemctl show -P MainPID ferry-agent)"), $(date -u +%F)"
case $phase in
  install) echo installed ;;
  run) produce ;;
  last)
    until_true '[ -z "$(ls /data/logs)" ]' 240
    figures
    take_off
    echo ended
    systemctl poweroff
    ;;
esac

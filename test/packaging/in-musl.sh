# Runs within the root, as its first process: each line that begins with "ok" was looked at.
set -eu
ok() { echo "ok $*"; }
fail() { echo "FAIL $*"; tail -n 20 /tmp/*.log || :; exit 1; }
until_true() { n=0; until eval "$1"; do n=$((n + 1)); [ "$n" -le "${2:-30}" ] || fail "$1"; sleep 1; done; }
[ -z "$(find / -xdev -name 'libc.so.6' -o -xdev -name 'ld-linux*')" ] || fail 'glibc is here'
ferry version || fail version
ok "$(/lib/ld-musl-x86_64.so.1 2>&1 | head -n 2 | tr '\n' ' ')without glibc"
ferry receive --init /srv --host 127.0.0.1
ferry receive --store /srv --listen 127.0.0.1:7443 >/tmp/receiver.log 2>&1 &
line=$(ferry keys add robot --keys /srv/.ferry/keys --address 127.0.0.1:7443 | sed -n 's/^ *join: *//p')
mkdir -p /data/logs
until_true 'grep -q "^listening" /tmp/receiver.log'
ferry init --join "$line" --root /data/logs
sed -i 's|^{|{ "file_last_modified_millis": 500, "sync_interval_mins": 0.01,|' /etc/ferry/ferry.json
ferry check >/tmp/check.log 2>&1 || fail check
ok "ferry check: $(tail -n 1 /tmp/check.log)"
ferry run --config /etc/ferry/ferry.json >/tmp/agent.log 2>&1 &
agent=$!
head -c 20000000 /dev/urandom >/data/large
echo one >/data/one
cp /data/large /data/one /data/logs/
until_true '[ -z "$(ls /data/logs)" ]'
for file in large one; do cmp "/data/$file" "/srv/robot/files/data/logs/$file" || fail "$file differs"; done
ok 'two files are carried over TLS and deleted'
grep -q '/lib/ld-musl' "/proc/$agent/maps" && grep -q 'libstdc++' "/proc/$agent/maps" || fail 'other libraries'
kill -KILL "$agent"
echo two >/data/logs/two
ferry run --config /etc/ferry/ferry.json >/tmp/agent.log 2>&1 &
until_true '[ -z "$(ls /data/logs)" ]'
kill "$!"
wait "$!" || fail 'the agent does not stop well'
ok 'killed and started again, it goes on; it stops when told'
ferry bench scan /data --json | grep -q '"next_ms"' || fail bench
ok 'its own libraries do for ferry bench'
echo 'all is well'

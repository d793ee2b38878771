# Installs, runs, upgrades, removes and purges a package; ends where something is not as promised.
# package-life.sh DEB NEWER_DEB; for dpkg in a root that is thrown away.
set -eu
fail() { echo "FAILED: $*"; exit 1; }
has() { [ -e "$1" ] || fail "$1 is missing after $2"; }
gone() { [ ! -e "$1" ] || fail "$1 is still there after $2"; }

# This machine may have a Ferry of its own, which the copy starts with.
[ "${FERRY_INSIDE:-}" = yes ] || fail 'this is no root to throw away'
rm -rf /etc/ferry /var/lib/ferry /etc/systemd/system/ferry-* /usr/local/bin/ferry

# Somebody copied the executable there first, and made services of it.
configuration='{ "device": "r", "destination": { "url": "grpc://127.0.0.1:7443" }, "additional_sync_paths": ["/data/unsent"] }'
copied=/root/copied
dpkg-deb -x "$1" "$copied"
# Under another name this root is an image, for which no service manager is asked.
mkdir /image && mount --bind / /image
mkdir -p /etc/ferry && echo "$configuration" >/etc/ferry/ferry.json
"$copied/usr/bin/ferry" install --init systemd --prefix /image >/dev/null || fail 'ferry install of a copy'
"$copied/usr/bin/ferry" install --receiver --store /srv/hidden --init systemd --prefix /image >/dev/null || fail 'the receiver'
for file in /etc/systemd/system/ferry-agent.service /usr/local/bin/ferry; do has "$file" 'ferry install of a copy'; done
dpkg -i "$1" >/root/said 2>&1 || fail 'the package does not install over a copy'
grep -q "ferry-agent.service, of an earlier ferry install, hides this package's" /root/said &&
  grep -q '/usr/bin/ferry install --receiver$' /root/said || fail 'nobody is told of the units that hide those of the package'
hand_over() { /usr/bin/ferry install --init systemd --prefix /image "$@" >/root/handed 2>&1 || { cat /root/handed; fail 'handing over'; }; }
hand_over
gone /etc/systemd/system/ferry-agent.service 'handing over'
has /usr/local/bin/ferry 'handing over the agent alone'
hand_over --receiver --store /srv/hidden
for file in /etc/systemd/system/ferry-receiver.service /usr/local/bin/ferry; do gone "$file" 'handing over'; done
for unit in agent receiver; do
  [ "$(readlink "/etc/systemd/system/multi-user.target.wants/ferry-$unit.service")" = "/lib/systemd/system/ferry-$unit.service" ] || fail "$unit does not start"
done
/usr/bin/ferry uninstall --receiver --init systemd --prefix /image >/dev/null
/usr/bin/ferry uninstall --init systemd --prefix /image >/dev/null
umount /image && rmdir /image
dpkg -P ferry >/dev/null 2>&1 || fail 'it cannot be purged after handing over'
rm -rf /etc/ferry /var/lib/ferry

dpkg -i "$1" >/root/said 2>&1 || fail 'the package does not install'
! grep -q hides /root/said || fail 'a unit that hides none is told of'
[ "$(stat -c %U:%a /var/lib/ferry)" = ferry:700 ] || fail 'the state directory is not the user'"'s"
ferry version >/dev/null || fail 'the executable does not run'
has /lib/systemd/system/ferry-agent.service installing
gone /etc/systemd/system/multi-user.target.wants/ferry-agent.service installing

# A service of it, with the package's unit and executable.
wants=/etc/systemd/system/multi-user.target.wants/ferry-agent.service
mkdir /image && mount --bind / /image
echo "$configuration" >/etc/ferry/ferry.json
ferry install --init systemd --prefix /image >/dev/null || fail 'ferry install'
umount /image
[ "$(readlink "$wants")" = /lib/systemd/system/ferry-agent.service ] || fail 'another unit than the package'"'s"
has /etc/systemd/system/ferry-agent.service.d/10-ferry.conf 'ferry install'
for file in /etc/systemd/system/ferry-agent.service /usr/local/bin/ferry; do gone "$file" 'ferry install'; done

# A board with a configuration, a journal, a file that was not sent, and a receiver's store.
mkdir -p /data/unsent /srv/ferry/robot-7/files /var/lib/ferry/spool /etc/systemd/system/ferry-agent.service.d
for file in /etc/ferry/ferry.json /etc/ferry/key /var/lib/ferry/journal.sqlite /var/lib/ferry/journal.sqlite-wal \
  /var/lib/ferry/spool/unsent /data/unsent/log /srv/ferry/robot-7/files/log \
  /etc/systemd/system/ferry-agent.service.d/10-ferry.conf; do
  echo kept >"$file"
done

dpkg -i "$2" >/dev/null 2>&1 || fail 'the newer package does not install over it'
[ "$(dpkg-query -W -f '${Version}' ferry)" != "$(dpkg-deb -f "$1" Version)" ] || fail 'nothing was upgraded'
dpkg -r ferry >/dev/null 2>&1 || fail 'the package cannot be removed'
gone /usr/bin/ferry removing
for file in /etc/ferry/ferry.json /etc/ferry/key /var/lib/ferry/journal.sqlite; do has "$file" removing; done

dpkg -P ferry >/dev/null 2>&1 || fail 'the package cannot be purged'
for file in /etc/ferry /var/lib/ferry/journal.sqlite /var/lib/ferry/journal.sqlite-wal \
  /etc/systemd/system/ferry-agent.service.d "$wants"; do
  [ ! -L "$file" ] || fail "$file is still a link after purging"
  gone "$file" purging
done
for file in /data/unsent/log /var/lib/ferry/spool/unsent /srv/ferry/robot-7/files/log; do has "$file" purging; done
echo 'the package lived'

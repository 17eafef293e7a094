#!/usr/bin/env bash
# Installs, runs, upgrades, removes and purges the Debian package in a clean Debian root, booted by systemd itself.
#
#   scripts/check-deb.sh [PACKAGE.deb]
#
# Needs root, curl, mmdebstrap and systemd-container (apt install). Without a package it builds one, with this Node.js inside.
set -euo pipefail
cd "$(dirname "$0")/.."

package=${1:-$(scripts/build-deb.sh --with-node "$(readlink -f "$(command -v node)")")}
suite=${SUITE:-bookworm}
work=$(mktemp -d)
root=$work/root
container=

clean_up() {
  if [ -n "$container" ]; then kill "$container" 2>/dev/null || true; wait "$container" 2>/dev/null || true; fi
  rm -rf "$work"
}
trap clean_up EXIT

step() { echo "check-deb: $*"; }
fail() { echo "check-deb: FAILED: $*" >&2; exit 1; }
inside() { chroot "$root" "$@"; }
installed() { inside dpkg -i /package.deb >"$work/dpkg.log" 2>&1 || { cat "$work/dpkg.log" >&2; fail 'dpkg -i'; }; }

step "a clean $suite root"
mmdebstrap --quiet --variant=minbase --include=systemd,systemd-sysv,dbus,libstdc++6 "$suite" "$root" >&2
cp "$package" "$root/package.deb"

step 'installed without a running systemd'
installed
inside id surfwatch | grep -q '(video)' || fail 'the user surfwatch is not in the group video'
[ "$(stat -c %a "$root/etc/surfwatch/config.json")" = 640 ] || fail 'the config is open to others'
[ -L "$root/etc/systemd/system/multi-user.target.wants/surfwatch.service" ] || fail 'the service is not enabled'
inside surfwatch --version
# Without the Node.js that may be in it.
[ "$(du -sm --exclude=bin "$root/usr/lib/surfwatch" | cut -f1)" -le 160 ] || fail 'the package takes more than 160 MB'
[ -s "$root/usr/lib/surfwatch/dist/web/index.html" ] || fail 'the page is not in the package'
inside surfwatch config check -c /etc/surfwatch/config.json
inside systemd-analyze verify /usr/lib/systemd/system/surfwatch.service || fail 'systemd-analyze verify'

step 'removed and purged'
inside dpkg --remove surfwatch >/dev/null
[ -e "$root/etc/surfwatch/config.json" ] || fail 'removing took the config'
[ ! -e "$root/usr/lib/surfwatch" ] || fail 'removing left the program'
inside dpkg --purge surfwatch >/dev/null
[ ! -e "$root/etc/surfwatch" ] || fail 'purging left the config'

step 'installed again, and booted'
installed
echo '{ "site": "beach", "camera": { "kind": "simulator" } }' >"$root/etc/surfwatch/config.json"
systemd-nspawn --quiet --directory="$root" --machine=surfwatch-check --register=no --keep-unit --private-network \
  --boot --console=pipe </dev/null >"$work/boot.log" 2>&1 &
container=$!
init=
booted() { nsenter --target "$init" --mount --uts --ipc --pid --net -- "$@"; }
for _ in $(seq 100); do
  init=$(cat "/proc/$container/task/$container/children" 2>/dev/null | tr ' ' '\n' | head -n 1) || true
  if [ -n "$init" ] && booted systemctl is-active --quiet surfwatch 2>/dev/null; then break; fi
  sleep 0.3
done
if [ -z "$init" ]; then
  # Within another container, say: what needs a booted systemd cannot be checked.
  cat "$work/boot.log" >&2
  step 'NOT CHECKED: the service, as nothing can be booted here'
  exit 0
fi
property() { booted systemctl show surfwatch --property="$1" --value; }
journal() { booted journalctl --no-pager --unit surfwatch >&2; }
[ "$(property ActiveState)" = active ] || { journal; fail 'the service does not run'; }
booted surfwatch service status
page=http://127.0.0.1:8321
script=$(nsenter --target "$init" --net -- curl -fsS --retry 20 --retry-connrefused --retry-delay 1 "$page/" | grep -o '/assets/[^"]*\.js' | head -n 1) || true
[ -n "$script" ] || { journal; fail 'the page is not served'; }
nsenter --target "$init" --net -- curl -fsS -o /dev/null "$page$script" || fail 'the page has no script'

step 'a daemon that hangs is restarted'
mkdir -p "$root/etc/systemd/system/surfwatch.service.d"
printf '[Service]\nWatchdogSec=3s\nRestartSec=1s\n' >"$root/etc/systemd/system/surfwatch.service.d/check.conf"
booted systemctl daemon-reload
booted systemctl restart surfwatch
before=$(property MainPID)
sleep 6
[ "$(property MainPID)" = "$before" ] || { journal; fail 'it was restarted without need'; }
booted sh -c "kill -STOP $before"
for _ in $(seq 60); do
  if [ "$(property MainPID)" != "$before" ] && [ "$(property ActiveState)" = active ]; then break; fi
  sleep 0.3
done
[ "$(property NRestarts)" = 1 ] || { journal; fail 'it was not restarted'; }

step 'upgraded, removed and purged under systemd'
booted dpkg -i /package.deb >/dev/null
[ "$(property ActiveState)" = active ] || { journal; fail 'it does not run after the upgrade'; }
grep -q simulator "$root/etc/surfwatch/config.json" || fail 'the upgrade changed the config'
booted dpkg --remove surfwatch >/dev/null 2>&1
if booted systemctl is-active --quiet surfwatch; then fail 'it runs after it was removed'; fi
[ -e "$root/var/lib/surfwatch/outbox.db" ] || fail 'removing took the state'
booted dpkg --purge surfwatch >/dev/null 2>&1
[ ! -e "$root/var/lib/surfwatch" ] || fail 'purging left the state'
step 'all holds'

#!/usr/bin/env bash
# Builds surfwatch_VERSION_ARCH.deb with Debian's tools and npm alone, for another architecture too: nothing is compiled.
#
#   scripts/build-deb.sh [--arch amd64|arm64] [--out DIR] [--with-node FILE]
#
# --with-node takes a Node.js binary of that architecture into the package, for Debian 12 and Raspberry Pi OS 12, whose own
# is too old. Prints the path of the package.
set -euo pipefail
cd "$(dirname "$0")/.."

arch=$(dpkg --print-architecture)
out=.cache/deb
node=
while [ $# -gt 0 ]; do
  case $1 in
    --arch) arch=$2 ;;
    --out) out=$2 ;;
    --with-node) node=$2 ;;
    *) sed -n '2,7s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
  esac
  shift 2
done
case $arch in
  amd64) cpu=x64 machine='3e 00' ;;
  arm64) cpu=arm64 machine='b7 00' ;;
  *) echo "there are packages for amd64 and arm64, not for $arch" >&2; exit 2 ;;
esac
if [ -n "$node" ] && [ "$(od -An -tx1 -j18 -N2 "$node" | xargs)" != "$machine" ]; then
  echo "$node is no program for $arch" >&2
  exit 1
fi

version=$(node -p 'require("./package.json").version')
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
chmod 755 "$stage"
app=$stage/usr/lib/surfwatch
umask 022

# The program.
mkdir -p "$app/scripts"
node scripts/build.js "$app/dist"
cp -r config docs models systemd package.json package-lock.json "$app"
cp -r scripts/surfwatch.js scripts/no-cuda "$app/scripts"
rm -rf "$app"/models/heads/*/report.html "$app/docs/images"

# The packages that are not built in, in the versions of the lock file. tfjs-node has to fetch its library when it is installed.
node --input-type=module -e '
  import { readFileSync, writeFileSync } from "node:fs";
  const { APART } = await import(`${process.cwd()}/scripts/build.js`);
  const [path] = process.argv.slice(1);
  const { optionalDependencies, ...about } = JSON.parse(readFileSync(path));
  const stays = ([name]) => APART.some(each => each === name || each === name.replace(/\/.*/, "/*"));
  about.dependencies = Object.fromEntries(Object.entries(about.dependencies).filter(stays));
  writeFileSync(path, JSON.stringify(about, null, 2));
' "$app/package.json"
(cd "$app" && npm install --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error --os=linux --cpu="$cpu" --libc=glibc >&2)
node scripts/prune.js "$app" "$cpu"
packages=$app/node_modules
rm -rf "$app/package-lock.json" "$app/scripts/no-cuda" "$packages/.package-lock.json" "$packages/.bin"
# What compilers, browsers and other C libraries use.
rm -rf "$packages"/{global-agent,@types,@webgpu} "$packages"/h5wasm/dist/{iife,node}
rm -rf "$packages"/@libsql/*-musl "$packages"/@img/*linuxmusl*
find "$packages"/@tensorflow/*/ -mindepth 1 -type f ! -name '*.node.js' ! -name '*.wasm' ! -name package.json ! -name 'LICENSE*' -delete
find "$packages" -type f \( -name '.npmignore' -o -name '.eslint*' -o -name '*.map' -o -name '*.ts' -o -name '*.mts' -o -name '*.cts' \) -delete
find "$packages" -type d -empty -delete
chmod -R u=rwX,go=rX "$stage"
find "$app" -type f -perm /111 ! -name '*.js' ! -name '*.so*' ! -name '*.node' ! -name notify-exec -exec chmod a-x {} +

# The command, the units, the first config.
nodePath=/usr/bin/node
if [ -n "$node" ]; then
  nodePath=/usr/lib/surfwatch/bin/node
  install -D -m 755 "$node" "$stage$nodePath"
fi
install -d "$stage/usr/bin" "$stage/usr/lib/systemd/system" "$stage/usr/lib/sysusers.d" "$stage/etc/surfwatch"
printf '#!/bin/sh\nexec %s /usr/lib/surfwatch/scripts/surfwatch.js "$@"\n' "$nodePath" >"$stage/usr/bin/surfwatch"
chmod 755 "$stage/usr/bin/surfwatch"
for unit in systemd/*.service systemd/*.timer; do
  sed "s#/usr/bin/node#$nodePath#" "$unit" >"$stage/usr/lib/systemd/system/${unit##*/}"
done
cp systemd/surfwatch.sysusers "$stage/usr/lib/sysusers.d/surfwatch.conf"
cat >"$stage/etc/surfwatch/config.json" <<'CONFIG'
// surfwatch config check -c /etc/surfwatch/config.json checks it; surfwatch config schema lists all that can be set.
{
  "site": "beach",
  "camera": {
    "kind": "webcam",
    "webcam": { "device": "/dev/video0" }
  }
}
CONFIG
chmod 640 "$stage/etc/surfwatch/config.json"

# Papers.
papers=$stage/usr/share/doc/surfwatch
install -d "$papers"
{
  echo 'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/'
  printf 'Upstream-Name: surfwatch\n\nFiles: *\nCopyright: the surfwatch authors\nLicense: Apache-2.0\n'
  printf ' The text of the licence is in /usr/share/common-licenses/Apache-2.0.\n .\n'
  sed 's/^$/./; s/^/ /' NOTICE
  printf '\nFiles: usr/lib/surfwatch/node_modules/*\nCopyright: their authors\nLicense: various\n'
  printf ' Each package has its licence in its folder.\n'
} >"$papers/copyright"
date=$(date -u -R -d "@${SOURCE_DATE_EPOCH:-$(stat -c %Y CHANGELOG.md)}")
printf 'surfwatch (%s) unstable; urgency=medium\n\n  * See /usr/lib/surfwatch/CHANGELOG.md.\n\n -- surfwatch authors <surfwatch@localhost>  %s\n' \
  "$version" "$date" | gzip -9n >"$papers/changelog.gz"
cp CHANGELOG.md "$app"

# Control.
mkdir "$stage/DEBIAN"
cp systemd/debian/* "$stage/DEBIAN"
chmod 755 "$stage"/DEBIAN/{postinst,prerm,postrm}
echo /etc/surfwatch/config.json >"$stage/DEBIAN/conffiles"
depends='libc6 (>= 2.31), libstdc++6, libgcc-s1, systemd | systemd-standalone-sysusers'
[ -n "$node" ] || depends="nodejs (>= 20.19), $depends"
cat >"$stage/DEBIAN/control" <<CONTROL
Package: surfwatch
Version: $version
Architecture: $arch
Maintainer: surfwatch authors <surfwatch@localhost>
Installed-Size: $(du -sk --exclude=DEBIAN "$stage" | cut -f1)
Depends: $depends
Recommends: ffmpeg, fswebcam, ca-certificates
Section: net
Priority: optional
Description: tells surfing, windsurfing and kitesurfing apart on a beach camera
 A daemon for a board with a camera on a beach. It looks at a picture every few
 seconds and publishes what goes on over MQTT. It learns on the board from what
 it is told.
CONTROL
(cd "$stage" && find . -path ./DEBIAN -prune -o -type f -printf '%P\0' | sort -z | xargs -0 md5sum >DEBIAN/md5sums)

mkdir -p "$out"
package=$out/surfwatch_${version}_$arch.deb
dpkg-deb --root-owner-group -Zzstd -z9 --build "$stage" "$package" >&2
echo "$package"

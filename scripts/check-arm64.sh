#!/usr/bin/env bash
# Runs the Debian package for arm64 on a computer of another architecture, by QEMU's user emulation: `doctor` loads each engine
# and checks its golden vector, then one frame is judged as on this computer, in float32 and in int8.
#
#   scripts/check-arm64.sh [PACKAGE.deb]
#
# Needs mmdebstrap (apt install); QEMU is that of Debian 13, since onnxruntime ends in a segmentation fault under the 7.2 of
# Debian 12. Without a package it builds one. Takes minutes: each instruction is translated, so times say nothing about a board.
set -euo pipefail
cd "$(dirname "$0")/.."

package=${1:-$(scripts/build-deb.sh --arch arm64)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
qemu=$work/tools/usr/bin/qemu-aarch64
step() { echo "check-arm64: $*"; }

step 'Debian 13 for arm64 with its Node.js, and the package'
# Nothing of it is run while it is extracted.
mmdebstrap --quiet --variant=extract --architectures=arm64 --include=nodejs trixie "$root"
mmdebstrap --quiet --variant=extract --include=qemu-user trixie "$work/tools"
for folder in bin lib; do [ -e "$root/$folder" ] || ln -s "usr/$folder" "$root/$folder"; done
dpkg-deb -x "$package" "$root"

surfwatch() { "$qemu" -L "$root" "$root/usr/bin/node" "$root/usr/lib/surfwatch/scripts/surfwatch.js" "$@"; }
step "Node.js $("$qemu" -L "$root" "$root/usr/bin/node" -p 'process.version + ", " + process.arch'), surfwatch $(surfwatch --version)"

findings=$(surfwatch doctor --no-camera --json --set broker.port=0 --set "stateDir=$work/state") || true
node -e '
  const { findings } = JSON.parse(process.argv[1]);
  for (const { name, status, detail } of findings)
    if (/^(node|pictures|backbone|head|engine)/.test(name)) console.log(`  ${status.padEnd(4)}  ${name}: ${detail}`);
  const right = name => findings.some(each => each.name === name && each.status === "ok");
  process.exit(["pictures", "backbone", "head", "engine onnx", "engine wasm"].every(right) ? 0 : 1);
' "$findings"

count() { node -p 'const { activity, count } = JSON.parse(process.argv[1]); `${activity}, ${JSON.stringify(count)}`' "$1"; }
for precision in fp32 int8; do
  # At half its size: the whole of it would take an hour.
  judge=(classify --camera --json --set vision.detail=0.5 --set vision.precision=$precision config/demo-footage/frame_0088.jpg)
  here=$(count "$(node scripts/surfwatch.js "${judge[@]}")")
  there=$(count "$(surfwatch "${judge[@]}")")
  step "in $precision the frame is judged as $there; on this computer as $here"
  [ "$here" = "$there" ]
done

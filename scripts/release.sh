#!/bin/sh
# Makes everything that is published into dist/release, and checks it; packaging/RELEASING.md says what.
# ./scripts/release.sh [--key FILE] [target ...]      targets: x64 arm64 x64-musl arm64-musl (default: all)
# --key FILE or FERRY_MINISIGN_KEY: minisign's secret key; its password is asked for. Without one nothing is signed.
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh
key=${FERRY_MINISIGN_KEY:-}
if [ "${1:-}" = --key ]; then key=${2:?--key FILE}; shift 2; fi
[ $# -gt 0 ] || set -- x64 arm64 x64-musl arm64-musl
out=dist/release

need() { command -v "$1" >/dev/null || { say "$1 is missing: apt-get install $2"; exit 1; }; }
need readelf binutils
need xz xz-utils
need dpkg-deb dpkg
need rpmbuild rpm
need lintian lintian
[ -z "$key" ] || need minisign minisign
[ -z "$key" ] || [ -f "$key" ] || { say "no key at $key"; exit 1; }

install_packages
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH
version=$(node -p "require('./package.json').version")
[ -z "$(git status --porcelain 2>/dev/null)" ] || say 'NOTE: the working tree has changes that no commit has'
rm -rf "$out"
mkdir -p "$out"

# Compiles twice and compares, so that others can build the same bytes from the same source.
build_twice() {
  ./scripts/build.sh "$1" 2>/dev/null
  mv "dist/ferry-linux-$1" "$out/first"
  ./scripts/build.sh "$1" 2>/dev/null
  cmp "$out/first" "dist/ferry-linux-$1" || { say "two builds of $1 differ"; exit 1; }
  rm "$out/first"
  ./scripts/check-executable.sh "dist/ferry-linux-$1"
}

package() { say "packing $*"; ./scripts/package.sh "$@" "$out" >/dev/null 2>"$out/packing.log" || { cat "$out/packing.log" >&2; exit 1; }; }

# Warnings count; what is accepted stands with its reason in packaging/deb/lintian-overrides.
lint() {
  root=''
  [ "$(id -u)" != 0 ] || root=--allow-root
  # shellcheck disable=SC2086
  lintian $root --fail-on error,warning "$out"/*.deb
}

for target in "$@"; do
  say "building $target twice"
  build_twice "$target"
  say "compressing ferry-linux-$target"
  # A fixed number of threads: another number may give other bytes. gz is for boards without xz.
  xz "-${FERRY_XZ_LEVEL:-6}" -T2 -c "dist/ferry-linux-$target" >"$out/ferry-linux-$target.xz"
  gzip -6nc "dist/ferry-linux-$target" >"$out/ferry-linux-$target.gz"
  for kind in sbom notices; do
    case $kind in sbom) file=ferry-linux-$target.cdx.json ;; *) file=ferry-linux-$target.THIRD-PARTY.txt ;; esac
    "$(bun_path)" scripts/third-party.ts $kind "$target" "dist/ferry-linux-$target.inputs.json" >"$out/$file"
  done
  package tarball "$target"
  case "$target" in
    *-musl) ;;
    *) package deb "$target"; package rpm "$target" ;;
  esac
done
rm -f "$out/packing.log"
if ls "$out"/*.deb >/dev/null 2>&1; then lint; fi

(cd "$out" && find . -type f ! -name 'SHA256SUMS*' -printf '%P\n' | LC_ALL=C sort | xargs sha256sum >SHA256SUMS)
FERRY_MINISIGN_KEY=$key ./scripts/sign.sh "$out/SHA256SUMS"
say "made $out:"
(cd "$out" && ls -l | awk 'NR > 1 { print $5, $9 }') >&2

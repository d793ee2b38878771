#!/bin/sh
# Makes one package of an executable that scripts/build.sh compiled; prints its name.
# ./scripts/package.sh deb|rpm|tarball x64|arm64|x64-musl|arm64-musl OUT_DIR
# SOURCE_DATE_EPOCH dates everything (default: the last commit). FERRY_XZ_LEVEL compresses less for
# trials (default 6; none for a package that is not compressed), FERRY_UNITS is where the units are, FERRY_MAINTAINER who answers for the package.
set -eu
umask 022
cd "$(dirname "$0")/.."
. scripts/lib.sh
[ $# = 3 ] || { say 'usage: package.sh deb|rpm|tarball TARGET OUT_DIR'; exit 2; }
kind=$1 target=$2
mkdir -p "$3"
out=$(cd "$3" && pwd)
executable=dist/ferry-linux-$target
units=${FERRY_UNITS:-packaging/init}
maintainer=${FERRY_MAINTAINER:-Ferry maintainers <maintainers@ferry.invalid>}
level=${FERRY_XZ_LEVEL:-6}
deb_compression="-Zxz -z$level" rpm_compression=w${level}T2.xzdio
if [ "$level" = none ]; then level=0 deb_compression=-Znone rpm_compression=w.ufdio; fi
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH
version=$(node -p "require('./package.json').version")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for file in "$executable" "$executable.inputs.json"; do
  [ -f "$file" ] || { say "$file is missing: ./scripts/build.sh $target"; exit 1; }
done
for file in "$units/ferry-agent.service" "$units/ferry-receiver.service"; do
  [ -f "$file" ] || { say "$file is missing: a package cannot do without its units"; exit 1; }
done

third_party() { "$(bun_path)" scripts/third-party.ts notices "$target" "$executable.inputs.json"; }

# put MODE FILE DESTINATION, below the tree that is packed
put() { install -D -m "$1" "$2" "$tree/$3"; }

# The units as they are, into the folder that $1 names: Debian's is /lib on systems without merged /usr.
stage_units() {
  for unit in ferry-agent.service ferry-receiver.service; do
    grep -q '^ExecStart=/usr/bin/ferry ' "$units/$unit" || { say "$unit does not start /usr/bin/ferry"; exit 1; }
    put 644 "$units/$unit" "$1/systemd/system/$unit"
  done
}

# Manual pages and completion where they were generated; $1 is zsh's folder.
stage_generated() {
  for page in packaging/man/*.[1-8]; do
    [ -f "$page" ] || continue
    put 644 "$page" "usr/share/man/man${page##*.}/${page##*/}"
    gzip -9n "$tree/usr/share/man/man${page##*.}/${page##*/}"
  done
  [ ! -f packaging/completion/ferry.bash ] ||
    put 644 packaging/completion/ferry.bash usr/share/bash-completion/completions/ferry
  [ ! -f packaging/completion/_ferry ] || put 644 packaging/completion/_ferry "usr/share/zsh/$1/_ferry"
  [ ! -f packaging/completion/ferry.fish ] ||
    put 644 packaging/completion/ferry.fish usr/share/fish/vendor_completions.d/ferry.fish
}

stage_documents() {
  doc=usr/share/doc/ferry
  put 644 README.md $doc/README.md
  put 644 NOTICE $doc/NOTICE
  for document in settings viam coming-from; do put 644 "packaging/$document.md" "$doc/$document.md"; done
  put 644 packaging/ferry.example.json $doc/examples/ferry.json
  third_party >"$work/THIRD-PARTY.txt"
  put 644 "$work/THIRD-PARTY.txt" $doc/THIRD-PARTY.txt
  put 644 CHANGELOG.md $doc/changelog
  gzip -9n "$tree/$doc/THIRD-PARTY.txt" "$tree/$doc/changelog"
}

# The tree that .deb and .rpm share. stage UNIT_FOLDER ZSH_FOLDER
stage() {
  tree=$work/tree
  put 755 "$executable" usr/bin/ferry
  stage_units "$1"
  stage_generated "$2"
  stage_documents
}

# Every date is that of the source, also where this machine's clock is behind it.
settle_dates() { find "$1" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +; }

make_deb() {
  case "$target" in x64) arch=amd64 ;; arm64) arch=arm64 ;; *) say "no .deb for $target"; exit 2 ;; esac
  stage lib vendor-completions
  put 644 packaging/deb/copyright usr/share/doc/ferry/copyright
  put 644 packaging/deb/lintian-overrides usr/share/lintian/overrides/ferry
  printf 'ferry (%s-1) unstable; urgency=medium\n\n  * Version %s; changelog.gz says what is new.\n\n -- %s  %s\n' \
    "$version" "$version" "$maintainer" "$(LC_ALL=C date -u -R -d "@$SOURCE_DATE_EPOCH")" >"$work/changelog"
  put 644 "$work/changelog" usr/share/doc/ferry/changelog.Debian
  gzip -9n "$tree/usr/share/doc/ferry/changelog.Debian"
  for script in postinst prerm postrm; do put 755 packaging/deb/$script DEBIAN/$script; done
  size=$(find "$tree/usr" "$tree/lib" -type f -exec stat -c %s {} + | awk '{ sum += int(($1 + 1023) / 1024) } END { print sum }')
  sed -e "s/@VERSION@/$version/" -e "s/@ARCH@/$arch/" -e "s/@SIZE@/$size/" -e "s/@MAINTAINER@/$maintainer/" \
    packaging/deb/control >"$tree/DEBIAN/control"
  (cd "$tree" && find usr lib -type f | LC_ALL=C sort | xargs md5sum >DEBIAN/md5sums)
  settle_dates "$tree"
  file=$out/ferry_$version-1_$arch.deb
  # xz, because dpkg of Debian 11 knows no zstd.
  # shellcheck disable=SC2086
  dpkg-deb --root-owner-group $deb_compression --build "$tree" "$file" >&2
  echo "$file"
}

make_rpm() {
  case "$target" in x64) arch=x86_64 ;; arm64) arch=aarch64 ;; *) say "no .rpm for $target"; exit 2 ;; esac
  command -v rpmbuild >/dev/null || { say 'rpmbuild is missing: apt-get install rpm'; exit 1; }
  stage usr/lib site-functions
  put 644 LICENSE usr/share/licenses/ferry/LICENSE
  settle_dates "$tree"
  rpmbuild -bb --quiet --target "$arch-linux" --define "_topdir $work/rpm" --define "_rpmdir $work/rpms" \
    --define "ferry_version $version" --define "ferry_tree $tree" --define "ferry_xz $rpm_compression" \
    --define "_buildhost localhost" packaging/rpm/ferry.spec >&2
  file=$out/ferry-$version-1.$arch.rpm
  mv "$work/rpms/$arch/ferry-$version-1.$arch.rpm" "$file"
  echo "$file"
}

make_tarball() {
  name=ferry-$version-linux-$target
  tree=$work/$name
  put 755 "$executable" ferry
  put 755 packaging/tarball/install.sh install.sh
  for document in LICENSE NOTICE README.md CHANGELOG.md packaging/ferry.example.json \
    packaging/settings.md packaging/viam.md packaging/coming-from.md; do
    put 644 "$document" "${document##*/}"
  done
  third_party >"$tree/THIRD-PARTY.txt"
  for folder in packaging/man packaging/completion; do
    [ ! -d "$folder" ] || cp -R "$folder" "$tree/"
  done
  settle_dates "$tree"
  file=$out/$name.tar.xz
  # A fixed number of threads: another number may give other bytes.
  tar -C "$work" --format=gnu --sort=name --owner=0 --group=0 --numeric-owner -cf - "$name" |
    xz "-$level" -T2 >"$file"
  echo "$file"
}

case "$kind" in
  deb | rpm | tarball) "make_$kind" ;;
  *) say "no package of the kind $kind"; exit 2 ;;
esac

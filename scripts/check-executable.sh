#!/bin/sh
# Fails where an executable would not run on a board that we promise: it may need glibc 2.17 at most
# (musl builds none), and on arm64 its segments must be aligned for pages of 64 KiB. Also fails
# where it was stripped: then it has lost the program and is the bare runtime; and where it names the
# folder that it was made in.
# ./scripts/check-executable.sh FILE ...
set -eu
newest_glibc=2.17
largest_page=65536

fail() { printf '%s: %s\n' "$file" "$*" >&2; exit 1; }

check_glibc() {
  versions=$(readelf -VW "$file" | sed -n 's/.*Name: GLIBC_\([0-9.]*\).*/\1/p' | sort -Vu)
  case "$file" in
    *-musl*) [ -z "$versions" ] || fail "needs glibc $(printf '%s' "$versions" | tr '\n' ' ')" ;;
    *)
      [ -n "$versions" ] || fail 'names no version of glibc: not an executable of ours'
      needed=$(printf '%s\n' "$versions" | tail -n 1)
      highest=$(printf '%s\n%s\n' "$needed" "$newest_glibc" | sort -V | tail -n 1)
      [ "$highest" = "$newest_glibc" ] || fail "needs glibc $needed, more than $newest_glibc"
      ;;
  esac
}

check_alignment() {
  alignments=$(readelf -lW "$file" | awk '$1 == "LOAD" { print $NF }')
  [ -n "$alignments" ] || fail 'has no segments to load'
  for alignment in $alignments; do
    [ $((alignment)) -ge "$largest_page" ] || fail "a segment is aligned to $alignment only"
  done
}

check_program() {
  sections=$(readelf -SW "$file")
  for section in .bun .symtab; do
    case "$sections" in *" $section "*) ;; *) fail "has no section $section: was it stripped?" ;; esac
  done
}

# The same source gives the same bytes in any folder.
check_folder() {
  ! grep -aqF "$(pwd)/node_modules" "$file" || fail 'holds the path of the folder where it was made'
}

command -v readelf >/dev/null || { echo 'readelf is missing: apt-get install binutils' >&2; exit 1; }
[ $# -gt 0 ] || { echo 'usage: check-executable.sh FILE ...' >&2; exit 2; }
for file in "$@"; do
  check_glibc
  if readelf -hW "$file" | grep -q 'Machine: *AArch64'; then check_alignment; fi
  check_program
  check_folder
done

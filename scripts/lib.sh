# Shared by the scripts: what is pinned is installed, and nothing else.

say() { printf '%s\n' "$*" >&2; }

# Installs the npm packages of the lock file, once for each version of it.
install_packages() {
  command -v npm >/dev/null || { say 'npm is missing: install Node.js 18 or later with npm'; exit 1; }
  stamp=node_modules/.ferry-stamp
  want=$(cksum <package-lock.json)
  if [ ! -f "$stamp" ] || [ "$(cat "$stamp")" != "$want" ]; then
    say 'installing npm packages (pinned, no install scripts)'
    npm ci --ignore-scripts --no-audit --no-fund >&2
    printf '%s\n' "$want" >"$stamp"
  fi
}

# The runtime for this machine, as npm installed it.
bun_path() {
  case "$(uname -m)" in
    x86_64) arch=x64 ;;
    aarch64) arch=aarch64 ;;
    *) say "no runtime for $(uname -m)"; exit 1 ;;
  esac
  for libc in '' -musl; do
    path="node_modules/@oven/bun-linux-$arch$libc/bin/bun"
    if [ -f "$path" ]; then
      chmod +x "$path"
      if "$path" --version >/dev/null 2>&1; then echo "$path"; return; fi
    fi
  done
  say 'the runtime package is missing: run npm ci'
  exit 1
}

# The runtime's binary for a target such as arm64 or x64-musl. npm leaves out packages for other
# machines, so those are fetched by name and compared with the checksum in the lock file.
runtime_for() {
  name=$(printf '%s' "bun-linux-$1" | sed 's/arm64/aarch64/')
  installed="node_modules/@oven/$name/bin/bun"
  if [ -f "$installed" ]; then echo "$installed"; return; fi
  version=$(node -p "require('./package.json').optionalDependencies['@oven/$name']")
  folder="node_modules/.cache/ferry/$name-$version"
  if [ ! -f "$folder/package/bin/bun" ]; then
    say "fetching the runtime for $1"
    mkdir -p "$folder"
    packed=$(npm pack --silent --pack-destination "$folder" "@oven/$name@$version")
    node -e '
      const [file, name] = process.argv.slice(1)
      const hash = require("crypto").createHash("sha512").update(require("fs").readFileSync(file))
      const want = require("./package-lock.json").packages["node_modules/@oven/" + name].integrity
      if (want !== "sha512-" + hash.digest("base64")) throw new Error("checksum differs: " + file)
    ' "$folder/$packed" "$name"
    tar -xzf "$folder/$packed" -C "$folder"
    rm "$folder/$packed"
  fi
  echo "$folder/package/bin/bun"
}

# Programs that some tests need, from apt where there is one and we may use it.
install_test_programs() {
  missing=''
  command -v qemu-aarch64-static >/dev/null || missing="$missing qemu-user-static"
  [ -e /usr/aarch64-linux-gnu/lib/ld-linux-aarch64.so.1 ] || missing="$missing libc6-arm64-cross"
  command -v strace >/dev/null || missing="$missing strace"
  command -v busybox >/dev/null || missing="$missing busybox"
  command -v nft >/dev/null || missing="$missing nftables"
  command -v ip >/dev/null || missing="$missing iproute2"
  command -v readelf >/dev/null || missing="$missing binutils"
  command -v minisign >/dev/null || missing="$missing minisign"
  command -v rpmbuild >/dev/null || missing="$missing rpm"
  # Completion is tried in each shell, the manual pages with both of their readers.
  for program in zsh fish mandoc fio; do
    command -v "$program" >/dev/null || missing="$missing $program"
  done
  command -v man >/dev/null || missing="$missing man-db"
  [ -e /usr/lib/*/faketime/libfaketime.so.1 ] 2>/dev/null || missing="$missing faketime"
  # Viam's protocol is tested against a server in Python, by packages of the system.
  /usr/bin/python3 -c 'import grpc, google.protobuf' 2>/dev/null ||
    missing="$missing python3-grpcio python3-protobuf"
  command -v protoc >/dev/null || missing="$missing protobuf-compiler protobuf-compiler-grpc"
  [ -e /usr/include/google/protobuf/any.proto ] || missing="$missing libprotobuf-dev"
  [ -n "$missing" ] || return 0
  if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    say "installing test programs:$missing"
    # shellcheck disable=SC2086
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing; } \
      >/dev/null 2>&1 || say "could not install:$missing (tests that need them are skipped)"
  else
    say "missing:$missing (tests that need them are skipped)"
  fi
}

# The programs that the benchmarks compare with.
install_bench_programs() {
  missing=''
  for program in rclone nginx curl rsync socat strace; do
    command -v "$program" >/dev/null || missing="$missing $program"
  done
  command -v nft >/dev/null || missing="$missing nftables"
  if [ -n "$missing" ]; then
    say "installing programs to compare with:$missing"
    # shellcheck disable=SC2086
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing; } >&2
  fi
  build_with_go rclone v1.76.0 github.com/rclone/rclone
  build_with_go tusd v2.9.1 github.com/tus/tusd/v2/cmd/tusd
}

# build_with_go NAME VERSION MODULE: a current program where there is Go, once for each version.
build_with_go() {
  folder="$PWD/.tmp/bench/programs/$1@$2"
  [ ! -x "$folder/$1" ] || return 0
  if ! command -v go >/dev/null; then
    say "SKIPPED $1 $2: Go is missing (the one of the system is compared with, if there is one)"
    return 0
  fi
  say "building $1 $2, which takes minutes"
  GOBIN="$folder" go install -trimpath "$3@$2" >&2 ||
    say "SKIPPED $1 $2: it cannot be built (the one of the system is compared with, if there is one)"
}

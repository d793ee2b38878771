#!/bin/sh
# Signs a file with minisign's secret key FERRY_MINISIGN_KEY (its password is asked for); says so where there is none.
# ./scripts/sign.sh FILE
set -eu
file=$(realpath "$1")
cd "$(dirname "$0")/.."
key=${FERRY_MINISIGN_KEY:-}
if [ -z "$key" ]; then
  echo '*** NOTHING IS SIGNED: no key was given (--key FILE or FERRY_MINISIGN_KEY). Do not publish this. ***' >&2
  exit 0
fi
version=$(node -p "require('./package.json').version")
minisign -S -s "$key" -m "$file" -t "ferry $version" >&2

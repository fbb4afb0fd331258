#!/bin/sh
# Keeps the rockspecs: the lists of sources and modules in the development one are what the tree holds, and that of a
# release is the development one with another version and source.
# usage: tools/rockspec.sh [VERSION [URL of the archive]]      (default: the version of the release that is here)
set -eu
cd "$(dirname "$0")/.."
for release in uvnet-[0-9]*-1.rockspec; do :; done # the last of them
release=${release#uvnet-}
version=${1:-${release%-1.rockspec}}
url=${2:-uvnet-$version.tar.gz}
export LC_ALL=C

sources() { find src -name '*.c' | sort | sed 's/.*/        "&",/'; }

modules() {
  find lua -name '*.lua' | sort | while read -r path; do
    name=$(echo "${path#lua/}" | sed -e 's/\.lua$//' -e 's/\/init$//' | tr / .)
    echo "    [\"$name\"] = \"$path\","
  done
}

dev=uvnet-dev-1.rockspec
{
  sed '/^      sources = {$/q' $dev
  sources
  sed -n '/^      sources = {$/,/^    \["net"\] = /p' $dev | sed -n '/^      },$/,$p' | sed '$d'
  modules
  sed '1,/^    \["net"\] = /d' $dev | sed '/^    \["uvnet.*\] = "lua/d'
} >$dev.new
mv $dev.new $dev

awk -v version="$version" -v url="$url" '
  /^version = / { print "version = \"" version "-1\""; next }
  /^-- .luarocks make. in a checkout/ {
    print "-- tools/rockspec.sh writes this file. The archive of the release lies beside it: `make rock` makes both one rock."
    next
  }
  /^source = / { print "source = {\n  url = \"" url "\",\n  dir = \"uvnet-" version "\",\n}"; next }
  { print }
' $dev >"uvnet-$version-1.rockspec"

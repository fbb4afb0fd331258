#!/bin/sh
# Writes the rockspec of a release: the development one with another version and source.
# usage: tools/rockspec.sh VERSION [URL of the archive]
set -eu
version=${1:?usage: tools/rockspec.sh VERSION [URL]}
url=${2:-uvnet-$version.tar.gz}
cd "$(dirname "$0")/.."

awk -v version="$version" -v url="$url" '
  /^version = / { print "version = \"" version "-1\""; next }
  /^-- .luarocks make. in a checkout/ {
    print "-- tools/rockspec.sh writes this file. The archive of the release lies beside it: `make rock` makes both one rock."
    next
  }
  /^source = / { print "source = {\n  url = \"" url "\",\n  dir = \"uvnet-" version "\",\n}"; next }
  { print }
' uvnet-dev-1.rockspec >"uvnet-$version-1.rockspec"

#!/bin/sh
# Makes the reference, docs/reference, of the annotations in types/.
# usage: tools/docs.sh
set -u
. "$(dirname "$0")/common.sh"

rm -rf build/api docs/reference
mkdir -p build/api
lua=$(default_lua) || die "no Lua is here"
"$lua" tools/reference.lua build/api || exit 1
# Debian's ldoc takes the first Lua that it finds; its markdown is for Lua 5.1 alone.
run_ldoc() {
  if head -n 1 "$(command -v ldoc)" | grep -q lua-any && lua5.1 -e 'require("markdown")' 2>/dev/null; then
    lua5.1 "$(command -v ldoc)" "$@"
  else
    ldoc "$@"
  fi
}

# No date and no version in it: the same types give the same pages.
run_ldoc --quiet --fatalwarnings --testing . || exit 1
[ -f docs/reference/index.html ] || die "ldoc wrote nothing"

# ldoc writes a made-up version and date then, one title for all pages, and nothing for phones. In a name such as
# uvnet.luasocket it takes the end for a module that it does not know.
find docs/reference -name '*.html' | while read -r page; do
  name=$(basename "$page" .html)
  [ "$name" = index ] && name="uvnet reference" || name="$name – uvnet reference"
  sed -e 's|uv<a href="nil">\([^<]*\)</a>|uv\1|g' -e 's|LDoc TESTING</a>|LDoc</a>|' -e '/Last updated/d' -e '/^<!DOCTYPE/d' -e '/^ *"http.*strict.dtd">$/d' \
    -e '/^<meta http-equiv/d' -e 's|^<html>|<!DOCTYPE html>\n<html lang="en">|' \
    -e "s|<title>.*</title>|<meta charset=\"utf-8\">\n    <meta name=\"viewport\" content=\"width=device-width\">\n    <title>$name</title>|" \
    "$page" >build/api/page && mv build/api/page "$page"
done
cat tools/reference.css >>docs/reference/ldoc.css
"$lua" -e 'print(dofile("tools/api.lua").sum())' >docs/reference/types.sum

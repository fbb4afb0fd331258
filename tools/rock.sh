#!/bin/sh
# Builds and installs the rock for every Lua but LuaJIT, from a checkout and from the packed release, and runs a program
# outside of the project with each. The packed rock is left in build/rock.
# usage: tools/rock.sh
set -u
. "$(dirname "$0")/common.sh"

KEYS=$(echo "${KEYS:-$(all_keys)}" | tr ' ' '\n' | grep -v jit | tr '\n' ' ')
export KEYS
"$(dirname "$0")/setup.sh" rock || exit 1
unset LUA_PATH LUA_CPATH

place=$(mktemp -d "${TMPDIR:-/tmp}/uvnet-rock.XXXXXX") || exit 1
trap 'rm -rf "$place"' EXIT
trap 'exit 130' INT TERM

cat >"$place/greet.lua" <<'LUA'
local net = require("net")
local server = net.createServer(function(socket) socket:finish("hello from " .. _VERSION) end)
server:listen(0, "127.0.0.1", function()
  local client = net.connect(server:address().port, "127.0.0.1")
  client:on("data", function(data) io.write(data, "\n") end)
  client:on("close", function() server:close() end)
end)
net.run()
LUA

failed=0
fail() { # what
  echo "$1: FAIL"
  failed=$((failed + 1))
}

# A program outside of the project that uses what was installed into a tree.
try_tree() { # title tree key
  said=$(cd "$place" && eval "$(luarocks --lua-version "$3" --tree "$2" path --no-bin)" &&
    limited 20 "$(find_lua "$3")" greet.lua 2>&1)
  rock=$(luarocks --lua-version "$3" --tree "$2" show uvnet --rock-dir 2>/dev/null)
  if [ "$said" != "hello from Lua $3" ]; then
    fail "$1: a program outside says: $said"
  elif [ ! -f "$rock/types/net.lua" ] || [ ! -f "$rock/docs/reference/index.html" ]; then
    fail "$1: no types or no reference in $rock"
  else
    echo "$1: ok, a program outside says: $said"
  fi
}

for rockspec in uvnet-[0-9]*.rockspec; do :; done # the last of them
release=${rockspec%-*.rockspec}
# The sources are copied: luarocks leaves its object files beside them.
mkdir -p "$place/$release"
cp -R lua src docs examples types ./*.rockspec README.md CHANGELOG.md LICENSE "$place/$release/"
(cd "$place" && tar -czf "$release.tar.gz" "$release")

for key in $KEYS; do
  cp -R "$place/$release" "$place/$key.src"
  if (cd "$place/$key.src" && limited 300 luarocks --lua-version "$key" make --tree "$place/$key" uvnet-dev-1.rockspec) \
    >"$place/log" 2>&1; then
    try_tree "luarocks make, Lua $key" "$place/$key" "$key"
  else
    cat "$place/log"
    fail "luarocks make, Lua $key"
  fi
done

# The release as one file, which is all that somebody needs to install it.
sed "s|^  url = \".*\"|  url = \"file://$place/$release.tar.gz\"|" "$rockspec" >"$place/$rockspec"
if (cd "$place" && limited 60 luarocks pack "$rockspec") >"$place/log" 2>&1; then
  mkdir -p build/rock && cp "$place/$release.tar.gz" "$place"/*.src.rock build/rock/
  for key in $KEYS; do
    mkdir -p "$place/elsewhere-$key"
    if (cd "$place/elsewhere-$key" &&
      limited 300 luarocks --lua-version "$key" --tree "$place/packed-$key" install "$place"/uvnet-*.src.rock) \
      >"$place/log" 2>&1; then
      try_tree "luarocks install of the packed rock, Lua $key" "$place/packed-$key" "$key"
    else
      cat "$place/log"
      fail "luarocks install of the packed rock, Lua $key"
    fi
  done
else
  cat "$place/log"
  fail "luarocks pack"
fi

[ "$failed" = 0 ]

#!/bin/sh
# Builds and installs the rock for every Lua but LuaJIT, and runs a program outside of the project with it.
# usage: tools/rock.sh
set -u
. "$(dirname "$0")/common.sh"

KEYS=$(echo "${KEYS:-$ALL_KEYS}" | tr ' ' '\n' | grep -v jit | tr '\n' ' ')
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
for key in $KEYS; do
  tree=$place/$key
  # The sources are copied: luarocks leaves its object files beside them.
  mkdir -p "$tree.src" && cp -R lua src types *.rockspec LICENSE "$tree.src/"
  (cd "$tree.src" && limited 300 luarocks --lua-version "$key" make --tree "$tree") >"$place/log" 2>&1 || {
    cat "$place/log"
    echo "luarocks make, Lua $key: FAIL"
    failed=$((failed + 1))
    continue
  }
  said=$(cd "$place" && eval "$(luarocks --lua-version "$key" --tree "$tree" path --no-bin)" &&
    limited 20 "$(find_lua "$key")" greet.lua 2>&1)
  if [ "$said" = "hello from Lua $key" ]; then
    echo "luarocks make, Lua $key: ok, a program outside says: $said"
  else
    echo "luarocks make, Lua $key: FAIL, a program outside says: $said"
    failed=$((failed + 1))
  fi
done
[ "$failed" = 0 ]

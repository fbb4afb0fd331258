#!/bin/sh
# Runs the echo example over TCP and over a unix socket, and shows what both sides say.
# usage: tools/demo.sh [LUA]
set -u
. "$(dirname "$0")/common.sh"

lua=${1:-${LUA:-$(default_lua)}}
LUA_PATH="lua/?.lua;lua/?/init.lua;;"
LUA_CPATH="build/$(key_of "$lua")/?.so;;"
export LUA_PATH LUA_CPATH
unset LUA_PATH_5_2 LUA_PATH_5_3 LUA_PATH_5_4 LUA_CPATH_5_2 LUA_CPATH_5_3 LUA_CPATH_5_4

place=$(mktemp -d "${TMPDIR:-/tmp}/uvnet-demo.XXXXXX") || exit 1
server=
cleanup() {
  [ -n "$server" ] && kill "$server" 2>/dev/null && wait "$server" 2>/dev/null
  rm -rf "$place"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

indent() { sed "s/^/  $1 | /"; }

# The server says where it listens once it does; a quarter of a minute is plenty.
address_of() { # log
  tries=0
  while [ $tries -lt 150 ]; do
    address=$(sed -n 's/^listening on //p' "$1")
    [ -n "$address" ] && echo "$address" && return
    kill -0 "$server" 2>/dev/null || return 1
    sleep 0.1
    tries=$((tries + 1))
  done
  return 1
}

converse() { # title where
  echo "== echo over $1"
  : >"$place/server.log"
  "$lua" examples/echo_server.lua "$2" >"$place/server.log" 2>&1 &
  server=$!
  if ! address=$(address_of "$place/server.log"); then
    indent server <"$place/server.log"
    die "the server did not start"
  fi
  echo "\$ $lua examples/echo_server.lua $2"
  case $address in
    /*) target=$address ;;
    *) target=${address##*:} ;;
  esac
  status=0
  limited 20 "$lua" examples/echo_client.lua "$target" >"$place/client.log" 2>&1 || status=$?
  kill "$server" 2>/dev/null
  wait "$server" 2>/dev/null
  server=
  indent server <"$place/server.log"
  echo "\$ $lua examples/echo_client.lua $target"
  indent client <"$place/client.log"
  [ "$status" = 0 ] || die "the client failed with status $status"
  [ -s "$place/client.log" ] || die "the client said nothing"
}

converse "TCP" 0
converse "a unix socket" "$place/echo.sock"

#!/usr/bin/env bash
# Runs the specs on musl: libuv, Lua and lfs are built from Debian's source packages, and uvnet beside them, by musl-gcc.
# usage: tools/platform-musl.sh [spec files or busted options...]
# It needs Debian's apt and its packages. ROOTS is where all of it is kept (default: build/roots). The last line is
# "N passed, N failed".
set -u
cd "$(dirname "$0")/.." || exit 1
. tools/common.sh
. tools/sources.sh

root=${ROOTS:-$PWD/build/roots}/musl
log=$root/log
mkdir -p "$root/bin" "$root/include" "$root/uv"
: >"$log"
want "$log" musl-gcc musl-tools dpkg-source dpkg-dev /usr/share/lua/5.4/busted/runner.lua lua-busted
sources "$root" "$log" libuv1 lua5.4 lua-filesystem
uv=$(echo "$root"/libuv1-*/) lua=$(echo "$root"/lua5.4-*/) lfs=$(echo "$root"/lua-filesystem-*/)
uv=${uv%/} lua=${lua%/} lfs=${lfs%/}

# The kernel's headers are behind musl's own.
kernel="-idirafter /usr/include -idirafter /usr/include/$(gcc -dumpmachine)"

build_libuv() {
  cd "$root/uv" || return 1
  rm -f ./*.o
  files=$(ls "$uv"/src/*.c)
  for name in async core dl fs getaddrinfo getnameinfo loop loop-watcher pipe poll process proctitle random-devurandom \
    random-getrandom random-sysctl-linux signal stream tcp thread tty udp epoll linux-core linux-inotify linux-syscalls \
    procfs-exepath; do
    files="$files $uv/src/unix/$name.c"
  done
  # shellcheck disable=SC2086
  printf '%s\n' $files |
    xargs -P 2 -n 8 musl-gcc -O2 -w -fPIC -D_GNU_SOURCE -I"$uv/include" -I"$uv/src" $kernel -c &&
    ar rcs "$root/libuv.a" ./*.o
}

build_lua() {
  cd "$lua/src" || return 1
  cp lua.h luaconf.h lualib.h lauxlib.h "$root/include/"
  echo '#define DEB_HOST_MULTIARCH "musl"' >"$root/include/lua5.4-deb-multiarch.h" # which Debian's luaconf.h includes
  # shellcheck disable=SC2046
  musl-gcc -O2 -w -DLUA_USE_LINUX -I"$root/include" -rdynamic -o "$root/bin/lua5.4" $(printf '%s\n' *.c | grep -v '^luac\.c$') \
    -lm -ldl
}

[ -f "$root/libuv.a" ] || (build_libuv) >>"$log" 2>&1 || { tail -n 20 "$log"; die "libuv does not build (see $log)"; }
[ -f "$root/bin/lua5.4" ] || (build_lua) >>"$log" 2>&1 || { tail -n 20 "$log"; die "Lua does not build (see $log)"; }

copy_tree "$root/tree"
cd "$root/tree" || exit 1
# What busted wants of C: lfs is built, of the others little is needed.
mkdir -p build/rocks/share/lua/5.4 build/rocks/lib/lua/5.4
musl-gcc -shared -fPIC -O2 -w -I"$root/include" -o build/rocks/lib/lua/5.4/lfs.so "$lfs/src/lfs.c" >>"$log" 2>&1 ||
  { tail -n 20 "$log"; die "lfs does not build (see $log)"; }
echo 'return { gettime = os.time, monotime = os.clock, sleep = function(s) os.execute("sleep " .. s) end }' \
  >build/rocks/share/lua/5.4/system.lua
echo 'return { isatty = function() return false end }' >build/rocks/share/lua/5.4/term.lua

echo "=== musl $(dpkg-query -W -f '${Version}' musl), $(basename "$uv"), $(basename "$lua")"
export PATH=$root/bin:$PATH CC=musl-gcc LUA_INCDIR=$root/include UV_CFLAGS="-I$uv/include" UV_LIBS=$root/libuv.a
UVNET_NO_SETUP=1 KEYS=5.4 UVNET_TEST_SECONDS=${UVNET_TEST_SECONDS:-1800} exec tools/test.sh "$@"

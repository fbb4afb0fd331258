#!/usr/bin/env bash
# Runs the specs on Windows, as far as Wine is one: Lua and libuv are cross-built from Debian's source packages, and uvnet
# beside them, by mingw-w64 with all warnings as errors.
# usage: tools/platform-windows.sh [--build] [spec files...]
# --build: builds, and runs nothing. ROOTS is where all of it is kept (default: build/roots). The last line is
# "N passed, N failed". A spec that fails and stands in tools/windows/known.txt, with its reason, is not counted as failed.
set -u
cd "$(dirname "$0")/.." || exit 1
. tools/common.sh
. tools/sources.sh

root=${ROOTS:-$PWD/build/roots}/windows
cc=x86_64-w64-mingw32-gcc
log=$root/log
only_build=
[ "${1:-}" = --build ] && only_build=1 && shift
mkdir -p "$root"
: >"$log"
want "$log" $cc gcc-mingw-w64-x86-64 dpkg-source dpkg-dev /usr/share/lua/5.4/busted/runner.lua lua-busted
[ -n "$only_build" ] || want "$log" wine "wine wine64"
sources "$root" "$log" libuv1 lua5.4
uv=$(echo "$root"/libuv1-*/) lua=$(echo "$root"/lua5.4-*/)
uv=${uv%/} lua=${lua%/}
windows="-D_WIN32_WINNT=0x0602 -DWIN32_LEAN_AND_MEAN"
libraries="-lpsapi -luser32 -ladvapi32 -liphlpapi -luserenv -lws2_32 -lole32 -lshell32 -ldbghelp"

build_libuv() {
  rm -rf "$root/uv" && mkdir -p "$root/uv" && cd "$root/uv" || return 1
  # shellcheck disable=SC2086
  printf '%s\n' "$uv"/src/*.c "$uv"/src/win/*.c | xargs -P 2 -n 8 $cc -O2 -w $windows -I"$uv/include" -I"$uv/src" -c &&
    x86_64-w64-mingw32-ar rcs "$root/libuv.a" ./*.o
}

build_lua() {
  cd "$lua/src" || return 1
  library=$(printf '%s\n' *.c | grep -vE '^(lua|luac)\.c$')
  # shellcheck disable=SC2086
  $cc -O2 -w -DLUA_BUILD_AS_DLL -shared -o "$root/lua54.dll" $library &&
    $cc -O2 -w -DLUA_BUILD_AS_DLL -o "$root/lua.exe" lua.c "$root/lua54.dll"
}

if [ ! -f "$root/libuv.a" ]; then
  (build_libuv) >>"$log" 2>&1 || { tail -n 20 "$log"; die "libuv does not build (see $log)"; }
fi
if [ ! -f "$root/lua.exe" ]; then
  (build_lua) >>"$log" 2>&1 || { tail -n 20 "$log"; die "Lua does not build (see $log)"; }
fi

copy_tree "$root/tree"
cd "$root/tree" || exit 1

flags="-std=c99 -O2 -g $windows -DLUA_BUILD_AS_DLL -Wall -Wextra -Wpedantic -Wshadow -Werror -isystem $lua/src -isystem $uv/include"
mkdir -p "$root/core/uvnet" "$root/obj"
build_core() {
  rm -f "$root/obj"/*.o
  # shellcheck disable=SC2086
  printf '%s\n' src/*.c | xargs -P 2 -I{} sh -c "$cc $flags -c -o '$root/obj/'\$(basename {} .c).o {}" &&
    $cc -shared -static-libgcc -o "$root/core/uvnet/core.dll" "$root/obj"/*.o "$root/lua54.dll" "$root/libuv.a" $libraries &&
    $cc $flags -shared -o "$root/host.dll" tools/windows/host.c "$root/lua54.dll"
}
build_core >"$log" 2>&1 || { cat "$log"; die "the core does not build for Windows"; }
echo "=== Windows by $($cc --version | head -n 1); $(basename "$uv"), $(basename "$lua")"
if [ -n "$only_build" ]; then
  echo "1 passed, 0 failed"
  exit 0
fi

# ---------------------------------------------------------------------------------------------------- the specs
export WINEPREFIX=$root/prefix WINEDEBUG=-all
unset DISPLAY
if [ ! -f "$WINEPREFIX/system.reg" ]; then
  limited 300 wine wineboot -i >"$log" 2>&1 || { tail -n 5 "$log"; die "Wine does not start (see $log)"; }
fi
echo "=== $(wine --version)"

# busted and what it requires: only Lua. Copies, for links are nothing that Wine's file names end with.
if [ ! -d "$root/share/busted" ]; then
  mkdir -p "$root/share"
  cp -RL /usr/share/lua/5.4/* "$root/share/" 2>/dev/null
  cp -RL /usr/share/lua/5.1/dkjson.lua "$root/share/" 2>/dev/null
fi
[ -f "$root/share/busted/runner.lua" ] || die "busted's Lua files are not in /usr/share/lua/5.4"

there=Z:$root # as Wine sees it
export LUA_PATH="lua/?.lua;lua/?/init.lua;$there/share/?.lua;$there/share/?/init.lua;./?.lua"
export LUA_CPATH="$there/core/?.dll" UVNET_HOST=$there/host.dll
export UVNET_BUILD=$there/core UVNET_TMP=$there/tmp
rm -rf "$root/tmp"
mkdir -p "$root/tmp"
export UVNET_SLOW=1 UVNET_PLATFORM=wine
unset LUA_INIT LUA_PATH_5_4 LUA_CPATH_5_4

if [ -n "${WINE_RUN:-}" ]; then # a program in the place of the specs
  exec wine "$root/lua.exe" "$@"
fi

known=tools/windows/known.txt
counter=$(default_lua) || die "a Lua of this system is needed, to count"
[ $# -gt 0 ] || set -- spec/*_spec.lua
passed=0 failed=0 pending=0 excused=0 skipped=0
result=$root/result
for file in "$@"; do
  name=$(basename "$file" _spec.lua)
  why=$(sed -n "s/^$name  *\*  *: *//p" $known | head -n 1)
  if [ -n "$why" ]; then
    skipped=$((skipped + 1))
    echo "$name: left out: $why"
    continue
  fi
  : >"$result"
  # Ctrl-C needs a console, which is what Wine makes of a terminal.
  UVNET_RESULT=Z:$result limited "${UVNET_TEST_SECONDS:-120}" \
    script -qec "wine '$root/lua.exe' tools/windows/run.lua -o TAP '$file'" /dev/null >"$log" 2>&1 </dev/null
  status=$?
  counts=$("$counter" tools/windows/count.lua "$result" "$name" $known)
  case $counts in *$'\n'*) echo "${counts%$'\n'*}" ;; esac
  read -r good bad waiting known_bad complete <<<"${counts##*$'\n'}"
  note=
  if [ "$complete" = 0 ]; then
    bad=$((bad + 1)) note=", ended before the last spec (exit status $status)"
    tail -n 5 "$result" "$log"
  fi
  [ "$known_bad" = 0 ] || note=", $known_bad known$note"
  echo "$name: $good passed, $bad failed, $waiting pending$note"
  passed=$((passed + good)) failed=$((failed + bad)) pending=$((pending + waiting)) excused=$((excused + known_bad))
done
echo "$pending pending, $excused failed as $known says, $skipped files left out"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]

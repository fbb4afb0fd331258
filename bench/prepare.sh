#!/bin/sh
# Read by run, check, extra and lines: finds the tools, builds the generator and the C servers into build/bench/.
# The driver is Lua, any version; nothing else than a C compiler and libuv is needed. What is missing is left out of
# the comparison, with a line that says so.

cd "$(dirname "$0")/.." || exit 1

lua=
for candidate in lua5.4 lua5.3 lua5.2 lua5.1 luajit lua; do
  if command -v "$candidate" >/dev/null 2>&1; then lua=$candidate; break; fi
done
if [ -z "$lua" ]; then echo "bench: no Lua found; install lua5.4" >&2; exit 1; fi

cc=${CC:-cc}
if ! command -v "$cc" >/dev/null 2>&1; then echo "bench: no C compiler found (CC=$cc)" >&2; exit 1; fi

uv_flags=$(pkg-config --cflags --libs libuv 2>/dev/null) || uv_flags=-luv
strict="-std=c99 -D_GNU_SOURCE -O2 -Wall -Wextra -Wpedantic -Wshadow -Werror"
mkdir -p build/bench || exit 1
# shellcheck disable=SC2086
if ! $cc $strict -o build/bench/load bench/load/*.c ||
  ! $cc $strict -o build/bench/with_c bench/servers/with_c.c $uv_flags; then
  echo "bench: the generator does not build" >&2
  exit 1
fi
# Without it (it is for glibc) counts vary by a few per cent.
# shellcheck disable=SC2086
$cc $strict -fPIC -shared -o build/bench/seed.so bench/count/seed.c -ldl 2>/dev/null || rm -f build/bench/seed.so

# The Luas that are compared; `make core` builds only what has changed.
for each in lua5.4 luajit lua5.1; do
  if command -v "$each" >/dev/null 2>&1; then
    make core LUA="$each" >build/bench/make.log 2>&1 || echo "bench: uvnet does not build for $each: build/bench/make.log"
  fi
done

driver() {
  script=$1
  shift
  LUA_PATH="bench/driver/?.lua;;" LUA_CPATH=";;" exec "$lua" "bench/driver/$script.lua" "$@"
}

#!/bin/sh
# Looks for what a make target needs, and installs what is missing with the system's package manager.
# usage: tools/setup.sh [--check] build | all-luas | test | clients | lint | asan | valgrind | fuzz | docs | rock | bench ...
# --check, or UVNET_NO_SETUP=1, installs nothing: it says in one line what is missing. LUA names the Lua of `build`.
# Word splitting is meant: needs, packages and the commands that install them are lists of words.
# shellcheck disable=SC2046,SC2086
set -u
. "$(dirname "$0")/common.sh"

check_only=${UVNET_NO_SETUP:-}
[ "${1:-}" = --check ] && check_only=1 && shift

# A need is a word: a tool's name, or lua:KEY (any interpreter), named:KEY ($LUA), headers:KEY, busted:KEY.
needs_of() { # target
  case $1 in
    build)
      if [ -n "${LUA:-}" ]; then
        key=$(key_of "$LUA") || key=$(key_of_name "$LUA")
        case " $KNOWN_KEYS " in
          *" ${key:-none} "*) ;;
          *) die "LUA=$LUA is no Lua that uvnet knows: it runs on Lua 5.1 to 5.5 and LuaJIT" ;;
        esac
        echo "cc uv named:$key headers:$key"
      else
        lua=$(default_lua) && key=$(key_of "$lua") || key=5.4
        echo "cc uv lua:$key headers:$key"
      fi
      ;;
    all-luas) echo cc uv $(each_key lua headers) ;;
    test) echo cc uv time-limit nc socat curl $(each_key lua headers busted) ;;
    # What the specs of uvnet.luasocket run over it; without them they are pending.
    clients) echo luasocket lua-redis redis-server ;;
    lint) echo cc clang uv x86_64-w64-mingw32-gcc luacheck clang-format clang-tidy cppcheck shellcheck $(each_key headers) ;;
    asan) echo "$(needs_of test) asan" ;;
    valgrind) echo "$(needs_of test) valgrind" ;;
    docs) echo ldoc ;;
    rock) echo cc uv luarocks $(each_key lua headers) ;;
    bench) needs_of build ;;
    bench-check) echo "cc uv valgrind strace $(KEYS="5.4 jit" each_key lua headers)" ;;
    fuzz) echo clang fuzzer cc uv headers:5.4 lua:5.4 ;;
    *) die "tools/setup.sh: no such target: $1" ;;
  esac
}

each_key() { # kinds...
  for key in ${KEYS:-$(all_keys)}; do
    for kind in "$@"; do echo "$kind:$key"; done
  done
}

is_there() { # need
  case $1 in
    cc) has "${CC:-cc}" && echo '#include <stdio.h>' | ${CC:-cc} -E - >/dev/null 2>&1 ;;
    uv) find_uv_cflags >/dev/null ;;
    lua:*) find_lua "${1#*:}" >/dev/null ;;
    named:*) has "$LUA" ;;
    headers:*) find_include "${1#*:}" >/dev/null ;;
    busted:*)
      lua=$(find_lua "${1#*:}") &&
        LUA_PATH="$(rocks_path "${1#*:}");;" LUA_CPATH="$(rocks_cpath "${1#*:}");;" \
          "$lua" -e 'require("busted.runner")' >/dev/null 2>&1
      ;;
    time-limit) has timeout || has gtimeout || has perl ;;
    luasocket)
      for key in $(all_keys); do
        lua=$(find_lua "$key") && "$lua" -e 'require("socket.core")' >/dev/null 2>&1 && return
      done
      return 1
      ;;
    lua-redis) [ -n "$(find /usr/share/lua /usr/local/share/lua -name redis.lua 2>/dev/null)" ] ;;
    fuzzer)
      has clang &&
        [ -n "$(find "$(clang -print-resource-dir)/lib" -name 'libclang_rt.fuzzer*' 2>/dev/null | head -n 1)" ]
      ;;
    asan) [ -f "$(${CC:-cc} -print-file-name=libasan.so 2>/dev/null)" ] ;;
    *) has "$1" ;;
  esac
}

describe() { # need
  case $1 in
    cc) echo "a C compiler" ;;
    uv) echo "libuv 1.44 or later with its headers (uv.h)" ;;
    named:*) echo "$LUA" ;;
    lua:jit) echo "LuaJIT" ;;
    lua:*) echo "Lua ${1#*:}" ;;
    headers:jit) echo "LuaJIT's headers (luajit.h)" ;;
    headers:*) echo "the headers of Lua ${1#*:} (lua.h)" ;;
    busted:jit) echo "busted for LuaJIT" ;;
    busted:*) echo "busted for Lua ${1#*:}" ;;
    time-limit) echo "timeout" ;;
    asan) echo "the compiler's libasan" ;;
    fuzzer) echo "clang's libFuzzer" ;;
    luasocket) echo "LuaSocket" ;;
    lua-redis) echo "redis-lua" ;;
    *) echo "$1" ;;
  esac
}

# Packages of a need. Empty where the manager has none that we know of.
package() { # manager need
  key=${2#*:}
  bare=$(echo "$key" | tr -d .)
  case $1/$2 in
    */named:*) package "$1" "lua:$key" ;;
    apt/cc) echo gcc libc6-dev ;;
    apk/cc) echo gcc musl-dev ;;
    */cc) echo gcc ;;
    apt/uv) echo libuv1-dev ;;
    dnf/uv) echo libuv-devel ;;
    apk/uv) echo libuv-dev ;;
    */uv) echo libuv ;;
    */lua:jit) echo luajit ;;
    apt/headers:jit) echo libluajit-5.1-dev ;;
    dnf/headers:jit) echo luajit-devel ;;
    apk/headers:jit) echo luajit-dev ;;
    */headers:jit) echo luajit ;;
    apt/headers:5.1) echo liblua5.1-0-dev ;;
    apt/headers:*) echo "liblua$key-dev" ;;
    apt/lua:*) echo "lua$key" ;;
    apk/lua:*) echo "lua$key" ;;
    apk/headers:*) echo "lua$key-dev" ;;
    dnf/lua:5.4) echo lua ;;
    dnf/headers:5.4) echo lua-devel ;;
    dnf/lua:5.1) echo compat-lua ;;
    dnf/headers:5.1) echo compat-lua-devel ;;
    pacman/*:5.4) echo lua54 ;;
    pacman/lua:* | pacman/headers:*) echo "lua$bare" ;;
    brew/lua:* | brew/headers:*) echo "lua@$key" ;;
    apt/busted:*) echo lua-busted ;;
    */busted:*) echo luarocks ;;
    apt/nc) echo netcat-openbsd ;;
    apk/nc) echo netcat-openbsd ;;
    dnf/nc) echo nmap-ncat ;;
    pacman/nc) echo openbsd-netcat ;;
    */nc) echo netcat ;;
    apt/x86_64-w64-mingw32-gcc) echo gcc-mingw-w64-x86-64 ;;
    dnf/x86_64-w64-mingw32-gcc) echo mingw64-gcc ;;
    brew/x86_64-w64-mingw32-gcc) echo mingw-w64 ;;
    */x86_64-w64-mingw32-gcc) echo mingw-w64-gcc ;;
    */time-limit) echo coreutils ;;
    apt/luacheck) echo lua-check ;;
    apt/luasocket | dnf/luasocket) echo lua-socket ;;
    dnf/redis-server | apk/redis-server | pacman/redis-server | brew/redis-server) echo redis ;;
    apk/clang-format | apk/clang-tidy) echo clang-extra-tools ;;
    dnf/clang-format | dnf/clang-tidy) echo clang-tools-extra ;;
    pacman/clang-format | pacman/clang-tidy) echo clang ;;
    dnf/shellcheck) echo ShellCheck ;;
    brew/clang-tidy) echo llvm ;;
    apt/asan) echo gcc libc6-dev ;;
    apt/fuzzer) echo clang "$(apt_clang_runtime)" ;;
    */fuzzer) echo clang compiler-rt ;;
    dnf/asan) echo libasan libubsan ;;
    apt/ldoc) echo lua-ldoc lua-markdown lua5.1 ;;
    */luacheck | */ldoc) echo luarocks ;;
    */asan) ;;
    *) echo "$2" ;;
  esac
}

# Debian has clang's runtime libraries in a package that carries the version.
apt_clang_runtime() {
  apt-cache depends clang 2>/dev/null | sed -n 's/.*Depends: clang-\([0-9]*\)$/libclang-rt-\1-dev/p' | head -n 1
}

find_manager() {
  for manager in apt-get dnf apk pacman brew; do
    has "$manager" && echo "${manager%-get}" && return
  done
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

install_command() { # manager
  case $1 in
    apt) echo "apt-get install -y --no-install-recommends" ;;
    dnf) echo "dnf install -y" ;;
    apk) echo "apk add" ;;
    pacman) echo "pacman -S --noconfirm --needed" ;;
    brew) echo "brew install" ;;
  esac
}

install_packages() { # manager packages...
  manager=$1
  shift
  echo "uvnet: installing $*"
  case $manager in
    apt)
      as_root env DEBIAN_FRONTEND=noninteractive $(install_command apt) "$@" >"$log" 2>&1 ||
        { as_root apt-get update >"$log" 2>&1 &&
          as_root env DEBIAN_FRONTEND=noninteractive $(install_command apt) "$@" >"$log" 2>&1; }
      ;;
    brew) brew install "$@" >"$log" 2>&1 ;;
    *) as_root $(install_command "$manager") "$@" >"$log" 2>&1 ;;
  esac
}

# Where there is no package of a Lua tool, luarocks fetches it into build/rocks.
install_rocks() { # needs...
  for need in "$@"; do
    is_there "$need" && continue
    case $need in
      busted:*)
        limited 600 luarocks --lua-version "$(lua_version_of "${need#*:}")" --tree build/rocks install busted >"$log" 2>&1
        ;;
      luacheck | ldoc) limited 600 luarocks --tree build/rocks install "$need" >"$log" 2>&1 ;;
    esac
  done
}

missing_of() { # needs...
  for need in "$@"; do is_there "$need" || echo "$need"; done
}

sentence() { # needs...
  text=
  for need in "$@"; do text="$text${text:+, }$(describe "$need")"; done
  echo "$text"
}

packages_of() { # manager needs...
  manager=$1
  shift
  for need in "$@"; do package "$manager" "$need"; done | tr ' ' '\n' | sed '/^$/d' | sort -u | tr '\n' ' '
}

needs=
for target in "$@"; do needs="$needs $(needs_of "$target")" || exit 1; done
missing=$(missing_of $needs)
[ -z "$missing" ] && exit 0

manager=$(find_manager)
packages=
[ -n "$manager" ] && packages=$(packages_of "$manager" $missing)
hint=
[ -n "$packages" ] && hint="; install with: $(install_command "$manager") ${packages% }"
[ -n "$check_only" ] && die "missing: $(sentence $missing)$hint"
[ -z "$manager" ] && die "missing: $(sentence $missing); no package manager known here: install them and try again"
if [ "$manager" != brew ] && [ "$(id -u)" != 0 ] && ! has sudo; then
  die "missing: $(sentence $missing)$hint (as root: there is no sudo here)"
fi

mkdir -p build
log=build/setup.log
if [ -n "$packages" ]; then
  install_packages "$manager" $packages || die "$(tail -n 1 "$log") (see $log); missing: $(sentence $missing)$hint"
fi
has luarocks && install_rocks $missing
missing=$(missing_of $missing)
[ -z "$missing" ] || die "still missing after the installation: $(sentence $missing); see $log"

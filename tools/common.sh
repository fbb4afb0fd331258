# What the other scripts share: finding Lua and libuv. Sourced, never run. POSIX sh.
# shellcheck shell=sh

# The Luas that uvnet runs on.
# shellcheck disable=SC2034 # for those who source this
KNOWN_KEYS="5.1 5.2 5.3 5.4 5.5 jit"

die() {
  printf 'uvnet: %s\n' "$*" >&2
  exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

# A key names a Lua flavour: 5.1, 5.2, 5.3, 5.4, 5.5 or jit.
key_of() { # interpreter
  "$1" -e 'io.write(jit and "jit" or _VERSION:match("%d.%d"))' 2>/dev/null
}

# The key that a name promises, for an interpreter that is not installed; nothing for a name that says nothing.
key_of_name() { # interpreter's name
  case ${1##*/} in
    *jit*) echo jit ;;
    *5.1 | *51) echo 5.1 ;;
    *5.2 | *52) echo 5.2 ;;
    *5.3 | *53) echo 5.3 ;;
    *5.5 | *55) echo 5.5 ;;
    *5.4 | *54 | lua) echo 5.4 ;;
    *) return 1 ;;
  esac
}

find_lua() { # key
  if [ "$1" = jit ]; then
    candidates="luajit luajit-2.1 lua"
  else
    bare=${1%.*}${1#*.}
    candidates="lua$1 lua-$1 lua$bare lua"
  fi
  for candidate in $candidates; do
    if has "$candidate" && [ "$(key_of "$candidate")" = "$1" ]; then
      echo "$candidate"
      return 0
    fi
  done
  return 1
}

fits_key() { # directory key
  [ -f "$1/lua.h" ] || return 1
  if [ "$2" = jit ]; then
    [ -f "$1/luajit.h" ]
  else
    [ ! -f "$1/luajit.h" ] && {
      grep -Eq "LUA_VERSION_NUM[[:space:]]+${2%.*}0${2#*.}" "$1/lua.h" ||
        { # since 5.5 in two parts
          grep -Eq "LUA_VERSION_MAJOR_N[[:space:]]+${2%.*}\$" "$1/lua.h" &&
            grep -Eq "LUA_VERSION_MINOR_N[[:space:]]+${2#*.}\$" "$1/lua.h"
        }
    }
  fi
}

# The directory of lua.h for a key. LUA_INCDIR overrides the search.
find_include() { # key
  bare=${1%.*}${1#*.}
  if [ -n "${LUA_INCDIR:-}" ]; then
    fits_key "$LUA_INCDIR" "$1" && echo "$LUA_INCDIR"
    return
  fi
  for root in /usr/include /usr/local/include /opt/homebrew/include /opt/local/include /usr/pkg/include; do
    for name in "lua$1" "lua/$1" "lua-$1" "lua$bare" luajit-2.1 luajit-2.0 .; do
      if fits_key "$root/$name" "$1"; then
        echo "$root/$name"
        return 0
      fi
    done
  done
  for root in /opt/homebrew/opt /usr/local/opt; do
    for name in "lua@$1/include/lua" "lua@$1/include/lua$1" luajit/include/luajit-2.1; do
      if fits_key "$root/$name" "$1"; then
        echo "$root/$name"
        return 0
      fi
    done
  done
  return 1
}

# The Lua to build for when nobody names one: the newest that has its headers, else the newest.
default_lua() {
  for key in 5.5 5.4 5.3 jit 5.2 5.1; do
    if find_lua "$key" >/dev/null && find_include "$key" >/dev/null; then
      find_lua "$key"
      return 0
    fi
  done
  for key in 5.5 5.4 5.3 jit 5.2 5.1; do
    find_lua "$key" && return 0
  done
  return 1
}

# The Luas that KEYS stands for where nobody has set it: all, but not every system has 5.5 yet.
all_keys() {
  if find_lua 5.5 >/dev/null || { has apt-cache && apt-cache show lua5.5 >/dev/null 2>&1; }; then
    echo "$KNOWN_KEYS"
  else
    echo "$KNOWN_KEYS" | sed 's/5\.5 //'
  fi
}

uv_fits() { # compiler flags
  # Word splitting is meant: the argument is a list of flags.
  # shellcheck disable=SC2086
  printf '#include <uv.h>\n#if UV_VERSION_HEX < 0x012c00\n#error old\n#endif\n' |
    ${CC:-cc} -E $1 - >/dev/null 2>&1
}

# The flags that find uv.h, 1.44 or later; maybe none. UV_CFLAGS overrides the search.
find_uv_cflags() {
  if [ -n "${UV_CFLAGS:-}" ]; then
    uv_fits "$UV_CFLAGS" && echo "$UV_CFLAGS"
    return
  fi
  uv_fits "" && return 0
  if has pkg-config; then
    flags=$(pkg-config --cflags libuv 2>/dev/null) && uv_fits "$flags" && echo "$flags" && return 0
  fi
  for root in /usr/local /opt/homebrew /opt/local /usr/pkg; do
    uv_fits "-I$root/include" && echo "-I$root/include" && return 0
  done
  return 1
}

find_uv_libs() {
  if [ -n "${UV_LIBS:-}" ]; then
    echo "$UV_LIBS"
    return
  fi
  case $(find_uv_cflags) in
    -I*/include) echo "-L$(find_uv_cflags | sed 's|^-I\(.*\)/include.*|\1|')/lib -luv" ;;
    *) echo "-luv" ;;
  esac
}

# Every file of C.
c_files() { find src fuzz stress bench tools -name '*.[ch]' | sort; }

# Runs a command with a time limit: a hang is a failure.
limited() { # seconds command...
  seconds=$1
  shift
  if has timeout; then
    timeout -k 10 "$seconds" "$@"
  elif has gtimeout; then
    gtimeout -k 10 "$seconds" "$@"
  elif has perl; then
    perl -e 'alarm shift; exec @ARGV or exit 127' "$seconds" "$@"
  else
    die "timeout, gtimeout or perl is needed to limit the time of: $*"
  fi
}

# Lua tools that no package manager has are in a luarocks tree of our own: build/rocks.
PATH=$PATH:$PWD/build/rocks/bin

lua_version_of() { # key
  if [ "$1" = jit ]; then echo 5.1; else echo "$1"; fi
}

rocks_path() { # key
  echo "build/rocks/share/lua/$(lua_version_of "$1")/?.lua;build/rocks/share/lua/$(lua_version_of "$1")/?/init.lua"
}

rocks_cpath() { # key
  echo "build/rocks/lib/lua/$(lua_version_of "$1")/?.so"
}

#!/bin/sh
# Looks at every file: form and mistakes. Goes through all checks before it fails.
# usage: tools/lint.sh
# Word splitting is meant: the functions of common.sh print lists of flags and files.
# shellcheck disable=SC2046
set -u
. "$(dirname "$0")/common.sh"

"$(dirname "$0")/setup.sh" lint || exit 1

failed=0
check() { # title command...
  title=$1
  shift
  if "$@" >build/log/lint 2>&1; then
    echo "ok    $title"
  else
    cat build/log/lint
    echo "FAIL  $title"
    failed=$((failed + 1))
  fi
}

compile_all() { # compiler key flags...
  compiler=$1 key=$2
  shift 2
  printf '%s\n' src/*.c | xargs -P 2 -I {} "$compiler" "$@" -std=c99 -O2 -fPIC -D_GNU_SOURCE -Wall -Wextra -Wpedantic -Wshadow \
    -Werror -isystem "$(find_include "$key")" $(find_uv_cflags) -c -o /dev/null {}
}

# The code that only Windows has. Its compiler may see no header of this system but libuv's and Lua's.
compile_for_windows() { # key
  include=$(find_include "$1") || return 1
  uv=$(echo '#include <uv.h>' | ${CC:-cc} -M $(find_uv_cflags) -x c - | tr ' ' '\n' | grep '/uv\.h$') || return 1
  headers=build/windows-headers
  rm -rf $headers
  mkdir -p $headers
  cp -R "$uv" "${uv%.h}" $headers
  for name in lua lauxlib luaconf lualib luajit; do
    [ ! -f "$include/$name.h" ] || cp "$include/$name.h" $headers
  done
  touch "$headers/lua$1-deb-multiarch.h" # which Debian's luaconf.h includes
  printf '%s\n' src/*.c | xargs -P 2 -I {} x86_64-w64-mingw32-gcc -std=c99 -fsyntax-only -D_WIN32_WINNT=0x0602 \
    -DWIN32_LEAN_AND_MEAN -Wall -Wextra -Wpedantic -Wshadow -Werror -isystem $headers {}
}

tidy() { # key files...
  flags="-std=c99 -D_GNU_SOURCE -Isrc -isystem $(find_include "$1") $(find_uv_cflags)"
  shift
  # shellcheck disable=SC2016 # it is the other shell's
  printf '%s\n' "$@" | xargs -P 2 -n 6 sh -c 'clang-tidy --quiet "$@" -- $0' "$flags" >build/log/tidy 2>&1
  status=$?
  grep -v 'generated\.$' build/log/tidy # the warnings of the system's headers, which it counts and does not show
  return $status
}

sh_files() {
  grep -lE '^#!/(bin/sh|usr/bin/env bash)' tools/*.sh .ci/run stress/* bench/* bench/vm/* spec/parity/* 2>/dev/null
}

parse_sh() {
  for file in $(sh_files) tools/common.sh; do
    case $(head -n 1 "$file") in
      *bash) bash -n "$file" || return 1 ;;
      *) sh -n "$file" || return 1 ;;
    esac
  done
}

# The reference is generated, and not with every step: what goes out has that of the types that it has.
reference_is_new() {
  lua=$(default_lua) || return 1
  [ "$("$lua" -e 'print(dofile("tools/api.lua").sum())')" = "$(cat docs/reference/types.sum)" ] || {
    echo "docs/reference is older than types/: make docs"
    return 1
  }
}

mkdir -p build/log
check "reference" reference_is_new
check "luacheck" luacheck --quiet .
check "clang-format" clang-format --dry-run -Werror $(c_files)
for key in ${KEYS:-$(all_keys)}; do
  check "gcc, Lua $key" compile_all gcc "$key" -Wconversion
  check "clang, Lua $key" compile_all clang "$key"
  check "clang-tidy, Lua $key" tidy "$key" src/*.c
done
check "mingw-w64, Lua $key" compile_for_windows "$key"
check "clang-tidy, fuzz and stress" tidy "$key" fuzz/*.c stress/*.c
check "cppcheck" cppcheck --quiet --std=c99 --enable=warning,performance,portability,style --inline-suppr \
  --suppress=missingIncludeSystem --error-exitcode=1 -Isrc src fuzz stress bench/load bench/servers tools
check "sh -n" parse_sh
check "shellcheck" shellcheck $(sh_files)
[ "$failed" = 0 ]

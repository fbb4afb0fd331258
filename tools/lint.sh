#!/bin/sh
# Looks at every file: form and mistakes. Goes through all checks before it fails.
# usage: tools/lint.sh
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

compile_all() { # compiler key
  for file in src/*.c; do
    "$1" -std=c99 -O2 -fPIC -D_GNU_SOURCE -Wall -Wextra -Wpedantic -Wshadow -Werror -isystem "$(find_include "$2")" \
      $(find_uv_cflags) -c -o /dev/null "$file" || return 1
  done
}

sh_files() {
  for file in tools/*.sh; do sh -n "$file" || return 1; done
  bash -n .ci/run
}

mkdir -p build/log
check "luacheck" luacheck --quiet .
check "clang-format" clang-format --dry-run -Werror src/*.c src/*.h
for key in ${KEYS:-$ALL_KEYS}; do
  check "gcc, Lua $key" compile_all gcc "$key"
  check "clang, Lua $key" compile_all clang "$key"
done
check "cppcheck" cppcheck --quiet --std=c99 --enable=warning,performance,portability --inline-suppr \
  --suppress=missingIncludeSystem --error-exitcode=1 -Isrc src
check "sh -n" sh_files
[ "$failed" = 0 ]

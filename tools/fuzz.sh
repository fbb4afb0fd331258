#!/bin/sh
# Builds each fuzzer of fuzz/ with clang and runs it for FUZZ_SECONDS (default 300), all of them side by side.
# usage: tools/fuzz.sh [NAME...]
# Word splitting is meant: the functions of common.sh print lists of flags.
# shellcheck disable=SC2046
set -u
. "$(dirname "$0")/common.sh"

"$(dirname "$0")/setup.sh" fuzz || exit 1
[ $# -gt 0 ] || set -- fuzz/*.c
seconds=${FUZZ_SECONDS:-300}

mkdir -p build/fuzz
names=
for name in "$@"; do
  name=$(basename "$name" .c)
  names="$names $name"
  clang -std=c99 -D_GNU_SOURCE -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -Isrc \
    -isystem "$(find_include 5.4)" $(find_uv_cflags) -o "build/fuzz/$name" "fuzz/$name.c" \
    src/addr.c src/codec_decode.c src/codec_encode.c src/serialize.c src/trie.c src/utf8.c $(find_uv_libs) -llua5.4 || exit 1
done

fuzz() { # name
  mkdir -p "build/fuzz/$1.corpus"
  "build/fuzz/$1" -max_total_time="$seconds" -max_len=512 -print_final_stats=1 -artifact_prefix="build/fuzz/$1." \
    "build/fuzz/$1.corpus" >"build/fuzz/$1.log" 2>&1
}

running=
for name in $names; do
  fuzz "$name" &
  running="$running $name:$!"
done
failed=0
for one in $running; do
  name=${one%:*}
  if wait "${one#*:}"; then
    echo "fuzz $name: $(sed -n 's/^Done \([0-9]*\) runs in \([0-9]*\).*/\1 runs in \2 s, nothing found/p' "build/fuzz/$name.log")"
  else
    tail -n 40 "build/fuzz/$name.log"
    echo "the fuzzer $name found something: see build/fuzz"
    failed=1
  fi
done
exit $failed

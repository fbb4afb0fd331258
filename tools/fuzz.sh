#!/bin/sh
# Builds each fuzzer of fuzz/ with clang and runs it for FUZZ_SECONDS (default 30).
# usage: tools/fuzz.sh [NAME...]
set -u
. "$(dirname "$0")/common.sh"

"$(dirname "$0")/setup.sh" fuzz || exit 1
[ $# -gt 0 ] || set -- $(cd fuzz && ls ./*.c | sed 's|^\./||; s|\.c$||')

mkdir -p build/fuzz
for name in "$@"; do
  clang -std=c99 -D_GNU_SOURCE -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -Isrc \
    -isystem "$(find_include 5.4)" $(find_uv_cflags) -o "build/fuzz/$name" "fuzz/$name.c" \
    src/addr.c src/codec_decode.c src/codec_encode.c src/utf8.c $(find_uv_libs) -llua5.4 || exit 1
  mkdir -p "build/fuzz/$name.corpus"
  "build/fuzz/$name" -max_total_time="${FUZZ_SECONDS:-30}" -max_len=512 -artifact_prefix="build/fuzz/$name." \
    "build/fuzz/$name.corpus" >"build/fuzz/$name.log" 2>&1 || {
    tail -n 40 "build/fuzz/$name.log"
    die "the fuzzer $name found something: see build/fuzz"
  }
  echo "fuzz $name: $(sed -n 's/^Done \([0-9]*\) runs.*/\1 runs, nothing found/p' "build/fuzz/$name.log")"
done

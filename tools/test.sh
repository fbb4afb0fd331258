#!/bin/sh
# Runs the specs on every Lua of KEYS, plain or under a checker of memory.
# usage: tools/test.sh [asan | valgrind] [spec files or busted options...]
# The spec files are dealt out to two processes that run side by side (JOBS says how many), unless options are given.
# A line for each Lua; the last line is "N passed, N failed". A hang, a crash or a run without a test is a failure.
set -u
. "$(dirname "$0")/common.sh"

variant=
case ${1:-} in
  asan | valgrind)
    variant=$1
    shift
    # The checkers look at three Luas: the oldest, the newest and LuaJIT.
    [ -n "${KEYS:-}" ] || KEYS="5.1 5.4 jit"
    ;;
esac
keys=${KEYS:-$(all_keys)}
export KEYS="$keys"
tools=$(dirname "$0")
make=${MAKE:-make}
unset MAKEFLAGS MFLAGS
case $variant in
  valgrind) seconds=${UVNET_TEST_SECONDS:-1800} ;;
  asan) seconds=${UVNET_TEST_SECONDS:-1200} ;;
  *) seconds=${UVNET_TEST_SECONDS:-600} ;;
esac

"$tools/setup.sh" "${variant:-test}" || exit 1

# A program that is this Lua with the sanitizers' runtime before it. The interpreter itself is not instrumented, so the
# runtime has to be preloaded. LeakSanitizer does not look into the heap that LuaJIT maps for itself, so that what only
# Lua holds looks lost: there, a program that ends by os.exit closes its state first.
watched_lua() { # lua out key
  first=
  [ "$3" = jit ] && first="-e 'local exit = os.exit; os.exit = function(status) exit(status, true) end'"
  ${CC:-cc} -shared -fPIC -D_GNU_SOURCE -o "$2/unpreload.so" "$tools/unpreload.c" -ldl || return 1
  cat >"$2/lua" <<WRAPPER
#!/bin/sh
LD_PRELOAD='$(${CC:-cc} -print-file-name=libasan.so) $PWD/$2/unpreload.so' exec $(command -v "$1") $first "\$@"
WRAPPER
  chmod +x "$2/lua" && echo "$PWD/$2/lua"
}

run_busted() { # lua out log key busted-arguments...
  lua=$1 out=$2 log=$3 key=$4
  shift 4
  LUA_PATH="lua/?.lua;lua/?/init.lua;$(rocks_path "$key");;"
  LUA_CPATH="$out/?.so;$(rocks_cpath "$key");;"
  UVNET_BUILD=$out UVNET_LUA=$lua
  export LUA_PATH LUA_CPATH UVNET_BUILD UVNET_LUA
  unset LUA_PATH_5_2 LUA_PATH_5_3 LUA_PATH_5_4 LUA_CPATH_5_2 LUA_CPATH_5_3 LUA_CPATH_5_4 LUA_INIT
  case $variant in
    asan)
      ASAN_OPTIONS="detect_leaks=1:exitcode=99:log_path=$PWD/$log.report"
      LSAN_OPTIONS="suppressions=$PWD/$tools/lsan.supp:print_suppressions=0"
      UBSAN_OPTIONS="print_stacktrace=1:log_path=$PWD/$log.report"
      # The Lua programs that specs start are watched as well.
      UVNET_LUA=$watched
      export ASAN_OPTIONS LSAN_OPTIONS UBSAN_OPTIONS UVNET_LUA
      limited "$seconds" "$UVNET_LUA" "$tools/busted.lua" "$@"
      ;;
    valgrind)
      # Compiled code of LuaJIT is beyond what memcheck can follow: its interpreter runs the specs.
      off=
      [ "$key" = jit ] && off=-joff
      limited "$seconds" valgrind --quiet --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite \
        --show-leak-kinds=definite --suppressions="$tools/valgrind-luajit.supp" --log-file="$log.report" \
        "$lua" $off "$tools/busted.lua" "$@"
      ;;
    *) limited "$seconds" "$lua" "$tools/busted.lua" "$@" ;;
  esac
}

# busted's summary: "12 successes / 1 failure / 0 errors / 0 pending : 1.5 seconds". Prints the four numbers. What failed
# follows it, and may show the summary of a busted that a spec has run.
counts_of() { # log
  awk '/^[0-9]+ success(es)? \/ [0-9]+ failure/ { print $1, $4, $7, $10; exit }' "$1"
}

reports_of() { # log
  for report in "$1".report*; do
    [ -s "$report" ] && echo "$report"
  done
}

# Adds the four numbers of a summary up.
add_counts() { # good failures errors pending
  good=$((good + $1)) wrong=$(($2 + $3)) pending=$((pending + $4))
}

jobs=${JOBS:-2}
[ $# -gt 0 ] || set -- spec/*_spec.lua
[ $# -gt 1 ] || jobs=1
for argument in "$@"; do
  [ -f "$argument" ] || jobs=1
done

# Every jobs-th spec file, from the part-th on.
part_of_specs() { # part files...
  part=$1
  shift
  printf "%s\n" "$@" | awk -v jobs="$jobs" -v part="$part" 'NR % jobs == part - 1'
}

# Runs one part, and leaves its exit status beside its log.
run_part() { # part lua out log key arguments...
  part=$1 lua=$2 out=$3 log=$4 key=$5
  shift 5
  # shellcheck disable=SC2046 # one word a file
  [ "$jobs" = 1 ] || set -- $(part_of_specs "$part" "$@")
  # shellcheck disable=SC2094 # it is given the name of the log, and does not read it
  (run_busted "$lua" "$out" "$log" "$key" -o plainTerminal "$@") >"$log" 2>&1
  echo $? >"$log.status"
}

passed=0 failed=0
mkdir -p build/log
for key in $keys; do
  lua=$(find_lua "$key") || die "Lua $key is not here"
  name=${variant:+$variant-}$key
  log=build/log/$name
  rm -f "$log" "$log".*
  started=$(date +%s)
  if ! "$make" -j 2 core LUA="$lua" VARIANT="$variant" >"$log" 2>&1; then
    cat "$log"
    echo "$name: does not build"
    failed=$((failed + 1))
    continue
  fi
  # Once for all parts: what one of them runs, another cannot write.
  watched=
  if [ "$variant" = asan ]; then
    watched=$(watched_lua "$lua" "build/$name" "$key") || die "$name: no Lua that is watched can be made"
  fi
  part=1
  while [ "$part" -le "$jobs" ]; do
    run_part "$part" "$lua" "build/$name" "$log.$part" "$key" "$@" &
    part=$((part + 1))
  done
  wait
  good=0 bad=0 pending=0 note=
  part=1
  while [ "$part" -le "$jobs" ]; do
    status=$(cat "$log.$part.status")
    counts=$(counts_of "$log.$part")
    wrong=0
    if [ -z "$counts" ]; then
      wrong=1 note="$note, ended before the last spec (exit status $status)"
    else
      # shellcheck disable=SC2086 # four words
      add_counts $counts
      if [ "$status" != 0 ] && [ "$wrong" = 0 ]; then wrong=1 note="$note, exit status $status"; fi
    fi
    reports=$(reports_of "$log.$part" | wc -l)
    if [ "$reports" -gt 0 ]; then
      wrong=$((wrong + reports)) note="$note, $((reports)) reports: build/log/$name.$part.report*"
      # One fault is often found by many programs.
      for report in $(reports_of "$log.$part" | head -n 3); do sed -n 1,60p "$report"; done
    fi
    [ "$wrong" = 0 ] || cat "$log.$part"
    bad=$((bad + wrong))
    part=$((part + 1))
  done
  if [ "$((good + bad))" = 0 ]; then
    bad=1 note=", no spec was run"
  fi
  [ "$pending" = 0 ] || note=", $pending pending$note"
  echo "$name ($("$lua" -v 2>&1 | cut -d' ' -f1,2)): $good passed, $bad failed$note, $(($(date +%s) - started)) s"
  passed=$((passed + good)) failed=$((failed + bad))
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]

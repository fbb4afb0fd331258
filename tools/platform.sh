#!/usr/bin/env bash
# Runs the specs on another system: a Debian root of another release or architecture, made by debootstrap and kept.
# usage: tools/platform.sh sid | 32 | arm64 | s390x [spec files or busted options...]
# It needs root, Debian's apt and its packages. ROOTS is where the roots are kept (default: build/roots); a root that is
# there is used again. KEYS names the Luas. The last line is "N passed, N failed".
# Foreign architectures run in an emulator of the processor (qemu-user-static), many times slower.
set -u
cd "$(dirname "$0")/.." || exit 1
. tools/common.sh

platform=${1:-}
[ $# -gt 0 ] && shift
mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
roots=${ROOTS:-$PWD/build/roots}
root=$roots/$platform
emulator=

case $platform in
  sid) suite=sid arch=$(dpkg --print-architecture) ;;
  32) suite=bookworm arch=i386 ;;
  arm64) suite=bookworm arch=arm64 emulator=qemu-aarch64-static ;;
  s390x) suite=bookworm arch=s390x emulator=qemu-s390x-static ;;
  *) die "usage: tools/platform.sh sid | 32 | arm64 | s390x [spec files...]" ;;
esac
[ "$(id -u)" = 0 ] || die "tools/platform.sh needs root: it makes a system in $root"
[ "$arch" = "$(dpkg --print-architecture)" ] && emulator=

# What is installed there: what tools/setup.sh wants for `test`, and what some specs talk to.
packages="gcc libc6-dev make libuv1-dev lua-busted lua-posix lua-dkjson netcat-openbsd socat curl python3-minimal iproute2 procps
  locales lua5.1 lua5.2 lua5.3 lua5.4 liblua5.1-0-dev liblua5.2-dev liblua5.3-dev liblua5.4-dev"
[ "$suite" = sid ] && packages="$packages clang lua5.5 liblua5.5-dev libasan8 libubsan1"
# Debian has no LuaJIT for s390x.
[ "$arch" = s390x ] || packages="$packages luajit libluajit-5.1-dev"

run() { # command... in the root
  chroot "$root" "$@"
}

# The kernel starts programs for another processor by their emulator, where it has been told of it.
register() {
  known=/proc/sys/fs/binfmt_misc
  name=${emulator%-static} # qemu-s390x
  [ -f $known/status ] || mount -t binfmt_misc binfmt_misc $known || return 1
  [ -f "$known/$name" ] || cat "/usr/lib/binfmt.d/$name.conf" >$known/register
}

unmount() {
  for place in dev/pts dev proc; do mountpoint -q "$root/$place" && umount -l "$root/$place"; done
}

make_root() {
  need="debootstrap"
  [ -n "$emulator" ] && need="$need qemu-user-static"
  for tool in debootstrap $emulator; do
    has "$tool" && continue
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $need || exit 1
    break
  done
  mkdir -p "$roots"
  if [ -n "$emulator" ]; then
    register || die "this kernel does not start programs for $arch"
    debootstrap --variant=minbase --foreign --arch="$arch" "$suite" "$root" "$mirror" || exit 1
    run /debootstrap/debootstrap --second-stage || exit 1
  else
    debootstrap --variant=minbase --arch="$arch" "$suite" "$root" "$mirror" || exit 1
  fi
  # Lists that are older than they say they may be are as good as any for this.
  echo 'Acquire::Check-Valid-Until "false";' >"$root/etc/apt/apt.conf.d/99platform"
  printf '127.0.0.1 localhost\n::1 localhost\n' >"$root/etc/hosts"
}

prepare() {
  log=$roots/$platform.log
  if [ ! -f "$root/.prepared" ]; then
    echo "uvnet: making a root of Debian $suite for $arch in $root"
    [ -d "$root" ] && { unmount; rm -rf "$root"; }
    make_root >"$log" 2>&1 || { tail -n 5 "$log"; die "no root of $suite for $arch (see $log)"; }
  fi
  [ -z "$emulator" ] || register || die "this kernel does not start programs for $arch"
  for place in proc dev dev/pts; do mountpoint -q "$root/$place" || mount --bind "/$place" "$root/$place" || exit 1; done
  trap unmount EXIT
  trap 'exit 130' INT TERM
  if [ ! -f "$root/.prepared" ]; then
    # shellcheck disable=SC2086
    { run apt-get update && run env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $packages; } \
      >>"$log" 2>&1 || { tail -n 5 "$log"; die "its packages cannot be installed (see $log)"; }
    touch "$root/.prepared"
  fi
}

prepare
rm -rf "$root/uvnet"
mkdir "$root/uvnet"
git ls-files -z --cached --others --exclude-standard | xargs -0 tar cf - | tar xf - -C "$root/uvnet"

default_keys="5.1 5.2 5.3 5.4"
[ "$suite" = sid ] && default_keys="$default_keys 5.5"
[ "$arch" = s390x ] || default_keys="$default_keys jit"
# An emulated processor is slow: one Lua says nearly all.
[ -n "$emulator" ] && default_keys=5.4

echo "=== Debian $suite, $arch: $(run cc --version | head -n 1); $(run dpkg-query -W -f 'libuv ${Version}' libuv1-dev)"
failed=0 passed=0
try() { # keys variant arguments...
  keys=$1 kind=$2
  shift 2
  # shellcheck disable=SC2086
  run env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 UVNET_NO_SETUP=1 \
    KEYS="$keys" UVNET_TEST_SECONDS="${UVNET_TEST_SECONDS:-1800}" UVNET_SLOW="${emulator:+1}" \
    sh -c 'cd /uvnet && exec tools/test.sh "$@"' sh $kind "$@" 2>&1 | tee "$roots/$platform.out"
  counts=$(tail -n 1 "$roots/$platform.out")
  case $counts in
    *" passed, "*" failed") passed=$((passed + ${counts%% *})) && counts=${counts#*, } && failed=$((failed + ${counts%% *})) ;;
    *) failed=$((failed + 1)) ;;
  esac
}
try "${KEYS:-$default_keys}" "" "$@"
[ "$platform" = sid ] && [ -z "${KEYS:-}" ] && [ $# = 0 ] && try 5.5 asan
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]

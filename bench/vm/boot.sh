#!/bin/sh
# bench/vm/boot.sh LUA SCRIPT: runs SCRIPT of this tree in a virtual machine that has room for descriptors. It sees this
# machine's files, read only, but for build/bench; nothing is downloaded or installed. It needs qemu, a static busybox and
# a Linux kernel with its modules:
#   BENCH_KERNEL   the kernel's image; else the newest /boot/vmlinuz-*
#   BENCH_MODULES  its directory of modules; else /lib/modules/ and what follows `vmlinuz-`
#   BENCH_ACCEL    kvm or tcg; else kvm where it boots, and tcg, which emulates: memory is as it is, times are not
#   BENCH_MEMORY   MiB, else 8192
#   BENCH_SECONDS  the most that the whole may take, else 1200

cd "$(dirname "$0")/../.." || exit 1
# In the order in which they need each other; a kernel may have some of them built in, or under newer names.
MODULES="virtio_ring virtio virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci netfs fscache 9pnet 9pnet_virtio 9p"

lack() {
  echo "bench: no virtual machine: $*" >&2
  exit 1
}

[ $# = 2 ] || lack "usage: bench/vm/boot.sh LUA SCRIPT"
[ "$(uname -m)" = x86_64 ] || lack "only x86_64 is known here"
qemu="qemu-system-x86_64"
command -v $qemu >/dev/null 2>&1 || lack "$qemu is missing (qemu-system-x86)"
busybox=$(command -v busybox) || lack "busybox is missing (busybox-static)"
if ldd "$busybox" >/dev/null 2>&1; then lack "$busybox is not static (busybox-static)"; fi
kernel=${BENCH_KERNEL:-}
# shellcheck disable=SC2012 # names of kernels have no spaces
[ -n "$kernel" ] || kernel=$(ls /boot/vmlinuz-* 2>/dev/null | sort -V | tail -n 1)
[ -n "$kernel" ] || lack "no /boot/vmlinuz-*, and BENCH_KERNEL is not set"
[ -r "$kernel" ] || lack "cannot read the kernel $kernel"
modules=${BENCH_MODULES:-/lib/modules/${kernel##*/vmlinuz-}}
[ -d "$modules" ] || lack "no modules in $modules; set BENCH_MODULES"

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
root=$work/root
mkdir -p "$root/bin" "$root/modules" "$root/host" build/bench || exit 1
cp "$busybox" "$root/bin/busybox" || exit 1
cp bench/vm/init "$root/init" && chmod 755 "$root/init" || exit 1
for name in $MODULES; do
  found=$(find "$modules/" -name "$name.ko*" | head -n 1)
  case $found in
    "") continue ;;
    *.ko) cp "$found" "$root/modules/$name.ko" ;;
    *.ko.xz) xz -dc "$found" >"$root/modules/$name.ko" ;;
    *.ko.zst) zstd -qdc "$found" >"$root/modules/$name.ko" ;;
    *.ko.gz) gzip -dc "$found" >"$root/modules/$name.ko" ;;
  esac || lack "cannot unpack $found"
  echo "$name" >>"$root/modules/order"
done
if [ ! -s "$root/modules/order" ]; then lack "no module of 9p or virtio in $modules"; fi

cat >"$root/job" <<EOT
tree=$PWD
lua=$(command -v "$1")
script=$2
EOT
(cd "$root" && find . | "$busybox" cpio -o -H newc 2>/dev/null) >"$work/initramfs" || lack "busybox has no cpio"

status=build/bench/vm.status
machine=
stop_machine() {
  [ -z "$machine" ] || kill "$machine" 2>/dev/null
  machine=
}
trap 'stop_machine; rm -rf "$work"' EXIT

# The machine ends by itself; one that hangs before `init` has run, or over its time, is ended here.
run_on() { # accelerator, processor, seconds for `init` to run
  echo waiting >$status
  $qemu -accel "$1" -cpu "$2" -smp 2 -m "${BENCH_MEMORY:-8192}" \
    -nodefaults -no-reboot -display none -net none -kernel "$kernel" -initrd "$work/initramfs" \
    -append "console=ttyS0 quiet panic=-1 transparent_hugepage=madvise bench_machine=$1" \
    -virtfs local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap \
    -virtfs local,path="$PWD/build/bench",mount_tag=out,security_model=none,multidevs=remap \
    -serial stdio </dev/null 2>"$work/said" &
  machine=$!
  seconds=0
  while kill -0 "$machine" 2>/dev/null; do
    sleep 1
    seconds=$((seconds + 1))
    if [ "$(cat $status)" = waiting ] && [ $seconds -ge "$3" ]; then stop_machine; fi
    if [ $seconds -ge "${BENCH_SECONDS:-1200}" ]; then stop_machine; fi
  done
  machine=
  [ "$(cat $status)" != waiting ]
}

booted=
if [ "${BENCH_ACCEL:-kvm}" = kvm ] && [ -w /dev/kvm ]; then
  if run_on kvm host 30; then booted=1; else echo "bench: KVM is here, but does not boot this kernel"; fi
fi
if [ -z "$booted" ] && [ "${BENCH_ACCEL:-tcg}" = tcg ]; then
  echo "bench: the machine is emulated: memory is as it is, times are several times longer"
  if run_on tcg max 120; then booted=1; fi
fi
if [ -z "$booted" ]; then
  cat "$work/said" >&2
  lack "it does not boot $kernel"
fi
[ "$(cat $status)" = 0 ] || lack "the job did not end well ($(cat $status))"

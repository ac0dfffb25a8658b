# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The parts of scripts/test: their names, and the commands that each of them runs.
# Source it after common.sh and apt.sh; run is scripts/test's.

# What `make test` runs.
parts_quick=(check selftest build-6.1 kunit-um lab-quick)
# The last of them emulates one processor, and may begin before the others.
lab_quick=('lab, some cases in a PV guest' env GUEST=pv CASE='@(boot/guest|load/smoke|net/ping|blk/verify)'
	LAB_CLOCK=instructions LAB_JOBS=1 "$xpv_root/tests/lab/lab")
# What `make test-all` runs beyond that.
parts_more=(
	build-6.1-clang build-6.1-noxen build-6.12 build-6.12-clang build-6.12-noxen
	build-newest build-newest-noxen initramfs kernel-builtin kernel-modules
	kunit-um-debug kunit-6.1 kunit-6.12 simulator-6.1 simulator-6.12 simulator-newest
	simulator-leave simulator-many fuzz lab-pv lab-pvh lab-hvm bench
)
# What runs only when it is named.
parts_by_hand=(kunit-newest kunit-6.1-debug kunit-6.1-kcsan mutate mutate-sample debug-pv debug-pvh cost)

# parts_named NAME...: those parts, and of a NAME that is none, all that begin with it and a dash.
parts_named()
{
	local name part found
	for name; do
		found=
		for part in "${parts_quick[@]}" "${parts_more[@]}" "${parts_by_hand[@]}"; do
			if [[ $part == "$name" || ($part == "$name"-* && ! " ${parts_by_hand[*]} " == *" $part "*) ]]; then
				found=yes
				printf '%s\n' "$part"
			fi
			[[ $part != "$name" ]] || break
		done
		[[ $found ]] || die "no part is called '$name': there are ${parts_quick[*]} ${parts_more[*]} ${parts_by_hand[*]}"
	done
}

# build_modules VERSION KIND: KIND is empty, clang or noxen.
build_modules()
{
	local kdir tools=(C=2) compiler
	if [[ $2 == noxen ]]; then
		kdir=$("$xpv_root/scripts/noxen-headers" "$1") || return
	else
		kdir=$("$xpv_root/scripts/fetch-headers" "$1") || return
		compiler=$(kernel_compiler "$kdir")
		tools+=(${compiler:+"$compiler"})
	fi
	[[ $2 != clang ]] || tools=(LLVM=1)
	"$xpv_root/scripts/build-modules" "$kdir" "$xpv_cache/modules/$1${2:+-$2}" W=1 "${tools[@]}"
}

part_build()
{
	local version kind what='gcc and sparse'
	IFS=- read -r version kind <<<"$1"
	case $kind in
	clang) what=clang ;;
	noxen) what='without CONFIG_XEN' ;;
	esac
	run "modules for $version, $what" build_modules "$version" "$kind"
}

initramfs_images()
{
	local kdir
	kdir=$("$xpv_root/scripts/fetch-headers" 6.1) || return
	[[ -d $xpv_cache/modules/6.1 ]] || build_modules 6.1 '' || return
	"$xpv_root/scripts/initramfs-test" "$xpv_cache/modules/6.1" "$(make -s -C "$kdir" kernelrelease)"
}

# suites ARGUMENT...: as LAB_RETRY does for the lab's cases, it gives a failed run another try.
# A failure of the kernel's under a busy emulator is the reason, so user-mode Linux gets none.
suites()
{
	"$xpv_root/scripts/kunit" "$@" && return
	[[ ${LAB_RETRY-} && $1 != um ]] || return
	printf 'tried again: KUnit %s\n' "$*"
	"$xpv_root/scripts/kunit" "$@"
}

part_kunit()
{
	local arguments
	IFS=- read -ra arguments <<<"$1"
	run "KUnit, ${arguments[*]}" suites "${arguments[@]}"
}

part_simulator()
{
	local simulate=$xpv_root/scripts/simulate
	case $1 in
	leave) run 'simulated Xen, a kernel that ends' env EXPECT='leaves nothing behind' "$simulate" 6.1 leave ;;
	many) run 'simulated Xen, 34 processors' env CPUS=34 MEMORY=2G "$simulate" 6.1 many ;;
	*) run "simulated Xen, stock $1" "$simulate" "$1" ;;
	esac
}

# lab_debug GUEST VARIANT
lab_debug()
{
	local kernel
	kernel=$("$xpv_root/scripts/build-kernel" 6.1 "$2") || return
	GUEST=$1 KERNEL=debug LAB_DEBUG_KERNEL=$kernel "$xpv_root/tests/lab/lab"
}

# part_lab NAME: an HVM guest takes long, and has a sample of the cases that are about what is
# below the frontends; cases that prove the harness prove it in any guest.
part_lab()
{
	local lab=$xpv_root/tests/lab/lab
	case $1 in
	quick) run "${lab_quick[@]}" ;;
	pv) run 'lab, PV guest' env GUEST=pv "$lab" ;;
	pvh) run 'lab, PVH guest' env GUEST=pvh CASE='!(meta/*)' "$lab" ;;
	hvm) run 'lab, HVM guest' env GUEST=hvm CASE='@(load/smoke|native/*)' "$lab" ;;
	esac
}

# part NAME: runs a part.
part()
{
	case $1 in
	check) run 'static checks' "$xpv_root/scripts/check" ;;
	selftest) run 'proof of the static checks' "$xpv_root/scripts/check-selftest" ;;
	build-* | kunit-* | simulator-* | lab-*) "part_${1%%-*}" "${1#*-}" ;;
	initramfs) run 'images with the modules' initramfs_images ;;
	kernel-builtin) run 'built into a kernel' "$xpv_root/scripts/build-kernel" 6.1 builtin ;;
	kernel-modules) run 'modules of a kernel' "$xpv_root/scripts/build-kernel" 6.1 modules ;;
	fuzz) run 'fuzzing' "$xpv_root/scripts/fuzz" 120 1795318328000 ;;
	bench) run 'benchmark, smoke run' env GUEST=pv PAIRS=1 SECONDS_EACH=1 ROWS='tcp-out read-32' \
		OUT="$xpv_cache/test/bench" "$xpv_root/tests/bench/bench" ;;
	debug-pv) run 'lab, debug kernel, PV guest' lab_debug pv guest ;;
	debug-pvh) run 'lab, KASAN kernel, PVH guest' lab_debug pvh kasan ;;
	mutate) run 'mutations' "$xpv_root/scripts/mutate" ;;
	mutate-sample) run 'a sample of mutations' "$xpv_root/scripts/mutate" 'xpv/ring|ring_police' ;;
	cost) run 'cost, the same twice' "$xpv_root/tests/bench/cost-repeats" ;;
	esac
}

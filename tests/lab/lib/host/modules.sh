# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# The guest's kernel, and the xpv modules for it.

# Sets GUEST_KERNEL_IMAGE, GUEST_KERNEL_BZIMAGE and GUEST_INITRD.
modules_prepare() {
	local root=$KERNEL_ROOT release=$KERNEL_RELEASE build=$KERNEL_HEADERS
	GUEST_KERNEL_IMAGE=$KERNEL_IMAGE
	if [[ $KERNEL != stock ]]; then
		root=$OTHER_KERNEL release=$OTHER_RELEASE build=$OTHER_KERNEL/build
		GUEST_KERNEL_IMAGE=$RUN_DIR/vmlinux
		kernel_uncompress "$root/vmlinuz" "$GUEST_KERNEL_IMAGE"
	fi
	GUEST_KERNEL_BZIMAGE=$root/vmlinuz
	[[ ${MODULES:-} ]] || modules_build "$build"
	modules_check
	GUEST_INITRD=$RUN_DIR/initrd
	guest_overlay "$RUN_DIR/overlay" "$root" "$release" "$MODULES" || die "cannot make the guest's RAM disk"
	cat "$GUEST_BASE" "$RUN_DIR/overlay" >"$GUEST_INITRD"
	rm "$RUN_DIR/overlay"
}

# modules_find_kernel: LAB_DEBUG_KERNEL and LAB_NOXEN_KERNEL hold vmlinuz, lib/modules/RELEASE/, and build/ if
# the modules are to be built here. Without the one asked for every case is skipped.
modules_find_kernel() {
	local setting=LAB_${KERNEL^^}_KERNEL
	OTHER_KERNEL=${!setting:-}
	[[ -s $OTHER_KERNEL/vmlinuz ]] || report_skip_all "no $KERNEL kernel: $setting names no directory with a vmlinuz"
	OTHER_RELEASE=$(find "$OTHER_KERNEL/lib/modules" -mindepth 1 -maxdepth 1 -printf '%f\n' 2>/dev/null)
	[[ $OTHER_RELEASE ]] || report_skip_all "no $KERNEL kernel: $OTHER_KERNEL/lib/modules is empty"
}

modules_build() {
	local script=$LAB/../../scripts/build-modules
	[[ -x $script ]] || die "MODULES is not set and scripts/build-modules is not there to build them"
	MODULES=$RUN_DIR/modules
	mkdir "$MODULES"
	quietly "$RUN_DIR/build.log" "$script" "$1" "$MODULES" || die "the modules do not build: $RUN_DIR/build.log"
}

modules_check() {
	local name missing=()
	for name in "${XPV_MODULES[@]}"; do
		[[ -e $MODULES/$name.ko ]] || missing+=("$name")
	done
	((${#missing[@]} == 0)) || die "$MODULES holds no ${missing[*]}"
}

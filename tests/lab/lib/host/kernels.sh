# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# The hypervisor and the kernel that dom0 and the stock guest run.

# Sets XEN_IMAGE, KERNEL_HEADERS, KERNEL_RELEASE, KERNEL_IMAGE and KERNEL_ROOT (which holds lib/modules, and vmlinuz, which is
# what KERNEL_IMAGE was before it was uncompressed).
kernels_prepare() {
	local key version
	KERNEL_HEADERS=$(kernel_headers) || exit
	KERNEL_RELEASE=${KERNEL_HEADERS##*/linux-headers-}
	version=$(kernel_version "$KERNEL_RELEASE")
	key=$(cache_key "$(packages_versions "$XEN_PACKAGE")" "$KERNEL_RELEASE=$version" \
		"$(cat "$LAB/lib/host/kernels.sh")") || exit
	KERNEL_ROOT=$CACHE/kernels-$key
	cache_have "kernels-$key" 800 kernels_build "$KERNEL_RELEASE=$version" || exit
	XEN_IMAGE=$KERNEL_ROOT/xen
	KERNEL_IMAGE=$KERNEL_ROOT/vmlinux
}

# kernels_build RELEASE=VERSION DIR
kernels_build() {
	local release=${1%%=*} dir=$2
	package_unpack "linux-image-${release}=${1#*=}" "$dir/linux" || return
	package_unpack "$XEN_PACKAGE" "$dir/hypervisor" || return
	kernel_uncompress "$dir/linux/boot/vmlinuz-$release" "$dir/vmlinux" || return
	mv "$dir/linux/boot/vmlinuz-$release" "$dir/vmlinuz"
	mv "$dir/linux/lib" "$dir/lib"
	gunzip -c "$dir"/hypervisor/boot/xen-4.*.gz >"$dir/xen"
	rm -rf "$dir/linux" "$dir/hypervisor"
	depmod -b "$dir" "$release"
}

# kernel_uncompress VMLINUZ VMLINUX: here it takes a moment, in an emulated machine many seconds. The file
# says itself, in the places named in Documentation/x86/boot.rst, where the compressed kernel lies.
kernel_uncompress() {
	local sectors offset length tool
	sectors=$(od -A n -t u1 -j $((0x1f1)) -N 1 "$1")
	offset=$(($(od -A n -t u4 -j $((0x248)) -N 4 "$1") + (sectors + 1) * 512))
	length=$(($(od -A n -t u4 -j $((0x24c)) -N 4 "$1") - 4))
	for tool in xz gzip zstd lz4 bzip2; do
		! tail -c "+$((offset + 1))" "$1" | head -c "$length" | "$tool" -dc >"$2" 2>/dev/null || return 0
	done
	cp "$1" "$2"
}

# module_files ROOT RELEASE NAME...: the files to insert for these modules, in order; none for what is
# built in.
module_files() {
	local root=$1 release=$2 name lines=
	shift 2
	for name in "$@"; do
		if ! lines+=$(modprobe -d "$root" -S "$release" --show-depends "$name")$'\n'; then
			say "kernel $release in $root has no module $name"
			return 1
		fi
	done
	awk '$1 == "insmod" && !seen[$2]++ { print $2 }' <<<"$lines"
}

# module_known ROOT RELEASE NAME
module_known() {
	modprobe -d "$1" -S "$2" -q --show-depends "$3" >/dev/null
}

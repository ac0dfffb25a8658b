# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# dom0: a Debian without kernel and init system on a disk image, and the RAM disk that starts it.

DOM0_PACKAGES=(xen-utils-4.17 qemu-system-xen xenstore-utils iproute2 bridge-utils kmod procps psmisc
	busybox-static dmsetup iperf3 fio ethtool e2fsprogs util-linux mount fdisk iputils-ping)
DOM0_MODULES=(virtio_pci virtio_blk ext4 crc32c_generic 9pnet_virtio 9p xen-evtchn xen-gntdev xen-gntalloc
	xen-privcmd xenfs xen-netback xen-blkback loop dm-mod bridge tun)

# Sets DOM0_ROOT (a directory with the same files as the image), DOM0_IMAGE and DOM0_INITRD.
dom0_prepare() {
	local key
	key=$(cache_key "$SUITE" "$(packages_versions "${DOM0_PACKAGES[@]}")" "$(declare -f dom0_build)") || exit
	cache_have "dom0-$key" 2500 dom0_build || exit
	DOM0_ROOT=$CACHE/dom0-$key/root
	DOM0_IMAGE=$CACHE/dom0-$key/image
	key=$(cache_key "$KERNEL_ROOT" "$(cat "$LAB/lib/dom0/init" "$LAB/lib/host/initrd.sh")" "${DOM0_MODULES[@]}")
	cache_have "dom0boot-$key" 100 dom0_build_initrd || exit
	DOM0_INITRD=$CACHE/dom0boot-$key/initrd
}

# dom0_build DIR
dom0_build() {
	local dir=$1 include
	include=$(IFS=,; echo "${DOM0_PACKAGES[*]}")
	quietly "$dir/log" mmdebstrap --variant=apt --format=tar --include="$include" \
		--dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		"$SUITE" "$dir/tar" || return
	mkdir "$dir/root"
	tar -C "$dir/root" --exclude='./dev/*' -xf "$dir/tar" || return
	rm "$dir/tar"
	mkdir -p "$dir/root/lab" "$dir/root/lib/modules"
	quietly "$dir/log" mke2fs -q -t ext4 -O ^has_journal -m 0 -d "$dir/root" "$dir/image" 1200M
}

# dom0_build_initrd DIR
dom0_build_initrd() {
	local dir=$1 files file
	initrd_skeleton "$dir/files"
	cp "$LAB/lib/dom0/init" "$dir/files/init"
	chmod 755 "$dir/files/init"
	mkdir "$dir/files/modules"
	files=$(module_files "$KERNEL_ROOT" "$KERNEL_RELEASE" "${DOM0_MODULES[@]}") || return
	for file in $files; do
		cp "$file" "$dir/files/modules/"
		echo "${file##*/}" >>"$dir/files/modules/order"
	done
	initrd_pack "$dir/files" "$dir/initrd"
	rm -rf "$dir/files"
}

# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# The disk that an HVM guest boots from: GRUB, the kernel and the RAM disk. Firmware and GRUB read it by an
# emulated controller, which is the quickest way into such a guest when all of it is emulation.

# The kernel's own Xen core stays out (xen_nopv), which is what native mode is for. Each byte on the emulated
# serial port is a trip through Xen to the device model: so only what is worth a notice is printed there,
# and the rest is read from the guest's own log. The first line comes early (earlyprintk): whether there is one
# tells a kernel that died from one that never ran.
HVM_KERNEL_OPTIONS="console=ttyS0,115200 earlyprintk=ttyS0,115200 loglevel=6 xen_nopv xpv_hypervisor.native=1"

# hvm_disk FILE KERNEL INITRD: KERNEL is a bzImage. To uncompress the RAM disk takes the guest less than to read more.
hvm_disk() {
	local file=$1 tree=$1.tree
	mkdir -p "$tree/boot/grub"
	cp --reflink=auto "$2" "$tree/vmlinuz" && gzip -c "$3" >"$tree/initrd" || return
	hvm_grub_config >"$tree/boot/grub/grub.cfg"
	quietly "$file.log" grub-mkrescue --locales= --themes= --fonts= -o "$file" "$tree" || return
	rm -rf "$tree" "$file.log"
}

hvm_grub_config() {
	cat <<-END
		linux /vmlinuz $HVM_KERNEL_OPTIONS $GUEST_KERNEL_OPTIONS
		initrd /initrd
		boot
	END
}

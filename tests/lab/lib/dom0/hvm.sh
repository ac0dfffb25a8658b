# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# What is different about an HVM guest: it has a device model, boots from a disk that it emulates, and talks on
# an emulated serial port, since the kernel has no driver for a PV console.

HVM_BOOT_DISK=$STATE/hvm-boot
HVM_SPARE_DISK=$STATE/hvm-spare
HVM_IDE_DISK=$STATE/hvm-ide
HVM_SERIAL=$STATE/hvm-serial
HVM_READER=

hvm_config() {
	cat <<-END
		name = "$GUEST_NAME"
		type = "hvm"
		memory = $GUEST_MEMORY
		vcpus = $GUEST_VCPUS
		tsc_mode = "native"
		on_crash = "preserve"
		on_poweroff = "preserve"
		on_reboot = "preserve"
		boot = "c"
		vnc = 0
		usb = 0
		serial = "pipe:$HVM_SERIAL"
		vif = [ "type=vif,bridge=xenbr0,mac=00:16:3e:77:00:02" ]
		device_model_args_hvm = [ $(hvm_device_model | sed 's/.*/"&"/' | paste -s -d ,) ]
	END
}

# hvm_device_model: its arguments, one a line. A disk in the configuration would be there twice, emulated
# and paravirtual: so the emulated ones are given to it here, and the others attached later.
hvm_device_model() {
	printf '%s\n' -device ahci,id=lab -drive "file=$HVM_BOOT_DISK,if=none,id=boot,format=raw" \
		-device ide-hd,drive=boot,bus=lab.0
	[[ $GUEST_EMULATED != *emulated-nic* ]] || printf '%s\n' -netdev tap,id=wire,ifname=emulated0,script=no,downscript=no \
		-device e1000,romfile=,netdev=wire,mac=00:16:3e:77:00:03
	[[ $GUEST_EMULATED != *emulated-ide* ]] || printf '%s\n' -drive "file=$HVM_IDE_DISK,if=none,id=ide,format=raw" \
		-device ide-hd,drive=ide,bus=ide.0
	# On SCSI, which firmware boots from last.
	[[ $GUEST_EMULATED != *emulated-disk* ]] ||
		printf '%s\n' -device lsi53c895a,id=spare -drive "file=$HVM_SPARE_DISK,if=none,id=disk,format=raw" \
			-device scsi-hd,drive=disk,bus=spare.0
}

hvm_prepare() {
	[[ -s $HVM_BOOT_DISK ]] || cp "$SHARE/boot/disk" "$HVM_BOOT_DISK" || return
	truncate -s 16M "$HVM_SPARE_DISK" || return
	# What a thin disk has not been written to is not read from anywhere.
	[[ $GUEST_EMULATED != *emulated-ide* ]] || hvm_ide_disk
}

# hvm_ide_disk: firmware boots from it, before any on AHCI, and would take minutes to read a kernel from there, word by word.
# So its boot sector makes way for that of the second disk: it moves itself to 0x600, reads the other to where it was
# (int 13h, function 2, disk 81h), and jumps there.
hvm_ide_disk() {
	busybox dd if=/dev/zero of="$HVM_IDE_DISK" bs=1M count=256 2>/dev/null || return
	{
		printf '\x31\xc0\x8e\xd8\x8e\xc0\x8e\xd0\xbc\x00\x7c' # ds = es = ss = 0, sp = 0x7c00
		printf '\xbe\x00\x7c\xbf\x00\x06\xb9\x00\x01\xfc\xf3\xa5' # copy 256 words
		printf '\xea\x1c\x06\x00\x00' # jump into the copy, right behind this
		printf '\xb8\x01\x02\xb9\x01\x00\xba\x81\x00\xbb\x00\x7c\xcd\x13' # read one sector
		printf '\xea\x00\x7c\x00\x00' # jump to it
	} | busybox dd of="$HVM_IDE_DISK" conv=notrunc 2>/dev/null || return
	printf '\x55\xaa' | busybox dd of="$HVM_IDE_DISK" bs=1 seek=510 conv=notrunc 2>/dev/null
}

# hvm_serial_open LOG: the device model writes to one pipe and reads from another. The first has to be read at all
# times: once it is full, bytes are lost.
hvm_serial_open() {
	hvm_serial_close
	rm -f "$HVM_SERIAL".{in,out}
	mkfifo "$HVM_SERIAL.in" "$HVM_SERIAL.out" || return
	# Opened for writing too, it never ends.
	cat 0<>"$HVM_SERIAL.out" >>"$1" &
	HVM_READER=$!
}

hvm_serial_close() {
	[[ $HVM_READER ]] || return 0
	kill "$HVM_READER" 2>/dev/null
	wait "$HVM_READER" 2>/dev/null
	HVM_READER=
}

hvm_attach_disks() {
	local disk
	for disk in "xvda blkback w" "xvdb qdisk w" "xvdc blkback r"; do
		# shellcheck disable=SC2086 # three words
		toolstack block-attach "$DOMID" "$(disk_config $disk)" || return
	done
}

# hvm_create: as guest_create_once; the disks come once it is up.
hvm_create() {
	hvm_prepare && guest_create_once && hvm_attach_disks
}

# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# What stands behind the guest's disks.

DISKS=$STATE/disks

disks_create() {
	mkdir -p "$DISKS" /var/lib/lab
	disk_create xvda 256
	disk_create xvdb 256
	disk_create xvdc 16
	for ((i = 0; i < 4096; i++)); do
		printf 'xpv read-only disk, line %04d\n' "$i"
	done | dd of="$DISKS/xvdc" conv=notrunc status=none
}

# disk_create NAME MIB
disk_create() {
	truncate -s "${2}M" "$DISKS/$1"
}

# disk_config NAME BACKEND MODE: as xl wants it; blkback gets a loop device.
disk_config() {
	local file=$DISKS/$1 loop
	if [[ $2 == qdisk ]]; then
		echo "vdev=$1,access=$3,format=raw,backendtype=qdisk,target=$file"
		return
	fi
	loop=$(readlink "$file.stallable") || loop=$(losetup -j "$file" | cut -d : -f 1 | head -n 1)
	[[ $loop ]] || loop=$(losetup --find --show "$file") || return
	echo "vdev=$1,access=$3,format=raw,backendtype=phy,target=$loop"
}

# disk_stallable NAME MIB: a disk for blkback whose I/O can be held up.
disk_stallable() {
	disk_create "$1" "$2"
	dmsetup create "lab-$1" --noudevsync --table "0 $(($2 * 2048)) linear $(losetup --find --show "$DISKS/$1") 0"
	# No udev here makes a node by that name; the kernel makes one by number.
	ln -s "/dev/$(dmsetup info --columns --noheadings -o blkdevname "lab-$1")" "$DISKS/$1.stallable"
	test -b "$DISKS/$1.stallable"
}

# disk_stall NAME: nothing that is asked of it from now on ends before disk_unstall.
disk_stall() {
	note "disk $1 stalls"
	dmsetup suspend "lab-$1" --noudevsync --nolockfs --noflush
}

disk_unstall() {
	note "disk $1 goes on"
	dmsetup resume "lab-$1" --noudevsync
}

disk_remove() {
	local loop
	if [[ -L $DISKS/$1.stallable ]]; then
		dmsetup remove --noudevsync --retry "lab-$1"
		rm "$DISKS/$1.stallable"
	fi
	for loop in $(losetup -j "$DISKS/$1" | cut -d : -f 1); do
		losetup -d "$loop"
	done
	rm -f "$DISKS/$1"
}

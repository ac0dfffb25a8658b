# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# The making of initial RAM disks.

# initrd_pack DIR FILE: everything is root's, whoever builds it.
initrd_pack() {
	(cd "$1" && find . -mindepth 1 -print0 | LC_ALL=C sort -z |
		cpio --quiet -0 -o -H newc -R 0:0) >"$2"
}

# initrd_skeleton DIR: directories and a busybox that does not need anything.
initrd_skeleton() {
	local dir=$1 applet
	mkdir -p "$dir"/{bin,sbin,usr/bin,usr/sbin,proc,sys,dev,run,tmp,mnt,etc,lib,root}
	cp "$(command -v busybox)" "$dir/bin/busybox"
	while read -r applet; do
		ln -sf /bin/busybox "$dir/bin/$applet"
	done < <(busybox --list | grep -vx busybox)
}

# initrd_modules DIR ROOT RELEASE NAME...: copy modules with all they depend on, keeping their paths.
initrd_modules() {
	local dir=$1 root=$2 release=$3 files file
	shift 3
	mkdir -p "$dir/lib/modules/$release"
	files=$(module_files "$root" "$release" "$@") || return
	for file in $files; do
		install -D -m 644 "$file" "$dir/${file#"$root"}"
	done
}

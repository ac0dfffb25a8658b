# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# The guest: one RAM disk with the tools, which seldom changes, and one with modules and agent, which is
# made for each run. The kernel unpacks them one over the other.

GUEST_TOOLS=(/usr/bin/dash /usr/bin/fio /usr/bin/iperf3 /usr/sbin/ethtool /usr/bin/xenstore /usr/sbin/mke2fs
	/usr/sbin/e2fsck /usr/bin/kmod /usr/bin/ip /usr/sbin/tc /usr/sbin/bridge /usr/bin/sha256sum /usr/bin/head /usr/bin/dd /usr/bin/stat /usr/bin/ping
	/usr/bin/flock /usr/bin/cksum /usr/bin/taskset /usr/sbin/blockdev)
# Storage clients that fio can use and nobody here does: 70 MiB that the guest would have to load.
GUEST_STUBS='librbd|librados|libgfapi|libnbd|librdmacm|libibverbs|libpmemblk|libpmem'
GUEST_MODULES=(ext4 crc32c_generic loop sch_netem e1000 sym53c8xx)
# What a caller other than lab adds to /lab in the guest.
GUEST_FILES=()
XPV_MODULES=(xpv-hypervisor xpv-event-channel xpv-grant-table xpv-xenbus xpv-netfront xpv-blkfront)

# Sets GUEST_BASE.
guest_prepare() {
	local key
	key=$(cache_key "$DOM0_ROOT" "$(cat "$LAB/lib/host/guest.sh" "$LAB/lib/host/initrd.sh")")
	cache_have "guest-$key" 200 guest_build || exit
	GUEST_BASE=$CACHE/guest-$key/initrd
}

# guest_build DIR
guest_build() {
	local dir=$1 tool name
	initrd_skeleton "$dir/files"
	for tool in "${GUEST_TOOLS[@]}"; do
		guest_add_program "$dir/files" "$tool" || return
	done
	# xenstore-watch asks for it by name, when it ends a thread.
	guest_add_library "$dir/files" libgcc_s.so.1 || return
	for name in read write list rm exists ls chmod watch; do
		ln -sf /usr/bin/xenstore "$dir/files/usr/bin/xenstore-$name"
	done
	for name in modprobe insmod rmmod lsmod modinfo depmod; do
		rm -f "$dir/files"/{bin,sbin,usr/bin,usr/sbin}/"$name"
		ln -s /usr/bin/kmod "$dir/files/sbin/$name"
	done
	ln -s mke2fs "$dir/files/usr/sbin/mkfs.ext4"
	# The shell in busybox prefers its own programs to those installed above.
	ln -sf /usr/bin/dash "$dir/files/bin/sh"
	cp "$DOM0_ROOT/etc/mke2fs.conf" "$dir/files/etc/"
	guest_stub_libraries "$dir/files" || return
	initrd_pack "$dir/files" "$dir/initrd"
	rm -rf "$dir/files"
}

# guest_library NAME: where dom0's image has it.
guest_library() {
	find "$DOM0_ROOT/usr/lib/x86_64-linux-gnu" "$DOM0_ROOT/usr/lib64" "$DOM0_ROOT/usr/lib" -maxdepth 1 -name "$1" \
		-print -quit 2>/dev/null
}

guest_needed() {
	readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'
}

# guest_add_program FILES PROGRAM: with the libraries it needs, and those that they need.
guest_add_program() {
	local files=$1 program=$2 library
	[[ -e $DOM0_ROOT$program ]] || { say "dom0's image has no $program"; return 1; }
	rm -f "$files"/{bin,sbin,usr/bin,usr/sbin}/"${program##*/}"
	cp -L "$DOM0_ROOT$program" "$files$program"
	while read -r library; do
		guest_add_library "$files" "$library" || return
	done < <(guest_needed "$files$program")
	[[ -e $files/lib64/ld-linux-x86-64.so.2 ]] && return
	mkdir -p "$files/lib64"
	cp -L "$(guest_library ld-linux-x86-64.so.2)" "$files/lib64/"
}

guest_add_library() {
	local files=$1 name=$2 path needed
	[[ $name =~ ^($GUEST_STUBS)\. || -e $files/lib/$name ]] && return
	path=$(guest_library "$name")
	[[ $path ]] || { say "dom0's image has no library $name"; return 1; }
	cp -L "$path" "$files/lib/$name"
	while read -r needed; do
		guest_add_library "$files" "$needed" || return
	done < <(guest_needed "$files/lib/$name")
}

# guest_stub_libraries FILES: fio wants every symbol to be there at start; these are, and do nothing.
guest_stub_libraries() {
	local files=$1 fio=$1/usr/bin/fio name source
	source=$(nm -D --undefined-only "$fio" | awk '{ print $NF }' |
		grep -E '^(rbd|rados|glfs|nbd|rdma|ibv|pmemblk|pmem)_' | sed 's/@.*//' | sort -u |
		sed 's/.*/int &(void); int &(void) { return -1; }/')
	while read -r name; do
		echo "$source" | gcc -w -shared -fPIC -nostdlib -x c -Wl,-soname,"$name" \
			-Wl,--version-script=<(guest_stub_versions "$fio" "$name") -o "$files/lib/$name" - || return
	done < <(guest_needed "$fio" | grep -E "^($GUEST_STUBS)\.")
}

# guest_stub_versions PROGRAM LIBRARY: the symbol versions PROGRAM wants of LIBRARY.
guest_stub_versions() {
	local version
	readelf -V "$1" | awk -v want="$2" '
		/File: / { on = ($0 ~ "File: " want "  ") }
		on && / Name: / { sub(/.* Name: /, ""); print $1 }' | sort -u |
		while read -r version; do
			echo "$version { global: $(nm -D --undefined-only "$fio" | sed -n "s/.* \\(.*\\)@$version\$/\\1;/p" | tr '\n' ' ') };"
		done
	echo "LAB_STUB { };"
}

# guest_suites ROOT RELEASE MODULES: sets SUITES, those of KUnit among MODULES, where the kernel has KUnit.
guest_suites() {
	local file
	SUITES=()
	module_known "$1" "$2" kunit || return 0
	for file in "$3"/xpv_*_kunit.ko; do
		[[ ! -e $file ]] || SUITES+=("$(basename "$file" .ko)")
	done
	GUEST_MODULES+=(kunit)
}

# guest_overlay FILE ROOT RELEASE MODULES: kernel modules of RELEASE under ROOT, ours, init and agent.
guest_overlay() {
	local file=$1 root=$2 release=$3 modules=$4 temp name extra=()
	temp=$(mktemp -d "$CACHE/overlay.tmp.XXXXXX") || return
	CACHE_TEMPS+=("$temp")
	guest_suites "$root" "$release" "$modules"
	for name in "${GUEST_MODULES[@]}"; do
		! module_known "$root" "$release" "$name" || extra+=("$name")
	done
	initrd_modules "$temp" "$root" "$release" "${extra[@]}" || return
	cp "$root/lib/modules/$release"/modules.{builtin,builtin.modinfo,order} "$temp/lib/modules/$release/"
	mkdir "$temp/lib/modules/$release/extra"
	for name in "${XPV_MODULES[@]}" "${SUITES[@]}"; do
		strip --strip-debug -o "$temp/lib/modules/$release/extra/$name.ko" "$modules/$name.ko" || return
	done
	depmod -b "$temp" "$release" || return
	install -D -m 755 -t "$temp/" "$LAB/lib/guest/init"
	install -D -m 755 -t "$temp/lab/" "$LAB"/lib/guest/* "${GUEST_FILES[@]}"
	compile "$temp/lab/agent" "$LAB/lib/console/agent.c"
	initrd_pack "$temp" "$file"
	rm -rf "$temp"
}

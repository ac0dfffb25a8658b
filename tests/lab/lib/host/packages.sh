# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# What the host must have, and which versions the lab is made of.

SUITE=bookworm
XEN_PACKAGE=xen-hypervisor-4.17-amd64
INSTALL_HINT="run scripts/install-deps (as root), then try again"

# mke2fs, modprobe and depmod are not in the PATH of an ordinary Debian user.
PATH=$PATH:/usr/sbin:/sbin

packages_check() {
	local tool missing=()
	for tool in qemu-system-x86_64 grub-mkrescue xorriso mformat mmdebstrap mke2fs cpio modprobe depmod busybox apt-get dpkg-deb xz gcc nm readelf; do
		command -v "$tool" >/dev/null || missing+=("$tool")
	done
	((${#missing[@]} == 0)) || die "not installed: ${missing[*]}; $INSTALL_HINT"
}

# packages_versions NAME...: "name version" lines; apt has to know all of them.
packages_versions() {
	local lines
	lines=$(apt-cache policy "$@" 2>/dev/null | awk '/^[^ ].*:$/ { sub(":", ""); name = $1 }
		/^  Candidate:/ && $2 != "(none)" { print name, $2 }')
	(($(wc -l <<<"$lines") == $#)) || die "apt does not know all of: $*; $INSTALL_HINT"
	echo "$lines"
}

# The guest's kernel is the newest 6.1 whose headers are installed here, because the modules are built
# against those.
kernel_release() {
	local release
	release=$(find /usr/src -maxdepth 1 -name 'linux-headers-6.1.*-amd64' -printf '%f\n' | sort -V | tail -n 1)
	[[ $release ]] || die "the headers of Debian's 6.1 kernel are not installed; $INSTALL_HINT"
	echo "${release#linux-headers-}"
}

kernel_version() {
	dpkg-query -W -f '${Version}' "linux-headers-$1" 2>/dev/null
}

# package_unpack NAME[=VERSION] DIR: fetch a package and unpack it, installing nothing.
package_unpack() {
	local options=()
	((EUID)) || options=(-o APT::Sandbox::User=root)
	mkdir -p "$2"
	if ! (cd "$2" && quietly download.log apt-get -q "${options[@]}" download "$1"); then
		say "cannot fetch $1; $INSTALL_HINT"
		return 1
	fi
	dpkg-deb -x "$2"/*.deb "$2" && rm -f "$2"/*.deb "$2/download.log"
}

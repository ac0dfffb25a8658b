# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# What the host must have, and which versions the lab is made of.

SUITE=bookworm
XEN_PACKAGE=xen-hypervisor-4.17-amd64
SUITE_HERE=$(. /etc/os-release 2>/dev/null && echo "${VERSION_CODENAME:-}")
INSTALL_HINT="run scripts/install-deps (as root), then try again"

# mke2fs, modprobe and depmod are not in the PATH of an ordinary Debian user.
PATH=$PATH:/usr/sbin:/sbin

packages_check() {
	local tool missing=()
	for tool in qemu-system-x86_64 grub-mkrescue xorriso mformat mmdebstrap mke2fs cpio modprobe depmod busybox apt-get dpkg-deb xz gcc nm readelf flock setpriv; do
		command -v "$tool" >/dev/null || missing+=("$tool")
	done
	((${#missing[@]} == 0)) || die "not installed: ${missing[*]}; $INSTALL_HINT"
}

# packages_apt COMMAND ARGUMENT...: apt of SUITE, on a machine of another one too.
packages_apt() {
	if [[ $SUITE_HERE == "$SUITE" ]]; then
		"$@"
	else
		"$LAB/../../scripts/suite-apt" "$SUITE" "$@"
	fi
}

# mmdebstrap: where this machine's list of sources is of another suite, it reads that of packages_apt.
mmdebstrap() {
	local sources=()
	[[ $SUITE_HERE == "$SUITE" ]] || sources=("${CACHE%/lab}/apt/$SUITE/etc/sources.list")
	command mmdebstrap "$@" "${sources[@]}"
}

# packages_versions NAME...: "name version" lines; apt has to know all of them.
packages_versions() {
	local lines
	lines=$(packages_apt apt-cache policy "$@" 2>/dev/null | awk '/^[^ ].*:$/ { sub(":", ""); name = $1 }
		/^  Candidate:/ && $2 != "(none)" { print name, $2 }')
	(($(wc -l <<<"$lines") == $#)) || die "apt does not know all of: $*; $INSTALL_HINT"
	echo "$lines"
}

# kernel_headers: of the guest's kernel, which the modules are built against: the newest 6.1 that is installed here, or else
# the suite's.
kernel_headers() {
	"$LAB/../../scripts/fetch-headers" 6.1 || die "the headers of Debian's 6.1 kernel are not here; $INSTALL_HINT"
}

# kernel_version RELEASE: of the installed headers, or else the suite's.
kernel_version() {
	local version
	version=$(dpkg-query -W -f '${Version}' "linux-headers-$1" 2>/dev/null)
	echo "${version:-$(packages_versions "linux-image-$1" | cut -d ' ' -f 2)}"
}

# package_unpack NAME[=VERSION] DIR: fetch a package and unpack it, installing nothing.
package_unpack() {
	local options=()
	((EUID)) || options=(-o APT::Sandbox::User=root)
	mkdir -p "$2"
	if ! (cd "$2" && quietly download.log packages_apt apt-get -q "${options[@]}" download "$1"); then
		say "cannot fetch $1; $INSTALL_HINT"
		return 1
	fi
	dpkg-deb -x "$2"/*.deb "$2" && rm -f "$2"/*.deb "$2/download.log"
}

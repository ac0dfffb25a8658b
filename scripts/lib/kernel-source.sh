# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Debian's sources of Linux, unpacked. Source it after common.sh and apt.sh.

# find_source VERSION: sets source_version and, where it is known yet, tarball.
find_source()
{
	case $1 in
	6.1)
		tarball=/usr/src/linux-source-6.1.tar.xz
		[[ -f $tarball ]] || die "missing packages: run 'apt-get install linux-source-6.1', or scripts/install-deps for all at once"
		source_version=$(dpkg-query -W -f '${Version}' linux-source-6.1)
		;;
	6.12)
		use_suite bookworm-backports
		source_version=$(package_field linux-source-6.12 Version)
		;;
	*)
		die "no sources known for kernel $1: choose 6.1 or 6.12"
		;;
	esac
}

# unpack_source VERSION DIR: after find_source; makes DIR, all or nothing.
unpack_source()
{
	local unpacked parent
	parent=$(dirname "$2")
	need_space "$parent" 7000
	scratch_dir unpacked "$parent"
	if [[ $1 == 6.12 ]]; then
		unpack_packages "$unpacked/package" linux-source-6.12
		tarball=$unpacked/package/usr/src/linux-source-6.12.tar.xz
	fi
	say "unpacking the sources of Linux $source_version"
	mkdir "$unpacked/source"
	tar -xJf "$tarball" -C "$unpacked/source" --strip-components=1
	mv -T "$unpacked/source" "$2"
	rm -rf "$unpacked"
}

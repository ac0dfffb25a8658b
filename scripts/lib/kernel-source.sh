# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Debian's sources of Linux, unpacked. Source it after common.sh and apt.sh.

# find_source VERSION: sets source_version, and either tarball or the package that
# has it. An installed package wins over the one in kernel_suite.
find_source()
{
	local suite
	suite=$(kernel_suite "$1")
	source_package=
	tarball=/usr/src/linux-source-$1.tar.xz
	source_version=$(dpkg-query -W -f '${Version}' "linux-source-$1" 2>/dev/null) || source_version=
	[[ -z $source_version || ! -f $tarball ]] || return 0
	use_suite "$suite"
	source_package=$(package_needs linux-source 'linux-source-[0-9].*')
	[[ $1 == newest || $source_package == "linux-source-$1" ]] ||
		die "Debian's $suite has $source_package now, not $1: kernel_suite in scripts/lib/apt.sh must learn where $1 went"
	source_version=$(package_field "$source_package" Version)
}

# unpack_source VERSION DIR [PATTERN...]: after find_source; makes DIR, all or
# nothing. With patterns, of the sources only what one of them matches.
unpack_source()
{
	local unpacked parent
	parent=$(dirname "$2")
	(($# > 2)) || need_space "$parent" 7000
	scratch_dir unpacked "$parent"
	if [[ $source_package ]]; then
		unpack_packages "$unpacked/package" "$source_package"
		tarball=$unpacked/package/usr/src/$source_package.tar.xz
	fi
	say "unpacking the sources of Linux $source_version"
	mkdir "$unpacked/source"
	tar -xJf "$tarball" -C "$unpacked/source" --strip-components=1 --wildcards "${@:3}"
	mv -T "$unpacked/source" "$2"
	rm -rf "$unpacked"
}

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Debian's sources of Linux, unpacked. Source it after common.sh and apt.sh.

# find_source VERSION: sets source_version, and either tarball or the package that
# has it.
find_source()
{
	source_package=
	case $1 in
	6.1)
		tarball=/usr/src/linux-source-6.1.tar.xz
		[[ -f $tarball ]] || die "missing packages: run 'apt-get install linux-source-6.1', or scripts/install-deps for all at once"
		source_version=$(dpkg-query -W -f '${Version}' linux-source-6.1)
		;;
	6.12)
		use_suite bookworm-backports
		source_package=linux-source-6.12
		source_version=$(package_field "$source_package" Version)
		;;
	newest)
		use_suite sid
		source_package=$(package_needs linux-source 'linux-source-[0-9].*')
		source_version=$(package_field "$source_package" Version)
		;;
	*)
		die "no sources known for kernel $1: choose 6.1, 6.12 or newest"
		;;
	esac
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

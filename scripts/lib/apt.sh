# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Packages of a Debian suite that this machine does not use, unpacked without
# being installed. An apt of our own in the cache sees that suite alone, on the
# mirror this machine uses already: nothing of the machine's is touched, and no
# root is needed. Source it after common.sh.

# What unpack_packages and its like work with, set by use_suite.
apt_options=()

# debian_mirror: the mirror of Debian's main archive that this machine's apt is
# set up with.
debian_mirror()
{
	local mirror
	# shellcheck disable=SC2016
	mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' 2>/dev/null | sed -n 1p)
	[[ -n $mirror ]] ||
		die "apt knows no Debian archive: run 'apt-get update' first, on a machine whose apt sources name Debian"
	printf '%s\n' "${mirror%/}"
}

# use_suite SUITE [source]: from here on packages, or sources, come from SUITE.
# The lists are fetched again after a day; without a network those of last time
# will do.
use_suite()
{
	local dir=$xpv_cache/apt/$1${2:+-source} mirror
	mkdir -p "$dir"/{etc,cache/archives/partial,state/lists/partial} ||
		die "cannot create $dir: set XPV_CACHE to a folder you can write to"
	touch "$dir/state/status"
	apt_options=(-q -o "Dir::Etc=$dir/etc" -o "Dir::Cache=$dir/cache" -o "Dir::State=$dir/state"
		-o "Dir::State::status=$dir/state/status" -o APT::Architecture=amd64
		-o APT::Architectures::=amd64 -o APT::Sandbox::User=root
		-o Acquire::Languages=none -o Acquire::Retries=3)
	[[ -n $(find "$dir/fetched" -mtime -1 2>/dev/null) ]] && return
	mirror=$(debian_mirror)
	printf '%s [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' \
		"deb${2:+-src}" "$mirror" "$1" >"$dir/etc/sources.list"
	say "reading what Debian's $1 has"
	if apt-get "${apt_options[@]}" --error-on=any update >"$dir/log" 2>&1; then
		touch "$dir/fetched"
	elif [[ ! -e $dir/fetched ]]; then
		cat "$dir/log" >&2
		die "cannot read Debian's $1 from $mirror: check the network, and that the mirror has $1"
	fi
}

# kernel_suite VERSION: the suite that has this kernel: of a version that several
# have, the one that still gets fixes.
kernel_suite()
{
	case $1 in
	6.1) echo bookworm ;;
	6.12) echo trixie ;;
	newest) echo trixie-backports ;;
	*) die "no suite of Debian is known for kernel '$1': choose 6.1, 6.12 or newest" ;;
	esac
}

# kernel_compiler KDIR: CC=gcc-12 where the headers in KDIR name a compiler that this
# machine lacks.
kernel_compiler()
{
	local name
	name=$(grep -o 'gcc-[0-9]*$' "$1/.kernelvariables") || return 0
	command -v "$name" >/dev/null || echo CC=gcc-12
}

# package_field PACKAGE FIELD
package_field()
{
	apt-cache "${apt_options[@]}" --no-all-versions show "$1" 2>/dev/null | sed -n "s/^$2: //p" | sed -n 1p
}

# package_needs PACKAGE PATTERN: the one package among its dependencies whose
# name matches the extended regular expression PATTERN.
package_needs()
{
	local name
	name=$(package_field "$1" Depends | tr ',' '\n' | awk '{ print $1 }' | grep -xE "$2" | sed -n 1p)
	[[ -n $name ]] || die "$1 depends on no package like '$2': Debian changed its packaging"
	printf '%s\n' "$name"
}

# unpack_packages DIR PACKAGE...
unpack_packages()
{
	local dir=$1 debs deb
	shift
	scratch_dir debs "$xpv_cache/apt"
	say "fetching $*"
	(cd "$debs" && apt-get "${apt_options[@]}" download "$@" >log 2>&1) || {
		cat "$debs/log" >&2
		die "cannot fetch $*: check the network and try again"
	}
	for deb in "$debs"/*.deb; do
		dpkg-deb -x "$deb" "$dir"
	done
	rm -rf "$debs"
}

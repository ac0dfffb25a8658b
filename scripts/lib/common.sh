# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What every script of ours starts with: how to speak, where the tree and the
# cache are, and how to leave nothing half-built behind. Source it, do not run
# it.

set -euo pipefail
export LC_ALL=C
# A script that make runs is not a part of that make's work.
unset MAKEFLAGS MFLAGS MAKELEVEL

xpv_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
xpv_cache=${XPV_CACHE:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/xpv}
xpv_scratch=()

# say TEXT...: progress, on stderr, so that stdout carries results only.
say()
{
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

# die TEXT...: the last line says what is wrong and what to do.
die()
{
	say "error: $*"
	exit 1
}

# on_exit: removes what scratch_dir made, however the script ends.
on_exit()
{
	local dir
	for dir in "${xpv_scratch[@]}"; do
		rm -rf -- "$dir"
	done
}
trap on_exit EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# scratch_dir NAME PARENT: sets the variable NAME to a new folder in PARENT,
# which is gone when the script ends unless it was renamed.
scratch_dir()
{
	local -n made=$1
	mkdir -p "$2" 2>/dev/null || die "cannot create $2: set XPV_CACHE to a folder you can write to"
	made=$(mktemp -d "$2/.tmp.XXXXXX") || die "cannot write to $2: set XPV_CACHE to a folder you can write to"
	xpv_scratch+=("$made")
}

# need_space DIR MIB: refuses to start what would fill the disk.
need_space()
{
	local dir=$1 free
	mkdir -p "$dir" 2>/dev/null || die "cannot create $dir: set XPV_CACHE to a folder you can write to"
	free=$(df -Pm "$dir" | awk 'NR == 2 { print $4 }')
	((free >= $2)) ||
		die "$dir has $free MiB free and $2 MiB are needed: free some, or set XPV_CACHE to a bigger disk"
}

# need_tools TOOL:PACKAGE...: names the packages of all tools that are missing.
need_tools()
{
	local pair missing=()
	for pair in "$@"; do
		command -v "${pair%%:*}" >/dev/null || missing+=("${pair#*:}")
	done
	((${#missing[@]} == 0)) ||
		die "missing packages: run 'apt-get install ${missing[*]}', or scripts/install-deps for all at once"
}

# lock NAME: holds the lock NAME of the cache until the script ends, so that
# two runs never build the same thing.
lock()
{
	mkdir -p "$xpv_cache/locks" 2>/dev/null || die "cannot create $xpv_cache: set XPV_CACHE to a folder you can write to"
	exec {xpv_lock}>"$xpv_cache/locks/$1"
	flock -n "$xpv_lock" && return
	say "waiting for another run that holds $xpv_cache/locks/$1"
	flock "$xpv_lock"
}

# tree_files DIR: the files of the tree in DIR, each ended by a NUL: all that git
# tracks or would; without git, as in an unpacked release, all that a build does
# not make.
tree_files()
{
	local dir=$1 file
	if git -C "$dir" rev-parse --git-dir >/dev/null 2>&1; then
		git -C "$dir" ls-files -coz --exclude-standard
	else
		(cd "$dir" && find . -type f ! -name '*.o' ! -name '*.ko' ! -name '*.mod*' \
			! -name '.*.cmd' ! -name '.*.d' -printf '%P\0')
	fi |
		while IFS= read -r -d '' file; do
			if [[ -e $dir/$file ]]; then
				printf '%s\0' "$file"
			fi
		done
}

# copy_tree DIR: a clean copy of the tree in DIR. Files that did not change keep
# their time stamps, so a build in DIR redoes only what it must.
copy_tree()
{
	mkdir -p "$1"
	tree_files "$xpv_root" | rsync -a --from0 --files-from=- --checksum "$xpv_root/" "$1/"
}

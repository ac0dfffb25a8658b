# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# Things built once: each in a directory named after what went into it, complete or not there.

CACHE=${XPV_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/xpv}/lab
CACHE_TEMPS=()

cache_init() {
	mkdir -p "$CACHE/runs" 2>/dev/null || die "cannot write to $CACHE; set XPV_CACHE to a directory that can be written"
	exec {CACHE_LOCK}>"$CACHE/lock"
	flock -n "$CACHE_LOCK" && return
	say "==> another lab is running; waiting for it to end"
	flock "$CACHE_LOCK"
}

# cache_share: let another lab run, too. All is built, and by instructions neither can slow the other's clock down.
cache_share() {
	flock -u "$CACHE_LOCK"
}

# cache_need_space MIB: a full disk is reported before the work, not by a strange error in the middle.
cache_need_space() {
	local free
	mkdir -p "$CACHE" 2>/dev/null || die "cannot write to $CACHE; set XPV_CACHE to a directory that can be written"
	free=$(df -Pm "$CACHE" | awk 'NR == 2 { print $4 }')
	((free >= $1)) || die "$CACHE has $free MiB left, this needs $1 MiB: free some space, or set XPV_CACHE to another disk"
}

# cache_key TEXT...: a short name for everything that goes into a thing.
cache_key() {
	printf '%s\n' "$@" | sha256sum | cut -c1-12
}

# cache_have NAME MIB CMD...: print the path of NAME; unless it is there, CMD fills it. CMD gets a
# directory to fill as its last argument, which takes the name only when CMD is through.
cache_have() {
	local path=$CACHE/$1 mib=$2
	shift 2
	if [[ ! -d $path ]]; then
		cache_need_space "$mib"
		cache_fill "$path" "$@" || return
	fi
	touch "$path"
}

cache_fill() {
	local path=$1 temp=$1.tmp.$$
	shift
	CACHE_TEMPS+=("$temp")
	rm -rf "$temp"
	mkdir -p "$temp"
	"$@" "$temp" || return
	mv "$temp" "$path"
	cache_drop_old "$path"
}

# Two generations of a thing are enough: the one just built and the one used before it.
cache_drop_old() {
	local kind=${1%-*} old
	while read -r old; do
		rm -rf "$old"
	done < <(find "$CACHE" -maxdepth 1 -type d -name "${kind##*/}-????????????" -printf '%T@ %p\n' |
		sort -rn | awk 'NR > 2 { print $2 }')
}

cache_cleanup() {
	local temp
	for temp in "${CACHE_TEMPS[@]}"; do
		rm -rf "$temp"
	done
}

# Leftovers of runs that were killed the hard way, and all but the last ten logs.
cache_tidy() {
	find "$CACHE" -maxdepth 1 -name '*.tmp.*' -exec rm -rf {} +
	find "$CACHE/runs" -mindepth 1 -maxdepth 1 -type d -printf '%f\n' | sort -r | tail -n +11 |
		while read -r run; do rm -rf "${CACHE:?}/runs/$run"; done
}

# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# What the person at the terminal sees.

say() {
	printf '%s\n' "$*" >&2
}

die() {
	say "lab: $*"
	exit 2
}

# stage TEXT CMD...: say what is going on, do it, say how long it took.
stage() {
	local text=$1 start=$SECONDS
	shift
	say "==> $text"
	"$@" || return
	say "    $((SECONDS - start)) s"
}

# quietly LOG CMD...: run CMD with its output in LOG; show the end of it only if CMD fails.
quietly() {
	local log=$1
	shift
	"$@" >"$log" 2>&1 && return
	say "--- last lines of $log"
	tail -n 15 "$log" >&2
	return 1
}

# compile PROGRAM SOURCE: for dom0 or a guest, whatever libraries they have.
compile() {
	quietly "$1.log" gcc -O2 -Wall -Wextra -Werror -static -o "$1" "$2" || die "cannot compile ${2##*/}"
	rm "$1.log"
}

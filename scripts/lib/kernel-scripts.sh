# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The kernel's own scripts that judge C files, from Debian's sources of Linux 6.1.
# Source it after common.sh, apt.sh and kernel-source.sh.

# kernel_scripts: prints a folder with checkpatch.pl and kernel-doc in it.
kernel_scripts()
{
	local final
	find_source 6.1
	final=$xpv_cache/kernel-scripts/$source_version
	if [[ ! -d $final ]]; then
		lock "kernel-scripts-$source_version"
		[[ -d $final ]] || unpack_source 6.1 "$final" '*/scripts/checkpatch.pl' \
			'*/scripts/const_structs.checkpatch' '*/scripts/spelling.txt' '*/scripts/kernel-doc'
	fi
	printf '%s\n' "$final/scripts"
}

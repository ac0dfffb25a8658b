# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The kernel's own scripts that judge C files, from Debian's linux-source-6.1.
# Source it after common.sh.

# kernel_scripts: prints a folder with checkpatch.pl and kernel-doc in it.
kernel_scripts()
{
	local tarball=/usr/src/linux-source-6.1.tar.xz final unpacked=
	[[ -f $tarball ]] || die "missing packages: run 'apt-get install linux-source-6.1', or scripts/install-deps for all at once"
	final=$xpv_cache/kernel-scripts/$(stat -L -c %Y-%s "$tarball")
	if [[ ! -d $final ]]; then
		scratch_dir unpacked "$xpv_cache/kernel-scripts"
		tar -xJf "$tarball" -C "$unpacked" --strip-components=2 --wildcards \
			'*/scripts/checkpatch.pl' '*/scripts/const_structs.checkpatch' \
			'*/scripts/spelling.txt' '*/scripts/kernel-doc'
		mv -T "$unpacked" "$final" 2>/dev/null || true
	fi
	printf '%s\n' "$final"
}

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# A kernel with our suites: what kunit and mutate share. Source it after
# common.sh, apt.sh and kernel-source.sh.

# kunit_prepare VERSION ARCH FLAVOUR: after find_source. ARCH is um, user-mode Linux, or
# x86_64, QEMU. A kernel is configured by .kunitconfig and by what tests/kunit has for
# its ARCH, its FLAVOUR, and both (ARCH-FLAVOUR.config). It sets place, the folder of
# this version, and dir, where this flavour is built; the tree is in its sources.
# The lock that it takes is held until the script ends.
kunit_prepare()
{
	local config
	place=$xpv_cache/kunit/$source_version
	kunit_arch=$2
	dir=$place/$2-$3
	configs=(--kunitconfig="$xpv_root/.kunitconfig")
	# With several processors, user-mode Linux has no time to leap over.
	for config in $([[ $3 == smp ]] || echo "$2") "$3" "$2-$3"; do
		config=$xpv_root/tests/kunit/$config.config
		[[ ! -e $config ]] || configs+=(--kunitconfig="$config")
	done
	mkdir -p "$place" 2>/dev/null || die "cannot create $place: set XPV_CACHE to a folder you can write to"
	lock "kunit-$source_version"
	[[ -d $place/source ]] || unpack_source "$1" "$place/source"
	"$xpv_root/scripts/link-into-kernel" --copy "$place/source"
}

# kunit_modules_config: has kunit_build make modules of all that is ours.
kunit_modules_config()
{
	sed 's/^\(CONFIG_XPV_[A-Z0-9_]*\)=y/\1=m/' "$xpv_root/.kunitconfig" >"$dir.modules"
	configs[0]=--kunitconfig=$dir.modules
}

# kunit_tool COMMAND OPTION...: the kernel's own tool.
kunit_tool()
{
	(cd "$place/source" && nice -n 10 python3 tools/testing/kunit/kunit.py "$1" \
		--arch="$kunit_arch" --build_dir="$dir" "${@:2}" </dev/null)
}

kunit_build()
{
	local log=$dir.log
	say "building Linux $source_version for KUnit, ${dir##*/} (log: $log)"
	if ! {
		kunit_tool config "${configs[@]}" &&
			kunit_tool build "${configs[@]}" --jobs="${XPV_JOBS:-$(nproc)}"
	} >"$log" 2>&1; then
		grep -E 'error|ERROR|Error|Missing|\*\*\*' "$log" | head -n 40 >&2
		die "the kernel did not build: all of it is in $log"
	fi
	if grep -E 'drivers/xpv.*(warning|WARNING)|(warning|WARNING).*drivers/xpv' "$log" >&2; then
		die "xpv gives warnings in the kernel's build, and each is an error here"
	fi
}

# What the kernel is started with, on each machine. In user-mode Linux time leaps to
# the next timer when nothing runs, so that a wait costs nothing. On a busy host
# the check of the emulated machine's timer can fail, hence no_timer_check.
kunit_machine()
{
	if [[ ${dir##*/} == um-smp ]]; then
		printf -- '--kernel_args=%s\n' seccomp=on ncpus=2 mem=1G
	elif [[ $kunit_arch == um ]]; then
		printf -- '--kernel_args=%s\n' time-travel mem=1G
	else
		printf '%s\n' --qemu_args='-smp 2'
		printf -- '--kernel_args=%s\n' no_timer_check xpv_hypervisor.simulate=1
	fi
}

# kunit_run FILTER: results in $dir/results.json, the kernel's log in
# $dir/test.log. What went wrong is read from these: the tool's status says
# nothing of the kernel's reports.
kunit_run()
{
	local machine
	say "running (log: $dir/test.log)"
	rm -f "$dir/results.json" "$dir/test.log"
	mapfile -t machine < <(kunit_machine)
	kunit_tool exec --timeout="${XPV_KUNIT_TIMEOUT:-900}" "${machine[@]}" --kernel_args=panic=-1 \
		--json="$dir/results.json" ${1:+"$1"} >"$dir/run.log" 2>&1 || true
	[[ -s $dir/results.json && -s $dir/test.log ]] || {
		tail -n 20 "$dir/run.log" >&2
		die "no results: all of it is in $dir/run.log"
	}
}

# kunit_races LOG: of the data races that KCSAN tells of, those that one of our
# functions has a part in. The kernel has many of its own.
kunit_races()
{
	find "$dir/drivers/xpv" -name '*.o' -exec nm {} + 2>/dev/null |
		awk '$2 ~ /^[tT]$/ { sub(/[.].*/, "", $3); print $3 }' | sort -u >"$dir/functions"
	tr -d '\r' <"$1" | grep -oE 'KCSAN: .*' | awk '
		NR == FNR { ours[$1]; next }
		{ for (i = 2; i <= NF; i++) { name = $i; sub(/[.].*/, "", name); if (name in ours) { print; next } } }
	' "$dir/functions" - | sort -u | sed 's/^/the kernel reports: /' || true
}

# kunit_reports LOG: what else the kernel complains of.
kunit_reports()
{
	grep -vE 'BUG: KCSAN: ' "$1" | grep -E 'BUG:|WARNING:|KASAN:|UBSAN:|Oops|general protection|Kernel panic|unreferenced object|new suspected memory leaks|INFO: (possible|trying|inconsistent|task)|rcu.*stall|sleeping function called|suspicious RCU|ODEBUG|Call Trace' |
		sed 's/\r//; s/^/the kernel reports: /' || true
}

# kunit_missing: suites of the tree that have no result. What only x86 has is built
# for no other machine.
kunit_missing()
{
	local suite
	grep -oE '\.name = "(xpv|xnf|xbf)_[a-z0-9_]+"' "$xpv_root"/{*,*/*}/tests/*.c |
		if [[ $kunit_arch == x86_64 ]]; then cat; else grep -v /x86/; fi |
		sed 's/.*"\(.*\)"/\1/' |
		while read -r suite; do
			grep -qF "\"name\": \"$suite\"" "$dir/results.json" || echo "suite $suite was not run"
		done
}

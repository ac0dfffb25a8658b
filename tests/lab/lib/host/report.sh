# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# What is said at the end, and where logs go.

report_start() {
	RUN_DIR=$CACHE/runs/$(date +%Y%m%d-%H%M%S)-$$
	mkdir -p "$RUN_DIR"
	: >"$RUN_DIR/results"
}

report_count() {
	awk -F '\t' -v want="$1" '$3 == want { n++ } END { print n + 0 }' "$RUN_DIR/results"
}

# report_end: exits; no case run is no success, unless there was no time for one.
report_end() {
	local passed failed skipped
	passed=$(report_count passed) failed=$(report_count failed) skipped=$(report_count skipped)
	awk -F '\t' '$3 == "failed" { printf "FAILED  %s %s: %s\n", $1, $2, $5 }
		$3 == "skipped" { printf "skipped %s %s: %s\n", $1, $2, $5 }' "$RUN_DIR/results" >&2
	report_repeated
	say "logs: $RUN_DIR"
	report_retried
	echo "$passed passed, $failed failed, $skipped skipped"
	((failed == 0 && (passed > 0 || ${LAB_UNTIL:-0} > 0)))
	exit
}

# report_repeated: what was tried again, whatever came of it.
report_repeated() {
	find "$RUN_DIR" -mindepth 2 -maxdepth 2 -name repeated -exec sed 's/^/tried again: /' {} + >&2
}

# report_retried: how many, and which, beside the count: a case that passed at its second try has failed once.
report_retried() {
	local names
	mapfile -t names < <(find "$RUN_DIR" -mindepth 2 -maxdepth 2 -name repeated -exec sed 's/: .*//' {} + | sort)
	((${#names[@]} == 0)) || echo "retried: ${#names[@]} (${names[*]})"
}

# report_result KIND NAME VERDICT SECONDS REASON
report_result() {
	printf '%s\t%s\t%s\t%s\t%s\n' "$@" | tee -a ${LAB_RESULTS:+"$LAB_RESULTS"} >>"$RUN_DIR/results"
}

report_none() {
	say "lab: no case matches '$CASE'; tests/lab/lab --list shows them"
	echo "0 passed, 0 failed, 0 skipped"
}

# report_skip_all REASON: exits.
report_skip_all() {
	local kind name
	for kind in $GUEST; do
		while read -r name; do
			report_result "$kind" "$name" skipped 0 "$1"
		done < <(cases_wanted)
	done
	report_end
}

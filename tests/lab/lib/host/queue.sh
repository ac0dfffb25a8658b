# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# The cases that wait, one queue for each kind of guest. Several processes take from it, each under the lock.

# queue_fill KIND CASE...
queue_fill() {
	printf '%s\n' "${@:2}" >"$RUN_DIR/queue-$1"
}

queue_length() {
	wc -l <"$RUN_DIR/queue-$1"
}

# queue_locked CMD...
queue_locked() {
	local lock status
	exec {lock}>"$RUN_DIR/queue.lock"
	flock "$lock"
	"$@"
	status=$?
	exec {lock}>&-
	return "$status"
}

# queue_take KIND: sets TAKEN to the first case and removes it; empty when there is none, or no time for it.
queue_take() {
	TAKEN=
	[[ ! ${LAB_UNTIL:-} ]] || (($(date +%s) < LAB_UNTIL)) ||
		queue_drain "$1" skipped "no time is left for it in this run"
	queue_locked queue_pop "$1"
}

queue_pop() {
	local file=$RUN_DIR/queue-$1
	[[ -s $file ]] || return 0
	read -r TAKEN <"$file"
	sed -i 1d "$file"
}

# queue_drain KIND VERDICT REASON: all that waits ends like this.
queue_drain() {
	queue_locked queue_end_all "$@"
}

queue_end_all() {
	local name
	while read -r name; do
		report_result "$1" "$name" "$2" 0 "$3"
	done <"$RUN_DIR/queue-$1"
	: >"$RUN_DIR/queue-$1"
}

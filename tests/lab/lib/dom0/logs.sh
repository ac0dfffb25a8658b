# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# The part of each log that belongs to one case: all since the end of the case before, so that nothing is
# in between. A new guest's log belongs, from its first line on, to the case it was made for.

LOGS_DOM0_MARK=

logs_start() {
	logs_mark_dom0
	timeout 20 xl dmesg -c >"$SHARE/xen-boot.log"
}

# logs_of_guest FILE
logs_of_guest() {
	GUEST_LOG=$1
	touch "$1"
	GUEST_LOG_START=0
	GUEST_MARK=
}

logs_mark() {
	echo "lab: mark $RANDOM$RANDOM$RANDOM"
}

logs_mark_dom0() {
	LOGS_DOM0_MARK=$(logs_mark)
	echo "$LOGS_DOM0_MARK" >/dev/kmsg
}

# logs_after MARK: of a kernel log on stdin, what comes after MARK, or all if MARK is not there or empty.
logs_after() {
	awk -v mark="$1" 'mark != "" && index($0, mark) { n = 0; next } { line[n++] = $0 }
		END { for (i = 0; i < n; i++) print line[i] }'
}

# logs_end DIR: write guest.log, guest-dmesg.log, dom0.log, xen.log.
logs_end() {
	logs_end_guest "$1"
	dmesg | logs_after "$LOGS_DOM0_MARK" >"$1/dom0.log"
	logs_mark_dom0
	{
		cat "$STATE/xen-case.log" 2>/dev/null
		timeout 20 xl dmesg -c
	} >"$1/xen.log"
	rm -f "$STATE/xen-case.log"
}

# logs_end_guest DIR: the console can tear a line in two. The guest's own copy of its log is whole, if it
# can still be had.
logs_end_guest() {
	local mark
	mark=$(logs_mark)
	if [[ ! -e $REPLIES/dead ]]; then
		console_ask 20 "$(declare -f logs_after); dmesg | logs_after '$GUEST_MARK'; echo '$mark' >/dev/kmsg"
	fi >"$1/guest-dmesg.log"
	GUEST_MARK=$mark
	tail -c "+$((GUEST_LOG_START + 1))" "$GUEST_LOG" >"$1/guest.log"
	GUEST_LOG_START=$((GUEST_LOG_START + $(stat -c %s "$1/guest.log")))
}

# logs_complaint DIR NAME: the first failure in any of them, and where, but for what case NAME allows. Of a
# guest's two logs the console's counts only where the other could not be had: half of a line that is allowed
# looks like one that is not.
logs_complaint() {
	local log found own=guest-dmesg
	[[ -s $1/guest-dmesg.log ]] || own=guest
	# One process, where there is nothing to complain of.
	LC_ALL=C grep -a -q -E "$VERDICT_PATTERNS" "$1/$own.log" "$1/dom0.log" "$1/xen.log" || return 1
	for log in "$own" dom0 xen; do
		found=$(verdict_scan <"$1/$log.log" | case_not_allowed "$2" | head -n 1)
		[[ ! $found ]] || { echo "${log%-dmesg} log: $found"; return 0; }
	done
	return 1
}

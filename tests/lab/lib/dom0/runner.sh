# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# From a list of cases to a list of verdicts.

# runner_run: the host names one case after the other, and none once all are through.
runner_run() {
	local name
	exec {RUNNER_PAUSE}<> <(:)
	while runner_next; do
		runner_case "$NEXT" </dev/null
	done
	guest_destroy
}

# runner_next: sets NEXT, which the host leaves in a file when it is asked for by another. To wait by "read" takes no
# process.
runner_next() {
	: >"$SHARE/want"
	until [[ -e $SHARE/next ]]; do
		read -r -t 0.1 -u "$RUNNER_PAUSE"
	done
	read -r NEXT <"$SHARE/next"
	rm -f "$SHARE/next"
	[[ $NEXT ]]
}

# runner_case NAME: one line in results. What was tried more than once is told at the end.
runner_case() {
	local start=$SECONDS
	runner_try "$1"
	if [[ $VERDICT == failed ]] && runner_may_repeat; then
		progress "    $1 failed, and is tried once more: $REASON"
		printf '%s: %s\n' "$1" "$REASON" >>"$SHARE/repeated"
		mv "$SHARE/cases/$1" "$SHARE/cases/$1.first"
		runner_try "$1"
	fi
	printf '%s\t%s\t%s\t%s\n' "$1" "$VERDICT" $((SECONDS - start)) "$REASON" >>"$SHARE/results"
	progress "$(printf '    %-8s %-28s %3d s  %s' "$VERDICT" "$1" $((SECONDS - start)) "$REASON")"
}

# runner_may_repeat: a busy host can starve the one inside, for which LAB_RETRY gives one more try. What a kernel or
# Xen complained of is no such thing.
runner_may_repeat() {
	[[ $LAB_RETRY && ! $COMPLAINT ]]
}

# runner_try NAME: sets VERDICT, REASON and COMPLAINT.
runner_try() {
	local dir=$SHARE/cases/$1
	COMPLAINT=
	mkdir -p "$dir"
	rm -rf "$STATE/case"
	mkdir -p "$STATE/case"
	runner_verdict "$1" "$dir"
	IFS=$'\t' read -r VERDICT REASON < <(case_judge "$1" "$VERDICT" "$REASON")
	[[ $VERDICT != failed ]] || guest_destroy
}

# runner_verdict NAME DIR: sets VERDICT, REASON, and COMPLAINT if there is one.
runner_verdict() {
	local status
	VERDICT=skipped REASON=$(runner_unmet "$1") && return
	VERDICT=failed
	if ! guest_provide "$1"; then
		runner_trouble "$1" "$2"
		return
	fi
	echo "lab: case $1" >/dev/kmsg
	runner_execute "$1" "$2/log"
	status=$?
	logs_end "$2"
	runner_judge "$status" "$1" "$2"
}

# runner_trouble NAME DIR: why there is no guest; what its log has to say comes first.
runner_trouble() {
	if [[ ${GUEST_NAME:-} ]]; then
		logs_end "$2"
		COMPLAINT=$(logs_complaint "$2" "$1")
	fi
	REASON=${COMPLAINT:+$COMPLAINT; }$GUEST_TROUBLE
}

# runner_execute NAME LOG: 124 if it took too long. Nothing that the case started outlives it.
runner_execute() {
	local limit status
	limit=$(case_time_limit "$1")
	timeout -k 10 "$limit" setsid bash "$LAB/lib/dom0/run-case" "$1" >"$2" 2>&1 </dev/null
	status=$?
	pkill -KILL -s "$(<"$STATE/case/session")"
	return "$status"
}

# runner_judge STATUS NAME DIR: the logs have the last word.
runner_judge() {
	VERDICT=passed REASON=
	if [[ -s $STATE/case/failure ]]; then
		VERDICT=failed REASON=$(head -n 1 "$STATE/case/failure")
	elif (($1 == 124 || $1 == 137)); then
		VERDICT=failed REASON="took longer than its $(case_time_limit "$2") s"
	elif [[ -s $STATE/case/skip ]]; then
		VERDICT=skipped REASON=$(head -n 1 "$STATE/case/skip")
	elif (($1 != 0)); then
		VERDICT=failed REASON="ended with status $1: $(tail -n 1 "$3/log")"
	elif [[ ! -e $STATE/case/reached-end ]]; then
		VERDICT=failed REASON="ended before its last line"
	elif [[ ! -s $STATE/case/checks ]]; then
		VERDICT=failed REASON="checked nothing"
	fi
	! COMPLAINT=$(logs_complaint "$3" "$2") || { VERDICT=failed REASON="$COMPLAINT${REASON:+; $REASON}"; }
	[[ $VERDICT == failed || ! -e $REPLIES/dead ]] || { VERDICT=failed REASON="the guest died"; }
}

# runner_unmet NAME: print the first need that this run cannot meet; 1 if there is none.
runner_unmet() {
	local need
	while read -r need; do
		case $need in
		pv | pvh | hvm) [[ $need == "$GUEST" ]] || { echo "for a ${need^^} guest"; return 0; } ;;
		owned) [[ $GUEST != hvm ]] || { echo "for a guest that its kernel owns"; return 0; } ;;
		clock-host) [[ $CLOCK == host ]] || { echo "for the host's clock"; return 0; } ;;
		stock | debug | noxen) [[ $need == "$KERNEL" ]] || { echo "for the $need kernel"; return 0; } ;;
		esac
	done < <(case_directive "$1" needs)
	return 1
}

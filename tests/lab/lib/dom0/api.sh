# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# What a case can call. A failure is also noted in a file, because the status of a command inside
# "$(...)" is easily lost.

api_start() {
	console_ask 20 "echo 'lab: case $NAME' >/dev/kmsg" || api_silent $? "start of the case"
}

# note TEXT: into the log of the case, with the seconds since it began, also from inside "$(...)".
note() {
	printf '+ %3d s  %s\n' "$SECONDS" "$*" >&2
}

api_checked() {
	printf '.' >>"$STATE/case/checks"
}

fail() {
	note "failed: $*"
	printf '%s\n' "$*" >>"$STATE/case/failure"
	exit 1
}

skip() {
	note "skipped: $*"
	printf '%s\n' "$*" >>"$STATE/case/skip"
	exit 0
}

time_limit() {
	:
}

expects() {
	:
}

allows() {
	:
}

module_options() {
	:
}

needs() {
	case $1 in
	module) api_ask 20 "modinfo -n $2" >/dev/null || skip "no module $2" ;;
	guest-command) api_ask 20 "command -v $2" >/dev/null || skip "the guest has no $2" ;;
	esac
}

# api_ask SECONDS CMD: run in the guest; print the output and hand back the status.
api_ask() {
	note "guest: $2"
	console_ask "$1" "$2" || api_silent $? "$2"
	api_status "$1"
}

# api_answer ID SECONDS CMD
api_answer() {
	console_receive "$1" $(($2 + 20)) || api_silent $? "$3"
	api_status "$2"
}

# api_status SECONDS
api_status() {
	((STATUS != 124)) || note "it took longer than $1 s"
	return "$STATUS"
}

api_silent() {
	(($1 != 2)) || fail "the guest died: $(<"$REPLIES/dead")"
	fail "the guest does not answer: $2"
}

# Options of guest and its kin: sets LIMIT and the rest in REST.
api_options() {
	LIMIT=$1
	shift
	if [[ ${1:-} == -t ]]; then
		LIMIT=$2
		shift 2
	fi
	REST=("$@")
}

guest_try() {
	api_options 60 "$@"
	api_ask "$LIMIT" "${REST[*]}"
}

guest() {
	local status=0
	api_options 60 "$@"
	api_ask "$LIMIT" "${REST[*]}" || status=$?
	api_fail_on "$status" "${REST[*]}"
}

# api_fail_on STATUS CMD
api_fail_on() {
	local command=${2//$'\n'/; }
	(($1 != 124)) || fail "took longer than $LIMIT s in the guest: ${command:0:120}"
	(($1 == 0)) || fail "status $1 in the guest: ${command:0:120}"
	api_checked
}

guest_bg() {
	local name
	api_options 300 "$@"
	name=${REST[0]}
	note "guest, in the background as $name: ${REST[*]:1}"
	console_send "$LIMIT" "${REST[*]:1}" || api_silent $? "${REST[*]:1}"
	printf '%s\n%s\n' "$COMMAND" "${REST[*]:1}" >"$STATE/case/bg-$name"
}

guest_wait_try() {
	local id command
	api_options 300 "$@"
	{ read -r id && IFS= read -r command; } <"$STATE/case/bg-${REST[0]}" || fail "no guest_bg named ${REST[0]}"
	note "waiting for ${REST[0]}"
	api_answer "$id" "$LIMIT" "$command"
}

guest_wait() {
	local status=0
	guest_wait_try "$@" || status=$?
	api_fail_on "$status" "in the background, ${REST[0]}"
}

check() {
	note "dom0: $*"
	"$@" || fail "status $? in dom0: $*"
	api_checked
}

# eventually [-t SECONDS] CMD...
eventually() {
	local deadline limit command
	api_options 30 "$@"
	# copies, since CMD may be guest_try, which has options too
	limit=$LIMIT command=("${REST[@]}")
	note "until: ${command[*]}"
	deadline=$((SECONDS + limit))
	until "${command[@]}"; do
		((SECONDS < deadline)) || fail "not within $limit s: ${command[*]}"
		sleep 0.3
	done
	api_checked
}

expect() {
	(($# == 3)) || fail "expect needs a value, an operator and a value, not: $*"
	api_compare "$1" "$2" "$3" || fail "'$1' should be $2 '$3'"
	api_checked
}

api_compare() {
	case $2 in
	=) [[ $1 == "$3" ]] ;;
	!=) [[ $1 != "$3" ]] ;;
	'~') [[ $1 =~ $3 ]] ;;
	'!~') [[ ! $1 =~ $3 ]] ;;
	-eq | -ne | -lt | -le | -gt | -ge)
		[[ $1 =~ ^-?[0-9]+$ && $3 =~ ^-?[0-9]+$ ]] || fail "'$1' $2 '$3': not numbers"
		test "$1" "$2" "$3" ;;
	*) fail "expect knows no operator $2" ;;
	esac
}

# guest_ready: modules loaded, devices up, as at the start of a case.
guest_ready() {
	guest -t 90 /lab/ready
}

guest_modules_unload() {
	guest -t 90 "/lab/unload; ! grep ^xpv_ /proc/modules"
}

# guest_reload [MODULE OPTION...]: all modules anew, with these options for one of them, or none.
guest_reload() {
	guest_modules_unload
	guest "rm -f /etc/modprobe.d/case.conf; test -z '$*' || echo 'options $*' >/etc/modprobe.d/case.conf"
	guest_ready
}

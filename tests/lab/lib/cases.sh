# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# What a case file says about itself. Used on the host and in dom0.

shopt -s extglob
CASES_DIR=$LAB/${CASES_FOLDER:=cases}

# cases_matching GLOBS: names of cases, area/name, the cheap areas first, and last what costs a dom0.
cases_matching() {
	local name glob globs
	read -ra globs <<<"$1"
	find "$CASES_DIR" -mindepth 2 -maxdepth 2 -type f -printf '%P\n' | sort | while read -r name; do
		for glob in "${globs[@]}"; do
			# shellcheck disable=SC2053 # it is a glob
			[[ $name != $glob ]] || { echo "$name"; break; }
		done
	done | awk -F / 'BEGIN { rank["boot"] = 1; rank["load"] = 2; rank["meta"] = 8 }
		$0 == "meta/dom0-dies" { print 9, $0; next }
		{ print ($1 in rank ? rank[$1] : 5), $0 }' | sort -k 1,1n -k 2 | cut -d ' ' -f 2
}

# cases_wanted: the names in CASES, in their order, or else those that match CASE.
cases_wanted() {
	if [[ ${CASES:-} ]]; then
		xargs -n 1 <<<"$CASES"
	else
		cases_matching "$CASE"
	fi
}

# case_sentence NAME: completes "This case will ...".
case_sentence() {
	awk '/^#!/ || /SPDX/ || /shellcheck/ || NF == 0 || $0 == "#" { next }
		/^#/ { sub(/^# ?/, ""); text = text " " $0; if (text ~ /\.( |$)/) exit; next }
		{ exit }
		END { sub(/^ /, "", text); sub(/\. .*/, ".", text); print text }' "$CASES_DIR/$1"
}

# case_directive NAME WORD: the arguments of each line that begins with WORD.
case_directive() {
	local line
	while IFS= read -r line; do
		[[ $line != "$2 "* ]] || printf '%s\n' "${line##"$2"*( )}"
	done <"$CASES_DIR/$1"
}

case_time_limit() {
	local limit=180 line
	while IFS= read -r line; do
		[[ $line != "time_limit "* ]] || limit=${line##* }
	done <"$CASES_DIR/$1"
	echo "$limit"
}

# case_emulated_devices NAME: the devices its guest has besides the paravirtual ones.
case_emulated_devices() {
	local need found=
	while read -r need; do
		[[ $need != emulated-* ]] || found+=" $need"
	done < <(case_directive "$1" needs)
	echo "${found# }"
}

# case_spoils_guest NAME: its guest is made unlike others, and of no use to them.
case_spoils_guest() {
	[[ $(case_emulated_devices "$1") || $(case_directive "$1" module_options) ]]
}

case_wants_fresh_guest() {
	[[ $'\n'$(case_directive "$1" needs)$'\n' == *$'\n'fresh-guest$'\n'* ]] || case_spoils_guest "$1"
}

# case_not_allowed NAME: of the failures on stdin, those that the case does not provoke on purpose.
case_not_allowed() {
	local allowed
	allowed=$(case_directive "$1" allows | sed "s/^'//; s/'$//" | paste -sd '|')
	if [[ $allowed ]]; then
		grep -a -v -E "$allowed"
	else
		cat
	fi
}

# case_judge NAME VERDICT REASON: prints the final verdict and reason. A case that is meant to fail, as
# those in cases/meta are, passes if it failed for the reason it declares, and only then.
case_judge() {
	local verdict=$2 reason=$3 want
	want=$(case_directive "$1" expects)
	case $want in
	'') ;;
	"failed "*)
		want=${want#failed }
		want=${want#\'}
		want=${want%\'}
		if [[ $verdict == failed && $reason =~ $want ]]; then
			verdict=passed
		elif [[ $verdict != skipped ]]; then
			reason="should have failed with \"$want\", but $verdict${reason:+: $reason}"
			verdict=failed
		fi ;;
	*)
		verdict=failed reason="cannot understand 'expects $want'" ;;
	esac
	printf '%s\t%s\n' "$verdict" "$reason"
}

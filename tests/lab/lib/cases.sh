# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# What a case file says about itself. Used on the host and in dom0.

CASES_DIR=$LAB/${CASES_FOLDER:=cases}

# cases_matching GLOB: names of cases, area/name, the cheap areas first, and last what costs a dom0.
cases_matching() {
	local name
	find "$CASES_DIR" -mindepth 2 -maxdepth 2 -type f -printf '%P\n' | sort | while read -r name; do
		# shellcheck disable=SC2053 # a glob is what the caller gave
		[[ $name == $1 ]] && echo "$name"
	done | awk -F / 'BEGIN { rank["boot"] = 1; rank["load"] = 2; rank["meta"] = 8 }
		$0 == "meta/dom0-dies" { print 9, $0; next }
		{ print ($1 in rank ? rank[$1] : 5), $0 }' | sort -k 1,1n -k 2 | cut -d ' ' -f 2
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
	sed -n "s/^$2 \\+//p" "$CASES_DIR/$1"
}

case_time_limit() {
	local limit
	limit=$(case_directive "$1" time_limit | tail -n 1)
	echo "${limit:-180}"
}

# case_emulated_devices NAME: the devices its guest has besides the paravirtual ones.
case_emulated_devices() {
	case_directive "$1" needs | grep -x 'emulated-.*' | xargs
}

# case_spoils_guest NAME: its guest is made unlike others, and of no use to them.
case_spoils_guest() {
	[[ $(case_emulated_devices "$1") || $(case_directive "$1" module_options) ]]
}

case_wants_fresh_guest() {
	case_directive "$1" needs | grep -qx fresh-guest || case_spoils_guest "$1"
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

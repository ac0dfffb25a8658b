# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What CI runs for one commit, by value, until its time is over. Source it after
# common.sh; run, part, add and logs are scripts/test's.

# Without this much, a lab would boot for nothing.
boot_seconds=180

# seconds_left
seconds_left()
{
	if [[ ${XPV_TEST_UNTIL-} ]]; then
		echo "$((XPV_TEST_UNTIL - $(date +%s)))"
	else
		echo 1000000
	fi
}

# planned_seconds KIND...: what the plan says that these take on a quick machine.
planned_seconds()
{
	local kind sum=0 n
	for kind; do
		n=$(awk -v kind="$kind" '$1 == kind { n += $3 } END { print n + 0 }' "$plan")
		sum=$((sum + n))
	done
	echo "$sum"
}

# lab_until KIND...: when the cases of the first KIND must leave the time to the others, and to the parts.
lab_until()
{
	local left
	left=$(seconds_left)
	echo "$(($(date +%s) + left * $(planned_seconds "$1") / $(planned_seconds "$@" part)))"
}

# skip_for_time NAME COUNT
skip_for_time()
{
	printf '\n== %s: skipped, no time is left for it in this run\n' "$1"
	skipped=$((skipped + $2))
}

# landing_lab KIND...: the cases of the first.
landing_lab()
{
	local kind=$1 cases clock=instructions until=
	cases=$(awk -v kind="$kind" '$1 == kind { print $2 }' "$plan" | xargs)
	[[ $cases ]] || return 0
	if (($(seconds_left) < boot_seconds)); then
		skip_for_time "lab, ${kind^^} guest" "$(wc -w <<<"$cases")"
		return
	fi
	[[ $host_kind != "$kind" ]] || clock=host
	[[ -z ${XPV_TEST_UNTIL-} ]] || until=$(lab_until "$@")
	run "lab, ${kind^^} guest, by the clock of the $clock" \
		env GUEST="$kind" CASES="$cases" LAB_CLOCK="$clock" LAB_UNTIL="$until" LAB_RESULTS="$results" "$xpv_root/tests/lab/lab"
}

# cases_ran: of the cases that the lab was given, those that had their time.
cases_ran()
{
	awk -F '\t' '!($3 == "skipped" && $5 ~ /^no time /) { print $1, $2 }' "$results"
}

# landing_parts: a part that would end too late does not begin.
landing_parts()
{
	local name seconds
	while read -r name seconds; do
		if (($(seconds_left) < seconds * ${XPV_TEST_SLOWNESS:-1})); then
			skip_for_time "$name" 1
		else
			part "$name"
			printf 'part %s\n' "$name" >>"$ran"
		fi
	done < <(awk '$1 == "part" { print $2, $3 }' "$plan")
}

run_landing()
{
	local plan=$logs/plan ran=$logs/ran results=$logs/results history=$logs/history host_kind count
	"$xpv_root/scripts/select" plan --history "$history" >"$plan" || die "no plan: see above"
	host_kind=$("$xpv_root/scripts/select" clock)
	count=$(git -C "$xpv_root" rev-list --count HEAD)
	: >"$ran"
	: >"$results"
	printf '\nlanding %d runs\n' "$count"
	awk '{ names[$4] = names[$4] ", " $1 " " $2 } END { for (why in names) print why ": " substr(names[why], 3) }' "$plan" | sort
	landing_lab pv pvh hvm
	landing_lab pvh hvm
	landing_lab hvm
	landing_parts
	cases_ran >>"$ran"
	printf '\n'
	"$xpv_root/scripts/select" idle --history "$history" --ran "$ran"
	sed "s/^/$count /" "$ran" >>"$history"
}

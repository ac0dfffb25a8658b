# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Rows of check-selftest: what scripts/select chooses for a landing, and what the scripts say of
# bad input. tree, verdict, good, bad and work are check-selftest's.

# selection FILE...: a tree with a table, the standard input, and these cases. The part is 'one'.
selection()
{
	tree tests/selection
	mkdir -p "$work/tree/tests/lab/cases"/{a,b}
	(cd "$work/tree/tests/lab/cases" && touch "$@")
	rm -f "$work/changed" "$work/history" "$work/ran"
	touch "$work/changed" "$work/history" "$work/ran"
}

choose()
{
	"$xpv_root/scripts/select" "$1" --tree "$work/tree" --parts one --changed "$work/changed" \
		--history "$work/history" --ran "$work/ran" "${@:2}" 2>&1
}

# chosen REGEX COMMAND OPTION...: what select prints, lines joined by ';', matches.
chosen()
{
	local regex=$1
	shift
	choose "$@" | paste -sd ';' >"$work/output" || true
	if grep -qE "$regex" "$work/output"; then
		verdict yes
	else
		verdict no "select $* does not say '$regex'"
	fi
}

# longest_wait SHARE: of 40 landings, each of which has time for the first SHARE lines of its plan,
# the longest that a test had to wait for its turn, in landings.
longest_wait()
{
	choose plan --count 0 --landings 40 | awk -v most="$1" '
		++n[$1] <= most {
			item = $2 " " $3
			wait = $1 - (item in last ? last[item] : -1)
			if (wait > longest) longest = wait
			last[item] = $1
		}
		END {
			for (item in last) {
				tests++
				if (40 - last[item] > longest)
					longest = 40 - last[item]
			}
			print longest, tests
		}'
}

# waits_at_most LANDINGS TESTS SHARE
waits_at_most()
{
	local longest n
	read -r longest n < <(longest_wait "$3")
	echo "the longest wait is $longest landings, and $n tests ran" >"$work/output"
	if ((longest <= $1 && n == $2)); then
		verdict yes
	else
		verdict no "a test waits longer than $1 landings, with time for $3"
	fi
}

many=(a/{1..9} b/{1..9} a/{c..m} b/{c..m})
selection "${many[@]}" <<<'rotate pv 10 *'
# A share is 8, and what is carried over 2. The less time there is, the longer the wait.
waits_at_most 5 40 10
waits_at_most 6 40 8
waits_at_most 11 40 5
waits_at_most 26 40 3
selection a/{1..3} <<<'rotate pvh 10 *'
waits_at_most 5 3 9
selection a/1 b/1 <<<$'smoke pv a/*\nrotate pv 10 *'
chosen '^pv a/1 [0-9]+ smoke' plan --count 7

table='rotate pv 10 *
rotate part 10 one
touch drivers/a/ pv a/*
touch drivers/b/ pv,hvm b/*
touch scripts/x part one'
selection "${many[@]}" <<<"$table"
# The two that run last are the first of the next landing.
last=$(choose plan --count 11 | awk '$4 == "share" && $1 == "pv" { last = last2; last2 = $2 } END { print last2, last }')
chosen "^pv ${last% *} 10 carried;pv ${last#* } 10 carried;pv" plan --count 12
printf '%s\n' "11 pv ${last% *}" "11 pv ${last#* }" >"$work/history"
chosen '^pv [^;]* share;' plan --count 12
echo drivers/a/main.c >"$work/changed"
chosen '^pv a/1 10 touched' plan --count 3
chosen '^(pv b/[^;]* (carried|share);|pv a/[^;]*;|part one)+' plan --count 3
printf '%s\n' drivers/b/main.c drivers/a/main.c >"$work/changed"
chosen '^pv b/1 10 touched' plan --count 3
chosen 'hvm b/1 30 touched' plan --count 3
echo scripts/x >"$work/changed"
chosen 'part one 10 touched' plan --count 3
echo README.md >"$work/changed"
if choose plan --count 3 | tee "$work/output" | grep -q touched; then
	verdict no 'a change of README.md touches cases'
else
	verdict yes
fi

selection a/{1..5} <<<'rotate pv 10 *'
printf '%s\n' '2 pv a/1' '9 pv a/2' '8 pv a/3' '9 pv a/4' '9 pv a/5' >"$work/history"
chosen '^pv a/1 10 overdue' plan --count 10
chosen '^not run for 8 landings: 1 \(pv a/1\)' idle --count 10
chosen 'not run for 1 landing: 3 \(pv a/2' idle --count 10
echo 'pv a/1' >"$work/ran"
chosen '^not run for 2 landings: 1 \(pv a/3\);' idle --count 10
rm "$work/history"
chosen 'not run for 4 landings by the rotation: 1 \(pv a/2\)' idle --count 10
printf '%s\n' '99 pv a/1' 'no line' >"$work/history"
chosen '^pv a/' plan --count 10

chosen '^pv;?$' clock --count 3
chosen '^pvh;?$' clock --count 4
chosen '^hvm;?$' clock --count 5

selection a/1 <<<$'rotate pv 10 *\nrotate pv 10 a/1'
chosen '^select: error: tests/selection:2: pv a/1 rotates already$' check
selection a/1 <<<'smoke pv a/2'
chosen "^select: error: tests/selection:1: nothing is called 'a/2' in pv\$" check
selection a/1 <<<'smoke xen a/1'
chosen "^select: error: tests/selection:1: no kind is called 'xen'\$" check
selection a/1 <<<'rotate pv soon a/1'
chosen '^select: error: tests/selection:1: cannot read' check

# says REGEX COMMAND...: it fails, and its last line says so.
says()
{
	local regex=$1
	shift
	if "$@" >"$work/output" 2>&1 </dev/null; then
		verdict no "$* does not fail"
	elif tail -n 1 "$work/output" | grep -qE "$regex"; then
		verdict yes
	else
		verdict no "the last line of $* does not say '$regex'"
	fi
}

# The table of this tree: each name in it stands for a test, and each folder of code has a line.
if "$xpv_root/scripts/select" check >"$work/output" 2>&1; then
	verdict yes
else
	verdict no 'tests/selection names what there is not'
fi
for folder in compat drivers/blkfront drivers/netfront event-channel grant-table hypervisor xenbus; do
	echo "$folder/main.c" >"$work/changed"
	if "$xpv_root/scripts/select" plan --count 0 --changed "$work/changed" --history /dev/null >"$work/output" &&
		grep -q ' touched$' "$work/output"; then
		verdict yes
	else
		verdict no "no test is for a change in $folder"
	fi
done

says "test: error: no part is called 'nonsense'" "$xpv_root/scripts/test" nonsense
says 'error: no suite of Debian is known for kernel .5.10.: choose' "$xpv_root/scripts/fetch-headers" 5.10
says 'error: cannot create .*: set XPV_CACHE' env XPV_CACHE=/dev/null/cache "$xpv_root/scripts/test" check
says "error: no part is called 'build-5.10'" "$xpv_root/scripts/test" build-5.10

# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# Measuring two drivers in turn, for cases that have rows, and a function use that hands the devices to one of them. It may
# set NIC, the card that packets are counted of (else eth0), and DISK and QDISK, for rows with these words.

# cpu: seconds of CPU that dom0 and the guest have used, by Xen's own account.
cpu() {
	timeout 30 xl list | awk -v id="$DOMID" '$1 == "Domain-0" { dom0 = $NF; n++ } $2 == id { guest = $NF; n++ }
		END { print dom0, guest; exit n != 2 }'
}

# measure PAIR DRIVER NAME UNIT LOAD...: one line of raw figures.
measure() {
	local pair=$1 driver=$2 name=$3 unit=$4 load=${*:5} bulk='' line dom0 guest dom0_then guest_then
	[[ $load != *+* ]] || bulk=${load#*+ }
	bulk=${bulk//@/$((BENCH_SECONDS + 2))} load=${load%+*}
	load=${load//@/$BENCH_SECONDS}
	load=${load//QDISK/${QDISK:-}}
	load=${load//DISK/${DISK:-}}
	read -r dom0_then guest_then < <(cpu)
	guest_bg -t $((BENCH_SECONDS + 60)) row "NIC=${NIC:-eth0} BULK='$bulk' /lab/bench-measure $load"
	# Looking for the answer all the time would cost dom0 some CPU.
	sleep "$BENCH_SECONDS"
	line=$(guest_wait row)
	read -r dom0 guest < <(cpu)
	expect "$line" '~' '^[0-9]+ [0-9.]+( [0-9]+){6}$'
	awk -v OFS='\t' -v a="$dom0" -v b="$dom0_then" -v c="$guest" -v d="$guest_then" \
		"{ print \"$GUEST-$GUEST_VCPUS\", $pair, \"$driver\", \"$name\", \"$unit\", \$1, \$2, \$3, \$4, \$5, \$6, \$7, \$8, c - d, a - b }" \
		<<<"$line" >>"$SHARE/raw.tsv"
}

# limit NAME UNIT LOAD...: the same in dom0 itself, over loopback, or on the device behind xvda.
limit() {
	local name=$1 unit=$2 load=${*:3} line
	[[ $load != *+* && $load != *xvdb* ]] || return 0
	load=${load//@/$BENCH_SECONDS}
	load=${load//\/dev\/xvda/$(losetup -j "$DISKS/xvda" | cut -d : -f 1 | head -n 1)}
	# shellcheck disable=SC2086 # words
	line=$("$SHARE/load" $load)
	read -ra line <<<"$line"
	printf '%s-%s\t0\tdom0\t%s\t%s\t%s\t%s\t%s\t%s\t0\t0\t%s\t%s\t0\t0\n' "$GUEST" "$GUEST_VCPUS" "$name" "$unit" "${line[@]}" \
		"${line[0]}" "${line[0]}" >>"$SHARE/raw.tsv"
}

# wanted: the rows that were asked for.
wanted() {
	local name rest glob
	while read -r name rest; do
		for glob in $BENCH_ROWS; do
			# shellcheck disable=SC2053 # it is a glob
			[[ $name != $glob ]] || { echo "$name $rest"; break; }
		done
	done < <(grep . <<<"$rows")
}

# each COMMAND...: with the words of each row.
each() {
	local row
	while read -ra row; do
		"$@" "${row[@]}" </dev/null
	done < <(wanted)
}

# turn PAIR DRIVER: all rows with one driver.
turn() {
	use "$2"
	printf '    pair %d, %s\n' "$1" "$2" >>"$SHARE/progress"
	each measure "$1" "$2"
}

# in_turn ONE OTHER: A B, then B A, so that what changes with time hits both alike.
in_turn() {
	local pair
	for ((pair = 1; pair <= BENCH_PAIRS; pair++)); do
		if ((pair % 2)); then
			turn "$pair" "$1"
			turn "$pair" "$2"
		else
			turn "$pair" "$2"
			turn "$pair" "$1"
		fi
	done
}

# fill_disks NAME...: what a thin disk has not been written to is not read from anywhere.
fill_disks() {
	local disk
	for disk; do
		busybox dd if=/dev/zero of="$DISKS/$disk" bs=1M count=256 conv=notrunc 2>/dev/null
	done
}

"$SHARE/load" serve &
expect "$(wanted | grep -c .)" -gt 0

# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# What the guest holds of Xen and of XenStore, counted from outside.

# grants_in_use: grants of the guest that somebody has mapped or is copying.
grants_in_use() {
	timeout 20 xl dmesg -c >>"$STATE/xen-case.log"
	timeout 20 xl debug-keys g
	timeout 20 xl dmesg -c | tee -a "$STATE/xen-case.log" | counts_grants "$DOMID"
}

# counts_grants DOMID: from Xen's listing on stdin; it says "no active grant table entries" for none.
counts_grants() {
	tr -d '\r' | awk -v domid="$1" '
		/grant-table for (remote )?d/ { match($0, / d[0-9]+/); on = substr($0, RSTART + 2, RLENGTH - 2) == domid; seen += on; next }
		on && /\[0x[0-9a-f]+\]|\[ *[0-9]+\]/ { n++ }
		END { if (!seen) exit 1; print n + 0 }'
}

ports_in_use() {
	timeout 20 lsevtchn "$DOMID" | grep -c .
}

# ports_are NUMBER: for eventually: a guest closes those of a device after dom0 has forgotten it.
ports_are() {
	[[ $(ports_in_use) -eq $1 ]]
}

watches_in_use() {
	timeout 20 xenstore-control quota "$DOMID" | awk '/watches/ { for (i = 1; i <= NF; i++) if ($i ~ /^[0-9]+$/) { print $i; exit } }'
}

# pages_in_use: pages of RAM that the guest has of Xen.
pages_in_use() {
	timeout 20 xl dmesg -c >>"$STATE/xen-case.log"
	timeout 20 xl debug-keys q
	timeout 20 xl dmesg -c | tee -a "$STATE/xen-case.log" | counts_pages "$DOMID"
}

# counts_pages DOMID: from Xen's listing on stdin.
counts_pages() {
	tr -d '\r' | awk -v domid="$1" '
		/General information for domain / { match($0, /domain [0-9]+/); on = substr($0, RSTART + 7, RLENGTH - 7) == domid; next }
		on && match($0, /nr_pages=[0-9]+/) { print substr($0, RSTART + 9, RLENGTH - 9); n++; exit }
		END { exit n != 1 }'
}

# guest_grants: grants that the guest has given out to its drivers, whether a backend uses them or not.
guest_grants() {
	local frames unused
	if [[ $GUEST == hvm ]]; then
		guest "! grep -q ^xpv_grant_table /proc/modules || exec cat /sys/kernel/debug/xpv-grant-table/in_use; echo 0"
		return
	fi
	{ read -r frames && read -r unused; } < <(guest "/lab/kernel-int nr_grant_frames gnttab_free_count")
	[[ $frames =~ ^[0-9]+$ && $unused =~ ^[0-9]+$ ]] || fail "the guest's kernel does not tell how many grants it has given out"
	echo $((frames * 512 - unused))
}

# counts: all of them, in one line.
counts() {
	echo "grants $(grants_in_use), ports $(ports_in_use), watches $(watches_in_use), given out $(guest_grants)," \
		"parked $(guest_try "cat /sys/module/xpv_grant_table/parameters/parked || echo 0")"
}

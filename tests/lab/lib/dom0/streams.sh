# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# Random bytes over TCP between dom0 and guest, with a sum at either end. A case sources this.

STREAM_PORT=5600

# stream_listens CMD...: true once somebody listens on the port where CMD looks.
stream_listens() {
	"$@" "netstat -ltn 2>/dev/null | grep -q ':$STREAM_PORT '"
}

stream_dom0() {
	busybox sh -c "$*"
}

# stream_listen PORT: in dom0, what comes in there. A listener whose own input has ended would close its half at
# once, and the sender, busybox's too, would take that for the end of all.
stream_listen() {
	[[ -p open ]] || mkfifo open
	timeout 150 busybox nc -l -p "$1" 0<>open
}

# stream_to_guest ADDRESS MIB: from dom0 to the guest's ADDRESS.
stream_to_guest() {
	local sum
	STREAM_PORT=$((STREAM_PORT + 1))
	head -c "$2M" /dev/urandom >stream
	sum=$(sha256sum <stream)
	guest_bg -t 150 stream "[ -p /tmp/open ] || mkfifo /tmp/open; nc -l -p $STREAM_PORT 0<>/tmp/open >/tmp/stream"
	eventually stream_listens guest_try
	check timeout 120 busybox nc "$1" "$STREAM_PORT" <stream
	guest_wait stream
	expect "$(guest "wc -c </tmp/stream; sha256sum </tmp/stream; rm /tmp/stream")" = "$(($2 * 1048576))"$'\n'"$sum"
	rm stream
}

# stream_from_guest ADDRESS MIB: from the guest to dom0's ADDRESS.
stream_from_guest() {
	local sum listener
	STREAM_PORT=$((STREAM_PORT + 1))
	stream_listen "$STREAM_PORT" >stream &
	listener=$!
	eventually stream_listens stream_dom0
	sum=$(guest -t 150 "dd if=/dev/urandom of=/tmp/stream bs=1M count=$2 2>/dev/null && sha256sum </tmp/stream &&
		nc $1 $STREAM_PORT </tmp/stream; rm /tmp/stream")
	check wait "$listener"
	expect "$(stat -c %s stream)" -eq $(($2 * 1048576))
	expect "$(sha256sum <stream)" = "$sum"
	rm stream
}

# counter NAME: of eth0's driver, as ethtool -S tells it.
counter() {
	guest "ethtool -S eth0" | awk -v name="^q[0-9]+_$1:$" '$1 ~ name { sum += $2; n++ } END { printf "%.0f\n", sum; exit !n }'
}

# errors: of eth0 so far, sent and received; what other cases did to it counts too.
errors() {
	guest "ethtool -S eth0" | awk '$1 ~ /^q[0-9]+_tx_errors:$/ { tx += $2; n++ } $1 ~ /^q[0-9]+_rx_errors:$/ { rx += $2; n++ }
		END { printf "%.0f %.0f\n", tx, rx; exit n < 2 }'
}

# feature NAME: of eth0, "on" or "off".
feature() {
	guest "ethtool -k eth0" | awk -v name="$1:" '$1 == name { print $2; n++ } END { exit n != 1 }'
}

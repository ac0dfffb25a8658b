# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# Xen's toolstack and the bridge that guests are on.

toolstack_start() {
	[[ -e /proc/xen/xsd_port ]] || toolstack_fail "this kernel is not a dom0"
	xenstored --pid-file /run/xen/xenstored.pid || toolstack_fail "xenstored does not start"
	local tries=100
	until timeout 5 xenstore-exists / 2>/dev/null || ((--tries == 0)); do
		sleep 0.1
	done
	xenstore-write /local/domain/0/domid 0
	xen-init-dom0 || toolstack_fail "xen-init-dom0 failed"
	xenconsoled --log=guest --log-dir="$STATE/guest" --pid-file=/run/xen/xenconsoled.pid
	ip link set lo up
	toolstack_bridge
	iperf3 -s -D
}

toolstack_bridge() {
	ip link add xenbr0 type bridge forward_delay 0 mcast_snooping 0
	sysctl -q net.ipv6.conf.xenbr0.accept_dad=0
	ip addr add 10.77.0.1/24 dev xenbr0
	ip -6 addr add fd77::1/64 dev xenbr0 nodad
	ip link set xenbr0 mtu 9000 up
}

toolstack_fail() {
	progress "    dom0: $*"
	dmesg | tail -n 20
	busybox poweroff -f
}

# toolstack ARG...: xl, which can abort or hang while dom0 is busy: with a time limit, and one more try.
toolstack() {
	timeout -k 5 60 xl "$@" && return
	sleep 1
	timeout -k 5 60 xl "$@"
}

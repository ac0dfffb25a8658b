# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# dom0 and the host that runs it.

STATE=/run/lab

host_mounts() {
	mkdir -p /dev/pts /dev/shm /run /tmp
	mount -t devpts devpts /dev/pts
	mount -t tmpfs tmpfs /dev/shm
	mount -t tmpfs tmpfs /run
	mount -t tmpfs tmpfs /tmp
	mount -t debugfs debugfs /sys/kernel/debug
	mount -t xenfs xenfs /proc/xen
	# Xen's hotplug scripts spin in their lock without these.
	ln -sfn /proc/self/fd /dev/fd
	ln -sf fd/0 /dev/stdin
	ln -sf fd/1 /dev/stdout
	ln -sf fd/2 /dev/stderr
	mkdir -p "$STATE/guest" /run/lock /run/xen /var/run /var/lib/xen /var/log/xen
	date -s "@$HOST_TIME" >/dev/null
	hostname dom0
}

# progress TEXT: a line for the terminal on the host.
progress() {
	printf '%s\n' "$*" >>"$SHARE/progress"
	printf '%s\n' "$*"
}

host_heartbeat() {
	while :; do
		: >"$SHARE/alive"
		touch "$SHARE/alive"
		sleep 5
	done
}

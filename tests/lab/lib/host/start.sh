# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# What lab and demo have in common: settings, images, and a clean end.

set -u
for part in cases verdict host/ui host/cache host/packages host/kernels host/initrd host/dom0 host/guest host/hvm \
	host/modules host/qemu host/queue host/session host/workers host/report; do
	# shellcheck source=/dev/null
	. "$LAB/lib/$part.sh"
done
KERNEL=${KERNEL:-stock} RUN_DIR=

# A busy host makes a vCPU of software emulation wait longer than the kernel's own limits.
GUEST_KERNEL_OPTIONS="oops=panic mitigations=off watchdog_thresh=30 rcupdate.rcu_cpu_stall_timeout=60 ${GUEST_OPTIONS:-}"
# Registers that Xen does not let a PV guest read: the kernels of distributions are built to read on without a word.
[[ $KERNEL != debug ]] || GUEST_KERNEL_OPTIONS+=' xen_msr_safe=1'

settings_check() {
	local kind
	for kind in $GUEST; do
		[[ $kind =~ ^(pv|pvh|hvm)$ ]] || die "GUEST=$kind: there are pv, pvh and hvm"
		[[ $KERNEL != noxen || $kind == hvm ]] || die "KERNEL=noxen boots in no ${kind^^} guest: GUEST=hvm"
	done
	[[ $KERNEL =~ ^(stock|debug|noxen)$ ]] || die "KERNEL=$KERNEL: there are stock, debug and noxen"
	[[ ${QEMU_CLOCKS[$CLOCK]:-} ]] || die "LAB_CLOCK=$CLOCK: there are host and instructions"
	[[ $JOBS =~ ^[1-9][0-9]*$ ]] || die "LAB_JOBS=$JOBS: not a number above 0"
	[[ $CLOCK != host || $JOBS == 1 ]] || die "LAB_JOBS=$JOBS: by the host's clock machines slow each other down, so one runs at a time"
	[[ ${LAB_UNTIL:-0} =~ ^[0-9]+$ ]] || die "LAB_UNTIL=$LAB_UNTIL: not a time in seconds since 1970"
	[[ ! ${MODULES:-} || -d $MODULES ]] || die "MODULES=$MODULES: no such directory"
}

# cases_check: a name in CASES that is no case must not be passed over.
cases_check() {
	local name
	[[ ${CASES:-} ]] || return 0
	while read -r name; do
		[[ -f $CASES_DIR/$name ]] || die "CASES: no case is called '$name'; tests/lab/lab --list shows them"
	done < <(cases_wanted)
}

interrupted() {
	trap '' INT TERM
	say ""
	say "${0##*/}: interrupted; QEMU is stopped and nothing half-built is left${RUN_DIR:+; logs: $RUN_DIR}"
	exit 130
}

cleanup() {
	workers_stop
	qemu_stop
	cache_cleanup
}

prepare() {
	packages_check
	if [[ ! ${LAB_QEMU:-} ]]; then
		if [[ ${QEMU_AS_IT_IS:-} && $GUEST == pv ]]; then
			qemu_take_built
		else
			stage "QEMU" qemu_prepare
		fi
	fi
	stage "kernel and hypervisor" kernels_prepare
	stage "image of dom0" dom0_prepare
	stage "image of the guest" guest_prepare
	stage "modules" modules_prepare
	session_programs
}

# start: everything that has to be there before a case can run. Sets RUN_DIR.
start() {
	settings_check
	trap interrupted INT TERM
	trap cleanup EXIT
	cache_init
	cache_tidy
	report_start
	[[ $KERNEL == stock ]] || modules_find_kernel
	prepare
	[[ $CLOCK == host ]] || cache_share
}

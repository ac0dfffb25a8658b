# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# What in a log is a failure, whoever wrote it and whatever the case says. Used on the host and in dom0.

VERDICT_PATTERNS='BUG:|kernel BUG at|WARNING: |Oops: |Oops\[|general protection fault|Kernel panic'
VERDICT_PATTERNS+='|Call Trace:|unable to handle|double fault|invalid opcode:|stack segment:|divide error:'
VERDICT_PATTERNS+='|INFO: task .* blocked for more than|soft lockup|hard LOCKUP|self-detected stall|detected stalls? on'
VERDICT_PATTERNS+='|rcu_.*kthread starved|possible circular locking|possible recursive locking|inconsistent lock state'
VERDICT_PATTERNS+='|suspicious RCU usage|INFO: trying to register non-static|bad unlock balance|held lock freed'
VERDICT_PATTERNS+='|still in use|leaked memory|suspected memory leaks|unreferenced object|KASAN:|KCSAN:|UBSAN:|refcount_t: |list_(add|del) corruption'
VERDICT_PATTERNS+='|scheduling while atomic|sleeping function called|Bad page|nobody cared|NETDEV WATCHDOG|Out of memory:'
VERDICT_PATTERNS+='|\(XEN\).*(Assertion .* failed|Xen BUG at|Xen WARN at|Panic on CPU|Triple fault|Domain [0-9]+ \(vcpu#.*\) crashed)'
VERDICT_PATTERNS+='|\(XEN\).*(bad grant|Bad (flags|ref|grant)|Attempt to unmap|crashed on cpu#)'

# What looks like one of these, and is how Debian's kernels start on a healthy machine.
VERDICT_HARMLESS='WARNING: Spectre|Spectre V[0-9] : WARNING|WARNING: CPU hotplug|WARNING! power/level is deprecated'

# verdict_scan: from a log on stdin, the lines that are failures.
verdict_scan() {
	LC_ALL=C tr -d '\r' | LC_ALL=C grep -a -E "$VERDICT_PATTERNS" | LC_ALL=C grep -a -v -E "$VERDICT_HARMLESS" |
		sed -E 's/^(<[0-9]+>)?\[[ 0-9.]+\] *//'
}

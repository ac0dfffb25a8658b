// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hypercalls of an HVM guest on x86: one instruction, number and arguments in
 * registers, and no executable page that Xen would have to write (XSA-466).
 *
 * The instruction is chosen in module init and constant afterwards: no lock.
 */
#include <asm/processor.h>
#include <linux/kernel.h>
#include <xen/interface/xen.h>
#include <xpv/hypercall.h>

#include "../arch.h"

/* AMD's instruction; else Intel's. The wrong one is an invalid opcode. */
static bool use_vmmcall __read_mostly;

/*
 * Xen returns in RAX and preserves all other registers but those of the
 * arguments, which a debug build of Xen clobbers.
 */
static long issue_hypercall(unsigned int number, unsigned long a1,
			    unsigned long a2, unsigned long a3)
{
	unsigned long rax = number;

	if (use_vmmcall)
		asm volatile("vmmcall"
			     : "+a"(rax), "+D"(a1), "+S"(a2), "+d"(a3)
			     :
			     : "memory");
	else
		asm volatile("vmcall"
			     : "+a"(rax), "+D"(a1), "+S"(a2), "+d"(a3)
			     :
			     : "memory");
	return rax;
}

static long issue_event_channel_op(int cmd, void *arg)
{
	return issue_hypercall(__HYPERVISOR_event_channel_op, cmd,
			       (unsigned long)arg, 0);
}

static long issue_grant_table_op(int cmd, void *arg, unsigned int count)
{
	return issue_hypercall(__HYPERVISOR_grant_table_op, cmd,
			       (unsigned long)arg, count);
}

static long issue_memory_op(int cmd, void *arg)
{
	return issue_hypercall(__HYPERVISOR_memory_op, cmd, (unsigned long)arg,
			       0);
}

static long issue_hvm_op(int cmd, void *arg)
{
	return issue_hypercall(__HYPERVISOR_hvm_op, cmd, (unsigned long)arg, 0);
}

static long issue_vcpu_op(int cmd, unsigned int vcpu, void *arg)
{
	return issue_hypercall(__HYPERVISOR_vcpu_op, cmd, vcpu,
			       (unsigned long)arg);
}

static long issue_sched_op(int cmd, void *arg)
{
	return issue_hypercall(__HYPERVISOR_sched_op, cmd, (unsigned long)arg,
			       0);
}

static long issue_version_op(int cmd, void *arg)
{
	return issue_hypercall(__HYPERVISOR_xen_version, cmd,
			       (unsigned long)arg, 0);
}

static const struct xpv_hypercall_ops instruction_ops = {
	.event_channel_op = issue_event_channel_op,
	.grant_table_op = issue_grant_table_op,
	.memory_op = issue_memory_op,
	.hvm_op = issue_hvm_op,
	.vcpu_op = issue_vcpu_op,
	.sched_op = issue_sched_op,
	.xen_version = issue_version_op,
};

const struct xpv_hypercall_ops *xpv_hv_arch_hypercalls(void)
{
	switch (boot_cpu_data.x86_vendor) {
	case X86_VENDOR_AMD:
	case X86_VENDOR_HYGON:
		use_vmmcall = true;
		return &instruction_ops;
	case X86_VENDOR_INTEL:
	case X86_VENDOR_CENTAUR:
	case X86_VENDOR_ZHAOXIN:
		use_vmmcall = false;
		return &instruction_ops;
	default:
		return NULL;
	}
}

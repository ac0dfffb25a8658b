// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hypercalls of an HVM guest: one instruction, number and arguments in
 * registers, no page of code that Xen would have to write (XSA-466).
 *
 * The ops table is set in module init, or by a simulator before any service
 * above is loaded, and constant afterwards: no lock.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <asm/processor.h>
#include <compat/linux/export.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <xen/interface/xen.h>
#include <xen/interface/hvm/hvm_op.h>
#include <xen/interface/version.h>
#include <xpv/hypercall.h>

#include "internal.h"

/* AMD's instruction; else Intel's. The wrong one is an invalid opcode. */
static bool use_vmmcall __read_mostly;

/*
 * Xen returns in RAX and leaves all other registers alone, but for those of
 * the arguments, which a debug build of it overwrites.
 */
static long issue(unsigned int number, unsigned long a1, unsigned long a2,
		  unsigned long a3)
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

static long real_event_channel_op(int cmd, void *arg)
{
	return issue(__HYPERVISOR_event_channel_op, cmd, (unsigned long)arg, 0);
}

static long real_grant_table_op(int cmd, void *arg, unsigned int count)
{
	return issue(__HYPERVISOR_grant_table_op, cmd, (unsigned long)arg,
		     count);
}

static long real_memory_op(int cmd, void *arg)
{
	return issue(__HYPERVISOR_memory_op, cmd, (unsigned long)arg, 0);
}

static long real_hvm_op(int cmd, void *arg)
{
	return issue(__HYPERVISOR_hvm_op, cmd, (unsigned long)arg, 0);
}

static long real_vcpu_op(int cmd, unsigned int vcpu, void *arg)
{
	return issue(__HYPERVISOR_vcpu_op, cmd, vcpu, (unsigned long)arg);
}

static long real_sched_op(int cmd, void *arg)
{
	return issue(__HYPERVISOR_sched_op, cmd, (unsigned long)arg, 0);
}

static long real_xen_version(int cmd, void *arg)
{
	return issue(__HYPERVISOR_xen_version, cmd, (unsigned long)arg, 0);
}

static const struct xpv_hypercall_ops real = {
	.event_channel_op = real_event_channel_op,
	.grant_table_op = real_grant_table_op,
	.memory_op = real_memory_op,
	.hvm_op = real_hvm_op,
	.vcpu_op = real_vcpu_op,
	.sched_op = real_sched_op,
	.xen_version = real_xen_version,
};

static const struct xpv_hypercall_ops *ops __read_mostly = &real;

/*
 * What Xen's public errno.h numbers, and what a guest may see. Most numbers
 * happen to be the same as ours on x86; that is not relied on. 38 says that
 * this Xen has no such hypercall.
 */
static const u8 errnos[] = {
	[1] = EPERM,
	[2] = ENOENT,
	[3] = ESRCH,
	[5] = EIO,
	[6] = ENXIO,
	[7] = E2BIG,
	[8] = ENOEXEC,
	[9] = EBADF,
	[10] = ECHILD,
	[11] = EAGAIN,
	[12] = ENOMEM,
	[13] = EACCES,
	[14] = EFAULT,
	[16] = EBUSY,
	[17] = EEXIST,
	[18] = EXDEV,
	[19] = ENODEV,
	[20] = ENOTDIR,
	[21] = EISDIR,
	[22] = EINVAL,
	[23] = ENFILE,
	[24] = EMFILE,
	[28] = ENOSPC,
	[30] = EROFS,
	[31] = EMLINK,
	[33] = EDOM,
	[34] = ERANGE,
	[35] = EDEADLK,
	[36] = ENAMETOOLONG,
	[37] = ENOLCK,
	[38] = EOPNOTSUPP,
	[39] = ENOTEMPTY,
	[61] = ENODATA,
	[62] = ETIME,
	[74] = EBADMSG,
	[75] = EOVERFLOW,
	[84] = EILSEQ,
	[88] = ENOTSOCK,
	[90] = EMSGSIZE,
	[95] = EOPNOTSUPP,
	[98] = EADDRINUSE,
	[99] = EADDRNOTAVAIL,
	[105] = ENOBUFS,
	[106] = EISCONN,
	[107] = ENOTCONN,
	[110] = ETIMEDOUT,
	[111] = ECONNREFUSED,
};

/* Any errno of Xen's into one of ours; a number it must not give is -EIO. */
static long translate(long ret)
{
	if (ret >= 0)
		return ret;
	if (-ret < ARRAY_SIZE(errnos) && errnos[-ret])
		return -(long)errnos[-ret];
	return -EIO;
}

long xpv_hv_event_channel_op(int cmd, void *arg)
{
	return translate(ops->event_channel_op(cmd, arg));
}
XPV_EXPORT_SYMBOL(xpv_hv_event_channel_op);

long xpv_hv_grant_table_op(int cmd, void *arg, unsigned int count)
{
	return translate(ops->grant_table_op(cmd, arg, count));
}
XPV_EXPORT_SYMBOL(xpv_hv_grant_table_op);

long xpv_hv_memory_op(int cmd, void *arg)
{
	return translate(ops->memory_op(cmd, arg));
}
XPV_EXPORT_SYMBOL(xpv_hv_memory_op);

long xpv_hv_hvm_op(int cmd, void *arg)
{
	return translate(ops->hvm_op(cmd, arg));
}
XPV_EXPORT_SYMBOL(xpv_hv_hvm_op);

long xpv_hv_vcpu_op(int cmd, unsigned int vcpu, void *arg)
{
	return translate(ops->vcpu_op(cmd, vcpu, arg));
}
XPV_EXPORT_SYMBOL(xpv_hv_vcpu_op);

long xpv_hv_sched_op(int cmd, void *arg)
{
	return translate(ops->sched_op(cmd, arg));
}
XPV_EXPORT_SYMBOL(xpv_hv_sched_op);

long xpv_hv_version_op(int cmd, void *arg)
{
	return translate(ops->xen_version(cmd, arg));
}
XPV_EXPORT_SYMBOL(xpv_hv_version_op);

int xpv_hv_param(u32 index, u64 *value)
{
	struct xen_hvm_param op = { .domid = DOMID_SELF, .index = index };
	int err = xpv_hv_hvm_op(HVMOP_get_param, &op);

	if (err < 0)
		return err;
	*value = op.value;
	return 0;
}
XPV_EXPORT_SYMBOL(xpv_hv_param);

int xpv_hv_param_set(u32 index, u64 value)
{
	struct xen_hvm_param op = {
		.domid = DOMID_SELF,
		.index = index,
		.value = value,
	};
	int err = xpv_hv_hvm_op(HVMOP_set_param, &op);

	return err < 0 ? err : 0;
}
XPV_EXPORT_SYMBOL(xpv_hv_param_set);

bool xpv_hv_simulated(void)
{
	return ops != &real;
}

void xpv_hv_hypercall_replace(const struct xpv_hypercall_ops *new)
{
	ops = new ? new : &real;
}

void xpv_hv_hypercall_hold(bool hold)
{
	if (hold)
		__module_get(ops->owner);
	else
		module_put(ops->owner);
}

static int choose_instruction(void)
{
	switch (boot_cpu_data.x86_vendor) {
	case X86_VENDOR_AMD:
	case X86_VENDOR_HYGON:
		use_vmmcall = true;
		return 0;
	case X86_VENDOR_INTEL:
	case X86_VENDOR_CENTAUR:
	case X86_VENDOR_ZHAOXIN:
		use_vmmcall = false;
		return 0;
	default:
		return -EOPNOTSUPP;
	}
}

int xpv_hv_hypercall_init(void)
{
	long version;
	int err;

	err = xpv_hv_simulated() ? 0 : choose_instruction();
	if (err)
		return err;
	version = xpv_hv_version_op(XENVER_version, NULL);
	return version < 0 ? version : 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hypercalls: issued by the architecture (arch.h) or by a simulator, and Xen's
 * errors as errno.
 *
 * The ops table is set in module init, or by a simulator before any service
 * above is loaded, and constant afterwards: no lock.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <compat/linux/export.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <xen/interface/xen.h>
#include <xen/interface/hvm/hvm_op.h>
#include <xen/interface/version.h>
#include <xpv/hypercall.h>

#include "../arch.h"
#include "../internal.h"

/* Xen's number for a hypercall that it does not have, see below */
#define XEN_ENOSYS	38

static long absent_op(int cmd, void *arg)
{
	return -XEN_ENOSYS;
}

static long absent_grant_table_op(int cmd, void *arg, unsigned int count)
{
	return -XEN_ENOSYS;
}

static long absent_vcpu_op(int cmd, unsigned int vcpu, void *arg)
{
	return -XEN_ENOSYS;
}

/* While xpv does not own the domain, each hypercall fails. */
static const struct xpv_hypercall_ops absent_ops = {
	.event_channel_op = absent_op,
	.grant_table_op = absent_grant_table_op,
	.memory_op = absent_op,
	.hvm_op = absent_op,
	.vcpu_op = absent_vcpu_op,
	.sched_op = absent_op,
	.xen_version = absent_op,
};

static const struct xpv_hypercall_ops *ops __read_mostly = &absent_ops;
static bool simulated __read_mostly;

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
	[XEN_ENOSYS] = EOPNOTSUPP,
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
	return simulated;
}

void xpv_hv_hypercall_replace(const struct xpv_hypercall_ops *new)
{
	ops = new ? new : &absent_ops;
	simulated = new;
}

void xpv_hv_hypercall_hold(bool hold)
{
	if (hold)
		__module_get(ops->owner);
	else
		module_put(ops->owner);
}

static int use_arch_hypercalls(void)
{
	const struct xpv_hypercall_ops *arch = xpv_hv_arch_hypercalls();

	if (!arch)
		return -EOPNOTSUPP;
	ops = arch;
	return 0;
}

int xpv_hv_hypercall_init(void)
{
	long version;
	int err;

	err = xpv_hv_simulated() ? 0 : use_arch_hypercalls();
	if (err)
		return err;
	version = xpv_hv_version_op(XENVER_version, NULL);
	return version < 0 ? version : 0;
}

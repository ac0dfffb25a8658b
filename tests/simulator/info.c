// SPDX-License-Identifier: GPL-2.0-only
/*
 * Small talk: what the guest may ask about this Xen, and the parameters of its
 * domain. Parameters are written under xsim_lock.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <xen/interface/xen.h>
#include <xen/interface/features.h>
#include <xen/interface/hvm/hvm_op.h>
#include <xen/interface/hvm/params.h>
#include <xen/interface/sched.h>
#include <xen/interface/vcpu.h>
#include <xen/interface/version.h>

#include "simulator.h"

#define XEN_MAJOR	4
#define XEN_MINOR	17

static u64 params[HVM_NR_PARAMS];

void xsim_param_set_locked(u32 index, u64 value)
{
	lockdep_assert_held(&xsim_lock);
	params[index] = value;
}

void xsim_param_set(u32 index, u64 value)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&xsim_lock, flags);
	xsim_param_set_locked(index, value);
	raw_spin_unlock_irqrestore(&xsim_lock, flags);
}

u64 xsim_param(u32 index)
{
	unsigned long flags;
	u64 value;

	raw_spin_lock_irqsave(&xsim_lock, flags);
	value = params[index];
	raw_spin_unlock_irqrestore(&xsim_lock, flags);
	return value;
}

/* Those that a guest may write itself, as in Xen. */
static bool is_guests(u32 index)
{
	switch (index) {
	case HVM_PARAM_CALLBACK_IRQ:
	case HVM_PARAM_STORE_EVTCHN:
	case HVM_PARAM_CONSOLE_EVTCHN:
		return true;
	default:
		return false;
	}
}

static long param_op(int cmd, struct xen_hvm_param *op)
{
	if (op->domid != DOMID_SELF || op->index >= HVM_NR_PARAMS)
		return -EINVAL;
	if (cmd == HVMOP_get_param) {
		op->value = xsim_param(op->index);
		return 0;
	}
	if (!is_guests(op->index)) {
		xsim_violation("hvm: parameter %u is not the guest's to write",
			       op->index);
		return -EPERM;
	}
	xsim_param_set(op->index, op->value);
	return 0;
}

long xsim_hvm_op(int cmd, void *arg)
{
	switch (cmd) {
	case HVMOP_get_param:
	case HVMOP_set_param:
		return param_op(cmd, arg);
	default:
		return -XEN_ENOSYS;
	}
}

long xsim_sched_op(int cmd, void *arg)
{
	switch (cmd) {
	case SCHEDOP_yield:
	case SCHEDOP_block:
		return 0;
	case SCHEDOP_shutdown:
		return xsim_shutdown_op(arg);
	default:
		return -XEN_ENOSYS;
	}
}

long xsim_vcpu_op(int cmd, unsigned int vcpu, void *arg)
{
	const struct vcpu_register_vcpu_info *op = arg;

	if (cmd != VCPUOP_register_vcpu_info)
		return -XEN_ENOSYS;
	return xsim_register_vcpu_info(vcpu, op->mfn, op->offset);
}

static long compile_info(struct xen_compile_info *info)
{
	strscpy(info->compiler, "gcc", sizeof(info->compiler));
	strscpy(info->compile_by, "nobody", sizeof(info->compile_by));
	strscpy(info->compile_domain, "nowhere", sizeof(info->compile_domain));
	strscpy(info->compile_date, "never", sizeof(info->compile_date));
	return 0;
}

static long features(struct xen_feature_info *info)
{
	if (info->submap_idx)
		return -EINVAL;
	info->submap = BIT(XENFEAT_hvm_callback_vector) |
		       BIT(XENFEAT_hvm_safe_pvclock);
	return 0;
}

static long text(void *arg, const char *value, size_t size)
{
	strscpy_pad(arg, value, size);
	return 0;
}

long xsim_version_op(int cmd, void *arg)
{
	switch (cmd) {
	case XENVER_version:
		return XEN_MAJOR << 16 | XEN_MINOR;
	case XENVER_extraversion:
		return text(arg, "-simulated", XEN_EXTRAVERSION_LEN);
	case XENVER_compile_info:
		return compile_info(arg);
	case XENVER_capabilities:
		return text(arg, "hvm-3.0-x86_64", XEN_CAPABILITIES_INFO_LEN);
	case XENVER_changeset:
		return text(arg, "none", XEN_CHANGESET_INFO_LEN);
	case XENVER_platform_parameters:
		((struct xen_platform_parameters *)arg)->virt_start = 0;
		return 0;
	case XENVER_get_features:
		return features(arg);
	case XENVER_pagesize:
		return PAGE_SIZE;
	case XENVER_guest_handle:
		memset(arg, 0x5a, sizeof(xen_domain_handle_t));
		return 0;
	default:
		return -XEN_ENOSYS;
	}
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Facts from a kernel that found Xen itself and owns the domain. On a kernel
 * without a Xen core the questions fold to "no".
 */
#include <linux/kconfig.h>
#include <linux/types.h>
#include <xen/interface/xen.h>
#include <xen/interface/version.h>
#include <xen/xen.h>
#ifdef CONFIG_XEN
/* On a kernel without PARAVIRT either, this header does not compile. */
#include <asm/xen/hypercall.h>
#endif

#include "internal.h"

static enum xpv_guest guest_kind(void)
{
	if (xen_pv_domain())
		return XPV_GUEST_PV;
	return xen_pvh_domain() ? XPV_GUEST_PVH : XPV_GUEST_HVM;
}

static void read_version(struct xpv_hv_facts *facts)
{
#ifdef CONFIG_XEN
	/* XENVER_version cannot fail: major in the upper, minor in the lower half */
	int version = HYPERVISOR_xen_version(XENVER_version, NULL);

	facts->major = version >> 16;
	facts->minor = version & 0xffff;
#endif
}

bool xpv_hv_ask_kernel(struct xpv_hv_facts *facts)
{
	if (!IS_ENABLED(CONFIG_XEN) || !xen_domain())
		return false;

	facts->owner = XPV_OWNER_KERNEL;
	facts->guest = guest_kind();
	read_version(facts);
	return true;
}

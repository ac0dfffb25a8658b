// SPDX-License-Identifier: GPL-2.0-only
/*
 * An architecture on which xpv cannot drive Xen itself: user-mode Linux, where
 * the hypervisor is the simulator. It finds no Xen, has no hypercall
 * instruction, no upcalls and no platform device.
 */
#include <compat/linux/export.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <xpv/frames.h>
#include <xpv/hypercall.h>

#include "arch.h"
#include "internal.h"

bool xpv_hv_detect(struct xpv_hv_facts *facts)
{
	return false;
}

u32 xpv_hv_this_vcpu(void)
{
	return 0;
}

const struct xpv_hypercall_ops *xpv_hv_arch_hypercalls(void)
{
	return NULL;
}

int xpv_hv_upcall_vector_init(void)
{
	return -ENODEV;
}

void xpv_hv_upcall_vector_exit(void)
{
}

bool xpv_hv_upcall_vector_told(unsigned int cpu)
{
	return false;
}

int xpv_hv_upcall_intx_init(void)
{
	return -ENODEV;
}

void xpv_hv_upcall_intx_exit(void)
{
}

int xpv_hv_platform_init(void)
{
	return 0;
}

void xpv_hv_platform_exit(void)
{
}

int xpv_hv_unplug_negotiate(void)
{
	return 0;
}

void xpv_hv_unplug(void)
{
}
XPV_EXPORT_SYMBOL(xpv_hv_unplug);

/* The simulator sets aside pages of this kernel's own RAM. */
void *xpv_hv_special_page_map(u64 pfn)
{
	return __va(pfn << PAGE_SHIFT);
}
XPV_EXPORT_SYMBOL(xpv_hv_special_page_map);

void xpv_hv_special_page_unmap(void *page)
{
}
XPV_EXPORT_SYMBOL(xpv_hv_special_page_unmap);

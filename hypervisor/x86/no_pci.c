// SPDX-License-Identifier: GPL-2.0-only
/*
 * A kernel without PCI: it finds no platform device, so that upcalls have
 * vectors only and no emulated device is unplugged.
 */
#include <compat/linux/export.h>
#include <linux/errno.h>
#include <xpv/hypercall.h>

#include "../arch.h"

int xpv_hv_platform_init(void)
{
	return 0;
}

void xpv_hv_platform_exit(void)
{
}

int xpv_hv_platform_intx(unsigned int *irq, u64 *via)
{
	return -ENODEV;
}

int xpv_hv_unplug_negotiate(void)
{
	return 0;
}

void xpv_hv_unplug(void)
{
}
XPV_EXPORT_SYMBOL(xpv_hv_unplug);

// SPDX-License-Identifier: GPL-2.0-only
/*
 * A peer's fault: told from any context, acted upon by the device's work.
 * Without a lock: whoever claims the fault first owns its text until it is
 * told.
 */
#include <compat/linux/export.h>
#include <linux/bitops.h>
#include <linux/kernel.h>

#include "internal.h"

/* Bits of xpv_device.faulty */
#define FAULT_CLAIMED	0
#define FAULT_TOLD	1
#define FAULT_SILENCE	2

int xpv_bus_fatal(struct xpv_device *xdev, int err, const char *fmt, ...)
{
	va_list args;

	if (test_and_set_bit(FAULT_CLAIMED, &xdev->faulty))
		return err;

	va_start(args, fmt);
	vsnprintf(xdev->fault, sizeof(xdev->fault), fmt, args);
	va_end(args);
	if (err == -ETIMEDOUT)
		set_bit(FAULT_SILENCE, &xdev->faulty);
	dev_err(xdev->dev, "%s (error %d): closing the device\n", xdev->fault,
		err);

	/* The record before the flag; pairs with the acquire in xpv_fault_told(). */
	smp_mb__before_atomic();
	set_bit(FAULT_TOLD, &xdev->faulty);
	xpv_device_kick(xdev);
	return err;
}
XPV_EXPORT_SYMBOL(xpv_bus_fatal);

bool xpv_fault_told(const struct xpv_device *xdev)
{
	/* Pairs with the barrier before FAULT_TOLD is set. */
	return smp_load_acquire(&xdev->faulty) & BIT(FAULT_TOLD);
}

/* Whether the peer did nothing wrong that we know of, but nothing else either. */
bool xpv_fault_is_silence(const struct xpv_device *xdev)
{
	return xpv_fault_told(xdev) && test_bit(FAULT_SILENCE, &xdev->faulty);
}

/* For the toolstack's eyes; nothing depends on it, so errors are dropped. */
void xpv_fault_publish(struct xpv_device *xdev)
{
	char dir[64];

	snprintf(dir, sizeof(dir), "error/%s", xdev->nodename);
	xpv_xs_printf(NULL, dir, "error", "%s", xdev->fault);
}

/* A new connection starts with a clean record. */
void xpv_fault_forget(struct xpv_device *xdev)
{
	lockdep_assert_held(&xdev->lock);
	xdev->closed_by_fault = false;
	/* The record before the claim; pairs with xpv_bus_fatal()'s test_and_set_bit(). */
	smp_store_release(&xdev->faulty, 0);
}

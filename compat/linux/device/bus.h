/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a bus's callbacks may change. Since v6.11 (d69d80484598 "driver core:
 * have match() callback in struct bus_type take a const *") match gets a const
 * driver; since v6.3 (2a81ada32f0e "driver core: make struct bus_type.uevent()
 * take a const *") uevent gets a const device. Drop this file with v6.10.
 */
#ifndef _XPV_COMPAT_LINUX_DEVICE_BUS_H
#define _XPV_COMPAT_LINUX_DEVICE_BUS_H

#include <linux/device/bus.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
#define XPV_MATCH_CONST const
#else
#define XPV_MATCH_CONST
#endif

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
#define XPV_UEVENT_CONST const
#else
#define XPV_UEVENT_CONST
#endif

#endif /* _XPV_COMPAT_LINUX_DEVICE_BUS_H */

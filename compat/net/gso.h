/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Cutting large packets up. It has a header of its own since v6.5 (d457a0e329b0
 * "net: move gso declarations and functions to their own files").
 * Drop this file with v6.1.
 */
#ifndef _XPV_COMPAT_NET_GSO_H
#define _XPV_COMPAT_NET_GSO_H

#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
#include <linux/netdevice.h>
#else
#include <net/gso.h>
#endif

#endif /* _XPV_COMPAT_NET_GSO_H */

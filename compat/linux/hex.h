/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mac_pton(). Since v7.0 (24c776355f40 "kernel.h: drop hex.h and update all
 * hex.h users") it has to be asked for; drop this file with v6.1, which has no
 * <linux/hex.h>.
 */
#ifndef _XPV_COMPAT_LINUX_HEX_H
#define _XPV_COMPAT_LINUX_HEX_H

#include <linux/version.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 0, 0)
#include <linux/hex.h>
#else
#include <linux/kernel.h>
#endif

#endif /* _XPV_COMPAT_LINUX_HEX_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Merging of requests. Since v6.14 it is not a flag of the tag set any more,
 * but what every queue does. Drop this file with v6.13.
 */
#ifndef _XPV_COMPAT_LINUX_BLK_MQ_H
#define _XPV_COMPAT_LINUX_BLK_MQ_H

#include <linux/blk-mq.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 14, 0)
#define XPV_BLK_MQ_F_MERGE 0
#else
#define XPV_BLK_MQ_F_MERGE BLK_MQ_F_SHOULD_MERGE
#endif

#endif /* _XPV_COMPAT_LINUX_BLK_MQ_H */

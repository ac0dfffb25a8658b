/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hrtimer_setup() came with v6.13 (908a1d775422 "hrtimers: Introduce
 * hrtimer_setup() to replace hrtimer_init()"). To be deleted with 6.12.
 */
#ifndef _XPV_COMPAT_LINUX_HRTIMER_H
#define _XPV_COMPAT_LINUX_HRTIMER_H

#include <linux/hrtimer.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
static inline void
hrtimer_setup(struct hrtimer *timer,
	      enum hrtimer_restart (*function)(struct hrtimer *timer),
	      clockid_t clock, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock, mode);
	timer->function = function;
}
#endif

#endif /* _XPV_COMPAT_LINUX_HRTIMER_H */

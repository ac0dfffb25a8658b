/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An interrupt chip that can move an interrupt at any time. Since v6.14
 * (f94a18249b7f "genirq: Remove IRQ_MOVE_PCNTXT and related code") every chip
 * can, unless it says otherwise; before that each interrupt has to be marked.
 * Drop this file with v6.12.
 */
#ifndef _XPV_COMPAT_LINUX_IRQ_H
#define _XPV_COMPAT_LINUX_IRQ_H

#include <linux/irq.h>
#include <linux/version.h>

static inline void xpv_irq_moves_at_once(unsigned int irq)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 14, 0)
	irq_set_status_flags(irq, IRQ_MOVE_PCNTXT);
#endif
}

#endif /* _XPV_COMPAT_LINUX_IRQ_H */

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The end of interrupt, late: the port stays masked until the work an event
 * started is done. A peer that rings without a reason again and again is heard
 * less and less (XSA-391): the end comes ever later, up to a second. One
 * event that had a reason, be it that the work was found by polling before,
 * and all is forgotten.
 */
#include <linux/jiffies.h>
#include <linux/minmax.h>

#include "native.h"

/* A poll and an event can miss each other: that much is nobody's fault. */
#define FORGIVEN	2

/* Jiffies from one event without a reason to the next: 1, 2, 4, ... */
static unsigned long delay_after(unsigned int spurious)
{
	unsigned int shift;

	if (spurious <= FORGIVEN)
		return 0;
	shift = min(spurious - FORGIVEN - 1, 16u);
	return min_t(unsigned long, 1ul << shift, HZ);
}

static void unmask_late(struct timer_list *timer)
{
	struct xpv_chan *chan = container_of(timer, struct xpv_chan, eoi);

	xpv_chan_unmask(chan, XPV_MASK_EOI);
}

static void end_locked(struct xpv_chan *chan, bool spurious)
{
	unsigned long delay;

	lockdep_assert_held(&chan->lock);
	if (!spurious)
		chan->spurious = 0;
	else if (chan->spurious < U8_MAX)
		chan->spurious++;

	delay = delay_after(chan->spurious);
	if (!delay)
		xpv_chan_unmask_locked(chan, XPV_MASK_EOI);
	else if (!(chan->masked & XPV_MASK_DEAD))
		/* xpv_chan_eoi_exit() comes after that reason, and disarms. */
		mod_timer(&chan->eoi, jiffies + delay);
}

void xpv_chan_eoi(struct xpv_chan *chan, bool spurious)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&chan->lock, flags);
	if (chan->masked & XPV_MASK_EOI)
		end_locked(chan, spurious);
	raw_spin_unlock_irqrestore(&chan->lock, flags);
}

void xpv_chan_eoi_init(struct xpv_chan *chan)
{
	timer_setup(&chan->eoi, unmask_late, 0);
}

void xpv_chan_eoi_exit(struct xpv_chan *chan)
{
	timer_delete_sync(&chan->eoi);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Event channels of a queue: one for each direction, or one for both if the
 * backend knows of no others.
 */
#ifndef _XNF_CHANNEL_H
#define _XNF_CHANNEL_H

#include <linux/bitops.h>
#include <xpv/event_channel.h>

struct xnf_queue;

#define XNF_CHANNELS 2

/* Bits of struct xnf_channel.flags. */
enum xnf_channel_flag {
	/* The interrupt handler ran, and its end is still to be told. */
	XNF_EOI_OWED,
	/* Responses that it may have been raised for were consumed since. */
	XNF_WORKED,
};

/**
 * struct xnf_channel - a doorbell, and the interrupt that is the peer's
 * @evtchn: it, closed if the other one is for both directions
 * @q: queue
 * @flags: bits of enum xnf_channel_flag; the handler sets %XNF_EOI_OWED,
 *	anything else is done by whoever owns the queue's NAPI
 * @name: of the interrupt
 */
struct xnf_channel {
	struct xpv_evtchn evtchn;
	struct xnf_queue *q;
	unsigned long flags;
	char name[32];
};

/**
 * struct xnf_ends - interrupts whose end is about to be told
 * @flags: what the flags of each channel were
 */
struct xnf_ends {
	unsigned long flags[XNF_CHANNELS];
};

static inline void xnf_channel_ring(const struct xnf_channel *ch)
{
	xpv_evtchn_send(&ch->evtchn);
}

static inline void xnf_channel_worked(struct xnf_channel *ch)
{
	if (!test_bit(XNF_WORKED, &ch->flags))
		set_bit(XNF_WORKED, &ch->flags);
}

int xnf_channels_open(struct xnf_queue *q, bool split);
void xnf_channels_close(struct xnf_queue *q);
void xnf_channels_set_cpu(const struct xnf_queue *q, unsigned int cpu);
struct xnf_ends xnf_channels_take_ends(struct xnf_queue *q);
void xnf_channels_give_back(struct xnf_queue *q, const struct xnf_ends *ends);
void xnf_channels_end(const struct xnf_queue *q, const struct xnf_ends *ends);

#endif /* _XNF_CHANNEL_H */

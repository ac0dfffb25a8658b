// SPDX-License-Identifier: GPL-2.0-only
/*
 * Event channels of a queue, and the beginning and end of their interrupts. Both
 * run the one poll of the queue: so what was received is taken along with what
 * was sent, whichever the peer rings for.
 */
#include <linux/interrupt.h>
#include <linux/netdevice.h>
#include "netfront.h"

static irqreturn_t interrupt(int irq, void *data)
{
	struct xnf_channel *ch = data;

	/* Before the poll that looks for it is scheduled. */
	set_bit(XNF_EOI_OWED, &ch->flags);
	if (!xnf_queue_broken(ch->q))
		napi_schedule(&ch->q->napi);
	return IRQ_HANDLED;
}

static int open_one(struct xnf_queue *q, struct xnf_channel *ch,
		    const char *suffix)
{
	const struct xpv_device *xdev = q->front->xdev;

	ch->q = q;
	snprintf(ch->name, sizeof(ch->name), "%s-q%u%s", dev_name(xdev->dev),
		 q->id, suffix);
	return xpv_evtchn_open(&ch->evtchn, xdev->peer, interrupt, ch->name, ch);
}

/**
 * xnf_channels_open - make the channels of a connection
 * @q: queue without channels
 * @split: one for each direction, as the peer knows of that
 *
 * xen-netback of Linux 6.1 and 6.12 may lose the event that it gets when it binds
 * the port of the receive ring, and with it all others. What the guest sends
 * would then wait for ever if it had to ring for it there.
 *
 * Context: process.
 * Return: 0 or -errno, with nothing left behind.
 */
int xnf_channels_open(struct xnf_queue *q, bool split)
{
	struct xnf_channel *tx = &q->channels[0], *rx = &q->channels[1];
	int err;

	err = open_one(q, tx, split ? "-tx" : "");
	if (!err && split)
		err = open_one(q, rx, "-rx");
	if (err)
		xnf_channels_close(q);
	q->tx.channel = tx;
	q->rx.channel = split ? rx : tx;
	return err;
}

/**
 * xnf_channels_close - undo xnf_channels_open()
 * @q: stopped queue, with channels or without
 *
 * Context: process.
 */
void xnf_channels_close(struct xnf_queue *q)
{
	struct xnf_channel *ch;

	for (ch = q->channels; ch < q->channels + XNF_CHANNELS; ch++) {
		xpv_evtchn_close(&ch->evtchn);
		/* An end that was never told is not the next connection's. */
		ch->flags = 0;
	}
}

/**
 * xnf_channels_set_cpu - have a queue's interrupts come in on one processor
 * @q: connected queue
 * @cpu: it, online
 *
 * Context: process.
 */
void xnf_channels_set_cpu(const struct xnf_queue *q, unsigned int cpu)
{
	xpv_evtchn_set_cpu(&q->tx.channel->evtchn, cpu);
	if (q->rx.channel != q->tx.channel)
		xpv_evtchn_set_cpu(&q->rx.channel->evtchn, cpu);
}

/* Nobody else clears a bit, and no handler runs before the end was told. */
static unsigned long take_end(struct xnf_channel *ch)
{
	if (!test_bit(XNF_EOI_OWED, &ch->flags))
		return 0;
	return xchg(&ch->flags, 0);
}

/**
 * xnf_channels_take_ends - the interrupts so far are dealt with
 * @q: queue
 *
 * Before the poll is complete: as soon as it is, the other channel may start
 * another one elsewhere, which does not end these.
 *
 * Context: NAPI.
 * Return: what to end, once it is complete.
 */
struct xnf_ends xnf_channels_take_ends(struct xnf_queue *q)
{
	struct xnf_ends ends;
	unsigned int i;

	for (i = 0; i < XNF_CHANNELS; i++)
		ends.flags[i] = take_end(&q->channels[i]);
	return ends;
}

/**
 * xnf_channels_give_back - the poll goes on, and so do the interrupts
 * @q: queue
 * @ends: of xnf_channels_take_ends()
 *
 * Context: NAPI, or just after it.
 */
void xnf_channels_give_back(struct xnf_queue *q, const struct xnf_ends *ends)
{
	unsigned int i;

	for (i = 0; i < XNF_CHANNELS; i++) {
		if (test_bit(XNF_WORKED, &ends->flags[i]))
			set_bit(XNF_WORKED, &q->channels[i].flags);
		if (test_bit(XNF_EOI_OWED, &ends->flags[i]))
			set_bit(XNF_EOI_OWED, &q->channels[i].flags);
	}
}

static void end(const struct xnf_channel *ch, unsigned long flags)
{
	/* The work may be an earlier poll's: the peer had a reason all the same. */
	bool worked = test_bit(XNF_WORKED, &flags);

	if (test_bit(XNF_EOI_OWED, &flags))
		xpv_evtchn_eoi(&ch->evtchn,
			       worked ? XPV_EOI_WORK : XPV_EOI_SPURIOUS);
}

/**
 * xnf_channels_end - tell the end of interrupts: others may come in
 * @q: queue, its poll complete
 * @ends: of xnf_channels_take_ends()
 *
 * Context: softirq.
 */
void xnf_channels_end(const struct xnf_queue *q, const struct xnf_ends *ends)
{
	unsigned int i;

	for (i = 0; i < XNF_CHANNELS; i++)
		end(&q->channels[i], ends->flags[i]);
}

// SPDX-License-Identifier: GPL-2.0-only
/* Packets that the guest sends: taken from its ring, put on the wire, answered. */
#include <linux/delay.h>
#include "net.h"

/* Return: whether there is a packet. */
static bool await(struct xsim_net_queue *q, u32 *avail)
{
	do {
		if (xsim_ring_poll(&q->tx, avail)) {
			q->dead = true;
			return false;
		}
		if (*avail)
			return true;
	} while (xsim_ring_arm(&q->tx, q->tx.req_cons));
	return false;
}

/**
 * xsim_net_tx - take one packet
 * @q: queue
 *
 * Return: false when there is none, or the queue is dead.
 */
bool xsim_net_tx(struct xsim_net_queue *q)
{
	u32 delay = READ_ONCE(q->net->back.delay_ms);
	struct sk_buff *skb = NULL;
	u32 avail;

	if (!await(q, &avail))
		return false;
	if (xsim_net_parse(q, avail)) {
		/* Like xen-netback: what follows makes no sense either. */
		q->dead = true;
		return false;
	}
	skb = xsim_net_build(q);
	if (delay)
		msleep(delay);
	atomic_inc(skb ? &q->net->sent : &q->net->refused);
	xsim_net_answer(q, skb ? XEN_NETIF_RSP_OKAY : XEN_NETIF_RSP_ERROR);
	if (skb)
		xsim_net_wire_send(q->net, skb);
	return true;
}

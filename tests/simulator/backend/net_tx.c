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

/* No packet, but a change of the list of groups. */
static void change_groups(struct xsim_net_queue *q)
{
	const struct xsim_net_packet *packet = &q->packet;
	s16 status = XEN_NETIF_RSP_OKAY;

	if (packet->mcast_type == XEN_NETIF_EXTRA_TYPE_MCAST_DEL)
		xsim_net_mcast_del(&q->net->mcast, packet->mcast);
	else if (xsim_net_mcast_add(&q->net->mcast, packet->mcast))
		status = XEN_NETIF_RSP_ERROR;
	xsim_net_answer(q, status);
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
	if (q->packet.mcast_type) {
		change_groups(q);
		return true;
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

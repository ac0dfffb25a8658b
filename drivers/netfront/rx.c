// SPDX-License-Identifier: GPL-2.0-only
/* Packets on their way in: one poll of the receive ring. NAPI's. */
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/string.h>
#include "netfront.h"

static void deliver(struct xnf_queue *q)
{
	struct xnf_rx *rx = &q->rx;
	struct sk_buff *skb;
	unsigned int len;

	/* While the interface is down, what comes in stays where it is. */
	if (unlikely(!netif_running(q->front->dev)))
		return;
	skb = xnf_rx_build(q);
	if (unlikely(!skb))
		return;
	/* As the core counts: with the Ethernet header. */
	len = skb->len + ETH_HLEN;
	u64_stats_update_begin(&rx->stats.syncp);
	u64_stats_inc(&rx->stats.packets);
	u64_stats_add(&rx->stats.bytes, len);
	u64_stats_update_end(&rx->stats.syncp);
	skb_record_rx_queue(skb, q->id);
	napi_gro_receive(&q->napi, skb);
}

static int take_response(struct xnf_queue *q)
{
	struct xnf_rx *rx = &q->rx;
	u32 slot = rx->ring.rsp_cons % XNF_RING_SIZE;
	union xnf_rx_rsp rsp;

	xnf_rx_ring_get(&rx->ring, &rsp);
	return xnf_rx_parse(q, slot, &rsp);
}

/**
 * xnf_rx_poll - take what the peer has delivered, and give new buffers
 * @q: queue
 * @budget: packets to take at most
 *
 * Context: NAPI.
 * Return: packets taken; fewer than @budget when all responses are.
 */
int xnf_rx_poll(struct xnf_queue *q, int budget)
{
	struct xnf_rx *rx = &q->rx;
	int done = 0;
	u32 avail;

	if (unlikely(xpv_ring_poll(&rx->ring, &avail))) {
		xnf_queue_fault(q, "more rx responses than requests");
		return 0;
	}
	if (avail)
		xnf_channel_worked(rx->channel);
	while (done < budget && avail--) {
		if (unlikely(take_response(q)))
			return done;
		if (!xnf_rx_packet_complete(&rx->packet))
			continue;
		deliver(q);
		memset(&rx->packet, 0, offsetof(struct xnf_rx_packet, parts));
		done++;
		if (xnf_queue_broken(q))
			return done;
	}
	/* A peer that finds no buffers sees that nobody is at home. */
	if (netif_running(q->front->dev))
		xnf_rx_refill(q);
	return done;
}

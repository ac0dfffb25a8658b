// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packets for the guest: copied into the buffers that it has lent. As in
 * xen-netback, each begins at the start of its page, and a response is in the
 * slot of its request.
 */
#include <linux/kernel.h>
#include "net.h"

/**
 * xsim_net_rx_get - take a buffer
 * @q: queue; there is one
 * @ref: its grant
 *
 * Return: its id.
 */
u16 xsim_net_rx_get(struct xsim_net_queue *q, u32 *ref)
{
	union xsim_net_rx_slot slot;

	xsim_ring_get(&q->rx, &slot);
	*ref = slot.req.gref;
	return slot.req.id;
}

void xsim_net_rx_put(struct xsim_net_queue *q,
		     const struct xen_netif_rx_response *rsp)
{
	xsim_ring_put(&q->rx, rsp, sizeof(*rsp));
}

void xsim_net_rx_put_extra(struct xsim_net_queue *q,
			   const struct xen_netif_extra_info *extra)
{
	xsim_ring_put(&q->rx, extra, sizeof(*extra));
}

static unsigned int data_slots(const struct sk_buff *skb)
{
	return DIV_ROUND_UP(skb->len, PAGE_SIZE);
}

static unsigned int slots_of(const struct sk_buff *skb)
{
	return data_slots(skb) + (skb_is_gso(skb) ? 1 : 0);
}

/* Return: whether there are so many buffers. */
static bool await(struct xsim_net_queue *q, unsigned int nr, u32 *avail)
{
	do {
		if (xsim_ring_poll(&q->rx, avail)) {
			q->dead = true;
			return false;
		}
		if (*avail >= nr)
			return true;
	} while (xsim_ring_arm(&q->rx, q->rx.req_cons + *avail));
	return false;
}

static u16 flags_of(const struct sk_buff *skb)
{
	u16 flags = 0;

	if (skb->ip_summed == CHECKSUM_PARTIAL)
		flags |= XEN_NETRXF_csum_blank | XEN_NETRXF_data_validated;
	else if (skb->ip_summed == CHECKSUM_UNNECESSARY)
		flags |= XEN_NETRXF_data_validated;
	if (skb_is_gso(skb))
		flags |= XEN_NETRXF_extra_info;
	return flags;
}

static int copy(struct xsim_net_queue *q, const struct sk_buff *skb, u32 at,
		u32 ref)
{
	u32 len = min_t(u32, skb->len - at, PAGE_SIZE);
	struct xsim_map map = {};
	int err;

	err = xsim_grant_map(&map, ref, false);
	if (err) {
		if (!READ_ONCE(q->net->back.foul))
			xsim_ring_complain(&q->rx, "has a buffer with unusable grant %u (%d)",
					   ref, err);
		return err;
	}
	err = skb_copy_bits(skb, at, map.addr, len);
	xsim_grant_unmap(&map);
	return err;
}

static void put_data(struct xsim_net_queue *q, const struct sk_buff *skb,
		     unsigned int i)
{
	u32 at = i * PAGE_SIZE;
	struct xen_netif_rx_response rsp = {
		.flags = i ? 0 : flags_of(skb),
	};
	u32 ref;

	rsp.id = xsim_net_rx_get(q, &ref);
	if (i + 1 < data_slots(skb))
		rsp.flags |= XEN_NETRXF_more_data;
	rsp.status = min_t(u32, skb->len - at, PAGE_SIZE);
	if (copy(q, skb, at, ref))
		rsp.status = XEN_NETIF_RSP_ERROR;
	xsim_net_rx_put(q, &rsp);
}

static void put_gso(struct xsim_net_queue *q, const struct sk_buff *skb)
{
	bool v4 = skb_shinfo(skb)->gso_type & SKB_GSO_TCPV4;
	struct xen_netif_extra_info extra = {
		.type = XEN_NETIF_EXTRA_TYPE_GSO,
		.u.gso.size = skb_shinfo(skb)->gso_size,
		.u.gso.type = v4 ? XEN_NETIF_GSO_TYPE_TCPV4 :
				   XEN_NETIF_GSO_TYPE_TCPV6,
	};
	u32 ref;

	xsim_net_rx_get(q, &ref);
	xsim_net_rx_put_extra(q, &extra);
}

static void put_packet(struct xsim_net_queue *q, const struct sk_buff *skb)
{
	unsigned int i;

	put_data(q, skb, 0);
	if (skb_is_gso(skb))
		put_gso(q, skb);
	for (i = 1; i < data_slots(skb); i++)
		put_data(q, skb, i);
}

/**
 * xsim_net_rx - give the guest one packet
 * @q: queue
 *
 * Return: false when there is none, or no buffers for it, or the queue is dead.
 */
bool xsim_net_rx(struct xsim_net_queue *q)
{
	struct sk_buff *skb = skb_peek(&q->backlog);
	u32 avail;

	if (!skb || !await(q, slots_of(skb), &avail))
		return false;
	skb_unlink(skb, &q->backlog);
	if (!xsim_net_lie_rx(q, avail)) {
		put_packet(q, skb);
		atomic_inc(&q->net->received);
	}
	kfree_skb(skb);
	return true;
}

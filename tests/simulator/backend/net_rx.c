// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packets for the guest: copied into the buffers that it has lent. As in
 * xen-netback, each begins at the start of its page, or as far from it as the
 * guest has asked for, and a response is in the slot of its request.
 */
#include <linux/kernel.h>
#include <linux/skbuff.h>
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

/* How much of a packet a buffer takes. Room for XDP may be larger than a page. */
static u32 capacity(u16 headroom)
{
	return headroom < PAGE_SIZE ? PAGE_SIZE - headroom : 0;
}

/* Where there is no room for data, a packet is one failure. */
static unsigned int data_slots(const struct sk_buff *skb, u16 headroom)
{
	u32 room = capacity(headroom);

	return room ? DIV_ROUND_UP(skb->len, room) : 1;
}

static unsigned int slots_of(const struct sk_buff *skb, u16 headroom)
{
	return data_slots(skb, headroom) +
	       xsim_net_rx_extras(skb, headroom, NULL);
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

static u16 flags_of(const struct sk_buff *skb, u16 headroom)
{
	u16 flags = 0;

	if (skb->ip_summed == CHECKSUM_PARTIAL)
		flags |= XEN_NETRXF_csum_blank | XEN_NETRXF_data_validated;
	else if (skb->ip_summed == CHECKSUM_UNNECESSARY)
		flags |= XEN_NETRXF_data_validated;
	if (xsim_net_rx_extras(skb, headroom, NULL))
		flags |= XEN_NETRXF_extra_info;
	return flags;
}

/* So much of the packet from @at on, behind the headroom. */
static int copy(struct xsim_net_queue *q, const struct sk_buff *skb, u32 at,
		u32 ref, u16 headroom)
{
	u32 len = min(skb->len - at, capacity(headroom));
	struct xsim_map map = {};
	int err;

	err = xsim_grant_map(&map, ref, false);
	if (err) {
		if (!xsim_back_is_foul(&q->net->back))
			xsim_ring_complain(&q->rx, "has a buffer with unusable grant %u (%d)",
					   ref, err);
		return err;
	}
	err = len ? skb_copy_bits(skb, at, map.addr + headroom, len) : -ENOSPC;
	xsim_grant_unmap(&map);
	return err ? err : headroom + len;
}

/* As in xen-netback, the headroom counts as data, and the offset is always 0. */
static void put_data(struct xsim_net_queue *q, const struct sk_buff *skb,
		     unsigned int i, u16 headroom)
{
	struct xen_netif_rx_response rsp = {
		.flags = i ? 0 : flags_of(skb, headroom),
	};
	int len;
	u32 ref;

	rsp.id = xsim_net_rx_get(q, &ref);
	if (i + 1 < data_slots(skb, headroom))
		rsp.flags |= XEN_NETRXF_more_data;
	len = copy(q, skb, i * capacity(headroom), ref, headroom);
	rsp.status = len < 0 ? XEN_NETIF_RSP_ERROR : len;
	xsim_net_rx_put(q, &rsp);
}

static void put_extras(struct xsim_net_queue *q, const struct sk_buff *skb,
		       u16 headroom)
{
	struct xen_netif_extra_info extras[XSIM_NET_RX_EXTRAS];
	unsigned int nr = xsim_net_rx_extras(skb, headroom, extras), i;
	u32 ref;

	for (i = 0; i < nr; i++) {
		xsim_net_rx_get(q, &ref);
		xsim_net_rx_put_extra(q, &extras[i]);
	}
}

static void put_packet(struct xsim_net_queue *q, const struct sk_buff *skb,
		       u16 headroom)
{
	unsigned int i;

	put_data(q, skb, 0, headroom);
	put_extras(q, skb, headroom);
	for (i = 1; i < data_slots(skb, headroom); i++)
		put_data(q, skb, i, headroom);
}

/**
 * xsim_net_rx - give the guest one packet
 * @q: queue
 *
 * Return: false when there is none, or no buffers for it, or the queue is dead.
 */
bool xsim_net_rx(struct xsim_net_queue *q)
{
	/* It may change at any time, but not within a packet. */
	u16 headroom = READ_ONCE(q->net->headroom);
	struct sk_buff *skb = skb_peek(&q->backlog);
	u32 avail;

	if (!skb || !await(q, slots_of(skb, headroom), &avail))
		return false;
	skb_unlink(skb, &q->backlog);
	if (!xsim_net_lie_rx(q, avail)) {
		put_packet(q, skb, headroom);
		atomic_inc(&q->net->received);
	}
	kfree_skb(skb);
	return true;
}

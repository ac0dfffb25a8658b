// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the peer says about received packets, checked. Nothing here touches
 * packet data. Every value is from a private copy of the response; a value that
 * no sane backend writes is a fault of the queue.
 */
#include <linux/skbuff.h>
#include "netfront.h"

#define FLAGS_KNOWN                                          \
	(XEN_NETRXF_data_validated | XEN_NETRXF_csum_blank | \
	 XEN_NETRXF_more_data | XEN_NETRXF_extra_info)

/* One of each type. */
#define EXTRAS_MAX (XEN_NETIF_EXTRA_TYPE_MAX - 1)

static int bad(struct xnf_queue *q, const char *what, int value)
{
	xnf_queue_fault(q, "rx response with %s %d", what, value);
	return -EPROTO;
}

static int add_part(struct xnf_queue *q, u32 slot,
		    const struct xen_netif_rx_response *rsp)
{
	struct xnf_rx_packet *packet = &q->rx.packet;

	if (unlikely(!rsp->status))
		return bad(q, "length", 0);
	if (unlikely(rsp->offset + rsp->status > PAGE_SIZE))
		return bad(q, "end past its page, at",
			   rsp->offset + rsp->status);
	packet->parts[packet->nr_parts++] = (struct xnf_rx_part){
		.slot = slot,
		.offset = rsp->offset,
		.len = rsp->status,
	};
	packet->len += rsp->status;
	return 0;
}

static int parse_data(struct xnf_queue *q, u32 slot,
		      const struct xen_netif_rx_response *rsp)
{
	struct xnf_rx_packet *packet = &q->rx.packet;

	/* A response is in the slot that its request was in. */
	if (unlikely(rsp->id != slot))
		return bad(q, "foreign id", rsp->id);
	if (unlikely(rsp->flags & ~FLAGS_KNOWN))
		return bad(q, "unknown flags", rsp->flags);
	if (unlikely(packet->slots - packet->nr_extras > XNF_PACKET_SLOTS))
		return bad(q, "too many slots in a packet, more than",
			   XNF_PACKET_SLOTS);

	if (!packet->started) {
		packet->started = true;
		packet->flags = rsp->flags;
		packet->extra = rsp->flags & XEN_NETRXF_extra_info;
	}
	packet->more = rsp->flags & XEN_NETRXF_more_data;
	/* The peer had the slot, and failed: the packet is lost, no more. */
	if (unlikely(rsp->status < 0)) {
		packet->failed = true;
		return 0;
	}
	return add_part(q, slot, rsp);
}

static int parse_gso(struct xnf_queue *q,
		     const struct xen_netif_extra_info *extra)
{
	struct xnf_rx_packet *packet = &q->rx.packet;
	u8 type = extra->u.gso.type;
	u16 size = extra->u.gso.size;

	if (unlikely(type != XEN_NETIF_GSO_TYPE_TCPV4 &&
		     type != XEN_NETIF_GSO_TYPE_TCPV6))
		return bad(q, "GSO type", type);
	/* The stack gives the largest number a meaning of its own. */
	if (unlikely(!size || size == GSO_BY_FRAGS))
		return bad(q, "GSO size", size);
	packet->gso_type = type;
	packet->gso_size = size;
	return 0;
}

static int parse_extra(struct xnf_queue *q,
		       const struct xen_netif_extra_info *extra)
{
	struct xnf_rx_packet *packet = &q->rx.packet;

	if (unlikely(++packet->nr_extras > EXTRAS_MAX))
		return bad(q, "too many extra slots, more than", EXTRAS_MAX);
	packet->extra = extra->flags & XEN_NETIF_EXTRA_FLAG_MORE;
	switch (extra->type) {
	case XEN_NETIF_EXTRA_TYPE_GSO:
		return parse_gso(q, extra);
	case XEN_NETIF_EXTRA_TYPE_HASH:
		/* Not asked for, and harmless. */
		return 0;
	default:
		/* The others change how the data lie, or are for the peer. */
		return bad(q, "extra type", extra->type);
	}
}

/**
 * xnf_rx_parse - take one more response for the packet
 * @q: queue; q->rx.packet is not complete
 * @slot: ring slot of the response
 * @rsp: private copy
 *
 * Context: NAPI.
 * Return: 0, or -EPROTO when the queue is broken now.
 */
int xnf_rx_parse(struct xnf_queue *q, u32 slot, const union xnf_rx_rsp *rsp)
{
	struct xnf_rx_packet *packet = &q->rx.packet;

	packet->slots++;
	if (packet->extra)
		return parse_extra(q, &rsp->extra);
	return parse_data(q, slot, &rsp->data);
}

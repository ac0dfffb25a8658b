// SPDX-License-Identifier: GPL-2.0-only
/*
 * The slots of a packet on the transmit ring, checked as xen-netback does. What
 * is wrong with them is the frontend's fault, and told to the police.
 */
#include <linux/if_ether.h>
#include <linux/string.h>
#include "net.h"

#define FLAGS_KNOWN                                          \
	(XEN_NETTXF_csum_blank | XEN_NETTXF_data_validated | \
	 XEN_NETTXF_more_data | XEN_NETTXF_extra_info)

static int complain(struct xsim_net_queue *q, const char *what, u32 value)
{
	xsim_ring_complain(&q->tx, "has a packet with %s %u", what, value);
	return -EPROTO;
}

static int take(struct xsim_net_queue *q, u32 *avail,
		union xsim_net_tx_slot **slot)
{
	struct xsim_net_packet *packet = &q->packet;

	if (!*avail)
		return complain(q, "its end not published, slots",
				packet->nr_slots);
	if (packet->nr_slots == ARRAY_SIZE(packet->slots))
		return complain(q, "too many slots, over", packet->nr_slots);
	--*avail;
	*slot = &packet->slots[packet->nr_slots++];
	xsim_ring_get(&q->tx, *slot);
	return 0;
}

static int note_id(struct xsim_net_queue *q, u16 id)
{
	if (id < XSIM_NET_IDS && __test_and_set_bit(id, q->in_flight))
		complain(q, "an id that is in flight,", id);
	return 0;
}

static int take_gso(struct xsim_net_queue *q,
		    const struct xen_netif_extra_info *extra)
{
	struct xsim_net_packet *packet = &q->packet;

	packet->gso_type = extra->u.gso.type;
	packet->gso_size = extra->u.gso.size;
	if (packet->gso_type != XEN_NETIF_GSO_TYPE_TCPV4 &&
	    packet->gso_type != XEN_NETIF_GSO_TYPE_TCPV6)
		return complain(q, "GSO type", packet->gso_type);
	if (!packet->gso_size)
		return complain(q, "GSO size", 0);
	return 0;
}

/* Of both kinds an addition is the one that is heard. */
static int take_mcast(struct xsim_net_queue *q,
		      const struct xen_netif_extra_info *extra)
{
	struct xsim_net_packet *packet = &q->packet;

	if (!q->net->mcast.offered)
		return complain(q, "what was not offered, extra type",
				extra->type);
	if (packet->mcast_type == XEN_NETIF_EXTRA_TYPE_MCAST_ADD &&
	    extra->type == XEN_NETIF_EXTRA_TYPE_MCAST_DEL)
		return 0;
	packet->mcast_type = extra->type;
	memcpy(packet->mcast, extra->u.mcast.addr, sizeof(packet->mcast));
	return 0;
}

static int take_extra(struct xsim_net_queue *q,
		      const struct xen_netif_extra_info *extra)
{
	q->packet.nr_extras++;
	switch (extra->type) {
	case XEN_NETIF_EXTRA_TYPE_GSO:
		return take_gso(q, extra);
	case XEN_NETIF_EXTRA_TYPE_MCAST_ADD:
	case XEN_NETIF_EXTRA_TYPE_MCAST_DEL:
		return take_mcast(q, extra);
	case XEN_NETIF_EXTRA_TYPE_HASH:
		/* For those who steer by it: the next one computes its own. */
		return 0;
	default:
		return complain(q, "extra type", extra->type);
	}
}

static int take_extras(struct xsim_net_queue *q, u32 *avail)
{
	union xsim_net_tx_slot *slot;
	int err;

	do {
		err = take(q, avail, &slot);
		if (!err)
			err = take_extra(q, &slot->extra);
	} while (!err && (slot->extra.flags & XEN_NETIF_EXTRA_FLAG_MORE));
	return err;
}

static int check_data(struct xsim_net_queue *q,
		      const struct xen_netif_tx_request *req, u32 len)
{
	if (!len || req->offset + len > PAGE_SIZE)
		return complain(q, "a slot that ends at",
				req->offset + len);
	if (req->flags & ~FLAGS_KNOWN)
		return complain(q, "flags", req->flags);
	return 0;
}

static int take_rest(struct xsim_net_queue *q, u32 *avail)
{
	struct xsim_net_packet *packet = &q->packet;
	union xsim_net_tx_slot *slot;
	int err;

	do {
		err = take(q, avail, &slot);
		if (err)
			return err;
		note_id(q, slot->req.id);
		err = check_data(q, &slot->req, slot->req.size);
		if (err)
			return err;
		if (slot->req.size >= packet->first_len)
			return complain(q, "slots of more than its size,",
					packet->len);
		packet->first_len -= slot->req.size;
	} while (slot->req.flags & XEN_NETTXF_more_data);
	return 0;
}

static int check_whole(struct xsim_net_queue *q)
{
	const struct xsim_net_packet *packet = &q->packet;

	if (packet->len < ETH_HLEN)
		return complain(q, "size", packet->len);
	if (packet->nr_slots - packet->nr_extras > XEN_NETIF_NR_SLOTS_MIN)
		return complain(q, "slots", packet->nr_slots);
	return check_data(q, &packet->slots[0].req, packet->first_len);
}

/**
 * xsim_net_parse - take all slots of the next packet to @q->packet
 * @q: queue
 * @avail: slots on the ring, at least 1
 *
 * Return: 0, or -EPROTO: told.
 */
int xsim_net_parse(struct xsim_net_queue *q, u32 avail)
{
	struct xsim_net_packet *packet = &q->packet;
	union xsim_net_tx_slot *slot;
	u16 flags;
	int err;

	memset(packet, 0, sizeof(*packet));
	err = take(q, &avail, &slot);
	if (err)
		return err;
	note_id(q, slot->req.id);
	packet->len = slot->req.size;
	packet->first_len = packet->len;
	flags = slot->req.flags;
	if (flags & XEN_NETTXF_extra_info)
		err = take_extras(q, &avail);
	/* Whatever else it says, it has no data. */
	if (!err && packet->mcast_type)
		return 0;
	if (!err && (flags & XEN_NETTXF_more_data))
		err = take_rest(q, &avail);
	return err ? err : check_whole(q);
}

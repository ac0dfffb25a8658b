// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packets between the rings: made of what one guest lends, and brought into a
 * form that another takes.
 */
#include <compat/net/gso.h>
#include <linux/etherdevice.h>
#include <linux/if_ether.h>
#include <linux/netdevice.h>
#include "net.h"

/* As much of a packet lies in one piece, for those who look at its headers. */
#define HEAD_LEN 256

static struct sk_buff *alloc(u32 len)
{
	u32 head = min_t(u32, len, HEAD_LEN);
	struct sk_buff *skb;
	int err;

	skb = alloc_skb_with_frags(NET_SKB_PAD + head, len - head,
				   PAGE_ALLOC_COSTLY_ORDER, &err, GFP_KERNEL);
	if (!skb)
		return NULL;
	skb_reserve(skb, NET_SKB_PAD);
	skb_put(skb, head);
	skb->data_len = len - head;
	skb->len = len;
	return skb;
}

static int copy_slot(struct xsim_net_queue *q, struct sk_buff *skb,
		     const struct xen_netif_tx_request *req, u32 at, u32 len)
{
	struct xsim_map map = {};
	int err;

	err = xsim_grant_map(&map, req->gref, true);
	if (err) {
		if (!xsim_back_is_foul(&q->net->back))
			xsim_ring_complain(&q->tx, "has a packet with unusable grant %u (%d)",
					   req->gref, err);
		return err;
	}
	err = skb_store_bits(skb, at, map.addr + req->offset, len);
	xsim_grant_unmap(&map);
	return err;
}

static int copy_all(struct xsim_net_queue *q, struct sk_buff *skb)
{
	const struct xsim_net_packet *packet = &q->packet;
	unsigned int i = 1 + packet->nr_extras;
	u32 at = packet->first_len;
	int err;

	err = copy_slot(q, skb, &packet->slots[0].req, 0, at);
	for (; !err && i < packet->nr_slots; i++) {
		const struct xen_netif_tx_request *req = &packet->slots[i].req;

		err = copy_slot(q, skb, req, at, req->size);
		at += req->size;
	}
	return err;
}

static int set_gso(struct xsim_net_queue *q, struct sk_buff *skb)
{
	const struct xsim_net_packet *packet = &q->packet;
	bool v4 = packet->gso_type == XEN_NETIF_GSO_TYPE_TCPV4;

	if (!packet->gso_size)
		return 0;
	if (skb->ip_summed != CHECKSUM_PARTIAL ||
	    skb->protocol != htons(v4 ? ETH_P_IP : ETH_P_IPV6)) {
		xsim_ring_complain(&q->tx, "has a large packet that is none");
		return -EINVAL;
	}
	skb_shinfo(skb)->gso_size = packet->gso_size;
	skb_shinfo(skb)->gso_segs = 0;
	skb_shinfo(skb)->gso_type = SKB_GSO_DODGY |
				    (v4 ? SKB_GSO_TCPV4 : SKB_GSO_TCPV6);
	return 0;
}

/* XSA-423: hosts have come to harm by headers in more than one slot. */
static void check_headers(struct xsim_net_queue *q, const struct sk_buff *skb)
{
	u32 end = ETH_HLEN + skb_checksum_start_offset(skb) +
		  skb->csum_offset + sizeof(__sum16);

	if (end > q->packet.first_len)
		xsim_ring_complain(&q->tx, "has headers of %u bytes, %u of them in the first slot",
				   end, q->packet.first_len);
}

/* Data at the network header, as a receiver has it. */
static int set_offloads(struct xsim_net_queue *q, struct sk_buff *skb)
{
	u16 flags = q->packet.slots[0].req.flags;

	if (flags & XEN_NETTXF_csum_blank) {
		skb->ip_summed = CHECKSUM_PARTIAL;
		if (skb_checksum_setup(skb, false)) {
			xsim_ring_complain(&q->tx, "has a packet whose checksum cannot be found");
			return -EINVAL;
		}
		check_headers(q, skb);
	} else if (flags & XEN_NETTXF_data_validated) {
		skb->ip_summed = CHECKSUM_UNNECESSARY;
	}
	return set_gso(q, skb);
}

static int finish(struct xsim_net_queue *q, struct sk_buff *skb)
{
	int err;

	skb_reset_mac_header(skb);
	skb->protocol = eth_hdr(skb)->h_proto;
	__skb_pull(skb, ETH_HLEN);
	skb_reset_network_header(skb);
	err = set_offloads(q, skb);
	__skb_push(skb, ETH_HLEN);
	return err;
}

/**
 * xsim_net_build - make a packet of @q->packet
 * @q: queue
 *
 * Return: packet, data at the Ethernet header; NULL: told, or out of memory.
 */
struct sk_buff *xsim_net_build(struct xsim_net_queue *q)
{
	struct sk_buff *skb = alloc(q->packet.len);

	if (!skb)
		return NULL;
	if (copy_all(q, skb) || finish(q, skb)) {
		kfree_skb(skb);
		return NULL;
	}
	return skb;
}

static bool takes_gso(const struct xsim_net *net, const struct sk_buff *skb)
{
	return skb_shinfo(skb)->gso_type & SKB_GSO_TCPV4 ? net->gso4 :
							   net->gso6;
}

static bool takes_blank(const struct xsim_net *net, const struct sk_buff *skb)
{
	return skb->protocol == htons(ETH_P_IPV6) ? net->csum6 : net->csum4;
}

static struct sk_buff *cut_up(const struct xsim_net *net, struct sk_buff *skb)
{
	struct sk_buff *segs;

	/* Without any offload: all the segments are complete. */
	segs = skb_gso_segment(skb, net->sg ? NETIF_F_SG : 0);
	if (IS_ERR(segs)) {
		kfree_skb(skb);
		return NULL;
	}
	/* It was not larger than one segment. */
	if (!segs)
		return skb;
	consume_skb(skb);
	return segs;
}

/**
 * xsim_net_suit - bring a packet into a form that a card takes
 * @net: card that receives it
 * @skb: packet; consumed
 *
 * Return: packets linked by their next pointer, or NULL: it takes none.
 */
struct sk_buff *xsim_net_suit(const struct xsim_net *net, struct sk_buff *skb)
{
	if (skb_is_gso(skb) && !takes_gso(net, skb))
		return cut_up(net, skb);
	if (skb->ip_summed == CHECKSUM_PARTIAL && !takes_blank(net, skb) &&
	    skb_checksum_help(skb))
		goto drop;
	if (!net->sg && skb->len > PAGE_SIZE)
		goto drop;
	return skb;

drop:
	kfree_skb(skb);
	return NULL;
}

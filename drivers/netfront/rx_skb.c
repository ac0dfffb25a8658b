// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packets for the stack, made of what was received. NAPI's.
 *
 * The headers are copied and the rest stays in its pages, which return to the
 * pool when the packet is freed; so segments of a flow can be merged. A small
 * packet is copied whole, and its page stays granted to the peer: that is
 * cheaper than to revoke and grant, and safe, as only the copy is looked at.
 */
#include <compat/net/page_pool.h>
#include <linux/etherdevice.h>
#include <linux/ip.h>
#include <linux/mm.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include "netfront.h"

/* Packets up to this length are copied whole; headers are never longer. */
#define COPY_LEN 256

static void *part_address(const struct xnf_queue *q,
			  const struct xnf_rx_part *part)
{
	return page_address(q->rx.slots[part->slot].page) + part->offset;
}

static struct sk_buff *alloc_head(struct xnf_queue *q, unsigned int len)
{
	struct sk_buff *skb = napi_alloc_skb(&q->napi, len);

	if (unlikely(!skb))
		xnf_rx_count(&q->rx, dropped, 1);
	return skb;
}

static struct sk_buff *build_copy(struct xnf_queue *q)
{
	const struct xnf_rx_part *part = q->rx.packet.parts;
	struct sk_buff *skb = alloc_head(q, part->len);

	if (unlikely(!skb))
		return NULL;
	skb_put_data(skb, part_address(q, part), part->len);
	xnf_rx_count(&q->rx, copied, 1);
	return skb;
}

/* How much of the first part to copy, once its contents are stable. */
static unsigned int head_len(const struct xnf_queue *q, void *data)
{
	const struct xnf_rx_packet *packet = &q->rx.packet;
	unsigned int len = packet->parts[0].len;

	/* Without the whole first part there would be too many fragments. */
	if (unlikely(packet->nr_parts > MAX_SKB_FRAGS))
		return len;
	return eth_get_headlen(q->front->dev, data,
			       min_t(unsigned int, len, COPY_LEN));
}

/* Moves one part into the packet; the first goes partly into its head. */
static int add_part(struct xnf_queue *q, struct sk_buff *skb,
		    const struct xnf_rx_part *part, bool first)
{
	struct page *page = xnf_rx_take_page(q, part->slot);
	unsigned int head = 0;

	if (unlikely(!page))
		return -EPROTO;
	if (first) {
		void *data = page_address(page) + part->offset;

		head = head_len(q, data);
		skb_put_data(skb, data, head);
	}
	if (head == part->len)
		page_pool_recycle_direct(q->rx.pages, page);
	else
		skb_add_rx_frag(skb, skb_shinfo(skb)->nr_frags, page,
				part->offset + head, part->len - head,
				PAGE_SIZE);
	return 0;
}

static struct sk_buff *build_frags(struct xnf_queue *q)
{
	const struct xnf_rx_packet *packet = &q->rx.packet;
	unsigned int room = packet->nr_parts > MAX_SKB_FRAGS ?
				    packet->parts[0].len :
				    COPY_LEN;
	struct sk_buff *skb = alloc_head(q, room);
	unsigned int i;

	if (unlikely(!skb))
		return NULL;
	skb_mark_for_recycle(skb);
	for (i = 0; i < packet->nr_parts; i++) {
		if (likely(!add_part(q, skb, &packet->parts[i], !i)))
			continue;
		dev_kfree_skb_any(skb);
		return NULL;
	}
	return skb;
}

/* Checks that a large packet is what the peer says, before the stack cuts it. */
static int set_gso(struct sk_buff *skb, const struct xnf_rx_packet *packet)
{
	bool v4 = packet->gso_type == XEN_NETIF_GSO_TYPE_TCPV4;
	struct skb_shared_info *info = skb_shinfo(skb);
	unsigned int headers;

	if (skb->protocol != htons(v4 ? ETH_P_IP : ETH_P_IPV6) ||
	    skb->csum_offset != offsetof(struct tcphdr, check) ||
	    tcp_hdrlen(skb) < sizeof(struct tcphdr))
		return -EINVAL;
	headers = skb_tcp_all_headers(skb) - skb_network_offset(skb);
	if (headers > skb->len)
		return -EINVAL;
	if (skb->len - headers <= packet->gso_size)
		return 0;
	info->gso_size = packet->gso_size;
	info->gso_segs = DIV_ROUND_UP(skb->len - headers, packet->gso_size);
	/* The stack still checks the headers when it cuts the packet up. */
	info->gso_type = (v4 ? SKB_GSO_TCPV4 : SKB_GSO_TCPV6) | SKB_GSO_DODGY;
	return 0;
}

/*
 * What the peer knows about the packet's checksum. One from a guest on the same
 * host may never have had any.
 */
static int set_offloads(struct sk_buff *skb, const struct xnf_rx_packet *packet)
{
	bool blank = packet->flags & XEN_NETRXF_csum_blank;
	int err;

	if (!blank && !packet->gso_size) {
		if (packet->flags & XEN_NETRXF_data_validated)
			skb->ip_summed = CHECKSUM_UNNECESSARY;
		return 0;
	}
	/* A large packet needs a partial checksum, and old peers forget it. */
	skb->ip_summed = CHECKSUM_PARTIAL;
	err = skb_checksum_setup(skb, !blank);
	if (!err && packet->gso_size)
		err = set_gso(skb, packet);
	return err;
}

static int finish(struct xnf_queue *q, struct sk_buff *skb)
{
	if (unlikely(!pskb_may_pull(skb, ETH_HLEN)))
		return -EINVAL;
	skb->protocol = eth_type_trans(skb, q->front->dev);
	skb_reset_network_header(skb);
	skb_record_rx_queue(skb, q->id);
	return set_offloads(skb, &q->rx.packet);
}

/**
 * xnf_rx_build - make a packet for the stack
 * @q: queue; q->rx.packet is complete
 *
 * Context: NAPI.
 * Return: the packet, or NULL: it is lost, and counted; or the queue is broken.
 */
struct sk_buff *xnf_rx_build(struct xnf_queue *q)
{
	const struct xnf_rx_packet *packet = &q->rx.packet;
	struct sk_buff *skb;

	if (unlikely(packet->failed)) {
		xnf_rx_count(&q->rx, errors, 1);
		return NULL;
	}
	if (packet->nr_parts == 1 && packet->len <= COPY_LEN)
		skb = build_copy(q);
	else
		skb = build_frags(q);
	if (likely(skb) && unlikely(finish(q, skb))) {
		dev_kfree_skb_any(skb);
		xnf_rx_count(&q->rx, errors, 1);
		return NULL;
	}
	return skb;
}

// SPDX-License-Identifier: GPL-2.0-only
/* Packets of all shapes: short, long, in many pieces, large ones to be cut up. */
#include <linux/etherdevice.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <net/checksum.h>
#include <net/ip.h>

#include "fuzz.h"

#define HEAD_MAX	1400
#define HEADERS		(sizeof(struct iphdr) + sizeof(struct tcphdr))

static struct sk_buff *alloc_head(struct net_device *dev, u32 len)
{
	struct sk_buff *skb = alloc_skb(LL_RESERVED_SPACE(dev) + len, GFP_KERNEL);

	if (!skb)
		return NULL;
	skb_reserve(skb, LL_RESERVED_SPACE(dev));
	memset(skb_put(skb, len), 0x5a, len);
	skb->dev = dev;
	skb_reset_network_header(skb);
	return skb;
}

static void add_pieces(struct sk_buff *skb, u32 nr)
{
	u32 i, offset, len;

	for (i = 0; i < nr && i < MAX_SKB_FRAGS; i++) {
		struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);

		if (!page)
			return;
		offset = xfz_below(PAGE_SIZE);
		len = 1 + xfz_below(PAGE_SIZE - offset);
		skb_add_rx_frag(skb, i, page, offset, len, PAGE_SIZE);
	}
}

/* The headers that let it be cut, and its checksum be left to others. */
static void make_tcp(struct sk_buff *skb, bool large)
{
	struct iphdr *ip = ip_hdr(skb);
	struct tcphdr *tcp = (struct tcphdr *)(ip + 1);
	u32 len = min_t(u32, skb->len, U16_MAX);

	memset(ip, 0, HEADERS);
	ip->version = 4;
	ip->ihl = 5;
	ip->ttl = 64;
	ip->protocol = IPPROTO_TCP;
	ip->tot_len = htons(len);
	ip->saddr = htonl(0x0a000001);
	ip->daddr = htonl(0x0a000002);
	ip_send_check(ip);
	tcp->doff = 5;
	skb_set_transport_header(skb, sizeof(*ip));
	tcp->check = ~csum_tcpudp_magic(ip->saddr, ip->daddr, len - sizeof(*ip),
					IPPROTO_TCP, 0);
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb_transport_header(skb) - skb->head;
	skb->csum_offset = offsetof(struct tcphdr, check);
	if (!large)
		return;
	skb_shinfo(skb)->gso_size = 400 + xfz_below(1000);
	skb_shinfo(skb)->gso_type = SKB_GSO_TCPV4;
	skb_shinfo(skb)->gso_segs = DIV_ROUND_UP(skb->len - HEADERS,
						 skb_shinfo(skb)->gso_size);
}

static struct sk_buff *finish(struct sk_buff *skb, u16 protocol)
{
	skb->protocol = htons(protocol);
	if (dev_hard_header(skb, skb->dev, protocol, skb->dev->broadcast,
			    skb->dev->dev_addr, skb->len) < 0) {
		kfree_skb(skb);
		return NULL;
	}
	skb_reset_mac_header(skb);
	return skb;
}

struct sk_buff *xfz_packet(struct net_device *dev)
{
	bool tcp = xfz_one_in(3), pieces = xfz_one_in(3);
	struct sk_buff *skb;

	skb = alloc_head(dev, (tcp ? HEADERS : 0) + xfz_below(HEAD_MAX));
	if (!skb)
		return NULL;
	if (pieces)
		add_pieces(skb, xfz_below(MAX_SKB_FRAGS + 1));
	/* 64 KiB are the most that the headers can tell. */
	if (tcp && skb->len <= U16_MAX - ETH_HLEN) {
		make_tcp(skb, pieces && skb->len > 2000);
		return finish(skb, ETH_P_IP);
	}
	return finish(skb, ETH_P_802_EX1);
}

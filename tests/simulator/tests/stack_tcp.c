// SPDX-License-Identifier: GPL-2.0-only
/*
 * Large TCP packets from card to card, for a driver or a backend to cut up. The
 * payload that arrives is counted, as it may come in one packet or in many.
 */
#include <linux/atomic.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/string.h>
#include <linux/tcp.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>

#include "stack.h"

#define HEADERS4	(sizeof(struct iphdr) + sizeof(struct tcphdr))
#define HEADERS6	(sizeof(struct ipv6hdr) + sizeof(struct tcphdr))
#define SEGMENT		1000
#define FILL		0x3a

static atomic_t payload;
static atomic_t torn;

static int receive(struct sk_buff *skb, struct net_device *dev,
		   struct packet_type *type, struct net_device *orig)
{
	bool v6 = skb->protocol == htons(ETH_P_IPV6);
	unsigned int headers = v6 ? HEADERS6 : HEADERS4;

	/* The core's own IP has it, too. */
	skb = skb_share_check(skb, GFP_ATOMIC);
	if (!skb)
		return NET_RX_DROP;
	if (skb->len < headers || skb_linearize(skb) ||
	    memchr_inv(skb->data + headers, FILL, skb->len - headers))
		atomic_inc(&torn);
	else
		atomic_add(skb->len - headers, &payload);
	kfree_skb(skb);
	return NET_RX_SUCCESS;
}

static struct packet_type ip4 = { .type = htons(ETH_P_IP), .func = receive };
static struct packet_type ip6 = { .type = htons(ETH_P_IPV6), .func = receive };

void stack_tcp_start(void)
{
	dev_add_pack(&ip4);
	dev_add_pack(&ip6);
}

void stack_tcp_stop(void)
{
	dev_remove_pack(&ip4);
	dev_remove_pack(&ip6);
}

int stack_tcp_payload(void)
{
	return atomic_read(&payload);
}

int stack_tcp_torn(void)
{
	return atomic_read(&torn);
}

static void put_tcp(struct sk_buff *skb)
{
	struct tcphdr *tcp = skb_put_zero(skb, sizeof(*tcp));

	skb_set_transport_header(skb, (u8 *)tcp - skb->data);
	tcp->source = htons(1000);
	tcp->dest = htons(2000);
	tcp->doff = sizeof(*tcp) / 4;
	tcp->ack = 1;
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb_transport_header(skb) - skb->head;
	skb->csum_offset = offsetof(struct tcphdr, check);
}

static void put_ip4(struct sk_buff *skb, unsigned int len)
{
	struct iphdr *ip = skb_put_zero(skb, sizeof(*ip));

	ip->version = 4;
	ip->ihl = sizeof(*ip) / 4;
	ip->ttl = 64;
	ip->protocol = IPPROTO_TCP;
	ip->tot_len = htons(HEADERS4 + len);
	ip->saddr = htonl(0x0a000001);
	ip->daddr = htonl(0x0a000002);
	ip_send_check(ip);
	put_tcp(skb);
	tcp_hdr(skb)->check = ~csum_tcpudp_magic(ip->saddr, ip->daddr,
						 sizeof(struct tcphdr) + len,
						 IPPROTO_TCP, 0);
}

static void put_ip6(struct sk_buff *skb, unsigned int len)
{
	struct ipv6hdr *ip = skb_put_zero(skb, sizeof(*ip));

	ip->version = 6;
	ip->hop_limit = 64;
	ip->nexthdr = IPPROTO_TCP;
	ip->payload_len = htons(sizeof(struct tcphdr) + len);
	ip->saddr.s6_addr[15] = 1;
	ip->daddr.s6_addr[15] = 2;
	put_tcp(skb);
	tcp_hdr(skb)->check = ~csum_ipv6_magic(&ip->saddr, &ip->daddr,
					       sizeof(struct tcphdr) + len,
					       IPPROTO_TCP, 0);
}

/* A packet for the card to cut up; its payload is in pages. */
static struct sk_buff *alloc_bulk(struct net_device *dev, bool v6)
{
	unsigned int head = LL_RESERVED_SPACE(dev) + HEADERS6, i;
	struct sk_buff *skb;
	int err;

	skb = alloc_skb_with_frags(head, STACK_TCP_BULK, 0, &err, GFP_KERNEL);
	if (!skb)
		return NULL;
	skb_reserve(skb, LL_RESERVED_SPACE(dev));
	skb_reset_network_header(skb);
	if (v6)
		put_ip6(skb, STACK_TCP_BULK);
	else
		put_ip4(skb, STACK_TCP_BULK);
	for (i = 0; i < skb_shinfo(skb)->nr_frags; i++)
		memset(skb_frag_address(&skb_shinfo(skb)->frags[i]), FILL,
		       skb_frag_size(&skb_shinfo(skb)->frags[i]));
	skb->len += STACK_TCP_BULK;
	skb->data_len = STACK_TCP_BULK;
	skb->dev = dev;
	skb->protocol = htons(v6 ? ETH_P_IPV6 : ETH_P_IP);
	skb_shinfo(skb)->gso_size = SEGMENT;
	skb_shinfo(skb)->gso_segs = DIV_ROUND_UP(STACK_TCP_BULK, SEGMENT);
	skb_shinfo(skb)->gso_type = v6 ? SKB_GSO_TCPV6 : SKB_GSO_TCPV4;
	return skb;
}

void stack_tcp_send(struct net_device *from, const struct net_device *to, bool v6)
{
	struct sk_buff *skb = alloc_bulk(from, v6);

	atomic_set(&payload, 0);
	atomic_set(&torn, 0);
	if (!skb)
		return;
	if (dev_hard_header(skb, from, v6 ? ETH_P_IPV6 : ETH_P_IP, to->dev_addr,
			    from->dev_addr, skb->len) < 0)
		kfree_skb(skb);
	else
		dev_queue_xmit(skb);
}

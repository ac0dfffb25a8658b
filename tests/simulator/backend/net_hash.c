// SPDX-License-Identifier: GPL-2.0-only
/*
 * The hash of a packet for the guest, and the queue that it leads to: see
 * net_hash.h. The hash is kept in the packet itself, in the fields that the core
 * has for it; they are clear if the guest is not to be told.
 */
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/jhash.h>
#include <linux/string.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include "net_hash.h"

/* Addresses of IPv6, and ports. */
#define FLOW_MAX	36

/**
 * struct flow - what is hashed of a packet
 * @len: bytes
 * @bytes: addresses and, of TCP, ports, as they are in the packet
 */
struct flow {
	unsigned int len;
	u8 bytes[FLOW_MAX];
};

/* 32 bits of the key from a bit of it on; zeroes follow its end. */
static u32 window(const u8 *key, unsigned int bit)
{
	unsigned int at = bit / 8, i;
	u64 bits = 0;

	for (i = at; i < at + 5; i++)
		bits = bits << 8 | (i < XSIM_NET_HASH_KEY ? key[i] : 0);
	return bits >> (8 - bit % 8);
}

/**
 * xsim_net_toeplitz - the hash of that name, as receive side scaling has it
 * @key: key
 * @data: what to hash
 * @len: how much; with its last four bytes it may go beyond the key
 *
 * Return: the hash.
 */
u32 xsim_net_toeplitz(const u8 key[XSIM_NET_HASH_KEY], const u8 *data,
		      unsigned int len)
{
	unsigned int bit;
	u32 value = 0;

	for (bit = 0; bit < len * 8; bit++)
		if (data[bit / 8] & (0x80 >> bit % 8))
			value ^= window(key, bit);
	return value;
}

static bool add(struct flow *flow, const struct sk_buff *skb, int at,
		unsigned int len)
{
	if (skb_copy_bits(skb, at, flow->bytes + flow->len, len))
		return false;
	flow->len += len;
	return true;
}

/* Source and destination port follow each other. */
static bool add_ports(struct flow *flow, const struct sk_buff *skb, int at)
{
	return add(flow, skb, at, 2 * sizeof(__be16));
}

static bool read_ipv4(struct flow *flow, const struct sk_buff *skb, u32 types)
{
	int at = skb_network_offset(skb);
	struct iphdr ip;
	bool tcp;

	if (skb_copy_bits(skb, at, &ip, sizeof(ip)) || ip.ihl < 5)
		return false;
	tcp = types & XEN_NETIF_CTRL_HASH_TYPE_IPV4_TCP &&
	      ip.protocol == IPPROTO_TCP && !ip_is_fragment(&ip);
	if (!tcp && !(types & XEN_NETIF_CTRL_HASH_TYPE_IPV4))
		return false;
	return add(flow, skb, at + offsetof(struct iphdr, saddr),
		   2 * sizeof(__be32)) &&
	       (!tcp || add_ports(flow, skb, at + ip.ihl * 4));
}

/* Where TCP begins; -1: nowhere in this packet. */
static int find_tcp6(const struct sk_buff *skb, int at, u8 next)
{
	__be16 fragment = 0;

	at = ipv6_skip_exthdr(skb, at + sizeof(struct ipv6hdr), &next, &fragment);
	return next == IPPROTO_TCP && !fragment ? at : -1;
}

static bool read_ipv6(struct flow *flow, const struct sk_buff *skb, u32 types)
{
	int at = skb_network_offset(skb), tcp = -1;
	struct ipv6hdr ip;

	if (skb_copy_bits(skb, at, &ip, sizeof(ip)))
		return false;
	if (types & XEN_NETIF_CTRL_HASH_TYPE_IPV6_TCP)
		tcp = find_tcp6(skb, at, ip.nexthdr);
	if (tcp < 0 && !(types & XEN_NETIF_CTRL_HASH_TYPE_IPV6))
		return false;
	return add(flow, skb, at + offsetof(struct ipv6hdr, saddr),
		   2 * sizeof(struct in6_addr)) &&
	       (tcp < 0 || add_ports(flow, skb, tcp));
}

/* With both kinds on, the one with ports is for all that have any. */
static bool read_flow(struct flow *flow, const struct sk_buff *skb, u32 types)
{
	switch (skb->protocol) {
	case htons(ETH_P_IP):
		return read_ipv4(flow, skb, types);
	case htons(ETH_P_IPV6):
		return read_ipv6(flow, skb, types);
	default:
		return false;
	}
}

/* Addresses alone are 8 bytes or 32. */
static bool has_ports(const struct flow *flow)
{
	return flow->len % 8;
}

static void compute_locked(struct xsim_net_hash *hash, struct sk_buff *skb)
{
	struct flow flow = {};
	u32 value;

	lockdep_assert_held(&hash->lock);
	skb_clear_hash(skb);
	if (!read_flow(&flow, skb, hash->types))
		return;
	value = xsim_net_toeplitz(hash->key, flow.bytes, flow.len);
	__skb_set_sw_hash(skb, value, has_ports(&flow));
}

/* Where addresses and ports are in most packets: a flow stays in its queue. */
#define FLOW_AT		26
#define FLOW_LEN	12

/* The core's own hash asks for the name space of a packet, which has none here. */
static u32 plain_hash(const struct sk_buff *skb)
{
	if (skb_headlen(skb) < FLOW_AT + FLOW_LEN)
		return 0;
	return jhash(skb->data + FLOW_AT, FLOW_LEN, 0);
}

static u32 steer_locked(struct xsim_net_hash *hash, struct sk_buff *skb)
{
	lockdep_assert_held(&hash->lock);
	if (hash->algorithm == XEN_NETIF_CTRL_HASH_ALGORITHM_NONE) {
		skb_clear_hash(skb);
		return plain_hash(skb);
	}
	compute_locked(hash, skb);
	if (!hash->size)
		return skb_get_hash_raw(skb);
	return hash->mapping[skb_get_hash_raw(skb) % hash->size];
}

/**
 * xsim_net_hash_steer - choose a packet's queue
 * @hash: of the receiver
 * @skb: packet, data at the Ethernet header; gets its hash, if it has to have one
 * @nr_queues: of the receiver
 *
 * Return: number of the queue. A table that was made when there were more of
 * them leads to one that is there.
 */
unsigned int xsim_net_hash_steer(struct xsim_net_hash *hash,
				 struct sk_buff *skb, unsigned int nr_queues)
{
	u32 queue;

	mutex_lock(&hash->lock);
	queue = steer_locked(hash, skb);
	mutex_unlock(&hash->lock);
	return queue % nr_queues;
}

/**
 * xsim_net_hash_type - which kind of hash a packet has
 * @skb: packet that has one
 *
 * Return: _XEN_NETIF_CTRL_HASH_TYPE_*, a number and no bit.
 */
u8 xsim_net_hash_type(const struct sk_buff *skb)
{
	if (skb->protocol == htons(ETH_P_IP))
		return skb->l4_hash ? _XEN_NETIF_CTRL_HASH_TYPE_IPV4_TCP :
				      _XEN_NETIF_CTRL_HASH_TYPE_IPV4;
	return skb->l4_hash ? _XEN_NETIF_CTRL_HASH_TYPE_IPV6_TCP :
			      _XEN_NETIF_CTRL_HASH_TYPE_IPV6;
}

void xsim_net_hash_init(struct xsim_net_hash *hash)
{
	mutex_init(&hash->lock);
}

/**
 * xsim_net_hash_forget - as it is before a frontend asks for anything
 * @hash: hash
 */
void xsim_net_hash_forget(struct xsim_net_hash *hash)
{
	mutex_lock(&hash->lock);
	hash->algorithm = XEN_NETIF_CTRL_HASH_ALGORITHM_NONE;
	hash->types = 0;
	hash->size = 0;
	memset(hash->key, 0, sizeof(hash->key));
	memset(hash->mapping, 0, sizeof(hash->mapping));
	mutex_unlock(&hash->lock);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suite xpv_net_hash: the hash of a packet for the guest, and the queue that it
 * leads to. The vectors are those that are published with receive side scaling.
 */
#define xsim_net_hash_init	hash_tested_hash_init
#define xsim_net_hash_forget	hash_tested_hash_forget
#define xsim_net_toeplitz	hash_tested_toeplitz
#define xsim_net_hash_steer	hash_tested_hash_steer
#define xsim_net_hash_type	hash_tested_hash_type

#include <tests/kunit/suite.h>
#include <linux/inet.h>
#include <linux/kernel.h>

#include "../backend/net_hash.c"

#define V4	XEN_NETIF_CTRL_HASH_TYPE_IPV4
#define V4_TCP	XEN_NETIF_CTRL_HASH_TYPE_IPV4_TCP
#define V6	XEN_NETIF_CTRL_HASH_TYPE_IPV6
#define V6_TCP	XEN_NETIF_CTRL_HASH_TYPE_IPV6_TCP
#define NONE	-1
#define QUEUES	4

static const u8 key[XSIM_NET_HASH_KEY] =
	"\x6d\x5a\x56\xda\x25\x5b\x0e\xc2\x41\x67"
	"\x25\x3d\x43\xa3\x8f\xb0\xd0\xca\x2b\xcb"
	"\xae\x7b\x30\xb4\x77\xcb\x2d\xa3\x80\x30"
	"\xf2\x0c\x6a\x42\xb7\x3b\xbe\xac\x01\xfa";

/**
 * struct vector - a flow, and its hashes
 * @from: address
 * @to: address
 * @from_port: port
 * @to_port: port
 * @plain: hash of the addresses
 * @with_ports: hash of both
 */
struct vector {
	const char *from;
	const char *to;
	u16 from_port;
	u16 to_port;
	u32 plain;
	u32 with_ports;
};

static const struct vector vectors[] = {
	{ "66.9.149.187", "161.142.100.80", 2794, 1766, 0x323e8fc2, 0x51ccc178 },
	{ "199.92.111.2", "65.69.140.83", 14230, 4739, 0xd718262a, 0xc626b0ea },
	{ "24.19.198.95", "12.22.207.184", 12898, 38024, 0xd2d0a5de, 0x5c2b394a },
	{ "38.27.205.30", "209.142.163.6", 48228, 2217, 0x82989176, 0xafc7327f },
	{ "153.39.163.191", "202.188.127.2", 44251, 1303, 0x5d1809c5, 0x10e828a2 },
	{ "3ffe:2501:200:1fff::7", "3ffe:2501:200:3::1", 2794, 1766,
	  0x2cc18cd5, 0x40207d3d },
	{ "3ffe:501:8::260:97ff:fe40:efab", "ff02::1", 14230, 4739,
	  0x0f0c461c, 0xdde51bbf },
	{ "3ffe:1900:4545:3:200:f8ff:fe21:67cf", "fe80::200:f8ff:fe21:67cf",
	  44251, 38024, 0x4b61e985, 0x02d1feef },
};

#define SOME_V4	(&vectors[0])
#define SOME_V6	(&vectors[5])

/**
 * struct form - what else there is to a packet
 * @protocol: of IP
 * @fragment: it is one, not the first
 * @options: IPv4 has some, or IPv6 another header
 * @cut: so many bytes are missing at its end
 * @ethertype: instead of what it is
 */
struct form {
	u8 protocol;
	bool fragment;
	bool options;
	unsigned int cut;
	u16 ethertype;
};

static const struct form tcp = { IPPROTO_TCP };

static struct xsim_net_hash *hash;

static bool is_v6(const struct vector *v)
{
	return strchr(v->from, ':');
}

static void put_ports(struct sk_buff *skb, const struct vector *v)
{
	__be16 ports[10] = { htons(v->from_port), htons(v->to_port) };

	skb_put_data(skb, ports, sizeof(ports));
}

static void put_ipv4(struct sk_buff *skb, const struct vector *v,
		     const struct form *form)
{
	struct iphdr *ip = skb_put_zero(skb, sizeof(*ip));

	ip->version = 4;
	ip->ihl = form->options ? 7 : 5;
	ip->protocol = form->protocol;
	ip->frag_off = htons(form->fragment ? 99 : IP_DF);
	in4_pton(v->from, -1, (u8 *)&ip->saddr, -1, NULL);
	in4_pton(v->to, -1, (u8 *)&ip->daddr, -1, NULL);
	if (form->options)
		memset(skb_put(skb, 8), 1, 8);
}

static void put_next(struct sk_buff *skb, const struct form *form)
{
	struct frag_hdr *fragment;
	u8 *options;

	if (form->fragment) {
		fragment = skb_put_zero(skb, sizeof(*fragment));
		fragment->nexthdr = form->protocol;
		fragment->frag_off = htons(0x100);
	} else if (form->options) {
		options = skb_put_zero(skb, 16);
		options[0] = form->protocol;
		options[1] = 1;
	}
}

static void put_ipv6(struct sk_buff *skb, const struct vector *v,
		     const struct form *form)
{
	struct ipv6hdr *ip = skb_put_zero(skb, sizeof(*ip));

	ip->version = 6;
	ip->nexthdr = form->options ? NEXTHDR_DEST : form->protocol;
	if (form->fragment)
		ip->nexthdr = NEXTHDR_FRAGMENT;
	in6_pton(v->from, -1, ip->saddr.s6_addr, -1, NULL);
	in6_pton(v->to, -1, ip->daddr.s6_addr, -1, NULL);
	put_next(skb, form);
}

static struct sk_buff *make(struct kunit *test, const struct vector *v,
			    const struct form *form)
{
	struct sk_buff *skb = alloc_skb(256, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_put_zero(skb, ETH_HLEN);
	skb_set_network_header(skb, ETH_HLEN);
	skb->protocol = htons(is_v6(v) ? ETH_P_IPV6 : ETH_P_IP);
	if (form->ethertype)
		skb->protocol = htons(form->ethertype);
	if (is_v6(v))
		put_ipv6(skb, v, form);
	else
		put_ipv4(skb, v, form);
	put_ports(skb, v);
	skb_trim(skb, skb->len - form->cut);
	return skb;
}

static int init(struct kunit *test)
{
	hash = kunit_kzalloc(test, sizeof(*hash), GFP_KERNEL);
	if (!hash)
		return -ENOMEM;
	xsim_net_hash_init(hash);
	hash->algorithm = XEN_NETIF_CTRL_HASH_ALGORITHM_TOEPLITZ;
	memcpy(hash->key, key, sizeof(key));
	return 0;
}

/* The packet's fate; it is looked at, and freed. */
static unsigned int steer(struct kunit *test, const struct vector *v, int type,
			  u32 value)
{
	struct sk_buff *skb = make(test, v, &tcp);
	unsigned int queue = xsim_net_hash_steer(hash, skb, QUEUES);

	KUNIT_EXPECT_EQ(test, !!skb->sw_hash, type != NONE);
	KUNIT_EXPECT_EQ(test, skb_get_hash_raw(skb), value);
	if (type != NONE)
		KUNIT_EXPECT_EQ(test, xsim_net_hash_type(skb), (u8)type);
	kfree_skb(skb);
	return queue;
}

static void gives_the_published_hash(struct kunit *test)
{
	const struct vector *v = test->param_value;
	int plain = is_v6(v) ? _XEN_NETIF_CTRL_HASH_TYPE_IPV6 :
			       _XEN_NETIF_CTRL_HASH_TYPE_IPV4;
	int with_ports = is_v6(v) ? _XEN_NETIF_CTRL_HASH_TYPE_IPV6_TCP :
				    _XEN_NETIF_CTRL_HASH_TYPE_IPV4_TCP;

	hash->types = V4 | V6;
	KUNIT_EXPECT_EQ(test, steer(test, v, plain, v->plain), v->plain % QUEUES);
	hash->types = XSIM_NET_HASH_TYPES;
	KUNIT_EXPECT_EQ(test, steer(test, v, with_ports, v->with_ports),
			v->with_ports % QUEUES);
}

static void describe_vector(const struct vector *v, char *desc)
{
	strscpy(desc, v->from, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(vector, vectors, describe_vector);

/**
 * struct packet_case - a packet, and what is hashed of it
 * @name: for the log
 * @flow: addresses and ports
 * @form: the rest
 * @types: that the frontend has asked for
 * @expected: _XEN_NETIF_CTRL_HASH_TYPE_*, or NONE
 */
struct packet_case {
	const char *name;
	const struct vector *flow;
	struct form form;
	u32 types;
	int expected;
};

static const struct packet_case packet_cases[] = {
	{ "v4 tcp, ports", SOME_V4, { IPPROTO_TCP }, V4_TCP, 1 },
	{ "v4 tcp, addresses", SOME_V4, { IPPROTO_TCP }, V4, 0 },
	{ "v4 tcp, both", SOME_V4, { IPPROTO_TCP }, V4 | V4_TCP, 1 },
	{ "v4 tcp, nothing", SOME_V4, { IPPROTO_TCP }, 0, NONE },
	{ "v4 tcp, v6", SOME_V4, { IPPROTO_TCP }, V6 | V6_TCP, NONE },
	{ "v4 tcp, options", SOME_V4, { IPPROTO_TCP, .options = true }, V4_TCP, 1 },
	{ "v4 tcp, ports missing", SOME_V4, { IPPROTO_TCP, .cut = 18 }, V4 | V4_TCP, NONE },
	{ "v4 udp, both", SOME_V4, { IPPROTO_UDP }, V4 | V4_TCP, 0 },
	{ "v4 udp, ports", SOME_V4, { IPPROTO_UDP }, V4_TCP, NONE },
	{ "v4 fragment, both", SOME_V4, { IPPROTO_TCP, .fragment = true }, V4 | V4_TCP, 0 },
	{ "v4 fragment, ports", SOME_V4, { IPPROTO_TCP, .fragment = true }, V4_TCP, NONE },
	{ "v4, addresses missing", SOME_V4, { IPPROTO_UDP, .cut = 28 }, V4, NONE },
	{ "v6 tcp, ports", SOME_V6, { IPPROTO_TCP }, V6_TCP, 3 },
	{ "v6 tcp, addresses", SOME_V6, { IPPROTO_TCP }, V6, 2 },
	{ "v6 tcp, both", SOME_V6, { IPPROTO_TCP }, V6 | V6_TCP, 3 },
	{ "v6 tcp, v4", SOME_V6, { IPPROTO_TCP }, V4 | V4_TCP, NONE },
	{ "v6 tcp, options", SOME_V6, { IPPROTO_TCP, .options = true }, V6 | V6_TCP, 3 },
	{ "v6 udp, both", SOME_V6, { IPPROTO_UDP }, V6 | V6_TCP, 2 },
	{ "v6 udp, ports", SOME_V6, { IPPROTO_UDP }, V6_TCP, NONE },
	{ "v6 fragment, both", SOME_V6, { IPPROTO_TCP, .fragment = true }, V6 | V6_TCP, 2 },
	{ "v6, addresses missing", SOME_V6, { IPPROTO_UDP, .cut = 28 }, V6, NONE },
	{ "no IP", SOME_V4, { IPPROTO_TCP, .ethertype = ETH_P_ARP }, XSIM_NET_HASH_TYPES, NONE },
};

static u32 value_of(const struct packet_case *c)
{
	switch (c->expected) {
	case NONE:
		return 0;
	case _XEN_NETIF_CTRL_HASH_TYPE_IPV4_TCP:
	case _XEN_NETIF_CTRL_HASH_TYPE_IPV6_TCP:
		return c->flow->with_ports;
	default:
		return c->flow->plain;
	}
}

static void hashes_what_is_asked_for(struct kunit *test)
{
	const struct packet_case *c = test->param_value;
	struct sk_buff *skb = make(test, c->flow, &c->form);

	hash->types = c->types;
	xsim_net_hash_steer(hash, skb, QUEUES);
	KUNIT_EXPECT_EQ(test, !!skb->sw_hash, c->expected != NONE);
	KUNIT_EXPECT_EQ(test, skb_get_hash_raw(skb), value_of(c));
	if (c->expected != NONE)
		KUNIT_EXPECT_EQ(test, xsim_net_hash_type(skb), (u8)c->expected);
	kfree_skb(skb);
}

static void describe_packet(const struct packet_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(packet, packet_cases, describe_packet);

static void goes_where_the_table_says(struct kunit *test)
{
	static const u32 table[] = { 3, 1, 2, 0, 2 };
	const struct vector *v = SOME_V4;

	hash->types = V4;
	hash->size = ARRAY_SIZE(table);
	memcpy(hash->mapping, table, sizeof(table));
	KUNIT_EXPECT_EQ(test, steer(test, v, 0, v->plain),
			table[v->plain % ARRAY_SIZE(table)]);
	/* What has no hash goes where a hash of 0 would. */
	hash->types = V6;
	KUNIT_EXPECT_EQ(test, steer(test, v, NONE, 0), 3u);
}

/* A frontend came back with fewer queues, and has not said anything yet. */
static void goes_to_no_queue_that_is_gone(struct kunit *test)
{
	hash->types = V4;
	hash->size = 1;
	hash->mapping[0] = QUEUES + 1;
	KUNIT_EXPECT_EQ(test, steer(test, SOME_V4, 0, SOME_V4->plain), 1u);
}

static void counts_no_key_as_zeroes(struct kunit *test)
{
	memset(hash->key, 0, sizeof(hash->key));
	hash->types = V4;
	steer(test, SOME_V4, 0, 0);
}

static void keeps_flows_together_without_being_asked(struct kunit *test)
{
	unsigned int i, queue, seen = 0;

	xsim_net_hash_forget(hash);
	hash->types = XSIM_NET_HASH_TYPES;
	for (i = 0; i < ARRAY_SIZE(vectors); i++) {
		queue = steer(test, &vectors[i], NONE, 0);
		KUNIT_EXPECT_EQ(test, steer(test, &vectors[i], NONE, 0), queue);
		seen |= BIT(queue);
	}
	/* Not all in the same. */
	KUNIT_EXPECT_GT(test, hweight32(seen), 1u);
}

static void forgets_all(struct kunit *test)
{
	hash->types = V4;
	hash->size = 7;
	hash->mapping[6] = 1;
	xsim_net_hash_forget(hash);
	KUNIT_EXPECT_EQ(test, hash->algorithm,
			(u32)XEN_NETIF_CTRL_HASH_ALGORITHM_NONE);
	KUNIT_EXPECT_EQ(test, hash->types, 0u);
	KUNIT_EXPECT_EQ(test, hash->size, 0u);
	KUNIT_EXPECT_EQ(test, hash->mapping[6], 0u);
	KUNIT_EXPECT_NULL(test, memchr_inv(hash->key, 0, sizeof(hash->key)));
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(gives_the_published_hash, vector_gen_params),
	KUNIT_CASE_PARAM(hashes_what_is_asked_for, packet_gen_params),
	KUNIT_CASE(goes_where_the_table_says),
	KUNIT_CASE(goes_to_no_queue_that_is_gone),
	KUNIT_CASE(counts_no_key_as_zeroes),
	KUNIT_CASE(keeps_flows_together_without_being_asked),
	KUNIT_CASE(forgets_all),
	{}
};

static struct kunit_suite suite = {
	.name = "xpv_net_hash",
	.init = init,
	.test_cases = cases,
};

kunit_test_suite(suite);

MODULE_DESCRIPTION("KUnit suite of the simulated network backend's hash");
MODULE_LICENSE("GPL");

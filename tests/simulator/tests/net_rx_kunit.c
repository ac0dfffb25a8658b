// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suite xpv_net_rx: packets for a guest, as the simulated network backend puts
 * them into its buffers: with room before the data and without, and with the
 * slots that say more of them. The guest's end is hand-made.
 */
#define xsim_net_rx		rx_tested_rx
#define xsim_net_rx_get		rx_tested_rx_get
#define xsim_net_rx_put		rx_tested_rx_put
#define xsim_net_rx_put_extra	rx_tested_rx_put_extra
#define xsim_net_rx_extras	rx_tested_rx_extras
#define xsim_net_hash_init	rx_tested_hash_init
#define xsim_net_hash_forget	rx_tested_hash_forget
#define xsim_net_toeplitz	rx_tested_toeplitz
#define xsim_net_hash_steer	rx_tested_hash_steer
#define xsim_net_hash_type	rx_tested_hash_type
#define xsim_net_offer		rx_tested_offer
#define xsim_net_hear_headroom	rx_tested_hear_headroom
#define xsim_net_hear_all	rx_tested_hear_all
#define xsim_net_hear_queue	rx_tested_hear_queue
#define xsim_ring_attach	rx_tested_attach
#define xsim_ring_detach	rx_tested_detach
#define xsim_ring_poll		rx_tested_poll
#define xsim_ring_get		rx_tested_get
#define xsim_ring_put		rx_tested_put
#define xsim_ring_publish	rx_tested_publish
#define xsim_ring_arm		rx_tested_arm
#define xsim_ring_shut		rx_tested_shut
#define xsim_ring_complain	rx_tested_complain
#define xsim_ring_check_slot	rx_tested_check_slot
#define xsim_ring_new_event	rx_tested_new_event
#define xsim_ring_hear		rx_tested_hear
#define xsim_ring_awake		rx_tested_awake

#include <tests/kunit/suite.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "../backend/net.h"

#define BUFFERS	24
#define UNTOUCHED 0xa5
#define FIRST_REF 100

/* Both ends, and dom0 around them. */
struct bench {
	u64 headroom;
	bool not_offered;
	int offered;
	unsigned int told;
	struct xsim_ring_head *area;
	u8 *buffers[BUFFERS];
	struct xsim_device dev;
	struct xsim_net net;
	struct xsim_net_queue q;
};

static struct bench *bench;

__printf(1, 2)
static void fake_violation(const char *fmt, ...)
{
	bench->told++;
}

static int fake_map(struct xsim_map *map, u32 ref, bool readonly)
{
	if (ref < FIRST_REF || ref >= FIRST_REF + BUFFERS)
		return -EINVAL;
	map->addr = bench->buffers[ref - FIRST_REF];
	return 0;
}

static void fake_unmap(struct xsim_map *map)
{
	*map = (struct xsim_map){};
}

static bool fake_lie_rx(struct xsim_net_queue *q, u32 avail)
{
	return false;
}

static u64 fake_read_uint(const char *path, const char *node, u64 fallback)
{
	return strcmp(node, "xdp-headroom") ? fallback : bench->headroom;
}

static u64 fake_knob(struct xsim_back *back, const char *knob, u64 fallback)
{
	return bench->not_offered ? 0 : fallback;
}

static bool fake_wants(struct xsim_back *back, const char *node)
{
	return false;
}

__printf(3, 4)
static void fake_say(struct xsim_back *back, const char *node,
		     const char *fmt, ...)
{
	va_list args;
	int offers;

	if (strcmp(node, "feature-xdp-headroom"))
		return;
	va_start(args, fmt);
	offers = va_arg(args, int);
	va_end(args);
	bench->offered = offers;
}

static int fake_hear(struct xsim_back *back, const char *dir, const char *node,
		     u64 max, u32 *value)
{
	return -EINVAL;
}

static int fake_hear_queues(struct xsim_back *back, u64 limit, unsigned int *nr)
{
	return -EINVAL;
}

__printf(2, 3)
static void fake_complain(const struct xsim_back *back, const char *fmt, ...)
{
	bench->told++;
}

static int fake_area_map(struct xsim_area *area, const u32 *refs, unsigned int nr)
{
	return -EINVAL;
}

#define xsim_back_wants		fake_wants
#define xsim_back_say		fake_say
#define xsim_back_hear		fake_hear
#define xsim_back_hear_queues	fake_hear_queues
#define xsim_back_complain	fake_complain
#define xsim_area_map		fake_area_map
#define xsim_violation		fake_violation
#define xsim_grant_map		fake_map
#define xsim_grant_unmap	fake_unmap
#define xsim_net_lie_rx		fake_lie_rx
#define xsim_store_read_uint	fake_read_uint
#define xsim_back_knob		fake_knob

#include "../backend/ring.c"
#include "../backend/ring_police.c"
#include "../backend/net_hash.c"
#include "../backend/net_extra.c"
#include "../backend/net_rx.c"
#include "../backend/net_nodes.c"

static int make_buffers(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < BUFFERS; i++) {
		bench->buffers[i] = kunit_kmalloc(test, PAGE_SIZE, GFP_KERNEL);
		if (!bench->buffers[i])
			return -ENOMEM;
		memset(bench->buffers[i], UNTOUCHED, PAGE_SIZE);
	}
	return 0;
}

static int init(struct kunit *test)
{
	bench = kunit_kzalloc(test, sizeof(*bench), GFP_KERNEL);
	if (!bench || make_buffers(test))
		return -ENOMEM;
	bench->area = (void *)get_zeroed_page(GFP_KERNEL);
	if (!bench->area)
		return -ENOMEM;
	bench->net.back.dev = &bench->dev;
	bench->q.net = &bench->net;
	skb_queue_head_init(&bench->q.backlog);
	bench->area->req_event = 1;
	return xsim_ring_attach(&bench->q.rx, bench->area, PAGE_SIZE,
				sizeof(union xsim_net_rx_slot));
}

static void exit_(struct kunit *test)
{
	if (!bench)
		return;
	skb_queue_purge(&bench->q.backlog);
	xsim_ring_detach(&bench->q.rx);
	free_page((unsigned long)bench->area);
}

static union xsim_net_rx_slot *slot(u32 index)
{
	return (void *)bench->area->slots +
	       index * sizeof(union xsim_net_rx_slot);
}

/* The guest lends so many more buffers. */
static void lend(unsigned int nr)
{
	u32 at;

	while (nr--) {
		at = bench->area->req_prod++;
		slot(at)->req = (struct xen_netif_rx_request){
			.id = 700 + at,
			.gref = FIRST_REF + at,
		};
	}
}

/* A packet whose bytes tell where they are. */
static struct sk_buff *make(struct kunit *test, unsigned int len)
{
	struct sk_buff *skb = alloc_skb(len, GFP_KERNEL);
	unsigned int i;
	u8 *data;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	data = skb_put(skb, len);
	for (i = 0; i < len; i++)
		data[i] = i % 251;
	skb->protocol = htons(ETH_P_IP);
	skb_queue_tail(&bench->q.backlog, skb);
	return skb;
}

static bool is_of_packet(const u8 *data, unsigned int at, unsigned int len)
{
	while (len--) {
		if (*data++ != at++ % 251)
			return false;
	}
	return true;
}

/* The slot holds that part of the packet, behind the headroom, and no more. */
static void expect_data(struct kunit *test, u32 at, unsigned int from,
			unsigned int len)
{
	const struct xen_netif_rx_response *rsp = &slot(at)->rsp;
	unsigned int headroom = bench->net.headroom;
	const u8 *buffer = bench->buffers[at];

	KUNIT_EXPECT_EQ(test, rsp->id, (u16)(700 + at));
	KUNIT_EXPECT_EQ(test, rsp->offset, 0u);
	KUNIT_EXPECT_EQ(test, rsp->status, (s16)(headroom + len));
	KUNIT_EXPECT_TRUE(test, is_of_packet(buffer + headroom, from, len));
	KUNIT_EXPECT_NULL(test, memchr_inv(buffer, UNTOUCHED, headroom));
	KUNIT_EXPECT_NULL(test, memchr_inv(buffer + headroom + len, UNTOUCHED,
					   PAGE_SIZE - headroom - len));
}

/* Return: how many slots the packet took. */
static u32 deliver(struct kunit *test)
{
	lend(BUFFERS);
	KUNIT_EXPECT_TRUE(test, xsim_net_rx(&bench->q));
	KUNIT_EXPECT_EQ(test, bench->told, 0u);
	return bench->q.rx.rsp_pvt;
}

/**
 * struct size_case - a packet with room before it
 * @name: for the log
 * @headroom: as it was heard
 * @len: of the packet
 * @nr_data: slots that it takes
 */
struct size_case {
	const char *name;
	u16 headroom;
	unsigned int len;
	unsigned int nr_data;
};

static const struct size_case size_cases[] = {
	{ "none, small", 0, 60, 1 },
	{ "none, page", 0, 4096, 1 },
	{ "none, page and more", 0, 4097, 2 },
	{ "256, small", 256, 60, 1 },
	{ "256, as much as there is room", 256, 3840, 1 },
	{ "256, more than there is room", 256, 3841, 2 },
	{ "256, a page", 256, 4096, 2 },
	{ "256, several", 256, 20000, 6 },
	{ "all but a byte", 4095, 14, 14 },
};

static void begins_behind_the_headroom(struct kunit *test)
{
	const struct size_case *c = test->param_value;
	unsigned int room = PAGE_SIZE - c->headroom, i, at = 0;
	unsigned int extras = !!c->headroom;

	bench->net.headroom = c->headroom;
	make(test, c->len);
	KUNIT_EXPECT_EQ(test, deliver(test), c->nr_data + extras);
	for (i = 0; i < c->nr_data; i++) {
		u32 index = i ? i + extras : 0;
		bool last = i + 1 == c->nr_data;

		expect_data(test, index, at, min(room, c->len - at));
		KUNIT_EXPECT_EQ(test, slot(index)->rsp.flags,
				(u16)((last ? 0 : XEN_NETRXF_more_data) |
				      (i || !extras ? 0 : XEN_NETRXF_extra_info)));
		at += room;
	}
}

static void describe_size(const struct size_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(size, size_cases, describe_size);

/* A failure, and no byte of it anywhere. */
static void fails_without_room(struct kunit *test, u16 headroom)
{
	u32 before = bench->q.rx.rsp_pvt;

	bench->net.headroom = headroom;
	make(test, 100);
	lend(2);
	KUNIT_EXPECT_TRUE(test, xsim_net_rx(&bench->q));
	KUNIT_EXPECT_EQ(test, bench->q.rx.rsp_pvt, before + 2);
	KUNIT_EXPECT_EQ(test, slot(before)->rsp.status, (s16)XEN_NETIF_RSP_ERROR);
	KUNIT_EXPECT_NULL(test, memchr_inv(bench->buffers[before], UNTOUCHED,
					   PAGE_SIZE));
	KUNIT_EXPECT_EQ(test, slot(before + 1)->extra.u.xdp.headroom, headroom);
}

static void fails_where_a_page_has_no_room(struct kunit *test)
{
	fails_without_room(test, 4096);
	fails_without_room(test, XEN_NETIF_MAX_XDP_HEADROOM);
}

/* What the slots behind the first one are to say. */
struct extra_case {
	const char *name;
	bool gso;
	bool hash;
	bool headroom;
	u8 types[3];
};

#define GSO	XEN_NETIF_EXTRA_TYPE_GSO
#define HASH	XEN_NETIF_EXTRA_TYPE_HASH
#define XDP	XEN_NETIF_EXTRA_TYPE_XDP

static const struct extra_case extra_cases[] = {
	{ "none", false, false, false, {} },
	{ "gso", true, false, false, { GSO } },
	{ "hash", false, true, false, { HASH } },
	{ "headroom", false, false, true, { XDP } },
	{ "gso and hash", true, true, false, { GSO, HASH } },
	{ "gso and headroom", true, false, true, { GSO, XDP } },
	{ "hash and headroom", false, true, true, { HASH, XDP } },
	{ "all", true, true, true, { GSO, HASH, XDP } },
};

static void expect_extra(struct kunit *test, u8 type,
			 const struct xen_netif_extra_info *extra)
{
	static const u8 hash[] = { 0x78, 0x56, 0x34, 0x12 };

	KUNIT_EXPECT_EQ(test, extra->type, type);
	switch (type) {
	case GSO:
		KUNIT_EXPECT_EQ(test, extra->u.gso.size, 1448u);
		KUNIT_EXPECT_EQ(test, extra->u.gso.type,
				(u8)XEN_NETIF_GSO_TYPE_TCPV4);
		break;
	case HASH:
		KUNIT_EXPECT_EQ(test, extra->u.hash.type,
				(u8)_XEN_NETIF_CTRL_HASH_TYPE_IPV4_TCP);
		KUNIT_EXPECT_EQ(test, extra->u.hash.algorithm,
				(u8)XEN_NETIF_CTRL_HASH_ALGORITHM_TOEPLITZ);
		/* The least of it first. */
		KUNIT_EXPECT_EQ(test, memcmp(extra->u.hash.value, hash, 4), 0);
		break;
	default:
		KUNIT_EXPECT_EQ(test, extra->u.xdp.headroom, 128u);
	}
}

static void says_what_there_is_to_say(struct kunit *test)
{
	const struct extra_case *c = test->param_value;
	unsigned int nr = c->gso + c->hash + c->headroom, i;
	struct sk_buff *skb = make(test, 5000);

	if (c->gso) {
		skb_shinfo(skb)->gso_size = 1448;
		skb_shinfo(skb)->gso_type = SKB_GSO_TCPV4;
	}
	if (c->hash)
		__skb_set_sw_hash(skb, 0x12345678, true);
	bench->net.headroom = c->headroom ? 128 : 0;
	KUNIT_EXPECT_EQ(test, deliver(test), nr + 2);
	KUNIT_EXPECT_EQ(test, !!(slot(0)->rsp.flags & XEN_NETRXF_extra_info), !!nr);
	for (i = 0; i < nr; i++) {
		expect_extra(test, c->types[i], &slot(1 + i)->extra);
		KUNIT_EXPECT_EQ(test, slot(1 + i)->extra.flags,
				(u8)(i + 1 < nr ? XEN_NETIF_EXTRA_FLAG_MORE : 0));
	}
}

static void describe_extra(const struct extra_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(extra, extra_cases, describe_extra);

/* Buffers for the data alone are not enough. */
static void waits_for_all_its_buffers(struct kunit *test)
{
	bench->net.headroom = 256;
	make(test, 3841);
	lend(2);
	KUNIT_EXPECT_FALSE(test, xsim_net_rx(&bench->q));
	KUNIT_EXPECT_EQ(test, bench->q.rx.rsp_pvt, 0u);
	lend(1);
	KUNIT_EXPECT_TRUE(test, xsim_net_rx(&bench->q));
	KUNIT_EXPECT_EQ(test, bench->q.rx.rsp_pvt, 3u);
	expect_data(test, 0, 0, 3840);
	expect_data(test, 2, 3840, 1);
}

/* What the frontend writes, and what becomes of it. */
struct node_case {
	const char *name;
	u64 node;
	bool not_offered;
	u16 headroom;
};

static const struct node_case node_cases[] = {
	{ "none", 0, false, 0 },
	{ "usual", 256, false, 256 },
	{ "largest", 0x7fff, false, 0x7fff },
	{ "too large", 0x8000, false, 0x7fff },
	{ "absurd", U64_MAX, false, 0x7fff },
	{ "not offered", 256, true, 0 },
};

static void hears_how_much_room(struct kunit *test)
{
	const struct node_case *c = test->param_value;

	bench->net.headroom = 77;
	bench->headroom = c->node;
	bench->not_offered = c->not_offered;
	xsim_net_offer(&bench->net.back);
	KUNIT_EXPECT_EQ(test, bench->offered, (int)!c->not_offered);
	xsim_net_hear_headroom(&bench->net.back);
	KUNIT_EXPECT_EQ(test, bench->net.headroom, c->headroom);
}

static void describe_node(const struct node_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(node, node_cases, describe_node);

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(begins_behind_the_headroom, size_gen_params),
	KUNIT_CASE(fails_where_a_page_has_no_room),
	KUNIT_CASE_PARAM(says_what_there_is_to_say, extra_gen_params),
	KUNIT_CASE(waits_for_all_its_buffers),
	KUNIT_CASE_PARAM(hears_how_much_room, node_gen_params),
	{}
};

static struct kunit_suite suite = {
	.name = "xpv_net_rx",
	.init = init,
	.exit = exit_,
	.test_cases = cases,
};

kunit_test_suite(suite);

MODULE_DESCRIPTION("KUnit suite of what the simulated network backend delivers");
MODULE_LICENSE("GPL");

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suite xpv_net_mcast: which groups a guest of the simulated network backend
 * listens to. The guest's end is hand-made: requests on a transmit ring, as a
 * frontend makes them that wants groups, and their answers.
 */
#define xsim_net_mcast_init	mcast_tested_mcast_init
#define xsim_net_mcast_connect	mcast_tested_mcast_connect
#define xsim_net_mcast_disconnect mcast_tested_mcast_disconnect
#define xsim_net_mcast_add	mcast_tested_mcast_add
#define xsim_net_mcast_del	mcast_tested_mcast_del
#define xsim_net_mcast_passes	mcast_tested_mcast_passes
#define xsim_net_parse		mcast_tested_parse
#define xsim_net_tx		mcast_tested_tx
#define xsim_net_answer		mcast_tested_answer
#define xsim_lie_name		mcast_tested_lie_name
#define xsim_lie_find		mcast_tested_lie_find
#define xsim_lies_init		mcast_tested_lies_init
#define xsim_lies_arm		mcast_tested_lies_arm
#define xsim_lies_take		mcast_tested_lies_take
#define xsim_lies_postpone	mcast_tested_lies_postpone
#define xsim_ring_attach	mcast_tested_attach
#define xsim_ring_detach	mcast_tested_detach
#define xsim_ring_poll		mcast_tested_poll
#define xsim_ring_get		mcast_tested_get
#define xsim_ring_put		mcast_tested_put
#define xsim_ring_publish	mcast_tested_publish
#define xsim_ring_arm		mcast_tested_arm
#define xsim_ring_shut		mcast_tested_shut
#define xsim_ring_complain	mcast_tested_complain
#define xsim_ring_check_slot	mcast_tested_check_slot
#define xsim_ring_new_event	mcast_tested_new_event
#define xsim_ring_hear		mcast_tested_hear
#define xsim_ring_awake		mcast_tested_awake

#include <tests/kunit/suite.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "../backend/net.h"

#define SLOTS	256
#define ADD	XEN_NETIF_EXTRA_TYPE_MCAST_ADD
#define DEL	XEN_NETIF_EXTRA_TYPE_MCAST_DEL
#define GSO	XEN_NETIF_EXTRA_TYPE_GSO
#define HASH	XEN_NETIF_EXTRA_TYPE_HASH
#define XDP	XEN_NETIF_EXTRA_TYPE_XDP
#define OKAY	XEN_NETIF_RSP_OKAY
#define ERROR	XEN_NETIF_RSP_ERROR
#define FRONT	"front"

/* Both ends, and dom0 around them. */
struct bench {
	bool wish;
	bool not_offered;
	bool fixed;
	unsigned int told;
	unsigned int built;
	struct xsim_watch *watch;
	struct xsim_ring_head *area;
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

static bool fake_wants(struct xsim_back *back, const char *node)
{
	return !strcmp(node, "request-multicast-control") && bench->wish;
}

static u64 fake_knob(struct xsim_back *back, const char *knob, u64 fallback)
{
	if (!strcmp(knob, "mcast"))
		return !bench->not_offered;
	return !strcmp(knob, "mcast-dynamic") ? !bench->fixed : fallback;
}

static int fake_watch_add(struct xsim_watch *watch)
{
	bench->watch = watch;
	return 0;
}

static void fake_watch_remove(struct xsim_watch *watch)
{
	bench->watch = NULL;
}

/* A packet that is one: of no interest here. */
static struct sk_buff *fake_build(struct xsim_net_queue *q)
{
	bench->built++;
	return NULL;
}

static void fake_wire_send(struct xsim_net *from, struct sk_buff *skb)
{
}

static void fake_ring_tx(struct xsim_net_queue *q)
{
}

static int fake_map(struct xsim_map *map, u32 ref, bool readonly)
{
	return -EINVAL;
}

static void fake_unmap(struct xsim_map *map)
{
}

#define xsim_violation		fake_violation
#define xsim_back_wants		fake_wants
#define xsim_back_knob		fake_knob
#define xsim_watch_add		fake_watch_add
#define xsim_watch_remove	fake_watch_remove
#define xsim_net_build		fake_build
#define xsim_net_wire_send	fake_wire_send
#define xsim_net_ring_tx	fake_ring_tx
#define xsim_grant_map		fake_map
#define xsim_grant_unmap	fake_unmap

#include "../backend/ring.c"
#include "../backend/ring_police.c"
#include "../backend/lie.c"
#include "../backend/net_mcast.c"
#include "../backend/net_parse.c"
#include "../backend/net_tx_lie.c"
#include "../backend/net_tx.c"

static int connect(void)
{
	return xsim_net_mcast_connect(&bench->net.mcast, &bench->net.back);
}

static int init(struct kunit *test)
{
	bench = kunit_kzalloc(test, sizeof(*bench), GFP_KERNEL);
	if (!bench)
		return -ENOMEM;
	bench->area = (void *)get_zeroed_page(GFP_KERNEL);
	if (!bench->area)
		return -ENOMEM;
	bench->dev.frontend = FRONT;
	bench->net.back.dev = &bench->dev;
	bench->q.net = &bench->net;
	bench->wish = true;
	xsim_lies_init(&bench->net.back.lies);
	xsim_net_mcast_init(&bench->net.mcast);
	bench->area->req_event = 1;
	if (connect())
		return -ENOMEM;
	return xsim_ring_attach(&bench->q.tx, bench->area, PAGE_SIZE,
				sizeof(union xsim_net_tx_slot));
}

static void exit_(struct kunit *test)
{
	if (!bench)
		return;
	xsim_net_mcast_disconnect(&bench->net.mcast);
	KUNIT_EXPECT_NULL(test, bench->watch);
	xsim_ring_detach(&bench->q.tx);
	free_page((unsigned long)bench->area);
}

static union xsim_net_tx_slot *slot(u32 index)
{
	return (void *)bench->area->slots +
	       index % SLOTS * sizeof(union xsim_net_tx_slot);
}

static void put_request(u16 flags)
{
	u32 at = bench->area->req_prod++;

	slot(at)->req = (struct xen_netif_tx_request){
		.flags = flags,
		.id = at % SLOTS,
		.size = 60,
	};
}

static void put_extra(u8 type, u8 flags, const u8 *addr)
{
	struct xen_netif_extra_info extra = { .type = type, .flags = flags };

	memcpy(extra.u.mcast.addr, addr, ETH_ALEN);
	slot(bench->area->req_prod++)->extra = extra;
}

static void group_of(u8 addr[ETH_ALEN], u8 number)
{
	const u8 group[ETH_ALEN] = { 0x01, 0x00, 0x5e, 0x12, 0x34, number };

	memcpy(addr, group, ETH_ALEN);
}

/* One request, as a frontend makes it, and its answer. */
static s16 ask(struct kunit *test, u8 type, u8 number)
{
	u32 at = bench->area->req_prod;
	u8 addr[ETH_ALEN];

	group_of(addr, number);
	put_request(XEN_NETTXF_extra_info);
	put_extra(type, 0, addr);
	KUNIT_EXPECT_TRUE(test, xsim_net_tx(&bench->q));
	/* The case knows when to look. */
	(void)xsim_ring_publish(&bench->q.tx);
	KUNIT_EXPECT_EQ(test, bench->area->rsp_prod, at + 2);
	KUNIT_EXPECT_EQ(test, slot(at)->rsp.id, (u16)(at % SLOTS));
	KUNIT_EXPECT_EQ(test, slot(at + 1)->rsp.status, (s16)XEN_NETIF_RSP_NULL);
	KUNIT_EXPECT_EQ(test, bench->built, 0u);
	return slot(at)->rsp.status;
}

static bool listens(u8 number)
{
	u8 addr[ETH_ALEN];

	group_of(addr, number);
	return xsim_net_mcast_passes(&bench->net.mcast, addr);
}

static void gives_what_is_listened_to(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, listens(1));
	KUNIT_EXPECT_EQ(test, ask(test, ADD, 1), (s16)OKAY);
	KUNIT_EXPECT_TRUE(test, listens(1));
	KUNIT_EXPECT_FALSE(test, listens(2));
	KUNIT_EXPECT_EQ(test, ask(test, DEL, 1), (s16)OKAY);
	KUNIT_EXPECT_FALSE(test, listens(1));
	KUNIT_EXPECT_EQ(test, bench->told, 0u);
}

static void gives_what_is_for_no_group(struct kunit *test)
{
	static const u8 broadcast[] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	static const u8 host[] = { 0x00, 0x16, 0x3e, 0x00, 0x00, 0x01 };

	KUNIT_EXPECT_TRUE(test, xsim_net_mcast_passes(&bench->net.mcast, broadcast));
	KUNIT_EXPECT_TRUE(test, xsim_net_mcast_passes(&bench->net.mcast, host));
}

static void has_room_for_64(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < 64; i++)
		KUNIT_EXPECT_EQ(test, ask(test, ADD, i), (s16)OKAY);
	KUNIT_EXPECT_EQ(test, ask(test, ADD, 64), (s16)ERROR);
	KUNIT_EXPECT_FALSE(test, listens(64));
	for (i = 0; i < 64; i++)
		KUNIT_EXPECT_TRUE(test, listens(i));
	/* Room again, and none of the others is lost. */
	KUNIT_EXPECT_EQ(test, ask(test, DEL, 10), (s16)OKAY);
	KUNIT_EXPECT_EQ(test, ask(test, ADD, 64), (s16)OKAY);
	for (i = 0; i < 65; i++)
		KUNIT_EXPECT_EQ(test, listens(i), i != 10);
	KUNIT_EXPECT_EQ(test, ask(test, ADD, 65), (s16)ERROR);
	KUNIT_EXPECT_EQ(test, bench->told, 0u);
}

/* As in xen-netback: it has to be removed as often. */
static void counts_what_is_added_twice(struct kunit *test)
{
	ask(test, ADD, 1);
	KUNIT_EXPECT_EQ(test, ask(test, ADD, 1), (s16)OKAY);
	KUNIT_EXPECT_EQ(test, bench->net.mcast.nr, 2u);
	ask(test, DEL, 1);
	KUNIT_EXPECT_TRUE(test, listens(1));
	ask(test, DEL, 1);
	KUNIT_EXPECT_FALSE(test, listens(1));
}

static void forgives_removal_of_what_is_absent(struct kunit *test)
{
	ask(test, ADD, 1);
	KUNIT_EXPECT_EQ(test, ask(test, DEL, 2), (s16)OKAY);
	KUNIT_EXPECT_EQ(test, bench->net.mcast.nr, 1u);
	KUNIT_EXPECT_TRUE(test, listens(1));
	KUNIT_EXPECT_EQ(test, bench->told, 0u);
}

/* The list may be made before it is wanted. */
static void filters_when_it_is_asked_to(struct kunit *test)
{
	bench->wish = false;
	bench->watch->changed(bench->watch);
	KUNIT_EXPECT_EQ(test, ask(test, ADD, 1), (s16)OKAY);
	KUNIT_EXPECT_TRUE(test, listens(2));
	bench->wish = true;
	KUNIT_EXPECT_TRUE(test, listens(2));
	bench->watch->changed(bench->watch);
	KUNIT_EXPECT_FALSE(test, listens(2));
	KUNIT_EXPECT_TRUE(test, listens(1));
}

static void looks_where_the_wish_is(struct kunit *test)
{
	KUNIT_ASSERT_NOT_NULL(test, bench->watch);
	KUNIT_EXPECT_STREQ(test, bench->watch->path,
			   FRONT "/request-multicast-control");
}

static void asks_once_unless_it_is_dynamic(struct kunit *test)
{
	xsim_net_mcast_disconnect(&bench->net.mcast);
	bench->fixed = true;
	KUNIT_ASSERT_EQ(test, connect(), 0);
	KUNIT_EXPECT_NULL(test, bench->watch);
	KUNIT_EXPECT_FALSE(test, listens(1));
}

static void forgets_when_it_disconnects(struct kunit *test)
{
	ask(test, ADD, 1);
	xsim_net_mcast_disconnect(&bench->net.mcast);
	KUNIT_EXPECT_NULL(test, bench->watch);
	KUNIT_ASSERT_EQ(test, connect(), 0);
	KUNIT_EXPECT_FALSE(test, listens(1));
}

static void tells_of_what_was_not_offered(struct kunit *test)
{
	u8 addr[ETH_ALEN];

	xsim_net_mcast_disconnect(&bench->net.mcast);
	bench->not_offered = true;
	KUNIT_ASSERT_EQ(test, connect(), 0);
	/* It does not filter either. */
	KUNIT_EXPECT_TRUE(test, listens(1));
	group_of(addr, 1);
	put_request(XEN_NETTXF_extra_info);
	put_extra(ADD, 0, addr);
	KUNIT_EXPECT_FALSE(test, xsim_net_tx(&bench->q));
	KUNIT_EXPECT_EQ(test, bench->told, 1u);
	KUNIT_EXPECT_TRUE(test, bench->q.dead);
}

/* What the request says of data is not looked at: there are none. */
static void takes_no_more_slots_than_it_needs(struct kunit *test)
{
	u8 addr[ETH_ALEN];

	group_of(addr, 1);
	put_request(XEN_NETTXF_extra_info | XEN_NETTXF_more_data);
	put_extra(DEL, XEN_NETIF_EXTRA_FLAG_MORE, addr);
	put_extra(ADD, XEN_NETIF_EXTRA_FLAG_MORE, addr);
	put_extra(DEL, 0, addr);
	put_request(0);
	KUNIT_EXPECT_TRUE(test, xsim_net_tx(&bench->q));
	KUNIT_EXPECT_EQ(test, bench->q.tx.req_cons, 4u);
	KUNIT_EXPECT_EQ(test, bench->q.tx.rsp_pvt, 4u);
	/* Of both kinds the addition counts. */
	KUNIT_EXPECT_TRUE(test, listens(1));
	KUNIT_EXPECT_TRUE(test, xsim_net_tx(&bench->q));
	KUNIT_EXPECT_EQ(test, bench->built, 1u);
	KUNIT_EXPECT_EQ(test, bench->told, 0u);
}

/**
 * struct extra_case - an extra slot of a packet
 * @name: for the log
 * @type: of the slot
 * @told: it is against the protocol
 */
struct extra_case {
	const char *name;
	u8 type;
	bool told;
};

static const struct extra_case extra_cases[] = {
	{ "none", XEN_NETIF_EXTRA_TYPE_NONE, true },
	/* Its size is the address: not 0. */
	{ "a large packet of no kind", GSO, true },
	{ "hash", HASH, false },
	{ "headroom, which is for the other way", XDP, true },
	{ "beyond the last", XEN_NETIF_EXTRA_TYPE_MAX, true },
};

static void takes_hashes_and_nothing_else(struct kunit *test)
{
	const struct extra_case *c = test->param_value;
	u8 addr[ETH_ALEN];

	group_of(addr, 1);
	put_request(XEN_NETTXF_extra_info);
	put_extra(c->type, 0, addr);
	KUNIT_EXPECT_EQ(test, xsim_net_tx(&bench->q), !c->told);
	KUNIT_EXPECT_EQ(test, bench->told, (unsigned int)c->told);
	KUNIT_EXPECT_EQ(test, bench->built, (unsigned int)!c->told);
	KUNIT_EXPECT_EQ(test, bench->net.mcast.nr, 0u);
}

static void describe_extra(const struct extra_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(extra, extra_cases, describe_extra);

static struct kunit_case cases[] = {
	KUNIT_CASE(gives_what_is_listened_to),
	KUNIT_CASE(gives_what_is_for_no_group),
	KUNIT_CASE(has_room_for_64),
	KUNIT_CASE(counts_what_is_added_twice),
	KUNIT_CASE(forgives_removal_of_what_is_absent),
	KUNIT_CASE(filters_when_it_is_asked_to),
	KUNIT_CASE(looks_where_the_wish_is),
	KUNIT_CASE(asks_once_unless_it_is_dynamic),
	KUNIT_CASE(forgets_when_it_disconnects),
	KUNIT_CASE(tells_of_what_was_not_offered),
	KUNIT_CASE(takes_no_more_slots_than_it_needs),
	KUNIT_CASE_PARAM(takes_hashes_and_nothing_else, extra_gen_params),
	{}
};

static struct kunit_suite suite = {
	.name = "xpv_net_mcast",
	.init = init,
	.exit = exit_,
	.test_cases = cases,
};

kunit_test_suite(suite);

MODULE_DESCRIPTION("KUnit suite of the simulated network backend's groups");
MODULE_LICENSE("GPL");

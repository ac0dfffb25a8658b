// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suite xpv_net_ctrl: the control ring of the simulated network backend, with our
 * frontends' half of a ring at the other end: each message, with parameters that
 * are good and bad.
 */
#define xsim_net_hash_init	ctrl_tested_hash_init
#define xsim_net_hash_forget	ctrl_tested_hash_forget
#define xsim_net_toeplitz	ctrl_tested_toeplitz
#define xsim_net_hash_steer	ctrl_tested_hash_steer
#define xsim_net_hash_type	ctrl_tested_hash_type
#define xsim_net_ctrl_connect	ctrl_tested_ctrl_connect
#define xsim_net_ctrl_disconnect ctrl_tested_ctrl_disconnect
#define xsim_net_ctrl_kick	ctrl_tested_ctrl_kick
#define xsim_ring_attach	ctrl_tested_attach
#define xsim_ring_detach	ctrl_tested_detach
#define xsim_ring_poll		ctrl_tested_poll
#define xsim_ring_get		ctrl_tested_get
#define xsim_ring_put		ctrl_tested_put
#define xsim_ring_publish	ctrl_tested_publish
#define xsim_ring_arm		ctrl_tested_arm
#define xsim_ring_shut		ctrl_tested_shut
#define xsim_ring_complain	ctrl_tested_complain
#define xsim_ring_check_slot	ctrl_tested_check_slot
#define xsim_ring_new_event	ctrl_tested_new_event
#define xsim_ring_hear		ctrl_tested_hear
#define xsim_ring_awake		ctrl_tested_awake

#include <tests/kunit/suite.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <xpv/ring_index.h>

#include "../backend/net_ctrl.h"
#include "../backend/back.h"

#define SLOTS	128
#define QUEUES	4
#define PORT	77

/* References: the ring's, pages of the frontend's, and one that is not granted. */
#define REF_RING	8
#define REF_KEY		9
#define REF_TABLE	10
#define REF_BAD_TABLE	11
#define REF_NONE	12

#define OFF	XEN_NETIF_CTRL_HASH_ALGORITHM_NONE
#define TOEP	XEN_NETIF_CTRL_HASH_ALGORITHM_TOEPLITZ
#define V4	XEN_NETIF_CTRL_HASH_TYPE_IPV4
#define ALL	XSIM_NET_HASH_TYPES

/* Both ends, dom0 around them, and what it has been told. */
struct bench {
	u64 ring_ref;
	u64 port;
	bool not_offered;
	bool no_port;
	bool no_map;
	void (*event)(void *data);
	void *data;
	unsigned int rings;
	unsigned int notified;
	unsigned int told;
	unsigned int maps;
	u8 key[PAGE_SIZE];
	u32 table[PAGE_SIZE / sizeof(u32)];
	struct xpv_ring_shared *area;
	struct xpv_ring front;
	struct xsim_device dev;
	struct xsim_back back;
	struct xsim_net_ctrl ctrl;
};

static struct bench *bench;

static int fake_grant_read(u32 ref, unsigned int offset, void *to, size_t len)
{
	const void *from = ref == REF_KEY ? (void *)bench->key : bench->table;

	if (ref < REF_KEY || ref >= REF_NONE)
		return -EINVAL;
	if (offset > PAGE_SIZE || len > PAGE_SIZE - offset)
		return -ERANGE;
	memcpy(to, from + offset, len);
	/* Its second entry is the number of no queue. */
	if (ref == REF_BAD_TABLE && len > sizeof(u32))
		((u32 *)to)[1] = QUEUES;
	return 0;
}

static int fake_area_map(struct xsim_area *area, const u32 *refs, unsigned int nr)
{
	if (bench->no_map || *refs != REF_RING)
		return -EINVAL;
	area->addr = bench->area;
	area->nr = nr;
	bench->maps++;
	return 0;
}

static void fake_area_unmap(struct xsim_area *area)
{
	bench->maps -= area->nr;
	*area = (struct xsim_area){};
}

static int fake_port_bind(u32 port, void (*event)(void *data), void *data,
			  struct xsim_port **result)
{
	if (bench->no_port || port != PORT)
		return -EINVAL;
	bench->event = event;
	bench->data = data;
	/* Nobody looks into it. */
	*result = (void *)bench;
	return 0;
}

static void fake_port_unbind(struct xsim_port *port)
{
	if (port)
		bench->event = NULL;
}

static void fake_port_notify(struct xsim_port *port)
{
	bench->notified++;
}

static void fake_port_kick(struct xsim_port *port)
{
}

static unsigned int fake_port_rings(const struct xsim_port *port)
{
	return bench->rings;
}

static u64 fake_read_uint(const char *path, const char *node, u64 fallback)
{
	return strcmp(node, "ctrl-ring-ref") ? fallback : bench->ring_ref;
}

static u64 fake_knob(struct xsim_back *back, const char *knob, u64 fallback)
{
	return bench->not_offered ? 0 : fallback;
}

static int fake_hear(struct xsim_back *back, const char *dir, const char *node,
		     u64 max, u32 *value)
{
	if (strcmp(node, "event-channel-ctrl") || bench->port > max)
		return -EINVAL;
	*value = bench->port;
	return 0;
}

__printf(2, 3)
static void fake_back_complain(const struct xsim_back *back, const char *fmt, ...)
{
	bench->told++;
}

__printf(1, 2)
static void fake_violation(const char *fmt, ...)
{
	bench->told++;
}

#define xsim_grant_read		fake_grant_read
#define xsim_area_map		fake_area_map
#define xsim_area_unmap		fake_area_unmap
#define xsim_port_bind		fake_port_bind
#define xsim_port_unbind	fake_port_unbind
#define xsim_port_notify	fake_port_notify
#define xsim_port_kick		fake_port_kick
#define xsim_port_rings		fake_port_rings
#define xsim_store_read_uint	fake_read_uint
#define xsim_back_knob		fake_knob
#define xsim_back_hear		fake_hear
#define xsim_back_complain	fake_back_complain
#define xsim_violation		fake_violation

#include "../backend/ring.c"
#include "../backend/ring_police.c"
#include "../backend/net_hash.c"
#include "../backend/net_ctrl.c"

static int connect(void)
{
	return xsim_net_ctrl_connect(&bench->ctrl, &bench->back, QUEUES);
}

static void make_ring(void)
{
	memset(bench->area, 0, PAGE_SIZE);
	bench->area->req_event = 1;
	bench->area->rsp_event = 1;
	bench->front = (struct xpv_ring){
		.size = SLOTS,
		.shared = (__force struct xpv_ring_shared __xpv_shared *)bench->area,
	};
}

static void make_pages(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bench->table); i++)
		bench->table[i] = i % QUEUES;
	for (i = 0; i < PAGE_SIZE; i++)
		bench->key[i] = 0x80 + i;
}

static int init(struct kunit *test)
{
	bench = kunit_kzalloc(test, sizeof(*bench), GFP_KERNEL);
	if (!bench)
		return -ENOMEM;
	bench->area = (void *)get_zeroed_page(GFP_KERNEL);
	if (!bench->area)
		return -ENOMEM;
	bench->back.dev = &bench->dev;
	bench->ring_ref = REF_RING;
	bench->port = PORT;
	make_ring();
	make_pages();
	xsim_net_hash_init(&bench->ctrl.hash);
	return connect();
}

static void exit_(struct kunit *test)
{
	if (!bench)
		return;
	xsim_net_ctrl_disconnect(&bench->ctrl);
	KUNIT_EXPECT_EQ(test, bench->maps, 0u);
	KUNIT_EXPECT_NULL(test, bench->event);
	free_page((unsigned long)bench->area);
}

static union xsim_net_ctrl_slot *slot(u32 index)
{
	return (void *)bench->area->slots +
	       index % SLOTS * sizeof(union xsim_net_ctrl_slot);
}

/* Not shown to the backend yet. */
static void put(u16 id, u16 type, const u32 data[3])
{
	struct xen_netif_ctrl_request req = { .id = id, .type = type };

	memcpy(req.data, data, sizeof(req.data));
	slot(bench->front.req_prod++)->req = req;
}

static void show(void)
{
	if (xpv_ring_publish(&bench->front))
		bench->rings++;
	bench->event(bench->data);
}

/* Shows one message, and takes the answer. */
static struct xen_netif_ctrl_response ask(struct kunit *test, u16 type, u32 first,
					  u32 second, u32 third)
{
	const u32 data[3] = { first, second, third };
	u32 at = bench->front.req_prod;

	put(at + 500, type, data);
	show();
	KUNIT_EXPECT_EQ(test, bench->area->rsp_prod, at + 1);
	KUNIT_EXPECT_EQ(test, slot(at)->rsp.id, (u16)(at + 500));
	KUNIT_EXPECT_EQ(test, slot(at)->rsp.type, type);
	bench->front.rsp_cons = at + 1;
	bench->area->rsp_event = at + 2;
	return slot(at)->rsp;
}

#define GET_TYPES	XEN_NETIF_CTRL_TYPE_GET_HASH_FLAGS
#define SET_TYPES	XEN_NETIF_CTRL_TYPE_SET_HASH_FLAGS
#define SET_KEY		XEN_NETIF_CTRL_TYPE_SET_HASH_KEY
#define GET_SIZE	XEN_NETIF_CTRL_TYPE_GET_HASH_MAPPING_SIZE
#define SET_SIZE	XEN_NETIF_CTRL_TYPE_SET_HASH_MAPPING_SIZE
#define SET_TABLE	XEN_NETIF_CTRL_TYPE_SET_HASH_MAPPING
#define SET_ALGORITHM	XEN_NETIF_CTRL_TYPE_SET_HASH_ALGORITHM

/**
 * struct message_case - a message, and its answer
 * @name: for the log
 * @algorithm: that is set before
 * @size: entries of the table before
 * @type: of the message
 * @data: of the message
 * @status: of the answer
 * @answer: its data
 */
struct message_case {
	const char *name;
	u32 algorithm;
	u32 size;
	u16 type;
	u32 data[3];
	u32 status;
	u32 answer;
};

static const struct message_case message_cases[] = {
	{ "type of none", TOEP, 0, XEN_NETIF_CTRL_TYPE_INVALID, {}, UNSUPPORTED },
	{ "type beyond the last", TOEP, 0, SET_ALGORITHM + 1, {}, UNSUPPORTED },
	{ "type far beyond", TOEP, 0, 0xffff, {}, UNSUPPORTED },
	{ "algorithm: none", TOEP, 0, SET_ALGORITHM, { OFF }, OKAY },
	{ "algorithm: toeplitz", OFF, 0, SET_ALGORITHM, { TOEP }, OKAY },
	{ "algorithm: unknown", OFF, 0, SET_ALGORITHM, { 2 }, INVALID },
	{ "types there are", TOEP, 0, GET_TYPES, {}, OKAY, ALL },
	{ "types there are, off", OFF, 0, GET_TYPES, {}, UNSUPPORTED },
	{ "types: one", TOEP, 0, SET_TYPES, { V4 }, OKAY },
	{ "types: all", TOEP, 0, SET_TYPES, { ALL }, OKAY },
	{ "types: none", TOEP, 0, SET_TYPES, { 0 }, OKAY },
	{ "types: unknown", TOEP, 0, SET_TYPES, { ALL | 16 }, INVALID },
	{ "types: off", OFF, 0, SET_TYPES, { V4 }, INVALID },
	{ "key: whole", TOEP, 0, SET_KEY, { REF_KEY, 40 }, OKAY },
	{ "key: short", TOEP, 0, SET_KEY, { REF_KEY, 1 }, OKAY },
	{ "key: off", OFF, 0, SET_KEY, { REF_KEY, 40 }, OKAY },
	{ "key: empty, no page", TOEP, 0, SET_KEY, { REF_NONE, 0 }, OKAY },
	{ "key: too long", TOEP, 0, SET_KEY, { REF_KEY, 41 }, INVALID },
	{ "key: absurd", TOEP, 0, SET_KEY, { REF_KEY, U32_MAX }, INVALID },
	{ "key: no page", TOEP, 0, SET_KEY, { REF_NONE, 40 }, INVALID },
	{ "size there is", OFF, 0, GET_SIZE, {}, OKAY, 128 },
	{ "size: some", TOEP, 0, SET_SIZE, { 8 }, OKAY },
	{ "size: largest", TOEP, 0, SET_SIZE, { 128 }, OKAY },
	{ "size: none", TOEP, 8, SET_SIZE, { 0 }, OKAY },
	{ "size: too large", TOEP, 0, SET_SIZE, { 129 }, INVALID },
	{ "table: whole", TOEP, 8, SET_TABLE, { REF_TABLE, 8, 0 }, OKAY },
	{ "table: largest", TOEP, 128, SET_TABLE, { REF_TABLE, 128, 0 }, OKAY },
	{ "table: end", TOEP, 8, SET_TABLE, { REF_TABLE, 3, 5 }, OKAY },
	{ "table: nothing, no page", TOEP, 8, SET_TABLE, { REF_NONE, 0, 8 }, OKAY },
	{ "table: beyond its end", TOEP, 8, SET_TABLE, { REF_TABLE, 3, 6 }, INVALID },
	{ "table: nothing, beyond", TOEP, 8, SET_TABLE, { REF_TABLE, 0, 9 }, INVALID },
	{ "table: too long", TOEP, 8, SET_TABLE, { REF_TABLE, 9, 0 }, INVALID },
	{ "table: wraps", TOEP, 8, SET_TABLE, { REF_TABLE, 2, U32_MAX }, INVALID },
	{ "table: longer than a page", TOEP, 8, SET_TABLE, { REF_TABLE, 1025, 0 }, INVALID },
	{ "table: no size", TOEP, 0, SET_TABLE, { REF_TABLE, 1, 0 }, INVALID },
	{ "table: no page", TOEP, 8, SET_TABLE, { REF_NONE, 1, 0 }, INVALID },
	{ "table: no such queue", TOEP, 8, SET_TABLE, { REF_BAD_TABLE, 8, 0 }, INVALID },
};

/* What a message in vain must not change. */
static void expect_as_before(struct kunit *test, const struct message_case *c)
{
	const struct xsim_net_hash *hash = &bench->ctrl.hash;

	KUNIT_EXPECT_EQ(test, hash->algorithm, c->algorithm);
	KUNIT_EXPECT_EQ(test, hash->types, 0u);
	KUNIT_EXPECT_EQ(test, hash->size, c->size);
	KUNIT_EXPECT_NULL(test, memchr_inv(hash->key, 0xee, sizeof(hash->key)));
	KUNIT_EXPECT_NULL(test, memchr_inv(hash->mapping, 0xdd,
					   sizeof(hash->mapping)));
}

static void answers_each_message(struct kunit *test)
{
	const struct message_case *c = test->param_value;
	struct xsim_net_hash *hash = &bench->ctrl.hash;
	struct xen_netif_ctrl_response rsp;

	hash->algorithm = c->algorithm;
	hash->size = c->size;
	memset(hash->key, 0xee, sizeof(hash->key));
	memset(hash->mapping, 0xdd, sizeof(hash->mapping));
	rsp = ask(test, c->type, c->data[0], c->data[1], c->data[2]);
	KUNIT_EXPECT_EQ(test, rsp.status, c->status);
	KUNIT_EXPECT_EQ(test, rsp.data, c->answer);
	if (c->status != OKAY)
		expect_as_before(test, c);
	KUNIT_EXPECT_EQ(test, bench->told, 0u);
}

static void describe_message(const struct message_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(message, message_cases, describe_message);

static void expect_okay(struct kunit *test, u16 type, u32 first, u32 second,
			u32 third)
{
	KUNIT_EXPECT_EQ(test, ask(test, type, first, second, third).status,
			(u32)OKAY);
}

static void does_as_it_was_asked(struct kunit *test)
{
	const struct xsim_net_hash *hash = &bench->ctrl.hash;

	expect_okay(test, SET_ALGORITHM, TOEP, 0, 0);
	expect_okay(test, SET_TYPES, V4, 0, 0);
	expect_okay(test, SET_KEY, REF_KEY, 40, 0);
	KUNIT_EXPECT_EQ(test, hash->algorithm, (u32)TOEP);
	KUNIT_EXPECT_EQ(test, hash->types, (u32)V4);
	KUNIT_EXPECT_EQ(test, memcmp(hash->key, bench->key, 40), 0);
	/* A shorter one ends with zeroes. */
	expect_okay(test, SET_KEY, REF_KEY, 16, 0);
	KUNIT_EXPECT_EQ(test, memcmp(hash->key, bench->key, 16), 0);
	KUNIT_EXPECT_NULL(test, memchr_inv(hash->key + 16, 0, 24));
}

static void fills_its_table_by_parts(struct kunit *test)
{
	const struct xsim_net_hash *hash = &bench->ctrl.hash;
	unsigned int i;

	expect_okay(test, SET_SIZE, 8, 0, 0);
	KUNIT_EXPECT_EQ(test, hash->size, 8u);
	expect_okay(test, SET_TABLE, REF_TABLE, 4, 3);
	for (i = 0; i < 8; i++)
		KUNIT_EXPECT_EQ(test, hash->mapping[i],
				i < 3 || i > 6 ? 0u : (i - 3) % QUEUES);
	/* A new size is a new table. */
	expect_okay(test, SET_SIZE, 8, 0, 0);
	KUNIT_EXPECT_NULL(test, memchr_inv(hash->mapping, 0, 8 * sizeof(u32)));
}

/* All in one go, in their order, and rung for once: nobody asked for more. */
static void answers_a_full_ring(struct kunit *test)
{
	static const u32 none[3];
	unsigned int i;

	for (i = 0; i < SLOTS; i++)
		put(i, GET_SIZE, none);
	show();
	KUNIT_EXPECT_EQ(test, bench->area->rsp_prod, (u32)SLOTS);
	for (i = 0; i < SLOTS; i++) {
		KUNIT_EXPECT_EQ(test, slot(i)->rsp.id, (u16)i);
		KUNIT_EXPECT_EQ(test, slot(i)->rsp.data, 128u);
	}
	KUNIT_EXPECT_EQ(test, bench->notified, 1u);
	KUNIT_EXPECT_EQ(test, bench->told, 0u);
}

static void says_no_more_on_a_ring_that_is_broken(struct kunit *test)
{
	WRITE_ONCE(bench->area->req_prod, SLOTS + 1);
	bench->rings++;
	bench->event(bench->data);
	KUNIT_EXPECT_EQ(test, bench->told, 1u);
	bench->event(bench->data);
	KUNIT_EXPECT_EQ(test, bench->told, 1u);
	KUNIT_EXPECT_EQ(test, bench->area->rsp_prod, 0u);
}

static void tells_of_a_needless_doorbell(struct kunit *test)
{
	bench->event(bench->data);
	bench->rings++;
	bench->event(bench->data);
	KUNIT_EXPECT_EQ(test, bench->told, 1u);
}

/* As in xen-netback: who comes back has to say what it does not want any more. */
static void remembers_when_the_frontend_comes_back(struct kunit *test)
{
	expect_okay(test, SET_ALGORITHM, TOEP, 0, 0);
	expect_okay(test, SET_TYPES, V4, 0, 0);
	xsim_net_ctrl_disconnect(&bench->ctrl);
	KUNIT_EXPECT_NULL(test, bench->event);
	make_ring();
	bench->rings = 0;
	KUNIT_ASSERT_EQ(test, connect(), 0);
	KUNIT_EXPECT_EQ(test, bench->ctrl.hash.types, (u32)V4);
	expect_okay(test, SET_ALGORITHM, OFF, 0, 0);
}

/**
 * struct connect_case - what the frontend has written
 * @name: for the log
 * @ring_ref: its ctrl-ring-ref
 * @port: its event-channel-ctrl
 * @not_offered: there was no feature-ctrl-ring
 * @err: whether that can be worked with
 * @has: there is a control ring then
 */
struct connect_case {
	const char *name;
	u64 ring_ref;
	u64 port;
	bool not_offered;
	int err;
	bool has;
};

static const struct connect_case connect_cases[] = {
	{ "both", REF_RING, PORT, false, 0, true },
	{ "no ring", U64_MAX, PORT, false, 0, false },
	{ "not offered", REF_RING, PORT, true, 0, false },
	{ "no port", REF_RING, U64_MAX, false, -EINVAL, false },
	{ "wrong port", REF_RING, PORT + 1, false, -EINVAL, false },
	{ "wrong page", REF_KEY, PORT, false, -EINVAL, false },
};

static void connects_as_it_was_told(struct kunit *test)
{
	const struct connect_case *c = test->param_value;

	xsim_net_ctrl_disconnect(&bench->ctrl);
	bench->ring_ref = c->ring_ref;
	bench->port = c->port;
	bench->not_offered = c->not_offered;
	KUNIT_EXPECT_EQ(test, connect(), c->err);
	KUNIT_EXPECT_EQ(test, !!bench->event, c->has);
	KUNIT_EXPECT_EQ(test, bench->maps, c->has ? 1u : 0u);
}

static void describe_connect(const struct connect_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(connect, connect_cases, describe_connect);

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(answers_each_message, message_gen_params),
	KUNIT_CASE(does_as_it_was_asked),
	KUNIT_CASE(fills_its_table_by_parts),
	KUNIT_CASE(answers_a_full_ring),
	KUNIT_CASE(says_no_more_on_a_ring_that_is_broken),
	KUNIT_CASE(tells_of_a_needless_doorbell),
	KUNIT_CASE(remembers_when_the_frontend_comes_back),
	KUNIT_CASE_PARAM(connects_as_it_was_told, connect_gen_params),
	{}
};

static struct kunit_suite suite = {
	.name = "xpv_net_ctrl",
	.init = init,
	.exit = exit_,
	.test_cases = cases,
};

kunit_test_suite(suite);

MODULE_DESCRIPTION("KUnit suite of the simulated network backend's control ring");
MODULE_LICENSE("GPL");

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suite xnf_negotiate: what is read of XenStore's nodes, and what is written
 * (negotiate.c). XenStore is a fake, which can fail at any step.
 */
#define xnf_read_mac	tested_read_mac
#define xnf_read_offer	tested_read_offer
#define xnf_write_nodes	tested_write_nodes

#include <tests/kunit/suite.h>
#include <linux/etherdevice.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <tests/kunit/store_steps.h>

#include "../netfront.h"

#define DIR	"device/vif/3"
#define TX_REF	500
#define RX_REF	600
#define PORT	70
#define RX_PORT	80
#define QUEUES	4
#define NOT_SAID	UINT_MAX

/**
 * struct store - XenStore, and the bus
 * @mac: text of that node
 * @err: of reading it
 * @stray: nodes that are none of a card's
 * @features: bits that the backend offers, as in @names
 * @queues: that it offers
 * @fatal: faults told
 */
struct store {
	const char *mac;
	int err;
	unsigned int stray;
	unsigned long features;
	unsigned int queues;
	unsigned int fatal;
};

static struct store store;
static struct xpv_device *xdev;

enum feature {
	RX_COPY,
	SPLIT,
	SG,
	NO_CSUM,
	CSUM6,
	TSO4,
	TSO6,
	FEATURES,
};

static const char *const names[] = {
	[RX_COPY] = "feature-rx-copy",
	[SPLIT] = "feature-split-event-channels",
	[SG] = "feature-sg",
	[NO_CSUM] = "feature-no-csum-offload",
	[CSUM6] = "feature-ipv6-csum-offload",
	[TSO4] = "feature-gso-tcpv4",
	[TSO6] = "feature-gso-tcpv6",
};

static int fake_read(const char *dir, const char *node, char **value)
{
	store.stray += strcmp(dir, DIR) || strcmp(node, "mac");
	if (store.err)
		return store.err;
	*value = kstrdup(store.mac, GFP_KERNEL);
	return *value ? 0 : -ENOMEM;
}

static bool fake_feature(const char *node)
{
	unsigned int i;

	for (i = 0; i < FEATURES; i++)
		if (!strcmp(node, names[i]))
			return store.features & BIT(i);
	store.stray++;
	return false;
}

static u32 fake_limit(const char *node, u32 absent, u32 max)
{
	store.stray += !!strcmp(node, "multi-queue-max-queues");
	return min(store.queues != NOT_SAID ? store.queues : absent, max);
}

static int fake_fatal(int err)
{
	store.fatal++;
	return err;
}

#define xpv_xs_read(txn, dir, node, value)	fake_read(dir, node, value)
#define xpv_bus_peer_feature(xdev, node)	fake_feature(node)
#define xpv_bus_peer_limit(xdev, node, absent, max) fake_limit(node, absent, max)
#define xpv_bus_fatal(xdev, err, ...)		fake_fatal(err)

#include "../negotiate.c"

static int init(struct kunit *test)
{
	store = (struct store){ .queues = NOT_SAID };
	steps = (struct steps){ .dir = DIR };
	xdev = kunit_kzalloc(test, sizeof(*xdev), GFP_KERNEL);
	if (!xdev)
		return -ENOMEM;
	xdev->nodename = DIR;
	return 0;
}

/* What the node says, and the address it is; or that it is told of as none. */
struct mac_case {
	const char *name;
	const char *text;
	u8 mac[ETH_ALEN];
	int err;
	int read_err;
};

static const struct mac_case mac_cases[] = {
	{ "of Xen's", "00:16:3e:01:02:03", { 0, 0x16, 0x3e, 1, 2, 3 } },
	{ "capitals", "00:16:3E:AB:CD:EF", { 0, 0x16, 0x3e, 0xab, 0xcd, 0xef } },
	{ "local", "fe:ff:ff:ff:ff:ff", { 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff } },
	{ "empty", "", .err = -EINVAL },
	{ "a digit short", "00:16:3e:01:02:0", .err = -EINVAL },
	{ "a byte short", "00:16:3e:01:02", .err = -EINVAL },
	{ "a byte long", "00:16:3e:01:02:03:04", .err = -EINVAL },
	{ "a digit long", "00:16:3e:01:02:034", .err = -EINVAL },
	{ "blank after", "00:16:3e:01:02:03 ", .err = -EINVAL },
	{ "newline after", "00:16:3e:01:02:03\n", .err = -EINVAL },
	{ "blank before", " 00:16:3e:01:02:03", .err = -EINVAL },
	{ "blank for a digit", " 0:16:3e:01:02:03", .err = -EINVAL },
	{ "short bytes", "0:16:3e:1:2:3", .err = -EINVAL },
	{ "dashes", "00-16-3e-01-02-03", .err = -EINVAL },
	{ "no separators", "00163e01020300163", .err = -EINVAL },
	{ "no digit", "00:16:3g:01:02:03", .err = -EINVAL },
	{ "format", "%s%s%s%s%s%s%s%s%", .err = -EINVAL },
	{ "zero", "00:00:00:00:00:00", .err = -EINVAL },
	{ "broadcast", "ff:ff:ff:ff:ff:ff", .err = -EINVAL },
	{ "multicast", "01:00:5e:00:00:01", .err = -EINVAL },
	{ "no node", .err = -ENOENT, .read_err = -ENOENT },
	{ "no memory", .err = -ENOMEM, .read_err = -ENOMEM },
};

static void describe_mac(const struct mac_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(mac, mac_cases, describe_mac);

static void an_address_is_read_strictly(struct kunit *test)
{
	const struct mac_case *c = test->param_value;
	u8 mac[ETH_ALEN] = {};

	store.mac = c->text;
	store.err = c->read_err;
	KUNIT_EXPECT_EQ(test, xnf_read_mac(xdev, mac), c->err);
	KUNIT_EXPECT_EQ(test, store.fatal, c->err ? 1 : 0);
	if (!c->err)
		KUNIT_EXPECT_EQ(test, memcmp(mac, c->mac, ETH_ALEN), 0);
	KUNIT_EXPECT_EQ(test, store.stray, 0);
}

/* All there are: which feature stands for what, and that none is another's. */
static void each_offer_is_read(struct kunit *test)
{
	unsigned long features;
	struct xnf_offer offer;

	for (features = 0; features < BIT(FEATURES); features++) {
		store.features = features;
		store.fatal = 0;
		if (!(features & BIT(RX_COPY))) {
			KUNIT_EXPECT_EQ(test, xnf_read_offer(xdev, &offer), -EOPNOTSUPP);
			KUNIT_EXPECT_EQ(test, store.fatal, 1);
			continue;
		}
		KUNIT_EXPECT_EQ(test, xnf_read_offer(xdev, &offer), 0);
		KUNIT_EXPECT_EQ(test, store.fatal, 0);
		KUNIT_EXPECT_EQ(test, offer.split, !!(features & BIT(SPLIT)));
		KUNIT_EXPECT_EQ(test, offer.sg, !!(features & BIT(SG)));
		KUNIT_EXPECT_EQ(test, offer.csum4, !(features & BIT(NO_CSUM)));
		KUNIT_EXPECT_EQ(test, offer.csum6, !!(features & BIT(CSUM6)));
		KUNIT_EXPECT_EQ(test, offer.tso4, !!(features & BIT(TSO4)));
		KUNIT_EXPECT_EQ(test, offer.tso6, !!(features & BIT(TSO6)));
	}
	KUNIT_EXPECT_EQ(test, store.stray, 0);
}

static void an_offer_is_of_one_queue_at_least(struct kunit *test)
{
	static const unsigned int said[] = { NOT_SAID, 0, 1, 2, 100000 };
	static const unsigned int means[] = { 1, 1, 1, 2, 100000 };
	struct xnf_offer offer;
	unsigned int i;

	store.features = BIT(RX_COPY);
	for (i = 0; i < ARRAY_SIZE(said); i++) {
		store.queues = said[i];
		KUNIT_EXPECT_EQ(test, xnf_read_offer(xdev, &offer), 0);
		KUNIT_EXPECT_EQ(test, offer.queues, means[i]);
	}
	KUNIT_EXPECT_EQ(test, store.stray, 0);
}

static void set_channels(struct xnf_queue *q, bool split)
{
	q->channels[0].evtchn.port = xpv_port(PORT + q->id);
	q->channels[1].evtchn.port = split ? xpv_port(RX_PORT + q->id) : XPV_PORT_NONE;
	q->tx.channel = &q->channels[0];
	q->rx.channel = &q->channels[split];
}

static struct xnf_front *new_front(struct kunit *test, unsigned int used, bool split)
{
	struct xnf_front *front = kunit_kzalloc(test, sizeof(*front), GFP_KERNEL);
	struct xnf_queue *q = kunit_kcalloc(test, QUEUES, sizeof(*q), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, front);
	KUNIT_ASSERT_NOT_NULL(test, q);
	front->xdev = xdev;
	front->queues = q;
	front->nr_queues = QUEUES;
	front->nr_used = used;
	xnf_for_each_queue(q, front) {
		q->front = front;
		q->id = q - front->queues;
		q->tx.area.refs[0] = xpv_gref(TX_REF + q->id);
		q->rx.area.refs[0] = xpv_gref(RX_REF + q->id);
		set_channels(q, split);
	}
	return front;
}

/* Nodes that a backend looks for, whatever the queues: with a value, or gone. */
static const struct step nodes[] = {
	{ "request-rx-copy", "1" },
	{ "feature-rx-notify", "1" },
	{ "feature-sg", "1" },
	{ "feature-gso-tcpv4", "1" },
	{ "feature-gso-tcpv6", "1" },
	{ "feature-ipv6-csum-offload", "1" },
	{ "tx-ring-ref" },
	{ "rx-ring-ref" },
	{ "event-channel" },
	{ "event-channel-tx" },
	{ "event-channel-rx" },
	{ "ctrl-ring-ref" },
	{ "event-channel-ctrl" },
	{ "request-multicast-control" },
	{ "feature-no-csum-offload" },
	{ "feature-gso-tcpv4-prefix" },
	{ "feature-gso-tcpv6-prefix" },
	{ "xdp-headroom" },
};

/* One queue is where backends that know of no other look for it. */
static const struct step one_queue[] = {
	{ "multi-queue-num-queues" },
	{ "tx-ring-ref", "500" },
	{ "rx-ring-ref", "600" },
	{ "event-channel", "70" },
};

static const struct step one_split_queue[] = {
	{ "multi-queue-num-queues" },
	{ "tx-ring-ref", "500" },
	{ "rx-ring-ref", "600" },
	{ "event-channel-tx", "70" },
	{ "event-channel-rx", "80" },
};

/* Several have a folder each, which is made anew. */
static const struct step three_queues[] = {
	{ "multi-queue-num-queues", "3" },
	{ "queue-0" },
	{ "queue-0/tx-ring-ref", "500" },
	{ "queue-0/rx-ring-ref", "600" },
	{ "queue-0/event-channel", "70" },
	{ "queue-1" },
	{ "queue-1/tx-ring-ref", "501" },
	{ "queue-1/rx-ring-ref", "601" },
	{ "queue-1/event-channel", "71" },
	{ "queue-2" },
	{ "queue-2/tx-ring-ref", "502" },
	{ "queue-2/rx-ring-ref", "602" },
	{ "queue-2/event-channel", "72" },
};

static const struct step two_split_queues[] = {
	{ "multi-queue-num-queues", "2" },
	{ "queue-0" },
	{ "queue-0/tx-ring-ref", "500" },
	{ "queue-0/rx-ring-ref", "600" },
	{ "queue-0/event-channel-tx", "70" },
	{ "queue-0/event-channel-rx", "80" },
	{ "queue-1" },
	{ "queue-1/tx-ring-ref", "501" },
	{ "queue-1/rx-ring-ref", "601" },
	{ "queue-1/event-channel-tx", "71" },
	{ "queue-1/event-channel-rx", "81" },
};

static void expect_each_once(struct kunit *test, const struct step *step,
			     unsigned int nr)
{
	for (; nr--; step++)
		KUNIT_EXPECT_EQ_MSG(test, count_steps(step->node, step->value), 1,
				    "%s", step->node);
}

/**
 * struct way - how many queues, and how many channels each has
 * @name: for the log
 * @used: queues
 * @split: a channel for each direction
 * @steps: what of it is written beside @nodes
 * @nr: how many
 */
struct way {
	const char *name;
	unsigned int used;
	bool split;
	const struct step *steps;
	unsigned int nr;
};

static const struct way ways[] = {
	{ "one queue", 1, false, one_queue, ARRAY_SIZE(one_queue) },
	{ "one split queue", 1, true, one_split_queue, ARRAY_SIZE(one_split_queue) },
	{ "three queues", 3, false, three_queues, ARRAY_SIZE(three_queues) },
	{ "two split queues", 2, true, two_split_queues, ARRAY_SIZE(two_split_queues) },
};

static void describe_way(const struct way *way, char *desc)
{
	strscpy(desc, way->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(way, ways, describe_way);

/* Of the queues that are in use; and nothing else is. */
static void all_nodes_are_written_once(struct kunit *test)
{
	const struct way *way = test->param_value;

	KUNIT_ASSERT_EQ(test, xnf_write_nodes(new_front(test, way->used, way->split)), 0);
	KUNIT_ASSERT_EQ(test, steps.nr, 1 + way->nr + ARRAY_SIZE(nodes));
	KUNIT_EXPECT_STREQ(test, steps.all[0].node, "state");
	expect_each_once(test, way->steps, way->nr);
	expect_each_once(test, nodes, ARRAY_SIZE(nodes));
	KUNIT_EXPECT_EQ(test, steps.stray, 0);
}

/* What is removed is not there any more, nor is what is in that folder. */
static bool removes(const struct step *step, const char *node)
{
	size_t len = strlen(step->node);

	return !step->value[0] && !strncmp(step->node, node, len) &&
	       (!node[len] || node[len] == '/');
}

static void nothing_is_removed_after_it_was_written(struct kunit *test)
{
	const struct way *way = test->param_value;
	unsigned int i, k;

	KUNIT_ASSERT_EQ(test, xnf_write_nodes(new_front(test, way->used, way->split)), 0);
	/* The first is the look whether we are still there. */
	for (i = 1; i < steps.nr; i++)
		for (k = 1; k < i; k++)
			KUNIT_EXPECT_FALSE(test, removes(&steps.all[i], steps.all[k].node));
}

/* A transaction that goes on after an error would be committed with a hole. */
static void the_first_error_ends_it(struct kunit *test)
{
	const struct way *way = test->param_value;
	struct xnf_front *front = new_front(test, way->used, way->split);
	unsigned int fails;

	for (fails = 1; fails <= 1 + way->nr + ARRAY_SIZE(nodes); fails++) {
		fail_at_step(fails);
		KUNIT_EXPECT_EQ(test, xnf_write_nodes(front), steps.err);
		KUNIT_EXPECT_EQ(test, steps.nr, fails);
	}
	KUNIT_EXPECT_EQ(test, store.fatal, 0);
}

static struct kunit_case negotiate_cases[] = {
	KUNIT_CASE_PARAM(an_address_is_read_strictly, mac_gen_params),
	KUNIT_CASE(each_offer_is_read),
	KUNIT_CASE(an_offer_is_of_one_queue_at_least),
	KUNIT_CASE_PARAM(all_nodes_are_written_once, way_gen_params),
	KUNIT_CASE_PARAM(nothing_is_removed_after_it_was_written, way_gen_params),
	KUNIT_CASE_PARAM(the_first_error_ends_it, way_gen_params),
	{}
};

static struct kunit_suite negotiate_suite = {
	.name = "xnf_negotiate",
	.init = init,
	.test_cases = negotiate_cases,
};

kunit_test_suite(negotiate_suite);

MODULE_DESCRIPTION("KUnit suite of xpv-netfront's nodes");
MODULE_LICENSE("GPL");

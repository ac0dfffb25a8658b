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

#include "../netfront.h"

#define DIR	"device/vif/3"
#define TXN	((struct xpv_xs_txn *)&store)
#define STEPS	32
#define TX_REF	500
#define RX_REF	600
#define PORT	70

/**
 * struct step - what was done to a node
 * @node: which
 * @value: written; empty: it was removed
 */
struct step {
	const char *node;
	char value[16];
};

/**
 * struct store - XenStore, and the bus
 * @mac: text of that node
 * @err: of the step that fails
 * @fails: which that is, from 1 on; 0 for none
 * @nr: steps
 * @steps: each; the first is the look whether we are still there
 * @stray: steps elsewhere, or outside the transaction
 * @features: bits that the backend offers, as in @names
 * @fatal: faults told
 */
struct store {
	const char *mac;
	int err;
	unsigned int fails;
	unsigned int nr;
	struct step steps[STEPS];
	unsigned int stray;
	unsigned long features;
	unsigned int fatal;
};

static struct store store;
static struct xpv_device *xdev;

enum feature {
	RX_COPY,
	SG,
	NO_CSUM,
	CSUM6,
	TSO4,
	TSO6,
	FEATURES,
};

static const char *const names[] = {
	[RX_COPY] = "feature-rx-copy",
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

static struct step *take_step(struct xpv_xs_txn *txn, const char *dir, const char *node)
{
	struct step *step = &store.steps[store.nr++ % STEPS];

	store.stray += txn != TXN || strcmp(dir, DIR);
	step->node = node;
	step->value[0] = '\0';
	return step;
}

static int outcome(void)
{
	return store.nr == store.fails ? store.err : 0;
}

static int fake_touch(struct xpv_xs_txn *txn, const char *dir, const char *node)
{
	take_step(txn, dir, node);
	return outcome();
}

__printf(4, 5)
static int fake_printf(struct xpv_xs_txn *txn, const char *dir, const char *node,
		       const char *fmt, ...)
{
	struct step *step = take_step(txn, dir, node);
	va_list args;

	va_start(args, fmt);
	vsnprintf(step->value, sizeof(step->value), fmt, args);
	va_end(args);
	return outcome();
}

static int fake_fatal(int err)
{
	store.fatal++;
	return err;
}

#define xpv_xs_read(txn, dir, node, value)	fake_read(dir, node, value)
#define xpv_bus_peer_feature(xdev, node)	fake_feature(node)
#define xpv_bus_fatal(xdev, err, ...)		fake_fatal(err)
#define xpv_xs_exists				fake_touch
#define xpv_xs_remove				fake_touch
#define xpv_xs_printf				fake_printf
#define xpv_xs_transact(fn, arg)		fn(TXN, arg)

#include "../negotiate.c"

static int init(struct kunit *test)
{
	store = (struct store){};
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
		KUNIT_EXPECT_EQ(test, offer.sg, !!(features & BIT(SG)));
		KUNIT_EXPECT_EQ(test, offer.csum4, !(features & BIT(NO_CSUM)));
		KUNIT_EXPECT_EQ(test, offer.csum6, !!(features & BIT(CSUM6)));
		KUNIT_EXPECT_EQ(test, offer.tso4, !!(features & BIT(TSO4)));
		KUNIT_EXPECT_EQ(test, offer.tso6, !!(features & BIT(TSO6)));
	}
	KUNIT_EXPECT_EQ(test, store.stray, 0);
}

static struct xnf_front *new_front(struct kunit *test)
{
	struct xnf_front *front = kunit_kzalloc(test, sizeof(*front), GFP_KERNEL);
	struct xnf_queue *q = kunit_kzalloc(test, sizeof(*q), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, front);
	KUNIT_ASSERT_NOT_NULL(test, q);
	front->xdev = xdev;
	front->queues = q;
	front->nr_queues = 1;
	q->front = front;
	q->tx.area.refs[0] = xpv_gref(TX_REF);
	q->rx.area.refs[0] = xpv_gref(RX_REF);
	q->channel.port = xpv_port(PORT);
	return front;
}

/* Every node that a backend looks for: with a value, or gone. */
static const struct step nodes[] = {
	{ "tx-ring-ref", "500" },
	{ "rx-ring-ref", "600" },
	{ "event-channel", "70" },
	{ "request-rx-copy", "1" },
	{ "feature-rx-notify", "1" },
	{ "feature-sg", "1" },
	{ "feature-gso-tcpv4", "1" },
	{ "feature-gso-tcpv6", "1" },
	{ "feature-ipv6-csum-offload", "1" },
	{ "multi-queue-num-queues" },
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

static unsigned int count_steps(const struct step *step)
{
	unsigned int i, nr = 0;

	for (i = 1; i < store.nr; i++)
		nr += !strcmp(store.steps[i].node, step->node) &&
		      !strcmp(store.steps[i].value, step->value);
	return nr;
}

static void all_nodes_are_written_once(struct kunit *test)
{
	unsigned int i;

	KUNIT_ASSERT_EQ(test, xnf_write_nodes(new_front(test)), 0);
	KUNIT_ASSERT_EQ(test, store.nr, 1 + ARRAY_SIZE(nodes));
	KUNIT_EXPECT_STREQ(test, store.steps[0].node, "state");
	for (i = 0; i < ARRAY_SIZE(nodes); i++)
		KUNIT_EXPECT_EQ(test, count_steps(&nodes[i]), 1);
	KUNIT_EXPECT_EQ(test, store.stray, 0);
}

/* A transaction that goes on after an error would be committed with a hole. */
static void the_first_error_ends_it(struct kunit *test)
{
	struct xnf_front *front = new_front(test);
	unsigned int fails;

	for (fails = 1; fails <= 1 + ARRAY_SIZE(nodes); fails++) {
		store.nr = 0;
		store.fails = fails;
		store.err = fails == 1 ? -ENOENT : -ENOSPC;
		KUNIT_EXPECT_EQ(test, xnf_write_nodes(front), store.err);
		KUNIT_EXPECT_EQ(test, store.nr, fails);
	}
	KUNIT_EXPECT_EQ(test, store.fatal, 0);
}

static struct kunit_case negotiate_cases[] = {
	KUNIT_CASE_PARAM(an_address_is_read_strictly, mac_gen_params),
	KUNIT_CASE(each_offer_is_read),
	KUNIT_CASE(all_nodes_are_written_once),
	KUNIT_CASE(the_first_error_ends_it),
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

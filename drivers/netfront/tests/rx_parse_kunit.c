// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suite xnf_rx_parse: what a backend says of packets that it delivered, checked
 * (rx_parse.c). A case is a sequence of responses.
 */
#define xnf_rx_parse	tested_rx_parse

#include <tests/kunit/suite.h>
#include <linux/skbuff.h>
#include <linux/string.h>

#include "../netfront.h"

static unsigned int faults;

#define xnf_queue_fault(q, ...) (faults++)

#include "../rx_parse.c"

#define MORE	XEN_NETRXF_more_data
#define EXTRA	XEN_NETRXF_extra_info
#define CHAIN	XEN_NETIF_EXTRA_FLAG_MORE
#define TCP4	XEN_NETIF_GSO_TYPE_TCPV4
#define GSO	XEN_NETIF_EXTRA_TYPE_GSO
#define HASH	XEN_NETIF_EXTRA_TYPE_HASH
#define MAX_LEN	4096

static struct xnf_queue *new_queue(struct kunit *test)
{
	struct xnf_queue *q = kunit_kzalloc(test, sizeof(*q), GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, q);
	faults = 0;
	return q;
}

static int parse_one(struct xnf_queue *q, u32 slot,
		     const struct xen_netif_rx_response *data)
{
	union xnf_rx_rsp rsp = { .data = *data };

	return xnf_rx_parse(q, slot, &rsp);
}

static int data(struct xnf_queue *q, u32 slot, u16 flags)
{
	struct xen_netif_rx_response rsp = {
		.id = slot,
		.flags = flags,
		.status = 100,
	};

	return parse_one(q, slot, &rsp);
}

static int extra(struct xnf_queue *q, u32 slot, u8 type, u8 flags)
{
	union xnf_rx_rsp rsp = {
		.extra = { .type = type, .flags = flags },
	};

	if (type == GSO) {
		rsp.extra.u.gso.size = 1448;
		rsp.extra.u.gso.type = TCP4;
	}
	return xnf_rx_parse(q, slot, &rsp);
}

/* A single response, in slot 7. */
struct data_case {
	const char *name;
	struct xen_netif_rx_response rsp;	/* id, offset, flags, status */
	int err;
	bool incomplete;
	bool failed;
};

static const struct data_case data_cases[] = {
	{ "small", { 7, 0, 0, 60 } },
	{ "one byte", { 7, 0, 0, 1 } },
	{ "whole page", { 7, 0, 0, MAX_LEN } },
	{ "last byte", { 7, MAX_LEN - 1, 0, 1 } },
	{ "end of page", { 7, 4000, 0, 96 } },
	{ "all flags that are known", { 7, 0, 15, 60 }, .incomplete = true },
	{ "checksum", { 7, 0, 3, 60 } },
	{ "more", { 7, 0, MORE, 60 }, .incomplete = true },
	{ "extra", { 7, 0, EXTRA, 60 }, .incomplete = true },
	{ "lost", { 7, 0, 0, -1 }, .failed = true },
	{ "lost worst", { 7, 0, 0, S16_MIN }, .failed = true },
	{ "lost with a wild offset", { 7, U16_MAX, 0, -1 }, .failed = true },
	{ "lost with more", { 7, 0, MORE, -1 }, 0, true, true },
	{ "empty", { 7, 0, 0, 0 }, -EPROTO },
	{ "one past the page", { 7, 0, 0, MAX_LEN + 1 }, -EPROTO },
	{ "one past the page's end", { 7, 4000, 0, 97 }, -EPROTO },
	{ "offset at the end", { 7, MAX_LEN, 0, 1 }, -EPROTO },
	{ "offset far out", { 7, U16_MAX, 0, 1 }, -EPROTO },
	{ "all far out", { 7, U16_MAX, 0, S16_MAX }, -EPROTO },
	{ "longest", { 7, 0, 0, S16_MAX }, -EPROTO },
	{ "id of another slot", { 6, 0, 0, 60 }, -EPROTO },
	{ "id beyond the ring", { 256 + 7, 0, 0, 60 }, -EPROTO },
	{ "GSO prefix", { 7, 0, 16, 60 }, -EPROTO },
	{ "unknown flag", { 7, 0, 32, 60 }, -EPROTO },
	{ "highest flag", { 7, 0, BIT(15), 60 }, -EPROTO },
};

static void describe_data(const struct data_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(data, data_cases, describe_data);

static void parse_checks_one_slot(struct kunit *test)
{
	const struct data_case *c = test->param_value;
	struct xnf_queue *q = new_queue(test);
	struct xnf_rx_packet *packet = &q->rx.packet;

	KUNIT_EXPECT_EQ(test, parse_one(q, 7, &c->rsp), c->err);
	KUNIT_EXPECT_EQ(test, faults, c->err ? 1 : 0);
	if (c->err) {
		KUNIT_EXPECT_EQ(test, packet->nr_parts, 0);
		return;
	}
	KUNIT_EXPECT_EQ(test, xnf_rx_packet_complete(packet), !c->incomplete);
	KUNIT_EXPECT_EQ(test, packet->failed, c->failed);
	KUNIT_EXPECT_EQ(test, packet->flags, c->rsp.flags);
	KUNIT_EXPECT_EQ(test, packet->nr_parts, c->failed ? 0 : 1);
	KUNIT_EXPECT_EQ(test, packet->len, c->failed ? 0 : c->rsp.status);
	if (c->failed)
		return;
	KUNIT_EXPECT_EQ(test, packet->parts[0].slot, 7);
	KUNIT_EXPECT_EQ(test, packet->parts[0].offset, c->rsp.offset);
	KUNIT_EXPECT_EQ(test, packet->parts[0].len, c->rsp.status);
}

static void nothing_is_not_a_packet(struct kunit *test)
{
	struct xnf_queue *q = new_queue(test);

	KUNIT_EXPECT_FALSE(test, xnf_rx_packet_complete(&q->rx.packet));
}

static void parse_joins_slots(struct kunit *test)
{
	struct xnf_queue *q = new_queue(test);
	struct xnf_rx_packet *packet = &q->rx.packet;
	int i;

	for (i = 0; i < XNF_PACKET_SLOTS; i++) {
		u16 flags = i + 1 < XNF_PACKET_SLOTS ? MORE : 0;

		KUNIT_EXPECT_FALSE(test, xnf_rx_packet_complete(packet));
		KUNIT_EXPECT_EQ(test, data(q, 250 + i, flags), 0);
		KUNIT_EXPECT_EQ(test, packet->parts[i].slot, 250 + i);
	}
	KUNIT_EXPECT_TRUE(test, xnf_rx_packet_complete(packet));
	KUNIT_EXPECT_EQ(test, packet->nr_parts, XNF_PACKET_SLOTS);
	KUNIT_EXPECT_EQ(test, packet->slots, XNF_PACKET_SLOTS);
	KUNIT_EXPECT_EQ(test, packet->len, 100 * XNF_PACKET_SLOTS);
	KUNIT_EXPECT_EQ(test, packet->flags, MORE);
}

static void parse_rejects_a_packet_without_end(struct kunit *test)
{
	struct xnf_queue *q = new_queue(test);
	int i;

	for (i = 0; i < XNF_PACKET_SLOTS; i++)
		KUNIT_ASSERT_EQ(test, data(q, i, MORE), 0);
	KUNIT_EXPECT_EQ(test, data(q, i, MORE), -EPROTO);
	KUNIT_EXPECT_EQ(test, q->rx.packet.nr_parts, XNF_PACKET_SLOTS);
	KUNIT_EXPECT_EQ(test, faults, 1);
}

/* Extra slots do not count among those of the data. */
static void parse_takes_extras_and_all_data(struct kunit *test)
{
	struct xnf_queue *q = new_queue(test);
	int i;

	KUNIT_ASSERT_EQ(test, data(q, 0, MORE | EXTRA), 0);
	KUNIT_ASSERT_EQ(test, extra(q, 1, GSO, CHAIN), 0);
	KUNIT_ASSERT_EQ(test, extra(q, 2, HASH, 0), 0);
	for (i = 1; i < XNF_PACKET_SLOTS; i++)
		KUNIT_ASSERT_EQ(test, data(q, 2 + i, MORE), 0);
	KUNIT_EXPECT_FALSE(test, xnf_rx_packet_complete(&q->rx.packet));
	KUNIT_EXPECT_EQ(test, data(q, 2 + i, 0), -EPROTO);
	KUNIT_EXPECT_EQ(test, q->rx.packet.slots, XNF_PACKET_SLOTS + 3);
}

static void parse_rejects_an_extra_chain_without_end(struct kunit *test)
{
	struct xnf_queue *q = new_queue(test);
	int i;

	KUNIT_ASSERT_EQ(test, data(q, 0, EXTRA), 0);
	for (i = 0; i < EXTRAS_MAX; i++)
		KUNIT_ASSERT_EQ(test, extra(q, 1 + i, HASH, CHAIN), 0);
	KUNIT_EXPECT_FALSE(test, xnf_rx_packet_complete(&q->rx.packet));
	KUNIT_EXPECT_EQ(test, extra(q, 1 + i, HASH, CHAIN), -EPROTO);
	KUNIT_EXPECT_EQ(test, EXTRAS_MAX, 5);
}

static void parse_ends_an_extra_chain(struct kunit *test)
{
	struct xnf_queue *q = new_queue(test);

	KUNIT_ASSERT_EQ(test, data(q, 0, EXTRA), 0);
	KUNIT_EXPECT_EQ(test, extra(q, 1, HASH, CHAIN), 0);
	KUNIT_EXPECT_FALSE(test, xnf_rx_packet_complete(&q->rx.packet));
	KUNIT_EXPECT_EQ(test, extra(q, 2, GSO, 0), 0);
	KUNIT_EXPECT_TRUE(test, xnf_rx_packet_complete(&q->rx.packet));
	KUNIT_EXPECT_EQ(test, q->rx.packet.nr_extras, 2);
	KUNIT_EXPECT_EQ(test, q->rx.packet.gso_size, 1448);
	KUNIT_EXPECT_EQ(test, q->rx.packet.gso_type, TCP4);
}

/* Only the first slot of a packet announces extra slots. */
static void parse_takes_no_extras_in_the_middle(struct kunit *test)
{
	struct xnf_queue *q = new_queue(test);

	KUNIT_ASSERT_EQ(test, data(q, 0, MORE), 0);
	KUNIT_ASSERT_EQ(test, data(q, 1, EXTRA), 0);
	KUNIT_EXPECT_TRUE(test, xnf_rx_packet_complete(&q->rx.packet));
	KUNIT_EXPECT_EQ(test, q->rx.packet.flags, MORE);
}

static const u8 bad_types[] = { 0, 2, 3, 5, 6, 255 };

static void describe_type(const u8 *type, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "type %u", *type);
}

KUNIT_ARRAY_PARAM(type, bad_types, describe_type);

static void parse_rejects_extras_not_asked_for(struct kunit *test)
{
	struct xnf_queue *q = new_queue(test);

	KUNIT_ASSERT_EQ(test, data(q, 0, EXTRA), 0);
	KUNIT_EXPECT_EQ(test, extra(q, 1, *(const u8 *)test->param_value, 0),
			-EPROTO);
	KUNIT_EXPECT_EQ(test, faults, 1);
}

struct gso_case {
	u8 type;
	u16 size;
	int err;
};

static const struct gso_case gso_cases[] = {
	{ XEN_NETIF_GSO_TYPE_TCPV4, 1448, 0 },
	{ XEN_NETIF_GSO_TYPE_TCPV6, 1428, 0 },
	{ XEN_NETIF_GSO_TYPE_TCPV4, 1, 0 },
	{ XEN_NETIF_GSO_TYPE_TCPV4, U16_MAX - 1, 0 },
	{ XEN_NETIF_GSO_TYPE_TCPV4, 0, -EPROTO },
	{ XEN_NETIF_GSO_TYPE_TCPV6, U16_MAX, -EPROTO },
	{ XEN_NETIF_GSO_TYPE_NONE, 1448, -EPROTO },
	{ 3, 1448, -EPROTO },
	{ 255, 1448, -EPROTO },
};

static void describe_gso(const struct gso_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "type %u, size %u", c->type,
		 c->size);
}

KUNIT_ARRAY_PARAM(gso, gso_cases, describe_gso);

static void parse_checks_gso(struct kunit *test)
{
	const struct gso_case *c = test->param_value;
	struct xnf_queue *q = new_queue(test);
	union xnf_rx_rsp rsp = { .extra = { .type = GSO } };

	rsp.extra.u.gso.type = c->type;
	rsp.extra.u.gso.size = c->size;
	KUNIT_ASSERT_EQ(test, data(q, 0, EXTRA), 0);
	KUNIT_EXPECT_EQ(test, xnf_rx_parse(q, 1, &rsp), c->err);
	KUNIT_EXPECT_EQ(test, q->rx.packet.gso_size, c->err ? 0 : c->size);
	KUNIT_EXPECT_EQ(test, q->rx.packet.gso_type, c->err ? 0 : c->type);
}

static struct kunit_case rx_parse_cases[] = {
	KUNIT_CASE_PARAM(parse_checks_one_slot, data_gen_params),
	KUNIT_CASE(nothing_is_not_a_packet),
	KUNIT_CASE(parse_joins_slots),
	KUNIT_CASE(parse_rejects_a_packet_without_end),
	KUNIT_CASE(parse_takes_extras_and_all_data),
	KUNIT_CASE(parse_rejects_an_extra_chain_without_end),
	KUNIT_CASE(parse_ends_an_extra_chain),
	KUNIT_CASE(parse_takes_no_extras_in_the_middle),
	KUNIT_CASE_PARAM(parse_rejects_extras_not_asked_for, type_gen_params),
	KUNIT_CASE_PARAM(parse_checks_gso, gso_gen_params),
	{}
};

static struct kunit_suite rx_parse_suite = {
	.name = "xnf_rx_parse",
	.test_cases = rx_parse_cases,
};

kunit_test_suite(rx_parse_suite);

MODULE_DESCRIPTION("KUnit suite of xpv-netfront's receive parser");
MODULE_LICENSE("GPL");

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suite xnf_tx_layout: how a packet is cut into slots (tx_layout.c). Whatever
 * the packet looks like, its pieces must hold its bytes, in order, none across
 * a page, no more than every backend takes, with all headers in the first.
 */
#define xnf_tx_lay_out		tested_tx_lay_out
#define xnf_tx_count_pieces	tested_tx_count_pieces

#include <tests/kunit/suite.h>
#include <linux/skbuff.h>
#include <linux/string.h>

#include "../tx_layout.c"

#define PAGE 4096
#define L4 (ETH_HLEN + 20)

/**
 * struct packet - a packet to be cut, and what is to come of it
 * @name: of the case
 * @at: where the linear data begin in their page
 * @linear: bytes of them
 * @nr_frags: fragments
 * @frag_at: where each begins in its compound page of four
 * @frag_len: bytes of each
 * @tcp: header of a TCP packet with partial checksum, in words; 0 for none
 * @no_sg: the backend takes one slot
 * @err: refused
 * @pieces: slots it takes
 * @bounce: its headers are copied
 * @linearized: all of it is
 */
struct packet {
	const char *name;
	unsigned int at;
	unsigned int linear;
	unsigned int nr_frags;
	unsigned int frag_at;
	unsigned int frag_len;
	unsigned int tcp;
	bool no_sg;
	int err;
	unsigned int pieces;
	bool bounce;
	bool linearized;
};

static const struct packet packets[] = {
	{ "small", 64, 60, .pieces = 1 },
	{ "shortest", 64, ETH_HLEN, .pieces = 1 },
	{ "too short", 64, ETH_HLEN - 1, .err = -EMSGSIZE },
	{ "a page", 0, PAGE, .pieces = 1 },
	{ "to the end of its page", PAGE - 128, 128, .pieces = 1 },
	{ "over the end, headers before", PAGE - 128, 200, .pieces = 2 },
	{ "over the end, one header byte", PAGE - 127, 200, .pieces = 1,
	  .bounce = true },
	{ "over the end at once", PAGE - 1, 60, .pieces = 1, .bounce = true },
	{ "bounced, with more than a page", PAGE - 1, PAGE + 10, .pieces = 3,
	  .bounce = true },
	{ "a frag", 64, 128, 1, 0, 1000, .pieces = 2 },
	{ "a whole page of frag", 64, 128, 1, 0, PAGE, .pieces = 2 },
	{ "a frag over a page's end", 64, 128, 1, 4000, 200, .pieces = 3 },
	{ "a frag on the second page", 64, 128, 1, PAGE + 8, 200, .pieces = 2 },
	{ "a frag of four pages", 64, 128, 1, 0, 4 * PAGE, .pieces = 5 },
	{ "a frag of three and a bit", 64, 128, 1, 1, 3 * PAGE, .pieces = 5 },
	{ "17 frags", 64, 128, 17, 0, 100, .pieces = 18 },
	{ "9 frags over ends", 64, 128, 9, 4000, 200, .linearized = true,
	  .pieces = 1 },
	{ "headers in a frag", 64, 20, 1, 0, 400, .pieces = 2 },
	{ "largest", 64, 255, 4, 0, 4 * PAGE - 64, .pieces = 17 },
	{ "too large", 64, 256, 4, 0, 4 * PAGE - 64, .err = -EMSGSIZE },
	{ "TCP", 64, L4 + 20, 1, 0, 1000, 5, .pieces = 2 },
	{ "TCP with options", PAGE - L4 - 59, L4 + 60, 1, 0, 1000, 15,
	  .pieces = 2, .bounce = true },
	{ "TCP with options before the end", PAGE - L4 - 60, L4 + 60, 1, 0, 1000,
	  15, .pieces = 2 },
	{ "TCP with a lie for length", 64, L4 + 20, 1, 0, 1000, 1, .pieces = 2 },
	{ "one slot", 64, 600, .no_sg = true, .pieces = 1 },
	{ "one slot, over the end", PAGE - 1, 600, .no_sg = true, .pieces = 1,
	  .bounce = true },
	{ "one slot, with a frag", 64, 128, 1, 0, 1000, .no_sg = true,
	  .pieces = 1 },
	{ "one slot, too large", 64, PAGE + 1, .no_sg = true,
	  .err = -EMSGSIZE },
};

static void describe_packet(const struct packet *p, char *desc)
{
	strscpy(desc, p->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(packet, packets, describe_packet);

static void fill(u8 *bytes, unsigned int len, u8 seed)
{
	while (len--)
		*bytes++ = seed++ * 5 + (len >> 8);
}

static void add_frag(struct kunit *test, struct sk_buff *skb,
		     const struct packet *p, unsigned int i)
{
	struct page *pages = alloc_pages(GFP_KERNEL | __GFP_COMP, 2);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, pages);
	fill(page_address(pages), 4 * PAGE, i);
	skb_add_rx_frag(skb, i, pages, p->frag_at, p->frag_len, 4 * PAGE);
}

/* Four pages for the linear data, which begin somewhere in the first. */
static struct sk_buff *skb_of(struct kunit *test, const struct packet *p)
{
	void *head = (void *)__get_free_pages(GFP_KERNEL | __GFP_COMP, 2);
	struct sk_buff *skb;
	struct tcphdr *th;
	unsigned int i;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, head);
	fill(head, 3 * PAGE, 200);
	skb = build_skb(head, 4 * PAGE);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, skb);
	skb_reserve(skb, p->at);
	skb_put(skb, p->linear);
	for (i = 0; i < p->nr_frags; i++)
		add_frag(test, skb, p, i);
	if (p->tcp) {
		skb->ip_summed = CHECKSUM_PARTIAL;
		skb->csum_start = skb_headroom(skb) + L4;
		skb->csum_offset = offsetof(struct tcphdr, check);
		th = (struct tcphdr *)(skb->data + L4);
		th->doff = p->tcp;
	}
	return skb;
}

static unsigned int headers_of(const struct packet *p, unsigned int len)
{
	if (p->no_sg)
		return len;
	if (p->tcp)
		return L4 + 4 * max(p->tcp, 5u);
	return min(len, 128u);
}

/* The pieces hold what the packet holds. */
static void expect_same_bytes(struct kunit *test, struct sk_buff *skb,
			      const struct xnf_tx_layout *layout)
{
	u8 *bytes = kunit_kzalloc(test, skb->len, GFP_KERNEL);
	unsigned int i, done = 0;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, bytes);
	KUNIT_ASSERT_EQ(test, skb_copy_bits(skb, 0, bytes, skb->len), 0);
	for (i = 0; i < layout->nr; i++) {
		const struct xnf_tx_piece *piece = &layout->pieces[i];

		KUNIT_ASSERT_GT(test, piece->len, 0);
		KUNIT_ASSERT_LE(test, piece->offset + piece->len, PAGE);
		KUNIT_ASSERT_LE(test, done + piece->len, skb->len);
		KUNIT_EXPECT_EQ(test,
				memcmp(page_address(piece->page) + piece->offset,
				       bytes + done, piece->len),
				0);
		KUNIT_EXPECT_TRUE(test, !i || !piece->bounce);
		done += piece->len;
	}
	KUNIT_EXPECT_EQ(test, done, skb->len);
}

static void lay_out_any_packet(struct kunit *test)
{
	const struct packet *p = test->param_value;
	struct sk_buff *skb = skb_of(test, p);
	struct xnf_tx_layout layout;

	KUNIT_EXPECT_EQ(test, xnf_tx_lay_out(skb, !p->no_sg, &layout), p->err);
	if (!p->err) {
		KUNIT_EXPECT_EQ(test, layout.nr, p->pieces);
		KUNIT_EXPECT_EQ(test, layout.pieces[0].bounce, p->bounce);
		KUNIT_EXPECT_EQ(test, layout.linearized, p->linearized);
		KUNIT_EXPECT_GE(test, layout.pieces[0].len,
				headers_of(p, skb->len));
		expect_same_bytes(test, skb, &layout);
		if (layout.pieces[0].bounce)
			__free_page(layout.pieces[0].page);
	}
	kfree_skb(skb);
}

static void count_agrees_with_layout(struct kunit *test)
{
	const struct packet *p = test->param_value;
	struct sk_buff *skb = skb_of(test, p);
	unsigned int before = xnf_tx_count_pieces(skb);
	struct xnf_tx_layout layout;

	if (!p->err && !p->bounce && !p->no_sg &&
	    !xnf_tx_lay_out(skb, true, &layout)) {
		if (p->linearized)
			KUNIT_EXPECT_GT(test, before, XNF_PACKET_SLOTS);
		else
			KUNIT_EXPECT_EQ(test, xnf_tx_count_pieces(skb), layout.nr);
	}
	KUNIT_EXPECT_GE(test, before, 1);
	kfree_skb(skb);
}

static struct kunit_case tx_layout_cases[] = {
	KUNIT_CASE_PARAM(lay_out_any_packet, packet_gen_params),
	KUNIT_CASE_PARAM(count_agrees_with_layout, packet_gen_params),
	{}
};

static struct kunit_suite tx_layout_suite = {
	.name = "xnf_tx_layout",
	.test_cases = tx_layout_cases,
};

kunit_test_suite(tx_layout_suite);

MODULE_DESCRIPTION("KUnit suite of xpv-netfront's packet layout");
MODULE_LICENSE("GPL");

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suite xnf_tx_layout: how a packet is cut into slots (tx_layout.c). Whatever
 * the packet looks like, its pieces must hold its bytes, in order, none across
 * a page, no more than every backend takes, with all headers in the first. None
 * is of the page that its linear data are in.
 */
#define xnf_tx_lay_out		tested_tx_lay_out
#define xnf_tx_count_pieces	tested_tx_count_pieces

#include <tests/kunit/suite.h>
#include <linux/gfp.h>
#include <linux/skbuff.h>
#include <linux/string.h>

/* Pages for copies: how many there are, and after how many there is no memory. */
static unsigned int copies, copies_max;

static struct page *fake_alloc_page(gfp_t gfp)
{
	struct page *page;

	if (copies == copies_max)
		return NULL;
	page = alloc_pages(gfp, 0);
	copies += !!page;
	return page;
}

static void fake_free_page(struct page *page)
{
	copies--;
	__free_pages(page, 0);
}

#undef alloc_page
#undef __free_page
#define alloc_page(gfp) fake_alloc_page(gfp)
#define __free_page(page) fake_free_page(page)

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
 * @bounce: of these, copies of the linear data, or of all
 * @copied: all of it is
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
	unsigned int bounce;
	bool copied;
};

static const struct packet packets[] = {
	{ "small", 64, 60, .pieces = 1 },
	{ "shortest", 64, ETH_HLEN, .pieces = 1 },
	{ "too short", 64, ETH_HLEN - 1, .err = -EMSGSIZE },
	{ "as much as there is room for", 64, 256, .pieces = 1 },
	{ "a byte more", 64, 257, .pieces = 1, .bounce = 1 },
	{ "over the end of a page", PAGE - 1, 60, .pieces = 1 },
	{ "a page", 0, PAGE, .pieces = 1, .bounce = 1 },
	{ "a page, and a bit", PAGE - 1, PAGE + 10, .pieces = 2, .bounce = 2 },
	{ "a page, and frags", 64, PAGE + 10, 1, 4000, 200, .pieces = 4,
	  .bounce = 2 },
	{ "a frag", 64, 128, 1, 0, 1000, .pieces = 2 },
	{ "a whole page of frag", 64, 128, 1, 0, PAGE, .pieces = 2 },
	{ "a frag over a page's end", 64, 128, 1, 4000, 200, .pieces = 3 },
	{ "a frag on the second page", 64, 128, 1, PAGE + 8, 200, .pieces = 2 },
	{ "a frag of four pages", 64, 128, 1, 0, 4 * PAGE, .pieces = 5 },
	{ "a frag of three and a bit", 64, 128, 1, 1, 3 * PAGE, .pieces = 5 },
	{ "17 frags", 64, 128, 17, 0, 100, .pieces = 18 },
	{ "9 frags over ends", 64, 128, 9, 4000, 200, .copied = true,
	  .pieces = 1, .bounce = 1 },
	{ "9 frags, linear data copied", 64, PAGE + 1, 9, 4000, 200,
	  .copied = true, .pieces = 2, .bounce = 2 },
	{ "headers in a frag", 64, 20, 1, 0, 400, .pieces = 2 },
	{ "largest", 64, 255, 4, 0, 4 * PAGE - 64, .pieces = 17 },
	{ "largest, copied", 64, 255, 5, 3300, 13056, .copied = true,
	  .pieces = 16, .bounce = 16 },
	{ "too large", 64, 256, 4, 0, 4 * PAGE - 64, .err = -EMSGSIZE },
	{ "TCP", 64, L4 + 20, 1, 0, 1000, 5, .pieces = 2 },
	{ "TCP with options", PAGE - L4 - 59, L4 + 60, 1, 0, 1000, 15,
	  .pieces = 2 },
	{ "TCP with options in a frag", 64, L4 + 20, 1, 0, 1000, 15,
	  .pieces = 2 },
	{ "TCP with data beside", 64, 1500, 1, 0, 1000, 5, .pieces = 2,
	  .bounce = 1 },
	{ "TCP with a lie for length", 64, L4 + 20, 1, 0, 1000, 1, .pieces = 2 },
	{ "one slot", 64, 600, .no_sg = true, .pieces = 1, .bounce = 1 },
	{ "one slot, small", PAGE - 1, 60, .no_sg = true, .pieces = 1 },
	{ "one slot, with a frag", 64, 128, 1, 0, 1000, .no_sg = true,
	  .pieces = 1, .bounce = 1 },
	{ "one slot, too large", 64, PAGE + 1, .no_sg = true,
	  .err = -EMSGSIZE },
	{ "one slot, frag too large", 64, 128, 1, 0, PAGE, .no_sg = true,
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

static const void *bytes_of(const struct sk_buff *skb,
			    const struct xnf_tx_piece *piece)
{
	if (!piece->page)
		return skb->data;
	return page_address(piece->page) + piece->offset;
}

/* Only the first may be without a page, and then it is all of the linear data. */
static void expect_piece(struct kunit *test, const struct sk_buff *skb,
			 const struct xnf_tx_layout *layout, unsigned int i)
{
	const struct xnf_tx_piece *piece = &layout->pieces[i];

	KUNIT_ASSERT_GT(test, piece->len, 0);
	KUNIT_ASSERT_LE(test, piece->offset + piece->len, PAGE);
	if (!piece->page) {
		KUNIT_EXPECT_EQ(test, i, 0u);
		KUNIT_EXPECT_FALSE(test, piece->bounce);
		KUNIT_EXPECT_EQ(test, (unsigned int)piece->len, skb_headlen(skb));
		KUNIT_EXPECT_LE(test, piece->len, XNF_TX_HEAD);
	} else if (piece->bounce) {
		KUNIT_EXPECT_EQ(test, piece->offset, 0);
		KUNIT_EXPECT_NULL(test, memchr_inv(page_address(piece->page) + piece->len,
						   0, PAGE - piece->len));
	} else {
		KUNIT_EXPECT_PTR_NE(test, piece->page, virt_to_page(skb->data));
	}
}

/* The pieces hold what the packet holds. Return: how many are copies. */
static unsigned int expect_same_bytes(struct kunit *test, struct sk_buff *skb,
				      const struct xnf_tx_layout *layout)
{
	u8 *bytes = kunit_kzalloc(test, skb->len, GFP_KERNEL);
	unsigned int i, done = 0, bounced = 0;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, bytes);
	KUNIT_ASSERT_EQ(test, skb_copy_bits(skb, 0, bytes, skb->len), 0);
	for (i = 0; i < layout->nr; i++) {
		const struct xnf_tx_piece *piece = &layout->pieces[i];

		expect_piece(test, skb, layout, i);
		KUNIT_ASSERT_LE(test, done + piece->len, skb->len);
		KUNIT_EXPECT_EQ(test, memcmp(bytes_of(skb, piece), bytes + done, piece->len),
				0);
		done += piece->len;
		bounced += piece->bounce;
	}
	KUNIT_EXPECT_EQ(test, done, skb->len);
	return bounced;
}

static int init(struct kunit *test)
{
	copies = 0;
	copies_max = UINT_MAX;
	return 0;
}

static void lay_out_any_packet(struct kunit *test)
{
	const struct packet *p = test->param_value;
	struct sk_buff *skb = skb_of(test, p);
	struct xnf_tx_layout layout;

	KUNIT_EXPECT_EQ(test, xnf_tx_lay_out(skb, !p->no_sg, &layout), p->err);
	if (!p->err) {
		KUNIT_EXPECT_EQ(test, layout.nr, p->pieces);
		KUNIT_EXPECT_EQ(test, layout.copied, p->copied);
		KUNIT_EXPECT_GE(test, layout.pieces[0].len,
				headers_of(p, skb->len));
		KUNIT_EXPECT_EQ(test, expect_same_bytes(test, skb, &layout),
				p->bounce);
		KUNIT_EXPECT_EQ(test, copies, p->bounce);
		drop_copies(&layout);
	}
	KUNIT_EXPECT_EQ(test, copies, 0u);
	kfree_skb(skb);
}

/* Whichever copy there is no memory for, those before it are freed. */
static void lay_out_fails_without_memory(struct kunit *test)
{
	const struct packet *p = test->param_value;
	struct sk_buff *skb = skb_of(test, p);
	struct xnf_tx_layout layout;

	for (copies_max = 0; copies_max < p->bounce; copies_max++) {
		KUNIT_EXPECT_EQ(test, xnf_tx_lay_out(skb, !p->no_sg, &layout),
				-ENOMEM);
		KUNIT_EXPECT_EQ(test, copies, 0u);
	}
	KUNIT_EXPECT_EQ(test, xnf_tx_lay_out(skb, !p->no_sg, &layout), p->err);
	if (!p->err)
		drop_copies(&layout);
	kfree_skb(skb);
}

static void count_agrees_with_layout(struct kunit *test)
{
	const struct packet *p = test->param_value;
	struct sk_buff *skb = skb_of(test, p);
	unsigned int before = xnf_tx_count_pieces(skb);
	struct xnf_tx_layout layout;

	if (!p->err && !p->no_sg && !xnf_tx_lay_out(skb, true, &layout)) {
		if (p->copied)
			KUNIT_EXPECT_GT(test, before, XNF_PACKET_SLOTS);
		else
			KUNIT_EXPECT_EQ(test, xnf_tx_count_pieces(skb), layout.nr);
		drop_copies(&layout);
	}
	KUNIT_EXPECT_GE(test, before, 1);
	kfree_skb(skb);
}

static struct kunit_case tx_layout_cases[] = {
	KUNIT_CASE_PARAM(lay_out_any_packet, packet_gen_params),
	KUNIT_CASE_PARAM(lay_out_fails_without_memory, packet_gen_params),
	KUNIT_CASE_PARAM(count_agrees_with_layout, packet_gen_params),
	{}
};

static struct kunit_suite tx_layout_suite = {
	.name = "xnf_tx_layout",
	.init = init,
	.test_cases = tx_layout_cases,
};

kunit_test_suite(tx_layout_suite);

MODULE_DESCRIPTION("KUnit suite of xpv-netfront's packet layout");
MODULE_LICENSE("GPL");

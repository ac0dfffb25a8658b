// SPDX-License-Identifier: GPL-2.0-only
/*
 * How a packet is cut into slots. Owns nothing: works on one packet and on the
 * caller's stack.
 *
 * A slot is a piece of one page. All headers lie in the first slot: a backend
 * that handed a packet on with its headers in several pieces has brought down
 * the network card of its host (XSA-423). A packet has at most the slots that
 * every backend takes.
 *
 * Linear data are always copied, be it into the room that each id has, as nearly
 * all are short, or into pages of their own. They lie in memory of the slab
 * allocator: beside them is what is none of the peer's business, and when the
 * peer does not let go, the page could not be kept from being used again.
 *
 * Fragments are pages of the packet's own, granted for reading as they are, so
 * the backend can read what else is in them. That is right for a backend that is
 * trusted with this guest's memory. For one that is not, add_copy() would have
 * to take all of the packet: nothing outside this file would change.
 */
#include <linux/bug.h>
#include <linux/build_bug.h>
#include <linux/gfp.h>
#include <linux/if_ether.h>
#include <linux/mm.h>
#include <linux/pfn.h>
#include <linux/skbuff.h>
#include <linux/string.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include "tx.h"

/* Bytes that hold the headers of nearly any packet whose headers we lack. */
#define HEADER_GUESS 128

/* How much of a packet has to be in its first slot. */
static unsigned int header_len(const struct sk_buff *skb)
{
	unsigned int l4 = skb_checksum_start_offset(skb);
	unsigned int len = HEADER_GUESS;
	const struct tcphdr *th;

	if (skb->ip_summed != CHECKSUM_PARTIAL)
		return min(skb->len, len);
	if (skb->csum_offset != offsetof(struct tcphdr, check)) {
		len = l4 + sizeof(struct udphdr);
	} else if (skb_headlen(skb) >= l4 + sizeof(*th)) {
		th = (const struct tcphdr *)(skb->data + l4);
		len = l4 + max_t(unsigned int, __tcp_hdrlen(th), sizeof(*th));
	}
	return min(skb->len, len);
}

static int add_pieces(struct xnf_tx_layout *layout, struct page *page,
		      unsigned int offset, unsigned int len)
{
	/* The pages of a compound page follow one another. */
	page += offset >> PAGE_SHIFT;
	offset = offset_in_page(offset);

	while (len) {
		unsigned int piece =
			min_t(unsigned int, len, PAGE_SIZE - offset);

		if (unlikely(layout->nr == ARRAY_SIZE(layout->pieces)))
			return -E2BIG;
		layout->pieces[layout->nr++] = (struct xnf_tx_piece){
			.page = page,
			.offset = offset,
			.len = piece,
		};
		page++;
		offset = 0;
		len -= piece;
	}
	return 0;
}

/* The peer sees all of the page: what the packet does not fill is zeroed. */
static struct page *copy_of(const struct sk_buff *skb, unsigned int from,
			    unsigned int len)
{
	struct page *page = alloc_page(GFP_ATOMIC | __GFP_NOWARN);
	u8 *to;

	if (unlikely(!page))
		return NULL;
	to = page_address(page);
	/* Fails beyond the packet's end, where nobody asks for bytes. */
	if (WARN_ON_ONCE(skb_copy_bits(skb, from, to, len)))
		len = 0;
	memset(to + len, 0, PAGE_SIZE - len);
	return page;
}

static_assert(PFN_UP(XEN_NETIF_MAX_TX_SIZE) <= XNF_PACKET_SLOTS);

/* The first @len bytes of a packet, as the first pieces. */
static int add_copy(struct xnf_tx_layout *layout, const struct sk_buff *skb,
		    unsigned int len)
{
	unsigned int done, piece;
	struct page *page;

	for (done = 0; done < len; done += piece) {
		piece = min_t(unsigned int, len - done, PAGE_SIZE);
		page = copy_of(skb, done, piece);
		if (unlikely(!page))
			return -ENOMEM;
		layout->pieces[layout->nr++] = (struct xnf_tx_piece){
			.page = page,
			.len = piece,
			.bounce = true,
		};
	}
	return 0;
}

static int add_linear(struct xnf_tx_layout *layout, const struct sk_buff *skb)
{
	unsigned int len = skb_headlen(skb);

	if (unlikely(len > XNF_TX_HEAD))
		return add_copy(layout, skb, len);
	layout->pieces[layout->nr++] = (struct xnf_tx_piece){ .len = len };
	return 0;
}

static int add_frags(struct xnf_tx_layout *layout, const struct sk_buff *skb)
{
	const struct skb_shared_info *info = skb_shinfo(skb);
	int err;
	int i;

	for (i = 0; i < info->nr_frags; i++) {
		const skb_frag_t *frag = &info->frags[i];

		err = add_pieces(layout, skb_frag_page(frag),
				 skb_frag_off(frag), skb_frag_size(frag));
		if (err)
			return err;
	}
	return 0;
}

static void drop_copies(struct xnf_tx_layout *layout)
{
	while (layout->nr) {
		if (layout->pieces[--layout->nr].bounce)
			__free_page(layout->pieces[layout->nr].page);
	}
}

/* In its own pages, but for the linear data; or, @copied, in ours. */
static int lay_out(struct xnf_tx_layout *layout, const struct sk_buff *skb,
		   bool copied)
{
	int err;

	layout->nr = 0;
	layout->copied = copied;
	if (unlikely(copied))
		err = add_copy(layout, skb, skb->len);
	else
		err = add_linear(layout, skb) ?: add_frags(layout, skb);
	if (unlikely(err))
		drop_copies(layout);
	return err;
}

/**
 * xnf_tx_lay_out - cut a packet into slots
 * @skb: may be rearranged, even on error
 * @sg: the backend takes packets of several slots
 * @layout: result
 *
 * Return: 0, or -errno: the packet cannot be sent.
 */
int xnf_tx_lay_out(struct sk_buff *skb, bool sg, struct xnf_tx_layout *layout)
{
	unsigned int first;
	int err;

	/* The first slot's 16-bit size is that of the whole packet. */
	if (unlikely(skb->len < ETH_HLEN || skb->len > XEN_NETIF_MAX_TX_SIZE))
		return -EMSGSIZE;
	first = sg ? header_len(skb) : skb->len;
	if (unlikely(first > PAGE_SIZE))
		return -EMSGSIZE;
	if (unlikely(!pskb_may_pull(skb, first)))
		return -ENOMEM;
	err = lay_out(layout, skb, false);
	if (unlikely(err == -E2BIG))
		err = lay_out(layout, skb, true);
	return err;
}

/**
 * xnf_tx_count_pieces - slots of a packet as it is
 * @skb: packet
 *
 * Return: how many data slots it would take, if its headers need no copy.
 */
unsigned int xnf_tx_count_pieces(const struct sk_buff *skb)
{
	const struct skb_shared_info *info = skb_shinfo(skb);
	unsigned int len = skb_headlen(skb);
	unsigned int nr = len > XNF_TX_HEAD ? PFN_UP(len) : 1;
	int i;

	for (i = 0; i < info->nr_frags; i++) {
		const skb_frag_t *frag = &info->frags[i];

		nr += PFN_UP(offset_in_page(skb_frag_off(frag)) +
			     skb_frag_size(frag));
	}
	return nr;
}

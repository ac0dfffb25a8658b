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
 * Pieces are the packet's own pages, granted for reading as they are, so the
 * backend can read what else is in them. That is right for a backend that is
 * trusted with this guest's memory. For one that is not, bounce_first() would
 * have to take every piece, not only the first: nothing outside this file
 * would change.
 */
#include <linux/gfp.h>
#include <linux/if_ether.h>
#include <linux/mm.h>
#include <linux/pfn.h>
#include <linux/skbuff.h>
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

/* Makes the first piece a copy of the linear data, as far as a page goes. */
static int bounce_first(struct xnf_tx_layout *layout, const struct sk_buff *skb,
			unsigned int *done)
{
	unsigned int len = min_t(unsigned int, skb_headlen(skb), PAGE_SIZE);
	struct page *page = alloc_page(GFP_ATOMIC | __GFP_NOWARN | __GFP_ZERO);

	if (!page)
		return -ENOMEM;
	memcpy(page_address(page), skb->data, len);
	layout->pieces[0] = (struct xnf_tx_piece){
		.page = page,
		.len = len,
		.bounce = true,
	};
	layout->nr = 1;
	*done = len;
	return 0;
}

static int add_linear(struct xnf_tx_layout *layout, const struct sk_buff *skb,
		      unsigned int first)
{
	unsigned int len = skb_headlen(skb);
	unsigned int done = 0;
	int err;

	if (unlikely(PAGE_SIZE - offset_in_page(skb->data) < first)) {
		err = bounce_first(layout, skb, &done);
		if (err)
			return err;
	}
	if (done == len)
		return 0;
	return add_pieces(layout, virt_to_page(skb->data + done),
			  offset_in_page(skb->data + done), len - done);
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

static int lay_out(struct xnf_tx_layout *layout, const struct sk_buff *skb,
		   unsigned int first)
{
	int err;

	layout->nr = 0;
	err = add_linear(layout, skb, first);
	if (!err)
		err = add_frags(layout, skb);
	if (!err && unlikely(layout->pieces[0].len < first))
		err = -EMSGSIZE;
	if (unlikely(err) && layout->nr && layout->pieces[0].bounce)
		__free_page(layout->pieces[0].page);
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

	layout->linearized = false;
	/* The first slot's 16-bit size is that of the whole packet. */
	if (unlikely(skb->len < ETH_HLEN || skb->len > XEN_NETIF_MAX_TX_SIZE))
		return -EMSGSIZE;
	first = sg ? header_len(skb) : skb->len;
	if (unlikely(!pskb_may_pull(skb, first)))
		return -ENOMEM;
	err = lay_out(layout, skb, first);
	if (likely(err != -E2BIG))
		return err;

	if (skb_linearize(skb))
		return -ENOMEM;
	layout->linearized = true;
	return lay_out(layout, skb, first);
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
	unsigned int nr = PFN_UP(offset_in_page(skb->data) + skb_headlen(skb));
	int i;

	for (i = 0; i < info->nr_frags; i++) {
		const skb_frag_t *frag = &info->frags[i];

		nr += PFN_UP(offset_in_page(skb_frag_off(frag)) +
			     skb_frag_size(frag));
	}
	return nr;
}

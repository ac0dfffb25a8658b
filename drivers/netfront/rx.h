/* SPDX-License-Identifier: GPL-2.0-only */
/* Receive side of a queue. */
#ifndef _XNF_RX_H
#define _XNF_RX_H

#include <linux/netdevice.h>
#include <linux/timer.h>
#include <linux/u64_stats_sync.h>
#include <xpv/grant_shared.h>
#include "wire.h"

struct page_pool;
struct xnf_channel;
struct xnf_queue;

/**
 * struct xnf_rx_slot - one slot of the ring, with the buffer behind it
 * @page: granted to the peer for writing, NULL while there is none; a page
 *	whose contents were copied out, or that the peer did not need, stays
 *	granted until the slot's next turn
 * @ref: reference that belongs to the slot for the life of the connection
 */
struct xnf_rx_slot {
	struct page *page;
	xpv_gref_t ref;
};

/* Where in a slot's page a part of a packet lies; checked. */
struct xnf_rx_part {
	u16 slot;
	u16 offset;
	u16 len;
};

/**
 * struct xnf_rx_packet - a packet on its way in, put together slot by slot
 * @started: there was a first slot
 * @more: data slots follow
 * @extra: extra slots follow, before any data slots
 * @failed: the peer could not deliver some of it
 * @slots: slots taken so far, of either kind
 * @nr_extras: extra slots among them
 * @nr_parts: entries of @parts
 * @flags: of the first slot
 * @gso_type: XEN_NETIF_GSO_TYPE_*
 * @gso_size: payload of a segment
 * @len: sum of the parts
 * @parts: where the data are
 *
 * The peer may show the slots of a packet little by little, so this is kept
 * from one poll to the next.
 */
struct xnf_rx_packet {
	bool started;
	bool more;
	bool extra;
	bool failed;
	u8 slots;
	u8 nr_extras;
	u8 nr_parts;
	u8 gso_type;
	u16 flags;
	u16 gso_size;
	u32 len;
	struct xnf_rx_part parts[XNF_PACKET_SLOTS];
};

static inline bool xnf_rx_packet_complete(const struct xnf_rx_packet *packet)
{
	return packet->started && !packet->more && !packet->extra;
}

/**
 * struct xnf_rx_stats - counters, written by NAPI
 * @syncp: for all
 * @packets: went up the stack
 * @bytes: in these
 * @errors: were damaged, or were dropped by the peer
 * @dropped: found no memory
 * @copied: were copied whole, and left their buffer where it was
 * @starved: times that the ring could not be filled for lack of memory
 * @doorbells: the peer was woken
 */
struct xnf_rx_stats {
	struct u64_stats_sync syncp;
	u64_stats_t packets;
	u64_stats_t bytes;
	u64_stats_t errors;
	u64_stats_t dropped;
	u64_stats_t copied;
	u64_stats_t starved;
	u64_stats_t doorbells;
};

/**
 * struct xnf_rx - receive side; NAPI's, but for @retry
 * @ring: shared with the peer
 * @area: its page
 * @channel: doorbell, one of the queue's
 * @pages: where buffers come from and return to
 * @retry: polls again after memory was short
 * @packet: what the last poll left incomplete
 * @slots: indexed by ring slot
 * @stats: survives connections
 */
struct xnf_rx {
	struct xpv_ring ring;
	struct xpv_gnttab_shared area;
	struct xnf_channel *channel;
	struct page_pool *pages;
	struct timer_list retry;
	struct xnf_rx_packet packet;
	struct xnf_rx_slot slots[XNF_RING_SIZE];
	struct xnf_rx_stats stats;
};

#define xnf_rx_count(rx, counter, n)                        \
	do {                                                \
		u64_stats_update_begin(&(rx)->stats.syncp); \
		u64_stats_add(&(rx)->stats.counter, n);     \
		u64_stats_update_end(&(rx)->stats.syncp);   \
	} while (0)

/* rx.c */
int xnf_rx_poll(struct xnf_queue *q, int budget);

/* rx_parse.c */
int xnf_rx_parse(struct xnf_queue *q, u32 slot, const union xnf_rx_rsp *rsp);

/* rx_buffer.c */
struct page *xnf_rx_take_page(struct xnf_queue *q, u32 slot);
void xnf_rx_refill(struct xnf_queue *q);
void xnf_rx_drain(struct xnf_queue *q);

/* rx_skb.c */
struct sk_buff *xnf_rx_build(struct xnf_queue *q);

#endif /* _XNF_RX_H */

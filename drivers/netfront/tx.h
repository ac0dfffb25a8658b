/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Transmit side of a queue.
 *
 * An id names a data slot in flight. The ids not in use go round in a ring of
 * our own, from the consumer of responses to the producer of requests, so that
 * the two need no lock.
 */
#ifndef _XNF_TX_H
#define _XNF_TX_H

#include <linux/build_bug.h>
#include <linux/cache.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/stddef.h>
#include <linux/u64_stats_sync.h>
#include <xpv/grant_shared.h>
#include "wire.h"

struct xnf_channel;
struct xnf_front;
struct xnf_queue;

/* Ring slots that one packet takes at worst: its data, and what GSO needs. */
#define XNF_TX_WORST (XNF_PACKET_SLOTS + 1)

/* Linear data of up to so many bytes are copied into room that an id has. */
#define XNF_TX_HEAD 256
#define XNF_TX_HEAD_PAGES (XNF_RING_SIZE * XNF_TX_HEAD / PAGE_SIZE)

static_assert(XNF_TX_HEAD_PAGES <= XPV_GNTTAB_SHARED_MAX);
static_assert(PAGE_SIZE % XNF_TX_HEAD == 0);

/**
 * struct xnf_tx_slot - one id
 * @skb: packet that it carries a part of, NULL while the id is not in use
 * @page: page that is granted; NULL if the data are in the id's room
 * @ref: reference that belongs to the id for the life of the connection
 * @bounce: @page is a copy, owned by the slot; else it is the skb's
 * @in_flight: the peer may answer it; set by the producer once it is through
 *	with the packet, cleared by the consumer
 */
struct xnf_tx_slot {
	struct sk_buff *skb;
	struct page *page;
	xpv_gref_t ref;
	bool bounce;
	bool in_flight;
};

/**
 * struct xnf_tx_stats - counters, written by xmit or by NAPI as told
 * @syncp: for the producer's
 * @dropped: could not be sent (xmit)
 * @copied: had too many pieces and were copied (xmit)
 * @bounced: had more linear data than an id has room for (xmit)
 * @stops: the ring was full (xmit)
 * @doorbells: the peer was woken (xmit)
 * @done_syncp: for the consumer's
 * @packets: were taken by the peer (NAPI)
 * @bytes: in these (NAPI)
 * @errors: were refused by the peer (NAPI)
 */
struct xnf_tx_stats {
	struct u64_stats_sync syncp;
	u64_stats_t dropped;
	u64_stats_t copied;
	u64_stats_t bounced;
	u64_stats_t stops;
	u64_stats_t doorbells;
	struct u64_stats_sync done_syncp ____cacheline_aligned_in_smp;
	u64_stats_t packets;
	u64_stats_t bytes;
	u64_stats_t errors;
};

/**
 * struct xnf_tx - transmit side
 * @ring: shared with the peer
 * @area: its page
 * @heads: room of %XNF_TX_HEAD bytes for each id, lent for the connection: what
 *	is in there needs no grant of its own
 * @channel: doorbell, one of the queue's
 * @open: packets are taken; written under the core's lock of the queue
 * @ids_taken: ids ever taken from @ids; producer's
 * @ids_flushed: those among them that the peer was told of; producer's
 * @extras: extra slots ever put; producer writes, consumer reads
 * @watched: what the watchdog saw last
 * @strikes: how often it saw no progress
 * @ids_given: ids ever given to @ids; consumer writes, producer reads
 * @extras_done: extra slots ever answered; consumer's
 * @ids: ids not in use, between @ids_taken and @ids_given
 * @slots: indexed by id
 * @stats: survives connections
 */
struct xnf_tx {
	struct xpv_ring ring;
	struct xpv_gnttab_shared area;
	struct xpv_gnttab_shared heads;
	struct xnf_channel *channel;
	bool open;
	u32 ids_taken;
	u32 ids_flushed;
	u32 extras;
	u32 watched;
	unsigned int strikes;
	u32 ids_given ____cacheline_aligned_in_smp;
	u32 extras_done;
	u16 ids[XNF_RING_SIZE];
	struct xnf_tx_slot slots[XNF_RING_SIZE];
	struct xnf_tx_stats stats;
};

/**
 * struct xnf_tx_piece - one data slot of a packet, before it has an id
 * @page: the packet's; NULL: its linear data, to be copied into the id's room
 * @offset: in @page
 * @len: to the end of @page at most
 * @bounce: @page is a copy, whose one count goes with the piece
 */
struct xnf_tx_piece {
	struct page *page;
	u16 offset;
	u16 len;
	bool bounce;
};

/**
 * struct xnf_tx_layout - how a packet is cut into slots
 * @nr: number of pieces
 * @copied: all of it had to be copied
 * @pieces: in order
 */
struct xnf_tx_layout {
	unsigned int nr;
	bool copied;
	struct xnf_tx_piece pieces[XNF_PACKET_SLOTS];
};

/**
 * struct xnf_tx_cb - what a packet carries while it is in flight
 * @slots: ids that are still to be answered
 * @error: one of the answers was an error
 *
 * Set by the producer, then the consumer's.
 */
struct xnf_tx_cb {
	unsigned int slots;
	bool error;
};

static_assert(sizeof(struct xnf_tx_cb) <= sizeof_field(struct sk_buff, cb));

static inline struct xnf_tx_cb *xnf_tx_cb(struct sk_buff *skb)
{
	return (struct xnf_tx_cb *)skb->cb;
}

/* tx_layout.c */
int xnf_tx_lay_out(struct sk_buff *skb, bool sg, struct xnf_tx_layout *layout);
unsigned int xnf_tx_count_pieces(const struct sk_buff *skb);

/* tx.c */
void xnf_tx_open(struct xnf_queue *q);
void xnf_tx_close(struct xnf_queue *q);
void xnf_tx_wake(struct xnf_queue *q);
netdev_tx_t xnf_start_xmit(struct sk_buff *skb, struct net_device *dev);

/* tx_done.c */
void xnf_tx_poll(struct xnf_queue *q, int budget);
bool xnf_tx_arm(struct xnf_queue *q);
void xnf_tx_drain(struct xnf_queue *q);

/* Ids that may be taken; xmit may put a packet if there are XNF_TX_WORST. */
static inline u32 xnf_tx_room(const struct xnf_tx *tx)
{
	/*
	 * Pairs with the release in tx_done.c: an id is given back after its
	 * slot is clean, and after the response was read off the ring.
	 */
	u32 ids = smp_load_acquire(&tx->ids_given) - READ_ONCE(tx->ids_taken);

	return min(ids, xpv_ring_free(&tx->ring));
}

#endif /* _XNF_TX_H */

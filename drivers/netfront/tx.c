// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packets on their way out: ids, grants and requests. Owns the producer's half
 * of struct xnf_tx, under the core's lock of the transmit queue, which is held
 * while ndo_start_xmit runs; no other lock is held when a doorbell is rung.
 */
#include <linux/mm.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/string.h>
#include "netfront.h"

/* A stopped queue goes on when there is room for a few packets. */
#define ROOM_TO_GO_ON (XNF_RING_SIZE / 4)

#define tx_count(tx, counter)                               \
	do {                                                \
		u64_stats_update_begin(&(tx)->stats.syncp); \
		u64_stats_inc(&(tx)->stats.counter);        \
		u64_stats_update_end(&(tx)->stats.syncp);   \
	} while (0)

/* The caller has seen that there is an id. */
static u16 take_id(struct xnf_tx *tx)
{
	u16 id = tx->ids[tx->ids_taken % XNF_RING_SIZE];

	WRITE_ONCE(tx->ids_taken, tx->ids_taken + 1);
	return id;
}

/* What the peer may read in any case: nothing else of ours is there. */
static void copy_head(const struct xnf_tx *tx, const struct sk_buff *skb,
		      struct xen_netif_tx_request *req)
{
	size_t at = req->id * XNF_TX_HEAD;

	memcpy(tx->heads.addr + at, skb->data, skb_headlen(skb));
	req->gref = xpv_gref_raw(tx->heads.refs[at >> PAGE_SHIFT]);
	req->offset = offset_in_page(at);
}

static void lend_page(const struct xnf_queue *q, const struct xnf_tx_piece *piece,
		      struct xen_netif_tx_request *req)
{
	xpv_gref_t ref = q->tx.slots[req->id].ref;

	xpv_gnttab_grant(ref, q->front->xdev->peer, piece->page,
			 XPV_GNTTAB_RO);
	req->gref = xpv_gref_raw(ref);
	req->offset = piece->offset;
}

static void put_piece(struct xnf_queue *q, struct sk_buff *skb,
		      const struct xnf_tx_piece *piece, u16 flags, u16 size)
{
	u16 id = take_id(&q->tx);
	struct xnf_tx_slot *slot = &q->tx.slots[id];
	union xnf_tx_req req = {
		.data = {
			.flags = flags,
			.id = id,
			.size = size,
		},
	};

	slot->skb = skb;
	slot->page = piece->page;
	slot->bounce = piece->bounce;
	if (piece->page)
		lend_page(q, piece, &req.data);
	else
		copy_head(&q->tx, skb, &req.data);
	xnf_tx_ring_put(&q->tx.ring, &req);
}

static void put_gso(struct xnf_queue *q, const struct sk_buff *skb)
{
	const struct skb_shared_info *info = skb_shinfo(skb);
	bool v6 = info->gso_type & SKB_GSO_TCPV6;
	/* Zeroes the slot's tail too, which an extra slot does not use. */
	union xnf_tx_req req = {};

	req.extra.type = XEN_NETIF_EXTRA_TYPE_GSO;
	req.extra.u.gso.size = info->gso_size;
	req.extra.u.gso.type = v6 ? XEN_NETIF_GSO_TYPE_TCPV6 :
				    XEN_NETIF_GSO_TYPE_TCPV4;
	xnf_tx_ring_put(&q->tx.ring, &req);
	/* Read when the peer answers, which it cannot before the publish. */
	WRITE_ONCE(q->tx.extras, q->tx.extras + 1);
}

static u16 first_flags(const struct sk_buff *skb)
{
	u16 flags = 0;

	if (skb->ip_summed == CHECKSUM_PARTIAL)
		flags |= XEN_NETTXF_csum_blank | XEN_NETTXF_data_validated;
	else if (skb->ip_summed == CHECKSUM_UNNECESSARY)
		flags |= XEN_NETTXF_data_validated;
	if (skb_is_gso(skb))
		flags |= XEN_NETTXF_extra_info;
	return flags;
}

static void put_packet(struct xnf_queue *q, struct sk_buff *skb,
		       const struct xnf_tx_layout *layout)
{
	const struct xnf_tx_piece *piece = layout->pieces;
	const struct xnf_tx_piece *last = piece + layout->nr - 1;
	u16 more = piece < last ? XEN_NETTXF_more_data : 0;

	*xnf_tx_cb(skb) = (struct xnf_tx_cb){ .slots = layout->nr };
	/* The first slot tells the size of the packet, the others their own. */
	put_piece(q, skb, piece, first_flags(skb) | more, skb->len);
	if (skb_is_gso(skb))
		put_gso(q, skb);
	while (piece++ < last) {
		more = piece < last ? XEN_NETTXF_more_data : 0;
		put_piece(q, skb, piece, more, piece->len);
	}
}

/*
 * Shows the peer all that was put. From here on it may answer, and a packet may
 * be gone any time: xmit is through with all of them.
 */
static void flush(struct xnf_queue *q)
{
	struct xnf_tx *tx = &q->tx;

	/* The entries between the two still hold the ids that were taken. */
	for (; tx->ids_flushed != tx->ids_taken; tx->ids_flushed++) {
		u16 id = tx->ids[tx->ids_flushed % XNF_RING_SIZE];

		/*
		 * Pairs with the acquire in tx_done.c. A peer that guesses an
		 * id before it was published finds a packet that is complete.
		 */
		smp_store_release(&tx->slots[id].in_flight, true);
	}
	if (xpv_ring_publish(&tx->ring)) {
		xnf_channel_ring(tx->channel);
		tx_count(tx, doorbells);
	}
}

static void stop_if_full(struct xnf_queue *q)
{
	struct netdev_queue *txq = xnf_txq(q);

	if (likely(xnf_tx_room(&q->tx) >= XNF_TX_WORST))
		return;
	netif_tx_stop_queue(txq);
	tx_count(&q->tx, stops);
	/*
	 * Stopped before the room is looked at again; pairs with smp_mb() in
	 * xnf_tx_wake(). One of the two sees what the other did.
	 */
	smp_mb();
	if (unlikely(xnf_tx_room(&q->tx) >= ROOM_TO_GO_ON))
		netif_tx_start_queue(txq);
}

/**
 * xnf_tx_wake - let a stopped queue go on if there is room
 * @q: queue; ids were given back
 *
 * Context: NAPI.
 */
void xnf_tx_wake(struct xnf_queue *q)
{
	struct netdev_queue *txq = xnf_txq(q);

	/* Ids given before stopped is read; pairs with stop_if_full(). */
	smp_mb();
	if (unlikely(netif_tx_queue_stopped(txq)) &&
	    xnf_tx_room(&q->tx) >= ROOM_TO_GO_ON && READ_ONCE(q->tx.open))
		netif_tx_wake_queue(txq);
}

static void count_layout(struct xnf_tx *tx, const struct xnf_tx_layout *layout)
{
	if (likely(!layout->pieces[0].bounce))
		return;
	if (layout->copied)
		tx_count(tx, copied);
	else
		tx_count(tx, bounced);
}

/* ndo_start_xmit */
netdev_tx_t xnf_start_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct xnf_front *front = netdev_priv(dev);
	struct xnf_queue *q = &front->queues[skb_get_queue_mapping(skb)];
	struct xnf_tx_layout layout;

	if (unlikely(!q->tx.open || xnf_queue_broken(q)))
		goto drop;
	/* Only if somebody else started a queue that was stopped here. */
	if (unlikely(xnf_tx_room(&q->tx) < XNF_TX_WORST)) {
		flush(q);
		stop_if_full(q);
		return NETDEV_TX_BUSY;
	}
	if (unlikely(xnf_tx_lay_out(skb, front->offer.sg, &layout)))
		goto drop_and_flush;

	count_layout(&q->tx, &layout);
	put_packet(q, skb, &layout);
	skb_tx_timestamp(skb);
	/* Before the core is asked: a queue that stopped has to be flushed. */
	stop_if_full(q);
	if (__netdev_tx_sent_queue(xnf_txq(q), skb->len, netdev_xmit_more()))
		flush(q);
	return NETDEV_TX_OK;

drop_and_flush:
	if (!netdev_xmit_more())
		flush(q);
drop:
	tx_count(&q->tx, dropped);
	dev_kfree_skb_any(skb);
	return NETDEV_TX_OK;
}

/**
 * xnf_tx_open - take packets from now on
 * @q: connected queue
 *
 * Context: process.
 */
void xnf_tx_open(struct xnf_queue *q)
{
	struct netdev_queue *txq = xnf_txq(q);

	__netif_tx_lock_bh(txq);
	WRITE_ONCE(q->tx.open, true);
	__netif_tx_unlock_bh(txq);
	netif_tx_wake_queue(txq);
}

/**
 * xnf_tx_close - take no packets any more
 * @q: queue
 *
 * When it returns, xmit puts nothing on the ring and rings no doorbell.
 *
 * Context: process.
 */
void xnf_tx_close(struct xnf_queue *q)
{
	struct netdev_queue *txq = xnf_txq(q);

	__netif_tx_lock_bh(txq);
	WRITE_ONCE(q->tx.open, false);
	netif_tx_stop_queue(txq);
	__netif_tx_unlock_bh(txq);
}

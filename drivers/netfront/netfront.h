/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Insides of xpv-netfront.
 *
 * Who may touch what, from the outside in; each is taken before those below:
 *
 *  1. the bus's lock of the device: held around the operations of main.c,
 *     which alone make and unmake connections;
 *  2. RTNL: guards @offer; never held while waiting for the peer;
 *  3. the core's lock of a transmit queue: xmit and the producer's half of
 *     struct xnf_tx;
 *  4. ownership of a queue's NAPI: the consumer's half of struct xnf_tx, all of
 *     struct xnf_rx, and the pool.
 *
 * 3 and 4 run concurrently and share no lock. Between disconnect and the next
 * ready neither runs, and a queue belongs to the bus's operations.
 */
#ifndef _XNF_NETFRONT_H
#define _XNF_NETFRONT_H

#include <linux/netdevice.h>
#include <linux/timer.h>
#include <linux/u64_stats_sync.h>
#include <linux/workqueue.h>
#include <xpv/grant_table.h>
#include <xpv/xenbus.h>
#include "channel.h"
#include "rx.h"
#include "tx.h"
#include "wire.h"

/* Bits of struct xnf_queue.flags. */
enum xnf_queue_flag {
	/* The peer broke the protocol: nothing it says counts any more. */
	XNF_BROKEN,
};

/**
 * struct xnf_queue - a pair of rings, with all that drives them
 * @front: device it belongs to
 * @id: its number, which is also that of the core's transmit queue
 * @flags: bits of enum xnf_queue_flag, changed atomically by anyone;
 *	%XNF_BROKEN stays until the next connection
 * @napi: runs both directions; enabled from ready to stop, also while the
 *	interface is down
 * @channels: doorbells, and their interrupts: the first is that of what is
 *	sent, and of all if the backend knows of one only
 * @pool: source of the references of all slots
 * @tx: transmit side
 * @rx: receive side
 *
 * Lives as long as the device; connections come and go in it.
 */
struct xnf_queue {
	struct xnf_front *front;
	unsigned int id;
	unsigned long flags;
	struct napi_struct napi;
	struct xnf_channel channels[XNF_CHANNELS];
	struct xpv_gnttab_pool pool;
	struct xnf_tx tx ____cacheline_aligned_in_smp;
	struct xnf_rx rx ____cacheline_aligned_in_smp;
};

/**
 * struct xnf_offer - what the backend can take from us
 * @queues: at most so many, 1 at least
 * @split: rings each direction of a queue by a channel of its own
 * @sg: packets of several slots
 * @csum4: packets without TCP or UDP checksum, over IPv4
 * @csum6: the same over IPv6
 * @tso4: TCP packets to be cut up, over IPv4
 * @tso6: the same over IPv6
 */
struct xnf_offer {
	unsigned int queues;
	bool split;
	bool sg;
	bool csum4;
	bool csum6;
	bool tso4;
	bool tso6;
};

/**
 * struct xnf_front - one interface; private data of its net_device
 * @dev: the interface
 * @xdev: the device on xenbus
 * @queues: array of @nr_queues, for the life of the device
 * @nr_queues: how many
 * @nr_used: how many of these, from the first on, the present or the last
 *	connection has; written under RTNL while nothing is transmitted
 * @offer: of the present or the last backend; written under RTNL while
 *	nothing is transmitted
 * @running: between ready and stop; the bus's operations only
 * @was_connected: peers on the network have to be told where we are now
 * @announce: tells them, once the core passes packets again
 * @announce_tries: how often @announce still waits for that
 */
struct xnf_front {
	struct net_device *dev;
	struct xpv_device *xdev;
	struct xnf_queue *queues;
	unsigned int nr_queues;
	unsigned int nr_used;
	struct xnf_offer offer;
	bool running;
	bool was_connected;
	struct delayed_work announce;
	unsigned int announce_tries;
};

/* All there are; a queue that is not used has counters, and nothing else. */
#define xnf_for_each_queue(q, front) \
	for ((q) = (front)->queues;  \
	     (q) < (front)->queues + (front)->nr_queues; (q)++)

#define xnf_for_each_used_queue(q, front) \
	for ((q) = (front)->queues;       \
	     (q) < (front)->queues + (front)->nr_used; (q)++)

/* negotiate.c */
int xnf_read_mac(struct xpv_device *xdev, u8 mac[]);
int xnf_read_offer(struct xpv_device *xdev, struct xnf_offer *offer);
int xnf_write_nodes(struct xnf_front *front);

/* spread.c */
int xnf_adopt_queues(struct xnf_front *front, unsigned int nr);
void xnf_spread_interrupts(struct xnf_front *front);

/* queue.c */
int xnf_queues_create(struct xnf_front *front, unsigned int nr);
void xnf_queues_destroy(struct xnf_front *front);
int xnf_queue_connect(struct xnf_queue *q, bool split);
void xnf_queue_disconnect(struct xnf_queue *q);
void xnf_queue_start(struct xnf_queue *q);
void xnf_queue_stop(struct xnf_queue *q);
void xnf_queue_kick(struct xnf_queue *q);
__printf(2, 3) void xnf_queue_fault(struct xnf_queue *q, const char *fmt, ...);

static inline bool xnf_queue_broken(const struct xnf_queue *q)
{
	return unlikely(test_bit(XNF_BROKEN, &q->flags));
}

static inline struct netdev_queue *xnf_txq(const struct xnf_queue *q)
{
	return netdev_get_tx_queue(q->front->dev, q->id);
}

/* netdev.c */
void xnf_netdev_setup(struct net_device *dev);
void xnf_netdev_adopt_offer(struct xnf_front *front);

/* ethtool.c */
extern const struct ethtool_ops xnf_ethtool_ops;

#endif /* _XNF_NETFRONT_H */

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rings of a network backend. Runs as the handler of the queue's ports: with
 * one port, both rings are looked at each time.
 */
#include "net.h"

/**
 * xsim_net_ring_tx - ring for transmit responses
 * @q: queue
 */
void xsim_net_ring_tx(struct xsim_net_queue *q)
{
	xsim_port_notify(q->tx_port);
}

/**
 * xsim_net_ring_rx - have the receive side run
 * @q: queue, on the wire
 */
void xsim_net_ring_rx(struct xsim_net_queue *q)
{
	xsim_port_kick(q->rx_port ? q->rx_port : q->tx_port);
}

static bool is_still(const struct xsim_net_queue *q)
{
	return READ_ONCE(q->dead) || READ_ONCE(q->net->back.silent);
}

/* Of an interface that is down nobody looks at what the guest sends. */
static bool is_up(const struct xsim_net_queue *q)
{
	return READ_ONCE(q->net->carrier);
}

static void run_tx(struct xsim_net_queue *q)
{
	while (!is_still(q) && is_up(q) && xsim_net_tx(q)) {
		if (!q->dead && xsim_ring_publish(&q->tx))
			xsim_net_ring_tx(q);
	}
}

static void run_rx(struct xsim_net_queue *q)
{
	bool ring = false;

	if (READ_ONCE(q->dead) || !xsim_ring_awake(&q->rx))
		return;
	while (!is_still(q) && xsim_net_rx(q))
		ring |= !q->dead && xsim_ring_publish(&q->rx);
	if (ring)
		xsim_port_notify(q->rx_port ? q->rx_port : q->tx_port);
}

/* Who is silent has heard all the same: it is no fault of the frontend's. */
static void hear(struct xsim_net_queue *q)
{
	struct xsim_ring *rings[] = { &q->tx, &q->rx };
	unsigned int rung = xsim_port_rings(q->tx_port);

	if (!READ_ONCE(q->dead))
		xsim_ring_hear(rings, q->rx_port ? 1 : 2, rung - q->tx_rung);
	q->tx_rung = rung;
}

static void hear_rx(struct xsim_net_queue *q)
{
	struct xsim_ring *rings[] = { &q->rx };
	unsigned int rung = xsim_port_rings(q->rx_port);

	if (!READ_ONCE(q->dead))
		xsim_ring_hear(rings, 1, rung - q->rx_rung);
	q->rx_rung = rung;
}

/**
 * xsim_net_tx_event - the frontend rang, or somebody else did
 * @data: queue
 *
 * Context: process.
 */
void xsim_net_tx_event(void *data)
{
	struct xsim_net_queue *q = data;

	/* Pairs with the release in net_main.c. */
	if (!smp_load_acquire(&q->ready))
		return;
	mutex_lock(&q->lock);
	hear(q);
	if (!READ_ONCE(q->dead) && xsim_ring_awake(&q->tx))
		run_tx(q);
	if (!q->rx_port)
		run_rx(q);
	mutex_unlock(&q->lock);
}

/**
 * xsim_net_rx_event - the same for a receive ring that has a port of its own
 * @data: queue
 *
 * Context: process.
 */
void xsim_net_rx_event(void *data)
{
	struct xsim_net_queue *q = data;

	/* As above. */
	if (!smp_load_acquire(&q->ready))
		return;
	mutex_lock(&q->lock);
	hear_rx(q);
	run_rx(q);
	mutex_unlock(&q->lock);
}

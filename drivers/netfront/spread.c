// SPDX-License-Identifier: GPL-2.0-only
/*
 * How many queues a connection has, and which processor uses which: of those that
 * are online, counted from 0, queue I of N is for each whose count leaves I when
 * divided by N. What these send goes by that queue, and one of them has its interrupt.
 * So a flow stays with the processor that it is on, and two processors do not share a
 * queue before they have to. An admin may change both, by xps_cpus and smp_affinity.
 * What a processor that comes later sends goes by a hash of the flow.
 *
 * Owns the numbers of queues of the net_device.
 */
#include <linux/cpumask.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include "netfront.h"

/* The one that is so counted; beyond the last it begins again. */
static unsigned int online_cpu(unsigned int count)
{
	return cpumask_local_spread(count, NUMA_NO_NODE);
}

/* Fails for want of memory alone, and flows go by their hash then. */
static void spread_senders(struct xnf_front *front)
{
	struct xnf_queue *q;
	cpumask_var_t mask;
	unsigned int i;

	if (!alloc_cpumask_var(&mask, GFP_KERNEL))
		return;
	xnf_for_each_used_queue(q, front) {
		cpumask_clear(mask);
		for (i = q->id; i < num_online_cpus(); i += front->nr_used)
			cpumask_set_cpu(online_cpu(i), mask);
		if (netif_set_xps_queue(front->dev, mask, q->id))
			break;
	}
	free_cpumask_var(mask);
}

/* The watchdog looks at these too, and stopped for long would mean trouble. */
static void start_unused(struct xnf_front *front)
{
	unsigned int i;

	for (i = front->nr_used; i < front->nr_queues; i++)
		netif_tx_start_queue(xnf_txq(&front->queues[i]));
}

/**
 * xnf_adopt_queues - a connection will have so many queues
 * @front: device, carrier off
 * @nr: how many, @front->nr_queues at most
 *
 * While the number stays, so does what an admin has set for each.
 *
 * Context: process, under RTNL.
 * Return: 0 or -errno, with the number that was before.
 */
int xnf_adopt_queues(struct xnf_front *front, unsigned int nr)
{
	int err;

	ASSERT_RTNL();
	if (nr == front->nr_used)
		return 0;
	err = netif_set_real_num_queues(front->dev, nr, nr);
	if (err)
		return err;
	front->nr_used = nr;
	start_unused(front);
	if (nr > 1)
		spread_senders(front);
	return 0;
}

/**
 * xnf_spread_interrupts - have each queue's interrupts on a processor of its own
 * @front: device, connected
 *
 * A single one is left where it was put with all others of the guest.
 *
 * Context: process.
 */
void xnf_spread_interrupts(struct xnf_front *front)
{
	struct xnf_queue *q;

	if (front->nr_used == 1)
		return;
	xnf_for_each_used_queue(q, front)
		xnf_channels_set_cpu(q, online_cpu(q->id));
}

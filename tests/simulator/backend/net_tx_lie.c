// SPDX-License-Identifier: GPL-2.0-only
/* How a network backend answers what was sent, and how it lies about that. */
#include <linux/bitmap.h>
#include "net.h"

static void put(struct xsim_net_queue *q, u16 id, s16 status)
{
	struct xen_netif_tx_response rsp = {
		.id = id,
		.status = status,
	};

	xsim_ring_put(&q->tx, &rsp, sizeof(rsp));
}

static void put_honest(struct xsim_net_queue *q, u16 id, s16 status)
{
	put(q, id, status);
	if (id < XSIM_NET_IDS)
		__clear_bit(id, q->in_flight);
	q->answered = id;
	q->has_answered = true;
}

static void put_all(struct xsim_net_queue *q, s16 status)
{
	const struct xsim_net_packet *packet = &q->packet;
	unsigned int i;

	put_honest(q, packet->slots[0].req.id, status);
	for (i = 1; i < packet->nr_slots; i++) {
		if (i <= packet->nr_extras)
			put(q, 0, XEN_NETIF_RSP_NULL);
		else
			put_honest(q, packet->slots[i].req.id, status);
	}
}

/* Shows what was put, rings in any case, and says no more. */
static void end(struct xsim_net_queue *q)
{
	(void)xsim_ring_publish(&q->tx);
	q->dead = true;
	xsim_net_ring_tx(q);
}

static u16 idle_id(const struct xsim_net_queue *q)
{
	unsigned int id = q->tx.size;

	while (id--) {
		if (!test_bit(id, q->in_flight))
			return id;
	}
	return 0;
}

static bool suits(const struct xsim_net_queue *q, enum xsim_lie lie)
{
	switch (lie) {
	case XSIM_LIE_ID_TWICE:
		return q->has_answered && q->answered < XSIM_NET_IDS &&
		       !test_bit(q->answered, q->in_flight);
	case XSIM_LIE_NULL:
		/* Else it would be one too early, not one too many. */
		return !q->packet.nr_extras;
	default:
		return true;
	}
}

static void keep_mapped(struct xsim_net_queue *q)
{
	xsim_grant_unmap(&q->kept);
	xsim_grant_map(&q->kept, q->packet.slots[0].req.gref, true);
	put_all(q, XEN_NETIF_RSP_OKAY);
	end(q);
}

static void storm(struct xsim_net_queue *q)
{
	unsigned int i;

	put_all(q, XEN_NETIF_RSP_OKAY);
	for (i = 0; i < 1000; i++)
		xsim_net_ring_tx(q);
}

static void put_and_end(struct xsim_net_queue *q, u16 id, s16 status)
{
	put(q, id, status);
	end(q);
}

static void end_index(struct xsim_net_queue *q, u32 ahead)
{
	q->tx.rsp_pvt += ahead;
	end(q);
}

static void tell(struct xsim_net_queue *q, enum xsim_lie lie)
{
	switch (lie) {
	case XSIM_LIE_ID_IDLE:
		put_and_end(q, idle_id(q), XEN_NETIF_RSP_OKAY);
		break;
	case XSIM_LIE_ID_TWICE:
		put_and_end(q, q->answered, XEN_NETIF_RSP_OKAY);
		break;
	case XSIM_LIE_NULL:
		put_and_end(q, 0, XEN_NETIF_RSP_NULL);
		break;
	case XSIM_LIE_STATUS:
		put_all(q, 77);
		break;
	case XSIM_LIE_ERROR:
		put_all(q, XEN_NETIF_RSP_ERROR);
		break;
	case XSIM_LIE_MAPPED:
		keep_mapped(q);
		break;
	case XSIM_LIE_INDEX:
		end_index(q, q->tx.size + 5);
		break;
	case XSIM_LIE_JUMP:
		end_index(q, 1);
		break;
	case XSIM_LIE_SILENCE:
		q->dead = true;
		break;
	case XSIM_LIE_MUTE:
		put_all(q, XEN_NETIF_RSP_OKAY);
		(void)xsim_ring_publish(&q->tx);
		break;
	case XSIM_LIE_STORM:
		storm(q);
		break;
	default:
		put_and_end(q, 0xfffe, XEN_NETIF_RSP_OKAY);
		break;
	}
}

/**
 * xsim_net_answer - answer @q->packet, or lie if it is time to
 * @q: queue
 * @status: XEN_NETIF_RSP_*
 */
void xsim_net_answer(struct xsim_net_queue *q, s16 status)
{
	struct xsim_lies *lies = &q->net->back.lies;
	enum xsim_lie lie = xsim_lies_take(lies, XSIM_WAY_TX);

	if (lie != XSIM_LIE_NONE && !suits(q, lie)) {
		xsim_lies_postpone(lies, XSIM_WAY_TX, lie);
		lie = XSIM_LIE_NONE;
	}
	if (lie == XSIM_LIE_NONE)
		put_all(q, status);
	else
		tell(q, lie);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * How a network backend lies about what it delivers. Each lie takes the place of
 * a packet.
 */
#include <linux/kernel.h>
#include "net.h"

/* More than a frontend takes as one packet, of either kind of slot. */
#define ENDLESS 24

/* As good a length as any. */
#define SOME_LEN 60

static void end(struct xsim_net_queue *q)
{
	(void)xsim_ring_publish(&q->rx);
	q->dead = true;
	xsim_port_notify(q->rx_port ? q->rx_port : q->tx_port);
}

static void put_data(struct xsim_net_queue *q, u16 offset, u16 flags,
		     s16 status)
{
	struct xen_netif_rx_response rsp = {
		.offset = offset,
		.flags = flags,
		.status = status,
	};
	u32 ref;

	rsp.id = xsim_net_rx_get(q, &ref);
	xsim_net_rx_put(q, &rsp);
}

static void put_foreign_id(struct xsim_net_queue *q, u16 change)
{
	struct xen_netif_rx_response rsp = { .status = SOME_LEN };
	u32 ref;

	rsp.id = xsim_net_rx_get(q, &ref) ^ change;
	xsim_net_rx_put(q, &rsp);
}

static void put_extra(struct xsim_net_queue *q,
		      const struct xen_netif_extra_info *extra)
{
	u32 ref;

	xsim_net_rx_get(q, &ref);
	xsim_net_rx_put_extra(q, extra);
}

static void put_with_extra(struct xsim_net_queue *q, u8 type, u8 gso_type,
			   u16 gso_size)
{
	const struct xen_netif_extra_info extra = {
		.type = type,
		.u.gso.type = gso_type,
		.u.gso.size = gso_size,
	};

	put_data(q, 0, XEN_NETRXF_extra_info, SOME_LEN);
	put_extra(q, &extra);
}

static void put_endless(struct xsim_net_queue *q, bool extras)
{
	const struct xen_netif_extra_info extra = {
		.type = XEN_NETIF_EXTRA_TYPE_HASH,
		.flags = XEN_NETIF_EXTRA_FLAG_MORE,
	};
	unsigned int i;

	put_data(q, 0,
		 extras ? XEN_NETRXF_extra_info : XEN_NETRXF_more_data,
		 SOME_LEN);
	for (i = 1; i < ENDLESS; i++) {
		if (extras)
			put_extra(q, &extra);
		else
			put_data(q, 0, XEN_NETRXF_more_data, SOME_LEN);
	}
}

static void put_and_keep(struct xsim_net_queue *q)
{
	/* More than a frontend would copy, so that it wants the page itself. */
	struct xen_netif_rx_response rsp = { .status = 1500 };
	u32 ref;

	rsp.id = xsim_net_rx_get(q, &ref);
	xsim_grant_unmap(&q->kept);
	xsim_grant_map(&q->kept, ref, true);
	xsim_net_rx_put(q, &rsp);
}

static void jump(struct xsim_net_queue *q, u32 ahead)
{
	q->rx.rsp_pvt += ahead;
}

static void storm(struct xsim_net_queue *q)
{
	unsigned int i;

	for (i = 0; i < 1000; i++)
		xsim_port_notify(q->rx_port ? q->rx_port : q->tx_port);
}

static void tell(struct xsim_net_queue *q, enum xsim_lie lie)
{
	switch (lie) {
	case XSIM_LIE_ID_RANGE:
		put_foreign_id(q, 0x8000);
		break;
	case XSIM_LIE_ID_IDLE:
	case XSIM_LIE_ID_TWICE:
		put_foreign_id(q, 1);
		break;
	case XSIM_LIE_STATUS:
		put_data(q, 0, 0, S16_MIN);
		break;
	case XSIM_LIE_ERROR:
		put_data(q, 0, 0, XEN_NETIF_RSP_ERROR);
		break;
	case XSIM_LIE_LENGTH_ZERO:
		put_data(q, 0, 0, 0);
		break;
	case XSIM_LIE_LENGTH_HUGE:
		put_data(q, 0, 0, S16_MAX);
		break;
	case XSIM_LIE_OFFSET:
		put_data(q, 0xfff0, 0, SOME_LEN);
		break;
	case XSIM_LIE_FLAGS:
		put_data(q, 0, 0x4000, SOME_LEN);
		break;
	case XSIM_LIE_MORE:
		put_endless(q, false);
		break;
	case XSIM_LIE_EXTRA_ENDLESS:
		put_endless(q, true);
		break;
	case XSIM_LIE_EXTRA_TYPE:
		put_with_extra(q, 99, 0, 0);
		break;
	case XSIM_LIE_GSO_TYPE:
		put_with_extra(q, XEN_NETIF_EXTRA_TYPE_GSO, 77, 1000);
		break;
	case XSIM_LIE_GSO_SIZE:
		put_with_extra(q, XEN_NETIF_EXTRA_TYPE_GSO,
			       XEN_NETIF_GSO_TYPE_TCPV4, 0);
		break;
	case XSIM_LIE_MAPPED:
		put_and_keep(q);
		break;
	case XSIM_LIE_INDEX:
		jump(q, q->rx.size + 5);
		break;
	default:
		jump(q, 1);
		break;
	}
}

/* What is no breach of the protocol: the connection goes on. */
static bool is_harmless(enum xsim_lie lie)
{
	return lie == XSIM_LIE_ERROR || lie == XSIM_LIE_STATUS;
}

/**
 * xsim_net_lie_rx - lie in place of a packet if it is time to
 * @q: queue; there is a packet, with buffers
 * @avail: how many buffers there are
 *
 * Return: whether it did.
 */
bool xsim_net_lie_rx(struct xsim_net_queue *q, u32 avail)
{
	struct xsim_lies *lies = &q->net->back.lies;
	enum xsim_lie lie = xsim_lies_take(lies, XSIM_WAY_RX);

	if (lie == XSIM_LIE_NONE)
		return false;
	if (avail < ENDLESS) {
		xsim_lies_postpone(lies, XSIM_WAY_RX, lie);
		return false;
	}
	if (lie == XSIM_LIE_SILENCE) {
		q->dead = true;
		return true;
	}
	if (lie == XSIM_LIE_STORM) {
		storm(q);
		return false;
	}
	tell(q, lie);
	if (!is_harmless(lie))
		end(q);
	return true;
}

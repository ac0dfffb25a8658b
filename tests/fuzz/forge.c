// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a hostile backend writes to its rings. The honest one has let them alone
 * (xsim_back_forge()); from then on answers are written here: right ones, that
 * the frontend takes, so that it goes on; wrong ones; and bytes of any kind at
 * any place, indexes included. Requests are read where they lie: their ids and
 * references make an answer that is nearly right.
 */
#include <linux/etherdevice.h>
#include <linux/in.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <asm/barrier.h>
#include <xen/interface/io/blkif.h>
#include <xen/interface/io/netif.h>

#include "../simulator/backend/ring.h"
#include "fuzz.h"

#define ROUNDS_MAX	12
#define BURST_MAX	24

/**
 * struct forgery - how one backend's rings are written to
 * @forger: called for each ring
 * @wrong: one answer in so many is wrong; 0: none
 * @raw: one round in so many writes bytes anywhere; 0: none
 */
struct forgery {
	struct xsim_forger forger;
	u32 wrong;
	u32 raw;
};

static bool is_wrong(const struct forgery *how)
{
	return how->wrong && xfz_one_in(how->wrong);
}

static u32 small_or_any(u32 limit)
{
	return xfz_one_in(2) ? xfz_below(limit) : (u32)xfz_odd_number();
}

static void answer_blk(const struct forgery *how, void *slot)
{
	const struct blkif_request req = *(struct blkif_request *)slot;
	struct blkif_response rsp = {
		.id = req.u.rw.id,
		.operation = req.operation,
		.status = xfz_one_in(6) ? BLKIF_RSP_ERROR : BLKIF_RSP_OKAY,
	};

	if (is_wrong(how)) {
		switch (xfz_below(3)) {
		case 0:
			rsp.id = small_or_any(700);
			break;
		case 1:
			rsp.operation = xfz_random();
			break;
		default:
			rsp.status = small_or_any(4) - 3;
			break;
		}
	}
	memcpy(slot, &rsp, sizeof(rsp));
}

static void answer_tx(const struct forgery *how, void *slot)
{
	const struct xen_netif_tx_request req =
		*(struct xen_netif_tx_request *)slot;
	struct xen_netif_tx_response rsp = {
		.id = req.id,
		.status = XEN_NETIF_RSP_OKAY,
	};

	/* Whether this slot is an extra one is not looked up, but guessed. */
	if (xfz_one_in(24))
		rsp.status = XEN_NETIF_RSP_NULL;
	if (is_wrong(how)) {
		if (xfz_one_in(2))
			rsp.id = small_or_any(256);
		else
			rsp.status = small_or_any(4) - 2;
	}
	memcpy(slot, &rsp, sizeof(rsp));
}

static void put_packet(u32 ref, u16 offset, u16 len)
{
	static const u16 protocols[] = { ETH_P_IP, ETH_P_IPV6, ETH_P_8021Q,
					 ETH_P_ARP, 0x0040, ETH_P_802_EX1 };
	static u8 data[2048];
	struct ethhdr *eth = (struct ethhdr *)data;
	u8 *ip = data + ETH_HLEN;

	len = min_t(u16, len, sizeof(data));
	xfz_bytes(data, len);
	if (!xfz_one_in(8)) {
		eth_broadcast_addr(eth->h_dest);
		eth->h_proto = htons(protocols[xfz_below(ARRAY_SIZE(protocols))]);
		/* The version and a protocol; the lengths are as they are. */
		ip[0] = eth->h_proto == htons(ETH_P_IP) ? 0x45 + xfz_below(3) :
							  0x60;
		ip[6] = xfz_one_in(2) ? IPPROTO_TCP : IPPROTO_UDP;
		ip[9] = ip[6];
	}
	xsim_grant_write(ref, offset, data, len);
}

static u16 some_flags(void)
{
	u16 flags = xfz_one_in(2) ? XEN_NETRXF_data_validated : 0;

	if (xfz_one_in(3))
		flags |= XEN_NETRXF_csum_blank;
	if (xfz_one_in(4))
		flags |= XEN_NETRXF_more_data;
	if (xfz_one_in(4))
		flags |= XEN_NETRXF_extra_info;
	return flags;
}

static void answer_rx_extra(const struct forgery *how, void *slot)
{
	struct xen_netif_extra_info extra = {
		.type = XEN_NETIF_EXTRA_TYPE_GSO,
		.u.gso.type = XEN_NETIF_GSO_TYPE_TCPV4 + xfz_below(2),
		.u.gso.size = 1 + xfz_below(1500),
	};

	if (is_wrong(how))
		xfz_bytes(&extra, sizeof(extra));
	memcpy(slot, &extra, sizeof(extra));
}

/* Data, or now and then an extra slot: the frontend knows which it waits for. */
static void answer_rx(const struct forgery *how, void *slot)
{
	const struct xen_netif_rx_request req =
		*(struct xen_netif_rx_request *)slot;
	struct xen_netif_rx_response rsp = { .id = req.id };

	if (xfz_one_in(6)) {
		answer_rx_extra(how, slot);
		return;
	}
	rsp.flags = some_flags();
	rsp.offset = xfz_one_in(3) ? xfz_below(256) : 0;
	rsp.status = xfz_one_in(3) ? 1 + xfz_below(60) : 1 + xfz_below(1800);
	put_packet(req.gref, rsp.offset, rsp.status);
	if (is_wrong(how))
		xfz_bytes((u8 *)&rsp + 2 * xfz_below(4), 2);
	memcpy(slot, &rsp, sizeof(rsp));
}

static void answer(const struct forgery *how, enum xsim_ring_kind kind,
		   void *slot)
{
	switch (kind) {
	case XSIM_RING_BLK:
		answer_blk(how, slot);
		break;
	case XSIM_RING_TX:
		answer_tx(how, slot);
		break;
	default:
		answer_rx(how, slot);
		break;
	}
}

/* As many as there are requests, or a few more where that is no matter. */
static u32 burst(const struct forgery *how, const struct xsim_ring *ring)
{
	u32 waiting = READ_ONCE(ring->head->req_prod) - ring->rsp_prod;
	u32 nr = xfz_below(BURST_MAX);

	return is_wrong(how) ? nr : min(nr, waiting);
}

static void answer_some(const struct forgery *how, struct xsim_ring *ring,
			enum xsim_ring_kind kind)
{
	u32 i, nr = burst(how, ring);

	for (i = 0; i < nr; i++)
		answer(how, kind, xsim_ring_slot(ring, ring->rsp_prod + i));
	ring->rsp_prod += nr;
	/* Responses before index, as an honest one: else the bytes do not arrive. */
	virt_wmb();
	WRITE_ONCE(ring->head->rsp_prod, ring->rsp_prod);
}

static void scribble(struct xsim_ring *ring)
{
	u32 bytes = sizeof(*ring->head) + ring->size * ring->slot_bytes;
	u32 at = xfz_below(bytes), len = 1 + xfz_below(64);
	u32 *indexes = &ring->head->req_prod;

	if (xfz_one_in(2)) {
		xfz_bytes((u8 *)ring->head + at, min(len, bytes - at));
		return;
	}
	at = xfz_below(4);
	if (xfz_one_in(2))
		WRITE_ONCE(indexes[at], indexes[at] + xfz_below(520) - 260);
	else
		WRITE_ONCE(indexes[at], (u32)xfz_odd_number());
}

static void forge(struct xsim_forger *forger, struct xsim_ring *ring,
		  enum xsim_ring_kind kind, struct xsim_port *port)
{
	struct forgery *how = container_of(forger, struct forgery, forger);
	u32 rounds = 1 + xfz_below(ROUNDS_MAX);

	xfz_trace("  ring %s: %u rounds, responses %u", ring->name, rounds,
		  ring->rsp_prod);
	while (rounds--) {
		if (xfz_one_in(12))
			xfz_hold_of_ring(ring, kind);
		if (how->raw && xfz_one_in(how->raw))
			scribble(ring);
		else
			answer_some(how, ring, kind);
		if (!xfz_one_in(6))
			xsim_port_notify(port);
		if (xfz_one_in(3))
			usleep_range(100, 3000);
	}
}

void xfz_forge(void)
{
	static const u32 odds[] = { 0, 0, 1, 4, 16, 64 };
	struct xfz_device *dev = xfz_pick_device();
	struct forgery how = {
		.forger.forge = forge,
		.wrong = odds[xfz_below(ARRAY_SIZE(odds))],
		.raw = odds[xfz_below(ARRAY_SIZE(odds))],
	};

	if (!dev)
		return;
	/* What the frontend gives up for that, the honest one may yet find. */
	xfz_foul(dev);
	xfz_trace("%s: forge, wrong 1 in %u, raw 1 in %u", dev->name, how.wrong,
		  how.raw);
	xsim_back_forge(xfz_back(dev), &how.forger);
}

static void storm(struct xsim_forger *forger, struct xsim_ring *ring,
		  enum xsim_ring_kind kind, struct xsim_port *port)
{
	unsigned int i, nr = xfz_below(3000);

	for (i = 0; i < nr; i++) {
		xsim_port_notify(port);
		if (!(i % 64))
			cond_resched();
	}
}

void xfz_storm(void)
{
	struct xfz_device *dev = xfz_pick_device();
	struct xsim_forger forger = { .forge = storm };

	if (!dev)
		return;
	xfz_foul(dev);
	xfz_trace("%s: storm", dev->name);
	xsim_back_forge(xfz_back(dev), &forger);
}

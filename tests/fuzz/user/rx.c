// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a backend says of packets that it delivers (drivers/netfront/rx_parse.c):
 * any row of responses, taken from a ring whose slots and indexes are the
 * input's.
 */
#include "fuzz_user.h"

#define netdev_get_tx_queue(dev, id) ((struct netdev_queue *)NULL)

#include "../../../drivers/netfront/netfront.h"

static struct xnf_queue queue;

void xnf_queue_fault(struct xnf_queue *q, const char *fmt, ...)
{
	set_bit(XNF_BROKEN, &q->flags);
}

#include "../../../drivers/netfront/rx_parse.c"

/* What xnf_rx_build() relies on: it looks no more at what it is told. */
static void check_packet(const struct xnf_rx_packet *packet)
{
	u32 i, sum = 0;

	ALWAYS(packet->nr_parts <= XNF_PACKET_SLOTS);
	for (i = 0; i < packet->nr_parts; i++) {
		const struct xnf_rx_part *part = &packet->parts[i];

		ALWAYS(part->slot < XNF_RING_SIZE);
		ALWAYS(part->len && part->offset + part->len <= PAGE_SIZE);
		sum += part->len;
	}
	ALWAYS(sum == packet->len);
	ALWAYS(packet->slots <= XNF_PACKET_SLOTS + EXTRAS_MAX);
	ALWAYS(packet->failed || !packet->started || packet->nr_parts);
	ALWAYS(!packet->gso_type || packet->gso_size);
	ALWAYS(packet->gso_size != GSO_BY_FRAGS);
}

/* Most ids are right, or nothing but the first check would ever be tried. */
static void mend(union xnf_rx_rsp *rsp, u32 slot, u8 how)
{
	if (!(how & 1))
		rsp->data.id = slot;
	if (!(how & 2))
		rsp->data.flags &= FLAGS_KNOWN;
	if (!(how & 4))
		rsp->data.offset &= 0xfff;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct xnf_rx_packet *packet = &queue.rx.packet;
	struct input in = { data, size };
	union xnf_rx_rsp rsp;
	u32 index = 0, slot;
	u8 how;

	memset(&queue, 0, sizeof(queue));
	while (in.len) {
		how = input_byte(&in);
		input_take(&in, &rsp, sizeof(rsp));
		slot = index++ % XNF_RING_SIZE;
		if (!packet->extra)
			mend(&rsp, slot, how);
		if (xnf_rx_parse(&queue, slot, &rsp)) {
			ALWAYS(xnf_queue_broken(&queue));
			break;
		}
		check_packet(packet);
		if (xnf_rx_packet_complete(packet))
			memset(packet, 0, sizeof(*packet));
	}
	return 0;
}

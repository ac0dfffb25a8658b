// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ring with xenstored (xenbus/store/native/ring.c). The input is what the other
 * side does to the page between our calls.
 */
#include "fuzz_user.h"

#include "../../../xenbus/store/native/ring.c"

#define ROUNDS 64

static void scribble(struct input *in, struct xenstore_domain_interface *page)
{
	u32 *words[] = { &page->req_cons, &page->req_prod, &page->rsp_cons,
			 &page->rsp_prod, &page->server_features,
			 &page->connection, &page->error };
	u8 how = input_byte(in);
	u32 *word = words[how % ARRAY_SIZE(words)];

	if (how & 0x80)
		*word = input_u32(in);
	else
		*word += input_byte(in) << (how & 0x40 ? 3 : 0);
	input_take(in, page->rsp + (input_byte(in) * 4 & (SIZE - 1)), 4);
}

static void put(struct input *in, struct xpv_store_ring *ring)
{
	static const char data[2 * SIZE];
	size_t done = 0, len = input_byte(in) * 8;

	if (xpv_store_ring_put(ring, data, len, &done)) {
		ALWAYS(!done);
		return;
	}
	ALWAYS(done <= len && done <= SIZE);
	ALWAYS(ring->req_prod - ring->req_cons <= SIZE);
}

static void get(struct input *in, struct xpv_store_ring *ring)
{
	size_t done = 0, len = input_byte(in) * 8;
	bool was_full = false;
	char *data = malloc(len + 1);

	if (!data)
		abort();
	if (xpv_store_ring_get(ring, data, len, &done, &was_full))
		ALWAYS(!done);
	else
		ALWAYS(done <= len && ring->rsp_prod - ring->rsp_cons <= SIZE);
	free(data);
}

static void ask(struct xpv_store_ring *ring)
{
	if (!xpv_store_ring_can_reconnect(ring)) {
		ALWAYS(!xpv_store_ring_reconnecting(ring));
		return;
	}
	xpv_store_ring_reconnect(ring);
	(void)xpv_store_ring_error(ring);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct xenstore_domain_interface *page = calloc(1, sizeof(*page));
	struct xpv_store_ring ring = { .page = page };
	struct input in = { data, size };
	unsigned int round;

	if (!page)
		abort();
	scribble(&in, page);
	xpv_store_ring_adopt(&ring);
	for (round = 0; round < ROUNDS && in.len; round++) {
		scribble(&in, page);
		put(&in, &ring);
		get(&in, &ring);
		ask(&ring);
	}
	free(page);
	return 0;
}

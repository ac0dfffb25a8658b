// SPDX-License-Identifier: GPL-2.0-only
/*
 * What xenstored sends: bytes to messages, messages to whom they are for. All
 * of it runs in the pump.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/minmax.h>
#include <linux/printk.h>
#include <linux/string.h>

#include "link.h"

#define HEAD	sizeof(struct xsd_sockmsg)

/* -EAGAIN: that much has not come in yet. */
static int fill_to(struct xpv_store_link *link, size_t want)
{
	size_t len = min(want - link->have, link->budget);
	size_t done;
	int err;

	err = xpv_store_ring_get(&link->ring, link->bytes + link->have, len,
				 &done, &link->doorbell);
	if (err)
		return xpv_store_link_corrupt(link, "index of replies",
					      link->ring.refused);

	link->have += done;
	link->budget -= done;
	return link->have < want ? -EAGAIN : 0;
}

static bool answers_probe(const struct xpv_store_link *link)
{
	const struct xsd_sockmsg *head = &link->head;

	return head->req_id == link->probe.id &&
	       xpv_store_answers(head, XS_RESET_WATCHES, 0) &&
	       head->len <= sizeof("ENOTEMPTY");
}

/*
 * While SYNCING, what comes before the reply to our probe is for somebody who
 * had this connection before: it is skipped, a byte at a time, as it may begin
 * in the middle of a message.
 */
static int read_head(struct xpv_store_link *link)
{
	int err;

	for (;;) {
		err = fill_to(link, max(HEAD, link->have));
		if (err)
			return err;
		memcpy(&link->head, link->bytes, HEAD);
		if (link->state != XPV_LINK_SYNCING || answers_probe(link))
			break;
		link->have = HEAD - 1;
		memmove(link->bytes, link->bytes + 1, link->have);
	}
	if (link->head.len > XENSTORE_PAYLOAD_MAX)
		return xpv_store_link_corrupt(link, "length of a message",
					      link->head.len);
	return 0;
}

static struct xpv_store_request *find(struct xpv_store_link *link, u32 id)
{
	struct xpv_store_request *req;

	list_for_each_entry(req, &link->waiting, entry)
		if (req->id == id)
			return req;
	return NULL;
}

/* Nobody waits any more; but a transaction would stay open for good. */
static void answer_late(const struct xpv_store_link *link, u32 type)
{
	const char *text = (const char *)link->bytes + HEAD;
	size_t len = link->head.len;
	u32 txn;

	if (type != XS_TRANSACTION_START || link->head.type == XS_ERROR)
		return;

	text = xpv_store_cut(&text, &len);
	if (text && !xpv_store_number(text, 10, &txn))
		xpv_store_abort(txn);
}

static int answer(struct xpv_store_link *link)
{
	struct xpv_store_request *req = find(link, link->head.req_id);

	if (!req)
		return xpv_store_link_corrupt(link, "reply to no request",
					      link->head.req_id);
	if (!xpv_store_answers(&link->head, req->type, req->txn))
		return xpv_store_link_corrupt(link, "type of a reply",
					      link->head.type);

	xpv_store_link_take(link, req);
	if (req->given_up)
		answer_late(link, req->type);
	else
		xpv_store_request_answer(req, &link->head,
					 (const char *)link->bytes + HEAD);
	xpv_store_request_put(req);
	return 0;
}

static int dispatch(struct xpv_store_link *link)
{
	const char *body = (const char *)link->bytes + HEAD;

	if (link->state == XPV_LINK_SYNCING) {
		xpv_store_link_up(link);
		return 0;
	}
	if (link->head.type != XS_WATCH_EVENT)
		return answer(link);
	if (!xpv_store_watch_fire(body, link->head.len))
		return 0;
	return xpv_store_link_corrupt(link, "watch event of length",
				      link->head.len);
}

static int receive_one(struct xpv_store_link *link)
{
	int err = read_head(link);

	if (err)
		return err;
	err = fill_to(link, HEAD + link->head.len);
	if (err)
		return err;

	link->have = 0;
	return dispatch(link);
}

int xpv_store_link_receive(struct xpv_store_link *link)
{
	int err;

	do
		err = receive_one(link);
	while (!err);
	return err;
}

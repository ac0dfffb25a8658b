// SPDX-License-Identifier: GPL-2.0-only
/*
 * What goes out to xenstored: the requests that wait, in their order, as far as the
 * ring has room; or while the link begins anew, the probe. The pump's, so
 * without a lock.
 */
#include <linux/errno.h>
#include <linux/list.h>

#include "link.h"

/* The first to be sent, perhaps in part already; or NULL. */
struct xpv_store_request *xpv_store_link_first(struct xpv_store_link *link)
{
	return list_first_entry_or_null(&link->sending, struct xpv_store_request,
					entry);
}

/* @sent goes on to @len as far as there is room; -EAGAIN when there is none. */
static int send(struct xpv_store_link *link, const u8 *wire, size_t len,
		size_t *sent)
{
	size_t done;
	int err;

	err = xpv_store_ring_put(&link->ring, wire + *sent, len - *sent, &done);
	if (err)
		return xpv_store_link_corrupt(link, "index of requests",
					      link->ring.refused);
	*sent += done;
	link->doorbell |= done > 0;
	return *sent < len ? -EAGAIN : 0;
}

static int send_first(struct xpv_store_link *link)
{
	struct xpv_store_request *req = xpv_store_link_first(link);
	int err;

	if (!req)
		return -EAGAIN;

	err = send(link, req->wire, req->len, &req->sent);
	if (err)
		return err;

	list_move_tail(&req->entry, &link->waiting);
	return 0;
}

static int send_probe(struct xpv_store_link *link)
{
	struct xpv_store_request *req = xpv_store_link_first(link);
	int err;

	if (req && req->sent) {
		err = send(link, req->wire, req->len, &req->sent);
		if (err)
			return err;
		xpv_store_link_fail(link, req, -EIO);
	}
	return send(link, link->probe.wire, sizeof(link->probe.wire),
		    &link->probe.sent);
}

int xpv_store_link_transmit(struct xpv_store_link *link)
{
	int err;

	if (link->state == XPV_LINK_SYNCING)
		return send_probe(link);
	do
		err = send_first(link);
	while (!err);
	return err;
}

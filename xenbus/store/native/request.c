// SPDX-License-Identifier: GPL-2.0-only
/*
 * One request to xenstored: made by anybody, ended once by the link. All
 * memory is had with GFP_NOIO: a disk may wait for this.
 */
#include <linux/completion.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "store.h"

/**
 * xpv_store_request_create - make a request
 * @type: XS_*
 * @txn: transaction, or 0
 * @parts: pieces of the payload, copied
 * @nr: how many
 *
 * Return: the request, which the caller holds one reference to; or NULL: there
 * is no memory for it.
 */
struct xpv_store_request *
xpv_store_request_create(u32 type, u32 txn, const struct xpv_store_part *parts,
			 unsigned int nr)
{
	struct xpv_store_request *req;
	size_t len = sizeof(struct xsd_sockmsg);
	unsigned int i;

	for (i = 0; i < nr; i++)
		len += parts[i].len;
	req = kzalloc(struct_size(req, wire, len), GFP_NOIO);
	if (!req)
		return NULL;

	kref_init(&req->ref);
	INIT_LIST_HEAD(&req->entry);
	req->type = type;
	req->txn = txn;
	req->len = sizeof(struct xsd_sockmsg);
	for (i = 0; i < nr; i++) {
		memcpy(req->wire + req->len, parts[i].data, parts[i].len);
		req->len += parts[i].len;
	}
	return req;
}

static void free_request(struct kref *ref)
{
	struct xpv_store_request *req = container_of(ref, struct xpv_store_request,
						     ref);

	kfree(req->reply);
	kfree(req);
}

void xpv_store_request_put(struct xpv_store_request *req)
{
	kref_put(&req->ref, free_request);
}

/* The link has given it its number: the message is complete. */
void xpv_store_request_number(struct xpv_store_request *req, u32 id)
{
	struct xsd_sockmsg head = {
		.type = req->type,
		.req_id = id,
		.tx_id = req->txn,
		.len = req->len - sizeof(head),
	};

	req->id = id;
	memcpy(req->wire, &head, sizeof(head));
}

void xpv_store_request_end(struct xpv_store_request *req, int err)
{
	req->err = err;
	if (req->done)
		req->done(req);
	else
		xpv_store_request_put(req);
}

/**
 * xpv_store_request_answer - end a request with its reply
 * @req: request
 * @head: of the reply; it was found to answer this request
 * @body: @head->len bytes, copied
 */
void xpv_store_request_answer(struct xpv_store_request *req,
			      const struct xsd_sockmsg *head, const char *body)
{
	int err = 0;

	if (head->type == XS_ERROR) {
		err = xpv_store_errno(body, head->len);
	} else {
		req->reply = kmemdup_nul(body, head->len, GFP_NOIO);
		req->reply_len = head->len;
		if (!req->reply)
			err = -ENOMEM;
	}
	xpv_store_request_end(req, err);
}

void xpv_store_tell(u32 type, u32 txn, const struct xpv_store_part *parts,
		    unsigned int nr)
{
	struct xpv_store_request *req = xpv_store_request_create(type, txn,
								 parts, nr);

	if (req && xpv_store_submit(req))
		xpv_store_request_put(req);
}

void xpv_store_abort(u32 txn)
{
	struct xpv_store_part no = xpv_store_text("F");

	xpv_store_tell(XS_TRANSACTION_END, txn, &no, 1);
}

static void wake_asker(struct xpv_store_request *req)
{
	complete(req->owner);
}

/**
 * xpv_store_ask - submit a request and wait for its end
 * @req: made, not submitted; still the caller's afterwards
 *
 * The wait needs no bound of its own: the link ends every request.
 *
 * Context: process, may sleep; not from the pump.
 * Return: 0 with the reply in @req, or -errno.
 */
int xpv_store_ask(struct xpv_store_request *req)
{
	DECLARE_COMPLETION_ONSTACK(ended);
	int err;

	req->done = wake_asker;
	req->owner = &ended;
	err = xpv_store_submit(req);
	if (err)
		return err;

	wait_for_completion(&ended);
	return req->err;
}

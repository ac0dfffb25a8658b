// SPDX-License-Identifier: GPL-2.0-only
/*
 * The page between the guest's XenStore client and ours: bytes to messages, and
 * messages to bytes. One work does it, whenever the guest rang or there is
 * something to tell. Under xsim_store_lock.
 */
#include <asm/barrier.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <xen/interface/xen.h>
#include <xen/interface/grant_table.h>
#include <xen/interface/hvm/params.h>

#include "event.h"
#include "simulator.h"
#include "store.h"

#define HEAD	sizeof(struct xsd_sockmsg)
#define SIZE	XENSTORE_RING_SIZE

/* So much is waiting for the guest, and it is not heard any more. */
#define BACKLOG_MAX	(64 * 1024)

struct message {
	struct list_head entry;
	size_t len;
	size_t sent;
	u8 bytes[];
};

/**
 * struct connection - with the guest
 * @page: shared with it
 * @port: dom0's end of the doorbell
 * @out: messages for the guest
 * @backlog: bytes of those
 * @have: bytes of @in that have come in
 * @in: a message, with room for a NUL behind it
 * @broken: the guest's indexes were wrong
 */
struct connection {
	struct xenstore_domain_interface *page;
	struct xsim_port *port;
	struct list_head out;
	size_t backlog;
	size_t have;
	u8 in[HEAD + XENSTORE_PAYLOAD_MAX + 1];
	bool broken;
};

static struct connection guest = { .out = LIST_HEAD_INIT(guest.out) };

int xsim_ring_tell(u32 type, u32 id, u32 txn, const void *body, size_t len)
{
	struct xsd_sockmsg head = {
		.type = type,
		.req_id = id,
		.tx_id = txn,
		.len = len,
	};
	struct message *msg;

	lockdep_assert_held(&xsim_store_lock);
	msg = kzalloc(struct_size(msg, bytes, HEAD + len), GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	msg->len = HEAD + len;
	memcpy(msg->bytes, &head, HEAD);
	memcpy(msg->bytes + HEAD, body, len);
	list_add_tail(&msg->entry, &guest.out);
	guest.backlog += msg->len;
	if (guest.port)
		xsim_port_kick(guest.port);
	return 0;
}

static void drop_out(void)
{
	struct message *msg, *next;

	list_for_each_entry_safe(msg, next, &guest.out, entry) {
		list_del(&msg->entry);
		kfree(msg);
	}
	guest.backlog = 0;
}

static bool refuse(u32 error, const char *what, u32 value)
{
	xsim_violation("store: %s %#x on the ring", what, value);
	guest.broken = true;
	WRITE_ONCE(guest.page->error, error);
	return false;
}

/* Up to @want bytes in all; true when they are there. */
static bool fill_to_locked(size_t want)
{
	struct xenstore_domain_interface *page = guest.page;
	u32 cons = page->req_cons, prod = READ_ONCE(page->req_prod);
	size_t len = want - guest.have, i;

	if (prod - cons > SIZE)
		return refuse(XENSTORE_ERROR_RINGIDX, "index of requests", prod);
	len = min_t(size_t, len, prod - cons);
	/* Index before bytes; pairs with the guest's, which wrote them so. */
	virt_rmb();
	for (i = 0; i < len; i++)
		guest.in[guest.have++] = page->req[MASK_XENSTORE_IDX(cons + i)];
	/* Bytes are read before the guest may write there again. */
	virt_mb();
	WRITE_ONCE(page->req_cons, cons + len);
	return guest.have == want;
}

/* Under the hypervisor's lock, as the page may become that of another domain. */
static bool fill_to(size_t want)
{
	unsigned long flags;
	bool filled;

	raw_spin_lock_irqsave(&xsim_lock, flags);
	filled = !xsim_frozen && fill_to_locked(want);
	raw_spin_unlock_irqrestore(&xsim_lock, flags);
	return filled;
}

static bool receive(void)
{
	struct xsd_sockmsg head;

	if (guest.have < HEAD && !fill_to(HEAD))
		return false;
	memcpy(&head, guest.in, HEAD);
	if (head.len > XENSTORE_PAYLOAD_MAX)
		return refuse(XENSTORE_ERROR_PROTO, "length", head.len);
	if (guest.have < HEAD + head.len && !fill_to(HEAD + head.len))
		return false;
	guest.in[HEAD + head.len] = '\0';
	guest.have = 0;
	xsim_store_serve(&head, (char *)guest.in + HEAD);
	return true;
}

static size_t put_locked(const u8 *bytes, size_t len)
{
	struct xenstore_domain_interface *page = guest.page;
	u32 prod = page->rsp_prod, cons = READ_ONCE(page->rsp_cons);
	size_t i;

	if (prod - cons > SIZE) {
		refuse(XENSTORE_ERROR_RINGIDX, "index of replies", cons);
		return 0;
	}
	len = min_t(size_t, len, SIZE - (prod - cons));
	/* The guest has read what is written over. */
	virt_mb();
	for (i = 0; i < len; i++)
		page->rsp[MASK_XENSTORE_IDX(prod + i)] = bytes[i];
	/* Bytes before the index; pairs with the guest's. */
	virt_wmb();
	WRITE_ONCE(page->rsp_prod, prod + len);
	return len;
}

static size_t put(const u8 *bytes, size_t len)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&xsim_lock, flags);
	len = xsim_frozen ? 0 : put_locked(bytes, len);
	raw_spin_unlock_irqrestore(&xsim_lock, flags);
	return len;
}

/* True while there is room. */
static bool transmit(void)
{
	struct message *msg = list_first_entry_or_null(&guest.out,
						       struct message, entry);

	if (!msg)
		return false;
	msg->sent += put(msg->bytes + msg->sent, msg->len - msg->sent);
	if (msg->sent < msg->len)
		return false;
	list_del(&msg->entry);
	guest.backlog -= msg->len;
	kfree(msg);
	return true;
}

void xsim_ring_forget(void)
{
	lockdep_assert_held(&xsim_store_lock);
	xsim_guest_forget_watches();
	xsim_txn_abort_all();
	drop_out();
	guest.have = 0;
	guest.broken = false;
}

void xsim_ring_kick(void)
{
	xsim_port_kick(guest.port);
}

/* The guest wants all forgotten: indexes first, then it is told. */
static void reconnect(void)
{
	struct xenstore_domain_interface *page = guest.page;

	xsim_ring_forget();
	page->req_cons = 0;
	page->req_prod = 0;
	page->rsp_cons = 0;
	page->rsp_prod = 0;
	WRITE_ONCE(page->error, XENSTORE_ERROR_NONE);
	/* Pairs with the guest's barrier after it sees that it is connected. */
	virt_wmb();
	WRITE_ONCE(page->connection, XENSTORE_CONNECTED);
}

static void move_bytes(void)
{
	u32 consumed = guest.page->req_cons, produced = guest.page->rsp_prod;

	while (!guest.broken && transmit())
		;
	while (!guest.broken && guest.backlog < BACKLOG_MAX && receive())
		while (!guest.broken && transmit())
			;
	if (guest.page->req_cons != consumed || guest.page->rsp_prod != produced)
		xsim_port_notify(guest.port);
}

static void rang(void *unused)
{
	mutex_lock(&xsim_store_lock);
	if (READ_ONCE(guest.page->connection) == XENSTORE_RECONNECT) {
		reconnect();
		xsim_port_notify(guest.port);
	}
	move_bytes();
	mutex_unlock(&xsim_store_lock);
}

static void empty_page(void)
{
	memset(guest.page, 0, PAGE_SIZE);
	guest.page->server_features = XENSTORE_SERVER_FEATURE_RECONNECTION |
				      XENSTORE_SERVER_FEATURE_ERROR;
}

void xsim_ring_reset_locked(void)
{
	lockdep_assert_held(&xsim_lock);
	empty_page();
	xsim_param_set_locked(HVM_PARAM_STORE_EVTCHN,
			      xsim_event_reset_locked(guest.port));
	xsim_grant_reserve(GNTTAB_RESERVED_XENSTORE,
			   page_to_pfn(virt_to_page(guest.page)));
}

static int connect(void)
{
	u32 guest_port;
	int err = xsim_port_create(rang, NULL, &guest.port);

	if (err)
		return err;
	err = xsim_event_connect(guest.port, &guest_port);
	if (err) {
		xsim_port_unbind(guest.port);
		guest.port = NULL;
		return err;
	}
	xsim_param_set(HVM_PARAM_STORE_PFN, page_to_pfn(virt_to_page(guest.page)));
	xsim_param_set(HVM_PARAM_STORE_EVTCHN, guest_port);
	xsim_grant_reserve(GNTTAB_RESERVED_XENSTORE,
			   page_to_pfn(virt_to_page(guest.page)));
	return 0;
}

int xsim_ring_init(void)
{
	int err;

	guest.page = (void *)get_zeroed_page(GFP_KERNEL);
	if (!guest.page)
		return -ENOMEM;
	guest.broken = false;
	guest.have = 0;
	empty_page();
	err = connect();
	if (err)
		free_page((unsigned long)guest.page);
	return err;
}

void xsim_ring_exit(void)
{
	struct xsim_port *port = guest.port;

	mutex_lock(&xsim_store_lock);
	guest.port = NULL;
	mutex_unlock(&xsim_store_lock);
	xsim_port_unbind(port);
	drop_out();
	xsim_guest_forget_watches();
	free_page((unsigned long)guest.page);
}

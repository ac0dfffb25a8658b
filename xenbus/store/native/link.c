// SPDX-License-Identifier: GPL-2.0-only
/*
 * The connection to xenstored, and its queue. One work, the pump, does all
 * that is to be done whenever the doorbell rings, a request is submitted or a
 * deadline passes: so the ring, and the end of each request, need no lock.
 *
 * It begins, and begins anew after the ring was found corrupt, by sending
 * XS_RESET_WATCHES and looking for the reply: what others left behind is gone
 * then, with watches and transactions, and both ends are at the boundary of a
 * message.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bitops.h>
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/printk.h>
#include <linux/random.h>
#include <linux/string.h>
#include <xen/interface/hvm/params.h>
#include <xen/interface/xen.h>
#include <xpv/frames.h>
#include <xpv/hypercall.h>

#include "link.h"

#define REQUEST_TIMEOUT	(60 * HZ)
#define SYNC_TIMEOUT	(30 * HZ)
#define DRAIN_TIMEOUT	(2 * HZ)

/* So many requests without a reply, and xenstored gets no more of them. */
#define GIVEN_UP_MAX	32
/* So many faults, each within so long of the one before, and it is no use. */
#define FALLS_MAX	3
#define FALLS_APART	(600 * HZ)
/* Bytes read in one run of the pump. */
#define BUDGET		(16 * XENSTORE_PAYLOAD_MAX)

static struct xpv_store_link xenstored = {
	.lock = __SPIN_LOCK_UNLOCKED(xenstored.lock),
	.state = XPV_LINK_DEAD,
	.queue = LIST_HEAD_INIT(xenstored.queue),
	.sending = LIST_HEAD_INIT(xenstored.sending),
	.waiting = LIST_HEAD_INIT(xenstored.waiting),
	.changed = __WAIT_QUEUE_HEAD_INITIALIZER(xenstored.changed),
};

static void kick(struct xpv_store_link *link)
{
	mod_delayed_work(link->wq, &link->pump, 0);
}

static irqreturn_t rang(int irq, void *data)
{
	struct xpv_store_link *link = data;

	set_bit(XPV_LINK_RUNG, &link->flags);
	if (!test_bit(XPV_LINK_CLOSING, &link->flags))
		kick(link);
	return IRQ_HANDLED;
}

static void set_state(struct xpv_store_link *link, enum xpv_link_state state)
{
	spin_lock(&link->lock);
	WRITE_ONCE(link->state, state);
	spin_unlock(&link->lock);
	wake_up(&link->changed);
}

/**
 * xpv_store_submit - queue a request
 * @req: complete; done is called once unless this fails
 *
 * Context: any that is not an interrupt; does not sleep.
 * Return: 0, -E2BIG, -EIO without a connection, or -EBUSY when xenstored has
 * left too many requests without a reply.
 */
int xpv_store_submit(struct xpv_store_request *req)
{
	struct xpv_store_link *link = &xenstored;
	int err = 0;

	if (req->len > XPV_STORE_MESSAGE_MAX)
		return -E2BIG;

	spin_lock(&link->lock);
	if (link->state == XPV_LINK_DEAD) {
		err = -EIO;
	} else if (atomic_read(&link->given_up) >= GIVEN_UP_MAX) {
		err = -EBUSY;
	} else {
		xpv_store_request_number(req, link->next_id++);
		req->deadline = jiffies + REQUEST_TIMEOUT;
		kref_get(&req->ref);
		atomic_inc(&link->pending);
		list_add_tail(&req->entry, &link->queue);
	}
	spin_unlock(&link->lock);
	if (!err)
		kick(link);
	return err;
}

/* Off the pump's list; the link's reference is the caller's now. */
void xpv_store_link_take(struct xpv_store_link *link,
			 struct xpv_store_request *req)
{
	list_del_init(&req->entry);
	if (req->given_up)
		atomic_dec(&link->given_up);
	atomic_dec(&link->pending);
}

static void take_queue(struct xpv_store_link *link)
{
	spin_lock(&link->lock);
	list_splice_tail_init(&link->queue, &link->sending);
	spin_unlock(&link->lock);
}

void xpv_store_link_fail(struct xpv_store_link *link,
			 struct xpv_store_request *req, int err)
{
	xpv_store_link_take(link, req);
	if (!req->given_up)
		xpv_store_request_end(req, err);
	xpv_store_request_put(req);
}

static void fail_list(struct xpv_store_link *link, struct list_head *list)
{
	struct xpv_store_request *req, *next;

	list_for_each_entry_safe(req, next, list, entry)
		xpv_store_link_fail(link, req, -EIO);
}

/* After the state is DEAD: nothing is added any more. */
static void fail_all(struct xpv_store_link *link)
{
	take_queue(link);
	fail_list(link, &link->waiting);
	fail_list(link, &link->sending);
}

/* Nobody waits for it any more, but it cannot be taken back from xenstored. */
static void abandon(struct xpv_store_link *link, struct xpv_store_request *req,
		    int err)
{
	req->given_up = true;
	atomic_inc(&link->given_up);
	xpv_store_request_end(req, err);
}

/*
 * All that xenstored has seen something of. Where it does not begin anew, it
 * takes what comes next for the rest of a message that it has in part.
 */
static void fail_sent(struct xpv_store_link *link)
{
	struct xpv_store_request *req = xpv_store_link_first(link);

	fail_list(link, &link->waiting);
	if (!req || !req->sent)
		return;
	if (xpv_store_ring_can_reconnect(&link->ring))
		xpv_store_link_fail(link, req, -EIO);
	else if (!req->given_up)
		abandon(link, req, -EIO);
}

static void die(struct xpv_store_link *link, const char *why)
{
	pr_err("%s: no XenStore from now on\n", why);
	set_state(link, XPV_LINK_DEAD);
	fail_all(link);
}

static void begin_probe(struct xpv_store_link *link)
{
	struct xsd_sockmsg head = {
		.type = XS_RESET_WATCHES,
		.req_id = get_random_u32(),
		.len = sizeof(link->probe.wire) - sizeof(head),
	};

	xpv_store_ring_adopt(&link->ring);
	link->probe.id = head.req_id;
	link->probe.sent = 0;
	memset(link->probe.wire, 0, sizeof(link->probe.wire));
	memcpy(link->probe.wire, &head, sizeof(head));
}

static void begin_sync(struct xpv_store_link *link, bool anew)
{
	link->have = 0;
	link->sync_until = jiffies + SYNC_TIMEOUT;
	set_state(link, XPV_LINK_SYNCING);
	anew |= xpv_store_ring_error(&link->ring) != 0;
	if (anew && xpv_store_ring_can_reconnect(&link->ring)) {
		xpv_store_ring_reconnect(&link->ring);
		link->doorbell = true;
	}
	link->reconnecting = xpv_store_ring_reconnecting(&link->ring);
	if (!link->reconnecting)
		begin_probe(link);
}

/* The reply to the probe is here. */
void xpv_store_link_up(struct xpv_store_link *link)
{
	/* xenstored has forgotten our watches with the rest. */
	if (link->falls) {
		pr_notice("XenStore answers again\n");
		xpv_store_watch_renew();
	}
	set_state(link, XPV_LINK_UP);
}

int xpv_store_link_corrupt(struct xpv_store_link *link, const char *what,
			   u32 value)
{
	link->fault = what;
	link->fault_value = value;
	return -EPROTO;
}

static void fall(struct xpv_store_link *link)
{
	if (time_after(jiffies, link->last_fall + FALLS_APART))
		link->falls = 0;
	link->last_fall = jiffies;
	link->falls++;
	pr_err("the ring with xenstored is corrupt (%s %#x)\n", link->fault,
	       link->fault_value);
	if (link->state == XPV_LINK_SYNCING || link->falls > FALLS_MAX) {
		die(link, "it does not recover");
		return;
	}
	fail_sent(link);
	begin_sync(link, true);
}

/* -EPROTO: the ring is corrupt. */
static int move_bytes(struct xpv_store_link *link)
{
	u32 error;
	int err;

	if (link->reconnecting) {
		if (xpv_store_ring_reconnecting(&link->ring))
			return 0;
		link->reconnecting = false;
		begin_probe(link);
	}
	error = xpv_store_ring_error(&link->ring);
	if (error)
		return xpv_store_link_corrupt(link, "xenstored's error", error);

	err = xpv_store_link_receive(link);
	if (err == -EAGAIN)
		err = xpv_store_link_transmit(link);
	return err == -EAGAIN ? 0 : err;
}

/* The first of a queue may be on the ring in part: the rest has to follow. */
static void give_up(struct xpv_store_link *link, struct xpv_store_request *req)
{
	pr_err_ratelimited("xenstored has not answered a request of type %u for %u seconds\n",
			   req->type, REQUEST_TIMEOUT / HZ);
	if (!req->sent) {
		xpv_store_link_fail(link, req, -ETIMEDOUT);
		return;
	}
	abandon(link, req, -ETIMEDOUT);
}

/* Give up what is overdue; move @next to the deadline that comes first. */
static void expire(struct xpv_store_link *link, struct list_head *list,
		   unsigned long *next)
{
	struct xpv_store_request *req, *after;

	list_for_each_entry_safe(req, after, list, entry) {
		if (req->given_up)
			continue;
		if (time_before(jiffies, req->deadline)) {
			if (time_before(req->deadline, *next))
				*next = req->deadline;
			/* In the order of their deadlines. */
			return;
		}
		give_up(link, req);
	}
}

/* What is due now; how long until something else will be. */
static unsigned long expire_all(struct xpv_store_link *link)
{
	unsigned long next = jiffies + REQUEST_TIMEOUT;

	if (link->state == XPV_LINK_SYNCING) {
		if (time_after_eq(jiffies, link->sync_until))
			die(link, "xenstored does not answer");
		else if (time_before(link->sync_until, next))
			next = link->sync_until;
	}
	expire(link, &link->waiting, &next);
	expire(link, &link->sending, &next);
	return max_t(long, next - jiffies, 0);
}

static void pump(struct work_struct *work)
{
	struct xpv_store_link *link = container_of(to_delayed_work(work),
						   struct xpv_store_link, pump);
	bool rung = test_and_clear_bit(XPV_LINK_RUNG, &link->flags);
	unsigned long delay;

	link->budget = BUDGET;
	take_queue(link);
	if (link->state != XPV_LINK_DEAD && move_bytes(link))
		fall(link);
	delay = expire_all(link);
	if (link->doorbell) {
		link->doorbell = false;
		xpv_evtchn_send(&link->channel);
	}
	/* xenstored is trusted: whatever it rang for was a reason. */
	if (rung)
		xpv_evtchn_eoi(&link->channel, XPV_EOI_WORK);
	wake_up(&link->changed);
	/* Does nothing if the doorbell or a request was quicker. */
	if (link->state != XPV_LINK_DEAD)
		queue_delayed_work(link->wq, &link->pump,
				   link->budget ? delay : 0);
}

/* Two states of an HVM parameter that say that there is no such thing. */
static int read_param(u32 index, const char *name, u64 *value)
{
	int err = xpv_hv_param(index, value);

	if (!err && (!*value || *value == U64_MAX))
		err = -ENODEV;
	if (err)
		pr_err("cannot learn %s from Xen (error %d)\n", name, err);
	return err;
}

static int map_ring(struct xpv_store_link *link)
{
	u64 pfn;
	int err;

	err = read_param(HVM_PARAM_STORE_PFN, "where XenStore's ring is", &pfn);
	if (err)
		return err;

	link->ring.page = xpv_hv_special_page_map(pfn);
	if (link->ring.page)
		return 0;
	pr_err("cannot map XenStore's ring at frame %#llx\n", pfn);
	return -ENOMEM;
}

static int open_channel(struct xpv_store_link *link)
{
	u64 port;
	int err;

	err = read_param(HVM_PARAM_STORE_EVTCHN, "XenStore's event channel",
			 &port);
	if (err)
		return err;

	err = xpv_evtchn_adopt_port(&link->channel, xpv_port(port), rang,
				    "xpv-xenstore", link);
	if (err)
		pr_err("cannot open XenStore's event channel %llu (error %d)\n",
		       port, err);
	return err;
}

static bool is_idle(struct xpv_store_link *link)
{
	return READ_ONCE(link->state) != XPV_LINK_UP ||
	       !atomic_read(&link->pending);
}

/*
 * No pump, and nothing that waits for it, when this returns. The pump uses the
 * channel, so it goes first; and the handler may not start it again.
 */
static void stop(struct xpv_store_link *link)
{
	set_bit(XPV_LINK_CLOSING, &link->flags);
	if (link->channel.port != XPV_PORT_NONE)
		synchronize_irq(link->channel.irq);
	cancel_delayed_work_sync(&link->pump);
	xpv_evtchn_close(&link->channel);
	set_state(link, XPV_LINK_DEAD);
	fail_all(link);
}

static bool is_settled(struct xpv_store_link *link)
{
	return READ_ONCE(link->state) != XPV_LINK_SYNCING;
}

/* The pump itself has told what is wrong, if it is not up in time. */
static int start(struct xpv_store_link *link)
{
	int err;

	INIT_DELAYED_WORK(&link->pump, pump);
	link->falls = 0;
	link->flags = 0;
	begin_sync(link, false);
	err = open_channel(link);
	if (err)
		goto err_stop;

	kick(link);
	wait_event_timeout(link->changed, is_settled(link), 2 * SYNC_TIMEOUT);
	err = READ_ONCE(link->state) == XPV_LINK_UP ? 0 : -EIO;
	if (err)
		goto err_stop;
	return 0;

err_stop:
	stop(link);
	return err;
}

/**
 * xpv_store_link_open - connect to xenstored
 *
 * Context: process, may sleep, for a minute if xenstored does not answer.
 * Return: 0, or -errno: the reason was told and nothing is left.
 */
int xpv_store_link_open(void)
{
	struct xpv_store_link *link = &xenstored;
	int err;

	err = map_ring(link);
	if (err)
		return err;

	err = -ENOMEM;
	/* Disks are connected through this: it must run when memory is short. */
	link->wq = alloc_workqueue("xpv-xenstore",
				   WQ_UNBOUND | WQ_HIGHPRI | WQ_MEM_RECLAIM, 1);
	if (!link->wq)
		goto err_unmap;
	err = start(link);
	if (err)
		goto err_destroy;
	return 0;

err_destroy:
	destroy_workqueue(link->wq);
err_unmap:
	xpv_hv_special_page_unmap(link->ring.page);
	return err;
}

/**
 * xpv_store_link_leave - this kernel ends
 *
 * What was submitted still gets a moment to go through, and both ends are at the
 * boundary of a message for who comes next. From then on requests fail.
 *
 * Context: process, may sleep.
 */
void xpv_store_link_leave(void)
{
	struct xpv_store_link *link = &xenstored;

	wait_event_timeout(link->changed, is_idle(link), DRAIN_TIMEOUT);
	stop(link);
}

/**
 * xpv_store_link_close - disconnect
 *
 * What was submitted still gets a moment to go through. Nobody submits any
 * more.
 *
 * Context: process, may sleep.
 */
void xpv_store_link_close(void)
{
	struct xpv_store_link *link = &xenstored;

	xpv_store_link_leave();
	destroy_workqueue(link->wq);
	xpv_hv_special_page_unmap(link->ring.page);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suite xpv_xs_link: the connection to xenstored (native/link.c, native/input.c,
 * native/output.c, with ring, requests and watches below and above), with the test
 * as xenstored. Time passes only when the test says so, and the pump runs when it
 * is its turn.
 */
#define TESTED(name)	link_suite_##name
#include "store_names.h"
#define xpv_store_ring_adopt		TESTED(store_ring_adopt)
#define xpv_store_ring_put		TESTED(store_ring_put)
#define xpv_store_ring_get		TESTED(store_ring_get)
#define xpv_store_ring_error		TESTED(store_ring_error)
#define xpv_store_ring_can_reconnect	TESTED(store_ring_can_reconnect)
#define xpv_store_ring_reconnecting	TESTED(store_ring_reconnecting)
#define xpv_store_ring_reconnect	TESTED(store_ring_reconnect)
#define xpv_store_link_open		TESTED(store_link_open)
#define xpv_store_link_close		TESTED(store_link_close)
#define xpv_store_link_leave		TESTED(store_link_leave)
#define xpv_store_link_up		TESTED(store_link_up)
#define xpv_store_link_take		TESTED(store_link_take)
#define xpv_store_link_fail		TESTED(store_link_fail)
#define xpv_store_link_first		TESTED(store_link_first)
#define xpv_store_link_transmit		TESTED(store_link_transmit)
#define xpv_store_link_corrupt		TESTED(store_link_corrupt)
#define xpv_store_link_receive		TESTED(store_link_receive)
#define xpv_store_submit		TESTED(store_submit)

#include <tests/kunit/suite.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/jiffies.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/workqueue.h>
#include <xen/interface/hvm/params.h>
#include <xen/interface/xen.h>
#include <xpv/frames.h>
#include <xpv/hypercall.h>

#include "../store/native/link.h"

/* How long a request waits, and more. */
#define LONG	(61 * HZ)

/**
 * struct world - the machine, and xenstored
 * @page: shared with it
 * @now: the time, in jiffies
 * @deaf: xenstored reads and answers nothing while one waits for it
 * @param_err: what asking Xen for a parameter returns
 * @params: what there is in the ring's and the port's
 * @no_map: the ring cannot be mapped
 * @no_wq: there is no workqueue
 * @port_err: what opening the port returns
 * @rings: doorbells that xenstored has heard
 * @ends: ends of interrupts told
 * @kicks: the pump was started so often
 * @delay: after that it runs again by itself
 */
static struct world {
	struct xenstore_domain_interface *page;
	unsigned long now;
	bool deaf;
	int param_err;
	u64 params[2];
	bool no_map;
	bool no_wq;
	int port_err;
	unsigned int rings;
	unsigned int ends;
	unsigned int kicks;
	unsigned long delay;
} world;

static void pump(struct work_struct *work);
static void wait_a_second(void);

static int fake_param(u32 index, u64 *value)
{
	*value = world.params[index == HVM_PARAM_STORE_EVTCHN];
	return world.param_err;
}

static int fake_ask_kernel(struct xpv_evtchn *ch, irq_handler_t handler, void *data)
{
	*ch = (struct xpv_evtchn){ .port = XPV_PORT_NONE };
	if (!world.port_err)
		*ch = (struct xpv_evtchn){ .port = xpv_port(5), .irq = 9 };
	return world.port_err;
}

static void fake_close(struct xpv_evtchn *ch)
{
	ch->port = XPV_PORT_NONE;
}

static bool fake_queue(unsigned long delay)
{
	world.delay = delay;
	return true;
}

#define xpv_hv_param			fake_param
#define xpv_evtchn_adopt_port(ch, port, handler, name, data) fake_ask_kernel(ch, handler, data)
#define xpv_evtchn_close		fake_close
#define xpv_evtchn_send(ch)		((void)world.rings++)
#define xpv_evtchn_eoi(ch, eoi)		((void)world.ends++)
#define synchronize_irq(irq)		((void)(irq))
#define xpv_hv_special_page_map(pfn)	(world.no_map ? NULL : world.page)
#define xpv_hv_special_page_unmap(page)	((void)(page))
#undef alloc_workqueue
#define alloc_workqueue(...)		(world.no_wq ? NULL : system_wq)
#define destroy_workqueue(wq)		((void)(wq))
#define mod_delayed_work(wq, work, delay)	((void)world.kicks++)
#define queue_delayed_work(wq, work, delay)	fake_queue(delay)
#define cancel_delayed_work_sync(work)	((void)(work))
#undef jiffies
#define jiffies				(world.now)
#undef wait_event_timeout
#define wait_event_timeout(wq, condition, timeout)			\
({									\
	unsigned long __end = jiffies + (timeout);			\
									\
	while (!(condition) && time_before(jiffies, __end))		\
		wait_a_second();					\
})

#undef pr_fmt
#include "../store/native/wire.c"
#include "../store/native/request.c"
#undef pr_fmt
#include "../store/native/watch.c"
#include "../store/native/ring.c"
#undef pr_fmt
#include "../store/native/input.c"
#undef HEAD
#undef pr_fmt
#include "../store/native/output.c"
#include "../store/native/link.c"

/* A message as xenstored sees it. */
struct message {
	struct xsd_sockmsg head;
	char body[XENSTORE_PAYLOAD_MAX];
};

static struct message last;

static void run(void)
{
	pump(&xenstored.pump.work);
}

/* xenstored reads so many bytes, if the pump brings them. */
static bool hear(void *to, size_t len)
{
	struct xenstore_domain_interface *page = world.page;
	size_t i;

	for (i = 0; i < len; i++) {
		if (page->req_cons == page->req_prod)
			run();
		if (page->req_cons == page->req_prod)
			return false;
		((char *)to)[i] = page->req[MASK_XENSTORE_IDX(page->req_cons)];
		page->req_cons++;
	}
	return true;
}

/* The next request, in @last. */
static bool hear_message(void)
{
	return hear(&last.head, sizeof(last.head)) && hear(last.body, last.head.len);
}

/* xenstored writes, and the pump reads what there is no more room for. */
static void say_bytes(const void *from, size_t len)
{
	struct xenstore_domain_interface *page = world.page;
	size_t i;

	for (i = 0; i < len; i++) {
		if (page->rsp_prod - page->rsp_cons == SIZE)
			run();
		page->rsp[MASK_XENSTORE_IDX(page->rsp_prod)] = ((const char *)from)[i];
		page->rsp_prod++;
	}
}

static void say(u32 type, u32 id, u32 txn, const char *body, size_t len)
{
	struct xsd_sockmsg head = {
		.type = type,
		.req_id = id,
		.tx_id = txn,
		.len = len,
	};

	say_bytes(&head, sizeof(head));
	say_bytes(body, len);
	run();
}

/* As sane as it gets: begins anew if asked to, and answers the probe. */
static void wait_a_second(void)
{
	world.now += HZ;
	if (!world.deaf && world.page->connection != XENSTORE_CONNECTED) {
		memset(world.page, 0, offsetof(struct xenstore_domain_interface, server_features));
		world.page->connection = XENSTORE_CONNECTED;
	}
	run();
	if (world.deaf)
		return;
	while (xenstored.state == XPV_LINK_SYNCING && hear_message()) {
		if (last.head.type == XS_RESET_WATCHES)
			say(XS_RESET_WATCHES, last.head.req_id, 0, "OK", 3);
	}
}

static int init(struct kunit *test)
{
	memset(&world, 0, sizeof(world));
	/* The clock is about to wrap. */
	world.now = -10 * HZ;
	world.params[0] = 0xfeffc;
	world.params[1] = 5;
	world.page = kunit_kzalloc(test, sizeof(*world.page), GFP_KERNEL);
	return world.page ? 0 : -ENOMEM;
}

static void close_link(void)
{
	xpv_store_link_close();
	xenstored.ring.page = NULL;
}

/* What is open is closed, and nothing is left of it. */
static void exit_(struct kunit *test)
{
	if (xenstored.state != XPV_LINK_DEAD || xenstored.channel.port != XPV_PORT_NONE)
		close_link();
	KUNIT_EXPECT_EQ(test, xenstored.state, XPV_LINK_DEAD);
	KUNIT_EXPECT_TRUE(test, list_empty(&xenstored.queue));
	KUNIT_EXPECT_TRUE(test, list_empty(&xenstored.sending));
	KUNIT_EXPECT_TRUE(test, list_empty(&xenstored.waiting));
	KUNIT_EXPECT_EQ(test, atomic_read(&xenstored.pending), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&xenstored.given_up), 0);
}

static void open_link(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, xpv_store_link_open(), 0);
	KUNIT_EXPECT_EQ(test, xenstored.state, XPV_LINK_UP);
}

/**
 * struct asked - a request of the test's, and what came of it
 * @ends: how often it ended
 * @err: how
 * @text: the reply
 */
struct asked {
	unsigned int ends;
	int err;
	char text[32];
};

static void ended(struct xpv_store_request *req)
{
	struct asked *asked = req->owner;

	asked->ends++;
	asked->err = req->err;
	if (req->reply)
		strscpy(asked->text, req->reply, sizeof(asked->text));
	xpv_store_request_put(req);
}

/* Not on the stack: a case that fails leaves it to those that end it later. */
static struct asked *new_asked(struct kunit *test)
{
	struct asked *asked = kunit_kzalloc(test, sizeof(*asked), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, asked);
	return asked;
}

static int try_submit(struct kunit *test, struct asked *asked, u32 type, size_t len)
{
	struct xpv_store_part part = { .len = len };
	struct xpv_store_request *req;
	char *data = kunit_kzalloc(test, len, GFP_KERNEL);
	int err;

	KUNIT_ASSERT_NOT_NULL(test, data);
	memset(data, 'q', len);
	part.data = data;
	req = xpv_store_request_create(type, 0, &part, 1);
	KUNIT_ASSERT_NOT_NULL(test, req);
	req->done = ended;
	req->owner = asked;
	err = xpv_store_submit(req);
	if (err)
		xpv_store_request_put(req);
	return err;
}

static struct asked *submit(struct kunit *test, u32 type, size_t len)
{
	struct asked *asked = new_asked(test);
	unsigned int kicks = world.kicks;

	KUNIT_ASSERT_EQ(test, try_submit(test, asked, type, len), 0);
	KUNIT_EXPECT_GT(test, world.kicks, kicks);
	return asked;
}

static void expect_end(struct kunit *test, const struct asked *asked, int err)
{
	KUNIT_EXPECT_EQ(test, asked->ends, 1u);
	KUNIT_EXPECT_EQ(test, asked->err, err);
}

/* A connection that works: a request goes there, and its reply comes back. */
static void expect_works(struct kunit *test)
{
	struct asked *asked = submit(test, XS_READ, 4);

	/* Others may have waited before it. */
	while (!asked->ends && hear_message())
		say(last.head.type, last.head.req_id, 0, "reply", 5);
	expect_end(test, asked, 0);
	KUNIT_EXPECT_STREQ(test, asked->text, "reply");
}

static void open_and_close(struct kunit *test)
{
	open_link(test);
	expect_works(test);
	KUNIT_EXPECT_GT(test, world.rings, 0u);
	close_link();
	open_link(test);
	expect_works(test);
}

/* Left behind by somebody else: an end of one message, and a whole one. */
static void open_finds_the_first_message(struct kunit *test)
{
	struct xsd_sockmsg old = { .type = XS_READ, .req_id = 3, .len = 2 };

	world.page->rsp_prod = U32_MAX - 20;
	world.page->rsp_cons = U32_MAX - 20;
	say_bytes("rest", 4);
	say_bytes(&old, sizeof(old));
	say_bytes("ab", 2);
	open_link(test);
	expect_works(test);
}

static void open_gives_up_after_a_while(struct kunit *test)
{
	unsigned long start = world.now;

	world.deaf = true;
	KUNIT_EXPECT_EQ(test, xpv_store_link_open(), -EIO);
	KUNIT_EXPECT_GE(test, world.now - start, (unsigned long)SYNC_TIMEOUT);
	KUNIT_EXPECT_LE(test, world.now - start, 2ul * SYNC_TIMEOUT);
}

static void open_fails_as_its_parts_do(struct kunit *test)
{
	u64 frame = world.params[0];

	world.param_err = -EPERM;
	KUNIT_EXPECT_EQ(test, xpv_store_link_open(), -EPERM);
	world.param_err = 0;
	world.params[0] = 0;
	KUNIT_EXPECT_EQ(test, xpv_store_link_open(), -ENODEV);
	world.params[0] = U64_MAX;
	KUNIT_EXPECT_EQ(test, xpv_store_link_open(), -ENODEV);
	world.params[0] = frame;
	world.params[1] = 0;
	KUNIT_EXPECT_EQ(test, xpv_store_link_open(), -ENODEV);
	world.params[1] = 5;
	world.no_map = true;
	KUNIT_EXPECT_EQ(test, xpv_store_link_open(), -ENOMEM);
	world.no_map = false;
	world.no_wq = true;
	KUNIT_EXPECT_EQ(test, xpv_store_link_open(), -ENOMEM);
	world.no_wq = false;
	world.port_err = -EBUSY;
	KUNIT_EXPECT_EQ(test, xpv_store_link_open(), -EBUSY);
}

static void long_messages_go_in_parts(struct kunit *test)
{
	struct asked *asked;
	char *body = kunit_kzalloc(test, XENSTORE_PAYLOAD_MAX, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, body);
	memset(body, 'r', XENSTORE_PAYLOAD_MAX);
	open_link(test);
	asked = submit(test, XS_WRITE, XENSTORE_PAYLOAD_MAX);
	KUNIT_ASSERT_TRUE(test, hear_message());
	KUNIT_EXPECT_NULL(test, memchr_inv(last.body, 'q', XENSTORE_PAYLOAD_MAX));
	say(XS_WRITE, last.head.req_id, 0, body, XENSTORE_PAYLOAD_MAX);
	expect_end(test, asked, 0);
	KUNIT_EXPECT_EQ(test,
			try_submit(test, new_asked(test), XS_WRITE, XENSTORE_PAYLOAD_MAX + 1),
			-E2BIG);
}

static void replies_come_in_any_order(struct kunit *test)
{
	struct asked *a, *b;
	u32 id;

	open_link(test);
	a = submit(test, XS_READ, 4);
	b = submit(test, XS_READ, 4);
	KUNIT_ASSERT_TRUE(test, hear_message());
	id = last.head.req_id;
	KUNIT_ASSERT_TRUE(test, hear_message());
	say(XS_ERROR, last.head.req_id, 0, "EACCES", 7);
	expect_end(test, b, -EACCES);
	KUNIT_EXPECT_EQ(test, a->ends, 0u);
	say(XS_READ, id, 0, "a", 1);
	expect_end(test, a, 0);
}

static void request_expires_and_its_reply_is_nobodys(struct kunit *test)
{
	struct asked *asked;

	open_link(test);
	asked = submit(test, XS_READ, 4);
	KUNIT_ASSERT_TRUE(test, hear_message());
	/* The pump comes back in time by itself. */
	KUNIT_EXPECT_LE(test, world.delay, (unsigned long)REQUEST_TIMEOUT);
	world.now += world.delay;
	run();
	expect_end(test, asked, -ETIMEDOUT);
	say(XS_READ, last.head.req_id, 0, "a", 1);
	KUNIT_EXPECT_EQ(test, asked->ends, 1u);
	KUNIT_EXPECT_EQ(test, xenstored.state, XPV_LINK_UP);
	expect_works(test);
}

static void transaction_that_begins_too_late_is_aborted(struct kunit *test)
{
	struct asked *asked;

	open_link(test);
	asked = submit(test, XS_TRANSACTION_START, 1);
	KUNIT_ASSERT_TRUE(test, hear_message());
	world.now += LONG;
	run();
	expect_end(test, asked, -ETIMEDOUT);
	say(XS_TRANSACTION_START, last.head.req_id, 0, "41", 3);
	KUNIT_ASSERT_TRUE(test, hear_message());
	KUNIT_EXPECT_EQ(test, last.head.type, (u32)XS_TRANSACTION_END);
	KUNIT_EXPECT_EQ(test, last.head.tx_id, 41u);
	KUNIT_EXPECT_STREQ(test, last.body, "F");
}

/* One that xenstored has seen nothing of is taken back, and no more. */
static void unsent_request_expires(struct kunit *test)
{
	struct asked *first, *second;

	open_link(test);
	first = submit(test, XS_WRITE, 2000);
	second = submit(test, XS_WRITE, 10);
	run();
	world.now += LONG;
	run();
	expect_end(test, first, -ETIMEDOUT);
	expect_end(test, second, -ETIMEDOUT);
	KUNIT_EXPECT_EQ(test, atomic_read(&xenstored.given_up), 1);
	/* The rest of the first one has to follow all the same. */
	KUNIT_ASSERT_TRUE(test, hear_message());
	KUNIT_EXPECT_EQ(test, last.head.len, 2000u);
	say(XS_WRITE, last.head.req_id, 0, "OK", 3);
	KUNIT_EXPECT_EQ(test, atomic_read(&xenstored.given_up), 0);
	expect_works(test);
}

static void silence_is_not_asked_for_ever(struct kunit *test)
{
	struct asked *asked[GIVEN_UP_MAX];
	unsigned int i;

	open_link(test);
	for (i = 0; i < GIVEN_UP_MAX; i++) {
		asked[i] = submit(test, XS_READ, 1);
		KUNIT_ASSERT_TRUE(test, hear_message());
	}
	world.now += LONG;
	run();
	for (i = 0; i < GIVEN_UP_MAX; i++)
		expect_end(test, asked[i], -ETIMEDOUT);
	KUNIT_EXPECT_EQ(test, try_submit(test, new_asked(test), XS_READ, 1), -EBUSY);
	say(XS_READ, last.head.req_id, 0, "", 0);
	KUNIT_EXPECT_EQ(test, try_submit(test, new_asked(test), XS_READ, 1), 0);
}

static unsigned int events;

static void count_event(struct xpv_store_watch *watch, const char *path)
{
	events++;
}

static void events_go_to_their_watch(struct kunit *test)
{
	struct xpv_store_watch watch = { .path = "a", .event = count_event };
	char body[24];
	unsigned int i;
	int len;

	open_link(test);
	KUNIT_ASSERT_EQ(test, xpv_store_watch_enrol(&watch), 0);
	events = 0;
	len = snprintf(body, sizeof(body), "a/b%c%x", 0, watch.id);
	say(XS_WATCH_EVENT, 0, 0, body, len + 1);
	KUNIT_EXPECT_EQ(test, events, 1u);
	for (i = 0; i < 30; i++)
		say(XS_WATCH_EVENT, 0, 0, body, len + 1);
	KUNIT_EXPECT_EQ(test, events, 31u);
	xpv_store_watch_remove(&watch);
	KUNIT_ASSERT_TRUE(test, hear_message());
	KUNIT_EXPECT_EQ(test, last.head.type, (u32)XS_UNWATCH);
	say(XS_UNWATCH, last.head.req_id, 0, "OK", 3);
}

static void doorbell_starts_the_pump(struct kunit *test)
{
	unsigned int kicks, ends;

	open_link(test);
	kicks = world.kicks;
	ends = world.ends;
	KUNIT_EXPECT_EQ(test, rang(9, &xenstored), IRQ_HANDLED);
	KUNIT_EXPECT_EQ(test, world.kicks, kicks + 1);
	run();
	run();
	KUNIT_EXPECT_EQ(test, world.ends, ends + 1);
	close_link();
	kicks = world.kicks;
	KUNIT_EXPECT_EQ(test, rang(9, &xenstored), IRQ_HANDLED);
	KUNIT_EXPECT_EQ(test, world.kicks, kicks);
	xenstored.flags = 0;
}

static void close_fails_what_waits(struct kunit *test)
{
	struct asked *sent, *queued;
	unsigned long start;

	open_link(test);
	sent = submit(test, XS_READ, 4);
	KUNIT_ASSERT_TRUE(test, hear_message());
	queued = submit(test, XS_WRITE, 3000);
	world.deaf = true;
	start = world.now;
	close_link();
	KUNIT_EXPECT_LE(test, world.now - start, (unsigned long)DRAIN_TIMEOUT);
	expect_end(test, sent, -EIO);
	expect_end(test, queued, -EIO);
	KUNIT_EXPECT_EQ(test, try_submit(test, new_asked(test), XS_READ, 4), -EIO);
}

static void fault_no_request(void)
{
	say(XS_READ, 12345, 0, "", 0);
}

static void fault_type(void)
{
	say(XS_RM, last.head.req_id, 0, "", 0);
}

static void fault_txn(void)
{
	say(XS_READ, last.head.req_id, 9, "", 0);
}

static void fault_length(void)
{
	struct xsd_sockmsg head = { .len = XENSTORE_PAYLOAD_MAX + 1 };

	say_bytes(&head, sizeof(head));
	run();
}

static void fault_event(void)
{
	say(XS_WATCH_EVENT, 0, 0, "no token", 9);
}

static void fault_rsp_prod(void)
{
	world.page->rsp_prod += SIZE + 1;
	run();
}

static void fault_req_cons(void)
{
	struct xpv_store_part part = xpv_store_text("more");

	world.page->req_cons++;
	xpv_store_tell(XS_READ, 0, &part, 1);
	run();
}

static void fault_error(void)
{
	world.page->server_features |= XENSTORE_SERVER_FEATURE_ERROR;
	world.page->error = XENSTORE_ERROR_PROTO;
	run();
	world.page->error = XENSTORE_ERROR_NONE;
}

struct fault {
	const char *name;
	void (*make)(void);
};

static const struct fault faults[] = {
	{ "reply to no request", fault_no_request },
	{ "reply of another type", fault_type },
	{ "reply of another transaction", fault_txn },
	{ "message too long", fault_length },
	{ "event without token", fault_event },
	{ "index of replies", fault_rsp_prod },
	{ "index of requests", fault_req_cons },
	{ "xenstored's error", fault_error },
};

static void describe_fault(const struct fault *fault, char *desc)
{
	strscpy(desc, fault->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(fault, faults, describe_fault);

/* xenstored comes to its senses: the indexes are those that it works with. */
static void settle(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < 5 && xenstored.state == XPV_LINK_SYNCING; i++)
		wait_a_second();
	KUNIT_EXPECT_EQ(test, xenstored.state, XPV_LINK_UP);
}

static void fault_ends_what_waits_and_begins_anew(struct kunit *test)
{
	const struct fault *fault = test->param_value;
	struct asked *asked;

	open_link(test);
	asked = submit(test, XS_READ, 4);
	KUNIT_ASSERT_TRUE(test, hear_message());
	fault->make();
	expect_end(test, asked, -EIO);
	KUNIT_EXPECT_EQ(test, xenstored.falls, 1u);
	settle(test);
	expect_works(test);
}

/* A daemon that can, is asked to begin anew, and has its watches set again. */
static void fault_reconnects_where_that_is_known(struct kunit *test)
{
	const struct fault *fault = test->param_value;
	struct xpv_store_watch watch = { .path = "a", .event = count_event };
	struct asked *sent, *queued;

	world.page->server_features = XENSTORE_SERVER_FEATURE_RECONNECTION;
	open_link(test);
	KUNIT_ASSERT_EQ(test, xpv_store_watch_enrol(&watch), 0);
	sent = submit(test, XS_READ, 4);
	KUNIT_ASSERT_TRUE(test, hear_message());
	fault->make();
	KUNIT_EXPECT_EQ(test, world.page->connection, (u32)XENSTORE_RECONNECT);
	expect_end(test, sent, -EIO);
	queued = submit(test, XS_READ, 4);
	/* Until it has begun anew, nothing is written. */
	run();
	KUNIT_EXPECT_EQ(test, queued->ends, 0u);
	settle(test);
	while (hear_message() && last.head.type != XS_WATCH)
		say(last.head.type, last.head.req_id, 0, "", 0);
	KUNIT_EXPECT_EQ(test, last.head.type, (u32)XS_WATCH);
	say(XS_WATCH, last.head.req_id, 0, "OK", 3);
	xpv_store_watch_strike(&watch);
	while (!queued->ends && hear_message())
		say(last.head.type, last.head.req_id, 0, "", 0);
	expect_end(test, queued, 0);
}

/* Half of a message is with xenstored, which takes what follows for its rest. */
static void fault_completes_the_message_in_hand(struct kunit *test)
{
	struct asked *asked;
	static struct message part;

	open_link(test);
	asked = submit(test, XS_WRITE, 3000);
	KUNIT_ASSERT_TRUE(test, hear(&part, 500));
	fault_no_request();
	expect_end(test, asked, -EIO);
	KUNIT_ASSERT_TRUE(test, hear((u8 *)&part + 500, sizeof(part.head) + 3000 - 500));
	KUNIT_EXPECT_NULL(test, memchr_inv(part.body, 'q', 3000));
	KUNIT_ASSERT_TRUE(test, hear_message());
	KUNIT_EXPECT_EQ(test, last.head.type, (u32)XS_RESET_WATCHES);
	say(XS_RESET_WATCHES, last.head.req_id, 0, "OK", 3);
	KUNIT_EXPECT_EQ(test, xenstored.state, XPV_LINK_UP);
	KUNIT_EXPECT_EQ(test, asked->ends, 1u);
	expect_works(test);
}

static void faults_without_end_are_the_end(struct kunit *test)
{
	struct asked *asked;
	unsigned int i;

	open_link(test);
	for (i = 0; i < FALLS_MAX; i++) {
		fault_no_request();
		settle(test);
	}
	/* Long ago does not count. */
	world.now += FALLS_APART + 1;
	for (i = 0; i < FALLS_MAX; i++) {
		fault_no_request();
		settle(test);
	}
	asked = submit(test, XS_READ, 4);
	fault_no_request();
	KUNIT_EXPECT_EQ(test, xenstored.state, XPV_LINK_DEAD);
	expect_end(test, asked, -EIO);
	KUNIT_EXPECT_EQ(test, try_submit(test, new_asked(test), XS_READ, 4), -EIO);
}

static void fault_while_beginning_anew_is_the_end(struct kunit *test)
{
	open_link(test);
	fault_no_request();
	KUNIT_EXPECT_EQ(test, xenstored.state, XPV_LINK_SYNCING);
	fault_rsp_prod();
	KUNIT_EXPECT_EQ(test, xenstored.state, XPV_LINK_DEAD);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(open_and_close),
	KUNIT_CASE(open_finds_the_first_message),
	KUNIT_CASE(open_gives_up_after_a_while),
	KUNIT_CASE(open_fails_as_its_parts_do),
	KUNIT_CASE(long_messages_go_in_parts),
	KUNIT_CASE(replies_come_in_any_order),
	KUNIT_CASE(request_expires_and_its_reply_is_nobodys),
	KUNIT_CASE(transaction_that_begins_too_late_is_aborted),
	KUNIT_CASE(unsent_request_expires),
	KUNIT_CASE(silence_is_not_asked_for_ever),
	KUNIT_CASE(events_go_to_their_watch),
	KUNIT_CASE(doorbell_starts_the_pump),
	KUNIT_CASE(close_fails_what_waits),
	KUNIT_CASE_PARAM(fault_ends_what_waits_and_begins_anew, fault_gen_params),
	KUNIT_CASE_PARAM(fault_reconnects_where_that_is_known, fault_gen_params),
	KUNIT_CASE(fault_completes_the_message_in_hand),
	KUNIT_CASE(faults_without_end_are_the_end),
	KUNIT_CASE(fault_while_beginning_anew_is_the_end),
	{}
};

static struct kunit_suite suite = {
	.name = "xpv_xs_link",
	.init = init,
	.exit = exit_,
	.test_cases = cases,
};

kunit_test_suite(suite);

MODULE_DESCRIPTION("KUnit suite of xpv's connection to xenstored");
MODULE_LICENSE("GPL");

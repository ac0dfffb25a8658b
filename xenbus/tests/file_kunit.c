// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suite xpv_xs_file: what a program does with /dev/xen/xenbus (native/file.c,
 * native/session.c, native/session_watch.c, native/watch.c, native/request.c),
 * with the test as the program, and as xenstored, which gets the requests that
 * are submitted.
 */
#define TESTED(name)	file_suite_##name
#include "store_names.h"
#define xpv_session_create	TESTED(session_create)
#define xpv_session_destroy	TESTED(session_destroy)
#define xpv_session_act		TESTED(session_act)
#define xpv_session_next	TESTED(session_next)
#define xpv_session_done	TESTED(session_done)
#define xpv_session_alloc_item	TESTED(session_alloc_item)
#define xpv_session_free_item	TESTED(session_free_item)
#define xpv_session_reply	TESTED(session_reply)
#define xpv_session_hand_on	TESTED(session_hand_on)
#define xpv_session_act_watch	TESTED(session_act_watch)
#define xpv_session_act_unwatch	TESTED(session_act_unwatch)
#define xpv_session_drop_watches	TESTED(session_drop_watches)
#define xpv_session_event_read_locked	TESTED(session_event_read)
#define xpv_session_watch_answered	TESTED(session_watch_answered)
#define xpv_native_file_init	TESTED(native_file_init)
#define xpv_native_file_exit	TESTED(native_file_exit)

#include <tests/kunit/suite.h>
#include <linux/fs.h>
#include <linux/list.h>
#include <linux/miscdevice.h>
#include <linux/poll.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "../native/native.h"
#include "../store/native/session.h"

/**
 * struct world - both sides of the file
 * @sent: requests that xenstored has and has not answered
 * @refusal: what submitting returns
 * @last_id: number of the last request
 * @unreadable: bytes that the program's memory may still be used for
 * @device: that is registered
 * @file: the open file
 */
static struct world {
	struct list_head sent;
	int refusal;
	u32 last_id;
	size_t unreadable;
	struct miscdevice *device;
	struct file *file;
} world;

static int fake_submit(struct xpv_store_request *req)
{
	if (world.refusal)
		return world.refusal;
	xpv_store_request_number(req, ++world.last_id);
	kref_get(&req->ref);
	list_add_tail(&req->entry, &world.sent);
	return 0;
}

/* As those of the kernel: how much could not be copied. */
static unsigned long fake_copy(void *to, const void *from, unsigned long len)
{
	if (len > world.unreadable)
		return len;
	memcpy(to, from, len);
	return 0;
}

static int fake_register(struct miscdevice *device)
{
	if (world.device)
		return -EBUSY;
	world.device = device;
	return 0;
}

static void fake_deregister(struct miscdevice *device)
{
	if (world.device == device)
		world.device = NULL;
}

#define xpv_store_submit		fake_submit
#undef copy_to_user
#define copy_to_user(to, from, len)	fake_copy((__force void *)(to), from, len)
#undef copy_from_user
#define copy_from_user(to, from, len)	\
	fake_copy(to, (__force const void *)(from), len)
#define misc_register			fake_register
#define misc_deregister			fake_deregister

#undef pr_fmt
#include "../store/native/wire.c"
#include "../store/native/request.c"
#undef pr_fmt
#include "../store/native/watch.c"
#undef pr_fmt
#include "../store/native/session.c"
#include "../store/native/session_watch.c"
#undef pr_fmt
#include "../store/native/file.c"

/* The longest message, and the NUL of whoever looks at it as text. */
struct message {
	struct xsd_sockmsg head;
	char body[XENSTORE_PAYLOAD_MAX + 1];
};

static int init(struct kunit *test)
{
	memset(&world, 0, sizeof(world));
	INIT_LIST_HEAD(&world.sent);
	world.unreadable = SIZE_MAX;
	world.file = kunit_kzalloc(test, sizeof(*world.file), GFP_KERNEL);
	if (!world.file)
		return -ENOMEM;
	world.file->f_flags = O_NONBLOCK;
	return file_open(NULL, world.file);
}

static void close_file(void)
{
	file_release(NULL, world.file);
	world.file->private_data = NULL;
}

/* xenstored goes away, and every request with it. */
static void drop_all(void)
{
	struct xpv_store_request *req, *next;

	list_for_each_entry_safe(req, next, &world.sent, entry) {
		list_del_init(&req->entry);
		xpv_store_request_end(req, -EIO);
		xpv_store_request_put(req);
	}
}

static void exit_(struct kunit *test)
{
	if (!world.file)
		return;
	if (world.file->private_data)
		close_file();
	drop_all();
	KUNIT_EXPECT_TRUE(test, xa_empty(&watches));
}

static ssize_t write_bytes(const void *bytes, size_t len)
{
	return file_write(world.file, (__force const char __user *)bytes, len, NULL);
}

static ssize_t read_bytes(void *bytes, size_t len)
{
	return file_read(world.file, (__force char __user *)bytes, len, NULL);
}

static ssize_t try_ask(u32 type, u32 txn, const void *body, size_t len)
{
	static struct message m;

	m.head = (struct xsd_sockmsg){
		.type = type,
		.req_id = 7,
		.tx_id = txn,
		.len = len,
	};
	memcpy(m.body, body, len);
	return write_bytes(&m, sizeof(m.head) + len);
}

static void ask(struct kunit *test, u32 type, u32 txn, const void *body,
		size_t len)
{
	KUNIT_EXPECT_EQ(test, try_ask(type, txn, body, len),
			(ssize_t)(sizeof(struct xsd_sockmsg) + len));
}

/* What xenstored got first, and has not answered; it has to be that. */
static struct xpv_store_request *expect_sent(struct kunit *test, u32 type,
					     const void *body, size_t len)
{
	struct xpv_store_request *req =
		list_first_entry_or_null(&world.sent, struct xpv_store_request, entry);

	KUNIT_ASSERT_NOT_NULL(test, req);
	KUNIT_EXPECT_EQ(test, req->type, type);
	KUNIT_ASSERT_EQ(test, req->len, sizeof(struct xsd_sockmsg) + len);
	KUNIT_EXPECT_EQ(test, memcmp(req->wire + sizeof(struct xsd_sockmsg), body, len), 0);
	return req;
}

static void expect_none_sent(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, list_empty(&world.sent));
}

static void answer(struct xpv_store_request *req, u32 type, const char *body,
		   size_t len)
{
	struct xsd_sockmsg head = { .type = type, .len = len };

	list_del_init(&req->entry);
	xpv_store_request_answer(req, &head, body);
	xpv_store_request_put(req);
}

/* The program reads one whole message; it has to be that. */
static void expect_read(struct kunit *test, u32 type, const void *body,
			size_t len)
{
	static struct message m;

	memset(&m, 0, sizeof(m));
	KUNIT_EXPECT_EQ(test, read_bytes(&m, sizeof(m.head) + len),
			(ssize_t)(sizeof(m.head) + len));
	KUNIT_EXPECT_EQ(test, m.head.type, type);
	KUNIT_EXPECT_EQ(test, m.head.len, (u32)len);
	KUNIT_EXPECT_EQ(test, memcmp(m.body, body, len), 0);
	if (type != XS_WATCH_EVENT)
		KUNIT_EXPECT_EQ(test, m.head.req_id, 7u);
}

#define expect_error(test, name) expect_read(test, XS_ERROR, name, sizeof(name))

static bool is_readable(void)
{
	return file_poll(world.file, NULL) & EPOLLIN;
}

static bool is_writable(void)
{
	return file_poll(world.file, NULL) & EPOLLOUT;
}

static void expect_nothing_to_read(struct kunit *test)
{
	char byte;

	KUNIT_EXPECT_EQ(test, read_bytes(&byte, 1), -EAGAIN);
	KUNIT_EXPECT_FALSE(test, is_readable());
}

static void read_brings_the_reply(struct kunit *test)
{
	expect_nothing_to_read(test);
	KUNIT_EXPECT_TRUE(test, is_writable());
	ask(test, XS_READ, 0, "name", 5);
	expect_nothing_to_read(test);
	answer(expect_sent(test, XS_READ, "name", 5), XS_READ, "guest", 5);
	KUNIT_EXPECT_TRUE(test, is_readable());
	expect_read(test, XS_READ, "guest", 5);
	expect_nothing_to_read(test);
	KUNIT_EXPECT_EQ(test, read_bytes(NULL, 0), 0);
}

static void read_brings_an_error(struct kunit *test)
{
	ask(test, XS_READ, 0, "name", 5);
	answer(expect_sent(test, XS_READ, "name", 5), XS_ERROR, "EACCES", 7);
	expect_error(test, "EACCES");
	world.refusal = -EBUSY;
	ask(test, XS_READ, 0, "name", 5);
	expect_error(test, "EBUSY");
	expect_none_sent(test);
}

/* A message goes in and comes out a byte at a time. */
static void bytes_make_messages(struct kunit *test)
{
	static const struct message m = {
		.head = { .type = XS_READ, .req_id = 7, .len = 2 },
		.body = "x",
	};
	static struct message back;
	unsigned int i;

	for (i = 0; i < sizeof(m.head) + 2; i++) {
		expect_none_sent(test);
		KUNIT_EXPECT_EQ(test, write_bytes((const u8 *)&m + i, 1), 1);
	}
	answer(expect_sent(test, XS_READ, "x", 2), XS_READ, "abc", 3);
	for (i = 0; i < sizeof(m.head) + 3; i++)
		KUNIT_EXPECT_EQ(test, read_bytes((u8 *)&back + i, 1), 1);
	expect_nothing_to_read(test);
	KUNIT_EXPECT_EQ(test, back.head.len, 3u);
	KUNIT_EXPECT_STREQ(test, back.body, "abc");
}

static void one_write_may_bring_several(struct kunit *test)
{
	struct xsd_sockmsg heads[3] = {
		{ .type = XS_READ, .req_id = 7 },
		{ .type = XS_DIRECTORY, .req_id = 7 },
		{ .type = XS_RM, .req_id = 7 },
	};
	u8 bytes[100];

	KUNIT_EXPECT_EQ(test, write_bytes(heads, sizeof(heads)), (ssize_t)sizeof(heads));
	answer(expect_sent(test, XS_READ, "", 0), XS_READ, "", 0);
	answer(expect_sent(test, XS_DIRECTORY, "", 0), XS_DIRECTORY, "", 0);
	answer(expect_sent(test, XS_RM, "", 0), XS_RM, "OK", 3);
	/* All there is comes in one read. */
	KUNIT_EXPECT_EQ(test, read_bytes(bytes, sizeof(bytes)),
			(ssize_t)(sizeof(heads) + 3));
}

static void longest_message_passes(struct kunit *test)
{
	char *body = kunit_kzalloc(test, XENSTORE_PAYLOAD_MAX, GFP_KERNEL);
	struct xsd_sockmsg head = { .len = XENSTORE_PAYLOAD_MAX + 1 };

	KUNIT_ASSERT_NOT_NULL(test, body);
	memset(body, 'x', XENSTORE_PAYLOAD_MAX);
	ask(test, XS_WRITE, 0, body, XENSTORE_PAYLOAD_MAX);
	expect_sent(test, XS_WRITE, body, XENSTORE_PAYLOAD_MAX);
	KUNIT_EXPECT_EQ(test, write_bytes(&head, sizeof(head)), -EINVAL);
	/* The next one is taken as if that had not been. */
	ask(test, XS_READ, 0, "a", 2);
}

static void write_waits_for_replies_to_be_read(struct kunit *test)
{
	struct xpv_store_request *req;
	unsigned int i;

	for (i = 0; i < XPV_SESSION_OWED_MAX; i++)
		ask(test, XS_READ, 0, "", 0);
	KUNIT_EXPECT_EQ(test, try_ask(XS_READ, 0, "", 0), -EAGAIN);
	KUNIT_EXPECT_FALSE(test, is_writable());
	req = expect_sent(test, XS_READ, "", 0);
	answer(req, XS_READ, "", 0);
	KUNIT_EXPECT_EQ(test, try_ask(XS_READ, 0, "", 0), -EAGAIN);
	expect_read(test, XS_READ, "", 0);
	ask(test, XS_READ, 0, "", 0);
}

static void bad_memory_is_told(struct kunit *test)
{
	char bytes[64];

	world.unreadable = 0;
	KUNIT_EXPECT_EQ(test, try_ask(XS_READ, 0, "a", 2), -EFAULT);
	/* The head could be had, what follows not: so much was taken. */
	world.unreadable = sizeof(struct xsd_sockmsg);
	KUNIT_EXPECT_EQ(test, try_ask(XS_READ, 0, "0123456789abcdefg", 18), 16);
	world.unreadable = SIZE_MAX;
	KUNIT_EXPECT_EQ(test, write_bytes("0123456789abcdefg", 18), 18);
	answer(expect_sent(test, XS_READ, "0123456789abcdefg", 18), XS_READ,
	       "0123456789abcdefg", 18);
	world.unreadable = 0;
	KUNIT_EXPECT_EQ(test, read_bytes(bytes, sizeof(bytes)), -EFAULT);
	world.unreadable = sizeof(struct xsd_sockmsg);
	KUNIT_EXPECT_EQ(test, read_bytes(bytes, sizeof(bytes)), 16);
	world.unreadable = SIZE_MAX;
	KUNIT_EXPECT_EQ(test, read_bytes(bytes, sizeof(bytes)), 18);
	KUNIT_EXPECT_STREQ(test, bytes, "0123456789abcdefg");
}

static void begin(struct kunit *test, const char *id)
{
	ask(test, XS_TRANSACTION_START, 0, "", 1);
	answer(expect_sent(test, XS_TRANSACTION_START, "", 1), XS_TRANSACTION_START,
	       id, strlen(id) + 1);
	expect_read(test, XS_TRANSACTION_START, id, strlen(id) + 1);
}

static void transaction_is_the_files_own(struct kunit *test)
{
	struct xpv_store_request *req;

	ask(test, XS_READ, 41, "a", 2);
	expect_error(test, "ENOENT");
	begin(test, "41");
	ask(test, XS_READ, 41, "a", 2);
	req = expect_sent(test, XS_READ, "a", 2);
	KUNIT_EXPECT_EQ(test, req->txn, 41u);
	answer(req, XS_READ, "b", 1);
	expect_read(test, XS_READ, "b", 1);
	ask(test, XS_TRANSACTION_END, 41, "T", 2);
	answer(expect_sent(test, XS_TRANSACTION_END, "T", 2), XS_ERROR, "EAGAIN", 7);
	expect_error(test, "EAGAIN");
	/* However it ended, it has. */
	ask(test, XS_READ, 41, "a", 2);
	expect_error(test, "ENOENT");
	close_file();
	expect_none_sent(test);
}

static void transaction_ends_by_true_or_false(struct kunit *test)
{
	begin(test, "41");
	ask(test, XS_TRANSACTION_END, 41, "X", 2);
	expect_error(test, "EINVAL");
	ask(test, XS_TRANSACTION_END, 41, "TT", 2);
	expect_error(test, "EINVAL");
	ask(test, XS_TRANSACTION_END, 41, "T", 1);
	expect_error(test, "EINVAL");
	expect_none_sent(test);
	ask(test, XS_TRANSACTION_END, 41, "F", 2);
	expect_sent(test, XS_TRANSACTION_END, "F", 2);
}

static void transaction_with_a_wild_number(struct kunit *test)
{
	ask(test, XS_TRANSACTION_START, 0, "", 1);
	answer(expect_sent(test, XS_TRANSACTION_START, "", 1), XS_TRANSACTION_START,
	       "4x", 3);
	expect_error(test, "EIO");
}

static void close_aborts_transactions(struct kunit *test)
{
	struct xpv_store_request *req;

	begin(test, "41");
	close_file();
	req = expect_sent(test, XS_TRANSACTION_END, "F", 2);
	KUNIT_EXPECT_EQ(test, req->txn, 41u);
}

/* The file is closed before xenstored has begun its transaction. */
static void close_aborts_what_begins_late(struct kunit *test)
{
	struct xpv_store_request *req;

	ask(test, XS_TRANSACTION_START, 0, "", 1);
	req = expect_sent(test, XS_TRANSACTION_START, "", 1);
	close_file();
	answer(req, XS_TRANSACTION_START, "41", 3);
	req = expect_sent(test, XS_TRANSACTION_END, "F", 2);
	KUNIT_EXPECT_EQ(test, req->txn, 41u);
}

static void close_with_replies_unread(struct kunit *test)
{
	struct xpv_store_request *late;
	char byte;

	ask(test, XS_READ, 0, "a", 2);
	answer(expect_sent(test, XS_READ, "a", 2), XS_READ, "b", 1);
	ask(test, XS_READ, 0, "c", 2);
	answer(expect_sent(test, XS_READ, "c", 2), XS_READ, "d", 1);
	ask(test, XS_READ, 0, "e", 2);
	late = expect_sent(test, XS_READ, "e", 2);
	KUNIT_EXPECT_EQ(test, read_bytes(&byte, 1), 1);
	close_file();
	answer(late, XS_READ, "f", 1);
}

/* Sets the watch "dir" with the token "tok"; returns the number it has now. */
static u32 watch(struct kunit *test, const char *body, size_t len)
{
	struct xpv_store_request *req;
	const char *token;
	u32 id = 0;

	ask(test, XS_WATCH, 0, body, len);
	KUNIT_ASSERT_FALSE(test, list_empty(&world.sent));
	/* Before it, one that was refused may be ended. */
	req = list_last_entry(&world.sent, struct xpv_store_request, entry);
	KUNIT_EXPECT_EQ(test, req->type, (u32)XS_WATCH);
	token = (const char *)req->wire + sizeof(struct xsd_sockmsg) + strlen(body) + 1;
	KUNIT_EXPECT_EQ(test, xpv_store_number(token, 16, &id), 0);
	answer(req, XS_WATCH, "OK", 3);
	expect_read(test, XS_WATCH, "OK", 3);
	return id;
}

static int fire(u32 id, const char *path)
{
	char text[80];
	int len = snprintf(text, sizeof(text), "%s%c%x", path, 0, id);

	return xpv_store_watch_fire(text, len + 1);
}

static void watch_tells_by_the_programs_token(struct kunit *test)
{
	u32 id = watch(test, "dir\0tok", 8);

	KUNIT_EXPECT_EQ(test, fire(id, "dir/a"), 0);
	expect_read(test, XS_WATCH_EVENT, "dir/a\0tok", 10);
	expect_nothing_to_read(test);
	/* What waits already is not told twice, and is told again once read. */
	KUNIT_EXPECT_EQ(test, fire(id, "dir/a"), 0);
	KUNIT_EXPECT_EQ(test, fire(id, "dir/b"), 0);
	KUNIT_EXPECT_EQ(test, fire(id, "dir/a"), 0);
	expect_read(test, XS_WATCH_EVENT, "dir/a\0tok", 10);
	expect_read(test, XS_WATCH_EVENT, "dir/b\0tok", 10);
	expect_nothing_to_read(test);
	KUNIT_EXPECT_EQ(test, fire(id, "dir/a"), 0);
	expect_read(test, XS_WATCH_EVENT, "dir/a\0tok", 10);
	/* One of a watch that is gone is none of ours, one without token is absurd. */
	KUNIT_EXPECT_EQ(test, fire(id + 1, "dir/a"), 0);
	KUNIT_EXPECT_EQ(test, xpv_store_watch_fire("dir", 4), -EPROTO);
	KUNIT_EXPECT_EQ(test, xpv_store_watch_fire("dir\0tok", 8), -EPROTO);
	expect_nothing_to_read(test);
}

static void watch_tells_of_itself_when_much_waits(struct kunit *test)
{
	u32 id = watch(test, "dir\0tok", 8);
	char path[16], want[24];
	unsigned int i;
	int len;

	for (i = 0; i < 3 * EVENTS_MAX; i++) {
		snprintf(path, sizeof(path), "dir/%03u", i);
		KUNIT_EXPECT_EQ(test, fire(id, path), 0);
	}
	for (i = 0; i < EVENTS_MAX; i++) {
		len = snprintf(want, sizeof(want), "dir/%03u%ctok", i, 0);
		expect_read(test, XS_WATCH_EVENT, want, len + 1);
	}
	expect_read(test, XS_WATCH_EVENT, "dir\0tok", 8);
	expect_nothing_to_read(test);
}

static void watch_has_a_depth(struct kunit *test)
{
	struct xpv_store_request *req;

	ask(test, XS_WATCH, 0, "dir\0tok\0001", 10);
	req = list_first_entry_or_null(&world.sent, struct xpv_store_request, entry);
	KUNIT_ASSERT_NOT_NULL(test, req);
	KUNIT_EXPECT_EQ(test, memcmp(req->wire + req->len - 2, "1", 2), 0);
	/* Nobody's answer: the file is closed first. */
	close_file();
}

static void watch_is_checked(struct kunit *test)
{
	u32 id;

	ask(test, XS_WATCH, 0, "dir", 4);
	expect_error(test, "EINVAL");
	ask(test, XS_WATCH, 0, "dir\0tok", 7);
	expect_error(test, "EINVAL");
	ask(test, XS_UNWATCH, 0, "dir", 4);
	expect_error(test, "EINVAL");
	ask(test, XS_UNWATCH, 0, "dir\0tok", 8);
	expect_error(test, "ENOENT");
	id = watch(test, "dir\0tok", 8);
	ask(test, XS_WATCH, 0, "dir\0tok", 8);
	expect_error(test, "EEXIST");
	/* Another token is another watch. */
	KUNIT_EXPECT_NE(test, watch(test, "dir\0two", 8), id);
	expect_none_sent(test);
}

static void watch_that_is_refused_is_none(struct kunit *test)
{
	ask(test, XS_WATCH, 0, "dir\0tok", 8);
	answer(list_first_entry(&world.sent, struct xpv_store_request, entry), XS_ERROR,
	       "EACCES", 7);
	expect_error(test, "EACCES");
	/* It is dropped when one looks for it next, and xenstored told. */
	ask(test, XS_UNWATCH, 0, "dir\0tok", 8);
	expect_error(test, "ENOENT");
	KUNIT_EXPECT_EQ(test,
			list_first_entry(&world.sent, struct xpv_store_request, entry)->type,
			(u32)XS_UNWATCH);
	drop_all();
	world.refusal = -EIO;
	ask(test, XS_WATCH, 0, "dir\0tok", 8);
	expect_error(test, "EIO");
	world.refusal = 0;
	watch(test, "dir\0tok", 8);
}

static void watches_are_bounded(struct kunit *test)
{
	unsigned int i;
	char body[16];
	int len;

	for (i = 0; i < WATCHES_MAX; i++) {
		len = snprintf(body, sizeof(body), "dir%c%u", 0, i);
		watch(test, body, len + 1);
	}
	ask(test, XS_WATCH, 0, "dir\0one too many", 17);
	expect_error(test, "E2BIG");
}

static void unwatch_tells_nothing_any_more(struct kunit *test)
{
	u32 id = watch(test, "dir\0tok", 8);
	struct xpv_store_request *req;

	KUNIT_EXPECT_EQ(test, fire(id, "dir/a"), 0);
	KUNIT_EXPECT_EQ(test, fire(id, "dir/b"), 0);
	ask(test, XS_UNWATCH, 0, "dir\0tok", 8);
	expect_nothing_to_read(test);
	KUNIT_EXPECT_EQ(test, fire(id, "dir/c"), 0);
	req = list_first_entry_or_null(&world.sent, struct xpv_store_request, entry);
	KUNIT_ASSERT_NOT_NULL(test, req);
	answer(req, XS_UNWATCH, "OK", 3);
	expect_read(test, XS_UNWATCH, "OK", 3);
	expect_nothing_to_read(test);
}

static void reset_is_of_this_file_alone(struct kunit *test)
{
	u32 id = watch(test, "dir\0tok", 8);

	begin(test, "41");
	KUNIT_EXPECT_EQ(test, fire(id, "dir/a"), 0);
	ask(test, XS_RESET_WATCHES, 0, "", 1);
	expect_read(test, XS_RESET_WATCHES, "OK", 3);
	expect_nothing_to_read(test);
	KUNIT_EXPECT_EQ(test,
			list_first_entry(&world.sent, struct xpv_store_request, entry)->type,
			(u32)XS_UNWATCH);
	KUNIT_EXPECT_EQ(test,
			list_last_entry(&world.sent, struct xpv_store_request, entry)->type,
			(u32)XS_TRANSACTION_END);
	ask(test, XS_READ, 41, "a", 2);
	expect_error(test, "ENOENT");
}

static void renew_sets_every_watch_again(struct kunit *test)
{
	struct xpv_store_request *req;
	u32 id = watch(test, "dir\0tok", 8);
	char body[16];
	int len;

	xpv_store_watch_renew();
	len = snprintf(body, sizeof(body), "dir%c%x", 0, id);
	req = expect_sent(test, XS_WATCH, body, len + 1);
	answer(req, XS_ERROR, "EEXIST", 7);
	xpv_store_watch_renew();
	answer(expect_sent(test, XS_WATCH, body, len + 1), XS_ERROR, "ENOMEM", 7);
	world.refusal = -EIO;
	xpv_store_watch_renew();
	expect_none_sent(test);
	world.refusal = 0;
	expect_nothing_to_read(test);
}

static void device_comes_and_goes(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, xpv_native_file_init(), 0);
	KUNIT_EXPECT_EQ(test, xpv_native_file_init(), -EBUSY);
	KUNIT_EXPECT_STREQ(test, world.device->name, "xen/xenbus");
	xpv_native_file_exit();
	KUNIT_EXPECT_NULL(test, world.device);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(read_brings_the_reply),
	KUNIT_CASE(read_brings_an_error),
	KUNIT_CASE(bytes_make_messages),
	KUNIT_CASE(one_write_may_bring_several),
	KUNIT_CASE(longest_message_passes),
	KUNIT_CASE(write_waits_for_replies_to_be_read),
	KUNIT_CASE(bad_memory_is_told),
	KUNIT_CASE(transaction_is_the_files_own),
	KUNIT_CASE(transaction_ends_by_true_or_false),
	KUNIT_CASE(transaction_with_a_wild_number),
	KUNIT_CASE(close_aborts_transactions),
	KUNIT_CASE(close_aborts_what_begins_late),
	KUNIT_CASE(close_with_replies_unread),
	KUNIT_CASE(watch_tells_by_the_programs_token),
	KUNIT_CASE(watch_tells_of_itself_when_much_waits),
	KUNIT_CASE(watch_has_a_depth),
	KUNIT_CASE(watch_is_checked),
	KUNIT_CASE(watch_that_is_refused_is_none),
	KUNIT_CASE(watches_are_bounded),
	KUNIT_CASE(unwatch_tells_nothing_any_more),
	KUNIT_CASE(reset_is_of_this_file_alone),
	KUNIT_CASE(renew_sets_every_watch_again),
	KUNIT_CASE(device_comes_and_goes),
	{}
};

static struct kunit_suite suite = {
	.name = "xpv_xs_file",
	.init = init,
	.exit = exit_,
	.test_cases = cases,
};

kunit_test_suite(suite);

MODULE_DESCRIPTION("KUnit suite of xpv's /dev/xen/xenbus");
MODULE_LICENSE("GPL");

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suite xpv_xs: XenStore as drivers see it (xs.c, peer.c), over one node that
 * holds what a case wants.
 */
#define xpv_xenbus_ops		xs_fake_ops
#define xpv_xs_read		tested_xs_read
#define xpv_xs_exists		tested_xs_exists
#define xpv_xs_read_uint	tested_xs_read_uint
#define xpv_xs_printf		tested_xs_printf
#define xpv_xs_remove		tested_xs_remove
#define xpv_xs_transact		tested_xs_transact
#define xpv_xs_watch_add	tested_xs_watch_add
#define xpv_xs_watch_remove	tested_xs_watch_remove
#define xpv_bus_peer_uint	tested_bus_peer_uint
#define xpv_bus_peer_limit	tested_bus_peer_limit
#define xpv_bus_peer_feature	tested_bus_peer_feature

#include <tests/kunit/suite.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../internal.h"

#undef dev_notice
#define dev_notice(dev, ...) count_warning(true)

static void fake_free(const void *text);
#define kfree(text) fake_free(text)

#include "../store/xs.c"
#include "../peer.c"

#undef kfree

/**
 * struct store - a XenStore of one node
 * @value: what it holds, NULL for nothing
 * @err: what each operation returns
 * @conflicts: so many transactions meet one
 * @open: transactions that were not ended
 * @tries: transactions begun
 * @aborts: ended without commit
 * @txn: of the last read or write
 * @written: length of the last write
 * @given: what the last read gave, until it is freed
 */
static struct store {
	const char *value;
	int err;
	unsigned int conflicts;
	int open;
	unsigned int tries;
	unsigned int aborts;
	u32 txn;
	size_t written;
	const void *given;
} store;

static void fake_free(const void *text)
{
	if (text == store.given)
		store.given = NULL;
	kfree(text);
}

static int fake_read(u32 txn, const char *dir, const char *node, char **value)
{
	store.txn = txn;
	if (store.err)
		return store.err;
	if (!store.value)
		return -ENOENT;
	*value = kstrdup(store.value, GFP_KERNEL);
	store.given = *value;
	return *value ? 0 : -ENOMEM;
}

static int fake_write(u32 txn, const char *dir, const char *node,
		      const char *value)
{
	store.txn = txn;
	store.written = strlen(value);
	return store.err;
}

static int fake_remove(u32 txn, const char *dir, const char *node)
{
	return store.value ? store.err : -ENOENT;
}

static int fake_begin(u32 *txn)
{
	if (store.err)
		return store.err;
	store.open++;
	*txn = 100 + store.tries++;
	return 0;
}

static int fake_end(u32 txn, bool abort)
{
	store.open--;
	if (abort) {
		store.aborts++;
		return 0;
	}
	if (!store.conflicts)
		return 0;
	store.conflicts--;
	return -EAGAIN;
}

static int fake_watch(struct xpv_xs_watch *watch)
{
	return store.err;
}

static void fake_unwatch(struct xpv_xs_watch *watch)
{
	store.open--;
}

static const struct xpv_xenbus_ops fake_ops = {
	.read = fake_read,
	.write = fake_write,
	.remove = fake_remove,
	.begin = fake_begin,
	.end = fake_end,
	.watch = fake_watch,
	.unwatch = fake_unwatch,
};

const struct xpv_xenbus_ops *xpv_xenbus_ops = &fake_ops;

static int init(struct kunit *test)
{
	store = (struct store){};
	warnings = 0;
	return 0;
}

/* It says that of an empty node, too: what is in it does not matter. */
static void exists_is_what_can_be_read(struct kunit *test)
{
	struct xpv_xs_txn txn = { .id = 8 };

	KUNIT_EXPECT_EQ(test, xpv_xs_exists(&txn, "d", "n"), -ENOENT);
	KUNIT_EXPECT_EQ(test, store.txn, 8);
	store.value = "";
	KUNIT_EXPECT_EQ(test, xpv_xs_exists(NULL, "d", "n"), 0);
	KUNIT_EXPECT_EQ(test, store.txn, 0);
	KUNIT_EXPECT_NULL(test, store.given);
	store.err = -EACCES;
	KUNIT_EXPECT_EQ(test, xpv_xs_exists(NULL, "d", "n"), -EACCES);
}

struct number_case {
	const char *text;
	u64 max;
	int err;
	u64 value;
};

static const struct number_case number_cases[] = {
	{ "0", 0, 0, 0 },
	{ "1", 0, -ERANGE },
	{ "42", 42, 0, 42 },
	{ "43", 42, -ERANGE },
	{ "00042", 42, 0, 42 },
	{ "18446744073709551615", U64_MAX, 0, U64_MAX },
	{ "18446744073709551616", U64_MAX, -ERANGE },
	{ "184467440737095516150", U64_MAX, -ERANGE },
	{ "", U64_MAX, -EINVAL },
	{ " ", U64_MAX, -EINVAL },
	{ "-1", U64_MAX, -EINVAL },
	{ "+1", U64_MAX, -EINVAL },
	{ " 1", U64_MAX, -EINVAL },
	{ "1 ", U64_MAX, -EINVAL },
	{ "1\n", U64_MAX, -EINVAL },
	{ "1.0", U64_MAX, -EINVAL },
	{ "1e3", U64_MAX, -EINVAL },
	{ "0x10", U64_MAX, -EINVAL },
	{ "1,2", U64_MAX, -EINVAL },
	{ "one", U64_MAX, -EINVAL },
};

static void describe_number(const struct number_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "'%*pE' up to %llu",
		 (int)strlen(c->text), c->text, c->max);
}

KUNIT_ARRAY_PARAM(number, number_cases, describe_number);

static void read_uint_is_strict(struct kunit *test)
{
	const struct number_case *c = test->param_value;
	u64 value = 77;

	store.value = c->text;
	KUNIT_EXPECT_EQ(test, xpv_xs_read_uint(NULL, "d", "n", c->max, &value),
			c->err);
	KUNIT_EXPECT_EQ(test, value, c->err ? 77 : c->value);
	KUNIT_EXPECT_NULL(test, store.given);
}

static void read_uint_passes_errors_on(struct kunit *test)
{
	u64 value = 77;

	KUNIT_EXPECT_EQ(test, xpv_xs_read_uint(NULL, "d", "n", 9, &value),
			-ENOENT);
	store.err = -EACCES;
	KUNIT_EXPECT_EQ(test, xpv_xs_read_uint(NULL, "d", "n", 9, &value),
			-EACCES);
	KUNIT_EXPECT_EQ(test, value, 77);
}

struct limit_case {
	const char *text;
	u32 limit;	/* with 3 when absent, 16 at most */
	bool told;
};

static const struct limit_case limit_cases[] = {
	{ NULL, 3, false },
	{ "0", 0, false },
	{ "16", 16, false },
	{ "17", 16, false },
	{ "4294967297", 16, false },
	{ "18446744073709551615", 16, false },
	{ "18446744073709551616", 3, true },
	{ "-1", 3, true },
	{ "", 3, true },
};

static void describe_limit(const struct limit_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "'%s'", c->text ?: "(absent)");
}

KUNIT_ARRAY_PARAM(limit, limit_cases, describe_limit);

static void limit_is_cut_to_what_we_can(struct kunit *test)
{
	const struct limit_case *c = test->param_value;
	struct xpv_device xdev = { .otherend = "backend" };

	store.value = c->text;
	KUNIT_EXPECT_EQ(test, xpv_bus_peer_limit(&xdev, "n", 3, 16), c->limit);
	KUNIT_EXPECT_EQ(test, warnings, c->told);
}

static void feature_is_any_number_but_0(struct kunit *test)
{
	struct xpv_device xdev = { .otherend = "backend" };

	KUNIT_EXPECT_FALSE(test, xpv_bus_peer_feature(&xdev, "n"));
	store.value = "0";
	KUNIT_EXPECT_FALSE(test, xpv_bus_peer_feature(&xdev, "n"));
	store.value = "1";
	KUNIT_EXPECT_TRUE(test, xpv_bus_peer_feature(&xdev, "n"));
	store.value = "4294967296";
	KUNIT_EXPECT_TRUE(test, xpv_bus_peer_feature(&xdev, "n"));
	store.value = "yes";
	KUNIT_EXPECT_FALSE(test, xpv_bus_peer_feature(&xdev, "n"));
}

static void printf_is_bounded(struct kunit *test)
{
	struct xpv_xs_txn txn = { .id = 8 };

	KUNIT_EXPECT_EQ(test, xpv_xs_printf(&txn, "d", "n", "%*d", 4096, 1), 0);
	KUNIT_EXPECT_EQ(test, store.written, 4096);
	KUNIT_EXPECT_EQ(test, store.txn, 8);
	store.written = 0;
	KUNIT_EXPECT_EQ(test, xpv_xs_printf(NULL, "d", "n", "%*d", 4097, 1),
			-E2BIG);
	KUNIT_EXPECT_EQ(test, store.written, 0);
	KUNIT_EXPECT_EQ(test, xpv_xs_printf(NULL, "d", "n", "%s", ""), 0);
	KUNIT_EXPECT_EQ(test, store.txn, 0);
}

static void remove_forgives_absence(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, xpv_xs_remove(NULL, "d", "n"), 0);
	store.value = "1";
	KUNIT_EXPECT_EQ(test, xpv_xs_remove(NULL, "d", "n"), 0);
	store.err = -EACCES;
	KUNIT_EXPECT_EQ(test, xpv_xs_remove(NULL, "d", "n"), -EACCES);
}

static int count_calls(struct xpv_xs_txn *txn, void *arg)
{
	unsigned int *calls = arg;

	++*calls;
	return txn->id < 100 ? -EINVAL : 0;
}

struct conflict_case {
	unsigned int conflicts;
	unsigned int calls;
	int err;
};

static const struct conflict_case conflict_cases[] = {
	{ 0, 1, 0 },
	{ 1, 2, 0 },
	{ 15, 16, 0 },
	{ 16, 16, -EAGAIN },
	{ UINT_MAX, 16, -EAGAIN },
};

static void describe_conflict(const struct conflict_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%u conflicts", c->conflicts);
}

KUNIT_ARRAY_PARAM(conflict, conflict_cases, describe_conflict);

static void transact_tries_again_a_bounded_time(struct kunit *test)
{
	const struct conflict_case *c = test->param_value;
	unsigned int calls = 0;

	store.conflicts = c->conflicts;
	KUNIT_EXPECT_EQ(test, xpv_xs_transact(count_calls, &calls), c->err);
	KUNIT_EXPECT_EQ(test, calls, c->calls);
	KUNIT_EXPECT_EQ(test, store.open, 0);
	KUNIT_EXPECT_EQ(test, store.aborts, 0);
}

static int fail(struct xpv_xs_txn *txn, void *arg)
{
	return *(int *)arg;
}

static void transact_aborts_on_an_error(struct kunit *test)
{
	int err = -ENOSPC;

	KUNIT_EXPECT_EQ(test, xpv_xs_transact(fail, &err), -ENOSPC);
	KUNIT_EXPECT_EQ(test, store.aborts, 1);
	KUNIT_EXPECT_EQ(test, store.open, 0);
	store.err = -EIO;
	KUNIT_EXPECT_EQ(test, xpv_xs_transact(fail, &err), -EIO);
	KUNIT_EXPECT_EQ(test, store.aborts, 1);
}

static void watch_has_its_path_while_it_stands(struct kunit *test)
{
	struct xpv_xs_watch watch = {};

	/* One that was never added. */
	xpv_xs_watch_remove(&watch);
	KUNIT_EXPECT_EQ(test, store.open, 0);
	KUNIT_EXPECT_EQ(test, xpv_xs_watch_add(&watch, "%s/%d", "a", 5), 0);
	KUNIT_EXPECT_STREQ(test, watch.path, "a/5");
	xpv_xs_watch_remove(&watch);
	KUNIT_EXPECT_NULL(test, watch.path);
	xpv_xs_watch_remove(&watch);
	KUNIT_EXPECT_EQ(test, store.open, -1);
	store.err = -ENOSPC;
	KUNIT_EXPECT_EQ(test, xpv_xs_watch_add(&watch, "b"), -ENOSPC);
	KUNIT_EXPECT_NULL(test, watch.path);
}

static struct kunit_case xs_cases[] = {
	KUNIT_CASE(exists_is_what_can_be_read),
	KUNIT_CASE_PARAM(read_uint_is_strict, number_gen_params),
	KUNIT_CASE(read_uint_passes_errors_on),
	KUNIT_CASE_PARAM(limit_is_cut_to_what_we_can, limit_gen_params),
	KUNIT_CASE(feature_is_any_number_but_0),
	KUNIT_CASE(printf_is_bounded),
	KUNIT_CASE(remove_forgives_absence),
	KUNIT_CASE_PARAM(transact_tries_again_a_bounded_time, conflict_gen_params),
	KUNIT_CASE(transact_aborts_on_an_error),
	KUNIT_CASE(watch_has_its_path_while_it_stands),
	{}
};

static struct kunit_suite xs_suite = {
	.name = "xpv_xs",
	.init = init,
	.test_cases = xs_cases,
};

kunit_test_suite(xs_suite);

MODULE_DESCRIPTION("KUnit suite of xpv's XenStore client");
MODULE_LICENSE("GPL");

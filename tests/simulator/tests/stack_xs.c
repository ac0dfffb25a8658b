// SPDX-License-Identifier: GPL-2.0-only
/* Suite xpv_stack_xs: XenStore through the ring. */
#include <linux/atomic.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/workqueue.h>
#include <xpv/xenstore.h>

#include "stack.h"

#define DIR	"data/kunit"
#define HOME	"/local/domain/1/" DIR

/* More than the ring holds, so that both ends have to wait. */
#define LONG	3000
#define WORKERS	8
#define ROUNDS	40

static void expect_value(struct kunit *test, const char *node, const char *want)
{
	char *value = NULL;

	KUNIT_ASSERT_EQ(test, xpv_xs_read(NULL, DIR, node, &value), 0);
	KUNIT_EXPECT_STREQ(test, value, want);
	kfree(value);
}

static void reads_what_was_written(struct kunit *test)
{
	char *value = NULL;

	KUNIT_EXPECT_EQ(test, xpv_xs_printf(NULL, DIR, "a", "%d", 42), 0);
	expect_value(test, "a", "42");
	KUNIT_EXPECT_EQ(test, (int)xsim_store_read_uint(HOME, "a", 0), 42);
	KUNIT_EXPECT_EQ(test, xsim_store_write(HOME, "a", "from dom0"), 0);
	expect_value(test, "a", "from dom0");
	KUNIT_EXPECT_EQ(test, xpv_xs_remove(NULL, DIR, "a"), 0);
	KUNIT_EXPECT_EQ(test, xpv_xs_read(NULL, DIR, "a", &value), -ENOENT);
}

static void passes_long_values(struct kunit *test)
{
	char *text = kunit_kzalloc(test, LONG + 1, GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, text);
	for (i = 0; i < LONG; i++)
		text[i] = 'a' + i % 26;
	KUNIT_EXPECT_EQ(test, xpv_xs_printf(NULL, DIR, "long", "%s", text), 0);
	expect_value(test, "long", text);
	KUNIT_EXPECT_EQ(test, xpv_xs_remove(NULL, DIR, "long"), 0);
}

struct attempts {
	unsigned int nr;
	unsigned int conflicts;
};

/* Dom0 writes what this transaction has read, so often. */
static int count_up(struct xpv_xs_txn *txn, void *arg)
{
	struct attempts *attempts = arg;
	u64 value;
	int err = xpv_xs_read_uint(txn, DIR, "counter", 1000, &value);

	if (err)
		return err;
	if (attempts->nr++ < attempts->conflicts)
		xsim_store_printf(HOME, "counter", "%llu", value + 1);
	return xpv_xs_printf(txn, DIR, "counter", "%llu", value + 1);
}

static void retries_transaction_on_conflict(struct kunit *test)
{
	struct attempts attempts = { .conflicts = 3 };

	KUNIT_EXPECT_EQ(test, xpv_xs_printf(NULL, DIR, "counter", "0"), 0);
	KUNIT_EXPECT_EQ(test, xpv_xs_transact(count_up, &attempts), 0);
	KUNIT_EXPECT_EQ(test, attempts.nr, 4u);
	expect_value(test, "counter", "4");
	xpv_xs_remove(NULL, DIR, "");
}

static int make_anew(struct xpv_xs_txn *txn, void *arg)
{
	int err = xpv_xs_remove(txn, DIR, "folder");

	err = err ?: xpv_xs_printf(txn, DIR, "folder/one", "new");
	return err ?: xpv_xs_printf(txn, DIR, "folder/three", "new");
}

/* What it has done itself is no conflict. */
static void makes_a_folder_anew(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, xpv_xs_printf(NULL, DIR, "folder/one", "old"), 0);
	KUNIT_EXPECT_EQ(test, xpv_xs_printf(NULL, DIR, "folder/two", "old"), 0);
	KUNIT_EXPECT_EQ(test, xpv_xs_transact(make_anew, NULL), 0);
	expect_value(test, "folder/one", "new");
	expect_value(test, "folder/three", "new");
	KUNIT_EXPECT_EQ(test, xpv_xs_exists(NULL, DIR, "folder/two"), -ENOENT);
	xpv_xs_remove(NULL, DIR, "");
}

struct watcher {
	struct xpv_xs_watch watch;
	atomic_t seen;
};

static void saw(struct xpv_xs_watch *watch)
{
	atomic_inc(&container_of(watch, struct watcher, watch)->seen);
}

static void watches(struct kunit *test)
{
	struct watcher *w = kunit_kzalloc(test, sizeof(*w), GFP_KERNEL);
	int seen;

	KUNIT_ASSERT_NOT_NULL(test, w);
	w->watch.changed = saw;
	KUNIT_ASSERT_EQ(test, xpv_xs_watch_add(&w->watch, "%s", DIR), 0);
	KUNIT_EXPECT_TRUE(test, wait_until(atomic_read(&w->seen)));
	msleep(50);
	seen = atomic_read(&w->seen);
	xsim_store_write(HOME, "below/it", "x");
	KUNIT_EXPECT_TRUE(test, wait_until(atomic_read(&w->seen) > seen));
	xpv_xs_watch_remove(&w->watch);
	seen = atomic_read(&w->seen);
	xsim_store_remove(HOME, "below");
	msleep(50);
	KUNIT_EXPECT_EQ(test, atomic_read(&w->seen), seen);
}

struct worker {
	struct work_struct work;
	unsigned int id;
	int err;
};

static void work(struct work_struct *work)
{
	struct worker *w = container_of(work, struct worker, work);
	char node[16];
	unsigned int i;
	u64 value;

	snprintf(node, sizeof(node), "worker%u", w->id);
	for (i = 0; !w->err && i < ROUNDS; i++) {
		w->err = xpv_xs_printf(NULL, DIR, node, "%u", i);
		if (!w->err)
			w->err = xpv_xs_read_uint(NULL, DIR, node, ROUNDS,
						  &value);
		if (!w->err && value != i)
			w->err = -EBADMSG;
	}
}

static void serves_many_at_once(struct kunit *test)
{
	struct workqueue_struct *wq;
	struct worker *workers;
	unsigned int i;

	workers = kunit_kcalloc(test, WORKERS, sizeof(*workers), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, workers);
	wq = alloc_workqueue("xpv-kunit", WQ_UNBOUND, 0);
	KUNIT_ASSERT_NOT_NULL(test, wq);
	for (i = 0; i < WORKERS; i++) {
		workers[i].id = i;
		INIT_WORK(&workers[i].work, work);
		queue_work(wq, &workers[i].work);
	}
	for (i = 0; i < WORKERS; i++) {
		flush_work(&workers[i].work);
		KUNIT_EXPECT_EQ(test, workers[i].err, 0);
	}
	destroy_workqueue(wq);
	xpv_xs_remove(NULL, DIR, "");
}

static struct kunit_case cases[] = {
	KUNIT_CASE(reads_what_was_written),
	KUNIT_CASE(passes_long_values),
	KUNIT_CASE(retries_transaction_on_conflict),
	KUNIT_CASE(makes_a_folder_anew),
	KUNIT_CASE(watches),
	KUNIT_CASE(serves_many_at_once),
	{}
};

struct kunit_suite stack_xs_suite = {
	.name = "xpv_stack_xs",
	.init = stack_init,
	.exit = stack_exit,
	.test_cases = cases,
};

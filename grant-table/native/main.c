// SPDX-License-Identifier: GPL-2.0-only
/*
 * The grant table where xpv itself owns the domain: which version of entries
 * it has, what happens to a page that is given up, and the numbers in debugfs.
 * The table itself is in table.c, its entries in v1.c and v2.c.
 *
 * No lock: init and exit run once.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/debugfs.h>
#include <linux/limits.h>
#include <linux/mmzone.h>
#include <linux/moduleparam.h>
#include <linux/nodemask.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <xen/interface/xen.h>
#include <xen/interface/grant_table.h>
#include <xpv/hypercall.h>
#include <xpv/shutdown.h>

#include "../internal.h"

/* Far more than Xen allows by default (64); bounds what is kept per frame. */
#define MAX_FRAMES	65536

static char *version = "auto";
module_param(version, charp, 0444);
MODULE_PARM_DESC(version,
		 "Version of grant entries where xpv owns the domain: auto, 1 or 2");

/* In the order of the numbers: 0 leaves the choice to us. */
static const char *const versions[] = { "auto", "1", "2" };

static atomic_t abandoned = ATOMIC_INIT(0);
static struct dentry *debugfs_folder;

static int try_release(xpv_gref_t ref)
{
	/* Called by the parking lot, too, before the static call is in place. */
	int err = xpv_gnttab_ops.revoke(ref);

	if (!err)
		xpv_gnttab_table_release(&ref, 1);
	return err;
}

/* The peer can still write to the page: nobody else may ever get it. */
static void abandon(xpv_gref_t ref, struct page *page)
{
	atomic_inc(&abandoned);
	pr_warn_ratelimited("grant %u is given up while a backend maps it%s\n",
			    xpv_gref_raw(ref),
			    page ? ": its page is lost to this guest" : "");
}

static int set_version(u32 *number)
{
	struct gnttab_set_version op = { .version = *number };
	int err = xpv_hv_grant_table_op(GNTTABOP_set_version, &op, 1);

	/* Xen says what the table has, whether it did as asked or not. */
	*number = op.version;
	return err;
}

/* Whether a page of this guest has a number that version 1 cannot hold. */
static bool is_beyond_v1(void)
{
	int node;

	/* The end is one past the last page, and 0 for a node without memory. */
	for_each_online_node(node)
		if (node_end_pfn(node) > U32_MAX + 1UL)
			return true;
	return false;
}

/* Entries of the first are half as large, and revoked by one access to memory. */
static u32 default_version(void)
{
	return is_beyond_v1() ? 2 : 1;
}

static int agree_on_version(u32 wish, u32 *agreed)
{
	u32 wanted = wish ? wish : default_version();
	u32 has = wanted;
	int err;

	if (wanted == 1 && is_beyond_v1()) {
		pr_err("version=1: this guest has memory that only version 2 can grant\n");
		return -ERANGE;
	}
	err = set_version(&has);
	/* A Xen that has no versions has the first. */
	if (wanted == 1 && err == -EOPNOTSUPP)
		err = 0;
	/* A peer maps pages of the table's owner before us: it stays as it is. */
	if (!wish && err == -EBUSY && (has == 2 || !is_beyond_v1()))
		err = 0;
	if (err) {
		pr_err("Xen refuses version %u of the grant table: %d\n",
		       wanted, err);
		return err;
	}
	*agreed = has;
	return 0;
}

static int query_limit(u32 *max_frames)
{
	struct gnttab_query_size op = { .dom = DOMID_SELF };
	int err = xpv_hv_grant_table_op(GNTTABOP_query_size, &op, 1);

	if (!err && op.status != GNTST_okay)
		err = -EIO;
	if (err) {
		pr_err("Xen does not tell how large the grant table may be: %d (status %d)\n",
		       err, op.status);
		return err;
	}
	*max_frames = min_t(u32, op.max_nr_frames, MAX_FRAMES);
	return 0;
}

static void show_counts(void)
{
	struct dentry *dir = debugfs_create_dir("xpv-grant-table", NULL);

	debugfs_create_u32("version", 0444, dir, &xpv_gnttab_counts.version);
	debugfs_create_u32("size", 0444, dir, &xpv_gnttab_counts.size);
	debugfs_create_u32("limit", 0444, dir, &xpv_gnttab_counts.limit);
	debugfs_create_u32("in_use", 0444, dir, &xpv_gnttab_counts.in_use);
	debugfs_create_atomic_t("parked", 0444, dir, &xpv_gnttab_parked);
	debugfs_create_atomic_t("abandoned", 0444, dir, &abandoned);
	debugfs_folder = dir;
}

/* Whoever comes next, a kernel after kexec too, may know the first only. */
static void leave_version_1(void)
{
	u32 number = 1;
	int err = set_version(&number);

	if (err && number != 1)
		pr_warn("the grant table stays at version %u: %d\n", number, err);
}

static void leave(void)
{
	xpv_gnttab_table_leave();
	if (xpv_gnttab_counts.version != 1)
		leave_version_1();
}

static struct xpv_hv_leaver leaver = { .leave = leave };

static void native_exit(void)
{
	u32 number = xpv_gnttab_counts.version;

	xpv_hv_leaver_remove(&leaver);
	debugfs_remove_recursive(debugfs_folder);
	xpv_gnttab_table_exit();
	if (number != 1)
		leave_version_1();
}

static const struct xpv_gnttab_ops ops __initconst = {
	.exit = native_exit,
	.reserve = xpv_gnttab_table_reserve,
	.release = xpv_gnttab_table_release,
	.try_release = try_release,
	.abandon = abandon,
};

static int __init set_up(const struct xpv_gnttab_format *format)
{
	u32 max_frames;
	int err;

	xpv_gnttab_ops = ops;
	xpv_gnttab_ops.grant = format->grant;
	xpv_gnttab_ops.revoke = format->revoke;

	err = query_limit(&max_frames);
	if (err)
		return err;
	err = xpv_gnttab_table_init(format, max_frames);
	if (err)
		pr_err("the grant table cannot be mapped: %d\n", err);
	return err;
}

int __init xpv_gnttab_native_init(void)
{
	int wish = match_string(versions, ARRAY_SIZE(versions), version);
	u32 agreed;
	int err;

	if (wish < 0) {
		pr_err("version=%s is none of auto, 1, 2\n", version);
		return -EINVAL;
	}
	err = agree_on_version(wish, &agreed);
	if (err)
		return err;
	err = set_up(agreed == 2 ? &xpv_gnttab_v2 : &xpv_gnttab_v1);
	if (err) {
		leave_version_1();
		return err;
	}
	show_counts();
	xpv_hv_leaver_add(&leaver);
	pr_info("version %u, %u of at most %u entries\n", agreed,
		xpv_gnttab_counts.size, xpv_gnttab_counts.limit);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/* The suites over the whole stack: their start and end, and what several of them do. */
#include <linux/module.h>
#include <xpv/grant_table.h>
#include <xpv/hypervisor.h>

#include "../backend/back.h"
#include "../toolstack.h"
#include "stack.h"

/* So many grants are taken at a time, until there are no more. */
#define HOARD	64
#define HOARDS	4096

static struct xpv_gnttab_pool *hoards;
static unsigned int nr_hoards;
static unsigned int before;

int stack_init(struct kunit *test)
{
	if (xpv_hv_owner() != XPV_OWNER_XPV)
		kunit_skip(test, "xpv does not own this domain");
	before = xsim_violations(NULL, 0);
	return 0;
}

bool stack_violated(void)
{
	return xsim_violations(NULL, 0) != before;
}

void stack_exit(struct kunit *test)
{
	char last[160] = "";
	unsigned int now = xsim_violations(last, sizeof(last));

	xsim_fail_nth(0, 0, 0);
	KUNIT_EXPECT_EQ_MSG(test, now, before, "%s", last);
}

void stack_hoard_grants(struct kunit *test, unsigned int left)
{
	unsigned int i;

	hoards = kunit_kcalloc(test, HOARDS, sizeof(*hoards), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, hoards);
	while (nr_hoards < HOARDS &&
	       !xpv_gnttab_pool_create(&hoards[nr_hoards], HOARD))
		nr_hoards++;
	KUNIT_EXPECT_GT(test, nr_hoards, left / HOARD);
	KUNIT_EXPECT_LT(test, nr_hoards, HOARDS);
	for (i = 0; nr_hoards && i < left / HOARD; i++)
		xpv_gnttab_pool_destroy(&hoards[--nr_hoards]);
}

void stack_release_grants(void)
{
	while (nr_hoards)
		xpv_gnttab_pool_destroy(&hoards[--nr_hoards]);
}

void stack_offer(struct kunit *test, struct xsim_back *back, const char *knob,
		 const char *value)
{
	const struct xsim_device *dev = back->dev;

	/* One that hears of this connection after it was restarted would join it. */
	KUNIT_ASSERT_EQ(test, xsim_device_wait_connected(dev->type, dev->id, PATIENCE_MS), 0);
	KUNIT_ASSERT_EQ(test, xsim_store_write(dev->path, knob, value), 0);
	/* It is not written where there is one. */
	KUNIT_ASSERT_EQ(test, xsim_store_remove(dev->path, "multi-queue-max-queues"), 0);
	xsim_back_restart(back);
	KUNIT_EXPECT_EQ(test, xsim_device_wait_connected(dev->type, dev->id, PATIENCE_MS), 0);
}

kunit_test_suites(&stack_evtchn_suite, &stack_gnttab_suite, &stack_xs_suite,
		  &stack_bus_suite, &stack_blk_suite, &stack_net_suite);

MODULE_DESCRIPTION("KUnit suites of xpv's services over a simulated Xen");
MODULE_LICENSE("GPL");
XPV_IMPORT_NS;

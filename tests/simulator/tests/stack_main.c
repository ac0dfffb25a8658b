// SPDX-License-Identifier: GPL-2.0-only
/* The suites over the whole stack: their start and end. */
#include <linux/module.h>
#include <xpv/hypervisor.h>

#include "stack.h"

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

kunit_test_suites(&stack_evtchn_suite, &stack_gnttab_suite, &stack_xs_suite,
		  &stack_bus_suite, &stack_blk_suite, &stack_net_suite);

MODULE_DESCRIPTION("KUnit suites of xpv's services over a simulated Xen");
MODULE_LICENSE("GPL");
XPV_IMPORT_NS;

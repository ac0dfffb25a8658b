// SPDX-License-Identifier: GPL-2.0-only
/*
 * The end of an execution: all devices go, and what the guest had for them has to
 * be back, in some time. What is not is a leak; what does not end is a hang.
 */
#include <linux/debug_locks.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "fuzz.h"

static struct xsim_census before;
static unsigned int violations;

void xfz_balance_init(void)
{
	xsim_census_take(&before);
	violations = xsim_violations(NULL, 0);
}

static bool all_gone(void)
{
	unsigned int i;

	for (i = 0; i < XFZ_DEVICES; i++) {
		if (xfz_guest_has(&xfz_devices[i]))
			return false;
	}
	return true;
}

static bool is_balanced(struct xsim_census *now)
{
	xsim_census_take(now);
	return !memcmp(now, &before, sizeof(before));
}

static void tell_excess(const char *what, unsigned int now, unsigned int then)
{
	if (now != then)
		xfz_fail("%u %s where %u were", now, what, then);
}

static void judge_census(void)
{
	struct xsim_census now;

	if (xfz_wait(is_balanced(&now), XFZ_PATIENCE_MS))
		return;
	tell_excess("ports", now.ports, before.ports);
	tell_excess("grants", now.grants, before.grants);
	tell_excess("grants mapped", now.mapped, before.mapped);
	tell_excess("watches", now.watches, before.watches);
	tell_excess("transactions", now.txns, before.txns);
	/* The next execution is not to be blamed. */
	before = now;
}

static void judge_violations(void)
{
	char last[160] = "";
	unsigned int now = xsim_violations(last, sizeof(last));

	if (now != violations)
		xfz_fail("%u violations, the last one: %s", now - violations,
			 last);
	violations = now;
}

/* Whatever has failed: the next execution finds nothing of this one. */
void xfz_balance(void)
{
	xsim_fail_nth(0, 0, 0);
	xfz_trace("end");
	xfz_detach_all();
	xfz_disk_close();
	xfz_release_all();
	if (!xfz_wait(xfz_disk_is_idle(), XFZ_PATIENCE_MS))
		xfz_fail("requests have not ended");
	if (!xfz_wait(all_gone(), XFZ_PATIENCE_MS))
		xfz_fail("a device is on the guest's bus that the toolstack has removed");
	judge_census();
	judge_violations();
	if (!debug_locks)
		xfz_fail("lockdep has complained");
}

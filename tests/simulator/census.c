// SPDX-License-Identifier: GPL-2.0-only
/* What the guest has of the hypervisor's and of XenStore's, counted. */
#include <linux/types.h>

#include "event.h"
#include "grant.h"
#include "simulator.h"
#include "store.h"

static unsigned int ports_locked(void)
{
	unsigned int nr = 0;
	u32 port;

	lockdep_assert_held(&xsim_lock);
	for (port = 1; port < XSIM_PORTS; port++)
		nr += !!xsim_chn_locked(port);
	return nr;
}

static bool is_granted_locked(u32 ref)
{
	u16 flags;

	if (xsim_grants.version == 1)
		flags = READ_ONCE(xsim_grant_v1(ref)->flags);
	else
		flags = READ_ONCE(xsim_grant_v2(ref)->hdr.flags);
	return flags & GTF_type_mask;
}

static unsigned int grants_locked(void)
{
	unsigned int nr = 0;
	u32 ref;

	lockdep_assert_held(&xsim_lock);
	for (ref = 0; ref < xsim_grant_limit(); ref++)
		nr += is_granted_locked(ref);
	return nr;
}

void xsim_census_take(struct xsim_census *census)
{
	unsigned long flags;

	mutex_lock(&xsim_store_lock);
	census->watches = xsim_guest_watches();
	census->txns = xsim_txns();
	mutex_unlock(&xsim_store_lock);

	raw_spin_lock_irqsave(&xsim_lock, flags);
	census->ports = ports_locked();
	census->grants = grants_locked();
	census->mapped = xsim_grants.mapped;
	raw_spin_unlock_irqrestore(&xsim_lock, flags);
}
XPV_EXPORT_SYMBOL(xsim_census_take);

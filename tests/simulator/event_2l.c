// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events by the 2-level ABI, Xen's side: a pending bit, then, unless the port
 * is masked, the bit of its word in the vCPU's selector, then an upcall.
 */
#include <linux/bitops.h>
#include <asm/sync_bitops.h>
#include <xen/interface/xen.h>
#include <xen/interface/event_channel.h>

#include "event.h"
#include "simulator.h"

static struct shared_info *shared(void)
{
	return xsim_shared_info_frame()->at;
}

static void tell(u32 port)
{
	u32 vcpu = xsim_chns[port].vcpu;
	struct vcpu_info *info = xsim_vcpu_info_locked(vcpu);

	if (!sync_test_and_set_bit(port / BITS_PER_LONG,
				   &info->evtchn_pending_sel))
		xsim_upcall_raise_locked(vcpu);
}

static void pend_port(u32 port)
{
	if (sync_test_and_set_bit(port, shared()->evtchn_pending))
		return;
	/* A full barrier between: the guest clears the mask, then looks. */
	if (!sync_test_bit(port, shared()->evtchn_mask))
		tell(port);
}

static void clear_port(u32 port)
{
	sync_clear_bit(port, shared()->evtchn_pending);
}

static void show_port(u32 port)
{
	if (sync_test_and_clear_bit(port, shared()->evtchn_mask) &&
	    sync_test_bit(port, shared()->evtchn_pending))
		tell(port);
}

const struct xsim_event_abi xsim_event_2l = {
	.ports = EVTCHN_2L_NR_CHANNELS,
	.set_pending = pend_port,
	.clear_pending = clear_port,
	.unmask = show_port,
};

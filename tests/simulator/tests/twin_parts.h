/* SPDX-License-Identifier: GPL-2.0-only */
/* All of the second simulated Xen (twin.h), in one piece. */
#ifndef _XSIM_TESTS_TWIN_PARTS_H
#define _XSIM_TESTS_TWIN_PARTS_H

DEFINE_RAW_SPINLOCK(xsim_lock);
struct workqueue_struct *xsim_wq;

/* The guest looks at its ports itself. */
static void fake_upcall(void)
{
}

#define xpv_hv_simulate_upcall	fake_upcall

/* Each file has its own of these. */
#define dispatch_locked		memory_dispatch_locked
#define find			memory_find
#include "../memory.c"
#undef dispatch_locked
#undef find
#include "../info.c"
#include "../upcall.c"
#include "../grant_table.c"
#include "../grant_map.c"
#undef BUSY
#include "../event_channel.c"
#define tell			event_2l_tell
#include "../event_2l.c"
#undef tell
#define tell			fifo_tell
#define change			fifo_change
#include "../event_fifo.c"
#undef tell
#undef change
#define call			port_call
#define bind			port_bind
#include "../port.c"
#undef call
#undef bind
#include "../store_tree.c"
#define change			txn_change
#include "../store_txn.c"
#undef change
#define call			watch_call
#define find			watch_find
#include "../store_watch.c"
#undef call
#undef find
#include "../store_request.c"
#include "../store_ring.c"
#define join			dom0_join
#include "../dom0_store.c"
#undef join
#include "../device.c"
#include "../census.c"
#undef pr_fmt
#include "../police.c"
#undef pr_fmt
#include "../suspend.c"

#endif /* _XSIM_TESTS_TWIN_PARTS_H */

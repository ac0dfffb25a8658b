// SPDX-License-Identifier: GPL-2.0-only
/*
 * Back to the 2-level ABI. Xen knows one way only, EVTCHNOP_reset, and that
 * closes every port of this domain, those of XenStore and the console too,
 * which the toolstack made. Their other ends are left unbound, for this domain:
 * so they are bound again here, and the new numbers written where the old ones
 * were found, in HVM parameters that a guest may write. Meanwhile a ring of the
 * other end is dropped; binding leaves the port pending.
 *
 * Called in module init and exit, while no port has a user: no lock.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/printk.h>
#include <xen/interface/xen.h>
#include <xen/interface/event_channel.h>
#include <xen/interface/hvm/params.h>
#include <xpv/hypercall.h>

#include "native.h"

/* A reset gives up when another domain binds to one of our ports just then. */
#define ATTEMPTS	10

/**
 * struct kept - a port that survives a reset
 * @name: whose it is, for the log
 * @param: HVM parameter with its number
 * @status: what it was bound to; closed if there is none
 */
struct kept {
	const char *name;
	u32 param;
	struct evtchn_status status;
};

static void ask_status(struct kept *kept, u32 port)
{
	kept->status = (struct evtchn_status){
		.dom = DOMID_SELF,
		.port = port,
	};
	if (xpv_hv_event_channel_op(EVTCHNOP_status, &kept->status))
		kept->status.status = EVTCHNSTAT_closed;
}

static void remember(struct kept *kept)
{
	u64 port;

	kept->status.status = EVTCHNSTAT_closed;
	if (!xpv_hv_param(kept->param, &port) && port && port <= U32_MAX)
		ask_status(kept, port);
}

static int bind_again(const struct evtchn_status *was, u32 *port)
{
	struct evtchn_bind_interdomain bind = {};
	struct evtchn_alloc_unbound alloc = { .dom = DOMID_SELF };
	int err;

	if (was->status == EVTCHNSTAT_interdomain) {
		bind.remote_dom = was->u.interdomain.dom;
		bind.remote_port = was->u.interdomain.port;
		err = xpv_hv_event_channel_op(EVTCHNOP_bind_interdomain, &bind);
		*port = bind.local_port;
	} else {
		alloc.remote_dom = was->u.unbound.dom;
		err = xpv_hv_event_channel_op(EVTCHNOP_alloc_unbound, &alloc);
		*port = alloc.port;
	}
	return err;
}

static void restore(struct kept *kept)
{
	const struct evtchn_status was = kept->status;
	u32 port;
	int err;

	if (was.status != EVTCHNSTAT_interdomain &&
	    was.status != EVTCHNSTAT_unbound)
		return;
	/* A reset that was refused altogether has left it open. */
	ask_status(kept, was.port);
	if (kept->status.status != EVTCHNSTAT_closed)
		return;

	err = bind_again(&was, &port);
	if (!err && port != was.port)
		err = xpv_hv_param_set(kept->param, port);
	if (err)
		pr_err("the port of %s is lost: %d\n", kept->name, err);
}

static int reset_all(void)
{
	struct evtchn_reset op = { .dom = DOMID_SELF };
	int attempt, err;

	for (attempt = 0; attempt < ATTEMPTS; attempt++) {
		err = xpv_hv_event_channel_op(EVTCHNOP_reset, &op);
		if (err != -EAGAIN)
			break;
		msleep(20);
	}
	return err;
}

int xpv_evtchn_reset(void)
{
	struct kept store = {
		.name = "XenStore",
		.param = HVM_PARAM_STORE_EVTCHN,
	};
	struct kept console = {
		.name = "the console",
		.param = HVM_PARAM_CONSOLE_EVTCHN,
	};
	int err;

	remember(&store);
	remember(&console);
	err = reset_all();

	/* Xen gives the lowest free number: so each gets its own again. */
	if (store.status.port < console.status.port) {
		restore(&store);
		restore(&console);
	} else {
		restore(&console);
		restore(&store);
	}
	return err;
}

int xpv_evtchn_reset_stale(void)
{
	struct evtchn_expand_array op = { .array_gfn = ~0ull };

	/*
	 * There is no such page. Xen gets to see that only if the FIFO ABI is
	 * on: left by another kernel, with pages that are ours now.
	 */
	if (xpv_hv_event_channel_op(EVTCHNOP_expand_array, &op) == -EOPNOTSUPP)
		return 0;
	return xpv_evtchn_reset();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suite xpv_suspend: what a guest finds after SCHEDOP_shutdown, cancelled and not.
 * It runs over a simulated Xen of its own (twin.h), whose guest is this file.
 */
#include <tests/kunit/suite.h>
#include "twin.h"

#include <linux/delay.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <xen/interface/event_channel.h>
#include <xen/interface/hvm/params.h>
#include <xen/interface/memory.h>
#include <xen/interface/sched.h>
#include <xen/interface/xen.h>
#include <xpv/simulate.h>

#include "../event.h"
#include "../grant.h"
#include "../simulator.h"
#include "../store.h"
#include "../toolstack.h"

#include "twin_parts.h"

#define PATIENCE_MS	60000
#define FRAMES		2
#define FRONT		XSIM_HOME "/device/fake/3"

/**
 * struct step - a part of the simulator
 * @init: its start
 * @exit: its end; NULL: it has none
 */
struct step {
	int (*init)(void);
	void (*exit)(void);
};

/* The guest's, and a backend that only counts. */
static struct {
	unsigned int started;
	struct page *ram[FRAMES];
	struct page *lent;
	struct xsim_map map;
	struct xsim_port *port;
	unsigned int rings;
	unsigned int restarts;
	enum xenbus_state heard;
	struct mutex gate; /* held: no backend begins anew */
} bench;

static int fake_probe(struct xsim_device *dev)
{
	return xsim_device_set_state(dev, XenbusStateInitWait);
}

static void fake_changed(struct xsim_device *dev, enum xenbus_state state)
{
	WRITE_ONCE(bench.heard, state);
	if (state == XenbusStateConnected)
		xsim_device_set_state(dev, state);
}

static void fake_restart(struct xsim_device *dev)
{
	mutex_lock(&bench.gate);
	bench.restarts++;
	xsim_device_set_state(dev, XenbusStateInitWait);
	mutex_unlock(&bench.gate);
}

static void fake_remove(struct xsim_device *dev)
{
}

static struct xsim_backend backend = {
	.type = "fake",
	.probe = fake_probe,
	.frontend_changed = fake_changed,
	.restart = fake_restart,
	.remove = fake_remove,
};

static int twin_wq_init(void)
{
	xsim_wq = alloc_workqueue("xpv-twin", WQ_UNBOUND, 0);
	return xsim_wq ? 0 : -ENOMEM;
}

static void twin_wq_exit(void)
{
	destroy_workqueue(xsim_wq);
}

static int devices_init(void)
{
	return xsim_backend_register(&backend);
}

static void devices_exit(void)
{
	xsim_device_exit();
	xsim_backend_unregister(&backend);
}

static const struct step steps[] = {
	{ twin_wq_init, twin_wq_exit },
	{ xsim_upcall_init, xsim_upcall_exit },
	{ xsim_event_init, xsim_event_exit },
	{ xsim_grant_init, xsim_grant_exit },
	{ xsim_store_init, xsim_store_exit },
	{ xsim_dom0_store_init, NULL },
	{ xsim_ring_init, xsim_ring_exit },
	{ xsim_suspend_init, xsim_suspend_exit },
	{ devices_init, devices_exit },
};

static int init(struct kunit *test)
{
	int err = 0;

	memset(&bench, 0, sizeof(bench));
	mutex_init(&bench.gate);
	while (!err && bench.started < ARRAY_SIZE(steps))
		err = steps[bench.started++].init();
	return err;
}

/* The guest gives back the pages that it has placed frames over. */
static void give_back(struct page *page)
{
	xen_pfn_t gfn = page_to_pfn(page);
	struct xen_remove_from_physmap remove_op = { DOMID_SELF, gfn };
	struct xen_memory_reservation populate_op = { .nr_extents = 1 };

	xsim_memory_op(XENMEM_remove_from_physmap, &remove_op);
	set_xen_guest_handle(populate_op.extent_start, &gfn);
	xsim_memory_op(XENMEM_populate_physmap, &populate_op);
	__free_page(page);
}

static void exit_(struct kunit *test)
{
	struct evtchn_reset reset_op = { .dom = DOMID_SELF };
	char last[160] = "";
	unsigned int i;

	xsim_grant_unmap(&bench.map);
	xsim_port_unbind(bench.port);
	for (i = 0; i < FRAMES; i++)
		if (bench.ram[i])
			give_back(bench.ram[i]);
	if (bench.lent)
		__free_page(bench.lent);
	xsim_event_channel_op(EVTCHNOP_reset, &reset_op);
	while (bench.started--)
		if (steps[bench.started].exit)
			steps[bench.started].exit();
	xsim_memory_check();
	KUNIT_EXPECT_EQ_MSG(test, xsim_violations(last, sizeof(last)), 0u, "%s", last);
	violations = 0;
}

static bool soon(bool (*happened)(void))
{
	unsigned long until = jiffies + msecs_to_jiffies(PATIENCE_MS);

	while (!happened()) {
		if (time_after(jiffies, until))
			return false;
		msleep(20);
	}
	return true;
}

static bool is_thawed(void)
{
	return xsim_resumed() && !READ_ONCE(xsim_frozen);
}

/* As a guest does: it cannot wait for anything. */
static long do_shutdown(unsigned int reason)
{
	struct sched_shutdown op = { .reason = reason };
	unsigned long flags;
	long ret;

	local_irq_save(flags);
	ret = xsim_sched_op(SCHEDOP_shutdown, &op);
	local_irq_restore(flags);
	return ret;
}

static void resume(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, do_shutdown(SHUTDOWN_suspend), 0L);
	KUNIT_ASSERT_TRUE(test, soon(is_thawed));
}

/* Frame @index of @space over a page of the guest's. */
static void place(struct kunit *test, unsigned int nr, unsigned int space,
		  unsigned long index)
{
	struct xen_memory_reservation decrease_op = { .nr_extents = 1 };
	struct xen_add_to_physmap add_op = { .space = space, .idx = index };
	xen_pfn_t gfn;
	long done;

	if (!bench.ram[nr]) {
		bench.ram[nr] = alloc_page(GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, bench.ram[nr]);
		gfn = page_to_pfn(bench.ram[nr]);
		set_xen_guest_handle(decrease_op.extent_start, &gfn);
		done = xsim_memory_op(XENMEM_decrease_reservation, &decrease_op);
		KUNIT_ASSERT_EQ(test, done, 1L);
	}
	add_op.gpfn = page_to_pfn(bench.ram[nr]);
	KUNIT_EXPECT_EQ(test, xsim_memory_op(XENMEM_add_to_physmap, &add_op), 0L);
}

static void *at(unsigned int nr)
{
	return page_address(bench.ram[nr]);
}

static u32 open_port(struct kunit *test)
{
	struct evtchn_alloc_unbound op = { .dom = DOMID_SELF };

	KUNIT_ASSERT_EQ(test, xsim_event_channel_op(EVTCHNOP_alloc_unbound, &op), 0L);
	return op.port;
}

static unsigned int port_status(u32 port)
{
	struct evtchn_status op = { .dom = DOMID_SELF, .port = port };

	return xsim_event_channel_op(EVTCHNOP_status, &op) ?: op.status;
}

static void heard(void *data)
{
	WRITE_ONCE(bench.rings, bench.rings + 1);
}

static u32 version(void)
{
	return xsim_grants.version;
}

/* The guest lends a page with the first reference that is free; dom0 maps it. */
static int lend(struct kunit *test)
{
	struct grant_entry_v1 *entry = (struct grant_entry_v1 *)at(0) + 8;

	if (!bench.lent)
		bench.lent = alloc_page(GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, bench.lent);
	entry->domid = 0;
	entry->frame = page_to_pfn(bench.lent);
	entry->flags = GTF_permit_access;
	return xsim_grant_map(&bench.map, 8, false);
}

/* What a guest has that works. */
static void live(struct kunit *test)
{
	static const struct xsim_node front[] = { { "mac", "a" }, {} };
	u32 port = open_port(test);

	place(test, 0, XENMAPSPACE_grant_table, 0);
	place(test, 1, XENMAPSPACE_shared_info, 0);
	KUNIT_ASSERT_EQ(test, lend(test), 0);
	KUNIT_ASSERT_EQ(test, xsim_port_bind(port, heard, NULL, &bench.port), 0);
	KUNIT_ASSERT_EQ(test, xsim_device_create("fake", 3, NULL, front), 0);
	xsim_store_write(FRONT, "ring-ref", "8");
	xsim_store_write(FRONT, "state", "4");
	xsim_store_write(XSIM_HOME "/data", "mine", "1");
	mutex_lock(&xsim_store_lock);
	xsim_guest_watch("data", "token", NULL);
	mutex_unlock(&xsim_store_lock);
	KUNIT_ASSERT_EQ(test, xsim_device_wait_connected("fake", 3, PATIENCE_MS), 0);
}

static void cancelled_changes_nothing(struct kunit *test)
{
	struct xsim_census before, after;
	u64 store = xsim_param(HVM_PARAM_STORE_EVTCHN);

	live(test);
	xsim_census_take(&before);
	xsim_suspend_cancel(true);
	KUNIT_EXPECT_EQ(test, do_shutdown(SHUTDOWN_suspend), 1L);
	KUNIT_EXPECT_FALSE(test, xsim_frozen);
	msleep(50);
	xsim_census_take(&after);
	KUNIT_EXPECT_EQ(test, memcmp(&before, &after, sizeof(before)), 0);
	KUNIT_EXPECT_EQ(test, xsim_param(HVM_PARAM_STORE_EVTCHN), store);
	KUNIT_EXPECT_PTR_EQ(test, xsim_shared_info_frame()->at, at(1));
	KUNIT_EXPECT_EQ(test, bench.restarts, 0u);
	KUNIT_EXPECT_EQ(test, xsim_store_read_uint(FRONT, "state", 0), 4ull);
	KUNIT_EXPECT_EQ(test, xsim_resumed(), 0u);
	/* It may go on, or try again. */
	xsim_suspend_cancel(false);
	resume(test);
}

static void knows_no_other_reason(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, do_shutdown(SHUTDOWN_poweroff), -(long)XEN_ENOSYS);
	KUNIT_EXPECT_EQ(test, do_shutdown(SHUTDOWN_crash), -(long)XEN_ENOSYS);
	KUNIT_EXPECT_FALSE(test, xsim_frozen);
}

static void closes_all_ports(struct kunit *test)
{
	u32 mine = open_port(test), theirs = open_port(test);
	u32 store = xsim_param(HVM_PARAM_STORE_EVTCHN);
	u32 fresh, port, open = 0;

	KUNIT_ASSERT_EQ(test, xsim_port_bind(theirs, heard, NULL, &bench.port), 0);
	resume(test);
	fresh = xsim_param(HVM_PARAM_STORE_EVTCHN);
	KUNIT_EXPECT_NE(test, fresh, store);
	KUNIT_EXPECT_EQ(test, port_status(fresh), (u32)EVTCHNSTAT_interdomain);
	KUNIT_EXPECT_EQ(test, port_status(mine), (u32)EVTCHNSTAT_closed);
	for (port = 1; port < XSIM_PORTS; port++)
		open += xsim_chns[port].state != XSIM_CHN_FREE;
	KUNIT_EXPECT_EQ(test, open, 1u);
	/* Dom0's end leads nowhere. */
	KUNIT_EXPECT_EQ(test, bench.port->guest, 0u);
	xsim_port_notify(bench.port);
}

static void turns_the_fifo_abi_off(struct kunit *test)
{
	struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	struct evtchn_init_control op = { .control_gfn = page_to_pfn(page) };

	KUNIT_EXPECT_EQ(test, xsim_event_channel_op(EVTCHNOP_init_control, &op), 0L);
	KUNIT_EXPECT_PTR_EQ(test, xsim_event_abi, &xsim_event_fifo);
	resume(test);
	KUNIT_EXPECT_PTR_EQ(test, xsim_event_abi, &xsim_event_2l);
	/* As for the first time. */
	KUNIT_EXPECT_EQ(test, xsim_event_channel_op(EVTCHNOP_init_control, &op), 0L);
	xsim_fifo_reset();
	__free_page(page);
}

static void takes_its_frames_away(struct kunit *test)
{
	struct shared_info *shared;

	live(test);
	shared = at(1);
	shared->evtchn_mask[3] = ~0ul;
	resume(test);
	KUNIT_EXPECT_PTR_EQ(test, xsim_shared_info_frame()->at,
			    xsim_shared_info_frame()->own);
	KUNIT_EXPECT_PTR_EQ(test, xsim_grants.frame[0].at, xsim_grants.frame[0].own);
	/* The guest places them anew, over the same pages. */
	place(test, 0, XENMAPSPACE_grant_table, 0);
	place(test, 1, XENMAPSPACE_shared_info, 0);
	KUNIT_EXPECT_EQ(test, shared->evtchn_mask[3], 0ul);
	KUNIT_EXPECT_EQ(test, ((struct grant_entry_v1 *)at(0))[8].flags, 0u);
}

static void puts_each_vcpu_into_the_shared_page(struct kunit *test)
{
	struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	unsigned long flags;
	void *info;

	KUNIT_EXPECT_EQ(test, xsim_register_vcpu_info(0, page_to_pfn(page), 64), 0L);
	resume(test);
	raw_spin_lock_irqsave(&xsim_lock, flags);
	info = xsim_vcpu_info_locked(0);
	raw_spin_unlock_irqrestore(&xsim_lock, flags);
	KUNIT_EXPECT_PTR_EQ(test, info, xsim_shared_info_frame()->at);
	KUNIT_EXPECT_EQ(test, xsim_register_vcpu_info(0, page_to_pfn(page), 64), 0L);
	per_cpu(lines, 0).info = NULL;
	__free_page(page);
}

static void empties_the_grant_table(struct kunit *test)
{
	struct gnttab_set_version version_op = { .version = 2 };
	struct gnttab_query_size size_op = { .dom = DOMID_SELF };
	struct xsim_census census;

	KUNIT_EXPECT_EQ(test, xsim_grant_table_op(GNTTABOP_set_version, &version_op, 1), 0L);
	place(test, 0, XENMAPSPACE_grant_table, 5);
	resume(test);
	KUNIT_EXPECT_EQ(test, version(), 1u);
	KUNIT_EXPECT_EQ(test, xsim_grant_table_op(GNTTABOP_query_size, &size_op, 1), 0L);
	KUNIT_EXPECT_EQ(test, size_op.nr_frames, 1u);
	/* XenStore's page, which the toolstack lends. */
	xsim_census_take(&census);
	KUNIT_EXPECT_EQ(test, census.grants, 1u);
	KUNIT_EXPECT_EQ(test, (u64)xsim_grant_v1(GNTTAB_RESERVED_XENSTORE)->frame,
			xsim_param(HVM_PARAM_STORE_PFN));
}

/* The guest frees it at once; dom0 has not let go of it yet. */
static void keeps_pages_until_dom0_lets_go(struct kunit *test)
{
	struct page *page;

	live(test);
	page = bench.lent;
	resume(test);
	KUNIT_EXPECT_EQ(test, xsim_grants_mapped(), 0u);
	KUNIT_EXPECT_EQ(test, page_count(page), 2);
	__free_page(page);
	bench.lent = NULL;
	memset(bench.map.addr, 0x11, PAGE_SIZE);
	get_page(page);
	xsim_grant_unmap(&bench.map);
	KUNIT_EXPECT_EQ(test, page_count(page), 1);
	__free_page(page);
	/* The same reference can be used again. */
	place(test, 0, XENMAPSPACE_grant_table, 0);
	KUNIT_EXPECT_EQ(test, lend(test), 0);
	KUNIT_EXPECT_EQ(test, xsim_grants_mapped(), 1u);
}

/* To flush its work would be to wait for one that may want the store. */
static bool port_is_idle(void)
{
	return !work_busy(&bench.port->work);
}

/* While nobody can restore it, as somebody has the store. */
static void freezes_dom0_until_all_is_restored(struct kunit *test)
{
	struct xsim_map map = {};

	live(test);
	mutex_lock(&xsim_store_lock);
	KUNIT_EXPECT_EQ(test, do_shutdown(SHUTDOWN_suspend), 0L);
	place(test, 0, XENMAPSPACE_grant_table, 0);
	KUNIT_EXPECT_EQ(test, xsim_grant_map(&map, GNTTAB_RESERVED_XENSTORE, true),
			-EINVAL);
	bench.rings = 0;
	xsim_port_kick(bench.port);
	KUNIT_EXPECT_TRUE(test, soon(port_is_idle));
	KUNIT_EXPECT_EQ(test, bench.rings, 0u);
	xsim_violation("of one that is gone");
	KUNIT_EXPECT_EQ(test, xsim_resumed(), 0u);
	mutex_unlock(&xsim_store_lock);
	KUNIT_EXPECT_TRUE(test, soon(is_thawed));
	KUNIT_EXPECT_EQ(test, xsim_grant_map(&map, GNTTAB_RESERVED_XENSTORE, true), 0);
	xsim_grant_unmap(&map);
}

static void put_message(u32 type, const char *body)
{
	struct xsd_sockmsg head = { .type = type, .len = strlen(body) + 1 };
	struct xenstore_domain_interface *page = guest.page;
	u32 prod = page->req_prod;

	memcpy(page->req + prod, &head, sizeof(head));
	memcpy(page->req + prod + sizeof(head), body, head.len);
	/* Bytes before the index; pairs with dom0's. */
	virt_wmb();
	WRITE_ONCE(page->req_prod, prod + sizeof(head) + head.len);
}

static void ring_store(void)
{
	struct evtchn_send op = { .port = xsim_param(HVM_PARAM_STORE_EVTCHN) };

	xsim_event_channel_op(EVTCHNOP_send, &op);
}

static bool is_answered(void)
{
	return READ_ONCE(guest.page->rsp_prod);
}

static void expect_reply(struct kunit *test, u32 type, const char *body)
{
	const char *reply_body = guest.page->rsp + sizeof(struct xsd_sockmsg);
	struct xsd_sockmsg head;

	KUNIT_ASSERT_TRUE(test, soon(is_answered));
	memcpy(&head, guest.page->rsp, sizeof(head));
	KUNIT_EXPECT_EQ(test, head.type, type);
	KUNIT_EXPECT_EQ(test, memcmp(reply_body, body, strlen(body)), 0);
}

static void empties_the_ring_of_the_store(struct kunit *test)
{
	struct xsim_census census;
	u32 txn;

	live(test);
	mutex_lock(&xsim_store_lock);
	xsim_txn_begin(&txn);
	/* Half a message of its own, and a whole one for it. */
	put_message(XS_READ, "name");
	guest.page->req_prod -= 3;
	fill_to(HEAD + 5);
	xsim_ring_tell(XS_WATCH_EVENT, 0, 0, "old", 4);
	mutex_unlock(&xsim_store_lock);
	resume(test);
	KUNIT_EXPECT_EQ(test, guest.page->req_prod, 0u);
	KUNIT_EXPECT_EQ(test, guest.page->rsp_prod, 0u);
	KUNIT_EXPECT_EQ(test, guest.page->connection, (u32)XENSTORE_CONNECTED);
	KUNIT_EXPECT_NE(test, guest.page->server_features, 0u);
	KUNIT_EXPECT_EQ(test, guest.page->req[0], '\0');
	xsim_census_take(&census);
	KUNIT_EXPECT_EQ(test, census.watches, 0u);
	KUNIT_EXPECT_EQ(test, census.txns, 0u);
	put_message(XS_READ, "name");
	ring_store();
	expect_reply(test, XS_READ, "simulated");
}

/* So a guest never sees half of what is restored. */
static void answers_when_all_is_restored(struct kunit *test)
{
	live(test);
	mutex_lock(&bench.gate);
	KUNIT_EXPECT_EQ(test, do_shutdown(SHUTDOWN_suspend), 0L);
	put_message(XS_READ, "device/fake/3/state");
	ring_store();
	msleep(50);
	KUNIT_EXPECT_FALSE(test, is_answered());
	mutex_unlock(&bench.gate);
	expect_reply(test, XS_READ, "1");
	KUNIT_EXPECT_TRUE(test, is_thawed());
}

static bool is_heard(void)
{
	return READ_ONCE(bench.heard) == XenbusStateConnected;
}

static void begins_devices_anew(struct kunit *test)
{
	char *mac;

	live(test);
	resume(test);
	KUNIT_EXPECT_EQ(test, bench.restarts, 1u);
	KUNIT_EXPECT_EQ(test, xsim_store_read_uint(FRONT, "state", 0), 1ull);
	KUNIT_EXPECT_EQ(test, xsim_device_find("fake", 3)->state, XenbusStateInitWait);
	KUNIT_EXPECT_EQ(test, xsim_store_read_uint(FRONT, "ring-ref", 99), 99ull);
	mac = xsim_store_read(FRONT, "mac");
	KUNIT_ASSERT_FALSE(test, IS_ERR(mac));
	KUNIT_EXPECT_STREQ(test, mac, "a");
	kfree(mac);
	/* What the guest wrote elsewhere is gone, too. */
	KUNIT_EXPECT_EQ(test, xsim_store_read_uint(XSIM_HOME "/data", "mine", 99), 99ull);
	/* It is heard as before. */
	WRITE_ONCE(bench.heard, XenbusStateUnknown);
	xsim_store_write(FRONT, "state", "4");
	KUNIT_EXPECT_TRUE(test, soon(is_heard));
}

static void asks_by_its_node(struct kunit *test)
{
	char *text;

	KUNIT_EXPECT_EQ(test, xsim_suspend_ask(), 0);
	text = xsim_store_read(XSIM_HOME, "control/shutdown");
	KUNIT_ASSERT_FALSE(test, IS_ERR(text));
	KUNIT_EXPECT_STREQ(test, text, "suspend");
	kfree(text);
	/* A new domain is not asked any more. */
	resume(test);
	text = xsim_store_read(XSIM_HOME, "control/shutdown");
	KUNIT_ASSERT_FALSE(test, IS_ERR(text));
	KUNIT_EXPECT_STREQ(test, text, "");
	kfree(text);
}

static bool is_thawed_twice(void)
{
	return xsim_resumed() == 2 && !READ_ONCE(xsim_frozen);
}

static void may_happen_twice(struct kunit *test)
{
	u64 store;

	live(test);
	resume(test);
	store = xsim_param(HVM_PARAM_STORE_EVTCHN);
	KUNIT_EXPECT_EQ(test, do_shutdown(SHUTDOWN_suspend), 0L);
	KUNIT_EXPECT_TRUE(test, soon(is_thawed_twice));
	KUNIT_EXPECT_NE(test, xsim_param(HVM_PARAM_STORE_EVTCHN), store);
	KUNIT_EXPECT_EQ(test, bench.restarts, 2u);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(cancelled_changes_nothing),
	KUNIT_CASE(knows_no_other_reason),
	KUNIT_CASE(closes_all_ports),
	KUNIT_CASE(turns_the_fifo_abi_off),
	KUNIT_CASE(takes_its_frames_away),
	KUNIT_CASE(puts_each_vcpu_into_the_shared_page),
	KUNIT_CASE(empties_the_grant_table),
	KUNIT_CASE(keeps_pages_until_dom0_lets_go),
	KUNIT_CASE(freezes_dom0_until_all_is_restored),
	KUNIT_CASE(empties_the_ring_of_the_store),
	KUNIT_CASE(answers_when_all_is_restored),
	KUNIT_CASE(begins_devices_anew),
	KUNIT_CASE(asks_by_its_node),
	KUNIT_CASE(may_happen_twice),
	{}
};

static struct kunit_suite suite = {
	.name = "xpv_suspend",
	.init = init,
	.exit = exit_,
	.test_cases = cases,
};

kunit_test_suite(suite);

MODULE_DESCRIPTION("KUnit suite of suspend in the simulated Xen");
MODULE_LICENSE("GPL");

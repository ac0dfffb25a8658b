// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suite xpv_vcpu: the shared info page, and for each CPU its number and the place
 * where Xen tells it of events (native/vcpu.c), with the test as Xen and as the core that
 * brings CPUs up. There is one CPU for whose number the shared page has no place.
 */
#define xpv_hv_shared_info		tested_shared_info
#define xpv_hv_vcpu_id			tested_vcpu_id
#define xpv_hv_vcpu_info		tested_vcpu_info
#define xpv_hv_upcall_home		tested_vcpu_home
#define xpv_hv_shared_info_init		tested_shared_info_init
#define xpv_hv_shared_info_exit		tested_shared_info_exit
#define xpv_hv_shared_info_leave	tested_shared_info_leave
#define xpv_hv_vcpu_learn		tested_vcpu_learn
#define xpv_hv_vcpu_init		tested_vcpu_init
#define xpv_hv_vcpu_exit		tested_vcpu_exit

#include <tests/kunit/suite.h>
#include <linux/cpuhotplug.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/string.h>
#include <xen/interface/xen.h>
#include <xen/interface/hvm/params.h>
#include <xen/interface/memory.h>
#include <xen/interface/vcpu.h>
#include <xpv/frames.h>
#include <xpv/hypercall.h>
#include <xpv/shutdown.h>
#include <xpv/upcall.h>

#include "../arch.h"
#include "../internal.h"

#define CPUS	4

/**
 * struct world - Xen and the core
 * @page: shared info
 * @param_err: of HVM_PARAM_CALLBACK_IRQ
 * @map_err: of mapping the page
 * @mapped: it is
 * @left: the kernel ended with it
 * @ids: of the CPUs
 * @cpu: that comes up now
 * @simulated: by a simulator, which gives CPUs their own numbers
 * @no_room: Xen takes no place of ours
 * @taken: places that it took
 * @nr_taken: how many
 * @online: the callback of the core's
 * @no_state: the core has none left
 * @freed: pages
 */
static struct world {
	struct shared_info page;
	int param_err;
	int map_err;
	bool mapped;
	bool left;
	u32 ids[CPUS];
	unsigned int cpu;
	bool simulated;
	bool no_room;
	struct vcpu_info *taken[CPUS];
	unsigned int nr_taken;
	int (*online)(unsigned int cpu);
	bool no_state;
	unsigned int freed;
} world;

static int fake_map(struct xpv_hv_frames *frames)
{
	if (world.map_err)
		return world.map_err;
	frames->addr = &world.page;
	world.mapped = true;
	return 0;
}

static int fake_vcpu_op(int cmd, u32 vcpu, struct vcpu_register_vcpu_info *op)
{
	struct vcpu_info *place;

	if (world.no_room)
		return -EINVAL;
	place = page_address(pfn_to_page(op->mfn)) + op->offset;
	/* As Xen does: look at all. */
	place->evtchn_pending_sel = ~0ul;
	place->evtchn_upcall_pending = 1;
	world.taken[world.nr_taken++] = place;
	return 0;
}

static void come(unsigned int cpu)
{
	world.cpu = cpu;
	world.online(cpu);
}

static int fake_setup(int (*online)(unsigned int cpu))
{
	unsigned int cpu;

	if (world.no_state)
		return -ENOSPC;
	world.online = online;
	for (cpu = 0; cpu < CPUS; cpu++)
		come(cpu);
	return 7;
}

#define xpv_hv_param_set(index, value)		(world.param_err)
#define xpv_hv_frames_map(frames, space, index, nr) fake_map(frames)
#define xpv_hv_frames_unmap(frames)		((void)(world.mapped = false))
#define xpv_hv_frames_leave(frames)		((void)(world.left = true))
#define xpv_hv_simulated()			(world.simulated)
#define xpv_hv_this_vcpu()			(world.ids[world.cpu])
#define xpv_hv_vcpu_op				fake_vcpu_op
#undef cpuhp_setup_state
#define cpuhp_setup_state(state, name, up, down) fake_setup(up)
#define cpuhp_remove_state_nocalls(state)	((void)(world.online = NULL))
#undef free_page
#define free_page(page)				((void)world.freed++, free_pages(page, 0))
static u32 vcpu_id_at[CPUS];
static struct vcpu_info *vcpu_info_at[CPUS];

/* For each CPU of this world. The real ones say what it begins with. */
#undef per_cpu
#define per_cpu(name, cpu)			(name##_at[cpu])
#undef pr_fmt

#include "../native/vcpu.c"

static int init(struct kunit *test)
{
	unsigned int cpu;

	memset(&world, 0, sizeof(world));
	home = 0;
	room = NULL;
	room_left = 0;
	for (cpu = 0; cpu < CPUS; cpu++) {
		per_cpu(vcpu_id, cpu) = *per_cpu_ptr(&vcpu_id, 0);
		per_cpu(vcpu_info, cpu) = *per_cpu_ptr(&vcpu_info, 0);
		world.ids[cpu] = cpu;
	}
	return 0;
}

/* Xen keeps what it took; here, nobody has it any more. */
static void clean_up(struct kunit *test)
{
	if (world.nr_taken)
		free_pages((unsigned long)world.taken[0], 0);
}

static void expect_silence(struct kunit *test)
{
	KUNIT_EXPECT_NULL(test, memchr_inv(world.page.evtchn_mask, 0xff,
					   sizeof(world.page.evtchn_mask)));
	KUNIT_EXPECT_EQ(test, world.page.vcpu_info[1].evtchn_upcall_pending, 0);
	KUNIT_EXPECT_EQ(test, world.page.vcpu_info[1].evtchn_pending_sel, 0ul);
}

/* As firmware, or another kernel, may have left it; or who was here until now. */
static void make_noise(void)
{
	memset(world.page.evtchn_mask, 0, sizeof(world.page.evtchn_mask));
	world.page.vcpu_info[1].evtchn_upcall_pending = 1;
	world.page.vcpu_info[1].evtchn_pending_sel = 3;
}

static void maps_a_silent_page(struct kunit *test)
{
	make_noise();
	KUNIT_ASSERT_EQ(test, xpv_hv_shared_info_init(), 0);
	KUNIT_EXPECT_PTR_EQ(test, xpv_hv_shared_info(), &world.page);
	expect_silence(test);

	make_noise();
	xpv_hv_shared_info_exit();
	expect_silence(test);
	KUNIT_EXPECT_FALSE(test, world.mapped);
	KUNIT_EXPECT_PTR_EQ(test, xpv_hv_shared_info(), NULL);
}

static void leaves_a_silent_page(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, xpv_hv_shared_info_init(), 0);
	make_noise();
	xpv_hv_shared_info_leave();
	expect_silence(test);
	KUNIT_EXPECT_TRUE(test, world.left);
	xpv_hv_shared_info_exit();
}

static void tells_why_there_is_no_page(struct kunit *test)
{
	world.param_err = -EPERM;
	KUNIT_EXPECT_EQ(test, xpv_hv_shared_info_init(), -EPERM);
	KUNIT_EXPECT_FALSE(test, world.mapped);
	world.param_err = 0;
	world.map_err = -ENOMEM;
	KUNIT_EXPECT_EQ(test, xpv_hv_shared_info_init(), -ENOMEM);
	KUNIT_EXPECT_PTR_EQ(test, xpv_hv_shared_info(), NULL);
}

static void gives_each_cpu_its_place(struct kunit *test)
{
	/* CPU 0 is not always vCPU 0. */
	world.ids[0] = 5;
	world.ids[2] = 0;
	KUNIT_ASSERT_EQ(test, xpv_hv_shared_info_init(), 0);
	KUNIT_ASSERT_EQ(test, xpv_hv_vcpu_init(), 0);
	KUNIT_EXPECT_EQ(test, xpv_hv_vcpu_id(0), 5u);
	KUNIT_EXPECT_PTR_EQ(test, xpv_hv_vcpu_info(0), &world.page.vcpu_info[5]);
	KUNIT_EXPECT_PTR_EQ(test, xpv_hv_vcpu_info(2), &world.page.vcpu_info[0]);
	KUNIT_EXPECT_EQ(test, xpv_hv_upcall_home(), 2u);
	KUNIT_EXPECT_EQ(test, world.nr_taken, 0u);
	xpv_hv_vcpu_exit();
	KUNIT_EXPECT_NULL(test, world.online);
	xpv_hv_shared_info_exit();
}

static void makes_room_for_many(struct kunit *test)
{
	world.ids[1] = 32;
	world.ids[3] = 200;
	KUNIT_ASSERT_EQ(test, xpv_hv_shared_info_init(), 0);
	KUNIT_ASSERT_EQ(test, xpv_hv_vcpu_init(), 0);
	KUNIT_ASSERT_EQ(test, world.nr_taken, 2u);
	KUNIT_EXPECT_PTR_NE(test, world.taken[0], world.taken[1]);
	KUNIT_EXPECT_PTR_EQ(test, xpv_hv_vcpu_info(3), world.taken[1]);
	/* Nobody rang. */
	KUNIT_EXPECT_EQ(test, xpv_hv_vcpu_info(1)->evtchn_upcall_pending, 0);
	KUNIT_EXPECT_EQ(test, xpv_hv_vcpu_info(1)->evtchn_pending_sel, 0ul);

	/* It went and is here again: Xen has its place already. */
	come(1);
	KUNIT_EXPECT_EQ(test, world.nr_taken, 2u);
	xpv_hv_vcpu_exit();
	/* Xen goes on writing there. */
	KUNIT_EXPECT_EQ(test, world.freed, 0u);
	xpv_hv_shared_info_exit();
}

static void does_without_room(struct kunit *test)
{
	world.ids[1] = 32;
	world.no_room = true;
	KUNIT_ASSERT_EQ(test, xpv_hv_shared_info_init(), 0);
	KUNIT_ASSERT_EQ(test, xpv_hv_vcpu_init(), 0);
	KUNIT_EXPECT_PTR_EQ(test, xpv_hv_vcpu_info(1), NULL);
	xpv_hv_vcpu_exit();
	KUNIT_EXPECT_EQ(test, world.freed, 1u);
	xpv_hv_shared_info_exit();
}

static void cannot_do_without_vcpu_0(struct kunit *test)
{
	world.ids[0] = 40;
	world.no_room = true;
	KUNIT_ASSERT_EQ(test, xpv_hv_shared_info_init(), 0);
	KUNIT_EXPECT_EQ(test, xpv_hv_vcpu_init(), -ENXIO);
	KUNIT_EXPECT_NULL(test, world.online);
	world.no_state = true;
	KUNIT_EXPECT_EQ(test, xpv_hv_vcpu_init(), -ENOSPC);
	xpv_hv_vcpu_exit();
	xpv_hv_shared_info_exit();
}

static void takes_a_simulators_numbers(struct kunit *test)
{
	world.simulated = true;
	world.ids[1] = 9;
	KUNIT_ASSERT_EQ(test, xpv_hv_shared_info_init(), 0);
	KUNIT_ASSERT_EQ(test, xpv_hv_vcpu_init(), 0);
	KUNIT_EXPECT_EQ(test, xpv_hv_vcpu_id(1), 1u);
	xpv_hv_vcpu_exit();
	xpv_hv_shared_info_exit();
}

static struct kunit_case cases[] = {
	KUNIT_CASE(maps_a_silent_page),
	KUNIT_CASE(leaves_a_silent_page),
	KUNIT_CASE(tells_why_there_is_no_page),
	KUNIT_CASE(gives_each_cpu_its_place),
	KUNIT_CASE(makes_room_for_many),
	KUNIT_CASE(does_without_room),
	KUNIT_CASE(cannot_do_without_vcpu_0),
	KUNIT_CASE(takes_a_simulators_numbers),
	{}
};

static struct kunit_suite suite = {
	.name = "xpv_vcpu",
	.init = init,
	.exit = clean_up,
	.test_cases = cases,
};

kunit_test_suite(suite);

MODULE_DESCRIPTION("KUnit suite of the shared info page and the CPUs' places in it");
MODULE_LICENSE("GPL");

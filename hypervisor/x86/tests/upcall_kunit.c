// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suite xpv_upcall: which way events come in, and that Xen knows it (upcall.c,
 * upcall_vector.c, upcall_intx.c), with the test as Xen, as interrupt controller
 * and as the kernel's core that starts and stops interrupts with their CPU.
 */
#define xpv_hv_upcall_way		tested_upcall_way
#define xpv_hv_upcall_register		tested_upcall_register
#define xpv_hv_upcall_take		tested_upcall_take
#define xpv_hv_simulate_upcall		tested_upcall_simulate
#define xpv_hv_upcall_reaches		tested_upcall_reaches
#define xpv_hv_upcall_init		tested_upcall_init
#define xpv_hv_upcall_leave		tested_upcall_leave
#define xpv_hv_upcall_exit		tested_upcall_exit
#define xpv_hv_upcall_vector_init	tested_vector_init
#define xpv_hv_upcall_vector_exit	tested_vector_exit
#define xpv_hv_upcall_vector_told	tested_vector_told
#define xpv_hv_upcall_intx_init		tested_intx_init
#define xpv_hv_upcall_intx_exit		tested_intx_exit

#include <tests/kunit/suite.h>
#include <asm/hw_irq.h>
#include <asm/irqdomain.h>
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdomain.h>
#include <linux/moduleparam.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <xen/interface/xen.h>
#include <xen/interface/hvm/hvm_op.h>
#include <xen/interface/hvm/params.h>
#include <xpv/hypercall.h>
#include <xpv/simulate.h>
#include <xpv/upcall.h>

#include "../../arch.h"
#include "../../internal.h"

/* Of the interrupts that CPUs have, the first; and the platform device's. */
#define VECTORS	100
#define LINE	9
#define VIA	0x0100000000000018ull
#define CPUS	2

/**
 * struct world - Xen, and the kernel's core
 * @callback: HVM_PARAM_CALLBACK_IRQ
 * @no_callback: Xen refuses to change it; counts down to the one refused
 * @vectors: as Xen was told, of each vCPU
 * @tellings: how often
 * @no_vector: Xen's answer to that
 * @cfg: the vector that the kernel gave to each CPU's interrupt
 * @data: each CPU's interrupt
 * @ids: each CPU's number of Xen's
 * @cpu: that this is
 * @possible: bits of all CPUs
 * @parent: the kernel's own domain of interrupts
 * @ops: of ours on top of it
 * @domains: of these, minus those removed
 * @irqs: allocated and not disposed of
 * @handlers: requested and not freed
 * @no_domain: it cannot be made
 * @no_irq: interrupts cannot be allocated
 * @no_request: they cannot be requested
 * @on_line: handler of the line
 * @no_platform: there is no device
 * @dead: the line is never raised
 * @active: the I/O APIC says that the line's interrupt is
 * @info: where Xen tells of events
 * @places: the same, if it does
 * @calls: of the handler of events
 * @simulated: by a simulator
 * @holds: on that
 */
static struct world {
	u64 callback;
	unsigned int no_callback;
	u8 vectors[CPUS];
	unsigned int tellings;
	int no_vector;
	struct irq_cfg cfg[CPUS];
	struct irq_data data[CPUS];
	u32 ids[CPUS];
	unsigned int cpu;
	unsigned long possible;
	struct irq_domain *parent;
	const struct irq_domain_ops *ops;
	int domains;
	int irqs;
	int handlers;
	bool no_domain;
	bool no_irq;
	bool no_request;
	irq_handler_t on_line;
	bool no_platform;
	bool dead;
	bool active;
	struct vcpu_info info[CPUS];
	struct vcpu_info *places[CPUS];
	unsigned int calls;
	bool simulated;
	int holds;
} world;

static struct irq_domain a_domain;
static struct fwnode_handle a_node;

static int fake_param_set(u32 index, u64 value)
{
	if (world.no_callback && !--world.no_callback)
		return -EINVAL;
	world.callback = value;
	return 0;
}

static int fake_hvm_op(int cmd, const struct xen_hvm_evtchn_upcall_vector *op)
{
	world.tellings++;
	if (!world.no_vector)
		world.vectors[op->vcpu] = op->vector;
	return world.no_vector;
}

static struct irq_domain *fake_create(const struct irq_domain_ops *ops)
{
	world.ops = ops;
	world.domains += !world.no_domain;
	return world.no_domain ? NULL : &a_domain;
}

/* As the core does: what the parent gives, then the interrupt starts. */
static int fake_alloc(struct irq_alloc_info *info)
{
	if (world.no_irq)
		return -ENOSPC;
	world.data[info->hwirq].hwirq = info->hwirq;
	world.cfg[info->hwirq].vector = 0x40 + info->hwirq;
	world.irqs++;
	return VECTORS + info->hwirq;
}

static void start(unsigned int cpu)
{
	world.ops->activate(&a_domain, &world.data[cpu], false);
}

static int fake_request(unsigned int virq, irq_handler_t handler)
{
	if (world.no_request)
		return -EBUSY;
	world.handlers++;
	if (virq == LINE)
		world.on_line = handler;
	else if (cpu_online(virq - VECTORS))
		start(virq - VECTORS);
	return 0;
}

static int fake_platform(unsigned int *irq, u64 *via)
{
	*irq = LINE;
	*via = VIA;
	return world.no_platform ? -ENODEV : 0;
}

/* Xen raises the line for what is pending. */
static unsigned long fake_wait(struct completion *done)
{
	if (!world.dead && world.callback == VIA)
		world.on_line(LINE, NULL);
	return completion_done(done);
}

static void fake_learn(unsigned int cpu)
{
	world.ids[cpu] = cpu;
}

static int fake_state(bool *active)
{
	*active = world.active;
	return 0;
}

#define x86_vector_domain			(world.parent)
#undef irq_domain_alloc_named_fwnode
#define irq_domain_alloc_named_fwnode(name)	(&a_node)
#define irq_domain_free_fwnode(node)		((void)(node))
#define irq_domain_create_hierarchy(parent, flags, size, node, ops, data) \
	fake_create(ops)
#define irq_domain_remove(domain)		((void)world.domains--)
#define __irq_domain_alloc_irqs(domain, base, nr, node, info, realloc, where) \
	fake_alloc(info)
#define irq_dispose_mapping(virq)		((void)world.irqs--)
#define request_irq(virq, handler, flags, name, data) fake_request(virq, handler)
#define free_irq(virq, data)			((void)world.handlers--)
#define irqd_cfg(data)				(&world.cfg[(data)->hwirq])
#define irqd_is_managed_and_shutdown(data)	false
#define irqd_is_activated(data)			true
#define irq_chip_set_affinity_parent(data, mask, force) 0
#define irq_get_irqchip_state(irq, which, active) fake_state(active)
#define xpv_hv_param_set			fake_param_set
#define xpv_hv_hvm_op				fake_hvm_op
#define xpv_hv_platform_intx			fake_platform
#define xpv_hv_simulated()			(world.simulated)
#define xpv_hv_hypercall_hold(hold)		((void)(world.holds += (hold) ? 1 : -1))
#define xpv_hv_vcpu_id(cpu)			(world.ids[cpu])
#define xpv_hv_vcpu_learn			fake_learn
#define xpv_hv_vcpu_info(cpu)			(world.places[cpu])
#define xpv_hv_upcall_home()			(0u)
#define wait_for_completion_timeout(done, timeout) fake_wait(done)
#undef smp_processor_id
#define smp_processor_id()			(world.cpu)
#undef for_each_possible_cpu
#define for_each_possible_cpu(cpu)		\
	for_each_set_bit(cpu, &world.possible, CPUS)
#undef cpu_online
#define cpu_online(cpu)				((cpu) == 0)
static unsigned int irq_at[CPUS];
static int untold_at[CPUS];
static u8 told_at[CPUS];

/* For each CPU of this world. The real ones say what it begins with. */
#undef per_cpu
#define per_cpu(name, cpu)			(name##_at[cpu])
#undef module_param_cb
#define module_param_cb(name, ops, arg, mode)	static_assert((ops) != NULL)
#undef MODULE_PARM_DESC
#define MODULE_PARM_DESC(...)			static_assert(1)
#undef pr_fmt

#include "../../native/upcall.c"
#undef pr_fmt
/* Both ways have a handler and an interrupt by the same name. */
#define upcall	vector_upcall
#include "../upcall_vector.c"
#undef upcall
#undef pr_fmt
#define irq	line
#include "../upcall_intx.c"
#undef irq

static int init(struct kunit *test)
{
	unsigned int cpu;

	memset(&world, 0, sizeof(world));
	world.active = true;
	world.possible = GENMASK(CPUS - 1, 0);
	world.parent = &a_domain;
	for (cpu = 0; cpu < CPUS; cpu++) {
		per_cpu(untold, cpu) = *per_cpu_ptr(&untold, 0);
		per_cpu(told, cpu) = *per_cpu_ptr(&told, 0);
		per_cpu(irq, cpu) = *per_cpu_ptr(&irq, 0);
		world.places[cpu] = &world.info[cpu];
		world.ids[cpu] = XPV_VCPU_NONE;
	}
	world.ids[0] = 0;
	asked = WAY_AUTO;
	return 0;
}

static void expect_nothing_left(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, world.domains, 0);
	KUNIT_EXPECT_EQ(test, world.irqs, 0);
	KUNIT_EXPECT_EQ(test, world.handlers, 0);
	KUNIT_EXPECT_EQ(test, world.callback, 0ull);
	KUNIT_EXPECT_STREQ(test, xpv_hv_upcall_way(), "auto");
}

static void takes_what_is_asked_for(struct kunit *test)
{
	static const char *const good[] = { "auto", "vector", "intx" };
	static const char *const bad[] = { "simulated", "", "vectors", "Auto" };
	char *shown = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, shown);
	for (i = 0; i < ARRAY_SIZE(good); i++) {
		KUNIT_EXPECT_EQ(test, set_upcall(good[i], NULL), 0);
		KUNIT_EXPECT_EQ(test, (int)asked, (int)i);
	}
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		KUNIT_EXPECT_EQ(test, set_upcall(bad[i], NULL), -EINVAL);
	KUNIT_EXPECT_GT(test, show_upcall(shown, NULL), 0);
	KUNIT_EXPECT_STREQ(test, shown, "intx\n");
}

static void prefers_vectors(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, xpv_hv_upcall_init(), 0);
	KUNIT_EXPECT_STREQ(test, xpv_hv_upcall_way(), "vector");
	/* What says to the toolstack that this guest knows Xen. */
	KUNIT_EXPECT_EQ(test, world.callback, 1ull);
	KUNIT_EXPECT_EQ(test, world.vectors[0], 0x40);
	KUNIT_EXPECT_EQ(test, world.irqs, CPUS);
	KUNIT_EXPECT_TRUE(test, xpv_hv_upcall_reaches(0));
	xpv_hv_upcall_exit();
	expect_nothing_left(test);
}

/* One that is not online when this is loaded, comes, goes and comes again. */
static void follows_a_cpu(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, xpv_hv_upcall_init(), 0);
	KUNIT_EXPECT_FALSE(test, xpv_hv_upcall_reaches(1));
	world.cpu = 1;
	start(1);
	KUNIT_EXPECT_TRUE(test, xpv_hv_upcall_reaches(1));
	KUNIT_EXPECT_EQ(test, world.vectors[1], 0x41);

	world.ops->deactivate(&a_domain, &world.data[1]);
	KUNIT_EXPECT_FALSE(test, xpv_hv_upcall_reaches(1));
	world.cfg[1].vector = 0x77;
	start(1);
	KUNIT_EXPECT_TRUE(test, xpv_hv_upcall_reaches(1));
	KUNIT_EXPECT_EQ(test, world.vectors[1], 0x77);
	xpv_hv_upcall_exit();
	expect_nothing_left(test);
}

static void knows_no_cpu_from_elsewhere(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, xpv_hv_upcall_init(), 0);
	/* Only the CPU itself can learn its number. */
	start(1);
	KUNIT_EXPECT_FALSE(test, xpv_hv_upcall_reaches(1));
	KUNIT_EXPECT_EQ(test, world.vectors[1], 0);
	xpv_hv_upcall_exit();
}

static void tells_of_a_vector_that_moved(struct kunit *test)
{
	unsigned int before;

	KUNIT_ASSERT_EQ(test, xpv_hv_upcall_init(), 0);
	before = world.tellings;
	KUNIT_EXPECT_EQ(test, set_affinity(&world.data[0], cpumask_of(0), false), 0);
	KUNIT_EXPECT_EQ(test, world.tellings, before);
	world.cfg[0].vector = 0x55;
	KUNIT_EXPECT_EQ(test, set_affinity(&world.data[0], cpumask_of(0), false), 0);
	KUNIT_EXPECT_EQ(test, world.vectors[0], 0x55);
	xpv_hv_upcall_exit();
}

/* The kernel uses no local APIC. */
static void break_parent(void)
{
	world.parent = NULL;
}

static void break_domain(void)
{
	world.no_domain = true;
}

static void break_irq(void)
{
	world.no_irq = true;
}

static void break_vector(void)
{
	world.no_vector = -EOPNOTSUPP;
}

static void break_callback(void)
{
	world.no_callback = 1;
}

/**
 * struct broken - what keeps vectors from being used
 * @name: for the log
 * @by: what breaks it
 * @err: what comes of it if there is no other way
 */
struct broken {
	const char *name;
	void (*by)(void);
	int err;
};

static const struct broken broken[] = {
	{ "no vectors at all", break_parent, -ENODEV },
	{ "no domain", break_domain, -ENOMEM },
	{ "no interrupt", break_irq, -ENOSPC },
	{ "Xen takes no vector", break_vector, -EOPNOTSUPP },
	{ "Xen takes no parameter", break_callback, -EINVAL },
};

static void describe(const struct broken *way, char *desc)
{
	strscpy(desc, way->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(broken, broken, describe);

static void takes_the_line_then(struct kunit *test)
{
	const struct broken *way = test->param_value;

	way->by();
	KUNIT_ASSERT_EQ(test, xpv_hv_upcall_init(), 0);
	KUNIT_EXPECT_STREQ(test, xpv_hv_upcall_way(), "intx");
	KUNIT_EXPECT_EQ(test, world.callback, VIA);
	KUNIT_EXPECT_EQ(test, world.handlers, 1);
	KUNIT_EXPECT_EQ(test, world.domains, 0);
	KUNIT_EXPECT_TRUE(test, xpv_hv_upcall_reaches(0));
	KUNIT_EXPECT_FALSE(test, xpv_hv_upcall_reaches(1));
	xpv_hv_upcall_exit();
	expect_nothing_left(test);
}

static void fails_if_vectors_are_a_must(struct kunit *test)
{
	const struct broken *way = test->param_value;

	way->by();
	asked = WAY_VECTOR;
	KUNIT_EXPECT_EQ(test, xpv_hv_upcall_init(), way->err);
	expect_nothing_left(test);
}

static void leaves_vectors_if_told_to(struct kunit *test)
{
	asked = WAY_INTX;
	KUNIT_ASSERT_EQ(test, xpv_hv_upcall_init(), 0);
	KUNIT_EXPECT_STREQ(test, xpv_hv_upcall_way(), "intx");
	KUNIT_EXPECT_EQ(test, world.tellings, 0u);
	KUNIT_EXPECT_EQ(test, world.info[0].evtchn_upcall_pending, 0);
	xpv_hv_upcall_exit();
	expect_nothing_left(test);
}

static void break_platform(void)
{
	world.no_platform = true;
}

static void break_request(void)
{
	world.no_request = true;
}

static void break_line(void)
{
	world.dead = true;
}

/* By a vector of an earlier life that the line happens to have now. */
static void break_path(void)
{
	world.active = false;
}

static const struct broken cut[] = {
	{ "no platform device", break_platform, -ENODEV },
	{ "not to be requested", break_request, -EBUSY },
	{ "Xen takes no parameter", break_callback, -EINVAL },
	{ "never raised", break_line, -EIO },
	{ "came another way", break_path, -EIO },
};

KUNIT_ARRAY_PARAM(cut, cut, describe);

static void fails_without_a_line(struct kunit *test)
{
	const struct broken *way = test->param_value;

	way->by();
	asked = WAY_INTX;
	KUNIT_EXPECT_EQ(test, xpv_hv_upcall_init(), way->err);
	expect_nothing_left(test);
}

static void leaves_the_line_to_others(struct kunit *test)
{
	asked = WAY_INTX;
	KUNIT_ASSERT_EQ(test, xpv_hv_upcall_init(), 0);
	KUNIT_EXPECT_EQ(test, (int)world.on_line(LINE, NULL), (int)IRQ_NONE);
	world.info[0].evtchn_upcall_pending = 1;
	KUNIT_EXPECT_EQ(test, (int)world.on_line(LINE, NULL), (int)IRQ_HANDLED);
	KUNIT_EXPECT_EQ(test, world.info[0].evtchn_upcall_pending, 0);
	xpv_hv_upcall_exit();
}

static void count_call(unsigned int cpu)
{
	world.calls++;
}

static void calls_who_registered(struct kunit *test)
{
	world.info[0].evtchn_upcall_pending = 1;
	xpv_hv_upcall_register(count_call);
	KUNIT_EXPECT_EQ(test, world.holds, 1);
	vector_upcall(0, NULL);
	xpv_hv_simulate_upcall();
	KUNIT_EXPECT_EQ(test, world.calls, 2u);
	/* That is the handler's to clear. */
	KUNIT_EXPECT_EQ(test, world.info[0].evtchn_upcall_pending, 1);

	xpv_hv_upcall_register(NULL);
	KUNIT_EXPECT_EQ(test, world.holds, 0);
	xpv_hv_upcall_take(0);
	KUNIT_EXPECT_EQ(test, world.calls, 2u);
	KUNIT_EXPECT_EQ(test, world.info[0].evtchn_upcall_pending, 0);
}

static void leaves_it_to_a_simulator(struct kunit *test)
{
	world.simulated = true;
	KUNIT_ASSERT_EQ(test, xpv_hv_upcall_init(), 0);
	KUNIT_EXPECT_STREQ(test, xpv_hv_upcall_way(), "simulated");
	KUNIT_EXPECT_TRUE(test, xpv_hv_upcall_reaches(1));
	world.places[1] = NULL;
	KUNIT_EXPECT_FALSE(test, xpv_hv_upcall_reaches(1));
	xpv_hv_upcall_exit();
	expect_nothing_left(test);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(takes_what_is_asked_for),
	KUNIT_CASE(prefers_vectors),
	KUNIT_CASE(follows_a_cpu),
	KUNIT_CASE(knows_no_cpu_from_elsewhere),
	KUNIT_CASE(tells_of_a_vector_that_moved),
	KUNIT_CASE_PARAM(takes_the_line_then, broken_gen_params),
	KUNIT_CASE_PARAM(fails_if_vectors_are_a_must, broken_gen_params),
	KUNIT_CASE(leaves_vectors_if_told_to),
	KUNIT_CASE_PARAM(fails_without_a_line, cut_gen_params),
	KUNIT_CASE(leaves_the_line_to_others),
	KUNIT_CASE(calls_who_registered),
	KUNIT_CASE(leaves_it_to_a_simulator),
	{}
};

static struct kunit_suite suite = {
	.name = "xpv_upcall",
	.init = init,
	.test_cases = cases,
};

kunit_test_suite(suite);

MODULE_DESCRIPTION("KUnit suite of how Xen interrupts a domain");
MODULE_LICENSE("GPL");

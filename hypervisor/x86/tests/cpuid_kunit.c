// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suite xpv_cpuid: whether there is a Xen, and which number it gave this CPU
 * (cpuid.c), with the test as the processor.
 */
#define xpv_hv_detect		tested_detect
#define xpv_hv_this_vcpu	tested_this_vcpu

#include <tests/kunit/suite.h>
#include <asm/cpufeature.h>
#include <asm/xen/cpuid.h>
#include <compat/asm/cpuid.h>
#include <linux/string.h>

#include "../../arch.h"
#include "../../internal.h"

/**
 * struct world - a processor
 * @hypervisor: it says that there is one
 * @base: where Xen's leaves begin; 0 for no Xen
 * @other: where somebody else's begin
 * @signature: EBX, ECX and EDX of Xen's first leaf
 * @last: Xen's last leaf, counted from @base
 * @version: EAX of the leaf after the first
 * @hvm_flags: EAX of the leaf about HVM guests
 * @hvm_vcpu: EBX of it
 * @apic: the APIC's number
 * @asked: leaves of hypervisors that were asked for
 */
static struct world {
	bool hypervisor;
	u32 base;
	u32 other;
	u32 signature[3];
	u32 last;
	u32 version;
	u32 hvm_flags;
	u32 hvm_vcpu;
	u8 apic;
	unsigned int asked;
} world;

static void answer_first(u32 regs[4])
{
	regs[0] = world.base + world.last;
	memcpy(regs + 1, world.signature, sizeof(world.signature));
}

static void answer_xen(u32 leaf, u32 regs[4])
{
	switch (leaf) {
	case 0:
		answer_first(regs);
		break;
	case 1:
		regs[0] = world.version;
		break;
	case 4:
		regs[0] = world.hvm_flags;
		regs[1] = world.hvm_vcpu;
		break;
	}
}

static void answer(u32 leaf, u32 regs[4])
{
	memset(regs, 0, 4 * sizeof(*regs));
	world.asked += leaf >= XEN_CPUID_FIRST_LEAF;
	if (leaf == 1)
		regs[1] = (u32)world.apic << 24 | 0xabcdef;
	else if (world.base && leaf >= world.base && leaf < world.base + 0x100)
		answer_xen(leaf - world.base, regs);
	else if (world.other && leaf == world.other)
		memcpy(regs + 1, "Microsoft Hv", 12);
}

static void fake_cpuid(u32 leaf, u32 *eax, u32 *ebx, u32 *ecx, u32 *edx)
{
	u32 regs[4];

	answer(leaf, regs);
	*eax = regs[0];
	*ebx = regs[1];
	*ecx = regs[2];
	*edx = regs[3];
}

static u32 fake_eax(u32 leaf)
{
	u32 regs[4];

	answer(leaf, regs);
	return regs[0];
}

static u32 fake_ebx(u32 leaf)
{
	u32 regs[4];

	answer(leaf, regs);
	return regs[1];
}

#undef cpuid
#undef boot_cpu_has
#define cpuid			fake_cpuid
#define cpuid_eax		fake_eax
#define cpuid_ebx		fake_ebx
#define boot_cpu_has(feature)	(world.hypervisor)

#include "../cpuid.c"

static int init(struct kunit *test)
{
	world = (struct world){
		.hypervisor = true,
		.base = XEN_CPUID_FIRST_LEAF,
		.signature = { XEN_CPUID_SIGNATURE_EBX, XEN_CPUID_SIGNATURE_ECX,
			       XEN_CPUID_SIGNATURE_EDX },
		.last = 5,
		.version = 4 << 16 | 17,
		.hvm_flags = XEN_HVM_CPUID_VCPU_ID_PRESENT,
		.hvm_vcpu = 9,
		.apic = 6,
	};
	leaves = 0;
	return 0;
}

/* Where Xen's leaves are, and whether they are found; wrong is a word of three. */
struct place {
	const char *name;
	u32 base;
	u32 other;
	unsigned int wrong;
	bool found;
};

static const struct place places[] = {
	{ "first", 0x40000000, .found = true },
	{ "behind another's", 0x40000100, 0x40000000, .found = true },
	{ "some steps on", 0x40000400, 0x40000100, .found = true },
	{ "last place", 0x4000ff00, .found = true },
	{ "beyond the last place", 0x40010000 },
	{ "between two places", 0x40000080 },
	{ "another hypervisor", 0, 0x40000000 },
	{ "nowhere" },
	{ "first word differs", 0x40000000, .wrong = 1 },
	{ "second word differs", 0x40000000, .wrong = 2 },
	{ "third word differs", 0x40000000, .wrong = 3 },
};

static void describe_place(const struct place *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(place, places, describe_place);

static void xen_is_found_by_its_signature(struct kunit *test)
{
	const struct place *c = test->param_value;
	struct xpv_hv_facts facts = {};

	world.base = c->base;
	world.other = c->other;
	if (c->wrong)
		world.signature[c->wrong - 1]++;
	KUNIT_EXPECT_EQ(test, xpv_hv_detect(&facts), c->found);
	KUNIT_EXPECT_EQ(test, leaves, c->found ? c->base : 0u);
	KUNIT_EXPECT_EQ(test, (int)facts.guest,
			c->found ? XPV_GUEST_HVM : XPV_GUEST_NONE);
	KUNIT_EXPECT_EQ(test, facts.major, c->found ? 4u : 0u);
	KUNIT_EXPECT_EQ(test, facts.minor, c->found ? 17u : 0u);
	KUNIT_EXPECT_EQ(test, (int)facts.owner, XPV_OWNER_NONE);
}

/* On a bare machine the leaves of hypervisors are copies of others. */
static void no_leaf_is_asked_for_on_a_bare_machine(struct kunit *test)
{
	struct xpv_hv_facts facts = {};

	world.hypervisor = false;
	KUNIT_EXPECT_FALSE(test, xpv_hv_detect(&facts));
	KUNIT_EXPECT_EQ(test, world.asked, 0u);
}

/* The number is the one that Xen tells, if it does. */
struct number {
	const char *name;
	u32 base;
	u32 last;
	u32 flags;
	u32 vcpu;
};

static const struct number numbers[] = {
	{ "told", 0x40000000, 4, XEN_HVM_CPUID_VCPU_ID_PRESENT, 9 },
	{ "told, among more", 0x40000200, 5, ~0u, 9 },
	{ "not told", 0x40000000, 4, ~XEN_HVM_CPUID_VCPU_ID_PRESENT, 3 },
	{ "no such leaf", 0x40000200, 3, XEN_HVM_CPUID_VCPU_ID_PRESENT, 3 },
};

static void describe_number(const struct number *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(number, numbers, describe_number);

static void a_cpu_has_the_number_that_xen_gave_it(struct kunit *test)
{
	const struct number *c = test->param_value;
	struct xpv_hv_facts facts = {};

	world.base = c->base;
	world.last = c->last;
	world.hvm_flags = c->flags;
	KUNIT_ASSERT_TRUE(test, xpv_hv_detect(&facts));
	KUNIT_EXPECT_EQ(test, xpv_hv_this_vcpu(), c->vcpu);
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(xen_is_found_by_its_signature, place_gen_params),
	KUNIT_CASE(no_leaf_is_asked_for_on_a_bare_machine),
	KUNIT_CASE_PARAM(a_cpu_has_the_number_that_xen_gave_it, number_gen_params),
	{}
};

static struct kunit_suite suite = {
	.name = "xpv_cpuid",
	.init = init,
	.test_cases = cases,
};

kunit_test_suite(suite);

MODULE_DESCRIPTION("KUnit suite of how xpv finds Xen");
MODULE_LICENSE("GPL");

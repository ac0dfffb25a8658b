// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suite xpv_platform: the Xen platform device, whether it is ours, and what its
 * line is called (platform_pci.c). The test is PCI, with two such devices.
 */
#define xpv_hv_platform_init	tested_platform_init
#define xpv_hv_platform_exit	tested_platform_exit
#define xpv_hv_platform_present	tested_platform_present
#define xpv_hv_platform_intx	tested_platform_intx

#include <tests/kunit/suite.h>
#include <linux/pci.h>
#include <linux/string.h>

#include "../../arch.h"
#include "../../internal.h"

#define DEVICES	2

/**
 * struct world - PCI
 * @devices: there are
 * @nr: how many of them
 * @bus: which they are on
 * @domain: which that is in
 * @driver_err: of the driver
 * @enable_err: of each device
 * @regions_err: likewise
 * @bound: which are the driver's
 * @enabled: devices
 * @regions: devices whose regions are taken
 * @refs: held
 */
static struct world {
	struct pci_dev devices[DEVICES];
	unsigned int nr;
	struct pci_bus bus;
	int domain;
	int driver_err;
	int enable_err;
	int regions_err;
	bool bound[DEVICES];
	int enabled;
	int regions;
	int refs;
} world;

static int fake_enable(void)
{
	world.enabled += !world.enable_err;
	return world.enable_err;
}

static int fake_request(void)
{
	world.regions += !world.regions_err;
	return world.regions_err;
}

static struct pci_dev *fake_get(struct pci_dev *dev)
{
	world.refs++;
	return dev;
}

static void fake_put(struct pci_dev *dev)
{
	world.refs -= !!dev;
}

static int fake_register(struct pci_driver *driver)
{
	unsigned int i;

	if (world.driver_err)
		return world.driver_err;
	for (i = 0; i < world.nr; i++)
		world.bound[i] = !driver->probe(&world.devices[i], driver->id_table);
	return 0;
}

static void fake_unregister(struct pci_driver *driver)
{
	unsigned int i;

	for (i = 0; i < world.nr; i++)
		if (world.bound[i])
			driver->remove(&world.devices[i]);
}

#define pci_enable_device(dev)		fake_enable()
#define pci_disable_device(dev)		((void)world.enabled--)
#define pci_request_regions(dev, name)	fake_request()
#define pci_release_regions(dev)	((void)world.regions--)
#define pci_dev_get			fake_get
#define pci_dev_put			fake_put
#define pci_domain_nr(bus)		(world.domain)
#undef pci_register_driver
#define pci_register_driver		fake_register
#define pci_unregister_driver		fake_unregister
#undef pci_err
#define pci_err(dev, ...)		((void)(dev))

#undef pr_fmt
#include "../platform_pci.c"

static int init(struct kunit *test)
{
	unsigned int i;

	memset(&world, 0, sizeof(world));
	for (i = 0; i < DEVICES; i++) {
		world.devices[i].bus = &world.bus;
		world.devices[i].devfn = PCI_DEVFN(3 + i, 0);
		world.devices[i].irq = 11 + i;
		world.devices[i].pin = 1;
	}
	return 0;
}

/* Whatever happened, nothing is held when it is over. */
static void exit_(struct kunit *test)
{
	xpv_hv_platform_exit();
	KUNIT_EXPECT_FALSE(test, xpv_hv_platform_present());
	KUNIT_EXPECT_EQ(test, world.refs, 0);
	KUNIT_EXPECT_EQ(test, world.regions, 0);
	KUNIT_EXPECT_EQ(test, world.enabled, 0);
}

static void the_first_is_taken(struct kunit *test)
{
	unsigned int irq;
	u64 via;

	world.nr = 2;
	KUNIT_EXPECT_EQ(test, xpv_hv_platform_init(), 0);
	KUNIT_EXPECT_TRUE(test, xpv_hv_platform_present());
	KUNIT_EXPECT_TRUE(test, world.bound[0]);
	KUNIT_EXPECT_FALSE(test, world.bound[1]);
	KUNIT_EXPECT_EQ(test, world.refs, 1);
	KUNIT_EXPECT_EQ(test, xpv_hv_platform_intx(&irq, &via), 0);
	KUNIT_EXPECT_EQ(test, irq, 11);
}

static void expect_none(struct kunit *test)
{
	unsigned int irq = 99;
	u64 via = 99;

	KUNIT_EXPECT_FALSE(test, xpv_hv_platform_present());
	KUNIT_EXPECT_EQ(test, xpv_hv_platform_intx(&irq, &via), -ENODEV);
	KUNIT_EXPECT_EQ(test, irq, 99);
	KUNIT_EXPECT_EQ(test, via, 99);
}

static void none_is_no_error(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, xpv_hv_platform_init(), 0);
	expect_none(test);
}

static void one_that_is_taken_is_not_ours(struct kunit *test)
{
	world.nr = 1;
	world.regions_err = -EBUSY;
	KUNIT_EXPECT_EQ(test, xpv_hv_platform_init(), 0);
	KUNIT_EXPECT_FALSE(test, world.bound[0]);
	expect_none(test);
}

static void one_that_does_not_work_is_not_ours(struct kunit *test)
{
	world.nr = 1;
	world.enable_err = -EIO;
	KUNIT_EXPECT_EQ(test, xpv_hv_platform_init(), 0);
	KUNIT_EXPECT_FALSE(test, world.bound[0]);
	expect_none(test);
}

static void no_driver_is_an_error(struct kunit *test)
{
	world.driver_err = -ENOMEM;
	KUNIT_EXPECT_EQ(test, xpv_hv_platform_init(), -ENOMEM);
	expect_none(test);
}

/**
 * struct line - where the device is, and how Xen names its line
 * @name: of the case
 * @domain: of PCI
 * @bus: in it
 * @devfn: on that
 * @pin: 1 for INTA, as in PCI's register
 * @irq: the kernel's
 * @via: 0 if there is no line
 */
struct line {
	const char *name;
	int domain;
	u8 bus;
	u8 devfn;
	u8 pin;
	unsigned int irq;
	u64 via;
};

static const struct line lines[] = {
	{ "as Xen has it", 0, 0, PCI_DEVFN(3, 0), 1, 11, 0x0100000000001800 },
	{ "INTD", 0, 0, PCI_DEVFN(3, 0), 4, 11, 0x0100000000001803 },
	{ "on another bus", 0, 0x12, PCI_DEVFN(31, 7), 2, 11, 0x010000000012ff01 },
	{ "in another domain", 0x3456, 0xff, 0, 1, 11, 0x0100345600ff0000 },
	{ "no interrupt", 0, 0, PCI_DEVFN(3, 0), 1, 0, 0 },
	{ "no pin", 0, 0, PCI_DEVFN(3, 0), 0, 11, 0 },
};

static void describe_line(const struct line *line, char *desc)
{
	strscpy(desc, line->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(line, lines, describe_line);

static void a_line_is_named_as_xen_wants(struct kunit *test)
{
	const struct line *line = test->param_value;
	unsigned int irq = 0;
	u64 via = 0;

	world.nr = 1;
	world.domain = line->domain;
	world.bus.number = line->bus;
	world.devices[0].devfn = line->devfn;
	world.devices[0].pin = line->pin;
	world.devices[0].irq = line->irq;
	KUNIT_ASSERT_EQ(test, xpv_hv_platform_init(), 0);
	KUNIT_EXPECT_EQ(test, xpv_hv_platform_intx(&irq, &via), line->via ? 0 : -ENODEV);
	KUNIT_EXPECT_EQ(test, via, line->via);
	KUNIT_EXPECT_EQ(test, irq, line->via ? line->irq : 0);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(the_first_is_taken),
	KUNIT_CASE(none_is_no_error),
	KUNIT_CASE(one_that_is_taken_is_not_ours),
	KUNIT_CASE(one_that_does_not_work_is_not_ours),
	KUNIT_CASE(no_driver_is_an_error),
	KUNIT_CASE_PARAM(a_line_is_named_as_xen_wants, line_gen_params),
	{}
};

static struct kunit_suite suite = {
	.name = "xpv_platform",
	.init = init,
	.exit = exit_,
	.test_cases = cases,
};

kunit_test_suite(suite);

MODULE_DESCRIPTION("KUnit suite of the Xen platform device");
MODULE_LICENSE("GPL");

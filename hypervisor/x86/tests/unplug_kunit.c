// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suite xpv_unplug: emulated devices are taken out of the guest only if they are
 * asked for and nobody uses them (unplug.c), with the test as device model and as
 * the PCI bus.
 */
#define xpv_hv_unplug_negotiate	tested_unplug_negotiate
#define xpv_hv_unplug		tested_unplug

#include <tests/kunit/suite.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <xpv/hypercall.h>

#include "../../arch.h"
#include "../../internal.h"

#define DEVICES	3

/**
 * struct world - device model and bus
 * @absent: there is no platform device
 * @magic: what the model says at first
 * @protocol: its version
 * @blacklisted: it refuses who says its name
 * @product: of the driver that greeted
 * @build: likewise
 * @unplugged: bits written
 * @writes: of these
 * @devices: on the bus
 * @nr: how many
 * @gone: those that answer no more
 * @removed: times one was taken off the bus
 * @puts: references given back
 */
static struct world {
	bool absent;
	u16 magic;
	u8 protocol;
	bool blacklisted;
	u16 product;
	u32 build;
	u16 unplugged;
	unsigned int writes;
	struct pci_dev devices[DEVICES];
	unsigned int nr;
	bool gone[DEVICES];
	unsigned int removed;
	unsigned int puts;
} world;

static u16 fake_inw(unsigned int port)
{
	if (port != 0x10)
		return 0xffff;
	return world.blacklisted && world.build ? 0xd249 : world.magic;
}

static void fake_outw(u16 value, unsigned int port)
{
	if (port == 0x12) {
		world.product = value;
		return;
	}
	world.unplugged = value;
	world.writes++;
}

static struct pci_dev *fake_next(struct pci_dev *from)
{
	struct pci_dev *dev = from ? from + 1 : world.devices;

	return dev < world.devices + world.nr ? dev : NULL;
}

static bool fake_is_present(struct pci_dev *dev)
{
	return !world.gone[dev - world.devices];
}

static void fake_remove(struct pci_dev *dev)
{
	world.gone[dev - world.devices] = false;
	world.removed++;
}

#define xpv_hv_platform_present()	(!world.absent)
#undef inw
#define inw				fake_inw
#undef inb
#define inb(port)			(world.protocol)
#undef outw
#define outw				fake_outw
#undef outl
#define outl(value, port)		((void)(world.build = (value)))
#undef for_each_pci_dev
#define for_each_pci_dev(dev)		while ((dev = fake_next(dev)) != NULL)
#define pci_dev_put(dev)		((void)world.puts++)
#define pci_device_is_present		fake_is_present
#define pci_stop_and_remove_bus_device_locked fake_remove
#undef pci_info
#define pci_info(dev, ...)		((void)(dev))
#undef pci_name
#define pci_name(dev)			"device"
#undef module_param_cb
#define module_param_cb(...)		static_assert(1)
#undef MODULE_PARM_DESC
#define MODULE_PARM_DESC(...)		static_assert(1)
#undef pr_fmt

#include "../unplug.c"

static int init(struct kunit *test)
{
	memset(&world, 0, sizeof(world));
	world.magic = MAGIC;
	world.protocol = 1;
	asked = 0;
	return 0;
}

/* A driver, for a device that has one. */
static struct pci_driver user = { .name = "user" };

/* QEMU's, unless the test says otherwise. */
static struct pci_dev *add(unsigned int class, bool used)
{
	struct pci_dev *dev = &world.devices[world.nr++];

	dev->class = class << 8;
	dev->subsystem_vendor = PCI_SUBVENDOR_ID_REDHAT_QUMRANET;
	dev->driver = used ? &user : NULL;
	return dev;
}

struct ask_case {
	const char *text;
	int err;
	u16 mask;
	const char *shown;
};

static const struct ask_case ask_cases[] = {
	{ "never", 0, 0, "never\n" },
	{ "ide-disks", 0, 1, "ide-disks\n" },
	{ "nics", 0, 2, "nics\n" },
	{ "aux-ide-disks", 0, 4, "aux-ide-disks\n" },
	{ "nvme", 0, 8, "nvme\n" },
	{ "all", 0, 11, "ide-disks,nvme,nics\n" },
	{ "nics,ide-disks", 0, 3, "ide-disks,nics\n" },
	{ "never,nics", 0, 2, "nics\n" },
	{ "", -EINVAL, 0, "never\n" },
	{ "nic", -EINVAL, 0, "never\n" },
	{ "nicsx", -EINVAL, 0, "never\n" },
	{ "nics,", -EINVAL, 0, "never\n" },
	{ ",nics", -EINVAL, 0, "never\n" },
	{ "nics,disks", -EINVAL, 0, "never\n" },
	{ "nics ", -EINVAL, 0, "never\n" },
};

static void describe_ask(const struct ask_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "'%s'", c->text);
}

KUNIT_ARRAY_PARAM(ask, ask_cases, describe_ask);

static void parameter_takes_words_alone(struct kunit *test)
{
	const struct ask_case *c = test->param_value;
	/* sysfs_emit() wants a page. */
	char *text = (char *)get_zeroed_page(GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, text);
	KUNIT_EXPECT_EQ(test, set_unplug(c->text, NULL), c->err);
	KUNIT_EXPECT_EQ(test, asked, c->mask);
	KUNIT_EXPECT_EQ(test, show_unplug(text, NULL), (int)strlen(c->shown));
	KUNIT_EXPECT_STREQ(test, text, c->shown);
	free_page((unsigned long)text);
}

static void greet_says_who_we_are(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, xpv_hv_unplug_negotiate(), 0);
	KUNIT_EXPECT_EQ(test, world.product, 0xffff);
	KUNIT_EXPECT_EQ(test, world.build, 1u);
	KUNIT_EXPECT_EQ(test, world.writes, 0u);
}

static void greet_is_refused(struct kunit *test)
{
	world.blacklisted = true;
	KUNIT_EXPECT_EQ(test, xpv_hv_unplug_negotiate(), -EPERM);
}

static void greet_without_a_device(struct kunit *test)
{
	world.absent = true;
	KUNIT_EXPECT_EQ(test, xpv_hv_unplug_negotiate(), 0);
	KUNIT_EXPECT_EQ(test, world.build, 0u);
	asked = UNPLUG_ALL;
	xpv_hv_unplug();
	KUNIT_EXPECT_EQ(test, world.writes, 0u);
}

static void greet_of_an_old_model(struct kunit *test)
{
	world.protocol = 0;
	KUNIT_EXPECT_EQ(test, xpv_hv_unplug_negotiate(), 0);
	KUNIT_EXPECT_EQ(test, world.build, 0u);
}

static void greet_of_something_else(struct kunit *test)
{
	world.magic = 0xffff;
	asked = UNPLUG_ALL;
	KUNIT_EXPECT_EQ(test, xpv_hv_unplug_negotiate(), 0);
	/* It is asked for nothing then. */
	xpv_hv_unplug();
	KUNIT_EXPECT_EQ(test, world.writes, 0u);
}

static void unplug_nothing_unasked(struct kunit *test)
{
	add(PCI_CLASS_STORAGE_IDE, false);
	xpv_hv_unplug();
	KUNIT_EXPECT_EQ(test, world.writes, 0u);
}

static void unplug_forgets_what_went(struct kunit *test)
{
	asked = UNPLUG_NICS;
	add(PCI_CLASS_NETWORK_ETHERNET, false);
	add(PCI_CLASS_NETWORK_ETHERNET, false);
	/* One was passed through: it stays, whatever it answers. */
	add(PCI_CLASS_NETWORK_ETHERNET, false)->subsystem_vendor = 0x8086;
	world.gone[0] = true;
	world.gone[1] = true;
	world.gone[2] = true;
	xpv_hv_unplug();
	KUNIT_EXPECT_EQ(test, world.unplugged, 2);
	KUNIT_EXPECT_EQ(test, world.removed, 2u);
	KUNIT_EXPECT_EQ(test, world.puts, 2u);
	KUNIT_EXPECT_TRUE(test, world.gone[2]);
}

/* What one device on the bus makes of unplugging all. */
struct bus_case {
	const char *name;
	unsigned int class;
	bool used;
	u16 vendor;
	u16 device;
	u16 subsystem;
	u16 mask;
};

#define QEMU	PCI_SUBVENDOR_ID_REDHAT_QUMRANET
#define XEN	PCI_VENDOR_ID_XEN

static const struct bus_case bus_cases[] = {
	{ "idle disks", PCI_CLASS_STORAGE_IDE, false, 0x8086, 0x7010, QEMU, 11 },
	{ "disks in use", PCI_CLASS_STORAGE_IDE, true, 0x8086, 0x7010, QEMU, 10 },
	{ "SATA in use", PCI_CLASS_STORAGE_SATA, true, 0x8086, 0x2922, QEMU, 10 },
	{ "SCSI in use", PCI_CLASS_STORAGE_SCSI, true, 0x1000, 0x12, 0x1000, 10 },
	{ "Xen's SCSI in use", PCI_CLASS_STORAGE_SCSI, true, 0x5853, 1, XEN, 10 },
	{ "NVMe in use", PCI_CLASS_STORAGE_EXPRESS, true, 0x1b36, 0x10, QEMU, 3 },
	{ "card in use", PCI_CLASS_NETWORK_ETHERNET, true, 0x10ec, 0x8139, QEMU, 9 },
	{ "e1000e in use", PCI_CLASS_NETWORK_ETHERNET, true, 0x8086, 0x10d3, 0x8086, 9 },
	{ "real card in use", PCI_CLASS_NETWORK_ETHERNET, true, 0x8086, 0x1521, 0x8086, 11 },
	{ "real disks in use", PCI_CLASS_STORAGE_SATA, true, 0x8086, 0xa102, 0x1043, 11 },
	{ "display in use", PCI_CLASS_DISPLAY_VGA, true, 0x1234, 0x1111, QEMU, 11 },
};

static void describe_bus(const struct bus_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(bus, bus_cases, describe_bus);

static void unplug_leaves_what_is_used(struct kunit *test)
{
	const struct bus_case *c = test->param_value;
	struct pci_dev *dev = add(c->class, c->used);

	dev->vendor = c->vendor;
	dev->device = c->device;
	dev->subsystem_vendor = c->subsystem;
	asked = UNPLUG_ALL;
	xpv_hv_unplug();
	KUNIT_EXPECT_EQ(test, world.unplugged, c->mask);
	KUNIT_EXPECT_EQ(test, world.writes, 1u);
	KUNIT_EXPECT_EQ(test, world.removed, 0u);
}

static void unplug_nothing_if_all_is_used(struct kunit *test)
{
	asked = UNPLUG_NICS;
	add(PCI_CLASS_NETWORK_ETHERNET, false);
	add(PCI_CLASS_NETWORK_ETHERNET, true);
	xpv_hv_unplug();
	KUNIT_EXPECT_EQ(test, world.writes, 0u);
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(parameter_takes_words_alone, ask_gen_params),
	KUNIT_CASE(greet_says_who_we_are),
	KUNIT_CASE(greet_is_refused),
	KUNIT_CASE(greet_without_a_device),
	KUNIT_CASE(greet_of_an_old_model),
	KUNIT_CASE(greet_of_something_else),
	KUNIT_CASE(unplug_nothing_unasked),
	KUNIT_CASE(unplug_forgets_what_went),
	KUNIT_CASE_PARAM(unplug_leaves_what_is_used, bus_gen_params),
	KUNIT_CASE(unplug_nothing_if_all_is_used),
	{}
};

static struct kunit_suite suite = {
	.name = "xpv_unplug",
	.init = init,
	.test_cases = cases,
};

kunit_test_suite(suite);

MODULE_DESCRIPTION("KUnit suite of the unplug protocol");
MODULE_LICENSE("GPL");

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Emulated disks and network cards, taken out of the guest by the device
 * model when asked (Xen's docs/misc/hvm-emulated-unplug). They stand for the
 * same disks and networks as the paravirtual devices do, so that a guest has
 * use for one of the two only.
 *
 * What is unplugged is gone until the guest reboots. Hence nothing is, unless
 * the parameter names it; and of what it names, nothing that a driver holds.
 *
 * Done once, in module init: no lock.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <compat/linux/export.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/moduleparam.h>
#include <linux/pci.h>
#include <linux/string.h>
#include <xpv/hypercall.h>

#include "../arch.h"
#include "../internal.h"

/* The protocol's two ports; what they mean depends on direction and width. */
#define PORT_MAGIC	0x10	/* read, 2 bytes */
#define PORT_UNPLUG	0x10	/* write, 2 bytes */
#define PORT_BUILD	0x10	/* write, 4 bytes */
#define PORT_PROTOCOL	0x12	/* read, 1 byte */
#define PORT_PRODUCT	0x12	/* write, 2 bytes */

#define MAGIC		0x49d2
#define MAGIC_REFUSED	0xd249

/*
 * Who we are, for a host that keeps a list of drivers it does not want. The
 * numbers are registered in Xen's hvm/pvdrivers.h: 3 is the kernel's own
 * driver, whose faults are not ours, and ours has none yet. This one is for
 * drivers without a number.
 */
#define PRODUCT_EXPERIMENTAL	0xffff
#define BUILD_NUMBER		1

#define UNPLUG_IDE_DISKS	BIT(0)
#define UNPLUG_NICS		BIT(1)
#define UNPLUG_AUX_IDE_DISKS	BIT(2)
#define UNPLUG_NVME_DISKS	BIT(3)	/* since Xen 4.9 */
#define UNPLUG_ALL		(UNPLUG_IDE_DISKS | UNPLUG_NICS | UNPLUG_NVME_DISKS)

struct word {
	const char *name;
	u16 mask;
};

static const struct word words[] = {
	{ "ide-disks", UNPLUG_IDE_DISKS },
	{ "aux-ide-disks", UNPLUG_AUX_IDE_DISKS },
	{ "nvme", UNPLUG_NVME_DISKS },
	{ "nics", UNPLUG_NICS },
	{ "all", UNPLUG_ALL },
	{ "never", 0 },
};

/* What the parameter asks for. */
static u16 asked;

static const struct word *find_word(const char *name, size_t len)
{
	const struct word *word;

	for (word = words; word < words + ARRAY_SIZE(words); word++)
		if (strlen(word->name) == len && !memcmp(word->name, name, len))
			return word;
	return NULL;
}

/* Built in, this runs before memory can be allocated. */
static int set_unplug(const char *val, const struct kernel_param *kp)
{
	const struct word *word;
	u16 mask = 0;
	size_t len;

	for (;; val += len + 1) {
		len = strcspn(val, ",");
		word = find_word(val, len);
		if (!word) {
			pr_err("unplug=: '%.*s' is none of ide-disks, aux-ide-disks, nvme, nics, all, never\n",
			       (int)len, val);
			return -EINVAL;
		}
		mask |= word->mask;
		if (!val[len])
			break;
	}
	asked = mask;
	return 0;
}

static int show_unplug(char *buf, const struct kernel_param *kp)
{
	const struct word *word;
	int len = 0;

	for (word = words; word < words + ARRAY_SIZE(words); word++)
		if (is_power_of_2(word->mask) && asked & word->mask)
			len += sysfs_emit_at(buf, len, "%s%s", len ? "," : "",
					     word->name);
	return len + sysfs_emit_at(buf, len, "%s\n", len ? "" : "never");
}

static const struct kernel_param_ops unplug_ops = {
	.set = set_unplug,
	.get = show_unplug,
};

module_param_cb(unplug, &unplug_ops, NULL, 0444);
MODULE_PARM_DESC(unplug,
		 "Emulated devices to take out of the guest: ide-disks, aux-ide-disks, nvme, nics, all, never; a list with commas (default never)");

static bool is_disk(const struct pci_dev *dev)
{
	u32 class = dev->class >> 8;

	return class == PCI_CLASS_STORAGE_IDE ||
	       class == PCI_CLASS_STORAGE_SATA ||
	       class == PCI_CLASS_STORAGE_SCSI;
}

static bool is_nvme(const struct pci_dev *dev)
{
	return dev->class >> 8 == PCI_CLASS_STORAGE_EXPRESS;
}

static bool is_nic(const struct pci_dev *dev)
{
	return dev->class >> 8 == PCI_CLASS_NETWORK_ETHERNET;
}

/**
 * struct kind - devices that are unplugged by the same bits
 * @what: name for the log
 * @mask: the bits
 * @covers: whether a device is one of them
 */
struct kind {
	const char *what;
	u16 mask;
	bool (*covers)(const struct pci_dev *dev);
};

static const struct kind kinds[] = {
	{ "disks", UNPLUG_IDE_DISKS | UNPLUG_AUX_IDE_DISKS, is_disk },
	{ "NVMe disks", UNPLUG_NVME_DISKS, is_nvme },
	{ "network cards", UNPLUG_NICS, is_nic },
};

/*
 * A device of the real machine that was passed through is not unplugged, and
 * does not stand in the way. QEMU marks what it emulates by the vendor of the
 * subsystem, with these exceptions, which look like the hardware they copy.
 */
static const struct pci_device_id lookalikes[] = {
	{ PCI_DEVICE(0x8086, 0x10d3) },	/* e1000e */
	{ PCI_DEVICE(0x8086, 0x10c9) },	/* igb */
	{ PCI_DEVICE(0x15ad, 0x07b0) },	/* vmxnet3 */
	{ PCI_DEVICE(0x1000, 0x0012) },	/* lsi53c895a */
	{ PCI_DEVICE(0x1000, 0x0060) },	/* megasas */
	{}
};

static bool is_emulated(struct pci_dev *dev)
{
	return dev->subsystem_vendor == PCI_SUBVENDOR_ID_REDHAT_QUMRANET ||
	       dev->subsystem_vendor == PCI_VENDOR_ID_XEN ||
	       pci_match_id(lookalikes, dev);
}

static bool is_in_use(const struct kind *kind)
{
	struct pci_dev *dev = NULL;

	for_each_pci_dev(dev) {
		if (!dev->driver || !kind->covers(dev) || !is_emulated(dev))
			continue;
		pr_warn("unplug: emulated %s stay, since %s is in use by driver %s; unplugging is for before that driver is loaded\n",
			kind->what, pci_name(dev), dev->driver->name);
		pci_dev_put(dev);
		return true;
	}
	return false;
}

/* What is asked for and not in use. */
static u16 mask_of_unused(void)
{
	const struct kind *kind;
	u16 mask = asked;

	for (kind = kinds; kind < kinds + ARRAY_SIZE(kinds); kind++)
		if (asked & kind->mask && is_in_use(kind))
			mask &= ~kind->mask;
	return mask;
}

static struct pci_dev *find_vanished(void)
{
	struct pci_dev *dev = NULL;

	for_each_pci_dev(dev)
		if (!dev->driver && is_emulated(dev) &&
		    !pci_device_is_present(dev))
			return dev;
	return NULL;
}

/* The kernel found them before they went; no driver may bind to them now. */
static void forget_vanished(void)
{
	struct pci_dev *dev;

	while ((dev = find_vanished())) {
		pci_info(dev, "unplugged\n");
		pci_stop_and_remove_bus_device_locked(dev);
		pci_dev_put(dev);
	}
}

int xpv_hv_unplug_negotiate(void)
{
	if (!xpv_hv_platform_present())
		return 0;
	if (inw(PORT_MAGIC) != MAGIC) {
		pr_info("the device model does not speak the unplug protocol\n");
		asked = 0;
		return 0;
	}
	/* Version 0 has no list of unwanted drivers. */
	if (!inb(PORT_PROTOCOL))
		return 0;

	outw(PRODUCT_EXPERIMENTAL, PORT_PRODUCT);
	outl(BUILD_NUMBER, PORT_BUILD);
	if (inw(PORT_MAGIC) != MAGIC_REFUSED)
		return 0;
	pr_err("the host has blacklisted this driver (product %#x, build %u)\n",
	       PRODUCT_EXPERIMENTAL, BUILD_NUMBER);
	return -EPERM;
}

void xpv_hv_unplug(void)
{
	u16 mask;

	might_sleep();
	if (!asked)
		return;
	if (!xpv_hv_platform_present()) {
		pr_warn("unplug: nothing is, without a platform device\n");
		return;
	}
	mask = mask_of_unused();
	if (!mask)
		return;

	pr_info("unplugging emulated devices (mask %#x)\n", mask);
	outw(mask, PORT_UNPLUG);
	forget_vanished();
}
XPV_EXPORT_SYMBOL(xpv_hv_unplug);

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The Xen platform device, a PCI function that the device model gives to every
 * HVM guest. It carries the interrupt line for event channels, and its being
 * there says that the unplug protocol is (unplug.c). Its memory is not used:
 * frames of Xen's are placed over RAM of ours instead.
 *
 * The kernel's own driver declines the device when its Xen core does not own
 * the domain, so ours takes it. The device is found in module init, or never:
 * constant afterwards, no lock.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/device.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <xen/interface/xen.h>
#include <xen/interface/hvm/params.h>

#include "../arch.h"
#include "../internal.h"

#define DRIVER_NAME	"xpv-platform"

/* XenServer's device model, from 6.1 on, can show this number instead. */
#define DEVICE_ID_XENSERVER	0x0002

/* params.h, HVM_PARAM_CALLBACK_IRQ: where the parts of its value stand */
#define VIA_TYPE_SHIFT		56
#define VIA_DOMAIN_SHIFT	32
#define VIA_BUS_SHIFT		16
#define VIA_DEVFN_SHIFT		8

/* The device we hold; a reference of ours keeps it past a hot unplug. */
static struct pci_dev *platform;

static int probe(struct pci_dev *dev, const struct pci_device_id *id)
{
	int err;

	if (platform)
		return -EBUSY;
	err = pci_enable_device(dev);
	if (err) {
		pci_err(dev, "cannot be enabled: %d\n", err);
		return err;
	}
	err = pci_request_regions(dev, DRIVER_NAME);
	if (err) {
		pci_err(dev, "its regions are taken: %d\n", err);
		pci_disable_device(dev);
		return err;
	}
	platform = pci_dev_get(dev);
	return 0;
}

static void remove(struct pci_dev *dev)
{
	pci_release_regions(dev);
	pci_disable_device(dev);
}

/*
 * No device table for udev: what wants this module is a service above it, and
 * to load it by itself would do nothing for the guest.
 */
static const struct pci_device_id ids[] = {
	{ PCI_DEVICE(PCI_VENDOR_ID_XEN, PCI_DEVICE_ID_XEN_PLATFORM) },
	{ PCI_DEVICE(PCI_VENDOR_ID_XEN, DEVICE_ID_XENSERVER) },
	{}
};

static struct pci_driver driver = {
	.name = DRIVER_NAME,
	.id_table = ids,
	.probe = probe,
	.remove = remove,
	.driver = {
		/* Upcalls may stand on it, and they cannot move while in use. */
		.suppress_bind_attrs = true,
		.probe_type = PROBE_FORCE_SYNCHRONOUS,
	},
};

int xpv_hv_platform_init(void)
{
	int err = pci_register_driver(&driver);

	if (err)
		pr_err("the platform device's driver cannot be registered: %d\n",
		       err);
	else if (!platform)
		pr_info("no platform device to be had: no line interrupt, no unplug\n");
	return err;
}

void xpv_hv_platform_exit(void)
{
	pci_unregister_driver(&driver);
	pci_dev_put(platform);
	platform = NULL;
}

bool xpv_hv_platform_present(void)
{
	return platform;
}

int xpv_hv_platform_intx(unsigned int *irq, u64 *via)
{
	if (!platform || !platform->irq || !platform->pin)
		return -ENODEV;

	*irq = platform->irq;
	/* Lines are numbered from 0 here, and from 1 in PCI's register. */
	*via = (u64)HVM_PARAM_CALLBACK_TYPE_PCI_INTX << VIA_TYPE_SHIFT |
	       (u64)pci_domain_nr(platform->bus) << VIA_DOMAIN_SHIFT |
	       (u64)platform->bus->number << VIA_BUS_SHIFT |
	       (u64)platform->devfn << VIA_DEVFN_SHIFT | (platform->pin - 1);
	return 0;
}

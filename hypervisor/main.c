// SPDX-License-Identifier: GPL-2.0-only
/*
 * xpv-hypervisor: finds out, once, which kind of guest this is and who owns
 * the hypervisor interface, and takes it over if nobody does. The facts are
 * written in module init, or when a simulator starts, before any other xpv
 * module can ask, and constant afterwards: no lock.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <compat/linux/export.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <xpv/simulate.h>

#include "arch.h"
#include "internal.h"

static struct xpv_hv_facts facts;

static bool native;
module_param(native, bool, 0444);
MODULE_PARM_DESC(native,
		 "Take over an HVM guest that nobody owns; experimental (default off)");

/* User-mode Linux has no other hypervisor. */
static bool simulate = IS_ENABLED(CONFIG_UML);
module_param(simulate, bool, 0444);
MODULE_PARM_DESC(simulate,
		 "Stay loaded without Xen, for a simulated hypervisor to come (default off; on in user-mode Linux)");

static const char *const guest_names[] = {
	[XPV_GUEST_NONE] = "none",
	[XPV_GUEST_PV] = "pv",
	[XPV_GUEST_PVH] = "pvh",
	[XPV_GUEST_HVM] = "hvm",
};

/* As the field writes them. */
static const char *const guest_titles[] = {
	[XPV_GUEST_NONE] = "no",
	[XPV_GUEST_PV] = "PV",
	[XPV_GUEST_PVH] = "PVH",
	[XPV_GUEST_HVM] = "HVM",
};

static const char *const owner_names[] = {
	[XPV_OWNER_NONE] = "none",
	[XPV_OWNER_KERNEL] = "kernel",
	[XPV_OWNER_XPV] = "xpv",
};

enum xpv_owner xpv_hv_owner(void)
{
	return facts.owner;
}
XPV_EXPORT_SYMBOL(xpv_hv_owner);

enum xpv_guest xpv_hv_guest(void)
{
	return facts.guest;
}
XPV_EXPORT_SYMBOL(xpv_hv_guest);

static int show_guest(char *buf, const struct kernel_param *kp)
{
	return sysfs_emit(buf, "%s\n", guest_names[facts.guest]);
}

static int show_owner(char *buf, const struct kernel_param *kp)
{
	return sysfs_emit(buf, "%s\n", owner_names[facts.owner]);
}

static const struct kernel_param_ops guest_ops = { .get = show_guest };
static const struct kernel_param_ops owner_ops = { .get = show_owner };

module_param_cb(guest, &guest_ops, NULL, 0444);
MODULE_PARM_DESC(guest, "Kind of guest found: none, pv, pvh or hvm (read only)");
module_param_cb(owner, &owner_ops, NULL, 0444);
MODULE_PARM_DESC(owner,
		 "Who owns the hypervisor interface: none, kernel or xpv (read only)");

int xpv_hv_simulate(const struct xpv_hypercall_ops *ops)
{
	int err;

	might_sleep();
	if (facts.owner != XPV_OWNER_NONE || facts.guest != XPV_GUEST_NONE)
		return -EBUSY;

	xpv_hv_hypercall_replace(ops);
	err = xpv_hv_native_init();
	if (err) {
		xpv_hv_hypercall_replace(NULL);
		return err;
	}
	facts.guest = XPV_GUEST_HVM;
	facts.owner = XPV_OWNER_XPV;
	return 0;
}
XPV_EXPORT_SYMBOL(xpv_hv_simulate);

void xpv_hv_simulate_end(void)
{
	facts = (struct xpv_hv_facts){};
	xpv_hv_native_exit();
	xpv_hv_hypercall_replace(NULL);
}
XPV_EXPORT_SYMBOL(xpv_hv_simulate_end);

static int __init take_over(void)
{
	int err;

	if (!native) {
		pr_err("Xen %u.%u found, but this kernel's Xen core does not own the domain (built without CONFIG_XEN, or booted with xen_nopv): load with native=1 to let xpv drive it, which is experimental\n",
		       facts.major, facts.minor);
		return -ENODEV;
	}
	err = xpv_hv_native_init();
	if (err)
		return err;
	facts.owner = XPV_OWNER_XPV;
	pr_info("Xen %u.%u, %s guest, owned by xpv: upcalls by %s\n",
		facts.major, facts.minor, guest_titles[facts.guest],
		xpv_hv_upcall_way());
	return 0;
}

static int __init adopt(void)
{
	/* Two owners would each believe that every answer of Xen's is theirs. */
	if (native) {
		pr_err("native=1 refused: the domain is owned by the kernel's own Xen core; load without it, or boot an HVM guest with xen_nopv\n");
		facts = (struct xpv_hv_facts){};
		return -EBUSY;
	}
	pr_info("Xen %u.%u, %s guest, owned by the kernel\n",
		facts.major, facts.minor, guest_titles[facts.guest]);
	return 0;
}

static int __init xpv_hypervisor_init(void)
{
	if (xpv_hv_ask_kernel(&facts))
		return adopt();
	if (xpv_hv_detect(&facts))
		return take_over();
	if (simulate)
		return 0;
	pr_err("no Xen below this kernel: nothing to do here\n");
	return -ENODEV;
}

static void __exit xpv_hypervisor_exit(void)
{
	if (facts.owner == XPV_OWNER_XPV)
		xpv_hv_native_exit();
}

module_init(xpv_hypervisor_init);
module_exit(xpv_hypervisor_exit);

MODULE_DESCRIPTION("Xen guest: who owns the hypervisor interface");
MODULE_LICENSE("GPL");

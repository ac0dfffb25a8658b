// SPDX-License-Identifier: GPL-2.0-only
/*
 * A domain that nobody owns is taken over, step by step, and given back as it
 * was. A step that fails is named, and those before it are undone.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/printk.h>

#include "../arch.h"
#include "../internal.h"

/**
 * struct step - one step of taking the domain over
 * @what: the step, for the log
 * @init: takes it; 0 or -errno
 * @exit: undoes it; NULL if there is nothing to undo
 */
struct step {
	const char *what;
	int (*init)(void);
	void (*exit)(void);
};

static const struct step steps[] = {
	{ "hypercalls", xpv_hv_hypercall_init, NULL },
	{ "platform device", xpv_hv_platform_init, xpv_hv_platform_exit },
	{ "unplug protocol", xpv_hv_unplug_negotiate, NULL },
	{ "shared info page", xpv_hv_shared_info_init, xpv_hv_shared_info_exit },
	{ "numbers of vCPUs", xpv_hv_vcpu_init, xpv_hv_vcpu_exit },
	{ "upcalls", xpv_hv_upcall_init, xpv_hv_upcall_exit },
	{ "/sys/hypervisor", xpv_hv_sysfs_init, xpv_hv_sysfs_exit },
	{ "shutdown device", xpv_hv_shutdown_init, xpv_hv_shutdown_exit },
};

static void undo(const struct step *end)
{
	while (end-- > steps)
		if (end->exit)
			end->exit();
}

int xpv_hv_native_init(void)
{
	const struct step *step;
	int err;

	for (step = steps; step < steps + ARRAY_SIZE(steps); step++) {
		err = step->init();
		if (err) {
			pr_err("cannot take this domain over: %s: error %d\n",
			       step->what, err);
			undo(step);
			return err;
		}
	}
	return 0;
}

void xpv_hv_native_exit(void)
{
	undo(steps + ARRAY_SIZE(steps));
}

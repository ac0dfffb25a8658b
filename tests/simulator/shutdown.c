// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the guest leaves behind when its kernel ends with all modules loaded: the
 * next kernel, started by kexec, would have it in its memory. Looked at when the
 * driver core shuts down a device that came before those of the guest's.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/platform_device.h>
#include <linux/printk.h>
#include <xen/interface/xen.h>

#include "event.h"
#include "grant.h"
#include "simulator.h"

#define DEVICE_NAME	"xpv-simulator"

static struct platform_device *device;

static void shut_down(struct platform_device *pdev)
{
	unsigned int before = xsim_violations(NULL, 0);

	xsim_memory_check();
	xsim_event_check();
	if (xsim_event_abi != &xsim_event_2l)
		xsim_violation("event: the FIFO ABI was left on");
	if (xsim_grants_mapped())
		xsim_violation("grant: %u were left to be mapped",
			       xsim_grants_mapped());
	if (xsim_grants.version != 1)
		xsim_violation("grant: the table was left at version %u",
			       xsim_grants.version);
	if (xsim_violations(NULL, 0) == before)
		pr_info("the guest leaves nothing behind\n");
}

static struct platform_driver driver = {
	.shutdown = shut_down,
	.driver = {
		.name = DEVICE_NAME,
		.suppress_bind_attrs = true,
		.probe_type = PROBE_FORCE_SYNCHRONOUS,
	},
};

int xsim_shutdown_init(void)
{
	int err = platform_driver_register(&driver);

	if (err)
		return err;
	device = platform_device_register_simple(DEVICE_NAME,
						 PLATFORM_DEVID_NONE, NULL, 0);
	if (!IS_ERR(device))
		return 0;
	platform_driver_unregister(&driver);
	return PTR_ERR(device);
}

void xsim_shutdown_exit(void)
{
	platform_device_unregister(device);
	platform_driver_unregister(&driver);
}

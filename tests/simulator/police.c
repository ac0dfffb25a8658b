// SPDX-License-Identifier: GPL-2.0-only
/* What the guest did wrong: counted, told in the log, the last one kept. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/string.h>

#include "simulator.h"

/* Innermost: it is taken under any other. Guards the two below. */
static DEFINE_RAW_SPINLOCK(police_lock);
static unsigned int violations;
static char latest[160];

void xsim_violation(const char *fmt, ...)
{
	char text[sizeof(latest)];
	unsigned long flags;
	va_list args;

	/* Whoever stands behind that is gone: suspend.c */
	if (READ_ONCE(xsim_frozen))
		return;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);

	raw_spin_lock_irqsave(&police_lock, flags);
	violations++;
	memcpy(latest, text, sizeof(latest));
	raw_spin_unlock_irqrestore(&police_lock, flags);
	pr_err_ratelimited("violation: %s, by %pS\n", text,
			   __builtin_return_address(0));
}
XPV_EXPORT_SYMBOL(xsim_violation);

unsigned int xsim_violations(char *last, size_t size)
{
	unsigned long flags;
	unsigned int nr;

	raw_spin_lock_irqsave(&police_lock, flags);
	nr = violations;
	if (last)
		strscpy(last, latest, size);
	raw_spin_unlock_irqrestore(&police_lock, flags);
	return nr;
}
XPV_EXPORT_SYMBOL(xsim_violations);

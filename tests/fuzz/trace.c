// SPDX-License-Identifier: GPL-2.0-only
/*
 * The steps of the execution at hand, told only if it goes wrong: when it fails,
 * or when the kernel stops.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/printk.h>

#include "fuzz.h"

#define STEPS_MAX	64
#define STEP_LEN	96

static u64 seed_now;
static char steps[STEPS_MAX][STEP_LEN];
static unsigned int nr_steps;
static bool failed;

void xfz_trace_begin(u64 seed)
{
	seed_now = seed;
	nr_steps = 0;
	failed = false;
}

void xfz_trace(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vscnprintf(steps[nr_steps % STEPS_MAX], STEP_LEN, fmt, args);
	va_end(args);
	nr_steps++;
}

void xfz_trace_print(void)
{
	unsigned int i = nr_steps > STEPS_MAX ? nr_steps - STEPS_MAX : 0;

	pr_err("seed %llu, %u steps:\n", seed_now, nr_steps);
	for (; i < nr_steps; i++)
		pr_err("step %u: %s\n", i, steps[i % STEPS_MAX]);
}

void xfz_fail(const char *fmt, ...)
{
	struct va_format vaf = { .fmt = fmt };
	va_list args;

	va_start(args, fmt);
	vaf.va = &args;
	pr_err("FAILED: seed %llu, step %u: %pV\n", seed_now, nr_steps, &vaf);
	va_end(args);
	if (!failed)
		xfz_trace_print();
	failed = true;
}

bool xfz_failed(void)
{
	return failed;
}

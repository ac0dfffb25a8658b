/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A XenStore transaction that writes down what is done in it, step by step, and
 * can fail at any of these. Stands for xpv_xs_transact() and what is called in it, in
 * a file that is included after this one.
 */
#ifndef _TESTS_KUNIT_STORE_STEPS_H
#define _TESTS_KUNIT_STORE_STEPS_H

#include <linux/string.h>
#include <xpv/xenstore.h>

#define STEPS_MAX 128

/* What was done to a node. With an empty value it was removed. */
struct step {
	char node[32];
	char value[16];
};

/**
 * struct steps - a transaction
 * @dir: where all has to be done
 * @fails: which step fails, from 1 on; 0 for none
 * @err: and how
 * @nr: steps
 * @all: each; the first is the look whether we are still there
 * @stray: steps elsewhere, or outside the transaction
 */
static struct steps {
	const char *dir;
	unsigned int fails;
	int err;
	unsigned int nr;
	struct step all[STEPS_MAX];
	unsigned int stray;
} steps;

#define STEPS_TXN ((struct xpv_xs_txn *)&steps)

/* Begins anew, to fail at that step: at the first we are not there any more. */
static void fail_at_step(unsigned int nth)
{
	steps.nr = 0;
	steps.fails = nth;
	steps.err = nth == 1 ? -ENOENT : -ENOSPC;
}

static struct step *take_step(struct xpv_xs_txn *txn, const char *dir,
			      const char *node)
{
	struct step *step = &steps.all[steps.nr++ % STEPS_MAX];

	steps.stray += txn != STEPS_TXN || strcmp(dir, steps.dir);
	steps.stray += strscpy(step->node, node, sizeof(step->node)) < 0;
	step->value[0] = '\0';
	return step;
}

static int outcome_of_step(void)
{
	return steps.nr == steps.fails ? steps.err : 0;
}

static int step_touch(struct xpv_xs_txn *txn, const char *dir, const char *node)
{
	take_step(txn, dir, node);
	return outcome_of_step();
}

__printf(4, 5)
static int step_printf(struct xpv_xs_txn *txn, const char *dir, const char *node,
		       const char *fmt, ...)
{
	struct step *step = take_step(txn, dir, node);
	va_list args;

	va_start(args, fmt);
	vsnprintf(step->value, sizeof(step->value), fmt, args);
	va_end(args);
	return outcome_of_step();
}

/* How often a node was given that value, or with an empty one was removed. */
static unsigned int count_steps(const char *node, const char *value)
{
	unsigned int i, nr = 0;

	for (i = 1; i < steps.nr; i++)
		nr += !strcmp(steps.all[i].node, node) &&
		      !strcmp(steps.all[i].value, value);
	return nr;
}

#define xpv_xs_exists step_touch
#define xpv_xs_remove step_touch
#define xpv_xs_printf step_printf
#define xpv_xs_transact(fn, arg) fn(STEPS_TXN, arg)

#endif /* _TESTS_KUNIT_STORE_STEPS_H */

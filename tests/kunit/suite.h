/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What every KUnit suite of ours begins with.
 *
 * A suite includes the C file that it tests, and so has a copy of its own of
 * it, with all that is static in it. It runs on any machine, built in or as a
 * module, and never touches what a service in use has: that would be the
 * domain's one grant table. In this order:
 *
 *  1. the names that the file defines for others, each defined as a new one:
 *     the real ones may be in the same image;
 *  2. this header, and those that the fakes need;
 *  3. fakes, static, and the names of what they stand for defined as theirs;
 *  4. the file;
 *  5. the cases.
 */
#ifndef _XPV_TESTS_KUNIT_SUITE_H
#define _XPV_TESTS_KUNIT_SUITE_H

#include <compat/linux/export.h>
#include <kunit/test.h>
#include <linux/bug.h>

/* The copy is nobody else's. */
#undef XPV_EXPORT_SYMBOL
#define XPV_EXPORT_SYMBOL(sym) static_assert(1)

/* Warnings that a case provokes are counted, and do not end in the log. */
static unsigned int warnings;

static inline bool count_warning(bool wrong)
{
	warnings += wrong;
	return wrong;
}

#undef WARN_ON_ONCE
#define WARN_ON_ONCE(condition) count_warning(condition)
#undef WARN_ONCE
#define WARN_ONCE(condition, ...) count_warning(condition)

#endif /* _XPV_TESTS_KUNIT_SUITE_H */

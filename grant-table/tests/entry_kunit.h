/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the suites of both versions of grant entries share: a table of two
 * chunks, and a peer that does something whenever we compare and exchange.
 */
#ifndef _XPV_GRANT_TABLE_TESTS_ENTRY_KUNIT_H
#define _XPV_GRANT_TABLE_TESTS_ENTRY_KUNIT_H

#include <tests/kunit/suite.h>
#include <linux/gfp.h>
#include <linux/mm.h>

#include "../internal.h"

#define FRAMES	(2 * XPV_GNTTAB_CHUNK)
#define PEER	xpv_domid(7)

struct xpv_gnttab_table xpv_gnttab_table;

static int init(struct kunit *test)
{
	void **entries = kunit_kcalloc(test, FRAMES, sizeof(*entries), GFP_KERNEL);
	u16 **status = kunit_kcalloc(test, 2, sizeof(*status), GFP_KERNEL);
	int i;

	if (!entries || !status)
		return -ENOMEM;
	for (i = 0; i < FRAMES; i++)
		entries[i] = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
	for (i = 0; i < 2; i++)
		status[i] = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
	for (i = 0; i < FRAMES; i++)
		if (!entries[i] || !status[i / XPV_GNTTAB_CHUNK])
			return -ENOMEM;
	xpv_gnttab_table.entries = entries;
	xpv_gnttab_table.status = status;
	return 0;
}

static struct page *any_page(void)
{
	return virt_to_page(xpv_gnttab_table.entries[0]);
}

#endif /* _XPV_GRANT_TABLE_TESTS_ENTRY_KUNIT_H */

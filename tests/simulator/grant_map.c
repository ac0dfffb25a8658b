// SPDX-License-Identifier: GPL-2.0-only
/*
 * What dom0 does with pages that the guest has granted. An entry says, in its
 * flags or its status word, that dom0 has it: set before it is used, cleared
 * when the last map of its kind is gone. Meanwhile the guest must leave the
 * entry alone and must not free the page: the police look at both when a page
 * is mapped and when it is unmapped. Under xsim_lock.
 */
#include <asm/barrier.h>
#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <asm/sync_bitops.h>

#include "grant.h"

#define BUSY	(GTF_reading | GTF_writing)

/**
 * struct entry - an entry, whatever the version
 * @flags: GTF_*, without what dom0 does
 * @domid: who may use it
 * @gfn: the page
 */
struct entry {
	u16 flags;
	u16 domid;
	u64 gfn;
};

static void read_entry(u32 ref, struct entry *entry)
{
	if (xsim_grants.version == 1) {
		const struct grant_entry_v1 *v1 = xsim_grant_v1(ref);

		entry->flags = READ_ONCE(v1->flags) & ~BUSY;
		/* Pairs with the guest's: flags are written last. */
		virt_rmb();
		entry->domid = v1->domid;
		entry->gfn = v1->frame;
	} else {
		const union grant_entry_v2 *v2 = xsim_grant_v2(ref);

		entry->flags = READ_ONCE(v2->hdr.flags) & ~BUSY;
		/* As above. */
		virt_rmb();
		entry->domid = v2->hdr.domid;
		entry->gfn = v2->full_page.frame;
	}
}

static int judge(const struct entry *entry, bool readonly)
{
	if ((entry->flags & GTF_type_mask) != GTF_permit_access)
		return -EINVAL;
	if (entry->domid || (!readonly && (entry->flags & GTF_readonly)))
		return -EACCES;
	return 0;
}

/* Say that dom0 has it; false if the guest changed the entry meanwhile. */
static bool occupy(u32 ref, const struct entry *entry, u16 busy)
{
	u16 *word;
	u16 old, seen;

	if (xsim_grants.version == 2) {
		word = xsim_grant_status(ref);
		WRITE_ONCE(*word, READ_ONCE(*word) | busy);
		/* Pairs with the guest's, between clearing flags and looking. */
		virt_mb();
		if ((READ_ONCE(xsim_grant_v2(ref)->hdr.flags) & ~BUSY) ==
		    entry->flags)
			return true;
		return false;
	}
	word = &xsim_grant_v1(ref)->flags;
	for (old = READ_ONCE(*word); (old & ~BUSY) == entry->flags; old = seen) {
		seen = sync_cmpxchg(word, old, old | busy);
		if (seen == old)
			return true;
	}
	return false;
}

/* Clear what dom0 does no longer. */
static void vacate(u32 ref)
{
	const struct xsim_active *active = &xsim_grants.active[ref];
	u16 *word = xsim_grants.version == 1 ? &xsim_grant_v1(ref)->flags :
					       xsim_grant_status(ref);
	u16 gone = 0, old = READ_ONCE(*word), seen;

	if (!active->writers)
		gone |= GTF_writing;
	if (!active->writers && !active->readers)
		gone |= GTF_reading;
	/* A full barrier: what dom0 wrote is seen by whoever sees this. */
	while ((seen = sync_cmpxchg(word, old, old & ~gone)) != old)
		old = seen;
}

static void check_page(u32 ref, u64 gfn, const char *when)
{
	struct page *page = pfn_to_page(gfn);

	/* Newer kernels do not count the pages of the slab allocator. */
	if (!page_count(page) && !folio_test_slab(page_folio(page)))
		xsim_violation("grant %u: its page %#llx is free %s", ref, gfn,
			       when);
}

static int acquire(u32 ref, bool readonly, u64 *gfn)
{
	struct xsim_active *active = &xsim_grants.active[ref];
	u16 busy = readonly ? GTF_reading : GTF_reading | GTF_writing;
	struct entry entry;
	int err;

	if (ref >= xsim_grant_limit())
		return -EINVAL;
	read_entry(ref, &entry);
	err = judge(&entry, readonly);
	if (err)
		return err;
	if (!pfn_valid(entry.gfn) || !xsim_guest_page_locked(entry.gfn)) {
		xsim_violation("grant %u: of page %#llx, where no RAM is", ref,
			       entry.gfn);
		return -EINVAL;
	}
	if ((active->readers || active->writers) && active->gfn != entry.gfn) {
		xsim_violation("grant %u: used again while dom0 maps it", ref);
		return -EINVAL;
	}
	if (!occupy(ref, &entry, busy)) {
		vacate(ref);
		return -EINVAL;
	}
	check_page(ref, entry.gfn, "when dom0 maps it");
	active->gfn = entry.gfn;
	*(readonly ? &active->readers : &active->writers) += 1;
	xsim_grants.mapped++;
	*gfn = entry.gfn;
	return 0;
}

static void check_entry(u32 ref, u64 gfn)
{
	struct entry entry;

	read_entry(ref, &entry);
	/* With version 2 the guest takes it back first, then looks. */
	if (!(entry.flags & GTF_type_mask) && xsim_grants.version == 2)
		return;
	if ((entry.flags & GTF_type_mask) != GTF_permit_access ||
	    entry.gfn != gfn)
		xsim_violation("grant %u: changed while dom0 maps it", ref);
}

static void release(u32 ref, bool readonly)
{
	struct xsim_active *active = &xsim_grants.active[ref];

	check_entry(ref, active->gfn);
	check_page(ref, active->gfn, "while dom0 maps it");
	*(readonly ? &active->readers : &active->writers) -= 1;
	xsim_grants.mapped--;
	vacate(ref);
}

/*
 * Its table is not there any more. Its pages are the new one's, which may free
 * them: each map has a page of its own from here on, until it is unmapped.
 */
void xsim_grant_abandon_locked(void)
{
	struct xsim_active *active = xsim_grants.active;
	u32 ref, maps;

	lockdep_assert_held(&xsim_lock);
	for (ref = 0; ref < xsim_grant_limit(); ref++, active++) {
		for (maps = active->readers + active->writers; maps; maps--)
			get_page(pfn_to_page(active->gfn));
		*active = (struct xsim_active){};
	}
	xsim_grants.mapped = 0;
	xsim_grants.life++;
}

int xsim_grant_map(struct xsim_map *map, u32 ref, bool readonly)
{
	unsigned long flags;
	u64 gfn;
	int err;

	raw_spin_lock_irqsave(&xsim_lock, flags);
	/* Who asks now means the table of a domain that is gone. */
	err = xsim_frozen ? -EINVAL : acquire(ref, readonly, &gfn);
	map->life = xsim_grants.life;
	raw_spin_unlock_irqrestore(&xsim_lock, flags);
	if (err)
		return err;
	map->page = pfn_to_page(gfn);
	map->addr = page_address(map->page);
	map->ref = ref;
	map->readonly = readonly;
	return 0;
}
XPV_EXPORT_SYMBOL(xsim_grant_map);

void xsim_grant_unmap(struct xsim_map *map)
{
	unsigned long flags;
	bool abandoned;

	if (!map->page)
		return;
	raw_spin_lock_irqsave(&xsim_lock, flags);
	abandoned = map->life != xsim_grants.life;
	if (!abandoned)
		release(map->ref, map->readonly);
	raw_spin_unlock_irqrestore(&xsim_lock, flags);
	if (abandoned)
		put_page(map->page);
	*map = (struct xsim_map){};
}
XPV_EXPORT_SYMBOL(xsim_grant_unmap);

int xsim_grant_read(u32 ref, unsigned int offset, void *to, size_t len)
{
	struct xsim_map map = {};
	int err;

	if (offset > PAGE_SIZE || len > PAGE_SIZE - offset)
		return -ERANGE;
	err = xsim_grant_map(&map, ref, true);
	if (err)
		return err;
	memcpy(to, map.addr + offset, len);
	xsim_grant_unmap(&map);
	return 0;
}
XPV_EXPORT_SYMBOL(xsim_grant_read);

int xsim_grant_write(u32 ref, unsigned int offset, const void *from, size_t len)
{
	struct xsim_map map = {};
	int err;

	if (offset > PAGE_SIZE || len > PAGE_SIZE - offset)
		return -ERANGE;
	err = xsim_grant_map(&map, ref, false);
	if (err)
		return err;
	memcpy(map.addr + offset, from, len);
	xsim_grant_unmap(&map);
	return 0;
}
XPV_EXPORT_SYMBOL(xsim_grant_write);

static void *address_of(const struct xsim_area *area)
{
	struct page *pages[XSIM_AREA_MAX];
	unsigned int i;

	if (area->nr == 1)
		return area->maps[0].addr;
	for (i = 0; i < area->nr; i++)
		pages[i] = area->maps[i].page;
	return vmap(pages, area->nr, VM_MAP, PAGE_KERNEL);
}

int xsim_area_map(struct xsim_area *area, const u32 *refs, unsigned int nr)
{
	int err = 0;

	*area = (struct xsim_area){};
	if (!nr || nr > XSIM_AREA_MAX)
		return -EINVAL;
	while (!err && area->nr < nr) {
		err = xsim_grant_map(&area->maps[area->nr], refs[area->nr], false);
		area->nr += !err;
	}
	if (!err) {
		area->addr = address_of(area);
		err = area->addr ? 0 : -ENOMEM;
	}
	if (err)
		xsim_area_unmap(area);
	return err;
}
XPV_EXPORT_SYMBOL(xsim_area_map);

void xsim_area_unmap(struct xsim_area *area)
{
	if (area->addr && area->nr > 1)
		vunmap(area->addr);
	while (area->nr)
		xsim_grant_unmap(&area->maps[--area->nr]);
	*area = (struct xsim_area){};
}
XPV_EXPORT_SYMBOL(xsim_area_unmap);

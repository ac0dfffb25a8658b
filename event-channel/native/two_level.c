// SPDX-License-Identifier: GPL-2.0-only
/*
 * The 2-level ABI, in every Xen: a pending and a mask bit for each of 4096
 * ports in the shared info page, and in each vcpu_info a selector of the words
 * of pending bits that are worth a look.
 *
 * A word's ports may belong to several CPUs, so each CPU has a bitmap of its
 * own ports. All bits change by atomic operations that are locked on a kernel
 * for one CPU too: Xen is another.
 */
#include <linux/bitops.h>
#include <linux/percpu.h>
#include <linux/string.h>
#include <asm/sync_bitops.h>
#include <xen/interface/xen.h>
#include <xen/interface/event_channel.h>
#include <xpv/upcall.h>

#include "native.h"

#define WORDS	(EVTCHN_2L_NR_CHANNELS / BITS_PER_LONG)

struct ports {
	unsigned long bits[WORDS];
};

/* The ports whose events are for this CPU. */
static DEFINE_PER_CPU(struct ports, owned);

static struct shared_info *shared;

static int start(void)
{
	unsigned int cpu;

	shared = xpv_hv_shared_info();
	memset(shared->evtchn_mask, 0xff, sizeof(shared->evtchn_mask));
	/* Firmware ran in 32 bits, where these are other bits of the page. */
	memset(shared->evtchn_pending, 0, sizeof(shared->evtchn_pending));
	for_each_possible_cpu(cpu)
		memset(&per_cpu(owned, cpu), 0, sizeof(struct ports));
	return 0;
}

static void stop(void)
{
	memset(shared->evtchn_mask, 0xff, sizeof(shared->evtchn_mask));
}

static int cpu_comes(unsigned int cpu)
{
	return 0;
}

/* What was pending there was told again when its interrupts moved. */
static void cpu_went(unsigned int cpu)
{
	struct vcpu_info *info = xpv_hv_vcpu_info(cpu);

	if (!info)
		return;
	WRITE_ONCE(info->evtchn_pending_sel, 0);
	WRITE_ONCE(info->evtchn_upcall_pending, 0);
}

static void move(u32 port, unsigned int from, unsigned int to)
{
	sync_clear_bit(port, per_cpu(owned, from).bits);
	sync_set_bit(port, per_cpu(owned, to).bits);
}

static int open(u32 port)
{
	if (port >= EVTCHN_2L_NR_CHANNELS)
		return -ENOSPC;
	sync_set_bit(port, shared->evtchn_mask);
	return 0;
}

static void mask(u32 port)
{
	sync_set_bit(port, shared->evtchn_mask);
}

static void unmask(u32 port)
{
	sync_clear_bit(port, shared->evtchn_mask);
	/*
	 * An event that came while the port was masked was not told. The bit
	 * operations are full barriers; Xen sets pending, then looks at the
	 * mask: one of us sees the other.
	 */
	if (!sync_test_bit(port, shared->evtchn_pending))
		return;
	/* Xen tells the CPU only if it finds the port masked. */
	sync_set_bit(port, shared->evtchn_mask);
	xpv_evtchn_unmask_port(port);
}

static bool take(u32 port)
{
	return sync_test_and_clear_bit(port, shared->evtchn_pending);
}

static void put(u32 port)
{
	sync_set_bit(port, shared->evtchn_pending);
}

static void scan_word(unsigned int word, const unsigned long *mine)
{
	unsigned long bits = READ_ONCE(shared->evtchn_pending[word]) &
			     ~READ_ONCE(shared->evtchn_mask[word]) &
			     READ_ONCE(mine[word]);
	unsigned int bit;

	for_each_set_bit(bit, &bits, BITS_PER_LONG)
		xpv_evtchn_event(word * BITS_PER_LONG + bit);
}

/* Each port is looked at once, so that none can hold up another. */
static bool scan(unsigned int cpu)
{
	/*
	 * The exchange is a full barrier: pending bits are read after it. Pairs
	 * with Xen, which sets a pending bit, then the selector.
	 */
	unsigned long words = xchg(&xpv_hv_vcpu_info(cpu)->evtchn_pending_sel,
				   0);
	unsigned int word;

	for_each_set_bit(word, &words, WORDS)
		scan_word(word, per_cpu(owned, cpu).bits);
	return false;
}

const struct xpv_evtchn_abi xpv_evtchn_2l = {
	.name = "2l",
	.start = start,
	.stop = stop,
	.leave = stop,
	.cpu_comes = cpu_comes,
	.cpu_went = cpu_went,
	.open = open,
	.move = move,
	.mask = mask,
	.unmask = unmask,
	.take = take,
	.put = put,
	.scan = scan,
};

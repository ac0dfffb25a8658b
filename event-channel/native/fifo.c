// SPDX-License-Identifier: GPL-2.0-only
/*
 * The FIFO ABI, since Xen 4.4: up to 131072 ports, told in the order in which
 * they rang. A word for each port, in an array of pages of ours; for each vCPU
 * a control block with the heads of 16 queues, one for each priority. A queue
 * is a list of ports, linked through their words.
 *
 * Xen appends to a queue and we take off its head. Both change a word by
 * compare and exchange only. What of a queue we have seen is private; it is
 * used by whoever scans that CPU, one at a time (dispatch.c).
 *
 * Pages are added to the array under a mutex, and none goes before the ABI is
 * turned off.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <asm/barrier.h>
#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/printk.h>
#include <xen/interface/xen.h>
#include <xen/interface/event_channel.h>
#include <xpv/hypercall.h>
#include <xpv/upcall.h>

#include "native.h"

#define PENDING		BIT(EVTCHN_FIFO_PENDING)
#define MASKED		BIT(EVTCHN_FIFO_MASKED)
#define LINKED		BIT(EVTCHN_FIFO_LINKED)
#define BUSY		BIT(EVTCHN_FIFO_BUSY)

#define WORDS_PER_PAGE	(PAGE_SIZE / sizeof(event_word_t))
#define MAX_PAGES	(EVTCHN_FIFO_NR_CHANNELS / WORDS_PER_PAGE)

/* How many events one interrupt handles before others have their turn. */
#define BUDGET		512

/**
 * struct queues - the queues of one vCPU
 * @block: shared with Xen; NULL until Xen knows it
 * @ready: queues that hold something, as far as seen
 * @head: first port of each that was not taken off yet; 0 for not known
 */
struct queues {
	struct evtchn_fifo_control_block *block;
	unsigned long ready;
	u32 head[EVTCHN_FIFO_MAX_QUEUES];
};

static DEFINE_PER_CPU(struct queues, queues);

static event_word_t *array[MAX_PAGES];
static unsigned int nr_pages;
/* Guards nr_pages, and adding to the array. */
static DEFINE_MUTEX(array_lock);

/* NULL for a port that the array has no room for. */
static event_word_t *word_of(u32 port)
{
	event_word_t *page;

	if (port >= EVTCHN_FIFO_NR_CHANNELS)
		return NULL;
	/* Pairs with smp_store_release() in add_page(): all are masked. */
	page = smp_load_acquire(&array[port / WORDS_PER_PAGE]);
	return page ? page + port % WORDS_PER_PAGE : NULL;
}

/* A full barrier. Xen changes a word a few times at most before it lets go. */
static u32 change(event_word_t *word, u32 clear, u32 set)
{
	u32 old = READ_ONCE(*word);

	for (;;) {
		u32 seen = sync_cmpxchg(word, old, (old & ~clear) | set);

		if (seen == old)
			return old;
		old = seen;
	}
}

static int add_page(void)
{
	event_word_t *page = (void *)__get_free_page(GFP_KERNEL);
	struct evtchn_expand_array op = {};
	unsigned int i;
	int err;

	if (!page)
		return -ENOMEM;
	for (i = 0; i < WORDS_PER_PAGE; i++)
		page[i] = MASKED;

	op.array_gfn = page_to_pfn(virt_to_page(page));
	err = xpv_hv_event_channel_op(EVTCHNOP_expand_array, &op);
	if (err) {
		free_page((unsigned long)page);
		return err;
	}
	/* Pairs with smp_load_acquire() in word_of(). */
	smp_store_release(&array[nr_pages++], page);
	return 0;
}

static int open(u32 port)
{
	int err = 0;

	if (port >= EVTCHN_FIFO_NR_CHANNELS)
		return -ENOSPC;
	mutex_lock(&array_lock);
	while (!err && port >= nr_pages * WORDS_PER_PAGE)
		err = add_page();
	mutex_unlock(&array_lock);
	return err;
}

static int add_block(unsigned int cpu)
{
	struct evtchn_init_control op = { .vcpu = xpv_hv_vcpu_id(cpu) };
	struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	int err;

	if (!page)
		return -ENOMEM;
	op.control_gfn = page_to_pfn(page);
	err = xpv_hv_event_channel_op(EVTCHNOP_init_control, &op);
	if (err) {
		__free_page(page);
		return err;
	}
	per_cpu(queues, cpu) = (struct queues){ .block = page_address(page) };
	return 0;
}

/* Xen keeps the block of a CPU that went, and takes no second one. */
static int cpu_comes(unsigned int cpu)
{
	return per_cpu(queues, cpu).block ? 0 : add_block(cpu);
}

static void forget_pages(bool free)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		if (free)
			free_page((unsigned long)per_cpu(queues, cpu).block);
		per_cpu(queues, cpu) = (struct queues){};
	}
	while (nr_pages) {
		if (free)
			free_page((unsigned long)array[nr_pages - 1]);
		array[--nr_pages] = NULL;
	}
}

static int start(void)
{
	/* The first block turns the ABI on. */
	return add_block(xpv_hv_upcall_home());
}

/*
 * Nothing but a reset makes Xen let go of the pages. They must not be used for
 * anything else while it writes to them.
 */
static void stop(void)
{
	int err = xpv_evtchn_reset();

	if (err)
		pr_warn("Xen does not let go of the event channels' pages (%d): they are lost to this guest\n",
			err);
	forget_pages(!err);
}

static void leave(void)
{
	int err = xpv_evtchn_reset();

	if (err)
		pr_warn("Xen may write to the event channels' pages while the next kernel uses them: %d\n",
			err);
}

static void move(u32 port, unsigned int from, unsigned int to)
{
	/* Xen finds the new CPU's queue with the next event. */
}

static void mask(u32 port)
{
	change(word_of(port), 0, MASKED);
}

static void unmask(u32 port)
{
	event_word_t *word = word_of(port);
	u32 old = READ_ONCE(*word);

	/*
	 * Xen has to link an event that is pending, and a word that it marked
	 * as busy is not for us to unmask.
	 */
	while (!(old & (PENDING | BUSY))) {
		u32 seen = sync_cmpxchg(word, old, old & ~MASKED);

		if (seen == old)
			return;
		old = seen;
	}
	xpv_evtchn_unmask_port(port);
}

static bool take(u32 port)
{
	return change(word_of(port), PENDING, 0) & PENDING;
}

static void put(u32 port)
{
	change(word_of(port), 0, PENDING);
}

/* The port after this one in its queue, which it leaves; 0 if it was the last. */
static u32 unlink(u32 port)
{
	event_word_t *word = word_of(port);

	if (!port || !word)
		return 0;
	/* After this, Xen starts the queue anew if it was the last one. */
	return change(word, LINKED | EVTCHN_FIFO_LINK_MASK, 0) &
	       EVTCHN_FIFO_LINK_MASK;
}

/* Take the first port off a queue; 0 if the queue is empty. */
static u32 take_off(struct queues *q, unsigned int prio)
{
	u32 port = q->head[prio];

	if (!port) {
		/*
		 * Pairs with Xen, which writes the head of a queue that was
		 * empty, then marks the queue as ready.
		 */
		virt_rmb();
		port = READ_ONCE(q->block->head[prio]);
	}
	q->head[prio] = unlink(port);
	if (!q->head[prio])
		q->ready &= ~BIT(prio);
	return port;
}

static bool is_due(u32 port)
{
	event_word_t *word = word_of(port);

	return word && (READ_ONCE(*word) & (PENDING | MASKED)) == PENDING;
}

static void look_for_ready(struct queues *q)
{
	if (READ_ONCE(q->block->ready))
		q->ready |= xchg(&q->block->ready, 0);
}

static bool scan(unsigned int cpu)
{
	struct queues *q = &per_cpu(queues, cpu);
	int left = BUDGET;
	u32 port;

	/* A CPU that just came has none yet. */
	if (!q->block)
		return false;
	for (look_for_ready(q); q->ready && left; look_for_ready(q), left--) {
		port = take_off(q, __ffs(q->ready));
		if (is_due(port))
			xpv_evtchn_event(port);
	}
	return q->ready;
}

/* Xen would not link again what is linked in the queue of a CPU that is gone. */
static void cpu_went(unsigned int cpu)
{
	struct queues *q = &per_cpu(queues, cpu);
	struct vcpu_info *info = xpv_hv_vcpu_info(cpu);
	unsigned int left = EVTCHN_FIFO_NR_CHANNELS;
	u32 port;

	if (!q->block)
		return;
	for (look_for_ready(q); q->ready && left; look_for_ready(q), left--) {
		port = take_off(q, __ffs(q->ready));
		/* One that is masked will be told when it no longer is. */
		if (is_due(port))
			xpv_evtchn_unmask_port(port);
	}
	if (info)
		WRITE_ONCE(info->evtchn_upcall_pending, 0);
}

const struct xpv_evtchn_abi xpv_evtchn_fifo = {
	.name = "fifo",
	.start = start,
	.stop = stop,
	.leave = leave,
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

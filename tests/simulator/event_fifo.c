// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events by the FIFO ABI, Xen's side: an event is linked at the tail of the
 * queue of its vCPU and priority, unless it is masked or linked already. The
 * guest takes ports off the head at the same time, so a word changes by
 * compare and exchange only, and the tail may have been taken off.
 */
#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/cpumask.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <asm/sync_bitops.h>
#include <xen/interface/xen.h>
#include <xen/interface/event_channel.h>

#include "event.h"
#include "simulator.h"

#define PENDING		BIT(EVTCHN_FIFO_PENDING)
#define MASKED		BIT(EVTCHN_FIFO_MASKED)
#define LINKED		BIT(EVTCHN_FIFO_LINKED)
#define BUSY		BIT(EVTCHN_FIFO_BUSY)

#define WORDS_PER_PAGE	(PAGE_SIZE / sizeof(event_word_t))

/* So often the guest may change a word before it is asked to leave it alone. */
#define LINK_TRIES	3

struct xsim_fifo_queue {
	u32 tail;
};

/**
 * struct queues - of one vCPU
 * @block: the guest's page; NULL until it gave one
 * @queue: one for each priority
 */
struct queues {
	struct evtchn_fifo_control_block *block;
	struct xsim_fifo_queue queue[EVTCHN_FIFO_MAX_QUEUES];
};

static DEFINE_PER_CPU(struct queues, queues);
static event_word_t *array[XSIM_PORTS / WORDS_PER_PAGE];
static unsigned int nr_pages;

static event_word_t *word_of(u32 port)
{
	if (port >= nr_pages * WORDS_PER_PAGE)
		return NULL;
	return &array[port / WORDS_PER_PAGE][port % WORDS_PER_PAGE];
}

static event_word_t change(event_word_t *word, u32 clear, u32 set)
{
	event_word_t old = READ_ONCE(*word), seen;

	while ((seen = sync_cmpxchg(word, old, (old & ~clear) | set)) != old)
		old = seen;
	return old;
}

/* False if the guest has taken the tail off: the queue is empty then. */
static bool link_behind(event_word_t *tail, u32 port)
{
	event_word_t old = READ_ONCE(*tail), seen;
	unsigned int tries = 0;

	while (old & LINKED) {
		if (++tries == LINK_TRIES)
			old = change(tail, 0, BUSY) | BUSY;
		seen = sync_cmpxchg(tail, old,
				    (old & ~(BUSY | EVTCHN_FIFO_LINK_MASK)) | port);
		if (seen == old)
			return true;
		old = seen;
	}
	if (old & BUSY)
		change(tail, BUSY, 0);
	return false;
}

static void link(u32 port)
{
	struct xsim_chn *chn = &xsim_chns[port];
	struct queues *q = &per_cpu(queues, chn->vcpu);
	struct xsim_fifo_queue *queue = &q->queue[chn->priority];
	event_word_t *tail;

	/* One that the guest took off does not end the queue it was in. */
	if (chn->queue && chn->queue->tail == port)
		chn->queue->tail = 0;
	tail = queue->tail ? word_of(queue->tail) : NULL;
	chn->queue = queue;
	queue->tail = port;
	if (tail && link_behind(tail, port))
		return;

	WRITE_ONCE(q->block->head[chn->priority], port);
	/* Head before ready: pairs with the guest's barrier between the two. */
	if (!sync_test_and_set_bit(chn->priority, (void *)&q->block->ready))
		xsim_upcall_raise_locked(chn->vcpu);
}

/* The word is pending. */
static void tell(u32 port, event_word_t *word)
{
	struct xsim_chn *chn = &xsim_chns[port];

	/* Told later, once this vCPU has a control block. */
	if (!per_cpu(queues, chn->vcpu).block)
		return;
	if (READ_ONCE(*word) & MASKED)
		return;
	if (!(change(word, 0, LINKED) & LINKED))
		link(port);
}

static void set_pending(u32 port)
{
	event_word_t *word = word_of(port);

	/* Told when the guest has given the page. */
	if (!word) {
		xsim_chns[port].early = true;
		return;
	}
	change(word, 0, PENDING);
	tell(port, word);
}

static void clear_pending(u32 port)
{
	event_word_t *word = word_of(port);

	xsim_chns[port].early = false;
	if (word)
		change(word, PENDING, 0);
}

static void unmask(u32 port)
{
	event_word_t *word = word_of(port);

	if (word && (change(word, MASKED, 0) & PENDING))
		tell(port, word);
}

const struct xsim_event_abi xsim_event_fifo = {
	.ports = XSIM_PORTS,
	.set_pending = set_pending,
	.clear_pending = clear_pending,
	.unmask = unmask,
};

/* The first block of all turns the ABI on. */
static void take_over(void)
{
	const struct shared_info *shared = xsim_shared_info_frame()->at;
	u32 port;

	for (port = 1; port < xsim_event_2l.ports; port++)
		if (xsim_chn_locked(port) &&
		    sync_test_bit(port, shared->evtchn_pending))
			xsim_chns[port].early = true;
	xsim_event_abi = &xsim_event_fifo;
}

long xsim_fifo_init_control(unsigned int vcpu, u64 gfn, u32 offset)
{
	void *page = xsim_guest_page_locked(gfn);

	if (!xsim_vcpu_info_locked(vcpu))
		return -ENOENT;
	if (!page || offset > PAGE_SIZE - sizeof(struct evtchn_fifo_control_block) ||
	    offset & 7)
		return -EINVAL;
	if (per_cpu(queues, vcpu).block)
		return -EINVAL;
	per_cpu(queues, vcpu).block = page + offset;
	if (xsim_event_abi == &xsim_event_2l)
		take_over();
	return 0;
}

/* What came before there was room for it, also by the 2-level ABI, as in Xen. */
static void tell_early(u32 port, u32 end)
{
	for (; port < end; port++) {
		if (!xsim_chns[port].early)
			continue;
		xsim_chns[port].early = false;
		set_pending(port);
	}
}

long xsim_fifo_expand_array(u64 gfn)
{
	void *page;

	if (xsim_event_abi != &xsim_event_fifo)
		return -XEN_ENOSYS;
	page = xsim_guest_page_locked(gfn);
	if (!page)
		return -EINVAL;
	if (nr_pages == ARRAY_SIZE(array))
		return -ENOSPC;
	array[nr_pages++] = page;
	tell_early((nr_pages - 1) * WORDS_PER_PAGE, nr_pages * WORDS_PER_PAGE);
	return 0;
}

void xsim_fifo_reset(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		per_cpu(queues, cpu) = (struct queues){};
	nr_pages = 0;
	xsim_event_abi = &xsim_event_2l;
}

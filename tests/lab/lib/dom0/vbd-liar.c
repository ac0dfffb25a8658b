// SPDX-License-Identifier: GPL-2.0-only
/*
 * A block backend in a program, which serves a disk of zeros and, from one
 * request on, lies. The handshake is its caller's: this is rings only.
 *
 *	vbd-liar DOMID PORT LIE REF...
 *
 * It is honest up to the first request for sector 1024 or beyond, or the first
 * flush if the lie is about flushes. It prints a line when it is ready and
 * one when it has lied.
 */
#include <assert.h>
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/types.h>

/* What the next two headers take for known. */
#define domid_t unsigned short
#define grant_ref_t unsigned int

#include <xen/evtchn.h>
#include <xen/gntdev.h>

#define PAGE 4096
#define SEGMENTS 11
#define HONEST_SECTORS 1024

#define OP_READ 0
#define OP_WRITE 1
#define OP_FLUSH 3

struct segment {
	__u32 ref;
	__u8 first, last;
};

struct request {
	__u8 op, segments;
	__u16 handle;
	__u64 id, sector;
	struct segment seg[SEGMENTS];
};

struct response {
	__u64 id;
	__u8 op;
	__s16 status;
};

union slot {
	struct request req;
	struct response rsp;
};

struct ring {
	__u32 req_prod, req_event, rsp_prod, rsp_event;
	__u8 pad[48];
	union slot slots[];
};

static_assert(sizeof(union slot) == 112, "size of a slot");

static int gntdev, evtchn;
static unsigned int domid;
static struct ring *ring;
static __u32 size, req_cons, rsp_prod;

/* Return: the mapping, with its handle for unmap(). */
static void *map(const __u32 *refs, int count, int prot, __u64 *index)
{
	struct ioctl_gntdev_map_grant_ref *op;
	void *addr;
	int i;

	op = calloc(1, sizeof(*op) + count * sizeof(op->refs[0]));
	if (!op)
		err(1, "calloc");
	op->count = count;
	for (i = 0; i < count; i++) {
		op->refs[i].domid = domid;
		op->refs[i].ref = refs[i];
	}
	if (ioctl(gntdev, IOCTL_GNTDEV_MAP_GRANT_REF, op))
		err(1, "grant %u", refs[0]);
	addr = mmap(NULL, count * PAGE, prot, MAP_SHARED, gntdev, op->index);
	if (addr == MAP_FAILED)
		err(1, "mapping grant %u", refs[0]);
	*index = op->index;
	free(op);
	return addr;
}

static void unmap(void *addr, __u64 index)
{
	struct ioctl_gntdev_unmap_grant_ref op = { .index = index, .count = 1 };

	munmap(addr, PAGE);
	if (ioctl(gntdev, IOCTL_GNTDEV_UNMAP_GRANT_REF, &op))
		err(1, "unmapping");
}

static void serve_segment(const struct request *req, int i, int keep)
{
	const struct segment *seg = &req->seg[i];
	int prot = req->op == OP_READ ? PROT_READ | PROT_WRITE : PROT_READ;
	__u64 index;
	char *page;

	page = map(&seg->ref, 1, prot, &index);
	if (req->op == OP_READ)
		memset(page + seg->first * 512, 0,
		       (seg->last - seg->first + 1) * 512);
	if (!keep)
		unmap(page, index);
}

static void serve(const struct request *req, int keep)
{
	int i;

	if (req->op > OP_WRITE)
		return;
	for (i = 0; i < req->segments && i < SEGMENTS; i++)
		serve_segment(req, i, keep);
}

static void answer(__u64 id, __u8 op, __s16 status)
{
	struct response rsp = { .id = id, .op = op, .status = status };

	ring->slots[rsp_prod++ % size].rsp = rsp;
}

static void publish(__u32 extra)
{
	__atomic_thread_fence(__ATOMIC_RELEASE);
	__atomic_store_n(&ring->rsp_prod, rsp_prod + extra, __ATOMIC_SEQ_CST);
}

static void notify(__u32 port)
{
	struct ioctl_evtchn_notify op = { .port = port };

	if (ioctl(evtchn, IOCTL_EVTCHN_NOTIFY, &op))
		err(1, "notifying");
}

/* Return: whether there is such a lie. */
static int lie_about(const char *lie, const struct request *req)
{
	serve(req, !strcmp(lie, "mapped"));
	if (!strcmp(lie, "index"))
		publish(size + 5);
	else if (!strcmp(lie, "id"))
		answer(~1ULL, req->op, 0);
	else if (!strcmp(lie, "idle"))
		answer((req->id + size / 2) % size, req->op, 0);
	else if (!strcmp(lie, "operation"))
		answer(req->id, req->op ^ 1, 0);
	else if (!strcmp(lie, "status"))
		answer(req->id, req->op, 7);
	else if (!strcmp(lie, "error"))
		answer(req->id, req->op, -1);
	else if (!strcmp(lie, "mapped"))
		answer(req->id, req->op, 0);
	else if (!strcmp(lie, "flush"))
		answer(req->id, req->op, -2);
	else if (strcmp(lie, "silence"))
		return 0;
	if (strcmp(lie, "index"))
		publish(0);
	return 1;
}

static int time_to_lie(const char *lie, const struct request *req)
{
	if (!strcmp(lie, "flush"))
		return req->op == OP_FLUSH;
	return req->op <= OP_WRITE && req->sector >= HONEST_SECTORS;
}

/* Return: whether a request was served. */
static int step(const char *lie, __u32 port)
{
	struct request req;

	ring->req_event = req_cons + 1;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (__atomic_load_n(&ring->req_prod, __ATOMIC_ACQUIRE) == req_cons)
		return 0;
	req = ring->slots[req_cons++ % size].req;
	if (time_to_lie(lie, &req)) {
		if (!lie_about(lie, &req))
			errx(1, "no lie is called %s", lie);
		printf("lied about request %llu\n", (unsigned long long)req.id);
	} else {
		serve(&req, 0);
		answer(req.id, req.op, 0);
		publish(0);
	}
	notify(port);
	return 1;
}

static __u32 bind_port(__u32 remote)
{
	struct ioctl_evtchn_bind_interdomain op = {
		.remote_domain = domid,
		.remote_port = remote,
	};
	int port;

	port = ioctl(evtchn, IOCTL_EVTCHN_BIND_INTERDOMAIN, &op);
	if (port < 0)
		err(1, "binding port %u of domain %u", remote, domid);
	return port;
}

static void open_ring(char **refs, int count)
{
	__u32 numbers[16];
	__u64 index;
	int i;

	if (count < 1 || count > 16)
		errx(1, "1 to 16 ring pages, not %d", count);
	for (i = 0; i < count; i++)
		numbers[i] = strtoul(refs[i], NULL, 10);
	ring = map(numbers, count, PROT_READ | PROT_WRITE, &index);
	for (size = 1; size * 2 * sizeof(union slot) <= count * PAGE - 64u;)
		size *= 2;
}

int main(int argc, char **argv)
{
	__u32 port, event;

	if (argc < 5)
		errx(2, "usage: vbd-liar DOMID PORT LIE REF...");
	setvbuf(stdout, NULL, _IOLBF, 0);
	domid = strtoul(argv[1], NULL, 10);
	gntdev = open("/dev/xen/gntdev", O_RDWR);
	evtchn = open("/dev/xen/evtchn", O_RDWR);
	if (gntdev < 0 || evtchn < 0)
		err(1, "/dev/xen");
	open_ring(argv + 4, argc - 4);
	port = bind_port(strtoul(argv[2], NULL, 10));
	printf("ready, %u requests\n", size);
	for (;;) {
		while (step(argv[3], port))
			;
		if (read(evtchn, &event, sizeof(event)) != sizeof(event) ||
		    write(evtchn, &event, sizeof(event)) != sizeof(event))
			err(1, "waiting for an event");
	}
}

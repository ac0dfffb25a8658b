// SPDX-License-Identifier: GPL-2.0-only
/*
 * The load of tests/bench/cost: so many disk requests or packets, and what they
 * took, by the TSC, which counts instructions under QEMU's -icount. Linked
 * statically, for a machine that has busybox and nothing else.
 *
 *   drive blk read|write DEPTH N FILE
 *   drive send N ADDRESS             UDP packets of 64 bytes, that none answers
 *   drive burst BURST N ADDRESS      as many at a time, then wait for one back
 *   drive stream N ADDRESS           MiB by TCP
 *   drive serve                      the other end of burst and stream, for ever
 *
 * Prints "N TOTAL DOM0 IDLE": instructions, those of dom0 among them, and
 * ticks that the processor was idle.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <x86intrin.h>

#define BLOCK 4096
#define DEPTH_MAX 512
#define PORT 5001
#define PACKET 64
#define CHUNK 65536

static char buffer[DEPTH_MAX * BLOCK] __attribute__((aligned(BLOCK)));

static unsigned long long number_in(const char *file)
{
	unsigned long long number;
	FILE *f = fopen(file, "r");

	if (!f || fscanf(f, "%llu", &number) != 1)
		err(1, "%s", file);
	fclose(f);
	return number;
}

static unsigned long long idle_ticks(void)
{
	unsigned long long idle;
	FILE *f = fopen("/proc/stat", "r");

	if (!f || fscanf(f, "cpu %*u %*u %*u %llu", &idle) != 1)
		err(1, "/proc/stat");
	fclose(f);
	return idle;
}

struct mark {
	unsigned long long total, dom0, idle;
};

static struct mark mark(void)
{
	struct mark m;

	m.idle = idle_ticks();
	m.dom0 = number_in("/sys/kernel/debug/xpv-bench/dom0");
	m.total = __rdtsc();
	return m;
}

static void report(long n, struct mark start)
{
	unsigned long long total = __rdtsc() - start.total;
	struct mark end = mark();

	printf("%ld %llu %llu %llu\n", n, total, end.dom0 - start.dom0,
	       end.idle - start.idle);
}

static long number(const char *text)
{
	long n = strtol(text, NULL, 10);

	if (n <= 0)
		errx(1, "%s: not a number above 0", text);
	return n;
}

/* The same places in each run. */
static uint64_t next_place(uint64_t blocks)
{
	static uint64_t state = 1;

	state = state * 6364136223846793005ull + 1442695040888963407ull;
	return (state >> 33) % blocks * BLOCK;
}

struct disk {
	int fd;
	int op;
	uint64_t blocks;
	aio_context_t ctx;
	struct iocb iocbs[DEPTH_MAX];
};

static void submit(struct disk *disk, const long which[], long nr)
{
	struct iocb *list[DEPTH_MAX];
	long i;

	for (i = 0; i < nr; i++) {
		struct iocb *io = &disk->iocbs[which[i]];

		io->aio_data = which[i];
		io->aio_lio_opcode = disk->op;
		io->aio_fildes = disk->fd;
		io->aio_buf = (uintptr_t)&buffer[which[i] * BLOCK];
		io->aio_nbytes = BLOCK;
		io->aio_offset = next_place(disk->blocks);
		list[i] = io;
	}
	if (nr && syscall(SYS_io_submit, disk->ctx, nr, list) != nr)
		err(1, "io_submit");
}

static long collect(struct disk *disk, long which[], long depth)
{
	struct io_event events[DEPTH_MAX];
	long i, nr;

	nr = syscall(SYS_io_getevents, disk->ctx, 1, depth, events, NULL);
	if (nr < 1)
		err(1, "io_getevents");
	for (i = 0; i < nr; i++) {
		if (events[i].res != BLOCK)
			errx(1, "a request ended with %lld", (long long)events[i].res);
		which[i] = events[i].data;
	}
	return nr;
}

static void run_disk(struct disk *disk, long depth, long n)
{
	long which[DEPTH_MAX] = {}, i, left = n, nr = depth < n ? depth : n;
	struct mark start = mark();
	long flying = nr;

	for (i = 0; i < nr; i++)
		which[i] = i;
	submit(disk, which, nr);
	for (left -= nr; flying; flying += nr) {
		nr = collect(disk, which, depth);
		flying -= nr;
		nr = nr < left ? nr : left;
		submit(disk, which, nr);
		left -= nr;
	}
	report(n, start);
}

static void blk(char *args[])
{
	struct disk disk = {
		.op = strcmp(args[0], "write") ? IOCB_CMD_PREAD : IOCB_CMD_PWRITE,
	};
	long depth = number(args[1]);

	if (depth > DEPTH_MAX)
		errx(1, "depth is %d at most", DEPTH_MAX);
	disk.fd = open(args[3], O_RDWR | O_DIRECT);
	if (disk.fd < 0 || syscall(SYS_io_setup, DEPTH_MAX, &disk.ctx))
		err(1, "%s", args[3]);
	disk.blocks = lseek(disk.fd, 0, SEEK_END) / BLOCK;
	run_disk(&disk, depth, number(args[2]));
}

static struct sockaddr_in address(const char *text)
{
	struct sockaddr_in a = {
		.sin_family = AF_INET,
		.sin_port = htons(PORT),
	};

	if (inet_pton(AF_INET, text, &a.sin_addr) != 1)
		errx(1, "%s: not an address", text);
	return a;
}

static int connected(int type, const char *text)
{
	struct sockaddr_in to = address(text);
	int fd = socket(AF_INET, type, 0);

	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)))
		err(1, "%s", text);
	return fd;
}

static void send_packets(int fd, long n)
{
	while (n--)
		if (send(fd, buffer, PACKET, 0) != PACKET)
			err(1, "send");
}

static void send_only(char *args[])
{
	int fd = connected(SOCK_DGRAM, args[1]);
	long n = number(args[0]);
	struct mark start = mark();

	send_packets(fd, n);
	report(n, start);
}

/* The answer to a burst tells that all of it arrived. */
static void burst(char *args[])
{
	long size = number(args[0]), n = number(args[1]), i;
	int fd = connected(SOCK_DGRAM, args[2]);
	struct mark start = mark();

	for (i = 0; i < n; i += size) {
		buffer[0] = 0;
		send_packets(fd, size - 1);
		buffer[0] = 1;
		send_packets(fd, 1);
		if (recv(fd, buffer, PACKET, 0) != PACKET)
			err(1, "recv");
	}
	report(n, start);
}

static void stream(char *args[])
{
	int fd = connected(SOCK_STREAM, args[1]);
	long long left = number(args[0]) << 20;
	struct mark start = mark();
	ssize_t sent;
	char end;

	for (; left; left -= sent) {
		sent = write(fd, buffer, left < CHUNK ? left : CHUNK);
		if (sent <= 0)
			err(1, "write");
	}
	/* The other end closes when it has all. */
	shutdown(fd, SHUT_WR);
	if (read(fd, &end, 1))
		err(1, "the other end");
	report(number(args[0]), start);
}

static int listening(int type)
{
	struct sockaddr_in any = address("0.0.0.0");
	int fd = socket(AF_INET, type, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&any, sizeof(any)))
		err(1, "bind");
	if (type == SOCK_STREAM && listen(fd, 1))
		err(1, "listen");
	return fd;
}

static void serve_datagram(int fd)
{
	struct sockaddr_in from;
	socklen_t len = sizeof(from);

	if (recvfrom(fd, buffer, PACKET, 0, (struct sockaddr *)&from, &len) != PACKET)
		return;
	if (buffer[0])
		sendto(fd, buffer, PACKET, 0, (struct sockaddr *)&from, len);
}

static void serve_stream(int listener)
{
	int fd = accept(listener, NULL, NULL);

	while (read(fd, buffer, CHUNK) > 0)
		;
	close(fd);
}

static void serve(void)
{
	struct pollfd fds[2] = {
		{ .fd = listening(SOCK_DGRAM), .events = POLLIN },
		{ .fd = listening(SOCK_STREAM), .events = POLLIN },
	};

	while (poll(fds, 2, -1) > 0) {
		if (fds[0].revents)
			serve_datagram(fds[0].fd);
		if (fds[1].revents)
			serve_stream(fds[1].fd);
	}
}

int main(int argc, char *argv[])
{
	const char *what = argc > 1 ? argv[1] : "";

	if (!strcmp(what, "blk") && argc == 6)
		blk(argv + 2);
	else if (!strcmp(what, "send") && argc == 4)
		send_only(argv + 2);
	else if (!strcmp(what, "burst") && argc == 5)
		burst(argv + 2);
	else if (!strcmp(what, "stream") && argc == 4)
		stream(argv + 2);
	else if (!strcmp(what, "serve") && argc == 2)
		serve();
	else
		errx(2, "see the top of drive.c");
	return 0;
}

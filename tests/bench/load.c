// SPDX-License-Identifier: GPL-2.0-only
/*
 * The loads of tests/bench/bench, in a guest or in dom0. Each takes next to no
 * time to start, so that what the domain uses is for the load. Linked statically.
 *
 *   load blk read|write|fsync rand|seq BYTES [JOBSx]DEPTH SECONDS FILE
 *   load rr SECONDS ADDRESS        one byte by TCP, there and back
 *   load tcp-out|tcp-in FLOWS SECONDS ADDRESS
 *   load udp-out|udp-in SECONDS ADDRESS    packets of 64 bytes
 *   load serve                     the other end of these, for ever
 *
 * Prints "OPERATIONS SECONDS P50 P99": how many, how long it took, and latencies
 * in microseconds, 0 where none are measured. Of tcp an operation is a KiB.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define PORT 5700
#define PACKET 64
#define CHUNK 65536
#define AT_ONCE 32
#define FLOWS_MAX 16
#define DEPTH_MAX 256
#define JOBS_MAX 8
#define BYTES_MAX (1 << 20)
#define SAMPLES_MAX (1 << 20)
#define JOB_SAMPLES (SAMPLES_MAX / JOBS_MAX)

/* What a client asks of serve, in its first byte. */
enum wish {
	ECHO = 'e',
	SINK = 's',
	SOURCE = 'o',
};

static char chunk[CHUNK];
static uint32_t samples[SAMPLES_MAX];
static long nr_samples;

/*
 * Where Xen's clock cannot be read without a system call, that is dear enough to hide
 * what a driver costs: so it is read once for each round of a load, and no more.
 */
static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000ull + t.tv_nsec / 1000;
}

static void sample(uint64_t took)
{
	samples[nr_samples++ % SAMPLES_MAX] = took;
}

static int compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static uint32_t percentile(unsigned int part)
{
	long n = nr_samples < SAMPLES_MAX ? nr_samples : SAMPLES_MAX;

	return n ? samples[n * part / 100] : 0;
}

static void report(long long n, uint64_t start)
{
	double seconds = (now() - start) / 1e6;

	qsort(samples, nr_samples < SAMPLES_MAX ? nr_samples : SAMPLES_MAX,
	      sizeof(*samples), compare);
	printf("%lld %.3f %u %u\n", n, seconds, percentile(50), percentile(99));
}

static long number(const char *text, long max)
{
	long n = strtol(text, NULL, 10);

	if (n <= 0 || n > max)
		errx(1, "%s: not a number from 1 to %ld", text, max);
	return n;
}

static uint64_t deadline(const char *seconds)
{
	return now() + number(seconds, 1000) * 1000000ull;
}

struct disk {
	int fd, op;
	int sequential;
	long bytes;
	uint64_t blocks, next;
	aio_context_t ctx;
	char *data;
	struct iocb iocbs[DEPTH_MAX];
	uint64_t since[DEPTH_MAX];
};

static uint64_t next_place(struct disk *d)
{
	if (d->sequential)
		return d->next++ % d->blocks * d->bytes;
	d->next = d->next * 6364136223846793005ull + 1442695040888963407ull;
	return (d->next >> 33) % d->blocks * d->bytes;
}

static void submit(struct disk *d, const long which[], long nr, uint64_t at)
{
	struct iocb *list[DEPTH_MAX];
	long i;

	for (i = 0; i < nr; i++) {
		struct iocb *io = &d->iocbs[which[i]];

		io->aio_data = which[i];
		io->aio_lio_opcode = d->op;
		io->aio_fildes = d->fd;
		io->aio_buf = (uintptr_t)(d->data + which[i] * d->bytes);
		io->aio_nbytes = d->bytes;
		io->aio_offset = next_place(d);
		d->since[which[i]] = at;
		list[i] = io;
	}
	if (nr && syscall(SYS_io_submit, d->ctx, nr, list) != nr)
		err(1, "io_submit");
}

static long collect(struct disk *d, long which[], uint64_t *at)
{
	struct io_event events[DEPTH_MAX];
	long i, nr;

	nr = syscall(SYS_io_getevents, d->ctx, 1, DEPTH_MAX, events, NULL);
	if (nr < 1)
		err(1, "io_getevents");
	*at = now();
	for (i = 0; i < nr; i++) {
		if (events[i].res != d->bytes)
			errx(1, "a request ended with %lld", (long long)events[i].res);
		which[i] = events[i].data;
		sample(*at - d->since[which[i]]);
	}
	return nr;
}

static long run_async(struct disk *d, long depth, uint64_t end)
{
	long which[DEPTH_MAX] = {}, flying = depth, n = 0, nr;
	uint64_t at = now();

	for (nr = 0; nr < depth; nr++)
		which[nr] = nr;
	submit(d, which, depth, at);
	while (flying) {
		nr = collect(d, which, &at);
		n += nr;
		if (at < end)
			submit(d, which, nr, at);
		else
			flying -= nr;
	}
	return n;
}

static long run_fsync(struct disk *d, uint64_t end)
{
	uint64_t since, at = now();
	long n = 0;

	while (at < end) {
		since = at;
		if (pwrite(d->fd, d->data, d->bytes, next_place(d)) != d->bytes ||
		    fsync(d->fd))
			err(1, "write");
		at = now();
		sample(at - since);
		n++;
	}
	return n;
}

/* @job counts from 0, and has places of its own. */
static long run_disk(char *args[], long depth, long job, uint64_t end)
{
	struct disk d = {
		.op = strcmp(args[0], "read") ? IOCB_CMD_PWRITE : IOCB_CMD_PREAD,
		.sequential = !strcmp(args[1], "seq"),
		.bytes = number(args[2], BYTES_MAX),
		.next = job << 16,
	};

	d.data = aligned_alloc(4096, d.bytes * depth);
	d.fd = open(args[5], O_RDWR | O_DIRECT);
	if (!d.data || d.fd < 0 || syscall(SYS_io_setup, DEPTH_MAX, &d.ctx))
		err(1, "%s", args[5]);
	memset(d.data, 0x5a, d.bytes * depth);
	d.blocks = lseek(d.fd, 0, SEEK_END) / d.bytes;
	return strcmp(args[0], "fsync") ? run_async(&d, depth, end) :
					  run_fsync(&d, end);
}

static void tell(int fd, const void *data, size_t len)
{
	const char *at = data;
	ssize_t n;

	for (; len; at += n, len -= n) {
		n = write(fd, at, len);
		if (n <= 0)
			err(1, "pipe");
	}
}

static void hear(int fd, void *data, size_t len)
{
	char *at = data;
	ssize_t n;

	for (; len; at += n, len -= n) {
		n = read(fd, at, len);
		if (n <= 0)
			errx(1, "a job ended early");
	}
}

static int start_job(char *args[], long depth, long job, uint64_t end)
{
	int ends[2];
	long told[2];

	if (pipe(ends))
		err(1, "pipe");
	if (!fork()) {
		told[0] = run_disk(args, depth, job, end);
		told[1] = nr_samples < JOB_SAMPLES ? nr_samples : JOB_SAMPLES;
		tell(ends[1], told, sizeof(told));
		tell(ends[1], samples, told[1] * sizeof(*samples));
		_exit(0);
	}
	close(ends[1]);
	return ends[0];
}

/* Each is a process, and tells by a pipe. */
static long run_jobs(char *args[], long depth, long jobs, uint64_t end)
{
	int ends[JOBS_MAX];
	long told[2], n = 0, i;

	for (i = 0; i < jobs; i++)
		ends[i] = start_job(args, depth, i, end);
	for (i = 0; i < jobs; i++) {
		hear(ends[i], told, sizeof(told));
		hear(ends[i], samples + nr_samples, told[1] * sizeof(*samples));
		n += told[0];
		nr_samples += told[1];
	}
	return n;
}

static void blk(char *args[])
{
	uint64_t end = deadline(args[4]), start = now();
	char *depth = strchr(args[3], 'x');
	long jobs = 1;

	if (depth) {
		*depth++ = 0;
		jobs = number(args[3], JOBS_MAX);
	}
	report(run_jobs(args, number(depth ?: args[3], DEPTH_MAX), jobs, end),
	       start);
}

static int connected(int type, const char *text)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	int fd = socket(AF_INET, type, 0), one = 1;

	if (inet_pton(AF_INET, text, &to.sin_addr) != 1)
		errx(1, "%s: not an address", text);
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)))
		err(1, "%s", text);
	if (type == SOCK_STREAM)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	return fd;
}

static int asked(const char *text, char wish)
{
	int fd = connected(SOCK_STREAM, text);

	if (write(fd, &wish, 1) != 1)
		err(1, "%s", text);
	return fd;
}

static void rr(char *args[])
{
	int fd = asked(args[1], ECHO);
	uint64_t end = deadline(args[0]), start = now(), at = start, since;
	char byte = 0;
	long n = 0;

	while (at < end) {
		since = at;
		if (write(fd, &byte, 1) != 1 || read(fd, &byte, 1) != 1)
			err(1, "rr");
		at = now();
		sample(at - since);
		n++;
	}
	report(n, start);
}

static long long move(int fd, int out, uint64_t end)
{
	long long bytes = 0;
	ssize_t n;

	while (now() < end) {
		n = out ? write(fd, chunk, CHUNK) : read(fd, chunk, CHUNK);
		if (n <= 0)
			err(1, "stream");
		bytes += n;
	}
	return bytes;
}

/* Each flow is a process, and tells by a pipe. */
static void stream(int out, char *args[])
{
	long flows = number(args[0], FLOWS_MAX), i;
	uint64_t end = deadline(args[1]), start = now();
	long long bytes, sum = 0;
	int tell[2];

	if (pipe(tell))
		err(1, "pipe");
	for (i = 0; i < flows; i++) {
		if (fork())
			continue;
		bytes = move(asked(args[2], out ? SINK : SOURCE), out, end);
		_exit(write(tell[1], &bytes, sizeof(bytes)) != sizeof(bytes));
	}
	close(tell[1]);
	for (i = 0; read(tell[0], &bytes, sizeof(bytes)) == sizeof(bytes); i++)
		sum += bytes;
	if (i != flows)
		errx(1, "a flow ended early");
	report(sum >> 10, start);
}

/* Return: how many of a few packets were sent. */
static long send_some(int fd)
{
	long n = 0, i;

	for (i = 0; i < AT_ONCE; i++) {
		if (send(fd, chunk, PACKET, 0) == PACKET)
			n++;
		else if (errno != ENOBUFS && errno != ECONNREFUSED)
			err(1, "send");
	}
	return n;
}

static long flood(int fd, uint64_t end)
{
	long n = 0;

	while (now() < end)
		n += send_some(fd);
	return n;
}

static void udp_out(char *args[])
{
	int fd = connected(SOCK_DGRAM, args[1]);
	uint64_t end = deadline(args[0]), start = now();

	report(flood(fd, end), start);
}

/* The first packet asks, by its length, for so many seconds of packets. */
static void udp_in(char *args[])
{
	struct timeval patience = { .tv_sec = 1 };
	int fd = connected(SOCK_DGRAM, args[1]);
	uint64_t start = now();
	long n = 0;

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (send(fd, chunk, number(args[0], 60), 0) < 0)
		err(1, "send");
	while (recv(fd, chunk, PACKET, 0) > 0)
		n++;
	/* Without the second of silence at the end. */
	report(n, start + patience.tv_sec * 1000000ull);
}

static void serve_connection(int fd)
{
	ssize_t n;
	int one = 1;
	char wish;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (read(fd, &wish, 1) != 1)
		return;
	if (wish == SOURCE)
		while (write(fd, chunk, CHUNK) > 0)
			;
	while ((n = read(fd, chunk, CHUNK)) > 0)
		if (wish == ECHO && write(fd, chunk, n) != n)
			return;
}

static int listening(int type)
{
	struct sockaddr_in any = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	int fd = socket(AF_INET, type, 0), one = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (fd < 0 || bind(fd, (struct sockaddr *)&any, sizeof(any)))
		err(1, "bind");
	if (type == SOCK_STREAM && listen(fd, FLOWS_MAX))
		err(1, "listen");
	return fd;
}

static void serve_udp(void)
{
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	int fd = listening(SOCK_DGRAM);
	char seconds[16];
	ssize_t n;

	while ((n = recvfrom(fd, chunk, CHUNK, 0, (struct sockaddr *)&from, &len)) > 0) {
		if (n >= PACKET)
			continue;
		snprintf(seconds, sizeof(seconds), "%zd", n);
		if (connect(fd, (struct sockaddr *)&from, len))
			continue;
		flood(fd, deadline(seconds));
		from.sin_family = AF_UNSPEC;
		connect(fd, (struct sockaddr *)&from, len);
	}
}

static void serve(void)
{
	int listener = listening(SOCK_STREAM), fd;

	signal(SIGCHLD, SIG_IGN);
	if (!fork()) {
		serve_udp();
		_exit(1);
	}
	while ((fd = accept(listener, NULL, NULL)) >= 0) {
		if (!fork()) {
			serve_connection(fd);
			_exit(0);
		}
		close(fd);
	}
}

int main(int argc, char *argv[])
{
	const char *what = argc > 1 ? argv[1] : "";

	signal(SIGPIPE, SIG_IGN);
	if (!strcmp(what, "blk") && argc == 8)
		blk(argv + 2);
	else if (!strcmp(what, "rr") && argc == 4)
		rr(argv + 2);
	else if ((!strcmp(what, "tcp-out") || !strcmp(what, "tcp-in")) && argc == 5)
		stream(!strcmp(what, "tcp-out"), argv + 2);
	else if (!strcmp(what, "udp-out") && argc == 4)
		udp_out(argv + 2);
	else if (!strcmp(what, "udp-in") && argc == 4)
		udp_in(argv + 2);
	else if (!strcmp(what, "serve"))
		serve();
	else
		errx(2, "see the top of load.c");
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * console: dom0's end of the talk with the agent in a guest. See frame.h for the
 * words, and console.sh for who calls.
 *
 *	console demux LOG COPY	takes apart what the guest prints, for good, and copies it
 *	console send DIR TTY ID SECONDS COMMAND	until the agent has it
 *	console receive DIR TTY ID SECONDS	prints the output; ID.end has the status
 *	console ask DIR TTY ID SECONDS COMMAND	both
 *
 * demux leaves files in the current folder, which is DIR to the others: ready, dead
 * (why), ID.ack, ID.nak, ID.out and then ID.end, or ID.bad. The others end with 1 if
 * time ran out, 2 if the guest died.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "frame.h"

#define LINE_SIZE	1024
#define OUTPUT_MAX	131072
#define COPY_MAX	65536
/* Of a command that is killed in the guest, there still is an answer. */
#define ANSWER_SECONDS	20
#define TIMED_OUT	1
#define DIED		2

/* An answer that is coming in. */
struct answer {
	unsigned int id;
	int pieces;
	long len;
	char data[OUTPUT_MAX];
	struct answer *next;
};

static struct answer *answers;

static void die(const char *what)
{
	perror(what);
	exit(3);
}

static void pause_ms(long ms)
{
	struct timespec time = { .tv_nsec = ms * 1000000 };

	nanosleep(&time, NULL);
}

static const char *name(unsigned int id, const char *kind)
{
	static char path[2][32];
	static int turn;

	turn = !turn;
	snprintf(path[turn], sizeof(path[turn]), "%u.%s", id, kind);
	return path[turn];
}

static int there(const char *path)
{
	return !access(path, F_OK);
}

/* leave - a file that is whole as soon as it is there. */
static void leave(const char *path, const void *data, size_t len)
{
	FILE *file = fopen(".new", "w");

	if (!file || fwrite(data, 1, len, file) != len || fclose(file) || rename(".new", path))
		die(path);
}

static struct answer *find_answer(unsigned int id)
{
	struct answer *a;

	for (a = answers; a; a = a->next)
		if (a->id == id)
			return a;
	a = calloc(1, sizeof(*a));
	if (!a)
		die("memory");
	a->id = id;
	a->next = answers;
	answers = a;
	return a;
}

static void forget_answer(struct answer *a)
{
	struct answer **at = &answers;

	while (*at != a)
		at = &(*at)->next;
	*at = a->next;
	free(a);
}

/* take_piece - in their order; one that is lost is missed at the end. */
static void take_piece(unsigned int id, int seq, const char *text)
{
	struct answer *a = find_answer(id);
	long len = strlen(text);

	if (seq == 1) {
		a->pieces = 0;
		a->len = 0;
	}
	if (seq != a->pieces + 1 || a->len + len > OUTPUT_MAX)
		return;
	len = frame_decode(a->data + a->len, text);
	if (len < 0)
		return;
	a->pieces++;
	a->len += len;
}

static void take_end(unsigned int id, int status, int pieces, const char *form, unsigned int crc)
{
	struct answer *a = find_answer(id);
	char text[64];
	int packed = !strcmp(form, "gzip");

	if (a->pieces != pieces || frame_crc(a->data, a->len) != crc) {
		leave(name(id, "bad"), "", 0);
		forget_answer(a);
		return;
	}
	leave(name(id, packed ? "gz" : "out"), a->data, a->len);
	snprintf(text, sizeof(text), "gzip -dc %u.gz >%u.out", id, id);
	if (packed && system(text))
		die("gzip");
	leave(name(id, "end"), text, snprintf(text, sizeof(text), "%d\n", status));
	forget_answer(a);
}

/* take_words - of the agent, up to the semicolon. */
static void take_words(const char *words)
{
	char verb[8], text[LINE_SIZE], form[8];
	unsigned int id, crc;
	int status, pieces, seq;

	if (!strcmp(words, "ready"))
		leave("ready", "", 0);
	else if (sscanf(words, "%u end %d %d %7s %u", &id, &status, &pieces, form, &crc) == 5)
		take_end(id, status, pieces, form, crc);
	else if (sscanf(words, "%u %d %1023s", &id, &seq, text) == 3)
		take_piece(id, seq, text);
	else if (sscanf(words, "%u %7s", &id, verb) == 2 &&
		 (!strcmp(verb, "ack") || !strcmp(verb, "nak")))
		leave(name(id, verb), "", 0);
}

static void take_line(char *line)
{
	char *words = strstr(line, "#xpv "), *end = words ? strchr(words, ';') : NULL;
	const char *why = strstr(line, "] ");

	if (end) {
		*end = '\0';
		take_words(words + 5);
	} else if (strstr(line, "Kernel panic")) {
		leave("dead", why ? why + 2 : line, strlen(why ? why + 2 : line));
	}
}

/* take_bytes - a line that is too long is nobody's here. */
static void take_bytes(const char *data, size_t size)
{
	static char line[LINE_SIZE];
	static size_t len;

	for (; size; size--, data++) {
		if (*data == '\n') {
			line[len] = '\0';
			take_line(line);
			len = 0;
		} else if (len < sizeof(line) - 1) {
			line[len++] = *data;
		}
	}
}

static void demux(const char *log, const char *path)
{
	int file = open(log, O_RDONLY), copy = open(path, O_WRONLY | O_CREAT | O_APPEND, 0644);
	static char data[COPY_MAX];
	ssize_t len;

	if (file < 0 || copy < 0)
		die(log);
	for (;;) {
		len = read(file, data, sizeof(data));
		if (len < 0)
			die(log);
		take_bytes(data, len);
		if (len && write(copy, data, len) != len)
			perror(path);
		if (!len)
			pause_ms(20);
	}
}

/* tell - one line. A guest that takes none ends this by its alarm. */
static void tell(const char *tty, const char *line)
{
	size_t len = strlen(line);
	int file;

	alarm(10);
	file = open(tty, O_WRONLY | O_NOCTTY);
	if (file < 0 || write(file, line, len) != (ssize_t)len)
		die(tty);
	close(file);
	alarm(0);
}

/* await - until one of the files of @id is there, and which; it exits if none comes. */
static int await(unsigned int id, const char *const *kinds, int seconds)
{
	time_t deadline = time(NULL) + seconds;
	int kind;

	while (time(NULL) <= deadline) {
		for (kind = 0; kinds[kind]; kind++)
			if (there(name(id, kinds[kind])))
				return kind;
		if (there("dead"))
			exit(DIED);
		pause_ms(10);
	}
	exit(TIMED_OUT);
}

static int send_command(const char *tty, unsigned int id, const char *seconds, const char *command)
{
	static const char *const kinds[] = { "ack", "end", "nak", NULL };
	size_t len = strlen(command);
	char *line = malloc(FRAME_BASE64(len) + 128);
	int tries, at;

	if (!line)
		die("memory");
	at = sprintf(line, "#xpv run %u %s %u ", id, seconds, frame_crc(command, len));
	frame_encode(line + at, command, len);
	strcat(line, "\n");
	for (tries = 1; tries <= 3; tries++) {
		tell(tty, line);
		if (strcmp(kinds[await(id, kinds, 20)], "nak"))
			return 0;
		fprintf(stderr, "console: command %u arrived garbled (%d)\n", id, tries);
		unlink(name(id, "nak"));
	}
	return TIMED_OUT;
}

static void print_file(const char *path)
{
	char data[4096];
	size_t len;
	FILE *file = fopen(path, "r");

	if (!file)
		die(path);
	while ((len = fread(data, 1, sizeof(data), file)))
		fwrite(data, 1, len, stdout);
	fclose(file);
	fflush(stdout);
}

static int receive(const char *tty, unsigned int id, int seconds)
{
	static const char *const kinds[] = { "end", "bad", NULL };
	char line[64];
	int tries;

	snprintf(line, sizeof(line), "#xpv resend %u\n", id);
	for (tries = 1; tries <= 5; tries++) {
		if (!await(id, kinds, seconds)) {
			print_file(name(id, "out"));
			return 0;
		}
		fprintf(stderr, "console: answer %u arrived garbled (%d)\n", id, tries);
		unlink(name(id, "bad"));
		tell(tty, line);
	}
	return TIMED_OUT;
}

static int ask(const char *tty, unsigned int id, const char *seconds, const char *command)
{
	int status = send_command(tty, id, seconds, command);

	return status ? status : receive(tty, id, atoi(seconds) + ANSWER_SECONDS);
}

int main(int argc, char **argv)
{
	unsigned int id = argc > 4 ? strtoul(argv[4], NULL, 10) : 0;

	if (argc == 4 && !strcmp(argv[1], "demux"))
		demux(argv[2], argv[3]);
	if (argc > 4 && chdir(argv[2]))
		die(argv[2]);
	if (argc == 7 && !strcmp(argv[1], "send"))
		return send_command(argv[3], id, argv[5], argv[6]);
	if (argc == 6 && !strcmp(argv[1], "receive"))
		return receive(argv[3], id, atoi(argv[5]));
	if (argc == 7 && !strcmp(argv[1], "ask"))
		return ask(argv[3], id, argv[5], argv[6]);
	fprintf(stderr, "console: see the head of console.c\n");
	return 3;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * agent: runs in the guest what arrives on its console, and answers there. See
 * frame.h for the words. It is one program, and no script, since in an emulated
 * machine each process takes its time.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "frame.h"

#define RUN_DIR		"/run/agent"
/* Of longer output, that is the end. */
#define OUTPUT_MAX	65536
/*
 * Longer output is worth the processes that compress it: on an emulated serial port
 * each byte takes its time, on a PV console a process takes that of thousands.
 */
#define PLAIN_MAX_SERIAL	400
#define PLAIN_MAX_PV		16384
/* Answers that may be asked for again. */
#define KEPT		8
#define TIMED_OUT	124
#define COMMAND_MAX	131072

static int plain_max = PLAIN_MAX_SERIAL;

static void die(const char *what)
{
	perror(what);
	_exit(1);
}

/* say - one line, in one piece; the newline before it ends half a kernel message. */
static void say(const char *text)
{
	char line[FRAME_BASE64(FRAME_PIECE) + 64];
	int len = snprintf(line, sizeof(line), "\n#xpv %s;\n", text);
	const char *at = line;
	ssize_t done;

	for (; len > 0; at += done, len -= done) {
		done = write(STDOUT_FILENO, at, len);
		if (done < 0 && errno != EINTR)
			die("console");
		if (done < 0)
			done = 0;
	}
}

/* raw_console - as it comes, without echo. */
static void raw_console(void)
{
	struct termios mode;

	if (tcgetattr(STDIN_FILENO, &mode))
		return;
	cfmakeraw(&mode);
	tcsetattr(STDIN_FILENO, TCSANOW, &mode);
}

static long read_file(const char *path, char *data, size_t max)
{
	int file = open(path, O_RDONLY);
	struct stat info;
	long len;

	if (file < 0)
		return -1;
	if (!fstat(file, &info) && info.st_size > (off_t)max)
		lseek(file, info.st_size - max, SEEK_SET);
	len = read(file, data, max);
	close(file);
	return len;
}

/* load_output - what is to be sent; tells its FORM. */
static long load_output(unsigned int id, char *data, const char **form)
{
	char path[64], command[160];
	long len;

	snprintf(path, sizeof(path), RUN_DIR "/%u.out", id);
	len = read_file(path, data, OUTPUT_MAX);
	*form = "plain";
	if (len <= plain_max)
		return len < 0 ? 0 : len;

	snprintf(command, sizeof(command), "tail -c %d %s | gzip -c >%s.gz", OUTPUT_MAX, path,
		 path);
	if (system(command))
		return len;
	strcat(path, ".gz");
	*form = "gzip";
	return read_file(path, data, OUTPUT_MAX);
}

/* answer - what command @id printed. One answer at a time. */
static void answer(unsigned int id, int status)
{
	static char data[OUTPUT_MAX];
	char text[FRAME_BASE64(FRAME_PIECE) + 32];
	const char *form;
	long len = load_output(id, data, &form), at, part;
	int lock = open(RUN_DIR "/lock", O_CREAT | O_RDWR, 0600), seq = 0;

	if (lock < 0 || flock(lock, LOCK_EX))
		die("lock");
	for (at = 0; at < len; at += part) {
		part = len - at < FRAME_PIECE ? len - at : FRAME_PIECE;
		frame_encode(text + sprintf(text, "%u %d ", id, ++seq), data + at, part);
		say(text);
	}
	sprintf(text, "%u end %d %d %s %u", id, status, seq, form, frame_crc(data, len));
	say(text);
	close(lock);
}

/* keep_status - for an answer that has to be sent again; @status below 0 reads it. */
static int keep_status(unsigned int id, int status)
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), RUN_DIR "/%u.status", id);
	file = fopen(path, status < 0 ? "r" : "w");
	if (!file)
		die(path);
	if (status < 0 && fscanf(file, "%d", &status) != 1)
		status = 1;
	else
		fprintf(file, "%d\n", status);
	fclose(file);
	return status;
}

/* block_sigchld - where it is waited for, it must not be lost. */
static void block_sigchld(int how)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGCHLD);
	sigprocmask(how, &signals, NULL);
}

/*
 * forget - a command that was answered some commands ago: it is not asked for any
 * more, and a case may count the guest's memory. Others stay.
 */
static void forget(unsigned int id)
{
	static const char *const kinds[] = { "status", "out", "out.gz", NULL };
	char path[64];
	int i;

	for (i = 0; kinds[i]; i++) {
		snprintf(path, sizeof(path), RUN_DIR "/%u.%s", id, kinds[i]);
		if (unlink(path) && !i)
			return;
	}
}

/* start - the command, leader of a session of its own. */
static pid_t start(unsigned int id, const char *command)
{
	char path[64];
	pid_t child = fork();

	if (child)
		return child;
	snprintf(path, sizeof(path), RUN_DIR "/%u.out", id);
	block_sigchld(SIG_UNBLOCK);
	setsid();
	if (chdir("/") || !freopen("/dev/null", "r", stdin) || !freopen(path, "w", stdout) ||
	    dup2(STDOUT_FILENO, STDERR_FILENO) < 0)
		die(path);
	execl("/bin/sh", "sh", "-c", command, NULL);
	die("/bin/sh");
	return -1;
}

/* ended - within so many seconds? SIGCHLD is blocked, and waits to be taken. */
static int ended(pid_t child, int *status, unsigned int seconds)
{
	struct timespec left = { .tv_sec = seconds };
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGCHLD);
	while (waitpid(child, status, WNOHANG) != child)
		if (sigtimedwait(&signals, NULL, &left) < 0 && errno == EAGAIN)
			return waitpid(child, status, WNOHANG) == child;
	return 1;
}

/* run - in a process of its own, so that commands go on side by side. */
static void run(unsigned int id, unsigned int seconds, const char *command)
{
	pid_t child = start(id, command);
	int status;

	if (child < 0)
		die("fork");
	if (ended(child, &status, seconds)) {
		status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	} else {
		kill(-child, SIGTERM);
		if (!ended(child, &status, 5)) {
			kill(-child, SIGKILL);
			ended(child, &status, 5);
		}
		status = TIMED_OUT;
	}
	keep_status(id, status);
	answer(id, status);
	_exit(0);
}

static void accept_run(const char *words)
{
	static char code[COMMAND_MAX], command[COMMAND_MAX];
	unsigned int id, seconds, crc;
	char text[32];
	long len;

	if (sscanf(words, "%u %u %u %s", &id, &seconds, &crc, code) != 4)
		return;
	len = frame_decode(command, code);
	if (len < 0 || frame_crc(command, len) != crc) {
		sprintf(text, "%u nak", id);
		say(text);
		return;
	}
	command[len] = '\0';
	forget(id - KEPT);
	sprintf(text, "%u ack", id);
	say(text);
	if (!fork())
		run(id, seconds, command);
}

static void accept_line(const char *line)
{
	unsigned int id;

	if (!strncmp(line, "#xpv run ", 9)) {
		accept_run(line + 9);
	} else if (sscanf(line, "#xpv resend %u", &id) == 1 && !fork()) {
		answer(id, keep_status(id, -1));
		_exit(0);
	}
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

int main(void)
{
	static char line[COMMAND_MAX];

	mkdir(RUN_DIR, 0755);
	block_sigchld(SIG_BLOCK);
	if (strstr(ttyname(STDIN_FILENO) ?: "", "hvc"))
		plain_max = PLAIN_MAX_PV;
	raw_console();
	say("ready");
	while (fgets(line, sizeof(line), stdin))
		accept_line(line);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The only program of the machine that scripts/mutate boots: loads the modules
 * in /m one after the other, and says so in the kernel's log before each. KUnit
 * runs the suites of a module as it is loaded.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/syscall.h>
#include <unistd.h>

static int is_module(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return dot && !strcmp(dot, ".ko");
}

static void say(const char *what, const char *name)
{
	char line[256];
	int fd = open("/dev/kmsg", O_WRONLY);
	int len = snprintf(line, sizeof(line), "mutant %s %s", what, name);

	if (fd < 0 || write(fd, line, len) != len)
		exit(1);
	close(fd);
}

/* Its name as a module is what stands after the number: 007-name.ko */
static void run(const char *file)
{
	char path[256], module[128];
	int fd;

	say("begins", file);
	snprintf(path, sizeof(path), "/m/%s", file);
	snprintf(module, sizeof(module), "%s", strchr(file, '-') + 1);
	*strrchr(module, '.') = '\0';
	fd = open(path, O_RDONLY);
	if (fd < 0 || syscall(SYS_finit_module, fd, "", 0) ||
	    syscall(SYS_delete_module, module, O_NONBLOCK))
		say("fails", file);
	else
		say("ends", file);
	close(fd);
}

int main(void)
{
	struct dirent **names;
	int i, nr = scandir("/m", &names, is_module, alphasort);

	for (i = 0; i < nr; i++)
		run(names[i]->d_name);
	say("list", "ends");
	sync();
	reboot(RB_AUTOBOOT);
	return 0;
}

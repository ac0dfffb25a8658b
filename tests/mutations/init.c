// SPDX-License-Identifier: GPL-2.0-only
/*
 * The only program of the machines that scripts/mutate boots. Its arguments are
 * files of modules. It loads those of a service and keeps them; before and after
 * each module whose name is a row's number (m007.ko) it writes so into the kernel's
 * log, and it unloads that module. KUnit runs the suites of a module as it is
 * loaded. What follows a comma in an argument is a parameter of the module.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/syscall.h>
#include <unistd.h>

static void say(const char *what, const char *name)
{
	char line[256];
	int fd = open("/dev/kmsg", O_WRONLY);
	int len = snprintf(line, sizeof(line), "mutant %s %s", what, name);

	if (fd < 0 || write(fd, line, len) != len)
		exit(1);
	close(fd);
}

static int load(const char *path, const char *parameter)
{
	int fd = open(path, O_RDONLY);
	int err = fd < 0 || syscall(SYS_finit_module, fd, parameter, 0);

	close(fd);
	return err;
}

static void run(char *path)
{
	char *parameter = strchr(path, ',');
	const char *base = strrchr(path, '/');
	char name[64];
	int row;

	if (parameter)
		*parameter++ = '\0';
	snprintf(name, sizeof(name), "%s", base ? base + 1 : path);
	*strchrnul(name, '.') = '\0';
	row = *name == 'm' && isdigit(name[1]);
	if (row)
		say("begins", name);
	if (load(path, parameter ? parameter : ""))
		say("fails", name);
	else if (row)
		say("ends", name);
	if (row)
		syscall(SYS_delete_module, name, O_NONBLOCK);
}

int main(int argc, char **argv)
{
	int i;

	if (access("/dev/kmsg", F_OK))
		mount("dev", "/dev", "devtmpfs", 0, "");
	/* User-mode Linux adds options of its own. */
	for (i = 1; i < argc; i++)
		if (argv[i][0] == '/')
			run(argv[i]);
	say("list", "ends");
	sync();
	reboot(getenv("poweroff") ? RB_POWER_OFF : RB_AUTOBOOT);
	return 0;
}

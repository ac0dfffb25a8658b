// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes a module's parameter as an admin does, through a sysfs of its own: a
 * suite that is built in runs before anybody has mounted one.
 */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/mount.h>
#include <linux/string.h>

#include "stack.h"

static ssize_t write_file(struct vfsmount *sysfs, const char *path,
			  const char *value)
{
	struct path root = { .mnt = sysfs, .dentry = sysfs->mnt_root };
	struct file *file = file_open_root(&root, path, O_WRONLY, 0);
	loff_t at = 0;
	ssize_t done;

	if (IS_ERR(file))
		return PTR_ERR(file);
	done = kernel_write(file, value, strlen(value), &at);
	filp_close(file, NULL);
	return done;
}

void stack_set_parameter(struct kunit *test, const char *path,
			 const char *value)
{
	struct file_system_type *type = get_fs_type("sysfs");
	struct vfsmount *sysfs;

	KUNIT_ASSERT_NOT_NULL(test, type);
	sysfs = kern_mount(type);
	KUNIT_ASSERT_FALSE(test, IS_ERR(sysfs));
	KUNIT_EXPECT_EQ(test, write_file(sysfs, path, value),
			(ssize_t)strlen(value));
	kern_unmount(sysfs);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * /sys/hypervisor, where a kernel whose Xen core owns the domain tells what it
 * runs on; the same files, for a kernel that does not. A kernel without any
 * support for hypervisors lacks the folder, too: then it is ours.
 *
 * Facts are asked for when a file is read. No state but the folder, which
 * stands from module init to exit: no lock.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kobject.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/stddef.h>
#include <linux/sysfs.h>
#include <xen/interface/xen.h>
#include <xen/interface/version.h>
#include <xpv/hypercall.h>

#include "../internal.h"

static struct kobject *folder;

/**
 * struct text - a file that shows a string out of an answer of Xen's
 * @attr: the file
 * @cmd: XENVER_*
 * @size: size of the whole answer
 * @at: where the string is in it
 * @len: room for it; it may not be terminated
 */
struct text {
	struct kobj_attribute attr;
	int cmd;
	size_t size;
	size_t at;
	int len;
};

static ssize_t text_show(struct kobject *kobj, struct kobj_attribute *attr,
			 char *buf)
{
	const struct text *text = container_of(attr, struct text, attr);
	char *answer = kzalloc(text->size, GFP_KERNEL);
	ssize_t ret;

	if (!answer)
		return -ENOMEM;
	ret = xpv_hv_version_op(text->cmd, answer);
	if (ret >= 0)
		ret = sysfs_emit(buf, "%.*s\n", text->len, answer + text->at);
	kfree(answer);
	return ret;
}

#define TEXT(_name, _cmd, _type, _field)				\
	static struct text _name = {					\
		.attr = __ATTR(_name, 0444, text_show, NULL),		\
		.cmd = _cmd,						\
		.size = sizeof(_type),					\
		.at = offsetof(_type, _field),				\
		.len = sizeof_field(_type, _field),			\
	}

TEXT(extra, XENVER_extraversion, struct xen_extraversion, extraversion);
TEXT(compiler, XENVER_compile_info, struct xen_compile_info, compiler);
TEXT(compiled_by, XENVER_compile_info, struct xen_compile_info, compile_by);
TEXT(compile_date, XENVER_compile_info, struct xen_compile_info, compile_date);
TEXT(capabilities, XENVER_capabilities, struct xen_capabilities_info, info);
TEXT(changeset, XENVER_changeset, struct xen_changeset_info, info);

static ssize_t type_show(struct kobject *kobj, struct kobj_attribute *attr,
			 char *buf)
{
	return sysfs_emit(buf, "xen\n");
}

/* Native services are for HVM guests only. */
static ssize_t guest_type_show(struct kobject *kobj,
			       struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "HVM\n");
}

static ssize_t uuid_show(struct kobject *kobj, struct kobj_attribute *attr,
			 char *buf)
{
	xen_domain_handle_t uuid;
	long err = xpv_hv_version_op(XENVER_guest_handle, uuid);

	return err < 0 ? err : sysfs_emit(buf, "%pU\n", uuid);
}

static ssize_t major_show(struct kobject *kobj, struct kobj_attribute *attr,
			  char *buf)
{
	long version = xpv_hv_version_op(XENVER_version, NULL);

	return version < 0 ? version : sysfs_emit(buf, "%ld\n", version >> 16);
}

static ssize_t minor_show(struct kobject *kobj, struct kobj_attribute *attr,
			  char *buf)
{
	long version = xpv_hv_version_op(XENVER_version, NULL);

	return version < 0 ? version :
			     sysfs_emit(buf, "%ld\n", version & 0xffff);
}

static ssize_t virtual_start_show(struct kobject *kobj,
				  struct kobj_attribute *attr, char *buf)
{
	struct xen_platform_parameters params;
	long err = xpv_hv_version_op(XENVER_platform_parameters, &params);

	return err < 0 ? err : sysfs_emit(buf, "%lx\n", params.virt_start);
}

static ssize_t pagesize_show(struct kobject *kobj, struct kobj_attribute *attr,
			     char *buf)
{
	long size = xpv_hv_version_op(XENVER_pagesize, NULL);

	return size < 0 ? size : sysfs_emit(buf, "%lx\n", size);
}

/* Eight hexadecimal digits a map, the highest map first. */
static ssize_t features_show(struct kobject *kobj, struct kobj_attribute *attr,
			     char *buf)
{
	struct xen_feature_info info;
	int i, len = 0;
	long err;

	for (i = XENFEAT_NR_SUBMAPS - 1; i >= 0; i--) {
		info.submap_idx = i;
		err = xpv_hv_version_op(XENVER_get_features, &info);
		if (err < 0)
			return err;
		len += sysfs_emit_at(buf, len, "%08x", info.submap);
	}
	return len + sysfs_emit_at(buf, len, "\n");
}

static struct kobj_attribute type = __ATTR_RO(type);
static struct kobj_attribute guest_type = __ATTR_RO(guest_type);
static struct kobj_attribute uuid = __ATTR_RO(uuid);
static struct kobj_attribute major = __ATTR_RO(major);
static struct kobj_attribute minor = __ATTR_RO(minor);
static struct kobj_attribute virtual_start = __ATTR_RO(virtual_start);
static struct kobj_attribute pagesize = __ATTR_RO(pagesize);
static struct kobj_attribute features = __ATTR_RO(features);

static struct attribute *domain_attrs[] = {
	&type.attr, &guest_type.attr, &uuid.attr, NULL
};

static struct attribute *version_attrs[] = {
	&major.attr, &minor.attr, &extra.attr.attr, NULL
};

static struct attribute *compilation_attrs[] = {
	&compiler.attr.attr, &compiled_by.attr.attr, &compile_date.attr.attr,
	NULL
};

static struct attribute *properties_attrs[] = {
	&capabilities.attr.attr, &changeset.attr.attr, &virtual_start.attr,
	&pagesize.attr, &features.attr, NULL
};

static const struct attribute_group domain_group = {
	.attrs = domain_attrs,
};

static const struct attribute_group version_group = {
	.name = "version",
	.attrs = version_attrs,
};

static const struct attribute_group compilation_group = {
	.name = "compilation",
	.attrs = compilation_attrs,
};

static const struct attribute_group properties_group = {
	.name = "properties",
	.attrs = properties_attrs,
};

static const struct attribute_group *groups[] = {
	&domain_group, &version_group, &compilation_group, &properties_group,
	NULL
};

static struct kobject *get_folder(void)
{
#ifdef CONFIG_SYS_HYPERVISOR
	return kobject_get(hypervisor_kobj);
#else
	return kobject_create_and_add("hypervisor", NULL);
#endif
}

int xpv_hv_sysfs_init(void)
{
	int err;

	folder = get_folder();
	if (!folder)
		return -ENOMEM;
	err = sysfs_create_groups(folder, groups);
	if (err) {
		pr_err("/sys/hypervisor cannot be filled: %d\n", err);
		kobject_put(folder);
	}
	return err;
}

void xpv_hv_sysfs_exit(void)
{
	sysfs_remove_groups(folder, groups);
	kobject_put(folder);
}

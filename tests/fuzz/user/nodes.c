// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nodes that a backend or a toolstack writes: numbers (xenbus/store/xs.c, xenbus/peer.c), and
 * which disk one stands for (drivers/blkfront/vdev.c).
 */
#include "fuzz_user.h"

/* Of the block layer's own there is nothing to be tried here. */
#define _XPV_COMPAT_LINUX_BLKDEV_H
#define XEN_IDE0_MAJOR 3
#define XEN_IDE1_MAJOR 22
#define XEN_SCSI_DISK0_MAJOR 8
#define XEN_SCSI_DISK1_MAJOR 65
#define XEN_SCSI_DISK7_MAJOR 71
#define XEN_SCSI_DISK8_MAJOR 128
#define XEN_SCSI_DISK15_MAJOR 135
#define XENVBD_MAJOR 202

#include "../../../xenbus/store/xs.c"
#include "../../../xenbus/peer.c"
#include "../../../drivers/blkfront/vdev.c"

static const char *node;
static size_t node_len;

static int read_node(u32 txn, const char *dir, const char *name, char **value)
{
	char *copy = malloc(node_len + 1);

	if (!copy)
		return -ENOMEM;
	memcpy(copy, node, node_len);
	copy[node_len] = 0;
	*value = copy;
	return 0;
}

static const struct xpv_xenbus_ops ops = { .read = read_node };
const struct xpv_xenbus_ops *xpv_xenbus_ops = &ops;

static void read_as_number(u64 limit)
{
	struct xpv_device xdev = { .otherend = "backend" };
	u64 value = 42;
	char back[24];
	u32 cut;

	if (xpv_xs_read_uint(NULL, "dir", "node", limit, &value)) {
		ALWAYS(value == 42);
	} else {
		ALWAYS(value <= limit);
		/* Digits, and nothing but leading noughts may differ. */
		snprintf(back, sizeof(back), "%llu", (unsigned long long)value);
		ALWAYS(strlen(back) <= node_len);
		ALWAYS(!memcmp(node + node_len - strlen(back), back, strlen(back)));
	}
	cut = xpv_bus_peer_limit(&xdev, "node", 3, 16);
	ALWAYS(cut <= 16);
	(void)xpv_bus_peer_feature(&xdev, "node");
}

static void read_as_disk(u64 number)
{
	struct xbf_vdev vdev;

	memset(&vdev, 0xff, sizeof(vdev));
	if (xbf_vdev_parse(number, &vdev))
		return;
	ALWAYS(memchr(vdev.name, 0, sizeof(vdev.name)));
	ALWAYS(!strncmp(vdev.name, "xvd", 3) && strlen(vdev.name) > 3);
	ALWAYS(vdev.first_minor + vdev.minors <= MINORMASK + 256);
	ALWAYS(vdev.minors || !vdev.first_minor);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct input in = { data, size };
	u64 number, limit;
	char *text;

	input_take(&in, &number, sizeof(number));
	input_take(&in, &limit, sizeof(limit));
	read_as_disk(number);
	read_as_disk((u32)number & 0x1fffffff);
	read_as_disk((u16)number);
	text = input_rest(&in, &node_len);
	node = text;
	/* The service has made a string of it. */
	node_len = strnlen(text, node_len);
	read_as_number(limit);
	read_as_number(U64_MAX);
	free(text);
	return 0;
}

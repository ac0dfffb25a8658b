// SPDX-License-Identifier: GPL-2.0-only
/*
 * The control ring: see net_ctrl.h. Which message is answered how is xen-netback's
 * way, also where the protocol has a better word for it: too long a key is an
 * invalid parameter, and no overflow. What a frontend asks for in vain changes
 * nothing.
 */
#include <linux/kernel.h>
#include <linux/string.h>
#include "back.h"
#include "net_ctrl.h"

#define OKAY		XEN_NETIF_CTRL_STATUS_SUCCESS
#define INVALID		XEN_NETIF_CTRL_STATUS_INVALID_PARAMETER
#define UNSUPPORTED	XEN_NETIF_CTRL_STATUS_NOT_SUPPORTED

/**
 * struct message - a message, while it is answered
 * @data: parameters
 * @nr_queues: that there are
 * @answer: a number, if the frontend has asked for one
 */
struct message {
	const u32 *data;
	unsigned int nr_queues;
	u32 answer;
};

static bool is_off(const struct xsim_net_hash *hash)
{
	return hash->algorithm == XEN_NETIF_CTRL_HASH_ALGORITHM_NONE;
}

static u32 set_algorithm(struct xsim_net_hash *hash, struct message *msg)
{
	if (msg->data[0] != XEN_NETIF_CTRL_HASH_ALGORITHM_NONE &&
	    msg->data[0] != XEN_NETIF_CTRL_HASH_ALGORITHM_TOEPLITZ)
		return INVALID;
	hash->algorithm = msg->data[0];
	return OKAY;
}

/* Those that there are, not those that are on. */
static u32 get_types(struct xsim_net_hash *hash, struct message *msg)
{
	if (is_off(hash))
		return UNSUPPORTED;
	msg->answer = XSIM_NET_HASH_TYPES;
	return OKAY;
}

static u32 set_types(struct xsim_net_hash *hash, struct message *msg)
{
	if (is_off(hash) || (msg->data[0] & ~XSIM_NET_HASH_TYPES))
		return INVALID;
	hash->types = msg->data[0];
	return OKAY;
}

/* The page of no bytes need not be there. */
static int fetch(u32 ref, void *to, size_t len)
{
	return len ? xsim_grant_read(ref, 0, to, len) : 0;
}

static u32 set_key(struct xsim_net_hash *hash, struct message *msg)
{
	u8 key[XSIM_NET_HASH_KEY] = {};

	if (msg->data[1] > sizeof(key) || fetch(msg->data[0], key, msg->data[1]))
		return INVALID;
	memcpy(hash->key, key, sizeof(key));
	return OKAY;
}

static u32 get_mapping_size(struct xsim_net_hash *hash, struct message *msg)
{
	msg->answer = XSIM_NET_HASH_MAPPING;
	return OKAY;
}

static u32 set_mapping_size(struct xsim_net_hash *hash, struct message *msg)
{
	if (msg->data[0] > XSIM_NET_HASH_MAPPING)
		return INVALID;
	hash->size = msg->data[0];
	memset(hash->mapping, 0, sizeof(hash->mapping));
	return OKAY;
}

static u32 set_mapping(struct xsim_net_hash *hash, struct message *msg)
{
	u32 nr = msg->data[1], first = msg->data[2], i;
	u32 queues[XSIM_NET_HASH_MAPPING];

	if (nr > hash->size || first > hash->size - nr)
		return INVALID;
	if (fetch(msg->data[0], queues, nr * sizeof(*queues)))
		return INVALID;
	for (i = 0; i < nr; i++)
		if (queues[i] >= msg->nr_queues)
			return INVALID;
	memcpy(hash->mapping + first, queues, nr * sizeof(*queues));
	return OKAY;
}

static u32 (*const answers[])(struct xsim_net_hash *hash,
			      struct message *msg) = {
	[XEN_NETIF_CTRL_TYPE_GET_HASH_FLAGS] = get_types,
	[XEN_NETIF_CTRL_TYPE_SET_HASH_FLAGS] = set_types,
	[XEN_NETIF_CTRL_TYPE_SET_HASH_KEY] = set_key,
	[XEN_NETIF_CTRL_TYPE_GET_HASH_MAPPING_SIZE] = get_mapping_size,
	[XEN_NETIF_CTRL_TYPE_SET_HASH_MAPPING_SIZE] = set_mapping_size,
	[XEN_NETIF_CTRL_TYPE_SET_HASH_MAPPING] = set_mapping,
	[XEN_NETIF_CTRL_TYPE_SET_HASH_ALGORITHM] = set_algorithm,
};

static void serve(struct xsim_net_ctrl *ctrl)
{
	struct message msg = { .nr_queues = ctrl->nr_queues };
	struct xen_netif_ctrl_response rsp = { .status = UNSUPPORTED };
	union xsim_net_ctrl_slot slot;

	xsim_ring_get(&ctrl->ring, &slot);
	msg.data = slot.req.data;
	rsp.id = slot.req.id;
	rsp.type = slot.req.type;
	if (slot.req.type < ARRAY_SIZE(answers) && answers[slot.req.type]) {
		mutex_lock(&ctrl->hash.lock);
		rsp.status = answers[slot.req.type](&ctrl->hash, &msg);
		mutex_unlock(&ctrl->hash.lock);
	}
	rsp.data = msg.answer;
	xsim_ring_put(&ctrl->ring, &rsp, sizeof(rsp));
	if (xsim_ring_publish(&ctrl->ring))
		xsim_port_notify(ctrl->port);
}

static void serve_all(struct xsim_net_ctrl *ctrl)
{
	u32 avail;

	do {
		if (xsim_ring_poll(&ctrl->ring, &avail)) {
			ctrl->dead = true;
			return;
		}
		while (avail--)
			serve(ctrl);
	} while (xsim_ring_arm(&ctrl->ring, ctrl->ring.req_cons));
}

/* The frontend rang, or somebody else did. One at a time: the port's handler. */
static void rang(void *data)
{
	struct xsim_net_ctrl *ctrl = data;
	struct xsim_ring *ring = &ctrl->ring;
	unsigned int rung;

	/* Pairs with the release in bind(). */
	if (!smp_load_acquire(&ctrl->ready) || ctrl->dead)
		return;
	rung = xsim_port_rings(ctrl->port);
	xsim_ring_hear(&ring, 1, rung - ctrl->rung);
	ctrl->rung = rung;
	if (xsim_ring_awake(ring))
		serve_all(ctrl);
}

static int bind(struct xsim_net_ctrl *ctrl, struct xsim_back *back, u32 port)
{
	int err = xsim_port_bind(port, rang, ctrl, &ctrl->port);

	if (err) {
		xsim_back_complain(back, "control ring cannot have its port (%d)",
				   err);
		return err;
	}
	/* The handler looks at nothing before this. */
	smp_store_release(&ctrl->ready, true);
	xsim_port_kick(ctrl->port);
	return 0;
}

static int map(struct xsim_net_ctrl *ctrl, struct xsim_back *back, u32 ref)
{
	int err = xsim_area_map(&ctrl->area, &ref, 1);

	if (err) {
		xsim_back_complain(back, "ctrl-ring-ref %u cannot be mapped (%d)",
				   ref, err);
		return err;
	}
	memset(&ctrl->ring, 0, sizeof(ctrl->ring));
	ctrl->ring.foul = xsim_back_is_foul(back);
	snprintf(ctrl->ring.name, sizeof(ctrl->ring.name), "vif %u control",
		 back->dev->id);
	return xsim_ring_attach(&ctrl->ring, ctrl->area.addr, PAGE_SIZE,
				sizeof(union xsim_net_ctrl_slot));
}

/**
 * xsim_net_ctrl_connect - take up the control ring, if the frontend has one
 * @ctrl: not connected
 * @back: device
 * @nr_queues: that it has
 *
 * A backend that has offered none does not look for it.
 *
 * Return: 0 or -errno, told; nothing is left behind.
 */
int xsim_net_ctrl_connect(struct xsim_net_ctrl *ctrl, struct xsim_back *back,
			  unsigned int nr_queues)
{
	u64 ref = xsim_store_read_uint(back->dev->frontend, "ctrl-ring-ref",
				       U64_MAX);
	u32 port;
	int err;

	ctrl->nr_queues = nr_queues;
	if (!xsim_back_knob(back, "ctrl-ring", 1) || ref > U32_MAX)
		return 0;
	err = xsim_back_hear(back, "", "event-channel-ctrl", U32_MAX, &port);
	if (!err)
		err = map(ctrl, back, ref);
	if (!err)
		err = bind(ctrl, back, port);
	if (err)
		xsim_net_ctrl_disconnect(ctrl);
	return err;
}

/**
 * xsim_net_ctrl_disconnect - let go of the control ring
 * @ctrl: connected or not, and with a ring or without
 */
void xsim_net_ctrl_disconnect(struct xsim_net_ctrl *ctrl)
{
	/* Nobody uses the ring after this. */
	xsim_port_unbind(ctrl->port);
	ctrl->port = NULL;
	ctrl->ready = false;
	ctrl->dead = false;
	ctrl->rung = 0;
	xsim_ring_detach(&ctrl->ring);
	xsim_area_unmap(&ctrl->area);
}

void xsim_net_ctrl_kick(struct xsim_net_ctrl *ctrl)
{
	if (ctrl->port)
		xsim_port_kick(ctrl->port);
}

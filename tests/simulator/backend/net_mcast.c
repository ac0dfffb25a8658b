// SPDX-License-Identifier: GPL-2.0-only
/* Which groups a guest listens to: see net_mcast.h. */
#include <linux/etherdevice.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "back.h"
#include "net_mcast.h"

#define WISH	"request-multicast-control"

static void look(struct xsim_net_mcast *mcast)
{
	WRITE_ONCE(mcast->wanted, xsim_back_wants(mcast->back, WISH));
}

static void changed(struct xsim_watch *watch)
{
	look(container_of(watch, struct xsim_net_mcast, watch));
}

void xsim_net_mcast_init(struct xsim_net_mcast *mcast)
{
	mutex_init(&mcast->lock);
}

static struct lock_class_key watch_class;

static int begin_watch(struct xsim_net_mcast *mcast)
{
	char *path = kasprintf(GFP_KERNEL, "%s/" WISH,
			       mcast->back->dev->frontend);
	int err;

	if (!path)
		return -ENOMEM;
	mcast->watch.path = path;
	mcast->watch.changed = changed;
	mcast->watch.class = &watch_class;
	err = xsim_watch_add(&mcast->watch);
	if (!err)
		return 0;
	mcast->watch.path = NULL;
	kfree(path);
	return err;
}

/**
 * xsim_net_mcast_connect - hear whether the frontend wants a filter
 * @mcast: not connected
 * @back: device
 *
 * It may change its mind later only if it was told so.
 *
 * Return: 0 or -ENOMEM.
 */
int xsim_net_mcast_connect(struct xsim_net_mcast *mcast, struct xsim_back *back)
{
	mcast->back = back;
	mcast->offered = xsim_back_knob(back, "mcast", 1);
	WRITE_ONCE(mcast->wanted, false);
	if (!mcast->offered)
		return 0;
	look(mcast);
	return xsim_back_knob(back, "mcast-dynamic", 1) ? begin_watch(mcast) : 0;
}

/**
 * xsim_net_mcast_disconnect - forget all groups
 * @mcast: connected or not
 */
void xsim_net_mcast_disconnect(struct xsim_net_mcast *mcast)
{
	if (mcast->watch.path)
		xsim_watch_remove(&mcast->watch);
	kfree(mcast->watch.path);
	mcast->watch.path = NULL;
	mutex_lock(&mcast->lock);
	mcast->nr = 0;
	mutex_unlock(&mcast->lock);
}

static u8 *find_locked(struct xsim_net_mcast *mcast, const u8 *addr)
{
	unsigned int i;

	lockdep_assert_held(&mcast->lock);
	for (i = 0; i < mcast->nr; i++)
		if (ether_addr_equal_unaligned(mcast->groups[i], addr))
			return mcast->groups[i];
	return NULL;
}

/**
 * xsim_net_mcast_add - the guest listens to a group
 * @mcast: of the guest
 * @addr: group; nobody looks whether it is one
 *
 * Return: 0, or -ENOSPC.
 */
int xsim_net_mcast_add(struct xsim_net_mcast *mcast, const u8 *addr)
{
	int err = -ENOSPC;

	mutex_lock(&mcast->lock);
	if (mcast->nr < XSIM_NET_MCAST) {
		memcpy(mcast->groups[mcast->nr++], addr, ETH_ALEN);
		err = 0;
	}
	mutex_unlock(&mcast->lock);
	return err;
}

/**
 * xsim_net_mcast_del - the guest does not listen to a group any more
 * @mcast: of the guest
 * @addr: group; fine if it is not there
 */
void xsim_net_mcast_del(struct xsim_net_mcast *mcast, const u8 *addr)
{
	u8 *group;

	mutex_lock(&mcast->lock);
	group = find_locked(mcast, addr);
	/* Their order is nobody's affair. */
	if (group)
		memmove(group, mcast->groups[--mcast->nr], ETH_ALEN);
	mutex_unlock(&mcast->lock);
}

/**
 * xsim_net_mcast_passes - whether a packet is for the guest
 * @mcast: of the guest
 * @addr: where it is sent to
 *
 * Return: false if it is for a group that the guest does not listen to.
 */
bool xsim_net_mcast_passes(struct xsim_net_mcast *mcast, const u8 *addr)
{
	bool passes;

	if (!READ_ONCE(mcast->wanted) || !is_multicast_ether_addr(addr) ||
	    is_broadcast_ether_addr(addr))
		return true;
	mutex_lock(&mcast->lock);
	passes = find_locked(mcast, addr);
	mutex_unlock(&mcast->lock);
	return passes;
}

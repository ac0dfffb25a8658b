// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices: the toolstack, which makes their nodes in the store, and dom0's
 * kernel, which tells their backends what the frontends do.
 *
 * The list of devices and that of backends are under list_lock, which is taken
 * inside a device's own mutex by nobody. A device's mutex is held while its
 * backend is called.
 */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "dom0_store.h"
#include "simulator.h"
#include "store.h"
#include "toolstack.h"

/**
 * struct sim_device - a device
 * @entry: in the list
 * @pub: what its backend sees
 * @front: nodes of the frontend's, beside the usual ones
 * @backend: its operations
 * @lock: held while they are called; guards what follows
 * @bound: the backend has it
 * @gone: its nodes are removed
 * @told: the frontend's state that the backend knows of
 * @watch: on the frontend's state
 */
struct sim_device {
	struct list_head entry;
	struct xsim_device pub;
	struct xsim_node *front;
	struct xsim_backend *backend;
	struct mutex lock; /* guards what follows */
	bool bound;
	bool gone;
	enum xenbus_state told;
	struct xsim_watch watch;
};

static LIST_HEAD(backends);
static LIST_HEAD(devices);
static DEFINE_MUTEX(list_lock);

int xsim_backend_register(struct xsim_backend *backend)
{
	mutex_lock(&list_lock);
	list_add_tail(&backend->entry, &backends);
	mutex_unlock(&list_lock);
	return 0;
}
XPV_EXPORT_SYMBOL(xsim_backend_register);

void xsim_backend_unregister(struct xsim_backend *backend)
{
	mutex_lock(&list_lock);
	list_del(&backend->entry);
	mutex_unlock(&list_lock);
}
XPV_EXPORT_SYMBOL(xsim_backend_unregister);

static struct xsim_backend *find_backend(const char *type)
{
	struct xsim_backend *backend;

	list_for_each_entry(backend, &backends, entry)
		if (!strcmp(backend->type, type))
			return backend;
	return NULL;
}

static struct sim_device *find(const char *type, unsigned int id)
{
	struct sim_device *dev;

	lockdep_assert_held(&list_lock);
	list_for_each_entry(dev, &devices, entry)
		if (!strcmp(dev->pub.type, type) && dev->pub.id == id)
			return dev;
	return NULL;
}

struct xsim_device *xsim_device_find(const char *type, unsigned int id)
{
	struct sim_device *dev;

	mutex_lock(&list_lock);
	dev = find(type, id);
	mutex_unlock(&list_lock);
	return dev ? &dev->pub : NULL;
}
XPV_EXPORT_SYMBOL(xsim_device_find);

static enum xenbus_state frontend_state(const struct sim_device *dev)
{
	return xsim_store_read_uint(dev->pub.frontend, "state",
				    XenbusStateUnknown);
}

int xsim_device_set_state(struct xsim_device *pub, enum xenbus_state state)
{
	WRITE_ONCE(pub->state, state);
	return xsim_store_printf(pub->path, "state", "%d", state);
}
XPV_EXPORT_SYMBOL(xsim_device_set_state);

static void look(struct sim_device *dev)
{
	enum xenbus_state state;

	mutex_lock(&dev->lock);
	state = frontend_state(dev);
	if (dev->bound && !dev->gone && state != dev->told &&
	    state != XenbusStateUnknown) {
		dev->told = state;
		dev->backend->frontend_changed(&dev->pub, state);
	}
	mutex_unlock(&dev->lock);
}

static struct lock_class_key watch_class;

static void changed(struct xsim_watch *watch)
{
	look(container_of(watch, struct sim_device, watch));
}

static void free_nodes(struct xsim_node *nodes)
{
	struct xsim_node *node;

	for (node = nodes; node && node->name; node++) {
		kfree(node->name);
		kfree(node->value);
	}
	kfree(nodes);
}

/* NULL: no memory. */
static struct xsim_node *copy_nodes(const struct xsim_node *from)
{
	struct xsim_node *copy;
	unsigned int nr = 0, i;

	while (from && from[nr].name)
		nr++;
	copy = kcalloc(nr + 1, sizeof(*copy), GFP_KERNEL);
	for (i = 0; copy && i < nr; i++) {
		copy[i].name = kstrdup(from[i].name, GFP_KERNEL);
		copy[i].value = kstrdup(from[i].value, GFP_KERNEL);
		if (copy[i].name && copy[i].value)
			continue;
		kfree(copy[i].value);
		free_nodes(copy);
		return NULL;
	}
	return copy;
}

static void free_device(struct sim_device *dev)
{
	free_nodes(dev->front);
	kfree(dev->watch.path);
	kfree(dev->pub.frontend);
	kfree(dev->pub.path);
	kfree(dev->pub.type);
	kfree(dev);
}

static struct sim_device *alloc_device(struct xsim_backend *backend,
				       unsigned int id)
{
	struct sim_device *dev = kzalloc(sizeof(*dev), GFP_KERNEL);

	if (!dev)
		return NULL;
	mutex_init(&dev->lock);
	dev->backend = backend;
	dev->watch.changed = changed;
	dev->watch.class = &watch_class;
	dev->pub.id = id;
	dev->pub.state = XenbusStateInitialising;
	dev->pub.type = kstrdup(backend->type, GFP_KERNEL);
	dev->pub.frontend = kasprintf(GFP_KERNEL, XSIM_HOME "/device/%s/%u",
				      backend->type, id);
	dev->pub.path = kasprintf(GFP_KERNEL, "/local/domain/0/backend/%s/%u/%u",
				  backend->type, XSIM_GUEST, id);
	if (dev->pub.frontend)
		dev->watch.path = kasprintf(GFP_KERNEL, "%s/state",
					    dev->pub.frontend);
	if (dev->pub.type && dev->pub.path && dev->watch.path)
		return dev;
	free_device(dev);
	return NULL;
}

static int write_nodes(const char *path, const struct xsim_node *node)
{
	int err = 0;

	for (; !err && node && node->name; node++)
		err = xsim_store_write_locked(path, node->name, node->value);
	return err;
}

static int make_front_locked(const struct sim_device *dev)
{
	const struct xsim_device *pub = &dev->pub;
	const struct xsim_node usual[] = {
		{ "backend", pub->path },
		{ "backend-id", "0" },
		{ "state", "1" },
		{},
	};
	int err = xsim_store_make_locked(pub->frontend, "", XSIM_GUEST, 'r');

	err = err ?: write_nodes(pub->frontend, usual);
	return err ?: write_nodes(pub->frontend, dev->front);
}

/* The backend's first: the guest may look as soon as its own are there. */
static int make_nodes(const struct sim_device *dev, const struct xsim_node *back)
{
	const struct xsim_device *pub = &dev->pub;
	const struct xsim_node usual_back[] = {
		{ "frontend", pub->frontend },
		{ "frontend-id", __stringify(XSIM_GUEST) },
		{ "online", "1" },
		{ "state", "1" },
		{},
	};
	int err;

	mutex_lock(&xsim_store_lock);
	err = xsim_store_make_locked(pub->path, "", 0, 'r');
	err = err ?: write_nodes(pub->path, usual_back);
	err = err ?: write_nodes(pub->path, back);
	err = err ?: make_front_locked(dev);
	mutex_unlock(&xsim_store_lock);
	return err;
}

static int bind(struct sim_device *dev)
{
	int err;

	mutex_lock(&dev->lock);
	err = dev->backend->probe(&dev->pub);
	dev->bound = !err;
	mutex_unlock(&dev->lock);
	return err;
}

static void unbind(struct sim_device *dev)
{
	mutex_lock(&dev->lock);
	if (dev->bound)
		dev->backend->remove(&dev->pub);
	dev->bound = false;
	mutex_unlock(&dev->lock);
}

static void remove_nodes(const struct xsim_device *pub)
{
	xsim_store_remove(pub->frontend, "");
	xsim_store_remove(pub->path, "");
}

static int set_up(struct sim_device *dev, const struct xsim_node *back)
{
	int err = make_nodes(dev, back);

	err = err ?: bind(dev);
	if (!err) {
		err = xsim_watch_add(&dev->watch);
		if (err)
			unbind(dev);
	}
	if (err)
		remove_nodes(&dev->pub);
	return err;
}

static int create_locked(const char *type, unsigned int id,
			 const struct xsim_node *back,
			 const struct xsim_node *front)
{
	struct xsim_backend *backend = find_backend(type);
	struct sim_device *dev;
	int err;

	if (!backend)
		return -ENODEV;
	if (find(type, id))
		return -EEXIST;
	dev = alloc_device(backend, id);
	if (!dev)
		return -ENOMEM;
	dev->front = copy_nodes(front);
	err = dev->front ? set_up(dev, back) : -ENOMEM;
	if (err)
		free_device(dev);
	else
		list_add_tail(&dev->entry, &devices);
	return err;
}

int xsim_device_create(const char *type, unsigned int id,
		       const struct xsim_node *back,
		       const struct xsim_node *front)
{
	int err;

	mutex_lock(&list_lock);
	err = create_locked(type, id, back, front);
	mutex_unlock(&list_lock);
	return err;
}
XPV_EXPORT_SYMBOL(xsim_device_create);

/*
 * Nodes first: that is how the guest learns, if it does not know yet. Its backend
 * is told nothing more, or it would write its state to where the nodes were, and
 * a device that is made there anew had a node that the guest may not read.
 */
static void drop_locked(struct sim_device *dev)
{
	mutex_lock(&dev->lock);
	dev->gone = true;
	remove_nodes(&dev->pub);
	mutex_unlock(&dev->lock);
	xsim_watch_remove(&dev->watch);
	unbind(dev);
	list_del(&dev->entry);
	free_device(dev);
}

static bool is_closed(const struct sim_device *dev)
{
	enum xenbus_state front = frontend_state(dev);

	/* A frontend that nobody drives has nothing to close. */
	if (front == XenbusStateUnknown || front == XenbusStateInitialising)
		return true;
	return front == XenbusStateClosed &&
	       READ_ONCE(dev->pub.state) == XenbusStateClosed;
}

/*
 * A frontend that has closed says nothing more: if its backend has begun anew
 * since, that one would wait for a word of it for ever.
 */
static void begin_to_close(struct sim_device *dev)
{
	bool done = frontend_state(dev) == XenbusStateClosed;

	if (dev->pub.state != XenbusStateClosed)
		xsim_device_set_state(&dev->pub, done ? XenbusStateClosed :
							XenbusStateClosing);
}

static int ask_to_close(struct sim_device *dev, unsigned int timeout_ms)
{
	unsigned long until = jiffies + msecs_to_jiffies(timeout_ms);

	mutex_lock(&dev->lock);
	xsim_store_write(dev->pub.path, "online", "0");
	begin_to_close(dev);
	mutex_unlock(&dev->lock);
	while (!is_closed(dev)) {
		if (time_after(jiffies, until))
			return -ETIMEDOUT;
		msleep(20);
	}
	return 0;
}

int xsim_device_destroy(const char *type, unsigned int id,
			unsigned int timeout_ms)
{
	struct sim_device *dev;
	int err;

	mutex_lock(&list_lock);
	dev = find(type, id);
	err = dev ? 0 : -ENODEV;
	if (!err && timeout_ms)
		err = ask_to_close(dev, timeout_ms);
	if (!err)
		drop_locked(dev);
	mutex_unlock(&list_lock);
	return err;
}
XPV_EXPORT_SYMBOL(xsim_device_destroy);

/* And both ends know it: a backend that is yet to hear of it may be busy still. */
static bool is_connected_locked(struct sim_device *dev)
{
	bool connected;

	lockdep_assert_held(&list_lock);
	mutex_lock(&dev->lock);
	connected = frontend_state(dev) == XenbusStateConnected &&
		    dev->told == XenbusStateConnected &&
		    READ_ONCE(dev->pub.state) == XenbusStateConnected;
	mutex_unlock(&dev->lock);
	return connected;
}

static bool is_connected(const char *type, unsigned int id)
{
	struct sim_device *dev;
	bool connected;

	mutex_lock(&list_lock);
	dev = find(type, id);
	connected = dev && is_connected_locked(dev);
	mutex_unlock(&list_lock);
	return connected;
}

int xsim_device_wait_connected(const char *type, unsigned int id,
			       unsigned int timeout_ms)
{
	unsigned long until = jiffies + msecs_to_jiffies(timeout_ms);

	while (!is_connected(type, id)) {
		if (time_after(jiffies, until))
			return -ETIMEDOUT;
		msleep(20);
	}
	return 0;
}
XPV_EXPORT_SYMBOL(xsim_device_wait_connected);

/* Its backend's nodes stay where they are: a new one writes them again. */
static int restart_locked(struct sim_device *dev)
{
	int err;

	lockdep_assert_held(&dev->lock);
	mutex_lock(&xsim_store_lock);
	err = make_front_locked(dev);
	mutex_unlock(&xsim_store_lock);
	dev->told = XenbusStateInitialising;
	if (dev->bound)
		dev->backend->restart(&dev->pub);
	return err;
}

int xsim_device_restart_all(void)
{
	struct sim_device *dev;
	int err = 0;

	mutex_lock(&list_lock);
	list_for_each_entry(dev, &devices, entry) {
		mutex_lock(&dev->lock);
		err = restart_locked(dev) ?: err;
		mutex_unlock(&dev->lock);
	}
	mutex_unlock(&list_lock);
	return err;
}

void xsim_device_exit(void)
{
	struct sim_device *dev, *next;

	mutex_lock(&list_lock);
	list_for_each_entry_safe(dev, next, &devices, entry)
		drop_locked(dev);
	mutex_unlock(&list_lock);
}

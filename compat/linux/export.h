/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Symbol namespaces. Since v6.13 (cdd30ebb1b9f "module: Convert symbol
 * namespace to string literal") the namespace is a string; drop this file
 * with v6.12.
 */
#ifndef _XPV_COMPAT_LINUX_EXPORT_H
#define _XPV_COMPAT_LINUX_EXPORT_H

#include <linux/export.h>
#include <linux/module.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
#define XPV_EXPORT_SYMBOL(sym) EXPORT_SYMBOL_NS_GPL(sym, "XPV")
#define XPV_IMPORT_NS MODULE_IMPORT_NS("XPV")
#else
#define XPV_EXPORT_SYMBOL(sym) EXPORT_SYMBOL_NS_GPL(sym, XPV)
#define XPV_IMPORT_NS MODULE_IMPORT_NS(XPV)
#endif

#endif /* _XPV_COMPAT_LINUX_EXPORT_H */

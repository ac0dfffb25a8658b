/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names of the XenStore client that a suite has a copy of: included before
 * anything else. Each suite names those of its other files as well, and says in
 * TESTED() how: suites are linked into one image.
 */
#ifndef _XPV_XENBUS_TESTS_STORE_NAMES_H
#define _XPV_XENBUS_TESTS_STORE_NAMES_H

/* native/wire.c */
#define xpv_store_text			TESTED(store_text)
#define xpv_store_octets		TESTED(store_octets)
#define xpv_store_length		TESTED(store_length)
#define xpv_store_errno			TESTED(store_errno)
#define xpv_store_error_name		TESTED(store_error_name)
#define xpv_store_answers		TESTED(store_answers)
#define xpv_store_cut			TESTED(store_cut)
#define xpv_store_number		TESTED(store_number)
#define xpv_store_chunk			TESTED(store_chunk)

/* native/request.c */
#define xpv_store_request_create	TESTED(store_request_create)
#define xpv_store_request_put		TESTED(store_request_put)
#define xpv_store_request_number	TESTED(store_request_number)
#define xpv_store_request_end		TESTED(store_request_end)
#define xpv_store_request_answer	TESTED(store_request_answer)
#define xpv_store_tell			TESTED(store_tell)
#define xpv_store_abort			TESTED(store_abort)
#define xpv_store_ask			TESTED(store_ask)

/* native/watch.c */
#define xpv_store_watch_enrol		TESTED(store_watch_enrol)
#define xpv_store_watch_strike		TESTED(store_watch_strike)
#define xpv_store_watch_request		TESTED(store_watch_request)
#define xpv_store_watch_add		TESTED(store_watch_add)
#define xpv_store_watch_remove		TESTED(store_watch_remove)
#define xpv_store_watch_fire		TESTED(store_watch_fire)
#define xpv_store_watch_renew		TESTED(store_watch_renew)

#endif /* _XPV_XENBUS_TESTS_STORE_NAMES_H */

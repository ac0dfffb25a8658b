// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sizes and offsets of everything shared with Xen or a backend that this tree
 * relies on, checked when it is built. No code comes out of this file.
 */
#include <linux/build_bug.h>
#include <linux/mm.h>
#include <linux/stddef.h>
#include <linux/types.h>
#include <xen/interface/xen.h>
#include <xen/interface/event_channel.h>
#include <xen/interface/grant_table.h>
#include <xen/interface/memory.h>
#include <xen/interface/vcpu.h>
#include <xen/interface/hvm/hvm_op.h>
#include <xen/interface/io/blkif.h>
#include <xen/interface/io/netif.h>
#include <xen/interface/io/xenbus.h>
#include <xen/interface/io/xs_wire.h>

/* A granted page is one page of ours; 64 KiB pages would need splitting. */
static_assert(PAGE_SIZE == 4096);

/* event_channel.h */
static_assert(sizeof(evtchn_port_t) == 4);
static_assert(sizeof(struct evtchn_alloc_unbound) == 8);
static_assert(offsetof(struct evtchn_alloc_unbound, port) == 4);
static_assert(sizeof(struct evtchn_bind_interdomain) == 12);
static_assert(offsetof(struct evtchn_bind_interdomain, local_port) == 8);
static_assert(sizeof(struct evtchn_status) == 24);
static_assert(offsetof(struct evtchn_status, u.interdomain.port) == 20);
static_assert(sizeof(struct evtchn_bind_vcpu) == 8);
static_assert(sizeof(struct evtchn_init_control) == 24);
static_assert(offsetof(struct evtchn_init_control, vcpu) == 12);
static_assert(sizeof(struct evtchn_expand_array) == 8);
static_assert(sizeof(event_word_t) == 4);
static_assert(sizeof(struct evtchn_fifo_control_block) == 72);
static_assert(offsetof(struct evtchn_fifo_control_block, head) == 8);

/* xen.h, the page that is shared with Xen, as laid out for 64 bits */
static_assert(sizeof(struct vcpu_info) == 64);
static_assert(offsetof(struct vcpu_info, evtchn_pending_sel) == 8);
static_assert(offsetof(struct shared_info, evtchn_pending) == 2048);
static_assert(offsetof(struct shared_info, evtchn_mask) == 2560);

/* vcpu.h, hvm/hvm_op.h */
static_assert(sizeof(struct vcpu_register_vcpu_info) == 16);
static_assert(offsetof(struct vcpu_register_vcpu_info, offset) == 8);
static_assert(sizeof(struct xen_hvm_param) == 16);
static_assert(offsetof(struct xen_hvm_param, index) == 4);
static_assert(sizeof(struct xen_hvm_evtchn_upcall_vector) == 8);
static_assert(offsetof(struct xen_hvm_evtchn_upcall_vector, vector) == 4);

/* grant_table.h */
static_assert(sizeof(grant_ref_t) == 4);
static_assert(sizeof(struct grant_entry_v1) == 8);
static_assert(offsetof(struct grant_entry_v1, domid) == 2);
static_assert(offsetof(struct grant_entry_v1, frame) == 4);
static_assert(sizeof(union grant_entry_v2) == 16);
static_assert(offsetof(union grant_entry_v2, hdr.domid) == 2);
static_assert(offsetof(union grant_entry_v2, full_page.frame) == 8);
static_assert(sizeof(grant_status_t) == 2);
static_assert(sizeof(struct gnttab_set_version) == 4);
static_assert(sizeof(struct gnttab_query_size) == 16);
static_assert(offsetof(struct gnttab_query_size, max_nr_frames) == 8);
static_assert(offsetof(struct gnttab_query_size, status) == 12);

/* memory.h */
static_assert(sizeof(struct xen_memory_reservation) == 32);
static_assert(offsetof(struct xen_memory_reservation, nr_extents) == 8);
static_assert(offsetof(struct xen_memory_reservation, domid) == 24);
static_assert(sizeof(struct xen_add_to_physmap) == 24);
static_assert(offsetof(struct xen_add_to_physmap, space) == 4);
static_assert(offsetof(struct xen_add_to_physmap, gpfn) == 16);
static_assert(sizeof(struct xen_remove_from_physmap) == 16);
static_assert(offsetof(struct xen_remove_from_physmap, gpfn) == 8);

/* netif.h: "Request/Response" layouts; extra info fits a response's slot */
static_assert(sizeof(struct xen_netif_tx_request) == 12);
static_assert(sizeof(struct xen_netif_tx_response) == 4);
static_assert(sizeof(struct xen_netif_rx_request) == 8);
static_assert(sizeof(struct xen_netif_rx_response) == 8);
static_assert(sizeof(struct xen_netif_extra_info) == 8);

/* blkif.h, as the 64-bit ABI ("x86_64-abi") lays it out */
static_assert(sizeof(struct blkif_request) == 112);
static_assert(offsetof(struct blkif_request, u.rw.id) == 8);
static_assert(offsetof(struct blkif_request, u.rw.sector_number) == 16);
static_assert(offsetof(struct blkif_request, u.rw.seg) == 24);
static_assert(sizeof(struct blkif_request_segment) == 8);
static_assert(sizeof(struct blkif_response) == 16);
static_assert(offsetof(struct blkif_response, operation) == 8);
static_assert(offsetof(struct blkif_response, status) == 10);

/* xenbus.h: the numbers stand in XenStore */
static_assert(XenbusStateInitialising == 1 && XenbusStateInitWait == 2);
static_assert(XenbusStateInitialised == 3 && XenbusStateConnected == 4);
static_assert(XenbusStateClosing == 5 && XenbusStateClosed == 6);

/* xs_wire.h */
static_assert(sizeof(struct xsd_sockmsg) == 16);

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# One breach of Xen's protocols a row: the driver's file, what sed does to it, the
# test case that then runs over the simulated Xen, what its police has to say, and
# what is broken. scripts/mutate runs them.

breach drivers/blkfront/request.c '/^static blk_status_t put/,/^}/s/if (notify)/if (0)/' xpv_stack_blk.carries_data 'lacks a doorbell' 'requests without a doorbell'
breach drivers/blkfront/request.c '/^static blk_status_t put/,/^}/s/if (notify)/if (!err)/' xpv_stack_blk.carries_data 'needless doorbells' 'a doorbell for each request'
breach drivers/blkfront/request.c 's/^static int put_locked/static struct xbf_queue *spoiled;\nstatic struct request *victim;\n\nstatic void spoil(struct timer_list *t)\n{\n\tif (blk_mq_request_started(victim))\n\t\t((u8 *)spoiled->area.addr)[64 + 112 * ((spoiled->ring.req_published - 1) % spoiled->ring.size) + 2]++;\n}\n\nstatic DEFINE_TIMER(spoiler, spoil);\n\n&/;/^static blk_status_t put/,/^}/s/^\t\txpv_evtchn_send.*/{ xpv_evtchn_send(\&q->evtchn); spoiled = q; victim = rq; mod_timer(\&spoiler, jiffies + 1); }/' xpv_stack_blk.takes_each_kind_of_disk 'written after it was published' 'a slot is written once it is published'
breach drivers/blkfront/request.c 's/^\t\tgrant_in_place(q, slot, pieces);/{ &\nif (slot->nr_grants \&\& xpv_gnttab_revoke(q->grants.all[slot->grants[0]].ref)) return; }/' xpv_stack_blk.carries_data 'unusable grant' 'a page is taken back before it is used'
breach drivers/netfront/tx.c 's/^\t\txnf_channel_ring(tx->channel);/\t\t;/' xpv_stack_net.carries_packets 'lacks a doorbell' 'packets without a doorbell'
breach drivers/netfront/tx.c 's/if (xpv_ring_publish(&tx->ring))/if (({ bool notify = xpv_ring_publish(\&tx->ring); notify || tx->ids_taken; }))/' xpv_stack_net.carries_packets 'needless doorbells' 'a doorbell for each packet'
breach drivers/blkfront/request.c 's/head->nr_segments = slot->nr_grants;/head->nr_segments = slot->nr_grants + 1;/' xpv_stack_blk.carries_large_requests 'no usable segments' 'a large request of a page too many'

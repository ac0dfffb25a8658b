/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A block backend that behaves as xen-blkback, over memory.
 *
 * Knobs, with what they are otherwise: sectors (65536), sector-size (512),
 * physical-sector-size (sector-size), read-only (0), removable (0), flush (1: 0
 * for none, 2 for barriers), discard (0), ring-order (4), queues (1), indirect
 * (256 segments), persistent (0).
 */
#ifndef _XSIM_BLK_H
#define _XSIM_BLK_H

#include <linux/bitmap.h>
#include <linux/xarray.h>
#include <xen/interface/io/blkif.h>
#include "back.h"
#include "ring.h"

#define XSIM_BLK_QUEUES		4
#define XSIM_BLK_SEGMENTS	256
/* More requests than the largest ring of the smallest slots has. */
#define XSIM_BLK_IDS		1024

/* A slot of the ring: sizes are of the public header. */
union xsim_blk_slot {
	struct blkif_request req;
	struct blkif_response rsp;
};

static_assert(sizeof(union xsim_blk_slot) == 112);

/**
 * struct xsim_blk_disk - a disk of memory; what was never written reads as 0
 * @pages: by number
 * @sectors: of 512 bytes
 */
struct xsim_blk_disk {
	struct xarray pages;
	u64 sectors;
};

/**
 * struct xsim_blk_answer - a request that is served, and waits for its answer
 * @req: copy
 * @status: BLKIF_RSP_*
 */
struct xsim_blk_answer {
	struct blkif_request req;
	s16 status;
};

/**
 * struct xsim_blk_queue - a ring
 * @blk: device
 * @area: its pages
 * @ring: the ring
 * @port: doorbell
 * @rung: doorbells that were heard
 * @dead: we have lied, and say nothing more
 * @in_flight: ids taken and not answered, if below %XSIM_BLK_IDS
 * @answered: an id that was answered, if @has_answered
 * @has_answered: there is one
 * @kept: a page that we keep mapped, as a lie
 * @persistent: pages that stay mapped, by reference
 * @answers: requests taken at a time
 * @nr_answers: how many
 * @segs: of the request at hand
 *
 * The handler of the port's, and the device's while there is no port.
 */
struct xsim_blk_queue {
	struct xsim_blk *blk;
	struct xsim_area area;
	struct xsim_ring ring;
	struct xsim_port *port;
	unsigned int rung;
	bool dead;
	DECLARE_BITMAP(in_flight, XSIM_BLK_IDS);
	u64 answered;
	bool has_answered;
	struct xsim_map kept;
	struct xarray persistent;
	struct xsim_blk_answer answers[32];
	unsigned int nr_answers;
	struct blkif_request_segment segs[XSIM_BLK_SEGMENTS];
};

/**
 * struct xsim_blk - a device
 * @back: what backends have in common
 * @disk: what is served
 * @read_only: writes are refused
 * @sector_size: logical
 * @flush_op: BLKIF_OP_ that flushes, 0 for none
 * @discard: is offered
 * @indirect: segments of an indirect request at most, 0: none of these
 * @persistent: grants stay mapped, as both want it
 * @nr_queues: how many
 * @queues: while connected
 * @requests: requests done
 * @flushes: flushes and barriers done
 * @discards: discards done
 */
struct xsim_blk {
	struct xsim_back back;
	struct xsim_blk_disk disk;
	bool read_only;
	u32 sector_size;
	u8 flush_op;
	bool discard;
	u32 indirect;
	bool persistent;
	unsigned int nr_queues;
	struct xsim_blk_queue *queues;
	atomic_t requests;
	atomic_t flushes;
	atomic_t discards;
};

/* blk_disk.c */
void xsim_blk_disk_init(struct xsim_blk_disk *disk);
void xsim_blk_disk_free(struct xsim_blk_disk *disk);
void xsim_blk_disk_read(struct xsim_blk_disk *disk, u64 sector, void *to,
			size_t len);
int xsim_blk_disk_write(struct xsim_blk_disk *disk, u64 sector,
			const void *from, size_t len);
void xsim_blk_disk_discard(struct xsim_blk_disk *disk, u64 sector, u64 nr);

/* blk_nodes.c */
void xsim_blk_offer(struct xsim_back *back);
int xsim_blk_hear_queues(struct xsim_blk *blk, unsigned int *nr);
int xsim_blk_hear_queue(struct xsim_blk_queue *q, unsigned int nr_queues,
			u32 *port);
void xsim_blk_describe(struct xsim_blk *blk);

/* blk_serve.c */
void xsim_blk_event(void *data);

/* blk_request.c */
s16 xsim_blk_do(struct xsim_blk_queue *q, const struct blkif_request *req);
void xsim_blk_forget_persistent(struct xsim_blk_queue *q);

/* blk_segments.c */
int xsim_blk_gather(struct xsim_blk_queue *q, const struct blkif_request *req,
		    unsigned int *nr);

/* blk_lie.c */
void xsim_blk_answer(struct xsim_blk_queue *q,
		     const struct xsim_blk_answer *answer);
void xsim_blk_put(struct xsim_blk_queue *q, u64 id, u8 operation, s16 status);

#endif /* _XSIM_BLK_H */

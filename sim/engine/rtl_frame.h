// SPDX-License-Identifier: Apache-2.0
/** Frames inside the simulated hardware, and queues of them. */
#ifndef WEIR_RTL_FRAME_H
#define WEIR_RTL_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct weir_rtl_frame {
	struct weir_rtl_frame *next;
	uint64_t arrival_ns, cookie;
	uint64_t last_clock;  /**< clock in which its last word went in */
	uint32_t seqno;       /**< set by its record */
	uint32_t len, known;
	int side;
	uint32_t answer_len;  /**< of the answer to it that leaves in its place; 0: itself */
	uint32_t answer_same; /**< bytes of layer 2 that the answer has too, behind the addresses: up to there */
	bool orphan;          /**< in no queue: free it with its last word or byte */
	uint8_t bytes[];      /**< len bytes, and zeros up to a whole word */
};

struct weir_rtl_queue {
	struct weir_rtl_frame *head, *tail;
	size_t count;
};

/** Copies min(known, len) bytes; the rest are zeros. NULL: no memory. */
struct weir_rtl_frame *weir_rtl_frame_new(const uint8_t *bytes, uint32_t len, uint32_t known, int side,
					  uint64_t arrival_ns, uint64_t cookie);

/** A queue that is all zeros is empty; it owns its frames. */
void weir_rtl_queue_push(struct weir_rtl_queue *q, struct weir_rtl_frame *f);
/** NULL when empty. */
struct weir_rtl_frame *weir_rtl_queue_pop(struct weir_rtl_queue *q);
/** The frame with this number, or NULL. */
struct weir_rtl_frame *weir_rtl_queue_find(const struct weir_rtl_queue *q, uint32_t seqno);
/** The youngest frame of a side, or NULL. */
struct weir_rtl_frame *weir_rtl_queue_last_of(const struct weir_rtl_queue *q, int side);
/** f must be in q; the caller owns it then. */
void weir_rtl_queue_remove(struct weir_rtl_queue *q, struct weir_rtl_frame *f);
/** Free all. */
void weir_rtl_queue_done(struct weir_rtl_queue *q);

#endif

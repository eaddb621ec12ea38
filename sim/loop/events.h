// SPDX-License-Identifier: Apache-2.0
/** What is to happen, by time; equal times in the order in which they were put in. Frames come from a pool. */
#ifndef WEIR_LOOP_EVENTS_H
#define WEIR_LOOP_EVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	WEIR_EVENTS_FRAME = 1536,
	WEIR_EVENTS_MOST = 1 << 20,   /**< beyond it the run is given up */
};

enum weir_event_kind {
	WEIR_EVENT_WIRE,      /**< a host's frame gets to the wire in front of the appliance */
	WEIR_EVENT_ARRIVE,    /**< a frame has arrived at the appliance with its last byte */
	WEIR_EVENT_DELIVER,   /**< a frame has arrived at a host */
	WEIR_EVENT_CLIENT,    /**< a client's timer */
	WEIR_EVENT_BOT,       /**< a bot opens a connection */
	WEIR_EVENT_RULES,     /**< registers are written */
};

struct weir_event_frame {
	struct weir_event_frame *next;   /* of the pool */
	uint32_t len;
	bool flood, bot;                 /**< whose */
	uint64_t start_ns;               /**< of its first byte on the wire */
	uint8_t bytes[WEIR_EVENTS_FRAME];
};

struct weir_event {
	uint64_t time_ns, order;
	enum weir_event_kind kind;
	int side;                        /**< frames: that they come from; DELIVER: that they go to */
	uint32_t client;                 /**< or bot */
	struct weir_event_frame *frame;
};

struct weir_events {
	struct weir_event *heap;
	size_t n, room;
	uint64_t order;
	struct weir_event_frame *pool;
	bool full;                       /**< no memory or WEIR_EVENTS_MOST: something was lost */
};

void weir_events_done(struct weir_events *e);

/** A frame to fill in; NULL: no memory. */
struct weir_event_frame *weir_events_frame(struct weir_events *e);
/** Accepts NULL. */
void weir_events_recycle(struct weir_events *e, struct weir_event_frame *f);

/** `order` is filled in; takes the frame, also when it sets `full`. */
void weir_events_push(struct weir_events *e, const struct weir_event *event);
/** The earliest; NULL: none. Borrowed until the next push or pop. */
const struct weir_event *weir_events_top(const struct weir_events *e);
/** Take the earliest, of at least one; its frame is the caller's. */
struct weir_event weir_events_pop(struct weir_events *e);

#endif

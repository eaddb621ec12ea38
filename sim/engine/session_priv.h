// SPDX-License-Identifier: Apache-2.0
/** What the parts of a session share. */
#ifndef WEIR_SESSION_PRIV_H
#define WEIR_SESSION_PRIV_H

#include "compare.h"
#include "session.h"

enum { MacBytes = 6 };

enum slot_state { SlotFree, SlotWaiting, SlotLeaving };

struct slot {
	uint64_t cookie;
	enum slot_state state;
	int out_side, lower;      /* egress queue */
	bool answers;             /* what leaves is its answer */
	bool second_answers;      /* so the second engine, with: */
	uint32_t answer_len;
	uint8_t answer[WEIR_ENGINE_ANSWER_MAX];
	bool overtaken;           /* a younger one of that queue has left */
	uint64_t next;            /* cookie behind it in that queue; 0: none */
	struct weir_packet p;
	uint8_t bytes[WEIR_ENGINE_FRAME_MAX];
};

struct egress_order {
	uint64_t head, tail;      /* cookies; 0: empty */
};

struct weir_session {
	const struct weir_engine_ops *ops[2];   /* ops[1] may be NULL */
	struct weir_engine *engine[2];
	const struct weir_session_sink *sink;
	void *ctx;
	bool whole;               /* GMII has no way to say that bytes are not known */
	struct weir_session_counts counts;
	struct slot **slot;
	size_t slots;             /* a power of two */
	uint64_t cookie;          /* last one given */
	uint8_t divert_mac[MacBytes];           /* as written */
	struct egress_order order[2][2];        /* [side it leaves on][lower] */
	struct weir_answer second;              /* of the second engine, for the frame being compared */
	int error;                              /* inside an event */
};

/** Count and tell a difference between the engines. */
void weir_session_mismatch(struct weir_session *s, const char *text);
/** A register below the entries has this value in the first engine: what of it the session itself needs. */
void weir_session_note(struct weir_session *s, uint32_t addr, uint32_t value);

/** Events of the first engine, ctx the session: an access to an entry, a write to a register below them. */
void weir_session_on_maint(void *ctx, const struct weir_maint *m);
void weir_session_on_wrote(void *ctx, uint32_t addr, uint32_t value, bool taken);
/** Events of its host link. */
void weir_session_on_link(void *ctx, const uint8_t *octets, size_t n);
bool weir_session_on_pause(void *ctx);

#endif

// SPDX-License-Identifier: Apache-2.0
/** State (docs/datapath.md 12 to 17): its configuration, and what one frame carries through it.
 *
 * weir_state_judge() is the entry. connection.c follows TCP connections (13), connection_count.c counts them (13.4),
 * syn.c meters SYNs and decides about them (14), zombie.c limits legitimate addresses (14.4), cookie.c makes and checks
 * cookies (14.3), source.c scores sources (15), answer.c makes the frames that are answered with (16). */
#ifndef WEIR_STATE_H
#define WEIR_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "decide.h"
#include "host/common/hash.h"
#include "peak.h"
#include "record.h"
#include "state_table.h"
#include "weir_model.h"

#define WEIR_SKETCH_CELLS 4096u
#define WEIR_OUTCOME_DELAY 8u       /* frames */

enum weir_connection_mode { WEIR_CONNECTION_off, WEIR_CONNECTION_on, WEIR_CONNECTION_asymmetric };

enum weir_syn_method { WEIR_SYN_none, WEIR_SYN_ack_cookie, WEIR_SYN_syn_cookie, WEIR_SYN_retransmission };

/** What an action stands for in state_cfg[3]. */
enum weir_state_action {
	WEIR_ACTION_conn_none, WEIR_ACTION_conn_state, WEIR_ACTION_conn_window, WEIR_ACTION_full_connection,
	WEIR_ACTION_icmp_quote, WEIR_ACTION_syn, WEIR_ACTION_source_score, WEIR_ACTION_zombie_limit,
	WEIR_STATE_ACTIONS,
};

enum { WEIR_DO_nothing = 0, WEIR_DO_drop = 2, WEIR_DO_demote = 3 };

struct weir_state_cfg {
	uint8_t mode;                 /**< enum weir_connection_mode */
	uint8_t fail_closed;
	uint8_t window_log2;          /**< 16 to 30 */
	uint32_t adopt_until;         /**< 2^20 us */
	uint8_t method;               /**< enum weir_syn_method */
	uint8_t enable;
	uint32_t host_threshold, total_threshold;
	uint8_t host_hold, total_hold;
	uint8_t legit_fail_open, legit_manual;
	uint16_t sketch_limit;        /**< uses of the sketch a slice; 0: no limit */
	uint32_t source_threshold;
	uint8_t grow, decay;
	uint32_t zombie_threshold;
	uint8_t zombie_hold;
	uint16_t concurrent;          /**< established connections of one address; 0: no limit */
	uint8_t opened;               /**< new ones; 0: no limit */
	uint8_t action[WEIR_STATE_ACTIONS], dry_run[WEIR_STATE_ACTIONS];
	struct { uint64_t k0, k1; } cookie_key[2];
};

/** Whether a RST with a cookie proves its address: with the method, or where the sketch falls back on it (14.3). */
static inline bool weir_state_ack_cookie(const struct weir_state_cfg *c)
{
	return c->method == WEIR_SYN_ack_cookie || (c->method == WEIR_SYN_retransmission && c->sketch_limit);
}

/** Whether connections are followed: mode 3 counts as 0, and is read back as 3 (12.2). */
static inline bool weir_state_follows(const struct weir_state_cfg *c)
{
	return c->mode == WEIR_CONNECTION_on || c->mode == WEIR_CONNECTION_asymmetric;
}

/** The outcome of a frame for its source (15). */
enum weir_outcome_kind { WEIR_OUTCOME_none, WEIR_OUTCOME_flood, WEIR_OUTCOME_held, WEIR_OUTCOME_good };

struct weir_outcome {
	struct weir_hash_key key;
	enum weir_outcome_kind kind;
};

/** How many frames use the sketch, by slice of 2^18 us (14.4). */
struct weir_crowd {
	uint8_t slice;                /**< low 4 bits */
	uint16_t now, before;         /**< of this slice, of the one before; they stay at 4,095 */
	uint16_t passed;              /**< of this slice, who had been seen before and passed */
};

/** What a SYN meter is updated with (14.1). */
struct weir_syn_update {
	uint64_t window;       /**< W */
	uint32_t threshold, max;
	uint8_t hold;
	bool syn;              /**< one that counts */
	unsigned bit;          /**< in trips and ends */
};

struct weir_state {
	struct weir_state_table table[WEIR_STATES];
	struct weir_state_cfg cfg;
	struct weir_syn_meter total, zombie;
	uint64_t total_win, zombie_win;
	uint16_t sketch[WEIR_SKETCH_CELLS];   /**< slice 8:5, history 4:0 */
	struct weir_crowd crowd;
	struct weir_outcome outcome[WEIR_OUTCOME_DELAY];   /**< by the frame's number */
	struct weir_peak peak[WEIR_STATE_PEAKS];   /**< from 192 on (19) */
};

/** One frame on its way. */
struct weir_state_frame {
	struct weir_record *r;
	const uint64_t *found;        /**< anomalies as found, also the ignored ones */
	struct weir_decision *d;
	uint64_t remote, protect;     /**< hash parts of its addresses */
	bool allowed;                 /**< by a rule (18.3): no candidates */
	bool tcp;                     /**< state_ok (12) */
	bool syn;                     /**< SYN without ACK; with tcp only */
	struct weir_hash_key connection_key;
	const struct weir_state_entry *connection;   /**< after the look-up; NULL: a miss */
	uint8_t before;               /**< state of the connection before the frame; 0: a miss */
	uint64_t before_time;         /**< and its time; not of a miss */
	bool written;                 /**< the time of `connection` was: it leaves and joins (13.4) */
	bool known;                   /**< of a known connection (13.2) */
	bool flood, zombie;
	struct weir_hash_key remote_key, host_key;
	uint32_t host_count;
};

/** Everything but the configuration as after reset. */
void weir_state_clear(struct weir_state *s);

/** The look-ups and candidates of a frame that is neither in bypass nor consumed.
 * @param allowed          by a rule
 * @param remote, protect  hash parts of its addresses, with l3_valid
 * @param found            anomalies before the ignored ones were taken out */
void weir_state_judge(struct weir_model *m, struct weir_record *r, const uint64_t found[2], uint64_t remote,
		      uint64_t protect, bool allowed, struct weir_decision *d);

/** A candidate with the effect and dry_run of its action, if that is not "nothing". */
void weir_state_object(const struct weir_state *s, struct weir_decision *d, enum weir_state_action which,
		       const struct weir_candidate *c);

/** 13: look up, follow, set r->event. */
void weir_connection_follow(struct weir_state *s, struct weir_state_frame *f);

/** 13.4: what the frame means for the counts of its two addresses. */
void weir_connection_count(struct weir_state *s, const struct weir_state_frame *f);

/** 13.4: counts as they are at a clock. @param time  of the entry */
struct weir_counts weir_counts_at(struct weir_counts n, uint64_t time, uint64_t now);

/** 13.3 */
void weir_connection_object(const struct weir_state *s, const struct weir_state_frame *f);

/** 14.1: one update of a meter; trips and ends go into the record. */
void weir_syn_update(struct weir_syn_meter *meter, uint64_t *win, const struct weir_syn_update *u,
		     struct weir_record *r);

/** 14.4: an inbound SYN that opens a connection. */
bool weir_syn_is_new(const struct weir_state *s, const struct weir_state_frame *f);

/** 14.1: the meter of SYNs of legitimate addresses. r->legit is set. */
void weir_zombie_meter(struct weir_state *s, const struct weir_state_frame *f);

/** 14.4: the limits of legitimate addresses. @param passes  legitimate or proven */
void weir_zombie_decide(const struct weir_state *s, const struct weir_state_frame *f, bool passes);

/** 14.1: the SYN meters but for zombie, and the flags of all three. */
void weir_syn_meters(struct weir_state *s, struct weir_state_frame *f);

/** 14.3: whether the frame is a proof. */
bool weir_syn_is_proof(const struct weir_state *s, const struct weir_state_frame *f);

/** 14.4: the decision about a SYN. @param passes  legitimate or proven */
void weir_syn_decide(struct weir_state *s, const struct weir_state_frame *f, bool passes);

/** 14.3: the number that stands for addresses, ports and epoch. */
uint32_t weir_cookie_make(const struct weir_state_cfg *c, const struct weir_record *r, uint32_t epoch);

/** The epoch of a time. */
uint32_t weir_cookie_epoch(uint64_t stamp_us);

/** Whether a number is a cookie of the epoch of the stamp or of the one before. */
bool weir_cookie_proves(const struct weir_state_cfg *c, const struct weir_record *r, uint32_t number);

/** All 64 bits of the hash of an epoch. */
uint64_t weir_cookie_hash(const struct weir_state_cfg *c, const struct weir_record *r, uint32_t epoch);

/** SipHash-1-3 of n bytes. */
uint64_t weir_siphash13(uint64_t k0, uint64_t k1, const uint8_t *bytes, size_t n);

/** 15: apply the outcome of the frame eight numbers before; every frame. */
void weir_source_apply(struct weir_state *s, uint32_t seqno, uint64_t stamp_us);

/** 15: the frame's own look-up. */
void weir_source_object(const struct weir_model *m, const struct weir_state_frame *f);

/** Whether a frame is looked up in `source`. */
bool weir_source_counts(const struct weir_record *r);

/** 15: keep the outcome of a frame that was looked up, with its final verdict.
 * @param remote  hash part of its address */
void weir_source_keep(struct weir_model *m, const struct weir_record *r, uint64_t remote);

/** 16: whether it can be answered. */
bool weir_answer_possible(const struct weir_record *r, const uint64_t found[2]);

/** 16: the answer to a frame whose verdict is `answer`. @return its length */
unsigned weir_answer_make(const struct weir_state_cfg *c, const struct weir_record *r, const uint8_t *frame,
			  uint8_t ret[WEIR_ANSWER_MAX]);

#endif

// SPDX-License-Identifier: Apache-2.0
/** The decision multiplexer (docs/datapath.md 8): candidates in their order, one winner. */
#ifndef WEIR_DECIDE_H
#define WEIR_DECIDE_H

#include <stdbool.h>
#include <stdint.h>

#include "record.h"

struct weir_candidate {
	uint64_t tag;
	uint32_t threshold, measured;
	uint8_t reason;
	uint8_t unit;
	uint8_t effect;     /**< 0 drop, 1 demote */
	uint8_t verdict;    /**< with effect drop: `answer` or `consume` instead of `drop` when not 0 */
	uint8_t dry_run;
};

/** The first candidate of a kind and its place in the order; place 0: none. */
struct weir_choice {
	unsigned place;
	struct weir_candidate c;
};

struct weir_decision {
	unsigned candidates;               /**< so far */
	struct weir_choice drop, demote;   /**< real ones */
	struct weir_choice dry;
};

static inline void weir_decision_init(struct weir_decision *d)
{
	d->candidates = d->drop.place = d->demote.place = d->dry.place = 0;
}

/** Whether a candidate so far really drops the frame. */
static inline bool weir_decision_drops(const struct weir_decision *d)
{
	return d->drop.place != 0;
}

/** The next candidate. */
void weir_decision_add(struct weir_decision *d, const struct weir_candidate *c);

/** Verdict, reason and what belongs to it. */
void weir_decision_finish(const struct weir_decision *d, struct weir_record *r);

/** A verdict that no candidate gave. */
void weir_decision_fixed(struct weir_record *r, uint8_t verdict, uint8_t reason);

#endif

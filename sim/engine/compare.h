// SPDX-License-Identifier: Apache-2.0
/** Comparison of two engines: answers to a frame, and what they counted. */
#ifndef WEIR_COMPARE_H
#define WEIR_COMPARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine.h"

enum { WEIR_COMPARE_TEXT = 6144 };

enum weir_answer_kind { WEIR_ANSWER_NONE, WEIR_ANSWER_RECORD, WEIR_ANSWER_REFUSED };

struct weir_answer {
	enum weir_answer_kind kind;
	struct weir_record rec;   /**< of WEIR_ANSWER_RECORD */
	unsigned reason;          /**< of WEIR_ANSWER_REFUSED */
};

/** @param buf  Gets three lines on a difference: the fields, and each side's view. n > 0.
 *  @return whether they differ */
bool weir_answer_compare(const char *name_a, const struct weir_answer *a, const char *name_b,
			 const struct weir_answer *b, uint64_t number, char *buf, size_t n);

/** Compare both banks of counters through the registers; each difference is told as one line.
 * @return number of differences */
uint64_t weir_counters_compare(const struct weir_engine_ops *const ops[2], struct weir_engine *const engine[2],
			       void (*tell)(void *ctx, const char *text), void *ctx);

#endif

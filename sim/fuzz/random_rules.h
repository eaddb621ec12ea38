// SPDX-License-Identifier: Apache-2.0
/** Random rules (docs/datapath.md 18) that frames of random_frame.h and random_talk.h often fit: ternary prefix rules
 * and exact ones, built here from the text, so that neither model nor RTL is asked what a rule looks like in their memories. */
#ifndef WEIR_RANDOM_RULES_H
#define WEIR_RANDOM_RULES_H

#include <stdint.h>

#include "host/common/prng.h"
#include "host/common/hash.h"

/** Takes word `value` at register address `addr`; an entry's words come in order, word 7 last. */
typedef void (*weir_random_rules_write)(void *ctx, uint32_t addr, uint32_t value);

/** Write one set of rules anew, whatever it held. Exact rules may be in both sets.
 * @param h    that of the hash key in force
 * @param set  0 or 1 */
void weir_random_rules(struct weir_prng *p, const struct weir_hash *h, unsigned set, weir_random_rules_write write,
		       void *ctx);

/** Which set is in force, mostly enabled, seldom dry_run. */
void weir_random_rules_cfg(struct weir_prng *p, unsigned set, weir_random_rules_write write, void *ctx);

#endif

// SPDX-License-Identifier: Apache-2.0
/** How often each rule applied, as the engines count it (docs/datapath.md 18). */
#ifndef WEIR_REPORT_RULE_HITS_H
#define WEIR_REPORT_RULE_HITS_H

#include <stdint.h>

#include "host/policy/rules.h"
#include "sim/engine/session.h"

struct weir_rule_hits {
	uint64_t rule[WEIR_POLICY_RULES];   /**< by index in the policy's list, of the engine that judges */
	unsigned differ;                    /**< ids that the two engines count differently */
};

/** Read them, at the end of a run.
 * @retval 0; the error of the engine's read. */
int weir_rule_hits_read(const struct weir_session *s, const struct weir_rule_map *map, struct weir_rule_hits *ret);

#endif

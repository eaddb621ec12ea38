// SPDX-License-Identifier: Apache-2.0
/** What the files behind rules.h share. */
#ifndef WEIR_POLICY_RULES_PRIV_H
#define WEIR_POLICY_RULES_PRIV_H

#include "rules.h"

enum { WEIR_RULES_WAYS = 4 };

/** Key of an exact rule (docs/datapath.md 18.2): service, pair or remote. */
struct weir_hash_key weir_rule_key(const struct weir_hash *h, const struct weir_rule *r);

/** Strings of a prefix rule: weir_rule_places() of them. */
void weir_rule_ternary(const struct weir_rule *r, struct weir_ternary *ret);

#endif

// SPDX-License-Identifier: Apache-2.0
/** Rules that come into force in the middle of a run. */
#ifndef WEIR_LOOP_RULES_H
#define WEIR_LOOP_RULES_H

#include "host/policy/compile.h"

/** Keep of the writes of a policy only its rules, for set 1, which is in force with the last of them (docs/datapath.md 18):
 * whatever set 0 has is gone between two frames, but for exact rules whose place a new one takes: they are gone when that is
 * written. Of the rules' limits nothing is kept: their meters are not written; nor is divert_mac. */
void weir_loop_rules(struct weir_writes *w);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/** @file
 * Names of what struct weir_stats counts, for text, JSON and metrics alike. */
#ifndef WEIRCTL_TABLES_H
#define WEIRCTL_TABLES_H

#include "ctl.h"

enum { CTL_TABLES = 7, CTL_STATES = 7, CTL_SIDE_FIELDS = 12 };

extern const char *const ctl_table_names[CTL_TABLES], *const ctl_table_texts[CTL_TABLES];
extern const char *const ctl_state_names[CTL_STATES], *const ctl_state_texts[CTL_STATES];

/** Some of ctl_side_fields. */
enum {
	CTL_SIDE_RX_FRAMES = 0, CTL_SIDE_RX_FCS = 1, CTL_SIDE_RX_OVERFLOW = 5, CTL_SIDE_TX_FRAMES = 6, CTL_SIDE_REFUSED_OVERSIZE = 8, CTL_SIDE_EGRESS_FULL = 9,
	CTL_SIDE_EGRESS_FULL_LOW = 10, CTL_SIDE_TAKEN = 11,
};

/** A member of struct weir_side_stats. */
struct ctl_side_field {
	const char *name, *help;
	size_t offset;
};
extern const struct ctl_side_field ctl_side_fields[CTL_SIDE_FIELDS];
uint32_t ctl_side_field(const struct weir_side_stats *s, size_t field);
json_t *ctl_side_json(const struct weir_side_stats *s);

/** What the data path does, in words. */
const char *ctl_state_text(const struct weir_health *h);

#endif

// SPDX-License-Identifier: Apache-2.0
#include "tables.h"

#include <string.h>

#define X(number, name, tier, bytes, sets_log2, timeout, key) [number] = #name,
const char *const ctl_table_names[CTL_TABLES] = {
#include "docs/lists/tables.def"
};
#undef X
#define X(number, name, tier, bytes, sets_log2, timeout, key) [number] = "meter of " key,
const char *const ctl_table_texts[CTL_TABLES] = {
#include "docs/lists/tables.def"
};
#undef X
#define X(number, name, sets_log2, entry_bits, tag_bits, clock_log2, text) [number] = #name,
const char *const ctl_state_names[CTL_STATES] = {
#include "docs/lists/states.def"
};
#undef X
#define X(number, name, sets_log2, entry_bits, tag_bits, clock_log2, text) [number] = text,
const char *const ctl_state_texts[CTL_STATES] = {
#include "docs/lists/states.def"
};
#undef X

#define FIELD(name, help) { #name, help, offsetof(struct weir_side_stats, name) }
const struct ctl_side_field ctl_side_fields[CTL_SIDE_FIELDS] = {
	FIELD(rx_frames, "frames received"),
	FIELD(rx_fcs, "received with a bad FCS, dropped"),
	FIELD(rx_runt, "received too short, dropped"),
	FIELD(rx_oversize, "received too long, dropped"),
	FIELD(rx_error, "received with an error of the PHY, dropped"),
	FIELD(rx_overflow, "received, but no room: dropped"),
	FIELD(tx_frames, "frames sent"),
	FIELD(tx_error, "spoilt while sent"),
	FIELD(refused_oversize, "longer than the policy allows: refused"),
	FIELD(egress_full, "dropped, as the queue to this side was full"),
	FIELD(egress_full_low, "likewise, of the lower queue"),
	FIELD(taken, "taken by the data path"),
};

uint32_t ctl_side_field(const struct weir_side_stats *s, size_t field)
{
	uint32_t v;

	memcpy(&v, (const char *)s + ctl_side_fields[field].offset, sizeof(v));
	return v;
}

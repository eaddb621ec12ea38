// SPDX-License-Identifier: Apache-2.0
/** Which meter, and which key of it: taken from a record, as bytes to compare and as text to read. */
#ifndef WEIR_REPORT_KEY_H
#define WEIR_REPORT_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/config/policy.h"
#include "sim/model/record.h"

/** Places of a meter: bits of `trips` and `ends` (docs/datapath.md 9). */
enum { WEIR_PLACE_GROUP = WEIR_TABLES, WEIR_PLACE_PROTOCOL = WEIR_TABLES + 6, WEIR_PLACES = WEIR_TABLES + 8 };

/** No padding: compared with memcmp(). */
struct weir_key {
	uint8_t place;         /**< keyed table, or WEIR_PLACE_GROUP + group */
	uint8_t dir;           /**< of class meters */
	uint8_t family;        /**< 0 no address, 4, 6 */
	uint8_t sub;           /**< class of traffic, kind of port, or class of a class meter */
	uint16_t value;        /**< port, type * 256 + code, protocol */
	uint8_t prefix_len;
	uint8_t zero;
	uint8_t remote[16], protect[16];
};

/** Key of the meter at a place that this record used.
 * @param p  For the prefix lengths. */
void weir_key_of(const struct weir_record *r, unsigned place, const struct weir_policy *p, struct weir_key *ret);

/** Place of the meter that a reason names (a full table too); -1: not a meter's. */
int weir_key_place(unsigned reason);

enum { WEIR_KEY_TEXT = 120 };
/** "192.0.2.10 syn", "tcp/443", "inbound arp". Returns buf (WEIR_KEY_TEXT bytes). */
char *weir_key_format(const struct weir_key *k, char *buf);

/** Name of a meter's place: table, "protocol", "class_meter". */
const char *weir_place_name(unsigned place);

/** The meter that this key has under a policy, overrides included. */
const struct weir_meter_policy *weir_key_meter(const struct weir_key *k, const struct weir_policy *p);

#endif

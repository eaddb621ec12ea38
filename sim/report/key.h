// SPDX-License-Identifier: Apache-2.0
/** Which meter, and which key of it: taken from a record, as bytes to compare and as text to read. */
#ifndef WEIR_REPORT_KEY_H
#define WEIR_REPORT_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/policy/policy.h"
#include "host/policy/rules.h"
#include "sim/model/record.h"

/** Places of a meter: bits of `trips` and `ends` (docs/datapath.md 9, 17); behind them what else has keys. */
enum {
	WEIR_PLACE_GROUP = WEIR_TABLES, WEIR_PLACE_PROTOCOL = WEIR_TABLES + 6, WEIR_PLACE_HOST = WEIR_TABLES + 8,
	WEIR_PLACE_SYN_TOTAL, WEIR_PLACE_ZOMBIE, WEIR_PLACE_SOURCE, WEIR_PLACE_CONNECTION, WEIR_PLACE_CLIENT, WEIR_PLACE_RULE,
	WEIR_PLACES
};

/** No padding: compared with memcmp(). */
struct weir_key {
	uint8_t place;         /**< keyed table, WEIR_PLACE_GROUP + group, or what comes behind */
	uint8_t dir;           /**< of class meters */
	uint8_t family;        /**< 0 no address, 4, 6 */
	uint8_t sub;           /**< class of traffic, kind of port, or class of a class meter */
	uint16_t value;        /**< port (of a connection: of the protected side), type * 256 + code, protocol; index of a rule */
	uint16_t remote_port;  /**< of a connection */
	uint8_t prefix_len;
	uint8_t zero[3];
	uint32_t line;         /**< of a rule */
	uint8_t remote[16], protect[16];
};

/** Key of the meter at a place that this record used.
 *
 * Where a rule limits, its limit stands in the place of the pair.
 * @param p    For the prefix lengths and the rules.
 * @param map  Which rule has which id; NULL: there are no rules. */
void weir_key_of(const struct weir_record *r, unsigned place, const struct weir_policy *p, const struct weir_rule_map *map,
		 struct weir_key *ret);

/** The rule that applies to the packet; NULL: none. */
const struct weir_rule *weir_rule_of(const struct weir_record *r, const struct weir_policy *p, const struct weir_rule_map *map);

/** Place of the meter that a reason names (a full table and reasons of state too); -1: none. */
int weir_key_place(unsigned reason);

enum { WEIR_KEY_TEXT = 120 };
/** "192.0.2.10 syn", "tcp/443", "inbound arp". Returns buf (WEIR_KEY_TEXT bytes). */
char *weir_key_format(const struct weir_key *k, char *buf);

/** Name of a meter's place: table, "protocol", "class_meter", "syn_host", "syn_total", "zombie", "source",
 * "connection", "client", "rule". */
const char *weir_place_name(unsigned place);

/** The meter that this key has under a policy, overrides included. Of SYN floods: their rate; sources, connections and
 * clients have none. */
struct weir_meter_policy weir_key_meter(const struct weir_key *k, const struct weir_policy *p);

#endif

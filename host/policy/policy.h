// SPDX-License-Identifier: Apache-2.0
/** A policy: what a user may choose, in the user's units (docs/policy.md). Names are those of docs/lists. */
#ifndef WEIR_POLICY_H
#define WEIR_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "host/common/addr.h"
#include "host/common/lists.h"

enum weir_meter_action { WEIR_METER_COUNT, WEIR_METER_LIMIT, WEIR_METER_DROP, WEIR_METER_DECLARE };

enum {
	WEIR_POLICY_CONFIGS = 8,     /**< meters of a table, by sub-kind */
	WEIR_POLICY_OVERRIDES = 64,
	WEIR_POLICY_PREFIXES = 64,
	WEIR_POLICY_REFLECTORS = 16,
	WEIR_POLICY_RULES = 2048,
	WEIR_POLICY_TEXT = 65,       /**< of a text, with its end */
	WEIR_POLICY_DETAIL = 512,
	/** Where an override's `table` is the protocol meter. */
	WEIR_POLICY_PROTOCOL = WEIR_TABLES,
};

struct weir_meter_policy {
	uint64_t packets_per_s;      /**< 0: unlimited */
	uint64_t burst_packets;      /**< 0: a quarter of a second's worth */
	uint64_t bytes_per_s;        /**< 0: unlimited */
	uint64_t burst_bytes;        /**< 0: a tenth of a second's worth, at least 4,000 */
	uint64_t hold_ms;
	enum weir_meter_action action;
	bool demote;                 /**< effect */
	bool dry_run;
	unsigned line;               /**< in the file; 0: default */
};

struct weir_table_policy {
	uint64_t timeout_ms;
	bool closed;                 /**< when_full */
	bool demote;                 /**< full_effect */
	bool dry_run;                /**< full_dry_run */
	unsigned line;
};

struct weir_anomaly_policy {
	int action;                  /**< enum weir_anomaly_action */
	bool dry_run;
};

/* Modes of the connection table and methods of SYN validation: numbers of docs/datapath.md 12.2. */
enum weir_connection_mode { WEIR_CONN_OFF, WEIR_CONN_ON, WEIR_CONN_ASYMMETRIC };
enum weir_syn_method { WEIR_SYN_NONE, WEIR_SYN_ACK_COOKIE, WEIR_SYN_COOKIE, WEIR_SYN_RETRANSMISSION };

/** What a reason of state does. */
enum weir_state_action { WEIR_STATE_COUNT, WEIR_STATE_DROP, WEIR_STATE_DEMOTE };
struct weir_state_reason {
	enum weir_state_action action;
	bool dry_run;
};

/** Segments out of state, in the order of the actions in docs/datapath.md 12.2. */
enum weir_out_of_state {
	WEIR_OUT_none, WEIR_OUT_state, WEIR_OUT_window, WEIR_OUT_full, WEIR_OUT_icmp_quote,
	WEIR_OUTS
};

struct weir_connection_policy {
	enum weir_connection_mode mode;
	bool closed;                 /**< when_full */
	uint64_t window_log2;
	uint64_t half_open_s, established_s, closing_s, closed_s;
	uint64_t adopt_s;            /**< from the first frame on; 0: nothing is adopted */
	struct weir_state_reason out[WEIR_OUTS];
	unsigned line;
};

struct weir_legit_policy {
	uint64_t timeout_s;
	bool open;                   /**< when_full */
	bool firmware;               /**< entered_by */
};

struct weir_syn_policy {
	bool enabled;
	enum weir_syn_method method;
	uint64_t per_address_syn_per_s, total_syn_per_s;   /**< 0: no flood is declared */
	uint64_t hold_ms, timeout_ms;
	uint64_t proven_timeout_s;
	uint64_t retransmission_syn_per_s;   /**< that the sketch takes; 0: unlimited */
	bool dry_run;
	unsigned line;
};

struct weir_source_policy {
	uint64_t threshold;          /**< 0: off */
	uint64_t grow, decay;
	uint64_t timeout_s;
	struct weir_state_reason reason;
};

/** Legitimate addresses that flood (RATE-12). */
struct weir_zombie_policy {
	uint64_t total_syn_per_s;    /**< of legitimate addresses; 0: no flood is declared */
	uint64_t hold_ms;
	uint64_t connections_per_source, new_per_source;   /**< 0: unlimited */
	struct weir_state_reason reason;
};

/** Actions of rules: numbers of docs/datapath.md 18. */
enum weir_rule_action { WEIR_RULE_BLOCK, WEIR_RULE_LIMIT, WEIR_RULE_DIVERT, WEIR_RULE_ALLOW };
enum weir_rule_direction { WEIR_RULE_IN, WEIR_RULE_OUT, WEIR_RULE_BOTH };
enum weir_rule_fragments { WEIR_RULE_WHOLE, WEIR_RULE_FRAGMENTS, WEIR_RULE_ANY };

struct weir_rule_ports {
	bool given;
	uint16_t first, last;        /**< of ICMP: type * 256 + code, both */
};

struct weir_rule {
	enum weir_rule_action action;
	enum weir_rule_direction direction;
	enum weir_rule_fragments fragments;
	struct weir_prefix from, to;           /**< remote and protected side; family 0: any */
	bool has_protocol, type_code;          /**< type_code: port is one of ICMP */
	uint8_t protocol;
	struct weir_rule_ports port, remote_port;
	uint64_t priority;                     /**< higher first */
	uint64_t expires_s;                    /**< since 1970; 0: never */
	struct weir_meter_policy meter;        /**< of limits */
	char originator[WEIR_POLICY_TEXT];
	unsigned line;
};

struct weir_rules_policy {
	bool dry_run;
	uint8_t divert_mac[6];                 /**< all 0: none */
	size_t n;
	struct weir_rule list[WEIR_POLICY_RULES];
};

/** Parameters of the firmware, docs/lists/params.def. */
enum weir_firmware_param {
#define X(number, name, def, least, most, unit, help) WEIR_FIRMWARE_##name = number,
#include "params.def"
#undef X
	WEIR_FIRMWARE_PARAMS
};

struct weir_shaper_policy {
	uint64_t bits_per_s, burst_bytes;
};

/** One key with a meter of its own. */
struct weir_override {
	unsigned table;              /**< or WEIR_POLICY_PROTOCOL */
	struct weir_addr remote, address;
	struct weir_prefix prefix;
	unsigned sub;                /**< class of traffic; kind of port: 0 TCP 1 UDP 2 ICMP 3 ICMPv6 */
	uint16_t value;              /**< port, type * 256 + code, protocol */
	struct weir_meter_policy meter;
};

struct weir_policy {
	bool bypass;
	uint64_t max_frame_bytes;
	uint16_t link_consume;       /**< bit n: 01-80-C2-00-00-0n is consumed */
	uint64_t prefix_len4, prefix_len6;
	uint16_t reflector[WEIR_POLICY_REFLECTORS];
	struct weir_shaper_policy shaper[2];   /**< by the side they send to */
	struct weir_prefix protect[WEIR_POLICY_PREFIXES];
	size_t n_protect;
	struct weir_connection_policy connections;
	struct weir_legit_policy legit;
	struct weir_syn_policy syn_flood;
	struct weir_zombie_policy zombie_flood;
	struct weir_source_policy sources;
	struct weir_anomaly_policy anomaly[WEIR_ANOMALIES];
	struct weir_table_policy table[WEIR_TABLES];
	struct weir_meter_policy meter[WEIR_TABLES][WEIR_POLICY_CONFIGS];
	struct weir_meter_policy class_meter[2][WEIR_CLASSES];   /**< [direction]; only classes with a group */
	struct weir_meter_policy protocol;
	struct weir_override override[WEIR_POLICY_OVERRIDES];
	size_t n_override;
	struct weir_rules_policy rules;
	uint32_t firmware[WEIR_FIRMWARE_PARAMS];   /**< what the soft core is told at its start */
};

/** Sub-kinds of a table's meters: names, in the order of their numbers; NULL ends. A table without sub-kinds
 * has none. */
const char *const *weir_policy_subs(unsigned table);

void weir_policy_default(struct weir_policy *p);

/** Read a policy file over *p, which holds the defaults.
 * @param file    Name for messages; up to 1 MiB are read.
 * @param detail  WEIR_POLICY_DETAIL bytes; on failure one line "FILE:LINE: what is wrong; what to do".
 * @retval 0; -EINVAL broken or contradictory, -ENOMEM: *p is undefined. */
int weir_policy_load(FILE *f, const char *file, struct weir_policy *p, char *detail);

/** The same by name; also -errno of opening it. */
int weir_policy_open(const char *file, struct weir_policy *p, char *detail);

/** Whether all is in range and nothing contradicts; called by weir_policy_load(). */
int weir_policy_check(const struct weir_policy *p, const char *file, char *detail);

/** Text of the key of an override, as the report writes keys. */
char *weir_override_key(const struct weir_override *o, char *buf, size_t n);

/* What a meter is compiled to (docs/datapath.md 6.1). */
enum {
	WEIR_METER_TIME_MAX = 15 << 24,      /**< most that cost and tolerance may be together */
	WEIR_FRAME_LARGEST = 2000,
	WEIR_WINDOW_US = 65536,
};

/** Burst as it holds: the given one, or the default for the rate. */
uint64_t weir_meter_burst_packets(const struct weir_meter_policy *m);
uint64_t weir_meter_burst_bytes(const struct weir_meter_policy *m);

/** 2^-8 us per packet; 2^-16 us per byte; 0 when unlimited. Saturated at the field's width. */
uint32_t weir_meter_packet_cost(uint64_t packets_per_s);
uint32_t weir_meter_byte_cost(uint64_t bytes_per_s);

/** Milliseconds in windows, rounded up. */
uint64_t weir_policy_windows(uint64_t ms);

#endif

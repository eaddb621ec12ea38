// SPDX-License-Identifier: Apache-2.0
/** Tests of rules (docs/datapath.md 18): rules written through the registers of the model of model_send.h. */
#ifndef WEIR_MODEL_RULES_H
#define WEIR_MODEL_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "model_parse.h"
#include "model_send.h"
#include "sim/model/rule.h"

/** Where the fields of the string begin (18.1). */
enum rule_field {
	AT_REMOTE = 0, AT_PROTECT = 128, AT_RPORT = 256, AT_PPORT = 272, AT_PROTO = 288, AT_ZERO = 296, AT_DIR = 300,
	AT_FAMILY, AT_FRAG, AT_L4, AT_L4_PROTO,
};

/** A prefix rule that fits everything but for the bits that are wanted. */
struct prefix_rule {
	unsigned action;
	bool care[305], one[305];
};

/** Want the lowest `bits` bits of a value at a place; returns the rule. */
struct prefix_rule *prefix_want(struct prefix_rule *rule, unsigned at, unsigned bits, uint64_t value);

/** Write rules 0 to n - 1 of a set, n at most 32; the others of it fit nothing, all hits are 0. */
void rules_prefix(unsigned set, const struct prefix_rule *rule, unsigned n);

/** One rule 0 that fits everything, in set 0. */
void rules_all(unsigned action);

uint32_t rules_prefix_hits(unsigned set, unsigned rule);

/** Write one place. @param sets  bit s: in set s */
void rules_exact(unsigned place, struct weir_hash_key key, unsigned sets, unsigned action);
/** The same with its hits. */
void rules_exact_entry(unsigned place, const struct weir_exact_rule *e);
struct weir_exact_rule rules_exact_read(unsigned place);

/** rule_cfg */
void rules_cfg(unsigned set, unsigned enable, unsigned dry_run);

/** Keys of UDP 198.51.100.7 to 192.0.2.10, port 7777: what SEND() builds. */
struct weir_hash_key rules_key_remote(void);
struct weir_hash_key rules_key_pair(void);
struct weir_hash_key rules_key_service(void);

/** The first place of a key's bucket A or B. */
unsigned rules_place_a(struct weir_hash_key key);
unsigned rules_place_b(struct weir_hash_key key);

/** A frame of model_parse.h through the model. */
struct weir_record rules_frame(uint64_t stamp_us, enum parse_base base, const char *changes, unsigned dir);

/** Counter of a reason. */
uint64_t rules_counter(unsigned index);

#endif

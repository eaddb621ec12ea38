// SPDX-License-Identifier: Apache-2.0
#include "model_rules.h"

#include <string.h>

#include "model_test.h"
#include "weir/weir_regs.h"

#define PUT(word, field, value) WEIR_FIELD_PUT(word, WEIR_REG_RULE_##field, value)
#define GET(word, field) WEIR_FIELD_GET(word, WEIR_REG_RULE_##field)
#define PIECES 61u

struct prefix_rule *prefix_want(struct prefix_rule *rule, unsigned at, unsigned bits, uint64_t value)
{
	for (unsigned i = 0; i < bits; i++) {
		rule->care[at + i] = true;
		rule->one[at + i] = value >> (bits - 1 - i) & 1;
	}
	return rule;
}

/** Whether a rule fits a piece of this value. */
static bool fits(const struct prefix_rule *rule, unsigned piece, unsigned value)
{
	for (unsigned i = 0; i < 5; i++)
		if (rule->care[5 * piece + i] && rule->one[5 * piece + i] != (value >> (4 - i) & 1))
			return false;
	return true;
}

static uint32_t vector(const struct prefix_rule *rule, unsigned n, unsigned piece, unsigned value)
{
	uint32_t v = 0;

	for (unsigned r = 0; r < n; r++) {
		if (piece < PIECES ? fits(&rule[r], piece, value) :
		    piece < 63 && !value && rule[r].action >> (piece - 61) & 1)
			v |= UINT32_C(1) << r;
	}
	return v;
}

void rules_prefix(unsigned set, const struct prefix_rule *rule, unsigned n)
{
	for (unsigned piece = 0; piece < 64; piece++) {
		for (unsigned value = 0; value < 32; value += 4) {
			uint32_t word[8] = { 0 };

			for (unsigned i = 0; i < 4; i++)
				word[i] = vector(rule, n, piece, value + i);
			setup_entry(send_model, WEIR_REG_RULE_PREFIX(512 * set + 8 * piece + value / 4), word);
		}
	}
}

void rules_all(unsigned action)
{
	rules_prefix(0, &(struct prefix_rule){ .action = action }, 1);
}

uint32_t rules_prefix_hits(unsigned set, unsigned rule)
{
	uint32_t word[8];

	setup_read(send_model, WEIR_REG_RULE_PREFIX(512 * set + 8 * 63 + rule / 4), word);
	return word[rule % 4];
}

void rules_exact_entry(unsigned place, const struct weir_exact_rule *e)
{
	uint32_t word[8] = { 0 };

	PUT(word, EXACT_PRINT, e->print);
	PUT(word, EXACT_IN_SET0, e->in_set[0]);
	PUT(word, EXACT_IN_SET1, e->in_set[1]);
	PUT(word, EXACT_ACTION, e->action);
	PUT(word, EXACT_COUNT, e->count);
	PUT(word, EXACT_COARSE, e->coarse);
	setup_entry(send_model, WEIR_REG_RULE_EXACT(place), word);
}

void rules_exact(unsigned place, struct weir_hash_key key, unsigned sets, unsigned action)
{
	rules_exact_entry(place, &(struct weir_exact_rule){
		.print = (uint32_t)(key.tag & 0x3fffffff), .in_set = { sets & 1, sets >> 1 }, .action = (uint8_t)action });
}

struct weir_exact_rule rules_exact_read(unsigned place)
{
	uint32_t word[8];

	setup_read(send_model, WEIR_REG_RULE_EXACT(place), word);
	return (struct weir_exact_rule){
		.print = (uint32_t)GET(word, EXACT_PRINT),
		.in_set = { (uint8_t)GET(word, EXACT_IN_SET0), (uint8_t)GET(word, EXACT_IN_SET1) },
		.action = (uint8_t)GET(word, EXACT_ACTION), .count = (uint32_t)GET(word, EXACT_COUNT),
		.coarse = (uint8_t)GET(word, EXACT_COARSE),
	};
}

void rules_cfg(unsigned set, unsigned enable, unsigned dry_run)
{
	setup_entry(send_model, WEIR_REG_RULE_CFG, (uint32_t[8]){ set | enable << 1 | dry_run << 2 });
}

struct weir_hash_key rules_key_remote(void)
{
	return send_remote_key(7);
}

struct weir_hash_key rules_key_pair(void)
{
	uint8_t remote[16], protect[16];

	send_source(7, remote);
	send_target(0x020a, protect);
	return weir_hash_pair(&send_hash, 0, remote, protect);
}

struct weir_hash_key rules_key_service(void)
{
	struct weir_hash_key pair = rules_key_pair(), port = weir_hash_port(&send_hash, 1, 7777);

	return (struct weir_hash_key){ .tag = pair.tag ^ port.tag, .index = pair.index ^ port.index };
}

unsigned rules_place_a(struct weir_hash_key key)
{
	return 4 * (key.index % 512);
}

unsigned rules_place_b(struct weir_hash_key key)
{
	return 4 * (unsigned)(key.tag >> 31);
}

struct weir_record rules_frame(uint64_t stamp_us, enum parse_base base, const char *changes, unsigned dir)
{
	uint8_t buf[2048];
	uint32_t known, len = parse_frame(base, changes, buf, &known);
	struct weir_record r;

	memset(&r, 0xaa, sizeof(r));
	weir_model_packet(send_model, buf, len, known, (int)dir, stamp_us, &r);
	return r;
}

uint64_t rules_counter(unsigned index)
{
	uint32_t word[8];

	setup_read(send_model, WEIR_REG_COUNTER0(index), word);
	return word[0];
}

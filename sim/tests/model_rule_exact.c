// SPDX-License-Identifier: Apache-2.0
/* Exact rules (docs/datapath.md 18.2). */
#include <stdio.h>
#include <string.h>

#include "model_rules.h"
#include "model_state.h"
#include "model_test.h"
#include "host/common/addr.h"

#define COUNT(a) (int)(sizeof(a) / sizeof((a)[0]))
#define NOW 1000000u
#define ID_0 32u            /* of place 0 */

static void address(const char *text, uint8_t ret[16])
{
	struct weir_addr a;

	ck_assert_int_eq(weir_addr_parse(text, &a), 0);
	memset(ret, 0, 16);
	memcpy(a.family == 6 ? ret : ret + 12, a.b, a.family == 6 ? 16 : 4);
}

/** Whether a rule of this print in this bucket is found, with no other print, and in no other set.
 * @param service  only with l4_valid */
static void check_key(const struct weir_rule_keys *keys, unsigned print, unsigned bucket, bool service)
{
	static struct weir_rules s;
	struct weir_record r = { .l3_valid = 1, .l4_valid = service };
	struct weir_exact_rule *e = &s.exact[4 * bucket + print % 4];

	memset(&s, 0, sizeof(s));
	*e = (struct weir_exact_rule){ .print = print, .in_set = { 1, 0 } };
	ck_assert_int_eq(weir_rule_exact_find(&s, &r, keys), (int)(4 * bucket + print % 4));
	r.l4_valid = !service;
	ck_assert_int_eq(weir_rule_exact_find(&s, &r, keys) >= 0, !service);
	r.l4_valid = 1;
	for (unsigned bit = 0; bit < 30; bit++) {
		e->print = print ^ 1u << bit;
		ck_assert_int_eq(weir_rule_exact_find(&s, &r, keys), -1);
	}
	e->print = print;
	s.set = 1;
	ck_assert_int_eq(weir_rule_exact_find(&s, &r, keys), -1);
}

START_TEST(vectors)
{
	static struct weir_hash h;
	char line[512], remote_text[64], protect_text[64];
	unsigned rows = 0;
	FILE *f = fopen("docs/vectors/rule_keys.txt", "r");

	setup_hash(&h);
	ck_assert_ptr_nonnull(f);
	while (fgets(line, sizeof(line), f)) {
		unsigned family, kind, value, key[3][3];
		uint8_t remote[16], protect[16];
		struct weir_rule_keys keys;

		if (line[0] == '#')
			continue;
		if (!strncmp(line, "key ", 4)) {
			ck_assert_msg(strstr(line, "eccf7d56 630d65e5"), "another key than that of setup_hash()");
			continue;
		}
		ck_assert_int_eq(sscanf(line, "%63s %63s %u %u %u | %x %u %u | %x %u %u | %x %u %u", remote_text, protect_text,
					&family, &kind, &value, &key[0][0], &key[0][1], &key[0][2], &key[1][0], &key[1][1],
					&key[1][2], &key[2][0], &key[2][1], &key[2][2]), 14);
		address(remote_text, remote);
		address(protect_text, protect);
		keys.pair = weir_hash_pair(&h, family, remote, protect);
		keys.remote = weir_hash_remote(&h, family, remote);
		keys.port = weir_hash_port(&h, kind, (uint16_t)value);
		for (unsigned k = 0; k < 3; k++) {
			check_key(&keys, key[k][0], key[k][1], !k);
			check_key(&keys, key[k][0], key[k][2], !k);
		}
		rows++;
	}
	fclose(f);
	ck_assert_uint_eq(rows, 40);
}
END_TEST

/** The twenty-four places in the order in which they are looked through. */
static unsigned place_of(unsigned step)
{
	const struct weir_hash_key key[] = { rules_key_service(), rules_key_pair(), rules_key_remote() };
	struct weir_hash_key k = key[step / 8];

	return (step / 4 % 2 ? rules_place_b(k) : rules_place_a(k)) + step % 4;
}

static struct weir_hash_key key_of(unsigned step)
{
	return step < 8 ? rules_key_service() : step < 16 ? rules_key_pair() : rules_key_remote();
}

/* Of any two the earlier is found; the later one if it allows and the earlier does not. */
START_TEST(order)
{
	for (unsigned i = 0; i < 24; i++) {
		for (unsigned j = i; j < 24; j++) {
			unsigned first = place_of(i), second = place_of(j);

			rules_exact(first, key_of(i), 1, WEIR_RULE_block);
			if (j > i)
				rules_exact(second, key_of(j), 1, WEIR_RULE_divert);
			ck_assert_uint_eq(SEND(NOW).rule, 1 + ID_0 + first);
			if (j > i) {
				rules_exact(second, key_of(j), 1, WEIR_RULE_allow);
				ck_assert_uint_eq(SEND(NOW).rule, 1 + ID_0 + second);
				rules_exact(first, key_of(i), 1, WEIR_RULE_allow);
				ck_assert_uint_eq(SEND(NOW).rule, 1 + ID_0 + first);
			}
			rules_exact(first, (struct weir_hash_key){ .tag = 0 }, 0, 0);
			rules_exact(second, (struct weir_hash_key){ .tag = 0 }, 0, 0);
			ck_assert_uint_eq(SEND(NOW).rule, 0);
		}
	}
}
END_TEST

/* Two that allow with others in between: the first of them. */
START_TEST(allow_first)
{
	rules_exact(place_of(1), key_of(1), 1, WEIR_RULE_block);
	rules_exact(place_of(10), key_of(10), 1, WEIR_RULE_allow);
	rules_exact(place_of(15), key_of(15), 1, WEIR_RULE_limit);
	rules_exact(place_of(20), key_of(20), 1, WEIR_RULE_allow);
	ck_assert_uint_eq(SEND(NOW).rule, 1 + ID_0 + place_of(10));
	ck_assert_uint_eq(rules_exact_read(place_of(1)).count, 0);
	ck_assert_uint_eq(rules_exact_read(place_of(10)).count, 1);
	ck_assert_uint_eq(rules_exact_read(place_of(20)).count, 0);
}
END_TEST

/* Which frames each key is for. */
START_TEST(keys)
{
	rules_exact(place_of(0), key_of(0), 1, WEIR_RULE_block);
	ck_assert_uint_eq(SEND(NOW).reason, WEIR_REASON_rule_block);
	ck_assert_uint_eq(SEND(NOW).tag, 0);
	ck_assert_uint_eq(SEND(NOW, .sport = 1).rule, 1 + ID_0 + place_of(0));
	ck_assert_uint_eq(SEND(NOW, .dport = 7778).rule, 0);
	ck_assert_uint_eq(SEND(NOW, .tcp = ACK).rule, 0);
	ck_assert_uint_eq(SEND(NOW, .src = 8).rule, 0);
	ck_assert_uint_eq(SEND(NOW, .dst = 0x020b).rule, 0);
	ck_assert_uint_eq(SEND(NOW, .dir = 1).rule, 0);
	/* A fragment has a service only as the first. */
	ck_assert_uint_eq(rules_frame(NOW, U4, "3+6=2000 fix3", 0).rule, 1 + ID_0 + place_of(0));
	ck_assert_uint_eq(rules_frame(NOW, U4, "3+6=0001 fix3", 0).rule, 0);
	rules_exact(place_of(0), (struct weir_hash_key){ .tag = 0 }, 0, 0);
	rules_exact(place_of(8), key_of(8), 1, WEIR_RULE_block);
	ck_assert_uint_eq(SEND(NOW, .dport = 7778).rule, 1 + ID_0 + place_of(8));
	ck_assert_uint_eq(rules_frame(NOW, U4, "3+6=0001 fix3", 0).rule, 1 + ID_0 + place_of(8));
	ck_assert_uint_eq(SEND(NOW, .dst = 0x020b).rule, 0);
	rules_exact(place_of(8), (struct weir_hash_key){ .tag = 0 }, 0, 0);
	rules_exact(place_of(16), key_of(16), 1, WEIR_RULE_block);
	ck_assert_uint_eq(SEND(NOW, .dst = 0x020b).rule, 1 + ID_0 + place_of(16));
	ck_assert_uint_eq(SEND(NOW, .src = 8).rule, 0);
	ck_assert_uint_eq(SEND(NOW, .dir = 1).rule, 0);
	/* What goes out is not looked up with any key, not with one of zeros either. */
	for (unsigned way = 0; way < 4; way++)
		rules_exact(way, (struct weir_hash_key){ .tag = 0 }, 1, WEIR_RULE_block);
	ck_assert_uint_eq(SEND(NOW, .dir = 1).rule, 0);
}
END_TEST

/* Which rules of ICMP: type and code take the place of a port. */
START_TEST(icmp)
{
	struct weir_hash_key pair = rules_key_pair(), port = weir_hash_port(&send_hash, 2, 0x0800);
	struct weir_hash_key key = { .tag = pair.tag ^ port.tag, .index = pair.index ^ port.index };

	rules_exact(rules_place_b(key) + 3, key, 1, WEIR_RULE_block);
	ck_assert_uint_eq(rules_frame(NOW, I4, "", 0).rule, 1 + ID_0 + rules_place_b(key) + 3);
	ck_assert_uint_eq(rules_frame(NOW, I4, "4+1=01 fix4", 0).rule, 0);
	ck_assert_uint_eq(rules_frame(NOW, I6, "", 0).rule, 0);
}
END_TEST

/* A quote is sent by any router: no exact rule, but prefix rules. */
START_TEST(quote)
{
	struct weir_record r;

	rules_exact(rules_place_a(rules_key_remote()), rules_key_remote(), 1, WEIR_RULE_block);
	rules_exact(rules_place_a(rules_key_pair()), rules_key_pair(), 1, WEIR_RULE_block);
	r = TCP(NOW, .quote = 1);
	ck_assert_uint_eq(r.quote, 1);
	ck_assert_uint_eq(r.rule, 0);
	rules_exact(rules_place_a(weir_hash_remote(&send_hash, 0, r.remote)), weir_hash_remote(&send_hash, 0, r.remote), 1,
		    WEIR_RULE_block);
	ck_assert_uint_eq(TCP(NOW, .quote = 1).rule, 0);
	rules_all(WEIR_RULE_block);
	ck_assert_uint_eq(TCP(NOW, .quote = 1).rule, 1);
}
END_TEST

/* Each set has its own bit. */
START_TEST(sets)
{
	unsigned place = place_of(9);

	for (unsigned set = 0; set < 2; set++) {
		for (unsigned in = 0; in < 4; in++) {
			rules_cfg(set, 1, 0);
			rules_exact(place, key_of(9), in, WEIR_RULE_block);
			ck_assert_uint_eq(SEND(NOW).rule, in >> set & 1 ? 1 + ID_0 + place : 0);
		}
	}
}
END_TEST

/** Hits after n frames, the first of which has this number. */
static struct weir_exact_rule hit(uint32_t count, unsigned coarse, unsigned n)
{
	struct weir_exact_rule e = { .print = (uint32_t)key_of(8).tag & 0x3fffffff, .in_set = { 1, 1 },
		.action = WEIR_RULE_block, .count = count, .coarse = (uint8_t)coarse };

	rules_exact_entry(place_of(8), &e);
	while (n--)
		SEND(NOW);
	return rules_exact_read(place_of(8));
}

START_TEST(hits)
{
	struct weir_exact_rule e;

	ck_assert_uint_eq(hit(0, 0, 1).count, 1);
	ck_assert_uint_eq(hit(131070, 0, 1).count, 131071);
	ck_assert_uint_eq(hit(131070, 0, 1).coarse, 0);
	e = hit(131071, 0, 1);
	ck_assert_uint_eq(e.coarse, 1);
	ck_assert_uint_eq(e.count, 2048);
	ck_assert_uint_eq(e.action, WEIR_RULE_block);
	ck_assert_uint_eq(e.in_set[0] & e.in_set[1], 1);
	/* Four frames so far: the 64th is the next that counts, then the 128th. */
	ck_assert_uint_eq(hit(2048, 1, 59).count, 2048);
	ck_assert_uint_eq(hit(2048, 1, 1).count, 2049);
	ck_assert_uint_eq(hit(2048, 1, 63).count, 2048);
	ck_assert_uint_eq(hit(2048, 1, 1).count, 2049);
	ck_assert_uint_eq(hit(2048, 1, 640).count, 2058);
	/* Saturation. */
	ck_assert_uint_eq(hit(131070, 1, 64).count, 131071);
	ck_assert_uint_eq(hit(131071, 1, 640).count, 131071);
	ck_assert_uint_eq(hit(131071, 1, 64).coarse, 1);
	/* Others do not count. */
	SEND(NOW, .src = 9);
	ck_assert_uint_eq(hit(5, 0, 0).count, 5);
	/* Nor what is not in force; dry_run does. */
	rules_cfg(0, 1, 1);
	ck_assert_uint_eq(hit(5, 0, 1).count, 6);
	rules_cfg(0, 0, 0);
	ck_assert_uint_eq(hit(5, 0, 1).count, 5);
}
END_TEST

/* Places of both halves of the address space. */
START_TEST(places)
{
	for (unsigned place = 1; place < WEIR_EXACT_PLACES; place += 511)
		rules_exact(place, (struct weir_hash_key){ .tag = place }, 1, place % 4);
	for (unsigned place = 1; place < WEIR_EXACT_PLACES; place += 511) {
		ck_assert_uint_eq(rules_exact_read(place).print, place);
		ck_assert_uint_eq(rules_exact_read(place).action, place % 4);
		ck_assert_uint_eq(rules_exact_read(place - 1).print, 0);
	}
}
END_TEST

static void begin(void)
{
	state_begin();
	rules_cfg(0, 1, 0);
}

Suite *weir_model_rule_exact_suite(void)
{
	Suite *s = suite_create("model: exact rules");
	TCase *t = tcase_create("exact rules");

	suite_add_tcase(s, t);
	tcase_add_checked_fixture(t, begin, send_end);
	tcase_add_test(t, vectors);
	tcase_add_test(t, order);
	tcase_add_test(t, allow_first);
	tcase_add_test(t, keys);
	tcase_add_test(t, icmp);
	tcase_add_test(t, quote);
	tcase_add_test(t, sets);
	tcase_add_test(t, hits);
	tcase_add_test(t, places);
	return s;
}

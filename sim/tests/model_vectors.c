// SPDX-License-Identifier: Apache-2.0
/* The vectors of docs/vectors/, which the RTL is tested against too. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model_test.h"
#include "host/common/addr.h"
#include "host/common/hash.h"
#include "sim/model/state.h"

static void address(const char *text, uint8_t ret[16], unsigned *ret_family)
{
	struct weir_addr a;

	memset(ret, 0, 16);
	if (!strcmp(text, "-"))
		return;
	ck_assert_int_eq(weir_addr_parse(text, &a), 0);
	*ret_family = a.family == 6;
	if (a.family == 6)
		memcpy(ret, a.b, 16);
	else
		memcpy(ret + 12, a.b, 4);
}

/** Words of a line as hexadecimal numbers. */
static void hash_key(const char *at, struct weir_hash *ret)
{
	uint32_t key[WEIR_HASH_KEY_WORDS];

	for (unsigned i = 0; i < WEIR_HASH_KEY_WORDS; i++) {
		char *end;

		key[i] = (uint32_t)strtoul(at, &end, 16);
		at = end;
	}
	weir_hash_key_set(ret, key);
}

static struct weir_hash_key hash(const struct weir_hash *h, int table, unsigned family, const uint8_t remote[16],
				 const uint8_t protect[16], unsigned sub_kind, uint16_t value)
{
	switch (table) {
	case WEIR_TABLE_remote:
		return weir_hash_remote(h, family, remote);
	case WEIR_TABLE_pair:
		return weir_hash_pair(h, family, remote, protect);
	case WEIR_TABLE_class:
		return weir_hash_class(h, family, protect, sub_kind);
	case WEIR_TABLE_address:
		return weir_hash_address(h, family, protect);
	case WEIR_TABLE_prefix:
		return weir_hash_prefix(h, family, protect);
	case WEIR_TABLE_port:
		return weir_hash_port(h, sub_kind, value);
	default:
		return weir_hash_udp_source(h, value);
	}
}

START_TEST(test_hash)
{
	static struct weir_hash h;
	char line[512];
	int rows = 0;
	FILE *f = fopen("docs/vectors/hash.txt", "r");

	ck_assert_ptr_nonnull(f);
	while (fgets(line, sizeof(line), f)) {
		char table[32], remote_text[64], protect_text[64];
		unsigned family, sub_kind, value, index, set, parsed_family;
		uint64_t tag;
		uint8_t remote[16], protect[16];
		struct weir_hash_key k;
		int t;

		if (line[0] == '#')
			continue;
		if (!strncmp(line, "key ", 4)) {
			hash_key(line + 4, &h);
			continue;
		}
		ck_assert_int_eq(sscanf(line, "%31s %63s %63s %u %u %u %" SCNx64 " %u %u", table, remote_text,
					protect_text, &family, &sub_kind, &value, &tag, &index, &set), 9);
		parsed_family = family;
		address(remote_text, remote, &parsed_family);
		address(protect_text, protect, &parsed_family);
		ck_assert_uint_eq(parsed_family, family);
		t = weir_table_find(table);
		ck_assert_int_ge(t, 0);
		k = hash(&h, t, family, remote, protect, sub_kind, (uint16_t)value);
		ck_assert_uint_eq(k.tag, tag);
		ck_assert_uint_eq(k.index, index);
		ck_assert_uint_eq(k.index % (1u << weir_table_info((unsigned)t)->sets_log2), set);
		rows++;
	}
	fclose(f);
	ck_assert_int_gt(rows, 50);
}
END_TEST

START_TEST(test_hash_connection)
{
	static struct weir_hash h;
	char line[512], remote_text[64], protect_text[64];
	int rows = 0;
	FILE *f = fopen("docs/vectors/hash_connection.txt", "r");

	ck_assert_ptr_nonnull(f);
	while (fgets(line, sizeof(line), f)) {
		unsigned family, rport, pport, index, set;
		uint64_t tag;
		uint8_t remote[16], protect[16];
		struct weir_hash_key k;

		if (line[0] == '#')
			continue;
		if (!strncmp(line, "key ", 4)) {
			hash_key(line + 4, &h);
			continue;
		}
		ck_assert_int_eq(sscanf(line, "connection %63s %63s %u %u %u %" SCNx64 " %u %u", remote_text,
					protect_text, &family, &rport, &pport, &tag, &index, &set), 8);
		address(remote_text, remote, &family);
		address(protect_text, protect, &family);
		k = weir_hash_connection(&h, family, remote, protect, (uint16_t)pport, (uint16_t)rport);
		ck_assert_uint_eq(k.tag, tag);
		ck_assert_uint_eq(k.index, index);
		ck_assert_uint_eq(k.index % (1u << weir_state_info(WEIR_STATE_connection)->sets_log2), set);
		rows++;
	}
	fclose(f);
	ck_assert_int_gt(rows, 30);
}
END_TEST

/** Bytes of a hexadecimal text. @return their number */
static size_t bytes_of(const char *text, uint8_t *ret, size_t max)
{
	size_t n = 0;

	for (; text[0] != '-' && text[2 * n]; n++) {
		unsigned value;

		ck_assert_uint_lt(n, max);
		ck_assert_int_eq(sscanf(text + 2 * n, "%2x", &value), 1);
		ret[n] = (uint8_t)value;
	}
	return n;
}

START_TEST(test_siphash)
{
	char line[1024], text[640];
	int rows = 0;
	FILE *f = fopen("docs/vectors/siphash13.txt", "r");

	ck_assert_ptr_nonnull(f);
	while (fgets(line, sizeof(line), f)) {
		uint8_t bytes[300];
		uint64_t k0, k1, want;
		size_t n;

		if (line[0] == '#')
			continue;
		ck_assert_int_eq(sscanf(line, "%" SCNx64 " %" SCNx64 " %639s %" SCNx64, &k0, &k1, text, &want), 4);
		n = bytes_of(text, bytes, sizeof(bytes));
		ck_assert_uint_eq(weir_siphash13(k0, k1, bytes, n), want);
		rows++;
	}
	fclose(f);
	ck_assert_int_gt(rows, 40);
}
END_TEST

/** One line of cookie.txt against the functions of the cookie. */
static void check_cookie(const struct weir_state_cfg *c, const char *line)
{
	char remote[40], protect[40], hash_text[20], cookie_text[12];
	unsigned method, syn, claim, proves, rport, pport;
	struct weir_record r = { 0 };
	uint32_t epoch;

	ck_assert_int_eq(sscanf(line, "%u %u %" SCNx64 " %x %39s %u %39s %u | %19s %11s %u", &method, &syn,
				&r.stamp_us, &claim, remote, &rport, protect, &pport, hash_text, cookie_text, &proves), 11);
	bytes_of(remote, r.remote, sizeof(r.remote));
	bytes_of(protect, r.protect, sizeof(r.protect));
	r.sport = (uint16_t)rport;
	r.dport = (uint16_t)pport;
	epoch = weir_cookie_epoch(r.stamp_us);
	if (!syn) {
		ck_assert_uint_eq(weir_cookie_proves(c, &r, claim), proves);
		epoch -= (epoch - (claim >> 30)) & 3; /* that of the claim */
	}
	if (hash_text[0] == '-')
		return;
	ck_assert_uint_eq(weir_cookie_hash(c, &r, epoch & 0xffffff), strtoull(hash_text, NULL, 16));
	ck_assert_uint_eq(weir_cookie_make(c, &r, epoch & 0xffffff), strtoul(cookie_text, NULL, 16));
}

START_TEST(test_cookie)
{
	struct weir_state_cfg c = { 0 };
	char line[512];
	int rows = 0;
	FILE *f = fopen("docs/vectors/cookie.txt", "r");

	ck_assert_ptr_nonnull(f);
	while (fgets(line, sizeof(line), f)) {
		if (line[0] == '#')
			continue;
		if (sscanf(line, "key %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64, &c.cookie_key[0].k0,
			   &c.cookie_key[0].k1, &c.cookie_key[1].k0, &c.cookie_key[1].k1) == 4)
			continue;
		check_cookie(&c, line);
		rows++;
	}
	fclose(f);
	ck_assert_int_gt(rows, 300);
}
END_TEST

START_TEST(test_meter)
{
	struct weir_meter_cfg c = { 0 };
	struct weir_meter_state s = { 0 };
	struct weir_meter_in in = { 0 };
	char line[512];
	int rows = 0;
	FILE *f = fopen("docs/vectors/meter.txt", "r");

	ck_assert_ptr_nonnull(f);
	while (fgets(line, sizeof(line), f)) {
		unsigned len, used, fresh, result, trip, end, unit, threshold, measured;
		unsigned tat, win, count, tripped, quiet, btat, bcount, number, bytes, action, hold;
		struct weir_meter_result r;
		uint64_t stamp;

		if (line[0] == '#')
			continue;
		if (sscanf(line, "config %u bytes=%u action=%u pkt_cost=%u pkt_tau=%u pkt_threshold=%u "
				 "byte_cost=%u byte_tau=%u byte_threshold=%u hold=%u",
			   &number, &bytes, &action, &c.pkt_cost, &c.pkt_tau, &c.pkt_threshold, &c.byte_cost,
			   &c.byte_tau, &c.byte_threshold, &hold) == 10) {
			c.action = (uint8_t)action;
			c.hold = (uint8_t)hold;
			in.bytes = bytes;
			continue;
		}
		ck_assert_int_eq(sscanf(line, "%" SCNu64 " %u %u %u | %u %u %u %u %u %u | %u %u %u %u %u %u %u",
					&stamp, &len, &used, &fresh, &result, &trip, &end, &unit, &threshold,
					&measured, &tat, &win, &count, &tripped, &quiet, &btat, &bcount), 17);
		in.window = stamp >> WEIR_WINDOW_BITS;
		in.position = (uint32_t)(stamp & 0xffff) << 8;
		in.len = len;
		in.used = used;
		if (fresh)
			weir_meter_fresh(&s, in.window);
		weir_meter_update(&s, &c, &in, &r);
		ck_assert_uint_eq(r.candidate, result);
		ck_assert_uint_eq(r.trip, trip);
		ck_assert_uint_eq(r.end, end);
		ck_assert_uint_eq(r.unit, unit);
		ck_assert_uint_eq(r.threshold, threshold);
		ck_assert_uint_eq(r.measured, measured);
		ck_assert_uint_eq(s.tat, tat);
		ck_assert_uint_eq(s.win & 0x3ff, win);
		ck_assert_uint_eq(s.count, count);
		ck_assert_uint_eq(s.tripped, tripped);
		ck_assert_uint_eq(s.quiet, quiet);
		ck_assert_uint_eq(s.btat, btat);
		ck_assert_uint_eq(s.bcount, bcount);
		rows++;
	}
	fclose(f);
	ck_assert_int_gt(rows, 1000);
}
END_TEST

Suite *weir_model_vectors_suite(void)
{
	Suite *s = suite_create("model-vectors");
	TCase *t = tcase_create("vectors");

	tcase_add_test(t, test_hash);
	tcase_add_test(t, test_hash_connection);
	tcase_add_test(t, test_siphash);
	tcase_add_test(t, test_cookie);
	tcase_add_test(t, test_meter);
	suite_add_tcase(s, t);
	return s;
}

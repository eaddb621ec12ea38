// SPDX-License-Identifier: Apache-2.0
/* Veto of legitimate addresses: the hash against docs/vectors/hash.txt, the rest against a table of our own. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "firmware/app/legit.h"
#include "host/common/addr.h"
#include "weir/weir_regs.h"

Suite *weir_test_legit(void);

enum { SETS = 256, WAYS = 4 };
static const uint32_t key[WEIR_KEY_WORDS] = {
	0xeccf7d56, 0x630d65e5, 0x4a11ffd3, 0x1cb000fc, 0xd3572a05, 0x5514ed2c, 0x25d05d37, 0x624408d2, 0xe1606878, 0x7899781e,
	0x77aef380,
};
static uint32_t table[SETS * WAYS][8];
static unsigned reads, writes;

static uint32_t (*entry(uint32_t addr))[8]
{
	ck_assert_uint_eq(addr % 0x20, 0);
	ck_assert_uint_ge(addr, WEIR_REG_STATE_LEGIT(0));
	ck_assert_uint_lt(addr, WEIR_REG_STATE_LEGIT(WEIR_REG_STATE_LEGIT_COUNT));
	return &table[(addr - WEIR_REG_STATE_LEGIT(0)) / 0x20];
}

static void read_entry(void *ctx, uint32_t addr, uint32_t ret_word[8])
{
	(void)ctx;
	reads++;
	memcpy(ret_word, *entry(addr), 32);
}

static void write_entry(void *ctx, uint32_t addr, const uint32_t word[8])
{
	(void)ctx;
	writes++;
	memcpy(*entry(addr), word, 32);
}

/* Nothing else is called. */
static const struct weir_hal hal = {.read_entry = read_entry, .write_entry = write_entry};
static struct weir_legit l;

static void setup(void)
{
	memset(&l, 0, sizeof(l));
	memcpy(l.key, key, sizeof(key));
	memset(table, 0, sizeof(table));
	reads = writes = 0;
}

static bool parse(const char *text, uint32_t ret[4])
{
	struct weir_addr a;

	ck_assert_int_eq(weir_addr_parse(text, &a), 0);
	memset(ret, 0, 16);
	for (unsigned i = 0; i < 16; i++) {
		unsigned at = a.family == 6 ? i : i + 12;

		if (at < 16)
			ret[at / 4] |= (uint32_t)a.b[i] << (24 - at % 4 * 8);
	}
	return a.family == 6;
}

static void veto(unsigned place, const char *text, unsigned length)
{
	if (!parse(text, l.veto[place].address))
		length += 96;
	l.veto[place].length = (uint8_t)length;
}

static bool established(const char *text)
{
	uint32_t a[4];
	bool ipv6 = parse(text, a);

	return weir_legit_established(&l, &hal, a, ipv6);
}

/** Enter it as the hardware does, at the n-th place of its probe order. */
static uint32_t (*enter(const char *text, unsigned n))[8]
{
	uint32_t a[4], tag, set;
	bool ipv6 = parse(text, a);

	weir_legit_place(key, a, ipv6, &tag, &set);
	table[set * WAYS + (tag + n) % WAYS][0] = tag | 0x5a000000;
	table[set * WAYS + (tag + n) % WAYS][1] = 0x3;
	return &table[set * WAYS + (tag + n) % WAYS];
}

START_TEST(test_vectors)
{
	FILE *f = fopen("docs/vectors/hash.txt", "r");
	uint32_t k[WEIR_KEY_WORDS];
	unsigned rows = 0;
	char line[512];

	ck_assert_ptr_nonnull(f);
	while (fgets(line, sizeof(line), f)) {
		char name[32], remote[64], protect[64];
		unsigned family, sub_kind, value, index, set;
		uint32_t a[4], ret_tag, ret_set;
		unsigned long long tag;

		if (!strncmp(line, "key ", 4)) {
			char *at = line + 4;

			for (unsigned i = 0; i < WEIR_KEY_WORDS; i++)
				k[i] = (uint32_t)strtoul(at, &at, 16);
			continue;
		}
		if (sscanf(line, "%31s %63s %63s %u %u %u %llx %u %u", name, remote, protect, &family, &sub_kind, &value, &tag,
			   &index, &set) != 9 || strcmp(name, "remote"))
			continue;
		parse(remote, a);
		weir_legit_place(k, a, family, &ret_tag, &ret_set);
		ck_assert_uint_eq(ret_tag, tag & 0xffffff ? tag & 0xffffff : 1);
		ck_assert_uint_eq(ret_set, index % SETS);
		rows++;
	}
	fclose(f);
	ck_assert_uint_gt(rows, 10);
}
END_TEST

/* A key of a single 1: bit n of the string of 296 comes out as bit 0, and which those are the text says. */
START_TEST(test_bits)
{
	for (unsigned n = 0; n < 352; n++) {
		uint32_t one[WEIR_KEY_WORDS] = {0}, a[4], tag, set;

		one[n / 32] = 0x80000000u >> n % 32;
		for (unsigned bit = 0; bit < 130; bit++) {
			/* Set: one bit of the address, or the family; always the lowest bit of the kind, 259. */
			unsigned input = bit < 128 ? bit : bit == 128 ? 260 : 259;
			uint64_t hash = 0;

			memset(a, 0, sizeof(a));
			if (bit < 128)
				a[bit / 32] = 0x80000000u >> bit % 32;
			if (n >= 259 && n - 259 < 50)
				hash ^= 1ull << (49 - (n - 259));
			if (bit < 129 && n >= input && n - input < 50)
				hash ^= 1ull << (49 - (n - input));
			weir_legit_place(one, a, bit == 128, &tag, &set);
			ck_assert_uint_eq(tag, hash >> 10 & 0xffffff ? hash >> 10 & 0xffffff : 1);
			ck_assert_uint_eq(set, hash & (SETS - 1));
		}
	}
}
END_TEST

START_TEST(test_delete)
{
	for (unsigned way = 0; way < WAYS; way++) {
		static const uint32_t none[8];
		uint32_t (*own)[8];

		setup();
		veto(3, "198.51.100.0", 24);
		own = enter("198.51.100.7", way);
		for (unsigned i = 0; i < SETS * WAYS; i++)
			if (&table[i] != own)
				table[i][0] = 0x77123457;
		ck_assert(established("198.51.100.7"));
		ck_assert_mem_eq(*own, none, 32);
		ck_assert_uint_eq(reads, way + 1);
		ck_assert_uint_eq(writes, 1);
		/* Only once. */
		ck_assert(!established("198.51.100.7"));
		ck_assert_uint_eq(writes, 1);
	}
}
END_TEST

START_TEST(test_prefixes)
{
	static const struct { const char *veto; unsigned length; const char *address; bool hit; } row[] = {
		{"198.51.100.7", 32, "198.51.100.7", true},
		{"198.51.100.7", 32, "198.51.100.6", false},
		{"198.51.100.0", 24, "198.51.100.255", true},
		{"198.51.100.0", 24, "198.51.101.0", false},
		{"198.51.0.0", 17, "198.51.127.255", true},
		{"198.51.0.0", 17, "198.51.128.0", false},
		{"128.0.0.0", 1, "198.51.100.7", true},
		{"128.0.0.0", 1, "127.0.0.1", false},
		{"0.0.0.0", 0, "198.51.100.7", true},
		{"2001:db8::", 32, "2001:db8::1", true},
		{"2001:db8::", 33, "2001:db8:8000::1", false},
		{"2001:db8::", 33, "2001:db8:7fff::1", true},
		{"2001:db8::1", 128, "2001:db8::1", true},
		{"2001:db8::1", 128, "2001:db8::2", false},
		{"2001:db8::", 64, "2001:db8::ffff:0:0:1", true},
		{"2001:db8::", 64, "2001:db8:0:1::", false},
		{"2001:db8::1:0:0", 97, "2001:db8::1:0:0", true},
		/* Families are kept apart. */
		{"8000::", 1, "198.51.100.7", false},
		{"::", 1, "198.51.100.7", false},
		{"::", 95, "0.0.0.1", false},
		{"0.0.0.0", 0, "2001:db8::1", false},
		{"0.0.0.0", 0, "::1.2.3.4", false},
		{"::", 95, "::1.2.3.4", true},
	};

	for (unsigned i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		setup();
		veto(i % WEIR_VETOES, row[i].veto, row[i].length);
		enter(row[i].address, i % WAYS);
		ck_assert_msg(established(row[i].address) == row[i].hit, "row %u", i);
		if (!row[i].hit)
			ck_assert_uint_eq(reads, 0);
	}
}
END_TEST

START_TEST(test_nothing_to_do)
{
	/* No veto. */
	enter("198.51.100.7", 0);
	ck_assert(!established("198.51.100.7"));
	/* Not there: looked for in four places, nothing written. */
	setup();
	veto(0, "0.0.0.0", 0);
	ck_assert(!established("198.51.100.7"));
	ck_assert_uint_eq(reads, 4);
	/* The key is not known: whatever is in set 0 is left alone. */
	setup();
	veto(0, "0.0.0.0", 0);
	memset(l.key, 0, sizeof(l.key));
	table[1][0] = 1;
	ck_assert(!established("198.51.100.7"));
	ck_assert_uint_eq(reads + writes, 0);
}
END_TEST

Suite *weir_test_legit(void)
{
	Suite *s = suite_create("legit");
	TCase *t = tcase_create("legit");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, test_vectors);
	tcase_add_test(t, test_bits);
	tcase_add_test(t, test_delete);
	tcase_add_test(t, test_prefixes);
	tcase_add_test(t, test_nothing_to_do);
	suite_add_tcase(s, t);
	return s;
}

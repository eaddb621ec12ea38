// SPDX-License-Identifier: Apache-2.0
/* The appliance's end in C against docs/vectors/link.txt, to which the hardware is held. Run from the top folder. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/common/link_serve.h"
#include "host/tests/check_run.h"

enum { LineMax = 4096, FieldsMax = 80, OctetsMax = 2048, Words = 0x200000 / 4 };

static uint32_t memory[Words];
static uint8_t said[OctetsMax];
static size_t said_len;
static struct weir_link_server server;

static uint32_t bus_read(void *ctx, uint32_t address)
{
	(void)ctx;
	ck_assert_uint_lt(address, WEIR_LINK_ADDRESS_END);
	return memory[address / 4];
}

static void bus_write(void *ctx, uint32_t address, uint32_t word)
{
	(void)ctx;
	ck_assert_uint_lt(address, WEIR_LINK_ADDRESS_END);
	memory[address / 4] = word;
}

static void bus_out(void *ctx, const uint8_t *octets, size_t n)
{
	(void)ctx;
	ck_assert_uint_le(said_len + n, sizeof(said));
	memcpy(said + said_len, octets, n);
	said_len += n;
}

static const struct weir_link_bus bus = { .read = bus_read, .write = bus_write, .out = bus_out };

static size_t octets(const char *hex, uint8_t ret[OctetsMax])
{
	size_t n = 0;

	for (; strcmp(hex, "-") && hex[2 * n] && hex[2 * n + 1]; n++) {
		unsigned v;

		ck_assert_uint_lt(n, OctetsMax);
		ck_assert_int_eq(sscanf(hex + 2 * n, "%2x", &v), 1);
		ret[n] = (uint8_t)v;
	}
	return n;
}

static uint32_t hex(const char *text)
{
	return (uint32_t)strtoul(text, NULL, 16);
}

static void setup(void)
{
	memset(memory, 0, sizeof(memory));
	weir_link_server_init(&server, &bus);
	said_len = 0;
}

/* step: octets that come in one piece. */
static void converse(size_t step)
{
	FILE *f = fopen("docs/vectors/link.txt", "r");
	char line[LineMax], *field[FieldsMax], *save;
	unsigned replies = 0, silences = 0, peeks = 0, counts = 0, notices = 0;

	ck_assert_ptr_nonnull(f);
	while (fgets(line, sizeof(line), f)) {
		uint8_t wire[OctetsMax];
		size_t n = 0, fields = 0;

		for (char *w = strtok_r(line, " \n", &save); w && fields < FieldsMax; w = strtok_r(NULL, " \n", &save))
			field[fields++] = w;
		if (!fields || field[0][0] == '#')
			continue;
		if (!strcmp(field[0], "poke")) {
			memory[hex(field[1]) / 4] = hex(field[2]);
		} else if (!strcmp(field[0], "send") || !strcmp(field[0], "other")) {
			said_len = 0;
			n = octets(field[1], wire);
			for (size_t at = 0; at < n; at += step)
				weir_link_serve(&server, wire + at, n - at < step ? n - at : step);
		} else if (!strcmp(field[0], "reply")) {
			n = octets(field[1], wire);
			ck_assert_uint_eq(said_len, n);
			ck_assert_mem_eq(said, wire, n);
			replies++;
		} else if (!strcmp(field[0], "none")) {
			ck_assert_uint_eq(said_len, 0);
			silences++;
		} else if (!strcmp(field[0], "peek")) {
			ck_assert_uint_eq(memory[hex(field[1]) / 4], hex(field[2]));
			peeks++;
		} else if (!strcmp(field[0], "notice")) {
			uint32_t words[WEIR_LINK_NOTICE_WORDS];

			for (size_t i = 0; i < WEIR_LINK_NOTICE_WORDS; i++)
				words[i] = hex(field[i + 3]);
			said_len = 0;
			weir_link_serve_notice(&server, words);
			n = octets(field[1], wire);
			ck_assert_uint_eq(said_len, n);
			ck_assert_mem_eq(said, wire, n);
			notices++;
		} else if (!strcmp(field[0], "counts")) {
			ck_assert_uint_eq(weir_link_server_counts(&server), hex(field[2]) << 16 | hex(field[1]));
			counts++;
		}
	}
	fclose(f);
	ck_assert_uint_gt(replies, 60);
	ck_assert_uint_gt(silences, 20);
	ck_assert_uint_gt(peeks, 10);
	ck_assert(counts > 1 && notices > 1);
}

START_TEST(vectors)
{
	converse(OctetsMax);
}
END_TEST

START_TEST(vectors_octet_by_octet)
{
	converse(1);
}
END_TEST

/* What anybody may send: nothing is reached beyond the registers, and behind it a request is done. */
START_TEST(any_octets)
{
	struct weir_link_request req;
	uint8_t wire[WEIR_LINK_WIRE_MAX], noise[64];
	uint32_t seed = 1;
	size_t n;

	for (int i = 0; i < 20000; i++) {
		for (size_t k = 0; k < sizeof(noise); k++) {
			seed = seed * 1664525u + 1013904223u;
			noise[k] = seed >> 28 == 0 ? 0x7e : (uint8_t)(seed >> 16);
		}
		said_len = 0;
		weir_link_serve(&server, noise, sizeof(noise));
	}
	weir_link_serve(&server, (const uint8_t[]){ 0x7d, 0x7e }, 2);
	said_len = 0;
	ck_assert_int_eq(weir_link_write(&req, 9, 0x1ffffc, (const uint32_t[]){ 0x12345678 }, 1), 0);
	ck_assert_int_eq(weir_link_encode(req.body, req.len, wire, sizeof(wire), &n), 0);
	weir_link_serve(&server, wire, n);
	ck_assert_uint_eq(memory[0x1ffffc / 4], 0x12345678);
	ck_assert_uint_gt(said_len, 0);
	ck_assert_uint_gt(weir_link_server_counts(&server) & 0xffff, 100);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("link_serve");
	TCase *tc = tcase_create("appliance");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, vectors);
	tcase_add_test(tc, vectors_octet_by_octet);
	tcase_add_test(tc, any_octets);
	suite_add_tcase(suite, tc);
	return check_run(suite);
}

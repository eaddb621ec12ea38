// SPDX-License-Identifier: Apache-2.0
/* docs/vectors/link.txt, to which the hardware is held too: the host's code makes the same octets, and understands those that
 * come back. Run from the top folder. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/common/link_proto.h"
#include "host/tests/check_run.h"

enum { LineMax = 4096, FieldsMax = 80, OctetsMax = 2048 };

static char line[LineMax];
static char *field[FieldsMax];
static size_t fields;
static struct weir_link_decoder to_appliance, to_host;
static struct weir_link_request req;
static int called;		/* what building the request returned; 1: none was built */
static uint8_t reply[WEIR_LINK_BODY_MAX];
static size_t reply_len;
static unsigned sent, answered, refused;

static size_t octets(const char *hex, uint8_t ret[OctetsMax])
{
	size_t n = 0;

	if (!strcmp(hex, "-"))
		return 0;
	for (; hex[2 * n] && hex[2 * n + 1]; n++) {
		unsigned v;

		ck_assert_uint_lt(n, OctetsMax);
		ck_assert_int_eq(sscanf(hex + 2 * n, "%2x", &v), 1);
		ret[n] = (uint8_t)v;
	}
	return n;
}

static uint32_t number(size_t i)
{
	ck_assert_uint_lt(i, fields);
	return (uint32_t)strtoul(field[i], NULL, 16);
}

/** All of a piece of wire through a decoder: the bodies that come must be just this one, or none. */
static void decoded(struct weir_link_decoder *d, const uint8_t *wire, size_t n, const uint8_t *body, size_t body_len)
{
	size_t found = 0;

	for (size_t at = 0; at < n;) {
		size_t len;

		at += weir_link_decode(d, wire + at, n - at, &len);
		if (len == 0)
			continue;
		found++;
		ck_assert_uint_eq(len, body_len);
		ck_assert_mem_eq(d->octets, body, len);
	}
	ck_assert_uint_eq(found, body_len != 0);
}

static void encoded(const uint8_t *body, size_t len, const uint8_t *wire, size_t n)
{
	uint8_t made[WEIR_LINK_WIRE_MAX];
	size_t got = 0;

	ck_assert_int_eq(weir_link_encode(body, len, made, sizeof(made), &got), 0);
	ck_assert_uint_eq(got, n);
	ck_assert_mem_eq(made, wire, n);
}

/** The request of a line "call", with the number that the next line's frame has. */
static int call(uint8_t seq)
{
	uint32_t words[FieldsMax];

	for (size_t i = 0; i + 3 < fields; i++)
		words[i] = number(i + 3);
	if (!strcmp(field[1], "hello"))
		return weir_link_hello(&req, seq);
	if (!strcmp(field[1], "read"))
		return weir_link_read(&req, seq, number(2), number(3));
	if (!strcmp(field[1], "write"))
		return weir_link_write(&req, seq, number(2), words, fields - 3);
	ck_assert_str_eq(field[1], "fill");
	return weir_link_fill(&req, seq, number(2), number(3), number(4));
}

static void split(void)
{
	char *save = NULL;

	fields = 0;
	for (char *w = strtok_r(line, " \n", &save); w; w = strtok_r(NULL, " \n", &save)) {
		ck_assert_uint_lt(fields, FieldsMax);
		field[fields++] = w;
	}
}

/** What the host learns from the last reply. */
static void result(void)
{
	static const int rc_of[] = { 0, -EOPNOTSUPP, -EINVAL };
	uint32_t words[WEIR_LINK_WORDS_MAX];
	int expected;

	ck_assert_uint_lt(number(1), 3);
	expected = rc_of[number(1)];
	/* What was not built here is a request all the same. */
	ck_assert_int_ne(called, expected == 0 ? -EINVAL : 0);
	if (called == 1 && expected == 0)
		return;
	if (req.body[0] == WEIR_LINK_HELLO && expected == 0) {
		struct weir_link_hello h;

		ck_assert_int_eq(weir_link_hello_reply(&req, reply, reply_len, &h), 0);
		ck_assert(h.version == number(2) && h.words_max == number(3) && h.id == number(4));
		ck_assert(h.map_version == number(5) && h.soc_version == number(6));
	} else {
		ck_assert_int_eq(weir_link_reply(&req, reply, reply_len, words), expected);
		for (size_t i = 2; expected == 0 && i < fields; i++)
			ck_assert_uint_eq(words[i - 2], number(i));
	}
	if (expected == 0)
		answered++;
	else
		refused++;
}

static void send_line(bool shortest)
{
	uint8_t wire[OctetsMax], body[OctetsMax];
	size_t n = octets(field[1], wire), len = octets(field[2], body);

	sent++;
	decoded(&to_appliance, wire, n, body, len);
	if (shortest)
		encoded(body, len, wire, n);
	if (called == 1) {
		/* Only its type and number matter for the reply. */
		req.body[0] = len > 0 ? body[0] : 0;
		req.body[1] = len > 1 ? body[1] : 0;
		req.reply_words = 0;
	} else if (called == 0) {
		ck_assert_uint_eq(req.len, len);
		ck_assert_mem_eq(req.body, body, len);
	} else {
		req.body[0] = body[0];
		req.body[1] = body[1];
	}
}

START_TEST(conversation)
{
	FILE *f = fopen("docs/vectors/link.txt", "r");
	char pending[LineMax] = "";

	ck_assert_ptr_nonnull(f);
	weir_link_decoder_init(&to_appliance);
	weir_link_decoder_init(&to_host);
	called = 1;
	while (fgets(line, sizeof(line), f)) {
		uint8_t wire[OctetsMax], body[OctetsMax];
		size_t n, len;

		if (line[0] == '#')
			continue;
		if (!strncmp(line, "call ", 5)) {
			memcpy(pending, line, sizeof(line));
			continue;
		}
		called = 1;
		split();
		if (fields == 0)
			continue;
		if (!strcmp(field[0], "send") || !strcmp(field[0], "other")) {
			char now[LineMax];

			if (pending[0]) {
				/* The number is that of the frame. */
				len = octets(field[2], body);
				snprintf(now, sizeof(now), "%s %s %s", field[0], field[1], field[2]);
				memcpy(line, pending, sizeof(line));
				split();
				called = call(body[1]);
				memcpy(line, now, sizeof(line));
				split();
				pending[0] = 0;
			}
			send_line(!strcmp(field[0], "send"));
			if (called == -EINVAL)
				called = 2;	/* must be refused by the appliance too */
			if (!fgets(line, sizeof(line), f))
				break;
			split();
			if (!strcmp(field[0], "none"))
				continue;
			ck_assert_str_eq(field[0], "reply");
			n = octets(field[1], wire);
			reply_len = octets(field[2], body);
			memcpy(reply, body, reply_len);
			decoded(&to_host, wire, n, body, reply_len);
			encoded(body, reply_len, wire, n);
			ck_assert_ptr_nonnull(fgets(line, sizeof(line), f));
			split();
			ck_assert_str_eq(field[0], "result");
			if (called == 2) {
				ck_assert_uint_eq(number(1), 2);
				called = 1;
			}
			result();
		} else if (!strcmp(field[0], "notice")) {
			uint32_t words[WEIR_LINK_NOTICE_WORDS];
			uint8_t seq;

			n = octets(field[1], wire);
			len = octets(field[2], body);
			decoded(&to_host, wire, n, body, len);
			encoded(body, len, wire, n);
			ck_assert_int_eq(weir_link_notice(body, len, &seq, words), 0);
			for (size_t i = 0; i < WEIR_LINK_NOTICE_WORDS; i++)
				ck_assert_uint_eq(words[i], number(i + 3));
		} else if (!strcmp(field[0], "counts")) {
			/* Bad ones of the hardware: also good frames that are no requests. */
			ck_assert_uint_le(to_appliance.bad, number(1));
		}
	}
	fclose(f);
	ck_assert_uint_eq(to_host.bad, 0);
	ck_assert_uint_gt(to_appliance.bad, 15);
	ck_assert_uint_gt(sent, 100);
	ck_assert_uint_gt(answered, 25);
	ck_assert_uint_gt(refused, 20);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("link_vectors");
	TCase *tc = tcase_create("vectors");

	tcase_add_test(tc, conversation);
	suite_add_tcase(suite, tc);
	return check_run(suite);
}

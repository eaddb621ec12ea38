// SPDX-License-Identifier: Apache-2.0
/* Parser: what the tables of state need (docs/datapath.md 2.8). */
#include <string.h>

#include "model_parse.h"
#include "model_test.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct tcp_row {
	enum parse_base base;
	const char *changes;
	uint8_t tags, plain, flags, ws;
	uint16_t len;
	uint32_t seq, ack;
};

/* 4+4 sequence number, 4+8 acknowledgement, 4+12 data offset, 4+13 flags. */
static const struct tcp_row tcp[] = {
	{ T4, "4+4=0123456789abcdef", 0, 1, 0x18, 0, 12, 0x01234567, 0x89abcdef },
	{ T6, "4+4=fffffffffffffffe", 0, 1, 0x18, 0, 12, 0xffffffff, 0xfffffffe },
	{ T4, "4+13=ff", 0, 1, 0x3f, 0, 12, 0, 0 },
	{ T4, "4+13=c0", 0, 1, 0, 0, 12, 0, 0 },
	/* Data offset. */
	{ T4, "4+12=80", 0, 1, 0x18, 0, 0, 0, 0 },
	{ T4, "4+12=70", 0, 1, 0x18, 0, 4, 0, 0 },
	{ T4, "4+12=90", 0, 1, 0x18, 0, 0, 0, 0 },
	{ T4, "4+12=40", 0, 1, 0x18, 0, 0, 0, 0 },
	{ T4, "4+12=f0 4+20=030307", 0, 1, 0x18, 0, 0, 0, 0 },
	{ T4, "len=100", 0, 1, 0x18, 0, 12, 0, 0 },
	/* The packet ends where its length says, or with the frame. */
	{ T4, "3+2=0030 fix3", 0, 1, 0x18, 0, 8, 0, 0 },
	{ T4, "3+2=0035 fix3", 0, 0, 0x18, 0, 12, 0, 0 },
	{ T4, "3+2=ffff fix3 len=1992", 0, 0, 0x18, 0, 1938, 0, 0 },
	{ T6, "3+4=0021", 0, 0, 0x18, 0, 12, 0, 0 },
	/* Options: window scale, its length, behind other options, behind the end of the list. */
	{ T4, "4+12=60 4+20=01030307", 0, 1, 0x18, 1, 8, 0, 0 },
	{ T4, "4+12=60 4+20=03030701", 0, 1, 0x18, 1, 8, 0, 0 },
	{ T6, "4+12=60 4+20=03030e00", 0, 1, 0x18, 1, 8, 0, 0 },
	{ T4, "4+12=60 4+20=03020101", 0, 1, 0x18, 0, 8, 0, 0 },
	{ T4, "4+12=60 4+20=03040101", 0, 1, 0x18, 0, 8, 0, 0 },
	{ T4, "4+12=60 4+20=00030307", 0, 1, 0x18, 0, 8, 0, 0 },
	{ T4, "4+12=60 4+20=02030307", 0, 1, 0x18, 0, 8, 0, 0 },
	{ T4, "4+12=60 4+20=0204_05b4_03030700", 0, 1, 0x18, 0, 8, 0, 0 },
	{ T4, "4+12=80 4+20=020405b4_03030700", 0, 1, 0x18, 1, 0, 0, 0 },
	{ T4, "4+12=80 4+20=02040303_01030307", 0, 1, 0x18, 1, 0, 0, 0 },
	{ T4, "4+12=80 4+20=020803030703030701", 0, 1, 0x18, 0, 0, 0, 0 },
	{ T4, "4+12=60 4+20=01010303", 0, 1, 0x18, 0, 8, 0, 0 },
	{ T4, "4+12=80 4+20=03030701_01010303", 0, 1, 0x18, 1, 0, 0, 0 },
	{ T4, "4+12=80 4+20=02010000_03030701", 0, 1, 0x18, 0, 0, 0, 0 },
	/* Options that are not known; those before them are. */
	{ T4, "4+12=80 known=61", 0, 1, 0x18, 1, 0, 0, 0 },
	{ T4, "4+12=80 known=54", 0, 1, 0x18, 1, 0, 0, 0 },
	{ T4, "4+12=50 known=54", 0, 1, 0x18, 0, 12, 0, 0 },
	{ T4, "4+12=60 known=58 4+20=01010101", 0, 1, 0x18, 0, 8, 0, 0 },
	{ T4, "4+12=90 known=54", 0, 1, 0x18, 0, 0, 0, 0 },
	{ T4, "known=53", 0, 0, 0, 0, 0, 0, 0 },
	/* Not the whole of TCP. */
	{ T4, "3+2=0027 fix3", 0, 0, 0, 0, 0, 0, 0 },
	{ T4, "3+6=2000 fix3 4+12=60 4+20=03030701", 0, 0, 0x18, 1, 8, 0, 0 },
	{ T4, "3+6=0002 fix3", 0, 0, 0, 0, 0, 0, 0 },
	/* Tags; no more than two are taken, and none whose number is not known. */
	{ T4, "tag=81000064", 1, 1, 0x18, 0, 12, 0, 0 },
	{ T4, "tag=81000064 tag=88a80065", 2, 1, 0x18, 0, 12, 0, 0 },
	{ T4, "tag=81000064 tag=81000064 tag=88a80065", 2, 0, 0, 0, 0, 0, 0 },
	{ T4, "tag=81000064 known=15", 0, 0, 0, 0, 0, 0, 0 },
	{ T4, "tag=81000064 known=16", 1, 0, 0, 0, 0, 0, 0 },
	{ ETH, "tag=81000064", 1, 0, 0, 0, 0, 0, 0 },
	/* The other transports. */
	{ U4, "", 0, 1, 0, 0, 0, 0, 0 },
	{ U6, "", 0, 1, 0, 0, 0, 0, 0 },
	{ I4, "", 0, 1, 0, 0, 0, 0, 0 },
	{ U4, "3+6=2000 fix3", 0, 0, 0, 0, 0, 0, 0 },
	{ R4, "n=3a p=0000000000000000", 0, 0, 0, 0, 0, 0, 0 },
	{ ARP, "", 0, 0, 0, 0, 0, 0, 0 },
	/* A header between. */
	{ R4, "n=11 o=01010101 p=9c401e610008_0000", 0, 0, 0, 0, 0, 0, 0 },
	{ R4, "n=11 p=9c401e610008_0000", 0, 1, 0, 0, 0, 0, 0 },
	{ R6, "n=3c p=1100010400000000_9c401e610008_1111", 0, 0, 0, 0, 0, 0, 0 },
	{ R6, "n=2c p=1100000000000000_9c401e610008_1111", 0, 0, 0, 0, 0, 0, 0 },
	{ R6, "n=11 p=9c401e610008_1111", 0, 1, 0, 0, 0, 0, 0 },
};

START_TEST(tcp_fields)
{
	const struct tcp_row *t = &tcp[_i];
	struct weir_record r = parse_record(t->base, t->changes, 0), want = r;
	char text[1024];

	want.tags = t->tags;
	want.plain = t->plain;
	want.tcp_flags = t->flags;
	want.tcp_ws = t->ws;
	want.tcp_len = t->len;
	want.tcp_seq = t->seq;
	want.tcp_ack = t->ack;
	want.quote = 0;
	if (weir_record_compare(&r, &want, text, sizeof(text)))
		ck_abort_msg("base %d %s: found and wanted: %s", t->base, t->changes, text);
}
END_TEST

/* The same with LLC and SNAP: everything but plain. */
START_TEST(snap)
{
	struct weir_record r = parse_record(
		ETH, "len=62 @12=0030_aaaa030000000800_4500002800000000400600000101010102020202"
		     "_9c400050_01020304_05060708_50100000_00000000", 0);

	ck_assert_uint_eq(r.l4_valid, 1);
	ck_assert_uint_eq(r.plain, 0);
	ck_assert_uint_eq(r.tcp_seq, 0x01020304);
	ck_assert_uint_eq(r.tcp_ack, 0x05060708);
	ck_assert_uint_eq(r.tcp_flags, 0x10);
}
END_TEST

/* Quoted: TCP from the protected 192.0.2.10 port 8080 to 203.0.113.9 port 50000, sequence number
 * 0xa1b2c3d4. */
#define QUOTED4 "45000028123440003f060000_c000020a_cb007109_1f90c350a1b2c3d4"
#define QUOTED6 "6000000000140640_20010db8000200000000000000000010_20010db8000900000000000000000009_1f90c350a1b2c3d4"
#define ERROR4(type, quoted) "n=01 p=" type "00000000000000" quoted
#define ERROR6(type, quoted) "n=3a p=" type "00000000000000" quoted

struct quote_row {
	enum parse_base base;
	const char *changes;
	bool quote;
	int dir;
};

static const struct quote_row quotes[] = {
	{ R4, ERROR4("03", QUOTED4), true, 0 },
	{ R4, ERROR4("04", QUOTED4), true, 0 },
	{ R4, ERROR4("0b", QUOTED4), true, 0 },
	{ R4, ERROR4("0c", QUOTED4), true, 0 },
	{ R4, ERROR4("03", QUOTED4 "00112233445566778899"), true, 0 },
	{ R4, ERROR4("05", QUOTED4), false, 0 },
	{ R4, ERROR4("01", QUOTED4), false, 0 },
	{ R4, ERROR4("02", QUOTED4), false, 0 },
	{ R4, ERROR4("08", QUOTED4), false, 0 },
	{ R4, ERROR4("03", QUOTED4), false, 1 },
	{ R4, ERROR4("03", QUOTED4) " 3+40=c6336407", false, 1 },
	/* Right sum, wrong sum. */
	{ R4, ERROR4("03", QUOTED4) " 3+22=e01f", true, 0 },
	/* What is quoted: header length, protocol, fragment, source. */
	{ R4, ERROR4("03", QUOTED4) " 3+28=46", false, 0 },
	{ R4, ERROR4("03", QUOTED4) " 3+28=65", false, 0 },
	{ R4, ERROR4("03", QUOTED4) " 3+37=11", false, 0 },
	{ R4, ERROR4("03", QUOTED4) " 3+34=2000", true, 0 },
	{ R4, ERROR4("03", QUOTED4) " 3+34=e000", true, 0 },
	{ R4, ERROR4("03", QUOTED4) " 3+34=0001", false, 0 },
	{ R4, ERROR4("03", QUOTED4) " 3+34=1000", false, 0 },
	{ R4, ERROR4("03", QUOTED4) " 3+43=0b", false, 0 },
	{ R4, ERROR4("03", QUOTED4) " 3+40=c1", false, 0 },
	/* One byte less; bytes not known. */
	{ R4, "n=01 p=0300000000000000_45000028123440003f060000_c000020a_cb007109_1f90c350a1b2c3 len=70", false, 0 },
	{ R4, ERROR4("03", QUOTED4) " known=70", true, 0 },
	{ R4, ERROR4("03", QUOTED4) " known=69", false, 0 },
	/* Clipped, and a fragment. */
	{ R4, ERROR4("03", QUOTED4) " 3+2=0100 fix3", true, 0 },
	{ R4, ERROR4("03", QUOTED4) " 3+6=2000 fix3", false, 0 },
	/* Behind an authentication header. */
	{ R4, "n=33 p=01010000_0000000100000001_0300000000000000" QUOTED4, true, 0 },
	{ R6, ERROR6("01", QUOTED6), true, 0 },
	{ R6, ERROR6("02", QUOTED6), true, 0 },
	{ R6, ERROR6("03", QUOTED6), true, 0 },
	{ R6, ERROR6("04", QUOTED6), true, 0 },
	{ R6, ERROR6("00", QUOTED6), false, 0 },
	{ R6, ERROR6("05", QUOTED6), false, 0 },
	{ R6, ERROR6("0b", QUOTED6), false, 0 },
	{ R6, ERROR6("01", QUOTED6), false, 1 },
	{ R6, ERROR6("01", QUOTED6) " 3+48=6fffffff", true, 0 },
	{ R6, ERROR6("01", QUOTED6) " 3+48=45", false, 0 },
	{ R6, ERROR6("01", QUOTED6) " 3+54=00", false, 0 },
	{ R6, ERROR6("01", QUOTED6) " 3+56=30", false, 0 },
	{ R6, ERROR6("01", QUOTED6) " 3+71=11", false, 0 },
	{ R6, ERROR6("01", QUOTED6) " known=110", true, 0 },
	{ R6, ERROR6("01", QUOTED6) " known=109", false, 0 },
	{ R6, ERROR6("01", QUOTED6) " 3+4=0037", false, 0 },
	/* ICMP of the other family has no type. */
	{ R4, "n=3a p=0100000000000000" QUOTED4, false, 0 },
	{ I4, "", false, 0 },
};

START_TEST(quote_fields)
{
	const struct quote_row *t = &quotes[_i];
	struct weir_record r = parse_record(t->base, t->changes, t->dir), want = r;
	char text[1024];

	want.quote = t->quote;
	want.quote_pport = t->quote ? 8080 : 0;
	want.quote_rport = t->quote ? 50000 : 0;
	want.tcp_seq = t->quote ? 0xa1b2c3d4 : 0;
	want.tcp_ack = want.tcp_len = want.tcp_flags = want.tcp_ws = 0;
	memset(want.quote_remote, 0, sizeof(want.quote_remote));
	if (t->quote && t->base == R4)
		memcpy(want.quote_remote + 12, (uint8_t[]){ 203, 0, 113, 9 }, 4);
	if (t->quote && t->base == R6)
		memcpy(want.quote_remote, (uint8_t[16]){ 0x20, 1, 0x0d, 0xb8, 0, 9, [15] = 9 }, 16);
	if (weir_record_compare(&r, &want, text, sizeof(text)))
		ck_abort_msg("row %d, base %d %s: found and wanted: %s", _i, t->base, t->changes, text);
}
END_TEST

/* Without the sum, unknown bytes of a quote set no class `cut`. */
START_TEST(quote_not_cut)
{
	struct weir_record r = parse_record(R4, ERROR4("03", QUOTED4) " 3+2=0100 fix3 known=69", 0);

	ck_assert_uint_eq(r.quote, 0);
	ck_assert(!weir_record_has_class(&r, WEIR_CLASS_cut));
}
END_TEST

Suite *weir_model_parse_state_suite(void)
{
	Suite *s = suite_create("model: parser, what the tables of state need");
	TCase *t = tcase_create("state");

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, tcp_fields, 0, COUNT(tcp));
	tcase_add_test(t, snap);
	tcase_add_loop_test(t, quote_fields, 0, COUNT(quotes));
	tcase_add_test(t, quote_not_cut);
	return s;
}

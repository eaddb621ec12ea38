// SPDX-License-Identifier: Apache-2.0
/* Meters in their tiers and the class bank (docs/datapath.md 5.4, 6, 7). One update alone is in
 * model_vectors.c. */
#include "model_parse.h"
#include "model_send.h"
#include "model_test.h"
#include "weir/weir_regs.h"

#define TRIP_GROUP(g) (1u << (7 + (g)))

static struct weir_meter_cfg declare(void)
{
	return (struct weir_meter_cfg){ .action = WEIR_METER_declare, .pkt_cost = 1 << 20, .hold = 1,
					.byte_tau = 15 << 24, .pkt_threshold = 4 };
}

static void class_entry(uint32_t entry, uint32_t word[8])
{
	setup_read(send_model, WEIR_REG_CLASS_BANK(entry), word);
}

static uint32_t class_field(uint32_t entry, unsigned lsb, unsigned bits)
{
	uint32_t word[8];

	class_entry(entry, word);
	return (uint32_t)weir_field_get(word, lsb, bits);
}
#define CLASS_FIELD(entry, field) \
	class_field(entry, WEIR_REG_CLASS_BANK_##field##_LSB, WEIR_REG_CLASS_BANK_##field##_BITS)

/* Limit: what the bucket holds passes, the excess drops; tokens come back with time. */
START_TEST(test_limit)
{
	struct weir_meter_cfg c = setup_rate(WEIR_METER_limit, 100, 3, 6554);
	struct weir_record r;

	setup_meter(send_model, SETUP_TABLE(WEIR_TABLE_remote, 0), &c);
	for (unsigned i = 0; i < 3; i++)
		ck_assert_uint_eq(SEND(1000).verdict, WEIR_VERDICT_pass);
	r = SEND(1099);
	ck_assert_uint_eq(r.verdict, WEIR_VERDICT_drop);
	ck_assert_uint_eq(r.reason, WEIR_REASON_meter_remote);
	ck_assert_uint_eq(r.tag, send_remote_key(7).tag);
	ck_assert_uint_eq(r.threshold, 6554);
	ck_assert_uint_eq(r.measured, 4);
	ck_assert_uint_eq(r.unit, 0);
	ck_assert_uint_eq(r.trips, 0);
	/* tat = 1300 - 1100 = 200 = tau: conforms again, and not a microsecond later for the next. */
	ck_assert_uint_eq(SEND(1100).verdict, WEIR_VERDICT_pass);
	ck_assert_uint_eq(SEND(1199).verdict, WEIR_VERDICT_drop);
	ck_assert_uint_eq(SEND(1200).verdict, WEIR_VERDICT_pass);
	/* Another source has a bucket of its own. */
	ck_assert_uint_eq(SEND(1200, .src = 8).verdict, WEIR_VERDICT_pass);
}
END_TEST

/* The bucket runs on across the edge of a window; the count does not. */
START_TEST(test_window_edge)
{
	struct weir_meter_cfg c = setup_rate(WEIR_METER_limit, 100, 2, 100);
	struct weir_record r;

	setup_meter(send_model, SETUP_TABLE(WEIR_TABLE_remote, 0), &c);
	SEND(WINDOW_US - 1);
	SEND(WINDOW_US - 1);
	r = SEND(WINDOW_US - 1);
	ck_assert_uint_eq(r.measured, 3);
	r = SEND(WINDOW_US);
	ck_assert_uint_eq(r.verdict, WEIR_VERDICT_drop);
	ck_assert_uint_eq(r.measured, 1);
	ck_assert_uint_eq(SEND(WINDOW_US + 98).verdict, WEIR_VERDICT_drop);
	ck_assert_uint_eq(SEND(WINDOW_US + 99).verdict, WEIR_VERDICT_pass);
}
END_TEST

/* Drop: a key trips, everything of it drops until it stayed quiet for `hold` windows. */
START_TEST(test_trip_hold_end)
{
	struct weir_meter_cfg c = setup_rate(WEIR_METER_drop, 100, 2, 10);
	struct weir_record r;
	unsigned bit = 1u << WEIR_TABLE_remote;

	c.hold = 2;
	setup_meter(send_model, SETUP_TABLE(WEIR_TABLE_remote, 0), &c);
	SEND(0);
	SEND(0);
	r = SEND(0);
	ck_assert_uint_eq(r.trips, bit);
	ck_assert_uint_eq(r.verdict, WEIR_VERDICT_drop);
	r = SEND(1000);
	ck_assert_uint_eq(r.trips, 0);
	ck_assert_uint_eq(r.verdict, WEIR_VERDICT_drop);
	SEND(1001);
	/* Window 0 had five: loud. So window 1 begins with quiet 0. */
	for (unsigned i = 0; i < 4; i++)
		r = SEND(WINDOW_US + i);
	ck_assert_uint_eq(r.verdict, WEIR_VERDICT_drop);
	/* Four of ten is below half. */
	r = SEND(2 * WINDOW_US);
	ck_assert_uint_eq(r.verdict, WEIR_VERDICT_drop);
	ck_assert_uint_eq(r.ends, 0);
	r = SEND(3 * WINDOW_US);
	ck_assert_uint_eq(r.ends, bit);
	ck_assert_uint_eq(r.verdict, WEIR_VERDICT_pass);
}
END_TEST

/* Windows without packets count towards the hold time, but for the loud one itself. */
START_TEST(test_hold_gap)
{
	struct weir_meter_cfg c = setup_rate(WEIR_METER_drop, 100, 1, 4);
	struct weir_record r;

	c.hold = 3;
	setup_meter(send_model, SETUP_TABLE(WEIR_TABLE_remote, 0), &c);
	for (unsigned i = 0; i < 3; i++)
		SEND(0);
	r = SEND((uint64_t)(_i ? 4 : 3) * WINDOW_US);
	ck_assert_uint_eq(r.verdict, _i ? WEIR_VERDICT_pass : WEIR_VERDICT_drop);
	ck_assert_uint_eq(r.ends, _i ? 1u << WEIR_TABLE_remote : 0);
}
END_TEST

/* Declare raises a state and lets everything pass; count does nothing at all. */
START_TEST(test_declare_count)
{
	struct weir_meter_cfg c = declare();

	setup_meter(send_model, SETUP_TABLE(WEIR_TABLE_address, 0), &c);
	c.action = WEIR_METER_count;
	setup_meter(send_model, SETUP_TABLE(WEIR_TABLE_prefix, 0), &c);
	ck_assert_uint_eq(SEND(1).trips, 0);
	ck_assert_uint_eq(SEND(2).trips, 1u << WEIR_TABLE_address);
	ck_assert_uint_eq(SEND(3).trips, 0);
	ck_assert_uint_eq(SEND(3).verdict, WEIR_VERDICT_pass);
}
END_TEST

/* Bytes have a bucket of their own; the unit tells which was exceeded. */
START_TEST(test_bytes)
{
	struct weir_meter_cfg c = {
		.action = WEIR_METER_limit, .pkt_tau = 15 << 24, .pkt_threshold = 5,
		.byte_cost = 65536, .byte_tau = 1000 << 8, .byte_threshold = 65536,    /* 1 us a byte */
	};
	struct weir_record r;

	setup_meter(send_model, SETUP_TABLE(WEIR_TABLE_address, 0), &c);
	ck_assert_uint_eq(SEND(0, .payload = 958).verdict, WEIR_VERDICT_pass);   /* 1000 bytes */
	ck_assert_uint_eq(SEND(0, .payload = 59).verdict, WEIR_VERDICT_pass);    /* 101 */
	r = SEND(0, .payload = 958);
	ck_assert_uint_eq(r.verdict, WEIR_VERDICT_drop);
	ck_assert_uint_eq(r.reason, WEIR_REASON_meter_address);
	ck_assert_uint_eq(r.unit, 1);
	ck_assert_uint_eq(r.threshold, 65536);
	ck_assert_uint_eq(r.measured, 2101);
	ck_assert_uint_eq(SEND(100).verdict, WEIR_VERDICT_drop);
	ck_assert_uint_eq(SEND(101).verdict, WEIR_VERDICT_pass);
	/* Packets exceeded too: packets are shown. */
	c.pkt_cost = 1000 << 8;
	c.pkt_tau = 0;
	setup_meter(send_model, SETUP_TABLE(WEIR_TABLE_address, 0), &c);
	SEND(5000, .payload = 1400);
	r = SEND(5000, .payload = 1400);
	ck_assert_uint_eq(r.unit, 0);
	ck_assert_uint_eq(r.threshold, 5);
}
END_TEST

/* Half of a threshold is loud, in packets and in bytes; a threshold of 0 never is. */
START_TEST(test_loud)
{
	static const struct {
		uint32_t packets, bytes;
		unsigned quiet;
	} rows[] = {
		{ 0, 0, 1 }, { 2, 0, 0 }, { 3, 0, 1 }, { 0, 120, 0 }, { 0, 121, 1 }, { 3, 120, 0 }, { 2, 121, 0 },
	};
	struct weir_meter_cfg c = { .pkt_threshold = rows[_i].packets, .byte_threshold = rows[_i].bytes };
	uint8_t target[16];

	setup_meter(send_model, SETUP_TABLE(WEIR_TABLE_address, 0), &c);
	SEND(0);
	SEND(WINDOW_US);
	send_target(0x020a, target);
	ck_assert_uint_eq(send_entry(WEIR_TABLE_address, weir_hash_address(&send_hash, 0, target).tag, NULL).m.quiet,
			  rows[_i].quiet);
}
END_TEST

/* IPv6 has a prefix length of its own. */
START_TEST(test_prefix6)
{
	static const uint8_t masked[16] = { 0x20, 0x01, 0x0d, 0xb8, 0, 2 };
	struct weir_record r;
	uint8_t buf[2048];
	uint32_t known, len = parse_frame(T6, "", buf, &known), word[8];

	weir_model_packet(send_model, buf, len, known, 0, 0, &r);
	ck_assert_int_ge(setup_find(send_model, WEIR_TABLE_prefix, weir_hash_prefix(&send_hash, 1, masked).tag, word), 0);
	ck_assert_int_ge(setup_find(send_model, WEIR_TABLE_address, weir_hash_address(&send_hash, 1, r.protect).tag,
				    word), 0);
	ck_assert_int_ge(setup_find(send_model, WEIR_TABLE_pair,
				    weir_hash_pair(&send_hash, 1, r.remote, r.protect).tag, word), 0);
}
END_TEST

/* A packet dropped in an earlier tier counts later, but takes no tokens and makes no entry. */
START_TEST(test_tiers)
{
	struct weir_meter_cfg remote = setup_rate(WEIR_METER_limit, 1000, 1, 10);
	struct weir_meter_cfg address = setup_rate(WEIR_METER_limit, 1000, 3, 10);
	struct weir_record r;
	uint8_t target[16];
	uint64_t tag;

	send_target(0x020a, target);
	tag = weir_hash_address(&send_hash, 0, target).tag;
	setup_meter(send_model, SETUP_TABLE(WEIR_TABLE_remote, 0), &remote);
	setup_meter(send_model, SETUP_TABLE(WEIR_TABLE_address, 0), &address);
	for (unsigned i = 0; i < 10; i++)
		SEND(0, .src = 1);
	ck_assert_uint_eq(send_entry(WEIR_TABLE_address, tag, NULL).m.tat, 1000 << 8);
	ck_assert_uint_eq(send_entry(WEIR_TABLE_address, tag, NULL).m.count, 10);
	/* Two more sources find the tokens that are left. */
	ck_assert_uint_eq(SEND(0, .src = 2).verdict, WEIR_VERDICT_pass);
	ck_assert_uint_eq(SEND(0, .src = 3).verdict, WEIR_VERDICT_pass);
	r = SEND(0, .src = 4);
	ck_assert_uint_eq(r.reason, WEIR_REASON_meter_address);
	ck_assert_uint_eq(r.measured, 13);
	/* Dropped by tier 0: remote counts without tokens, a new key gets no entry. */
	r = SEND(2000, .src = 1, .ttl0 = 1, .dport = 99);
	ck_assert_uint_eq(r.reason, WEIR_REASON_anomaly_0 + WEIR_ANOMALY_ip4_ttl_zero);
	ck_assert_uint_eq(send_entry(WEIR_TABLE_remote, send_remote_key(1).tag, NULL).m.tat, 1000 << 8);
	ck_assert_uint_eq(send_entry(WEIR_TABLE_remote, send_remote_key(1).tag, NULL).m.count, 11);
	{
		uint32_t word[8];

		ck_assert_int_lt(setup_find(send_model, WEIR_TABLE_port, weir_hash_port(&send_hash, 1, 99).tag, word), 0);
		SEND(2000, .src = 9, .ttl0 = 1);
		ck_assert_int_lt(setup_find(send_model, WEIR_TABLE_remote, send_remote_key(9).tag, word), 0);
	}
}
END_TEST

/* Of the meters of one tier none sees another's drop; a demotion or a dry run takes tokens. */
START_TEST(test_tier_peers)
{
	struct weir_meter_cfg c = setup_rate(WEIR_METER_limit, 1000, 1, 10);
	struct weir_meter_cfg wide = setup_rate(WEIR_METER_limit, 1000, 100, 10);
	uint8_t target[16];
	struct weir_table_entry e;

	send_target(0x020a, target);
	setup_meter(send_model, SETUP_TABLE(WEIR_TABLE_address, 0), &c);
	setup_meter(send_model, SETUP_TABLE(WEIR_TABLE_prefix, 0), &wide);
	setup_meter(send_model, SETUP_CLASS(0, WEIR_CLASS_udp), &wide);
	for (unsigned i = 0; i < 5; i++)
		SEND(0);
	send_target(0x0200, target);
	e = send_entry(WEIR_TABLE_prefix, weir_hash_prefix(&send_hash, 0, target).tag, NULL);
	ck_assert_uint_eq(e.m.tat, 5 * 1000 << 8);
	ck_assert_uint_eq(CLASS_FIELD(256 + WEIR_CLASS_udp, TAT), 5 * 1000 << 8);

	/* A later tier does see it, unless it is a demotion or a dry run. */
	c.effect = _i == 1;
	c.dry_run = _i == 2;
	setup_meter(send_model, SETUP_TABLE(WEIR_TABLE_remote, 0), &c);
	for (unsigned i = 0; i < 5; i++)
		SEND(10 * WINDOW_US, .src = 55);
	ck_assert_uint_eq(CLASS_FIELD(256 + WEIR_CLASS_udp, TAT), (_i ? 5 : 1) * 1000 << 8);
	ck_assert_uint_eq(CLASS_FIELD(256 + WEIR_CLASS_udp, COUNT), 5);
}
END_TEST

/* Configuration by class of traffic, and its key. */
START_TEST(test_tclass)
{
	static const struct {
		struct send s;
		unsigned tclass;
	} rows[] = {
		{ { .tcp = 0x02 }, WEIR_TCLASS_syn },
		{ { .tcp = 0x12 }, WEIR_TCLASS_tcp },
		{ { .tcp = 0x10 }, WEIR_TCLASS_tcp },
		{ { .sport = 53 }, WEIR_TCLASS_udp_reflect },
		{ { .sport = 11211 }, WEIR_TCLASS_udp_reflect },
		{ { .sport = 54 }, WEIR_TCLASS_udp },
		{ { .dport = 53 }, WEIR_TCLASS_udp },
	};
	struct weir_record r;
	struct weir_meter_cfg c = setup_rate(WEIR_METER_limit, 1000, 1, 10);
	uint8_t target[16];

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct send s = rows[i].s;

		s.dst = (uint16_t)(0x0300 + i);
		c.pkt_threshold = 20 + rows[i].tclass;
		setup_meter(send_model, SETUP_TABLE(WEIR_TABLE_class, rows[i].tclass), &c);
		r = send_packet(0, &s);
		ck_assert_uint_eq(r.tclass, rows[i].tclass);
		r = send_packet(0, &s);
		ck_assert_uint_eq(r.reason, WEIR_REASON_meter_class);
		ck_assert_uint_eq(r.threshold, 20 + rows[i].tclass);
		send_target(s.dst, target);
		ck_assert_uint_eq(r.tag, weir_hash_class(&send_hash, 0, target, rows[i].tclass).tag);
	}
	/* An unused place in the list of reflectors is no port 0. */
	ck_assert_int_eq(weir_model_write(send_model, WEIR_REG_REFLECTOR(2), 0), 0);
	ck_assert_uint_eq(SEND(1, .sport = 53).tclass, WEIR_TCLASS_udp);
	r = parse_record(U4, "4+0=0000", 0);
	ck_assert_uint_eq(r.sport, 0);
}
END_TEST

/* Each frame of the rows, and the groups of the class bank that see it. */
START_TEST(test_class_groups)
{
	static const struct {
		enum parse_base base;
		const char *changes;
		int dir;
		uint16_t trips;
	} rows[] = {
		{ ETH, "", 0, TRIP_GROUP(0) | TRIP_GROUP(2) },
		{ ETH, "@0=ffffffffffff", 0, TRIP_GROUP(0) | TRIP_GROUP(1) | TRIP_GROUP(2) },
		{ ETH, "@0=010203040506", 1, TRIP_GROUP(0) | TRIP_GROUP(1) | TRIP_GROUP(2) },
		{ T4, "", 0, TRIP_GROUP(0) | TRIP_GROUP(2) | TRIP_GROUP(5) | TRIP_GROUP(6) },
		{ T4, "", 1, TRIP_GROUP(0) | TRIP_GROUP(2) | TRIP_GROUP(5) },
		{ T6, "4+20=47455420 fix4", 1, TRIP_GROUP(0) | TRIP_GROUP(2) | TRIP_GROUP(5) | TRIP_GROUP(7) },
		{ U4, "3+6=2000 fix3", 0,
		  TRIP_GROUP(0) | TRIP_GROUP(2) | TRIP_GROUP(3) | TRIP_GROUP(5) | TRIP_GROUP(6) },
		{ U4, "3+6=0005 fix3", 0, TRIP_GROUP(0) | TRIP_GROUP(2) | TRIP_GROUP(3) | TRIP_GROUP(6) },
		{ R4, "o=01010101", 0, TRIP_GROUP(0) | TRIP_GROUP(2) | TRIP_GROUP(4) | TRIP_GROUP(5) | TRIP_GROUP(6) },
		{ ETH, "known=12", 0, TRIP_GROUP(0) },
		/* Exempt: counted only. */
		{ ARP, "", 0, 0 },
		{ I6, "4+0=87 3+7=ff fix4", 0, 0 },
		{ ARP, "3+6=0000", 0, TRIP_GROUP(0) | TRIP_GROUP(2) },
	};
	struct weir_meter_cfg c = declare();
	uint8_t buf[2048];
	uint32_t known, len = parse_frame(rows[_i].base, rows[_i].changes, buf, &known);
	struct weir_record r;

	for (unsigned code = 0; code < WEIR_ANOMALIES; code++)
		setup_anomaly(send_model, code, WEIR_ANOMALY_Count, 0);
	for (unsigned i = 128; i < 192; i++)
		setup_meter(send_model, i, &c);
	weir_model_packet(send_model, buf, len, known, rows[_i].dir, 0, &r);
	ck_assert_uint_eq(r.trips, 0);
	weir_model_packet(send_model, buf, len, known, rows[_i].dir, 0, &r);
	ck_assert_uint_eq(r.trips, rows[_i].trips);
	ck_assert_uint_eq(CLASS_FIELD(256 + 32 * (unsigned)rows[_i].dir + WEIR_CLASS_all, COUNT), 2);
	weir_model_packet(send_model, buf, len, known, rows[_i].dir, 2 * WINDOW_US, &r);
	ck_assert_uint_eq(r.ends, rows[_i].trips);
}
END_TEST

/* The class of group 5 with the lowest number is the one. */
START_TEST(test_class_first)
{
	SEND(0, .tcp = 0x06);    /* SYN, RST: syn */
	SEND(0, .tcp = 0x14);    /* RST */
	SEND(0, .tcp = 0x15);    /* RST, FIN: rst */
	SEND(0, .tcp = 0x10);
	ck_assert_uint_eq(CLASS_FIELD(256 + WEIR_CLASS_syn, COUNT), 1);
	ck_assert_uint_eq(CLASS_FIELD(256 + WEIR_CLASS_rst, COUNT), 2);
	ck_assert_uint_eq(CLASS_FIELD(256 + WEIR_CLASS_fin, COUNT), 0);
	ck_assert_uint_eq(CLASS_FIELD(256 + WEIR_CLASS_tcp, COUNT), 1);
	ck_assert_uint_eq(CLASS_FIELD(256 + WEIR_CLASS_ipv4, COUNT), 4);
	ck_assert_uint_eq(CLASS_FIELD(6, COUNT), 4);
}
END_TEST

START_TEST(test_class_reason)
{
	struct weir_meter_cfg c = setup_rate(WEIR_METER_limit, 1000, 1, 7);
	struct weir_record r;

	setup_meter(send_model, SETUP_CLASS(1, WEIR_CLASS_udp), &c);
	SEND(0, .dir = 1);
	r = SEND(0, .dir = 1);
	ck_assert_uint_eq(r.verdict, WEIR_VERDICT_drop);
	ck_assert_uint_eq(r.reason, WEIR_REASON_class_0 + WEIR_CLASS_udp);
	ck_assert_str_eq(weir_reason_name(r.reason), "class_udp");
	ck_assert_uint_eq(r.tag, 0);
	ck_assert_uint_eq(r.threshold, 7);
	ck_assert_uint_eq(r.measured, 2);
	ck_assert_uint_eq(SEND(0).verdict, WEIR_VERDICT_pass);
	/* Protocols: a common configuration, and overrides by number. */
	setup_meter(send_model, SETUP_PROTOCOL(5), &c);
	ck_assert_uint_eq(SEND(0).verdict, WEIR_VERDICT_pass);
	{
		uint32_t word[8] = { 0 };

		WEIR_FIELD_PUT(word, WEIR_REG_CLASS_BANK_CFG, 5);
		setup_entry(send_model, WEIR_REG_CLASS_BANK(17), word);
	}
	SEND(0);
	r = SEND(0);
	ck_assert_uint_eq(r.reason, WEIR_REASON_meter_protocol);
	ck_assert_uint_eq(r.tag, 0);
}
END_TEST

/* The window before is kept, if it was the one before; after 255 windows all is fresh. */
START_TEST(test_class_age)
{
	unsigned e = 256 + WEIR_CLASS_udp;

	for (unsigned i = 0; i < 5; i++)
		SEND(10 * WINDOW_US);
	SEND(11 * WINDOW_US);
	ck_assert_uint_eq(CLASS_FIELD(e, PREV_COUNT), 5);
	ck_assert_uint_eq(CLASS_FIELD(e, COUNT), 1);
	ck_assert_uint_eq(CLASS_FIELD(e, BCOUNT), 60);
	SEND(13 * WINDOW_US);
	ck_assert_uint_eq(CLASS_FIELD(e, PREV_COUNT), 0);
	SEND((13 + 254) * WINDOW_US);
	ck_assert_uint_eq(CLASS_FIELD(e, QUIET), 255);
	SEND((uint64_t)(267 + 255) * WINDOW_US);
	ck_assert_uint_eq(CLASS_FIELD(e, QUIET), 0);
	ck_assert_uint_eq(CLASS_FIELD(e, WIN), (267 + 255) & 0x3ff);
}
END_TEST

/* tat saturates instead of wrapping, also with a configuration that no host would write. */
START_TEST(test_saturation)
{
	struct weir_meter_cfg c = { .action = WEIR_METER_limit, .pkt_cost = 0xfffffff, .pkt_tau = 0xfffffff };

	setup_meter(send_model, SETUP_TABLE(WEIR_TABLE_remote, 0), &c);
	for (unsigned i = 0; i < 3; i++)
		ck_assert_uint_eq(SEND(60000).verdict, WEIR_VERDICT_pass);
	ck_assert_uint_eq(send_entry(WEIR_TABLE_remote, send_remote_key(7).tag, NULL).m.tat, 0xfffffff);
	/* Fifteen windows later it has run down. */
	SEND(15 * WINDOW_US);
	ck_assert_uint_eq(send_entry(WEIR_TABLE_remote, send_remote_key(7).tag, NULL).m.tat, 0xfffffff);
	SEND(31 * WINDOW_US + 5);
	ck_assert_uint_eq(send_entry(WEIR_TABLE_remote, send_remote_key(7).tag, NULL).m.tat, 0xfffffff);
	ck_assert_uint_eq(send_entry(WEIR_TABLE_remote, send_remote_key(7).tag, NULL).m.win, 31);
}
END_TEST

Suite *weir_model_meter_suite(void)
{
	Suite *s = suite_create("model-meter");
	TCase *t = tcase_create("meter");

	tcase_add_checked_fixture(t, send_begin, send_end);
	tcase_add_test(t, test_limit);
	tcase_add_test(t, test_window_edge);
	tcase_add_test(t, test_trip_hold_end);
	tcase_add_loop_test(t, test_hold_gap, 0, 2);
	tcase_add_test(t, test_declare_count);
	tcase_add_test(t, test_bytes);
	tcase_add_loop_test(t, test_loud, 0, 7);
	tcase_add_test(t, test_prefix6);
	tcase_add_test(t, test_tiers);
	tcase_add_loop_test(t, test_tier_peers, 0, 3);
	tcase_add_test(t, test_tclass);
	tcase_add_loop_test(t, test_class_groups, 0, 13);
	tcase_add_test(t, test_class_first);
	tcase_add_test(t, test_class_reason);
	tcase_add_test(t, test_class_age);
	tcase_add_test(t, test_saturation);
	suite_add_tcase(s, t);
	return s;
}

// SPDX-License-Identifier: Apache-2.0
/* Decision, counters, refusals, registers, the record (docs/datapath.md 1, 8, 9, 10). */
#include <errno.h>
#include <string.h>

#include "model_parse.h"
#include "model_send.h"
#include "model_test.h"
#include "sim/model/decide.h"
#include "weir/weir_regs.h"

static uint64_t counter0(unsigned i)
{
	uint32_t word[8];

	setup_read(send_model, WEIR_REG_COUNTER0(i), word);
	return WEIR_FIELD_GET(word, WEIR_REG_COUNTER0_COUNT);
}

static uint64_t counter1(unsigned i)
{
	uint32_t word[8];

	setup_read(send_model, WEIR_REG_COUNTER1(i), word);
	return WEIR_FIELD_GET(word, WEIR_REG_COUNTER1_COUNT);
}

static struct weir_record judge(enum parse_base base, const char *changes)
{
	uint8_t buf[2048];
	uint32_t known, len = parse_frame(base, changes, buf, &known);
	struct weir_record r;

	weir_model_packet(send_model, buf, len, known, 0, 0, &r);
	return r;
}

/* Candidates of one frame as text: D drop, M demote, d and m in a dry run. */
START_TEST(test_order)
{
	static const struct {
		const char *candidates;
		unsigned verdict, reason, dry, shown;   /* places from 1, 0: none */
	} rows[] = {
		{ "", WEIR_VERDICT_pass, 0, 0, 0 },
		{ "D", WEIR_VERDICT_drop, 1, 0, 1 },
		{ "M", WEIR_VERDICT_demote, 1, 0, 1 },
		{ "MD", WEIR_VERDICT_drop, 2, 0, 2 },
		{ "MMDD", WEIR_VERDICT_drop, 3, 0, 3 },
		{ "d", WEIR_VERDICT_pass, 0, 1, 1 },
		{ "m", WEIR_VERDICT_pass, 0, 1, 1 },
		{ "md", WEIR_VERDICT_pass, 0, 1, 1 },
		{ "Dd", WEIR_VERDICT_drop, 1, 0, 1 },
		{ "dD", WEIR_VERDICT_drop, 2, 1, 2 },
		{ "mdM", WEIR_VERDICT_demote, 3, 1, 3 },
		{ "MdD", WEIR_VERDICT_drop, 3, 2, 3 },
		{ "Md", WEIR_VERDICT_demote, 1, 0, 1 },
	};
	struct weir_decision d;
	struct weir_record r;

	weir_decision_init(&d);
	for (unsigned i = 0; rows[_i].candidates[i]; i++) {
		char c = rows[_i].candidates[i];

		weir_decision_add(&d, &(struct weir_candidate){
			.tag = i + 1, .reason = (uint8_t)(i + 1), .unit = 1, .threshold = 100 + i, .measured = 200 + i,
			.effect = c == 'M' || c == 'm', .dry_run = c == 'd' || c == 'm' });
	}
	weir_decision_finish(&d, &r);
	ck_assert_uint_eq(r.verdict, rows[_i].verdict);
	ck_assert_uint_eq(r.reason, rows[_i].reason);
	ck_assert_uint_eq(r.dry_reason, rows[_i].dry);
	ck_assert_uint_eq(r.tag, rows[_i].shown);
	ck_assert_uint_eq(r.unit, rows[_i].shown != 0);
	ck_assert_uint_eq(r.threshold, rows[_i].shown ? 99 + rows[_i].shown : 0);
	ck_assert_uint_eq(r.measured, rows[_i].shown ? 199 + rows[_i].shown : 0);
}
END_TEST

/* The lowest code is the reason; policy moves it. */
START_TEST(test_anomalies)
{
	static const char changes[] = "3+8=00 3+12=7f000001 4+0=0000 fix3 fix4";
	struct weir_record r = judge(T4, changes);
	unsigned ttl = WEIR_REASON_anomaly_0 + WEIR_ANOMALY_ip4_ttl_zero;
	unsigned src = WEIR_REASON_anomaly_0 + WEIR_ANOMALY_ip4_src_loopback;
	unsigned port = WEIR_REASON_anomaly_0 + WEIR_ANOMALY_tcp_port_zero;

	ck_assert_uint_eq(r.verdict, WEIR_VERDICT_drop);
	ck_assert_uint_eq(r.reason, ttl);
	setup_anomaly(send_model, WEIR_ANOMALY_ip4_ttl_zero, WEIR_ANOMALY_Demote, 0);
	r = judge(T4, changes);
	ck_assert_uint_eq(r.verdict, WEIR_VERDICT_drop);
	ck_assert_uint_eq(r.reason, src);
	setup_anomaly(send_model, WEIR_ANOMALY_ip4_src_loopback, WEIR_ANOMALY_Drop, 1);
	r = judge(T4, changes);
	ck_assert_uint_eq(r.reason, port);
	ck_assert_uint_eq(r.dry_reason, src);
	setup_anomaly(send_model, WEIR_ANOMALY_tcp_port_zero, WEIR_ANOMALY_Count, 0);
	r = judge(T4, changes);
	ck_assert_uint_eq(r.verdict, WEIR_VERDICT_demote);
	ck_assert_uint_eq(r.reason, ttl);
	ck_assert_uint_eq(r.dry_reason, 0);
	setup_anomaly(send_model, WEIR_ANOMALY_ip4_ttl_zero, WEIR_ANOMALY_Ignore, 1);
	r = judge(T4, changes);
	ck_assert_uint_eq(r.verdict, WEIR_VERDICT_pass);
	ck_assert_uint_eq(r.dry_reason, src);
	ck_assert(!weir_record_has_anomaly(&r, WEIR_ANOMALY_ip4_ttl_zero));
	ck_assert(weir_record_has_anomaly(&r, WEIR_ANOMALY_tcp_port_zero));
	/* A code above 63. */
	setup_anomaly(send_model, WEIR_ANOMALY_udp_length_slack, WEIR_ANOMALY_Demote, 0);
	r = judge(U4, "3+2=0038 len=70 fix3");
	ck_assert_uint_eq(r.reason, WEIR_REASON_anomaly_0 + WEIR_ANOMALY_udp_length_slack);
	ck_assert_uint_eq(r.verdict, WEIR_VERDICT_demote);
}
END_TEST

/* Exempt frames are looked at for anomalies all the same. */
START_TEST(test_exempt)
{
	struct weir_record r = judge(I6, "4+0=87 3+7=ff 4+2=0000");
	uint32_t word[8];

	ck_assert(r.exempt);
	ck_assert_uint_eq(r.reason, WEIR_REASON_anomaly_0 + WEIR_ANOMALY_icmp_checksum);
	ck_assert_int_lt(setup_find(send_model, WEIR_TABLE_remote,
				    weir_hash_remote(&send_hash, 1, r.remote).tag, word), 0);
}
END_TEST

START_TEST(test_bypass_consume)
{
	struct weir_record r;
	uint8_t frame[60] = { 0x01, 0x80, 0xc2, 0, 0, 1, 2, 0, 0, 0, 0, 1, 0x88, 0x08 };
	uint32_t word[8];

	weir_model_packet(send_model, frame, 60, 60, 0, 5, &r);
	ck_assert_uint_eq(r.verdict, WEIR_VERDICT_consume);
	ck_assert_uint_eq(r.reason, WEIR_REASON_link_control);
	ck_assert_uint_eq(counter1(WEIR_CLASS_all), 0);
	frame[5] = 2;
	weir_model_packet(send_model, frame, 60, 60, 0, 6, &r);
	ck_assert_uint_eq(r.verdict, WEIR_VERDICT_pass);
	ck_assert_int_eq(weir_model_write(send_model, WEIR_REG_LINK_CONSUME, 1u << 2), 0);
	weir_model_packet(send_model, frame, 60, 60, 1, 7, &r);
	ck_assert_uint_eq(r.verdict, WEIR_VERDICT_consume);

	setup_bypass(send_model, 1);
	weir_model_packet(send_model, frame, 60, 60, 1, 7, &r);
	ck_assert_uint_eq(r.verdict, WEIR_VERDICT_pass);
	ck_assert_uint_eq(r.reason, WEIR_REASON_bypass);
	r = SEND(8, .ttl0 = 1, .src = 77);
	ck_assert_uint_eq(r.reason, WEIR_REASON_bypass);
	ck_assert(weir_record_has_anomaly(&r, WEIR_ANOMALY_ip4_ttl_zero));
	ck_assert_uint_eq(r.seqno, 5);
	ck_assert_int_lt(setup_find(send_model, WEIR_TABLE_remote, send_remote_key(77).tag, word), 0);
	ck_assert_uint_eq(counter1(WEIR_CLASS_all), 1);
	setup_bypass(send_model, 0);
	ck_assert_uint_eq(SEND(9, .ttl0 = 1).verdict, WEIR_VERDICT_drop);
}
END_TEST

START_TEST(test_counters)
{
	struct weir_meter_cfg c = setup_rate(WEIR_METER_limit, 1000, 1, 7);
	uint32_t word[8] = { 0 };

	c.dry_run = 1;
	setup_meter(send_model, SETUP_TABLE(WEIR_TABLE_remote, 0), &c);
	SEND(0);
	SEND(0);
	SEND(0, .ttl0 = 1);
	ck_assert_uint_eq(counter0(WEIR_REASON_pass), 2);
	ck_assert_uint_eq(counter0(WEIR_REASON_anomaly_0 + WEIR_ANOMALY_ip4_ttl_zero), 1);
	ck_assert_uint_eq(counter0(256 + WEIR_REASON_meter_remote), 1);
	ck_assert_uint_eq(counter0(256), 0);
	ck_assert_uint_eq(counter0(512 + WEIR_ANOMALY_ip4_ttl_zero), 1);
	ck_assert_uint_eq(counter1(WEIR_CLASS_udp), 3);
	ck_assert_uint_eq(counter1(WEIR_CLASS_ipv4), 3);
	SEND(0, .dir = 1);
	ck_assert_uint_eq(counter1(32 + WEIR_CLASS_udp), 1);
	/* Of one frame the five lowest codes. */
	judge(T4, "@0=020000000001 3+6=8000 3+8=00 3+12=7f0000017f000001 4+0=0000 fix3 fix4");
	ck_assert_uint_eq(counter0(512 + WEIR_ANOMALY_eth_src_eq_dst), 1);
	ck_assert_uint_eq(counter0(512 + WEIR_ANOMALY_ip4_flag_reserved), 1);
	ck_assert_uint_eq(counter0(512 + WEIR_ANOMALY_ip4_ttl_zero), 2);
	ck_assert_uint_eq(counter0(512 + WEIR_ANOMALY_ip4_src_loopback), 1);
	ck_assert_uint_eq(counter0(512 + WEIR_ANOMALY_ip4_dst_loopback), 1);
	ck_assert_uint_eq(counter0(512 + WEIR_ANOMALY_ip_land), 0);
	ck_assert_uint_eq(counter0(512 + WEIR_ANOMALY_tcp_port_zero), 0);
	/* 36 bits. */
	WEIR_FIELD_PUT(word, WEIR_REG_COUNTER0_COUNT, UINT64_C(0xfffffffff));
	setup_entry(send_model, WEIR_REG_COUNTER0(0), word);
	SEND(0, .src = 99);
	ck_assert_uint_eq(counter0(0), 0);
}
END_TEST

START_TEST(test_refuse)
{
	static const struct {
		unsigned tags;
		uint32_t len, known;
		int reason;
	} rows[] = {
		{ 0, 13, 13, WEIR_REASON_runt },  { 0, 14, 14, 0 },
		{ 0, 1514, 1514, 0 },             { 0, 1515, 1515, WEIR_REASON_oversize },
		{ 1, 1518, 1518, 0 },             { 1, 1519, 1519, WEIR_REASON_oversize },
		{ 2, 1522, 1522, 0 },             { 2, 1523, 1523, WEIR_REASON_oversize },
		{ 3, 1522, 1522, 0 },             { 3, 1523, 1523, WEIR_REASON_oversize },
		/* A tag that is not known does not count. */
		{ 1, 1518, 13, WEIR_REASON_oversize }, { 1, 1518, 14, 0 },
		{ 2, 1522, 17, WEIR_REASON_oversize }, { 2, 1522, 18, 0 },
	};
	uint8_t frame[2048] = { 0 };
	uint32_t value;

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (unsigned t = 0; t < 3; t++)
			memcpy(frame + 12 + 4 * t, t < rows[i].tags ? "\x81\x00" : "\x08\x00", 2);
		ck_assert_int_eq(weir_model_refuse(send_model, frame, rows[i].len, rows[i].known, 0), rows[i].reason);
	}
	ck_assert_int_eq(weir_model_read(send_model, WEIR_REG_STATS_SIDE_REFUSED_OVERSIZE(0), &value), 0);
	ck_assert_uint_eq(value, 6);
	memcpy(frame + 12, "\x81\x00\x00\x01\x81\x00\x00\x01\x08\x00", 10);
	ck_assert_int_eq(weir_model_write(send_model, WEIR_REG_MAX_FRAME, 2047), 0);
	ck_assert_int_eq(weir_model_refuse(send_model, frame, 2000, 2000, 1), 0);
	ck_assert_int_eq(weir_model_refuse(send_model, frame, 2001, 2001, 1), WEIR_REASON_oversize);
	ck_assert_uint_eq(SEND(0).seqno, 1);
	ck_assert_uint_eq(SEND(0).seqno, 2);
}
END_TEST

START_TEST(test_registers)
{
	struct weir_model *m = send_model;
	uint32_t value = 7, word[8];

	/* Staged words of one entry go to the one whose last word is written. */
	for (uint32_t i = 0; i < 7; i++)
		ck_assert_int_eq(weir_model_write(m, WEIR_REG_METER_CFG(57) + 4 * i, 0x11111111 * i), 0);
	setup_read(m, WEIR_REG_METER_CFG(57), word);
	ck_assert_uint_eq(word[1], 0);
	ck_assert_int_eq(weir_model_write(m, WEIR_REG_METER_CFG(58) + 28, 0), 0);
	setup_read(m, WEIR_REG_METER_CFG(57), word);
	ck_assert_uint_eq(word[1], 0);
	setup_read(m, WEIR_REG_METER_CFG(58), word);
	ck_assert_uint_eq(word[1], 0x01111111);
	ck_assert_uint_eq(word[2], 0x22022222 & 0xff03ffff);
	ck_assert_uint_eq(word[3], 0x33333333 & 0xfffff);
	ck_assert_uint_eq(word[5], 0x55555555 & 0xffffff);
	/* Static configuration only while stopped. */
	ck_assert_int_eq(weir_model_write(m, WEIR_REG_CTRL, WEIR_REG_CTRL_RUN_MASK), 0);
	ck_assert_int_eq(weir_model_write(m, WEIR_REG_MAX_FRAME, 100), -EPERM);
	ck_assert_int_eq(weir_model_read(m, WEIR_REG_MAX_FRAME, &value), 0);
	ck_assert_uint_eq(value, 1514);
	ck_assert_int_eq(weir_model_read(m, WEIR_REG_STATUS, &value), 0);
	ck_assert_uint_eq(value, WEIR_REG_STATUS_READY_MASK | WEIR_REG_STATUS_WRITE_REFUSED_MASK);
	ck_assert_int_eq(weir_model_write(m, WEIR_REG_STATUS, value), 0);
	ck_assert_int_eq(weir_model_write(m, WEIR_REG_CTRL, WEIR_REG_CTRL_RUN_MASK | WEIR_REG_CTRL_CLEAR_MASK), -EPERM);
	ck_assert_int_eq(weir_model_write(m, WEIR_REG_CTRL, 0), 0);
	SEND(1);
	ck_assert_int_eq(weir_model_write(m, WEIR_REG_CTRL, WEIR_REG_CTRL_CLEAR_MASK), 0);
	setup_read(m, WEIR_REG_METER_CFG(6), word);
	ck_assert_uint_eq(word[1], 0);
	ck_assert_uint_eq(counter0(0), 0);
	/* The key cannot be read. */
	ck_assert_int_eq(weir_model_write(m, WEIR_REG_HASH_KEY(3), 0x12345678), 0);
	ck_assert_int_eq(weir_model_read(m, WEIR_REG_HASH_KEY(3), &value), 0);
	ck_assert_uint_eq(value, 0);
	ck_assert_int_eq(weir_model_write(m, WEIR_REG_REFLECTOR(3), 0x12345678), 0);
	ck_assert_int_eq(weir_model_read(m, WEIR_REG_REFLECTOR(3), &value), 0);
	ck_assert_uint_eq(value, 0x5678);
	/* Nothing there. */
	value = 7;
	ck_assert_int_eq(weir_model_write(m, WEIR_REG_METER_CFG(192), 0), -EINVAL);
	ck_assert_int_eq(weir_model_read(m, WEIR_REG_TABLE_ADDRESS(256), &value), -EINVAL);
	ck_assert_int_eq(weir_model_read(m, 0x1f0000, &value), -EINVAL);
	ck_assert_int_eq(weir_model_read(m, 0x7ffffff0, &value), -EINVAL);
	ck_assert_int_eq(weir_model_read(m, 2, &value), -EINVAL);
	ck_assert_int_eq(weir_model_write(m, WEIR_REG_ID, 0), -EINVAL);
	ck_assert_uint_eq(value, 7);
	ck_assert_int_eq(weir_model_read(m, WEIR_REG_STATUS, &value), 0);
	ck_assert_uint_eq(value & WEIR_REG_STATUS_BAD_ENTRY_MASK, WEIR_REG_STATUS_BAD_ENTRY_MASK);
	ck_assert_int_eq(weir_model_write(m, WEIR_REG_STATUS, 0), 0);
	ck_assert_int_eq(weir_model_read(m, WEIR_REG_STATUS, &value), 0);
	ck_assert_uint_eq(value & WEIR_REG_STATUS_BAD_ENTRY_MASK, WEIR_REG_STATUS_BAD_ENTRY_MASK);
	ck_assert_int_eq(weir_model_write(m, WEIR_REG_STATUS, value), 0);
	ck_assert_int_eq(weir_model_read(m, WEIR_REG_STATUS, &value), 0);
	ck_assert_uint_eq(value, WEIR_REG_STATUS_READY_MASK | WEIR_REG_STATUS_STOPPED_MASK);
	ck_assert_int_eq(weir_model_write(m, WEIR_REG_COUNTER1(WEIR_REG_COUNTER1_COUNT), 0), -EINVAL);
	ck_assert_int_eq(weir_model_read(m, WEIR_REG_STATUS, &value), 0);
	ck_assert_uint_eq(value & WEIR_REG_STATUS_BAD_ENTRY_MASK, WEIR_REG_STATUS_BAD_ENTRY_MASK);
	ck_assert_int_eq(weir_model_read(m, WEIR_REG_TABLE_SIZES, &value), 0);
	ck_assert_uint_eq(value, 0x7766778);
	ck_assert_int_eq(weir_model_read(m, WEIR_REG_STATE_SIZES, &value), 0);
	ck_assert_uint_eq(value, 0x76677878);
	ck_assert_int_eq(weir_model_read(m, WEIR_REG_ID, &value), 0);
	ck_assert_uint_eq(value, 0x57454952);
}
END_TEST

/* What is written to an entry is read from it. */
START_TEST(test_entries)
{
	static const uint32_t addr[] = {
		WEIR_REG_METER_CFG(183), WEIR_REG_METER_CFG(191), WEIR_REG_METER_CFG(8), WEIR_REG_METER_CFG(127),
		WEIR_REG_METER_CFG(148), WEIR_REG_METER_CFG(63), WEIR_REG_METER_CFG(0), WEIR_REG_TABLE_CFG(6), WEIR_REG_ANOMALY_CFG(69), WEIR_REG_CLASS_BANK(511),
		WEIR_REG_COUNTER0(1023), WEIR_REG_COUNTER1(63), WEIR_REG_TABLE_REMOTE(1023), WEIR_REG_TABLE_ADDRESS(255),
		WEIR_REG_TABLE_UDP_SOURCE(511), WEIR_REG_BYPASS, WEIR_REG_RULE_PREFIX(0), WEIR_REG_RULE_PREFIX(1023),
		WEIR_REG_RULE_EXACT(1023), WEIR_REG_RULE_EXACT(1024), WEIR_REG_RULE_EXACT(2047), WEIR_REG_RULE_CFG,
	};
	/* Bits in use of each word. */
	static const uint32_t mask[][8] = {
		{ ~0u, 0xfffffff, 0xff03ffff, 0xfffff, 0xfffffff, 0xffffff }, { 0 }, { 0 }, { 0 },
		{ 0 }, { ~0u, 0xfffffff, 0xff03ffff, 0xfffff, 0xfffffff, 0xffffff }, { ~0u, 0xfffffff, 0xff03ffff }, { 0x7ff }, { 7 },
		{ ~0u, ~0u, ~0u, ~0u, 0x3ff }, { ~0u, 0xf }, { ~0u, 0xf }, { ~0u, ~0u, ~0u, 0xfff },
		{ ~0u, ~0u, ~0u, ~0u, ~0u }, { ~0u, ~0u, ~0u, 0xfff }, { 1 }, { ~0u, ~0u, ~0u, ~0u },
		{ ~0u, ~0u, ~0u, ~0u }, { ~0u, 0x3ffff3 }, { ~0u, 0x3ffff3 }, { ~0u, 0x3ffff3 }, { 7 },
	};
	static const uint32_t patterns[] = { 0xffffffff, 0x12345678, 0xa5a5a5a5, 0 };

	for (unsigned i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		uint32_t in[8], out[8];

		for (unsigned w = 0; w < 8; w++)
			in[w] = patterns[i] + w * 0x01010101 * (patterns[i] % 2 == 0 && patterns[i]);
		setup_entry(send_model, addr[_i], in);
		setup_read(send_model, addr[_i], out);
		for (unsigned w = 0; w < 8; w++)
			ck_assert_uint_eq(out[w], in[w] & mask[_i][w]);
	}
}
END_TEST

START_TEST(test_record)
{
	struct weir_record a = SEND(1), b = a;
	char text[256], small[10];

	ck_assert_int_eq(weir_record_compare(&a, &b, text, sizeof(text)), 0);
	ck_assert_str_eq(text, "");
	b.verdict = WEIR_VERDICT_drop;
	b.measured = 9;
	ck_assert_int_eq(weir_record_compare(&a, &b, text, sizeof(text)), 2);
	ck_assert_str_eq(text, "verdict pass drop, measured 0 9");
	ck_assert_int_eq(weir_record_compare(&a, &b, small, sizeof(small)), 2);
	ck_assert_str_eq(small, "verdict p");
	ck_assert_int_eq(weir_record_compare(&a, &b, NULL, 0), 2);
	/* The family means something with addresses only. */
	b = a;
	b.family = 1;
	ck_assert_int_eq(weir_record_compare(&a, &b, NULL, 0), 1);
	a.l3_valid = b.l3_valid = 0;
	b.link_low = 3;
	ck_assert_int_eq(weir_record_compare(&a, &b, NULL, 0), 0);
	weir_record_format(&a, small, sizeof(small));
	ck_assert_uint_eq(strlen(small), 9);
}
END_TEST

START_TEST(test_names)
{
	for (unsigned i = 0; i < 256; i++) {
		const char *name = weir_reason_name(i);

		if (strcmp(name, "unknown"))
			ck_assert_int_eq(weir_reason_find(name), (int)i);
	}
	ck_assert_int_eq(weir_reason_find("class_syn"), 0x29);
	ck_assert_int_eq(weir_reason_find("tcp_checksum"), 0x40 + 58);
	ck_assert_int_eq(weir_reason_find("meter_udp_source"), 0x16);
	ck_assert_int_eq(weir_reason_find("nonsense"), -1);
	ck_assert_int_eq(weir_verdict_find("refuse"), 6);
	ck_assert_int_eq(weir_class_find("checked"), 22);
	ck_assert_int_eq(weir_table_find("udp_source"), 6);
	ck_assert_int_eq(weir_table_find("x"), -1);
	ck_assert_str_eq(weir_anomaly_name(1000), "unknown");
	ck_assert_int_eq(weir_class_group(WEIR_CLASS_vlan), -1);
	ck_assert_int_eq(weir_class_group(WEIR_CLASS_http_other), 7);
	ck_assert_int_eq(WEIR_ANOMALIES, 70);
	ck_assert_int_eq(WEIR_CLASSES, 23);
}
END_TEST

Suite *weir_model_decide_suite(void)
{
	Suite *s = suite_create("model-decide");
	TCase *t = tcase_create("decide");

	tcase_add_checked_fixture(t, send_begin, send_end);
	tcase_add_loop_test(t, test_order, 0, 13);
	tcase_add_test(t, test_anomalies);
	tcase_add_test(t, test_exempt);
	tcase_add_test(t, test_bypass_consume);
	tcase_add_test(t, test_counters);
	tcase_add_test(t, test_refuse);
	tcase_add_test(t, test_registers);
	tcase_add_loop_test(t, test_entries, 0, 22);
	tcase_add_test(t, test_record);
	tcase_add_test(t, test_names);
	suite_add_tcase(s, t);
	return s;
}

// SPDX-License-Identifier: Apache-2.0
/* Keyed tables: look-up, replacement, ageing, pinned entries (docs/datapath.md 5.2, 5.3). */
#include "model_send.h"
#include "model_test.h"
#include "weir/weir_regs.h"

#define SAME_SET 8u

/* Ports whose entries share one set of the table `port`. */
static uint16_t same_set_ports[SAME_SET];

static struct weir_hash_key port_key(uint16_t port)
{
	return weir_hash_port(&send_hash, 1, port);
}

static uint32_t port_set(uint16_t port)
{
	return port_key(port).index % (1u << weir_table_info(WEIR_TABLE_port)->sets_log2);
}

/** Ports of one set of the table `port`, the first preferring way `way`. */
static void find_ports(unsigned way)
{
	uint16_t first = 1000;
	unsigned n = 0;

	while (port_key(first).tag % 4 != way)
		first++;
	for (uint16_t port = first; n < SAME_SET; port++) {
		ck_assert_uint_lt(port, 60000);
		if (port_set(port) == port_set(first))
			same_set_ports[n++] = port;
	}
}

static struct weir_table_entry port_entry(unsigned i, int *ret_number)
{
	return send_entry(WEIR_TABLE_port, port_key(same_set_ports[i]).tag, ret_number);
}

static bool has_port(unsigned i)
{
	uint32_t word[8];

	return setup_find(send_model, WEIR_TABLE_port, port_key(same_set_ports[i]).tag, word) >= 0;
}

static uint32_t statistic(uint32_t addr)
{
	uint32_t value;

	ck_assert_int_eq(weir_model_read(send_model, addr, &value), 0);
	return value;
}

static void send_port(uint64_t stamp, unsigned i)
{
	SEND(stamp, .dport = same_set_ports[i]);
}

/* A new key takes the first free way from tag mod 4 on; its entry is 4 * set + way. */
START_TEST(test_ways)
{
	unsigned used = 0;

	find_ports((unsigned)_i);
	for (unsigned i = 0; i < 4; i++) {
		unsigned way = port_key(same_set_ports[i]).tag % 4;
		int number;

		while (used & 1u << way)
			way = (way + 1) % 4;
		used |= 1u << way;
		send_port(100, i);
		port_entry(i, &number);
		ck_assert_int_eq(number, (int)(4 * port_set(same_set_ports[0]) + way));
	}
	ck_assert_uint_eq(statistic(WEIR_REG_STATS_TABLES_USED(WEIR_TABLE_port)), 4);
	ck_assert_uint_eq(statistic(WEIR_REG_STATS_TABLES_EVICTIONS(WEIR_TABLE_port)), 0);
}
END_TEST

/* With the set full, the entry with the smallest count goes, the first in probe order among equals. */
START_TEST(test_victim)
{
	find_ports(0);
	for (unsigned i = 0; i < 4; i++)
		for (unsigned n = 0; n < (i == 2 ? 2u : 3u + i); n++)
			send_port(100, i);
	send_port(101, 4);
	ck_assert(!has_port(2));
	ck_assert(has_port(0) && has_port(1) && has_port(3) && has_port(4));
	ck_assert_uint_eq(statistic(WEIR_REG_STATS_TABLES_EVICTIONS(WEIR_TABLE_port)), 1);
	ck_assert_uint_eq(statistic(WEIR_REG_STATS_TABLES_USED(WEIR_TABLE_port)), 4);
	ck_assert_uint_eq(port_entry(4, NULL).m.count, 1);
}
END_TEST

START_TEST(test_victim_equal)
{
	int number, way;

	find_ports(1);
	for (unsigned i = 0; i < 4; i++)
		send_port(100, i);
	way = port_key(same_set_ports[4]).tag % 4;
	send_port(101, 4);
	port_entry(4, &number);
	ck_assert_int_eq(number % 4, way);
}
END_TEST

/* Counts two windows old score 0; of one window ago they still count. */
START_TEST(test_victim_old)
{
	find_ports(0);
	for (unsigned n = 0; n < 50; n++)
		send_port(1 * WINDOW_US, 0);
	for (unsigned n = 0; n < 9; n++)
		send_port((uint64_t)(_i ? 2 : 3) * WINDOW_US - 1, 1);
	for (unsigned i = 2; i < 4; i++)
		for (unsigned n = 0; n < 10; n++)
			send_port(2 * WINDOW_US, i);
	/* In window 2 all count, number 1 the least; in window 3 number 0 is old. */
	send_port((uint64_t)(_i ? 2 : 3) * WINDOW_US, 4);
	ck_assert(has_port(0) == (_i == 1));
	ck_assert(has_port(1) == (_i == 0));
}
END_TEST

/* Tripped entries are no victims; when all are, the table is full. */
static void fill_tripped(void)
{
	struct weir_meter_cfg c = setup_rate(WEIR_METER_declare, 1000, 1, 1000);

	find_ports(2);
	c.hold = 20;
	setup_meter(send_model, SETUP_TABLE(WEIR_TABLE_port, 1), &c);
	for (unsigned i = 0; i < 4; i++) {
		send_port(100, i);
		ck_assert_uint_eq(SEND(101, .dport = same_set_ports[i]).trips, 1u << WEIR_TABLE_port);
	}
}

START_TEST(test_victim_tripped)
{
	find_ports(3);
	for (unsigned i = 0; i < 4; i++)
		send_port(100, i);
	setup_meter(send_model, SETUP_TABLE(WEIR_TABLE_port, 1),
		    &(struct weir_meter_cfg){ .action = WEIR_METER_declare, .pkt_cost = 256000, .hold = 9 });
	/* All but number 3 trip: none has tokens, for none paid yet. The first packet pays, the next trips. */
	for (unsigned i = 0; i < 3; i++) {
		send_port(101, i);
		send_port(102, i);
		ck_assert_uint_eq(port_entry(i, NULL).m.tripped, 1);
	}
	for (unsigned n = 0; n < 20; n++)
		SEND(200 + 2000 * n, .dport = same_set_ports[3]);
	ck_assert_uint_eq(port_entry(3, NULL).m.tripped, 0);
	send_port(50000, 4);
	ck_assert(!has_port(3) && has_port(0) && has_port(1) && has_port(2));
}
END_TEST

START_TEST(test_full_open)
{
	struct weir_record r;

	fill_tripped();
	r = SEND(102, .dport = same_set_ports[4]);
	ck_assert_uint_eq(r.verdict, WEIR_VERDICT_pass);
	ck_assert_uint_eq(r.reason, WEIR_REASON_pass);
	ck_assert(!has_port(4));
	ck_assert_uint_eq(statistic(WEIR_REG_STATS_TABLES_FULL(WEIR_TABLE_port)), 1);
}
END_TEST

START_TEST(test_full_closed)
{
	struct weir_record r;
	struct weir_table_cfg c = { .timeout = 128, .fail_closed = 1 };

	fill_tripped();
	setup_table(send_model, WEIR_TABLE_port, &c);
	r = SEND(102, .dport = same_set_ports[4]);
	ck_assert_uint_eq(r.verdict, WEIR_VERDICT_drop);
	ck_assert_uint_eq(r.reason, WEIR_REASON_full_port);
	ck_assert_uint_eq(r.tag, port_key(same_set_ports[4]).tag);
	ck_assert(!r.unit && !r.threshold && !r.measured);
	ck_assert(!has_port(4));

	c.full_effect = 1;
	setup_table(send_model, WEIR_TABLE_port, &c);
	r = SEND(103, .dport = same_set_ports[4]);
	ck_assert_uint_eq(r.verdict, WEIR_VERDICT_demote);
	ck_assert_uint_eq(r.reason, WEIR_REASON_full_port);

	c.full_dry_run = 1;
	setup_table(send_model, WEIR_TABLE_port, &c);
	r = SEND(104, .dport = same_set_ports[4]);
	ck_assert_uint_eq(r.verdict, WEIR_VERDICT_pass);
	ck_assert_uint_eq(r.dry_reason, WEIR_REASON_full_port);
	ck_assert_uint_eq(r.tag, port_key(same_set_ports[4]).tag);

	/* One that was dropped before looks for no room: only a hit counts. */
	c = (struct weir_table_cfg){ .timeout = 128, .fail_closed = 1 };
	setup_table(send_model, WEIR_TABLE_port, &c);
	r = SEND(105, .dport = same_set_ports[4], .ttl0 = 1);
	ck_assert_uint_eq(r.reason, WEIR_REASON_anomaly_0 + WEIR_ANOMALY_ip4_ttl_zero);
	ck_assert_uint_eq(statistic(WEIR_REG_STATS_TABLES_FULL(WEIR_TABLE_port)), 3);
}
END_TEST

/* An entry is there at timeout - 1 windows, gone at timeout. */
START_TEST(test_expiry)
{
	struct weir_table_entry e;
	uint64_t base = 40 * WINDOW_US;

	find_ports(0);
	setup_table(send_model, WEIR_TABLE_port, &(struct weir_table_cfg){ .timeout = 5 });
	send_port(base, 0);
	send_port(base + 5 * WINDOW_US - 1, 0);       /* age 4: quiet windows are counted */
	e = port_entry(0, NULL);
	ck_assert_uint_eq(e.m.quiet, 4);
	ck_assert_uint_eq(e.m.count, 1);
	send_port(base + 9 * WINDOW_US, 0);           /* age 5 after window 44: a new entry */
	ck_assert_uint_eq(port_entry(0, NULL).m.quiet, 0);
	ck_assert_uint_eq(statistic(WEIR_REG_STATS_TABLES_USED(WEIR_TABLE_port)), 1);
	/* The first expired way is as good as a free one: nothing is evicted. */
	for (unsigned i = 1; i < 4; i++)
		send_port(base + 9 * WINDOW_US, i);
	send_port(base + 14 * WINDOW_US, 4);
	ck_assert_uint_eq(statistic(WEIR_REG_STATS_TABLES_EVICTIONS(WEIR_TABLE_port)), 0);
	ck_assert(!has_port(0) || !has_port(1) || !has_port(2) || !has_port(3));
}
END_TEST

/* Tripped entries expire as well. */
START_TEST(test_expiry_tripped)
{
	fill_tripped();
	setup_table(send_model, WEIR_TABLE_port, &(struct weir_table_cfg){ .timeout = 3, .fail_closed = 1 });
	ck_assert_uint_eq(SEND(3 * WINDOW_US - 1, .dport = same_set_ports[4]).verdict, WEIR_VERDICT_drop);
	ck_assert_uint_eq(SEND(3 * WINDOW_US, .dport = same_set_ports[4]).verdict, WEIR_VERDICT_pass);
}
END_TEST

START_TEST(test_years)
{
	static const uint64_t gaps[] = {
		1024, 1023, 1025, 2048 + 3, 1024 * 1000, 1024 * 1000 + 1, 481249999, 15398999997,
	};
	uint64_t now = 1000 * WINDOW_US;

	fill_tripped();
	SEND(now, .dport = 1);
	for (unsigned i = 0; i < sizeof(gaps) / sizeof(gaps[0]); i++) {
		now += gaps[i] * WINDOW_US;
		for (unsigned k = 0; k < 5; k++)
			send_port(now, k);
		ck_assert_uint_eq(port_entry(4, NULL).m.quiet, 0);
		ck_assert_uint_eq(port_entry(4, NULL).m.tripped, 0);
		ck_assert_uint_eq(port_entry(4, NULL).m.count, 1);
		now++;
	}
}
END_TEST

START_TEST(test_pinned)
{
	struct weir_meter_cfg c = setup_rate(WEIR_METER_limit, 1000, 2, 77);
	struct weir_table_entry e;
	struct weir_record r;
	int number;

	find_ports(0);
	setup_table(send_model, WEIR_TABLE_port, &(struct weir_table_cfg){ .timeout = 4 });
	setup_meter(send_model, SETUP_OVERRIDE(WEIR_TABLE_port, 3), &c);
	/* Not in its preferred way, and in the last place: found all the same. */
	setup_pin(send_model, WEIR_TABLE_port, 4 * port_set(same_set_ports[0]) + 3,
		  port_key(same_set_ports[0]).tag, 3);
	send_port(1000, 0);
	send_port(1000, 0);
	r = SEND(1000, .dport = same_set_ports[0]);
	ck_assert_uint_eq(r.verdict, WEIR_VERDICT_drop);
	ck_assert_uint_eq(r.reason, WEIR_REASON_meter_port);
	ck_assert_uint_eq(r.threshold, 77);
	ck_assert_uint_eq(r.measured, 3);
	/* Others come and go, this one stays, whatever its age; too old it is made fresh. */
	for (unsigned i = 1; i < SAME_SET; i++)
		for (unsigned n = 0; n < 3; n++)
			send_port(2000 + 10 * WINDOW_US * i, i);
	e = port_entry(0, &number);
	ck_assert_int_eq(number % 4, 3);
	ck_assert_uint_eq(e.m.cfg, 3);
	send_port(1000 * WINDOW_US, 0);
	e = port_entry(0, NULL);
	ck_assert_uint_eq(e.m.count, 1);
	ck_assert_uint_eq(e.m.quiet, 0);
	ck_assert_uint_eq(e.m.cfg, 3);
	/* Younger than the timeout it ages as all do. */
	send_port(1003 * WINDOW_US, 0);
	ck_assert_uint_eq(port_entry(0, NULL).m.quiet, 3);
}
END_TEST

START_TEST(test_full_pinned)
{
	find_ports(0);
	setup_table(send_model, WEIR_TABLE_port, &(struct weir_table_cfg){ .timeout = 2, .fail_closed = 1 });
	for (uint32_t way = 0; way < 4; way++)
		setup_pin(send_model, WEIR_TABLE_port, 4 * port_set(same_set_ports[0]) + way, 1000 + way, 1);
	ck_assert_uint_eq(SEND(500 * WINDOW_US, .dport = same_set_ports[0]).reason, WEIR_REASON_full_port);
	/* Written free again: there is room. */
	setup_pin(send_model, WEIR_TABLE_port, 4 * port_set(same_set_ports[0]) + 1, 0, 0);
	ck_assert_uint_eq(SEND(500 * WINDOW_US, .dport = same_set_ports[0]).reason, WEIR_REASON_pass);
}
END_TEST

/* A written entry is as old as its win says at the time of the write. */
START_TEST(test_written_age)
{
	uint32_t word[8] = { 0 };
	uint64_t tag = port_key(4000).tag;

	setup_table(send_model, WEIR_TABLE_port, &(struct weir_table_cfg){ .timeout = 10 });
	WEIR_FIELD_PUT(word, WEIR_REG_TABLE_REMOTE_TAG, tag);
	WEIR_FIELD_PUT(word, WEIR_REG_TABLE_REMOTE_WIN, (5000 - 6) & 0x3ff);
	WEIR_FIELD_PUT(word, WEIR_REG_TABLE_REMOTE_COUNT, 9);
	weir_model_time(send_model, (uint64_t)5000 * WINDOW_US);
	setup_entry(send_model, setup_entry_addr(WEIR_TABLE_port, 4 * port_set(4000)), word);
	SEND((uint64_t)5003 * WINDOW_US, .dport = 4000);
	ck_assert_uint_eq(send_entry(WEIR_TABLE_port, tag, NULL).m.quiet, 9);
	setup_entry(send_model, setup_entry_addr(WEIR_TABLE_port, 4 * port_set(4000)), word);
	SEND((uint64_t)5004 * WINDOW_US, .dport = 4000);
	ck_assert_uint_eq(send_entry(WEIR_TABLE_port, tag, NULL).m.quiet, 0);
}
END_TEST

START_TEST(test_sweep)
{
	find_ports(0);
	setup_table(send_model, WEIR_TABLE_port, &(struct weir_table_cfg){ .timeout = 4 });
	for (unsigned i = 0; i < 4; i++)
		send_port(i * WINDOW_US, i);
	weir_model_time(send_model, 5 * WINDOW_US);
	for (uint32_t i = 0; i < 1024; i++)
		weir_model_sweep(send_model, i);
	ck_assert(!has_port(0) && !has_port(1) && has_port(2) && has_port(3));
	ck_assert_uint_eq(statistic(WEIR_REG_STATS_TABLES_USED(WEIR_TABLE_port)), 2);
}
END_TEST

/* Fill for reports: expired entries are not in use, pinned ones always are. */
START_TEST(test_fill)
{
	struct weir_model_table fill;

	find_ports(0);
	setup_table(send_model, WEIR_TABLE_port, &(struct weir_table_cfg){ .timeout = 4 });
	for (unsigned i = 0; i < 5; i++)
		send_port(i * WINDOW_US, i);
	setup_pin(send_model, WEIR_TABLE_port, 4 * ((port_set(same_set_ports[0]) + 1) % 128), 1234, 1);
	weir_model_table(send_model, WEIR_TABLE_port, 4 * WINDOW_US, &fill);
	ck_assert_uint_eq(fill.size, 512);
	ck_assert_uint_eq(fill.used, 5);
	ck_assert_uint_eq(fill.peak, 5);
	ck_assert_uint_eq(fill.evictions, 0);    /* number 0 had expired */
	weir_model_table(send_model, WEIR_TABLE_port, 100 * WINDOW_US, &fill);
	ck_assert_uint_eq(fill.used, 1);
	setup_pin(send_model, WEIR_TABLE_port, 4 * ((port_set(same_set_ports[0]) + 1) % 128), 0, 0);
	weir_model_table(send_model, WEIR_TABLE_port, 4 * WINDOW_US, &fill);
	ck_assert_uint_eq(fill.used, 4);
	ck_assert_uint_eq(fill.peak, 5);
}
END_TEST

/* The class bank is swept as well: entries 255 windows old are made fresh, younger ones are not. */
START_TEST(test_sweep_class)
{
	uint32_t word[8];

	SEND(10 * WINDOW_US);
	SEND(12 * WINDOW_US);
	for (unsigned late = 0; late < 2; late++) {
		weir_model_time(send_model, (uint64_t)(12 + 254 + late) * WINDOW_US);
		for (uint32_t i = 0; i < 512; i++)
			weir_model_sweep(send_model, i);
		setup_read(send_model, WEIR_REG_CLASS_BANK(17), word);
		ck_assert_uint_eq(WEIR_FIELD_GET(word, WEIR_REG_CLASS_BANK_COUNT), !late);
		ck_assert_uint_eq(WEIR_FIELD_GET(word, WEIR_REG_CLASS_BANK_WIN), late ? 267 : 12);
	}
}
END_TEST

/* Which tables a frame looks into. */
START_TEST(test_lookups)
{
	struct weir_meter_cfg c = { .action = WEIR_METER_declare, .pkt_cost = 1 << 20, .hold = 1 };
	static const struct {
		struct send s;
		uint16_t trips;
	} rows[] = {
		{ { .dport = 53 }, 0x7f },
		{ { .dport = 53, .tcp = 0x10 }, 0x3f },
		{ { .dport = 53, .dir = 1 }, 0 },
	};

	for (unsigned i = 0; i < 128; i++)
		setup_meter(send_model, i, &c);
	SEND(1, .src = 1, .sport = 1);
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct send s = rows[i].s;

		s.src = (uint8_t)(10 + i);
		s.dst = (uint16_t)(0x300 + 256 * i);
		s.sport = (uint16_t)(2000 + i);
		send_packet(2, &s);
		ck_assert_uint_eq(send_packet(2, &s).trips, rows[i].trips);
	}
}
END_TEST

/* TCP and UDP ports are different keys; so are protected addresses, but not in one prefix. */
START_TEST(test_keys)
{
	uint8_t target[16];
	uint64_t tag;

	SEND(1, .dport = 53, .dst = 0x0201);
	SEND(2, .dport = 53, .dst = 0x02fe, .tcp = 0x10);
	ck_assert_uint_eq(send_entry(WEIR_TABLE_port, weir_hash_port(&send_hash, 0, 53).tag, NULL).m.count, 1);
	ck_assert_uint_eq(send_entry(WEIR_TABLE_port, weir_hash_port(&send_hash, 1, 53).tag, NULL).m.count, 1);
	send_target(0x0200, target);
	tag = weir_hash_prefix(&send_hash, 0, target).tag;
	ck_assert_uint_eq(send_entry(WEIR_TABLE_prefix, tag, NULL).m.count, 2);
	send_target(0x0201, target);
	tag = weir_hash_address(&send_hash, 0, target).tag;
	ck_assert_uint_eq(send_entry(WEIR_TABLE_address, tag, NULL).m.count, 1);
	ck_assert_uint_eq(send_entry(WEIR_TABLE_address, tag, NULL).m.bcount, 60);
	/* The lengths of prefixes are settings. */
	ck_assert_int_eq(weir_model_write(send_model, WEIR_REG_PREFIX_LEN, 31 | 128 << 8), 0);
	SEND(3, .dst = 0x0203);
	send_target(0x0202, target);
	ck_assert_uint_eq(send_entry(WEIR_TABLE_prefix, weir_hash_prefix(&send_hash, 0, target).tag, NULL).m.count, 1);
	ck_assert_uint_eq(send_entry(WEIR_TABLE_remote, send_remote_key(7).tag, NULL).m.count, 3);
}
END_TEST

START_TEST(test_mask)
{
	static const uint8_t all[16] = { 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255 };
	uint8_t masked[16];
	unsigned bits = 0;

	weir_hash_mask(1, all, (unsigned)_i, masked);
	for (unsigned i = 0; i < 16; i++)
		bits += (unsigned)__builtin_popcount(masked[i]);
	ck_assert_uint_eq(bits, (unsigned)_i);
	ck_assert(_i < 128 ? !(masked[_i / 8] >> (7 - _i % 8) & 1) : 1);
	if (_i <= 32) {
		weir_hash_mask(0, all, (unsigned)_i, masked);
		ck_assert_uint_eq(masked[12], _i >= 8 ? 255 : 0xff00u >> _i & 0xff);
		ck_assert_uint_eq(masked[15], _i == 32 ? 255 : _i > 24 ? 0xff00u >> (_i - 24) & 0xff : 0);
	}
}
END_TEST

Suite *weir_model_table_suite(void)
{
	Suite *s = suite_create("model-table");
	TCase *t = tcase_create("table");

	tcase_add_checked_fixture(t, send_begin, send_end);
	tcase_add_loop_test(t, test_ways, 0, 4);
	tcase_add_test(t, test_victim);
	tcase_add_test(t, test_victim_equal);
	tcase_add_loop_test(t, test_victim_old, 0, 2);
	tcase_add_test(t, test_victim_tripped);
	tcase_add_test(t, test_full_open);
	tcase_add_test(t, test_full_closed);
	tcase_add_test(t, test_expiry);
	tcase_add_test(t, test_expiry_tripped);
	tcase_add_test(t, test_years);
	tcase_add_test(t, test_pinned);
	tcase_add_test(t, test_full_pinned);
	tcase_add_test(t, test_written_age);
	tcase_add_test(t, test_sweep);
	tcase_add_test(t, test_fill);
	tcase_add_test(t, test_sweep_class);
	tcase_add_test(t, test_lookups);
	tcase_add_test(t, test_keys);
	tcase_add_loop_test(t, test_mask, 0, 129);
	suite_add_tcase(s, t);
	return s;
}

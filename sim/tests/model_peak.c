// SPDX-License-Identifier: Apache-2.0
/* Peaks of meters, and the target `peak` (docs/datapath.md 19). Those of state are in model_state_peak.c. */
#include "model_peak.h"

#include "model_rules.h"
#include "model_state.h"
#include "model_test.h"
#include "weir/weir_regs.h"

#define COUNT(a) (int)(sizeof(a) / sizeof((a)[0]))
#define REMOTE 0u
#define PORT_UDP 81u
#define ALL 128u
#define PROTOCOL 176u
#define WORD_1(number) (WEIR_REG_PEAK(number) + 4)

struct peak_value peak_take(unsigned number)
{
	uint32_t word[8];

	setup_read(send_model, WEIR_REG_PEAK(number), word);
	for (unsigned i = 2; i < 8; i++)
		ck_assert_uint_eq(word[i], 0);
	return (struct peak_value){ (unsigned)weir_field_get(word, 0, 18), (unsigned)weir_field_get(word, 18, 46) };
}

void peak_check(unsigned number, unsigned packets, unsigned bytes)
{
	struct peak_value v = peak_take(number);

	ck_assert_msg(v.packets == packets && v.bytes == bytes, "peak %u is %u and %u, not %u and %u", number, v.packets,
		      v.bytes, packets, bytes);
}

static bool has_bytes(unsigned number)
{
	return (number >= 48 && number < 80) || (number >= 128 && number < 192);
}

void peak_take_all(const int *number, struct peak_value want)
{
	for (unsigned i = 0; i < PEAKS; i++) {
		const int *in = number;

		while (*in >= 0 && *in != (int)i)
			in++;
		if (*in < 0)
			peak_check(i, 0, 0);
		else
			peak_check(i, want.packets, has_bytes(i) ? want.bytes : 0);
	}
}

void peak_write(unsigned number, unsigned packets, unsigned bytes)
{
	uint32_t word[8] = { 0 };

	weir_field_put(word, 0, 18, packets);
	weir_field_put(word, 18, 18, bytes);
	setup_entry(send_model, WEIR_REG_PEAK(number), word);
}

/* Each frame three times: the peaks of every configuration that its look-ups use, and no other. */
static const struct {
	enum parse_base base;
	const char *changes;
	unsigned dir;
	int peaks[13];
} kinds[] = {
	/* remote, pair, class, address, prefix, port, udp_source; classes in both directions from 128 and 152; protocol */
	{ U4, "", 0, { 0, 16, 35, 48, 64, 81, 96, 128, 133, 142, 176, -1 } },
	{ U4, "", 1, { 152, 157, 166, -1 } },
	{ U6, "", 0, { 0, 16, 35, 48, 64, 81, 96, 128, 134, 142, 176, -1 } },
	{ U4, "4+0=0035 fix4", 0, { 0, 16, 34, 48, 64, 81, 96, 128, 133, 142, 176, -1 } },
	{ T4, "", 0, { 0, 16, 33, 48, 64, 80, 128, 133, 141, 176, -1 } },
	{ T4, "4+13=12 fix4", 0, { 0, 16, 33, 48, 64, 80, 128, 133, 138, 176, -1 } },
	{ T4, "4+13=02 fix4", 0, { 0, 16, 32, 48, 64, 80, 128, 133, 137, 176, -1 } },
	{ T6, "4+13=14 fix4", 0, { 0, 16, 33, 48, 64, 80, 128, 134, 139, 176, -1 } },
	{ T4, "4+13=11 fix4", 1, { 152, 157, 164, -1 } },
	{ T4, "4+20=47455420 fix4", 0, { 0, 16, 33, 48, 64, 80, 128, 133, 141, 145, 176, -1 } },
	{ T4, "4+20=504f535420 fix4", 1, { 152, 157, 165, 170, -1 } },
	{ T4, "4+20=5055542020 fix4", 0, { 0, 16, 33, 48, 64, 80, 128, 133, 141, 147, 176, -1 } },
	{ I4, "", 0, { 0, 16, 36, 48, 64, 82, 128, 133, 143, 176, -1 } },
	{ I6, "", 0, { 0, 16, 36, 48, 64, 83, 128, 134, 143, 176, -1 } },
	{ R4, "o=01010101 n=fd p=00", 0, { 0, 16, 38, 48, 64, 128, 133, 136, 144, 176, -1 } },
	{ U4, "3+6=2000 fix3", 0, { 0, 16, 37, 48, 64, 81, 96, 128, 133, 135, 142, 176, -1 } },
	{ U4, "@0=ffffffffffff", 0, { 0, 16, 35, 48, 64, 81, 96, 128, 129, 133, 142, 176, -1 } },
	{ ETH, "@0=0180c2000011", 0, { 128, 130, 132, -1 } },
	{ ETH, "", 1, { 152, 156, -1 } },
	/* Exempt: counts in the class bank alone. */
	{ ARP, "", 0, { 128, 131, -1 } },
	{ I6, "4+0=87 3+7=ff fix4", 0, { 128, 134, 143, 176, -1 } },
	/* Link control is consumed. */
	{ ETH, "@0=0180c2000001", 0, { -1 } },
};

START_TEST(kind)
{
	struct weir_record r = { 0 };
	int peaks[14];

	for (unsigned i = 0; i < 14; i++)
		peaks[i] = i < 13 ? kinds[_i].peaks[i] : -1;
	for (unsigned i = 0; i < 3; i++)
		r = rules_frame(1000, kinds[_i].base, kinds[_i].changes, kinds[_i].dir);
	peak_take_all(peaks, (struct peak_value){ 3, 3 * r.len / 64 });
}
END_TEST

/* TCP of a known connection has a configuration of its own, in table `class`. */
START_TEST(known)
{
	state_begin();
	state_cfg.mode = WEIR_CONNECTION_on;
	state_configure();
	TCP(1000, .dir = 1, .flags = SYN | ACK, .seq = 4999, .ack = 1000);
	ck_assert_uint_eq(TCP(1000, .flags = ACK, .seq = 1000, .ack = 5000).tclass, WEIR_TCLASS_tcp_known);
	peak_check(39, 1, 0);
	peak_check(33, 0, 0);
	send_end();
}
END_TEST

/* The largest of all keys, not their sum. */
START_TEST(keys)
{
	for (unsigned i = 0; i < 9; i++)
		SEND(1000, .src = (uint8_t)(1 + (i > 3)));
	peak_check(REMOTE, 5, 0);
	peak_check(48, 9, 9 * 60 / 64);
}
END_TEST

/* The largest of all windows; packets and bytes need not be of the same one. */
START_TEST(windows)
{
	for (unsigned i = 0; i < 5; i++)
		SEND(0);
	for (unsigned i = 0; i < 2; i++)
		SEND(WINDOW_US, .payload = 1000);
	SEND(3 * WINDOW_US);
	peak_check(ALL, 5, 2 * 1042 / 64);
	SEND(3 * WINDOW_US);
	peak_check(ALL, 2, 120 / 64);
}
END_TEST

/* Bytes are rounded down after they were added up. */
START_TEST(rounding)
{
	static const struct { unsigned payload, times, bytes; } rows[] = {
		{ 18, 1, 0 }, { 21, 1, 0 }, { 22, 1, 1 }, { 18, 16, 15 }, { 85, 1, 1 }, { 86, 1, 2 }, { 1458, 2, 46 },
	};

	for (unsigned row = 0; row < 7; row++) {
		for (unsigned i = 0; i < rows[row].times; i++)
			SEND((uint64_t)row * WINDOW_US, .payload = (uint16_t)rows[row].payload);
		peak_check(48, rows[row].times, rows[row].bytes);
		peak_check(ALL, rows[row].times, rows[row].bytes);
	}
}
END_TEST

/* A pinned entry has its peak with the configuration that it uses. */
START_TEST(override)
{
	static const unsigned tables[] = { WEIR_TABLE_remote, WEIR_TABLE_address };
	uint8_t target[16];
	struct weir_hash_key key[2] = { send_remote_key(7) };

	send_target(0x020a, target);
	key[1] = weir_hash_address(&send_hash, 0, target);
	for (unsigned i = 0; i < 2; i++) {
		uint32_t sets = 1u << weir_table_info(tables[i])->sets_log2;

		setup_pin(send_model, tables[i], 4 * (key[i].index % sets) + 2, key[i].tag, (unsigned)_i);
	}
	SEND(1000, .payload = 1000);
	SEND(1000, .payload = 1000);
	SEND(1000, .src = 8, .dst = 0x0301);
	peak_check(8 + (unsigned)_i, 2, 0);
	peak_check(REMOTE, 1, 0);
	peak_check(48 + 8 + (unsigned)_i, 2, 2 * 1042 / 64);
	peak_check(48, 1, 0);
}
END_TEST

/* So does a protocol; a class has no override. */
START_TEST(override_class)
{
	uint32_t word[8] = { 0 };

	WEIR_FIELD_PUT(word, WEIR_REG_CLASS_BANK_CFG, (unsigned)_i);
	setup_entry(send_model, WEIR_REG_CLASS_BANK(17), word);
	setup_entry(send_model, WEIR_REG_CLASS_BANK(256), word);
	SEND(1000, .payload = 100);
	SEND(1000, .tcp = ACK);
	peak_check(PROTOCOL + (unsigned)_i, 1, 2);
	peak_check(PROTOCOL, 1, 0);
	peak_check(ALL, 2, (142 + 60) / 64);
	peak_check(ALL + (unsigned)_i, _i == WEIR_CLASS_ipv4 ? 2 : 0, _i == WEIR_CLASS_ipv4 ? 3 : 0);
}
END_TEST

/* What was dropped before counts where its key is known; and makes no key known. */
START_TEST(dropped)
{
	static const int first[] = { 128, 133, 142, 176, -1 };
	static const int both[] = { 0, 16, 35, 48, 64, 81, 96, 128, 133, 142, 176, -1 };

	ck_assert_uint_eq(SEND(1000, .ttl0 = 1).verdict, WEIR_VERDICT_drop);
	peak_take_all(first, (struct peak_value){ 1, 0 });
	SEND(70000);
	for (unsigned i = 0; i < 4; i++)
		SEND(70000, .ttl0 = 1);
	peak_take_all(both, (struct peak_value){ 5, 5 * 60 / 64 });
}
END_TEST

/* A meter's own drops count, too, and those of one tier for all of them. */
START_TEST(dropped_by_meters)
{
	static const int all[] = { 0, 16, 35, 48, 64, 81, 96, 128, 133, 142, 176, -1 };
	static const unsigned meters[] = { REMOTE, 35, 48, ALL, PROTOCOL };
	struct weir_meter_cfg c = setup_rate(WEIR_METER_limit, 60000, 1, 9);

	c.effect = _i >= 5;
	setup_meter(send_model, meters[_i % 5], &c);
	SEND(1000);
	for (unsigned i = 0; i < 6; i++)
		ck_assert_uint_eq(SEND(1000).verdict, _i >= 5 ? WEIR_VERDICT_demote : WEIR_VERDICT_drop);
	peak_take_all(all, (struct peak_value){ 7, 7 * 60 / 64 });
}
END_TEST

/* No room in a table: no update of it, fail-closed or not. */
START_TEST(full)
{
	static const int others[] = { 0, 16, 35, 48, 64, 96, 128, 133, 142, 176, -1 };
	struct weir_hash_key key = weir_hash_port(&send_hash, 1, 7777);
	struct weir_table_cfg c = { .timeout = 128, .fail_closed = (uint8_t)_i };

	setup_table(send_model, WEIR_TABLE_port, &c);
	for (unsigned way = 0; way < 4; way++)
		setup_pin(send_model, WEIR_TABLE_port, 4 * (key.index % 128) + way, key.tag ^ 0x1000 << way, 1);
	ck_assert_uint_eq(SEND(1000).verdict, _i ? WEIR_VERDICT_drop : WEIR_VERDICT_pass);
	ck_assert_uint_eq(SEND(1000).verdict, _i ? WEIR_VERDICT_drop : WEIR_VERDICT_pass);
	peak_take_all(others, (struct peak_value){ 2, 120 / 64 });
}
END_TEST

/* Allowed frames are in the class bank alone; blocked ones are like dropped ones; of limited ones the limit has the peak. */
START_TEST(rules)
{
	static const int bank[] = { 128, 133, 142, 176, -1 };
	static const int limited[] = { 0, 16 + 8 + 6, 35, 48, 64, 81, 96, 128, 133, 142, 176, -1 };

	rules_all((unsigned)_i);
	rules_cfg(0, 1, 0);
	setup_pin(send_model, WEIR_TABLE_pair, 3, UINT64_C(1) << 39, 6);
	SEND(1000);
	SEND(1000);
	peak_take_all(_i == WEIR_RULE_limit ? limited : bank, (struct peak_value){ 2, 120 / 64 });
}
END_TEST

/* In bypass nothing is looked up. */
START_TEST(bypass)
{
	setup_bypass(send_model, 1);
	SEND(1000);
	peak_take_all((const int[]){ -1 }, (struct peak_value){ 0 });
}
END_TEST

/* A read gives and clears; the next frame brings the count of its window back. */
START_TEST(read_clears)
{
	uint32_t value;

	for (unsigned i = 0; i < 4; i++)
		SEND(1000, .payload = 1000);
	peak_check(ALL, 4, 4 * 1042 / 64);
	peak_check(ALL, 0, 0);
	peak_check(REMOTE, 4, 0);
	SEND(2000, .payload = 1000);
	/* Of word 1 alone: it comes from the buffer, nothing is read. */
	ck_assert_int_eq(weir_model_read(send_model, WORD_1(ALL), &value), 0);
	peak_check(ALL, 5, 5 * 1042 / 64);
	peak_check(REMOTE, 5, 0);
	peak_check(REMOTE, 0, 0);
}
END_TEST

/* A write sets, up or down; each entry is its own, and has 36 bits. */
START_TEST(write_sets)
{
	uint32_t word[8];

	for (unsigned i = 0; i < PEAKS; i++)
		peak_write(i, 1000 + i, i < 192 ? 0x3ffff - i : 0);
	for (unsigned i = 0; i < PEAKS; i++)
		peak_check(i, 1000 + i, i < 192 ? 0x3ffff - i : 0);
	for (unsigned i = 0; i < 8; i++)
		word[i] = 0xffffffff;
	setup_entry(send_model, WEIR_REG_PEAK(ALL), word);
	peak_check(ALL, 0x3ffff, 0x3ffff);
	for (unsigned i = 0; i < 4; i++)
		SEND(1000);
	peak_write(ALL, 5, 1);
	SEND(1000);
	peak_check(ALL, 5, 5 * 60 / 64);
	peak_write(ALL, 7, 9);
	SEND(1000);
	peak_check(ALL, 7, 9);
}
END_TEST

/* The measured values saturate (6.2), and so do the peaks. */
START_TEST(saturation)
{
	uint32_t word[8] = { 0 };

	WEIR_FIELD_PUT(word, WEIR_REG_CLASS_BANK_COUNT, 0x3fffe);
	WEIR_FIELD_PUT(word, WEIR_REG_CLASS_BANK_BCOUNT, 0xfffff0);
	setup_entry(send_model, WEIR_REG_CLASS_BANK(256), word);
	SEND(1000);
	SEND(1000);
	peak_check(ALL, 0x3ffff, 0x3ffff);
}
END_TEST

/* CTRL.clear clears; the end of CTRL.run alone does not, nor does a sweep. */
START_TEST(clear)
{
	peak_write(196, 9, 0);
	SEND(1000);
	weir_model_time(send_model, 9000 * UINT64_C(1000000));
	for (uint32_t i = 0; i < 1024; i++)
		weir_model_sweep(send_model, i);
	ck_assert_int_eq(weir_model_write(send_model, WEIR_REG_CTRL, 0), 0);
	peak_check(ALL, 1, 0);
	SEND(1000);
	ck_assert_int_eq(weir_model_write(send_model, WEIR_REG_CTRL, WEIR_REG_CTRL_CLEAR_MASK), 0);
	peak_take_all((const int[]){ -1 }, (struct peak_value){ 0 });
}
END_TEST

/* There are 197. */
START_TEST(holes)
{
	uint32_t value = 7;

	ck_assert_uint_eq(WEIR_REG_PEAK_COUNT, PEAKS);
	ck_assert_int_eq(weir_model_read(send_model, WEIR_REG_PEAK(196), &value), 0);
	ck_assert_int_lt(weir_model_read(send_model, WEIR_REG_PEAK(197), &value), 0);
	ck_assert_int_lt(weir_model_write(send_model, WEIR_REG_PEAK(197) + 28, 1), 0);
	ck_assert_int_eq(weir_model_read(send_model, WEIR_REG_STATUS, &value), 0);
	ck_assert(value & WEIR_REG_STATUS_BAD_ENTRY_MASK);
}
END_TEST

Suite *weir_model_peak_suite(void)
{
	Suite *s = suite_create("model-peak");
	TCase *t = tcase_create("meters"), *state = tcase_create("known");

	suite_add_tcase(s, t);
	tcase_add_checked_fixture(t, send_begin, send_end);
	tcase_add_loop_test(t, kind, 0, COUNT(kinds));
	tcase_add_test(t, keys);
	tcase_add_test(t, windows);
	tcase_add_test(t, rounding);
	tcase_add_loop_test(t, override, 1, 8);
	tcase_add_loop_test(t, override_class, 1, 8);
	tcase_add_test(t, dropped);
	tcase_add_loop_test(t, dropped_by_meters, 0, 10);
	tcase_add_loop_test(t, full, 0, 2);
	tcase_add_loop_test(t, rules, 0, 4);
	tcase_add_test(t, bypass);
	tcase_add_test(t, read_clears);
	tcase_add_test(t, write_sets);
	tcase_add_test(t, saturation);
	tcase_add_test(t, clear);
	tcase_add_test(t, holes);
	suite_add_tcase(s, state);
	tcase_add_test(state, known);
	return s;
}

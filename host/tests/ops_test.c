// SPDX-License-Identifier: Apache-2.0
/* Status, meters, alarms: over the model and the native firmware, and with answers that make no sense. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fake_dev.h"
#include "host/common/lists.h"
#include "host/policy/compile.h"
#include "host/tests/check_run.h"
#include "sim/common/packet_build.h"
#include "weir/weir.h"
#include "weir/weir_regs.h"

enum { Second = 1000000, RowsMost = 600 };

static struct weir_dev *dev;
static struct weir_policy policy;

static void load(const char *text)
{
	char detail[WEIR_POLICY_DETAIL];
	struct weir_writes w;
	FILE *f = fmemopen((void *)(uintptr_t)text, strlen(text), "r");

	weir_policy_default(&policy);
	ck_assert_msg(!weir_policy_load(f, "test", &policy, detail), "%s", detail);
	fclose(f);
	ck_assert_msg(!weir_policy_compile(&policy, 1, "test", &w, detail), "%s", detail);
	for (size_t i = 0; i < w.n; i++)
		weir_model_write(fake_model(dev), w.write[i].addr, w.write[i].value);
	weir_writes_done(&w);
	fake_time(dev, 2 * Second);
}

static void setup(void)
{
	dev = fake_new("sim:test");
}

static void teardown(void)
{
	weir_dev_close(dev);
}

/* n frames of UDP from an address, all in a moment. */
static void udp(const char *from, const char *to, unsigned n, unsigned *ret_dropped)
{
	static const uint8_t mac[2][6] = { { 2, 0, 0, 0, 0, 1 }, { 2, 0, 0, 0, 0, 2 } };
	struct weir_addr src, dst;
	uint8_t buf[200];
	struct weir_pkt p;

	ck_assert(!weir_addr_parse(from, &src) && !weir_addr_parse(to, &dst));
	weir_pkt_init(&p, buf, sizeof(buf));
	weir_pkt_eth(&p, mac[0], mac[1]);
	weir_pkt_ip(&p, &(struct weir_ip_spec){ .src = src, .dst = dst, .ttl = 64 });
	weir_pkt_udp(&p, 40000, 7);
	weir_pkt_bytes(&p, "0123456789abcdefghij", 20);
	ck_assert(!weir_pkt_end(&p));
	for (unsigned i = 0; i < n; i++) {
		struct weir_record r;

		ck_assert(fake_frame(dev, p.buf, (uint32_t)p.len, 0, &r));
		if (ret_dropped)
			*ret_dropped += r.verdict == WEIR_VERDICT_drop;
	}
}

START_TEST(test_health)
{
	const uint32_t one = 1;
	struct weir_health h;

	ck_assert(!weir_health(dev, &h));
	ck_assert(!h.running && h.ready && h.cpu_runs && h.firmware && !h.bypass);
	ck_assert_uint_eq(h.firmware_mode, WEIR_MODE_PREVENTION);
	ck_assert_uint_eq(h.series, 0);
	load("weir_policy: 1\nbypass: true\n");
	ck_assert(!weir_health(dev, &h));
	ck_assert(h.running && h.bypass && !h.write_refused && !h.bad_entry);
	ck_assert_uint_gt(h.series, 10);
	ck_assert_uint_gt(h.now_us, 1600000000000000u);
	/* A register that cannot be written now, an entry that is none; both stay until they are cleared. */
	ck_assert(!weir_write(dev, WEIR_REG_MAX_FRAME, 1, &one));
	ck_assert(!weir_write(dev, WEIR_REG_PEAK(WEIR_REG_PEAK_COUNT), 1, &one));
	ck_assert(!weir_health(dev, &h) && h.write_refused && h.bad_entry);
	ck_assert(!weir_health(dev, &h) && h.write_refused && h.bad_entry);
	ck_assert(!weir_health_clear(dev));
	ck_assert(!weir_health(dev, &h) && !h.write_refused && !h.bad_entry);
	fake_hang(dev, true);
	ck_assert(!weir_health(dev, &h));
	ck_assert(h.running && !h.firmware && !h.series && !h.firmware_mode);
}
END_TEST

START_TEST(test_stats)
{
	struct weir_stats s;

	load("weir_policy: 1\n");
	udp("198.51.100.7", "192.0.2.10", 3, NULL);
	udp("198.51.100.8", "192.0.2.11", 2, NULL);
	ck_assert(!weir_stats(dev, &s));
	ck_assert_uint_eq(s.side[0].taken, 5);
	ck_assert_uint_eq(s.side[1].taken, 0);
	ck_assert_uint_eq(s.table[WEIR_TABLE_remote].entries, 1024);
	ck_assert_uint_eq(s.table[WEIR_TABLE_remote].used, 2);
	ck_assert_uint_eq(s.table[WEIR_TABLE_udp_source].used, 1);
	ck_assert_uint_eq(s.state[WEIR_STATE_client].entries, 256);
	ck_assert_uint_eq(s.state[WEIR_STATE_connection].used, 0);
}
END_TEST

static const struct weir_counter *counter(const struct weir_counter *c, size_t n, enum weir_counter_kind kind, unsigned number, unsigned side)
{
	for (size_t i = 0; i < n; i++)
		if (c[i].kind == kind && c[i].number == number && c[i].side == side)
			return &c[i];
	return NULL;
}

START_TEST(test_counters)
{
	static struct weir_counter c[RowsMost];
	size_t n, all, none;

	load("weir_policy: 1\n");
	ck_assert(!weir_counters(dev, false, c, RowsMost, &n));
	ck_assert_uint_eq(n, 0);
	udp("198.51.100.7", "192.0.2.10", 3, NULL);
	udp("198.51.100.7", "198.51.100.7", 2, NULL);   /* ip_land */
	ck_assert(!weir_counters(dev, false, c, RowsMost, &n));
	ck_assert_uint_eq(counter(c, n, WEIR_COUNT_REASON, WEIR_REASON_pass, 2)->count, 3);
	ck_assert_uint_eq(counter(c, n, WEIR_COUNT_REASON, WEIR_REASON_anomaly_0 + WEIR_ANOMALY_ip_land, 2)->count, 2);
	ck_assert_str_eq(counter(c, n, WEIR_COUNT_REASON, WEIR_REASON_anomaly_0 + WEIR_ANOMALY_ip_land, 2)->name, "ip_land");
	ck_assert_uint_eq(counter(c, n, WEIR_COUNT_ANOMALY, WEIR_ANOMALY_ip_land, 2)->count, 2);
	ck_assert_uint_eq(counter(c, n, WEIR_COUNT_CLASS, WEIR_CLASS_udp, 0)->count, 5);
	ck_assert_ptr_null(counter(c, n, WEIR_COUNT_CLASS, WEIR_CLASS_udp, 1));
	ck_assert_uint_eq(n, 6);   /* and the classes all, ipv4 */
	/* Every one has a name and a help; fewer places than rows; the count alone. */
	ck_assert(!weir_counters(dev, true, c, RowsMost, &all));
	ck_assert_uint_gt(all, 300);
	for (size_t i = 0; i < all; i++)
		ck_assert(c[i].name[0] && c[i].help[0] && strcmp(weir_counter_kind_name(c[i].kind), "unknown"));
	ck_assert(!weir_counters(dev, true, NULL, 0, &none));
	ck_assert_uint_eq(none, all);
	c[4].name = NULL;
	ck_assert(!weir_counters(dev, true, c, 4, &none));
	ck_assert(none == all && !c[4].name);
	ck_assert_str_eq(weir_counter_kind_name(99), "unknown");
}
END_TEST

/* Counters of hardware, beyond 32 bits. */
START_TEST(test_counter_wide)
{
	static struct weir_counter c[RowsMost];
	const uint32_t word[8] = { 0x9abcdef0, 0xf };
	size_t n;

	load("weir_policy: 1\n");
	ck_assert(!weir_write(dev, WEIR_REG_COUNTER0(256 + WEIR_REASON_source_score), 8, word));
	ck_assert(!weir_counters(dev, false, c, RowsMost, &n));
	ck_assert_uint_eq(n, 1);
	ck_assert(c[0].kind == WEIR_COUNT_REASON_DRY && c[0].number == WEIR_REASON_source_score && c[0].count == 0xf9abcdef0);
}
END_TEST

START_TEST(test_names)
{
	static const struct {
		unsigned number;
		const char *name;
	} rows[] = {
		{ 0, "remote" }, { 16, "pair" }, { 32, "class.syn" }, { 39, "class.tcp_known" }, { 48, "address" }, { 48 + 256, "address.bytes" },
		{ 80, "port.tcp" }, { 83, "port.icmpv6" }, { 9, "remote.override1" }, { 31, "pair.override7" }, { 128, "inbound.all" },
		{ 142, "inbound.udp" }, { 152 + 13, "outbound.tcp" }, { 176, "protocol" }, { 177, "protocol.override1" },
		{ 176 + 256, "protocol.bytes" }, { 193, "syn_total" }, { 196, "opened" },
		{ 1, "series-1" }, { 84, "series-84" }, { 197, "series-197" }, { 193 + 256, "series-449" }, { 512, "series-512" },
		{ 128 + 20, "series-148" }, { 0xfff, "series-4095" }, { 119, "series-119" }, { 191, "series-191" },
	};
	char name[WEIR_SERIES_NAME];
	unsigned number = 7;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool known = strncmp(rows[i].name, "series-", 7);

		ck_assert_str_eq(weir_series_name(rows[i].number, name), rows[i].name);
		ck_assert_int_eq(weir_series_find(rows[i].name, &number), known ? 0 : WEIR_EUNKNOWN);
		if (known)
			ck_assert_uint_eq(number, rows[i].number);
	}
	ck_assert_int_eq(weir_series_find("", &number), WEIR_EUNKNOWN);
	ck_assert_int_eq(weir_series_find("class", &number), WEIR_EUNKNOWN);
}
END_TEST

START_TEST(test_series)
{
	struct weir_series s[64], one;
	unsigned syn, number;
	struct weir_health h;
	size_t n;

	ck_assert(!weir_series_list(dev, s, 64, &n));
	ck_assert_uint_eq(n, 0);
	load("weir_policy: 1\n");
	ck_assert(!weir_health(dev, &h));
	ck_assert(!weir_series_list(dev, s, 64, &n));
	ck_assert_uint_eq(n, h.series);
	for (size_t i = 0; i + 1 < n; i++)
		ck_assert_uint_lt(s[i].number, s[i + 1].number);
	ck_assert(!weir_series_find("class.syn", &syn) && !weir_series_get(dev, syn, &one));
	ck_assert_uint_eq(one.threshold, 328);
	ck_assert_uint_eq(one.ceiling, 328);
	ck_assert(!one.bytes && !one.learned && !one.alarm);
	ck_assert(!weir_series_find("address.bytes", &number) && !weir_series_get(dev, number, &one) && one.bytes);
	/* Fewer places. */
	memset(&s[2], 0xee, sizeof(s[2]));
	ck_assert(!weir_series_list(dev, s, 2, &n));
	ck_assert(n == h.series && s[2].number == 0xeeee);
	/* Not in use; none at all. */
	ck_assert(!weir_series_find("class.override1", &number));
	ck_assert_int_eq(weir_series_get(dev, number, &one), WEIR_EUNKNOWN);
	ck_assert_int_eq(weir_series_get(dev, 500, &one), WEIR_EUNKNOWN);
	/* Pinned by bounds. */
	ck_assert(!weir_series_bounds(dev, syn, 100, 100));
	fake_time(dev, 2 * Second);
	ck_assert(!weir_series_get(dev, syn, &one));
	ck_assert(one.floor == 100 && one.ceiling == 100);
	ck_assert_int_eq(weir_series_bounds(dev, syn, 101, 100), -ERANGE);
	ck_assert_ptr_nonnull(strstr(weir_dev_detail(dev), "class.syn"));
	ck_assert_int_eq(weir_series_bounds(dev, syn, 1u << 18, 0), -ERANGE);
	ck_assert_int_eq(weir_series_bounds(dev, 500, 1, 2), WEIR_EUNKNOWN);
	ck_assert_int_eq(weir_series_bounds(dev, number, 1, 2), WEIR_EUNKNOWN);   /* overrides are not learned */
	ck_assert(!weir_series_find("inbound.udp", &number));
	ck_assert_int_eq(weir_series_bounds(dev, number, 1, 2), WEIR_EUNKNOWN);
	ck_assert_ptr_nonnull(strstr(weir_dev_detail(dev), "not in use"));
	ck_assert(!weir_series_get(dev, syn, &one) && one.floor == 100 && one.ceiling == 100);
}
END_TEST

/* Many at once: as one at a time does it, whatever the firmware knows; and one that is wrong. */
START_TEST(test_bounds_set)
{
	static const unsigned older[] = { 0, 15 };
	struct weir_series s[64], one;
	struct weir_bounds b[50];
	struct weir_health h;
	uint64_t requests;
	unsigned unused;
	size_t n, done = 77;

	load("weir_policy: 1\n");
	ck_assert(!weir_health(dev, &h) && !weir_series_list(dev, s, 64, &n) && n > 15);
	ck_assert(!weir_series_find("inbound.udp", &unused));
	ck_assert(!weir_series_bounds_set(dev, NULL, 0, &done) && !done);
	for (unsigned k = 0; k < 2; k++) {
		bool old = older[k];

		fake_older(dev, older[k]);
		for (size_t i = 0; i < n; i++)
			b[i] = (struct weir_bounds){ s[i].number, (uint32_t)(20 + k + i), (uint32_t)(200 + k + i) };
		requests = fake_requests(dev);
		ck_assert(!weir_series_bounds_set(dev, b, n, &done) && done == n);
		ck_assert_uint_eq(fake_requests(dev) - requests, old ? n + 1 : (n + 6) / 7);
		for (size_t i = 0; i < n; i++)
			ck_assert(!weir_series_get(dev, s[i].number, &one) && one.floor == 20 + k + i && one.ceiling == 200 + k + i);
		/* One that the firmware refuses: what is in force is told, and holds; all of its message stays as it was. */
		for (size_t at = 0; at < n; at++) {
			size_t want = old ? at : at / 7 * 7;

			for (size_t i = 0; i < n; i++)
				b[i] = (struct weir_bounds){ s[i].number, (uint32_t)(50 + at), 240 };
			b[at].number = (uint16_t)unused;
			ck_assert_int_eq(weir_series_bounds_set(dev, b, n, &done), WEIR_EUNKNOWN);
			ck_assert_msg(strstr(weir_dev_detail(dev), "inbound.udp is not in use"), "%s", weir_dev_detail(dev));
			ck_assert_msg(done == want, "%zu of %zu in force, %zu wanted", done, at, want);
			for (size_t i = 0; i < n; i++) {
				ck_assert(!weir_series_get(dev, s[i].number, &one));
				ck_assert_msg((one.floor == 50 + at) == (i < want), "at %zu: bound %zu", at, i);
			}
		}
		/* What no firmware would take is found before anything is sent. */
		for (size_t at = 0; at < n; at++) {
			static const struct weir_bounds wrong[] = { { 500, 1, 2 }, { 32, 3, 2 }, { 32, 0, 1u << 18 }, { 32, 1u << 18, 0 } };

			for (size_t w = 0; w < 4; w++) {
				b[at] = wrong[w];
				requests = fake_requests(dev);
				ck_assert_int_eq(weir_series_bounds_set(dev, b, n, &done), w ? -ERANGE : WEIR_EUNKNOWN);
				ck_assert(!done && fake_requests(dev) == requests);
				ck_assert_str_ne(weir_dev_detail(dev), "");
			}
			b[at] = (struct weir_bounds){ s[at].number, 7, 7 };
		}
	}
	fake_older(dev, 0);
	/* More than there are series: the last one of each holds. */
	for (size_t i = 0; i < 50; i++)
		b[i] = (struct weir_bounds){ s[i % 2].number, (uint32_t)(400 + i), (uint32_t)(500 + i) };
	ck_assert(!weir_series_bounds_set(dev, b, 50, &done) && done == 50);
	ck_assert(!weir_series_get(dev, s[0].number, &one) && one.floor == 448);
	ck_assert(!weir_series_get(dev, s[1].number, &one) && one.floor == 449);
	/* An answer that cannot be. */
	fake_answer_to(dev, 16, (const uint32_t[16]){ 16 | 2u << 24, 7, 7 });
	ck_assert_int_eq(weir_series_bounds_set(dev, b, 50, &done), WEIR_EPROTOCOL);
	ck_assert_uint_eq(done, 0);
}
END_TEST

/* The hardware says that another meter is in use than the firmware has read: the list is still the firmware's. */
START_TEST(test_series_unlikely)
{
	const uint32_t none[8] = { 0 };
	struct weir_series s[64];
	struct weir_health h;
	size_t n;

	load("weir_policy: 1\n");
	ck_assert(!weir_health(dev, &h));
	ck_assert(!weir_write(dev, WEIR_REG_METER_CFG(0), 8, none));
	ck_assert(!weir_series_list(dev, s, 64, &n));
	ck_assert(n == h.series && s[0].number == 0);
}
END_TEST

START_TEST(test_params)
{
	const struct weir_param *p;
	uint32_t value;

	ck_assert_ptr_null(weir_param(17));
	ck_assert_ptr_null(weir_param_find("Mode"));
	for (unsigned i = 0; weir_param(i); i++) {
		p = weir_param(i);
		ck_assert_ptr_eq(weir_param_find(p->name), p);
		ck_assert(!weir_param_get(dev, p->number, &value));
		ck_assert_uint_eq(value, p->def);
		ck_assert_int_eq(weir_param_set(dev, p->number, p->most + 1), -ERANGE);
		ck_assert_ptr_nonnull(strstr(weir_dev_detail(dev), p->name));
		ck_assert(!weir_param_set(dev, p->number, p->most));
		ck_assert(!weir_param_get(dev, p->number, &value));
		ck_assert_uint_eq(value, p->most);
	}
	ck_assert_int_eq(weir_param_set(dev, 1, 65), -ERANGE);
	ck_assert_int_eq(weir_param_set(dev, 200, 1), WEIR_EUNKNOWN);
	ck_assert_int_eq(weir_param_get(dev, 200, &value), WEIR_EUNKNOWN);
	fake_hang(dev, true);
	ck_assert_int_eq(weir_param_set(dev, 0, 0), WEIR_EFIRMWARE);
	ck_assert_int_eq(weir_param_get(dev, 0, &value), WEIR_EFIRMWARE);
}
END_TEST

START_TEST(test_learned)
{
	uint32_t words[WEIR_LEARNED_WORDS_MAX], again[WEIR_LEARNED_WORDS_MAX], bad[WEIR_LEARNED_WORDS_MAX];
	struct weir_series s;
	struct weir_health h;
	unsigned number;
	size_t n = 99, m;

	ck_assert_int_eq(weir_learned_export(dev, words, &n), WEIR_EREFUSED);
	ck_assert_uint_eq(n, 99);
	load("weir_policy: 1\nfirmware: {learn_min: 3, season_slots: 5, season_slot_s: 2}\n");
	ck_assert(!weir_param_set(dev, WEIR_FIRMWARE_learn_min, 3) && !weir_param_set(dev, WEIR_FIRMWARE_season_slots, 5) &&
		  !weir_param_set(dev, WEIR_FIRMWARE_season_slot_s, 2));
	for (int i = 0; i < 10; i++) {
		udp("198.51.100.7", "192.0.2.10", 20, NULL);
		fake_time(dev, Second);
	}
	ck_assert(!weir_learned_export(dev, words, &n));
	ck_assert_ptr_null(weir_learned_check(words, n));
	ck_assert_uint_eq(words[4], 5);
	ck_assert(!weir_series_find("class.udp", &number) && !weir_series_get(dev, number, &s));
	ck_assert(s.learned && s.periods >= 10 && s.peak == 20 && s.mean > 1);
	/* Forgotten, and back again. */
	ck_assert(!weir_learned_forget(dev) && !weir_series_get(dev, number, &s));
	ck_assert(!s.learned && !s.periods);
	ck_assert(!weir_learned_import(dev, words, n));
	ck_assert(!weir_series_get(dev, number, &s) && s.learned && s.peak == 20);
	ck_assert(!weir_learned_export(dev, again, &m));
	ck_assert_uint_eq(n, m);
	ck_assert(!memcmp(words, again, n * sizeof(words[0])));
	/* Every word of it damaged: refused here, so the firmware does not even raise an alarm. */
	ck_assert(!weir_health(dev, &h) && !h.alarms_ever);
	for (size_t i = 0; i < n; i++) {
		memcpy(bad, words, sizeof(bad));
		bad[i] ^= 1u << i % 32;
		ck_assert_int_eq(weir_learned_import(dev, bad, n), WEIR_EINPUT);
	}
	ck_assert_int_eq(weir_learned_import(dev, words, n - 1), WEIR_EINPUT);
	ck_assert_int_eq(weir_learned_import(dev, words, 0), WEIR_EINPUT);
	ck_assert_int_eq(weir_learned_import(dev, words, WEIR_LEARNED_WORDS_MAX + 1), WEIR_EINPUT);
	ck_assert(!weir_health(dev, &h) && !h.alarms_ever);
}
END_TEST

/* Sum of a learned state as the firmware makes it: bit by bit, on its own. */
static uint32_t crc(const uint32_t *words, size_t n)
{
	uint32_t c = ~0u;

	for (size_t i = 0; i < 32 * n; i++) {
		uint32_t bit = words[i / 32] >> i % 32 & 1;

		c = (c ^ bit) & 1 ? c >> 1 ^ 0xedb88320u : c >> 1;
	}
	return ~c;
}

/* Right to the eye of the host, wrong to the firmware: refused, and what was learned goes on. */
START_TEST(test_learned_refused)
{
	uint32_t words[WEIR_LEARNED_WORDS_MAX], again[WEIR_LEARNED_WORDS_MAX];
	size_t n, m;

	load("weir_policy: 1\n");
	ck_assert(!weir_learned_export(dev, words, &n));
	words[6 + 5] = words[6];            /* a series twice */
	words[n - 1] = crc(words, n - 1);
	ck_assert_ptr_null(weir_learned_check(words, n));
	ck_assert_int_eq(weir_learned_import(dev, words, n), WEIR_EINPUT);
	fake_time(dev, 10 * Second);
	ck_assert(!weir_learned_export(dev, again, &m) && m == n && again[6 + 5] != again[6]);
}
END_TEST

/* The link fails at any request of an operation: its error comes out, and nothing is set. */
typedef int operation(void);
static int op_health(void) { struct weir_health h; return weir_health(dev, &h); }
static int op_stats(void) { struct weir_stats s; return weir_stats(dev, &s); }
static int op_counters(void) { size_t n; return weir_counters(dev, true, NULL, 0, &n); }
static int op_series(void) { struct weir_series s[40]; size_t n; return weir_series_list(dev, s, 40, &n); }
static int op_bounds(void) { return weir_series_bounds(dev, 32, 50, 60); }
static int op_bounds_set(void)
{
	static const struct weir_bounds bounds[9] = { { 32, 50, 60 }, { 33, 50, 60 }, { 32, 50, 60 }, { 33, 50, 60 }, { 32, 50, 60 }, { 33, 50, 60 },
						      { 32, 50, 60 }, { 33, 50, 60 }, { 32, 50, 60 } };
	size_t done = 77;
	int rc = weir_series_bounds_set(dev, bounds, 9, &done);

	ck_assert(rc ? done == 0 || done == 7 : done == 9);
	return rc;
}
static int op_param(void) { return weir_param_set(dev, 0, 3); }
static int op_export(void) { uint32_t w[WEIR_LEARNED_WORDS_MAX]; size_t n; return weir_learned_export(dev, w, &n); }
static int op_alarms(void) { struct weir_alarm a[32]; size_t n; return weir_alarm_list(dev, a, 32, &n); }
static int op_top(void) { struct weir_top_source t[16]; size_t n; return weir_top_sources(dev, t, 16, &n); }
static int op_why(void) { struct weir_why w[12]; size_t n; return weir_why(dev, NULL, w, 12, &n); }
static operation *const operations[] = { op_health, op_stats, op_counters, op_series, op_bounds, op_bounds_set, op_param, op_export, op_alarms, op_top, op_why };

static void attack(void)
{
	for (int i = 0; i < 4; i++) {
		unsigned dropped = 0;

		udp("198.51.100.66", "192.0.2.10", 8000, &dropped);
		udp("2001:db8::66", "2001:db8::10", 8000, &dropped);
		fake_time(dev, Second);
		ck_assert_uint_gt(dropped, 0);
	}
}

START_TEST(test_faults)
{
	static const int errors[] = { -ETIMEDOUT, -ENODEV, -EIO, WEIR_EPROTOCOL };
	uint64_t requests;

	load("weir_policy: 1\n");
	attack();
	requests = fake_requests(dev);
	ck_assert(!operations[_i]());
	requests = fake_requests(dev) - requests;
	ck_assert_uint_gt(requests, 0);
	for (uint64_t at = 0; at < requests; at++)
		for (size_t e = 0; e < sizeof(errors) / sizeof(errors[0]); e++) {
			fake_fail(dev, at, errors[e], FAKE_NOT_DONE, true);
			ck_assert_int_eq(operations[_i](), errors[e]);
			ck_assert_str_eq(weir_dev_detail(dev), "the link has failed");
			fake_heal(dev);
		}
	ck_assert(!operations[_i]());
}
END_TEST

START_TEST(test_alarms)
{
	struct weir_top_source top[16];
	struct weir_alarm a[32], one;
	char text[64];
	size_t n, m;

	load("weir_policy: 1\n");
	ck_assert(!weir_alarm_list(dev, a, 32, &n));
	ck_assert_uint_eq(n, 0);
	attack();
	ck_assert(!weir_alarm_list(dev, a, 32, &n));
	ck_assert_uint_gt(n, 1);
	for (size_t i = 0; i < n; i++) {
		ck_assert(!i || a[i - 1].number < a[i].number);
		ck_assert(a[i].kind == WEIR_ALARM_KIND_METER && a[i].state == WEIR_ALARM_GOING_ON && a[i].peak > a[i].threshold);
		ck_assert(a[i].start_s > 1600000000 && !a[i].end_s);
	}
	ck_assert(!weir_alarm_list(dev, &one, 1, &m) && m == n);
	ck_assert_uint_eq(one.number, a[n - 1].number);
	ck_assert(!weir_top_sources(dev, top, 16, &n));
	ck_assert_uint_eq(n, 2);
	for (size_t i = 0; i < n; i++) {
		weir_address_format(&top[i].address, text, sizeof(text));
		ck_assert(!strcmp(text, "198.51.100.66") || !strcmp(text, "2001:db8::66"));
		ck_assert_uint_gt(top[i].count, 0);
	}
}
END_TEST

START_TEST(test_alarm_read)
{
	uint32_t w[16] = { [0] = 1 | 3 << 8 | 2 << 10 | 304u << 16, [1] = 7, [2] = 100, [3] = 200, [4] = 10, [5] = 99, [6] = 12, [7] = 1000,
			   [11] = 0xc0000201, [12] = 0x20010db8, [15] = 1 };
	struct weir_alarm a;
	char text[64];

	ck_assert(!weir_alarm_read(w, &a));
	ck_assert(a.kind == WEIR_ALARM_KIND_METER && a.state == WEIR_ALARM_END && a.severity == WEIR_SEVERITY_MAJOR && a.series == 304);
	ck_assert(a.number == 7 && a.start_s == 100 && a.end_s == 200 && a.threshold == 10 && a.peak == 99 && a.last == 12 && a.dropped == 1000);
	ck_assert_str_eq(weir_address_format(&a.key, text, sizeof(text)), "192.0.2.1");
	ck_assert_str_eq(weir_address_format(&a.top_source, text, sizeof(text)), "2001:db8::1");
	ck_assert_str_eq(weir_alarm_kind_name(a.kind), "meter");
	ck_assert_str_eq(weir_alarm_state_name(a.state), "end");
	ck_assert_str_eq(weir_severity_name(a.severity), "major");
	w[0] = 6;
	ck_assert_int_eq(weir_alarm_read(w, &a), WEIR_EPROTOCOL);
	w[0] = 0;
	ck_assert_int_eq(weir_alarm_read(w, &a), WEIR_EPROTOCOL);
	w[0] = 2;
	w[1] = 0;
	ck_assert_int_eq(weir_alarm_read(w, &a), WEIR_EPROTOCOL);
	ck_assert_uint_eq(a.number, 7);
}
END_TEST

START_TEST(test_address)
{
	static const char *const good[] = { "192.0.2.1", "0.0.0.1", "255.255.255.255", "2001:db8::1", "::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" };
	static const char *const bad[] = { "", "192.0.2", "192.0.2.256", "2001:db8:::1", "192.0.2.1/24", " 192.0.2.1", "192.0.2.1 ", "x", ":" };
	struct weir_address a = { 0 };
	char text[46], little[4] = "xyz";

	ck_assert_str_eq(weir_address_format(&a, text, sizeof(text)), "");
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		ck_assert(!weir_address_parse(good[i], &a));
		ck_assert_str_eq(weir_address_format(&a, text, sizeof(text)), good[i]);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_int_eq(weir_address_parse(bad[i], &a), -EINVAL);
	ck_assert_str_eq(weir_address_format(&a, text, sizeof(text)), good[5]);
	ck_assert_str_eq(weir_address_format(&a, little, sizeof(little)), "");
	weir_address_format(&a, little, 0);
}
END_TEST

/* Answers that no firmware gives. */
START_TEST(test_nonsense)
{
	uint32_t hello[16] = { 1, 1, 41 }, piece[16] = { 8, 0, 13 };
	uint32_t words[WEIR_LEARNED_WORDS_MAX];
	struct weir_series s[64];
	size_t n;

	load("weir_policy: 1\n");
	fake_answer_to(dev, 1, hello);
	ck_assert_int_eq(weir_series_list(dev, s, 64, &n), WEIR_EPROTOCOL);
	fake_answer_to(dev, 8, piece);
	ck_assert_int_eq(weir_learned_export(dev, words, &n), WEIR_EPROTOCOL);
	piece[2] = 0;
	fake_answer_to(dev, 8, piece);
	ck_assert_int_eq(weir_learned_export(dev, words, &n), WEIR_EPROTOCOL);
	piece[2] = 3;
	piece[5] = 0xffffffff;
	fake_answer_to(dev, 8, piece);
	ck_assert_int_eq(weir_learned_export(dev, words, &n), WEIR_EPROTOCOL);
	ck_assert(!weir_learned_export(dev, words, &n));
}
END_TEST

START_TEST(test_why)
{
	struct weir_address a;
	struct weir_why w[12];
	size_t n;

	load("weir_policy: 1\n");
	ck_assert(!weir_why(dev, NULL, w, 12, &n));
	ck_assert_uint_eq(n, 0);
	attack();
	ck_assert(!weir_why(dev, NULL, w, 12, &n));
	ck_assert_uint_gt(n, 1);
	ck_assert(!weir_address_parse("198.51.100.66", &a) && !weir_why(dev, &a, w, 12, &n));
	ck_assert_uint_gt(n, 0);
	for (size_t i = 0; i < n; i++) {
		ck_assert(w[i].remote.family == 4 && !memcmp(&w[i].remote, &a, sizeof(a)));
		ck_assert(w[i].verdict == WEIR_VERDICT_drop && w[i].protocol == 17 && w[i].sport == 40000 && w[i].dport == 7);
		ck_assert(w[i].samples > 0 && w[i].time_s > 1600000000);
		ck_assert_str_eq(w[i].verdict_name, "drop");
	}
	ck_assert(!weir_address_parse("2001:db8::66", &a) && !weir_why(dev, &a, w, 12, &n));
	ck_assert(n > 0 && w[0].remote.family == 6);
	ck_assert(!weir_address_parse("203.0.113.1", &a) && !weir_why(dev, &a, w, 12, &n));
	ck_assert_uint_eq(n, 0);
	a.family = 0;
	ck_assert_int_eq(weir_why(dev, &a, w, 12, &n), -EINVAL);
}
END_TEST

int main(void)
{
	enum { Operations = sizeof(operations) / sizeof(operations[0]) };
	Suite *s = suite_create("ops");
	TCase *c = tcase_create("ops");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_set_timeout(c, 120);
	tcase_add_test(c, test_health);
	tcase_add_test(c, test_stats);
	tcase_add_test(c, test_counters);
	tcase_add_test(c, test_counter_wide);
	tcase_add_test(c, test_names);
	tcase_add_test(c, test_series);
	tcase_add_test(c, test_bounds_set);
	tcase_add_test(c, test_series_unlikely);
	tcase_add_test(c, test_params);
	tcase_add_test(c, test_learned);
	tcase_add_test(c, test_learned_refused);
	tcase_add_loop_test(c, test_faults, 0, Operations);
	tcase_add_test(c, test_alarms);
	tcase_add_test(c, test_alarm_read);
	tcase_add_test(c, test_address);
	tcase_add_test(c, test_nonsense);
	tcase_add_test(c, test_why);
	suite_add_tcase(s, c);
	return check_run(s);
}

// SPDX-License-Identifier: Apache-2.0
/* A site: loading policies, what is in force, files, tables, snapshots; over the model and the native firmware. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/common/lists.h"
#include "host/policy/policy.h"
#include "host/libweir/site_priv.h"
#include "host/tests/check_run.h"
#include "ops_site.h"
#include "weir/weir_regs.h"

#define OUT "203.0.113.66"
#define BLOCKING "weir_policy: 1\nrules:\n  list:\n  - {action: block, from: " OUT "}\n"
#define PLAIN "weir_policy: 1\n"
#define SECOND 1000000u

static char file[128];

static void setup(void)
{
	site_setup();
	snprintf(file, sizeof(file), "%s/policy.yaml", folder);
}

static int load(const char *text)
{
	help_write(file, text);
	return weir_policy_apply(site, file);
}

static void load_ok(const char *text)
{
	int rc = load(text);

	ck_assert_msg(!rc, "%d %s", rc, weir_dev_detail(dev));
}

static bool detail_has(const char *text)
{
	return strstr(weir_dev_detail(dev), text) != NULL;
}

/* What the site says of itself: 0, or the error. */
static int state(void)
{
	char *text = NULL;
	int rc = weir_policy_saved(site, &text);

	free(text);
	return rc;
}

START_TEST(test_load)
{
	struct weir_health h;
	struct stat st;
	char *text, name[128];

	ck_assert_int_eq(state(), WEIR_EKEY);
	ck_assert(detail_has("load a policy"));
	ck_assert_int_eq(udp(OUT), -1);
	load_ok(BLOCKING);
	ck_assert_int_eq(udp(OUT), WEIR_VERDICT_drop);
	ck_assert_int_eq(udp("203.0.113.67"), WEIR_VERDICT_pass);
	ck_assert(!weir_health(dev, &h) && h.running && !h.bypass && !h.write_refused && !h.bad_entry);
	ck_assert_uint_gt(h.series, 10);
	ck_assert_uint_eq(h.firmware_mode, WEIR_MODE_PREVENTION);
	ck_assert(!weir_policy_saved(site, &text));
	ck_assert_str_eq(text, BLOCKING);
	free(text);
	snprintf(name, sizeof(name), "%s/%s", folder, weir_site_name);
	ck_assert(!stat(name, &st) && (st.st_mode & 0777) == 0600);
	/* Again, from another process as it were; and no key comes twice. */
	load_ok(PLAIN);
	ck_assert_int_eq(udp(OUT), WEIR_VERDICT_pass);
	ck_assert(!state());
}
END_TEST

START_TEST(test_keys_differ)
{
	struct weir_loaded *a, *b;

	load_ok(PLAIN);
	ck_assert(!weir_site_begin(site, &a));
	weir_site_unlock(site);
	load_ok(PLAIN);
	ck_assert(!weir_site_begin(site, &b));
	weir_site_unlock(site);
	for (unsigned i = 0; i < WEIR_HASH_KEY_WORDS; i++)
		ck_assert_uint_ne(a->keys.hash[i], b->keys.hash[i]);
	ck_assert(memcmp(a->keys.cookie, b->keys.cookie, sizeof(a->keys.cookie)) && memcmp(a->mark, b->mark, sizeof(a->mark)));
	weir_loaded_free(a);
	weir_loaded_free(b);
}
END_TEST

START_TEST(test_refused)
{
	static const struct {
		const char *text;
		int error;
		const char *says;
	} rows[] = {
		{ "", WEIR_EINPUT, "policy.yaml:1:" }, { "weir_policy: 2\n", WEIR_EINPUT, "policy.yaml:1:" },
		{ "weir_policy: 1\nmeters: {class: {sin: {}}}\n", WEIR_EINPUT, "policy.yaml:2:" }, { "weir_policy: 1\n# \xff\n", WEIR_EINPUT, "" },
		{ "weir_policy: 1\noverrides:\n"
		  "- {meter: port, port: tcp/1, packets_per_s: 101}\n- {meter: port, port: tcp/2, packets_per_s: 102}\n"
		  "- {meter: port, port: tcp/3, packets_per_s: 103}\n- {meter: port, port: tcp/4, packets_per_s: 104}\n"
		  "- {meter: port, port: tcp/5, packets_per_s: 105}\n- {meter: port, port: tcp/6, packets_per_s: 106}\n"
		  "- {meter: port, port: tcp/7, packets_per_s: 107}\n- {meter: port, port: tcp/8, packets_per_s: 108}\n",
		  WEIR_EROOM, "policy.yaml:10:" },
	};
	char detail[WEIR_DETAIL];
	uint64_t requests;

	load_ok(BLOCKING);
	requests = fake_requests(dev);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ck_assert_int_eq(load(rows[i].text), rows[i].error);
		ck_assert_msg(detail_has(rows[i].says), "%s", weir_dev_detail(dev));
		ck_assert_int_eq(weir_policy_check_file(file, detail), rows[i].error);
		ck_assert_msg(strstr(detail, rows[i].says) != NULL, "%s", detail);
	}
	ck_assert_int_eq(weir_policy_apply(site, "/nowhere/policy.yaml"), -ENOENT);
	ck_assert(detail_has("/nowhere/policy.yaml"));
	ck_assert_int_eq(weir_policy_apply(site, folder), WEIR_EINPUT);
	ck_assert_uint_eq(fake_requests(dev), requests);
	ck_assert_int_eq(udp(OUT), WEIR_VERDICT_drop);
	ck_assert(!state());
	help_write(file, PLAIN);
	ck_assert(!weir_policy_check_file(file, detail));
	ck_assert_str_eq(detail, "");
}
END_TEST

/* Somebody else loads; it is switched off; somebody changes the rules by hand. */
START_TEST(test_changed)
{
	const uint32_t other[8] = { 3 };
	struct weir_site *second;
	char there[64];

	load_ok(BLOCKING);
	snprintf(there, sizeof(there), "%s", help_folder());
	ck_assert(!weir_site_open(dev, there, &second));
	ck_assert(!weir_policy_apply(second, file));
	ck_assert_int_eq(state(), WEIR_ECHANGED);
	ck_assert(detail_has("load the policy again"));
	ck_assert_int_eq(weir_rules_apply_text(site, PLAIN, "none", NULL), WEIR_ECHANGED);
	ck_assert_int_eq(udp(OUT), WEIR_VERDICT_drop);
	weir_site_close(second);
	help_remove(there);
	load_ok(BLOCKING);
	ck_assert(!state());
	fake_power_cycle(dev);
	ck_assert_int_eq(state(), WEIR_ECHANGED);
	load_ok(BLOCKING);
	ck_assert(!weir_write(dev, WEIR_REG_RULE_CFG, 8, other));
	ck_assert_int_eq(state(), WEIR_ECHANGED);
	load_ok(BLOCKING);
	fake_hang(dev, true);
	ck_assert_int_eq(state(), WEIR_EFIRMWARE);
	fake_hang(dev, false);
	ck_assert(!state());
}
END_TEST

START_TEST(test_busy)
{
	struct weir_site *second;

	load_ok(PLAIN);
	ck_assert(!weir_site_open(dev, folder, &second));
	ck_assert(!weir_site_lock(second));
	ck_assert_int_eq(state(), -EBUSY);
	ck_assert(detail_has(folder));
	weir_site_close(second);
	ck_assert(!state());
}
END_TEST

/* --- What packets do while a policy is loaded --------------------------------------------------------------------- */

static struct {
	unsigned requests, lost, bypassed, old, new, longest, standing;
} seen;

static void look(void *ctx)
{
	struct weir_record r;
	int verdict;

	(void)ctx;
	seen.requests++;
	verdict = help_frame(dev, OUT, IN, HELP_UDP, 40000, 7, 0, &r);
	if (verdict < 0) {
		seen.lost++;
		seen.standing++;
		if (seen.longest < seen.standing)
			seen.longest = seen.standing;
		return;
	}
	seen.standing = 0;
	if (r.reason != WEIR_REASON_bypass) {
		seen.old += verdict == WEIR_VERDICT_drop;
		seen.new += verdict == WEIR_VERDICT_pass;
		return;
	}
	seen.bypassed++;
}

/* From a policy that blocks to one that does not: old verdicts, bypass, new ones. It stands still twice, for a few requests. */
START_TEST(test_meanwhile)
{
	load_ok(BLOCKING);
	memset(&seen, 0, sizeof(seen));
	fake_watch(dev, look, NULL);
	load_ok(_i ? "weir_policy: 1\nfirmware: {fail_closed: 1}\n" : PLAIN);
	fake_watch(dev, NULL, NULL);
	ck_assert_msg(seen.bypassed > 30 && seen.lost < 16 && seen.longest < 11, "%u bypassed, %u lost, %u in a row, of %u", seen.bypassed,
		      seen.lost, seen.longest, seen.requests);
	ck_assert_uint_gt(seen.old, 0);
	ck_assert_uint_lt(seen.new, 8);
	ck_assert_uint_eq(fake_peek(dev, WEIR_REG_MAC), 3 | 3 << 2 | 12 << 8);
	ck_assert_int_eq(udp(OUT), WEIR_VERDICT_pass);
}
END_TEST

static bool closed_leaks;

static void look_closed(void *ctx)
{
	(void)ctx;
	if (fake_peek(dev, WEIR_REG_CTRL) & WEIR_REG_CTRL_RUN_MASK && fake_peek(dev, WEIR_REG_STATUS) & WEIR_REG_STATUS_BYPASS_MASK)
		closed_leaks |= (fake_peek(dev, WEIR_REG_MAC) & WEIR_REG_MAC_RX_ENABLE_MASK) != 0;
}

START_TEST(test_closed)
{
	load_ok(BLOCKING);
	closed_leaks = false;
	fake_watch(dev, look_closed, NULL);
	load_ok("weir_policy: 1\nfirmware: {fail_closed: 1}\n");
	fake_watch(dev, NULL, NULL);
	ck_assert(!closed_leaks);
}
END_TEST

/* In a mode that drops nothing, nothing is dropped on the way there either. */
START_TEST(test_dry_run)
{
	struct weir_health h;
	int dropped = 0;

	load_ok("weir_policy: 1\nmeters: {remote: {packets_per_s: 2, burst_packets: 1}}\nfirmware: {mode: dry_run}\n");
	ck_assert(!weir_health(dev, &h));
	ck_assert_uint_eq(h.firmware_mode, WEIR_MODE_DRY_RUN);
	for (int i = 0; i < 20; i++)
		dropped += udp(OUT) == WEIR_VERDICT_drop;
	ck_assert_int_eq(dropped, 0);
	load_ok("weir_policy: 1\nmeters: {remote: {packets_per_s: 2, burst_packets: 1}}\n");
	for (int i = 0; i < 20; i++)
		dropped += udp(OUT) == WEIR_VERDICT_drop;
	ck_assert_int_ge(dropped, 18);
}
END_TEST

/* The firmware reads every policy anew: other limits, more of them, other dry_run; what it has learned goes on, its parameters change. */
START_TEST(test_firmware)
{
	struct weir_series s;
	unsigned number;
	uint32_t value;

	load_ok("weir_policy: 1\nfirmware: {learn_min: 2, margin: 200}\n");
	ck_assert(!weir_series_find("class.udp", &number));
	for (int i = 0; i < 6; i++) {
		for (int k = 0; k < 30; k++)
			udp("203.0.113.80");
		fake_time(dev, SECOND);
	}
	ck_assert(!weir_series_get(dev, number, &s));
	ck_assert(s.learned && s.peak == 30 && s.periods >= 6);
	ck_assert(!weir_param_get(dev, WEIR_FIRMWARE_margin, &value) && value == 200);
	load_ok("weir_policy: 1\nmeters: {inbound: {udp: {packets_per_s: 3k, action: declare}}}\nfirmware: {learn_min: 2}\n");
	ck_assert(!weir_series_get(dev, number, &s));
	ck_assert_msg(s.learned && s.peak == 30 && s.periods >= 6, "learned %d peak %u periods %u", s.learned, s.peak, s.periods);
	ck_assert(!weir_series_find("inbound.udp", &number) && !weir_series_get(dev, number, &s));
	ck_assert_uint_eq(s.ceiling, 197);
	ck_assert(!weir_param_get(dev, WEIR_FIRMWARE_margin, &value) && value == 150);
	/* The same limits, but one that is gone. */
	load_ok("weir_policy: 1\nfirmware: {learn_min: 2}\n");
	ck_assert_int_eq(weir_series_get(dev, number, &s), WEIR_EUNKNOWN);
	load_ok("weir_policy: 1\nmeters: {inbound: {udp: {packets_per_s: 3k, action: declare}}}\nfirmware: {learn_min: 2}\n");
	ck_assert(!weir_series_get(dev, number, &s));
}
END_TEST

START_TEST(test_adoption)
{
	uint64_t until;
	uint32_t word[8];

	load_ok("weir_policy: 1\nconnections: {adopt_s: 100}\n");
	ck_assert(!weir_read(dev, WEIR_REG_STATE_CFG_CONNECTION, 8, word));
	until = WEIR_FIELD_GET(word, WEIR_REG_STATE_CFG_CONNECTION_ADOPT_UNTIL) << 20;
	ck_assert(until > (1700000000ull + 99) * SECOND && until < (1700000000ull + 105) * SECOND);
}
END_TEST

START_TEST(test_no_firmware)
{
	fake_hang(dev, true);
	ck_assert_int_eq(load(BLOCKING), WEIR_EPARTLY);
	ck_assert(detail_has("firmware"));
	ck_assert_int_eq(udp(OUT), WEIR_VERDICT_drop);
	fake_hang(dev, false);
	/* It knows nothing of it, so that nobody builds on it. */
	ck_assert_int_eq(state(), WEIR_ECHANGED);
	load_ok(BLOCKING);
	ck_assert(!state());
	fake_no_firmware(dev, true);
	ck_assert(!state());
	load_ok(BLOCKING);
	ck_assert(!state());
	ck_assert_int_eq(udp(OUT), WEIR_VERDICT_drop);
}
END_TEST

/* --- Faults ------------------------------------------------------------------------------------------------------- */

/* Load after the link has failed at its n-th request: what is in force afterwards is the old policy or the new one, and the site knows which,
 * or it says that it does not; and loading again repairs everything. */
START_TEST(test_faults)
{
	static const int errors[] = { -ETIMEDOUT, -ENODEV };
	unsigned agreed = 0, changed = 0;
	uint64_t all;
	bool for_good = _i & 1;
	enum fake_fault fault = _i >> 1 & 1 ? FAKE_DONE : FAKE_NOT_DONE;

	load_ok(BLOCKING);
	all = fake_requests(dev);
	load_ok(PLAIN);
	all = fake_requests(dev) - all;
	for (uint64_t n = 0; n < all; n++) {
		int rc, says;
		char *text = NULL;

		load_ok(BLOCKING);
		fake_fail(dev, n, errors[n % 2], fault, for_good);
		rc = load(PLAIN);
		ck_assert_int_eq(rc, errors[n % 2]);
		ck_assert(detail_has("the link has failed"));
		fake_heal(dev);
		says = weir_policy_saved(site, &text);
		ck_assert_msg(!says || says == WEIR_ECHANGED, "request %u: %d", (unsigned)n, says);
		if (!says)
			ck_assert_int_eq(udp(OUT), strcmp(text, PLAIN) ? WEIR_VERDICT_drop : WEIR_VERDICT_pass);
		agreed += !says;
		changed += says == WEIR_ECHANGED;
		free(text);
	}
	ck_assert(agreed > 2 && changed > 10);
	load_ok(PLAIN);
	ck_assert(!state());
}
END_TEST

/* A folder that cannot be written: noticed before anything changes. */
START_TEST(test_disk)
{
	char name[128];

	load_ok(BLOCKING);
	snprintf(name, sizeof(name), "%s/%s", folder, weir_site_next_name);
	ck_assert(!mkdir(name, 0700));
	ck_assert_int_eq(load(PLAIN), -EISDIR);
	ck_assert(detail_has(name));
	ck_assert_int_eq(udp(OUT), WEIR_VERDICT_drop);
	ck_assert(!rmdir(name));
	ck_assert(!state());
	ck_assert_int_eq(weir_site_open(dev, "/proc/weir", &site), -ENOENT);
	ck_assert(detail_has("/proc/weir"));
}
END_TEST

START_TEST(test_folders)
{
	struct weir_site *s;
	char want[256];

	ck_assert(!setenv("WEIR_STATE", folder, 1));
	ck_assert(!weir_site_open(dev, NULL, &s));
	snprintf(want, sizeof(want), "%s/sim%%3A%%2Frun%%2Fweir.sock", folder);
	ck_assert_str_eq(weir_site_folder(s), want);
	weir_site_close(s);
	ck_assert(!unsetenv("WEIR_STATE"));
	snprintf(want, sizeof(want), "%s/sim%%3A%%2Frun%%2Fweir.sock/lock", folder);
	ck_assert(!unlink(want));
	want[strlen(want) - 5] = 0;
	ck_assert(!rmdir(want));
	ck_assert_int_eq(weir_site_open(dev, "", &s), -EINVAL);
}
END_TEST

/* --- Damaged files ------------------------------------------------------------------------------------------------ */

/* Every byte of the file in turn: it is refused, or means the same. */
START_TEST(test_damage)
{
	static const char with[] = { 0, ' ', '0', '"', 'x', '{', '\n', (char)0xff };
	char name[128], *text, *copy;
	unsigned refused = 0;
	size_t n;

	load_ok("weir_policy: 1\nrules:\n  list:\n  - {action: block, from: " OUT "}\n  - {action: limit, to: " IN
		", rate: {packets_per_s: 100}}\n");
	snprintf(name, sizeof(name), "%s/%s", folder, weir_site_name);
	text = help_read(name, &n);
	copy = malloc(n + 1);
	for (size_t i = 0; i < n; i++) {
		for (size_t k = i % 3; k < sizeof(with); k += 3) {
			FILE *f = fopen(name, "w");
			int rc;

			memcpy(copy, text, n);
			copy[i] = with[k];
			ck_assert(f && fwrite(copy, 1, n, f) == n && !fclose(f));
			rc = state();
			ck_assert_msg(rc == WEIR_EINPUT || !rc, "byte %zu: %d", i, rc);
			refused += rc == WEIR_EINPUT;
			/* Between the tokens of JSON blanks change nothing. */
			ck_assert_msg(rc || text[i] == with[k] || strchr(" \n", text[i]) || strchr(" \n", with[k]), "byte %zu, %c to %c", i, text[i], with[k]);
		}
	}
	ck_assert_uint_gt(refused, 2 * n);
	for (size_t cut = 0; cut < n; cut += 7) {
		FILE *f = fopen(name, "w");

		ck_assert(f && fwrite(text, 1, cut, f) == cut && !fclose(f));
		ck_assert_int_eq(state(), WEIR_EINPUT);
		ck_assert(detail_has("load the policy again"));
	}
	load_ok(PLAIN);
	ck_assert(!state());
	free(text);
	free(copy);
}
END_TEST

/* Right by its checksum, but not by what it says. */
START_TEST(test_wrong)
{
	static const struct {
		const char *name, *value;
	} rows[] = {
		{ "weir_site", "2" }, { "mark", "\"00\"" }, { "hash_key", "null" }, { "cookie_keys", "\"zz\"" }, { "policy", "7" }, { "policy", "\"\"" },
		{ "policy", "\"weir_policy: 3\"" }, { "policy", "\"weir_policy: 1\"" }, { "rules", "\"x\"" }, { "loaded_s", "-1" }, { "active_set", "2" },
		{ "active_set", "\"0\"" }, { "clean", "0" }, { "twin", "0" }, { "places", "{}" }, { "places", "[[2080, 0]]" }, { "places", "[[40, 1]]" },
		{ "places", "[[40, 0], [40, 0]]" }, { "places", "[[40, -1]]" }, { "places", "[[40]]" }, { "places", "[7]" }, { "single", "[2048]" },
		{ "single", "[7]" }, { "limits", "[[40, 0, 1]]" }, { "limits", "[[0, 4, 1]]" }, { "limits", "[[0, 0, 8]]" }, { "limits", "[[0, 0, 0]]" },
	};
	char name[128], *text;
	struct weir_policy *p;
	size_t n, refused = 0;

	load_ok(BLOCKING);
	snprintf(name, sizeof(name), "%s/%s", folder, weir_site_name);
	text = help_read(name, &n);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *o = json_loads(text, 0, NULL);
		struct weir_loaded *l;
		int rc;

		ck_assert(!json_object_set_new(o, rows[i].name, json_loads(rows[i].value, JSON_DECODE_ANY, NULL)));
		ck_assert(!weir_json_save(AT_FDCWD, name, o));
		json_decref(o);
		rc = weir_site_begin(site, &l);
		if (!rc) {
			weir_site_unlock(site);
			rc = weir_loaded_policy(dev, l, &p);
			weir_loaded_free(l);
		}
		ck_assert_msg(rc == WEIR_EINPUT, "%s: %s: %d", rows[i].name, rows[i].value, rc);
		ck_assert(detail_has("load the policy again"));
		refused++;
	}
	ck_assert_uint_gt(refused, 20);
	free(text);
}
END_TEST

/* --- Tables ------------------------------------------------------------------------------------------------------- */

/* A whole handshake: the address is legitimate then. */
static void handshake(const char *remote, uint16_t port)
{
	struct weir_record r;

	help_segment(dev, 0, remote, IN, port, 80, 2, 1000, 0, &r);
	help_segment(dev, 1, remote, IN, port, 80, 2 | 16, 5000, 1001, &r);
	help_segment(dev, 0, remote, IN, port, 80, 16, 1001, 5001, &r);
	ck_assert_uint_eq(r.event, WEIR_EVENT_established);
}

static size_t rows_of(enum weir_table_id table, struct weir_table_row *ret, size_t room)
{
	uint32_t from = 0;
	size_t n = 0;

	do {
		size_t more;

		ck_assert(n < room);
		ck_assert(!weir_table_rows(dev, table, from, ret + n, n % 3 + 1 < room - n ? n % 3 + 1 : room - n, &more, &from));
		n += more;
	} while (from);
	return n;
}

START_TEST(test_tables)
{
	static struct weir_table_row row[400];
	struct weir_table_row one;
	struct weir_address a;
	uint32_t next;
	size_t n;

	load_ok("weir_policy: 1\nconnections: {established_s: 30}\noverrides:\n- {meter: remote, remote: 203.0.113.9, packets_per_s: 50}\n");
	for (uint16_t i = 0; i < 40; i++)
		handshake("203.0.113.5", (uint16_t)(20000 + i));
	handshake("203.0.113.6", 20000);
	n = rows_of(WEIR_TABLE_CONNECTION, row, 400);
	ck_assert_uint_eq(n, 41);
	for (size_t i = 0; i < n; i++)
		ck_assert(row[i].state == 4 && !row[i].adopted && !row[i].opener_protected && row[i].age_s < 5 && (!i || row[i - 1].index < row[i].index));
	ck_assert_str_eq(weir_connection_state_name(4), "established");
	ck_assert_uint_eq(rows_of(WEIR_TABLE_LEGIT, row, 400), 2);
	ck_assert_uint_eq(rows_of(WEIR_TABLE_PROVEN, row, 400), 0);
	/* The override is pinned, though it was never heard of. */
	n = rows_of(WEIR_TABLE_REMOTE, row, 400);
	ck_assert_uint_eq(n, 3);
	ck_assert_uint_eq(row[0].pinned + row[1].pinned + row[2].pinned, 1);
	/* By address. */
	ck_assert(!weir_address_parse("203.0.113.5", &a));
	ck_assert(!weir_table_lookup(site, WEIR_TABLE_LEGIT, &a, &one) && one.age_s <= 67);
	ck_assert(!weir_table_lookup(site, WEIR_TABLE_REMOTE, &a, &one));
	ck_assert_uint_eq(one.packets, 80);
	ck_assert_int_eq(weir_table_lookup(site, WEIR_TABLE_PROVEN, &a, &one), -ENOENT);
	ck_assert_int_eq(weir_table_lookup(site, WEIR_TABLE_SOURCE, &a, &one), -ENOENT);
	ck_assert_int_eq(weir_table_lookup(site, WEIR_TABLE_CONNECTION, &a, &one), WEIR_EUNKNOWN);
	ck_assert(!weir_address_parse(IN, &a) && !weir_table_lookup(site, WEIR_TABLE_ADDRESS_METER, &a, &one));
	ck_assert_uint_eq(one.packets, 82);
	ck_assert(!weir_address_parse("2001:db8::1", &a));
	ck_assert_int_eq(weir_table_lookup(site, WEIR_TABLE_LEGIT, &a, &one), -ENOENT);
	a.family = 5;
	ck_assert_int_eq(weir_table_lookup(site, WEIR_TABLE_LEGIT, &a, &one), -EINVAL);
	/* Taken out, the other one not. */
	ck_assert(!weir_address_parse("203.0.113.5", &a) && !weir_legit_delete(site, &a));
	ck_assert_int_eq(weir_legit_delete(site, &a), -ENOENT);
	ck_assert_uint_eq(rows_of(WEIR_TABLE_LEGIT, row, 400), 1);
	ck_assert(!weir_address_parse("203.0.113.6", &a) && !weir_table_lookup(site, WEIR_TABLE_LEGIT, &a, &one));
	/* Expired, and not swept. */
	fake_time(dev, 40ull * SECOND);
	ck_assert_uint_eq(rows_of(WEIR_TABLE_CONNECTION, row, 400), 0);
	ck_assert_uint_eq(rows_of(WEIR_TABLE_REMOTE, row, 400), 1);
	ck_assert_uint_eq(rows_of(WEIR_TABLE_LEGIT, row, 400), 1);
	/* Places and tables that there are not. */
	ck_assert_int_eq(weir_table_rows(dev, WEIR_TABLE_LEGIT, 1024, row, 1, &n, &next), WEIR_EUNKNOWN);
	ck_assert_int_eq(weir_table_rows(dev, (enum weir_table_id)99, 0, row, 1, &n, &next), WEIR_EUNKNOWN);
	ck_assert_int_eq(weir_table_rows(dev, WEIR_TABLE_LEGIT, 0, row, 0, &n, &next), -EINVAL);
	ck_assert_str_eq(weir_table_id_name(WEIR_TABLE_SOURCE), "source");
	ck_assert_str_eq(weir_table_id_name((enum weir_table_id)99), "unknown");
	ck_assert_str_eq(weir_connection_state_name(7), "unknown");
}
END_TEST

/* IPv6, and a source with a score. */
START_TEST(test_lookup_v6)
{
	struct weir_table_row one;
	struct weir_address a;
	int dropped = 0;

	load_ok("weir_policy: 1\nmeters: {remote: {packets_per_s: 2, burst_packets: 1}}\n");
	for (int i = 0; i < 50; i++)
		dropped += help_frame(dev, "2001:db8::5", "2001:db8::10", HELP_UDP, 40000, 7, 0, NULL) == WEIR_VERDICT_drop;
	ck_assert_int_gt(dropped, 30);
	ck_assert(!weir_address_parse("2001:db8::5", &a) && !weir_table_lookup(site, WEIR_TABLE_SOURCE, &a, &one));
	ck_assert_uint_gt(one.score, 20);
	ck_assert(!weir_table_lookup(site, WEIR_TABLE_REMOTE, &a, &one) && one.tripped);
	ck_assert(!weir_address_parse("2001:db8::10", &a) && !weir_table_lookup(site, WEIR_TABLE_ADDRESS_METER, &a, &one));
	ck_assert_uint_eq(one.packets, 50);
}
END_TEST

/* --- Snapshots ---------------------------------------------------------------------------------------------------- */

START_TEST(test_snapshot)
{
	char name[128], *text;
	struct weir_series s;
	unsigned number;
	uint32_t value;

	snprintf(name, sizeof(name), "%s/snapshot", folder);
	ck_assert_int_eq(weir_snapshot_save(site, name), WEIR_EKEY);
	load_ok("weir_policy: 1\nfirmware: {learn_min: 2}\n");
	ck_assert(!weir_rules_apply_text(site, BLOCKING, "rules.yaml", NULL));
	ck_assert(!weir_param_set(dev, WEIR_FIRMWARE_margin, 333));
	for (int i = 0; i < 6; i++) {
		for (int k = 0; k < 30; k++)
			udp("203.0.113.80");
		fake_time(dev, SECOND);
	}
	ck_assert(!weir_snapshot_save(site, name));
	/* Everything else, then back. */
	fake_power_cycle(dev);
	load_ok("weir_policy: 1\nbypass: true\n");
	ck_assert(!weir_snapshot_restore(site, name));
	ck_assert_int_eq(udp(OUT), WEIR_VERDICT_drop);
	ck_assert(!weir_param_get(dev, WEIR_FIRMWARE_margin, &value) && value == 333);
	ck_assert(!weir_series_find("class.udp", &number) && !weir_series_get(dev, number, &s));
	ck_assert(s.learned && s.peak == 30);
	ck_assert(!weir_rules_saved(site, &text));
	ck_assert_ptr_nonnull(strstr(text, OUT));
	free(text);
	/* Keys are not in it. */
	{
		struct weir_loaded *l;
		size_t n;
		json_t *hex;

		ck_assert(!weir_site_begin(site, &l));
		weir_site_unlock(site);
		hex = weir_json_hex(l->keys.hash, sizeof(l->keys.hash));
		text = help_read(name, &n);
		ck_assert_ptr_null(strstr(text, json_string_value(hex)));
		json_decref(hex);
		free(text);
		weir_loaded_free(l);
	}
	ck_assert_int_eq(weir_snapshot_restore(site, "/nowhere"), -ENOENT);
	ck_assert_int_eq(weir_snapshot_restore(site, file), WEIR_EINPUT);
	ck_assert_int_eq(weir_snapshot_save(site, "/nowhere/x"), -ENOENT);
	ck_assert(!state());
}
END_TEST

START_TEST(test_snapshot_wrong)
{
	static const struct {
		const char *name, *value;
		int error;
	} rows[] = {
		{ "weir_snapshot", "2", WEIR_EINPUT }, { "policy", "\"weir_policy: 9\"", WEIR_EINPUT }, { "policy", "null", WEIR_EINPUT },
		{ "rules", "\"weir_policy: 1\\nbypass: true\"", WEIR_EINPUT }, { "rules", "null", WEIR_EINPUT }, { "parameters", "{\"mode\": 4}", WEIR_EINPUT },
		{ "parameters", "{\"speed\": 4}", WEIR_EINPUT }, { "parameters", "[]", WEIR_EINPUT }, { "learned", "[1, 2, 3]", WEIR_EINPUT },
		{ "learned", "[-1]", WEIR_EINPUT }, { "learned", "\"x\"", WEIR_EINPUT }, { "learned", "[]", 0 }, { "parameters", "{}", 0 },
	};
	char name[128], other[128], *text;
	uint64_t requests;
	size_t n;

	snprintf(name, sizeof(name), "%s/snapshot", folder);
	snprintf(other, sizeof(other), "%s/other", folder);
	load_ok(PLAIN);
	ck_assert(!weir_rules_apply_text(site, BLOCKING, "rules.yaml", NULL));
	ck_assert(!weir_snapshot_save(site, name));
	text = help_read(name, &n);
	requests = fake_requests(dev);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *o = json_loads(text, 0, NULL);
		int rc;

		if (!rows[i].error)
			requests = 0;
		ck_assert(!json_object_set_new(o, rows[i].name, json_loads(rows[i].value, JSON_DECODE_ANY, NULL)));
		ck_assert(!weir_json_save(AT_FDCWD, other, o));
		json_decref(o);
		rc = weir_snapshot_restore(site, other);
		ck_assert_msg(rc == rows[i].error, "%s: %s: %d %s", rows[i].name, rows[i].value, rc, weir_dev_detail(dev));
		ck_assert(!requests || requests == fake_requests(dev));
	}
	free(text);
}
END_TEST

/* The firmware goes away behind the policy. */
static void hang_behind(void *ctx)
{
	unsigned *left = ctx;

	if (*left && !--*left)
		fake_hang(dev, true);
}

START_TEST(test_snapshot_partly)
{
	char name[128];
	uint64_t all;
	unsigned left;

	snprintf(name, sizeof(name), "%s/snapshot", folder);
	load_ok(PLAIN);
	ck_assert(!weir_snapshot_save(site, name));
	all = fake_requests(dev);
	load_ok(PLAIN);
	all = fake_requests(dev) - all;
	left = (unsigned)all + 3;
	fake_watch(dev, hang_behind, &left);
	ck_assert_int_eq(weir_snapshot_restore(site, name), WEIR_EPARTLY);
	ck_assert_msg(detail_has("parameters"), "%s", weir_dev_detail(dev));
	fake_watch(dev, NULL, NULL);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("site");
	TCase *c = tcase_create("site");

	tcase_add_checked_fixture(c, setup, site_teardown);
	tcase_set_timeout(c, 300);
	tcase_add_test(c, test_load);
	tcase_add_test(c, test_keys_differ);
	tcase_add_test(c, test_refused);
	tcase_add_test(c, test_changed);
	tcase_add_test(c, test_busy);
	tcase_add_loop_test(c, test_meanwhile, 0, 2);
	tcase_add_test(c, test_closed);
	tcase_add_test(c, test_dry_run);
	tcase_add_test(c, test_firmware);
	tcase_add_test(c, test_adoption);
	tcase_add_test(c, test_no_firmware);
	tcase_add_loop_test(c, test_faults, 0, 4);
	tcase_add_test(c, test_disk);
	tcase_add_test(c, test_folders);
	tcase_add_test(c, test_damage);
	tcase_add_test(c, test_wrong);
	tcase_add_test(c, test_tables);
	tcase_add_test(c, test_lookup_v6);
	tcase_add_test(c, test_snapshot);
	tcase_add_test(c, test_snapshot_wrong);
	tcase_add_test(c, test_snapshot_partly);
	suite_add_tcase(s, c);
	return check_run(s);
}

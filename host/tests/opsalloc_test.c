// SPDX-License-Identifier: Apache-2.0
/* Every allocation of every operation with a site failing: an error comes out, nothing is lost, and the next call works. */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "fail_alloc.h"
#include "host/common/lists.h"
#include "host/tests/check_run.h"
#include "ops_site.h"

#define POLICY "weir_policy: 1\nrules:\n  list:\n  - {action: block, from: 203.0.113.1}\n"
#define RULES "weir_policy: 1\nrules:\n  list:\n  - {action: block, from: 203.0.113.2}\n  - {action: limit, from: 203.0.113.3, rate: {packets_per_s: 9}}\n"

static char policy[128], rules[128], snapshot[128];

static int op_policy(void) { return weir_policy_apply(site, policy); }
static int op_rules(void) { return weir_rules_apply(site, rules, NULL); }
static int op_snapshot(void) { return weir_snapshot_save(site, snapshot); }
static int op_restore(void) { return weir_snapshot_restore(site, snapshot); }
static int op_series(void) { struct weir_series s[40]; size_t n; return weir_series_list(dev, s, 40, &n); }

static int op_list(void)
{
	struct weir_rule_row row[4];
	size_t n;

	return weir_rule_list(site, row, 4, &n);
}

static int op_saved(void)
{
	char *text = NULL;
	int rc = weir_rules_saved(site, &text);

	free(text);
	return rc;
}

static int op_check(void)
{
	char detail[WEIR_DETAIL];

	return weir_policy_check_file(policy, detail);
}

static int op_find(void)
{
	struct weir_address a = { .family = 4, .bytes = { 203, 0, 113, 1 } };
	int rc = weir_legit_delete(site, &a);

	return rc == -ENOENT ? 0 : rc;
}

static int op_open(void)
{
	struct weir_site *s;
	int rc = weir_site_open(dev, folder, &s);

	if (!rc)
		weir_site_close(s);
	return rc;
}

static int (*const operations[])(void) = { op_policy, op_rules, op_list, op_saved, op_check, op_find, op_open, op_series, op_snapshot, op_restore };

static void setup(void)
{
	json_set_alloc_funcs(malloc, free);   /* of this object: led to fail_alloc.c */
	site_setup();
	snprintf(policy, sizeof(policy), "%s/policy.yaml", folder);
	snprintf(rules, sizeof(rules), "%s/rules.yaml", folder);
	snprintf(snapshot, sizeof(snapshot), "%s/snapshot", folder);
	help_write(policy, POLICY);
	help_write(rules, RULES);
	ck_assert(!op_policy() && !op_rules() && !op_snapshot() && !op_policy());
}

static bool blocked(const char *from)
{
	return help_frame(dev, from, "192.0.2.10", HELP_UDP, 40000, 7, 0, NULL) == WEIR_VERDICT_drop;
}

START_TEST(test_allocations)
{
	unsigned all, failed = 0;

	allocations = fail_at = 0;
	counting = true;
	ck_assert(!operations[_i]());
	counting = false;
	all = allocations;
	ck_assert_uint_gt(all, 0);
	for (unsigned at = 1; at <= all; at++) {
		int rc;

		allocations = 0;
		fail_at = at;
		counting = true;
		rc = operations[_i]();
		counting = false;
		/* The JSON library tells some failures as mistakes of the file, and does without a larger table where it gets none. */
		ck_assert_msg(rc == -ENOMEM || rc == WEIR_EPARTLY || rc == WEIR_EINPUT || !rc, "operation %d, allocation %u of %u: %d %s", _i, at, all, rc,
			      weir_dev_detail(dev));
		failed += rc != 0;
		ck_assert(blocked("203.0.113.1") != blocked("203.0.113.2"));
		rc = op_list();
		ck_assert_msg(!rc, "operation %d, allocation %u of %u: then %d %s", _i, at, all, rc, weir_dev_detail(dev));
	}
	ck_assert_uint_gt(failed, all * 9 / 10 - 2);
	fail_at = 0;
	ck_assert(!operations[_i]());
}
END_TEST

int main(void)
{
	enum { Operations = sizeof(operations) / sizeof(operations[0]) };
	Suite *s = suite_create("opsalloc");
	TCase *c = tcase_create("opsalloc");

	tcase_add_checked_fixture(c, setup, site_teardown);
	tcase_set_timeout(c, 300);
	tcase_add_loop_test(c, test_allocations, 0, Operations);
	suite_add_tcase(s, c);
	return check_run(s);
}

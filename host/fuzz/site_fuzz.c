// SPDX-License-Identifier: Apache-2.0
/* What a host reads back: a site, a snapshot, a learned state, a rules file; by the first byte. A right checksum is put in, so that what lies
 * behind it is reached, too; what is taken must come out the same again. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/libweir/device_priv.h"
#include "host/libweir/snapshot.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Nothing here asks an appliance. */
static struct weir_dev dev;

static void must(bool ok)
{
	if (!ok)
		abort();
}

/* As it would be written: with its checksum. @return NULL: no object */
static json_t *parse(const uint8_t *data, size_t n)
{
	char detail[WEIR_DETAIL] = "";
	json_t *o = NULL;
	uint32_t check;

	if (weir_json_parse((const char *)data, n, "fuzz", &o, detail)) {
		must(detail[0]);
		o = json_loadb((const char *)data, n, JSON_REJECT_DUPLICATES, NULL);
	}
	if (!json_is_object(o) || weir_json_check(o, &check)) {
		json_decref(o);
		return NULL;
	}
	must(!json_object_set_new(o, "check", json_integer(check)));
	must(!weir_json_check(o, &check) && json_integer_value(json_object_get(o, "check")) == check);
	return o;
}

static void site(json_t *o)
{
	char detail[WEIR_DETAIL] = "";
	struct weir_loaded *l = NULL, *again = NULL;
	struct weir_policy *p;
	json_t *out;

	if (weir_loaded_read(o, &l, detail)) {
		must(detail[0]);
		return;
	}
	out = weir_loaded_write(l);
	must(out && !weir_loaded_read(out, &again, detail));
	must(!memcmp(&again->map.rule, &l->map.rule, sizeof(l->map.rule)) && again->n_limit == l->n_limit);
	if (!weir_loaded_policy(&dev, l, &p))
		free(p);
	json_decref(out);
	weir_loaded_free(again);
	weir_loaded_free(l);
}

static void snapshot(json_t *o)
{
	char detail[WEIR_DETAIL] = "";
	struct weir_snapshot s, again;
	json_t *out;

	if (weir_snapshot_read(o, &s, detail)) {
		must(detail[0]);
		return;
	}
	out = weir_snapshot_write(&s);
	must(out && !weir_snapshot_read(out, &again, detail));
	must(again.n_learned == s.n_learned && !memcmp(again.param, s.param, sizeof(s.param)));
	json_decref(out);
	weir_snapshot_done(&again);
	weir_snapshot_done(&s);
}

static void learned(const uint8_t *data, size_t n)
{
	uint32_t word[WEIR_LEARNED_WORDS_MAX + 1];

	if (n / 4 > WEIR_LEARNED_WORDS_MAX + 1)
		return;
	memcpy(word, data, n / 4 * 4);
	weir_learned_check(word, n / 4);
}

static void rules(const uint8_t *data, size_t n)
{
	static struct weir_policy a, b;
	char detail[WEIR_POLICY_DETAIL] = "", *text = NULL;
	FILE *f = n ? fmemopen((void *)(uintptr_t)data, n, "r") : NULL;
	int rc;

	if (!f)
		return;
	weir_policy_default(&a);
	rc = weir_rules_load(f, "fuzz", &a, detail);
	fclose(f);
	must(!rc || detail[0]);
	if (rc || weir_rules_print(&a, 0, &text))
		return;
	f = fmemopen(text, strlen(text), "r");
	weir_policy_default(&b);
	must(f && !weir_rules_load(f, "again", &b, detail));
	fclose(f);
	must(a.rules.n == b.rules.n);
	for (size_t i = 0; i < a.rules.n; i++)
		must(weir_rule_equal(&a.rules.list[i], &b.rules.list[i]));
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	json_t *o;

	if (!n)
		return 0;
	if (data[0] == 'l') {
		learned(data + 1, n - 1);
		return 0;
	}
	if (data[0] == 'r') {
		rules(data + 1, n - 1);
		return 0;
	}
	o = parse(data + 1, n - 1);
	if (o && data[0] == 's')
		site(o);
	else if (o)
		snapshot(o);
	json_decref(o);
	return 0;
}

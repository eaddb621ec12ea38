// SPDX-License-Identifier: Apache-2.0
/* Rules in force: as rows with their hits, and as a file. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "site_priv.h"
#include "weir/weir_regs.h"

enum { HitEntries = WEIR_PREFIX_ENTRIES - WEIR_PREFIX_HITS, RulesPerEntry = 4, CoarseLog2 = 6, MacText = 18 };

struct hits {
	uint64_t count;
	bool coarse;
};

static int prefix_hits(struct weir_dev *dev, const struct weir_loaded *l, struct hits *ret)
{
	uint32_t word[HitEntries][WEIR_ENTRY_WORDS];
	int rc = l->map.n_prefix ? weir_read(dev, WEIR_REG_RULE_PREFIX(WEIR_PREFIX_ENTRIES * l->active_set + WEIR_PREFIX_HITS),
					     HitEntries * WEIR_ENTRY_WORDS, word[0]) : 0;

	for (unsigned id = 0; id < WEIR_RULES_PREFIX && !rc; id++)
		if (l->map.rule[id])
			ret[l->map.rule[id] - 1].count += word[id / RulesPerEntry][id % RulesPerEntry];
	return rc;
}

/* Eight places a request, and those without a rule not at all. */
static int exact_hits(struct weir_dev *dev, const struct weir_loaded *l, struct hits *ret)
{
	uint32_t word[WEIR_ENTRIES_AT_ONCE][WEIR_ENTRY_WORDS];

	for (uint32_t first = 0; first < WEIR_RULES_EXACT; first += WEIR_ENTRIES_AT_ONCE) {
		const uint16_t *rule = &l->map.rule[WEIR_RULES_PREFIX + first];
		bool any = false;
		int rc;

		for (unsigned i = 0; i < WEIR_ENTRIES_AT_ONCE; i++)
			any |= rule[i] != 0;
		if (!any)
			continue;
		rc = weir_read(dev, WEIR_REG_RULE_EXACT(first), sizeof(word) / sizeof(word[0][0]), word[0]);
		if (rc)
			return rc;
		for (unsigned i = 0; i < WEIR_ENTRIES_AT_ONCE; i++) {
			struct hits *h = rule[i] ? &ret[rule[i] - 1] : NULL;
			bool coarse = WEIR_FIELD_GET(word[i], WEIR_REG_RULE_EXACT_COARSE);

			if (h)
				h->count += WEIR_FIELD_GET(word[i], WEIR_REG_RULE_EXACT_COUNT) << (coarse ? CoarseLog2 : 0);
			if (h)
				h->coarse |= coarse;
		}
	}
	return 0;
}

static void fill(const struct weir_policy *p, const struct weir_loaded *l, size_t i, const struct hits *hits, struct weir_rule_row *ret)
{
	const struct weir_rule *r = &p->rules.list[i];

	memset(ret, 0, sizeof(*ret));
	weir_rule_yaml(r, ret->text, sizeof(ret->text));
	snprintf(ret->originator, sizeof(ret->originator), "%s", r->originator);
	ret->expires_s = r->expires_s;
	ret->hits = hits->count;
	ret->coarse = hits->coarse;
	ret->expired = weir_rule_expired(r, l->rules_s);
}

/* Both of what is loaded. @return as weir_site_begin(); unlocked again */
static int get(struct weir_site *s, struct weir_loaded **ret_loaded, struct weir_policy **ret_policy)
{
	int rc = weir_site_begin(s, ret_loaded);

	if (rc)
		return rc;
	rc = weir_loaded_policy(s->dev, *ret_loaded, ret_policy);
	if (rc)
		weir_loaded_free(*ret_loaded);
	if (rc)
		weir_site_unlock(s);
	return rc;
}

int weir_rule_list(struct weir_site *s, struct weir_rule_row *ret, size_t n, size_t *ret_n)
{
	struct weir_policy *p;
	struct weir_loaded *l;
	struct hits *hits;
	int rc = get(s, &l, &p);

	if (rc)
		return rc;
	hits = calloc(WEIR_POLICY_RULES, sizeof(*hits));
	rc = hits ? prefix_hits(s->dev, l, hits) : -ENOMEM;
	rc = rc ? rc : exact_hits(s->dev, l, hits);
	weir_site_unlock(s);
	for (size_t i = 0; i < p->rules.n && i < n && !rc; i++)
		fill(p, l, i, &hits[i], &ret[i]);
	if (!rc)
		*ret_n = p->rules.n;
	free(hits);
	free(p);
	weir_loaded_free(l);
	return rc;
}

static int print(const struct weir_policy *p, uint64_t rules_s, FILE *f)
{
	static const uint8_t none[sizeof(p->rules.divert_mac)];
	const uint8_t *mac = p->rules.divert_mac;
	char text[WEIR_RULE_YAML];
	bool any = false;

	fprintf(f, "weir_policy: 1\nrules:\n  dry_run: %s\n", p->rules.dry_run ? "true" : "false");
	if (memcmp(mac, none, sizeof(none)))
		fprintf(f, "  divert_mac: %02x-%02x-%02x-%02x-%02x-%02x\n", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
	for (size_t i = 0; i < p->rules.n; i++) {
		if (weir_rule_expired(&p->rules.list[i], rules_s))
			continue;
		fprintf(f, "%s  - %s\n", any ? "" : "  list:\n", weir_rule_yaml(&p->rules.list[i], text, sizeof(text)));
		any = true;
	}
	if (!any)
		fprintf(f, "  list: []\n");
	return ferror(f) ? -ENOMEM : 0;
}

int weir_rules_print(const struct weir_policy *p, uint64_t rules_s, char **ret_text)
{
	char *text = NULL;
	size_t n;
	FILE *f = open_memstream(&text, &n);
	int rc = f ? print(p, rules_s, f) : -ENOMEM;

	if (f && fclose(f) && !rc)
		rc = -ENOMEM;
	if (!rc)
		*ret_text = text;
	else
		free(text);
	return rc;
}

int weir_rules_saved(struct weir_site *s, char **ret_text)
{
	struct weir_policy *p;
	struct weir_loaded *l;
	int rc = get(s, &l, &p);

	if (rc)
		return rc;
	weir_site_unlock(s);
	rc = weir_rules_print(p, l->rules_s, ret_text);
	free(p);
	weir_loaded_free(l);
	return rc;
}

static int format(struct weir_site *s, const char *text, const char *name, struct weir_policy *p, char **ret_text)
{
	char detail[WEIR_POLICY_DETAIL] = "";
	FILE *f = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
	int rc;

	if (!f)
		return -ENOMEM;
	rc = weir_rules_load(f, name, p, detail);
	fclose(f);
	return rc ? weir_dev_fail(s->dev, WEIR_EINPUT, "%s", detail) : weir_rules_print(p, (uint64_t)time(NULL), ret_text);
}

int weir_rules_format(struct weir_site *s, const char *text, const char *name, char **ret_text)
{
	struct weir_policy *p;
	struct weir_loaded *l;
	int rc;

	if (!*text || !weir_is_utf8(text))
		return weir_dev_fail(s->dev, WEIR_EINPUT, *text ? "%s: is not in UTF-8" : "%s: is empty", name);
	rc = get(s, &l, &p);
	if (rc)
		return rc;
	weir_site_unlock(s);
	rc = format(s, text, name, p, ret_text);
	free(p);
	weir_loaded_free(l);
	return rc;
}

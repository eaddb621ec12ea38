// SPDX-License-Identifier: Apache-2.0
/* All rules replaced between two packets (docs/datapath.md 18). The new set is filled beside the one in force: a rule that is in both keeps its
 * place, with both bits; new ones get places that are free; limits get their entries of the table `pair` first. Then rule_cfg changes over, in
 * one write, and what only the old set had is cleared. What takes effect is written down before (site.json.next): a host that dies finds out
 * from the appliance which set is in force, and what was left behind is cleared with the next change. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "site_priv.h"
#include "weir/weir_regs.h"

enum {
	PairEntries = 4 * WEIR_RULES_LIMIT_SETS,
	BridgeWords = WEIR_ENTRY_WORDS,       /* 32 octets, where a request of its own takes 21 and a turn of the link */
	/* Of a fill: free places between two, and all. The bus is the request's to its end, some 3 us a place. */
	GapPlaces = 16, FillPlaces = 512,
	HitEntries = WEIR_PREFIX_ENTRIES - WEIR_PREFIX_HITS, RulesPerEntry = 4,
	PieceEntries = 8,
};

struct change {
	struct weir_site *s;
	struct weir_dev *dev;
	const struct weir_policy *old_p, *new_p;
	struct weir_loaded *old, *next;
	struct weir_hash *hash;
	struct weir_pair_use overrides;       /* what is not ours of the table pair */
	struct weir_pair_use before;          /* with the limits in force */
	bool same[WEIR_PREFIX_HITS];          /* entries of vectors that are the same in both sets of rules */
};

static bool in_map(const struct weir_loaded *l, uint32_t place)
{
	return l->map.rule[WEIR_RULES_PREFIX + place] != 0;
}

static unsigned bit_of(unsigned set)
{
	return 1u << set;
}

static unsigned bits_in(const uint32_t word[WEIR_ENTRY_WORDS])
{
	return (unsigned)(WEIR_FIELD_GET(word, WEIR_REG_RULE_EXACT_IN_SET0) | WEIR_FIELD_GET(word, WEIR_REG_RULE_EXACT_IN_SET1) << 1);
}

static void set_bits(uint32_t word[WEIR_ENTRY_WORDS], unsigned bits)
{
	WEIR_FIELD_PUT(word, WEIR_REG_RULE_EXACT_IN_SET0, bits & 1);
	WEIR_FIELD_PUT(word, WEIR_REG_RULE_EXACT_IN_SET1, bits >> 1);
}

/* --- What a change that broke off has left ------------------------------------------------------------------------ */

/* Places that are in force, and in which sets; all others become free. */
static int scrub_exact(struct change *c)
{
	uint32_t word[WEIR_ENTRIES_AT_ONCE][WEIR_ENTRY_WORDS];
	unsigned active = bit_of(c->old->active_set);

	for (uint32_t first = 0; first < WEIR_RULES_EXACT; first += WEIR_ENTRIES_AT_ONCE) {
		struct weir_batch b = { .dev = c->dev };
		int rc = weir_read(c->dev, WEIR_REG_RULE_EXACT(first), sizeof(word) / sizeof(word[0][0]), word[0]);

		for (uint32_t i = 0; i < WEIR_ENTRIES_AT_ONCE && !rc; i++) {
			static const uint32_t none[WEIR_ENTRY_WORDS];
			uint32_t place = first + i, want[WEIR_ENTRY_WORDS];
			const struct weir_rule *r = weir_rules_at(c->old_p, &c->old->map, WEIR_RULES_PREFIX + place);

			if (!r) {
				if (memcmp(word[i], none, sizeof(none)))
					weir_batch_put(&b, WEIR_REG_RULE_EXACT(place), none, WEIR_ENTRY_WORDS, 0);
				continue;
			}
			weir_rule_exact_words(r, c->hash, bits_in(word[i]), want);
			if (!(bits_in(word[i]) & active) ||
			    WEIR_FIELD_GET(want, WEIR_REG_RULE_EXACT_PRINT) != WEIR_FIELD_GET(word[i], WEIR_REG_RULE_EXACT_PRINT) ||
			    WEIR_FIELD_GET(want, WEIR_REG_RULE_EXACT_ACTION) != WEIR_FIELD_GET(word[i], WEIR_REG_RULE_EXACT_ACTION))
				return weir_dev_fail(c->dev, WEIR_ECHANGED, "a rule in force is not where it was put; load the policy again");
			c->old->single[place] = bits_in(word[i]) == active;
		}
		rc = rc ? rc : weir_batch_end(&b);
		if (rc)
			return rc;
	}
	return 0;
}

/* Entries that are pinned, and by nobody that we know. */
static int scrub_pair(struct change *c)
{
	static const uint32_t none[WEIR_ENTRY_WORDS];
	uint32_t word[WEIR_ENTRIES_AT_ONCE][WEIR_ENTRY_WORDS];

	for (uint32_t first = 0; first < PairEntries; first += WEIR_ENTRIES_AT_ONCE) {
		struct weir_batch b = { .dev = c->dev };
		int rc = weir_read(c->dev, WEIR_REG_TABLE_PAIR(first), sizeof(word) / sizeof(word[0][0]), word[0]);

		for (uint32_t i = 0; i < WEIR_ENTRIES_AT_ONCE && !rc; i++) {
			uint32_t set = (first + i) / 4, way = (first + i) % 4;

			if (WEIR_FIELD_GET(word[i], WEIR_REG_TABLE_REMOTE_CFG) && !(c->before.ways[set] >> way & 1))
				weir_batch_put(&b, WEIR_REG_TABLE_PAIR(first + i), none, WEIR_ENTRY_WORDS, 0);
		}
		rc = rc ? rc : weir_batch_end(&b);
		if (rc)
			return rc;
	}
	return 0;
}

/* --- Filling the other set ---------------------------------------------------------------------------------------- */

static bool had(const struct weir_loaded *l, unsigned id)
{
	for (size_t i = 0; i < l->n_limit; i++)
		if (l->limit[i].id == id)
			return true;
	return false;
}

/* Rates, then the entries that use them: before any rule does. */
static int put_limits(struct change *c)
{
	struct weir_batch b = { .dev = c->dev };
	uint32_t word[WEIR_ENTRY_WORDS], address;
	uint8_t written = 0;

	for (size_t i = 0; i < c->next->n_limit; i++) {
		const struct weir_limit_pin *pin = &c->next->limit[i];

		if (c->before.has[pin->number - 1] || written >> pin->number & 1)
			continue;
		weir_meter_words(&weir_rules_at(c->new_p, &c->next->map, pin->id)->meter, word);
		weir_batch_put(&b, weir_pair_config_address(pin->number), word, WEIR_ENTRY_WORDS, 0);
		written |= (uint8_t)(1u << pin->number);
	}
	for (size_t i = 0; i < c->next->n_limit; i++) {
		if (had(c->old, c->next->limit[i].id))
			continue;
		address = weir_limit_words(&c->next->limit[i], word);
		weir_batch_put(&b, address, word, WEIR_ENTRY_WORDS, 0);
	}
	return weir_batch_end(&b);
}

/* Id of the same rule in the old set; WEIR_RULES_PREFIX: it is new. */
static unsigned old_id(const struct change *c, const struct weir_rule *r)
{
	unsigned id = 0;

	while (id < WEIR_RULES_PREFIX &&
	       !(c->old->map.rule[id] && weir_rule_equal(weir_rules_at(c->old_p, &c->old->map, id), r)))
		id++;
	return id;
}

/* Hits of prefix rules that stay: all of a rule's go with its first place. */
static int carry_hits(struct change *c, uint32_t ret[HitEntries][WEIR_ENTRY_WORDS])
{
	uint32_t old[HitEntries][WEIR_ENTRY_WORDS];
	int rc = weir_read(c->dev, WEIR_REG_RULE_PREFIX(WEIR_PREFIX_ENTRIES * c->old->active_set + WEIR_PREFIX_HITS),
			   HitEntries * WEIR_ENTRY_WORDS, old[0]);

	memset(ret, 0, HitEntries * sizeof(*ret));
	for (unsigned id = 0; id < WEIR_RULES_PREFIX && !rc; id++) {
		const struct weir_rule *r = weir_rules_at(c->new_p, &c->next->map, id);
		bool first = r && (!id || c->next->map.rule[id - 1] != c->next->map.rule[id]);
		unsigned from = first ? old_id(c, r) : WEIR_RULES_PREFIX;

		for (; from < WEIR_RULES_PREFIX; from++)
			if (c->old->map.rule[from] && weir_rule_equal(weir_rules_at(c->old_p, &c->old->map, from), r))
				ret[id / RulesPerEntry][id % RulesPerEntry] += old[from / RulesPerEntry][from % RulesPerEntry];
	}
	return rc;
}

/* Which vectors change. To read what the set that is not in force holds takes as long as to write it. But after a change that left all vectors as they
 * were, as most do, it holds what the set in force holds, whose rules the site has: `twin`. That is to be relied on when nothing has broken off since
 * (`clean`). Without prefix rules a set is not written wholly (put_prefix()): then nothing is known of it. */
static void compare_vectors(struct change *c)
{
	bool known = c->old->map.n_prefix && weir_rules_strings(c->old_p, &c->old->map);

	c->next->twin = known;
	for (unsigned e = 0; e < WEIR_PREFIX_HITS && known; e++) {
		uint32_t word[2][WEIR_ENTRY_WORDS];

		weir_rules_vectors(c->old_p, &c->old->map, e, word[0]);
		weir_rules_vectors(c->new_p, &c->next->map, e, word[1]);
		c->same[e] = !memcmp(word[0], word[1], sizeof(word[0]));
		c->next->twin &= c->same[e];
	}
}

static int put_prefix(struct change *c)
{
	uint32_t hits[HitEntries][WEIR_ENTRY_WORDS], word[WEIR_ENTRY_WORDS];
	uint32_t first = WEIR_REG_RULE_PREFIX(WEIR_PREFIX_ENTRIES * c->next->active_set);
	struct weir_batch b = { .dev = c->dev };
	int rc;

	/* Where one piece of a frame fits no rule, none fits: the other pieces may be anything, and are all written before rules come. */
	if (!c->next->map.n_prefix)
		return weir_fill(c->dev, first, (size_t)PieceEntries * WEIR_ENTRY_WORDS, 0);
	rc = carry_hits(c, hits);
	for (unsigned e = 0; e < WEIR_PREFIX_ENTRIES && !rc; e++) {
		if (e < WEIR_PREFIX_HITS && c->same[e] && c->old->twin && c->old->clean)
			continue;
		weir_rules_vectors(c->new_p, &c->next->map, e, word);
		weir_batch_put(&b, first + e * WEIR_ENTRY_SPAN, e < WEIR_PREFIX_HITS ? word : hits[e - WEIR_PREFIX_HITS], WEIR_ENTRY_WORDS, 0);
	}
	return rc ? rc : weir_batch_end(&b);
}

/* Places that are in force get other bits, with the hits that they have: read and written a few at a time, so that few are lost in between. */
static int change_bits(struct change *c, uint32_t first, uint32_t n, unsigned bits)
{
	uint32_t word[WEIR_ENTRIES_AT_ONCE][WEIR_ENTRY_WORDS];
	int rc = weir_read(c->dev, WEIR_REG_RULE_EXACT(first), (size_t)n * WEIR_ENTRY_WORDS, word[0]);

	for (uint32_t i = 0; i < n && !rc; i++)
		set_bits(word[i], bits);
	return rc ? rc : weir_write(c->dev, WEIR_REG_RULE_EXACT(first), (size_t)n * WEIR_ENTRY_WORDS, word[0]);
}

/* Bits that a place in force needs: 0 none other than it has. */
static unsigned bits_needed(const struct change *c, uint32_t place)
{
	if (!in_map(c->old, place))
		return 0;
	if (in_map(c->next, place))
		return c->old->single[place] ? 3 : 0;
	return c->old->single[place] ? 0 : bit_of(c->old->active_set);
}

static int change_exact(struct change *c)
{
	for (uint32_t place = 0; place < WEIR_RULES_EXACT;) {
		unsigned bits = bits_needed(c, place);
		uint32_t n = 1;
		int rc;

		while (bits && n < WEIR_ENTRIES_AT_ONCE && place + n < WEIR_RULES_EXACT && bits_needed(c, place + n) == bits)
			n++;
		rc = bits ? change_bits(c, place, n, bits) : 0;
		if (rc)
			return rc;
		for (uint32_t i = 0; bits && i < n; i++)
			c->old->single[place + i] = bits != 3;
		place += n;
	}
	return 0;
}

/* New rules, into places that are free; what is free between them is written over with 0, which it is. */
static int put_exact(struct change *c)
{
	struct weir_batch b = { .dev = c->dev };
	uint32_t word[WEIR_ENTRY_WORDS], free_words = 0;

	for (uint32_t place = 0; place < WEIR_RULES_EXACT; place++) {
		if (in_map(c->old, place)) {
			free_words = 0;
			continue;
		}
		if (!in_map(c->next, place)) {
			free_words += WEIR_ENTRY_WORDS;
			continue;
		}
		weir_rule_exact_words(weir_rules_at(c->new_p, &c->next->map, WEIR_RULES_PREFIX + place), c->hash,
				      bit_of(c->next->active_set), word);
		weir_batch_put(&b, WEIR_REG_RULE_EXACT(place), word, WEIR_ENTRY_WORDS, free_words < BridgeWords ? free_words : BridgeWords);
		free_words = 0;
	}
	return weir_batch_end(&b);
}

/* --- After the change --------------------------------------------------------------------------------------------- */

/* Places in a row, with free ones between them, which are 0 already: one request, 17 octets however many they are. */
static int clear_places(struct change *c)
{
	uint32_t first = 0, end = 0;      /* of those that are gathered */
	int rc = 0;

	for (uint32_t place = 0; place < WEIR_RULES_EXACT && !rc; place++) {
		bool goes = in_map(c->old, place) && !in_map(c->next, place);

		if (end && (in_map(c->next, place) || place - first == FillPlaces || (goes && place - end > GapPlaces))) {
			rc = weir_fill(c->dev, WEIR_REG_RULE_EXACT(first), (size_t)(end - first) * WEIR_ENTRY_WORDS, 0);
			end = 0;
		}
		if (!goes)
			continue;
		if (!end)
			first = place;
		end = place + 1;
	}
	return rc || !end ? rc : weir_fill(c->dev, WEIR_REG_RULE_EXACT(first), (size_t)(end - first) * WEIR_ENTRY_WORDS, 0);
}

static int clear_old(struct change *c)
{
	static const uint32_t none[WEIR_ENTRY_WORDS];
	struct weir_batch b = { .dev = c->dev };
	uint32_t word[WEIR_ENTRY_WORDS];
	int rc = clear_places(c);

	if (rc)
		return rc;
	for (size_t i = 0; i < c->old->n_limit; i++)
		if (!had(c->next, c->old->limit[i].id))
			weir_batch_put(&b, weir_limit_words(&c->old->limit[i], word), none, WEIR_ENTRY_WORDS, 0);
	return weir_batch_end(&b);
}

static int switch_over(struct change *c)
{
	uint32_t word[WEIR_ENTRY_WORDS];

	weir_rules_cfg_words(c->new_p, &c->next->map, c->next->active_set, word);
	return weir_write(c->dev, WEIR_REG_RULE_CFG, WEIR_ENTRY_WORDS, word);
}

/* What was in force before still is, or perhaps not. */
static int complain(struct change *c, int rc, const char *what)
{
	char detail[WEIR_DETAIL];

	snprintf(detail, sizeof(detail), "%s", weir_dev_detail(c->dev));
	return weir_dev_fail(c->dev, rc, "%.300s; %s", detail[0] ? detail : weir_strerror(rc), what);
}

static int fill_other_set(struct change *c)
{
	int rc = 0;

	if (!c->old->clean) {
		rc = scrub_exact(c);
		rc = rc ? rc : scrub_pair(c);
	}
	rc = rc ? rc : put_limits(c);
	rc = rc ? rc : put_prefix(c);
	rc = rc ? rc : change_exact(c);
	return rc ? rc : put_exact(c);
}

static int carry_out(struct change *c)
{
	int rc;

	for (uint32_t place = 0; place < WEIR_RULES_EXACT; place++)
		c->next->single[place] = in_map(c->next, place) && !in_map(c->old, place);
	compare_vectors(c);
	rc = weir_site_plan(c->s, c->next);
	if (rc)
		return rc;
	rc = fill_other_set(c);
	if (rc)
		return complain(c, rc, "the old rules stay in force");
	rc = switch_over(c);
	if (rc)
		return complain(c, rc, "either the old or the new rules are in force: the next look tells");
	rc = clear_old(c);
	if (rc)
		return complain(c, WEIR_EPARTLY, "the new rules are in force; what the old ones left is cleared with the next change");
	return weir_site_commit(c->s, c->next);
}

/* --- Planning ----------------------------------------------------------------------------------------------------- */

static void no_seed(char *detail)
{
	char *at = strstr(detail, "choose another --seed");

	if (at && (size_t)(at - detail) + strlen("choose another --seed") < WEIR_POLICY_DETAIL)
		snprintf(at, WEIR_POLICY_DETAIL - (size_t)(at - detail), "load the policy again, which draws another key");
}

static int find_places(struct change *c, const char *name)
{
	uint8_t taken[WEIR_RULES_LIMIT_SETS];
	char detail[WEIR_POLICY_DETAIL] = "";
	struct weir_pair_use use;
	int rc = weir_policy_pair_use(c->old_p, &c->old->keys, &c->overrides);

	if (rc == -EINVAL)
		return weir_dev_fail(c->dev, WEIR_EINPUT, "the site is damaged: its policy does not fit its keys; load the policy again");
	if (rc)
		return rc;
	c->before = c->overrides;
	weir_limits_use(c->old_p, &c->old->map, c->old->limit, c->old->n_limit, &c->before);
	for (unsigned set = 0; set < WEIR_RULES_LIMIT_SETS; set++)
		taken[set] = (uint8_t)__builtin_popcount(c->before.ways[set]);
	rc = weir_rules_place_beside(c->new_p, c->hash, c->next->rules_s, taken, c->old_p, &c->old->map, name, &c->next->map, detail);
	use = c->before;
	rc = rc ? rc : weir_limits_place(c->new_p, &c->next->map, c->old->limit, c->old->n_limit, &use, name, c->next->limit,
					 &c->next->n_limit, detail);
	if (rc != -EINVAL)
		return rc;
	no_seed(detail);
	return weir_dev_fail(c->dev, WEIR_EROOM, "%s", detail);
}

static int read_rules(struct change *c, const char *text, const char *name, struct weir_policy *p)
{
	char detail[WEIR_POLICY_DETAIL] = "";
	uint8_t mac[sizeof(p->rules.divert_mac)];
	FILE *f = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
	int rc;

	if (!f)
		return -ENOMEM;
	if (!weir_is_utf8(text)) {
		fclose(f);
		return weir_dev_fail(c->dev, WEIR_EINPUT, "%s: is not in UTF-8", name);
	}
	*p = *c->old_p;
	memcpy(mac, p->rules.divert_mac, sizeof(mac));
	rc = weir_rules_load(f, name, p, detail);
	fclose(f);
	if (rc)
		return weir_dev_fail(c->dev, rc == -EINVAL ? WEIR_EINPUT : rc, "%s", detail);
	if (memcmp(mac, p->rules.divert_mac, sizeof(mac)))
		return weir_dev_fail(c->dev, WEIR_EREFUSED, "%s: divert_mac cannot be changed while frames pass; change it in the policy and load "
				     "that", name);
	return 0;
}

static int apply(struct change *c, const char *text, const char *name, struct weir_policy *new_p)
{
	int rc;

	c->new_p = new_p;
	rc = read_rules(c, text, name, new_p);
	if (rc)
		return rc;
	c->next = weir_loaded_copy(c->old);
	if (!c->next)
		return -ENOMEM;
	free(c->next->rules);
	free(c->next->rules_name);
	c->next->rules = strdup(text);
	c->next->rules_name = strdup(weir_is_utf8(name) ? name : "rules");
	if (!c->next->rules || !c->next->rules_name)
		return -ENOMEM;
	c->next->rules_s = (uint64_t)time(NULL);
	c->next->active_set = 1 - c->old->active_set;
	c->next->clean = true;
	weir_hash_key_set(c->hash, c->old->keys.hash);
	rc = find_places(c, name);
	return rc ? rc : carry_out(c);
}

int weir_rules_apply_text(struct weir_site *s, const char *text, const char *name, size_t *ret_n)
{
	struct change c = { .s = s, .dev = s->dev, .hash = malloc(sizeof(*c.hash)) };
	struct weir_policy *old_p = NULL, *new_p = malloc(sizeof(*new_p));
	int rc = c.hash && new_p ? weir_site_begin(s, &c.old) : -ENOMEM;
	bool locked = !rc;

	rc = rc ? rc : weir_loaded_policy(s->dev, c.old, &old_p);
	c.old_p = old_p;
	rc = rc ? rc : apply(&c, text, name, new_p);
	if (!rc && ret_n)
		*ret_n = new_p->rules.n - c.next->map.n_expired;
	if (locked)
		weir_site_unlock(s);
	weir_loaded_free(c.old);
	weir_loaded_free(c.next);
	if (c.hash)
		explicit_bzero(c.hash, sizeof(*c.hash));
	free(c.hash);
	free(old_p);
	free(new_p);
	return rc;
}

int weir_rules_apply(struct weir_site *s, const char *file, size_t *ret_n)
{
	char detail[WEIR_DETAIL] = "", *text;
	int rc;

	if (!file)
		return weir_rules_apply_text(s, "weir_policy: 1\n", "no rules", ret_n);
	rc = weir_text_read(file, &text, detail);
	if (rc)
		return weir_dev_fail(s->dev, rc, "%s", detail);
	rc = weir_rules_apply_text(s, text, file, ret_n);
	free(text);
	return rc;
}

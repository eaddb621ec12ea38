// SPDX-License-Identifier: Apache-2.0
#include "ruleset.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <yaml.h>

enum { DepthMost = 8 };

/* Text that grows up to a maximum: aliases can make a small file large. */
struct text {
	char *at;
	size_t n, room, most;
	bool failed;
};

static void put(struct text *t, const char *s, size_t n)
{
	if (t->failed)
		return;
	if (t->n + n + 1 > t->room) {
		size_t room = 2 * (t->n + n + 1);
		char *at = t->n + n + 1 > t->most ? NULL : realloc(t->at, room);

		if (!at) {
			t->failed = true;
			return;
		}
		t->at = at;
		t->room = room;
	}
	memcpy(t->at + t->n, s, n);
	t->n += n;
	t->at[t->n] = 0;
}

static void puts_text(struct text *t, const char *s)
{
	put(t, s, strlen(s));
}

/* A value: as it is when every reader takes that for the same text, otherwise in quotes. */
static void put_value(struct text *t, const char *s, size_t n)
{
	char octet[8];
	bool plain = n > 0;

	for (size_t i = 0; i < n; i++)
		plain = plain && (isalnum((unsigned char)s[i]) || (i && strchr("_./-", s[i])));
	if (plain) {
		put(t, s, n);
		return;
	}
	put(t, "\"", 1);
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '"' || s[i] == '\\')
			put(t, "\\", 1);
		if ((unsigned char)s[i] < ' ' || s[i] == 0x7f) {
			snprintf(octet, sizeof(octet), "\\x%02x", (unsigned char)s[i]);
			puts_text(t, octet);
		} else {
			put(t, s + i, 1);
		}
	}
	put(t, "\"", 1);
}

static void put_node(struct text *t, yaml_document_t *doc, int id, int depth)
{
	yaml_node_t *node = yaml_document_get_node(doc, id);

	if (depth > DepthMost || !node) {
		t->failed = true;
	} else if (node->type == YAML_SCALAR_NODE) {
		put_value(t, (const char *)node->data.scalar.value, node->data.scalar.length);
	} else if (node->type == YAML_SEQUENCE_NODE) {
		put(t, "[", 1);
		for (yaml_node_item_t *i = node->data.sequence.items.start; i < node->data.sequence.items.top && !t->failed; i++) {
			puts_text(t, i == node->data.sequence.items.start ? "" : ", ");
			put_node(t, doc, *i, depth + 1);
		}
		put(t, "]", 1);
	} else {
		put(t, "{", 1);
		for (yaml_node_pair_t *p = node->data.mapping.pairs.start; p < node->data.mapping.pairs.top && !t->failed; p++) {
			puts_text(t, p == node->data.mapping.pairs.start ? "" : ", ");
			put_node(t, doc, p->key, depth + 1);
			puts_text(t, ": ");
			put_node(t, doc, p->value, depth + 1);
		}
		put(t, "}", 1);
	}
}

/* A node as text. @return taken; NULL: too large, too deep, or no memory. */
static char *node_text(yaml_document_t *doc, int id, size_t most)
{
	struct text t = { .most = most };

	put_node(&t, doc, id, 0);
	if (t.failed) {
		free(t.at);
		return NULL;
	}
	return t.at;
}

static bool is_word(yaml_document_t *doc, int id, const char *word)
{
	yaml_node_t *node = yaml_document_get_node(doc, id);

	return node && node->type == YAML_SCALAR_NODE && node->data.scalar.length == strlen(word) && !memcmp(node->data.scalar.value, word, strlen(word));
}

static int wrong(char *detail, size_t n, const char *name, size_t line, const char *what)
{
	snprintf(detail, n, "%s:%zu: %s", name, line + 1, what);
	return -EINVAL;
}

static int read_list(yaml_document_t *doc, yaml_node_t *list, const char *name, struct ruleset *s, char *detail, size_t n)
{
	if (list->type == YAML_SCALAR_NODE && !list->data.scalar.length)
		return 0;
	if (list->type != YAML_SEQUENCE_NODE)
		return wrong(detail, n, name, list->start_mark.line, "list: expected a list of rules");
	for (yaml_node_item_t *i = list->data.sequence.items.start; i < list->data.sequence.items.top; i++) {
		yaml_node_t *node = yaml_document_get_node(doc, *i);
		size_t line = node ? node->start_mark.line : 0;

		if (!node || node->type != YAML_MAPPING_NODE)
			return wrong(detail, n, name, line, "a rule is a map, as {action: block, from: 203.0.113.0/24}");
		if (s->rules == RULESET_RULES)
			return wrong(detail, n, name, line, "too many rules");
		s->rule[s->rules] = node_text(doc, *i, RULESET_RULE_TEXT);
		if (!s->rule[s->rules])
			return wrong(detail, n, name, line, "the rule is too long");
		s->rules++;
	}
	return 0;
}

/* "NAME: VALUE" of a pair, at the end of a list of such lines. */
static int add_line(yaml_document_t *doc, const yaml_node_pair_t *p, char **line, size_t *lines)
{
	struct text t = { .most = RULESET_RULE_TEXT };

	put_node(&t, doc, p->key, 0);
	puts_text(&t, ": ");
	put_node(&t, doc, p->value, 0);
	if (t.failed || *lines == RULESET_HEADS) {
		free(t.at);
		return -EINVAL;
	}
	line[(*lines)++] = t.at;
	return 0;
}

static int read_map(yaml_document_t *doc, yaml_node_t *map, const char *name, struct ruleset *s, char *detail, size_t n)
{
	for (yaml_node_pair_t *p = map->data.mapping.pairs.start; p < map->data.mapping.pairs.top; p++) {
		yaml_node_t *value = yaml_document_get_node(doc, p->value);
		int rc;

		if (is_word(doc, p->key, "list")) {
			rc = value ? read_list(doc, value, name, s, detail, n) : -EINVAL;
			if (rc)
				return rc;
		} else if (add_line(doc, p, s->head, &s->heads)) {
			return wrong(detail, n, name, value ? value->start_mark.line : 0, "expected dry_run, divert_mac and list");
		}
	}
	return 0;
}

/* The section `rules` of a policy and what stands beside it. */
static int read_wrapped(yaml_document_t *doc, yaml_node_t *root, const char *name, struct ruleset *s, char *detail, size_t n)
{
	int rc = 0;

	for (yaml_node_pair_t *p = root->data.mapping.pairs.start; !rc && p < root->data.mapping.pairs.top; p++) {
		yaml_node_t *value = yaml_document_get_node(doc, p->value);
		size_t line = value ? value->start_mark.line : 0;

		if (!is_word(doc, p->key, "rules"))
			rc = add_line(doc, p, s->top, &s->tops) ? wrong(detail, n, name, line, "no rules file: expected weir_policy and rules alone") : 0;
		else if (value && value->type == YAML_MAPPING_NODE)
			rc = read_map(doc, value, name, s, detail, n);
		else if (!value || value->type != YAML_SCALAR_NODE || value->data.scalar.length)
			rc = wrong(detail, n, name, line, "rules: expected a map with a list");
	}
	return rc;
}

static int read_document(yaml_document_t *doc, const char *name, struct ruleset *s, char *detail, size_t n)
{
	yaml_node_t *root = yaml_document_get_root_node(doc);

	if (!root)
		return 0;
	if (root->type == YAML_SCALAR_NODE && !root->data.scalar.length)
		return 0;
	if (root->type != YAML_MAPPING_NODE)
		return wrong(detail, n, name, root->start_mark.line, "no rules file: expected a map with a list");
	for (yaml_node_pair_t *p = root->data.mapping.pairs.start; p < root->data.mapping.pairs.top; p++)
		s->wrapped |= is_word(doc, p->key, "rules");
	return s->wrapped ? read_wrapped(doc, root, name, s, detail, n) : read_map(doc, root, name, s, detail, n);
}

/* The one document of a text. */
static int load(const char *text, size_t len, const char *name, yaml_document_t *ret, char *detail, size_t n)
{
	yaml_parser_t parser;
	int rc = 0;

	if (!yaml_parser_initialize(&parser))
		return -ENOMEM;
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, len);
	if (!yaml_parser_load(&parser, ret))
		rc = wrong(detail, n, name, parser.problem_mark.line, parser.problem ? parser.problem : "no YAML");
	yaml_parser_delete(&parser);
	return rc;
}

int ruleset_read(const char *text, size_t len, const char *name, struct ruleset *ret, char *detail, size_t n)
{
	yaml_document_t doc;
	int rc = load(text, len, name, &doc, detail, n);

	if (rc)
		return rc;
	rc = read_document(&doc, name, ret, detail, n);
	yaml_document_delete(&doc);
	if (rc)
		ruleset_done(ret);
	return rc;
}

void ruleset_done(struct ruleset *s)
{
	for (size_t i = 0; i < s->tops; i++)
		free(s->top[i]);
	for (size_t i = 0; i < s->heads; i++)
		free(s->head[i]);
	for (size_t i = 0; i < s->rules; i++)
		free(s->rule[i]);
	*s = (struct ruleset){ 0 };
}

int ruleset_rule(const char *text, char ret[RULESET_RULE_TEXT], char *detail, size_t n)
{
	yaml_document_t doc;
	yaml_node_t *root;
	char *line = NULL;
	int rc = load(text, strlen(text), "rule", &doc, detail, n);

	if (rc)
		return rc;
	root = yaml_document_get_root_node(&doc);
	if (root && root->type == YAML_MAPPING_NODE)
		line = node_text(&doc, 1, RULESET_RULE_TEXT);
	yaml_document_delete(&doc);
	if (!line) {
		snprintf(detail, n, "a rule is a map, as {action: block, from: 203.0.113.0/24}");
		return -EINVAL;
	}
	snprintf(ret, RULESET_RULE_TEXT, "%s", line);
	free(line);
	return 0;
}

/* --- words --- */

/* "90s", "30m", "2h", "1d" from now on, as a time; anything else stays as it is. */
static const char *expiry(const char *text, uint64_t now_s, char *buf, size_t n)
{
	static const struct {
		char letter;
		uint64_t seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 } };
	size_t digits = strspn(text, "0123456789");
	uint64_t v = strtoull(text, NULL, 10);
	struct tm parts;
	time_t at;

	for (size_t i = 0; digits && digits < 7 && i < sizeof(units) / sizeof(units[0]); i++)
		if (text[digits] == units[i].letter && !text[digits + 1]) {
			at = (time_t)(now_s + v * units[i].seconds);
			if (gmtime_r(&at, &parts) && strftime(buf, n, "%Y-%m-%dT%H:%M:%SZ", &parts))
				return buf;
		}
	return text;
}

int ruleset_words(char **word, int words, uint64_t now_s, char ret[RULESET_RULE_TEXT], char *detail, size_t n)
{
	struct text t = { .most = RULESET_RULE_TEXT }, rate = { .most = RULESET_RULE_TEXT };
	char buf[40];

	if (words % 2 == 0) {
		snprintf(detail, n, "%s lacks its value", word[words - 1]);
		return -EINVAL;
	}
	puts_text(&t, "{action: ");
	put_value(&t, word[0], strlen(word[0]));
	for (int i = 1; i < words; i += 2) {
		bool of_rate = !strcmp(word[i], "packets_per_s") || !strcmp(word[i], "burst_packets");
		const char *value = strcmp(word[i], "expires") ? word[i + 1] : expiry(word[i + 1], now_s, buf, sizeof(buf));
		struct text *to = of_rate ? &rate : &t;

		puts_text(to, of_rate && !rate.n ? "" : ", ");
		put_value(to, word[i], strlen(word[i]));
		puts_text(to, ": ");
		put_value(to, value, strlen(value));
	}
	if (rate.n) {
		puts_text(&t, ", rate: {");
		puts_text(&t, rate.at);
		puts_text(&t, "}");
	}
	puts_text(&t, "}");
	if (t.failed || rate.failed)
		snprintf(detail, n, "the rule is too long");
	else
		snprintf(ret, RULESET_RULE_TEXT, "%s", t.at);
	free(t.at);
	free(rate.at);
	return t.failed || rate.failed ? -EINVAL : 0;
}

/* --- editing, text, difference --- */

int ruleset_top(struct ruleset *s, const char *line)
{
	if (s->tops == RULESET_HEADS)
		return -ENOSPC;
	s->top[s->tops] = strdup(line);
	if (!s->top[s->tops])
		return -ENOMEM;
	s->tops++;
	return 0;
}

int ruleset_add(struct ruleset *s, const char *rule)
{
	if (s->rules == RULESET_RULES)
		return -ENOSPC;
	s->rule[s->rules] = strdup(rule);
	if (!s->rule[s->rules])
		return -ENOMEM;
	s->rules++;
	return 0;
}

void ruleset_del(struct ruleset *s, size_t at)
{
	free(s->rule[at]);
	memmove(&s->rule[at], &s->rule[at + 1], (s->rules - at - 1) * sizeof(s->rule[0]));
	s->rules--;
}

char *ruleset_text(const struct ruleset *s, const char *(*note)(void *ctx, size_t i), void *ctx)
{
	const char *indent = s->wrapped ? "  " : "";
	struct text t = { .most = 4 * RULESET_TEXT };

	for (size_t i = 0; i < s->tops; i++) {
		puts_text(&t, s->top[i]);
		puts_text(&t, "\n");
	}
	if (s->wrapped)
		puts_text(&t, "rules:\n");
	for (size_t i = 0; i < s->heads; i++) {
		puts_text(&t, indent);
		puts_text(&t, s->head[i]);
		puts_text(&t, "\n");
	}
	puts_text(&t, indent);
	puts_text(&t, s->rules ? "list:\n" : "list: []\n");
	for (size_t i = 0; i < s->rules; i++) {
		puts_text(&t, indent);
		puts_text(&t, "- ");
		puts_text(&t, s->rule[i]);
		if (note) {
			puts_text(&t, "   # ");
			puts_text(&t, note(ctx, i));
		}
		puts_text(&t, "\n");
	}
	if (t.failed) {
		free(t.at);
		return NULL;
	}
	return t.at;
}

/* Longest common subsequence of the rules: order counts in a list of rules. */
static long diff_rules(const struct ruleset *a, const struct ruleset *b, void (*line)(void *ctx, char what, const char *text), void *ctx)
{
	size_t n = a->rules, m = b->rules, i = 0, j = 0;
	uint16_t *common = calloc((n + 1) * (m + 1), sizeof(*common));
	long told = 0;

	if (!common)
		return -ENOMEM;
#define AT(x, y) common[(x) * (m + 1) + (y)]
	for (i = n; i-- > 0;)
		for (j = m; j-- > 0;)
			AT(i, j) = !strcmp(a->rule[i], b->rule[j]) ? (uint16_t)(AT(i + 1, j + 1) + 1) :
				   AT(i + 1, j) > AT(i, j + 1)	   ? AT(i + 1, j) :
								     AT(i, j + 1);
	for (i = j = 0; i < n || j < m;) {
		if (i < n && j < m && !strcmp(a->rule[i], b->rule[j])) {
			i++;
			j++;
		} else if (j == m || (i < n && AT(i + 1, j) >= AT(i, j + 1))) {
			line(ctx, '-', a->rule[i++]);
			told++;
		} else {
			line(ctx, '+', b->rule[j++]);
			told++;
		}
	}
#undef AT
	free(common);
	return told;
}

static bool has_head(const struct ruleset *s, const char *head)
{
	for (size_t i = 0; i < s->heads; i++)
		if (!strcmp(s->head[i], head))
			return true;
	return false;
}

long ruleset_diff(const struct ruleset *a, const struct ruleset *b, void (*line)(void *ctx, char what, const char *text), void *ctx)
{
	long heads = 0, rules;

	for (size_t i = 0; i < a->heads; i++)
		if (!has_head(b, a->head[i])) {
			line(ctx, '-', a->head[i]);
			heads++;
		}
	for (size_t i = 0; i < b->heads; i++)
		if (!has_head(a, b->head[i])) {
			line(ctx, '+', b->head[i]);
			heads++;
		}
	rules = diff_rules(a, b, line, ctx);
	return rules < 0 ? rules : heads + rules;
}

// SPDX-License-Identifier: Apache-2.0
#include "yaml_read.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { NameMax = 64 };

int weir_yaml_message(char *detail, size_t size, const char *file, unsigned line, const char *format, va_list args)
{
	int n = snprintf(detail, size, "%s:%u: ", file, line);

	if (n > 0 && (size_t)n < size)
		vsnprintf(detail + n, size - (size_t)n, format, args);
	for (char *c = detail; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	return -EINVAL;
}

int weir_yaml_fail(struct weir_yaml *y, unsigned line, const char *format, ...)
{
	va_list args;

	if (y->failed)
		return -EINVAL;
	y->failed = true;
	va_start(args, format);
	weir_yaml_message(y->detail, y->detail_size, y->file, line, format, args);
	va_end(args);
	return -EINVAL;
}

unsigned weir_yaml_line(const yaml_node_t *n)
{
	return (unsigned)n->start_mark.line + 1;
}

/* libyaml's loader has no bound on nesting; a policy needs three levels. */
static int check_depth(struct weir_yaml *y, size_t size)
{
	enum { DepthMax = 16 };
	yaml_parser_t parser;
	int depth = 0, rc = 0;
	bool ended = false;

	if (!yaml_parser_initialize(&parser))
		return weir_yaml_fail(y, 1, "no memory");
	yaml_parser_set_input_string(&parser, (const unsigned char *)y->text, size);
	while (!ended && !rc) {
		yaml_event_t e;

		if (!yaml_parser_parse(&parser, &e)) {
			rc = weir_yaml_fail(y, (unsigned)parser.problem_mark.line + 1, "not YAML: %s; mind indents and colons",
					    parser.problem ? parser.problem : "unknown problem");
			break;
		}
		if (e.type == YAML_SEQUENCE_START_EVENT || e.type == YAML_MAPPING_START_EVENT)
			depth++;
		if (e.type == YAML_SEQUENCE_END_EVENT || e.type == YAML_MAPPING_END_EVENT)
			depth--;
		if (depth > DepthMax)
			rc = weir_yaml_fail(y, (unsigned)e.start_mark.line + 1, "nested too deeply; see docs/policy.md");
		if (e.type == YAML_ALIAS_EVENT)
			rc = weir_yaml_fail(y, (unsigned)e.start_mark.line + 1, "aliases (*name) are not taken; write the value out");
		ended = e.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&e);
	}
	yaml_parser_delete(&parser);
	return rc;
}

static int load_document(struct weir_yaml *y, size_t size)
{
	yaml_parser_t parser;
	yaml_document_t more;
	int rc = 0;

	if (!yaml_parser_initialize(&parser))
		return weir_yaml_fail(y, 1, "no memory");
	yaml_parser_set_input_string(&parser, (const unsigned char *)y->text, size);
	if (!yaml_parser_load(&parser, &y->doc)) {
		rc = weir_yaml_fail(y, (unsigned)parser.problem_mark.line + 1, "not YAML: %s; mind indents and colons",
				    parser.problem ? parser.problem : "unknown problem");
		yaml_parser_delete(&parser);
		return rc;
	}
	y->has_doc = true;
	if (yaml_parser_load(&parser, &more)) {
		const yaml_node_t *root = yaml_document_get_root_node(&more);

		if (root)
			rc = weir_yaml_fail(y, weir_yaml_line(root), "a second document; a policy file holds one");
		yaml_document_delete(&more);
	}
	yaml_parser_delete(&parser);
	return rc;
}

int weir_yaml_load(struct weir_yaml *y, FILE *f, const char *file, char *detail, size_t detail_size)
{
	size_t size;
	int rc;

	*y = (struct weir_yaml){ .file = file, .detail = detail, .detail_size = detail_size };
	y->text = malloc(WEIR_YAML_BYTES + 1);
	if (!y->text) {
		weir_yaml_fail(y, 1, "no memory");
		return -ENOMEM;
	}
	size = fread(y->text, 1, WEIR_YAML_BYTES + 1, f);
	if (ferror(f))
		return weir_yaml_fail(y, 1, "cannot be read (%s)", strerror(errno));
	if (size > WEIR_YAML_BYTES)
		return weir_yaml_fail(y, 1, "longer than 1 MiB; this is no policy");
	rc = check_depth(y, size);
	return rc ? rc : load_document(y, size);
}

void weir_yaml_done(struct weir_yaml *y)
{
	if (y->has_doc)
		yaml_document_delete(&y->doc);
	free(y->text);
	y->text = NULL;
	y->has_doc = false;
}

const yaml_node_t *weir_yaml_root(struct weir_yaml *y)
{
	return yaml_document_get_root_node(&y->doc);
}

const char *weir_yaml_scalar(struct weir_yaml *y, const yaml_node_t *n, const char *what)
{
	const char *text;

	if (n->type != YAML_SCALAR_NODE) {
		weir_yaml_fail(y, weir_yaml_line(n), "%s: one value expected, not a list or a map", what);
		return NULL;
	}
	text = (const char *)n->data.scalar.value;
	if (strlen(text) != n->data.scalar.length || n->data.scalar.length > NameMax) {
		weir_yaml_fail(y, weir_yaml_line(n), "%s: the value is too long", what);
		return NULL;
	}
	return text;
}

int weir_yaml_pairs(struct weir_yaml *y, const yaml_node_t *n, const char *what, struct weir_yaml_pair *ret)
{
	int count = 0;

	if (n->type != YAML_MAPPING_NODE)
		return weir_yaml_fail(y, weir_yaml_line(n), "%s: lines \"name: value\" expected", what);
	for (const yaml_node_pair_t *p = n->data.mapping.pairs.start; p < n->data.mapping.pairs.top; p++) {
		const yaml_node_t *key = yaml_document_get_node(&y->doc, p->key);
		const char *text = weir_yaml_scalar(y, key, what);

		if (!text)
			return -EINVAL;
		if (count == WEIR_YAML_ITEMS)
			return weir_yaml_fail(y, weir_yaml_line(key), "%s: more than %d names", what, WEIR_YAML_ITEMS);
		for (int i = 0; i < count; i++)
			if (!strcmp(ret[i].key, text))
				return weir_yaml_fail(y, weir_yaml_line(key),
						      "%s: \"%s\" again, after line %u; keep one of them", what, text,
						      ret[i].line);
		ret[count++] = (struct weir_yaml_pair){
			text, yaml_document_get_node(&y->doc, p->value), weir_yaml_line(key) };
	}
	return count;
}

int weir_yaml_length(struct weir_yaml *y, const yaml_node_t *n, const char *what)
{
	if (n->type != YAML_SEQUENCE_NODE)
		return weir_yaml_fail(y, weir_yaml_line(n), "%s: a list expected: [a, b] or lines \"- a\"", what);
	return (int)(n->data.sequence.items.top - n->data.sequence.items.start);
}

const yaml_node_t *weir_yaml_item(struct weir_yaml *y, const yaml_node_t *n, int i)
{
	return yaml_document_get_node(&y->doc, n->data.sequence.items.start[i]);
}

int weir_yaml_items(struct weir_yaml *y, const yaml_node_t *n, const char *what, const yaml_node_t **ret)
{
	int count = weir_yaml_length(y, n, what);

	if (count > WEIR_YAML_ITEMS)
		return weir_yaml_fail(y, weir_yaml_line(n), "%s: more than %d items", what, WEIR_YAML_ITEMS);
	for (int i = 0; i < count; i++)
		ret[i] = weir_yaml_item(y, n, i);
	return count;
}

static uint64_t unit(char c)
{
	switch (c) {
	case 'k':
		return 1000;
	case 'M':
		return 1000000;
	case 'G':
		return 1000000000;
	default:
		return 0;
	}
}

int weir_yaml_number(struct weir_yaml *y, const yaml_node_t *n, const char *what, uint64_t min, uint64_t max,
		     uint64_t *ret)
{
	const char *text = weir_yaml_scalar(y, n, what), *c = text;
	uint64_t v = 0, factor = 1;

	if (!text)
		return -EINVAL;
	for (; *c >= '0' && *c <= '9' && c - text < 15; c++)
		v = v * 10 + (uint64_t)(*c - '0');
	if (c > text && unit(*c))
		factor = unit(*c++);
	if (c == text || *c)
		return weir_yaml_fail(y, weir_yaml_line(n), "%s: \"%s\" is no whole number (as 500, 20k, 1M)", what,
				      text);
	if (v > max / factor || v * factor < min)
		return weir_yaml_fail(y, weir_yaml_line(n), "%s: %s is out of range; give %" PRIu64 " to %" PRIu64,
				      what, text, min, max);
	*ret = v * factor;
	return 0;
}

int weir_yaml_choice(struct weir_yaml *y, const yaml_node_t *n, const char *what, const char *const *names,
		     unsigned *ret)
{
	const char *text = weir_yaml_scalar(y, n, what);
	char list[200] = "";
	size_t used = 0;

	if (!text)
		return -EINVAL;
	for (unsigned i = 0; names[i]; i++) {
		if (!strcmp(names[i], text)) {
			*ret = i;
			return 0;
		}
		used += (size_t)snprintf(list + used, sizeof(list) - used, "%s%s", i ? ", " : "", names[i]);
		if (used >= sizeof(list))
			used = sizeof(list) - 1;
	}
	return weir_yaml_fail(y, weir_yaml_line(n), "%s: \"%s\" is none of: %s", what, text, list);
}

int weir_yaml_bool(struct weir_yaml *y, const yaml_node_t *n, const char *what, bool *ret)
{
	static const char *const names[] = { "false", "true", NULL };
	unsigned i;
	int rc = weir_yaml_choice(y, n, what, names, &i);

	if (!rc)
		*ret = i;
	return rc;
}

/* Edit distance; names are short. */
static unsigned distance(const char *a, const char *b)
{
	unsigned row[NameMax + 2];
	size_t na = strlen(a), nb = strlen(b);

	if (na > NameMax || nb > NameMax)
		return NameMax;
	for (size_t j = 0; j <= nb; j++)
		row[j] = (unsigned)j;
	for (size_t i = 1; i <= na; i++) {
		unsigned left_above = row[0];

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= nb; j++) {
			unsigned best = left_above + (a[i - 1] != b[j - 1]);

			left_above = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[nb];
}

int weir_yaml_unknown(struct weir_yaml *y, unsigned line, const char *what, const char *name,
		      const char *const *names)
{
	const char *nearest = names[0];
	unsigned least = UINT32_MAX;
	char list[300] = "";
	size_t used = 0;

	for (unsigned i = 0; names[i]; i++) {
		unsigned d = distance(name, names[i]);

		if (d < least) {
			least = d;
			nearest = names[i];
		}
		if (used < sizeof(list))
			used += (size_t)snprintf(list + used, sizeof(list) - used, "%s%s", i ? ", " : "", names[i]);
	}
	if (used >= 200)
		return weir_yaml_fail(y, line, "%s: there is no \"%s\"; the nearest is \"%s\", all are in docs/policy.md",
				      what, name, nearest);
	return weir_yaml_fail(y, line, "%s: there is no \"%s\"; there are %s", what, name, list);
}

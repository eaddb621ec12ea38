// SPDX-License-Identifier: Apache-2.0
#include "corpus_tables.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { BytesMost = 8 << 20, FieldsMost = 64, PathMax = 4096 };

static int fail(char *detail, int rc, const char *format, ...) __attribute__((format(printf, 3, 4)));
static int fail(char *detail, int rc, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(detail, CORPUS_DETAIL, format, args);
	va_end(args);
	return rc;
}

/* The whole file as text, to be freed. */
static int read_text(const char *path, char **ret, char *detail)
{
	FILE *f = fopen(path, "re");
	char *text;
	size_t n;

	if (!f)
		return fail(detail, -errno, "%s: %s", path, strerror(errno));
	text = malloc(BytesMost + 1);
	n = text ? fread(text, 1, BytesMost + 1, f) : 0;
	fclose(f);
	if (!text)
		return fail(detail, -ENOMEM, "no memory");
	if (n > BytesMost) {
		free(text);
		return fail(detail, -EINVAL, "%s: longer than %d bytes", path, BytesMost);
	}
	text[n] = 0;
	*ret = text;
	return 0;
}

/* Cut the next line off; NULL at the end. */
static char *next_line(char **text)
{
	char *line = *text;
	char *end = strchr(line, '\n');

	if (!*line)
		return NULL;
	*text = end ? end + 1 : line + strlen(line);
	if (end)
		*end = 0;
	return line;
}

/* @return number of fields, FieldsMost when there are more */
static int cut(char *line, char *field[FieldsMost])
{
	int n = 0;

	while (n < FieldsMost) {
		field[n++] = line;
		line = strchr(line, '\t');
		if (!line)
			break;
		*line++ = 0;
	}
	return n;
}

static bool number(const char *text, uint64_t *ret)
{
	char *end;
	unsigned long long n;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	n = strtoull(text, &end, 10);
	if (*end || errno)
		return false;
	*ret = n;
	return true;
}

static size_t lines_of(const char *text)
{
	size_t n = 1;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

static int find_field(char *const *field, int n, const char *name)
{
	for (int i = 0; i < n; i++)
		if (!strcmp(field[i], name))
			return i;
	return -1;
}

static bool has_word(const char *text, const char *word)
{
	size_t n = strlen(word);
	const char *at = text;

	while ((at = strstr(at, word))) {
		if ((at == text || strchr(" ,;", at[-1])) && strchr(" ,;", at[n]))
			return true;
		at += n;
	}
	return false;
}

static int read_index(struct corpus_tables *t, const char *path, char *detail)
{
	char *text = t->text[0], *line, *field[FieldsMost];
	int at[CORPUS_COLUMNS], at_bytes, at_classes, n;
	unsigned number_of_line = 1;

	t->file = calloc(lines_of(text), sizeof(*t->file));
	if (!t->file)
		return fail(detail, -ENOMEM, "no memory");
	line = next_line(&text);
	n = line ? cut(line, field) : 0;
	at_bytes = find_field(field, n, "bytes");
	at_classes = find_field(field, n, "classes");
	if (!n || strcmp(field[0], "file") || at_bytes < 0 || at_classes < 0)
		return fail(detail, -EINVAL, "%s:1: no columns file, bytes, classes", path);
	for (int i = 0; i < CORPUS_COLUMNS; i++) {
		at[i] = find_field(field, n, corpus_columns[i].name);
		if (at[i] < 0)
			return fail(detail, -EINVAL, "%s:1: no column %s", path, corpus_columns[i].name);
	}
	while ((line = next_line(&text))) {
		struct corpus_file *f = &t->file[t->files];

		number_of_line++;
		if (cut(line, field) != n)
			return fail(detail, -EINVAL, "%s:%u: not %d fields", path, number_of_line, n);
		f->name = field[0];
		f->clean = has_word(field[at_classes], "clean");
		if (!number(field[at_bytes], &f->bytes))
			return fail(detail, -EINVAL, "%s:%u: bytes is not a number", path, number_of_line);
		for (int i = 0; i < CORPUS_COLUMNS; i++)
			if (!number(field[at[i]], &f->count[i]))
				return fail(detail, -EINVAL, "%s:%u: %s is not a number", path, number_of_line,
					    corpus_columns[i].name);
		t->files++;
	}
	return 0;
}

static int read_causes(struct corpus_tables *t, const char *path, char *detail)
{
	char *text = t->text[1], *line, *field[FieldsMost];

	while ((line = next_line(&text))) {
		if (*line == '#')
			continue;
		if (t->causes == CORPUS_CAUSES_MAX || cut(line, field) != 2)
			return fail(detail, -EINVAL, "%s: cause \"%s\": not two fields, or one too many", path, line);
		t->cause[t->causes++] = (struct corpus_cause){ .name = field[0], .text = field[1] };
	}
	return 0;
}

static struct corpus_cause *find_cause(struct corpus_tables *t, const char *name)
{
	for (size_t i = 0; i < t->causes; i++)
		if (!strcmp(t->cause[i].name, name))
			return &t->cause[i];
	return NULL;
}

/* "cause:-2,other:+1" */
static bool read_parts(struct corpus_tables *t, struct corpus_difference *d, char *text)
{
	int64_t sum = 0;
	char *rest, *end;

	for (char *part = strtok_r(text, ",", &rest); part; part = strtok_r(NULL, ",", &rest)) {
		char *colon = strchr(part, ':');

		if (!colon || d->parts == CORPUS_PARTS_MAX)
			return false;
		*colon = 0;
		d->part[d->parts].cause = find_cause(t, part);
		d->part[d->parts].count = strtoll(colon + 1, &end, 10);
		sum += d->part[d->parts].count;
		if (!d->part[d->parts].cause || !d->part[d->parts].count || *end)
			return false;
		d->parts++;
	}
	return d->parts && sum == (int64_t)d->ours - (int64_t)d->index;
}

static bool known_file(const struct corpus_tables *t, const char *name)
{
	for (size_t i = 0; i < t->files; i++)
		if (!strcmp(t->file[i].name, name))
			return true;
	return false;
}

static void count_causes(struct corpus_difference *d)
{
	for (unsigned i = 0; i < d->parts; i++) {
		struct corpus_cause *c = d->part[i].cause;

		c->counts++;
		if (c->last_file && !strcmp(c->last_file, d->file))
			continue;
		c->last_file = d->file;
		c->files++;
	}
}

static int read_differences(struct corpus_tables *t, const char *path, char *detail)
{
	char *text = t->text[2], *line, *field[FieldsMost];
	const char *before = "";
	unsigned number_of_line = 0;

	t->difference = calloc(lines_of(text), sizeof(*t->difference));
	if (!t->difference)
		return fail(detail, -ENOMEM, "no memory");
	while ((line = next_line(&text))) {
		struct corpus_difference *d = &t->difference[t->differences];

		number_of_line++;
		if (*line == '#')
			continue;
		if (cut(line, field) != 5)
			return fail(detail, -EINVAL, "%s:%u: not five fields", path, number_of_line);
		d->file = field[0];
		d->line = number_of_line;
		d->column = corpus_column_find(field[1]);
		if (d->column < 0)
			return fail(detail, -EINVAL, "%s:%u: no column %s", path, number_of_line, field[1]);
		if (!known_file(t, d->file))
			return fail(detail, -EINVAL, "%s:%u: the index has no file %s", path, number_of_line, d->file);
		/* By file, so that the files of a cause can be counted, and none twice. */
		if (strcmp(before, d->file) > 0 || corpus_difference_find(t, d->file, d->column))
			return fail(detail, -EINVAL, "%s:%u: not sorted by file, or twice the same", path,
				    number_of_line);
		before = d->file;
		if (!number(field[2], &d->index) || !number(field[3], &d->ours))
			return fail(detail, -EINVAL, "%s:%u: not a number", path, number_of_line);
		if (!read_parts(t, d, field[4]))
			return fail(detail, -EINVAL, "%s:%u: an unknown cause, or they do not add up to %" PRId64,
				    path, number_of_line, (int64_t)d->ours - (int64_t)d->index);
		count_causes(d);
		t->differences++;
	}
	return 0;
}

int corpus_tables_read(const char *captures, const char *known, struct corpus_tables *ret, char *detail)
{
	static int (*const reader[3])(struct corpus_tables *, const char *, char *) = {
		read_index, read_causes, read_differences,
	};
	static const char *const name[3] = { "index.tsv", "causes.tsv", "differences.tsv" };
	char path[PathMax];
	int rc = 0;

	memset(ret, 0, sizeof(*ret));
	for (int i = 0; i < 3 && !rc; i++) {
		snprintf(path, sizeof(path), "%s/%s", i ? known : captures, name[i]);
		rc = read_text(path, &ret->text[i], detail);
		if (!rc)
			rc = reader[i](ret, path, detail);
	}
	return rc;
}

void corpus_tables_done(struct corpus_tables *t)
{
	free(t->file);
	free(t->difference);
	for (int i = 0; i < 3; i++)
		free(t->text[i]);
}

struct corpus_difference *corpus_difference_find(struct corpus_tables *t, const char *file, int column)
{
	for (size_t i = 0; i < t->differences; i++)
		if (t->difference[i].column == column && !strcmp(t->difference[i].file, file))
			return &t->difference[i];
	return NULL;
}

void corpus_causes_print(const struct corpus_tables *t, FILE *f)
{
	for (size_t i = 0; i < t->causes; i++)
		fprintf(f, "| `%s` | %u | %u | %s |\n", t->cause[i].name, t->cause[i].files, t->cause[i].counts,
			t->cause[i].text);
}

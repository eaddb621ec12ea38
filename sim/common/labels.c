// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "labels.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_BYTES 512

struct weir_labels {
	struct weir_label_attack attack[WEIR_LABEL_ATTACKS_MAX];
	size_t n_attacks;
	uint8_t *of;        /* a packet each: 0 honest, else attack number + 1 */
	size_t n, cap, max;
	bool ended;
};

/* Where we are, for messages. */
struct reader {
	FILE *f;
	const char *file;
	unsigned long line_no;
	char line[LINE_MAX_BYTES];
	char *detail;
	size_t detail_size;
};

static const char *const class_names[] = {
#define X(name, bit) [bit] = #name,
	WEIR_LABEL_CLASS_LIST(X)
#undef X
};

enum { Classes = sizeof(class_names) / sizeof(class_names[0]) };

unsigned weir_label_classes_parse(const char *text)
{
	unsigned mask = 0;

	if (!strcmp(text, "any"))
		return WEIR_LABEL_CLASS_any;
	for (;;) {
		size_t len = strcspn(text, ",");
		unsigned i;

		for (i = 0; i < Classes; i++)
			if (strlen(class_names[i]) == len && !memcmp(class_names[i], text, len))
				break;
		if (i == Classes)
			return 0;
		mask |= 1u << i;
		if (!text[len])
			return mask;
		text += len + 1;
	}
}

char *weir_label_classes_format(unsigned classes, char *buf)
{
	size_t at = 0;

	if (classes == WEIR_LABEL_CLASS_any) {
		memcpy(buf, "any", 4);
		return buf;
	}
	buf[0] = 0;
	for (unsigned i = 0; i < Classes; i++)
		if (classes & 1u << i)
			at += (size_t)snprintf(buf + at, WEIR_LABEL_CLASSES_TEXT - at, "%s%s",
					at ? "," : "", class_names[i]);
	return buf;
}

bool weir_label_name_ok(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && len < WEIR_LABEL_NAME_MAX && strcmp(name, "honest") &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") == len;
}

__attribute__((format(printf, 3, 4)))
static int fail(struct reader *r, int err, const char *fmt, ...)
{
	va_list ap;
	int n = snprintf(r->detail, r->detail_size, "%s:%lu: ", r->file, r->line_no);

	if (n >= 0 && (size_t)n < r->detail_size) {
		va_start(ap, fmt);
		vsnprintf(r->detail + n, r->detail_size - (size_t)n, fmt, ap);
		va_end(ap);
	}
	return err;
}

/* 1 a line, 0 end of file, negative failed. The newline is cut off. */
static int next_line(struct reader *r)
{
	size_t n = 0;
	int c;

	while ((c = getc_unlocked(r->f)) != EOF && c != '\n') {
		if (n == 0)
			r->line_no++;
		if (c == 0)
			return fail(r, -EINVAL, "not a text file (NUL byte)");
		if (n == sizeof(r->line) - 1)
			return fail(r, -EINVAL, "line longer than %d characters", LINE_MAX_BYTES - 1);
		r->line[n++] = (char)c;
	}
	if (ferror(r->f))
		return fail(r, -EIO, "cannot read");
	if (c == EOF && n == 0)
		return 0;
	if (n == 0)
		r->line_no++;
	if (c == EOF)
		return fail(r, -EINVAL, "last line is not complete; is the file cut off?");
	if (n > 0 && r->line[n - 1] == '\r')
		n--;
	r->line[n] = 0;
	return 1;
}

/* Decimal number without sign or blanks, ended by a character of `ends` or the end of the text. */
static bool number(const char **text, const char *ends, uint64_t *ret)
{
	uint64_t v = 0;
	const char *c = *text;

	if (*c < '0' || *c > '9')
		return false;
	for (; *c >= '0' && *c <= '9'; c++) {
		unsigned d = (unsigned)(*c - '0');

		if (v > (UINT64_MAX - d) / 10)
			return false;
		v = v * 10 + d;
	}
	if (*c && !strchr(ends, *c))
		return false;
	*text = c;
	*ret = v;
	return true;
}

static int attack_by_name(const struct weir_labels *l, const char *name)
{
	for (size_t i = 0; i < l->n_attacks; i++)
		if (!strcmp(l->attack[i].name, name))
			return (int)i;
	return -1;
}

/* "name=syn-0 class=syn target=… start_ns=… end_ns=…", in any order, each once. */
static int attack_fields(struct reader *r, struct weir_label_attack *a, char *text)
{
	enum { Name = 1, Class = 2, Target = 4, Start = 8, End = 16, All = 31 };
	unsigned seen = 0;
	char *save = NULL;

	for (char *f = strtok_r(text, " ", &save); f; f = strtok_r(NULL, " ", &save)) {
		char *value = strchr(f, '=');
		const char *v;
		unsigned bit;
		bool ok;

		if (!value)
			return fail(r, -EINVAL, "\"%s\" is not key=value", f);
		*value++ = 0;
		v = value;
		if (!strcmp(f, "name")) {
			bit = Name;
			ok = weir_label_name_ok(v);
			if (ok)
				memcpy(a->name, v, strlen(v) + 1);
		} else if (!strcmp(f, "class")) {
			bit = Class;
			a->classes = weir_label_classes_parse(v);
			ok = a->classes != 0;
		} else if (!strcmp(f, "target")) {
			bit = Target;
			ok = !weir_prefix_parse(v, &a->target);
		} else if (!strcmp(f, "start_ns")) {
			bit = Start;
			ok = number(&v, "", &a->start_ns);
		} else if (!strcmp(f, "end_ns")) {
			bit = End;
			ok = number(&v, "", &a->end_ns);
		} else {
			return fail(r, -EINVAL, "unknown key \"%s\" in the attack's row", f);
		}
		if (!ok)
			return fail(r, -EINVAL, "bad value \"%s\" for %s", value, f);
		if (seen & bit)
			return fail(r, -EINVAL, "%s given twice", f);
		seen |= bit;
	}
	if (seen != All)
		return fail(r, -EINVAL, "attack row without %s",
			    !(seen & Name) ? "name" : !(seen & Class) ? "class" :
			    !(seen & Target) ? "target" : !(seen & Start) ? "start_ns" : "end_ns");
	if (a->start_ns > a->end_ns)
		return fail(r, -EINVAL, "attack ends before it starts");
	return 0;
}

static int read_attack(struct reader *r, struct weir_labels *l, const char *text)
{
	struct weir_label_attack a = { 0 };
	uint64_t index;
	int err;

	if (l->n > 0)
		return fail(r, -EINVAL, "attack row behind the first packet");
	if (l->n_attacks == WEIR_LABEL_ATTACKS_MAX)
		return fail(r, -EINVAL, "more than %d attacks", WEIR_LABEL_ATTACKS_MAX);
	if (!number(&text, " ", &index) || index != l->n_attacks)
		return fail(r, -EINVAL, "expected \"attack %zu\"", l->n_attacks);
	err = attack_fields(r, &a, (char *)text);
	if (err)
		return err;
	if (attack_by_name(l, a.name) >= 0)
		return fail(r, -EINVAL, "two attacks named \"%s\"", a.name);
	l->attack[l->n_attacks++] = a;
	return 0;
}

static int add_packets(struct reader *r, struct weir_labels *l, uint64_t count, uint8_t value)
{
	if (count > l->max - l->n)
		return fail(r, -E2BIG, "more than %zu packets", l->max);
	if (count > l->cap - l->n) {
		size_t want = l->n + (size_t)count, cap = l->cap ? l->cap : 4096;
		uint8_t *of;

		while (cap < want)
			cap = cap > l->max / 2 ? l->max : cap * 2;
		of = realloc(l->of, cap);
		if (!of)
			return fail(r, -ENOMEM, "no memory for %zu packets", cap);
		l->of = of;
		l->cap = cap;
	}
	memset(l->of + l->n, value, (size_t)count);
	l->n += (size_t)count;
	return 0;
}

/* "N LABEL", "N-M LABEL", either with a further word that says more. */
static int read_packet(struct reader *r, struct weir_labels *l)
{
	const char *c = r->line;
	char *label, *more;
	uint64_t first, last;
	int attack = -1;

	if (!number(&c, "- ", &first))
		return fail(r, -EINVAL, "expected a packet number, found \"%.20s\"", r->line);
	last = first;
	if (*c == '-') {
		c++;
		if (!number(&c, " ", &last) || last < first)
			return fail(r, -EINVAL, "bad range of packet numbers");
	}
	if (first != l->n + 1)
		return fail(r, -EINVAL, "expected packet %zu, found %" PRIu64, l->n + 1, first);
	if (*c != ' ')
		return fail(r, -EINVAL, "packet without a label");
	label = (char *)c + 1;
	more = strchr(label, ' ');
	if (more)
		*more = 0;
	if (strcmp(label, "honest")) {
		attack = attack_by_name(l, label);
		if (attack < 0)
			return fail(r, -EINVAL, "label \"%.40s\" is not in the attack table", label);
	}
	return add_packets(r, l, last - first + 1, (uint8_t)(attack + 1));
}

static int read_comment(struct reader *r, struct weir_labels *l)
{
	if (!strncmp(r->line, "# attack ", 9))
		return read_attack(r, l, r->line + 9);
	if (!strncmp(r->line, "# end packets=", 14)) {
		const char *c = r->line + 14;
		uint64_t n;

		if (!number(&c, "", &n) || n != l->n)
			return fail(r, -EINVAL, "the end says %.20s packets, %zu were read",
				    r->line + 14, l->n);
		l->ended = true;
	}
	return 0;   /* any other comment */
}

static int read_all(struct reader *r, struct weir_labels *l)
{
	int err = next_line(r);

	if (err < 0)
		return err;
	if (err == 0 || strcmp(r->line, "# weir-labels 1"))
		return fail(r, -EINVAL, "not a label file: the first line is not \"# weir-labels 1\"");
	while ((err = next_line(r)) > 0) {
		if (r->line[0] == 0)
			continue;
		if (l->ended)
			return fail(r, -EINVAL, "text behind the end line");
		err = r->line[0] == '#' ? read_comment(r, l) : read_packet(r, l);
		if (err)
			return err;
	}
	if (err == 0 && !l->ended)
		return fail(r, -EINVAL, "no end line; is the file cut off?");
	return err;
}

int weir_labels_read(FILE *f, const char *file, size_t max_packets, struct weir_labels **ret,
		     char *detail, size_t detail_size)
{
	struct reader r = { .f = f, .file = file, .detail = detail, .detail_size = detail_size };
	struct weir_labels *l = calloc(1, sizeof(*l));
	int err;

	if (!l)
		return fail(&r, -ENOMEM, "no memory");
	l->max = max_packets;
	err = read_all(&r, l);
	if (err) {
		weir_labels_free(l);
		return err;
	}
	*ret = l;
	return 0;
}

int weir_labels_open(const char *file, size_t max_packets, struct weir_labels **ret, char *detail,
		     size_t detail_size)
{
	FILE *f;
	int err;

	if (!strcmp(file, "-"))
		return weir_labels_read(stdin, "standard input", max_packets, ret, detail, detail_size);
	f = fopen(file, "re");
	if (!f) {
		err = -errno;
		snprintf(detail, detail_size, "%s: %s", file, strerror(-err));
		return err;
	}
	err = weir_labels_read(f, file, max_packets, ret, detail, detail_size);
	fclose(f);
	return err;
}

void weir_labels_free(struct weir_labels *l)
{
	if (!l)
		return;
	free(l->of);
	free(l);
}

size_t weir_labels_packets(const struct weir_labels *l)
{
	return l->n;
}

int weir_labels_of(const struct weir_labels *l, size_t index)
{
	return index < l->n ? l->of[index] - 1 : WEIR_LABEL_HONEST;
}

size_t weir_labels_attacks(const struct weir_labels *l)
{
	return l->n_attacks;
}

const struct weir_label_attack *weir_labels_attack(const struct weir_labels *l, size_t attack)
{
	return attack < l->n_attacks ? &l->attack[attack] : NULL;
}

void weir_labels_write_head(FILE *f, const struct weir_label_attack *attacks, size_t n)
{
	char classes[WEIR_LABEL_CLASSES_TEXT], target[WEIR_ADDR_TEXT_MAX];

	fprintf(f, "# weir-labels 1\n");
	for (size_t i = 0; i < n; i++)
		fprintf(f, "# attack %zu name=%s class=%s target=%s start_ns=%" PRIu64
			" end_ns=%" PRIu64 "\n", i, attacks[i].name,
			weir_label_classes_format(attacks[i].classes, classes),
			weir_prefix_format(&attacks[i].target, target),
			attacks[i].start_ns, attacks[i].end_ns);
}

void weir_labels_write_packet(FILE *f, uint64_t num, const char *name, const char *detail)
{
	char digits[24];
	int at = sizeof(digits);

	/* The hot line of a run of millions: without printf. */
	digits[--at] = 0;
	do
		digits[--at] = (char)('0' + num % 10);
	while (num /= 10);
	fputs_unlocked(digits + at, f);
	putc_unlocked(' ', f);
	fputs_unlocked(name ? name : "honest", f);
	if (detail) {
		putc_unlocked(' ', f);
		fputs_unlocked(detail, f);
	}
	putc_unlocked('\n', f);
}

void weir_labels_write_end(FILE *f, uint64_t packets)
{
	fprintf(f, "# end packets=%" PRIu64 "\n", packets);
}

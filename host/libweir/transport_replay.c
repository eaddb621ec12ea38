// SPDX-License-Identifier: Apache-2.0
/* replay:FILE, a recorded conversation (docs/libweir.md, "Replay"): what is sent must be what was sent then, what comes and when comes
 * from the file. The whole file is looked through at the start; then it is gone through line by line. */
#include "replay.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "device_priv.h"

/* Octets in a line; ms in a line: a month. */
enum { OctetsMost = 1 << 16, NumberMost = 0x7fffffff, TimeoutMs = 100 };

static const char first_line[] = "weir-replay 1";

/** A line that says something. */
struct event {
	char kind;           /* > < ! = @ * */
	const char *hex;     /* of > and < */
	size_t octets;
	uint32_t number;     /* of = and @ */
	struct weir_timing timing;   /* of * */
	int error;           /* of !, and behind > and @; 0: none */
};

struct weir_transport {
	char *text;
	size_t n, at;        /* at: begin of the next line */
	unsigned line;       /* its number, from 1 */
	size_t taken;        /* octets of a line < that have been received already */
	int64_t asked_ms;    /* what the clock said last */
	int64_t over_ms;     /* the deadline that has passed since, or asked_ms */
	bool timed;          /* the file says: */
	struct weir_timing timing;
	char why[160];
};

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/** Hexadecimal octets up to a blank or the end. @return how many; 0: that is none, or too many. */
static size_t read_hex(const char *at, size_t n)
{
	size_t i = 0;

	while (i < n && at[i] != ' ')
		if (hex_digit(at[i++]) < 0)
			return 0;
	return i % 2 == 0 && i / 2 <= OctetsMost ? i / 2 : 0;
}

/** A decimal number up to a blank or the end. @return its digits; 0: that is none, or too large. */
static size_t read_number(const char *at, size_t n, uint32_t *ret)
{
	uint64_t v = 0;
	size_t i = 0;

	while (i < n && at[i] != ' ') {
		if (at[i] < '0' || at[i] > '9' || v > NumberMost)
			return 0;
		v = v * 10 + (uint64_t)(at[i++] - '0');
	}
	*ret = (uint32_t)v;
	return v <= NumberMost ? i : 0;
}

/** "NAME", the rest of the line. */
static bool read_error(const char *at, size_t n, int *ret)
{
	*ret = weir_error_find(at, n);
	return *ret < 0;
}

/** Four numbers, a blank between. @return digits and blanks; 0: that is none of it. */
static size_t read_timing(const char *at, size_t n, struct weir_timing *ret)
{
	uint32_t *const field[] = { &ret->timeout_ms, &ret->attempts, &ret->mail_ms, &ret->bit_rate };
	size_t used = 0;

	for (size_t i = 0; i < sizeof(field) / sizeof(field[0]); i++) {
		size_t digits;

		if (i && (used >= n || at[used++] != ' '))
			return 0;
		digits = read_number(at + used, n - used, field[i]);
		if (!digits)
			return 0;
		used += digits;
	}
	return ret->attempts ? used : 0;
}

/** @return NULL, or what is wrong. An event of kind 0 says nothing. */
static const char *read_line(const char *at, size_t n, struct event *ret)
{
	size_t used = 0;

	*ret = (struct event){ 0 };
	if (n == 0 || at[0] == '#')
		return NULL;
	if (n < 3 || at[1] != ' ')
		return "not one of > < ! = @ * #, a blank and what follows";
	ret->kind = at[0];
	at += 2;
	n -= 2;
	switch (ret->kind) {
	case '>':
	case '<':
		ret->hex = at;
		ret->octets = read_hex(at, n);
		used = 2 * ret->octets;
		if (!used)
			return "octets are pairs of hexadecimal digits, 1 to 65,536 of them";
		break;
	case '=':
	case '@':
		used = read_number(at, n, &ret->number);
		if (!used)
			return "a number from 0 to 2147483647 is due";
		break;
	case '*':
		used = read_timing(at, n, &ret->timing);
		return used && used == n ? NULL : "four numbers are due: ms for a reply, attempts (not 0), ms for the firmware, bit rate";
	case '!':
		return read_error(at, n, &ret->error) ? NULL : "no such error";
	default:
		return "not one of > < ! = @ * #";
	}
	if (used == n)
		return NULL;
	if (ret->kind == '<' || ret->kind == '=')
		return "nothing may follow";
	if (n - used > 3 && !memcmp(at + used, " ! ", 3) && read_error(at + used + 3, n - used - 3, &ret->error))
		return NULL;
	return "only \" ! \" and an error may follow";
}

/** The line at t->at. @return its length without its end; it is the last one when that is all there is. */
static size_t line_length(const struct weir_transport *t)
{
	const char *end = memchr(t->text + t->at, '\n', t->n - t->at);

	return end ? (size_t)(end - t->text) - t->at : t->n - t->at;
}

static void advance(struct weir_transport *t)
{
	t->at += line_length(t);
	if (t->at < t->n)
		t->at++;
	t->line++;
	t->taken = 0;
}

/** The next line that says something, without taking it. Kind 0: the end. */
static struct event next(struct weir_transport *t)
{
	struct event e = { 0 };

	while (t->at < t->n) {
		(void)read_line(t->text + t->at, line_length(t), &e);
		if (e.kind && e.kind != '*')
			break;
		e.kind = 0;
		advance(t);
	}
	return e;
}

static int look_through(struct weir_transport *t, const char *name, char *detail)
{
	const char *what = NULL;
	struct event e;

	if (t->n < sizeof(first_line) - 1 || line_length(t) != sizeof(first_line) - 1 || memcmp(t->text, first_line, sizeof(first_line) - 1)) {
		snprintf(detail, WEIR_DETAIL, "%.200s:1: the first line is not \"%s\"", name, first_line);
		return WEIR_EINPUT;
	}
	for (advance(t); t->at < t->n; advance(t)) {
		what = read_line(t->text + t->at, line_length(t), &e);
		if (!what && e.kind == '*' && t->line != 2)
			what = "this has its place in the second line";
		if (what)
			break;
		if (e.kind == '*') {
			t->timed = true;
			t->timing = e.timing;
		}
	}
	if (what) {
		snprintf(detail, WEIR_DETAIL, "%.200s:%u: %s", name, t->line, what);
		return WEIR_EINPUT;
	}
	t->at = 0;
	t->line = 1;
	advance(t);
	return 0;
}

int weir_replay_new(const char *name, char *text, size_t n, struct weir_transport **ret, char *detail)
{
	struct weir_transport *t = calloc(1, sizeof(*t));
	int rc;

	if (!t) {
		free(text);
		return -ENOMEM;
	}
	t->text = text;
	t->n = n;
	t->line = 1;
	rc = look_through(t, name, detail);
	if (rc) {
		free(text);
		free(t);
		return rc;
	}
	*ret = t;
	return 0;
}

static int read_file(const char *name, char **ret, size_t *ret_n)
{
	FILE *f = fopen(name, "re");
	struct stat st;
	int rc = 0;

	if (!f)
		return -errno;
	if (fstat(fileno(f), &st))
		rc = -errno;
	else if (S_ISDIR(st.st_mode))
		rc = -EISDIR;
	else if (!S_ISREG(st.st_mode))
		rc = -EINVAL;
	else if (st.st_size > WEIR_REPLAY_MAX)
		rc = -EFBIG;
	*ret = rc ? NULL : malloc((size_t)st.st_size + 1);
	if (rc == 0 && !*ret)
		rc = -ENOMEM;
	if (rc == 0) {
		*ret_n = fread(*ret, 1, (size_t)st.st_size, f);
		if (ferror(f)) {
			rc = -EIO;
			free(*ret);
		}
	}
	fclose(f);
	return rc;
}

static int replay_open(const char *rest, const struct weir_transport_options *options, struct weir_transport **ret, char *detail)
{
	size_t n = 0;
	char *text = NULL;
	int rc = read_file(rest, &text, &n);

	(void)options;
	if (rc) {
		snprintf(detail, WEIR_DETAIL, "replay:%.200s: %s", rest, weir_strerror(rc));
		return rc;
	}
	return weir_replay_new(rest, text, n, ret, detail);
}

static const char *kind_name(char kind)
{
	switch (kind) {
	case '>':
		return "something is sent";
	case '<':
		return "something is received";
	case '!':
		return "receiving fails";
	case '=':
		return "time goes by";
	case '@':
		return "the bit rate changes";
	default:
		return "the record ends";
	}
}

static int strayed(struct weir_transport *t, char kind, const char *now)
{
	snprintf(t->why, sizeof(t->why), "line %u: there %s, here %s", t->line, kind_name(kind), now);
	return WEIR_EREPLAY;
}

/** The next line that is about more than time. */
static struct event next_deed(struct weir_transport *t)
{
	struct event e = next(t);

	while (e.kind == '=') {
		advance(t);
		e = next(t);
	}
	return e;
}

static uint8_t octet(const struct event *e, size_t i)
{
	return (uint8_t)(hex_digit(e->hex[2 * i]) << 4 | hex_digit(e->hex[2 * i + 1]));
}

static bool same_octets(const struct event *e, const uint8_t *octets, size_t n)
{
	if (n != e->octets)
		return false;
	for (size_t i = 0; i < n; i++)
		if (octet(e, i) != octets[i])
			return false;
	return true;
}

static int replay_send(struct weir_transport *t, const uint8_t *octets, size_t n, int64_t deadline_ms)
{
	struct event e = next_deed(t);

	if (e.kind != '>')
		return strayed(t, e.kind, "something is sent");
	if (!same_octets(&e, octets, n)) {
		int rc = strayed(t, e.kind, "something else is sent");

		advance(t);
		return rc;
	}
	advance(t);
	if (e.error == -ETIMEDOUT)
		t->over_ms = deadline_ms;
	return e.error;
}

static int replay_receive(struct weir_transport *t, uint8_t *ret, size_t room, int64_t deadline_ms)
{
	struct event e = next(t);
	size_t n;

	if (e.kind == '!') {
		advance(t);
		return e.error;
	}
	if (e.kind != '<') {
		/* Nothing came then. For ever is something else. */
		if (deadline_ms == INT64_MAX)
			return strayed(t, e.kind, "something is waited for");
		if (deadline_ms > t->over_ms)
			t->over_ms = deadline_ms;
		return 0;
	}
	n = e.octets - t->taken < room ? e.octets - t->taken : room;
	for (size_t i = 0; i < n; i++)
		ret[i] = octet(&e, t->taken + i);
	t->taken += n;
	if (t->taken == e.octets)
		advance(t);
	return (int)n;
}

static int replay_rate(struct weir_transport *t, uint32_t bit_rate)
{
	struct event e = next_deed(t);

	if (e.kind != '@' || e.number != bit_rate)
		return strayed(t, e.kind, "the bit rate changes");
	advance(t);
	return e.error;
}

/** As recorded, or, where somebody wrote the file who has no clock, as deadlines go by. */
static int64_t replay_now_ms(struct weir_transport *t)
{
	struct event e = next(t);

	if (e.kind == '=') {
		t->asked_ms += e.number;
		advance(t);
	} else if (t->over_ms > t->asked_ms) {
		t->asked_ms = t->over_ms;
	}
	t->over_ms = t->asked_ms;
	return t->asked_ms;
}

static const char *replay_why(const struct weir_transport *t)
{
	return t->why;
}

static void replay_timing(const struct weir_transport *t, struct weir_timing *timing)
{
	if (t->timed)
		*timing = t->timing;
}

static void replay_close(struct weir_transport *t)
{
	if (!t)
		return;
	free(t->text);
	free(t);
}

const struct weir_transport_ops weir_transport_replay = {
	.scheme = "replay",
	.timeout_ms = TimeoutMs,
	.open = replay_open,
	.send = replay_send,
	.receive = replay_receive,
	.rate = replay_rate,
	.close = replay_close,
	.now_ms = replay_now_ms,
	.why = replay_why,
	.timing = replay_timing,
};

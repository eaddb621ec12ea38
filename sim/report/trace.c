// SPDX-License-Identifier: Apache-2.0
#include "trace.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { LineMax = 4096, WindowFirst = 1024, WindowMost = 1 << 22 };

struct weir_trace {
	FILE *f;
	const struct weir_policy *policy;
	const struct weir_rule_map *rules;
	char **waiting;        /* lines, at number % window */
	size_t window;         /* a power of two */
	uint64_t next;         /* number of the line to write next */
};

struct weir_trace *weir_trace_new(FILE *f, const struct weir_policy *policy, const struct weir_rule_map *rules)
{
	struct weir_trace *t = calloc(1, sizeof(*t));

	if (t)
		t->waiting = calloc(WindowFirst, sizeof(*t->waiting));
	if (!t || !t->waiting) {
		free(t);
		fclose(f);
		return NULL;
	}
	t->f = f;
	t->policy = policy;
	t->rules = rules;
	t->window = WindowFirst;
	t->next = 1;
	return t;
}

static void add(char *line, size_t *n, const char *format, ...) __attribute__((format(printf, 3, 4)));

static void add(char *line, size_t *n, const char *format, ...)
{
	va_list args;
	int k;

	va_start(args, format);
	k = vsnprintf(line + *n, LineMax - *n, format, args);
	va_end(args);
	if (k > 0)
		*n += (size_t)k < LineMax - *n ? (size_t)k : LineMax - *n - 1;
}

static const char *fate_verdict(const struct weir_packet *p)
{
	return p->fate == WEIR_FATE_LOST ? "lost" : weir_verdict_name(p->rec.verdict);
}

/* In the user's words: the line of the policy. */
static void add_rule(const struct weir_trace *t, const struct weir_record *r, char *line, size_t *n)
{
	const struct weir_rule *rule = weir_rule_of(r, t->policy, t->rules);

	if (!r->rule) {
		add(line, n, ",\"rule\":null");
		return;
	}
	add(line, n, ",\"rule\":{\"id\":%u", r->rule - 1u);
	if (rule)
		add(line, n, ",\"line\":%u,\"action\":\"%s\"", rule->line, weir_rule_action_name(rule->action));
	if (rule && rule->originator[0])
		add(line, n, ",\"originator\":\"%s\"", rule->originator);
	add(line, n, "}");
}

/* Names hold letters, digits and '_', keys digits, letters and ". : / > ", originators neither quotes nor backslashes:
 * nothing needs escaping. */
static void format_line(const struct weir_trace *t, const struct weir_packet *p, char *line)
{
	const struct weir_record *r = &p->rec;
	static const char *const floods[] = { "host", "total", "zombie" };
	int place = weir_key_place(r->reason);
	char key[WEIR_KEY_TEXT];
	struct weir_key k;
	size_t n = 0;
	const char *comma = "";

	if (place < 0 && r->reason == WEIR_REASON_pass)
		place = weir_key_place(r->dry_reason);
	add(line, &n, "{\"n\":%" PRIu64 ",\"t_ns\":%" PRIu64 ",\"side\":\"%c\",\"len\":%u,\"verdict\":\"%s\",\"reason\":\"%s\"",
	    p->number, p->time_ns, p->side ? 'P' : 'U', p->len ? p->len : p->wire_len, fate_verdict(p),
	    p->fate == WEIR_FATE_LOST ? "unexplained" : weir_reason_name(r->reason));
	if (place >= 0) {
		weir_key_of(r, (unsigned)place, t->policy, t->rules, &k);
		add(line, &n, ",\"key\":\"%s\"", weir_key_format(&k, key));
	} else {
		add(line, &n, ",\"key\":null");
	}
	add(line, &n, ",\"threshold\":%u,\"measured\":%u,\"unit\":\"%s\"", r->threshold, r->measured,
	    r->unit ? "bytes" : "packets");
	if (p->latency_ns == WEIR_LATENCY_NONE)
		add(line, &n, ",\"latency_ns\":null");
	else
		add(line, &n, ",\"latency_ns\":%" PRIu64, p->latency_ns);
	add(line, &n, ",\"classes\":[");
	for (unsigned c = 0; c < WEIR_CLASSES; c++)
		if (weir_record_has_class(r, c)) {
			add(line, &n, "%s\"%s\"", comma, weir_class_name(c));
			comma = ",";
		}
	add(line, &n, "],\"anomalies\":[");
	comma = "";
	for (unsigned code = 0; code < WEIR_ANOMALIES; code++)
		if (weir_record_has_anomaly(r, code)) {
			add(line, &n, "%s\"%s\"", comma, weir_anomaly_name(code));
			comma = ",";
		}
	if (r->event)
		add(line, &n, "],\"event\":\"%s\"", weir_event_name(r->event));
	else
		add(line, &n, "],\"event\":null");
	add(line, &n, ",\"legit\":%s,\"proven\":%s,\"flood\":[", r->legit ? "true" : "false", r->proven ? "true" : "false");
	comma = "";
	for (unsigned i = 0; i < sizeof(floods) / sizeof(floods[0]); i++)
		if (r->flood >> i & 1) {
			add(line, &n, "%s\"%s\"", comma, floods[i]);
			comma = ",";
		}
	add(line, &n, "]");
	add_rule(t, r, line, &n);
	if (r->dry_reason)
		add(line, &n, ",\"dry_reason\":\"%s\"}\n", weir_reason_name(r->dry_reason));
	else
		add(line, &n, ",\"dry_reason\":null}\n");
}

static void write_ready(struct weir_trace *t)
{
	char **at;

	while (*(at = &t->waiting[t->next & (t->window - 1)])) {
		fputs(*at, t->f);
		free(*at);
		*at = NULL;
		t->next++;
	}
}

int weir_trace_alarm(struct weir_trace *t, uint64_t now_us, const uint32_t word[WEIR_ALARM_WORDS])
{
	static const char *const states[] = { "on", "start", "peak", "end" };
	char series[WEIR_SERIES_TEXT], address[WEIR_ALARM_ADDRESS_TEXT];

	fprintf(t->f, "{\"alarm\":%" PRIu32 ",\"t_ns\":%" PRIu64 ",\"state\":\"%s\",\"kind\":\"%s\",\"severity\":\"%s\",\"series\":\"%s\","
		"\"threshold\":%" PRIu32 ",\"measured\":%" PRIu32 ",\"dropped\":%" PRIu32 ",\"address\":\"%s\"}\n",
		word[1], now_us * 1000, states[word[0] >> 8 & 3], weir_alarm_kind_name(word[0] & 0xff),
		weir_alarm_severity_name(word[0] >> 10), weir_series_format(word[0] >> 16 & 0xfff, series), word[4], word[5], word[7],
		weir_alarm_address(word + 8, address));
	return ferror(t->f) ? -EIO : 0;
}

static int widen(struct weir_trace *t, uint64_t number)
{
	size_t window = t->window;
	char **waiting;

	while (number - t->next >= window && window < WindowMost)
		window *= 2;
	if (number - t->next >= window)
		return -ENOMEM;
	waiting = calloc(window, sizeof(*waiting));
	if (!waiting)
		return -ENOMEM;
	for (uint64_t i = 0; i < t->window; i++)
		waiting[(t->next + i) & (window - 1)] = t->waiting[(t->next + i) & (t->window - 1)];
	free(t->waiting);
	t->waiting = waiting;
	t->window = window;
	return 0;
}

int weir_trace_packet(struct weir_trace *t, const struct weir_packet *p)
{
	char line[LineMax];
	int rc;

	format_line(t, p, line);
	if (p->number == t->next) {
		fputs(line, t->f);
		t->next++;
		write_ready(t);
		return 0;
	}
	if (p->number - t->next >= t->window) {
		rc = widen(t, p->number);
		if (rc)
			return rc;
	}
	t->waiting[p->number & (t->window - 1)] = strdup(line);
	return t->waiting[p->number & (t->window - 1)] ? 0 : -ENOMEM;
}

int weir_trace_close(struct weir_trace *t)
{
	int rc;

	if (!t)
		return 0;
	/* Left over only when a run was given up: then with gaps. */
	for (uint64_t i = 0; i < t->window; i++) {
		char **at = &t->waiting[(t->next + i) & (t->window - 1)];

		if (*at)
			fputs(*at, t->f);
		free(*at);
	}
	free(t->waiting);
	rc = ferror(t->f) ? -EIO : 0;
	if (fclose(t->f))
		rc = -EIO;
	free(t);
	return rc;
}

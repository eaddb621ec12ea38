// SPDX-License-Identifier: Apache-2.0
/* selftest: whether link, hardware and firmware are sound. It reads, and changes nothing. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ctl.h"
#include "weir/weir_regs.h"

enum { LinkReads = 64, LinkWords = 8, TextMax = 200 };

struct run {
	struct ctl *c;
	json_t *rows;
	unsigned failed;
};

static void result(struct run *r, const char *name, bool ok, const char *format, ...) __attribute__((format(printf, 4, 5)));
static void result(struct run *r, const char *name, bool ok, const char *format, ...)
{
	char text[TextMax];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	ctl_say(r->c, "%s%-6s%s %-12s %s\n", ctl_colour(r->c, ok ? CTL_GREEN : CTL_RED), ok ? "ok" : "FAILED", ctl_colour(r->c, CTL_PLAIN), name, text);
	json_array_append_new(r->rows, ctl_made(json_pack("{s:s, s:b, s:o}", "name", name, "ok", ok, "text", ctl_text_json(text))));
	r->failed += !ok;
}

/* The same words again and again: identity and version cannot change, so what differs is the link's. */
static int test_link(struct run *r)
{
	struct weir_link_stats before, after;
	uint32_t first[LinkWords], now[LinkWords];
	unsigned differ = 0;
	double start_s = ctl_clock_s();
	int rc = weir_read(r->c->dev, WEIR_REG_ID, LinkWords, first);

	weir_dev_link_stats(r->c->dev, &before);
	for (int i = 0; !rc && i < LinkReads; i++) {
		rc = weir_read(r->c->dev, WEIR_REG_ID, LinkWords, now);
		differ += !rc && memcmp(first, now, sizeof(now));
	}
	if (rc)
		return rc;
	weir_dev_link_stats(r->c->dev, &after);
	result(r, "link", !differ && after.repeated == before.repeated && after.bad_frames == before.bad_frames,
	       "%d reads in %.0f ms: %u wrong, %" PRIu64 " asked again, %" PRIu64 " bad frames", LinkReads, (ctl_clock_s() - start_s) * 1000, differ,
	       after.repeated - before.repeated, after.bad_frames - before.bad_frames);
	result(r, "identity", first[0] == WEIR_REG_ID_ID_RESET, "0x%08" PRIx32, first[0]);
	return 0;
}

static void test_health(struct run *r, const struct weir_health *h)
{
	result(r, "memories", h->ready, h->ready ? "cleared and ready" : "not ready: still being cleared, or stuck");
	result(r, "running", h->running, h->running ? "takes frames" : "takes no frames; load a policy");
	result(r, "registers", !h->write_refused && !h->bad_entry, "%s, %s", h->write_refused ? "a write was refused" : "no write refused",
	       h->bad_entry ? "an entry that does not exist was accessed" : "no bad entry");
	result(r, "soft core", h->cpu_runs, h->cpu_runs ? "runs" : "stopped; the last thresholds hold");
	result(r, "firmware", h->firmware, h->firmware ? "version %u answers" : "does not answer", h->firmware_version);
	result(r, "watchdog", !h->cpu_restarts, "%u restarts since power-on", h->cpu_restarts);
	result(r, "events", !h->events_lost, "%u lost, %u waiting", h->events_lost, h->events_waiting);
}

/* More entries in use than there are, or a table of another size than was told at the start: memory or bus are broken. */
static void test_tables(struct run *r, const struct weir_stats *s)
{
	const struct weir_caps *caps = weir_dev_caps(r->c->dev);
	unsigned bad = 0;

	for (int i = 0; i < 7; i++) {
		bad += s->table[i].used > s->table[i].entries || s->table[i].entries != caps->table_entries[i];
		bad += s->state[i].used > s->state[i].entries || s->state[i].entries != caps->state_entries[i];
	}
	result(r, "tables", !bad, "%u of 14 make no sense", bad);
}

static int test_alarms(struct run *r)
{
	enum { AlarmsMost = 32 };
	struct weir_alarm list[AlarmsMost];
	size_t n = 0, bad = 0;
	int rc = weir_alarm_list(r->c->dev, list, AlarmsMost, &n);

	if (rc)
		return rc;
	for (size_t i = 0; i < n && i < AlarmsMost; i++)
		bad += !list[i].end_s && (list[i].kind == WEIR_ALARM_KIND_SELF_TEST || list[i].kind == WEIR_ALARM_KIND_RESTARTED);
	result(r, "alarms", !bad, "%zu of a failed self-test or a restart are on", bad);
	return 0;
}

int ctl_run_selftest(struct ctl *c)
{
	struct run r = { c, ctl_made(json_array()), 0 };
	struct weir_health h;
	struct weir_stats s;
	int rc = test_link(&r);

	if (!rc)
		rc = weir_health(c->dev, &h);
	if (!rc)
		test_health(&r, &h);
	if (!rc)
		rc = weir_stats(c->dev, &s);
	if (!rc)
		test_tables(&r, &s);
	if (!rc && h.firmware)
		rc = test_alarms(&r);
	ctl_json(c, "tests", r.rows);
	ctl_json(c, "failed", json_integer(r.failed));
	if (rc)
		return ctl_fail(c, rc, "self-test");
	return r.failed ? CTL_FAILED : CTL_DONE;
}

// SPDX-License-Identifier: Apache-2.0
/* Thresholds and rules a second, against what the wire allows. All times are simulated ones: exact, the same in every run. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "host/common/lists.h"
#include "host/common/prng.h"
#include "sim/firmware/image.h"
#include "weir/meter.h"
#include "host/libweir/site_priv.h"
#include "weir/weir_regs.h"

enum {
	EntryWords = 8, Prefixes = 32, QuickRules = 60, QuickPrefixes = 3, RawRequests = 200, QuickRequests = 8, RequestWords = 64, SeriesMost = 40,
	VectorWords = 512 * EntryWords,       /* of the prefix rules of a set */
	TurnsMost = 29, UsbMicroframesUs = 250, UsbTimerUs = 1000,
};
static const uint32_t rates[] = { 3000000, 12000000 };

/* One operation: what crossed, and what it is to be held against. */
struct figure {
	const char *name;
	uint32_t bit_rate;
	uint64_t items;
	uint64_t least_octets;       /* of the shortest requests that carry the entries that come */
	uint64_t in_force_ps;        /* from the beginning to the switch; 0: there is none */
	struct bench_wire_counts c;  /* of this operation alone */
	uint64_t most_turns;         /* round trips; 0: not checked */
	double aim;                  /* least share of the wire, to the switch where there is one; 0: none */
};

static struct bench_wire_counts since(const struct bench_wire *w, const struct bench_wire_counts *then)
{
	struct bench_wire_counts now;

	bench_wire_counts(w, &now);
	return (struct bench_wire_counts){ now.now_ps - then->now_ps, now.octets_to - then->octets_to, now.octets_from - then->octets_from,
					   now.turns - then->turns };
}

/* The last write of rule_cfg, which puts rules in force. */
struct switched {
	struct weir_rtl_sim *sim;
	uint64_t at_ns;
};

static void on_maint(void *ctx, const struct weir_maint *m)
{
	struct switched *s = ctx;

	if (m->write && m->target == WEIR_TARGET_RULE_CFG && s->sim)
		s->at_ns = weir_rtl_time_ns(s->sim);
}

static double a_second(const struct figure *f, unsigned turn_us)
{
	return (double)f->items / ((double)f->c.now_ps * 1e-12 + (double)f->c.turns * turn_us * 1e-6);
}

static double allowed(const struct figure *f)
{
	return (double)f->items / ((double)f->least_octets * 10 / f->bit_rate);
}

static void head(void)
{
	printf("\nPushed over the link, simulated time; the wire allows: longest requests, nothing else on it\n");
	printf("  %-30s %6s %6s %9s %8s %8s %6s %10s %10s %6s %8s %10s %10s\n", "", "Mbit/s", "items", "ms", "oct. to", "oct. from", "turns", "a second",
	       "wire", "share", "in force", "usb 250us", "usb 1ms");
}

static void show(struct host_job *job, const struct figure *f)
{
	double share = a_second(f, 0) / allowed(f), force = f->in_force_ps ? (double)f->items * 1e12 / (double)f->in_force_ps / allowed(f) : share;

	printf("  %-30s %6u %6" PRIu64 " %9.3f %8" PRIu64 " %8" PRIu64 " %6" PRIu64 " %10.0f %10.0f %5.0f%% %7.0f%% %10.0f %10.0f\n", f->name,
	       f->bit_rate / 1000000, f->items, (double)f->c.now_ps * 1e-9, f->c.octets_to, f->c.octets_from, f->c.turns, a_second(f, 0),
	       allowed(f), 100 * share, 100 * force, a_second(f, UsbMicroframesUs), a_second(f, UsbTimerUs));
	json_array_append_new(json_object_get(job->root, "push"), json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:f, s:f, s:f, s:f, s:f, s:f}",
		"what", f->name, "bit_rate", (json_int_t)f->bit_rate, "items", (json_int_t)f->items, "ps", (json_int_t)f->c.now_ps,
		"octets_to_appliance", (json_int_t)f->c.octets_to, "octets_from_appliance", (json_int_t)f->c.octets_from, "round_trips",
		(json_int_t)f->c.turns, "least_octets", (json_int_t)f->least_octets, "per_s", a_second(f, 0), "wire_allows_per_s", allowed(f),
		"share_of_wire", share, "share_of_wire_until_in_force", force, "per_s_usb_250_us_a_turn", a_second(f, UsbMicroframesUs), "per_s_usb_1000_us_a_turn", a_second(f, UsbTimerUs)));
	if (f->most_turns)
		host_check(job, f->c.turns <= f->most_turns, "%s: %" PRIu64 " round trips, at most %" PRIu64, f->name, f->c.turns, f->most_turns);
	if (f->aim > 0)
		host_check(job, force >= f->aim, "%s at %u Mbit/s: %.1f %% of what the wire allows, aim %.0f %%", f->name, f->bit_rate / 1000000,
			   100 * force, 100 * f->aim);
}

/* The line itself: writes of 64 words of random bits, as in docs/link.md, "Speed". */
static void raw(struct host_job *job, uint32_t bit_rate)
{
	const struct bench_wire_options o = { .bit_rate = bit_rate };
	struct figure f = { .name = "writes of 64 words", .bit_rate = bit_rate, .aim = 0.8 };
	enum { ReplyOctets = 9 };
	struct bench_wire_counts then;
	uint32_t words[RequestWords];
	struct weir_prng prng;
	struct bench_wire *w;
	struct weir_dev *dev;
	char detail[WEIR_DETAIL];
	int rc = bench_wire_open(&o, &w, &dev, detail);

	host_check(job, !rc, "%s", detail);
	if (rc)
		return;
	weir_prng_seed(&prng, 1, 0);
	bench_wire_counts(w, &then);
	f.items = job->quick ? QuickRequests : RawRequests;
	for (uint64_t i = 0; i < f.items && !rc; i++) {
		weir_prng_fill(&prng, words, sizeof(words));
		rc = weir_write(dev, WEIR_REG_RULE_PREFIX(512), RequestWords, words);
	}
	host_check(job, !rc, "%s", weir_dev_detail(dev));
	f.c = since(w, &then);
	f.most_turns = f.items;
	/* Escaped octets are few. */
	host_check(job, f.c.octets_from >= ReplyOctets * f.items && f.c.octets_from < (ReplyOctets + 1) * f.items, "writes: %" PRIu64 " octets of replies", f.c.octets_from);
	f.least_octets = f.items * bench_wire_least_octets(RequestWords);
	show(job, &f);
	weir_dev_close(dev);
	bench_wire_close(w);
}

/* --- Rules --------------------------------------------------------------------------------------------------------- */

struct table {
	struct host_job *job;
	struct bench_wire *wire;
	struct weir_dev *dev;
	struct weir_site *site;
	uint32_t bit_rate;
	struct switched switched;
};

/* New entries, the vectors of prefix rules where there are any, the word that switches. Clearing what the old set had is not among them. */
static uint64_t least_octets(unsigned fresh, bool vectors)
{
	return bench_wire_least_octets((uint64_t)fresh * EntryWords) + (vectors ? bench_wire_least_octets(VectorWords) : 0) +
	       bench_wire_least_octets(EntryWords);
}

static int replace(struct table *t, const char *name, unsigned set, unsigned n, unsigned prefixes, unsigned items, uint64_t least,
		   double aim)
{
	struct figure f = { .name = name, .bit_rate = t->bit_rate, .items = items, .least_octets = least, .aim = aim };
	char *text = host_rules(set, n, prefixes);
	struct bench_wire_counts then;
	uint64_t begin_ns;
	size_t done = 0;
	int rc;

	begin_ns = weir_rtl_time_ns(t->switched.sim);
	bench_wire_counts(t->wire, &then);
	rc = weir_rules_apply_text(t->site, text, "rules.yaml", &done);
	free(text);
	if (rc == WEIR_EROOM)
		return rc;
	host_check(t->job, !rc && done == n + prefixes, "%s: %s", name, weir_dev_detail(t->dev));
	f.c = since(t->wire, &then);
	f.in_force_ps = (t->switched.at_ns - begin_ns) * 1000;
	/* Even where each rule lies alone: one write for it, one fill for the one that goes, and at most eight of bits where it stays; both sets of vectors. */
	f.most_turns = 2 * (uint64_t)n + 2 * VectorWords / RequestWords + 4;
	if (!rc)
		show(t->job, &f);
	return rc;
}

static void rules(struct host_job *job, uint32_t bit_rate)
{
	struct table t = { .job = job, .bit_rate = bit_rate };
	const struct bench_wire_options o = { .bit_rate = bit_rate, .events = { .maint = on_maint }, .ctx = &t.switched };
	unsigned n = job->quick ? QuickRules : HOST_RULES_MOST, p = job->quick ? QuickPrefixes : Prefixes;
	double aim = job->quick ? 0 : 0.8;   /* a few rules are as many requests */
	char detail[WEIR_DETAIL];
	int rc = bench_wire_open(&o, &t.wire, &t.dev, detail);

	host_check(job, !rc, "%s", detail);
	if (rc)
		return;
	t.switched.sim = bench_wire_sim(t.wire);
	t.site = host_site(job, t.dev);
	rc = t.site ? weir_policy_apply_text(t.site, host_open_policy, "open.yaml") : -1;
	host_check(job, !rc, "%s", weir_dev_detail(t.dev));
	if (!rc)
		rc = replace(&t, "rules, onto none", 0, n, 0, n, least_octets(n, false), aim);
	/* The second set has to fit beside the first one. */
	do
		rc = rc == WEIR_EROOM || !rc ? replace(&t, "rules, all of them others", 1, n, 0, n, least_octets(n, false), aim) : rc;
	while (rc == WEIR_EROOM && (n -= HOST_RULES_STEP) > 0);
	if (!rc)
		rc = replace(&t, "prefix rules added", 1, n, p, p, least_octets(0, true), 0);
	/* The set that is not in force has other vectors, then the same ones. */
	if (!rc)
		rc = replace(&t, "one rule added", 1, n + 1, p, 1, least_octets(1, true), 0);
	if (!rc)
		replace(&t, "one more rule added", 1, n + 2, p, 1, least_octets(1, false), 0);
	host_site_end(t.site);
	weir_dev_close(t.dev);
	bench_wire_close(t.wire);
}

/* --- Thresholds ------------------------------------------------------------------------------------------------------ */

/* The least that n messages in a row take (docs/firmware.md, "Mail"), both ways, since each request waits for the reply to the one before: of each the
 * message, the bits that take the answer before it and hand it over, one look, the words of the answer; the bit that takes the last one. */
static uint64_t message_octets(uint64_t n, unsigned answer_words)
{
	enum { Reply = 8, Read = 12, WordOctets = 4 };
	uint64_t flag = bench_wire_least_octets(1) + Reply, message = bench_wire_least_octets(WEIR_MAIL_WORDS_HOST) + Reply;

	return n * (message + flag + 2 * (Read + Reply) + (1 + answer_words) * WordOctets) + flag;
}

enum { InMessage = 7, AnswerWords = 3, Rounds = 10, BoundsMost = Rounds * SeriesMost };

struct pushed {
	struct host_job *job;
	struct bench_wire *wire;
	struct weir_dev *dev;
	uint32_t bit_rate;
};

/* It is in force: what the firmware says of it. */
static void in_force(const struct pushed *p, const struct weir_bounds *bounds, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct weir_series s = { 0 };
		int rc = weir_series_get(p->dev, bounds[i].number, &s);

		host_check(p->job, !rc && s.floor == bounds[i].floor && s.ceiling == bounds[i].ceiling, "series %u: bounds are %u to %u, not %u to %u: %s",
			   bounds[i].number, s.floor, s.ceiling, bounds[i].floor, bounds[i].ceiling, weir_dev_detail(p->dev));
	}
}

/* Each by itself. Message, flag, 24 looks, answer, flag: one message, not two. */
static void one_by_one(const struct pushed *p, const struct weir_bounds *bounds, size_t n)
{
	struct figure f = { .name = "thresholds, each a message", .bit_rate = p->bit_rate, .items = n, .least_octets = n * message_octets(1, WEIR_MAIL_WORDS_HOST),
			    .most_turns = TurnsMost * n };
	struct bench_wire_counts then;
	int rc = 0;

	bench_wire_counts(p->wire, &then);
	for (size_t i = 0; i < n && !rc; i++)
		rc = weir_series_bounds(p->dev, bounds[i].number, bounds[i].floor, bounds[i].ceiling);
	f.c = since(p->wire, &then);
	host_check(p->job, !rc, "%s", weir_dev_detail(p->dev));
	show(p->job, &f);
}

/* In one call. */
static void together(const struct pushed *p, const char *name, const struct weir_bounds *bounds, size_t n, double aim)
{
	size_t messages = (n + InMessage - 1) / InMessage, done = 0;
	struct figure f = { .name = name, .bit_rate = p->bit_rate, .items = n, .least_octets = message_octets(messages, AnswerWords),
			    .most_turns = TurnsMost * messages, .aim = aim };
	struct bench_wire_counts then;
	int rc;

	bench_wire_counts(p->wire, &then);
	rc = weir_series_bounds_set(p->dev, bounds, n, &done);
	f.c = since(p->wire, &then);
	host_check(p->job, !rc && done == n, "%s: %zu of %zu: %s", name, done, n, weir_dev_detail(p->dev));
	show(p->job, &f);
}

static void thresholds(struct host_job *job, uint32_t bit_rate)
{
	static uint32_t image[WEIR_IMAGE_WORDS];
	struct bench_wire_options o = { .bit_rate = bit_rate, .image = image, .policy = "sim/bench/firmware/events.yaml" };
	struct pushed p = { .job = job, .bit_rate = bit_rate };
	static struct weir_bounds bounds[BoundsMost];
	struct weir_series series[SeriesMost];
	char detail[WEIR_DETAIL];
	size_t n = 0;
	int rc = weir_image_read(job->image, image, &o.image_words, detail, sizeof(detail));

	rc = rc ? rc : bench_wire_open(&o, &p.wire, &p.dev, detail);
	host_check(job, !rc, "%s", detail);
	if (rc)
		return;
	rc = weir_series_list(p.dev, series, SeriesMost, &n);
	host_check(job, !rc && n > InMessage, "%zu series: %s", n, weir_dev_detail(p.dev));
	if (n > SeriesMost)
		n = SeriesMost;
	if (rc || !n)
		n = 0;
	/* Other ones in each round. */
	for (size_t i = 0; i < Rounds * n; i++) {
		uint32_t t = series[i % n].threshold, less = (uint32_t)(i / n);

		t -= t > less ? less : 0;

		bounds[i] = (struct weir_bounds){ series[i % n].number, t, t };
	}
	if (n) {
		one_by_one(&p, bounds + n, job->quick ? 2 : n);
		together(&p, "thresholds, in one call", bounds, n, 0);
		in_force(&p, bounds, job->quick ? InMessage + 1 : n);
	}
	if (n && !job->quick) {
		/* At four times the bit rate the firmware's time is four times as much of it. */
		together(&p, "ten times these, in one call", bounds, Rounds * n, bit_rate == rates[0] ? 0.8 : 0);
		in_force(&p, bounds + (Rounds - 1) * n, n);
	}
	weir_dev_close(p.dev);
	bench_wire_close(p.wire);
}

void host_push(struct host_job *job)
{
	json_object_set_new(job->root, "push", json_array());
	head();
	for (size_t i = job->quick ? 1 : 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		raw(job, rates[i]);
		rules(job, rates[i]);
		thresholds(job, rates[i]);
	}
}

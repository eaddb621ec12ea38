// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "defence.h"
#include "sim/capture/reader.h"
#include "sim/capture/sides.h"
#include "sim/common/labels.h"
#include "host/policy/compile.h"
#include "sim/engine/engine.h"
#include "sim/schedule/schedule.h"
#include "fill.h"
#include "weir/weir_regs.h"

enum {
	HashSeed = 1, Ahead = 1024, PacketsMost = 4000000,
	WindowNs = 10000000, ShareMost = 95,   /* 95 % of 10 ms */
	LookNs = 10000000,                     /* fill of the tables of state is read so often */
	OpSet = 3, OpSeries = 4, SeriesNumbers = 512, FlagInUse = 1, FlagLearned = 4,
};

/* Packets of an attack in the order of arrival; the lowest bit of the time says whether it was removed. */
struct attack {
	uint64_t *packet;
	size_t n, room;
	uint64_t over_ns, first_removed_ns;    /* 0: never */
};

struct run {
	struct defence_result *r;
	const struct weir_labels *labels;
	struct attack attack[WEIR_LABEL_ATTACKS_MAX];
	struct weir_engine *engine;
	const struct weir_engine_ops *ops;
	struct weir_capture *capture;
	struct weir_sides sides;
	const struct weir_input *now;          /* NULL: what fills the tables beforehand */
	uint64_t looked_ns;
	bool no_memory, learning;
};

static bool same_traffic(const struct weir_label_attack *l, const struct weir_record *r)
{
	unsigned tclass = r->tclass == WEIR_TCLASS_tcp_known ? WEIR_TCLASS_tcp : r->tclass;
	struct weir_addr a = { .family = r->family ? 6 : 4 };

	if (r->dir || !r->l3_valid || !(l->classes >> tclass & 1))
		return false;
	memcpy(a.b, r->family ? r->protect : r->protect + 12, r->family ? 16 : 4);
	return weir_prefix_has(&l->target, &a);
}

static void of_attack(struct run *x, struct attack *a, unsigned reason, bool removed)
{
	uint64_t ns = x->now->arrival_ns;

	if (a->n == a->room) {
		size_t more = a->room ? 2 * a->room : 4096;
		uint64_t *p = realloc(a->packet, more * sizeof(*p));

		if (!p) {
			x->no_memory = true;
			return;
		}
		a->packet = p;
		a->room = more;
	}
	a->packet[a->n++] = (ns & ~(uint64_t)1) | removed;
	if (!x->r->attack_ns)
		x->r->attack_ns = ns;
	x->r->attack++;
	if (!removed)
		return;
	x->r->removed++;
	x->r->attack_reason[reason]++;
	if (!a->first_removed_ns)
		a->first_removed_ns = ns;
}

static bool is_challenge(const struct weir_record *rec, unsigned reason, bool removed)
{
	return rec && (rec->verdict == WEIR_VERDICT_answer ||
		       (removed && (reason == WEIR_REASON_syn_first || reason == WEIR_REASON_syn_proof)));
}

static void of_honest(struct run *x, const struct weir_record *rec, unsigned reason, bool removed, bool challenged)
{
	struct defence_share *s = &x->r->outside;

	for (size_t i = 0; i < weir_labels_attacks(x->labels); i++)
		if (x->attack[i].n && rec && same_traffic(weir_labels_attack(x->labels, i), rec))
			s = &x->r->inside;
	s->packets++;
	s->challenged += challenged;
	if (!removed || challenged)
		return;
	s->lost++;
	x->r->lost_reason[reason]++;
}

/* rec NULL: refused. */
static void judged(struct run *x, const struct weir_record *rec, unsigned reason)
{
	bool removed = !rec || (rec->verdict != WEIR_VERDICT_pass && rec->verdict != WEIR_VERDICT_demote);
	int attack;

	if (x->learning) {
		struct defence_share *normal = &x->r->firmware.normal;
		bool challenged = is_challenge(rec, reason, removed);

		normal->packets++;
		normal->challenged += challenged;
		normal->lost += removed && !challenged;
	}
	if (!x->now)
		return;
	x->r->packets++;
	attack = weir_labels_of(x->labels, (size_t)(x->now->number - 1));
	if (attack >= 0)
		of_attack(x, &x->attack[attack], reason, removed);
	else
		of_honest(x, rec, reason, removed, is_challenge(rec, reason, removed));
	for (size_t i = 0; rec && rec->trips && i < weir_labels_attacks(x->labels); i++) {
		struct attack *a = &x->attack[i];

		if (a->n && !a->over_ns && same_traffic(weir_labels_attack(x->labels, i), rec))
			a->over_ns = x->now->arrival_ns;
	}
}

static void on_record(void *ctx, uint64_t cookie, const struct weir_record *rec)
{
	(void)cookie;
	judged(ctx, rec, rec->reason);
}

static void on_refused(void *ctx, uint64_t cookie, unsigned reason)
{
	(void)cookie;
	judged(ctx, NULL, reason);
}

static void on_left(void *ctx, uint64_t cookie, int side, const uint8_t *frame, uint32_t len, uint64_t time_ns,
		    uint64_t latency_ns)
{
	(void)ctx;
	(void)cookie;
	(void)side;
	(void)frame;
	(void)len;
	(void)time_ns;
	(void)latency_ns;
}

static void on_notice(void *ctx, uint64_t now_us, const uint32_t word[WEIR_ENGINE_MAIL_WORDS])
{
	struct run *x = ctx;
	struct defence_firmware *f = &x->r->firmware;

	if (f->notices < DEFENCE_NOTICES) {
		f->notice[f->notices].ns = now_us * 1000;
		memcpy(f->notice[f->notices].word, word, sizeof(f->notice[0].word));
	}
	f->notices++;
}

static const struct weir_engine_events events = { .record = on_record, .refused = on_refused, .out = on_left,
						  .answered = on_left, .notice = on_notice };

static int next(void *ctx, struct weir_scheduled *ret)
{
	struct run *x = ctx;
	struct weir_captured c;
	int rc = weir_capture_next(x->capture, &c);

	if (rc == 1)
		*ret = (struct weir_scheduled){
			.bytes = c.bytes, .captured = c.captured, .wire_len = c.wire_len, .time_ns = c.time_ns,
			.side = weir_sides_of(&x->sides, c.bytes, c.captured),
		};
	return rc;
}

static int submit(void *ctx, const uint8_t *bytes, uint32_t len, int side, uint64_t ns)
{
	struct run *x = ctx;
	uint8_t padded[WEIR_ENGINE_FRAME_MIN] = { 0 };
	struct weir_engine_frame f = { .bytes = bytes, .len = len, .known = len, .side = side, .arrival_ns = ns };

	if (len < sizeof(padded)) {
		memcpy(padded, bytes, len);
		f.bytes = padded;
		f.len = f.known = sizeof(padded);
	}
	return x->ops->submit(x->engine, &f);
}

/* The policy's parameters; the defaults change nothing. */
static int start_firmware(struct run *x, const struct weir_policy *p, uint64_t ns)
{
	uint32_t answer[WEIR_ENGINE_MAIL_WORDS];
	int rc = x->ops->start(x->engine, ns);

	for (uint32_t i = 0; !rc && i < WEIR_FIRMWARE_PARAMS; i++) {
		const uint32_t word[WEIR_ENGINE_MAIL_WORDS] = { OpSet, i, p->firmware[i] };

		rc = x->ops->mail(x->engine, word, answer);
	}
	return rc;
}

static int read_series(struct run *x)
{
	struct defence_firmware *f = &x->r->firmware;
	uint32_t a[WEIR_ENGINE_MAIL_WORDS];
	int rc = 0;

	for (uint32_t i = 0; !rc && i < SeriesNumbers && f->series < DEFENCE_SERIES; i++) {
		const uint32_t word[WEIR_ENGINE_MAIL_WORDS] = { OpSeries, i };

		rc = x->ops->mail(x->engine, word, a);
		if (!rc && !(a[0] >> 24) && a[9] & FlagInUse)
			f->of[f->series++] = (struct defence_series){ i, a[2], a[3], a[4], (a[7] + 255) >> 8, a[8],
								      a[9] & FlagLearned };
	}
	return rc;
}

/* What the firmware learns from. */
static int play_normal(struct run *x, const struct weir_policy *p)
{
	void *const ctx[2] = { x, NULL };
	struct weir_schedule *s = weir_schedule_new(next, ctx, 1, false, Ahead);
	struct weir_input in;
	int rc = s ? 1 : -ENOMEM;

	while (rc == 1 && (rc = weir_schedule_next(s, &in)) == 1) {
		if (!x->learning && (rc = start_firmware(x, p, in.arrival_ns)))
			break;
		x->learning = true;
		rc = submit(x, in.bytes, in.captured, in.side, in.arrival_ns);
		rc = rc ? rc : 1;
	}
	x->learning = false;
	weir_schedule_free(s);
	return rc ? rc : read_series(x);
}

/* What the counters of the hardware say of its tables of state. */
static void look(struct run *x)
{
	for (unsigned k = 0; k < WEIR_STATES; k++) {
		struct defence_fill *f = &x->r->state[k];
		uint32_t used = 0;

		x->ops->read(x->engine, WEIR_REG_STATS_STATES_USED(k), &used);
		x->ops->read(x->engine, WEIR_REG_STATS_STATES_EVICTIONS(k), &f->evictions);
		x->ops->read(x->engine, WEIR_REG_STATS_STATES_FULL(k), &f->full);
		f->size = 4u << weir_state_info(k)->sets_log2;
		if (used > f->peak)
			f->peak = used;
	}
}

static int play(struct run *x, const struct defence_job *job)
{
	void *const ctx[2] = { x, NULL };
	struct weir_schedule *s = weir_schedule_new(next, ctx, 1, false, Ahead);
	struct weir_input in;
	bool begun = false;
	int rc = s ? 1 : -ENOMEM;

	while (rc == 1 && (rc = weir_schedule_next(s, &in)) == 1) {
		if (!begun && job->saturate && (rc = defence_fill_tables(in.arrival_ns, submit, x)))
			break;
		if (!begun)
			x->r->firmware.begin_ns = in.arrival_ns;
		begun = true;
		x->now = &in;
		if (in.captured < WEIR_SESSION_RUNT || in.captured > WEIR_ENGINE_FRAME_MAX)
			judged(x, NULL, WEIR_REASON_runt);
		else if ((rc = submit(x, in.bytes, in.captured, in.side, in.arrival_ns)))
			break;
		if (in.arrival_ns - x->looked_ns >= LookNs) {
			look(x);
			x->looked_ns = in.arrival_ns;
		}
		rc = 1;
	}
	weir_schedule_free(s);
	look(x);
	return x->no_memory ? -ENOMEM : rc;
}

/* Where the first 10 ms begin, not before `from`, of which so many packets are removed. */
static uint64_t mostly_removed(const struct attack *a, uint64_t from)
{
	size_t end = 0, removed = 0;

	for (size_t i = 0; i < a->n; i++) {
		for (; end < a->n && a->packet[end] - a->packet[i] <= WindowNs; end++)
			removed += a->packet[end] & 1;
		if (a->packet[i] >= from && 100 * removed >= ShareMost * (end - i))
			return a->packet[i];
		removed -= a->packet[i] & 1;
	}
	return DEFENCE_NEVER;
}

static uint64_t later(uint64_t worst, uint64_t ns, uint64_t since)
{
	ns = ns == DEFENCE_NEVER || ns < since ? ns == DEFENCE_NEVER ? ns : 0 : ns - since;
	return ns > worst ? ns : worst;
}

static void conclude(struct run *x)
{
	struct defence_result *r = x->r;

	for (size_t i = 0; i < weir_labels_attacks(x->labels); i++) {
		const struct attack *a = &x->attack[i];
		uint64_t over, mostly;

		if (!a->n)
			continue;
		over = a->over_ns ? a->over_ns : a->first_removed_ns ? a->first_removed_ns : DEFENCE_NEVER;
		/* What is removed without a threshold (syntax, state) needs none. */
		if (a->first_removed_ns && a->first_removed_ns < over)
			over = a->first_removed_ns;
		mostly = mostly_removed(a, 0);
		r->before_ns = later(r->before_ns, over, a->packet[0]);
		r->first_ns = later(r->first_ns, a->first_removed_ns ? a->first_removed_ns : DEFENCE_NEVER,
				    a->packet[0]);
		r->mostly_ns = later(r->mostly_ns, mostly, a->packet[0]);
		if (over == DEFENCE_NEVER)
			r->settle_ns = DEFENCE_NEVER;
		else
			r->settle_ns = later(r->settle_ns, mostly_removed(a, over), over);
		for (size_t k = 0; k < a->n; k++)
			if (a->packet[k] >= over) {
				r->over++;
				r->over_removed += a->packet[k] & 1;
			}
		free(a->packet);
	}
	for (unsigned k = 0; k < WEIR_TABLES; k++) {
		struct weir_engine_table t;

		x->ops->table(x->engine, k, &t);
		r->table[k] = (struct defence_fill){ t.size, t.peak, t.evictions, t.full };
	}
}

static int configure(struct run *x, const struct weir_policy *p, char *detail)
{
	struct weir_writes w;
	int rc = weir_policy_compile(p, HashSeed, "policy", &w, detail);

	for (size_t i = 0; !rc && i < w.n; i++)
		rc = x->ops->write(x->engine, w.write[i].addr, w.write[i].value);
	weir_writes_done(&w);
	return rc;
}

void defence_measure(const void *ctx, void *ret)
{
	static struct run run;
	const struct defence_job *job = ctx;
	struct defence_result *r = ret;
	struct run *x = &run;
	struct weir_labels *labels = NULL;
	struct weir_policy p;

	*x = (struct run){ .r = r, .ops = &weir_engine_model };
	*r = (struct defence_result){ 0 };
	weir_policy_default(&p);
	r->error = weir_policy_open(job->policy, &p, r->detail);
	if (!r->error)
		r->error = weir_labels_open(job->labels, PacketsMost, &labels, r->detail, sizeof(r->detail));
	if (!r->error)
		r->error = weir_capture_open(job->normal ? job->normal : job->capture, &x->capture, r->detail);
	if (r->error)
		return;
	x->labels = labels;
	weir_sides_init(&x->sides, p.protect, p.n_protect);
	r->error = x->ops->open(NULL, &events, x, &x->engine);
	if (!r->error)
		r->error = configure(x, &p, r->detail);
	if (!r->error && job->normal) {
		r->error = play_normal(x, &p);
		weir_capture_close(x->capture);
		x->capture = NULL;
		if (!r->error)
			r->error = weir_capture_open(job->capture, &x->capture, r->detail);
	}
	if (!r->error)
		r->error = play(x, job);
	if (!r->error)
		conclude(x);
	if (!r->error && r->packets != weir_labels_packets(labels)) {
		r->error = -EBADMSG;
		snprintf(r->detail, sizeof(r->detail), "%s: not the capture of its labels", job->capture);
	}
	x->ops->close(x->engine);
	weir_capture_close(x->capture);
	weir_labels_free(labels);
}

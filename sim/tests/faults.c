// SPDX-License-Identifier: Apache-2.0
#include "faults.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "faults_load.h"
#include "host/policy/compile.h"
#include "sim/firmware/native.h"
#include "host/common/lists.h"

enum {
	FrameNs = 1000,      /* at stream depth, of `now`: time goes on faster than by its clocks, so that periods come soon */
	WireNs = 336,        /* at GMII depth the wires are full at their own pace */
	SlotClocks100 = 813, WireClocks100 = 2105,   /* a frame, at most, maintenance included */
	CoreNs = 16, SlotClocks = 8, ApartLeast = 63, MaxShown = 20, PostPolls = 60000,
	Ahead = 250,         /* frames that wait in front of the hardware, or are inside: an access to an entry may take 64 slots */
	PeakSyn = 192,       /* docs/datapath.md 19: of SYNs to one address */
};
static const uint64_t start_ns = UINT64_C(1700000000) * 1000000000;

void faults_check(struct faults *f, bool ok, const char *what, uint64_t is)
{
	f->checks++;
	if (!ok && f->failed++ < MaxShown)
		printf("frame %" PRIu64 ": %s (%" PRIu64 ")\n", f->sent, what, is);
}

/* --- The image ------------------------------------------------------------------------------------------------------ */

bool faults_image_read(struct faults_image *im, const char *file, const char *symbols)
{
	char detail[400], line[400];
	FILE *f;

	if (weir_image_read(file, im->word, &im->words, detail, sizeof(detail))) {
		fprintf(stderr, "%s\n", detail);
		return false;
	}
	f = fopen(symbols, "re");
	if (!f) {
		perror(symbols);
		return false;
	}
	im->symbols = 0;
	while (fgets(line, sizeof(line), f) && im->symbols < FAULTS_SYMBOLS)
		if (sscanf(line, "%" SCNx32 " %*c %47s", &im->symbol[im->symbols].addr, im->symbol[im->symbols].name) == 2)
			im->symbols++;
	fclose(f);
	return im->symbols;
}

uint32_t faults_symbol(const struct faults_image *im, const char *name)
{
	for (unsigned i = 0; i < im->symbols; i++)
		if (!strcmp(im->symbol[i].name, name))
			return im->symbol[i].addr;
	fprintf(stderr, "the firmware has no symbol %s\n", name);
	exit(EXIT_FAILURE);
}

uint32_t faults_code_sum(const struct faults_image *im)
{
	uint32_t sum = 0, end = faults_symbol(im, "__code_end") / 4;

	for (uint32_t i = 0; i < end; i++)
		sum = (sum << 1 | sum >> 31) + im->word[i];
	return sum;
}

/* --- Between the hardware and the session: its clock at each record -------------------------------------------------- */

static struct faults *now;                         /* the run */
static const struct weir_engine_ops *inner;
static const struct weir_engine_events *outer;     /* the session's */

static void look_at_slot(struct faults *f)
{
	uint64_t clock = inner->clocks(f->hw), interval = clock - f->last_clock;

	f->last_clock = clock;
	if (!f->records++ || !f->loaded)
		return;
	if (interval == SlotClocks) {
		f->slots_8++;
	} else if (interval == 2 * SlotClocks) {
		f->slots_16++;
		if (f->last_16 && f->records - f->last_16 < f->least_between)
			f->least_between = f->records - f->last_16;
		f->last_16 = f->records;
	} else {
		f->slots_other++;
	}
}

static void on_record(void *ctx, uint64_t cookie, const struct weir_record *rec)
{
	uint32_t word[WEIR_EVENT_WORDS];

	look_at_slot(now);
	now->bypassed += rec->reason == WEIR_REASON_bypass;
	now->dropped += rec->verdict == WEIR_VERDICT_drop;
	if (weir_soc_event(rec, now->enable, word)) {
		if (now->event && now->events < FAULTS_EVENTS)
			memcpy(now->event[now->events], word, sizeof(word));
		now->events++;
	}
	outer->record(ctx, cookie, rec);
}

static int tap_open(const struct weir_engine_options *o, const struct weir_engine_events *events, void *ctx, struct weir_engine **ret)
{
	static struct weir_engine_events tapped;
	int rc;

	outer = events;
	tapped = *events;
	tapped.record = on_record;
	rc = inner->open(o, &tapped, ctx, ret);
	if (!rc)
		now->hw = *ret;
	return rc;
}

/* --- What the session tells ------------------------------------------------------------------------------------------ */

static void on_fate(void *ctx, const struct weir_packet *p)
{
	struct faults *f = ctx;

	f->egress_full += p->fate == WEIR_FATE_DROPPED && p->rec.reason == WEIR_REASON_egress_full;
}

static void on_problem(void *ctx, const char *text)
{
	struct faults *f = ctx;

	char line[FAULTS_LINE];

	snprintf(line, sizeof(line), "%s", text);
	faults_check(f, false, line, ++f->problems);
}

static void on_notice(void *ctx, uint64_t now_us, const uint32_t word[WEIR_ENGINE_MAIL_WORDS])
{
	struct faults *f = ctx;

	(void)now_us;
	if (f->verbose)
		printf("  [%9" PRIu64 "] notice kind %u state %u series %u measured %u\n", inner->clocks(f->hw), word[0] & 0xff,
		       word[0] >> 8 & 3, word[0] >> 16 & 0xfff, word[5]);
	if (f->notices == FAULTS_NOTICES)
		return;
	f->notice[f->notices].clock = inner->clocks(f->hw);
	memcpy(f->notice[f->notices++].word, word, sizeof(f->notice[0].word));
}

static void on_console(void *ctx, uint64_t now_us, const char *text)
{
	struct faults *f = ctx;

	(void)now_us;
	for (; *text && f->lines < FAULTS_LINES; text++) {
		if (*text != '\n') {
			if (f->line_len < FAULTS_LINE - 1)
				f->line[f->lines][f->line_len++] = *text;
			continue;
		}
		if (f->verbose)
			printf("  [%9" PRIu64 "] %s\n", inner->clocks(f->hw), f->line[f->lines]);
		f->lines++;
		f->line_len = 0;
	}
}

static void on_maint(void *ctx, const struct weir_maint *m)
{
	struct faults *f = ctx;

	f->peak_reads += !m->write && m->target == WEIR_TARGET_PEAK && m->index == PeakSyn;
	if (!m->write || m->target != WEIR_TARGET_METER_CFG || m->index >= FAULTS_METERS)
		return;
	f->meter_writes++;
	f->written[m->index] = true;
	memcpy(f->meter[m->index], m->word, sizeof(f->meter[0]));
}

static const struct weir_session_sink sink = {
	.fate = on_fate, .problem = on_problem, .notice = on_notice, .console = on_console, .maint = on_maint,
};

/* --- Life ------------------------------------------------------------------------------------------------------------ */

static bool configure(struct faults *f, const char *policy, uint64_t seed)
{
	static struct weir_policy p;
	char detail[WEIR_POLICY_DETAIL];
	struct weir_writes w;
	FILE *file = fmemopen((char *)(uintptr_t)policy, strlen(policy), "r");
	int rc;

	weir_policy_default(&p);
	rc = file ? weir_policy_load(file, "test", &p, detail) : -1;
	if (file)
		fclose(file);
	/* The way out takes what comes: at stream depth more comes than a wire carries. */
	for (int side = 0; side < 2 && !f->gmii; side++)
		p.shaper[side].bits_per_s = 0;
	rc = rc ? rc : weir_policy_compile(&p, seed, "test", &w, detail);
	if (rc) {
		fprintf(stderr, "%s\n", detail);
		return false;
	}
	for (size_t i = 0; i < w.n && !rc; i++)
		rc = weir_session_write(f->s, w.write[i].addr, w.write[i].value);
	weir_writes_done(&w);
	return !rc;
}

bool faults_open(struct faults *f, const struct faults_image *im, const char *policy, bool gmii, uint64_t seed)
{
	const struct weir_engine_options o = { .gmii = gmii, .saturate = true, .beside = true, .image = im->word,
					       .image_words = im->words };
	static struct weir_engine_ops tap;
	const struct weir_engine_ops *failing;
	bool verbose = f->verbose;

	*f = (struct faults){ .image = im, .gmii = gmii, .verbose = verbose, .now_ns = start_ns, .least_between = UINT64_MAX };
	now = f;
	weir_prng_seed(&f->p, seed, 0);
	faults_load_begin();
	inner = gmii ? &weir_engine_rtl_gmii : &weir_engine_rtl_stream;
	tap = *inner;
	tap.open = tap_open;
	if (weir_session_new(&tap, &weir_engine_model, &o, &sink, f, &f->s, &failing)) {
		fprintf(stderr, "%s does not start\n", failing->name);
		return false;
	}
	return configure(f, policy, seed) && !weir_session_start(f->s, start_ns);
}

void faults_close(struct faults *f)
{
	const struct weir_session_counts *c = weir_session_counts(f->s);

	faults_still(f);
	faults_check(f, !weir_session_finish(f->s), "finish", 0);
	faults_check(f, !weir_session_unexplained(f->s), "frames without a fate, or left that nobody sent", weir_session_unexplained(f->s));
	faults_check(f, !c->mismatches, "hardware and model differ", c->mismatches);
	faults_check(f, c->compared == f->sent && c->offered == f->sent, "frames compared", c->compared);
	faults_check(f, !c->fate[WEIR_FATE_LOST] && !c->fate[WEIR_FATE_REFUSED], "lost, refused", c->fate[WEIR_FATE_LOST]);
	faults_check(f, !f->egress_full, "no room on the way out", f->egress_full);
	faults_check(f, f->gmii || !f->slots_other, "neither 8 clocks from frame to frame nor 16 with maintenance", f->slots_other);
	faults_check(f, f->gmii || f->least_between >= ApartLeast, "frames between two maintenance slots", f->least_between);
	faults_check(f, f->span_clocks * 100 <= f->span_records * (f->gmii ? WireClocks100 : SlotClocks100), "clocks a frame, 1/100",
		     f->span_records ? f->span_clocks * 100 / f->span_records : 0);
	weir_session_free(f->s);
	free(f->event);
}

/* While frames pause, the hardware's time goes on by its clocks: none may come with a time that is over. */
static void catch_up(struct faults *f)
{
	uint64_t clock = inner->clocks(f->hw);

	f->now_ns += (clock - f->still_clock) * CoreNs;
	f->still_clock = clock;
}

void faults_still(struct faults *f)
{
	enum { Accesses = 800 };

	if (f->loaded) {
		f->span_clocks += inner->clocks(f->hw) - f->loaded_clock;
		f->span_records += f->records - f->loaded_records;
	}
	f->loaded = false;
	f->still = true;
	f->still_clock = inner->clocks(f->hw);
	faults_wait(f, Accesses);
}

void faults_wait(struct faults *f, unsigned accesses)
{
	uint32_t value;

	while (accesses--)
		faults_check(f, !inner->read(f->hw, WEIR_SOC_CPU_STATUS, &value), "read", accesses);
}

void faults_flow(struct faults *f)
{
	enum { Frames = 1000 };

	catch_up(f);
	f->still = false;
	faults_run(f, Frames);
	f->loaded = true;
	f->last_16 = 0;
	f->loaded_clock = inner->clocks(f->hw);
	f->loaded_records = f->records;
}

void faults_run(struct faults *f, uint64_t frames)
{
	uint8_t buf[FAULTS_FRAME_CAP];

	if (f->still)
		catch_up(f);
	while (frames--) {
		/* Strictly by turns, as when both wires are full: samples are taken by the numbers of frames. */
		struct weir_input in = { .bytes = buf, .side = 1 - f->side, .number = f->sent + 1, .time_ns = f->now_ns };

		in.captured = in.wire_len = faults_load_frame(&f->p, &f->opened, f->flood, in.side, buf);
		in.arrival_ns = f->now_ns + (f->gmii ? WireNs : FrameNs);
		f->now_ns = in.arrival_ns;
		f->side = in.side;
		f->sent++;
		if (!in.wire_len || weir_session_submit(f->s, &in)) {
			fprintf(stderr, "frame %" PRIu64 " cannot be sent: the hardware takes nothing\n", f->sent);
			exit(EXIT_FAILURE);
		}
	}
}

/* --- The host -------------------------------------------------------------------------------------------------------- */

static void keep_full(struct faults *f)
{
	if (f->still)
		return;
	do
		faults_run(f, 1);
	while (f->sent - f->records < Ahead);
}

uint32_t faults_read(struct faults *f, uint32_t addr)
{
	uint32_t value = 0;

	keep_full(f);
	faults_check(f, !inner->read(f->hw, addr, &value), "read", addr);
	return value;
}

void faults_write(struct faults *f, uint32_t addr, uint32_t value)
{
	keep_full(f);
	faults_check(f, !inner->write(f->hw, addr, value), "write", addr);
}

/* The words of an entry closely one behind the other: the bus is held until the last. */
void faults_read_entry(struct faults *f, uint32_t addr, uint32_t ret_word[WEIR_MAINT_WORDS])
{
	keep_full(f);
	for (uint32_t i = 0; i < WEIR_MAINT_WORDS; i++)
		faults_check(f, !inner->read(f->hw, addr + 4 * i, &ret_word[i]), "read of an entry", addr);
}

void faults_write_entry(struct faults *f, uint32_t addr, const uint32_t word[WEIR_MAINT_WORDS])
{
	keep_full(f);
	for (uint32_t i = 0; i < WEIR_MAINT_WORDS; i++)
		faults_check(f, !inner->write(f->hw, addr + 4 * i, word[i]), "write of an entry", addr);
}

bool faults_post(struct faults *f, const uint32_t word[WEIR_ENGINE_MAIL_WORDS])
{
	uint32_t mail = 0;

	for (unsigned i = 0; i < PostPolls; i++) {
		mail = faults_read(f, WEIR_SOC_MAIL);
		if (!(mail & (WEIR_SOC_MAIL_IN_FULL_MASK | WEIR_SOC_MAIL_OUT_FULL_MASK)))
			break;
		if (mail & WEIR_SOC_MAIL_OUT_FULL_MASK)   /* of a life before */
			faults_write(f, WEIR_SOC_MAIL, WEIR_SOC_MAIL_OUT_FULL_MASK);
	}
	if (mail & WEIR_SOC_MAIL_IN_FULL_MASK)
		return false;
	for (uint32_t i = 0; i < WEIR_ENGINE_MAIL_WORDS; i++)
		faults_write(f, WEIR_SOC_MAIL_IN(i), word[i]);
	faults_write(f, WEIR_SOC_MAIL, WEIR_SOC_MAIL_IN_FULL_MASK);
	return true;
}

bool faults_mail(struct faults *f, const uint32_t word[WEIR_ENGINE_MAIL_WORDS], uint32_t ret_answer[WEIR_ENGINE_MAIL_WORDS],
		 uint64_t frames)
{
	uint64_t until = f->sent + frames;

	if (!faults_post(f, word))
		return false;
	while (!(faults_read(f, WEIR_SOC_MAIL) & WEIR_SOC_MAIL_OUT_FULL_MASK)) {
		if (f->sent >= until)
			return false;
		faults_run(f, 8);
	}
	for (uint32_t i = 0; i < WEIR_ENGINE_MAIL_WORDS; i++)
		ret_answer[i] = faults_read(f, WEIR_SOC_MAIL_OUT(i));
	faults_write(f, WEIR_SOC_MAIL, WEIR_SOC_MAIL_OUT_FULL_MASK);
	return true;
}

uint32_t faults_await_notice(struct faults *f, uint32_t from, unsigned kind, uint64_t frames)
{
	enum { Start = 1, Step = 64 };

	for (uint64_t until = f->sent + frames;; faults_run(f, Step)) {
		for (uint32_t i = from; i < f->notices; i++)
			if ((f->notice[i].word[0] & 0xff) == kind && (f->notice[i].word[0] >> 8 & 3) == Start)
				return i;
		if (f->sent >= until)
			return UINT32_MAX;
	}
}

bool faults_said(const struct faults *f, uint32_t from, const char *what)
{
	for (uint32_t i = from; i < f->lines; i++)
		if (!strncmp(f->line[i], what, strlen(what)))
			return true;
	return false;
}

void faults_check_thresholds(struct faults *f)
{
	for (uint32_t i = 0; i < FAULTS_METERS; i++) {
		uint64_t writes = f->meter_writes;
		uint32_t word[WEIR_MAINT_WORDS];

		if (!f->written[i])
			continue;
		faults_read_entry(f, WEIR_REG_METER_CFG(i), word);
		/* It may be the firmware's turn meanwhile: look again. */
		while (writes != f->meter_writes) {
			writes = f->meter_writes;
			faults_read_entry(f, WEIR_REG_METER_CFG(i), word);
		}
		faults_check(f, !memcmp(word, f->meter[i], sizeof(word)), "not the threshold that was written last", i);
	}
}

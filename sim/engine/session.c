// SPDX-License-Identifier: Apache-2.0
/* A frame's life here: `waiting` (the first engine has it) -> `leaving` (its verdict lets it pass, or it is
 * answered; it stands in the order of its egress queue) -> fate told, slot free. Slots are found by cookie, which counts up. */
#include "session.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "session_priv.h"
#include "host/common/lists.h"
#include "weir/weir_regs.h"

enum { SlotsFirst = 1024, SlotsMost = 16384 };

static struct slot *find(struct weir_session *s, uint64_t cookie)
{
	struct slot *t = s->slot[cookie & (s->slots - 1)];

	return t && t->state != SlotFree && t->cookie == cookie ? t : NULL;
}

static void problem(struct weir_session *s, const char *text)
{
	s->sink->problem(s->ctx, text);
}

void weir_session_mismatch(struct weir_session *s, const char *text)
{
	s->counts.mismatches++;
	problem(s, text);
}

static void mismatch(struct weir_session *s, const char *text)
{
	weir_session_mismatch(s, text);
}

static void tell_fate(struct weir_session *s, struct slot *t, enum weir_fate fate)
{
	t->p.fate = fate;
	t->state = SlotFree;
	s->counts.fate[fate]++;
	s->sink->fate(s->ctx, &t->p);
}

static void order_push(struct weir_session *s, struct slot *t)
{
	struct egress_order *o = &s->order[t->out_side][t->lower];

	t->next = 0;
	t->overtaken = false;
	if (o->tail)
		find(s, o->tail)->next = t->cookie;
	else
		o->head = t->cookie;
	o->tail = t->cookie;
}

/* Those before it may still be lost, or come out of order: that is seen when they leave. */
static void order_remove(struct weir_session *s, struct slot *t, bool leaves)
{
	struct egress_order *o = &s->order[t->out_side][t->lower];
	struct slot *before = NULL;
	uint64_t c = o->head;

	while (c && c != t->cookie) {
		before = find(s, c);
		before->overtaken |= leaves;
		c = before->next;
	}
	if (before)
		before->next = t->next;
	else
		o->head = t->next;
	if (o->tail == t->cookie)
		o->tail = before ? before->cookie : 0;
}

/* The second engine's view of the frame that the first has just answered. */
static void ask_second(struct weir_session *s, const struct slot *t, uint64_t arrival_ns)
{
	struct weir_engine_frame f = {
		.bytes = t->bytes, .len = t->p.len, .known = t->p.known, .side = t->p.side,
		.arrival_ns = arrival_ns, .cookie = t->cookie,
	};
	int rc;

	s->second = (struct weir_answer){ 0 };
	rc = s->ops[1]->submit(s->engine[1], &f);
	if (rc && !s->error)
		s->error = rc;
}

static void compare(struct weir_session *s, const struct slot *t, const struct weir_answer *first)
{
	char text[WEIR_COMPARE_TEXT];

	s->counts.compared++;
	if (weir_answer_compare(s->ops[0]->name, first, s->ops[1]->name, &s->second, t->p.number, text,
				sizeof(text)))
		mismatch(s, text);
}

static void stray(struct weir_session *s, const char *what, uint64_t time_ns)
{
	char text[200];

	s->counts.strays++;
	snprintf(text, sizeof(text), "%s: %s at %" PRIu64 " ns", s->ops[0]->name, what, time_ns);
	problem(s, text);
}

static void on_record(void *ctx, uint64_t cookie, const struct weir_record *rec)
{
	static const enum weir_fate fates[WEIR_VERDICTS] = {
		[WEIR_VERDICT_drop] = WEIR_FATE_DROPPED, [WEIR_VERDICT_consume] = WEIR_FATE_CONSUMED,
	};
	struct weir_session *s = ctx;
	struct slot *t = find(s, cookie);
	struct weir_answer first = { .kind = WEIR_ANSWER_RECORD };

	if (!t || t->state != SlotWaiting || rec->verdict >= WEIR_VERDICT_refuse) {
		stray(s, "a verdict on no frame", 0);
		return;
	}
	t->p.rec = *rec;
	if (s->ops[1]) {
		first.rec = *rec;
		ask_second(s, t, s->ops[0]->own_stamps ? rec->stamp_us * 1000 : t->p.arrival_ns);
		compare(s, t, &first);
	}
	t->answers = rec->verdict == WEIR_VERDICT_answer;
	if (rec->verdict == WEIR_VERDICT_divert)
		memcpy(t->bytes, s->divert_mac, MacBytes);
	else if (!t->answers && rec->verdict != WEIR_VERDICT_pass && rec->verdict != WEIR_VERDICT_demote) {
		tell_fate(s, t, fates[rec->verdict]);
		return;
	}
	t->state = SlotLeaving;
	t->out_side = t->answers ? t->p.side : 1 - t->p.side;
	t->lower = t->answers || rec->verdict == WEIR_VERDICT_demote;
	order_push(s, t);
}

static void on_refused(void *ctx, uint64_t cookie, unsigned reason)
{
	struct weir_session *s = ctx;
	struct slot *t = find(s, cookie);
	struct weir_answer first = { .kind = WEIR_ANSWER_REFUSED, .reason = reason };

	if (!t || t->state != SlotWaiting) {
		stray(s, "a refusal of no frame", 0);
		return;
	}
	if (s->ops[1]) {
		ask_second(s, t, t->p.arrival_ns);
		compare(s, t, &first);
	}
	t->p.rec.verdict = WEIR_VERDICT_refuse;
	t->p.rec.reason = (uint8_t)reason;
	tell_fate(s, t, WEIR_FATE_REFUSED);
}

static void on_egress_full(void *ctx, uint64_t cookie)
{
	struct weir_session *s = ctx;
	struct slot *t = find(s, cookie);

	if (!t || t->state != SlotLeaving) {
		stray(s, "egress_full of a frame that does not leave", 0);
		return;
	}
	order_remove(s, t, false);
	t->p.rec.verdict = WEIR_VERDICT_drop;
	t->p.rec.reason = WEIR_REASON_egress_full;
	tell_fate(s, t, WEIR_FATE_DROPPED);
}

static void leave_in_order(struct weir_session *s, struct slot *t)
{
	char text[120];

	order_remove(s, t, true);
	if (!t->overtaken)
		return;
	snprintf(text, sizeof(text), "packet %" PRIu64 ": %sleft behind a younger one of its queue", t->p.number,
		 t->answers ? "its answer " : "");
	mismatch(s, text);
}

static void on_out(void *ctx, uint64_t cookie, int side, const uint8_t *frame, uint32_t len, uint64_t time_ns,
		   uint64_t latency_ns)
{
	struct weir_session *s = ctx;
	struct slot *t = find(s, cookie);
	char text[200];

	if (!t || t->state != SlotLeaving || t->answers || side != t->out_side) {
		stray(s, "a frame left that was neither let pass nor diverted", time_ns);
		return;
	}
	if (s->sink->out)
		s->sink->out(s->ctx, side, frame, len, time_ns);
	leave_in_order(s, t);
	if (len != t->p.len || memcmp(frame, t->bytes, len)) {
		snprintf(text, sizeof(text), "packet %" PRIu64 ": left changed, %u bytes of %u", t->p.number, len,
			 t->p.len);
		mismatch(s, text);
	}
	t->p.latency_ns = latency_ns;
	tell_fate(s, t, t->p.rec.verdict == WEIR_VERDICT_divert ? WEIR_FATE_DIVERTED : WEIR_FATE_PASSED);
}

static void hex(char *to, const uint8_t *bytes, uint32_t n)
{
	static const char digits[] = "0123456789abcdef";

	for (uint32_t i = 0; i < n; i++) {
		*to++ = digits[bytes[i] >> 4];
		*to++ = digits[bytes[i] & 15];
	}
	*to = 0;
}

/* Whether both engines answer the same; a record with another verdict has been told already. */
static void compare_answers(struct weir_session *s, const struct slot *t, const uint8_t *frame, uint32_t len)
{
	char text[WEIR_COMPARE_TEXT], first[2 * WEIR_ENGINE_ANSWER_MAX + 1] = "";
	char second[2 * WEIR_ENGINE_ANSWER_MAX + 1] = "nothing";

	if (!t->second_answers || (len == t->answer_len && !memcmp(frame, t->answer, len)))
		return;
	hex(first, frame, len);
	if (t->answer_len)
		hex(second, t->answer, t->answer_len);
	snprintf(text, sizeof(text), "packet %" PRIu64 ": answers differ\n  %s: %s\n  %s: %s", t->p.number,
		 s->ops[0]->name, first, s->ops[1]->name, second);
	mismatch(s, text);
}

static void on_answered(void *ctx, uint64_t cookie, int side, const uint8_t *frame, uint32_t len, uint64_t time_ns,
			uint64_t latency_ns)
{
	struct weir_session *s = ctx;
	struct slot *t = find(s, cookie);

	(void)latency_ns;
	if (!t || t->state != SlotLeaving || !t->answers || side != t->out_side || len > WEIR_ENGINE_ANSWER_MAX) {
		stray(s, "an answer left to what is not answered", time_ns);
		return;
	}
	s->counts.generated++;
	if (s->sink->answer)
		s->sink->answer(s->ctx, side, frame, len, time_ns);
	leave_in_order(s, t);
	compare_answers(s, t, frame, len);
	tell_fate(s, t, WEIR_FATE_ANSWERED);
}

static void on_stray(void *ctx, int side, const uint8_t *frame, uint32_t len, uint64_t time_ns)
{
	char what[80];

	(void)frame;
	if (side < 0)
		snprintf(what, sizeof(what), "a verdict on no frame");
	else
		snprintf(what, sizeof(what), "%u bytes left on side %c that are not the next frame", len,
			 side ? 'P' : 'U');
	stray(ctx, what, time_ns);
}

static void on_notice(void *ctx, uint64_t now_us, const uint32_t word[WEIR_ENGINE_MAIL_WORDS])
{
	struct weir_session *s = ctx;

	if (s->sink->notice)
		s->sink->notice(s->ctx, now_us, word);
}

static void on_console(void *ctx, uint64_t now_us, const char *text)
{
	struct weir_session *s = ctx;

	if (s->sink->console)
		s->sink->console(s->ctx, now_us, text);
}

static const struct weir_engine_events first_events = {
	.record = on_record, .refused = on_refused, .egress_full = on_egress_full, .out = on_out,
	.stray = on_stray, .answered = on_answered, .maint = weir_session_on_maint, .notice = on_notice, .console = on_console,
	.wrote = weir_session_on_wrote, .link = weir_session_on_link, .pause = weir_session_on_pause,
};

static void second_record(void *ctx, uint64_t cookie, const struct weir_record *rec)
{
	struct weir_session *s = ctx;
	struct slot *t = find(s, cookie);

	s->second.kind = WEIR_ANSWER_RECORD;
	s->second.rec = *rec;
	if (t)
		t->second_answers = rec->verdict == WEIR_VERDICT_answer;
}

/* The second engine's answer comes before the first one's leaves, and waits for it. */
static void second_answered(void *ctx, uint64_t cookie, int side, const uint8_t *frame, uint32_t len,
			    uint64_t time_ns, uint64_t latency_ns)
{
	struct weir_session *s = ctx;
	struct slot *t = find(s, cookie);

	(void)time_ns;
	(void)latency_ns;
	if (!t || !t->second_answers || t->answer_len || side != t->p.side || len > WEIR_ENGINE_ANSWER_MAX) {
		mismatch(s, "the second engine invented an answer");
		return;
	}
	memcpy(t->answer, frame, len);
	t->answer_len = len;
}

static void second_refused(void *ctx, uint64_t cookie, unsigned reason)
{
	struct weir_session *s = ctx;

	(void)cookie;
	s->second.kind = WEIR_ANSWER_REFUSED;
	s->second.reason = reason;
}

static void second_egress_full(void *ctx, uint64_t cookie)
{
	(void)ctx;
	(void)cookie;
}

/* What the second engine lets leave must be what was offered, but for the destination of what it diverts; on_out() holds
 * the first one to the same bytes. */
static void second_out(void *ctx, uint64_t cookie, int side, const uint8_t *frame, uint32_t len,
		       uint64_t time_ns, uint64_t latency_ns)
{
	struct weir_session *s = ctx;
	const struct slot *t = find(s, cookie);
	const uint8_t *destination = s->divert_mac;

	(void)time_ns;
	(void)latency_ns;
	if (t && s->second.rec.verdict != WEIR_VERDICT_divert)
		destination = t->bytes;
	if (!t || side != 1 - t->p.side || len != t->p.len || memcmp(frame, destination, MacBytes) ||
	    memcmp(frame + MacBytes, t->bytes + MacBytes, len - MacBytes))
		mismatch(s, "the second engine changed a frame");
}

static void second_stray(void *ctx, int side, const uint8_t *frame, uint32_t len, uint64_t time_ns)
{
	(void)side;
	(void)frame;
	(void)len;
	(void)time_ns;
	mismatch(ctx, "the second engine invented a frame");
}

static const struct weir_engine_events second_events = {
	.record = second_record, .refused = second_refused, .egress_full = second_egress_full,
	.out = second_out, .stray = second_stray, .answered = second_answered,
};

int weir_session_new(const struct weir_engine_ops *first, const struct weir_engine_ops *second,
		     const struct weir_engine_options *options, const struct weir_session_sink *sink, void *ctx,
		     struct weir_session **ret, const struct weir_engine_ops **ret_failed)
{
	struct weir_session *s = calloc(1, sizeof(*s));
	int rc;

	*ret_failed = first;
	if (!s)
		return -ENOMEM;
	s->ops[0] = first;
	s->ops[1] = second;
	s->whole = options->gmii;
	s->sink = sink;
	s->ctx = ctx;
	s->slots = SlotsFirst;
	s->slot = calloc(s->slots, sizeof(*s->slot));
	rc = s->slot ? first->open(options, &first_events, s, &s->engine[0]) : -ENOMEM;
	if (!rc && second) {
		*ret_failed = second;
		rc = second->open(options, &second_events, s, &s->engine[1]);
	}
	if (rc) {
		weir_session_free(s);
		return rc;
	}
	*ret = s;
	return 0;
}

void weir_session_free(struct weir_session *s)
{
	if (!s)
		return;
	for (int i = 0; i < 2; i++)
		if (s->engine[i])
			s->ops[i]->close(s->engine[i]);
	for (size_t i = 0; s->slot && i < s->slots; i++)
		free(s->slot[i]);
	free(s->slot);
	free(s);
}

void weir_session_note(struct weir_session *s, uint32_t addr, uint32_t value)
{
	if (addr == WEIR_REG_DIVERT_MAC_FIRST)
		for (int i = 0; i < 4; i++)
			s->divert_mac[i] = (uint8_t)(value >> (24 - 8 * i));
	if (addr == WEIR_REG_DIVERT_MAC_LAST)
		for (int i = 4; i < MacBytes; i++)
			s->divert_mac[i] = (uint8_t)(value >> (40 - 8 * i));
}

int weir_session_write(struct weir_session *s, uint32_t addr, uint32_t value)
{
	char text[160];
	int rc = 0;

	for (int i = 0; i < 2 && s->engine[i] && !rc; i++) {
		/* Entries reach the second engine by the log of the first. */
		if (i && s->ops[0]->logs && addr >= WEIR_ENTRIES_BASE)
			break;
		rc = s->ops[i]->write(s->engine[i], addr, value);
		if (!rc)
			continue;
		snprintf(text, sizeof(text), "%s: register 0x%06x does not take 0x%08x (%s)", s->ops[i]->name,
			 addr, value, strerror(-rc));
		problem(s, text);
	}
	if (!rc)
		weir_session_note(s, addr, value);
	return rc;
}

int weir_session_start(struct weir_session *s, uint64_t time_ns)
{
	return s->ops[0]->start ? s->ops[0]->start(s->engine[0], time_ns) : -ENOSYS;
}

int weir_session_mail(struct weir_session *s, const uint32_t word[WEIR_ENGINE_MAIL_WORDS],
		      uint32_t ret_answer[WEIR_ENGINE_MAIL_WORDS])
{
	return s->ops[0]->mail ? s->ops[0]->mail(s->engine[0], word, ret_answer) : -ENODEV;
}

/* Twice the slots; cookies in use are within one round of the old ones. */
static int grow(struct weir_session *s)
{
	size_t n = s->slots * 2;
	struct slot **slot;

	if (n > SlotsMost)
		return -ENOBUFS;
	slot = calloc(n, sizeof(*slot));
	if (!slot)
		return -ENOMEM;
	for (size_t i = 0; i < s->slots; i++) {
		struct slot *t = s->slot[i];

		if (t && t->state != SlotFree)
			slot[t->cookie & (n - 1)] = t;
		else
			free(t);
	}
	free(s->slot);
	s->slot = slot;
	s->slots = n;
	return 0;
}

static int take_slot(struct weir_session *s, struct slot **ret)
{
	uint64_t cookie = s->cookie + 1;
	struct slot **at;
	int rc;

	for (;;) {
		at = &s->slot[cookie & (s->slots - 1)];
		if (!*at || (*at)->state == SlotFree)
			break;
		rc = grow(s);
		if (rc)
			return rc;
	}
	if (!*at)
		*at = calloc(1, sizeof(**at));
	if (!*at)
		return -ENOMEM;
	s->cookie = cookie;
	(*at)->cookie = cookie;
	(*at)->state = SlotWaiting;
	*ret = *at;
	return 0;
}

int weir_session_submit(struct weir_session *s, const struct weir_input *in)
{
	struct weir_engine_frame f;
	struct slot *t;
	int rc = take_slot(s, &t);

	if (rc)
		return rc;
	s->counts.offered++;
	t->answers = t->second_answers = false;
	t->answer_len = 0;
	t->p = (struct weir_packet){
		.number = in->number, .time_ns = in->time_ns, .arrival_ns = in->arrival_ns,
		.wire_len = in->wire_len, .side = in->side, .latency_ns = WEIR_LATENCY_NONE,
		.rec = { .verdict = WEIR_VERDICT_refuse, .dir = (uint8_t)in->side,
			 .len = (uint16_t)(in->wire_len < UINT16_MAX ? in->wire_len : UINT16_MAX) },
	};
	if (in->wire_len < WEIR_SESSION_RUNT || in->wire_len > WEIR_ENGINE_FRAME_MAX) {
		t->p.rec.reason = in->wire_len < WEIR_SESSION_RUNT ? WEIR_REASON_runt : WEIR_REASON_oversize;
		tell_fate(s, t, WEIR_FATE_REFUSED);
		return 0;
	}
	t->p.len = in->wire_len < WEIR_ENGINE_FRAME_MIN ? WEIR_ENGINE_FRAME_MIN : in->wire_len;
	/* The zeros behind a whole short frame are known; behind a cut one nothing is. */
	t->p.known = in->captured >= in->wire_len || s->whole ? t->p.len : in->captured;
	memcpy(t->bytes, in->bytes, in->captured);
	memset(t->bytes + in->captured, 0, t->p.len - in->captured);
	f = (struct weir_engine_frame){
		.bytes = t->bytes, .len = t->p.len, .known = t->p.known, .side = in->side,
		.arrival_ns = in->arrival_ns, .cookie = t->cookie,
	};
	rc = s->ops[0]->submit(s->engine[0], &f);
	return rc ? rc : s->error;
}

static void read_state(const struct weir_session *s, int i, unsigned table, struct weir_session_state *ret)
{
	enum { Ways = 4 };

	*ret = (struct weir_session_state){ .size = (uint32_t)Ways << weir_state_info(table)->sets_log2 };
	s->ops[i]->read(s->engine[i], WEIR_REG_STATS_STATES_USED(table), &ret->used);
	s->ops[i]->read(s->engine[i], WEIR_REG_STATS_STATES_EVICTIONS(table), &ret->evictions);
	s->ops[i]->read(s->engine[i], WEIR_REG_STATS_STATES_FULL(table), &ret->full);
}

static void compare_states(struct weir_session *s)
{
	char text[200];

	for (unsigned k = 0; k < WEIR_STATES; k++) {
		struct weir_session_state t[2];

		for (int i = 0; i < 2; i++)
			read_state(s, i, k, &t[i]);
		if (t[0].evictions == t[1].evictions && t[0].full == t[1].full)
			continue;
		snprintf(text, sizeof(text), "table %s: %s has %u evictions, %u full; %s %u, %u",
			 weir_state_info(k)->name, s->ops[0]->name, t[0].evictions, t[0].full, s->ops[1]->name,
			 t[1].evictions, t[1].full);
		mismatch(s, text);
	}
}

static void compare_tables(struct weir_session *s)
{
	char text[200];

	for (unsigned k = 0; k < WEIR_TABLES; k++) {
		struct weir_engine_table t[2];

		for (int i = 0; i < 2; i++)
			s->ops[i]->table(s->engine[i], k, &t[i]);
		if (t[0].evictions == t[1].evictions && t[0].full == t[1].full)
			continue;
		snprintf(text, sizeof(text), "table %s: %s has %u evictions, %u full; %s %u, %u",
			 weir_table_info(k)->name, s->ops[0]->name, t[0].evictions, t[0].full, s->ops[1]->name,
			 t[1].evictions, t[1].full);
		mismatch(s, text);
	}
}

int weir_session_run(struct weir_session *s, uint64_t until_ns)
{
	int rc = s->ops[0]->run ? s->ops[0]->run(s->engine[0], until_ns) : 0;

	return s->error ? s->error : rc;
}

int weir_session_finish(struct weir_session *s)
{
	char text[WEIR_COMPARE_TEXT];
	int rc = s->ops[0]->finish(s->engine[0]);

	if (!rc && s->ops[1])
		rc = s->ops[1]->finish(s->engine[1]);
	for (uint64_t c = s->cookie >= s->slots ? s->cookie - s->slots + 1 : 1; c <= s->cookie; c++) {
		struct slot *t = find(s, c);

		if (!t)
			continue;
		snprintf(text, sizeof(text), "packet %" PRIu64 ": %s", t->p.number,
			 t->state == SlotWaiting ? "no verdict" :
			 t->answers ? "its answer never left" : "passed or diverted, but never left");
		problem(s, text);
		tell_fate(s, t, WEIR_FATE_LOST);
	}
	if (!rc && s->ops[1]) {
		compare_tables(s);
		compare_states(s);
		s->counts.mismatches += weir_counters_compare(s->ops, s->engine, s->sink->problem, s->ctx);
	}
	return rc;
}

const struct weir_session_counts *weir_session_counts(const struct weir_session *s)
{
	return &s->counts;
}

uint64_t weir_session_unexplained(const struct weir_session *s)
{
	const struct weir_session_counts *c = &s->counts;
	uint64_t explained = 0;

	for (int f = 0; f < WEIR_FATES; f++)
		if (f != WEIR_FATE_LOST)
			explained += c->fate[f];
	return c->offered - explained + c->strays;
}

void weir_session_table(const struct weir_session *s, unsigned table, struct weir_engine_table *ret)
{
	int i = s->ops[1] == &weir_engine_model;

	s->ops[i]->table(s->engine[i], table, ret);
}

void weir_session_state(const struct weir_session *s, unsigned table, struct weir_session_state *ret)
{
	read_state(s, s->ops[1] == &weir_engine_model, table, ret);
}

int weir_session_read(const struct weir_session *s, int engine, uint32_t addr, uint32_t *ret_value)
{
	return s->engine[engine] ? s->ops[engine]->read(s->engine[engine], addr, ret_value) : -ENODEV;
}

uint64_t weir_session_clocks(const struct weir_session *s)
{
	return s->ops[0]->clocks(s->engine[0]);
}

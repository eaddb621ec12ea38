// SPDX-License-Identifier: Apache-2.0
/* Life of a frame here: `pending` (submitted, not begun) -> `lane` (its words go in) -> `judging` (all of it is in or
 * on its way, no verdict yet) -> `leaving` (passed, diverted, or to be answered; the oldest of its egress queue, or its answer,
 * leaves next) -> freed. At GMII depth
 * rtl_gmii_depth.c has the part before `judging`. */
#include "rtl_sim.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rtl_dpi.h"
#include "rtl_sim_priv.h"
#include "rtl_top.h"
#include "host/common/lists.h"
#include "weir/weir_regs.h"

enum {
	NowSettleClocks = 4,       /* weir_control: now_o is now_i 3 clocks later */
	MaxPending = 64,
	MaxPendingBeside = 256,    /* an access to an entry takes longer than 64 frames of 64 bytes */
	ResetClocks = 16,
	MacBytes = 6,
	AnswerLeast = 60,
	DrainClocks = 32,          /* quiet for that long: nothing left; `now` ticks every 62 */
	FirmwareClocks = 4000000,  /* what is left to do for it at the end; it may hang */
	SkipMarginNs = 2 * NowSettleClocks * WEIR_RTL_CORE_NS,
	PauseClocks = 1024,        /* 2 ms of real time */
	StoppedClocks = 1000000,   /* frames wait that are not taken, at the end: they never will be */
	EmptyClocks = 8,           /* the same where no frame is without its fate: what still comes is nobody's frame */
};

struct weir_rtl_sim *weir_rtl_current;

bool weir_rtl_any_waiting(const struct weir_rtl_sim *s)
{
	return weir_rtl_lane_waiting(&s->in[0]) || weir_rtl_lane_waiting(&s->in[1]);
}

/* The input scheduler's half that needs the clock: when the next frame may show itself, and what `now` is. A frame is
 * shown when it has arrived, the one before it has begun, its side is free and the hardware's clock stands at its stamp. */
static void present(struct weir_rtl_sim *s)
{
	struct weir_rtl_frame *f = s->pending.head;
	uint64_t now_us;

	if (weir_rtl_any_waiting(s) || s->freeze)
		return;
	if (s->live) {
		uint64_t at_ns = f ? f->arrival_ns : s->live_ns;

		now_us = at_ns / 1000;
		if (!weir_rtl_may_leap(s, now_us))
			return;
		if (s->time_ns < at_ns)
			s->time_ns = at_ns;
	} else if (f && (s->options.saturate || f->arrival_ns <= s->time_ns)) {
		now_us = f->arrival_ns / 1000;
		if (s->time_ns < f->arrival_ns)
			s->time_ns = f->arrival_ns;
	} else {
		f = NULL;
		now_us = s->time_ns / 1000;
	}
	if (now_us > s->now_us) {
		s->now_us = now_us;
		s->now_set_clock = s->clocks;
	}
	if (!f || s->clocks - s->now_set_clock < NowSettleClocks || weir_rtl_lane_busy(&s->in[f->side]))
		return;
	weir_rtl_queue_pop(&s->pending);
	weir_rtl_lane_start(&s->in[f->side], f);
}

void weir_sim_get(uint32_t *ret_flags, uint64_t *ret_now_us, uint64_t *ret_rx_data_u,
		  uint64_t *ret_rx_data_p, uint32_t *ret_rx_len_u, uint32_t *ret_rx_len_p,
		  uint32_t *ret_paddr, uint32_t *ret_pwdata)
{
	struct weir_rtl_sim *s = weir_rtl_current;
	uint64_t data[2] = { 0, 0 };
	uint32_t len[2] = { 0, 0 };
	uint32_t flags;
	int side;

	if (!s) {
		*ret_flags = WEIR_RTL_RST;
		*ret_now_us = *ret_rx_data_u = *ret_rx_data_p = 0;
		*ret_rx_len_u = *ret_rx_len_p = *ret_paddr = *ret_pwdata = 0;
		return;
	}
	if (s->options.gmii)
		s->now_us = s->time_ns / 1000;
	else
		present(s);
	flags = s->in_flags | weir_rtl_link_levels(s);
	for (side = 0; side < 2; side++) {
		if (weir_rtl_lane_busy(&s->in[side])) {
			bool last = weir_rtl_lane_word(&s->in[side], &data[side], &len[side]);

			flags |= (uint32_t)WEIR_RTL_RX_VALID << side;
			if (last)
				flags |= (uint32_t)WEIR_RTL_RX_LAST << side;
		}
		if (s->options.saturate || s->live || weir_rtl_lane_out_ready(&s->out[side], s->time_ns))
			flags |= (uint32_t)WEIR_RTL_TX_READY << side;
	}
	*ret_flags = flags;
	*ret_now_us = s->now_us;
	*ret_rx_data_u = data[0];
	*ret_rx_data_p = data[1];
	*ret_rx_len_u = len[0];
	*ret_rx_len_p = len[1];
	*ret_paddr = s->paddr;
	*ret_pwdata = s->pwdata;
	s->out[0].ready = flags & WEIR_RTL_TX_READY;
	s->out[1].ready = flags & (WEIR_RTL_TX_READY << 1);
}

/* An answer as far as one who does not make it can tell. */
static bool may_answer(const struct weir_rtl_frame *f, const uint8_t *bytes, uint32_t len)
{
	return len == f->answer_len && !memcmp(bytes, f->bytes + MacBytes, MacBytes) &&
	       !memcmp(bytes + MacBytes, f->bytes, MacBytes) &&
	       !memcmp(bytes + 2 * MacBytes, f->bytes + 2 * MacBytes, f->answer_same - 2 * MacBytes);
}

/* docs/datapath.md 16: what leaves in the place of a frame that is answered. */
static void expect_answer(struct weir_rtl_frame *f, const struct weir_record *r)
{
	f->answer_same = 2 * MacBytes + 4u * r->tags + 2;
	f->answer_len = f->answer_same + (r->family ? 40 : 20) + 20;
	if (f->answer_len < AnswerLeast)
		f->answer_len = AnswerLeast;
}

void weir_rtl_left(struct weir_rtl_sim *s, int side, const uint8_t *bytes, uint32_t len, uint64_t first_ns,
		   uint64_t first_clock, uint32_t clock_ns)
{
	int lower;

	s->progress_clock = s->clocks;
	for (lower = 0; lower < 2; lower++) {
		struct weir_rtl_frame *f = s->leaving[side][lower].head;

		if (!f || f->answer_len || f->len != len || memcmp(f->bytes, bytes, len))
			continue;
		weir_rtl_queue_pop(&s->leaving[side][lower]);
		s->events->out(s->ctx, f->cookie, side, f->bytes, f->len, first_ns,
			       (first_clock - f->last_clock) * clock_ns);
		free(f);
		return;
	}
	if (s->leaving[side][1].head && may_answer(s->leaving[side][1].head, bytes, len) && s->events->answered) {
		struct weir_rtl_frame *f = weir_rtl_queue_pop(&s->leaving[side][1]);

		s->events->answered(s->ctx, f->cookie, side, bytes, len, first_ns,
				    (first_clock - f->last_clock) * clock_ns);
		free(f);
		return;
	}
	s->events->stray(s->ctx, side, bytes, len, first_ns);
}

void weir_sim_put(uint32_t flags, uint64_t tx_data_u, uint64_t tx_data_p, uint32_t tx_len, uint32_t prdata,
		  uint32_t deadline_us)
{
	struct weir_rtl_sim *s = weir_rtl_current;
	const uint64_t data[2] = { tx_data_u, tx_data_p };
	int side;

	if (!s)
		return;
	s->out_flags = flags;
	s->prdata = prdata;
	s->soc.deadline = deadline_us;
	if (!s->options.gmii)
		weir_rtl_link_said(s, flags);
	for (side = 0; side < 2; side++) {
		struct weir_rtl_frame *f = s->in[side].frame;

		if (f && (flags & (uint32_t)WEIR_RTL_RX_READY << side)) {
			if (!s->in[side].word)
				weir_rtl_queue_push(&s->judging, f);
			weir_rtl_lane_taken(&s->in[side], s->clocks);
			s->progress_clock = s->clocks;
		}
		if ((flags & (uint32_t)WEIR_RTL_TX_VALID << side) && s->out[side].ready) {
			weir_rtl_lane_out_word(&s->out[side], data[side], side ? tx_len >> 16 : tx_len & 0xffff,
					       s->clocks, s->time_ns);
			s->progress_clock = s->clocks;
			if (flags & (uint32_t)WEIR_RTL_TX_LAST << side) {
				struct weir_rtl_lane_out *o = &s->out[side];

				weir_rtl_lane_out_end(o);
				weir_rtl_left(s, side, o->bytes, o->len, o->first_ns, o->first_clock,
					      WEIR_RTL_CORE_NS);
				o->len = 0;
			}
		}
	}
}

void weir_sim_on_taken(uint32_t side)
{
	struct weir_rtl_sim *s = weir_rtl_current;

	if (s && s->options.gmii)
		weir_rtl_gmii_taken(s, (int)side);
}

void weir_sim_on_refused(uint32_t side)
{
	struct weir_rtl_sim *s = weir_rtl_current;
	struct weir_rtl_frame *f;

	if (!s)
		return;
	/* The last one that began on this side; it may still be going in. */
	f = weir_rtl_queue_last_of(&s->judging, (int)side);
	if (!f)
		return;
	s->progress_clock = s->clocks;
	weir_rtl_queue_remove(&s->judging, f);
	s->events->refused(s->ctx, f->cookie);
	if (s->in[side].frame == f)
		f->orphan = true; /* freed with its last word */
	else
		free(f);
}

void weir_sim_on_egress_full(uint32_t seqno)
{
	struct weir_rtl_sim *s = weir_rtl_current;
	int side, lower;

	if (!s)
		return;
	for (side = 0; side < 2; side++)
		for (lower = 0; lower < 2; lower++) {
			struct weir_rtl_frame *f = weir_rtl_queue_find(&s->leaving[side][lower], seqno);

			if (!f)
				continue;
			weir_rtl_queue_remove(&s->leaving[side][lower], f);
			s->events->egress_full(s->ctx, f->cookie);
			free(f);
			return;
		}
}

/* Whether an access is the one on our side of the bus: the bus serves one at a time, and an entry belongs to one of
 * its masters from its first word to its last. */
static bool is_own(const struct weir_rtl_sim *s, const struct weir_maint *m)
{
	uint32_t last = m->write ? WEIR_ENTRY_SPAN - 4 : 0;

	return s->access && !(s->in_flags & WEIR_RTL_PWRITE) == !m->write &&
	       s->paddr == WEIR_ENTRIES_BASE + m->target * WEIR_TARGET_SPAN + m->index * WEIR_ENTRY_SPAN + last;
}

void weir_sim_on_maint(uint32_t write, uint32_t target, uint32_t index, uint32_t seqno, uint64_t w0, uint64_t w2,
		       uint64_t w4, uint64_t w6)
{
	struct weir_rtl_sim *s = weir_rtl_current;
	const uint64_t w[] = { w0, w2, w4, w6 };
	struct weir_maint m = { .write = write, .target = target, .index = index, .seqno = seqno };

	if (!s || !s->events->maint)
		return;
	for (int i = 0; i < WEIR_MAINT_WORDS; i++)
		m.word[i] = (uint32_t)(w[i / 2] >> 32 * (i % 2));
	m.own = is_own(s, &m);
	/* As the hardware: while frames are on their way to the slots, the stamp of the last one. */
	m.stamp_us = s->judging.head || weir_rtl_any_waiting(s) ? s->stamp_us : s->now_us;
	s->events->maint(s->ctx, &m);
}

static void put_address(uint8_t *out, uint64_t hi, uint64_t lo)
{
	int i;

	for (i = 0; i < 8; i++) {
		out[i] = (uint8_t)(hi >> (56 - 8 * i));
		out[8 + i] = (uint8_t)(lo >> (56 - 8 * i));
	}
}

void weir_sim_on_record(uint32_t seqno, uint64_t stamp, uint32_t dir, uint32_t len, uint32_t verdict,
			uint32_t reason, uint32_t dry_reason, uint64_t tag, uint32_t unit,
			uint32_t threshold, uint32_t measured, uint32_t rule, uint32_t trips, uint32_t ends,
			uint32_t classes, uint64_t anomalies_lo, uint64_t anomalies_hi, uint32_t flags,
			uint64_t remote_hi, uint64_t remote_lo, uint64_t protect_hi, uint64_t protect_lo,
			uint32_t proto, uint32_t sport, uint32_t dport, uint32_t tclass, uint32_t link_low,
			uint32_t tcp_seq, uint32_t tcp_ack, uint32_t tcp_len, uint32_t quote_ports,
			uint64_t quote_remote_hi, uint64_t quote_remote_lo)
{
	struct weir_rtl_sim *s = weir_rtl_current;
	struct weir_rtl_frame *f;
	struct weir_record r = {
		.stamp_us = stamp, .anomalies = { anomalies_lo, anomalies_hi }, .tag = tag, .seqno = seqno,
		.classes = classes, .threshold = threshold, .measured = measured, .len = (uint16_t)len,
		.sport = (uint16_t)sport, .dport = (uint16_t)dport, .rule = (uint16_t)rule, .trips = trips, .ends = ends, .dir = (uint8_t)dir,
		.verdict = (uint8_t)verdict,
		.reason = (uint8_t)reason, .dry_reason = (uint8_t)dry_reason, .unit = (uint8_t)unit,
		.l3_valid = flags & 1, .l4_proto_valid = flags >> 1 & 1, .l4_valid = flags >> 2 & 1,
		.is_frag = flags >> 3 & 1, .exempt = flags >> 4 & 1, .link_control = flags >> 5 & 1,
		.family = flags >> 6 & 1, .proto = (uint8_t)proto, .link_low = (uint8_t)link_low,
		.tclass = (uint8_t)tclass, .tcp_seq = tcp_seq, .tcp_ack = tcp_ack, .tcp_len = (uint16_t)tcp_len,
		.plain = flags >> 7 & 1, .tags = flags >> 8 & 3, .tcp_ws = flags >> 10 & 1, .quote = flags >> 11 & 1,
		.event = flags >> 12 & 15, .legit = flags >> 16 & 1, .proven = flags >> 17 & 1, .flood = flags >> 18 & 7,
		.tcp_flags = flags >> 21 & 63, .quote_rport = (uint16_t)(quote_ports >> 16),
		.quote_pport = (uint16_t)quote_ports,
	};

	if (!s)
		return;
	put_address(r.remote, remote_hi, remote_lo);
	put_address(r.protect, protect_hi, protect_lo);
	put_address(r.quote_remote, quote_remote_hi, quote_remote_lo);
	s->progress_clock = s->clocks;
	s->stamp_us = stamp;
	f = weir_rtl_queue_pop(&s->judging);
	if (!f) {
		s->events->stray(s->ctx, -1, NULL, len, s->time_ns);
		return;
	}
	f->seqno = seqno;
	s->events->record(s->ctx, f->cookie, &r);
	if (verdict == WEIR_VERDICT_divert)
		memcpy(f->bytes, s->divert_mac, MacBytes);
	if (verdict == WEIR_VERDICT_pass || verdict == WEIR_VERDICT_demote || verdict == WEIR_VERDICT_divert) {
		weir_rtl_queue_push(&s->leaving[1 - f->side][verdict == WEIR_VERDICT_demote], f);
	} else if (verdict == WEIR_VERDICT_answer) {
		expect_answer(f, &r);
		weir_rtl_queue_push(&s->leaving[f->side][1], f);
	} else {
		free(f);
	}
}

void weir_rtl_step(struct weir_rtl_sim *s)
{
	weir_rtl_top_clock(s->top, s->options.gmii);
	s->clocks++;
	if (s->options.gmii)
		weir_rtl_gmii_settle(s);
	else if (!s->freeze && !s->live)
		s->time_ns += WEIR_RTL_CORE_NS;
}

bool weir_rtl_quiet(const struct weir_rtl_sim *s)
{
	return (s->out_flags & WEIR_RTL_IDLE) && !s->in[0].frame && !s->in[1].frame && !s->out[0].len &&
	       !s->out[1].len && s->clocks - s->now_set_clock > 2 * NowSettleClocks && weir_rtl_link_silent(s);
}

/* With firmware, time is skipped so that what follows is the same, clock for clock, as if it had not been: by whole
 * clocks, and to a little before. */
static void skip(struct weir_rtl_sim *s, uint64_t until_ns)
{
	uint64_t deadline_ns = weir_rtl_soc_deadline_ns(s);

	if (until_ns > deadline_ns)
		until_ns = deadline_ns;
	if (until_ns > s->time_ns + SkipMarginNs)
		s->time_ns += (until_ns - SkipMarginNs - s->time_ns) / WEIR_RTL_CORE_NS * WEIR_RTL_CORE_NS;
}

/* Step once, or, when nothing can happen before the next frame, or before the time up to which there is none, go there at
 * once. */
static int advance(struct weir_rtl_sim *s, uint64_t until_ns)
{
	const struct weir_rtl_frame *f = s->pending.head;

	if (s->soc.notice)
		weir_rtl_soc_notice(s);
	if (!weir_rtl_quiet(s) || s->options.no_skip)
		;
	else if (s->soc.runs && weir_rtl_soc_idle(s))
		skip(s, f ? f->arrival_ns : until_ns);
	else if (!s->soc.runs && f && f->arrival_ns > s->time_ns + WEIR_RTL_CORE_NS)
		s->time_ns = f->arrival_ns;
	weir_rtl_step(s);
	if (s->out_flags & WEIR_RTL_IDLE && !weir_rtl_any_waiting(s))
		s->progress_clock = s->clocks;
	if (s->clocks - s->progress_clock > WEIR_RTL_STALL_CLOCKS && !(s->out_flags & WEIR_RTL_IDLE))
		return -ETIMEDOUT;
	return !(s->clocks % PauseClocks) && s->events->pause && s->events->pause(s->ctx) ? -ECANCELED : 0;
}

static int apb(struct weir_rtl_sim *s, uint32_t addr, bool write, uint32_t value, uint32_t *ret_value)
{
	int i, rc = -ETIMEDOUT;

	weir_rtl_current = s;
	s->freeze = !s->options.beside;
	s->access = true;
	s->paddr = addr;
	s->pwdata = value;
	s->in_flags = WEIR_RTL_PSEL | (write ? WEIR_RTL_PWRITE : 0);
	weir_rtl_step(s);
	s->in_flags |= WEIR_RTL_PENABLE;
	for (i = 0; i < WEIR_RTL_STALL_CLOCKS; i++) {
		weir_rtl_step(s);
		if (s->out_flags & WEIR_RTL_PREADY) {
			rc = s->out_flags & WEIR_RTL_PSLVERR ? -EIO : 0;
			if (ret_value && !rc)
				*ret_value = s->prdata;
			break;
		}
	}
	s->in_flags = 0;
	s->access = false;
	weir_rtl_step(s);
	s->freeze = false;
	s->progress_clock = s->clocks;
	return rc;
}

int weir_rtl_write(struct weir_rtl_sim *s, uint32_t addr, uint32_t value)
{
	int rc = apb(s, addr, true, value, NULL);

	/* What the hardware has of it then: where the address of diverted frames is to be looked for. */
	if (!rc && (addr == WEIR_REG_DIVERT_MAC_FIRST || addr == WEIR_REG_DIVERT_MAC_LAST)) {
		bool first = addr == WEIR_REG_DIVERT_MAC_FIRST;

		rc = apb(s, addr, false, 0, &value);
		for (int i = first ? 0 : 4; i < (first ? 4 : MacBytes); i++)
			s->divert_mac[i] = (uint8_t)(value >> (first ? 24 - 8 * i : 40 - 8 * i));
	}
	return rc;
}

int weir_rtl_read(struct weir_rtl_sim *s, uint32_t addr, uint32_t *ret_value)
{
	return apb(s, addr, false, 0, ret_value);
}

/* Static registers take nothing before, and say so in STATUS only. */
static bool wait_stopped(struct weir_rtl_sim *s)
{
	uint32_t status = 0;

	for (int i = 0; i < WEIR_RTL_STALL_CLOCKS; i++)
		if (weir_rtl_read(s, WEIR_REG_STATUS, &status) || status & WEIR_REG_STATUS_STOPPED_MASK)
			break;
	return status & WEIR_REG_STATUS_STOPPED_MASK;
}

struct weir_rtl_sim *weir_rtl_open(const struct weir_rtl_options *options,
				   const struct weir_rtl_events *events, void *ctx)
{
	struct weir_rtl_sim *s = calloc(1, sizeof(*s));
	int i;

	if (!s)
		return NULL;
	s->options = *options;
	s->events = events;
	s->ctx = ctx;
	s->freeze = true;
	s->in_flags = WEIR_RTL_RST;
	weir_rtl_current = s;
	s->top = weir_rtl_top_new(options->gmii);
	for (i = 0; s->top && i < WEIR_RTL_STALL_CLOCKS; i++) {
		if (i == ResetClocks)
			s->in_flags = 0;
		weir_rtl_step(s);
		if (i > 2 * ResetClocks && (s->out_flags & WEIR_RTL_READY) && wait_stopped(s))
			return s;
	}
	weir_rtl_close(s);
	return NULL;
}

void weir_rtl_close(struct weir_rtl_sim *s)
{
	int side;

	if (!s)
		return;
	if (s->top)
		weir_rtl_top_free(s->top, s->options.gmii);
	weir_rtl_queue_done(&s->pending);
	for (side = 0; side < 2; side++) {
		if (s->in[side].frame && (s->in[side].frame->orphan || !s->in[side].word))
			free(s->in[side].frame);
		weir_rtl_queue_done(&s->leaving[side][0]);
		weir_rtl_queue_done(&s->leaving[side][1]);
	}
	weir_rtl_queue_done(&s->judging);
	weir_rtl_gmii_done(s);
	if (weir_rtl_current == s)
		weir_rtl_current = NULL;
	free(s);
}

/* With its first frame. */
void weir_rtl_begin(struct weir_rtl_sim *s, uint64_t first_arrival_ns)
{
	weir_rtl_current = s;
	if (s->options.gmii) {
		weir_rtl_gmii_begin(s, first_arrival_ns);
	} else if (!s->time_ns) {
		s->time_ns = first_arrival_ns;
		s->now_us = first_arrival_ns / 1000;
		s->now_set_clock = s->clocks;
	}
}

int weir_rtl_submit(struct weir_rtl_sim *s, const uint8_t *frame, uint32_t len, uint32_t known, int side,
		    uint64_t arrival_ns, uint64_t cookie)
{
	struct weir_rtl_frame *f = weir_rtl_frame_new(frame, len, known, side, arrival_ns, cookie);
	int rc = 0;

	if (!f)
		return -ENOMEM;
	weir_rtl_current = s;
	if (s->options.gmii)
		return weir_rtl_gmii_submit(s, f);
	weir_rtl_begin(s, arrival_ns);
	weir_rtl_queue_push(&s->pending, f);
	while (!rc && s->pending.count > (s->options.beside ? MaxPendingBeside : MaxPending))
		rc = advance(s, 0);
	return rc;
}

static bool empty(const struct weir_rtl_sim *s)
{
	return weir_rtl_quiet(s) && !s->pending.head && !s->judging.head && !s->leaving[0][0].head &&
	       !s->leaving[0][1].head && !s->leaving[1][0].head && !s->leaving[1][1].head;
}

int weir_rtl_run_until(struct weir_rtl_sim *s, uint64_t until_ns)
{
	unsigned quiet_clocks = 0;
	int rc = 0;

	weir_rtl_current = s;
	if (s->options.gmii)
		return -ENOSYS;
	/* A clock that went past until_ns could stamp the next frame late. */
	while (!rc && quiet_clocks < EmptyClocks && s->time_ns + WEIR_RTL_CORE_NS <= until_ns) {
		rc = advance(s, 0);
		quiet_clocks = empty(s) ? quiet_clocks + 1 : 0;
	}
	return rc ? rc : quiet_clocks < EmptyClocks;
}

int weir_rtl_run(struct weir_rtl_sim *s)
{
	uint64_t patience = s->clocks + (s->hurry ? 0 : FirmwareClocks);
	unsigned quiet_clocks = 0;
	int rc = 0, left_over;

	weir_rtl_current = s;
	if (s->options.gmii)
		return weir_rtl_gmii_run(s);
	while (!rc && (s->pending.head || s->in[0].frame || s->in[1].frame || quiet_clocks < DrainClocks)) {
		rc = advance(s, 0);
		if (weir_rtl_any_waiting(s) && s->out_flags & WEIR_RTL_IDLE && s->clocks - s->progress_clock > StoppedClocks)
			return -ETIMEDOUT;
		quiet_clocks = weir_rtl_quiet(s) && !s->pending.head && (!s->soc.runs || weir_rtl_soc_idle(s) || s->clocks > patience) ?
				       quiet_clocks + 1 : 0;
	}
	if (rc)
		return rc;
	left_over = (int)(s->judging.count + s->leaving[0][0].count + s->leaving[0][1].count +
			  s->leaving[1][0].count + s->leaving[1][1].count);
	return left_over;
}

uint64_t weir_rtl_clocks(const struct weir_rtl_sim *s)
{
	return s->clocks;
}

uint64_t weir_rtl_time_ns(const struct weir_rtl_sim *s)
{
	return s->time_ns;
}

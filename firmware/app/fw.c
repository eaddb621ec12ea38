// SPDX-License-Identifier: Apache-2.0
#include "firmware/app/fw.h"

#include <stddef.h>
#include <string.h>
#include "firmware/app/mail.h"
#include "firmware/app/season.h"
#include "firmware/app/store.h"
#include "firmware/hal/event.h"
#include "weir/weir_regs.h"

#define READY_US 100000         /* how often a data path that is not running is looked at */
#define RETRY_US 1000           /* a notice that has not left */
enum { EVENTS_A_POLL = 32, WHYS_A_POLL = 4, SAMPLES_LEAST = 64, SAMPLES_MOST = 256, STATE_MARGIN_Q8 = 640 };
enum { KEEP_TRAP = 1, KEEP_SELF_TEST = 2 };
enum { FAILED_REGISTERS = 2, FAILED_ENTRIES = 8 };   /* 1, 4: boot's */

enum reason {
#define X(number, name, help) REASON_##name = number,
#include "docs/lists/reasons.def"
#undef X
	REASON_CLASS = 0x20,        /* + number of the class; those with a meter are up to http_other */
	REASON_CLASS_LAST = 0x33,
};

const struct weir_param_range weir_params[WEIR_PARAMS] = {
#define X(number, name, def, least, most, unit, help) [number] = { def, least, most },
#include "docs/lists/params.def"
#undef X
};

static uint32_t reg(const struct weir_fw *fw, uint32_t addr)
{
	return fw->hal->read(fw->hal->ctx, addr);
}

static uint64_t us(uint32_t s)
{
	return (uint64_t)s * 1000000;
}

/* --- Log ----------------------------------------------------------------------------------------------------------- */

static char *text(char *to, const char *from)
{
	while (*from)
		*to++ = *from++;
	*to = 0;
	return to;
}

static char *number(char *to, const char *name, uint32_t value)
{
	char digit[10];
	unsigned n = 0;

	to = text(to, name);
	do
		digit[n++] = (char)('0' + value % 10);
	while (value /= 10);
	while (n)
		*to++ = digit[--n];
	*to = 0;
	return to;
}

static void say(const struct weir_fw *fw, const char *name, uint32_t value)
{
	char line[64];

	number(line, name, value);
	fw->hal->log(fw->hal->ctx, line);
}

static void say_alarm(const struct weir_fw *fw, const struct weir_alarm *a)
{
	static const char *const state[] = { " on", " start", " peak", " end" };
	char line[112], *p = number(line, "alarm ", a->number);

	p = text(p, state[a->state & 3]);
	p = number(p, " kind=", a->kind);
	p = number(p, " series=", a->series);
	p = number(p, " threshold=", a->threshold);
	p = number(p, " worst=", a->worst);
	number(p, " dropped=", a->dropped);
	fw->hal->log(fw->hal->ctx, line);
}

/* --- Alarms -------------------------------------------------------------------------------------------------------- */

/** A notice is due. One that has not left tells the newest numbers when it does; a start stays a start unless it is over. */
static void notice(struct weir_fw *fw, const struct weir_alarm *a)
{
	unsigned i;

	if (!a)
		return;
	i = (unsigned)(a - fw->alarms.ring);
	if (!(fw->notices >> i & 1) || fw->notice_state[i] != WEIR_ALARM_START || a->state == WEIR_ALARM_END)
		fw->notice_state[i] = a->state;
	fw->notices |= 1u << i;
	say_alarm(fw, a);
	if (fw->alarm_numbers != fw->alarms.numbers) {
		fw->alarm_numbers = fw->alarms.numbers;
		weir_store_seal(fw);
	}
}

static struct weir_alarm_settings alarm_settings(const struct weir_fw *fw)
{
	return (struct weir_alarm_settings){ fw->param[WEIR_PARAM_hold_s], fw->param[WEIR_PARAM_merge_s] };
}

static void loud(struct weir_fw *fw, unsigned kind, unsigned series, uint32_t threshold, uint32_t measured,
		 const uint32_t address[4], bool trip)
{
	struct weir_alarm_settings set = alarm_settings(fw);

	notice(fw, weir_alarm_loud(&fw->alarms, &set, fw->hal->now_us(fw->hal->ctx), kind, series, threshold, measured,
				   address, trip, fw->dropped));
}

static void happened(struct weir_fw *fw, enum weir_alarm_kind kind, uint32_t measured)
{
	loud(fw, kind, WEIR_SERIES_NONE, 0, measured, NULL, false);
}

static void send_notices(struct weir_fw *fw)
{
	uint32_t word[WEIR_NOTICE_WORDS];

	while (fw->notices) {
		unsigned first = WEIR_ALARMS_KEPT;

		for (unsigned i = 0; i < WEIR_ALARMS_KEPT; i++)
			if (fw->notices >> i & 1 &&
			    (first == WEIR_ALARMS_KEPT || fw->alarms.ring[i].number < fw->alarms.ring[first].number))
				first = i;
		weir_alarm_words(&fw->alarms.ring[first], word);
		word[0] = (word[0] & ~0x300u) | (uint32_t)fw->notice_state[first] << 8;
		if (!fw->hal->notice(fw->hal->ctx, word))
			return;
		fw->notices &= ~(1u << first);
	}
}

/* --- Series -------------------------------------------------------------------------------------------------------- */

int weir_fw_find(const struct weir_fw *fw, unsigned series)
{
	for (unsigned i = 0; i < fw->limits; i++)
		if (fw->limit[i].number == series)
			return (int)i;
	return -1;
}

uint32_t weir_fw_ceiling(const struct weir_fw *fw, unsigned i)
{
	const struct weir_limit *l = &fw->limit[i];
	uint32_t most = weir_limit_most(l->number), c = l->ceiling ? l->ceiling : weir_limit_policy(l);

	return c < most ? c : most;
}

uint32_t weir_fw_floor(const struct weir_fw *fw, unsigned i)
{
	const struct weir_limit *l = &fw->limit[i];
	uint32_t part = weir_limit_policy(l) >> fw->param[WEIR_PARAM_floor_log2];

	if (l->floor)
		return l->floor;
	return part > fw->param[WEIR_PARAM_floor] ? part : fw->param[WEIR_PARAM_floor];
}

static bool learning(const struct weir_fw *fw, uint64_t now_us)
{
	return fw->mode != WEIR_MODE_OFF && !fw->param[WEIR_PARAM_freeze] && now_us >= fw->thaw_us;
}

/** Floods of SYNs end below half of the threshold, with no other field for it (docs/datapath.md 14.1). */
static bool is_flood(unsigned series)
{
	return series >= WEIR_SERIES_STATE && series < WEIR_SERIES_STATE + 3;
}

/** Limits of one source in a zombie flood: nothing is wrong with who has more at other times. */
static bool is_quota(unsigned series)
{
	return series == WEIR_SERIES_STATE + 3 || series == WEIR_SERIES_STATE + 4;
}

/* --- The policy ---------------------------------------------------------------------------------------------------- */

/** Entries hold what is written: a peak, of which nothing is lost that is not thrown away anyway at the start. What no table
 * can use is not kept by the hardware. Larger than any count: frames may pass meanwhile. */
static bool entries_work(const struct weir_fw *fw)
{
	static const uint32_t pattern[] = { 0x2aaaa, 0x35555 };
	uint32_t word[8];

	for (unsigned i = 0; i < 2; i++) {
		memset(word, 0, sizeof(word));
		word[0] = pattern[i];
		fw->hal->write_entry(fw->hal->ctx, WEIR_REG_PEAK(0), word);
		fw->hal->read_entry(fw->hal->ctx, WEIR_REG_PEAK(0), word);
		if ((word[0] & 0x3ffff) != pattern[i])
			return false;
	}
	return true;
}

static void self_test_failed(struct weir_fw *fw, uint32_t what)
{
	fw->failed |= what;
	say(fw, "self-test failed: ", what);
	happened(fw, WEIR_ALARM_SELF_TEST, what);
}

/** The rest of the self-test, and what is to be done when any of it has failed. @return whether to go on now. */
static bool self_test(struct weir_fw *fw)
{
	uint32_t word[8] = { 1 };

	fw->tested = true;
	if (!entries_work(fw))
		self_test_failed(fw, FAILED_ENTRIES);
	if (!fw->failed)
		return true;
	if (fw->param[WEIR_PARAM_fail_closed])
		fw->hal->write(fw->hal->ctx, WEIR_REG_CTRL, 0);
	else
		fw->hal->write_entry(fw->hal->ctx, WEIR_REG_BYPASS, word);
	return false;
}

static void read_limits(struct weir_fw *fw)
{
	fw->limits = 0;
	for (unsigned n = weir_series_next(WEIR_SERIES_NONE); n != WEIR_SERIES_NONE; n = weir_series_next(n)) {
		if (fw->limits == WEIR_FW_SERIES) {
			say(fw, "more than can be learned, from series ", n);
			break;
		}
		if (weir_limit_read(fw->hal, n, &fw->limit[fw->limits]))
			fw->limits++;
	}
}

/** After a pause of the data path: has its policy been changed meanwhile? */
static bool policy_same(const struct weir_fw *fw)
{
	for (unsigned i = 0; i < fw->limits; i++)
		if (!weir_limit_same(fw->hal, &fw->limit[i]))
			return false;
	return fw->limits;
}

static bool all_zero(const uint32_t *word, uint32_t n)
{
	while (n--)
		if (*word++)
			return false;
	return true;
}

static void read_block(struct weir_fw *fw)
{
	if (all_zero(fw->block, WEIR_STORE_WORDS))
		return;
	if (weir_store_take(fw))
		say(fw, "goes on with what was learned, series ", fw->limits);
	else
		fw->block_bad = true;
}

static void discard_peaks(const struct weir_fw *fw)
{
	uint32_t word[8];

	for (unsigned i = 0; i < fw->limits; i++)
		fw->hal->read_entry(fw->hal->ctx, WEIR_REG_PEAK(fw->limit[i].number % WEIR_SERIES_BYTES), word);
}

static bool is_dry(uint32_t mode)
{
	return mode == WEIR_MODE_LEARNING || mode == WEIR_MODE_DRY_RUN;
}

/** The data path has begun to run. */
static void start(struct weir_fw *fw)
{
	if (!fw->tested && !self_test(fw))
		return;
	/* What the firmware itself wrote before its restart is no policy. */
	if (!fw->policy_read || (!fw->restarted && !policy_same(fw))) {
		memset(fw->series, 0, sizeof(fw->series));
		read_limits(fw);
		weir_dry_read(fw->hal, &fw->dry);
		fw->policy_read = 1;
		say(fw, "policy read, series ", fw->limits);
	}
	read_block(fw);
	if (is_dry(fw->mode))
		weir_dry_apply(fw->hal, &fw->dry, true);
	weir_store_seal(fw);
	discard_peaks(fw);
	fw->restarted = false;
	fw->running = true;
	fw->period_end_us = UINT64_MAX;
}

static void change_mode(struct weir_fw *fw)
{
	uint32_t to = fw->param[WEIR_PARAM_mode];

	if (to == fw->mode)
		return;
	if (is_dry(to) != is_dry(fw->mode))
		weir_dry_apply(fw->hal, &fw->dry, is_dry(to));
	if (to == WEIR_MODE_OFF)
		for (unsigned i = 0; i < fw->limits; i++)
			weir_limit_restore(fw->hal, &fw->limit[i]);
	fw->mode = to;
	weir_store_seal(fw);
	say(fw, "mode ", to);
}

/* --- Events -------------------------------------------------------------------------------------------------------- */

/** Reason of the meter that a series belongs to. */
static uint32_t reason_of(unsigned series)
{
	if (series >= 176)
		return series < WEIR_SERIES_STATE ? REASON_meter_protocol : 0;
	return series < 128 ? REASON_meter_remote + series / 16 : REASON_CLASS + series - (series < 152 ? 128 : 152);
}

static void trip(struct weir_fw *fw, unsigned bit, const uint32_t *word)
{
	unsigned series = weir_series_of_trip(bit, word);
	/* Threshold and measured are of the winner: perhaps of another meter. */
	bool told = series != WEIR_SERIES_NONE && WEIR_EVENT_GET(word, REASON) == reason_of(series);
	bool bytes = told && WEIR_EVENT_GET(word, UNIT);
	int i = weir_fw_find(fw, bytes ? series + WEIR_SERIES_BYTES : series);
	uint32_t threshold = i >= 0 ? fw->limit[i].in_use : told ? WEIR_EVENT_GET(word, THRESHOLD) : 0;
	uint32_t measured = told ? WEIR_EVENT_GET(word, MEASURED) : 0;

	if (bytes && i >= 0) {
		series += WEIR_SERIES_BYTES;
		measured >>= 6;
	}
	loud(fw, WEIR_ALARM_METER, series, threshold, measured > threshold ? measured : threshold,
	     word + (series < 32 ? WEIR_EVENT_REMOTE : WEIR_EVENT_PROTECTED), true);
}

static void one_event(struct weir_fw *fw, const uint32_t word[WEIR_EVENT_WORDS])
{
	uint32_t trips = WEIR_EVENT_GET(word, TRIPS), ends = WEIR_EVENT_GET(word, ENDS);

	for (unsigned bit = 0; WEIR_EVENT_GET(word, IS_METER) && bit < WEIR_EVENT_TRIPS_BITS; bit++) {
		if (trips >> bit & 1)
			trip(fw, bit, word);
		if (ends >> bit & 1)
			weir_alarm_quiet(&fw->alarms, weir_series_of_trip(bit, word));
	}
	if (WEIR_EVENT_GET(word, IS_ESTABLISHED))
		weir_legit_established(&fw->legit, fw->hal, word + WEIR_EVENT_REMOTE, WEIR_EVENT_GET(word, FAMILY));
	if (WEIR_EVENT_GET(word, IS_SAMPLE)) {
		weir_top_add(&fw->top, word + WEIR_EVENT_REMOTE);
		fw->samples++;
	}
}

/** Samples are thinned out when they come too fast, so that nothing else gets lost in the queue. */
static void event_settings(struct weir_fw *fw)
{
	uint32_t want = WEIR_SOC_EVENT_ENABLE_METER_MASK | WEIR_SOC_EVENT_ENABLE_SAMPLE_MASK;

	if (fw->sample_log2 < fw->param[WEIR_PARAM_sample_log2])
		fw->sample_log2 = fw->param[WEIR_PARAM_sample_log2];
	if (fw->samples > SAMPLES_MOST && fw->sample_log2 < 15) {
		fw->sample_log2++;
		fw->samples = 0;
	}
	/* Only who vetoes wants to know of every handshake. */
	for (unsigned i = 0; i < WEIR_VETOES; i++)
		if (fw->legit.veto[i].length)
			want |= WEIR_SOC_EVENT_ENABLE_ESTABLISHED_MASK;
	want |= fw->sample_log2;
	if (want == fw->event_enable)
		return;
	fw->event_enable = want;
	fw->hal->write(fw->hal->ctx, WEIR_SOC_EVENT_ENABLE, want);
}

/** @return whether some may still wait. */
static bool events(struct weir_fw *fw, uint64_t now_us)
{
	uint32_t word[WEIR_EVENT_WORDS];

	for (unsigned i = 0; i < EVENTS_A_POLL; i++) {
		if (!fw->hal->event(fw->hal->ctx, word))
			return false;
		one_event(fw, word);
		/* Why takes longer than all else: of many that wait, samples are told of a few. */
		if (i < WHYS_A_POLL || WEIR_EVENT_GET(word, IS_METER))
			weir_why_add(&fw->why, (uint32_t)(now_us >> WEIR_WHY_WINDOW), word);
	}
	return true;
}

/* --- The end of a period ------------------------------------------------------------------------------------------- */

/** Frames dropped or answered so far by meters and state, as the reasons count them. */
static uint32_t count_dropped(const struct weir_fw *fw)
{
	static const struct { uint8_t first, last; } reasons[] = {
		{ REASON_meter_remote, REASON_full_udp_source }, { REASON_CLASS, REASON_CLASS_LAST },
		{ REASON_conn_none, REASON_icmp_quote }, { REASON_syn_flood, REASON_syn_first },
		{ REASON_zombie_limit, REASON_zombie_limit }, { REASON_source_score, REASON_source_score },
	};
	uint32_t word[8], sum = 0;

	for (unsigned i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		for (unsigned r = reasons[i].first; r <= reasons[i].last; r++) {
			fw->hal->read_entry(fw->hal->ctx, WEIR_REG_COUNTER0(r), word);
			sum += word[0];
		}
	return sum;
}

/** A read clears: packets and bytes of a meter are read together. */
static void read_peaks(struct weir_fw *fw)
{
	uint32_t word[8];

	for (unsigned i = 0; i < fw->limits; i++) {
		unsigned n = fw->limit[i].number;
		int other;

		if (n >= WEIR_SERIES_BYTES && weir_fw_find(fw, n - WEIR_SERIES_BYTES) >= 0)
			continue;
		fw->hal->read_entry(fw->hal->ctx, WEIR_REG_PEAK(n % WEIR_SERIES_BYTES), word);
		other = n < WEIR_SERIES_BYTES ? weir_fw_find(fw, n + WEIR_SERIES_BYTES) : (int)i;
		if (n < WEIR_SERIES_BYTES)
			fw->series[i].x = word[0] & 0x3ffff;
		if (other >= 0)
			fw->series[other].x = word[0] >> 18 | (word[1] & 0xf) << 14;
	}
}

/** A single window above the threshold is a burst, unless it is far above: a meter takes bursts, too. */
static void look_for_alarms(struct weir_fw *fw)
{
	for (unsigned i = 0; i < fw->limits; i++) {
		const struct weir_limit *l = &fw->limit[i];
		struct weir_series *s = &fw->series[i];
		bool over = s->x > l->in_use;

		if (over && !is_quota(l->number) && (s->over || s->x / 4 > l->in_use || is_flood(l->number)))
			loud(fw, WEIR_ALARM_METER, l->number, l->in_use, s->x, NULL, false);
		s->over = over;
	}
}

static void look_after_alarms(struct weir_fw *fw, uint64_t now_us)
{
	struct weir_alarm_settings set = alarm_settings(fw);
	uint32_t top[4] = { 0 }, error;

	weir_top_get(&fw->top, 0, top, &error);
	for (unsigned k = 0; k < WEIR_ALARMS_KEPT; k++) {
		const struct weir_alarm *a = &fw->alarms.ring[k];
		int i = a->number && a->on ? weir_fw_find(fw, a->series) : -1;

		if (!a->number || !a->on)
			continue;
		notice(fw, weir_alarm_period(&fw->alarms, &set, now_us, a->series, i < 0 ? 0 : weir_limit_quiet(&fw->limit[i]),
					     i < 0 ? 0 : fw->series[i].x, fw->dropped, top));
	}
}

static void learn_one(struct weir_fw *fw, unsigned i, const struct weir_learn_settings *set, uint32_t x)
{
	weir_learn_step(&fw->series[i], set, x);
	weir_season_add(fw, i, x);
}

/** @return whether anything was written to the hardware. */
static bool learn(struct weir_fw *fw, uint64_t now_us)
{
	struct weir_learn_settings set = {
		.learn_min = fw->param[WEIR_PARAM_learn_min], .shift = fw->param[WEIR_PARAM_shift],
		.peak_shift = fw->param[WEIR_PARAM_peak_shift], .step_log2 = fw->param[WEIR_PARAM_step_log2],
	};
	uint32_t margin = weir_learn_margin(fw->param[WEIR_PARAM_margin]);
	/* Half way between what was learned and the threshold, twice. */
	uint32_t quiet_q8 = 256 + 65536 / margin;
	unsigned frozen = weir_alarms_frozen(&fw->alarms, now_us, us(fw->param[WEIR_PARAM_thaw_s]));
	bool may = learning(fw, now_us), wrote = false;

	weir_season_step(fw, now_us);
	for (unsigned i = 0; i < fw->limits; i++) {
		struct weir_limit *l = &fw->limit[i];
		struct weir_series *s = &fw->series[i];
		uint32_t t, diff;
		bool fixed;

		s->frozen = !may || (weir_series_kin(l->number) & frozen);
		/* What is above the threshold may be the first window of a flood: it is learned a period later, when it was none. */
		if (!s->frozen && s->held)
			learn_one(fw, i, &set, s->held);
		s->held = !s->frozen && s->over ? s->x : 0;
		/* What somebody has fixed holds at once: before enough has been learned, and in a flood too. */
		fixed = l->floor && l->floor == l->ceiling && fw->mode != WEIR_MODE_OFF;
		if (s->frozen && !fixed)
			continue;
		if (!s->frozen && !s->over)
			learn_one(fw, i, &set, s->x);
		set.margin_q8 = is_flood(l->number) && margin < STATE_MARGIN_Q8 ? STATE_MARGIN_Q8 : margin;
		if (!s->frozen)
			weir_learn_threshold(s, &set, weir_season_get(fw, i), weir_fw_floor(fw, i), weir_fw_ceiling(fw, i));
		t = fixed ? l->floor : s->threshold;
		/* Nothing fixed any more, and nothing learned yet. */
		if (!t && l->in_use != weir_limit_policy(l)) {
			weir_limit_restore(fw->hal, l);
			wrote = true;
		}
		diff = t > l->in_use ? t - l->in_use : l->in_use - t;
		if (!t || !diff || (!fixed && diff * 32 < l->in_use))
			continue;
		weir_limit_write(fw->hal, l, t, (t * quiet_q8) >> 8);
		wrote = true;
	}
	return wrote;
}

static void period(struct weir_fw *fw, uint64_t now_us)
{
	uint32_t lost = fw->hal->events_lost(fw->hal->ctx), more = (lost - fw->events_lost) & 0xffffff;

	fw->events_lost = lost;
	if (more)
		happened(fw, WEIR_ALARM_LOST, more);
	fw->dropped = count_dropped(fw);
	read_peaks(fw);
	look_for_alarms(fw);
	look_after_alarms(fw, now_us);
	if (learn(fw, now_us))
		weir_store_seal(fw);
	weir_store_update(fw);
	weir_top_fade(&fw->top);
	if (fw->samples < SAMPLES_LEAST && fw->sample_log2)
		fw->sample_log2--;
	fw->samples = 0;
	fw->period_end_us += fw->param[WEIR_PARAM_period_ms] * 1000;
}

/* --- The whole ----------------------------------------------------------------------------------------------------- */

/** What boot and hardware tell of the start (docs/firmware.md, "Boot"). */
static void why_started(struct weir_fw *fw)
{
	uint32_t keep = reg(fw, WEIR_SOC_KEEP(0)), why = keep >> 24;

	fw->restarted = reg(fw, WEIR_SOC_CPU_STATUS) & WEIR_SOC_CPU_STATUS_RESTARTED_MASK;
	if (fw->restarted) {
		fw->thaw_us = fw->hal->now_us(fw->hal->ctx) + us(fw->param[WEIR_PARAM_thaw_s]);
		happened(fw, WEIR_ALARM_RESTARTED, why == KEEP_TRAP ? keep & 0xffffff : 0);
	}
	if (why == KEEP_SELF_TEST)
		self_test_failed(fw, keep & 0xffffff);
	else if (reg(fw, WEIR_REG_ID) != WEIR_REG_ID_ID_RESET || reg(fw, WEIR_SOC_ID) != WEIR_SOC_ID_ID_RESET ||
		 reg(fw, WEIR_REG_VERSION) >> 16 != WEIR_REG_VERSION_MAJOR_RESET ||
		 reg(fw, WEIR_SOC_VERSION) >> 16 != WEIR_SOC_VERSION_MAJOR_RESET)
		self_test_failed(fw, FAILED_REGISTERS);
}

void weir_fw_init(struct weir_fw *fw, const struct weir_hal *hal)
{
	bool kept = weir_store_sealed(fw), fresh = !fw->kept_magic && all_zero(fw->block, WEIR_STORE_WORDS);

	if (!kept)
		memset(fw, 0, sizeof(*fw));
	memset(&fw->period_end_us, 0, offsetof(struct weir_fw, limit) - offsetof(struct weir_fw, period_end_us));
	memset(fw->series, 0, sizeof(*fw) - offsetof(struct weir_fw, series));
	fw->hal = hal;
	if (!kept) {
		for (unsigned i = 0; i < WEIR_PARAMS; i++)
			fw->param[i] = weir_params[i].def;
	}
	weir_alarms_init(&fw->alarms);
	fw->alarms.numbers = fw->alarm_numbers;
	weir_top_init(&fw->top);
	fw->mode = fw->policy_read ? fw->param[WEIR_PARAM_mode] : WEIR_MODE_PREVENTION;
	fw->events_lost = hal->events_lost(hal->ctx);
	weir_store_seal(fw);
	fw->block_bad = !kept && !fresh;
	why_started(fw);
}

static void mail(struct weir_fw *fw)
{
	uint32_t in[WEIR_MAIL_WORDS], out[WEIR_MAIL_WORDS];

	if (!fw->hal->mail(fw->hal->ctx, in))
		return;
	weir_mail_handle(fw, in, out);
	fw->hal->answer(fw->hal->ctx, out);
}

void weir_fw_poll(struct weir_fw *fw)
{
	const struct weir_hal *hal = fw->hal;
	uint64_t now_us = hal->now_us(hal->ctx), wake_us;
	bool more = false;

	hal->kick(hal->ctx);
	mail(fw);
	/* Of a restart before anything is done that may have been its cause, or it is never told. */
	send_notices(fw);
	if (!(reg(fw, WEIR_REG_CTRL) & WEIR_REG_CTRL_RUN_MASK) || !(reg(fw, WEIR_REG_STATUS) & WEIR_REG_STATUS_READY_MASK))
		fw->running = false;
	else if (!fw->running)
		start(fw);
	if (fw->block_bad) {
		fw->block_bad = false;
		happened(fw, WEIR_ALARM_IMPORT, 0);
	}
	wake_us = now_us + READY_US;
	if (fw->running) {
		change_mode(fw);
		more = events(fw, now_us);
		if (now_us >= fw->period_end_us)
			period(fw, now_us);
		/* The first one, or one that has been made shorter; or time has jumped: no period is made up for. */
		wake_us = now_us + fw->param[WEIR_PARAM_period_ms] * 1000;
		if (fw->period_end_us <= now_us || fw->period_end_us > wake_us)
			fw->period_end_us = wake_us;
		event_settings(fw);
		wake_us = fw->period_end_us;
	}
	send_notices(fw);
	if (fw->notices && wake_us > now_us + RETRY_US)
		wake_us = now_us + RETRY_US;
	hal->wake_at(hal->ctx, more ? now_us : wake_us);
}

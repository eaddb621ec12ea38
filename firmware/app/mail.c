// SPDX-License-Identifier: Apache-2.0
#include "firmware/app/mail.h"

#include <string.h>

#include "firmware/app/season.h"
#include "firmware/app/store.h"

/* Words of an export or import in one message. */
enum { PIECE = 12 };
#define FLOOR_MASK ((1u << WEIR_MAIL_SERIES_LSB) - 1)

static unsigned hello(struct weir_fw *fw, uint32_t *out)
{
	out[1] = WEIR_MAIL_VERSION;
	out[2] = fw->limits;
	out[3] = WEIR_PARAMS;
	out[4] = fw->alarms.numbers;
	out[5] = weir_store_words(fw) * 4;
	out[6] = fw->param[WEIR_PARAM_mode];
	return WEIR_MAIL_DONE;
}

static unsigned get(struct weir_fw *fw, const uint32_t *in, uint32_t *out)
{
	if (in[1] >= WEIR_PARAMS)
		return WEIR_MAIL_RANGE;
	out[2] = fw->param[in[1]];
	return WEIR_MAIL_DONE;
}

static unsigned set(struct weir_fw *fw, const uint32_t *in)
{
	if (in[1] >= WEIR_PARAMS || in[2] < weir_params[in[1]].least || in[2] > weir_params[in[1]].most)
		return WEIR_MAIL_RANGE;
	fw->param[in[1]] = in[2];
	weir_store_seal(fw);
	return WEIR_MAIL_DONE;
}

static bool alarm_on(const struct weir_fw *fw, unsigned number)
{
	for (const struct weir_alarm *x = fw->alarms.ring; x < fw->alarms.ring + WEIR_ALARMS_KEPT; x++)
		if (x->number && x->on && x->kind == WEIR_ALARM_METER && x->series == number)
			return true;
	return false;
}

static unsigned series(struct weir_fw *fw, const uint32_t *in, uint32_t *out)
{
	const struct weir_series *s;
	int i;

	if (!weir_series_kin(in[1]))
		return WEIR_MAIL_RANGE;
	out[9] = (uint32_t)alarm_on(fw, in[1]) << 3;
	i = weir_fw_find(fw, in[1]);
	if (i < 0)
		return WEIR_MAIL_DONE;
	s = &fw->series[i];
	out[2] = fw->limit[i].in_use;
	out[3] = weir_fw_floor(fw, (unsigned)i);
	out[4] = weir_fw_ceiling(fw, (unsigned)i);
	out[5] = s->mean;
	out[6] = s->deviation;
	out[7] = s->peak;
	out[8] = s->periods;
	out[9] |= 1 | (uint32_t)s->frozen << 1 | (uint32_t)(s->threshold != 0) << 2;
	out[10] = weir_season_get(fw, (unsigned)i);
	return WEIR_MAIL_DONE;
}

/** Bounds of one series or of several. All are looked at before the first is taken. */
static unsigned bounds(struct weir_fw *fw, const uint32_t *in, uint32_t *out, bool several)
{
	uint32_t n = 1, number = in[1], floor = in[2], ceiling = in[3];

	if (several) {
		n = in[1];
		if (n - 1 >= WEIR_MAIL_BOUNDS_MOST)
			return WEIR_MAIL_RANGE;
	}
	for (unsigned take = 0; take < 2; take++)
		for (uint32_t i = 0; i < n; i++) {
			uint32_t most;
			int at;

			if (several) {
				out[2] = i;
				number = in[2 + 2 * i] >> WEIR_MAIL_SERIES_LSB;
				floor = in[2 + 2 * i] & FLOOR_MASK;
				ceiling = in[3 + 2 * i];
			}
			if (!weir_series_kin(number))
				return WEIR_MAIL_RANGE;
			most = weir_limit_most(number);
			if (floor > most || ceiling > most || (ceiling && floor > ceiling))
				return WEIR_MAIL_RANGE;
			at = weir_fw_find(fw, number);
			if (at < 0)
				return WEIR_MAIL_NOT_NOW;
			if (take) {
				fw->limit[at].floor = floor;
				fw->limit[at].ceiling = ceiling;
			}
		}
	weir_store_seal(fw);
	return WEIR_MAIL_DONE;
}

static unsigned alarm_words(struct weir_fw *fw, const uint32_t *in, uint32_t *out)
{
	const struct weir_alarm *found = weir_alarm_get(&fw->alarms, in[1]);
	struct weir_alarm x;
	uint32_t word[16];

	if (!found)
		return WEIR_MAIL_RANGE;
	/* What it is, not what was told of it last. */
	x = *found;
	x.state = x.on ? WEIR_ALARM_ON : WEIR_ALARM_END;
	weir_alarm_words(&x, word);
	memcpy(out + 2, word, 14 * sizeof(*word));
	return WEIR_MAIL_DONE;
}

static unsigned top(struct weir_fw *fw, const uint32_t *in, uint32_t *out)
{
	if (in[1] >= WEIR_TOP)
		return WEIR_MAIL_RANGE;
	out[6] = weir_top_get(&fw->top, in[1], out + 2, out + 7);
	return WEIR_MAIL_DONE;
}

static unsigned export_piece(struct weir_fw *fw, const uint32_t *in, uint32_t *out)
{
	if (in[1] >= weir_store_words(fw))
		return WEIR_MAIL_RANGE;
	out[2] = weir_store_export(fw, in[1], out + 3);
	return out[2] ? WEIR_MAIL_DONE : WEIR_MAIL_NOT_NOW;
}

static unsigned import_piece(struct weir_fw *fw, const uint32_t *in, uint32_t *out)
{
	if (!in[2] || in[2] > PIECE)
		return WEIR_MAIL_RANGE;
	switch (weir_store_import(fw, in[1], in[2], in + 3)) {
	case WEIR_IMPORT_TAKEN:
		out[2] = 1;
		return WEIR_MAIL_DONE;
	case WEIR_IMPORT_MORE:
		return WEIR_MAIL_DONE;
	case WEIR_IMPORT_REFUSED:
		return WEIR_MAIL_RANGE;
	default:
		return WEIR_MAIL_NOT_NOW;
	}
}

static unsigned veto(struct weir_fw *fw, const uint32_t *in)
{
	if (in[1] >= WEIR_VETOES || in[2] > 128)
		return WEIR_MAIL_RANGE;
	fw->legit.veto[in[1]].length = (uint8_t)in[2];
	for (unsigned i = 0; i < 4; i++) {
		unsigned bits = in[2] > 32 * i ? in[2] - 32 * i : 0;

		fw->legit.veto[in[1]].address[i] = bits >= 32 ? in[3 + i] : bits ? in[3 + i] & ~(UINT32_MAX >> bits) : 0;
	}
	weir_store_seal(fw);
	return WEIR_MAIL_DONE;
}

static unsigned key(struct weir_fw *fw, const uint32_t *in)
{
	memcpy(fw->legit.key, in + 1, sizeof(fw->legit.key));
	weir_store_seal(fw);
	return WEIR_MAIL_DONE;
}

static unsigned mark(struct weir_fw *fw, const uint32_t *in, uint32_t *out)
{
	if (in[1] > 1)
		return WEIR_MAIL_RANGE;
	if (in[1]) {
		memcpy(fw->mark, in + 2, sizeof(fw->mark));
		weir_store_seal(fw);
	}
	memcpy(out + 2, fw->mark, sizeof(fw->mark));
	return WEIR_MAIL_DONE;
}

static unsigned why(const struct weir_fw *fw, const uint32_t *in, uint32_t *out)
{
	const uint32_t *found = in[2] > 1 ? NULL : weir_why_get(&fw->why, in[1], in[2] ? in + 3 : NULL);

	if (!found)
		return WEIR_MAIL_RANGE;
	weir_why_words(found, fw->hal->now_us(fw->hal->ctx), out + 2);
	return WEIR_MAIL_DONE;
}

/** For tests of the watchdog: of the soft core, so that nothing else can be brought down with it. */
static unsigned bye(const uint32_t *in)
{
	if (in[1] != 1 && in[1] != 2)
		return WEIR_MAIL_RANGE;
#ifdef __riscv
	if (in[1] == 2)
		__asm__ volatile(".word 0");
	for (;;)
		;
#endif
	return WEIR_MAIL_NOT_NOW;
}

static unsigned handle(struct weir_fw *fw, const uint32_t *in, uint32_t *out)
{
	switch (in[0] & 0xff) {
	case WEIR_MAIL_HELLO:
		return hello(fw, out);
	case WEIR_MAIL_GET:
		return get(fw, in, out);
	case WEIR_MAIL_SET:
		return set(fw, in);
	case WEIR_MAIL_SERIES:
		return series(fw, in, out);
	case WEIR_MAIL_BOUNDS:
		return bounds(fw, in, out, false);
	case WEIR_MAIL_ALARM:
		return alarm_words(fw, in, out);
	case WEIR_MAIL_TOP:
		return top(fw, in, out);
	case WEIR_MAIL_EXPORT:
		return export_piece(fw, in, out);
	case WEIR_MAIL_IMPORT:
		return import_piece(fw, in, out);
	case WEIR_MAIL_VETO:
		return veto(fw, in);
	case WEIR_MAIL_KEY:
		return key(fw, in);
	case WEIR_MAIL_FORGET:
		weir_store_forget(fw);
		return WEIR_MAIL_DONE;
	case WEIR_MAIL_BYE:
		return bye(in);
	case WEIR_MAIL_MARK:
		return mark(fw, in, out);
	case WEIR_MAIL_WHY:
		return why(fw, in, out);
	case WEIR_MAIL_BOUNDS_OF:
		return bounds(fw, in, out, true);
	default:
		return WEIR_MAIL_UNKNOWN;
	}
}

void weir_mail_handle(struct weir_fw *fw, const uint32_t in[WEIR_MAIL_WORDS], uint32_t ret_out[WEIR_MAIL_WORDS])
{
	unsigned op = in[0] & 0xff, status;

	memset(ret_out, 0, WEIR_MAIL_WORDS * sizeof(*ret_out));
	/* What was asked for, so that answers can be told apart; not the key. */
	if ((op >= WEIR_MAIL_GET && op <= WEIR_MAIL_VETO) || (op >= WEIR_MAIL_MARK && op <= WEIR_MAIL_BOUNDS_OF))
		ret_out[1] = in[1];
	status = handle(fw, in, ret_out);
	ret_out[0] = (in[0] & 0xffffff) | status << 24;
}

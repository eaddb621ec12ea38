// SPDX-License-Identifier: Apache-2.0
#include "sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/common/lists.h"
#include "tables.h"

/* docs/firmware.md, "Series": bytes are those of the meters + 256; peaks 195 and 196 count connections. */
enum { BytesFrom = 256, PeakConnections = 195, PeakOpened = 196, BytesUnit = 64 };
#define WindowsPerSecond (1e6 / 65536)

const char *const sample_unit_names[3] = { "packets/s", "bytes/s", "connections" };

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Errors that say that the firmware is not there; the data path goes on. */
static bool firmware_gone(int rc)
{
	return rc == WEIR_EFIRMWARE || rc == WEIR_EUNKNOWN || rc == WEIR_EREFUSED;
}

int sample_read(struct weir_dev *dev, bool all, struct sample *ret)
{
	double start_s = ctl_clock_s();
	size_t n = 0;
	int rc;

	rc = weir_stats(dev, &ret->stats);
	if (!rc)
		rc = weir_counters(dev, all, ret->counter, SAMPLE_COUNTERS, &n);
	if (rc)
		return rc;
	ret->counters = least(n, SAMPLE_COUNTERS);
	ret->at_s = (start_s + ctl_clock_s()) / 2;
	rc = weir_health(dev, &ret->health);
	if (rc)
		return rc;
	ret->alarms = ret->tops = 0;
	if (!ret->health.firmware)
		return 0;
	n = 0;
	rc = weir_alarm_list(dev, ret->alarm, SAMPLE_ALARMS, &n);
	if (rc && !firmware_gone(rc))
		return rc;
	ret->alarms = rc ? 0 : least(n, SAMPLE_ALARMS);
	n = 0;
	rc = weir_top_sources(dev, ret->top, SAMPLE_TOP, &n);
	if (rc && !firmware_gone(rc))
		return rc;
	ret->tops = rc ? 0 : least(n, SAMPLE_TOP);
	return 0;
}

uint64_t sample_delta(uint64_t before, uint64_t now, unsigned bits)
{
	uint64_t most = ((uint64_t)1 << bits) - 1, delta = (now - before) & most;

	return delta > most / 2 ? now : delta;
}

const struct weir_counter *sample_counter(const struct sample *s, enum weir_counter_kind kind, unsigned number, unsigned side)
{
	for (size_t i = 0; i < s->counters; i++)
		if (s->counter[i].kind == kind && s->counter[i].number == number && s->counter[i].side == side)
			return &s->counter[i];
	return NULL;
}

static int louder(const void *a, const void *b)
{
	const struct rate *x = a, *y = b;

	return x->per_s[2] < y->per_s[2] ? 1 : x->per_s[2] > y->per_s[2] ? -1 : (int)x->number - (int)y->number;
}

size_t sample_rates(const struct sample *before, const struct sample *now, enum weir_counter_kind kind, struct rate *ret, size_t n)
{
	double time_s = now->at_s - before->at_s;
	struct rate all[SAMPLE_COUNTERS];
	size_t found = 0;

	for (size_t i = 0; i < now->counters; i++) {
		const struct weir_counter *c = &now->counter[i], *old;
		uint64_t delta;
		size_t at = 0;

		if (c->kind != kind || c->side > 2)
			continue;
		old = sample_counter(before, kind, c->number, c->side);
		delta = sample_delta(old ? old->count : 0, c->count, SAMPLE_COUNTER_BITS);
		if (!delta || time_s <= 0)
			continue;
		while (at < found && all[at].number != c->number)
			at++;
		if (at == found)
			all[found++] = (struct rate){ .name = c->name, .number = c->number };
		all[at].per_s[c->side] += (double)delta / time_s;
		if (c->side < 2)
			all[at].per_s[2] += (double)delta / time_s;
	}
	qsort(all, found, sizeof(all[0]), louder);
	found = least(found, n);
	memcpy(ret, all, found * sizeof(all[0]));
	return found;
}

double sample_side_rate(const struct sample *before, const struct sample *now, unsigned side, size_t field)
{
	double time_s = now->at_s - before->at_s;
	uint64_t delta = sample_delta(ctl_side_field(&before->stats.side[side], field), ctl_side_field(&now->stats.side[side], field), SAMPLE_STATS_BITS);

	return time_s > 0 ? (double)delta / time_s : 0;
}

/* docs/lists/reasons.def; runt, oversize and egress_full are counts of the sides. */
static double *total_of(struct totals *t, unsigned reason)
{
	switch (reason) {
	case WEIR_REASON_pass:
	case WEIR_REASON_bypass:
	case WEIR_REASON_rule_allow:
		return &t->passed;
	case WEIR_REASON_syn_challenge:
	case WEIR_REASON_syn_proof:
		return &t->answered;
	case WEIR_REASON_link_control:
	case WEIR_REASON_rule_divert:
		return &t->other;
	default:
		return &t->dropped;
	}
}

void sample_totals(const struct sample *before, const struct sample *now, struct totals *ret)
{
	static struct rate rate[SAMPLE_COUNTERS];
	size_t n = sample_rates(before, now, WEIR_COUNT_REASON, rate, SAMPLE_COUNTERS);
	double full;

	*ret = (struct totals){ 0 };
	for (size_t i = 0; i < n; i++)
		*total_of(ret, rate[i].number) += rate[i].per_s[2];
	for (unsigned side = 0; side < 2; side++) {
		full = sample_side_rate(before, now, side, CTL_SIDE_EGRESS_FULL) + sample_side_rate(before, now, side, CTL_SIDE_EGRESS_FULL_LOW);
		ret->dropped += full;
		ret->other += sample_side_rate(before, now, side, CTL_SIDE_REFUSED_OVERSIZE);
		ret->passed -= full;
	}
	if (ret->passed < 0)
		ret->passed = 0;
	ret->offered = ret->passed + ret->dropped + ret->answered + ret->other;
}

size_t sample_alarms_on(const struct sample *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->alarms; i++)
		n += !s->alarm[i].end_s;
	return n;
}

char *sample_alarm_name(const struct weir_alarm *a, char buf[WEIR_SERIES_NAME])
{
	if (a->kind == WEIR_ALARM_KIND_METER)
		return weir_series_name(a->series, buf);
	snprintf(buf, WEIR_SERIES_NAME, "%s", weir_alarm_kind_name(a->kind));
	return buf;
}

enum sample_unit sample_unit(unsigned series)
{
	if (series >= BytesFrom)
		return SAMPLE_BYTES;
	return series == PeakConnections || series == PeakOpened ? SAMPLE_CONNECTIONS : SAMPLE_PACKETS;
}

double sample_per_second(unsigned series, double value)
{
	switch (sample_unit(series)) {
	case SAMPLE_BYTES:
		return value * BytesUnit * WindowsPerSecond;
	case SAMPLE_CONNECTIONS:
		return value;
	default:
		return value * WindowsPerSecond;
	}
}

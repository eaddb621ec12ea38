// SPDX-License-Identifier: Apache-2.0
#include "alarms.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "host/policy/policy.h"
#include "host/common/lists.h"

enum {
	StateEnd = 3, NsPerUs = 1000, Words = 4,
	CfgsPerTable = 16, FirstOverride = 8, FirstClass = 128, ClassesPerSide = 24, Protocol = 176, MeterCfgs = 192,
	SeriesMask = 0xfff, KindMeter = 1,
};

static struct weir_alarm_row *find(struct weir_alarm_list *l, uint32_t number)
{
	for (size_t i = l->rows; i > 0; i--)
		if (l->row[i - 1].number == number)
			return &l->row[i - 1];
	return NULL;
}

void weir_alarm_list_notice(struct weir_alarm_list *l, uint64_t now_us, const uint32_t word[WEIR_ALARM_WORDS])
{
	unsigned state = word[0] >> 8 & 3;
	struct weir_alarm_row *r = find(l, word[1]);

	if (!r && l->rows == WEIR_ALARM_ROWS) {
		l->others++;
		return;
	}
	if (!r) {
		r = &l->row[l->rows++];
		*r = (struct weir_alarm_row){ .number = word[1], .start_ns = now_us * NsPerUs };
	}
	r->kind = word[0] & 0xff;
	if (r->severity < (word[0] >> 10 & 3))
		r->severity = word[0] >> 10 & 3;
	r->series = word[0] >> 16 & SeriesMask;
	r->over = state == StateEnd;
	r->end_ns = r->over ? now_us * NsPerUs : 0;
	r->threshold = word[4];
	if (r->worst < word[5])
		r->worst = word[5];
	r->dropped = word[7];
	memcpy(r->address, word + 8, sizeof(r->address));
	memcpy(r->top, word + 12, sizeof(r->top));
}

bool weir_alarm_has_series(const struct weir_alarm_row *r)
{
	return r->kind == KindMeter && r->series < 2 * WEIR_SERIES_OF_BYTES;
}

const char *weir_alarm_kind_name(unsigned kind)
{
	static const char *const names[] = { "unknown", "meter", "events_lost", "restarted", "self_test", "import" };

	return names[kind < sizeof(names) / sizeof(names[0]) ? kind : 0];
}

const char *weir_alarm_severity_name(unsigned severity)
{
	static const char *const names[] = { "info", "minor", "major", "critical" };

	return names[severity & 3];
}

static const char *peak_name(unsigned peak)
{
	switch (peak) {
#define X(number, name, help) case number: return #name;
#include "peaks.def"
#undef X
	default:
		return "";
	}
}

const char *weir_series_name(unsigned series, char buf[WEIR_SERIES_TEXT])
{
	unsigned peak = series & (WEIR_SERIES_OF_BYTES - 1), table = peak / CfgsPerTable, place = peak % CfgsPerTable, subs = 0;

	buf[0] = 0;
	if (series >= 2 * WEIR_SERIES_OF_BYTES)
		return buf;
	if (peak >= MeterCfgs) {
		snprintf(buf, WEIR_SERIES_TEXT, "%s", peak_name(peak));
	} else if (peak >= Protocol) {
		snprintf(buf, WEIR_SERIES_TEXT, peak > Protocol ? "protocol override %u" : "protocol", peak - Protocol);
	} else if (peak >= FirstClass) {
		snprintf(buf, WEIR_SERIES_TEXT, "class_meter %s %s",
			 peak - FirstClass < ClassesPerSide ? "inbound" : "outbound",
			 weir_class_name((peak - FirstClass) % ClassesPerSide));
	} else if (table < WEIR_TABLES && place > FirstOverride) {
		snprintf(buf, WEIR_SERIES_TEXT, "%s override %u", weir_table_info(table)->name, place - FirstOverride);
	} else if (table < WEIR_TABLES) {
		const char *const *names = weir_policy_subs(table);

		while (names[subs])
			subs++;
		snprintf(buf, WEIR_SERIES_TEXT, place < subs ? "%s %s" : "%s", weir_table_info(table)->name,
			 place < subs ? names[place] : "");
	}
	return buf;
}

const char *weir_series_unit(unsigned series)
{
	return series >= WEIR_SERIES_OF_BYTES && series < 2 * WEIR_SERIES_OF_BYTES ? "64 bytes" : "packets";
}

const char *weir_alarm_address(const uint32_t address[4], char buf[WEIR_ALARM_ADDRESS_TEXT])
{
	uint8_t bytes[sizeof(uint32_t) * Words];
	bool v6 = address[0] || address[1] || address[2];

	buf[0] = 0;
	for (unsigned i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(address[i / 4] >> (24 - 8 * (i % 4)));
	if (v6 || address[3])
		inet_ntop(v6 ? AF_INET6 : AF_INET, v6 ? bytes : bytes + 12, buf, WEIR_ALARM_ADDRESS_TEXT);
	return buf;
}

// SPDX-License-Identifier: Apache-2.0
#include "alarms.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "host/policy/series.h"

enum {
	StateEnd = 3, NsPerUs = 1000, Words = 4,
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

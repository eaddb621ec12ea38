// SPDX-License-Identifier: Apache-2.0
#include "series.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "host/common/lists.h"
#include "policy.h"

enum {
	CfgsPerTable = 16, FirstOverride = 8, FirstClass = 128, ClassesPerSide = 24, Protocol = 176, MeterCfgs = 192,
	Numbers = 2 * WEIR_SERIES_OF_BYTES,
};

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

/* A meter of a keyed table. @return false: its place has none. */
static bool format_table(unsigned table, unsigned place, char *buf)
{
	const char *const *names = weir_policy_subs(table), *name = weir_table_info(table)->name;
	unsigned subs = 0;

	while (names[subs])
		subs++;
	if (place > FirstOverride)
		snprintf(buf, WEIR_SERIES_TEXT, "%s.override%u", name, place - FirstOverride);
	else if (place < subs)
		snprintf(buf, WEIR_SERIES_TEXT, "%s.%s", name, names[place]);
	else
		snprintf(buf, WEIR_SERIES_TEXT, "%s", name);
	return place > FirstOverride || place < subs || (!subs && !place);
}

static bool format_peak(unsigned peak, char *buf)
{
	unsigned side = (peak - FirstClass) / ClassesPerSide, class = (peak - FirstClass) % ClassesPerSide;

	if (peak >= MeterCfgs) {
		snprintf(buf, WEIR_SERIES_TEXT, "%s", peak_name(peak));
		return buf[0];
	}
	if (peak >= Protocol) {
		snprintf(buf, WEIR_SERIES_TEXT, peak > Protocol ? "protocol.override%u" : "protocol", peak - Protocol);
		return peak <= Protocol + WEIR_POLICY_CONFIGS - 1;
	}
	if (peak >= FirstClass) {
		snprintf(buf, WEIR_SERIES_TEXT, "%s.%s", side ? "outbound" : "inbound", weir_class_name(class));
		return class < WEIR_CLASSES && weir_class_group(class) >= 0;
	}
	return peak / CfgsPerTable < WEIR_TABLES && format_table(peak / CfgsPerTable, peak % CfgsPerTable, buf);
}

bool weir_series_is_bytes(unsigned number)
{
	return number >= WEIR_SERIES_OF_BYTES && number < Numbers;
}

char *weir_series_format(unsigned number, char buf[WEIR_SERIES_TEXT])
{
	unsigned peak = number % WEIR_SERIES_OF_BYTES;
	bool bytes = weir_series_is_bytes(number);
	size_t used;

	buf[0] = 0;
	if (number >= Numbers || !format_peak(peak, buf) || (bytes && peak >= MeterCfgs)) {
		buf[0] = 0;
		return buf;
	}
	used = strlen(buf);
	if (bytes)
		snprintf(buf + used, WEIR_SERIES_TEXT - used, ".bytes");
	return buf;
}

int weir_series_parse(const char *name, unsigned *ret_number)
{
	char text[WEIR_SERIES_TEXT];

	for (unsigned number = 0; number < Numbers && name[0]; number++)
		if (!strcmp(weir_series_format(number, text), name)) {
			*ret_number = number;
			return 0;
		}
	return -ENOENT;
}

const char *weir_series_unit(unsigned number)
{
	return weir_series_is_bytes(number) ? "64 bytes" : "packets";
}

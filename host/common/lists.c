// SPDX-License-Identifier: Apache-2.0
#include "lists.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define X(number, name, text) [number] = #name,
static const char *const verdict_names[WEIR_VERDICTS] = {
#include "docs/lists/verdicts.def"
};
#undef X

#define X(code, name, action, source, text) [code] = #name,
static const char *const anomaly_names[WEIR_ANOMALIES] = {
#include "docs/lists/anomalies.def"
};
#undef X

#define X(code, name, action, source, text) [code] = WEIR_ANOMALY_##action,
static const unsigned char anomaly_defaults[WEIR_ANOMALIES] = {
#include "docs/lists/anomalies.def"
};
#undef X

#define X(number, name, group, text) [number] = #name,
static const char *const class_names[WEIR_CLASSES] = {
#include "docs/lists/classes.def"
};
#undef X

#define X(number, name, group, text) [number] = (group),
static const signed char class_groups[WEIR_CLASSES] = {
#include "docs/lists/classes.def"
};
#undef X

static const char *const reason_names[256] = {
#define X(number, name, text) [number] = #name,
#include "docs/lists/reasons.def"
#undef X
#define X(number, name, group, text) [WEIR_REASON_class_0 + (number)] = "class_" #name,
#include "docs/lists/classes.def"
#undef X
#define X(code, name, action, source, text) [WEIR_REASON_anomaly_0 + (code)] = #name,
#include "docs/lists/anomalies.def"
#undef X
};

#define X(number, name, tier, bytes, sets_log2, timeout, key) \
	[number] = { #name, tier, bytes, sets_log2, timeout },
static const struct weir_table_info tables[WEIR_TABLES] = {
#include "docs/lists/tables.def"
};
#undef X

#define X(number, name, text) [number] = #name,
static const char *const event_names[WEIR_EVENTS] = {
#include "docs/lists/events.def"
};
#undef X

#define X(number, name, sets_log2, entry_bits, tag_bits, clock_log2, text) \
	[number] = { #name, sets_log2, entry_bits, tag_bits, clock_log2 },
static const struct weir_state_info states[WEIR_STATES] = {
#include "docs/lists/states.def"
};
#undef X

const struct weir_state_info *weir_state_info(unsigned number)
{
	assert(number < WEIR_STATES);
	return &states[number];
}

const struct weir_table_info *weir_table_info(unsigned number)
{
	assert(number < WEIR_TABLES);
	return &tables[number];
}

static const char *name_of(const char *const *names, size_t n, unsigned number)
{
	return number < n && names[number] ? names[number] : "unknown";
}

static int number_of(const char *const *names, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (names[i] && !strcmp(names[i], name))
			return (int)i;
	return -1;
}

const char *weir_event_name(unsigned event)
{
	return name_of(event_names, COUNT(event_names), event);
}

const char *weir_verdict_name(unsigned verdict)
{
	return name_of(verdict_names, COUNT(verdict_names), verdict);
}

const char *weir_reason_name(unsigned reason)
{
	return name_of(reason_names, COUNT(reason_names), reason);
}

const char *weir_anomaly_name(unsigned code)
{
	return name_of(anomaly_names, COUNT(anomaly_names), code);
}

const char *weir_class_name(unsigned class_number)
{
	return name_of(class_names, COUNT(class_names), class_number);
}

int weir_verdict_find(const char *name)
{
	return number_of(verdict_names, COUNT(verdict_names), name);
}

int weir_reason_find(const char *name)
{
	return number_of(reason_names, COUNT(reason_names), name);
}

int weir_anomaly_find(const char *name)
{
	return number_of(anomaly_names, COUNT(anomaly_names), name);
}

int weir_class_find(const char *name)
{
	return number_of(class_names, COUNT(class_names), name);
}

int weir_table_find(const char *name)
{
	for (int i = 0; i < WEIR_TABLES; i++)
		if (!strcmp(tables[i].name, name))
			return i;
	return -1;
}

int weir_anomaly_default(unsigned code)
{
	assert(code < WEIR_ANOMALIES);
	return anomaly_defaults[code];
}

int weir_class_group(unsigned class_number)
{
	assert(class_number < WEIR_CLASSES);
	return class_groups[class_number];
}

// SPDX-License-Identifier: Apache-2.0
/* Health, statistics, counters: what can be read without the firmware. */
#include "weir/status.h"

#include <string.h>

#include "host/common/lists.h"
#include "ops.h"
#include "weir/weir_regs.h"

enum { EntryWords = 8, EntriesAtOnce = 8, WordBytes = 4 };

/* Word of a block that was read from `first` on. */
#define AT(word, first, address) ((word)[((address) - (first)) / WordBytes])
#define FIELD(word, field) (((word) & field##_MASK) >> field##_LSB)

static int read_firmware(struct weir_dev *dev, struct weir_health *h)
{
	uint32_t message[WEIR_MAIL_WORDS_HOST] = { WEIR_OP_HELLO }, answer[WEIR_MAIL_WORDS_HOST];
	int rc = weir_mail(dev, message, answer);

	if (rc == WEIR_EFIRMWARE)
		return 0;
	if (rc)
		return rc;
	h->firmware = true;
	h->firmware_version = answer[1];
	h->series = answer[2];
	h->alarms_ever = answer[4];
	h->learned_bytes = answer[5];
	h->firmware_mode = answer[6];
	return 0;
}

int weir_health(struct weir_dev *dev, struct weir_health *ret)
{
	enum { DataWords = (WEIR_REG_NOW_HIGH - WEIR_REG_CTRL) / WordBytes + 1,
	       SocWords = (WEIR_SOC_LINK_COUNTS - WEIR_SOC_CPU) / WordBytes + 1 };
	uint32_t data[DataWords], soc[SocWords], w;
	struct weir_health h = { 0 };
	int rc = weir_read(dev, WEIR_REG_CTRL, DataWords, data);

	rc = rc ? rc : weir_read(dev, WEIR_SOC_CPU, SocWords, soc);
	if (rc)
		return rc;
	h.running = FIELD(AT(data, WEIR_REG_CTRL, WEIR_REG_CTRL), WEIR_REG_CTRL_RUN);
	w = AT(data, WEIR_REG_CTRL, WEIR_REG_STATUS);
	h.ready = FIELD(w, WEIR_REG_STATUS_READY);
	h.bypass = FIELD(w, WEIR_REG_STATUS_BYPASS);
	h.ageing = FIELD(w, WEIR_REG_STATUS_AGEING);
	h.write_refused = FIELD(w, WEIR_REG_STATUS_WRITE_REFUSED);
	h.bad_entry = FIELD(w, WEIR_REG_STATUS_BAD_ENTRY);
	h.now_us = (uint64_t)AT(data, WEIR_REG_CTRL, WEIR_REG_NOW_HIGH) << 32 | AT(data, WEIR_REG_CTRL, WEIR_REG_NOW_LOW);
	h.cpu_runs = FIELD(AT(soc, WEIR_SOC_CPU, WEIR_SOC_CPU), WEIR_SOC_CPU_RUN);
	w = AT(soc, WEIR_SOC_CPU, WEIR_SOC_CPU_STATUS);
	h.cpu_restarts = (uint16_t)FIELD(w, WEIR_SOC_CPU_STATUS_RESTARTS);
	h.cpu_asleep = FIELD(w, WEIR_SOC_CPU_STATUS_ASLEEP);
	w = AT(soc, WEIR_SOC_CPU, WEIR_SOC_EVENT_QUEUE);
	h.events_waiting = FIELD(w, WEIR_SOC_EVENT_QUEUE_COUNT);
	h.events_lost = FIELD(w, WEIR_SOC_EVENT_QUEUE_LOST);
	w = AT(soc, WEIR_SOC_CPU, WEIR_SOC_LINK_COUNTS);
	h.link_bad = (uint16_t)FIELD(w, WEIR_SOC_LINK_COUNTS_BAD);
	h.link_repeated = (uint16_t)FIELD(w, WEIR_SOC_LINK_COUNTS_REPEATED);
	/* Held in reset it does not answer: no need to wait for it. */
	rc = h.cpu_runs ? read_firmware(dev, &h) : 0;
	if (!rc)
		*ret = h;
	return rc;
}

int weir_health_clear(struct weir_dev *dev)
{
	const uint32_t both = WEIR_REG_STATUS_WRITE_REFUSED_MASK | WEIR_REG_STATUS_BAD_ENTRY_MASK;

	return weir_write(dev, WEIR_REG_STATUS, 1, &both);
}

/* --- Statistics --------------------------------------------------------------------------------------------------- */

int weir_stats(struct weir_dev *dev, struct weir_stats *ret)
{
	enum { First = WEIR_REG_STATS_SIDE_RX_FRAMES(0), Last = WEIR_REG_STATS_STATES_FULL(6), Words = (Last - First) / WordBytes + 1 };
	const struct weir_caps *caps = weir_dev_caps(dev);
	uint32_t w[Words];
	int rc = weir_read(dev, First, Words, w);

	if (rc)
		return rc;
	for (unsigned s = 0; s < 2; s++) {
		struct weir_side_stats *side = &ret->side[s];

		side->rx_frames = AT(w, First, WEIR_REG_STATS_SIDE_RX_FRAMES(s));
		side->rx_fcs = AT(w, First, WEIR_REG_STATS_SIDE_RX_FCS(s));
		side->rx_runt = AT(w, First, WEIR_REG_STATS_SIDE_RX_RUNT(s));
		side->rx_oversize = AT(w, First, WEIR_REG_STATS_SIDE_RX_OVERSIZE(s));
		side->rx_error = AT(w, First, WEIR_REG_STATS_SIDE_RX_ERROR(s));
		side->rx_overflow = AT(w, First, WEIR_REG_STATS_SIDE_RX_OVERFLOW(s));
		side->tx_frames = AT(w, First, WEIR_REG_STATS_SIDE_TX_FRAMES(s));
		side->tx_error = AT(w, First, WEIR_REG_STATS_SIDE_TX_ERROR(s));
		side->refused_oversize = AT(w, First, WEIR_REG_STATS_SIDE_REFUSED_OVERSIZE(s));
		side->egress_full = AT(w, First, WEIR_REG_STATS_SIDE_EGRESS_FULL(s));
		side->egress_full_low = AT(w, First, WEIR_REG_STATS_SIDE_EGRESS_FULL_LOW(s));
		side->taken = AT(w, First, WEIR_REG_STATS_SIDE_TAKEN(s));
	}
	for (unsigned k = 0; k < WEIR_TABLES; k++)
		ret->table[k] = (struct weir_table_stats){
			caps->table_entries[k], AT(w, First, WEIR_REG_STATS_TABLES_USED(k)),
			AT(w, First, WEIR_REG_STATS_TABLES_EVICTIONS(k)), AT(w, First, WEIR_REG_STATS_TABLES_FULL(k)) };
	for (unsigned k = 0; k < WEIR_STATES; k++)
		ret->state[k] = (struct weir_table_stats){
			caps->state_entries[k], AT(w, First, WEIR_REG_STATS_STATES_USED(k)),
			AT(w, First, WEIR_REG_STATS_STATES_EVICTIONS(k)), AT(w, First, WEIR_REG_STATS_STATES_FULL(k)) };
	return 0;
}

/* --- Counters ----------------------------------------------------------------------------------------------------- */

struct named {
	uint16_t number;
	const char *name, *help;
};

static const struct named reasons[] = {
#define X(number, name, text) { number, #name, text },
#include "docs/lists/reasons.def"
#undef X
#define X(number, name, group, text) { WEIR_REASON_class_0 + (number), "class_" #name, text },
#include "docs/lists/classes.def"
#undef X
#define X(code, name, action, source, text) { WEIR_REASON_anomaly_0 + (code), #name, text },
#include "docs/lists/anomalies.def"
#undef X
};

static const struct named classes[] = {
#define X(number, name, group, text) { number, #name, text },
#include "docs/lists/classes.def"
#undef X
};

static const struct named anomalies[] = {
#define X(code, name, action, source, text) { code, #name, text },
#include "docs/lists/anomalies.def"
#undef X
};

static const struct named events[] = {
#define X(number, name, text) { number, #name, text },
#include "docs/lists/events.def"
#undef X
};

#define LIST(list) list, sizeof(list) / sizeof((list)[0])
enum { Reasons = 256, Anomalies = 96, Events = 16, Classes = 32, Sides = 2, RoomMost = Reasons };

/* Where each kind lies: counters from `address` on, `room` numbers; classes once more for the other side. */
static const struct bank {
	enum weir_counter_kind kind;
	const struct named *list;
	size_t n;
	uint32_t address, room;
	unsigned sides;
} banks[] = {
	{ WEIR_COUNT_REASON, LIST(reasons), WEIR_REG_COUNTER0(0), Reasons, 1 },
	{ WEIR_COUNT_REASON_DRY, LIST(reasons), WEIR_REG_COUNTER0(256), Reasons, 1 },
	{ WEIR_COUNT_CLASS, LIST(classes), WEIR_REG_COUNTER1(0), Classes, Sides },
	{ WEIR_COUNT_ANOMALY, LIST(anomalies), WEIR_REG_COUNTER0(512), Anomalies, 1 },
	{ WEIR_COUNT_EVENT, LIST(events), WEIR_REG_COUNTER0(768), Events, 1 },
};

const char *weir_counter_kind_name(enum weir_counter_kind kind)
{
	static const char *const names[] = { "reason", "reason_dry", "class", "anomaly", "event" };

	return (unsigned)kind < sizeof(names) / sizeof(names[0]) ? names[kind] : "unknown";
}

/* No counter: what is never final, no dry reason, no event; classes without a look-up. */
static bool counted(const struct bank *b, unsigned number)
{
	if (b->kind == WEIR_COUNT_CLASS)
		return weir_class_group(number) >= 0;
	return number || b->kind == WEIR_COUNT_REASON || b->kind == WEIR_COUNT_ANOMALY;
}

/* The rows of a bank by their numbers. */
static void sort(const struct bank *b, const struct named *ret[RoomMost])
{
	memset(ret, 0, RoomMost * sizeof(*ret));
	for (size_t i = 0; i < b->n; i++)
		if (counted(b, b->list[i].number))
			ret[b->list[i].number] = &b->list[i];
}

/* Counts of a whole bank of one side: eight entries at a time, and those without a name not at all. */
static int read_bank(struct weir_dev *dev, const struct bank *b, unsigned side, const struct named *const row[RoomMost],
		     uint64_t ret[RoomMost])
{
	uint32_t first = b->address + side * b->room * WEIR_ENTRY_SPAN, word[EntriesAtOnce][EntryWords];

	for (unsigned at = 0; at < b->room; at += EntriesAtOnce) {
		bool any = false;
		int rc;

		for (unsigned i = 0; i < EntriesAtOnce; i++)
			any |= row[at + i] != NULL;
		if (!any)
			continue;
		rc = weir_read(dev, first + at * WEIR_ENTRY_SPAN, EntriesAtOnce * EntryWords, word[0]);
		if (rc)
			return rc;
		for (unsigned i = 0; i < EntriesAtOnce; i++)
			ret[at + i] = WEIR_FIELD_GET(word[i], WEIR_REG_COUNTER0_COUNT);
	}
	return 0;
}

int weir_counters(struct weir_dev *dev, bool all, struct weir_counter *ret, size_t n, size_t *ret_n)
{
	size_t found = 0;

	for (size_t k = 0; k < sizeof(banks) / sizeof(banks[0]); k++) {
		const struct bank *b = &banks[k];
		const struct named *row[RoomMost];
		uint64_t count[Sides][RoomMost];
		int rc = 0;

		sort(b, row);
		for (unsigned side = 0; side < b->sides && !rc; side++)
			rc = read_bank(dev, b, side, row, count[side]);
		if (rc)
			return rc;
		for (unsigned i = 0; i < b->room; i++)
			for (unsigned side = 0; side < b->sides; side++) {
				if (!row[i] || (!all && !count[side][i]))
					continue;
				if (found < n)
					ret[found] = (struct weir_counter){
						.kind = b->kind, .number = row[i]->number, .name = row[i]->name, .help = row[i]->help,
						.side = (uint8_t)(b->sides == Sides ? side : 2), .count = count[side][i] };
				found++;
			}
	}
	*ret_n = found;
	return 0;
}

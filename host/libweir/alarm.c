// SPDX-License-Identifier: Apache-2.0
/* Alarms, top sources, and why. */
#include "weir/alarm.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "detail.h"
#include "host/common/lists.h"
#include "ops.h"

enum {
	Words = WEIR_MAIL_WORDS_HOST, AlarmsKept = 32, AlarmsAsked = 256, AlarmWords = 14, TopPlaces = 16, WhyKept = 12,
	AddressWords = 4, WordBits = 32, ByteBits = 8, V4Bytes = 4, V4Word = 3,
};

/* --- Addresses ---------------------------------------------------------------------------------------------------- */

/* Words as the hardware and the firmware have them: IPv4 in the last one, all 0 unknown. */
static void read_address(const uint32_t word[AddressWords], bool v6, struct weir_address *ret)
{
	*ret = (struct weir_address){ 0 };
	if (!word[0] && !word[1] && !word[2] && !word[V4Word])
		return;
	ret->family = v6 ? 6 : 4;
	for (unsigned i = 0; i < (v6 ? sizeof(ret->bytes) : V4Bytes); i++)
		ret->bytes[i] = (uint8_t)(word[v6 ? i / 4 : V4Word] >> (WordBits - ByteBits - ByteBits * (i % 4)));
}

/* Where nothing tells the family. */
static void guess_address(const uint32_t word[AddressWords], struct weir_address *ret)
{
	read_address(word, word[0] || word[1] || word[2], ret);
}

static void write_address(const struct weir_address *a, uint32_t ret[AddressWords])
{
	unsigned first = a->family == 6 ? 0 : V4Word * 4;

	memset(ret, 0, AddressWords * sizeof(*ret));
	for (unsigned i = first; i < sizeof(a->bytes); i++)
		ret[i / 4] |= (uint32_t)a->bytes[i - first] << (WordBits - ByteBits - ByteBits * (i % 4));
}

char *weir_address_format(const struct weir_address *a, char *buf, size_t n)
{
	if (n)
		buf[0] = 0;
	if (n && (a->family == 4 || a->family == 6) && !inet_ntop(a->family == 6 ? AF_INET6 : AF_INET, a->bytes, buf, (socklen_t)n))
		buf[0] = 0;
	return buf;
}

int weir_address_parse(const char *text, struct weir_address *ret)
{
	struct weir_address a = { .family = strchr(text, ':') ? 6 : 4 };

	if (inet_pton(a.family == 6 ? AF_INET6 : AF_INET, text, a.bytes) != 1)
		return -EINVAL;
	*ret = a;
	return 0;
}

/* --- Alarms ------------------------------------------------------------------------------------------------------- */

int weir_alarm_read(const uint32_t words[16], struct weir_alarm *ret)
{
	unsigned kind = words[0] & 0xff;

	if (kind < WEIR_ALARM_KIND_METER || kind > WEIR_ALARM_KIND_IMPORT || !words[1])
		return WEIR_EPROTOCOL;
	*ret = (struct weir_alarm){
		.number = words[1], .kind = kind, .state = words[0] >> 8 & 3, .severity = words[0] >> 10 & 3,
		.series = words[0] >> 16 & 0xfff, .start_s = words[2], .end_s = words[3], .threshold = words[4], .peak = words[5],
		.last = words[6], .dropped = words[7],
	};
	guess_address(words + 8, &ret->key);
	guess_address(words + 12, &ret->top_source);
	return 0;
}

static int by_number(const void *a, const void *b)
{
	const struct weir_alarm *x = a, *y = b;

	return (x->number > y->number) - (x->number < y->number);
}

int weir_alarm_list(struct weir_dev *dev, struct weir_alarm *ret, size_t n, size_t *ret_n)
{
	uint32_t message[Words] = { WEIR_OP_HELLO }, answer[Words], newest;
	struct weir_alarm alarm[AlarmsKept];
	size_t found = 0;
	int rc = weir_mail(dev, message, answer);

	newest = rc ? 0 : answer[4];
	/* What is on is kept although much newer ones have come and gone: so further back than there are places. */
	for (uint32_t i = 0; i < newest && i < AlarmsAsked && found < AlarmsKept; i++) {
		uint32_t words[Words] = { 0 };

		memset(message, 0, sizeof(message));
		message[0] = WEIR_OP_ALARM;
		message[1] = newest - i;
		rc = weir_mail(dev, message, answer);
		if (rc == -ERANGE)
			continue;
		if (rc)
			return rc;
		/* The last two words of its top source have no room in an answer. */
		memcpy(words, answer + 2, AlarmWords * sizeof(*words));
		words[12] = words[13] = 0;
		if (weir_alarm_read(words, &alarm[found]))
			return weir_dev_fail(dev, WEIR_EPROTOCOL, "alarm %u is of kind %u, which there is not", newest - i, words[0] & 0xff);
		found++;
	}
	if (rc && rc != -ERANGE)
		return rc;
	qsort(alarm, found, sizeof(alarm[0]), by_number);
	if (n)
		memcpy(ret, alarm + (found > n ? found - n : 0), (found < n ? found : n) * sizeof(alarm[0]));
	*ret_n = found;
	return 0;
}

const char *weir_alarm_kind_name(enum weir_alarm_kind kind)
{
	static const char *const names[] = { "unknown", "meter", "events_lost", "restarted", "self_test", "import" };

	return names[(unsigned)kind < sizeof(names) / sizeof(names[0]) ? kind : 0];
}

const char *weir_alarm_state_name(enum weir_alarm_state state)
{
	static const char *const names[] = { "going_on", "start", "peak", "end" };

	return names[state & 3];
}

const char *weir_severity_name(enum weir_severity severity)
{
	static const char *const names[] = { "info", "minor", "major", "critical" };

	return names[severity & 3];
}

/* --- Top sources -------------------------------------------------------------------------------------------------- */

int weir_top_sources(struct weir_dev *dev, struct weir_top_source *ret, size_t n, size_t *ret_n)
{
	size_t found = 0;

	for (uint32_t place = 0; place < TopPlaces; place++) {
		uint32_t message[Words] = { WEIR_OP_TOP, place }, answer[Words];
		int rc = weir_mail(dev, message, answer);

		if (rc)
			return rc;
		if (!answer[6])
			break;
		if (found < n) {
			guess_address(answer + 2, &ret[found].address);
			ret[found].count = answer[6];
			ret[found].error = answer[7];
		}
		found++;
	}
	*ret_n = found;
	return 0;
}

/* --- Why ---------------------------------------------------------------------------------------------------------- */

static void read_why(const uint32_t w[AlarmWords], struct weir_why *ret)
{
	bool v6 = w[1] >> 16 & 1;

	*ret = (struct weir_why){
		.time_s = w[0], .reason = (uint8_t)w[1], .verdict = w[1] >> 8 & 7, .bytes = w[1] >> 17 & 1,
		.protocol = (uint8_t)(w[1] >> 24), .samples = w[2] & 0xffff, .rule = w[2] >> 16 & 0xfff, .threshold = w[3],
		.measured = w[4], .sport = (uint16_t)w[5], .dport = (uint16_t)(w[5] >> 16),
	};
	ret->reason_name = weir_reason_name(ret->reason);
	ret->verdict_name = weir_verdict_name(ret->verdict);
	read_address(w + 6, v6, &ret->remote);
	read_address(w + 10, v6, &ret->protect);
}

/* While we page, one that has come again moves to the front and the others one place down: the same one twice. */
static bool had(const struct weir_why *why, size_t n, const struct weir_why *w)
{
	for (size_t i = 0; i < n; i++)
		if (why[i].reason == w->reason && !memcmp(&why[i].remote, &w->remote, sizeof(w->remote)) &&
		    !memcmp(&why[i].protect, &w->protect, sizeof(w->protect)))
			return true;
	return false;
}

int weir_why(struct weir_dev *dev, const struct weir_address *address, struct weir_why *ret, size_t n, size_t *ret_n)
{
	struct weir_why why[WhyKept];
	size_t found = 0;

	if (address && address->family != 4 && address->family != 6)
		return -EINVAL;
	for (uint32_t place = 0; place < WhyKept; place++) {
		uint32_t message[Words] = { WEIR_OP_WHY, place, address != NULL }, answer[Words];
		int rc;

		if (address)
			write_address(address, message + 3);
		rc = weir_mail(dev, message, answer);
		if (rc == -ERANGE)
			break;
		if (rc)
			return rc == WEIR_EUNKNOWN ? weir_dev_fail(dev, rc, "this firmware does not keep why it dropped; use a newer one") : rc;
		read_why(answer + 2, &why[found]);
		found += !had(why, found, &why[found]);
	}
	if (n)
		memcpy(ret, why, (found < n ? found : n) * sizeof(why[0]));
	*ret_n = found;
	return 0;
}

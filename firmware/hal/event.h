/* SPDX-License-Identifier: Apache-2.0 */
/** The 16 words of an event (docs/soc.md, "Events"): where its fields lie, for who reads events and who makes them in software. */
#ifndef WEIR_EVENT_H
#define WEIR_EVENT_H
#include <stdint.h>

/** X(field, word, lowest bit, bits) */
#define WEIR_EVENT_FIELDS(X) \
	X(NUMBER, 0, 0, 32) \
	X(STAMP, 1, 0, 32) \
	X(REASON, 2, 0, 8) \
	X(VERDICT, 2, 8, 3) \
	X(EVENT, 2, 11, 4) \
	X(DIRECTION, 2, 15, 1) \
	X(FAMILY, 2, 16, 1) \
	X(TCLASS, 2, 17, 3) \
	X(FLOOD, 2, 20, 3) \
	X(LEGIT, 2, 23, 1) \
	X(PROVEN, 2, 24, 1) \
	X(L3_VALID, 2, 25, 1) \
	X(L4_VALID, 2, 26, 1) \
	X(IS_METER, 2, 29, 1) \
	X(IS_ESTABLISHED, 2, 30, 1) \
	X(IS_SAMPLE, 2, 31, 1) \
	X(TRIPS, 3, 0, 18) \
	X(RULE, 3, 18, 12) \
	X(ENDS, 4, 0, 18) \
	X(PROTO, 4, 18, 8) \
	X(THRESHOLD, 5, 0, 24) \
	X(UNIT, 5, 24, 1) \
	X(MEASURED, 6, 0, 24) \
	X(SPORT, 7, 0, 16) \
	X(DPORT, 7, 16, 16)

#define WEIR_EVENT_FIELD(field, word, lsb, bits) \
	WEIR_EVENT_##field##_WORD = word, WEIR_EVENT_##field##_LSB = lsb, WEIR_EVENT_##field##_BITS = bits,
enum {
	WEIR_EVENT_FIELDS(WEIR_EVENT_FIELD)
	WEIR_EVENT_REMOTE = 8,    /**< four words, the most significant first */
	WEIR_EVENT_PROTECTED = 12,
};
#undef WEIR_EVENT_FIELD

static inline uint32_t weir_event_get(const uint32_t *words, unsigned word, unsigned lsb, unsigned bits)
{
	return words[word] >> lsb & (0xffffffffu >> (32 - bits));
}

/** The field is 0 before; bits of the value beyond it are lost. */
static inline void weir_event_put(uint32_t *words, unsigned word, unsigned lsb, unsigned bits, uint32_t value)
{
	words[word] |= (value & (0xffffffffu >> (32 - bits))) << lsb;
}

#define WEIR_EVENT_GET(words, field) \
	weir_event_get(words, WEIR_EVENT_##field##_WORD, WEIR_EVENT_##field##_LSB, WEIR_EVENT_##field##_BITS)
#define WEIR_EVENT_PUT(words, field, value) \
	weir_event_put(words, WEIR_EVENT_##field##_WORD, WEIR_EVENT_##field##_LSB, WEIR_EVENT_##field##_BITS, value)

#endif

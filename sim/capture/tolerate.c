// SPDX-License-Identifier: Apache-2.0
#include "tolerate.h"

#include <string.h>

enum {
	MostSnap = 262144,              /* libpcap's own bound */
	PcapMinor = 6, PcapSnap = 16, PcapHead = 24,
	BlockHead = 12, BlockSnap = 12, BlockSnapEnd = 16,
	TypeInterface = 1,
	VersionMinor = 4,
};

#define TYPE_SECTION 0x0a0d0d0au
#define ORDER_MAGIC 0x1a2b3c4du
#define PCAP_US 0xa1b2c3d4u
#define PCAP_NS 0xa1b23c4du

static uint32_t get32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, 4);
	return v;
}

static uint32_t swap32(uint32_t v, bool swapped)
{
	return swapped ? __builtin_bswap32(v) : v;
}

/* Byte i of a 32-bit number in the file's order. */
static uint8_t byte_of(uint32_t v, unsigned i, bool swapped)
{
	uint8_t b[4];

	v = swap32(v, swapped);
	memcpy(b, &v, 4);
	return b[i];
}

static void see_magic(struct weir_tolerate *t)
{
	uint32_t magic = get32(t->head);

	if (magic == TYPE_SECTION) {
		t->kind = WEIR_TOLERATE_NG;
		t->type = magic;
		return;
	}
	t->swapped = magic != PCAP_US && magic != PCAP_NS;
	magic = swap32(magic, t->swapped);
	t->kind = magic == PCAP_US || magic == PCAP_NS ? WEIR_TOLERATE_PCAP : WEIR_TOLERATE_REST;
}

static void pcap_byte(struct weir_tolerate *t, uint8_t *b)
{
	uint16_t minor;

	if (t->at >= PcapSnap && t->at < PcapSnap + 4)
		*b = byte_of(MostSnap, (unsigned)t->at - PcapSnap, t->swapped);
	/* The first of the two bytes has gone by when the second is seen: both are judged by what a sane minor
	 * version has there. */
	if (t->at == PcapMinor || t->at == PcapMinor + 1) {
		bool low = (t->at == PcapMinor) == !t->swapped;

		minor = *b;
		if (low ? minor > VersionMinor : minor)
			*b = low ? VersionMinor : 0;
	}
	if (++t->at == PcapHead)
		t->kind = WEIR_TOLERATE_REST;
}

static void block_byte(struct weir_tolerate *t, uint8_t *b)
{
	if (t->at < sizeof(t->head))
		t->head[t->at] = *b;
	if (t->type == TypeInterface && t->at >= BlockSnap && t->at < BlockSnapEnd)
		*b = byte_of(MostSnap, (unsigned)t->at - BlockSnap, t->swapped);
	t->at++;
	if (t->at == 4)
		t->type = get32(t->head) == TYPE_SECTION ? TYPE_SECTION : swap32(get32(t->head), t->swapped);
	if (t->at == BlockHead) {
		/* The byte order of a section stands behind the length that is in it. */
		if (t->type == TYPE_SECTION)
			t->swapped = get32(t->head + 8) != ORDER_MAGIC;
		t->length = swap32(get32(t->head + 4), t->swapped);
		/* Broken: libpcap will say so. */
		if (t->length < BlockHead || t->length % 4)
			t->kind = WEIR_TOLERATE_REST;
	}
	if (t->at >= BlockHead && t->at >= t->length)
		t->at = 0;
}

void weir_tolerate(struct weir_tolerate *t, uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n && t->kind != WEIR_TOLERATE_REST; i++) {
		/* Nothing to change in the rest of this block. */
		if (t->kind == WEIR_TOLERATE_NG && t->at >= sizeof(t->head)) {
			uint64_t left = t->length - t->at;
			size_t skip = left < n - i ? (size_t)left : n - i;

			t->at += skip;
			if (t->at == t->length)
				t->at = 0;
			i += skip - 1;
			continue;
		}
		switch (t->kind) {
		case WEIR_TOLERATE_START:
			t->head[t->at++] = bytes[i];
			if (t->at == 4)
				see_magic(t);
			break;
		case WEIR_TOLERATE_PCAP:
			pcap_byte(t, &bytes[i]);
			break;
		case WEIR_TOLERATE_NG:
			block_byte(t, &bytes[i]);
			break;
		case WEIR_TOLERATE_REST:
			break;
		}
	}
}

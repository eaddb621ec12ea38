// SPDX-License-Identifier: Apache-2.0
/* The two ends of the simulator's GMII, joined: what one sends the other takes, and nothing but that. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/engine/rtl_dpi.h"
#include "sim/engine/rtl_gmii.h"

enum { Len = 61, Wire = 8 + Len + 4, Sfd = 7, Last = Wire - 1, Idle = 4 };

static unsigned checks, failed;

static void expect(const char *what, unsigned long is, unsigned long should)
{
	checks++;
	if (is == should)
		return;
	failed++;
	printf("%s: %lu, not %lu\n", what, is, should);
}

/* From the mirrored polynomial, bit by bit (IEEE 802.3, 3.2.9). */
static uint32_t fcs(const uint8_t *bytes, uint32_t n)
{
	uint32_t crc = UINT32_MAX;

	while (n--) {
		crc ^= *bytes++;
		for (int i = 0; i < 8; i++)
			crc = crc >> 1 ^ (crc & 1 ? UINT32_C(0xedb88320) : 0);
	}
	return ~crc;
}

/* @param pins  Gets the carrier. @return its bytes */
static unsigned sent(struct weir_gmii_in *in, uint64_t clock, uint32_t *pins, unsigned max)
{
	unsigned n = 0;
	bool end = false;

	while (n < max && !end)
		pins[n++] = weir_gmii_in_pins(in, clock++, &end);
	return n;
}

/* @return how the carrier ended; the idle byte times behind it included */
static enum weir_gmii_end taken(struct weir_gmii_out *out, const uint32_t *pins, unsigned n, uint64_t clock)
{
	enum weir_gmii_end end = WEIR_GMII_NONE;

	for (unsigned i = 0; i < n + Idle; i++) {
		enum weir_gmii_end now = weir_gmii_out_pins(out, i < n ? pins[i] : 0, clock++);

		expect("end of a carrier", now != WEIR_GMII_NONE, i == n);
		if (now != WEIR_GMII_NONE)
			end = now;
	}
	return end;
}

/* One difference from what a sender may send. */
static const struct fault {
	const char *name;
	int at;               /* byte of the carrier */
	uint32_t flip;        /* bits of the pins; DV: it ends before */
} faults[] = {
	{ "preamble", 3, 0x01 },
	{ "first byte", 0, 0x80 },
	{ "no delimiter", Sfd, 0x80 },
	{ "early delimiter", Sfd - 1, 0x80 },
	{ "bit of the address", 8, 0x01 },
	{ "bit of the last byte", Wire - 5, 0x40 },
	{ "bit of the FCS", Last, 0x02 },
	{ "error in the preamble", 2, WEIR_GMII_ER },
	{ "error in the frame", 30, WEIR_GMII_ER },
	{ "error in the FCS", Last, WEIR_GMII_ER },
	{ "one byte short", Last, WEIR_GMII_DV },
	{ "below 64 bytes", 8 + 63, WEIR_GMII_DV },
	{ "delimiter and nothing", 8, WEIR_GMII_DV },
	{ "preamble only", 5, WEIR_GMII_DV },
};

int main(void)
{
	static struct weir_gmii_out out;
	static uint32_t pins[WEIR_GMII_MAX_BYTES + 64];
	static uint8_t big[WEIR_GMII_MAX_BYTES];
	struct weir_gmii_in in = { 0 };
	uint8_t frame[Len];
	uint32_t want;
	bool end;

	for (int i = 0; i < Len; i++)
		frame[i] = (uint8_t)(0x55 + 29 * i);
	want = fcs(frame, Len);

	expect("idle pins", weir_gmii_in_pins(&in, 0, &end), 0);
	expect("free", weir_gmii_in_free(&in, 0), true);
	weir_gmii_in_start(&in, frame, Len);
	expect("free in a frame", weir_gmii_in_free(&in, 100), false);
	expect("carrier", sent(&in, 100, pins, sizeof(pins) / sizeof(*pins)), Wire);
	for (int i = 0; i < Wire; i++) {
		uint8_t byte = i < Sfd ? 0x55 : i == Sfd ? 0xd5 : i < 8 + Len ? frame[i - 8] :
			       (uint8_t)(want >> 8 * (i - 8 - Len));

		expect("byte on the wire", pins[i], (uint32_t)WEIR_GMII_DV | byte);
	}
	expect("11 bytes of gap", weir_gmii_in_free(&in, 100 + Wire + 11), false);
	expect("12 bytes of gap", weir_gmii_in_free(&in, 100 + Wire + 12), true);

	expect("frame", taken(&out, pins, Wire, 7), WEIR_GMII_FRAME);
	expect("length", out.fill, Len);
	expect("bytes", (unsigned long)memcmp(out.bytes, frame, Len), 0);
	expect("first byte at", out.first_clock, 7);

	for (size_t i = 0; i < sizeof(faults) / sizeof(*faults); i++) {
		const struct fault *f = &faults[i];
		unsigned n = f->flip == WEIR_GMII_DV ? (unsigned)f->at : Wire;

		pins[f->at] ^= f->flip;
		expect(f->name, taken(&out, pins, n, 0), WEIR_GMII_BAD);
		pins[f->at] ^= f->flip;
		expect("good one after it", taken(&out, pins, Wire, 0), WEIR_GMII_FRAME);
	}

	weir_gmii_in_start(&in, big, WEIR_GMII_MAX_BYTES);
	expect("longest", taken(&out, pins, sent(&in, 0, pins, sizeof(pins) / sizeof(*pins)), 0), WEIR_GMII_FRAME);
	expect("its length", out.fill, WEIR_GMII_MAX_BYTES);
	for (int i = 0; i < WEIR_GMII_MAX_BYTES + 64; i++)
		pins[i] = WEIR_GMII_DV | (i < Sfd ? 0x55 : 0xd5);
	expect("endless", taken(&out, pins, sizeof(pins) / sizeof(*pins), 0), WEIR_GMII_BAD);
	printf("gmii: %u checks, %u failed\n", checks, failed);
	return failed ? 1 : 0;
}

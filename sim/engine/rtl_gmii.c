// SPDX-License-Identifier: Apache-2.0
#include "rtl_gmii.h"

#include <zlib.h>

#include "rtl_dpi.h"

enum { Preamble = 0x55, Delimiter = 0xd5, MinBytes = 60 };

void weir_gmii_in_start(struct weir_gmii_in *g, const uint8_t *bytes, uint32_t len)
{
	g->bytes = bytes;
	g->len = len;
	g->at = 0;
	g->fcs = (uint32_t)crc32(0, bytes, len);
}

uint32_t weir_gmii_in_pins(struct weir_gmii_in *g, uint64_t clock, bool *ret_end)
{
	uint32_t at;
	uint8_t byte;

	*ret_end = false;
	if (!g->bytes)
		return 0;
	at = g->at++;
	if (at < WEIR_GMII_PREAMBLE_BYTES - 1) {
		byte = Preamble;
	} else if (at < WEIR_GMII_PREAMBLE_BYTES) {
		byte = Delimiter;
	} else if (at < WEIR_GMII_PREAMBLE_BYTES + g->len) {
		byte = g->bytes[at - WEIR_GMII_PREAMBLE_BYTES];
	} else {
		byte = (uint8_t)(g->fcs >> 8 * (at - WEIR_GMII_PREAMBLE_BYTES - g->len));
		if (g->at == weir_gmii_wire_bytes(g->len)) {
			*ret_end = true;
			g->bytes = NULL;
			g->free_clock = clock + 1 + WEIR_GMII_GAP_BYTES;
		}
	}
	return WEIR_GMII_DV | byte;
}

static bool fcs_right(const struct weir_gmii_out *g)
{
	const uint8_t *fcs = g->bytes + g->fill - WEIR_GMII_FCS_BYTES;

	return crc32(0, g->bytes, g->fill - WEIR_GMII_FCS_BYTES) ==
	       ((uLong)fcs[0] | (uLong)fcs[1] << 8 | (uLong)fcs[2] << 16 | (uLong)fcs[3] << 24);
}

static enum weir_gmii_end carrier_end(struct weir_gmii_out *g)
{
	g->carrier = false;
	if (g->bad || !g->data || g->fill < MinBytes + WEIR_GMII_FCS_BYTES || !fcs_right(g))
		return WEIR_GMII_BAD;
	g->fill -= WEIR_GMII_FCS_BYTES;
	return WEIR_GMII_FRAME;
}

enum weir_gmii_end weir_gmii_out_pins(struct weir_gmii_out *g, uint32_t pins, uint64_t clock)
{
	uint8_t byte = (uint8_t)pins;

	if (!(pins & WEIR_GMII_DV))
		return g->carrier ? carrier_end(g) : WEIR_GMII_NONE;
	if (!g->carrier) {
		g->carrier = true;
		g->bad = g->data = false;
		g->fill = 0;
		g->first_clock = clock;
	}
	if (pins & WEIR_GMII_ER)
		g->bad = true;
	if (g->data) {
		if (g->fill < sizeof(g->bytes))
			g->bytes[g->fill++] = byte;
		else
			g->bad = true;
		return WEIR_GMII_NONE;
	}
	if (byte != (g->fill < WEIR_GMII_PREAMBLE_BYTES - 1 ? Preamble : Delimiter))
		g->bad = true;
	if (++g->fill == WEIR_GMII_PREAMBLE_BYTES) {
		g->data = true;
		g->fill = 0;
	}
	return WEIR_GMII_NONE;
}

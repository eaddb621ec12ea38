// SPDX-License-Identifier: Apache-2.0
#include "host/libweir/ft2232h.h"

#include <errno.h>
#include <string.h>

// AN_120: of a chip of the H family the bit rate is 120 MHz / 10 / divisor. The divisor has 14 bits and three of fraction.
#define BASE 12000000u
#define LARGEST 0x3fffu
#define FAST_BASE 0x20000u            // bit 17: 12 MHz is divided, not 3 MHz as with older chips
#define TOLERANCE 50                  // the part that it may be beside: 2 %

// AN_120: what the code of a fraction of so many eighths is.
static const uint8_t fraction_code[8] = {0, 3, 2, 4, 1, 5, 6, 7};

int weir_ft2232h_bit_rate(uint32_t bit_rate, uint16_t *ret_value, uint16_t *ret_index, uint32_t *ret_actual)
{
	if (bit_rate == 0 || bit_rate > BASE + BASE / TOLERANCE)
		return -EINVAL;
	uint32_t eighths = (uint32_t)((2 * 8 * (uint64_t)BASE + bit_rate) / (2 * (uint64_t)bit_rate));
	// Between 1 and 2 there is nothing but 1.5 (AN_120); 9.6 and 6.9 Mbit/s are the middles in between.
	if (eighths < 16)
		eighths = eighths < 10 ? 8 : eighths < 14 ? 12 : 16;
	if (eighths >> 3 > LARGEST)
		return -EINVAL;

	uint32_t actual = (8 * BASE + eighths / 2) / eighths;
	if ((actual > bit_rate ? actual - bit_rate : bit_rate - actual) > bit_rate / TOLERANCE)
		return -EINVAL;

	uint32_t code = eighths >> 3 | (uint32_t)fraction_code[eighths & 7] << 14;
	if (eighths == 8)
		code = 0;                         // the two above 6 Mbit/s have codes of their own
	else if (eighths == 12)
		code = 1;
	code |= FAST_BASE;
	*ret_value = (uint16_t)code;
	*ret_index = (uint16_t)(code >> 16 << 8 | WEIR_FT2232H_CHANNEL_B);
	*ret_actual = actual;
	return 0;
}

static void count(uint8_t status, struct weir_ft2232h_line *line)
{
	line->overruns += (status & WEIR_FT2232H_OVERRUN) != 0;
	line->parity += (status & WEIR_FT2232H_PARITY) != 0;
	line->framing += (status & WEIR_FT2232H_FRAMING) != 0;
	line->breaks += (status & WEIR_FT2232H_BREAK) != 0;
}

size_t weir_ft2232h_strip(uint8_t *octets, size_t n, size_t packet_len, struct weir_ft2232h_line *line)
{
	size_t kept = 0;

	for (size_t at = 0; at < n; at += packet_len) {
		size_t len = n - at < packet_len ? n - at : packet_len;
		if (len < WEIR_FT2232H_STATUS_LEN)
			break;                          // a packet cut short before its status: no payload
		count(octets[at + 1], line);
		memmove(octets + kept, octets + at + WEIR_FT2232H_STATUS_LEN, len - WEIR_FT2232H_STATUS_LEN);
		kept += len - WEIR_FT2232H_STATUS_LEN;
	}
	return kept;
}

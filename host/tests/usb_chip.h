/* SPDX-License-Identifier: Apache-2.0 */
/** An FT2232H as seen from USB, channel B alone: its control requests, its two buffers, when it sends what. Written from the same
 * application notes as host/libweir/ft2232h.c and sharing nothing with it. No locks, no clock of its own. */
#ifndef WEIR_TESTS_USB_CHIP_H
#define WEIR_TESTS_USB_CHIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CHIP_BUFFER 4096
#define CHIP_PACKET 512

struct chip {
	char serial[160], product[64];    /* "": the device has no such text */
	uint16_t eeprom0;                 /* first word of the EEPROM */
	size_t packet_len;                /* 512, or 64 at full speed */
	int64_t idle_us;                  /* between packets without payload; 0: the latency timer, as the chip has it */
	unsigned requests;                /* vendor requests so far */
	unsigned resets, purges[3];
	unsigned early_rates;             /* bit rates set while something was still to be sent */
	uint16_t rate_value, rate_index, format, mode;
	uint8_t latency_ms;
	int event;                        /* -1: off */
	uint8_t line_errors;              /* second status byte of the next packet gets these */
	uint64_t overruns;                /* octets lost for want of room */
	bool hold;                        /* what is to be sent stays in the buffer: the line is slow */
	int64_t sent_us;                  /* when the last packet went */
	uint8_t in[CHIP_BUFFER], out[CHIP_BUFFER];
	size_t in_n, out_n;
};

void chip_power(struct chip *chip);
/** @param setup  The eight octets. @param ret  wLength octets, in or out.
 *  @return octets of the answer, or -EPIPE: stall. */
int chip_control(struct chip *chip, const uint8_t setup[8], uint8_t *ret);
/** The packet that goes now, status bytes included. @return 0: none goes yet (ask again at chip_due()). */
size_t chip_packet(struct chip *chip, int64_t now_us, uint8_t ret[CHIP_PACKET]);
int64_t chip_due(const struct chip *chip);
/** Bit rate that it has, by AN_120; 0: a code that makes none. */
double chip_bit_rate(const struct chip *chip);
/** Octets from the line. What finds no room is lost. */
void chip_hears(struct chip *chip, const uint8_t *octets, size_t n);
/** From the host. @return so many are taken. */
size_t chip_takes(struct chip *chip, const uint8_t *octets, size_t n);

#endif

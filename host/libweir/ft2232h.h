/* SPDX-License-Identifier: Apache-2.0 */
/** What an FT2232H wants to hear and how it answers, as numbers; how they travel is transport_usb.c's.
 *
 * Sources: FTDI's data sheet of the FT2232H (two channels, 4 KB of buffer each way), AN_120 (divisors of the bit rate), AN232B-04
 * (status bytes, latency timer, event character); the numbers of the requests are those that libftdi documents and that Linux'
 * ftdi_sio uses. */
#ifndef WEIR_LIBWEIR_FT2232H_H
#define WEIR_LIBWEIR_FT2232H_H

#include <stddef.h>
#include <stdint.h>

#define WEIR_FT2232H_VENDOR 0x0403
#define WEIR_FT2232H_PRODUCT 0x6010
/** bcdDevice of an FT2232H; FT2232C and D have the same product number, 0x0500, and neither high speed nor 12 Mbit/s. */
#define WEIR_FT2232H_RELEASE 0x0700

/** Channel B: the UART of the ECP5 Versa. Channel A is JTAG. */
#define WEIR_FT2232H_INTERFACE_B 1
#define WEIR_FT2232H_CHANNEL_B 2      /**< low byte of wIndex */

/** bRequest of vendor requests to the device (bmRequestType 0x40, 0xc0 where it answers). */
enum {
	WEIR_FT2232H_RESET = 0x00,          /**< wValue 0: reset, event character off; 1, 2: empty the buffer of one direction */
	WEIR_FT2232H_SET_FLOW = 0x02,       /**< kind in the high byte of wIndex; 0: none */
	WEIR_FT2232H_SET_BIT_RATE = 0x03,   /**< weir_ft2232h_bit_rate() */
	WEIR_FT2232H_SET_FORMAT = 0x04,     /**< bits; parity << 8; stop bits << 11 */
	WEIR_FT2232H_GET_STATUS = 0x05,     /**< answers with two status bytes */
	WEIR_FT2232H_SET_EVENT = 0x06,      /**< character | 0x100: a character that sends the buffer at once, unless it is its first */
	WEIR_FT2232H_SET_LATENCY = 0x09,    /**< ms, 1 to 255: what waits longer is sent */
	WEIR_FT2232H_SET_MODE = 0x0b,       /**< mode << 8; 0: as the EEPROM says, a UART if it says nothing */
	WEIR_FT2232H_READ_EEPROM = 0x90,    /**< wIndex: which word; answers with it */
};
#define WEIR_FT2232H_EVENT_ON 0x100
#define WEIR_FT2232H_FORMAT_8N1 8

/** Second status byte: state of the line. The first one has the modem's lines, which a board does not connect. */
enum {
	WEIR_FT2232H_OVERRUN = 0x02,
	WEIR_FT2232H_PARITY = 0x04,
	WEIR_FT2232H_FRAMING = 0x08,
	WEIR_FT2232H_BREAK = 0x10,
	WEIR_FT2232H_SENT = 0x40,           /**< nothing is left to be sent, not in the shift register either */
};
#define WEIR_FT2232H_STATUS_LEN 2

/** What the line has suffered, in packets that said so. */
struct weir_ft2232h_line {
	uint64_t overruns, parity, framing, breaks;
};

/** wValue and wIndex of a bit rate for channel B.
 * @param bit_rate    bit/s
 * @param ret_actual  What the chip will really have, at most 2 % beside.
 * @retval -EINVAL    It cannot: below 733, above 12,000,000, or too far from 8,000,000 and from 96,000,000 / n, n from 16 (6,000,000). */
int weir_ft2232h_bit_rate(uint32_t bit_rate, uint16_t *ret_value, uint16_t *ret_index, uint32_t *ret_actual);

/** Take the status bytes out of what one bulk transfer brought: each USB packet in it begins with two.
 * @param octets      What came; the payload is moved to its start.
 * @param n           How many; a last packet may be of any length, 0 and 1 too.
 * @param packet_len  Longest packet of the endpoint: 512, or 64 at full speed; more than 2.
 * @param line        Counts go up.
 * @return            Octets of payload. */
size_t weir_ft2232h_strip(uint8_t *octets, size_t n, size_t packet_len, struct weir_ft2232h_line *line);

#endif

// SPDX-License-Identifier: Apache-2.0
/** Table-driven tests of the parser: a base frame, changes to it, and what must be found. */
#ifndef WEIR_MODEL_PARSE_H
#define WEIR_MODEL_PARSE_H

#include <stddef.h>
#include <stdint.h>

#include "sim/model/record.h"

/** Base frames. The transport part of T, U and I is 32 bytes in both families, TTL 64.
 * Addresses: MAC 02:00:00:00:00:01 to …:02; 198.51.100.7 to 192.0.2.10; 2001:db8:1::7 to 2001:db8:2::10.
 * Layer 3 begins at 14; layer 4 at 34 (IPv4) or 54. */
enum parse_base {
	ETH,   /**< EtherType 0x88cc, zeros, 60 bytes */
	ARP,   /**< a question, to a unicast address */
	T4, T6,   /**< TCP 40000 to 80, ACK, PSH, payload "0123456789ab" */
	U4, U6,   /**< UDP 40000 to 7777, 24 bytes of payload */
	I4, I6,   /**< echo request, 24 bytes of payload */
	R4, R6,   /**< anything: o= options, n= protocol or next header, p= payload */
};

/** One row. Changes are words, done from left to right:
 *   o=HEX n=HEX p=HEX    parts of R4 and R6, '_' ignored
 *   tag=HEX              a tag of four bytes inserted behind the addresses
 *   @N=HEX 3+N=HEX 4+N=HEX   bytes changed, counted from the frame, layer 3, layer 4
 *   fix3 fix4            right checksum of IPv4, of layer 4
 *   len=N known=N        F, filled up with zeros; K */
struct parse_row {
	enum parse_base base;
	const char *changes;
	const char *classes;     /**< names, in ascending order, without "all" */
	const char *anomalies;
};

/** Build, parse inbound, compare. */
void parse_check(const struct parse_row *row);

/** Build and parse only. */
struct weir_record parse_record(enum parse_base base, const char *changes, int dir);

/** Build only. @return F */
uint32_t parse_frame(enum parse_base base, const char *changes, uint8_t buf[2048], uint32_t *ret_known);

#endif

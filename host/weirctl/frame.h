/* SPDX-License-Identifier: Apache-2.0 */
/** @file
 * Who talks to whom in a frame, as far as its octets go: for lines that people read. What the data path makes of a frame is in its verdict, not here. */
#ifndef WEIRCTL_FRAME_H
#define WEIRCTL_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "weir/alarm.h"

struct frame_ends {
	uint16_t ethertype;              /**< behind VLAN tags, two at most; 0: there are not so many octets */
	struct weir_address from, to;    /**< family 0: no IP, or cut before their end */
	uint8_t protocol;                /**< of IP, behind the extension headers of IPv6 */
	bool has_ports;
	uint16_t sport, dport;
};

/** Read a frame from its destination's MAC address on. Any octets are allowed. */
void frame_read(const uint8_t *octets, size_t n, struct frame_ends *ret);

#define FRAME_TEXT 140
/** "198.51.100.7:4000 > 192.0.2.10:53 udp", "[2001:db8::1]:80 > ...", "ethertype 0x0806". @param buf FRAME_TEXT bytes. @return buf */
char *frame_text(const struct frame_ends *ends, char *buf);

#endif

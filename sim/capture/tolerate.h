// SPDX-License-Identifier: Apache-2.0
/** What libpcap will not read although nothing is wrong with it: mended while the bytes go by.
 *
 * - Snap length in the header of a pcap file: libpcap cuts records to it; they hold more at times. Set to the most.
 * - Version above 2.4 of a pcap file: read as 2.4.
 * - Snap lengths that differ between the interfaces of a pcapng file: libpcap refuses the file. Set to the most. */
#ifndef WEIR_CAPTURE_TOLERATE_H
#define WEIR_CAPTURE_TOLERATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct weir_tolerate {
	enum { WEIR_TOLERATE_START, WEIR_TOLERATE_PCAP, WEIR_TOLERATE_NG, WEIR_TOLERATE_REST } kind;
	bool swapped;            /**< byte order of the file (pcapng: of the section) is not ours */
	uint64_t at;             /**< position in the header, or in the block */
	uint32_t type, length;   /**< of the block */
	uint8_t head[16];        /**< first bytes of it, as read */
};

/** All zeros is the start of a file. Changes n bytes in place, the next ones of the file. */
void weir_tolerate(struct weir_tolerate *t, uint8_t *bytes, size_t n);

#endif

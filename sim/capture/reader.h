// SPDX-License-Identifier: Apache-2.0
/** Frames of a capture file: pcap and pcapng, micro- and nanoseconds, either byte order, gzip. Reads as it
 * goes; memory does not grow with the file. Nothing in the file is trusted. */
#ifndef WEIR_CAPTURE_READER_H
#define WEIR_CAPTURE_READER_H

#include <stddef.h>
#include <stdint.h>

/** Longest time of a packet that is told apart: 2^62 ns, year 2116. Later ones count as this. */
#define WEIR_CAPTURE_TIME_MAX ((uint64_t)1 << 62)

struct weir_captured {
	const uint8_t *bytes;    /**< borrowed until the next call */
	uint32_t captured;       /**< bytes there are */
	uint32_t wire_len;       /**< length on the wire without FCS; at least captured */
	uint64_t time_ns;        /**< since 1970 */
	uint64_t number;         /**< in this file, from 1 */
};

struct weir_capture;

enum { WEIR_CAPTURE_DETAIL = 512 };

/** @param file    "-" is standard input.
 *  @param ret     Set on success.
 *  @param detail  WEIR_CAPTURE_DETAIL bytes; on failure one line: file, what is wrong, what to do.
 *  @retval 0; -EINVAL not a capture, or not Ethernet; -errno of opening it. */
int weir_capture_open(const char *file, struct weir_capture **ret, char *detail);
void weir_capture_close(struct weir_capture *c);

/** @retval 1 *ret set; 0 the end; -EBADMSG the file is cut off or broken here: see weir_capture_detail(). */
int weir_capture_next(struct weir_capture *c, struct weir_captured *ret);

/** After -EBADMSG: one line with file, packet number and what to do. Borrowed until close. */
const char *weir_capture_detail(const struct weir_capture *c);

/** Share of the file read so far, 0 to 1; negative when it is not known (a pipe). */
double weir_capture_progress(const struct weir_capture *c);

#endif

// SPDX-License-Identifier: Apache-2.0
/** A capture file as a FILE, whether gzip has packed it or not, with what libpcap stumbles over mended
 * (tolerate.h). */
#ifndef WEIR_CAPTURE_STREAM_H
#define WEIR_CAPTURE_STREAM_H

#include <stdint.h>
#include <stdio.h>

struct weir_stream;

/** @param file  "-" is standard input.
 *  @param ret   Set on success. fclose() of weir_stream_file() frees it.
 *  @retval 0; -errno of open; -ENOMEM; -EISDIR. */
int weir_stream_open(const char *file, struct weir_stream **ret);

/** Borrowed until closed by fclose() (or by who takes it over, as pcap_fopen_offline() does). */
FILE *weir_stream_file(struct weir_stream *s);

/** Bytes of the file (packed ones, if it is) read so far, and its size; 0 when it has none (a pipe).
 * Not after fclose(). */
uint64_t weir_stream_position(const struct weir_stream *s);
uint64_t weir_stream_size(const struct weir_stream *s);

/** 0, or why reading stopped early: broken gzip data. Borrowed until fclose(). */
const char *weir_stream_error(const struct weir_stream *s);

#endif

// SPDX-License-Identifier: Apache-2.0
/** What each side received: to_protected.pcap and to_unprotected.pcap, nanoseconds, simulated times. */
#ifndef WEIR_REPORT_PCAP_OUT_H
#define WEIR_REPORT_PCAP_OUT_H

#include <stddef.h>
#include <stdint.h>

struct weir_pcap_out;

/** @param dir     Made if it is not there.
 *  @param detail  One line on failure.
 *  @retval 0; -errno. */
int weir_pcap_out_open(const char *dir, struct weir_pcap_out **ret, char *detail, size_t detail_size);
void weir_pcap_out_frame(struct weir_pcap_out *o, int side, const uint8_t *frame, uint32_t len, uint64_t time_ns);
/** @retval 0; -EIO something could not be written. Accepts NULL. */
int weir_pcap_out_close(struct weir_pcap_out *o);

#endif

// SPDX-License-Identifier: Apache-2.0
/** Tables of state that are full before a scenario begins. */
#ifndef WEIR_BENCH_DEFENCE_FILL_H
#define WEIR_BENCH_DEFENCE_FILL_H

#include <stdint.h>

typedef int defence_submit(void *ctx, const uint8_t *bytes, uint32_t len, int side, uint64_t ns);

/** Handshakes of others in the seconds before first_ns: connections and legitimate addresses that the tables have no room
 * for; SYNs and rates of others below every threshold: keys in every keyed table.
 * @retval 0, or what submit() said. */
int defence_fill_tables(uint64_t first_ns, defence_submit *submit, void *ctx);

#endif

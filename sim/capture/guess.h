// SPDX-License-Identifier: Apache-2.0
/** Who is protected, when nobody said so (docs/simulator.md, "Sides"): the hosts that answer.
 *
 * Over the first frames of the capture each address gets points as a server (a SYN arrives, a SYN-ACK
 * leaves: 8; a packet arrives at a port below 1024 from a higher one: 1; answers from such ports give
 * none, since reflected floods are made of them) and as a client (the other end of those). Protected are
 * the addresses with more points as server than as client, the best 32. If there are none, the address
 * that most packets were sent to. */
#ifndef WEIR_CAPTURE_GUESS_H
#define WEIR_CAPTURE_GUESS_H

#include <stddef.h>
#include <stdint.h>

#include "host/common/addr.h"

enum { WEIR_GUESS_MAX = 32, WEIR_GUESS_FRAMES = 200000 };

struct weir_guess;

/** NULL: no memory. */
struct weir_guess *weir_guess_new(void);
void weir_guess_free(struct weir_guess *g);

void weir_guess_frame(struct weir_guess *g, const uint8_t *bytes, size_t n);

/** @return number of full-length prefixes in ret, 0 when the capture has no IP. */
size_t weir_guess_result(const struct weir_guess *g, struct weir_prefix ret[WEIR_GUESS_MAX]);

#endif

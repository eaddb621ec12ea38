/* SPDX-License-Identifier: Apache-2.0 */
/** Replay of a recorded conversation (docs/libweir.md, "Replay"). */
#ifndef WEIR_LIBWEIR_REPLAY_H
#define WEIR_LIBWEIR_REPLAY_H

#include "transport.h"

/** Most octets of a file. */
enum { WEIR_REPLAY_MAX = 64 << 20 };

/** Begin a replay of a text.
 *
 * @param name    For complaints; borrowed for the call.
 * @param text    From malloc(), n octets, anything; taken over, whatever comes of it.
 * @param detail  WEIR_DETAIL bytes.
 * @retval 0; WEIR_EINPUT no such text: the detail names the line; -ENOMEM. */
int weir_replay_new(const char *name, char *text, size_t n, struct weir_transport **ret, char *detail);

#endif

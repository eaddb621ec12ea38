// SPDX-License-Identifier: Apache-2.0
/** How much an engine carries on this machine in real time. */
#ifndef WEIR_LIVE_CAPACITY_H
#define WEIR_LIVE_CAPACITY_H

#include "sim/engine/session.h"

struct weir_capacity {
	uint64_t short_pps, long_pps;   /**< frames of 60 and of 1,514 bytes a second */
};

/** For sessions that are measured only: looks at nothing. */
extern const struct weir_session_sink weir_capacity_sink;

/** Put frames through as a flood would come, some tenths of a second long. The session is of no other use then.
 * @param begin_ns  Time to begin with; not 0.
 * @retval 0 *ret set; errors of weir_session_submit(), weir_session_live(). */
int weir_capacity_measure(struct weir_session *s, uint64_t begin_ns, struct weir_capacity *ret);

#endif

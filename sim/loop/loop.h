// SPDX-License-Identifier: Apache-2.0
/** The closed loop: real TCP on both sides of the appliance, in simulated time (docs/closed-loop.md). */
#ifndef WEIR_LOOP_H
#define WEIR_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bots.h"
#include "client.h"
#include "host/common/addr.h"
#include "host/policy/compile.h"
#include "sim/engine/session.h"
#include "watch.h"

enum {
	WEIR_LOOP_PORT = 80,
	WEIR_LOOP_CLIENTS_MOST = 50000,
	WEIR_LOOP_REPLY_MOST = 32768,
	WEIR_LOOP_DELAY_LEAST_US = 20,   /**< the engines run ahead that far */
	WEIR_LOOP_PROBLEMS = 10,         /**< told, of all */
};

/** Times are in milliseconds from the start. Residents connect in the first second. */
struct weir_loop_options {
	uint32_t clients, residents;
	uint32_t known;                       /**< so many of the visitors come in the first second, too */
	uint64_t start_ms, spread_ms;         /**< visitors begin at random in this span */
	uint64_t patience_ms;                 /**< from the end of that span to the end of the run, at most */
	struct weir_addr server;              /**< its family is that of all */
	struct weir_prefix client_prefix, flood_prefix;
	uint64_t rate_pps, burst_ms, burst_every_ms, flood_from_ms, flood_until_ms;
	uint32_t rto_ms, again_ms, connects_most, reply_bytes, say_ms;
	uint32_t client_delay_us, server_delay_us;   /**< from a host to the appliance, one way */
	uint32_t backlog;                     /**< half-open connections that the server has room for */
	uint32_t server_room;                 /**< established ones */
	uint32_t bots, bot_rate, bot_later_rate;
	bool bots_close, bots_strange;        /**< struct weir_bots_options */
	uint64_t bots_from_ms, bots_until_ms, bots_later_ms;
	struct weir_prefix bot_prefix;
	uint64_t rules_ms;                    /**< when the second rules are written */
	unsigned vlan;                        /**< VLAN number; 0: no tag */
	uint64_t seed;
};

/** What the server had of a bot: established connections. */
struct weir_loop_held {
	uint32_t now, most;
	uint32_t most_later;                  /**< from bots_later_ms on */
	uint32_t accepted;
};

struct weir_loop_result {
	uint64_t served, failed, most_tries;  /**< visitors; tries are SYNs, of those served */
	uint64_t slowest_ns;                  /**< from a visitor's first SYN to the connection that served it */
	uint64_t alive, resident_bytes;       /**< residents; bytes that came back */
	struct weir_loop_watch watch;
	uint64_t flood_reached;               /**< SYNs of the flood that came to the server */
	uint64_t flood_late;                  /**< SYNs that it had no room for; the honest clients' and the bots', too */
	uint64_t crowded;                     /**< of these, for its established connections */
	uint64_t bots_after_rules;            /**< the bots' frames that passed from rules_ns on */
	uint64_t rules_ns;                    /**< when the second rules were in force; 0: never */
	uint64_t spoofed;                     /**< frames to addresses of nobody */
	uint64_t accepted;                    /**< connections at the server */
	uint64_t ended_ns;                    /**< simulated */
	uint64_t mismatches, unexplained, compared, clocks;
	double wall_s;
	struct weir_client *client;           /**< visitors, then residents; weir_loop_result_done() */
	uint32_t clients, residents;
	struct weir_bot *bot;
	struct weir_loop_held *held;          /**< of each bot */
	uint32_t bots;
	uint32_t open;                        /**< connections at the server, at the end */
	struct weir_session_state state[WEIR_STATES];
};

void weir_loop_defaults(struct weir_loop_options *o, int family);

/** Run it. Once a process: lwIP has one state.
 *
 * @param rules    Register writes, for rules_ms; NULL: none. As weir_loop_rules() makes them.
 * @param second   NULL: nothing to compare with
 * @param problem  Called with text; ctx as given.
 * @param ret_detail  On failure one line, static.
 * @retval 0; -ENOMEM; -EINVAL a register does not take its value; -ENOSYS, -EIO the engine does not start;
 *         -ETIMEDOUT it hangs; -ENOBUFS more events or frames than there is room for. */
int weir_loop_run(const struct weir_loop_options *o, const struct weir_writes *writes,
		  const struct weir_writes *rules, const struct weir_engine_ops *first, const struct weir_engine_ops *second,
		  void (*problem)(void *ctx, const char *text), void *ctx, struct weir_loop_result *ret,
		  const char **ret_detail);
void weir_loop_result_done(struct weir_loop_result *r);

#endif

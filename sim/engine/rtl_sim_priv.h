// SPDX-License-Identifier: Apache-2.0
/** What the two depths of rtl_sim.h share. */
#ifndef WEIR_RTL_SIM_PRIV_H
#define WEIR_RTL_SIM_PRIV_H

#include "rtl_frame.h"
#include "rtl_gmii.h"
#include "rtl_lane.h"
#include "rtl_sim.h"

enum { WEIR_RTL_STALL_CLOCKS = 4000000 };   /* longer than any sweep */

/** GMII depth: pending -> (starts) wire -> (MAC: good) arrived -> (arbiter) weir_rtl_sim's judging. By side. */
struct weir_rtl_gmii_depth {
	uint64_t clock;            /* byte times since open */
	bool begun;
	unsigned settle_clocks, settle_left;  /* time stands still until the hardware was idle for so long */
	unsigned idle_clocks;      /* nothing on a wire, nothing inside, idle, for so long */
	unsigned stuck_clocks;     /* idle, but frames inside, for so long */
	int lost;
	struct weir_rtl_queue pending[2], wire[2], arrived[2];
	struct weir_rtl_frame *sending[2];    /* the youngest of wire, until its last byte is out */
	struct weir_gmii_in in[2];
	struct weir_gmii_out out[2];
	uint64_t first_ns[2];      /* when out[] began */
};

enum { WEIR_RTL_LINK_OCTETS = 1024 };   /* on their way to the link */

struct weir_rtl_link {
	uint8_t octet[WEIR_RTL_LINK_OCTETS];
	unsigned head, count;
	uint64_t clock;            /* of the last one given */
};

struct weir_rtl_soc {
	bool runs;            /* firmware was started */
	bool notice;          /* one lies in its registers */
	uint32_t deadline;    /* of the timer, us */
};

struct weir_rtl_sim {
	const struct weir_rtl_events *events;
	void *ctx;
	struct weir_rtl_options options;
	void *top;
	uint64_t clocks;
	uint64_t progress_clock;   /* when something last happened */
	uint64_t time_ns;
	uint64_t now_us;           /* input of the hardware */
	uint64_t now_set_clock;    /* since when it has this value */
	uint32_t in_flags;         /* reset and APB */
	uint32_t paddr, pwdata;
	uint32_t out_flags, prdata;
	uint8_t divert_mac[6];     /* destination of diverted frames */
	bool freeze;               /* register access: no frames, no time */
	bool access;               /* one of ours is on the bus: paddr, in_flags */
	uint64_t stamp_us;         /* of the last record */
	struct weir_rtl_queue pending;
	struct weir_rtl_queue judging;
	struct weir_rtl_queue leaving[2][2]; /* [side][lower queue] */
	struct weir_rtl_lane_in in[2];
	struct weir_rtl_lane_out out[2];
	struct weir_rtl_gmii_depth gmii;
	struct weir_rtl_soc soc;
	struct weir_rtl_link link;
	bool hurry;                /* the end does not wait for the firmware */
	bool live;                 /* time comes from outside, and does not go by clocks: */
	uint64_t live_ns;          /* this one */
};

/** The simulation that is being stepped: the hardware's callbacks carry no handle. */
extern struct weir_rtl_sim *weir_rtl_current;

/** One core clock. */
void weir_rtl_step(struct weir_rtl_sim *s);
/** A whole frame has left on a side; its first word or byte in first_clock, as last_clock of frames counts. */
void weir_rtl_left(struct weir_rtl_sim *s, int side, const uint8_t *bytes, uint32_t len, uint64_t first_ns,
		   uint64_t first_clock, uint32_t clock_ns);

/** Nothing is inside, or on its way in or out; the hardware has seen what time it is. */
bool weir_rtl_quiet(const struct weir_rtl_sim *s);
/** A frame stands at its side, and no word of it has been taken. */
bool weir_rtl_any_waiting(const struct weir_rtl_sim *s);

/** Levels of the link for this clock, once a clock; what it said in it. */
uint32_t weir_rtl_link_levels(struct weir_rtl_sim *s);
void weir_rtl_link_said(struct weir_rtl_sim *s, uint32_t flags);
/** While live: time may become now_us in this clock. */
bool weir_rtl_may_leap(const struct weir_rtl_sim *s, uint64_t now_us);

/** The capture's epoch begins. Nothing when it has begun. */
void weir_rtl_begin(struct weir_rtl_sim *s, uint64_t first_arrival_ns);

/** Nothing happens in the soft core before its deadline (UINT64_MAX: none) or an input. */
bool weir_rtl_soc_idle(const struct weir_rtl_sim *s);
uint64_t weir_rtl_soc_deadline_ns(const struct weir_rtl_sim *s);
/** Fetch the notice that lies there, and tell it. */
void weir_rtl_soc_notice(struct weir_rtl_sim *s);

/** Takes f. @retval 0, -ETIMEDOUT */
int weir_rtl_gmii_submit(struct weir_rtl_sim *s, struct weir_rtl_frame *f);
int weir_rtl_gmii_run(struct weir_rtl_sim *s);
/** After each core clock. */
void weir_rtl_gmii_settle(struct weir_rtl_sim *s);
void weir_rtl_gmii_taken(struct weir_rtl_sim *s, int side);
void weir_rtl_gmii_begin(struct weir_rtl_sim *s, uint64_t first_arrival_ns);
void weir_rtl_gmii_done(struct weir_rtl_sim *s);

#endif

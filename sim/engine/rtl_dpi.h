// SPDX-License-Identifier: Apache-2.0
/** What the simulated hardware calls (sim/rtl/weir_sim_dpi.svh; the arguments are those of its imports).
 * They act on the simulation that is being stepped: one at a time in a process. */
#ifndef WEIR_RTL_DPI_H
#define WEIR_RTL_DPI_H

#include <stdint.h>

/* Levels that C drives: flags of weir_sim_get(). */
enum weir_rtl_in {
	WEIR_RTL_RST = 1 << 0,
	WEIR_RTL_RX_VALID = 1 << 1, /* << side, so for the next ones */
	WEIR_RTL_RX_LAST = 1 << 3,
	WEIR_RTL_TX_READY = 1 << 5,
	WEIR_RTL_PSEL = 1 << 7,
	WEIR_RTL_PENABLE = 1 << 8,
	WEIR_RTL_PWRITE = 1 << 9,
	WEIR_RTL_LINK_RX_VALID = 1 << 10,
	WEIR_RTL_LINK_TX_READY = 1 << 11,
	WEIR_RTL_LINK_DATA_LSB = 16,   /* of the octet; in what the hardware drives, too */
};

/* Levels that the hardware drives: flags of weir_sim_put(). */
enum weir_rtl_out {
	WEIR_RTL_RX_READY = 1 << 0, /* << side, so for the next two */
	WEIR_RTL_TX_VALID = 1 << 2,
	WEIR_RTL_TX_LAST = 1 << 4,
	WEIR_RTL_PREADY = 1 << 6,
	WEIR_RTL_PSLVERR = 1 << 7,
	WEIR_RTL_IDLE = 1 << 8,
	WEIR_RTL_READY = 1 << 9,
	WEIR_RTL_SOC_IDLE = 1 << 10,   /* weir_soc, docs/soc.md */
	WEIR_RTL_TIMER = 1 << 11,
	WEIR_RTL_LINK_TX_VALID = 1 << 12,
	WEIR_RTL_LINK_BUSY = 1 << 13,  /* it needs no further octet for what it is at */
	WEIR_RTL_BUS_BUSY = 1 << 14,   /* an access is under way, or waits */
};

/* GMII pins. */
enum weir_rtl_gmii { WEIR_GMII_DV = 1 << 8, WEIR_GMII_ER = 1 << 9 };

/* How a carrier ended: rx_end_e of weir_mac_pkg, and one more. */
enum weir_rtl_carrier {
	WEIR_CARRIER_ERROR, WEIR_CARRIER_RUNT, WEIR_CARRIER_OVERSIZE, WEIR_CARRIER_FCS, WEIR_CARRIER_GOOD,
	WEIR_CARRIER_OVERRUN,
};

void weir_sim_get(uint32_t *ret_flags, uint64_t *ret_now_us, uint64_t *ret_rx_data_u,
		  uint64_t *ret_rx_data_p, uint32_t *ret_rx_len_u, uint32_t *ret_rx_len_p,
		  uint32_t *ret_paddr, uint32_t *ret_pwdata);
void weir_sim_put(uint32_t flags, uint64_t tx_data_u, uint64_t tx_data_p, uint32_t tx_len, uint32_t prdata,
		  uint32_t deadline_us);
void weir_sim_gmii(uint32_t *ret_rx_u, uint32_t *ret_rx_p, uint32_t tx_u, uint32_t tx_p);

void weir_sim_on_record(uint32_t seqno, uint64_t stamp, uint32_t dir, uint32_t len, uint32_t verdict,
			uint32_t reason, uint32_t dry_reason, uint64_t tag, uint32_t unit,
			uint32_t threshold, uint32_t measured, uint32_t rule, uint32_t trips, uint32_t ends,
			uint32_t classes, uint64_t anomalies_lo, uint64_t anomalies_hi, uint32_t flags,
			uint64_t remote_hi, uint64_t remote_lo, uint64_t protect_hi, uint64_t protect_lo,
			uint32_t proto, uint32_t sport, uint32_t dport, uint32_t tclass, uint32_t link_low,
			uint32_t tcp_seq, uint32_t tcp_ack, uint32_t tcp_len, uint32_t quote_ports,
			uint64_t quote_remote_hi, uint64_t quote_remote_lo);
void weir_sim_on_refused(uint32_t side);
void weir_sim_on_egress_full(uint32_t seqno);
void weir_sim_on_taken(uint32_t side);
void weir_sim_on_maint(uint32_t write, uint32_t target, uint32_t index, uint32_t seqno, uint64_t w0, uint64_t w2,
		       uint64_t w4, uint64_t w6);
void weir_sim_on_write(uint32_t addr, uint32_t data, uint32_t accepted);
void weir_sim_on_console(uint32_t data);
void weir_sim_on_notice(void);
void weir_sim_on_carrier(uint32_t side, uint32_t how);

#endif

// SPDX-License-Identifier: Apache-2.0
//
// Between the simulated hardware and the simulator's C; the C side, with the meaning of the bits, is
// sim/engine/rtl_dpi.h. Two-state arguments only. Levels are fetched at the falling edge of the core clock and
// given at the rising one, as they were before it; events are told at the rising edge at which they happen.
`ifndef WEIR_SIM_DPI_SVH
`define WEIR_SIM_DPI_SVH

import "DPI-C" function void weir_sim_get(
    output int unsigned flags, output longint unsigned now_us,
    output longint unsigned rx_data_u, output longint unsigned rx_data_p,
    output int unsigned rx_len_u, output int unsigned rx_len_p,  // {known[31:16], len[15:0]}
    output int unsigned paddr, output int unsigned pwdata);
import "DPI-C" function void weir_sim_put(
    input int unsigned flags, input longint unsigned tx_data_u, input longint unsigned tx_data_p,
    input int unsigned tx_len,  // {p[31:16], u[15:0]}
    input int unsigned prdata,
    input int unsigned deadline_us);  // of the soft core's timer
// One record (docs/datapath.md 9), field by field. flags: bit 0 l3_valid, 1 l4_proto_valid, 2 l4_valid, 3 is_frag,
// 4 exempt, 5 link_control, 6 family, 7 plain, 9:8 tags, 10 tcp_ws, 11 quote, 15:12 event, 16 legit, 17 proven, 20:18 flood,
// 26:21 tcp_flags. tcp_len, quote_ports ({rport, pport}) and quote_remote as in 2.8.
import "DPI-C" function void weir_sim_on_record(
    input int unsigned seqno, input longint unsigned stamp, input int unsigned dir, input int unsigned len,
    input int unsigned verdict, input int unsigned reason, input int unsigned dry_reason,
    input longint unsigned tag, input int unsigned unit, input int unsigned threshold, input int unsigned measured,
    input int unsigned rule, input int unsigned trips, input int unsigned ends, input int unsigned classes,
    input longint unsigned anomalies_lo, input longint unsigned anomalies_hi, input int unsigned flags,
    input longint unsigned remote_hi, input longint unsigned remote_lo,
    input longint unsigned protect_hi, input longint unsigned protect_lo,
    input int unsigned proto, input int unsigned sport, input int unsigned dport, input int unsigned tclass,
    input int unsigned link_low, input int unsigned tcp_seq, input int unsigned tcp_ack, input int unsigned tcp_len,
    input int unsigned quote_ports, input longint unsigned quote_remote_hi, input longint unsigned quote_remote_lo);
// A frame of this side was refused (oversize); it has no number.
import "DPI-C" function void weir_sim_on_refused(input int unsigned side);
// The frame with this number found no room in the egress queue after its verdict.
import "DPI-C" function void weir_sim_on_egress_full(input int unsigned seqno);
// The arbiter took the first word of a frame of this side.
import "DPI-C" function void weir_sim_on_taken(input int unsigned side);
// An access to an entry is done, behind the frame with this number and before the next one: told before the record of that
// one, which may come in the same clock. w0 to w6: two words each of what was read or written, the lower one lower.
import "DPI-C" function void weir_sim_on_maint(
    input int unsigned write, input int unsigned target, input int unsigned index, input int unsigned seqno,
    input longint unsigned w0, input longint unsigned w2, input longint unsigned w4, input longint unsigned w6);

// A register below the entries has been written. accepted 0: it took nothing, since frames were in the data path (of ctrl:
// not `clear`).
import "DPI-C" function void weir_sim_on_write(input int unsigned addr, input int unsigned data, input int unsigned accepted);

// A character of the firmware's log; a notice of the firmware has been written (docs/soc.md).
import "DPI-C" function void weir_sim_on_console(input int unsigned data);
import "DPI-C" function void weir_sim_on_notice();

// GMII depth. The pins of both sides, {er[9], dv[8], data[7:0]}, once a byte time, at the falling edge of the GMII clock:
// what the PHY sends for the next rising edge, and what the MAC sends since the last one.
import "DPI-C" function void weir_sim_gmii(
    output int unsigned rx_u, output int unsigned rx_p, input int unsigned tx_u, input int unsigned tx_p);
// A carrier of this side ended in the MAC, in the order of the wire; once each. how: rx_end_e of weir_mac_pkg, or 5, good
// but without room in the receive store.
import "DPI-C" function void weir_sim_on_carrier(input int unsigned side, input int unsigned how);

`endif

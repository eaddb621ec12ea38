// SPDX-License-Identifier: Apache-2.0
//
// Types at the ports of weir_control.
`default_nettype none

package weir_control_pkg;
  // Event pulses of one side (element 0 of an array of two: unprotected, 1: protected); each bit high for one
  // clock per event, at most one event of a kind per clock, on average at most one per 8 clocks and kind.
  // The bit number is the number of the counter in regs/weir.rdl (stats.side[]).
  parameter int unsigned NumSideEvents = 12;
  typedef struct packed {
    logic taken;             // 11 the arbiter took a frame that came in here (it has a number)
    logic egress_full_low;   // 10 dropped: no room in the lower queue that leaves here
    logic egress_full;       //  9 dropped: no room in the normal queue that leaves here
    logic refused_oversize;  //  8 refused by the arbiter: longer than max_frame
    logic tx_error;          //  7 frame spoiled while it was sent
    logic tx_frames;         //  6 frame sent
    logic rx_overflow;       //  5 received frame lost: no room in the receive store
    logic rx_error;          //  4 frame with RX_ER
    logic rx_oversize;       //  3 frame longer than can be stored
    logic rx_runt;           //  2 frame below 64 bytes
    logic rx_fcs;            //  1 frame with a wrong FCS
    logic rx_frames;         //  0 good frame received
  } side_events_t;
endpackage

`default_nettype wire

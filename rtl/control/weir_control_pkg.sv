// SPDX-License-Identifier: Apache-2.0
//
// Types at the ports of weir_control, and the defaults of the static configuration (those of regs/weir.rdl).
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

  parameter logic [10:0] DefaultMaxFrame    = 11'd1514;
  parameter logic [15:0] DefaultLinkConsume = 16'h0002;
  parameter logic [ 5:0] DefaultPrefixLen4  = 6'd24;
  parameter logic [ 7:0] DefaultPrefixLen6  = 8'd64;
  parameter logic [ 7:0] DefaultIfg         = 8'd12;
  parameter logic [23:0] DefaultShaperRate  = 24'h020000;
  parameter logic [15:0] DefaultShaperBurst = 16'd4096;
  parameter logic [15:0][15:0] DefaultReflector = {
      16'd11211, 16'd5353, 16'd3702, 16'd3283, 16'd1900, 16'd1434, 16'd520, 16'd389,
      16'd161, 16'd137, 16'd123, 16'd111, 16'd69, 16'd53, 16'd19, 16'd17};
endpackage

`default_nettype wire

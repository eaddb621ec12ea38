// SPDX-License-Identifier: Apache-2.0
//
// Types of the gigabit MAC: how a reception ends, and the counters that the register block reads.
`default_nettype none

package weir_mac_pkg;

  parameter int unsigned MacLenBits  = 11;
  parameter int unsigned MacMaxBytes = 2000;  // of a frame without FCS, whatever the setting and its tags
  parameter int unsigned MacMinBytes = 60;    // without FCS
  parameter logic [MacLenBits-1:0] MacDefaultMax = 11'd1514;
  parameter logic [5:0]            MacDefaultGap = 6'd12;

  // How a carrier (rx_dv high once) ended. The first that applies, in this order:
  typedef enum logic [2:0] {
    RxError    = 3'd0,  // rx_er within it, a foreign byte in the preamble, or no start delimiter
    RxRunt     = 3'd1,  // below 64 bytes with FCS
    RxOversize = 3'd2,  // above the maximum frame plus 4 for each of up to two leading tags
    RxFcsError = 3'd3,
    RxGood     = 3'd4
  } rx_end_e;

  // Core clock, 32 bit, wrapping. Every carrier adds one to exactly one of the first six.
  typedef struct packed {
    logic [31:0] good;      // frames handed to the core
    logic [31:0] overrun;   // good on the wire, but the FIFO was full
    logic [31:0] fcs;
    logic [31:0] runt;
    logic [31:0] oversize;
    logic [31:0] error;     // RxError
    logic [31:0] bytes;     // of the frames in "good", without FCS
  } mac_rx_counts_t;

  typedef struct packed {
    logic [31:0] good;      // frames sent whole
    logic [31:0] underrun;  // frames cut and marked bad, because the next word was not there in time
    logic [31:0] bytes;     // of frames taken from the core, without padding and FCS
  } mac_tx_counts_t;

endpackage

`default_nettype wire

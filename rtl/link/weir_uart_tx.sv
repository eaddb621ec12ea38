// SPDX-License-Identifier: Apache-2.0
//
// Octets to bits: 8 data bits, no parity, one stop bit. A bit lasts 65,536 / step_i clocks on average: a phase accumulator,
// whose fractions go on from octet to octet, so octets that follow each other at once leave without a gap and at the exact rate.
`default_nettype none

module weir_uart_tx (
  input  wire         clk,
  input  wire         rst,
  // An octet is taken in a clock with valid and ready.
  input  wire         valid_i,
  input  wire  [7:0]  data_i,
  output logic        ready_o,
  output logic        tx_o,
  // Bits per clock in 2^-16; may change while done_o or in reset. done_o: one clock, the stop bit is over and nothing follows.
  input  wire  [15:0] step_i,
  output logic        done_o
);

  logic        active_q = 1'b0;
  logic        tx_q = 1'b1;
  logic        tick_q = 1'b0;    // a bit is over
  logic [15:0] phase_q = '0;
  logic [7:0]  data_q = '0;
  logic [3:0]  bits_q = '0;      // bits to go, the stop bit too, behind the one on the line
  logic        over;

  always_comb begin
    over    = active_q && tick_q && bits_q == '0;
    ready_o = over || !active_q;
    done_o  = over && !valid_i;
    tx_o    = tx_q;
  end

  always_ff @(posedge clk) begin
    // A tick acts one clock late, so the start bit begins one clock ahead.
    {tick_q, phase_q} <= {1'b0, active_q ? phase_q : 16'd0} + {1'b0, step_i};
    if (valid_i && ready_o) begin
      active_q <= 1'b1;
      tx_q     <= 1'b0;
      data_q   <= data_i;
      bits_q   <= 4'd9;
    end else if (over) begin
      active_q <= 1'b0;
    end else if (active_q && tick_q) begin
      tx_q   <= data_q[0];
      data_q <= {1'b1, data_q[7:1]};
      bits_q <= bits_q - 4'd1;
    end
    if (rst) begin
      active_q <= 1'b0;
      tx_q     <= 1'b1;
      tick_q   <= 1'b0;
    end
  end
endmodule

`default_nettype wire

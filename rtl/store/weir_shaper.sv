// SPDX-License-Identifier: Apache-2.0
//
// Token bucket of one egress port, in core clocks. A frame may begin while the bucket is not below zero; it takes
// F + 24 bytes (FCS, preamble, gap), so the bucket may go below zero by one frame, the rate holds exactly in the long run
// and no frame is too long ever to go. ok_o follows take_i after two clocks: frames begin at least 3 clocks apart.
`default_nettype none

module weir_shaper
  import weir_pkg::*;
(
    input wire clk,
    input wire rst,
    // rate_i: 2^-16 bytes a clock, 0: no limit. burst_i: bytes that the bucket holds.
    input  wire [23:0] rate_i,
    input  wire [15:0] burst_i,
    input  wire        take_i,
    input  wire len_t  len_i,
    output logic       ok_o
);
  // 2^-16 bytes, signed: a full bucket of 65,535 bytes, one clock's rate above it, and one frame below zero.
  typedef logic signed [33:0] tokens_t;
  tokens_t tokens_q = '0;
  tokens_t delta_q  = '0;  // what the next clock adds
  logic    unlimited_q = 1'b1;
  logic    full;

  always_comb begin
    full = tokens_q >= tokens_t'({1'b0, burst_i, 16'b0});
    ok_o = unlimited_q || !tokens_q[33];
  end

  always_ff @(posedge clk) begin
    unlimited_q <= rate_i == '0;
    delta_q     <= tokens_t'({1'b0, rate_i}) - (take_i ? tokens_t'({1'b0, 12'(len_i) + 12'd24, 16'b0}) : '0);
    tokens_q    <= (full && !delta_q[33]) ? tokens_t'({1'b0, burst_i, 16'b0}) : tokens_q + delta_q;
    if (rst || unlimited_q) begin
      tokens_q <= '0;
      delta_q  <= '0;
    end
  end
endmodule

`default_nettype wire

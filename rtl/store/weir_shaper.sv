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
  // Bytes, signed: a full bucket of 65,535, one clock's rate above it, one frame below zero; and 16 bits below the point.
  localparam int unsigned FractionBits = 16;
  typedef logic signed [17:0] bytes_t;
  typedef struct packed {
    bytes_t                  bytes;
    logic [FractionBits-1:0] fraction;
  } tokens_t;
  tokens_t tokens_q = '0;
  tokens_t delta_q  = '0;  // what the next clock adds
  logic    unlimited_q = 1'b1;
  logic    full;

  always_comb begin
    full = tokens_q.bytes >= bytes_t'({1'b0, burst_i});
    ok_o = unlimited_q || !tokens_q.bytes[17];
  end

  always_ff @(posedge clk) begin
    unlimited_q      <= rate_i == '0;
    delta_q.fraction <= rate_i[FractionBits-1:0];
    delta_q.bytes    <= bytes_t'({1'b0, rate_i[23:FractionBits]}) - (take_i ? bytes_t'({1'b0, 12'(len_i) + 12'd24}) : '0);
    tokens_q         <= (full && !delta_q.bytes[17]) ? '{bytes: bytes_t'({1'b0, burst_i}), fraction: '0}
                                                     : tokens_t'(tokens_q + delta_q);
    if (rst || unlimited_q) begin
      tokens_q <= '0;
      delta_q  <= '0;
    end
  end
endmodule

`default_nettype wire

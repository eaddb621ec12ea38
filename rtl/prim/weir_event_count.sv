// SPDX-License-Identifier: Apache-2.0
//
// Counts events of one clock domain in another: every clock of src_clk with event_i adds one to count_o, which wraps.
// A short Gray-coded count crosses, and the other side adds up its differences, so no event is lost however close they
// are, as long as fewer than 2^CrossBits events fall into three periods of clk (5 bits: src_clk up to eight times clk).
// Latency three to four clocks of clk. Resets: both or none, see weir_reset_sync.
`default_nettype none

module weir_event_count #(
  parameter int unsigned CountBits = 32,
  parameter int unsigned CrossBits = 5
) (
  // Source: one event per clock at most.
  input  wire                  src_clk,
  input  wire                  src_rst,
  input  wire                  event_i,
  // Destination: a plain register, for reading at any time.
  input  wire                  clk,
  input  wire                  rst,
  output logic [CountBits-1:0] count_o
);

  typedef logic [CrossBits-1:0] cross_t;

  cross_t src_q      = '0;
  cross_t src_gray_q = '0;
  cross_t src_d;
  cross_t gray;
  cross_t now_d;
  cross_t now_q  = '0;
  cross_t last_q = '0;
  logic [CountBits-1:0] count_q = '0;

  always_comb src_d = src_q + cross_t'(event_i);

  always_ff @(posedge src_clk) begin
    src_q      <= src_d;
    src_gray_q <= src_d ^ (src_d >> 1);
    if (src_rst) begin
      src_q      <= '0;
      src_gray_q <= '0;
    end
  end

  weir_sync #(.Width(CrossBits)) u_sync (.clk, .d_i(src_gray_q), .q_o(gray));

  always_comb for (int i = 0; i < CrossBits; i++) now_d[i] = ^(gray >> i);

  always_ff @(posedge clk) begin
    now_q   <= now_d;
    last_q  <= now_q;
    count_q <= count_q + CountBits'(cross_t'(now_q - last_q));
    if (rst) begin
      now_q   <= '0;
      last_q  <= '0;
      count_q <= '0;
    end
  end

  always_comb count_o = count_q;
endmodule

`default_nettype wire

// SPDX-License-Identifier: Apache-2.0
//
// Brings a setting of several bits into another clock domain. The new value is taken when three samples in a row agree,
// so a mixture of old and new bits is never seen as long as d_i rests for five periods of clk after a change.
// Latency three to five clocks. d_i must come straight from registers. No reset: the setting just arrives.
`default_nettype none

module weir_cfg_sync #(
  parameter int unsigned      Width = 8,
  parameter logic [Width-1:0] Init  = '0  // until the first value has arrived
) (
  input  wire              clk,
  input  wire  [Width-1:0] d_i,  // from any clock domain
  output logic [Width-1:0] q_o
);

  logic [Width-1:0] sync;
  logic [Width-1:0] last_q = Init;
  logic [Width-1:0] last_q2 = Init;
  logic [Width-1:0] value_q = Init;

  weir_sync #(.Width(Width), .Init(Init)) u_sync (.clk, .d_i, .q_o(sync));

  always_ff @(posedge clk) begin
    last_q  <= sync;
    last_q2 <= last_q;
    if (sync == last_q && last_q == last_q2) value_q <= last_q;
  end

  always_comb q_o = value_q;
endmodule

`default_nettype wire

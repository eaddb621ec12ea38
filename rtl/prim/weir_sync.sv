// SPDX-License-Identifier: Apache-2.0
//
// Two-flip-flop synchroniser, one per bit: q_o follows d_i two to three clocks later. The bits are independent: give it
// single bits, a Gray-coded count (of which one bit changes at a time), or use weir_cfg_sync for settings. d_i must come
// straight from a register and hold each value for more than one period of clk to be seen for certain.
`default_nettype none

module weir_sync #(
  parameter int unsigned      Width = 1,
  parameter logic [Width-1:0] Init  = '0  // at power-on; no reset: the source's reset travels through
) (
  input  wire              clk,
  input  wire  [Width-1:0] d_i,  // from any clock domain
  output logic [Width-1:0] q_o
);

  (* keep, async_reg = "true" *) logic [Width-1:0] meta_q = Init;
  (* keep, async_reg = "true" *) logic [Width-1:0] sync_q = Init;

  always_ff @(posedge clk) begin
    meta_q <= d_i;
    sync_q <= meta_q;
  end

  always_comb q_o = sync_q;
endmodule

`default_nettype wire

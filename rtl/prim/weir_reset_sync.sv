// SPDX-License-Identifier: Apache-2.0
//
// Brings a reset into a clock domain: rst_o rises at once with arst_i, also while clk stands still, and falls Stages
// clocks after it. Asserted at power-on. All domains of a clock crossing get their reset from one arst_i, held for at
// least four periods of the slowest clock; they may leave it in any order.
`default_nettype none
`include "weir_assert.svh"

module weir_reset_sync #(
  parameter int unsigned Stages = 3
) (
  input  wire  clk,
  input  wire  arst_i,  // active high, from any domain, free of glitches
  output logic rst_o    // active high, falls with clk
);

  `WEIR_ELAB(stages, Stages >= 2, "Stages must be 2 or more")

  (* keep, async_reg = "true" *) logic [Stages-1:0] shift_q = '1;

  // The one asynchronous reset of the design.
  always_ff @(posedge clk or posedge arst_i) begin
    if (arst_i) shift_q <= '1;
    else        shift_q <= shift_q << 1;
  end

  always_comb rst_o = shift_q[Stages-1];
endmodule

`default_nettype wire

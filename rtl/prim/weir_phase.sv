// SPDX-License-Identifier: Apache-2.0
//
// Phase of the slots, 0 to 7: the same number wherever this module stands, from the clock after reset on. Each part of the slot
// pipeline has one of its own: a single counter for all of them drives thousands of pins all over the chip, and the way there costs
// more than the logic behind it.
`default_nettype none

module weir_phase (
  input  wire         clk,
  input  wire         rst,
  output logic [2:0]  phase_o
);
  (* keep *) logic [2:0] phase_q = '0;
  always_ff @(posedge clk) phase_q <= rst ? '0 : phase_q + 1'b1;
  always_comb phase_o = phase_q;
endmodule

`default_nettype wire

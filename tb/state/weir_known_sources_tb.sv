// SPDX-License-Identifier: Apache-2.0
//
// Bench of weir_known_sources, as table of legitimate addresses, whose entries make no room for another, and as table of
// those that have proved themselves, whose entries do; see weir_known_sources_case.
`default_nettype none

module weir_known_sources_tb;
  import weir_lists_pkg::*;

  logic clk = 1'b0;
  always #5 clk = ~clk;

  int   checks[2];
  int   failed[2];
  logic done[2];

  weir_known_sources_case #(.State(StateLegit), .Locked(1'b1)) legit (
      .clk, .checks_o(checks[0]), .failed_o(failed[0]), .done_o(done[0])
  );
  weir_known_sources_case #(.State(StateProven), .Locked(1'b0)) proven (
      .clk, .checks_o(checks[1]), .failed_o(failed[1]), .done_o(done[1])
  );

  initial begin
    do @(posedge clk); while (!(done[0] && done[1]));
    $display("weir_known_sources: %0d checks, %0d failed", checks.sum(), failed.sum());
    $finish;
  end
endmodule

`default_nettype wire

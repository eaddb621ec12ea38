// SPDX-License-Identifier: Apache-2.0
//
// Bench of weir_table: the three shapes of its memory (one look-up; two of equal size; two of different size), with timeouts of each entry,
// with times of 12 bits, and with tags of which some bits are kept, each with
// random keys, ages, pins, locks, victims and maintenance against a plain model, see weir_table_case and weir_table_bench_pkg.
`default_nettype none

module weir_table_tb;
  logic clk = 1'b0;
  always #5 clk = ~clk;

  int   checks[7];
  int   failed[7];
  logic done[7];

  weir_table_case #(.Lookups(1), .SetsLog2A(2), .SetsLog2B(2)) one (
      .clk, .checks_o(checks[0]), .failed_o(failed[0]), .done_o(done[0])
  );
  weir_table_case #(.Lookups(2), .SetsLog2A(2), .SetsLog2B(2), .SweepBaseB(16)) halves (
      .clk, .checks_o(checks[1]), .failed_o(failed[1]), .done_o(done[1])
  );
  weir_table_case #(.Lookups(2), .SetsLog2A(3), .SetsLog2B(1)) two (
      .clk, .checks_o(checks[2]), .failed_o(failed[2]), .done_o(done[2])
  );

  weir_table_case #(.Lookups(1), .TimeBits(12), .TimeoutBits(10), .ViewTimeout(1'b1), .ScoreFades(1'b0)) own_timeouts (
      .clk, .checks_o(checks[3]), .failed_o(failed[3]), .done_o(done[3])
  );
  weir_table_case #(.Lookups(1), .TimeBits(12), .TimeoutBits(10)) long_times (
      .clk, .checks_o(checks[4]), .failed_o(failed[4]), .done_o(done[4])
  );

  weir_table_case #(.Lookups(1), .TimeBits(12), .TimeoutBits(10), .ViewTimeout(1'b1), .ScoreFades(1'b0), .KeptBits(24)) narrow (
      .clk, .checks_o(checks[5]), .failed_o(failed[5]), .done_o(done[5])
  );
  weir_table_case #(.Lookups(2), .SetsLog2A(3), .SetsLog2B(2), .KeptBits(5)) narrowest (
      .clk, .checks_o(checks[6]), .failed_o(failed[6]), .done_o(done[6])
  );

  initial begin
    do @(posedge clk); while (!(done[0] && done[1] && done[2] && done[3] && done[4] && done[5] && done[6]));
    $display("weir_table: %0d checks, %0d failed", checks.sum(), failed.sum());
    $finish;
  end
endmodule

`default_nettype wire

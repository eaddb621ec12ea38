// SPDX-License-Identifier: Apache-2.0
//
// weir_event_count: events at every density, from a clock up to eight times as fast, are all counted; the count wraps and
// never runs ahead.
module weir_event_count_tb;
  logic fast = 0, slow = 0, rst_f = 1, rst_s = 1, hit = 0;
  always #4.0 fast = !fast;
  always #7.9 slow = !slow;
  logic slower = 0;
  always #31.7 slower = !slower;

  logic [31:0] count;
  logic [7:0] wrapped;
  logic [31:0] back;
  weir_event_count dut (.src_clk(fast), .src_rst(rst_f), .event_i(hit), .clk(slow), .rst(rst_s), .count_o(count));
  weir_event_count #(.CountBits(8)) u_slow (
    .src_clk(fast), .src_rst(rst_f), .event_i(hit), .clk(slower), .rst(rst_s), .count_o(wrapped));
  weir_event_count u_same (.src_clk(fast), .src_rst(rst_f), .event_i(hit), .clk(fast), .rst(rst_f), .count_o(back));

  `include "weir_check.svh"
  int n = 0;

  initial begin
    repeat (20) @(negedge slower);
    @(negedge fast) rst_f = 0;
    @(negedge slow) rst_s = 0;
    repeat (5) @(negedge fast);
    for (int density = 0; density <= 8; density++) begin
      repeat (600) begin
        hit = ($urandom % 8) < density;
        n += int'(hit);
        @(negedge fast);
        check(count <= 32'(n) && back <= 32'(n), "runs ahead");
      end
      hit = 0;
      repeat (50) @(negedge fast);
      check(count == 32'(n) && back == 32'(n) && wrapped == 8'(n), "count");
    end
    report("weir_event_count");
    $finish;
  end
endmodule

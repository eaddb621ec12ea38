// SPDX-License-Identifier: Apache-2.0
//
// weir_fifo against a queue: filling, draining, both at once, writes when full and reads when empty, reset under way.
module weir_fifo_tb;
  logic clk = 0, rst = 1;
  always #5 clk = !clk;

  logic wr_en = 0, rd_en = 0, full, empty;
  logic [11:0] wr_data = 0, rd_data;
  logic [3:0] level;
  weir_fifo #(.Width(12), .Depth(8)) dut (
    .clk, .rst, .wr_en_i(wr_en), .wr_data_i(wr_data), .full_o(full), .rd_en_i(rd_en), .rd_data_o(rd_data),
    .empty_o(empty), .level_o(level));

  logic [11:0] queue [$];
  `include "weir_check.svh"

  initial begin
    repeat (3) @(negedge clk);
    rst = 0;
    for (int n = 0; n < 20000; n++) begin
      automatic int bias = (n / 200) % 4;  // even, filling, draining, both always
      wr_en = (bias == 3) || ($urandom % 4 < ((bias == 1) ? 4 : (bias == 2) ? 1 : 2));
      rd_en = (bias == 3) || ($urandom % 4 < ((bias == 2) ? 4 : (bias == 1) ? 1 : 2));
      rst = (n % 777 == 776);
      wr_data = 12'($urandom);
      #1;
      check(int'(level) == queue.size() && full == (queue.size() == 8) && empty == (queue.size() == 0), "level");
      if (!empty) check(rd_data == queue[0], "word");
      begin
        automatic bit push = wr_en && !full;
        if (rd_en && queue.size() != 0) void'(queue.pop_front());
        if (push) queue.push_back(wr_data);
        if (rst) queue = {};
      end
      @(negedge clk);
    end
    report("weir_fifo");
    $finish;
  end
endmodule

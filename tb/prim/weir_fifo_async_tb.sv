// SPDX-License-Identifier: Apache-2.0
//
// weir_fifo_async between clocks of 8 and 16, 8 and 13.3, 8 and 8 ns (shifted), both ways round: order, nothing lost or
// invented, full, empty, full rate, reset of both sides.
module weir_fifo_async_tb;
  int ratio = 0;
  logic a = 0, b = 0, rst_a = 1, rst_b = 1;
  always #4.0 a = !a;
  always begin
    case (ratio)
      0: #8.0;
      1: #6.667;
      2: #4.1;
      default: #4.0;
    endcase
    b = !b;
  end

  `include "weir_check.svh"

  int wr_share = 4, rd_share = 4;  // of 4 clocks
  int taken [2], got [2], fulls [2];
  for (genvar g = 0; g < 2; g++) begin : g_dir
    wire wclk = g == 0 ? a : b;
    wire rclk = g == 0 ? b : a;
    wire wrst = g == 0 ? rst_a : rst_b;
    wire rrst = g == 0 ? rst_b : rst_a;
    logic we = 0, re = 0, full, empty;
    logic [15:0] wd = 0, rd;
    logic [15:0] queue [$];
    weir_fifo_async #(.Width(16), .Depth(8)) dut (
      .wr_clk(wclk), .wr_rst(wrst), .wr_en_i(we), .wr_data_i(wd), .wr_full_o(full),
      .rd_clk(rclk), .rd_rst(rrst), .rd_en_i(re), .rd_data_o(rd), .rd_empty_o(empty));
    // Everything moves and is looked at on falling edges, a half period before it counts.
    always @(negedge wclk) begin
      we = ($urandom % 4) < wr_share && !wrst;
      wd = 16'($urandom);
      if (we && !full && !wrst) begin
        queue.push_back(wd);
        taken[g]++;
      end
      if (we && full) fulls[g]++;
      if (wrst) queue = {};
    end
    always @(negedge rclk) if (!rrst) begin
      re = ($urandom % 4) < rd_share;
      if (!empty) begin
        check(queue.size() != 0 && rd == queue[0], "word");
        if (re) begin
          void'(queue.pop_front());
          got[g]++;
        end
      end
    end
    always @(posedge wclk) if (!wrst) check(queue.size() <= 11, "more inside than fits");
  end

  initial begin
    for (int r = 0; r < 4; r++) begin
      rst_a = 1; rst_b = 1; wr_share = 0;
      ratio = r;
      repeat (10) @(negedge b);
      taken = '{0, 0}; got = '{0, 0}; fulls = '{0, 0};
      @(posedge a) #0.5 rst_a = 0;
      @(posedge b) #0.5 rst_b = 0;
      for (int p = 0; p < 5; p++) begin
        automatic int start = got[0];
        case (p)
          0: begin wr_share = 4; rd_share = 4; end
          1: begin wr_share = 1; rd_share = 4; end
          2: begin wr_share = 4; rd_share = 1; end
          3: begin wr_share = 2; rd_share = 2; end
          default: begin wr_share = 4; rd_share = 0; end
        endcase
        repeat (500) @(posedge b);
        if (p == 0) check(got[0] - start > 470, "one word per clock of the slower side");
        if (p == 4) check(fulls[0] > 100 && fulls[1] > 100, "full was reached");
      end
      wr_share = 0; rd_share = 4;
      repeat (40) @(posedge b);
      check(taken == got, "as many out as in");
    end
    report("weir_fifo_async");
    $finish;
  end
endmodule

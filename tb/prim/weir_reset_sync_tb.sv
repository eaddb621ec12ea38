// SPDX-License-Identifier: Apache-2.0
//
// weir_reset_sync: asserted at power-on and at once, also without a clock; released with the clock after three of them.
module weir_reset_sync_tb;
  logic clk = 0, run = 1, arst = 0, rst;
  always #4.0 if (run) clk = !clk;
  weir_reset_sync dut (.clk, .arst_i(arst), .rst_o(rst));

  `include "weir_check.svh"

  initial begin
    #1 check(rst, "asserted at power-on");
    repeat (3) @(posedge clk);
    #1 check(!rst, "released");
    repeat (50) begin
      repeat (int'($urandom % 7)) #1.1;
      run = 1'($urandom);
      arst = 1;
      #0.5 check(rst, "asserted at once");
      #30 run = 1;
      repeat (int'($urandom % 7)) #1.1;
      @(negedge clk) arst = 0;
      repeat (2) begin
        @(posedge clk);
        #1 check(rst, "held");
      end
      @(posedge clk);
      #1 check(!rst, "released");
    end
    report("weir_reset_sync");
    $finish;
  end
endmodule

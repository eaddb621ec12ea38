// SPDX-License-Identifier: Apache-2.0
//
// weir_cfg_sync: every value arrives, within five clocks, and none that was never set is ever seen, although the bits of a
// change arrive one after the other.
module weir_cfg_sync_tb;
  logic clk = 0;
  always #4.0 clk = !clk;
  logic [7:0] d = 8'h5a, q, from = 8'h5a, to = 8'h5a;
  weir_cfg_sync #(.Width(8), .Init(8'h5a)) dut (.clk, .d_i(d), .q_o(q));

  `include "weir_check.svh"

  always @(negedge clk) check(q == from || q == to, "a value that was never set");

  initial begin
    check(q == 8'h5a, "power-on value");
    repeat (500) begin
      repeat ($urandom % 3) #1.3;
      from = q;
      to = 8'($urandom);
      // Skew: half of the bits come up to a period later.
      for (int i = 0; i < 8; i++) begin
        d[i] = to[i];
        #0.9;
      end
      repeat (7) @(posedge clk);
      #1 check(q == to, "arrival");
    end
    report("weir_cfg_sync");
    $finish;
  end
endmodule

// SPDX-License-Identifier: Apache-2.0
//
// Bench of weir_shaper: random rates, bursts and demand against an exact account. What left never exceeds what came
// in plus the bucket by more than one frame, a frame is allowed as soon as the account is not below zero, and rate 0
// allows everything.
`default_nettype none

module weir_shaper_tb;
  import weir_pkg::*;

  logic        clk = 1'b0;
  logic        rst = 1'b1;
  always #5 clk = ~clk;
  logic [23:0] rate = '0;
  logic [15:0] burst = '0;
  logic        take = 1'b0;
  len_t        len = 11'd60;
  logic        ok;

  weir_shaper dut (
      .clk,
      .rst,
      .rate_i (rate),
      .burst_i(burst),
      .take_i (take),
      .len_i  (len),
      .ok_o   (ok)
  );

  `include "weir_check.svh"

  longint account;  // 2^-16 bytes
  longint slack;
  int     since;
  int     demand;
  int     taken = 0;

  initial begin
    repeat (4) @(posedge clk);
    rst <= 1'b0;
    for (int round = 0; round < 40; round++) begin
      // With rate 0 every frame may go.
      rate <= '0;
      repeat (4) @(posedge clk);
      for (int i = 0; i < 5; i++) begin
        check(ok, "rate 0 allows everything");
        take <= 1'b1;
        @(posedge clk);
        take <= 1'b0;
        repeat (7) @(posedge clk);
      end
      repeat (4) @(posedge clk);
      rate  <= 24'($urandom_range(1, 1 << (6 + round % 18)));
      burst <= (round % 4 == 0) ? 16'd0 : (round % 4 == 1) ? 16'hffff : 16'($urandom);
      account = 0;
      since   = 100;
      demand  = $urandom_range(1, 60);
      take    <= 1'b0;
      @(posedge clk);
      for (int i = 0; i < 4000; i++) begin
        @(posedge clk);
        // Frames are 8 clocks or more apart.
        if (take) since = 0;
        else since++;
        slack = 64'(burst) << 16;
        account += 64'(rate);
        if (account > slack) account = slack;
        if (take) account -= (64'(len) + 64'd24) << 16;
        slack = 64'(rate) * 64'd6;
        if (since >= 7) begin
          // A few clocks of delay, and one clock's rate above the full bucket.
          if (ok) check(account + slack >= 0, "allowed below zero");
          else check(account - slack < 0, "refused above zero");
        end
        take <= ok && !take && since >= 7 && $urandom_range(1, demand) == 1;
        if (ok && since >= 7) taken++;
        len <= take ? len : LenBits'($urandom_range(60, 2000));
      end
      take <= 1'b0;
      repeat (3) @(posedge clk);
    end
    check(taken > 100, "enough frames");
    report("weir_shaper");
    $finish;
  end
endmodule

`default_nettype wire

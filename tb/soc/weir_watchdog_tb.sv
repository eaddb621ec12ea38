// SPDX-License-Identifier: Apache-2.0
//
// weir_watchdog: when it restarts and when not, for how long, and what it tells.
`default_nettype none
`timescale 1ns / 1ps

module weir_watchdog_tb;
  `include "weir_check.svh"

  logic clk = 1'b0;
  logic rst = 1'b1;
  always #5 clk = !clk;

  logic run = 1'b0, kick = 1'b0, fault = 1'b0, hold, restarted;
  logic [23:0] timeout = '0;
  logic [15:0] restarts;
  weir_watchdog dut (.clk, .rst, .run_i(run), .kick_i(kick), .timeout_i(timeout), .fault_i(fault), .hold_o(hold),
                     .restarts_o(restarts), .restarted_o(restarted));

  // Clocks until hold_o is `value`; -1: not within `most`.
  task automatic until_hold(input logic value, input int most, output int clocks);
    clocks = 0;
    while (hold != value && clocks < most) begin
      @(negedge clk);
      clocks++;
    end
    if (hold != value) clocks = -1;
  endtask
  task automatic pulse_kick();
    kick = 1'b1;
    @(negedge clk);
    kick = 1'b0;
  endtask

  int n;
  initial begin
    repeat (3) @(negedge clk);
    rst = 1'b0;
    repeat (50) @(negedge clk);
    check(hold && restarts == 0 && !restarted, "held before it may run");
    run = 1'b1;
    until_hold(1'b0, 5, n);
    check(n == 1, "it starts at once");
    // Never.
    repeat (10000) @(negedge clk);
    check(!hold, "no time: no restart");
    // In time, from when it is switched on.
    timeout = 24'd3;
    until_hold(1'b1, 10000, n);
    check(n >= 3 * 1024 && n <= 3 * 1024 + 4, $sformatf("restart after %0d clocks", n));
    until_hold(1'b0, 100, n);
    check(n == 16, $sformatf("%0d clocks of reset", n));
    check(restarts == 1 && restarted, "told");
    // Anew each time, without a kick.
    until_hold(1'b1, 10000, n);
    check(n >= 3 * 1024 && n <= 3 * 1024 + 4, $sformatf("second restart after %0d clocks", n));
    until_hold(1'b0, 100, n);
    check(restarts == 2, "told again");
    // Kicked at random in time.
    for (int i = 0; i < 200; i++) begin
      repeat ($urandom_range(3000)) @(negedge clk);
      pulse_kick();
      check(restarts == 2 && !hold, "restart in spite of a kick");
    end
    // Made shorter while it runs: at once.
    timeout = 24'd100;
    pulse_kick();
    repeat (5000) @(negedge clk);
    check(!hold, "too early");
    timeout = 24'd2;
    until_hold(1'b1, 10, n);
    check(n >= 0, "a shorter time is over already");
    until_hold(1'b0, 100, n);
    check(restarts == 3, "counted");
    // Stopped and started by a host: no restart of ours.
    run = 1'b0;
    until_hold(1'b1, 5, n);
    check(n >= 0, "stopped");
    repeat (5000) @(negedge clk);
    check(hold && restarts == 3 && !restarted, "no watchdog while it is stopped");
    timeout = '0;
    run = 1'b1;
    until_hold(1'b0, 5, n);
    check(n == 1 && !restarted, "started anew");
    // A fault.
    repeat (20) @(negedge clk);
    fault = 1'b1;
    repeat (3) @(negedge clk);
    check(hold, "a fault restarts");
    until_hold(1'b0, 100, n);
    check(restarts == 4 && restarted, $sformatf("a fault is one restart, not %0d", restarts - 3));
    fault = 1'b0;
    repeat (3) @(negedge clk);
    until_hold(1'b0, 100, n);
    repeat (100) @(negedge clk);
    check(!hold, "and then it runs");
    report("weir_watchdog");
    $finish;
  end
endmodule

`default_nettype wire

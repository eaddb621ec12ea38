// SPDX-License-Identifier: Apache-2.0
//
// Holds the soft core in reset while it shall not run, and restarts it when it has not kicked for timeout_i units of 1,024
// clocks, or has done what it must not (fault_i): 16 clocks of reset. It never touches the data path.
`default_nettype none

module weir_watchdog (
    input  wire         clk,
    input  wire         rst,
    input  wire         run_i,
    input  wire         kick_i,
    input  wire  [23:0] timeout_i,   // 0: never
    input  wire         fault_i,
    output logic        hold_o,      // the core is to be in reset
    output logic [15:0] restarts_o,  // wrapping
    output logic        restarted_o  // the last start was a restart
);
  logic        hold_q = 1'b1;
  logic [3:0]  left_q = '0;      // clocks of reset still to come
  logic [9:0]  part_q = '0;
  logic [23:0] unit_q = '0;
  logic        over_q = 1'b0;
  logic [15:0] restarts_q = '0;
  logic        restarted_q = 1'b0;
  logic        restart;

  always_comb restart = !hold_q && (over_q || fault_i);

  always_ff @(posedge clk) begin
    {unit_q, part_q} <= {unit_q, part_q} + 34'd1;
    // As large or larger: the time may be made shorter while it runs.
    over_q <= unit_q >= timeout_i;
    if (left_q != '0) left_q <= left_q - 1'b1;
    if (restart) begin
      left_q      <= '1;
      restarts_q  <= restarts_q + 1'b1;
      restarted_q <= 1'b1;
    end
    hold_q <= !run_i || restart || left_q != '0;
    if (kick_i || hold_q || timeout_i == '0) begin
      {unit_q, part_q} <= '0;
      over_q           <= 1'b0;
    end
    if (!run_i) restarted_q <= 1'b0;
    if (rst) begin
      hold_q      <= 1'b1;
      left_q      <= '0;
      restarts_q  <= '0;
      restarted_q <= 1'b0;
    end
  end

  always_comb begin
    hold_o      = hold_q;
    restarts_o  = restarts_q;
    restarted_o = restarted_q;
  end
endmodule

`default_nettype wire

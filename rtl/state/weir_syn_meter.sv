// SPDX-License-Identifier: Apache-2.0
//
// One SYN meter in registers (docs/datapath.md 14.1): the total one in S1, that of zombie floods in S2. One update a slot, in phase 7;
// no stall. Before its own update a frame finds what the frames before it have left.
//
// It has no window of its own: its user knows how old it is.
`default_nettype none

module weir_syn_meter
  import weir_slot_pkg::*;
  import weir_state_pkg::*;
(
  input  wire                    clk,
  input  wire                    rst,
  input  wire  [2:0]             phase_i,

  // --- The slot, constant from phase 5 to 7. turn_i: it is updated; age_i: windows since the last update, saturated, 0 after reset.
  input  wire                    turn_i,
  input  wire [WindowBits-1:0]   age_i,
  input  wire [SynCountBits-1:0] threshold_i,
  input  wire  [7:0]             hold_i,

  // --- In phase 7: it counts.
  input  wire                    counts_i,

  // --- Before the update, constant from phase 0 to 7. In phase 7: after it, and what it does.
  output logic                   flood_o,
  output logic [SynCountBits-1:0] count_o,
  output logic                   flood_after_o,
  output logic                   trip_o,
  output logic                   end_o
);
  logic [7:0]              quiet_q = '0;
  logic                    flood_q = 1'b0;
  logic [SynCountBits-1:1] high_q = '0;  // of the count
  logic                    low_q = 1'b0;

  syn_seen_t seen_q;
  syn_step_t next;
  logic      update;
  always_comb begin
    next          = syn_step(seen_q, counts_i, threshold_i == '0, hold_i, '1);
    update        = phase_i == 3'd7 && turn_i;
    flood_o       = flood_q;
    count_o       = {high_q, low_q};
    flood_after_o = turn_i ? next.state.flood : flood_q;
    trip_o        = turn_i && next.trip;
    end_o         = turn_i && next.ends;
  end

  always_ff @(posedge clk) begin
    seen_q <= syn_look('{quiet: quiet_q, flood: flood_q, count: {high_q, low_q}}, age_i, threshold_i, '1);
    if (update) begin
      flood_q <= next.state.flood;
      low_q   <= next.state.count[0];
    end
    if (rst) begin
      flood_q <= 1'b0;
      low_q   <= 1'b0;
    end
    // A new window and a trip are resets: no logic before the registers.
    if (rst || (update && seen_q.aged)) high_q <= '0;
    else if (update) high_q <= next.sum;
    if (rst || (update && next.trip)) quiet_q <= '0;
    else if (update) quiet_q <= next.quiet;
  end
endmodule

`default_nettype wire

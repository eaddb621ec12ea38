// SPDX-License-Identifier: Apache-2.0
//
// Zombie floods (docs/datapath.md 14.1; RATE-12): one meter of SYNs that begin connections from legitimate addresses. In S2, one
// update a slot, no stall; what is a flood for a frame is known before its own update, that is from phase 0 on.
//
// It is updated by the same frames as the total meter (weir_syn_meters), and so has its age: no window of its own.
`default_nettype none

module weir_zombie
  import weir_pkg::*;
  import weir_slot_pkg::*;
  import weir_state_pkg::*;
(
  input  wire                  clk,
  input  wire                  rst,
  input  wire  [2:0]           phase_i,

  // --- The slot in S2, constant from phase 0 to 7. turn_i: an inbound SYN that updates it.
  input  wire                  turn_i,
  input  wire [WindowBits-1:0] age_i,     // of the total meter before this frame
  input  wire zombie_cfg_t     cfg_i,

  // --- In phase 7: it counts.
  input  wire                  counts_i,

  // --- Before this frame's update: constant. Of this update, in phase 7.
  output logic                 flood_o,
  output logic                 trip_o,
  output logic                 end_o
);
  syn_meter_t meter_q = '0;
  syn_seen_t  seen_q;
  syn_step_t  next;

  always_comb begin
    next    = syn_step(seen_q, counts_i, cfg_i.threshold == '0, cfg_i.hold, '1);
    flood_o = meter_q.flood;
    trip_o  = turn_i && next.trip;
    end_o   = turn_i && next.ends;
  end

  always_ff @(posedge clk) begin
    seen_q <= syn_look(meter_q, age_i, cfg_i.threshold, '1);
    if (phase_i == 3'd7 && turn_i) meter_q <= next.state;
    if (rst) meter_q <= '0;
  end
endmodule

`default_nettype wire

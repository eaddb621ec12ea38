// SPDX-License-Identifier: Apache-2.0
//
// A table of remote addresses of which one thing is known: that they are legitimate (docs/datapath.md 14.2; RATE-10), or that they have
// proved themselves (14.3; BEYOND-1). In S2; one look-up a slot, loop of 8 clocks (weir_table), no stall.
//
// Full: with Locked nothing is lost and nothing entered; without, another address makes room.
`default_nettype none
`include "weir_assert.svh"

module weir_known_sources
  import weir_pkg::*;
  import weir_lists_pkg::*;
  import weir_slot_pkg::*;
  import weir_state_pkg::*;
#(
  parameter int unsigned State    = StateLegit,
  parameter int unsigned SetsLog2 = StateLegitSetsLog2,
  parameter bit          Locked   = 1'b1   // an entry makes no room for another
) (
  input  wire                         clk,
  input  wire                         rst,
  input  wire  [2:0]                  phase_i,

  // --- The slot in S2, constant from phase 0 to 7; enter_i, from phase 4 on: the address is entered, or its time renewed.
  input  wire                         look_i,
  input  wire                         enter_i,
  input  wire hash_t                  key_i,
  input  wire  [TimeBits-1:0]         clock_i,
  input  wire  [9:0]                  timeout_i,
  input  wire command_t               command_i,  // expire: of this table's clock
  input  wire  [MaintDataBits-1:0]    wdata_i,
  input  wire                         zero_i,     // phases 1 and 5 (weir_state)

  // --- In phase 7: it was there; it was not, and its set is full.
  output logic                        hit_o,
  output logic                        no_room_o,

  // --- Maintenance read: read_clear_i makes it 0; then what is read.
  input  wire                         read_clear_i,
  output logic [MaintDataBits-1:0]    rdata_o,

  // --- Statistics: pulses.
  output logic                        evict_o,
  output logic                        full_o,
  output logic                        grow_o,
  output logic                        shrink_o
);
  localparam int unsigned EntryBits = $bits(known_entry_t);
  localparam int unsigned KeptBits  = StateLegitTagBits;
  `WEIR_ELAB(bits, EntryBits == StateLegitBits && EntryBits == StateProvenBits && KeptBits == StateProvenTagBits,
             "the entry is not that of states.def")

  known_entry_t view;
  known_entry_t entry;
  known_entry_t data;
  logic         update;
  logic         raw;
  logic         is_new;
  logic         is_sweep;
  logic         read;
  logic         miss;
  logic         no_room;
  logic [KeptBits-1:0] tag;

  weir_table #(
    .EntryBits(EntryBits), .KeptBits(KeptBits), .ScoreBits(1), .ScoreFades(1'b0), .TimeBits(TimeBits), .TimeoutBits(10),
    .Lookups(1), .SetsLog2A(SetsLog2), .SetsLog2B(SetsLog2), .TargetA(32'(TargetState0) + State)
  ) u_table (
    .clk,
    .rst,
    .phase_i,
    .valid_i       (look_i),
    .key_i,
    .window_i      (clock_i),
    .insert_i      (enter_i),
    .timeout_i     (timeout_i | 10'(timeout_i == '0)),
    .command_i,
    .view_entry_o  (view),
    .view_window_i (view.stamp),
    .view_timeout_i(10'd1),
    .view_pinned_i (1'b0),
    .view_locked_i (Locked),
    .view_score_i  (1'b0),
    .update_o      (update),
    .raw_o         (raw),
    .new_o         (is_new),
    .fresh_o       (),
    .sweep_o       (is_sweep),
    .age_o         (),
    .entry_o       (entry),
    .read_o        (read),
    .full_o,
    .miss_o        (miss),
    .no_room_o     (no_room),
    .evict_o,
    .grow_o,
    .shrink_o,
    .wdata_held_i  (wdata_i[KeptBits-1:0] != '0),
    .data_i        (data),
    .tag_o         (tag)
  );

  logic raw_q;
  logic [TimeBits-1:0] stamp_q;  // of the entry, or 0; then
  logic [TimeBits-1:0] wstamp_q; // that of a maintenance write
  always_ff @(posedge clk) begin
    raw_q     <= raw;
    if (zero_i) begin
      stamp_q  <= '0;
      wstamp_q <= '0;
    end else if (phase_i == 3'd6) begin
      if (raw) wstamp_q <= wdata_i[EntryBits-1-:TimeBits];
      else stamp_q <= entry.stamp;
    end
    hit_o     <= update && !is_sweep && !is_new;
    no_room_o <= miss && no_room;
    if (read_clear_i) rdata_o <= '0;
    else if (read) rdata_o <= MaintDataBits'(entry);
    if (rst) begin
      hit_o     <= 1'b0;
      no_room_o <= 1'b0;
    end
  end
  always_comb begin
    data.tag   = raw_q ? wdata_i[KeptBits-1:0] : tag;
    data.stamp = (enter_i && !raw_q ? clock_i : stamp_q) | wstamp_q;
  end
endmodule

`default_nettype wire

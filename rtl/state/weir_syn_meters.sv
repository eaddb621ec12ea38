// SPDX-License-Identifier: Apache-2.0
//
// SYN floods, declared per protected address and in total (docs/datapath.md 14.1; RATE-11). In S1; one look-up a slot, loop of 8
// clocks (weir_table), no stall. A SYN counts in clock 6 and 7 of its own slot: the SYN after the threshold is already in the flood.
//
// Host table full: that address has no flood state of its own; addresses under flood are never victims.
`default_nettype none
`include "weir_assert.svh"

module weir_syn_meters
  import weir_pkg::*;
  import weir_lists_pkg::*;
  import weir_slot_pkg::*;
  import weir_state_pkg::*;
(
  input  wire                         clk,
  input  wire                         rst,
  input  wire  [2:0]                  phase_i,

  // --- The slot in S1, constant from phase 0 to 7. look_i: an inbound TCP frame; syn_i: it is a SYN without ACK; allowed_i: by a
  // rule, it neither counts nor looks up its host.
  input  wire                         look_i,
  input  wire                         allowed_i,
  input  wire                         syn_i,
  input  wire hash_t                  key_i,      // of `address`
  input  wire  [31:0]                 window_i,   // stamp >> 16
  input  wire syn_cfg_t               cfg_i,
  input  wire command_t               command_i,
  input  wire  [MaintDataBits-1:0]    wdata_i,
  input  wire                         zero_i,     // phases 1 and 5 (weir_state)

  // --- In the next slot, constant. [0] host, [1] total.
  output logic [1:0]                  flood_o,
  output logic [1:0]                  trip_o,
  output logic [1:0]                  end_o,
  output logic [12:0]                 count_o,    // of the host
  output logic [SynCountBits-1:0]     total_o,    // of the total meter after it
  output logic [WindowBits-1:0]       age_o,      // of the total meter before it, saturated: the zombie meter's, too

  // --- Maintenance read: read_clear_i makes it 0; then what is read.
  input  wire                         read_clear_i,
  output logic [MaintDataBits-1:0]    rdata_o,

  // --- Statistics: pulses.
  output logic                        evict_o,
  output logic                        full_o,
  output logic                        grow_o,
  output logic                        shrink_o
);
  localparam int unsigned EntryBits = StateHostBits;
  `WEIR_ELAB(bits, $bits(host_entry_t) == EntryBits, "the entry is not that of states.def")

  // --- Host table -------------------------------------------------------------------------------------------------
  host_entry_t view;
  host_entry_t entry;
  host_entry_t data;
  logic        update;
  logic        raw;
  logic        is_fresh;
  logic        is_sweep;
  logic        read;
  logic [WindowBits-1:0] age;
  logic [TagBits-1:0]    tag;

  weir_table #(
    .EntryBits(EntryBits), .ScoreBits(13), .Lookups(1), .SetsLog2A(StateHostSetsLog2), .SetsLog2B(StateHostSetsLog2),
    .TargetA(32'(TargetState0) + StateHost)
  ) u_table (
    .clk,
    .rst,
    .phase_i,
    .valid_i       (look_i && cfg_i.enable && !allowed_i),
    .key_i,
    .window_i      (window_i[WindowBits-1:0]),
    .insert_i      (syn_i),
    .timeout_i     (cfg_i.host_timeout | 8'(cfg_i.host_timeout == '0)),
    .command_i,
    .view_entry_o  (view),
    .view_window_i (view.window),
    .view_timeout_i(8'd1),
    .view_pinned_i (1'b0),
    .view_locked_i (view.flood),
    .view_score_i  (view.count),
    .update_o      (update),
    .raw_o         (raw),
    .new_o         (),
    .fresh_o       (is_fresh),
    .sweep_o       (is_sweep),
    .age_o         (age),
    .entry_o       (entry),
    .read_o        (read),
    .full_o,
    .miss_o        (),
    .no_room_o     (),
    .evict_o,
    .grow_o,
    .shrink_o,
    .wdata_held_i  (wdata_i[TagBits-1:0] != '0),
    .data_i        (data),
    .tag_o         (tag)
  );

  // Clock 6 into 7.
  syn_meter_t            found;
  syn_seen_t             host_q;
  logic                  metered_q;
  logic                  raw_q;
  syn_step_t             host;

  always_comb begin
    found = '{quiet: entry.quiet, flood: entry.flood, count: SynCountBits'(entry.count)};
    if (is_fresh) found = '0;
  end

  always_ff @(posedge clk) begin
    host_q    <= syn_look(found, is_fresh ? '0 : age, SynCountBits'(cfg_i.host_threshold), SynCountBits'(13'h1fff));
    if (zero_i) host_q.state.quiet <= '0;
    else if (is_fresh || phase_i != 3'd6) host_q.state.quiet <= host_q.state.quiet;
    metered_q <= update && !is_sweep;
    raw_q     <= raw;
  end

  always_comb begin
    host = syn_step(host_q, syn_i, cfg_i.host_threshold == '0, cfg_i.host_hold, SynCountBits'(13'h1fff));
    data = '{quiet: host.state.quiet, flood: host.state.flood, count: host.state.count[12:0], window: window_i[WindowBits-1:0], tag: tag};
    if (raw_q) data = host_entry_t'(wdata_i[EntryBits-1:0]);
  end

  // --- Total ------------------------------------------------------------------------------------------------------
  logic [31:0]           total_window_q = '0;
  logic                  total_used_q = 1'b0;  // total_window_q means something
  logic [31:0]           total_age;
  logic [WindowBits-1:0] total_age_q;
  logic                  total_turn;
  logic                  total_flood;          // after this frame
  logic                  total_trip;
  logic                  total_end;

  weir_syn_meter u_total (
    .clk, .rst, .phase_i,
    .turn_i       (total_turn),
    .age_i        (total_age_q),
    .threshold_i  (cfg_i.total_threshold),
    .hold_i       (cfg_i.total_hold),
    .counts_i     (1'b1),
    .flood_o      (),
    .count_o      (total_o),
    .flood_after_o(total_flood),
    .trip_o       (total_trip),
    .end_o        (total_end)
  );

  // Beyond what quiet can count, all ages are alike.
  always_comb begin
    total_turn = look_i && syn_i && cfg_i.enable && !allowed_i;
    total_age  = window_i - total_window_q;
  end
  always_ff @(posedge clk) begin
    total_age_q <= {WindowBits{total_used_q}} & ({WindowBits{total_age[31:WindowBits] != '0}} | total_age[WindowBits-1:0]);
  end

  always_ff @(posedge clk) begin
    if (phase_i == 3'd7) begin
      flood_o <= {total_flood && cfg_i.enable && look_i, host.state.flood && metered_q};
      trip_o  <= {total_trip, host.trip && metered_q};
      end_o   <= {total_end, host.ends && metered_q};
      count_o <= {13{metered_q}} & host.state.count[12:0];
      age_o   <= total_age_q;
      if (total_turn) begin
        total_window_q <= window_i;
        total_used_q   <= 1'b1;
      end
    end
    if (rst) begin
      total_used_q <= 1'b0;
      flood_o      <= '0;
      trip_o       <= '0;
      end_o        <= '0;
    end
  end

  // --- Maintenance --------------------------------------------------------------------------------------------------
  always_ff @(posedge clk) begin
    if (read_clear_i) rdata_o <= '0;
    else if (read) rdata_o <= MaintDataBits'(entry);
  end
endmodule

`default_nettype wire

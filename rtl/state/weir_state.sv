// SPDX-License-Identifier: Apache-2.0
//
// Stateful defence (docs/datapath.md 12 to 17): two stages of the slot pipeline between hash and tier 1, and all that is of tier 0
// but anomalies.
//
//   S1   connections ─ host and total SYN meters ─ cookie ─ source scores
//   S2   legitimate ─ proven ─ client and server (their ways are read in S1) ─ sketch ─ zombie meter ─ what they say together
//
// No stall: one frame per 8 clocks, whatever arrives. A full table takes nothing more or makes room, see each of them.
`default_nettype none
`include "weir_assert.svh"

module weir_state
  import weir_pkg::*;
  import weir_lists_pkg::*;
  import weir_slot_pkg::*;
  import weir_state_pkg::*;
(
  input  wire                         clk,
  input  wire                         rst,
  input  wire  [2:0]                  phase_i,

  // --- The slots in S1 and S2, constant from phase 0 to 7.
  input  wire slot_head_t             s1_i,
  input  wire stamp_t                 s1_stamp_i,
  input  wire state_frame_t           s1_frame_i,
  input  wire tuple_t                 s1_tuple_i,
  input  wire hash_t                  s1_connection_i,  // keys
  input  wire hash_t                  s1_host_i,
  input  wire hash_t                  s1_remote_i,
  input  wire slot_head_t             s2_i,
  input  wire  [MaintDataBits-1:0]    wdata_i,
  input  wire                         read_clear_i,     // after reset, and in phase 0 of a read in H: answers become 0

  // --- In phase 7 of S2. notes_o: what the record tells.
  output opinion_t                    opinion_o,
  output state_detail_t               detail_o,
  output state_notes_t                notes_o,

  // --- The verdict on a frame, in the order of the frames: a pulse in phase 0 (15).
  input  wire                         verdict_valid_i,
  input  wire  [3:0]                  verdict_seqno_i,
  input  wire  [2:0]                  verdict_i,
  input  wire  [7:0]                  verdict_reason_i,

  output logic [MaintDataBits-1:0]    rdata_o,          // 0, and after read_clear_i what is read, as soon as it is there

  // --- Statistics, by table: counts since reset, wrapping; entries that are not free.
  output logic [NumStates-1:0][31:0]  evictions_o,
  output logic [NumStates-1:0][31:0]  full_o,
  output logic [NumStates-1:0][15:0]  used_entries_o
);
  // The phase, for each part by itself (weir_phase).
  typedef enum int unsigned {
    OfCfg, OfConnections, OfSynMeters, OfCookie, OfScores, OfLegit, OfProven, OfCounts, OfZombie, OfSketch, OfPeaks, Parts
  } part_e;
  logic [Parts-1:0][2:0] phase;
  for (genvar i = 0; i < Parts; i++) begin : g_phase
    weir_phase u_phase (.clk, .rst, .phase_o(phase[i]));
    `WEIR_ASSERT(agrees, phase[i] == phase_i, clk, rst)
  end

  // Phases 1 and 5: what is 0 but for the clock behind a table's clock 6 becomes 0 then, with one net for all, and is loaded when it
  // has something to say.
  logic zero_q = 1'b0;
  always_ff @(posedge clk) zero_q <= phase_i[1:0] == 2'd0;

  // --- Configuration, clocks, sweeps ------------------------------------------------------------------------------
  state_cfg_t        s1_cfg;
  state_cfg_t        s2_cfg;
  logic [1:0][127:0] cookie_key;
  logic [MaintDataBits-1:0] cfg_rdata;

  weir_state_cfg u_cfg (
    .clk, .phase_i(phase[OfCfg]), .command_i(s1_i.command), .wdata_i, .s1_o(s1_cfg), .key_o(cookie_key), .s2_o(s2_cfg),
    .read_clear_i, .rdata_o(cfg_rdata)
  );

  // A sweep that expires everything does so from a jump of time on that depends on the table's clock.
  function automatic command_t of_level(command_t c, expire_e level);
    of_level        = c;
    of_level.expire = c.expire && c.level >= level;
  endfunction

  stamp_t       s2_stamp_q;
  state_frame_t s2_frame_q;
  hash_t        s2_remote_q;
  logic [TagBits-1:0] s2_host_tag_q;
  logic [TagBits-1:0] s2_connection_tag_q;
  always_ff @(posedge clk) begin
    if (phase_i == 3'd7) begin
      s2_stamp_q          <= s1_stamp_i;
      s2_frame_q          <= s1_frame_i;
      s2_remote_q         <= s1_remote_i;
      s2_host_tag_q       <= s1_host_i.tag;
      s2_connection_tag_q <= s1_connection_i.tag;
    end
  end

  // --- S1 ---------------------------------------------------------------------------------------------------------
  logic [NumStates-1:0] evict;
  logic [NumStates-1:0] full;
  logic [NumStates-1:0] grow;
  logic [NumStates-1:0] shrink;
  logic [NumStates-1:0][MaintDataBits-1:0] rdata;
  conn_result_t s2_conn;
  logic [2:0]   s2_flood;   // host, total, zombie
  logic [2:0]   s2_trip;
  logic [2:0]   s2_end;
  logic [WindowBits-1:0] s2_total_age;
  logic [12:0]  s2_host_count;
  logic [SynCountBits-1:0] s2_total_count;
  logic         is_syn;
  logic [31:0]  s2_cookie;
  logic         s2_proves;
  logic         s2_score_over;
  logic [15:0]  s2_score;

  always_comb is_syn = s1_frame_i.flags[1] && !s1_frame_i.flags[4];

  weir_connections u_connections (
    .clk, .rst, .phase_i(phase[OfConnections]),
    .frame_i  (s1_frame_i),
    .key_i    (s1_connection_i),
    .clock_i  (s1_stamp_i[StateConnectionClockLog2+:32]),
    .cfg_i    (s1_cfg.conn),
    .command_i(of_level(s1_i.command, ExpireSeconds)),
    .wdata_i,
    .zero_i(zero_q),
    .read_clear_i,
    .result_o (s2_conn),
    .rdata_o  (rdata[StateConnection]),
    .evict_o  (evict[StateConnection]),
    .full_o   (full[StateConnection]),
    .grow_o   (grow[StateConnection]),
    .shrink_o (shrink[StateConnection])
  );

  weir_syn_meters u_syn_meters (
    .clk, .rst, .phase_i(phase[OfSynMeters]),
    .look_i   (s1_frame_i.look_tcp && !s1_frame_i.dir),
    .allowed_i(s1_frame_i.allowed),
    .syn_i    (is_syn),
    .key_i    (s1_host_i),
    .window_i (s1_stamp_i[StateHostClockLog2+:32]),
    .cfg_i    (s1_cfg.syn),
    .command_i(of_level(s1_i.command, ExpireWindows)),
    .wdata_i,
    .zero_i(zero_q),
    .read_clear_i,
    .flood_o  (s2_flood[1:0]),
    .trip_o   (s2_trip[1:0]),
    .end_o    (s2_end[1:0]),
    .count_o  (s2_host_count),
    .total_o  (s2_total_count),
    .age_o    (s2_total_age),
    .rdata_o  (rdata[StateHost]),
    .evict_o  (evict[StateHost]),
    .full_o   (full[StateHost]),
    .grow_o   (grow[StateHost]),
    .shrink_o (shrink[StateHost])
  );

  weir_cookie u_cookie (
    .clk, .phase_i(phase[OfCookie]),
    .remote_i (s1_tuple_i.remote),
    .protect_i(s1_tuple_i.protect),
    .rport_i  (s1_tuple_i.rport),
    .pport_i  (s1_tuple_i.pport),
    .stamp_i  (s1_stamp_i),
    .is_syn_i (is_syn),
    .claim_i  (s1_cfg.syn.method == SynCookie ? s1_frame_i.ack - 32'd1 : s1_frame_i.seq),
    .key_i    (cookie_key),
    .cookie_o (s2_cookie),
    .proves_o (s2_proves)
  );

  weir_source_scores u_scores (
    .clk, .rst, .phase_i(phase[OfScores]),
    .head_i           (s1_i),
    .look_i           (s1_frame_i.look_score),
    .key_i            (s1_remote_i),
    .clock_i          (s1_stamp_i[StateSourceClockLog2+:TimeBits]),
    .cfg_i            (s1_cfg.source),
    .command_i        (of_level(s1_i.command, ExpireSeconds)),
    .wdata_i,
    .read_clear_i,
    .verdict_valid_i,
    .verdict_seqno_i,
    .verdict_i,
    .verdict_reason_i,
    .over_o           (s2_score_over),
    .score_o          (s2_score),
    .rdata_o          (rdata[StateSource]),
    .evict_o          (evict[StateSource]),
    .full_o           (full[StateSource]),
    .grow_o           (grow[StateSource]),
    .shrink_o         (shrink[StateSource])
  );

  // --- S2 ---------------------------------------------------------------------------------------------------------
  logic look_known;
  logic known;
  logic begins;
  logic enter_legit;
  logic enter_proven;
  logic legit_hit;
  logic legit_no_room;
  logic proven_hit;
  logic sketch_use;
  logic sketch_passes;
  logic sketch_crowded;
  logic client_over;
  logic [10:0] client_limit;
  logic [10:0] client_count;
  logic [7:0]  joined_opened;
  logic [10:0] joined_established;
  logic [SynCountBits-1:0] zombie_count;
  logic zombie;
  logic s2_zombie_turn;
  logic [MaintDataBits-1:0] sketch_rdata;

  always_comb look_known = s2_frame_q.look_tcp && !s2_frame_q.dir;

  weir_known_sources #(.State(StateLegit), .SetsLog2(StateLegitSetsLog2), .Locked(1'b1)) u_legit (
    .clk, .rst, .phase_i(phase[OfLegit]),
    .look_i   (look_known),
    .enter_i  (enter_legit),
    .key_i    (s2_remote_q),
    .clock_i  (s2_stamp_q[StateLegitClockLog2+:TimeBits]),
    .timeout_i(s2_cfg.syn.legit_timeout),
    .command_i(of_level(s2_i.command, ExpireAll)),
    .wdata_i,
    .zero_i(zero_q),
    .read_clear_i,
    .hit_o    (legit_hit),
    .no_room_o(legit_no_room),
    .rdata_o  (rdata[StateLegit]),
    .evict_o  (evict[StateLegit]),
    .full_o   (full[StateLegit]),
    .grow_o   (grow[StateLegit]),
    .shrink_o (shrink[StateLegit])
  );

  weir_known_sources #(.State(StateProven), .SetsLog2(StateProvenSetsLog2), .Locked(1'b0)) u_proven (
    .clk, .rst, .phase_i(phase[OfProven]),
    .look_i   (look_known),
    .enter_i  (enter_proven),
    .key_i    (s2_remote_q),
    .clock_i  (s2_stamp_q[StateProvenClockLog2+:TimeBits]),
    .timeout_i(s2_cfg.syn.proven_timeout),
    .command_i(of_level(s2_i.command, ExpireSeconds)),
    .wdata_i,
    .zero_i(zero_q),
    .read_clear_i,
    .hit_o    (proven_hit),
    .no_room_o(),
    .rdata_o  (rdata[StateProven]),
    .evict_o  (evict[StateProven]),
    .full_o   (full[StateProven]),
    .grow_o   (grow[StateProven]),
    .shrink_o (shrink[StateProven])
  );

  weir_connection_counts u_counts (
    .clk, .rst, .phase_i(phase[OfCounts]),
    .look_i         (s1_frame_i.look_tcp && (s1_cfg.conn.mode == ConnModeOn || s1_cfg.conn.mode == ConnModeAsymmetric)),
    .client_key_i   (s1_remote_i),
    .server_key_i   (s1_host_i),
    .clock_i        (s1_stamp_i[StateClientClockLog2+:CountTimeBits]),
    .command_i      (of_level(s1_i.command, ExpireSeconds)),
    .wdata_i,
    .zero_i(zero_q),
    .read_clear_i,
    .s2_clock_i     (s2_stamp_q[StateClientClockLog2+:CountTimeBits]),
    .s2_move_i      (s2_conn.move),
    .s2_concurrent_i(s2_cfg.zombie.concurrent),
    .s2_opened_i    (s2_cfg.zombie.opened),
    .over_o         (client_over),
    .limit_o        (client_limit),
    .count_o        (client_count),
    .joined_opened_o(joined_opened),
    .joined_established_o(joined_established),
    .rdata_o        (rdata[StateClient]),
    .evict_o        (evict[StateServer:StateClient]),
    .grow_o         (grow[StateServer:StateClient]),
    .shrink_o       (shrink[StateServer:StateClient])
  );
  assign rdata[StateServer] = '0;  // one for both
  assign full[StateServer:StateClient] = '0;

  // Fresh after clear, like the total meter, and updated by the same frames: it is as old.
  weir_syn_meter u_zombie (
    .clk, .rst, .phase_i(phase[OfZombie]),
    .turn_i       (s2_zombie_turn),
    .age_i        (s2_total_age),
    .threshold_i  (s2_cfg.zombie.threshold),
    .hold_i       (s2_cfg.zombie.hold),
    .counts_i     (begins && legit_hit),
    .flood_o      (zombie),
    .count_o      (zombie_count),
    .flood_after_o(),
    .trip_o       (s2_trip[2]),
    .end_o        (s2_end[2])
  );
  always_comb begin
    s2_zombie_turn = look_known && s2_frame_q.flags[1] && !s2_frame_q.flags[4] && s2_cfg.syn.enable && !s2_frame_q.allowed;
    s2_flood[2]    = zombie && look_known && s2_cfg.syn.enable;
  end

  weir_sketch u_sketch (
    .clk, .rst, .phase_i(phase[OfSketch]),
    .use_i    (sketch_use),
    .cell_i   (s2_connection_tag_q[11:0]),
    .stamp_i  (s2_stamp_q),
    .limit_i  (s2_cfg.syn.sketch_limit),
    .command_i(s2_i.command),
    .wdata_i,
    .read_clear_i,
    .passes_o (sketch_passes),
    .crowded_o(sketch_crowded),
    .rdata_o  (sketch_rdata)
  );

  state_early_t early;
  state_early_t early_q;
  always_ff @(posedge clk) early_q <= early;

  weir_syn_decide u_decide (
    .cfg_i          (s2_cfg),
    .frame_i        (s2_frame_q),
    .conn_i         (s2_conn),
    .flood_i        (s2_flood),
    .host_count_i   (s2_host_count),
    .conn_tag_i     (s2_connection_tag_q),
    .host_tag_i     (s2_host_tag_q),
    .remote_tag_i   (s2_remote_q.tag),
    .proves_i       (s2_proves),
    .cookie_i       (s2_cookie),
    .score_over_i   (s2_score_over),
    .score_i        (s2_score),
    .known_o        (known),
    .begins_o       (begins),
    .enter_legit_o  (enter_legit),
    .enter_proven_o (enter_proven),
    .early_o        (early),
    .early_i        (early_q),
    .crowded_i      (sketch_crowded),
    .client_over_i  (client_over),
    .client_limit_i (client_limit),
    .client_count_i (client_count),
    .legit_hit_i    (legit_hit),
    .legit_no_room_i(legit_no_room),
    .proven_hit_i   (proven_hit),
    .sketch_passes_i(sketch_passes),
    .sketch_use_o   (sketch_use),
    .opinion_o,
    .detail_o
  );

  always_comb begin
    notes_o        = '0;
    notes_o.seen   = s2_conn.seen;
    notes_o.legit  = legit_hit;
    notes_o.proven = proven_hit;
    notes_o.flood  = s2_flood;
    notes_o.trips  = s2_trip;
    notes_o.ends   = s2_end;
    notes_o.known  = known;
  end

  // --- Peaks (19) ---------------------------------------------------------------------------------------------------
  // What is to be compared, all others 0: total in phase 3 of S2, opened in 4, established in 6, host in 7, the zombie meter's in phase 1
  // of the stage behind. Maintenance in phase 6 of its slot in S2: three clocks and more from all of them.
  localparam int unsigned PeakBits = 3;
  `WEIR_ELAB(peaks, PeakSynHost % 8 == 0 && PeakOpened == PeakSynHost + 4, "peaks of state must be eight in a row")

  logic                    zombie_counted_q = 1'b0;  // by the frame in the stage behind S2
  logic [12:0]             peak_host;
  logic [SynCountBits-1:0] peak_total;
  logic [SynCountBits-1:0] peak_zombie_q;
  logic [PeakBits-1:0]     peak_index;
  logic                    peak_here;
  logic [SynCountBits-1:0] peak_rdata;

  always_ff @(posedge clk) begin
    if (phase[OfPeaks] == 3'd7) zombie_counted_q <= s2_zombie_turn && begins && legit_hit;
    if (zero_q) peak_zombie_q <= '0;
    else if (phase[OfPeaks] == 3'd0 && zombie_counted_q) peak_zombie_q <= zombie_count;
    if (rst) zombie_counted_q <= 1'b0;
  end

  always_comb begin
    peak_host  = {13{phase[OfPeaks] == 3'd7 && s2_zombie_turn}} & s2_host_count;
    peak_total = {SynCountBits{phase[OfPeaks] == 3'd3 && s2_zombie_turn}} & s2_total_count;
    case (phase[OfPeaks])
      3'd3:    peak_index = PeakBits'(PeakOpened);
      3'd6:    peak_index = PeakBits'(PeakSynHost);
      3'd2:    peak_index = PeakBits'(PeakSynTotal);
      3'd0:    peak_index = PeakBits'(PeakSynLegit);
      default: peak_index = s2_i.command.active ? s2_i.command.index[PeakBits-1:0] : PeakBits'(PeakConnections);
    endcase
    peak_here = phase[OfPeaks] == 3'd6 && s2_i.command.active &&
                (s2_i.command.clear || (s2_i.command.target == TargetPeak &&
                                        s2_i.command.index[10:PeakBits] == (11 - PeakBits)'(PeakSynHost >> PeakBits)));
  end

  weir_peaks #(.Depth(1 << PeakBits), .HasBytes(1'b0), .Style("distributed")) u_peaks (
    .clk,
    .rst,
    .index_i      (peak_index),
    .update_i     (phase[OfPeaks][2] ? phase[OfPeaks] != 3'd5 && !s2_i.command.active : phase[OfPeaks][0]),
    .packets_i    (SynCountBits'(joined_opened) | SynCountBits'(joined_established) | SynCountBits'(peak_host) |
                   peak_total | peak_zombie_q),
    .bytes_valid_i(1'b0),
    .bytes_i      ('0),
    .access_i     (peak_here),
    .read_i       (s2_i.command.op == MaintRead),
    .wdata_i      (wdata_i[SynCountBits-1:0]),
    .rdata_o      (peak_rdata)
  );

  // --- Maintenance and statistics -----------------------------------------------------------------------------------
  // Entries of a table, and which of them evict or are full at all: the others' counts are constants.
  localparam int unsigned UsedBits = 11;
  localparam int unsigned SetsLog2 [NumStates] = '{
    StateConnectionSetsLog2, StateHostSetsLog2, StateLegitSetsLog2, StateProvenSetsLog2, StateSourceSetsLog2, StateClientSetsLog2,
    StateServerSetsLog2};
  localparam logic [NumStates-1:0] Evicts = ~(NumStates'(1) << StateLegit);  // all entries are locked there
  localparam logic [NumStates-1:0] Fills  = NumStates'((1 << StateConnection) | (1 << StateHost) | (1 << StateLegit));

  logic [NumStates-1:0][31:0]         evictions_q = '0;
  logic [NumStates-1:0][31:0]         full_q = '0;
  logic [NumStates-1:0][UsedBits-1:0] used_q = '0;
  logic [NumStates-1:0]               grow_q = '0;   // counted a clock later: the tables lie far apart
  logic [NumStates-1:0]               shrink_q = '0;

  always_comb begin
    rdata_o = cfg_rdata | sketch_rdata | MaintDataBits'(peak_rdata);
    for (int t = 0; t < NumStates; t++) begin
      rdata_o |= rdata[t];
      used_entries_o[t] = 16'(used_q[t]);
    end
    evictions_o = evictions_q;
    full_o      = full_q;
  end

  always_ff @(posedge clk) begin
    grow_q   <= grow;
    shrink_q <= shrink;
    for (int t = 0; t < NumStates; t++) begin
      if (Evicts[t] && evict[t]) evictions_q[t] <= evictions_q[t] + 32'd1;
      if (Fills[t] && full[t]) full_q[t] <= full_q[t] + 32'd1;
      if (grow_q[t] != shrink_q[t])
        used_q[t] <= (used_q[t] + (grow_q[t] ? UsedBits'(1) : '1)) & UsedBits'((8 << SetsLog2[t]) - 1);
      if (rst) begin
        evictions_q[t] <= '0;
        full_q[t]      <= '0;
        used_q[t]      <= '0;
      end
    end
    if (rst) begin
      grow_q   <= '0;
      shrink_q <= '0;
    end
  end

  `WEIR_ASSERT(never_full, !full[StateProven] && !full[StateSource] && !evict[StateLegit], clk, rst)
  `WEIR_ASSERT(no_score, !(s1_frame_i.allowed && s1_frame_i.look_score), clk, rst)
endmodule

`default_nettype wire

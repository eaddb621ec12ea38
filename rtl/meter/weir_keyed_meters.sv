// SPDX-License-Identifier: Apache-2.0
//
// All keyed meters (docs/datapath.md 5, 6): four memories with seven tables, and one meter for all of them. The tables of
// the three tiers look at slots in three stages (T1, T2, T3) and have phases of their own, 0 to 3 clocks late, so that
// their updates come one a clock. No stall; seven look-ups a slot; loop of each table 8 clocks, see weir_table.
//
//   phase             0        1         2       3      4        5           6         7
//   meter, clock 0    address  port      pair    -      prefix   udp_source  remote    class
//   candidate_o       remote   class     address port   pair     -           prefix    udp_source
//   of the slot in    T2       T3        D       D      T2                   D         D
//
// Phase 3 is free for maintenance of the configurations and of their peaks (19), which are read in clock 0 of the meter. wdata_i is 0
// but during a write.
`default_nettype none
`include "weir_assert.svh"

module weir_keyed_meters
  import weir_pkg::*;
  import weir_lists_pkg::*;
  import weir_slot_pkg::*;
(
  input  wire                         clk,
  input  wire                         rst,
  input  wire  [2:0]                  phase_i,

  // --- The slots in T1, T2, T3 and D (0 to 3), constant from phase 0 to 7.
  input  wire command_t [3:0]         command_i,
  input  wire arrival_t [3:0]         arrival_i,
  // Of each table, for the slot that its tier looks at.
  input  wire  [NumTables-1:0]        valid_i,
  input  wire hash_t [NumTables-1:0]  key_i,
  input  wire  [2:0]                  tclass_i,  // in T2
  input  wire  [1:0]                  sub_i,     // in T3: sub-kind of port
  // [tier - 1]: the slot in it was really dropped before; from phase 4 (tier 2: 5) on.
  input  wire  [2:0]                  used_i,
  input  wire  [MaintDataBits-1:0]    wdata_i,

  // --- One result a clock, see above; trip and end with it.
  output candidate_t                  candidate_o,
  output logic                        trip_o,
  output logic                        end_o,

  // --- Maintenance read: the answer, in part at once, until read_clear_i; 0 from there to the next read. read_clear_i is not in a clock in
  // which a read is under way.
  input  wire                         read_clear_i,
  output logic [MaintDataBits-1:0]    rdata_o,

  // --- Statistics: counts since reset, wrapping; entries that are not free.
  output logic [NumTables-1:0][31:0]  evictions_o,
  output logic [NumTables-1:0][31:0]  full_o,
  output logic [NumTables-1:0][15:0]  used_entries_o
);
  `WEIR_ELAB(tables, NumTables == 7, "the schedule knows seven tables")

  localparam int unsigned Memories  = 4;
  localparam int unsigned EntryBits = 160;
  localparam int unsigned PlainBits = 108;
  localparam int unsigned UsedBits  = 11;
  // Of each memory: its first table, look-ups, clocks late, tier, entry, sizes, where a sweep finds its second table.
  localparam int unsigned First[Memories]   = '{TableRemote, TableClass, TableAddress, TablePort};
  localparam int unsigned Lookups[Memories] = '{2, 1, 2, 2};
  localparam int unsigned Late[Memories]    = '{0, 1, 2, 3};
  localparam int unsigned Tier[Memories]    = '{0, 1, 2, 2};
  localparam int unsigned Bits[Memories]    = '{PlainBits, PlainBits, EntryBits, PlainBits};
  localparam int unsigned SetsA[Memories]   = '{TableRemoteSetsLog2, TableClassSetsLog2, TableAddressSetsLog2,
                                                TablePortSetsLog2};
  localparam int unsigned SetsB[Memories]   = '{TablePairSetsLog2, TableClassSetsLog2, TablePrefixSetsLog2,
                                                TableUdpSourceSetsLog2};
  localparam int unsigned SweepB[Memories]  = '{0, 0, 4 << TableAddressSetsLog2, 4 << TablePortSetsLog2};
  localparam logic [NumTables-1:0][7:0] Timeout = {
    TableUdpSourceTimeout, TablePortTimeout, TablePrefixTimeout, TableAddressTimeout, TableClassTimeout,
    TablePairTimeout, TableRemoteTimeout};

  typedef struct packed {
    logic [23:0]           bcount;
    logic [27:0]           btat;
    logic [2:0]            cfg;
    logic [7:0]            quiet;
    logic                  tripped;
    logic [17:0]           count;
    logic [WindowBits-1:0] window;
    logic [27:0]           tat;
    logic [TagBits-1:0]    tag;
  } entry_t;

  // --- Settings of the tables: written at the end of phase 7 of their tier's slot; the clearing slots set them, too --
  typedef struct packed {
    logic       full_effect;
    logic       full_dry_run;
    logic       fail_closed;
    logic [7:0] timeout;
  } setting_t;

  setting_t [NumTables-1:0]      setting_q;
  logic [NumTables-1:0][7:0]     timeout;
  logic [NumTables-1:0]          setting_here;
  setting_t                      setting_read;

  always_comb begin
    setting_read = '0;
    for (int k = 0; k < NumTables; k++) begin
      command_t c;
      c = command_i[k < TableClass ? 0 : k < TableAddress ? 1 : 2];
      timeout[k]      = setting_q[k].timeout;
      setting_here[k] = phase_i == 3'd7 && c.active && (c.clear || c.target == TargetTableCfg) && c.index == 11'(k);
      if (setting_here[k] && c.op == MaintRead) setting_read |= setting_q[k];
    end
  end
  always_ff @(posedge clk) begin
    for (int k = 0; k < NumTables; k++) begin
      command_t c;
      c = command_i[k < TableClass ? 0 : k < TableAddress ? 1 : 2];
      // wdata_i is 0 while clearing.
      if (setting_here[k] && (c.clear || c.op == MaintWrite))
        setting_q[k] <= wdata_i[10:0] | {3'd0, Timeout[k] & {8{c.clear}}};
    end
  end

  // --- Tables -----------------------------------------------------------------------------------------------------
  logic   [Memories-1:0] update;
  logic   [Memories-1:0] raw;
  logic   [Memories-1:0] is_new;
  logic   [Memories-1:0] is_fresh;
  logic   [Memories-1:0] is_sweep;
  logic   [Memories-1:0] read;
  logic   [Memories-1:0] full;
  logic   [Memories-1:0] evict;
  logic   [Memories-1:0] grow;
  logic   [Memories-1:0] shrink;
  logic   [Memories-1:0][WindowBits-1:0] age;
  entry_t [Memories-1:0] entry;
  logic   [Memories-1:0][TagBits-1:0] tags;
  logic   [EntryBits-1:0] data;

  for (genvar m = 0; m < Memories; m++) begin : g_memory
    logic [Bits[m]-1:0] view_bits;
    logic [Bits[m]-1:0] entry_bits;
    entry_t             view;
    logic [2:0]         phase;
    always_comb begin
      view     = entry_t'({EntryBits'(0), view_bits});
      entry[m] = entry_t'({EntryBits'(0), entry_bits});
      phase    = phase_i - 3'(Late[m]);
    end

    weir_table #(
      .EntryBits(Bits[m]), .ScoreBits(18), .Lookups(Lookups[m]), .SetsLog2A(SetsA[m]), .SetsLog2B(SetsB[m]),
      .TargetA(32'(TargetTable0) + First[m]), .TargetB(32'(TargetTable0) + First[m] + 1), .SweepBaseB(SweepB[m])
    ) u_table (
      .clk,
      .rst,
      .phase_i      (phase),
      .valid_i      (valid_i[First[m]+:Lookups[m]]),
      .key_i        (key_i[First[m]+:Lookups[m]]),
      .window_i     (arrival_i[Tier[m]].window),
      .insert_i     (!used_i[Tier[m]]),
      .timeout_i    (timeout[First[m]+:Lookups[m]]),
      .command_i    (command_i[Tier[m]]),
      .view_entry_o (view_bits),
      .view_window_i(view.window),
      .view_timeout_i('0),
      .view_pinned_i(view.cfg != '0),
      .view_locked_i(view.tripped),
      .view_score_i (view.count),
      .update_o     (update[m]),
      .raw_o        (raw[m]),
      .new_o        (is_new[m]),
      .fresh_o      (is_fresh[m]),
      .sweep_o      (is_sweep[m]),
      .age_o        (age[m]),
      .entry_o      (entry_bits),
      .read_o       (read[m]),
      .full_o       (full[m]),
      .miss_o       (),
      .no_room_o    (),
      .evict_o      (evict[m]),
      .grow_o       (grow[m]),
      .shrink_o     (shrink[m]),
      .wdata_held_i (wdata_i[TagBits-1:0] != '0),
      .data_i       (data[Bits[m]-1:0]),
      .tag_o        (tags[m])
    );
  end

  // --- Clock 0 of the meter: whose turn, its configuration --------------------------------------------------------
  logic [2:0]            who;       // table
  logic [1:0]            memory;
  logic [1:0]            stage;     // where its slot is now, as in arrival_i
  entry_t                mine;
  logic [WindowBits-1:0] my_age;
  logic                  my_fresh;
  logic                  my_sweep;
  logic                  my_used;
  logic                  no_turn;   // of any table: the meter counts nothing, and gives 0
  logic                  pair_used_q;   // of the slot in T2, for tier 1
  logic                  tier3_used_q;  // of the slot in D, for tier 3
  logic [1:0]            sub_q;
  meter_state_t          state;
  logic [3:0][2:0]       override;
  meter_cfg_t            cfg;
  logic                  cfg_kept;

  always_ff @(posedge clk) begin
    if (phase_i == 3'd7) begin
      pair_used_q  <= used_i[0];
      tier3_used_q <= used_i[2];
      sub_q        <= sub_i;
    end
  end

  always_comb begin
    case (phase_i)
      3'd6:    {who, memory, stage, my_used} = {3'(TableRemote),    2'd0, 2'd0, used_i[0]};
      3'd2:    {who, memory, stage, my_used} = {3'(TablePair),      2'd0, 2'd1, pair_used_q};
      3'd7:    {who, memory, stage, my_used} = {3'(TableClass),     2'd1, 2'd1, used_i[1]};
      3'd0:    {who, memory, stage, my_used} = {3'(TableAddress),   2'd2, 2'd3, tier3_used_q};
      3'd4:    {who, memory, stage, my_used} = {3'(TablePrefix),    2'd2, 2'd3, tier3_used_q};
      3'd1:    {who, memory, stage, my_used} = {3'(TablePort),      2'd3, 2'd3, tier3_used_q};
      default: {who, memory, stage, my_used} = {3'(TableUdpSource), 2'd3, 2'd3, tier3_used_q};
    endcase
    no_turn  = phase_i == 3'd3;
    mine     = entry[memory];
    my_age   = age[memory];
    my_fresh = is_fresh[memory];
    my_sweep = is_sweep[memory];
    // Only address and prefix have bytes; the meter sees none of the others'.
    state    = '{tat: mine.tat, count: mine.count, tripped: mine.tripped, quiet: mine.quiet,
                 btat: entry[2].btat, bcount: entry[2].bcount};
    for (int m = 0; m < Memories; m++) override[m] = is_new[m] ? '0 : entry[m].cfg;
  end

  // A configuration changes after the last slot before has used it, and before the next one does: in the stage behind
  // the tier's own, in phase 3. Chosen a clock before, so that the choice is not in the way of a look-up.
  command_t   cfg_command;
  logic       cfg_here;
  logic       cfg_peak;    // it is about peaks
  command_t   cfg_command_q;
  logic       cfg_here_q;
  logic       peak_here_q;
  logic       cfg_access;
  function automatic logic of_cfg(command_t c);
    return c.active && (c.target == TargetMeterCfg || c.target == TargetPeak);
  endfunction
  always_comb begin
    cfg_command = command_i[3];
    cfg_here    = cfg_command.index[6:4] > 3'(TableClass);
    if (of_cfg(command_i[1]) && command_i[1].index[10:4] < 7'(TableClass)) begin
      cfg_command = command_i[1];
      cfg_here    = 1'b1;
    end
    if (of_cfg(command_i[2]) && command_i[2].index[10:4] == 7'(TableClass)) begin
      cfg_command = command_i[2];
      cfg_here    = 1'b1;
    end
    if (!of_cfg(cfg_command) || cfg_command.index[10:7] != '0) cfg_here = 1'b0;
    cfg_peak   = cfg_command.target == TargetPeak;
    cfg_access = phase_i == 3'd3 && cfg_here_q;
  end
  always_ff @(posedge clk) begin
    cfg_command_q <= cfg_command;
    cfg_here_q    <= (cfg_here && !cfg_peak) || cfg_command.clear;
    peak_here_q   <= (cfg_here && cfg_peak) || cfg_command.clear;
  end

  weir_meter_cfg u_cfg (
    .clk,
    .table_i     (who),
    .override_i  (override),
    .class_kind_i(tclass_i),
    .port_kind_i (sub_q),
    .cfg_o       (cfg),
    .access_i    (cfg_access),
    .clear_i     (cfg_command_q.clear),
    .write_i     (cfg_command_q.op == MaintWrite),
    .index_i     (cfg_command_q.index[6:0]),
    .wdata_i,
    .kept_o      (cfg_kept)
  );

  // --- Clock 1: new entry, result ---------------------------------------------------------------------------------
  meter_state_t          next;
  logic                  trip;
  logic                  ends;
  logic                  result;
  logic                  effect;
  logic                  dry_run;
  logic                  unit;
  logic [23:0]           threshold;
  logic [23:0]           measured;
  logic [TagBits-1:0]    tag;

  weir_meter #(.HasBytes(1'b1)) u_meter (
    .clk,
    .state_i      (state),
    .fresh_i      (my_fresh || no_turn),
    .byte_fresh_i (my_fresh || memory != 2'd2),  // no_turn's is not 2
    .age_i        (my_age),
    .arrival_i    (arrival_i[stage]),
    .cfg_i        (cfg),
    .used_i       (my_used || my_sweep),
    .idle_i       (my_sweep || no_turn),
    .state_o      (next),
    .trip_o       (trip),
    .end_o        (ends),
    .result_o     (result),
    .effect_o     (effect),
    .dry_run_o    (dry_run),
    .unit_o       (unit),
    .threshold_o  (threshold),
    .measured_o   (measured)
  );

  logic                  metered_q = 1'b0;  // by a frame
  logic                  full_q    = 1'b0;
  logic                  raw_q;
  logic [2:0]            who_q;
  logic [2:0]            override_q;
  logic [WindowBits-1:0] window_q;

  always_ff @(posedge clk) begin
    metered_q  <= update != '0 && !my_sweep;
    full_q     <= full != '0;
    raw_q      <= raw != '0;
    who_q      <= who;
    override_q <= override[memory];
    window_q   <= arrival_i[stage].window;
    if (rst) begin
      metered_q <= 1'b0;
      full_q    <= 1'b0;
    end
  end

  always_comb begin
    tag  = tags[0] | tags[1] | tags[2] | tags[3];
    data = raw_q ? wdata_i[EntryBits-1:0]
                 : {next.bcount, next.btat, override_q, next.quiet, next.tripped, next.count, window_q, next.tat, tag};
  end

  // --- Clocks 0 to 2: peaks of the configurations -------------------------------------------------------------------
  logic [2:0]  kind;
  logic [6:0]  peak_index;
  logic [35:0] peak_rdata;
  logic        byte_count_q;

  always_comb begin
    kind       = phase_i == 3'd7 ? tclass_i : phase_i == 3'd1 ? {1'b0, sub_q} : '0;
    peak_index = {who, override[memory] != '0, override[memory] != '0 ? override[memory] : kind};
    if (phase_i == 3'd3) peak_index = cfg_command_q.index[6:0];
  end
  always_ff @(posedge clk) byte_count_q <= memory == 2'd2;

  // Their maintenance follows phase 3, in which the meter gives 0.
  weir_peaks #(.Depth(128), .Strobed(1'b1)) u_peaks (
    .clk,
    .rst,
    .index_i      (peak_index),
    .update_i     (metered_q),
    .packets_i    (next.count),
    .bytes_valid_i(byte_count_q),
    .bytes_i      (next.bcount[23:6]),
    .access_i     (phase_i == 3'd4 && peak_here_q),
    .read_i       (cfg_command_q.op == MaintRead),
    .wdata_i      (wdata_i[35:0]),
    .forget_i     (phase_i == 3'd5),
    .read_clear_i,
    .rdata_o      (peak_rdata)
  );

  // --- The result -------------------------------------------------------------------------------------------------
  candidate_t candidate_q = '0;
  logic       trip_q = 1'b0;
  logic       end_q  = 1'b0;
  setting_t   setting;

  always_comb setting = setting_q[who_q];
  always_ff @(posedge clk) begin
    candidate_q.valid     <= full_q ? setting.fail_closed : metered_q && result;
    candidate_q.effect    <= full_q ? setting.full_effect : effect;
    candidate_q.dry_run   <= full_q ? setting.full_dry_run : dry_run;
    candidate_q.reason    <= (full_q ? ReasonFull0 : ReasonMeter0) | 8'(who_q);
    candidate_q.tag       <= tag;
    // With masks, not with a reset: all flip-flops of a tile must have the same one (docs/fpga.md).
    candidate_q.unit      <= unit && !full_q;
    candidate_q.threshold <= threshold & {24{!full_q}};
    candidate_q.measured  <= measured & {24{!full_q}};
    trip_q                <= metered_q && trip;
    end_q                 <= metered_q && ends;
    if (rst) begin
      candidate_q.valid <= 1'b0;
      trip_q            <= 1'b0;
      end_q             <= 1'b0;
    end
  end
  always_comb begin
    candidate_o = candidate_q;
    trip_o      = trip_q;
    end_o       = end_q;
  end

  // --- Statistics -------------------------------------------------------------------------------------------------
  logic [NumTables-1:0][UsedBits-1:0] used_q = '0;
  logic [NumTables-1:0][31:0]         evictions_q = '0;
  logic [NumTables-1:0][31:0]         fulls_q = '0;
  // A clock behind their table's turn: the tables lie far apart.
  logic                               up_q = 1'b0;
  logic                               down_q = 1'b0;
  logic                               evict_q = 1'b0;

  always_comb begin
    for (int k = 0; k < NumTables; k++) used_entries_o[k] = 16'(used_q[k]);
    evictions_o = evictions_q;
    full_o      = fulls_q;
  end

  always_ff @(posedge clk) begin
    up_q    <= grow != '0;
    down_q  <= shrink != '0;
    evict_q <= evict != '0;
    for (int k = 0; k < NumTables; k++) begin
      if (who_q == 3'(k)) begin
        if (up_q || down_q) used_q[k] <= used_q[k] + {{UsedBits - 1{down_q}}, 1'b1};
        if (evict_q) evictions_q[k] <= evictions_q[k] + 1'b1;
        if (full_q) fulls_q[k] <= fulls_q[k] + 1'b1;
      end
    end
    if (rst) begin
      up_q    <= 1'b0;
      down_q  <= 1'b0;
      evict_q <= 1'b0;
      used_q      <= '0;
      evictions_q <= '0;
      fulls_q     <= '0;
    end
  end

  // --- Maintenance reads ------------------------------------------------------------------------------------------
  logic                   read_q;
  logic [EntryBits-1:TagBits] read_entry_q;
  logic [TagBits-1:0]     read_tag_q;
  meter_cfg_t             read_cfg_q;
  setting_t               read_setting_q;
  logic                   read_cfg;
  logic                   read_cfg_bytes;

  always_comb begin
    read_cfg       = cfg_access && cfg_command_q.op == MaintRead && cfg_kept;
    read_cfg_bytes = read_cfg && (cfg_command_q.index[6:4] == 3'(TableAddress) || cfg_command_q.index[6:4] == 3'(TablePrefix));
  end

  always_ff @(posedge clk) begin
    read_q         <= read != '0;
    read_setting_q <= setting_read;  // in its clock, otherwise 0
    if (read != '0)
      read_entry_q[PlainBits-1:TagBits] <= {mine.cfg, mine.quiet, mine.tripped, mine.count, arrival_i[stage].window - my_age, mine.tat};
    // Only one memory has bytes.
    if (read[2]) read_entry_q[EntryBits-1:PlainBits] <= {entry[2].bcount, entry[2].btat};
    if (read_q) read_tag_q <= tag;
    if (read_cfg) begin
      read_cfg_q.hold          <= cfg.hold;
      read_cfg_q.dry_run       <= cfg.dry_run;
      read_cfg_q.effect        <= cfg.effect;
      read_cfg_q.action        <= cfg.action;
      read_cfg_q.pkt_cost      <= cfg.pkt_cost;
      read_cfg_q.pkt_tau       <= cfg.pkt_tau;
      read_cfg_q.pkt_threshold <= cfg.pkt_threshold;
    end
    if (read_cfg_bytes) begin
      read_cfg_q.byte_cost      <= cfg.byte_cost;
      read_cfg_q.byte_tau       <= cfg.byte_tau;
      read_cfg_q.byte_threshold <= cfg.byte_threshold;
    end
    if (read_clear_i) begin
      read_entry_q <= '0;
      read_tag_q   <= '0;
      read_cfg_q   <= '0;
    end
  end
  always_comb rdata_o = MaintDataBits'({read_entry_q, read_tag_q}) | words_of_cfg(read_cfg_q) |
                        MaintDataBits'(read_setting_q) | MaintDataBits'(peak_rdata);
endmodule

`default_nettype wire

// SPDX-License-Identifier: Apache-2.0
//
// One or two keyed meters that share a memory (docs/datapath.md 5.3, 6): table, meter, their configuration in distributed
// RAM, time-outs and what happens when full. One or two look-ups a slot, no stall; timing of weir_table.
//
// The result of a slot's first look-up stands at candidate_o, trip_o, end_o in phases 0 to 3 of the next slot, that of the
// second one in phases 4 to 7. Maintenance writes take effect at the end of phase 7 of their slot (entries of
// the second table 4 clocks later, on that table's clocks).
`default_nettype none

module weir_meter_table
  import weir_pkg::*;
  import weir_lists_pkg::*;
  import weir_slot_pkg::*;
#(
  parameter int unsigned Table      = 0,    // number of the first table; the second one is the next number
  parameter int unsigned Lookups    = 1,    // 1 or 2
  parameter bit          HasBytes   = 1'b0,
  parameter int unsigned SetsLog2A  = 7,
  parameter int unsigned SetsLog2B  = 7,
  parameter int unsigned SweepBaseB = 0,    // see weir_table
  parameter logic [Lookups-1:0][7:0] Timeout = '1,  // after reset
  localparam int unsigned UsedBits  = SetsLog2A + 3
) (
  input  wire                              clk,
  input  wire                              rst,
  input  wire  [2:0]                       phase_i,

  // --- The slot, constant from phase 0 to 7. used_i (really dropped before this tier) counts in phase 5. kind_i: number of
  // the configuration that a key without override uses.
  input  wire  [Lookups-1:0]               valid_i,
  input  wire hash_t [Lookups-1:0]         key_i,
  input  wire  [Lookups-1:0][2:0]          kind_i,
  input  wire arrival_t                    arrival_i,
  input  wire                              used_i,
  input  wire command_t                    command_i,
  input  wire  [MaintDataBits-1:0]         wdata_i,

  output candidate_t                       candidate_o,
  output logic                             trip_o,
  output logic                             end_o,

  // --- Maintenance read: rdata_o is 0 but for one clock per read.
  output logic                             rvalid_o,
  output logic [MaintDataBits-1:0]         rdata_o,

  // --- Statistics, see weir_table.
  output logic [Lookups-1:0]               evict_o,
  output logic [Lookups-1:0]               full_o,
  output logic [Lookups-1:0][UsedBits-1:0] used_o
);
  localparam int unsigned EntryBits = HasBytes ? 160 : 108;
  localparam int unsigned Configs   = 16 * Lookups;
  localparam int unsigned CfgAddr   = $clog2(Configs);
  // Without bytes the low fields of meter_cfg_t are not kept.
  localparam int unsigned CfgLow    = HasBytes ? 0 : 72;
  localparam int unsigned CfgBits   = $bits(meter_cfg_t) - CfgLow;

  typedef struct packed {
    logic [2:0]            cfg;
    logic [7:0]            quiet;
    logic                  tripped;
    logic [17:0]           count;
    logic [WindowBits-1:0] window;
    logic [27:0]           tat;
    logic [TagBits-1:0]    tag;
  } entry_t;

  // --- Settings of the tables -------------------------------------------------------------------------------------
  typedef struct packed {
    logic       full_effect;
    logic       full_dry_run;
    logic       fail_closed;
    logic [7:0] timeout;
  } setting_t;

  setting_t [Lookups-1:0] setting_q;
  logic [Lookups-1:0][7:0] timeout;
  logic [Lookups-1:0] setting_here;

  always_comb begin
    for (int l = 0; l < Lookups; l++) begin
      timeout[l]      = setting_q[l].timeout;
      setting_here[l] = command_i.active && !command_i.clear && command_i.target == TargetTableCfg &&
                        command_i.index == 11'(Table + 32'(l));
    end
  end

  always_ff @(posedge clk) begin
    for (int l = 0; l < Lookups; l++) begin
      if (phase_i == 3'd7 && setting_here[l] && command_i.op == MaintWrite) setting_q[l] <= wdata_i[10:0];
      if (rst) setting_q[l] <= '{full_effect: 1'b0, full_dry_run: 1'b0, fail_closed: 1'b0, timeout: Timeout[l]};
    end
  end

  // --- Table ------------------------------------------------------------------------------------------------------
  logic [EntryBits-1:0]  view_bits;
  entry_t                view;
  logic                  update;
  logic                  lookup;
  logic                  is_new;
  logic                  is_fresh;
  logic                  is_sweep;
  logic [WindowBits-1:0] age;
  logic [EntryBits-1:0]  bits;
  logic                  full;
  logic [EntryBits-1:TagBits] next_bits;
  logic                  read;

  always_comb view = entry_t'(view_bits[107:0]);

  weir_table #(
    .EntryBits(EntryBits), .ScoreBits(18), .Lookups(Lookups), .SetsLog2A(SetsLog2A), .SetsLog2B(SetsLog2B),
    .TargetA(32'(TargetTable0) + Table), .TargetB(32'(TargetTable0) + Table + 1), .SweepBaseB(SweepBaseB)
  ) u_table (
    .clk,
    .rst,
    .phase_i,
    .valid_i,
    .key_i,
    .window_i       (arrival_i.window),
    .insert_i       (!used_i),
    .timeout_i      (timeout),
    .command_i,
    .wdata_i        (wdata_i[EntryBits-1:0]),
    .view_entry_o   (view_bits),
    .view_window_i  (view.window),
    .view_pinned_i  (view.cfg != '0),
    .view_locked_i  (view.tripped),
    .view_score_i   (view.count),
    .update_o       (update),
    .update_lookup_o(lookup),
    .update_new_o   (is_new),
    .update_fresh_o (is_fresh),
    .update_sweep_o (is_sweep),
    .update_age_o   (age),
    .update_entry_o (bits),
    .full_o         (full),
    .update_data_i  (next_bits),
    .read_o         (read),
    .evict_o,
    .count_full_o   (full_o),
    .used_o
  );

  // --- Clock 6: configuration, first clock of the meter -----------------------------------------------------------
  arrival_t                arrival_q;
  logic                    used_q;
  hash_t [Lookups-1:0]     key_q;
  logic [Lookups-1:0][2:0] kind_q;
  entry_t                  entry;
  logic [2:0]              override;
  meter_state_t            state;
  logic                    cfg_here;
  logic                    cfg_wr;
  logic [CfgAddr-1:0]      cfg_addr;
  logic [CfgAddr-1:0]      cfg_index;
  logic [CfgBits-1:0]      cfg_rdata;
  meter_cfg_t              cfg_wdata;
  meter_cfg_t              cfg;

  // The second look-up's clocks reach into the next slot.
  always_ff @(posedge clk) begin
    if (phase_i == 3'd5) begin
      arrival_q <= arrival_i;
      used_q    <= used_i;
      key_q     <= key_i;
      kind_q    <= kind_i;
    end
  end

  always_comb begin
    entry    = entry_t'(bits[107:0]);
    override = is_new ? '0 : entry.cfg;

    cfg_here  = 1'b0;
    for (int l = 0; l < Lookups; l++)
      if (command_i.active && command_i.target == TargetMeterCfg && command_i.index[10:4] == 7'(Table + 32'(l)))
        cfg_here = 1'b1;
    cfg_index = CfgAddr'(command_i.index - 11'(16 * Table));
    if (command_i.clear) cfg_index = CfgAddr'(command_i.index);
    cfg_wr    = phase_i == 3'd7 && ((cfg_here && command_i.op == MaintWrite && !command_i.clear) ||
                                    (command_i.active && command_i.clear));
    cfg_wdata = command_i.clear ? '0 : cfg_of_words(wdata_i);
    cfg_addr  = CfgAddr'({lookup, override != '0, override != '0 ? override : kind_q[lookup]});
    // No look-up has clock 6 in phase 6 of a maintenance slot.
    if (command_i.active && phase_i == 3'd6) cfg_addr = cfg_index;
  end

  weir_ram_sdp #(
    .Width(CfgBits), .Depth(Configs), .Style("distributed"), .AsyncRead(1'b1)
  ) u_cfg (
    .clk,
    .wr_en_i  (cfg_wr),
    .wr_addr_i(cfg_index),
    .wr_data_i(cfg_wdata[$bits(meter_cfg_t)-1:CfgLow]),
    .rd_en_i  (1'b1),
    .rd_addr_i(cfg_addr),
    .rd_data_o(cfg_rdata)
  );

  always_comb begin
    cfg = '0;
    cfg[$bits(meter_cfg_t)-1:CfgLow] = cfg_rdata;
    state = '{tat: entry.tat, count: entry.count, tripped: entry.tripped, quiet: entry.quiet, default: '0};
  end
  meter_state_t state_in;
  meter_state_t state_out;
  if (HasBytes) begin : g_bytes
    always_comb begin
      state_in        = state;
      state_in.btat   = bits[135:108];
      state_in.bcount = bits[159:136];
      next_bits[159:108] = {state_out.bcount, state_out.btat};
    end
  end else begin : g_no_bytes
    always_comb state_in = state;
  end

  // --- Clock 7: new entry, result ---------------------------------------------------------------------------------
  logic        trip;
  logic        ends;
  logic        result;
  logic        effect;
  logic        dry_run;
  logic        unit;
  logic [23:0] threshold;
  logic [23:0] measured;

  weir_meter #(.HasBytes(HasBytes)) u_meter (
    .clk,
    .state_i    (state_in),
    .fresh_i    (is_fresh),
    .age_i      (age),
    .arrival_i  (arrival_q),
    .cfg_i      (cfg),
    .used_i     (used_q || is_sweep),
    .idle_i     (is_sweep),
    .state_o    (state_out),
    .trip_o     (trip),
    .end_o      (ends),
    .result_o   (result),
    .effect_o   (effect),
    .dry_run_o  (dry_run),
    .unit_o     (unit),
    .threshold_o(threshold),
    .measured_o (measured)
  );

  logic       update_q = 1'b0;
  logic       full_q = 1'b0;
  logic       lookup_q;
  logic [2:0] override_q;

  always_ff @(posedge clk) begin
    update_q   <= update && !is_sweep;
    full_q     <= full;
    lookup_q   <= lookup;
    override_q <= override;
  end

  always_comb next_bits[107:TagBits] = {override_q, state_out.quiet, state_out.tripped, state_out.count,
                                        arrival_q.window, state_out.tat};

  setting_t   setting;
  candidate_t candidate;
  candidate_t candidate_q = '0;
  logic       trip_q = 1'b0;
  logic       end_q  = 1'b0;

  always_comb begin
    setting = setting_q[lookup_q];
    candidate.valid     = full_q ? setting.fail_closed : update_q && result;
    candidate.effect    = full_q ? setting.full_effect : effect;
    candidate.dry_run   = full_q ? setting.full_dry_run : dry_run;
    candidate.reason    = (full_q ? ReasonFull0 : ReasonMeter0) + 8'(Table) + 8'(lookup_q);
    candidate.tag       = key_q[lookup_q].tag;
    candidate.unit      = !full_q && unit;
    candidate.threshold = full_q ? '0 : threshold;
    candidate.measured  = full_q ? '0 : measured;
  end

  always_ff @(posedge clk) begin
    if (phase_i[1:0] == 2'd3) begin
      candidate_q <= candidate;
      trip_q      <= update_q && trip;
      end_q       <= update_q && ends;
    end
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

  // --- Maintenance reads ------------------------------------------------------------------------------------------
  always_comb begin
    rvalid_o = read;
    rdata_o  = '0;
    if (read) rdata_o[EntryBits-1:0] = bits;
    if (phase_i == 3'd6 && command_i.op == MaintRead) begin
      if (cfg_here) begin
        rvalid_o = 1'b1;
        rdata_o  = words_of_cfg(cfg);
      end
      for (int l = 0; l < Lookups; l++) begin
        if (setting_here[l]) begin
          rvalid_o = 1'b1;
          rdata_o  = MaintDataBits'(setting_q[l]);
        end
      end
    end
  end
endmodule

`default_nettype wire

// SPDX-License-Identifier: Apache-2.0
//
// Class meters and protocol meters (docs/datapath.md 5.4): 512 entries found by number, eight look-ups a slot, one a
// clock: group g at clock g. Loop of 5 clocks: read in clock g, seen in g + 2, meter in g + 3 and g + 4, written in g + 4.
// An entry belongs to one group, so the next look-up of the same entry is 8 clocks later: no hazard, no stall. Maintenance
// takes the clock of the entry's group, so it is in order too. The same goes for their peaks (19), read in clock g + 3 and
// written in g + 5; maintenance of these has a clock in the middle of its slot's, which no update of that slot uses.
//
// opinion_o, detail_o, trips_o, ends_o of a slot stand from phase 6 of the next slot to phase 5 of the one after.
// class_o names the classes looked up (not the protocols), one a clock, for the counters.
`default_nettype none
`include "weir_assert.svh"

module weir_class_bank
  import weir_pkg::*;
  import weir_lists_pkg::*;
  import weir_slot_pkg::*;
(
  input  wire                      clk,
  input  wire                      rst,
  input  wire  [2:0]               phase_i,

  // --- The slot, constant from phase 0 to 7; used_i (really dropped before, or exempt) counts in phase 2.
  input  wire                      valid_i,
  input  wire                      dir_i,
  input  wire classes_t            classes_i,
  input  wire                      proto_valid_i,
  input  wire  [7:0]               proto_i,
  input  wire arrival_t            arrival_i,
  input  wire                      used_i,
  input  wire command_t            command_i,
  input  wire  [MaintDataBits-1:0] wdata_i,  // 0 unless the last maintenance slot was a write

  output opinion_t                 opinion_o,
  output detail_t                  detail_o,
  output logic [7:0]               trips_o,
  output logic [7:0]               ends_o,

  // --- For the counters, in clock g: {direction, class}.
  output logic                     class_valid_o,
  output logic [5:0]               class_o,

  // --- Maintenance read: the answer, until read_clear_i; 0 from there to the next read. read_clear_i is not in a clock in which a read
  // is under way.
  input  wire                      read_clear_i,
  output logic [MaintDataBits-1:0] rdata_o
);
  localparam int unsigned Entries    = 512;
  localparam int unsigned AddrBits   = 9;
  localparam int unsigned StaleAge   = 255;
  localparam logic [2:0]  ProtoGroup = 3'd6;
  localparam int unsigned CfgParts   = 3;   // of 16 configurations each
  localparam logic [2:0]  PeakPhase  = 3'd5;  // of maintenance; clock g + 2 of group 3

  `WEIR_ELAB(classes, ClassHttpOther == 19 && NumClasses <= 24, "class numbers have moved")

  typedef struct packed {
    logic [17:0]           prev;
    logic [23:0]           bcount;
    logic [27:0]           btat;
    logic [2:0]            cfg;
    logic [7:0]            quiet;
    logic                  tripped;
    logic [17:0]           count;
    logic [WindowBits-1:0] window;
    logic [27:0]           tat;
  } entry_t;

  // Group of a class (classes.def); numbers without a meter are in any.
  function automatic logic [2:0] group_of(logic [4:0] c);
    if (c == 5'(ClassAll)) return 3'd0;
    if (c <= 5'(ClassMulticast)) return 3'd1;
    if (c <= 5'(ClassIpv6)) return 3'd2;
    if (c == 5'(ClassFrag)) return 3'd3;
    if (c == 5'(ClassIpOptions)) return 3'd4;
    if (c <= 5'(ClassOtherL4)) return 3'd5;
    return 3'd7;
  endfunction

  // Part of a configuration: by the group that looks for it, so that the phase tells the part. Parts 0 and 2 are joined, and so both have
  // a phase of part 1 before and behind theirs: the groups 0 to 3 (classes 0 to 7), 4, 6 and 7 (8, protocols, 17 to 19), 5
  // (9 to 16), 16 configurations each. Numbers of other classes have none.
  function automatic logic [CfgParts-1:0] cfg_part(logic [5:0] n);
    logic [2:0] eight;  // 0 to 5: of classes, by direction
    logic       middle;
    logic       upper;
    eight  = n[5:3];
    middle = eight == 3'd1 || eight == 3'd4;
    upper  = eight == 3'd2 || eight == 3'd5;
    cfg_part[0] = eight == 3'd0 || eight == 3'd3;
    cfg_part[1] = (middle && n[2:0] == '0) || (upper && !n[2] && n[1:0] != '0) || eight == 3'd6;
    cfg_part[2] = (middle && n[2:0] != '0) || (upper && n[2:0] == '0);
  endfunction

  // --- Clock g: which entry, if any -------------------------------------------------------------------------------
  typedef struct packed {
    logic                packet;
    logic                maint;
    logic [AddrBits-1:0] addr;
  } work_t;

  logic       found;
  logic [4:0] cls;
  logic [2:0] maint_group;
  work_t      work;

  always_comb begin
    found = 1'b0;
    cls   = '0;
    for (int c = ClassHttpOther; c >= 0; c--) begin
      if (classes_i[c] && group_of(5'(c)) == phase_i) begin
        found = 1'b1;
        cls   = 5'(c);
      end
    end

    maint_group = command_i.index[8] ? group_of(command_i.index[4:0]) : ProtoGroup;
    work.packet = valid_i && (phase_i == ProtoGroup ? proto_valid_i && !dir_i : found);
    work.maint  = command_i.active && command_i.index < 11'(Entries) && maint_group == phase_i &&
                  (command_i.op == MaintSweep || command_i.target == TargetClassBank);
    work.addr   = command_i.active ? command_i.index[AddrBits-1:0]
                                   : phase_i == ProtoGroup ? {1'b0, proto_i} : {3'b100, dir_i, cls};

    class_valid_o = work.packet && phase_i != ProtoGroup;
    class_o       = {dir_i, cls};
  end

  logic [$bits(entry_t)-1:0] entry_bits;
  logic                      wr_en;
  logic [AddrBits-1:0]       wr_addr;
  logic [$bits(entry_t)-1:0] wr_data;

  weir_ram_sdp #(
    .Width($bits(entry_t)), .Depth(Entries), .OutputReg(1'b1)
  ) u_ram (
    .clk,
    .wr_en_i  (wr_en),
    .wr_addr_i(wr_addr),
    .wr_data_i(wr_data),
    .rd_en_i  (1'b1),
    .rd_addr_i(work.addr),
    .rd_data_o(entry_bits)
  );

  // --- The slot's constants move on with its look-ups: set 2 for clocks g + 2, set 3 for g + 3, set 4 for g + 4.
  arrival_t arrival_q2;
  arrival_t arrival_q3;
  logic [WindowBits-1:0] window_q4;
  logic     used_q3;
  command_t command_q2;
  command_t command_q3;
  command_t command_q4;

  always_ff @(posedge clk) begin
    if (phase_i == 3'd1) begin
      arrival_q2 <= arrival_i;
      command_q2 <= command_i;
    end
    if (phase_i == 3'd2) begin
      arrival_q3 <= arrival_q2;
      command_q3 <= command_q2;
      used_q3    <= used_i;
    end
    if (phase_i == 3'd3) begin
      window_q4  <= arrival_q3.window;
      command_q4 <= command_q3;
    end
  end

  // --- Clock g + 2: age -------------------------------------------------------------------------------------------
  work_t                 work_q1 = '0;
  work_t                 work_q2 = '0;
  work_t                 work_q3 = '0;
  work_t                 work_q4 = '0;
  entry_t                entry;
  logic [WindowBits-1:0] age;

  always_comb begin
    entry = entry_t'(entry_bits);
    age   = arrival_q2.window - entry.window;
  end

  // --- Clock g + 2, too: configuration ----------------------------------------------------------------------------
  entry_t                entry_q3;
  logic [WindowBits-1:0] age_q3;
  logic                  stale_q3;
  meter_cfg_t            cfg;
  meter_state_t          state_in;
  meter_state_t          state_out;
  logic [17:0]           prev;
  logic [CfgParts-1:0]   cfg_here;
  logic [CfgParts-1:0]   cfg_turn;
  logic [CfgParts-1:0]   cfg_access;
  logic                  cfg_proto;
  logic                  cfg_dir;
  logic [3:0]            cfg_addr;    // of parts 0 and 2
  logic [3:0]            cfg_addr1;
  logic [5:0]            cfg_number;
  logic [5:0]            peak_index_q3;

  always_ff @(posedge clk) begin
    work_q1 <= work;
    work_q2 <= work_q1;
    work_q3 <= work_q2;
    work_q4 <= work_q3;

    entry_q3 <= entry;
    age_q3   <= age;
    // For maintenance of a peak the meter gives 0.
    stale_q3 <= age >= WindowBits'(StaleAge) ||
                (command_q2.active && (command_q2.expire || command_q2.clear || command_q2.target == TargetPeak));
    peak_index_q3 <= phase_i == PeakPhase && command_i.active ? command_i.index[5:0] : cfg_number;
    if (rst) begin
      {work_q1.packet, work_q1.maint} <= '0;
      {work_q2.packet, work_q2.maint} <= '0;
      {work_q3.packet, work_q3.maint} <= '0;
      {work_q4.packet, work_q4.maint} <= '0;
    end
  end

  always_comb begin
    // Written and read for maintenance in the last phase of each part in which the last slot's look-ups are done with it (its group 7 is
    // in clock g + 2 = phase 1) and this slot has none. The number has come like that of an entry.
    cfg_here   = cfg_part(command_i.index[5:0]);
    cfg_turn   = {phase_i == 3'd7, phase_i == 3'd6, phase_i == 3'd5} & {CfgParts{command_i.active}};
    cfg_access = cfg_turn & cfg_here & {CfgParts{command_i.target == TargetMeterCfg && command_i.index[10:6] == 5'd2}};
    cfg_number = work_q2.addr[AddrBits-1] ? 6'(work_q2.addr[4:0]) + (work_q2.addr[5] ? 6'd24 : 6'd0)
                                          : {3'b110, entry.cfg};

    // {direction, class modulo 8}; in part 1 {protocol, number} or {class, direction, class modulo 4}. Of a number of maintenance:
    // from 24 on the other direction, from 48 on protocols.
    cfg_proto = phase_i == 3'd0;
    cfg_dir   = work_q2.addr[5] || work_q2.addr[4:3] == '1;
    cfg_addr  = {cfg_dir, work_q2.addr[2:0]};
    if (cfg_proto) cfg_addr1 = {1'b1, entry.cfg};
    else if (!work_q2.addr[AddrBits-1] && work_q2.addr[5:4] == '1) cfg_addr1 = {1'b1, work_q2.addr[2:0]};
    else cfg_addr1 = {1'b0, cfg_dir, work_q2.addr[1:0]};

    state_in = '{tat: entry_q3.tat, count: entry_q3.count, tripped: entry_q3.tripped, quiet: entry_q3.quiet,
                 btat: entry_q3.btat, bcount: entry_q3.bcount};
    // With masks, not with a reset: all flip-flops of a tile must have the same one (docs/fpga.md).
    prev = (entry_q3.prev & {18{!stale_q3 && age_q3 == '0}}) | (entry_q3.count & {18{!stale_q3 && age_q3 == WindowBits'(1)}});
  end

  // Parts 0 and 2 are loaded only in their own phases, and 0 again before the other one's: one reset for both, and none for part 1.
  meter_cfg_t [CfgParts-1:0] cfg_word;
  meter_cfg_t [CfgParts-1:0] cfg_word_q;
  logic                      cfg_middle;   // the phase is part 1's
  logic                      cfg_middle_q;
  for (genvar p = 0; p < CfgParts; p++) begin : g_cfg
    weir_ram_sdp #(
      .Width($bits(meter_cfg_t)), .Depth(16), .Style("distributed"), .AsyncRead(1'b1)
    ) u_cfg (
      .clk,
      .wr_en_i  ((cfg_turn[p] && command_i.clear) || (cfg_access[p] && command_i.op == MaintWrite)),
      .wr_addr_i(p == 1 ? cfg_addr1 : cfg_addr),
      .wr_data_i(cfg_of_words(wdata_i)),
      .rd_en_i  (1'b1),
      .rd_addr_i(p == 1 ? cfg_addr1 : cfg_addr),
      .rd_data_o(cfg_word[p])
    );
  end
  always_comb cfg_middle = phase_i == 3'd6 || phase_i == 3'd0 || phase_i == 3'd1;
  always_ff @(posedge clk) begin
    cfg_middle_q  <= cfg_middle;
    cfg_word_q[1] <= cfg_word[1];
    if (cfg_middle) begin
      cfg_word_q[0] <= '0;
      cfg_word_q[2] <= '0;
    end else begin
      if (phase_i != 3'd7) cfg_word_q[0] <= cfg_word[0];
      if (phase_i == 3'd7) cfg_word_q[2] <= cfg_word[2];
    end
  end
  always_comb cfg = cfg_middle_q ? cfg_word_q[1] : cfg_word_q[0] | cfg_word_q[2];

  // --- Clock g + 3: first clock of the meter ----------------------------------------------------------------------
  // --- Clock g + 4: second clock, new entry, result -----------------------------------------------------------------------------
  logic        trip;
  logic        ends;
  logic        result;
  logic        effect;
  logic        dry_run;
  logic        unit;
  logic [23:0] threshold;
  logic [23:0] measured;

  weir_meter #(.HasBytes(1'b1)) u_meter (
    .clk,
    .state_i    (state_in),
    .fresh_i    (stale_q3),
    .byte_fresh_i(stale_q3),
    .age_i      (age_q3),
    .arrival_i  (arrival_q3),
    .cfg_i      (cfg),
    .used_i     (used_q3 || command_q3.active),
    .idle_i     (command_q3.active),
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

  logic        stale_q4;
  logic [2:0]  cfg_q4;
  logic [17:0] prev_q4;
  entry_t      next;
  candidate_t  candidate;

  always_ff @(posedge clk) begin
    stale_q4 <= stale_q3;
    cfg_q4   <= entry_q3.cfg;
    prev_q4  <= prev;
  end

  always_comb begin
    next = '{prev: prev_q4, bcount: state_out.bcount, btat: state_out.btat, cfg: cfg_q4, quiet: state_out.quiet,
             tripped: state_out.tripped, count: state_out.count, window: window_q4, tat: state_out.tat};

    // A sweep only makes old entries fresh.
    wr_en   = work_q4.packet ||
              (work_q4.maint && (command_q4.clear || command_q4.op == MaintWrite ||
                                 (command_q4.op == MaintSweep && stale_q4)));
    wr_addr = work_q4.addr;
    wr_data = next;
    if (work_q4.maint && (command_q4.clear || command_q4.op == MaintWrite)) wr_data = wdata_i[$bits(entry_t)-1:0];

    candidate.valid     = work_q4.packet && result;
    candidate.effect    = effect;
    candidate.dry_run   = dry_run;
    candidate.reason    = work_q4.addr[AddrBits-1] ? ReasonClass0 + 8'(work_q4.addr[4:0]) : ReasonMeterProtocol;
    candidate.tag       = '0;
    candidate.unit      = unit;
    candidate.threshold = threshold;
    candidate.measured  = measured;
  end

  // --- Clocks g + 3 to g + 5: peaks of the configurations -----------------------------------------------------------
  logic [35:0] peak_rdata;

  // Of maintenance: in clock g + 4 of group 3, and what it wrote is forgotten in phase 0.
  weir_peaks #(.Depth(64), .Strobed(1'b1)) u_peaks (
    .clk,
    .rst,
    .index_i      (peak_index_q3),
    .update_i     (work_q4.packet),
    .packets_i    (state_out.count),
    .bytes_valid_i(1'b1),
    .bytes_i      (state_out.bcount[23:6]),
    .access_i     (phase_i == PeakPhase + 3'd2 && command_i.active &&
                   (command_i.clear || (command_i.target == TargetPeak && command_i.index[10:6] == 5'd2))),
    .read_i       (command_i.op == MaintRead),
    .wdata_i      (wdata_i[35:0]),
    .forget_i     (cfg_middle),
    .read_clear_i,
    .rdata_o      (peak_rdata)
  );

  // --- Clock g + 5: one opinion of all ----------------------------------------------------------------------------
  candidate_t candidate_q5 = '0;
  logic       trip_q5 = 1'b0;
  logic       end_q5  = 1'b0;
  opinion_t   sum_q = '0;
  opinion_t   sum;
  opinion_t   joined;
  detail_t    detail_q;
  logic [7:0] trips_q = '0;
  logic [7:0] ends_q  = '0;

  always_comb begin
    // Group 0 is here in phase 5.
    sum = sum_q;
    if (phase_i == 3'd5) {sum.strength, sum.dry} = {OpinionNone, 1'b0};
    joined = opinion_of(candidate_q5, PosGroup0 + 5'(3'(phase_i - 3'd5)));
  end

  always_ff @(posedge clk) begin
    candidate_q5 <= candidate;
    trip_q5      <= work_q4.packet && trip;
    end_q5       <= work_q4.packet && ends;
    sum_q        <= opinion_join(sum, joined);
    if (opinion_beats(joined, sum)) detail_q <= '{tag: '0, unit: candidate_q5.unit, threshold: candidate_q5.threshold,
                                                   measured: candidate_q5.measured};
    trips_q <= {trip_q5, trips_q[7:1]};
    ends_q  <= {end_q5, ends_q[7:1]};
    if (phase_i == 3'd5) begin
      opinion_o <= sum_q;
      detail_o  <= detail_q;
      trips_o   <= trips_q;
      ends_o    <= ends_q;
    end
    if (rst) begin
      candidate_q5.valid <= 1'b0;
      trip_q5            <= 1'b0;
      end_q5             <= 1'b0;
      {sum_q.strength, sum_q.dry}         <= {OpinionNone, 1'b0};
      {opinion_o.strength, opinion_o.dry} <= {OpinionNone, 1'b0};
    end
  end

  // --- Maintenance reads -----------------------------------------------------------------------------------------
  entry_t     read_entry_q;
  logic       read_cfg_q;
  meter_cfg_t read_cfg_q2;
  always_ff @(posedge clk) begin
    read_cfg_q <= cfg_access != '0 && command_i.op == MaintRead;
    if (read_clear_i) begin
      read_entry_q <= '0;
      read_cfg_q2  <= '0;
    end else begin
      if (work_q3.maint && command_q3.op == MaintRead) read_entry_q <= entry_q3;
      if (read_cfg_q) read_cfg_q2 <= cfg;
    end
  end
  always_comb rdata_o = MaintDataBits'(read_entry_q) | words_of_cfg(read_cfg_q2) | MaintDataBits'(peak_rdata);
endmodule

`default_nettype wire

// SPDX-License-Identifier: Apache-2.0
//
// The slot pipeline (docs/datapath.md 4 to 10): from the metadata of a frame to its verdict and its counters.
//
//   source ─ H hash, anomalies ─ R rules ─ S1, S2 state ─ T1 remote, pair ─ T2 class ─ T3 address, prefix, port, udp_source ─ D ─ C verdict ─ E counters
//                                                                       class bank
//
// Each stage has a slot for 8 clocks, phase 0 to 7, and hands it on at the end of phase 7; one frame per 8 clocks, no stall.
// The record comes 67 to 74 clocks after the metadata. A tier's meters end in the stage behind it, in time for the next
// tier (phases: weir_keyed_meters, weir_class_bank); opinions are joined as they come (weir_decide).
`default_nettype none
`include "weir_assert.svh"

module weir_judge
  import weir_pkg::*;
  import weir_lists_pkg::*;
  import weir_slot_pkg::*;
  import weir_rule_pkg::*;
  import weir_state_pkg::*;
(
  input  wire                        clk,
  input  wire                        rst,

  // --- Frames, in the order of their numbers: pulses, at least 8 clocks apart, only when ready_o. frame_taken_i: a frame left
  // the arbiter. now_i is not past the stamp of a frame that was taken and is not yet counted by frame_taken_i.
  input  wire                        meta_valid_i,
  input  wire meta_t                 meta_i,
  input  wire                        frame_taken_i,
  input  wire stamp_t                now_i,

  // --- Maintenance: maint_i is constant from valid to ready, its data until done; each ready is followed by one clock of done, in
  // order, with what a read found (rdata, until the next done) and the number of frames that entered before. Several sweep steps
  // may be on their way; an access waits until none is.
  input  wire                        maint_valid_i,
  input  wire maint_t                maint_i,
  output logic                       maint_ready_o,
  output logic                       maint_done_o,
  output logic [MaintDataBits-1:0]   maint_rdata_o,
  output seqno_t                     maint_seqno_o,

  // --- Static configuration: changes only while nothing runs.
  input  wire  [10:0][31:0]          hash_key_i,
  input  wire  [5:0]                 prefix_len4_i,
  input  wire  [7:0]                 prefix_len6_i,
  input  wire  [15:0]                link_consume_i,

  // --- One record per frame, in order.
  output logic                       record_valid_o,
  output record_t                    record_o,

  // --- Status. ready_o: all memories are cleared. idle_o: no slot under way, no frame waits.
  output logic                       ready_o,
  output logic                       idle_o,
  output logic                       bypass_o,
  output logic [NumTables-1:0][31:0] table_evictions_o,
  output logic [NumTables-1:0][31:0] table_full_o,
  output logic [NumTables-1:0][15:0] table_used_o,
  output logic [NumStates-1:0][31:0] state_evictions_o,
  output logic [NumStates-1:0][31:0] state_full_o,
  output logic [NumStates-1:0][15:0] state_used_o
);
  // The phase, for each part by itself (weir_phase).
  typedef enum int unsigned {
    OfSelf, OfSource, OfHash, OfAnomalies, OfRules, OfState, OfKeyed, OfBank, OfDecide, OfCounters, Parts
  } part_e;
  logic [Parts-1:0][2:0] phase;
  for (genvar i = 0; i < Parts; i++) begin : g_phase
    weir_phase u_phase (.clk, .rst, .phase_o(phase[i]));
  end

  logic       first;
  logic       last;   // the slots move on
  always_comb first = phase[OfSelf] == 3'd0;
  always_comb last  = phase[OfSelf] == 3'd7;

  // Phase 0 of the slot of maintenance that was just taken, and reset. Who answers reads clears its answer with it and then
  // holds what it was asked for: so all answers, and what is written, are cleared by one net, and are 0 unless asked.
  logic read_clear_q = 1'b1;

  // --- Source -----------------------------------------------------------------------------------------------------
  slot_head_t head;
  meta_t      meta;
  logic       waiting;
  logic [MaintDataBits-1:0] wdata;
  slot_head_t h_q = '0;
  slot_head_t r_q = '0;
  slot_head_t s1_q = '0;
  slot_head_t s2_q = '0;
  slot_head_t t1_q = '0;
  slot_head_t t2_q = '0;
  slot_head_t t3_q = '0;
  slot_head_t d_q = '0;
  slot_head_t c_q = '0;
  slot_head_t e_q = '0;  // in the counters, one clock behind the others

  weir_slot_source u_source (
    .clk,
    .rst,
    .phase_i       (phase[OfSource]),
    .meta_valid_i,
    .meta_i,
    .frame_taken_i,
    .now_i,
    .link_consume_i,
    .maint_valid_i,
    .maint_i,
    .maint_ready_o,
    .read_clear_i  (read_clear_q),
    .wdata_o       (wdata),
    .done_i        (first && e_q.kind == SlotMaint),
    .ready_o,
    .bypass_o,
    .slot_o        (head),
    .meta_o        (meta),
    .waiting_o     (waiting),
    .place_i       (d_q.place)
  );

  always_ff @(posedge clk) begin
    if (last) begin
      h_q  <= head;
      r_q  <= h_q;
      s1_q <= r_q;
      s2_q <= s1_q;
      t1_q <= s2_q;
      t2_q <= t1_q;
      t3_q <= t2_q;
      d_q  <= t3_q;
      c_q  <= d_q;
    end
    if (first) e_q <= c_q;
    // Only what makes a slot of it that does nothing: flip-flops with a reset are hard to place (docs/fpga.md). The rest is that of
    // slots from before until clearing slots have gone through all stages, long before the first frame.
    if (rst) begin
      {h_q.kind, h_q.command.active, h_q.command.clear}  <= '0;
      {r_q.kind, r_q.command.active, r_q.command.clear}  <= '0;
      {s1_q.kind, s1_q.command.active, s1_q.command.clear} <= '0;
      {s2_q.kind, s2_q.command.active, s2_q.command.clear} <= '0;
      {t1_q.kind, t1_q.command.active, t1_q.command.clear} <= '0;
      {t2_q.kind, t2_q.command.active, t2_q.command.clear} <= '0;
      {t3_q.kind, t3_q.command.active, t3_q.command.clear} <= '0;
      {d_q.kind, d_q.command.active, d_q.command.clear}  <= '0;
      {c_q.kind, c_q.command.active, c_q.command.clear}  <= '0;
      {e_q.kind, e_q.command.active, e_q.command.clear}  <= '0;
    end
  end

  always_comb begin
    idle_o = !waiting && h_q.kind == SlotIdle && r_q.kind == SlotIdle && s1_q.kind == SlotIdle && s2_q.kind == SlotIdle && t1_q.kind == SlotIdle && t2_q.kind == SlotIdle &&
             t3_q.kind == SlotIdle && d_q.kind == SlotIdle && c_q.kind == SlotIdle &&
             e_q.kind == SlotIdle;
  end

  // What rules say goes along: places of what follows R.
  localparam int unsigned InS1  = 0;
  localparam int unsigned InT2  = 3;
  localparam int unsigned InC   = 6;
  localparam int unsigned Ruled = InC + 1;
  rule_result_t [Ruled-1:0] rule_q;

  // --- What the tiers need of the metadata ------------------------------------------------------------------------
  typedef struct packed {
    logic       look_ip;    // look-ups by protected address
    logic       look_remote;
    logic       look_port;
    logic       look_udp;
    logic       look_bank;
    logic       exempt;     // or allowed: the class bank counts only
    logic       dir;
    classes_t   classes;
    logic       proto_valid;
    logic [7:0] proto;
    logic [2:0] tclass;
    logic [1:0] sub;
  } fields_t;

  state_notes_t notes;       // of the slot in S2, in phase 7
  rule_result_t rule;        // of the slot in R, in phase 7
  fields_t    fields;
  fields_t    h_fields_q;
  fields_t    r_fields_q;
  fields_t    s1_fields_q;
  fields_t    s2_fields_q;
  fields_t    t1_fields_q;
  fields_t    t2_fields_q;
  fields_t    t3_fields_q;
  anomalies_t h_anomalies_q;
  anomalies_t r_anomalies_q;
  anomalies_t s1_anomalies_q;
  anomalies_t s2_anomalies_q;
  anomalies_t t1_anomalies_q;
  anomalies_t t2_anomalies_q;
  anomalies_t t3_anomalies_q;
  anomalies_t d_anomalies_q;
  anomalies_t c_anomalies_q;
  anomalies_t anomalies;     // in H, without the ignored ones
  opinion_t   anomaly_opinion;

  always_comb begin
    logic judged;
    logic inbound;
    judged  = head.kind == SlotPacket && !head.bypass && !head.consume;
    inbound = judged && !meta.frame.dir && !meta.exempt;
    fields.look_ip     = inbound && meta.l3_valid;
    fields.look_remote = inbound && meta.l3_valid && !meta.tcp.quote;
    fields.look_port   = inbound && meta.l4_valid;
    fields.look_udp    = inbound && meta.l4_valid && meta.proto == 8'd17;
    fields.look_bank   = judged;
    fields.exempt      = meta.exempt;
    fields.dir         = meta.frame.dir;
    fields.classes     = meta.classes;
    fields.proto_valid = meta.l4_proto_valid;
    fields.proto       = meta.proto;
    fields.tclass      = meta.tclass;
    case (meta.proto)
      8'd6:    fields.sub = 2'd0;
      8'd17:   fields.sub = 2'd1;
      8'd1:    fields.sub = 2'd2;
      default: fields.sub = 2'd3;
    endcase
  end

  always_ff @(posedge clk) begin
    if (last) begin
      h_fields_q     <= fields;
      r_fields_q     <= h_fields_q;
      s1_fields_q    <= r_fields_q;
      if (rule.allow) begin
        {s1_fields_q.look_ip, s1_fields_q.look_remote, s1_fields_q.look_port, s1_fields_q.look_udp} <= '0;
        s1_fields_q.exempt <= 1'b1;
      end
      s2_fields_q    <= s1_fields_q;
      t1_fields_q    <= s2_fields_q;
      if (notes.known) t1_fields_q.tclass <= TclassTcpKnown;
      t2_fields_q    <= t1_fields_q;
      t3_fields_q    <= t2_fields_q;
      h_anomalies_q  <= meta.anomalies;
      r_anomalies_q  <= anomalies;
      s1_anomalies_q <= r_anomalies_q;
      s2_anomalies_q <= s1_anomalies_q;
      t1_anomalies_q <= s2_anomalies_q;
      t2_anomalies_q <= t1_anomalies_q;
      t3_anomalies_q <= t2_anomalies_q;
      d_anomalies_q  <= t3_anomalies_q;
      c_anomalies_q  <= d_anomalies_q;
    end
  end

  // --- What the stages of state need of it: in H, R, then in S1 ----------------------------------------------------------
  state_frame_t frame;         // before the anomalies' action is known
  state_frame_t h_frame_q;
  state_frame_t r_frame_q;
  state_frame_t s1_frame_q;
  tuple_t       tuple;
  tuple_t       h_tuple_q;
  tuple_t       r_tuple_q;
  tuple_t       s1_tuple_q;
  stamp_t       s1_stamp;
  logic [127:0] hash_remote;
  logic [15:0]  rport;         // of the remote and the protected side of the packet itself
  logic [15:0]  pport;
  opinion_t     r_opinion_q;   // of the anomalies
  logic         stopped;       // the slot in R, in phase 7: by its rule

  function automatic logic unfit(anomalies_t a);
    return a[AnomIp4Checksum] || a[AnomIpLand] || a[AnomTcpDataOffset] || a[AnomTcpFlagsNull] || a[AnomTcpFlagsSynFin] ||
           a[AnomTcpFlagsSynRst] || a[AnomTcpFlagsFinRst] || a[AnomTcpFlagsNoAck] || a[AnomTcpPortZero] || a[AnomTcpChecksum];
  endfunction

  always_comb begin
    logic       judged;
    logic       swapped;
    anomalies_t others;
    judged = head.kind == SlotPacket && !head.bypass && !head.consume;
    others = meta.anomalies;
    others[AnomTcpSynData] = 1'b0;
    frame.allowed    = 1'b0;
    frame.look_tcp   = judged && meta.classes[ClassTcp] && meta.l4_valid && !meta.is_frag && !unfit(meta.anomalies);
    frame.look_quote = judged && meta.tcp.quote;
    frame.look_score = fields.look_remote;
    frame.dir        = meta.frame.dir;
    frame.checked    = meta.classes[ClassChecked];
    frame.answerable = meta.tcp.plain && !meta.frame.dir && others == '0 && !meta.classes[ClassBroadcast] &&
                       !meta.classes[ClassMulticast];
    frame.flags      = meta.tcp.flags;
    frame.seq        = meta.tcp.seq;
    frame.ack        = meta.tcp.ack;
    frame.len        = meta.tcp.len;
    frame.ws         = meta.tcp.ws;

    hash_remote   = meta.tcp.quote ? meta.tcp.quote_remote : meta.remote;
    tuple.remote  = meta.remote;
    tuple.protect = meta.protect;
    // ICMP has its number on the protected side in both directions (18.1).
    swapped       = meta.frame.dir && !meta.classes[ClassIcmp];
    rport         = swapped ? meta.dport : meta.sport;
    pport         = swapped ? meta.sport : meta.dport;
    tuple.rport   = meta.tcp.quote ? meta.tcp.quote_rport : rport;
    tuple.pport   = meta.tcp.quote ? meta.tcp.quote_pport : pport;
    s1_stamp      = {s1_q.era, s1_q.arrival.window, s1_q.arrival.position};
  end

  always_ff @(posedge clk) begin
    if (last) begin
      h_frame_q  <= frame;
      h_tuple_q  <= tuple;
      r_frame_q  <= h_frame_q;
      r_tuple_q  <= h_tuple_q;
      s1_frame_q <= r_frame_q;
      s1_tuple_q <= r_tuple_q;
      s1_frame_q.allowed <= rule.allow;
      if (rule.allow) s1_frame_q.look_score <= 1'b0;
      if (stopped || (r_opinion_q.strength == OpinionDrop && !rule.allow)) begin
        s1_frame_q.look_tcp   <= 1'b0;
        s1_frame_q.look_quote <= 1'b0;
      end
    end
  end

  // --- H ----------------------------------------------------------------------------------------------------------
  hash_t [NumTables-1:0] r_hash;
  hash_t                 r_connection;
  hash_t                 r_known;
  hash_t [NumTables-1:0] s1_hash_q;
  hash_t                 s1_connection_q;
  hash_t                 s1_known_q;
  hash_t                 s2_known_q;
  logic [RuleIdBits-1:0] s1_rule_id;
  hash_t [NumTables-1:0] s2_hash_q;
  hash_t [NumTables-1:0] t1_hash_q;
  hash_t [NumTables-1:0] t2_hash_q;
  hash_t [NumTables-1:0] t3_hash_q;

  weir_hash u_hash (
    .clk,
    .phase_i  (phase[OfHash]),
    .remote_i (hash_remote),
    .protect_i(meta.protect),
    .family_i (meta.family),
    .tclass_i (meta.tclass),
    .sub_i    (fields.sub),
    .sport_i  (meta.sport),
    .dport_i  (meta.dport),
    .rport_i  (tuple.rport),
    .pport_i  (tuple.pport),
    .hash_key_i,
    .prefix_len4_i,
    .prefix_len6_i,
    .hash_o       (r_hash),
    .connection_o (r_connection),
    .known_o      (r_known)
  );

  always_ff @(posedge clk) begin
    if (last) begin
      s1_hash_q       <= r_hash;
      s1_connection_q <= r_connection;
      s1_known_q      <= r_known;
      s2_hash_q  <= s1_hash_q;
      s2_known_q <= s1_known_q;
      // What a rule limits has a key of its own (18.3); no stage of state uses that of the table pair.
      if (rule_q[InS1].limit) s2_hash_q[TablePair] <= '{index: s1_rule_id[IndexBits-1:0], tag: {1'b1, (TagBits-1)'(s1_rule_id)}};
      t1_hash_q  <= s2_hash_q;
      if (notes.known) t1_hash_q[TableClass] <= s2_known_q;
      t2_hash_q <= t1_hash_q;
      t3_hash_q <= t2_hash_q;
    end
  end

  always_comb s1_rule_id = rule_q[InS1].rule - 1'b1;

  logic [MaintDataBits-1:0] anomaly_rdata;

  weir_anomalies u_anomalies (
    .clk,
    .phase_i    (phase[OfAnomalies]),
    .anomalies_i(h_anomalies_q),
    .command_i  (h_q.command),
    .wdata_i    (wdata),
    .anomalies_o(anomalies),
    .opinion_o  (anomaly_opinion),
    .read_clear_i(read_clear_q),
    .rdata_o    (anomaly_rdata)
  );

  // --- R ----------------------------------------------------------------------------------------------------------
  rule_frame_t h_rule_q;
  logic        h_rule_look_q = 1'b0;
  opinion_t    s1_opinion_q;
  opinion_t    s2_opinion_q;
  logic [MaintDataBits-1:0] rule_rdata;

  weir_rules u_rules (
    .clk,
    .rst,
    .phase_i         (phase[OfRules]),
    .h_i             (h_q),
    .h_look_i        (h_rule_look_q),
    .h_frame_i       (h_rule_q),
    .r_i             (r_q),
    .r_look_exact_i  (r_fields_q.look_remote),
    .r_look_service_i(r_fields_q.look_port),
    .r_pair_i        (r_hash[TablePair]),
    .r_port_i        (r_hash[TablePort]),
    .r_remote_i      (r_hash[TableRemote]),
    .wdata_i         (wdata),
    .read_clear_i    (read_clear_q),
    .result_o        (rule),
    .rdata_o         (rule_rdata)
  );

  always_comb stopped = rule.block || rule.divert;

  // What applies stands first: before all that anomalies say. (What allows is seen to by the verdict.)
  always_ff @(posedge clk) begin
    if (last) begin
      h_rule_look_q           <= fields.look_bank && meta.l3_valid && !meta.exempt;
      h_rule_q.remote         <= meta.remote;
      h_rule_q.protect        <= meta.protect;
      h_rule_q.rport          <= rport;
      h_rule_q.pport          <= pport;
      h_rule_q.proto          <= meta.proto;
      h_rule_q.dir            <= meta.frame.dir;
      h_rule_q.family         <= meta.family;
      h_rule_q.is_frag        <= meta.is_frag;
      h_rule_q.l4_valid       <= meta.l4_valid;
      h_rule_q.l4_proto_valid <= meta.l4_proto_valid;
      rule_q       <= {rule_q[Ruled-2:0], rule};
      r_opinion_q  <= anomaly_opinion;
      s1_opinion_q <= r_opinion_q;
      s2_opinion_q <= s1_opinion_q;
    end
    if (last && (stopped || (rule.dry && (r_opinion_q.strength == OpinionNone || r_opinion_q.strength == OpinionDry)))) begin
      s1_opinion_q.strength <= stopped ? OpinionDrop : OpinionDry;
      s1_opinion_q.position <= PosRule;
      s1_opinion_q.reason   <= (rule.divert || rule.dry_divert) ? ReasonRuleDivert : ReasonRuleBlock;
    end
    if (last && rule.dry) begin
      s1_opinion_q.dry          <= 1'b1;
      s1_opinion_q.dry_position <= PosRule;
      s1_opinion_q.dry_reason   <= rule.dry_divert ? ReasonRuleDivert : ReasonRuleBlock;
    end
  end

  // --- S1, S2 -------------------------------------------------------------------------------------------------------
  logic [2:0]    verdict;     // of the slot in C, in phase 0
  logic [7:0]    reason;
  opinion_t      state_opinion;
  state_detail_t state_detail;
  state_detail_t c_state_detail;
  state_notes_t  c_notes;
  logic [MaintDataBits-1:0] state_rdata;

  weir_state u_state (
    .clk,
    .rst,
    .phase_i         (phase[OfState]),
    .s1_i            (s1_q),
    .s1_stamp_i      (s1_stamp),
    .s1_frame_i      (s1_frame_q),
    .s1_tuple_i      (s1_tuple_q),
    .s1_connection_i (s1_connection_q),
    .s1_host_i       (s1_hash_q[TableAddress]),
    .s1_remote_i     (s1_hash_q[TableRemote]),
    .s2_i            (s2_q),
    .wdata_i         (wdata),
    .read_clear_i    (read_clear_q),
    .opinion_o       (state_opinion),
    .detail_o        (state_detail),
    .notes_o         (notes),
    .verdict_valid_i (first && c_q.kind == SlotPacket),
    .verdict_seqno_i (c_q.seqno[3:0]),
    .verdict_i       (verdict),
    .verdict_reason_i(reason),
    .rdata_o         (state_rdata),
    .evictions_o     (state_evictions_o),
    .full_o          (state_full_o),
    .used_entries_o  (state_used_o)
  );

  // To the verdict, stage by stage.
  localparam int unsigned Behind = 5;  // T1, T2, T3, D, C
  state_detail_t [Behind-1:0] behind_detail_q;
  state_notes_t  [Behind-1:0] behind_notes_q;
  always_ff @(posedge clk) begin
    if (last) begin
      behind_detail_q <= {behind_detail_q[Behind-2:0], state_detail};
      behind_notes_q  <= {behind_notes_q[Behind-2:0], notes};
    end
  end
  always_comb begin
    c_state_detail = behind_detail_q[Behind-1];
    c_notes        = behind_notes_q[Behind-1];
  end

  // --- T1, T2, T3: keyed meters -------------------------------------------------------------------------------------
  logic [2:0] used;
  candidate_t candidate;
  logic       trip;
  logic       ends;
  logic [MaintDataBits-1:0] keyed_rdata;

  weir_keyed_meters u_keyed (
    .clk,
    .rst,
    .phase_i       (phase[OfKeyed]),
    .command_i     ({d_q.command, t3_q.command, t2_q.command, t1_q.command}),
    .arrival_i     ({d_q.arrival, t3_q.arrival, t2_q.arrival, t1_q.arrival}),
    .valid_i       ({t3_fields_q.look_udp, t3_fields_q.look_port, {2{t3_fields_q.look_ip}}, t2_fields_q.look_ip,
                     {2{t1_fields_q.look_remote}}}),
    .key_i         ({t3_hash_q[TableUdpSource:TableAddress], t2_hash_q[TableClass], t1_hash_q[TablePair:TableRemote]}),
    .tclass_i      (t2_fields_q.tclass),
    .sub_i         (t3_fields_q.sub),
    .used_i        (used),
    .wdata_i       (wdata),
    .candidate_o   (candidate),
    .trip_o        (trip),
    .end_o         (ends),
    .read_clear_i  (read_clear_q),
    .rdata_o       (keyed_rdata),
    .evictions_o   (table_evictions_o),
    .full_o        (table_full_o),
    .used_entries_o(table_used_o)
  );

  // --- T3: class bank -----------------------------------------------------------------------------------------------
  opinion_t   bank_opinion;
  detail_t    bank_detail;
  logic [7:0] bank_trips;
  logic [7:0] bank_ends;
  logic       class_valid;
  logic [5:0] class_index;
  logic [MaintDataBits-1:0] bank_rdata;
  logic [MaintDataBits-1:0] count1_rdata;

  weir_class_bank u_bank (
    .clk,
    .rst,
    .phase_i      (phase[OfBank]),
    .valid_i      (t3_fields_q.look_bank),
    .dir_i        (t3_fields_q.dir),
    .classes_i    (t3_fields_q.classes),
    .proto_valid_i(t3_fields_q.proto_valid),
    .proto_i      (t3_fields_q.proto),
    .arrival_i    (t3_q.arrival),
    .used_i       (used[2] || t3_fields_q.exempt),
    .command_i    (t3_q.command),
    .wdata_i      (wdata),
    .opinion_o    (bank_opinion),
    .detail_o     (bank_detail),
    .trips_o      (bank_trips),
    .ends_o       (bank_ends),
    .class_valid_o(class_valid),
    .class_o      (class_index),
    .read_clear_i (read_clear_q),
    .rdata_o      (bank_rdata)
  );

  weir_counters #(
    .Depth(64), .Target(32'(TargetCounter1))
  ) u_counters1 (
    .clk,
    .rst,
    .phase_i  (phase[OfBank]),
    .count_i  (class_valid),
    .index_i  (class_index),
    .command_i(t3_q.command),
    .wdata_i  (wdata),
    .read_clear_i(read_clear_q),
    .rdata_o  (count1_rdata)
  );

  // --- Trips and ends of the tables, as they come (phases: weir_keyed_meters) ---------------------------------------
  typedef struct packed {
    logic [NumTables-1:0] trips;
    logic [NumTables-1:0] ends;
  } events_t;
  events_t t2_events_q;
  events_t t3_events_q;
  events_t d_events_q;
  events_t d_events;
  events_t c_events_q;

  always_comb begin
    d_events = d_events_q;
    d_events.trips[TableUdpSource] = trip;
    d_events.ends[TableUdpSource]  = ends;
  end

  always_ff @(posedge clk) begin
    case (phase[OfDecide])
      3'd0: {t2_events_q.trips[TableRemote], t2_events_q.ends[TableRemote]} <= {trip, ends};
      3'd4: {t2_events_q.trips[TablePair], t2_events_q.ends[TablePair]}     <= {trip, ends};
      3'd1: {t3_events_q.trips[TableClass], t3_events_q.ends[TableClass]}   <= {trip, ends};
      3'd2: {d_events_q.trips[TableAddress], d_events_q.ends[TableAddress]} <= {trip, ends};
      3'd6: {d_events_q.trips[TablePrefix], d_events_q.ends[TablePrefix]}   <= {trip, ends};
      3'd3: {d_events_q.trips[TablePort], d_events_q.ends[TablePort]}       <= {trip, ends};
      3'd7: begin
        t2_events_q <= '0;
        t3_events_q <= t2_events_q;
        d_events_q  <= t3_events_q;
        c_events_q  <= d_events;
      end
      default: ;
    endcase
  end

  // --- C: verdict in phase 0, record in phase 1 ---------------------------------------------------------------------
  logic [7:0]  dry_reason;
  detail_t     detail;

  weir_decide u_decide (
    .clk,
    .phase_i      (phase[OfDecide]),
    .before_i     (opinion_join(s2_opinion_q, state_opinion)),
    .candidate_i  (candidate),
    .t2_place_i   (t2_q.place[1:0]),
    .t3_place_i   (t3_q.place[0]),
    .t2_limit_i   (rule_q[InT2].limit),
    .bank_i       (bank_opinion),
    .bank_detail_i(bank_detail),
    .used_o       (used),
    .bypass_i     (c_q.bypass),
    .consume_i    (c_q.consume),
    .allow_i      (rule_q[InC].allow),
    .divert_i     (rule_q[InC].divert),
    .state_verdict_i(c_state_detail.verdict),
    .state_detail_i (c_state_detail.detail),
    .verdict_o    (verdict),
    .reason_o     (reason),
    .dry_reason_o (dry_reason),
    .detail_o     (detail)
  );

  logic    record_valid_q = 1'b0;
  record_t record_q;

  always_ff @(posedge clk) begin
    record_valid_q <= first && c_q.kind == SlotPacket;
    if (first) begin
      // The metadata's place is that of the slot in C in this phase.
      record_q.meta           <= meta;
      record_q.meta.anomalies <= c_anomalies_q;
      record_q.verdict        <= verdict;
      record_q.reason         <= reason;
      record_q.dry_reason     <= dry_reason;
      record_q.tag            <= detail.tag;
      record_q.unit           <= detail.unit;
      record_q.threshold      <= detail.threshold;
      record_q.measured       <= detail.measured;
      record_q.rule           <= rule_q[InC].rule;
      record_q.trips          <= {c_notes.trips, bank_trips, c_events_q.trips};
      record_q.ends           <= {c_notes.ends, bank_ends, c_events_q.ends};
      record_q.state_event    <= c_notes.seen;
      record_q.legit          <= c_notes.legit;
      record_q.proven         <= c_notes.proven;
      record_q.flood          <= c_notes.flood;
      record_q.answer         <= c_state_detail.answer;
      if (verdict != VerdictAnswer) record_q.answer.kind <= AnswerNone;
      if (c_notes.known) record_q.meta.tclass <= TclassTcpKnown;
    end
    if (rst) record_valid_q <= 1'b0;
  end

  always_comb begin
    record_valid_o = record_valid_q;
    record_o       = record_q;
  end

  // --- E: counters, phases one later: the reason (phase 1), the dry reason (2), the five lowest anomalies, the event --
  localparam int unsigned CodeBits = 7;
  localparam int unsigned Lanes    = 16;
  localparam int unsigned Rows     = 5;
  logic [2:0]                 e_phase;
  logic [Rows-1:0][Lanes-1:0] left_q;   // anomalies not yet counted
  logic [Lanes-1:0]           row;
  logic [Lanes-1:0]           row_less;
  logic [2:0]                 row_number;
  logic [CodeBits-1:0]        code;
  logic                       count0;
  logic [9:0]                 count0_index;
  logic [MaintDataBits-1:0]   count0_rdata;

  always_comb begin
    e_phase    = phase[OfCounters] - 3'd1;
    row        = '0;
    row_number = '0;
    for (int r = Rows - 1; r >= 0; r--) begin
      if (left_q[r] != '0) begin
        row        = left_q[r];
        row_number = 3'(r);
      end
    end
    row_less = row & (row - 1'b1);
    code     = {row_number, 4'd0};
    for (int l = Lanes - 1; l >= 0; l--) if (row[l]) code[3:0] = 4'(l);

    case (e_phase)
      3'd0: begin
        count0       = 1'b1;
        count0_index = {2'd0, record_q.reason};
      end
      3'd1: begin
        count0       = record_q.dry_reason != '0;
        count0_index = {2'd1, record_q.dry_reason};
      end
      3'd7: begin
        count0       = record_q.state_event != '0;
        count0_index = {6'b110000, record_q.state_event};
      end
      default: begin
        count0       = row != '0;
        count0_index = {3'b100, code};
      end
    endcase
    if (e_q.kind != SlotPacket) count0 = 1'b0;
  end

  always_ff @(posedge clk) begin
    for (int r = 0; r < Rows; r++)
      if (first || (e_phase >= 3'd2 && row_number == 3'(r))) left_q[r] <= row_less;
    if (first) left_q <= (Rows * Lanes)'(c_anomalies_q);
    // Codes that do not exist.
    left_q[Rows-1][Lanes-1-:Rows*Lanes-NumAnomalies] <= '0;
  end

  weir_counters #(
    .Depth(1024), .Target(32'(TargetCounter0))
  ) u_counters0 (
    .clk,
    .rst,
    .phase_i  (e_phase),
    .count_i  (count0),
    .index_i  (count0_index),
    .command_i(e_q.command),
    .wdata_i  (wdata),
    .read_clear_i(read_clear_q),
    .rdata_o  (count0_rdata)
  );

  // --- End of maintenance -------------------------------------------------------------------------------------------
  logic                     done_q = 1'b0;
  seqno_t                   seqno_q;
  logic [MaintDataBits-1:0] rdata_q;
  logic                     bypass_read;

  always_comb begin
    bypass_read   = h_q.command.active && h_q.command.op == MaintRead && h_q.command.target == TargetBypass;
    maint_done_o  = done_q;
    maint_seqno_o = seqno_q;
    maint_rdata_o = rdata_q;
  end

  always_ff @(posedge clk) begin
    done_q  <= first && e_q.kind == SlotMaint && !e_q.command.clear;
    seqno_q <= e_q.seqno;
    // Whoever was asked holds its answer, all others 0; but bypass is said in H only, so that what comes is collected.
    rdata_q <= rdata_q | anomaly_rdata | rule_rdata | state_rdata | keyed_rdata | bank_rdata | count1_rdata | count0_rdata |
               MaintDataBits'(bypass_read && h_q.bypass);
    if (read_clear_q) rdata_q <= '0;  // until then answers hold what was asked before
    read_clear_q <= maint_ready_o || rst;
    if (rst) done_q <= 1'b0;
  end

  `WEIR_ASSERT(when_ready, !meta_valid_i || ready_o, clk, rst)
endmodule

`default_nettype wire

// SPDX-License-Identifier: Apache-2.0
//
// Proof harness of weir_judge with its slot source and weir_decide. Cut out, their outputs free: hash, rules, stages of state, keyed
// meters, class bank, anomalies and counters. So this is about whatever those may say, within the contracts assumed below.
//
// Proved, by induction, hence for runs of any length:
//   - records come one for each frame, in the order of the frames, none without a frame: the record's number is always one
//     more than the last record's, and never that of a frame that has not come;
//   - one arbitrary frame is followed. Its record comes 67 to 74 clocks after its metadata and carries them unchanged (but
//     for tclass of a known connection), with the trips, ends, anomalies, rule and notes of state that were told for it;
//   - verdict, reason, dry reason, tag, unit, threshold and measured of its record are those that docs/datapath.md 8 and 17
//     give, found by looking through the list of its candidates, as the text does, and not by joining opinions;
//   - the frame is answered at most once, and only when the candidate of state wins and asks for it; otherwise its record
//     tells of no answer. The kind of answer and the cookie are those that state gave for this frame;
//   - the stages of state are asked about the fields of this frame, and not at all when an anomaly has really dropped it, nor
//     in bypass, nor when it is consumed (nor, but for their scores, when a rule has stopped it);
//   - a frame that a rule allows is never dropped, answered or consumed, whatever any of the others says, and is looked up in no
//     table of meters; one that a rule blocks is always dropped, for that reason; what a rule limits has the key of its rule;
//   - rules are asked about the fields of this frame, and not at all in bypass, when it is consumed or exempt;
//   - each tier is told in time whether a tier below really dropped the frame (section 7).
// The list has one place for the rule, three for the anomalies (a dry one before the winning one, the winning one, a dry one behind), which
// the proof weir_anomalies shows to stand for all 70, one for the score of the source and one for connection and SYN (proof
// weir_syn_decide), seven for the tables and eight for the groups of the class bank.
`default_nettype none
`include "weir_assert.svh"

// Four tasks, each built on those before it: the order of all frames, the way of the followed one, what state is asked about it,
// and, from order and way alone, its verdict.
`ifdef PROVE_ORDER
`define ORDER(P) assert (P)
`define FOLLOW(P) assume (1'b1)
`define ASKED(P) assume (1'b1)
`define VERDICT(P) assume (1'b1)
`elsif PROVE_FOLLOW
`define ORDER(P) assume (P)
`define FOLLOW(P) assert (P)
`define ASKED(P) assume (1'b1)
`define VERDICT(P) assume (1'b1)
`elsif PROVE_ASKED
`define ORDER(P) assume (P)
`define FOLLOW(P) assume (P)
`define ASKED(P) assert (P)
`define VERDICT(P) assume (1'b1)
`else
`define ORDER(P) assume (P)
`define FOLLOW(P) assume (P)
`define ASKED(P) assume (1'b1)
`define VERDICT(P) assert (P)
`endif

// No look-up in a table of meters; the class bank counts only.
`define UNLOOKED(F) (!F.look_ip && !F.look_remote && !F.look_port && !F.look_udp && F.exempt)

module weir_judge_fv
  import weir_pkg::*;
  import weir_lists_pkg::*;
  import weir_slot_pkg::*;
  import weir_state_pkg::*;
  import weir_rule_pkg::*;
(
    input wire clk,
    input wire meta_valid,
    input wire meta_t meta,
    input wire frame_taken,
    input wire stamp_t now,
    input wire maint_valid,
    input wire maint_t maint,
    input wire [15:0] link_consume,     // looked at in the first clock
    input wire pick,                    // follow the frame that comes now
    // The candidates of score and state for the slot in S2, in phase 7.
    input wire [1:0] state_valid,
    input wire [1:0] state_effect,
    input wire [1:0] state_dry,
    input wire [1:0][7:0] state_reason,
    // The class bank's candidates for the slot in C.
    input wire [7:0] group_valid,
    input wire [7:0] group_effect,
    input wire [7:0] group_dry,
    input wire [7:0][7:0] group_reason,
    input wire detail_t [7:0] group_detail
);
  localparam int Rule      = 0;
  localparam int Anomalies = Rule + 4;  // the end of them
  localparam int Source    = Anomalies;
  localparam int State     = Anomalies + 1;
  localparam int Tables    = Anomalies + 2;
  localparam int Kept      = Tables + NumTables;
  localparam int All       = Kept + 8;

  logic first_clock = 1'b1;
  logic second_clock = 1'b1;
  always_ff @(posedge clk) first_clock <= 1'b0;
  always_ff @(posedge clk) second_clock <= first_clock;
  wire rst = first_clock;

  logic [15:0] consume_mask;
  always_ff @(posedge clk) if (rst) consume_mask <= link_consume;

  logic    maint_ready, record_valid, ready, bypass;
  record_t record;

  weir_judge dut (
      .clk,
      .rst,
      .meta_valid_i     (meta_valid),
      .meta_i           (meta),
      .frame_taken_i    (frame_taken),
      .now_i            (now),
      .maint_valid_i    (maint_valid),
      .maint_i          (maint),
      .maint_ready_o    (maint_ready),
      .maint_done_o     (),
      .maint_rdata_o    (),
      .maint_seqno_o    (),
      .hash_key_i       ('0),
      .prefix_len4_i    ('0),
      .prefix_len6_i    ('0),
      .link_consume_i   (consume_mask),
      .record_valid_o   (record_valid),
      .record_o         (record),
      .ready_o          (ready),
      .idle_o           (),
      .bypass_o         (bypass),
      .table_evictions_o(),
      .table_full_o     (),
      .table_used_o     (),
      .state_evictions_o(),
      .state_full_o     (),
      .state_used_o     ()
  );
  wire [2:0] phase = dut.phase[0];

  // Each part counts it by itself, all alike.
  localparam int Counts = 10;
  always_comb if (!rst) phases : assert (dut.phase == {Counts{phase}});

  // --- Frames: numbered, 8 clocks apart, taken before ---------------------------------------------------------------
  seqno_t     came_q = '0;    // frames so far; the number of the last
  seqno_t     told_q = '0;    // records so far
  logic [3:0] fly_q = '0;     // frames without a record
  logic [3:0] gap_q  = 4'd8;  // clocks since the last frame
  logic [5:0] front_q = '0;   // taken, not yet here
  always_comb begin
    if (rst) assume (!meta_valid && !frame_taken && !maint_valid);
    if (meta_valid) assume (ready && gap_q == 4'd8 && front_q != '0 && meta.frame.seqno == came_q + 32'd1);
    if (front_q == 6'd50) assume (!frame_taken);
  end
  always_ff @(posedge clk) begin
    came_q  <= came_q + 32'(meta_valid);
    told_q  <= told_q + 32'(record_valid);
    fly_q   <= fly_q + 4'(meta_valid) - 4'(record_valid);
    gap_q   <= meta_valid ? 4'd1 : gap_q == 4'd8 ? 4'd8 : gap_q + 4'd1;
    front_q <= front_q + 6'(frame_taken) - 6'(meta_valid);
    if (rst) begin
      came_q  <= '0;
      told_q  <= '0;
      fly_q   <= '0;
      gap_q   <= 4'd8;
      front_q <= '0;
    end
  end

  // --- Maintenance: what is written stays for two clocks (weir_judge wants it until done) -----------------------------------------
  logic [1:0] taken_q = '0;
  logic [MaintDataBits-1:0] data_q;
  always_comb if (taken_q != '0) assume (maint.data == data_q);
  always_ff @(posedge clk) begin
    taken_q <= {taken_q[0], maint_ready};
    data_q  <= maint.data;
  end

  // --- What is cut out keeps its contract ---------------------------------------------------------------------------
  wire candidate_t candidate = dut.candidate;
  wire opinion_t   a = dut.anomaly_opinion;
  wire opinion_t   b = dut.bank_opinion;
  logic       a_wins;
  logic       b_drop, b_demote, b_dry;
  logic [2:0] b_first_drop, b_first_demote, b_first_dry, b_first;
  wire  [7:0] drops   = group_valid & ~group_dry & ~group_effect;
  wire  [7:0] demotes = group_valid & ~group_dry & group_effect;
  wire  [7:0] dries   = group_valid & group_dry;
  wire opinion_t      st = dut.state_opinion;
  wire state_detail_t sd = dut.state_detail;
  wire  [1:0] st_drops   = state_valid & ~state_dry & ~state_effect;
  wire  [1:0] st_demotes = state_valid & ~state_dry & state_effect;
  wire  [1:0] st_dries   = state_valid & state_dry;
  logic       st_first;     // the winner of both, or the first dry one
  function automatic logic [2:0] lowest(logic [7:0] set);
    lowest = '0;
    for (int i = 7; i >= 0; i--) if (set[i]) lowest = 3'(i);
  endfunction
  always_comb begin
    // Keyed meters speak of frames only, and when they say (weir_keyed_meters, its head).
    if (candidate.valid) begin
      case (phase)
        3'd0, 3'd4: assume (dut.t2_q.kind == SlotPacket);
        3'd1: assume (dut.t3_q.kind == SlotPacket);
        3'd5: assume (1'b0);
        default: assume (dut.d_q.kind == SlotPacket);
      endcase
    end
    // Anomalies: as proved of weir_anomalies.
    a_wins = a.strength == OpinionDrop || a.strength == OpinionDemote;
    if (a_wins) assume (a.position == PosAnomaly);
    if (a.strength == OpinionDry) assume (a.position == PosDryBefore && a.dry && a.dry_position == PosDryBefore &&
                                          a.reason == a.dry_reason);
    if (a.strength == OpinionNone) assume (!a.dry);
    if (a.dry) assume (a.dry_position == PosDryBefore || a.dry_position == PosDryBehind);
    // State: likewise of its two candidates, with what the winner wants (proved of weir_syn_decide).
    st_first = st_drops != '0 ? !st_drops[0] : st_demotes != '0 ? !st_demotes[0] : !st_dries[0];
    assume (st.strength == (st_drops != '0 ? OpinionDrop : st_demotes != '0 ? OpinionDemote : st_dries != '0 ? OpinionDry : OpinionNone));
    if (state_valid != '0) assume (st.position == PosSource + 5'(st_first) && st.reason == state_reason[st_first]);
    assume (st.dry == (st_dries != '0));
    if (st_dries != '0) assume (st.dry_position == PosSource + 5'(!st_dries[0]) && st.dry_reason == state_reason[!st_dries[0]]);
    assume (sd.verdict == VerdictDrop || ((sd.verdict == VerdictAnswer || sd.verdict == VerdictConsume) && sd.answer.kind != AnswerNone));
    // Class bank: one opinion that tells of the first of the strongest, and of the first dry one.
    b_drop         = drops != '0;
    b_demote       = demotes != '0;
    b_dry          = dries != '0;
    b_first_drop   = lowest(drops);
    b_first_demote = lowest(demotes);
    b_first_dry    = lowest(dries);
    b_first        = b_drop ? b_first_drop : b_demote ? b_first_demote : b_first_dry;
    assume (b.strength == (b_drop ? OpinionDrop : b_demote ? OpinionDemote : b_dry ? OpinionDry : OpinionNone));
    if (group_valid != '0) assume (b.position == PosGroup0 + 5'(b_first) && b.reason == group_reason[b_first] &&
                                   dut.bank_detail == group_detail[b_first]);
    assume (b.dry == b_dry);
    if (b_dry) assume (b.dry_position == PosGroup0 + 5'(b_first_dry) && b.dry_reason == group_reason[b_first_dry]);
  end

  // --- The frame that is followed -----------------------------------------------------------------------------------
  typedef struct packed {
    logic       valid;
    logic       effect;
    logic       dry;
    logic [7:0] reason;
    detail_t    detail;
  } item_t;
  typedef enum logic [3:0] {None, Waits, InH, InR, InS1, InS2, InT1, InT2, InT3, InD, InC, Done} where_e;

  where_e      where = None;
  meta_t       my_meta;
  seqno_t      my_seqno;
  logic [3:0]  my_place;         // number of frames before it
  logic [2:0]  my_phase;         // in which it came
  logic [6:0]  age;              // clocks since
  logic        my_bypass;
  anomalies_t  my_anomalies;
  item_t [Kept-1:0] list = '0;
  logic [6:0]  my_trips, my_ends;
  state_detail_t my_state;
  state_notes_t  my_notes;
  rule_result_t  my_rule;
  logic        bypass_q = 1'b0;  // as written
  logic        mine;             // the candidate that comes now is of the followed frame
  int unsigned of_table;

  always_comb begin
    case (phase)
      3'd0: begin mine = where == InT2; of_table = TableRemote; end
      3'd4: begin mine = where == InT2; of_table = TablePair; end
      3'd1: begin mine = where == InT3; of_table = TableClass; end
      3'd2: begin mine = where == InD; of_table = TableAddress; end
      3'd6: begin mine = where == InD; of_table = TablePrefix; end
      3'd3: begin mine = where == InD; of_table = TablePort; end
      3'd7: begin mine = where == InD; of_table = TableUdpSource; end
      default: begin mine = 1'b0; of_table = 0; end
    endcase
  end

  always_ff @(posedge clk) begin
    if (maint_ready && maint.op == MaintWrite && maint.target == TargetBypass) bypass_q <= maint.data[0];
    if (age != '1) age <= age + 7'd1;
    if (where == Waits && age == 7'd1) my_bypass <= bypass_q;
    // It goes on with every phase 7, from the first on that finds it.
    if (where != None && where != Done && phase == 3'd7) where <= where_e'(where + 4'd1);
    if (where == None && meta_valid && pick) begin
      where    <= Waits;
      my_meta  <= meta;
      my_seqno <= came_q + 32'd1;
      my_place <= came_q[3:0];
      my_phase <= phase;
      age      <= 7'd1;
    end
    if (where == InH && phase == 3'd7) begin
      my_anomalies <= dut.anomalies;
      list[1] <= '{valid: a.dry && a.dry_position == PosDryBefore, dry: 1'b1, effect: 1'b0, reason: a.dry_reason, detail: '0};
      list[2] <= '{valid: a_wins, dry: 1'b0, effect: a.strength == OpinionDemote, reason: a.reason, detail: '0};
      list[3] <= '{valid: a.dry && a.dry_position == PosDryBehind, dry: 1'b1, effect: 1'b0, reason: a.dry_reason, detail: '0};
    end
    if (where == InR && phase == 3'd7) begin
      my_rule <= dut.rule;
      list[Rule] <= '{valid: dut.rule.block || dut.rule.divert || dut.rule.dry, dry: dut.rule.dry, effect: 1'b0,
                      reason: (dut.rule.divert || dut.rule.dry_divert) ? ReasonRuleDivert : ReasonRuleBlock, detail: '0};
    end
    if (where == InS2 && phase == 3'd7) begin
      my_state <= sd;
      my_notes <= dut.notes;
      for (int i = 0; i < 2; i++)
        list[Source+i] <= '{valid: state_valid[i], dry: state_dry[i], effect: state_effect[i], reason: state_reason[i],
                            detail: sd.detail};
    end
    for (int k = 0; k < NumTables; k++) begin
      if (mine && of_table == k) begin
        list[Tables+k] <= '{valid: candidate.valid, effect: candidate.effect, dry: candidate.dry_run,
                               reason: (k == TablePair && my_rule.limit) ? ReasonRuleLimit : candidate.reason,
                               detail: '{tag: candidate.tag, unit: candidate.unit, threshold: candidate.threshold,
                                         measured: candidate.measured}};
        my_trips[k] <= dut.trip;
        my_ends[k]  <= dut.ends;
      end
    end
    if (rst) begin
      where    <= None;
      list     <= '0;
      bypass_q <= 1'b0;
    end
  end

  // --- The decision (section 8), by looking through a list ---------------------------------------------------------------
  typedef struct packed {
    logic       wins;
    logic       demotes;
    logic [4:0] at;        // of the winner
    logic       dry;
    logic [4:0] dry_at;    // of the first dry one
  } pick_t;
  function automatic pick_t decision(item_t [All-1:0] l);
    pick_t p;
    p = '0;
    for (int i = 0; i < All; i++)
      if (!p.wins && l[i].valid && !l[i].dry && !l[i].effect) begin p.wins = 1'b1; p.at = 5'(i); end
    if (!p.wins)
      for (int i = 0; i < All; i++)
        if (!p.wins && l[i].valid && !l[i].dry && l[i].effect) begin p.wins = 1'b1; p.demotes = 1'b1; p.at = 5'(i); end
    for (int i = 0; i < All; i++)
      if (!p.dry && l[i].valid && l[i].dry) begin p.dry = 1'b1; p.dry_at = 5'(i); end
    return p;
  endfunction

  item_t [All-1:0] full;
  pick_t      pk;
  logic [2:0] w_verdict;
  logic [7:0] w_reason, w_dry_reason;
  detail_t    w_detail;
  logic       by_state;          // the candidate of state has won
  always_comb begin
    full = (All * $bits(item_t))'(list);
    for (int g = 0; g < 8; g++)
      full[Kept+g] = '{valid: group_valid[g], effect: group_effect[g], dry: group_dry[g], reason: group_reason[g],
                       detail: group_detail[g]};
    pk           = decision(full);
    w_verdict    = VerdictPass;
    w_reason     = ReasonPass;
    w_dry_reason = '0;
    w_detail     = '0;
    by_state     = 1'b0;
    if (my_bypass) w_reason = ReasonBypass;
    else if (my_meta.link_control && consume_mask[my_meta.link_low]) begin
      w_verdict = VerdictConsume;
      w_reason  = ReasonLinkControl;
    end else if (my_rule.allow) begin
      w_reason = ReasonRuleAllow;
    end else begin
      if (pk.wins) begin
        by_state  = pk.at == 5'(State) && !pk.demotes;
        w_verdict = pk.demotes ? VerdictDemote : by_state ? my_state.verdict : my_rule.divert ? VerdictDivert : VerdictDrop;
        w_reason  = full[pk.at].reason;
        w_detail  = full[pk.at].detail;
      end else if (pk.dry) w_detail = full[pk.dry_at].detail;
      if (pk.dry && (!pk.wins || pk.dry_at < pk.at)) w_dry_reason = full[pk.dry_at].reason;
    end
  end

  // The record is a register: what it must hold is known one clock before.
  logic        due_q = 1'b0;
  logic [2:0]  due_verdict;
  logic [7:0]  due_reason, due_dry_reason;
  detail_t     due_detail;
  logic [17:0] due_trips, due_ends;
  answer_t     due_answer;
  logic        due_by_state;
  always_ff @(posedge clk) begin
    due_q          <= where == InC && phase == 3'd0 && !rst;
    due_verdict    <= w_verdict;
    due_reason     <= w_reason;
    due_dry_reason <= w_dry_reason;
    due_detail     <= w_detail;
    due_trips      <= {my_notes.trips, dut.bank_trips, my_trips};
    due_ends       <= {my_notes.ends, dut.bank_ends, my_ends};
    due_answer     <= my_state.answer;
    due_by_state   <= by_state;
  end

  // --- What is promised ----------------------------------------------------------------------------------------------
  meta_t w_meta;
  always_comb begin
    w_meta           = my_meta;
    w_meta.anomalies = my_anomalies;
    if (my_notes.known) w_meta.tclass = TclassTcpKnown;
    if (!rst) begin
      // Every record is of the next frame, and that frame has come.
      if (record_valid) begin
        order : `ORDER(record.meta.frame.seqno == told_q + 32'd1);
        not_invented : `ORDER(fly_q != '0);
      end
      // The followed one: neither lost nor told twice nor changed, and judged by the rule.
      if (due_q) begin
        not_lost : `FOLLOW(record_valid && record.meta == w_meta);
        in_time  : `FOLLOW(age >= 7'd67 && age <= 7'd74);
        verdict  : `VERDICT(record.verdict == due_verdict && record.reason == due_reason);
        dry      : `VERDICT(record.dry_reason == due_dry_reason);
        detail   : `VERDICT({record.tag, record.unit, record.threshold, record.measured} == due_detail);
        events   : `VERDICT(record.trips == due_trips && record.ends == due_ends);
        notes    : `FOLLOW(record.state_event == my_notes.seen && record.legit == my_notes.legit && record.proven == my_notes.proven &&
                           record.flood == my_notes.flood && record.rule == my_rule.rule);
        if (my_rule.allow) begin
          allowed : `VERDICT(record.verdict == VerdictPass && record.reason == ReasonRuleAllow && record.dry_reason == '0);
        end
        if (my_rule.block) begin
          blocked : `VERDICT(record.verdict == VerdictDrop && record.reason == ReasonRuleBlock);
        end
        if (my_rule.divert) begin
          diverted : `VERDICT(record.verdict == VerdictDivert && record.reason == ReasonRuleDivert);
        end
        if (record.verdict == VerdictAnswer) begin
          answered : `VERDICT(due_by_state && record.answer == due_answer && record.answer.kind != AnswerNone);
        end else begin
          unanswered : `VERDICT(record.answer.kind == AnswerNone);
        end
      end
      if (record_valid && where != None && where != Done && record.meta.frame.seqno == my_seqno) once : `FOLLOW(due_q);
      if (where != None && where != Done) waits : `FOLLOW(age <= 7'd80);
    end
  end
  function automatic logic dropped(item_t [Kept-1:0] l, int unsigned n);
    dropped = 1'b0;
    for (int i = 0; i < Kept; i++) if (i < n && l[i].valid && !l[i].dry && !l[i].effect) dropped = 1'b1;
  endfunction
  always_comb if (!rst) begin
    if (where == InT1) used1 : `VERDICT(dut.used[0] == dropped(list, Tables));
    if (where == InT2 && phase >= 3'd5) used2 : `VERDICT(dut.used[1] == dropped(list, Tables + TableClass));
    if (where == InT3 && phase >= 3'd2) used3 : `VERDICT(dut.used[2] == dropped(list, Tables + TableAddress));
  end

  // --- What state is asked about (12, 13.1, 14.3, 16) ------------------------------------------------------------------
  state_frame_t w_frame;   // whatever the anomalies do
  state_frame_t w_asked;
  logic         dropped_q = 1'b0;   // really, by an anomaly
  always_ff @(posedge clk) if (where == InH && phase == 3'd7) dropped_q <= a.strength == OpinionDrop;
  tuple_t       w_tuple;
  rule_frame_t  w_rule;
  logic         w_rule_look;
  always_comb begin
    anomalies_t bad, found;
    logic       judged;
    bad   = '0;
    {bad[AnomIp4Checksum], bad[AnomIpLand], bad[AnomTcpDataOffset], bad[AnomTcpFlagsNull], bad[AnomTcpFlagsSynFin],
     bad[AnomTcpFlagsSynRst], bad[AnomTcpFlagsFinRst], bad[AnomTcpFlagsNoAck], bad[AnomTcpPortZero], bad[AnomTcpChecksum]} = '1;
    found = my_meta.anomalies & ~(anomalies_t'(1) << AnomTcpSynData);
    judged = !my_bypass && !(my_meta.link_control && consume_mask[my_meta.link_low]);
    w_frame = '{
      allowed: 1'b0,
      look_tcp: judged && my_meta.classes[ClassTcp] && my_meta.l4_valid && !my_meta.is_frag && (my_meta.anomalies & bad) == '0,
      look_quote: judged && my_meta.tcp.quote,
      look_score: judged && !my_meta.frame.dir && my_meta.l3_valid && !my_meta.exempt && !my_meta.tcp.quote,
      dir: my_meta.frame.dir,
      checked: my_meta.classes[ClassChecked],
      answerable: my_meta.tcp.plain && !my_meta.frame.dir && found == '0 &&
                  !(my_meta.classes[ClassBroadcast] || my_meta.classes[ClassMulticast]),
      flags: my_meta.tcp.flags, seq: my_meta.tcp.seq, ack: my_meta.tcp.ack, len: my_meta.tcp.len, ws: my_meta.tcp.ws
    };
    w_asked = w_frame;
    w_asked.allowed = my_rule.allow;
    if (my_rule.allow) w_asked.look_score = 1'b0;
    if (my_rule.block || my_rule.divert || (dropped_q && !my_rule.allow)) {w_asked.look_tcp, w_asked.look_quote} = '0;
    w_tuple.remote  = my_meta.remote;
    w_tuple.protect = my_meta.protect;
    // ICMP: the number is the protected side's, whichever way (18.1).
    w_tuple.rport   = my_meta.frame.dir && !my_meta.classes[ClassIcmp] ? my_meta.dport : my_meta.sport;
    w_tuple.pport   = my_meta.frame.dir && !my_meta.classes[ClassIcmp] ? my_meta.sport : my_meta.dport;
    w_rule = '{remote: my_meta.remote, protect: my_meta.protect, rport: w_tuple.rport, pport: w_tuple.pport, proto: my_meta.proto,
               dir: my_meta.frame.dir, family: my_meta.family, is_frag: my_meta.is_frag, l4_valid: my_meta.l4_valid,
               l4_proto_valid: my_meta.l4_proto_valid};
    w_rule_look = judged && my_meta.l3_valid && !my_meta.exempt;
    if (my_meta.tcp.quote) {w_tuple.rport, w_tuple.pport} = {my_meta.tcp.quote_rport, my_meta.tcp.quote_pport};
  end
  function automatic stamp_t s1_stamp_of(slot_head_t h);
    return {h.era, h.arrival.window, h.arrival.position};
  endfunction

  wire w_look_port = !my_bypass && !(my_meta.link_control && consume_mask[my_meta.link_low]) && !my_meta.frame.dir &&
                     !my_meta.exempt && my_meta.l4_valid;
  wire [11:0] my_rule_id = my_rule.rule - 12'd1;
  wire hash_t w_limit = '{index: my_rule_id[9:0], tag: (40'd1 << 39) + 40'(my_rule_id)};
  // Rules keep their contract (18.3): at most one of these, of a rule that applies, of a frame that was to be looked up.
  always_comb if (where == InR && phase == 3'd7) begin
    assume ($onehot0({dut.rule.block, dut.rule.divert, dut.rule.allow, dut.rule.limit, dut.rule.dry}));
    assume (!dut.rule.dry_divert || dut.rule.dry);
    assume (w_rule_look || dut.rule == '0);
    assume (!dut.rule.limit || !my_meta.frame.dir);
  end
  // What the contract says of the past.
  always_comb if (where > InR) begin
    `FOLLOW($onehot0({my_rule.block, my_rule.divert, my_rule.allow, my_rule.limit, my_rule.dry}) && (!my_rule.dry_divert || my_rule.dry));
    `FOLLOW(w_rule_look || my_rule == '0);
  end

  // --- What induction has to know of the inside ------------------------------------------------------------------------
  localparam int Stages = 9;
  logic [Stages-1:0]      kind;          // a frame is in H, R, S1 … C
  seqno_t [Stages-1:0]    number;        // the last that entered when the slot did; not before the slot has come since the reset
  logic [3:0]             settled_q = '0;  // stages that have such a slot
  logic [Stages-1:0][3:0] place;
  wire  [3:0] stage = 4'(where) - 4'(InH);
  wire  [3:0]  waiting = dut.u_source.tail_q - dut.u_source.head_q;
  always_ff @(posedge clk) begin
    if (phase == 3'd7 && settled_q != 4'(Stages)) settled_q <= settled_q + 4'd1;
    if (rst) settled_q <= '0;
  end
  opinion_t    o;
  logic        o_here;
  pick_t       ok;
  item_t [All-1:0] kept;
  meta_t       m;
  always_comb begin
    kind   = {dut.c_q.kind == SlotPacket, dut.d_q.kind == SlotPacket, dut.t3_q.kind == SlotPacket,
              dut.t2_q.kind == SlotPacket, dut.t1_q.kind == SlotPacket, dut.s2_q.kind == SlotPacket, dut.s1_q.kind == SlotPacket,
              dut.r_q.kind == SlotPacket, dut.h_q.kind == SlotPacket};
    number = {dut.c_q.seqno, dut.d_q.seqno, dut.t3_q.seqno, dut.t2_q.seqno, dut.t1_q.seqno, dut.s2_q.seqno, dut.s1_q.seqno, dut.r_q.seqno, dut.h_q.seqno};
    place  = {dut.c_q.place, dut.d_q.place, dut.t3_q.place, dut.t2_q.place, dut.t1_q.place, dut.s2_q.place, dut.s1_q.place, dut.r_q.place, dut.h_q.place};
    kept   = (All * $bits(item_t))'(list);
    ok     = decision(kept);
    o      = dut.u_decide.c_q;
    o_here = 1'b1;
    case (where)
      InR:  o = dut.r_opinion_q;
      InS1: o = dut.s1_opinion_q;
      InS2: o = dut.s2_opinion_q;
      InT1: o = dut.u_decide.t1_q;
      InT2: o = dut.u_decide.t2_q;
      InT3: o = dut.u_decide.t3_q;
      InD:  o = dut.u_decide.d_q;
      InC:  o = dut.u_decide.c_q;
      default: o_here = 1'b0;
    endcase
    m = '0;
    if (!rst) begin
      // Numbers and places run from slot to slot.
      `ORDER(dut.u_source.tail_q == came_q[3:0]);
      `ORDER(waiting <= 4'd1 && gap_q >= 4'd1 && gap_q <= 4'd8);
      if (waiting == 4'd1) `ORDER(gap_q <= 4'(phase) + 4'd1);
      `ORDER(dut.u_source.front_q == 6'(front_q) + 6'(waiting) && front_q <= 6'd50);
      `ORDER(came_q == (waiting != '0 ? dut.u_source.seqno_q + 32'd1 : dut.u_source.seqno_q));
      if (settled_q != '0) `ORDER(number[0] == dut.u_source.seqno_q && 4'(place[0] + 4'(kind[0])) == dut.u_source.head_q);
      // Clearing fills the stages; no frame comes before its end.
      `ORDER(settled_q <= 4'(Stages));
      if (settled_q != 4'(Stages))
        `ORDER(dut.u_source.clearing_q && dut.u_source.clear_q == 10'(settled_q) && !ready && waiting == '0 && kind == '0 &&
               told_q == dut.u_source.seqno_q);
      // Read a clock ahead; not before the first.
      if (second_clock) `ORDER(kind == '0 && phase == 3'd0);
      else `ORDER(dut.u_source.read_q == (phase == 3'd0 ? place[8] : dut.u_source.head_q));
      for (int i = 0; i < Stages - 1; i++) if (i + 1 < 32'(settled_q)) begin
        `ORDER(number[i] == (kind[i] ? number[i+1] + 32'd1 : number[i+1]));
        `ORDER(place[i] == 4'(place[i+1] + 4'(kind[i+1])));
      end
      if (settled_q == 4'(Stages)) `ORDER(number[8] == (kind[8] && phase <= 3'd1 ? told_q + 32'd1 : told_q));
      `ORDER(record_valid == (kind[8] && phase == 3'd1));
      if (record_valid) `ORDER(record.meta.frame.seqno == number[8]);
      `ORDER(fly_q == waiting + 4'(kind[0]) + 4'(kind[1]) + 4'(kind[2]) + 4'(kind[3]) + 4'(kind[4]) +
                      4'(kind[5]) + 4'(kind[6]) + 4'(kind[7]) + 4'(kind[8] && phase <= 3'd1));
      // The memory holds what is under way.
      m = dut.u_source.u_meta.g_async.mem[dut.u_source.head_q];
      if (waiting != '0) `ORDER(m.frame.seqno == came_q);
      for (int i = 0; i < Stages; i++) begin
        m = dut.u_source.u_meta.g_async.mem[place[i]];
        if (kind[i] && (i != Stages - 1 || phase == 3'd0)) `ORDER(m.frame.seqno == number[i]);
      end
      `ORDER(dut.bypass_o == bypass_q);
      `ORDER(({dut.u_source.load_q, dut.u_source.write_q} & ~taken_q) == '0 && dut.u_source.data_q == data_q);
      `ORDER(!dut.u_source.write_q || dut.read_clear_q);

      // The followed frame.
      `FOLLOW(where <= Done);
      if (where == None) `FOLLOW(!due_q);
      else begin
        `FOLLOW(my_seqno == my_meta.frame.seqno);
      end
      if (where == Waits) `FOLLOW(waiting == 4'd1 && my_seqno == came_q && my_place == dut.u_source.head_q && age >= 7'd1 && age <= 7'd8 &&
                                  phase == 3'(my_phase + 3'(age)) && 4'(age) == gap_q);
      if (where == Waits && age > 7'd1) `FOLLOW(my_bypass == bypass_q);
      if (where >= InH && where <= InC) begin
        `FOLLOW(kind[stage] && number[stage] == my_seqno && place[stage] == my_place);
        `FOLLOW(age == 7'd2 + 7'(3'(3'd6 - my_phase)) + 7'({stage, phase}));
      end
      if (where >= Waits && where <= InC && (where != InC || phase == 3'd0))
        `FOLLOW(dut.u_source.u_meta.g_async.mem[my_place] == my_meta);
      `FOLLOW(due_q == (where == InC && phase == 3'd1));
      case (where)
        InH:  `FOLLOW(dut.h_q.bypass == my_bypass);
        InR:  `FOLLOW(dut.r_q.bypass == my_bypass && dut.r_anomalies_q == my_anomalies);
        InS1: `FOLLOW(dut.s1_q.bypass == my_bypass && dut.s1_anomalies_q == my_anomalies);
        InS2: `FOLLOW(dut.s2_q.bypass == my_bypass && dut.s2_anomalies_q == my_anomalies);
        InT1: `FOLLOW(dut.t1_q.bypass == my_bypass && dut.t1_anomalies_q == my_anomalies);
        InT2: `FOLLOW(dut.t2_q.bypass == my_bypass && dut.t2_anomalies_q == my_anomalies);
        InT3: `FOLLOW(dut.t3_q.bypass == my_bypass && dut.t3_anomalies_q == my_anomalies);
        InD:  `FOLLOW(dut.d_q.bypass == my_bypass && dut.d_anomalies_q == my_anomalies);
        InC:  `FOLLOW(dut.c_q.bypass == my_bypass && dut.c_anomalies_q == my_anomalies);
        default: ;
      endcase
      for (int i = 0; i < Stages; i++)
        if (32'(where) == 32'(InH) + i)
          `FOLLOW((i == 0 ? dut.h_q.consume : i == 1 ? dut.r_q.consume : i == 2 ? dut.s1_q.consume : i == 3 ? dut.s2_q.consume :
                   i == 4 ? dut.t1_q.consume : i == 5 ? dut.t2_q.consume : i == 6 ? dut.t3_q.consume : i == 7 ? dut.d_q.consume :
                   dut.c_q.consume)
                  == (my_meta.link_control && consume_mask[my_meta.link_low]));

      // What rules and state have said goes along; what they are asked about.
      for (int i = 0; i < 7; i++)
        if (32'(where) == 32'(InS1) + i) `FOLLOW(dut.rule_q[i] == my_rule);
      for (int i = 0; i < 5; i++)
        if (32'(where) == 32'(InT1) + i) `FOLLOW(dut.behind_detail_q[i] == my_state && dut.behind_notes_q[i] == my_notes);
      if (where == InH) `ASKED(dut.h_frame_q == w_frame && dut.h_tuple_q == w_tuple && s1_stamp_of(dut.h_q) == my_meta.frame.stamp);
      if (where == InR) `ASKED(dut.r_frame_q == w_frame && dut.r_tuple_q == w_tuple && s1_stamp_of(dut.r_q) == my_meta.frame.stamp);
      if (where == InR) `ASKED((dut.r_opinion_q.strength == OpinionDrop) == dropped_q);
      if (where == InH) begin
        ruled : `ASKED(dut.h_rule_q == w_rule && dut.h_rule_look_q == w_rule_look);
        `ASKED((dut.h_fields_q.look_remote == (w_rule_look && !my_meta.frame.dir && !my_meta.tcp.quote)) &&
               dut.h_fields_q.look_port == (w_look_port));
      end
      if (where == InR) begin
        exact : `ASKED(dut.r_fields_q.look_remote == (w_rule_look && !my_meta.frame.dir && !my_meta.tcp.quote) &&
                       dut.r_fields_q.look_port == w_look_port);
      end
      if (where == InS1 && my_rule.allow) `ASKED(`UNLOOKED(dut.s1_fields_q));
      if (where == InS2 && my_rule.allow) `ASKED(`UNLOOKED(dut.s2_fields_q));
      if (where == InS2 && my_rule.limit) `ASKED(dut.s2_hash_q[TablePair] == w_limit);
      if (where == InT1 && my_rule.limit) begin
        limited : `ASKED(dut.t1_hash_q[TablePair] == w_limit);
      end
      if (my_rule.allow) begin
        unmetered1 : `ASKED(where != InT1 || `UNLOOKED(dut.t1_fields_q));
        unmetered2 : `ASKED(where != InT2 || `UNLOOKED(dut.t2_fields_q));
        unmetered3 : `ASKED(where != InT3 || `UNLOOKED(dut.t3_fields_q));
      end
      if (where == InS1) begin
        asked : `ASKED(dut.s1_frame_q == w_asked);
        tuple : `ASKED(dut.s1_tuple_q == w_tuple && dut.s1_stamp == my_meta.frame.stamp);
      end

      // What is not yet told is not in the list.
      if (where <= InH) `VERDICT(list == '0);
      if (where <= InR) `VERDICT(!list[Rule].valid);
      if (where > InR) `VERDICT(list[Rule].valid == (my_rule.block || my_rule.divert || my_rule.dry) && list[Rule].dry == my_rule.dry &&
                                list[Rule].reason == ((my_rule.divert || my_rule.dry_divert) ? ReasonRuleDivert : ReasonRuleBlock));
      `VERDICT(!list[Rule].effect && list[Rule].detail == '0);
      if (where <= InS2) `VERDICT(!list[Source].valid && !list[State].valid);
      if (where <= InT1 || (where == InT2 && phase == 3'd0)) `VERDICT(!list[Tables+TableRemote].valid);
      if (where <= InT1 || (where == InT2 && phase <= 3'd4)) `VERDICT(!list[Tables+TablePair].valid);
      if (where <= InT2 || (where == InT3 && phase <= 3'd1)) `VERDICT(!list[Tables+TableClass].valid);
      if (where <= InT3 || (where == InD && phase <= 3'd2)) `VERDICT(!list[Tables+TableAddress].valid);
      if (where <= InT3 || (where == InD && phase <= 3'd6)) `VERDICT(!list[Tables+TablePrefix].valid);
      if (where <= InT3 || (where == InD && phase <= 3'd3)) `VERDICT(!list[Tables+TablePort].valid);
      if (where <= InD) `VERDICT(!list[Tables+TableUdpSource].valid);
      `VERDICT(!list[1].valid || (list[1].dry && !list[3].valid));
      `VERDICT(!list[2].valid || !list[2].dry);
      `VERDICT(!list[3].valid || (list[3].dry && list[2].valid));
      `VERDICT(list[1].detail == '0 && list[2].detail == '0 && list[3].detail == '0);
      if (where >= InT1) `VERDICT(list[Source].detail == my_state.detail && list[State].detail == my_state.detail &&
                                  (my_state.verdict == VerdictDrop || my_state.verdict == VerdictAnswer || my_state.verdict == VerdictConsume));
      if (where >= InT1 && my_state.verdict != VerdictDrop) `VERDICT(my_state.answer.kind != AnswerNone);

      // The opinion that goes with it says what the list says so far.
      if (o_here && (where != InC || phase == 3'd0)) begin
        `VERDICT(o.strength == (ok.wins ? (ok.demotes ? OpinionDemote : OpinionDrop) : ok.dry ? OpinionDry : OpinionNone));
        if (ok.wins) `VERDICT(o.position == ok.at && o.reason == kept[ok.at].reason);
        else if (ok.dry) `VERDICT(o.position == ok.dry_at && o.reason == kept[ok.dry_at].reason);
        `VERDICT(o.dry == ok.dry);
        if (ok.dry) `VERDICT(o.dry_position == ok.dry_at && o.dry_reason == kept[ok.dry_at].reason);
        // Details wait until the verdict.
        for (int k = 0; k < NumTables; k++) begin
          if (list[Tables+k].valid)
            `VERDICT(dut.u_decide.u_detail.g_async.mem[k == 0 ? {2'b00, my_place[1:0]} :
                                                      k == 1 ? {2'b01, my_place[1:0]} :
                                                      k == 2 ? {3'b100, my_place[0]} : 4'(k + 7)]
                    == list[Tables+k].detail);
        end
      end
      if (where == InT3) `VERDICT(dut.u_decide.t3_number_q == my_place[1:0]);
      if (where == InD) `VERDICT(dut.u_decide.d_number_q == my_place[1:0]);
      if (where == InC) `VERDICT(dut.u_decide.c_number_q == my_place[1:0]);
      // Trips and ends.
      if (where == InT2 && phase >= 3'd1) `VERDICT(dut.t2_events_q.trips[0] == my_trips[0] && dut.t2_events_q.ends[0] == my_ends[0]);
      if (where == InT2 && phase >= 3'd5) `VERDICT(dut.t2_events_q.trips[1] == my_trips[1] && dut.t2_events_q.ends[1] == my_ends[1]);
      if (where == InT3) `VERDICT(dut.t3_events_q.trips[1:0] == my_trips[1:0] && dut.t3_events_q.ends[1:0] == my_ends[1:0]);
      if (where == InT3 && phase >= 3'd2) `VERDICT(dut.t3_events_q.trips[2] == my_trips[2] && dut.t3_events_q.ends[2] == my_ends[2]);
      if (where == InD) `VERDICT(dut.d_events_q.trips[2:0] == my_trips[2:0] && dut.d_events_q.ends[2:0] == my_ends[2:0]);
      if (where == InD && phase >= 3'd3) `VERDICT(dut.d_events_q.trips[3] == my_trips[3] && dut.d_events_q.ends[3] == my_ends[3]);
      if (where == InD && phase >= 3'd4) `VERDICT(dut.d_events_q.trips[5] == my_trips[5] && dut.d_events_q.ends[5] == my_ends[5]);
      if (where == InD && phase >= 3'd7) `VERDICT(dut.d_events_q.trips[4] == my_trips[4] && dut.d_events_q.ends[4] == my_ends[4]);
      if (where == InC && phase == 3'd0) `VERDICT(dut.c_events_q.trips == my_trips && dut.c_events_q.ends == my_ends);
    end
  end
endmodule

`default_nettype wire

// SPDX-License-Identifier: Apache-2.0
//
// Bench of weir_judge: an account of every frame. Random metadata at full pace and with gaps, maintenance in between; every
// frame gets one record, in order, 67 to 74 clocks after its metadata, with these unchanged. Anomalies, bypass and link
// control decide here, and every counter is held against docs/datapath.md 10, also when it is read between two frames.
// Then each meter once: the second frame of a key is over its limit. What meters do otherwise is the business of their
// own benches and of the reference model.
`default_nettype none

module weir_judge_tb;
  import weir_pkg::*;
  import weir_lists_pkg::*;
  import weir_slot_pkg::*;

  logic       clk = 1'b0;
  logic       rst = 1'b1;
  always #8 clk = ~clk;

  logic       meta_valid = 1'b0;
  meta_t      meta = '0;
  logic       taken = 1'b0;
  stamp_t     now = 64'h1_0000_0000;
  logic [15:0] link_consume = 16'h0012;
  logic       maint_valid = 1'b0;
  maint_t     maint = '0;
  logic       maint_ready, maint_done, record_valid, ready, idle, bypass;
  logic [MaintDataBits-1:0] maint_rdata;
  seqno_t     maint_seqno;
  record_t    record;
  logic [10:0][31:0] hash_key;

  weir_judge dut (
      .clk,
      .rst,
      .meta_valid_i     (meta_valid),
      .meta_i           (meta),
      .frame_taken_i    (taken),
      .now_i            (now),
      .maint_valid_i    (maint_valid),
      .maint_i          (maint),
      .maint_ready_o    (maint_ready),
      .maint_done_o     (maint_done),
      .maint_rdata_o    (maint_rdata),
      .maint_seqno_o    (maint_seqno),
      .hash_key_i       (hash_key),
      .prefix_len4_i    (6'd24),
      .prefix_len6_i    (8'd48),
      .link_consume_i   (link_consume),
      .record_valid_o   (record_valid),
      .record_o         (record),
      .ready_o          (ready),
      .idle_o           (idle),
      .bypass_o         (bypass),
      .table_evictions_o(),
      .table_full_o     (),
      .table_used_o     (),
      .state_evictions_o(),
      .state_full_o     (),
      .state_used_o     ()
  );

  `include "weir_check.svh"

  // --- The rules, at the position where a frame or an access enters -----------------------------------------------------
  typedef struct {
    meta_t      meta;       // anomalies without the ignored ones
    logic [2:0] verdict;
    logic [7:0] reason;
    logic [7:0] dry_reason;
    bit         metered;    // reason of a meter: threshold 1, measured 2
    int         clock;
  } due_t;
  typedef struct {
    seqno_t     seqno;
    bit         read;
    logic [MaintDataBits-1:0] data;
  } answer_t;
  due_t       due[$];
  answer_t    answers[$];
  logic [2:0] cfg[NumAnomalies];
  bit         in_bypass = 1'b0;
  int         want = -1;    // reason of a meter for the frames that come, 0 for none, -1: no meters
  bit         want_demote = 1'b0;
  logic [35:0] count0[1024];
  logic [35:0] count1[64];
  seqno_t     came = '0;
  int         clock = 0;
  int         n_records = 0, n_answers = 0, n_reads = 0;
  int         n_verdict[8];

  task automatic enters(meta_t m);
    due_t d;
    int   counted;
    d.meta       = m;
    d.clock      = clock;
    d.metered    = 1'b0;
    d.verdict    = VerdictPass;
    d.reason     = ReasonPass;
    d.dry_reason = '0;
    counted      = 0;
    for (int c = 0; c < NumAnomalies; c++) begin
      if (m.anomalies[c] && cfg[c][1:0] == 2'd0) d.meta.anomalies[c] = 1'b0;
      if (d.meta.anomalies[c] && counted < 5) begin
        count0[512+c] = count0[512+c] + 36'd1;
        counted++;
      end
    end
    if (in_bypass) d.reason = ReasonBypass;
    else if (m.link_control && link_consume[m.link_low]) begin
      d.verdict = VerdictConsume;
      d.reason  = ReasonLinkControl;
    end else begin
      int winner, dry;
      winner = -1;
      dry    = -1;
      for (int c = NumAnomalies - 1; c >= 0; c--) if (m.anomalies[c] && cfg[c] == 3'd3) winner = c;
      if (winner >= 0) d.verdict = VerdictDemote;
      for (int c = NumAnomalies - 1; c >= 0; c--)
        if (m.anomalies[c] && cfg[c] == 3'd2) begin
          winner    = c;
          d.verdict = VerdictDrop;
        end
      for (int c = NumAnomalies - 1; c >= 0; c--) if (m.anomalies[c] && cfg[c] >= 3'd6) dry = c;
      if (winner >= 0) d.reason = 8'h40 + 8'(winner);
      if (dry >= 0 && (winner < 0 || dry < winner)) d.dry_reason = 8'h40 + 8'(dry);
      if (want > 0) begin
        d.verdict = want_demote ? VerdictDemote : VerdictDrop;
        d.reason  = 8'(want);
        d.metered = 1'b1;
      end
      // Classes: one of each group.
      for (int g = 0; g < 8; g++) begin
        int from, to;
        case (g)
          0: begin from = ClassAll; to = ClassAll; end
          1: begin from = ClassBroadcast; to = ClassMulticast; end
          2: begin from = ClassArp; to = ClassIpv6; end
          3: begin from = ClassFrag; to = ClassFrag; end
          4: begin from = ClassIpOptions; to = ClassIpOptions; end
          5: begin from = ClassSyn; to = ClassOtherL4; end
          7: begin from = ClassGet; to = ClassHttpOther; end
          default: begin from = 1; to = 0; end
        endcase
        for (int c = from; c <= to; c++)
          if (m.classes[c]) begin
            count1[32*32'(m.frame.dir)+c] = count1[32*32'(m.frame.dir)+c] + 36'd1;
            break;
          end
      end
    end
    count0[d.reason] = count0[d.reason] + 36'd1;
    if (d.dry_reason != '0) count0[256+32'(d.dry_reason)] = count0[256+32'(d.dry_reason)] + 36'd1;
    due.push_back(d);
  endtask

  task automatic accepted();
    answer_t a;
    a.seqno = came;
    a.read  = maint.op == MaintRead;
    a.data  = '0;
    if (maint.op == MaintWrite && maint.target == 5'(TargetBypass)) in_bypass = maint.data[0];
    if (maint.op == MaintWrite && maint.target == 5'(TargetAnomalyCfg)) cfg[maint.index] = maint.data[2:0];
    if (maint.op == MaintWrite && maint.target == 5'(TargetCounter0)) count0[maint.index] = maint.data[35:0];
    if (maint.op == MaintRead) begin
      case (maint.target)
        5'(TargetBypass):     a.data = MaintDataBits'(in_bypass);
        5'(TargetAnomalyCfg): a.data = MaintDataBits'(cfg[maint.index]);
        5'(TargetCounter0):   a.data = MaintDataBits'(count0[maint.index]);
        5'(TargetCounter1):   a.data = MaintDataBits'(count1[maint.index]);
        default: ;
      endcase
    end
    answers.push_back(a);
  endtask

  // --- One clock: inputs at the falling edge, outputs right at the rising one -------------------------------------------
  meta_t  next[$];
  maint_t asks[$];
  int     gap = 0, gap_most = 0;
  bit     was_taken = 1'b0;

  task automatic tick();
    answer_t a;
    due_t    d;
    @(negedge clk);
    meta_valid = 1'b0;
    taken      = 1'b0;
    if (gap > 0) gap--;
    if (next.size() > 0) begin
      // Taken two clocks before it comes.
      taken = gap == 2;
      if (gap == 0) begin
        meta       = next.pop_front();
        meta_valid = 1'b1;
        gap        = 8 + ((gap_most == 0) ? 0 : $urandom_range(0, gap_most));
      end
    end else if (gap < 4) gap = 4;
    if (was_taken) maint_valid = 1'b0;
    was_taken = 1'b0;
    if (!maint_valid && asks.size() > 0 && !(answers.size() > 0 && maint.op == MaintWrite)) begin
      maint       = asks.pop_front();
      maint_valid = 1'b1;
    end
    @(posedge clk);
    clock++;
    if (maint_done) begin
      check(answers.size() > 0, "done without a request");
      if (answers.size() > 0) begin
        a = answers.pop_front();
        n_answers++;
        check(maint_seqno == a.seqno, $sformatf("position of maintenance %0d, not %0d", maint_seqno, a.seqno));
        if (a.read) begin
          n_reads++;
          check(maint_rdata == a.data, $sformatf("read %h, not %h", maint_rdata, a.data));
        end
      end
    end
    if (maint_ready) begin
      accepted();
      was_taken = 1'b1;
    end
    if (meta_valid) begin
      came = came + 32'd1;
      check(meta.frame.seqno == came, "the bench numbers its frames");
      enters(meta);
    end
    if (record_valid) begin
      check(due.size() > 0, "a record without a frame");
      if (due.size() > 0) begin
        d = due.pop_front();
        n_records++;
        n_verdict[record.verdict]++;
        check(record.meta == d.meta, $sformatf("metadata of frame %0d", d.meta.frame.seqno));
        check(record.verdict == d.verdict && record.reason == d.reason && record.dry_reason == d.dry_reason,
              $sformatf("frame %0d: verdict %0d %h dry %h, not %0d %h %h", d.meta.frame.seqno, record.verdict, record.reason,
                        record.dry_reason, d.verdict, d.reason, d.dry_reason));
        if (d.metered)
          check((record.tag != '0) == (d.reason < 8'h17) && !record.unit && record.threshold == 24'd1 &&
                record.measured == 24'd2, "what the meter says");
        else check({record.tag, record.unit, record.threshold, record.measured} == '0, "no meter to speak of");
        check({record.state_event, record.legit, record.proven, record.flood, record.rule, record.answer.kind} == '0, "no state to speak of");
        check(clock - d.clock >= 67 && clock - d.clock <= 74, $sformatf("%0d clocks", clock - d.clock));
      end
    end
    check(!idle || due.size() == 0 || clock - due[$].clock <= 1, "idle with a frame");
  endtask

  task automatic settle();
    while (next.size() > 0 || asks.size() > 0 || maint_valid || due.size() > 0 || answers.size() > 0) tick();
  endtask

  // --- Stimulus ----------------------------------------------------------------------------------------------------------
  seqno_t numbered = '0;
  function automatic meta_t some_meta(int percent);
    meta_t m;
    for (int i = 0; i < $bits(meta_t); i += 32) m = meta_t'({m, $urandom});
    numbered        = numbered + 32'd1;
    now             = now + 64'($urandom_range(0, 40));
    m.frame.seqno   = numbered;
    m.frame.stamp   = now;
    m.frame.len     = 11'($urandom_range(60, 1514));
    m.link_control  = $urandom_range(0, 5) == 0;
    m.tclass        = tclass_e'($urandom_range(0, 6));
    m.classes[ClassAll] = 1'b1;
    for (int c = 0; c < NumAnomalies; c++) m.anomalies[c] = $urandom_range(1, 100) <= percent;
    return m;
  endfunction
  task automatic ask(maint_op_e op, int target, int index, logic [MaintDataBits-1:0] data);
    asks.push_back('{op: op, level: ExpireNone, target: 5'(target), index: 11'(index), data: data});
  endtask

  // Meters: one packet a window, no tolerance.
  task automatic limit(int n, bit on, bit demote);
    logic [MaintDataBits-1:0] words;
    words = '0;
    if (on) begin
      words[27:0]   = 28'h100_0000;
      words[29:28]  = 2'd1;
      words[30]     = demote;
      words[64+:18] = 18'd1;
    end
    ask(MaintWrite, 32'(TargetMeterCfg), n, words);
    settle();
  endtask
  // Two frames of the same key: the first passes.
  task automatic pair_of_frames(int reason, bit demote, bit quote = 1'b0);
    meta_t m;
    m = some_meta(0);
    // Old entries count no more, in tables and class bank.
    now                = now + 64'd300 * 64'h1_0000;
    m.frame.stamp      = now;
    m.frame.dir        = 1'b0;
    m.link_control     = 1'b0;
    m.exempt           = 1'b0;
    m.tcp.quote        = quote;
    m.l3_valid         = 1'b1;
    m.l4_valid         = 1'b1;
    m.l4_proto_valid   = 1'b1;
    m.proto            = 8'd17;
    m.tclass           = TclassUdp;
    m.classes          = '0;
    m.classes[ClassAll] = 1'b1;
    want = 0;
    next.push_back(m);
    settle();
    want        = reason;
    want_demote = demote;
    numbered    = numbered + 32'd1;
    m.frame.seqno = numbered;
    next.push_back(m);
    settle();
    want = -1;
  endtask

  // Configuration of table k for such frames; 7: protocol, 8: class all.
  int place[9] = '{0, 16, 32 + 3, 48, 64, 80 + 1, 96, 176, 128};
  initial begin
    void'($urandom(32'd11));
    for (int i = 0; i < 11; i++) hash_key[i] = $urandom;
    for (int i = 0; i < 1024; i++) count0[i] = '0;
    for (int i = 0; i < 64; i++) count1[i] = '0;
    repeat (4) @(posedge clk);
    @(negedge clk) rst = 1'b0;
    for (int i = 0; i < 10000 && !ready; i++) tick();
    check(ready && n_records == 0, "cleared");
    // Without policy; then with one, in and out of bypass; full pace and gaps.
    for (int round = 0; round < 30; round++) begin
      if (round > 0)
        for (int c = 0; c < NumAnomalies; c++) ask(MaintWrite, 32'(TargetAnomalyCfg), c, MaintDataBits'($urandom_range(0, 7)));
      settle();
      gap_most = (round % 3 == 0) ? 0 : (round % 3 == 1) ? 6 : 60;
      for (int i = 0; i < 150; i++) next.push_back(some_meta((round % 4 == 0) ? 1 : (round % 4 == 1) ? 3 : (round % 4 == 2) ? 10 : 60));
      for (int i = 0; i < 60; i++) begin
        case ($urandom_range(0, 9))
          0: ask(MaintWrite, 32'(TargetBypass), 0, MaintDataBits'($urandom_range(0, 3) == 0));
          1: ask(MaintWrite, 32'(TargetAnomalyCfg), $urandom_range(0, NumAnomalies - 1), MaintDataBits'($urandom_range(0, 7)));
          2: ask(MaintRead, 32'(TargetAnomalyCfg), $urandom_range(0, NumAnomalies - 1), '0);
          3: ask(MaintRead, 32'(TargetCounter0), 64 + $urandom_range(0, NumAnomalies - 1), '0);
          4: ask(MaintRead, 32'(TargetCounter0), 512 + $urandom_range(0, NumAnomalies - 1), '0);
          5: ask(MaintRead, 32'(TargetCounter0), $urandom_range(0, 2), '0);
          6: ask(MaintRead, 32'(TargetCounter1), $urandom_range(0, 63), '0);
          7: ask(MaintRead, 32'(TargetBypass), 0, '0);
          8: ask(MaintWrite, 32'(TargetCounter0), 64 + $urandom_range(0, NumAnomalies - 1), MaintDataBits'(36'hf_ffff_fffe));
          default: ask(MaintSweep, 32'(TargetNone), $urandom_range(0, 1023), '0);
        endcase
      end
      settle();
      ask(MaintWrite, 32'(TargetBypass), 0, '0);
      settle();
      check(!bypass, "out of bypass");
    end
    // Each meter alone, as limit and as demotion; then all: the first in the order wins.
    for (int c = 0; c < NumAnomalies; c++) ask(MaintWrite, 32'(TargetAnomalyCfg), c, '0);
    settle();
    for (int k = 0; k < 9; k++) begin
      limit(place[k], 1'b1, 1'b0);
      pair_of_frames((k == 8) ? 32'h20 : 32'h10 + k, 1'b0);
      limit(place[k], 1'b1, 1'b1);
      pair_of_frames((k == 8) ? 32'h20 : 32'h10 + k, 1'b1);
      limit(place[k], 1'b0, 1'b0);
    end
    for (int k = 8; k >= 0; k--) begin
      limit(place[k], 1'b1, 1'b0);
      // Protocol comes after class all.
      pair_of_frames((k >= 7) ? 32'h20 : 32'h10 + k, 1'b0);
    end
    // A quote has no business with the meters of its sender.
    pair_of_frames(32'h12, 1'b0, 1'b1);
    // A later drop wins over an earlier demotion.
    limit(place[0], 1'b1, 1'b1);
    pair_of_frames(32'h11, 1'b0);
    for (int i = 0; i < 1024; i++) ask(MaintRead, 32'(TargetCounter0), i, '0);
    for (int i = 0; i < 64; i++) ask(MaintRead, 32'(TargetCounter1), i, '0);
    settle();
    check(32'(numbered) == n_records && n_reads > 1500, "one record a frame");
    check(n_verdict[VerdictPass] > 500 && n_verdict[VerdictDrop] > 500 && n_verdict[VerdictDemote] > 100 &&
          n_verdict[VerdictConsume] > 50, "all verdicts seen");
    report("weir_judge");
    $finish;
  end
  initial begin
    #30_000_000;
    check(1'b0, "stuck");
    report("weir_judge");
    $finish;
  end
endmodule

`default_nettype wire

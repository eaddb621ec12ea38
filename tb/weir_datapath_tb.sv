// SPDX-License-Identifier: Apache-2.0
//
// Bench of weir_datapath: configured through APB, frames into both sides, and an account of every one: it leaves on the
// other side byte for byte, in the order of its direction and queue, or is refused, dropped, consumed or finds
// no room, told once and with its number. What the verdict should be is the business of the reference model; here
// it follows from two anomalies, link control, bypass and rules for all that comes in.
`default_nettype none

module weir_datapath_tb;
  import weir_pkg::*;
  import weir_lists_pkg::*;

  typedef struct {
    int   id;
    len_t len;
    int   kind;    // see word_of
    seqno_t number;
  } job_t;

  logic clk = 1'b0;
  logic rst = 1'b1;
  always #8 clk = ~clk;   // 62.5 MHz

  stamp_t now = 64'd1_700_000_000_000_000;
  int     now_count = 0;
  longint jump = 0;
  always @(posedge clk) begin
    now_count = now_count + 2;
    if (jump != 0) begin
      now <= now + 64'(jump);
      jump = 0;
    end
    else if (now_count >= 125) begin
      now_count = now_count - 125;
      now <= now + 64'd1;
    end
  end

  data_t [1:0] s_data;
  logic [1:0]  s_valid = '0;
  logic [1:0]  s_ready;
  logic [1:0]  s_last;
  len_t [1:0]  s_len;
  data_t [1:0] m_data;
  logic [1:0]  m_valid;
  logic [1:0]  m_ready = 2'b11;
  logic [1:0]  m_last;
  len_t [1:0]  m_len;
  logic        psel = 1'b0, penable = 1'b0, pwrite = 1'b0, pready, pslverr;
  logic [20:0] paddr = '0;
  logic [31:0] pwdata = '0, prdata;
  logic [1:0]  taken, refused;
  logic        record_valid, egress_full, egress_full_side, egress_full_lower, ready, idle;
  record_t     record;
  seqno_t      egress_full_seqno;
  logic        word_valid, word_first;
  data_t       word_data;
  frame_t      frame;

  weir_datapath dut (
      .clk,
      .rst,
      .now_i          (now),
      .s_axis_u_tdata (s_data[0]),
      .s_axis_u_tvalid(s_valid[0]),
      .s_axis_u_tready(s_ready[0]),
      .s_axis_u_tlast (s_last[0]),
      .s_axis_u_tlen  (s_len[0]),
      .s_axis_u_tknown(s_len[0]),
      .s_axis_p_tdata (s_data[1]),
      .s_axis_p_tvalid(s_valid[1]),
      .s_axis_p_tready(s_ready[1]),
      .s_axis_p_tlast (s_last[1]),
      .s_axis_p_tlen  (s_len[1]),
      .s_axis_p_tknown(s_len[1]),
      .m_axis_u_tdata (m_data[0]),
      .m_axis_u_tvalid(m_valid[0]),
      .m_axis_u_tready(m_ready[0]),
      .m_axis_u_tlast (m_last[0]),
      .m_axis_u_tlen  (m_len[0]),
      .m_axis_p_tdata (m_data[1]),
      .m_axis_p_tvalid(m_valid[1]),
      .m_axis_p_tready(m_ready[1]),
      .m_axis_p_tlast (m_last[1]),
      .m_axis_p_tlen  (m_len[1]),
      .s_apb_psel     (psel),
      .s_apb_penable  (penable),
      .s_apb_pwrite   (pwrite),
      .s_apb_pprot    (3'd0),
      .s_apb_paddr    (paddr),
      .s_apb_pwdata   (pwdata),
      .s_apb_pstrb    (4'hf),
      .s_apb_pready   (pready),
      .s_apb_prdata   (prdata),
      .s_apb_pslverr  (pslverr),
      .mac_rx_enable_o(),
      .mac_tx_enable_o(),
      .mac_ifg_o      (),
      .mac_events_i   ('0),
      .taken_u_o      (taken[0]),
      .taken_p_o      (taken[1]),
      .refused_u_o    (refused[0]),
      .refused_p_o    (refused[1]),
      .record_valid_o (record_valid),
      .record_o       (record),
      .egress_full_o  (egress_full),
      .egress_full_seqno_o(egress_full_seqno),
      .egress_full_side_o (egress_full_side),
      .egress_full_lower_o(egress_full_lower),
      .word_valid_o   (word_valid),
      .word_first_o   (word_first),
      .word_data_o    (word_data),
      .frame_o        (frame),
      .ready_o        (ready),
      .idle_o         (idle)
  );

  `include "weir_check.svh"

  // --- Registers -------------------------------------------------------------------------------------------------
  task automatic apb(logic write, logic [20:0] addr, logic [31:0] wdata, output logic [31:0] rdata);
    @(posedge clk);
    psel <= 1'b1; penable <= 1'b0; pwrite <= write; paddr <= addr; pwdata <= wdata;
    @(posedge clk);
    penable <= 1'b1;
    do @(posedge clk); while (!pready);
    rdata = prdata;
    check(!pslverr, "no error response");
    psel <= 1'b0; penable <= 1'b0;
  endtask
  task automatic wr(logic [20:0] addr, logic [31:0] data);
    logic [31:0] ignored;
    apb(1'b1, addr, data, ignored);
  endtask
  logic [31:0] value;
  task automatic rd(logic [20:0] addr);
    apb(1'b0, addr, '0, value);
  endtask
  // Four words of an entry; the write to word 7 commits.
  task automatic wr_words(int target, int index, logic [3:0][31:0] words);
    logic [20:0] base;
    base = 21'h100000 + 21'(target) * 21'h8000 + 21'(index) * 21'h20;
    for (int w = 0; w < 8; w++) wr(base + 21'(4 * w), (w < 4) ? words[w[1:0]] : 32'd0);
  endtask
  // A whole entry: word 0, the rest 0; the write to word 7 commits.
  task automatic wr_entry(int target, int index, logic [31:0] word0);
    logic [20:0] base;
    base = 21'h100000 + 21'(target) * 21'h8000 + 21'(index) * 21'h20;
    wr(base, word0);
    for (int w = 1; w < 8; w++) wr(base + 21'(4 * w), 32'd0);
  endtask
  task automatic rd_entry(int target, int index);
    rd(21'h100000 + 21'(target) * 21'h8000 + 21'(index) * 21'h20);
  endtask
  task automatic run(bit on);
    wr(21'h20, 32'(on));
    if (!on) do rd(21'h24); while (!value[0]);
  endtask

  // --- Frames: kind 0 unknown EtherType, 1 IPv4/UDP, 2 source = destination MAC, 3 source multicast, 4 pause, 5 one tag -----
  localparam int Kinds = 6;
  function automatic int words_of(len_t len);
    return (32'(len) + 7) / 8;
  endfunction
  function automatic data_t word_of(job_t j, logic side, int w);
    data_t d;
    d = {32'(j.id), 32'(w) * 32'h9e3779b1} ^ {64{side}};
    case (w)
      0: d = (j.kind == 4) ? 64'h0002_0100_00c2_8001 : (j.kind == 2) ? 64'h5504_0302_0100_5504 :
             (j.kind == 3) ? 64'h0105_0302_0100_5504 : 64'h0602_0302_0100_5504;
      1: begin
        d[31:0] = (j.kind == 2) ? 32'h0302_0100 : 32'h0302_0122;
        d[63:32] = (j.kind == 1) ? 32'h0045_0008 : (j.kind == 5) ? 32'h0500_0081 : (j.kind == 4) ? 32'h0100_0888 : 32'h1234_b588;
      end
      2: if (j.kind == 1) d = {8'd17, 8'd64, 16'h0000, 16'h0000, 16'h2e00};
      3: if (j.kind == 1) d = {16'h0002, 32'h0a00_0001, 16'h0000};
      default: ;
    endcase
    for (int i = 0; i < 8; i++) if (8 * w + i >= 32'(j.len)) d[8*i+:8] = 8'd0;
    return d;
  endfunction

  job_t jobs[2][$];
  job_t cur[2];
  int   word_no[2] = '{0, 0};
  int   pause[2] = '{0, 0};
  int   max_pause[2] = '{0, 0};
  int   next_id = 1;
  always @(posedge clk)
    for (int s = 0; s < 2; s++) begin
      if (s_valid[s] && s_ready[s]) begin
        word_no[s] = word_no[s] + 1;
        if (word_no[s] == words_of(cur[s].len)) begin
          s_valid[s] <= 1'b0;
          word_no[s] = 0;
          pause[s] = (max_pause[s] == 0) ? 0 : $urandom_range(0, max_pause[s]);
        end
      end
      if (word_no[s] == 0 && (!s_valid[s] || s_ready[s])) begin
        if (pause[s] > 0) pause[s] = pause[s] - 1;
        else if (jobs[s].size() > 0) begin
          cur[s] = jobs[s].pop_front();
          s_valid[s] <= 1'b1;
          s_len[s]   <= cur[s].len;
        end
      end
      s_data[s] <= word_of(cur[s], 1'(s), word_no[s]);
      s_last[s] <= word_no[s] == words_of(cur[s].len) - 1;
    end

  // --- Account ---------------------------------------------------------------------------------------------------
  typedef struct {
    job_t job;
    logic side;
    bit   diverted;
  } flight_t;
  flight_t flight[$];          // taken, not judged
  flight_t waits[4][$];        // judged, to leave: 2 * side + lower
  flight_t f;
  flight_t out[2];
  bit      open[2] = '{0, 0};
  int      out_no[2] = '{0, 0};
  seqno_t  number = '0;
  seqno_t  tap_number = '0;
  int      tap_no = 0, tap_words = 0;
  int      n_taken = 0, n_refused = 0, n_dropped = 0, n_consumed = 0, n_full = 0, n_left = 0, n_lower = 0;
  int      n_side[2] = '{0, 0};
  int      clock = 0;
  int      first_clock = 0, last_clock = 0, since = 0;
  int      want = -1;          // expected verdict of all frames, or -1: by kind
  bit      check_kind = 1'b0;
  // Rules for what comes in as IP (kind 1), 18.3: none, or its verdict.
  logic [2:0] ruled = VerdictPass;
  localparam logic [47:0] DivertMac = 48'h02_aa_bb_cc_dd_ee;
  int      n_diverted = 0;
  int      latency_max = 0;
  int      taken_at[int];

  // As it leaves.
  function automatic data_t left_word(flight_t j, int w);
    data_t d;
    d = word_of(j.job, j.side, w);
    if (j.diverted && w == 0) for (int i = 0; i < 6; i++) d[8*i+:8] = DivertMac[47-8*i-:8];
    return d;
  endfunction

  function automatic logic [2:0] verdict_of(int kind);
    case (kind)
      2: return VerdictDrop;
      3: return VerdictDemote;
      4: return VerdictConsume;
      default: return VerdictPass;
    endcase
  endfunction

  always @(posedge clk) begin
    clock = clock + 1;
    if (!rst) begin
      for (int s = 0; s < 2; s++) begin
        if (refused[s]) begin
          check(flight.size() > 0, "refused without having come");
          if (flight.size() > 0) f = flight.pop_back();
          check(f.side == 1'(s) && 32'(f.job.len) > 1514 + ((f.job.kind == 5) ? 4 : 0), "refused, but not too long");
          n_refused++;
          n_taken--;
        end
        if (taken[s]) begin
          check(s_valid[s] && s_ready[s] && word_no[s] == 0, "taken");
          flight.push_back('{job: cur[s], side: 1'(s), diverted: 1'b0});
          n_taken++;
          if (since == 0) first_clock = clock;
          since++;
          last_clock = clock;
          taken_at[cur[s].id] = clock;
        end
      end
      // What is shown of the frames that have a number: theirs, whole, in order.
      if (word_valid) begin
        int at;
        if (word_first) begin
          check(tap_no == tap_words, "the words before, not all of them");
          tap_number++;
          tap_no = 0;
        end
        at = int'(frame.seqno - number) - 1;
        check(frame.seqno == tap_number && at >= 0 && at < flight.size(), "words without frame");
        if (at >= 0 && at < flight.size()) begin
          f = flight[at];
          tap_words = words_of(f.job.len);
          check(frame.dir == f.side && frame.len == f.job.len && frame.known == f.job.len &&
                word_data == word_of(f.job, f.side, tap_no), "word shown");
        end
        tap_no++;
      end
      if (record_valid) begin
        check(tap_number > number, "record before the words");
        number = number + 1;
        check(flight.size() > 0, "record without frame");
        if (flight.size() > 0) f = flight.pop_front();
        f.job.number = number;
        check(record.meta.frame.seqno == number && record.meta.frame.dir == f.side && record.meta.frame.len == f.job.len,
              "record of the wrong frame");
        check(32'(f.job.len) <= 1514 + ((f.job.kind == 5) ? 4 : 0), "too long, but judged");
        if (!f.side && f.job.kind == 1 && ruled != VerdictPass) begin
          check(record.verdict == ruled && record.rule == 12'd6, $sformatf("verdict %0d by rule %0d", record.verdict, record.rule));
          f.diverted = record.verdict == VerdictDivert;
        end else if (check_kind) check(record.verdict == verdict_of(f.job.kind), $sformatf("verdict %0d of kind %0d", record.verdict,
                                                                               f.job.kind));
        else check(record.verdict == VerdictPass || f.job.kind == 4, "verdict without policy");
        case (record.verdict)
          VerdictPass, VerdictDivert: waits[2*int'(!f.side)].push_back(f);
          VerdictDemote: waits[2*int'(!f.side)+1].push_back(f);
          VerdictConsume: n_consumed++;
          default: n_dropped++;
        endcase
      end
      if (egress_full) begin
        int q, at;
        q = 2 * int'(egress_full_side) + int'(egress_full_lower);
        at = -1;
        for (int i = 0; i < waits[q].size(); i++) if (waits[q][i].job.number == egress_full_seqno) at = i;
        check(at >= 0, "no room for a frame that is not there");
        if (at >= 0) waits[q].delete(at);
        n_full++;
      end
      for (int s = 0; s < 2; s++) begin
        check(!open[s] || m_valid[s], "gap in a frame that leaves");
        if (m_valid[s] && m_ready[s]) begin
          if (!open[s]) begin
            int q;
            q = 2 * s;
            if (waits[q].size() == 0 || m_data[s] != left_word(waits[q][0], 0)) q = 2 * s + 1;
            // Words 0 and 1 tell the kind only; a wrong guess of the queue shows in the words that follow.
            check(waits[q].size() > 0, "left without having come");
            if (waits[q].size() > 0) out[s] = waits[q].pop_front();
            open[s] = 1'b1;
            out_no[s] = 0;
            n_left++;
            n_side[s]++;
            n_diverted += 32'(out[s].diverted);
            n_lower += q & 1;
            if (clock - taken_at[out[s].job.id] > latency_max) latency_max = clock - taken_at[out[s].job.id];
          end
          check(m_data[s] == left_word(out[s], out_no[s]) && m_len[s] == out[s].job.len, "content");
          check(m_last[s] == (out_no[s] == words_of(out[s].job.len) - 1), "last");
          out_no[s]++;
          if (m_last[s]) open[s] = 1'b0;
        end
      end
    end
  end

  // --- Stimulus --------------------------------------------------------------------------------------------------
  int offered = 0;
  int offered_side[2] = '{0, 0};
  task automatic add(int side, len_t len, int kind);
    jobs[side].push_back('{id: next_id, len: len, kind: kind, number: 0});
    next_id++;
    offered++;
    offered_side[side]++;
  endtask
  task automatic settle();
    do @(posedge clk); while (jobs[0].size() > 0 || jobs[1].size() > 0 || s_valid != '0);
    do @(posedge clk); while (flight.size() > 0 || !idle || m_valid != '0);
    for (int q = 0; q < 4; q++) check(waits[q].size() == 0, "all that passed left");
    check(offered == n_taken + n_refused && n_taken == n_left + n_dropped + n_consumed + n_full,
          $sformatf("account: %0d offered, %0d taken, %0d refused, %0d left, %0d dropped, %0d consumed, %0d no room", offered,
                    n_taken, n_refused, n_left, n_dropped, n_consumed, n_full));
    check(32'(number) == n_taken, "one record a frame");
  endtask
  function automatic len_t some_len();
    case ($urandom_range(0, 3))
      0: return 11'd60;
      1: return LenBits'($urandom_range(60, 132));
      2: return LenBits'($urandom_range(1500, 1530));
      default: return LenBits'($urandom_range(60, 1514));
    endcase
  endfunction

  int t0;
  initial begin
    repeat (5) @(posedge clk);
    rst <= 1'b0;
    do rd(21'h24); while (!value[1]);
    check(ready, "ready");
    rd(21'h0);
    check(value == 32'h57454952, "identity");
    for (int i = 0; i < 11; i++) wr(21'h140 + 21'(4 * i), 32'h6d5a56da ^ (32'h01234567 * 32'(i)));
    wr(21'h110, 32'd0);   // no shaping
    wr(21'h118, 32'd0);
    // Nothing is taken before run.
    add(0, 11'd60, 1);
    repeat (200) @(posedge clk);
    check(n_taken == 0, "held before run");
    run(1'b1);
    settle();
    check(n_left == 1, "first frame");
    $display("latency of a 64-byte frame: %0d clocks", latency_max);
    check(latency_max <= 110, "latency");

    // Every kind and length, both sides; without policy all but link control passes.
    max_pause = '{40, 60};
    for (int i = 0; i < 400; i++)
      for (int s = 0; s < 2; s++) add(s, some_len(), $urandom_range(0, Kinds - 1));
    settle();
    check(n_refused > 20 && n_consumed > 50, "refused and consumed");

    // Policy: one anomaly drops, another demotes.
    wr_entry(4, AnomEthSrcEqDst, 32'd2);
    wr_entry(4, AnomEthSrcMulticast, 32'd3);
    check_kind = 1'b1;
    max_pause = '{0, 25};
    for (int i = 0; i < 400; i++)
      for (int s = 0; s < 2; s++) add(s, some_len(), $urandom_range(0, Kinds - 1));
    settle();
    check(n_dropped > 80 && n_lower > 40, "dropped and demoted");
    rd_entry(6, 32'(ReasonAnomaly0) + AnomEthSrcEqDst);
    check(32'(value) == n_dropped, $sformatf("counter of the anomaly: %0d of %0d", value, n_dropped));

    // 64-byte frames back to back: the same key in each, then dropped and passed by turns.
    for (int round = 0; round < 2; round++) begin
      max_pause = '{0, 0};
      since = 0;
      for (int i = 0; i < 600; i++) begin
        add(0, 11'd60, (round == 0) ? 1 : (i % 3));
        add(1, 11'd60, 1);
      end
      settle();
      check(since == 1200, "saturated: frames");
      $display("saturated: %0d clocks for %0d frames", last_clock - first_clock, since - 1);
      check((last_clock - first_clock) * 64 <= (since - 1) * 8 * 65, "at most 8.13 clocks a frame");
    end
    check(n_full == 0, "no loss while the receivers are ready");

    // Maintenance while saturated: writes go on, and the rate holds.
    since = 0;
    for (int i = 0; i < 1500; i++) add(i & 1, 11'd60, 1);
    for (int i = 0; i < 20; i++) begin
      wr_entry(4, AnomIp4Version, 32'd1);
      rd_entry(6, 0);
    end
    settle();
    $display("saturated with maintenance: %0d clocks for %0d frames", last_clock - first_clock, since - 1);
    check((last_clock - first_clock) * 64 <= (since - 1) * 8 * 65 + 1024, "at most 8.13 clocks a frame");

    // Bypass.
    wr_entry(1, 0, 32'd1);
    check_kind = 1'b0;
    t0 = n_dropped;
    for (int i = 0; i < 50; i++) add(0, 11'd100, 2);
    settle();
    check(n_dropped == t0, "bypass passes all");
    wr_entry(1, 0, 32'd0);
    check_kind = 1'b1;

    // A prefix rule (number 5) that fits all that comes in diverts it, then blocks it.
    run(1'b0);
    wr(21'h120, DivertMac[47:16]);
    wr(21'h124, 32'(DivertMac[15:0]));
    run(1'b1);
    for (int i = 0; i < 61 * 8; i++) begin
      // Piece 60: direction first.
      wr_words(32'(TargetRulePrefix), i, (i >= 60 * 8 + 4) ? '0 : {4{32'd1 << 5}});
    end
    wr_words(32'(TargetRulePrefix), 62 * 8, {96'd0, 32'd1 << 5});
    for (int round = 0; round < 2; round++) begin
      if (round == 1) wr_words(32'(TargetRulePrefix), 62 * 8, '0);
      wr_entry(32'(TargetRuleCfg), 0, 32'd2);
      ruled = (round == 0) ? VerdictDivert : VerdictDrop;
      t0 = n_dropped;
      for (int i = 0; i < 200; i++)
        for (int s = 0; s < 2; s++) add(s, some_len(), $urandom_range(0, Kinds - 1));
      settle();
      check(n_diverted > 20 && (round == 0 || n_dropped - t0 > 40), "rules met");
      wr_entry(32'(TargetRuleCfg), 0, 32'd0);
      ruled = VerdictPass;
    end
    rd_entry(6, 32'(ReasonRuleDivert));
    check(32'(value) == n_diverted, $sformatf("counter of diverted frames: %0d of %0d", value, n_diverted));

    // A receiver that stops: the queues fill, the rest is told as without room.
    m_ready = 2'b01;
    for (int i = 0; i < 300; i++) begin
      add(0, some_len(), (i % 2) * 3);
      add(1, some_len(), 1);
    end
    do @(posedge clk); while (jobs[0].size() > 0 || jobs[1].size() > 0 || s_valid != '0);
    repeat (500) @(posedge clk);
    m_ready = 2'b11;
    settle();
    check(n_full > 100, "no room");
    rd(21'h264);
    t0 = 32'(value);
    rd(21'h268);
    check(t0 > 0 && value > 0 && t0 + 32'(value) == n_full, "no room, counted per queue");
    rd(21'h220);
    t0 = 32'(value);
    rd(21'h260);
    check(t0 + 32'(value) == n_refused, "refused, counted");
    rd(21'h22c);
    t0 = 32'(value);
    rd(21'h26c);
    check(t0 + 32'(value) == n_taken, "taken, counted");

    // Time jumps by ten years: the next frame waits for a sweep, and nothing is lost.
    @(posedge clk);
    jump = 64'd315_000_000_000_000;
    repeat (5) @(posedge clk);   // the data path sees now_i a few clocks later
    t0 = clock;
    add(0, 11'd60, 1);
    settle();
    check(last_clock - t0 > 8 * 1024, $sformatf("a sweep comes first: %0d clocks", last_clock - t0));
    check(last_clock - t0 < 12 * 1024, $sformatf("a sweep takes %0d clocks", last_clock - t0));

    // The shaper: frames of 1,000 bytes on the wire at half a byte a clock.
    run(1'b0);
    wr(21'h118, 32'h8000);
    wr(21'h11c, 32'd0);
    run(1'b1);
    add(1, 11'd60, 0);   // goes after the sweep that follows a stop
    settle();
    t0 = clock;
    for (int i = 0; i < 4; i++) add(0, 11'd976, 0);
    settle();
    check(clock - t0 >= 3 * 2000 && clock - t0 < 3 * 2000 + 1500, $sformatf("shaped: %0d clocks", clock - t0));
    check(n_side[0] + n_side[1] == n_left, "sides");

    report("weir_datapath");
    $finish;
  end

  initial begin
    #60_000_000;
    $display("stuck: %0d offered, %0d taken, %0d refused, %0d left, %0d flight, idle %0d", offered, n_taken, n_refused, n_left,
             flight.size(), idle);
    check(1'b0, "stuck");
    report("weir_datapath");
    $finish;
  end
endmodule

`default_nettype wire

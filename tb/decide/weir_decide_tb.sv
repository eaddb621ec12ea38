// SPDX-License-Identifier: Apache-2.0
//
// Bench of weir_decide: slots one behind the other, each with a list of candidates that are offered when
// weir_keyed_meters and weir_class_bank do. The verdict is found by looking through the list as docs/datapath.md 8 does:
// the first that drops, else the first that demotes; nothing is joined here; a frame that a rule allows passes. First each place of the list alone and
// each pair of places with every kind, then random lists, with empty slots in between.
`default_nettype none

module weir_decide_tb;
  import weir_pkg::*;
  import weir_lists_pkg::*;
  import weir_slot_pkg::*;

  // Places of the list: the rule, eight anomalies, score of the source, state, seven tables, eight groups of the class bank.
  localparam int Rule      = 0;
  localparam int Anomalies = Rule + 9;  // the end of them
  localparam int Source    = Anomalies;
  localparam int State     = Anomalies + 1;
  localparam int Tables    = Anomalies + 2;
  localparam int Groups    = Anomalies + NumTables;
  localparam int Places    = Groups + 8;

  typedef struct {
    bit         valid;
    bit         demote;
    bit         dry;
    logic [7:0] reason;
    detail_t    detail;
  } item_t;
  typedef struct {
    bit    frame;
    bit    bypass;
    bit    consume;
    bit    allow;
    bit    divert;   // what the rule's drop means
    bit    limit;    // a rule's, in the table pair
    logic [1:0] number;
    logic [2:0] state_verdict;
    item_t item[Places];
  } slot_t;

  logic       clk = 1'b0;
  logic       rst = 1'b1;
  logic [2:0] phase = '0;
  always #8 clk = ~clk;

  opinion_t   earlier = '0;
  candidate_t candidate = '0;
  logic [1:0] t2_place = '0;
  logic       t3_place = '0;
  opinion_t   bank = '0;
  detail_t    bank_detail = '0;
  logic [2:0] used;
  logic       bypass = 1'b0;
  logic       consume = 1'b0;
  logic       t2_limit = 1'b0;
  logic       allow = 1'b0;
  logic       divert = 1'b0;
  logic [2:0] state_verdict = '0;
  detail_t    state_detail = '0;
  logic [2:0] verdict;
  logic [7:0] reason;
  logic [7:0] dry_reason;
  detail_t    detail;

  weir_decide dut (
      .clk,
      .phase_i      (phase),
      .before_i     (earlier),
      .candidate_i  (candidate),
      .t2_place_i   (t2_place),
      .t3_place_i   (t3_place),
      .t2_limit_i   (t2_limit),
      .bank_i       (bank),
      .bank_detail_i(bank_detail),
      .used_o       (used),
      .bypass_i     (bypass),
      .consume_i    (consume),
      .allow_i      (allow),
      .divert_i     (divert),
      .state_verdict_i(state_verdict),
      .state_detail_i(state_detail),
      .verdict_o    (verdict),
      .reason_o     (reason),
      .dry_reason_o (dry_reason),
      .detail_o     (detail)
  );

  `include "weir_check.svh"

  // --- What others say of some places of a list ------------------------------------------------------------------------
  function automatic int first_of(slot_t s, int from, int n, bit dry, bit demote);
    for (int i = from; i < from + n; i++)
      if (s.item[i].valid && s.item[i].dry == dry && (dry || s.item[i].demote == demote)) return i;
    return -1;
  endfunction
  // The winner, or -1.
  function automatic int winner_of(slot_t s, int from, int n);
    int w;
    w = first_of(s, from, n, 1'b0, 1'b0);
    return (w >= 0) ? w : first_of(s, from, n, 1'b0, 1'b1);
  endfunction

  // What is not said is anything.
  function automatic opinion_t opinion_before(slot_t s);
    int w, d;
    w = winner_of(s, 0, Tables);
    d = first_of(s, 0, Tables, 1'b1, 1'b0);
    opinion_before = '{strength: OpinionNone, position: 5'($urandom), reason: 8'($urandom), dry: d >= 0,
                       dry_position: 5'($urandom), dry_reason: 8'($urandom)};
    if (d >= 0) begin
      opinion_before.dry_reason   = s.item[d].reason;
      opinion_before.dry_position = d == Rule ? PosRule : d == Source ? PosSource : d == State ? PosState :
                                    (w > Rule && w < d) ? PosDryBehind : PosDryBefore;
    end
    if (w >= 0) begin
      opinion_before.strength = s.item[w].demote ? OpinionDemote : OpinionDrop;
      opinion_before.position = w == Rule ? PosRule : w == Source ? PosSource : w == State ? PosState : PosAnomaly;
      opinion_before.reason   = s.item[w].reason;
    end else if (d >= 0) begin
      opinion_before.strength = OpinionDry;
      opinion_before.position = opinion_before.dry_position;
      opinion_before.reason   = s.item[d].reason;
    end
  endfunction
  // One detail for both: of the one of the two that stands.
  task automatic state_says(slot_t s);
    int e;
    e = winner_of(s, Source, 2);
    if (e < 0) e = first_of(s, Source, 2, 1'b1, 1'b0);
    state_detail  = {89{1'b1}} & {$urandom, $urandom, $urandom};
    if (e >= 0) state_detail = s.item[e].detail;
    state_verdict = s.state_verdict;
  endtask
  task automatic bank_says(slot_t s);
    int w, d, e;
    w = winner_of(s, Groups, 8);
    d = first_of(s, Groups, 8, 1'b1, 1'b0);
    e = (w >= 0) ? w : d;
    bank = '{strength: OpinionNone, position: 5'($urandom), reason: 8'($urandom), dry: d >= 0, dry_position: 5'($urandom),
             dry_reason: 8'($urandom)};
    bank_detail = {89{1'b1}} & {$urandom, $urandom, $urandom};
    if (e >= 0) begin
      bank.strength = (w < 0) ? OpinionDry : s.item[w].demote ? OpinionDemote : OpinionDrop;
      bank.position = PosGroup0 + 5'(e - Groups);
      bank.reason   = s.item[e].reason;
      bank_detail   = s.item[e].detail;
    end
    if (d >= 0) begin
      bank.dry_position = PosGroup0 + 5'(d - Groups);
      bank.dry_reason   = s.item[d].reason;
    end
  endtask

  // --- Slots move on: T1, T2, T3, D, C ---------------------------------------------------------------------------------
  slot_t at[5];
  slot_t empty;
  int    n_drop = 0, n_demote = 0, n_pass = 0, n_dry = 0, n_frames = 0, n_verdicts = 0, n_other = 0;
  int    n_allowed = 0, n_diverted = 0, n_limited = 0;
  int    n_won[Places];

  task automatic offer(slot_t s, int table_no);
    item_t i;
    i = s.item[Tables+table_no];
    // What the table itself says.
    if (s.limit && table_no == TablePair) i.reason = 8'h10 + 8'(TablePair) + 8'(8 * $urandom_range(0, 1));
    candidate = '{valid: s.frame && i.valid, effect: i.demote, dry_run: i.dry, reason: i.reason, tag: i.detail.tag,
                  unit: i.detail.unit, threshold: i.detail.threshold, measured: i.detail.measured};
  endtask

  task automatic verdict_of(slot_t s);
    int w, d;
    logic [2:0] v;
    logic [7:0] r, y;
    detail_t    e;
    w = winner_of(s, 0, Places);
    d = first_of(s, 0, Places, 1'b1, 1'b0);
    v = VerdictPass;
    r = ReasonPass;
    y = '0;
    e = '0;
    if (s.bypass) r = ReasonBypass;
    else if (s.consume) begin
      v = VerdictConsume;
      r = ReasonLinkControl;
    end else if (s.allow) begin
      r = ReasonRuleAllow;
      n_allowed++;
    end else begin
      if (w >= 0) begin
        v = s.item[w].demote ? VerdictDemote : w == State ? s.state_verdict : w == Rule && s.divert ? VerdictDivert : VerdictDrop;
        r = s.item[w].reason;
        n_won[w]++;
      end
      if (d >= 0 && (w < 0 || d < w)) y = s.item[d].reason;
      if (w >= 0) e = s.item[w].detail;
      else if (d >= 0) e = s.item[d].detail;
      n_dry += 32'(y != '0);
    end
    n_diverted += 32'(v == VerdictDivert);
    n_limited  += 32'(r == ReasonRuleLimit);
    n_other  += 32'(v == VerdictAnswer || (v == VerdictConsume && !s.consume));
    n_drop   += 32'(v == VerdictDrop);
    n_demote += 32'(v == VerdictDemote);
    n_pass   += 32'(v == VerdictPass);
    n_verdicts++;
    check(verdict == v && reason == r, $sformatf("verdict %0d, reason %h, not %0d, %h", verdict, reason, v, r));
    check(dry_reason == y, $sformatf("dry reason %h, not %h", dry_reason, y));
    check(detail == e, $sformatf("detail %h, not %h (reason %h)", detail, e, r));
  endtask

  // One slot enters T1; all others go one on.
  task automatic step(slot_t s);
    slot_t h;
    h = s;
    for (int p = 0; p < 8; p++) begin
      // Inputs change at the falling edge, outputs are looked at right at the rising one.
      @(negedge clk);
      phase     = 3'(p);
      t2_place  = at[1].number;
      t3_place  = at[2].number[0];
      t2_limit  = at[1].limit;
      earlier   = opinion_t'({$urandom, $urandom});
      bank      = opinion_t'({$urandom, $urandom});
      bypass    = 1'($urandom);
      consume   = 1'($urandom);
      allow     = 1'($urandom);
      divert    = 1'($urandom);
      candidate = candidate_t'({$urandom, $urandom, $urandom, $urandom});
      candidate.valid = 1'b0;
      case (p)
        0: offer(at[1], TableRemote);
        1: offer(at[2], TableClass);
        2: offer(at[3], TableAddress);
        3: offer(at[3], TablePort);
        4: offer(at[1], TablePair);
        6: offer(at[3], TablePrefix);
        7: offer(at[3], TableUdpSource);
        default: ;
      endcase
      state_verdict = 3'($urandom);
      state_detail  = {89{1'b1}} & {$urandom, $urandom, $urandom};
      if (p == 7) earlier = h.frame ? opinion_before(h) : '0;
      if (p == 0) begin
        bank_says(at[4]);
        state_says(at[4]);
        bypass  = at[4].bypass;
        consume = at[4].consume;
        allow   = at[4].allow;
        divert  = at[4].divert && at[4].item[Rule].valid && !at[4].item[Rule].dry;
      end
      @(posedge clk);
      if (p == 0 && at[4].frame) verdict_of(at[4]);
      check(!at[0].frame || used[0] == (first_of(at[0], 0, Tables, 1'b0, 1'b0) >= 0), "dropped before tier 1");
      if (p >= 5) check(!at[1].frame || used[1] == (first_of(at[1], 0, Tables + TableClass, 1'b0, 1'b0) >= 0),
                        "dropped before tier 2");
      if (p >= 2) check(!at[2].frame || used[2] == (first_of(at[2], 0, Tables + TableAddress, 1'b0, 1'b0) >= 0),
                        "dropped before tier 3");
    end
    for (int i = 4; i > 0; i--) at[i] = at[i-1];
    at[0] = h;
  endtask

  // --- Stimulus --------------------------------------------------------------------------------------------------------
  logic [1:0] number = '0;
  // kind: 0 drop, 1 demote, 2 dry drop, 3 dry demote
  function automatic void put(ref slot_t s, input int place, int kind);
    s.item[place].valid  = 1'b1;
    s.item[place].demote = kind[0] && place != Rule;
    s.item[place].dry    = kind[1];
  endfunction
  // A frame without candidates; reasons and details of all places are different.
  function automatic slot_t frame();
    slot_t s;
    s       = empty;
    s.frame = 1'b1;
    s.divert = $urandom_range(0, 1) == 1;
    s.limit  = $urandom_range(0, 3) == 0;
    s.state_verdict = ($urandom_range(0, 2) == 0) ? VerdictDrop : ($urandom_range(0, 1) == 0) ? VerdictAnswer : VerdictConsume;
    for (int i = 0; i < Places; i++) begin
      s.item[i].reason = (i == Rule) ? (s.divert ? ReasonRuleDivert : ReasonRuleBlock) :
                         (s.limit && i == Tables + TablePair) ? ReasonRuleLimit : (i == Source) ? ReasonSourceScore : (i == State) ? 8'($urandom_range(32'(ReasonConnNone), 32'(ReasonSynProof))) :
                         (i < Anomalies) ? 8'h40 + 8'(i * 8 - 8 + $urandom_range(0, 7)) : (i < Groups) ? 8'h10 + 8'(i - Tables) +
                         8'(8 * $urandom_range(0, 1)) : (i == Groups + 6) ? 8'h17 : 8'h20 + 8'(i - Groups);
      if (i >= Anomalies) s.item[i].detail = {(i < Groups) ? 40'({$urandom, $urandom}) : 40'd0, 1'($urandom), 24'($urandom),
                                           24'($urandom)};
    end
    return s;
  endfunction
  // Places follow each other from frame to frame; an empty slot has that of the next frame.
  task automatic send(slot_t s);
    slot_t t;
    t        = s;
    t.number = number;
    if (t.frame) begin
      number = number + 2'd1;
      n_frames++;
    end
    step(t);
  endtask

  slot_t s;
  initial begin
    void'($urandom(32'd7));
    empty.frame = 1'b0;
    for (int i = 0; i < 5; i++) at[i] = empty;
    repeat (4) @(posedge clk);
    @(negedge clk) rst = 1'b0;
    // Nothing, bypass, consumed, both, allowed.
    for (int i = 0; i < 32; i++) begin
      s         = frame();
      s.bypass  = i[0];
      s.consume = i[1];
      s.allow   = i[4];
      if (i[2]) for (int k = 0; k < Places; k++) put(s, k, i[3] ? 2 : 0);
      send(s);
    end
    // Each place alone.
    for (int i = 0; i < Places; i++)
      for (int k = 0; k < 4; k++) begin
        s = frame();
        put(s, i, k);
        send(s);
      end
    // Each pair of places, each pair of kinds.
    for (int i = 0; i < Places; i++)
      for (int j = i + 1; j < Places; j++)
        for (int k = 0; k < 16; k++) begin
          s = frame();
          put(s, i, k % 4);
          put(s, j, k / 4);
          send(s);
        end
    // Random lists from sparse to full, empty slots between the frames.
    for (int round = 0; round < 6000; round++) begin
      int percent, drops;
      percent = (round % 4 == 0) ? 5 : (round % 4 == 1) ? 15 : (round % 4 == 2) ? 40 : 100;
      drops   = $urandom_range(0, 2);
      s       = frame();
      for (int i = 0; i < Places; i++)
        if ($urandom_range(1, 100) <= percent)
          put(s, i, (drops == 0 && $urandom_range(0, 9) != 0) ? $urandom_range(2, 3) :
                    (drops == 1 && $urandom_range(0, 9) != 0) ? $urandom_range(1, 3) : $urandom_range(0, 3));
      s.bypass  = $urandom_range(0, 19) == 0;
      s.consume = $urandom_range(0, 19) == 0;
      s.allow   = $urandom_range(0, 19) == 0;
      send(s);
      if (round > 3000) repeat ($urandom_range(0, 3)) send(empty);
    end
    repeat (6) send(empty);
    check(n_frames == n_verdicts, "one verdict a frame");
    for (int i = 0; i < Places; i++) check(n_won[i] > 50, $sformatf("place %0d won %0d times", i, n_won[i]));
    check(n_drop > 1000 && n_demote > 1000 && n_pass > 500 && n_dry > 1000 && n_other > 60, $sformatf("seen: %0d drop, %0d demote, %0d pass, %0d dry, %0d other", n_drop, n_demote, n_pass, n_dry, n_other));
    check(n_allowed > 100 && n_diverted > 100 && n_limited > 20, $sformatf("rules seen: %0d, %0d, %0d", n_allowed, n_diverted, n_limited));
    report("weir_decide");
    $finish;
  end
endmodule

`default_nettype wire

// SPDX-License-Identifier: Apache-2.0
//
// Bench of weir_syn_decide: random frames, as the tables of S1 and S2 may describe them, against docs/datapath.md 13.3, 14.2 to 14.4,
// 15, 17 and 18.3 as a list of at most two candidates. Compared is what the decision and the record can tell: who wins with what,
// the dry reason, detail, verdict, answer; and who is entered where.
`default_nettype none

module weir_syn_decide_tb;
  import weir_pkg::*;
  import weir_lists_pkg::*;
  import weir_slot_pkg::*;
  import weir_state_pkg::*;

  state_cfg_t    cfg;
  state_frame_t  frame;
  conn_result_t  conn;
  logic [2:0]    flood;
  logic [12:0]   host_count;
  logic [39:0]   conn_tag, host_tag, remote_tag;
  logic          proves, over, legit_hit, legit_no_room, proven_hit, sketch_passes, crowded;
  logic [31:0]   cookie;
  logic [15:0]   score;
  logic          client_over;
  state_early_t  early;
  logic [10:0]   client_limit, client_count;
  logic          known, begins, enter_legit, enter_proven, sketch_use;
  opinion_t      opinion;
  state_detail_t detail;

  weir_syn_decide dut (
      .cfg_i          (cfg),
      .frame_i        (frame),
      .conn_i         (conn),
      .flood_i        (flood),
      .host_count_i   (host_count),
      .conn_tag_i     (conn_tag),
      .host_tag_i     (host_tag),
      .remote_tag_i   (remote_tag),
      .proves_i       (proves),
      .cookie_i       (cookie),
      .score_over_i   (over),
      .score_i        (score),
      .known_o        (known),
      .begins_o       (begins),
      .enter_legit_o  (enter_legit),
      .enter_proven_o (enter_proven),
      .early_o        (early),
      .early_i        (early),
      .crowded_i      (crowded),
      .client_over_i  (client_over),
      .client_limit_i (client_limit),
      .client_count_i (client_count),
      .legit_hit_i    (legit_hit),
      .legit_no_room_i(legit_no_room),
      .proven_hit_i   (proven_hit),
      .sketch_passes_i(sketch_passes),
      .sketch_use_o   (sketch_use),
      .opinion_o      (opinion),
      .detail_o       (detail)
  );

  `include "weir_check.svh"
  function automatic void tell(string what);
    $display("%s: event %0d flags %b dir %b tcp %b allowed %b mode %0d method %0d flood %b", what, conn.seen, frame.flags, frame.dir,
             frame.look_tcp, frame.allowed, cfg.conn.mode, cfg.syn.method, flood);
  endfunction

  typedef struct {
    bit          valid;
    bit          demote;
    bit          dry;
    logic [7:0]  reason;
    logic [2:0]  verdict;
    answer_e     answer;
    detail_t     detail;
  } item_t;

  // --- The text ---------------------------------------------------------------------------------------------------------
  bit    w_known, w_begins, w_legit, w_proven, w_sketch;
  item_t item[2];   // source_score; 13.3 or 14
  int    seen[256];
  int    n_legit = 0, n_proven = 0, n_sketch = 0, n_dry = 0, n_allowed = 0;
  int    n_crowd[3] = '{default: 0};  // method 3: answered in a crowd, and proofs with a limit, and what would be one if there were a limit

  function automatic void take(int act, logic [7:0] reason);
    item[1].valid  = cfg.act[act].action >= 2;
    item[1].demote = cfg.act[act].action == 3;
    item[1].dry    = cfg.act[act].dry_run;
    item[1].reason = reason;
  endfunction
  function automatic void text();
    bit in_tcp, syn, ack, rst, is_syn, score_drop, legit, proof, to_judge, cookie_of_rst, as_method_1;
    item[0] = '{reason: 8'd0, verdict: VerdictDrop, answer: AnswerNone, detail: '0, default: 0};
    item[1] = item[0];
    {ack, rst, syn} = {frame.flags[4], frame.flags[2], frame.flags[1]};
    in_tcp = frame.look_tcp && !frame.dir;
    is_syn = in_tcp && syn && !ack;
    w_known = in_tcp && (conn.seen inside {EventKnown, EventSimultaneous, EventHalfOpen, EventEstablished, EventReset,
                                           EventAdopted, EventClosed});
    // 15
    if (over && !w_known) begin
      item[0].valid  = cfg.act[6].action >= 2;
      item[0].demote = cfg.act[6].action == 3;
      item[0].dry    = cfg.act[6].dry_run;
      item[0].reason = ReasonSourceScore;
      item[0].detail = '{tag: remote_tag, unit: 1'b0, threshold: 24'(cfg.source.threshold), measured: 24'(score)};
    end
    score_drop = item[0].valid && !item[0].demote && !item[0].dry;
    // 14.2
    legit   = legit_hit || (legit_no_room && cfg.syn.legit_open);
    w_legit = in_tcp && conn.seen == EventEstablished && frame.checked && !conn.opener && !conn.adopted && flood == 0 &&
              !cfg.syn.legit_manual && !score_drop;
    // 13.3; none for allowed frames
    item[1].detail.tag = conn_tag;
    if (!frame.dir && !frame.allowed && cfg.conn.mode != ConnModeAsymmetric) begin
      if (conn.seen == EventNone) take(0, ReasonConnNone);
      if (conn.seen == EventState) take(1, ReasonConnState);
      if (conn.seen == EventWindow) take(2, ReasonConnWindow);
      if (conn.seen == EventFull && cfg.conn.fail_closed) take(3, ReasonFullConnection);
      if (conn.seen == EventQuote) take(4, ReasonIcmpQuote);
    end
    // 14.3: method 3 with a limit proves as method 1 does.
    cookie_of_rst = cfg.syn.method == SynAckCookie || (cfg.syn.method == SynRetransmission && cfg.syn.sketch_limit != 0);
    proof = in_tcp && !frame.allowed && !syn && conn.unknown && cfg.syn.enable && proves &&
            ((cookie_of_rst && rst) || (cfg.syn.method == SynCookie && !rst && ack));
    w_proven = proof && !score_drop;
    if (cfg.syn.method == SynRetransmission && rst) begin
      if (proof) n_crowd[1]++;
      else if (in_tcp && !frame.allowed && !syn && conn.unknown && cfg.syn.enable && proves) n_crowd[2]++;
    end
    if (proof) begin
      item[1].valid   = 1;
      item[1].demote  = 0;
      item[1].dry     = 0;
      item[1].reason  = ReasonSynProof;
      item[1].verdict = VerdictConsume;
      if (cfg.syn.method == SynCookie && frame.answerable) begin
        item[1].verdict = VerdictAnswer;
        item[1].answer  = AnswerReset;
      end
    end
    // 14.4
    w_begins = is_syn && (conn.seen == EventSynNew || cfg.conn.mode == ConnModeOff) && !frame.allowed && cfg.syn.enable;
    if (w_begins && flood[2] && (legit || proven_hit) && client_over) begin
      take(7, ReasonZombieLimit);
      item[1].detail = '{tag: remote_tag, unit: 1'b0, threshold: 24'(client_limit), measured: 24'(client_count)};
    end
    to_judge = w_begins && flood != 0 && !legit && !proven_hit && cfg.act[5].action != 0;
    w_sketch = to_judge && cfg.syn.method == SynRetransmission && !score_drop;
    if (to_judge) begin
      item[1].valid  = 1;
      item[1].demote = 0;
      item[1].dry    = cfg.act[5].dry_run;
      item[1].reason = ReasonSynFlood;
      item[1].detail = '{tag: host_tag, unit: 1'b0, threshold: 24'(cfg.syn.host_threshold), measured: 24'(host_count)};
      as_method_1 = cfg.syn.method == SynAckCookie;
      if (cfg.syn.method == SynRetransmission) begin
        if (sketch_passes) item[1].valid = 0;
        else if (crowded) as_method_1 = 1;
        else item[1].reason = ReasonSynFirst;
      end
      if ((as_method_1 || cfg.syn.method == SynCookie) && frame.answerable && !cfg.act[5].dry_run) begin
        n_crowd[0] += 32'(cfg.syn.method == SynRetransmission);
        item[1].reason  = ReasonSynChallenge;
        item[1].verdict = VerdictAnswer;
        item[1].answer  = cfg.syn.method == SynCookie ? AnswerSynCookie : AnswerAckCookie;
      end
    end
  endfunction

  // --- One frame ----------------------------------------------------------------------------------------------------------
  task automatic one();
    int w, d;
    #1;
    text();
    w = -1;
    d = -1;
    for (int i = 1; i >= 0; i--) if (item[i].valid && !item[i].dry && item[i].demote) w = i;
    if (item[1].valid && !item[1].dry && !item[1].demote) w = 1;
    if (item[0].valid && !item[0].dry && !item[0].demote) w = 0;
    for (int i = 1; i >= 0; i--) if (item[i].valid && item[i].dry) d = i;
    if (!checked(known == w_known)) tell("known");
    if (!checked(begins == w_begins)) tell("begins");
    if (frame.allowed) begin
      n_allowed++;
      if (!checked(opinion.strength == OpinionNone && !opinion.dry && !enter_proven && !sketch_use)) tell("allowed");
    end
    if (!checked(enter_legit == w_legit)) tell("legitimate");
    if (!checked(enter_proven == w_proven)) tell("proven");
    if (!checked(sketch_use == w_sketch)) tell("sketch");
    n_legit  += 32'(w_legit);
    n_proven += 32'(w_proven);
    n_sketch += 32'(w_sketch);
    if (w < 0 && d < 0) begin
      if (!checked(opinion.strength == OpinionNone && !opinion.dry)) tell("no opinion");
    end else begin
      int s;
      s = w >= 0 ? w : d;
      seen[item[s].reason]++;
      if (!checked(opinion.strength == (w < 0 ? OpinionDry : item[w].demote ? OpinionDemote : OpinionDrop) &&
                opinion.position == (s == 0 ? PosSource : PosState) && opinion.reason == item[s].reason))
        tell($sformatf("opinion %p, not %h", opinion, item[s].reason));
      if (!checked(detail.detail == item[s].detail)) tell("detail");
      if (w == 1 && !item[1].demote) begin
        if (!checked(detail.verdict == item[1].verdict)) tell("verdict");
        if (item[1].verdict == VerdictAnswer)
          if (!checked(detail.answer.kind == item[1].answer && (item[1].answer == AnswerReset || detail.answer.cookie == cookie)))
            tell("answer");
      end
      // Behind a drop, nothing dry can be told any more.
      if (!(w >= 0 && !item[w].demote && (d < 0 || d > w))) begin
        n_dry += 32'(d >= 0);
        if (!checked(opinion.dry == (d >= 0) && (d < 0 || (opinion.dry_reason == item[d].reason &&
                                                        opinion.dry_position == (d == 0 ? PosSource : PosState)))))
          tell("dry");
      end
    end
  endtask

  function automatic act_t some_act();
    return '{dry_run: $urandom_range(0, 2) == 0, action: $urandom_range(0, 2) == 0 ? 2'd0 : 2'($urandom_range(2, 3))};
  endfunction
  initial begin
    void'($urandom(32'd17));
    for (int n = 0; n < 1_200_000; n++) begin
      if (n % 8 == 0) begin
        for (int i = 0; i < $bits(state_cfg_t); i += 32) cfg = state_cfg_t'({cfg, $urandom});
        cfg.conn.mode = conn_mode_e'($urandom_range(0, 2));
        if ($urandom_range(0, 1) == 0) cfg.conn.mode = ConnModeOn;
        cfg.syn.enable = $urandom_range(0, 3) != 0;
        case ($urandom_range(0, 5))
          0, 1:    cfg.syn.sketch_limit = '0;
          2:       cfg.syn.sketch_limit = 12'd1 << $urandom_range(0, 11);
          default: ;
        endcase
        for (int a = 0; a < NumActs; a++) cfg.act[a] = some_act();
      end
      frame = state_frame_t'({$urandom, $urandom, $urandom, $urandom});
      frame.allowed = $urandom_range(0, 9) == 0;
      {frame.look_tcp, frame.look_quote} = {1'b1, 1'b0};
      case ($urandom_range(0, 9))
        0: {frame.look_tcp, frame.look_quote} = 2'b00;
        1: {frame.look_tcp, frame.look_quote} = 2'b01;
        default: ;
      endcase
      frame.dir = $urandom_range(0, 5) == 0 && !frame.look_quote;
      case ($urandom_range(0, 3))
        0: frame.flags = 6'b000010;
        1: frame.flags = 6'b010010;
        2: frame.flags = 6'b000100 | (6'($urandom_range(0, 1)) << 4);
        default: frame.flags = 6'b010000 | 6'($urandom_range(0, 1));
      endcase
      if (frame.dir) frame.answerable = 1'b0;
      // What the tables can say of such a frame.
      conn = conn_result_t'($urandom);
      conn.seen = 4'($urandom_range(1, 15));
      if (frame.look_quote) conn.seen = $urandom_range(0, 2) == 0 ? EventKnown : $urandom_range(0, 2) == 0 ? EventFull : EventQuote;
      if (cfg.conn.mode == ConnModeOff || !(frame.look_tcp || frame.look_quote)) begin
        conn.seen    = EventUnseen;
        conn.unknown = frame.look_tcp;
      end else begin
        if (frame.look_tcp && conn.seen == EventQuote) conn.seen = EventNone;
        if (frame.look_tcp && !frame.dir && frame.flags[1] && !frame.flags[4] && $urandom_range(0, 1) == 0) conn.seen = EventSynNew;
        if (conn.seen == EventSynNew && !(!frame.dir && frame.flags[1] && !frame.flags[4])) conn.seen = EventWindow;
        if (cfg.conn.mode == ConnModeAsymmetric && conn.seen inside {EventNone, EventState, EventWindow, EventQuote})
          conn.seen = EventAsymmetric;
        else if (cfg.conn.mode != ConnModeAsymmetric && conn.seen == EventAsymmetric) conn.seen = EventKnown;
        if (conn.seen == EventNone) conn.unknown = 1'b1;
      end
      flood = frame.look_tcp && !frame.dir && cfg.syn.enable ? 3'($urandom) : 3'd0;
      if (frame.allowed) flood[0] = 1'b0;
      client_over   = 1'($urandom);
      client_limit  = 11'($urandom);
      client_count  = 11'($urandom);
      host_count    = 13'($urandom);
      conn_tag      = 40'({$urandom, $urandom});
      host_tag      = 40'({$urandom, $urandom});
      remote_tag    = 40'({$urandom, $urandom});
      proves        = 1'($urandom);
      cookie        = $urandom;
      over          = !frame.dir && !frame.look_quote && !frame.allowed && $urandom_range(0, 3) == 0;
      score         = 16'($urandom);
      {legit_hit, legit_no_room, proven_hit} = '0;
      if (frame.look_tcp && !frame.dir) begin
        case ($urandom_range(0, 5))
          0: legit_hit = 1'b1;
          1: legit_no_room = 1'b1;
          default: ;
        endcase
        proven_hit = $urandom_range(0, 5) == 0;
      end
      sketch_passes = 1'($urandom);
      crowded     = cfg.syn.sketch_limit != '0 && 1'($urandom);
      one();
    end
    foreach (seen[r])
      if ((r >= 32'(ReasonConnNone) && r <= 32'(ReasonIcmpQuote)) || (r >= 32'(ReasonSynFlood) && r <= 32'(ReasonZombieLimit)) ||
          r == 32'(ReasonSourceScore))
        if (!checked(seen[r] > 500)) tell($sformatf("reason %h: %0d times", r, seen[r]));
    if (!checked(n_legit > 500 && n_proven > 500 && n_sketch > 500 && n_dry > 5000 && n_allowed > 5000 && n_crowd[0] > 200 &&
              n_crowd[1] > 500 && n_crowd[2] > 500))
      tell($sformatf("%0d legitimate, %0d proven, %0d sketch, %0d dry, %p in a crowd", n_legit, n_proven, n_sketch, n_dry, n_crowd));
    report("weir_syn_decide");
    $finish;
  end
endmodule

`default_nettype wire

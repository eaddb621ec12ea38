// SPDX-License-Identifier: Apache-2.0
//
// What the tables of state say about a frame, all together (docs/datapath.md 13.3, 14.2 to 14.4, 15, 17): who is entered where, and the
// two candidates: score of the source, and connection, SYN validation or zombie limit. Combinational, its one register is outside; in S2, see the ports for the phases.
// At most one answer a frame: the verdict is one value. A frame that a rule allows has neither candidate nor answer.
`default_nettype none

module weir_syn_decide
  import weir_pkg::*;
  import weir_lists_pkg::*;
  import weir_slot_pkg::*;
  import weir_state_pkg::*;
(
  // --- In S2, constant.
  input  wire state_cfg_t         cfg_i,
  input  wire state_frame_t       frame_i,
  input  wire conn_result_t       conn_i,
  input  wire  [2:0]              flood_i,         // host, total, zombie
  input  wire  [12:0]             host_count_i,
  input  wire  [TagBits-1:0]      conn_tag_i,
  input  wire  [TagBits-1:0]      host_tag_i,
  input  wire  [TagBits-1:0]      remote_tag_i,
  input  wire                     proves_i,
  input  wire  [31:0]             cookie_i,

  // --- From phase 4 on.
  input  wire                     score_over_i,
  input  wire  [15:0]             score_i,

  // --- From the above alone.
  output logic                    known_o,         // a frame of a known connection
  output logic                    begins_o,        // a SYN that would begin a connection
  output logic                    enter_legit_o,
  output logic                    enter_proven_o,  // from phase 4 on

  // --- From phase 6 on. crowded_i: the sketch has a limit, and more SYNs than that; client_over_i: the client has as many
  // connections as the limit, or more.
  input  wire                     crowded_i,
  input  wire                     client_over_i,
  input  wire  [10:0]             client_limit_i,
  input  wire  [10:0]             client_count_i,

  // --- What is known in phase 6, and the same a clock later: so that what the tables of S2 say in phase 7 has a short way.
  output state_early_t            early_o,
  input  wire state_early_t       early_i,

  // --- In phase 7: what the tables of S2 say.
  input  wire                     legit_hit_i,
  input  wire                     legit_no_room_i,
  input  wire                     proven_hit_i,
  input  wire                     sketch_passes_i,
  output logic                    sketch_use_o,
  output opinion_t                opinion_o,
  output state_detail_t           detail_o
);
  logic       inbound;
  logic       syn;
  logic       judged;       // no rule allows it
  logic       ack;
  logic       rst;
  logic       score_drop;
  logic       proof;
  logic       begins;
  logic       passes;
  logic       challenged;
  logic       limited;
  candidate_t score;
  candidate_t score_late;
  candidate_t state;
  act_t       score_act;
  act_t       state_act;
  opinion_t   score_opinion;
  opinion_t   state_opinion;
  logic       by_state;

  always_comb begin
    {ack, rst, syn} = {frame_i.flags[4], frame_i.flags[2], frame_i.flags[1]};
    inbound = !frame_i.dir;
    judged  = inbound && !frame_i.allowed;

    known_o = 1'b0;
    if (frame_i.look_tcp && inbound) begin
      case (conn_i.seen)
        EventKnown, EventSimultaneous, EventHalfOpen, EventEstablished, EventReset, EventAdopted, EventClosed: known_o = 1'b1;
        default: ;
      endcase
    end

    // --- Score (15).
    score_act       = cfg_i.act[ActScore];
    score           = '0;
    score.valid     = score_over_i && !known_o && judged && score_act.action[1];
    score.effect    = score_act.action[0];
    score.dry_run   = score_act.dry_run;
    score.reason    = ReasonSourceScore;
    score_drop      = score.valid && !score.effect && !score.dry_run;

    // --- Who is entered (14.2, 14.3).
    enter_legit_o = frame_i.look_tcp && inbound && conn_i.seen == EventEstablished && frame_i.checked && !conn_i.opener &&
                    !conn_i.adopted && flood_i == '0 && !cfg_i.syn.legit_manual;
    proof = frame_i.look_tcp && judged && !syn && conn_i.unknown && cfg_i.syn.enable && proves_i &&
            (rst ? cfg_i.syn.method == SynAckCookie || (cfg_i.syn.method == SynRetransmission && cfg_i.syn.sketch_limit != '0) :
                   ack && cfg_i.syn.method == SynCookie);
    enter_proven_o = proof && !score_drop;
    begins   = frame_i.look_tcp && judged && syn && !ack && (conn_i.seen == EventSynNew || conn_i.seen == EventUnseen) &&
               cfg_i.syn.enable;
    begins_o = begins;
  end

  // --- Connection (13.3), proof (14.3) --------------------------------------------------------------------------------
  always_comb begin
    state_act      = '0;
    early_o        = '0;
    early_o.reason = ReasonConnNone;
    if (judged && cfg_i.conn.mode != ConnModeAsymmetric) begin
      case (conn_i.seen)
        EventNone:   {state_act, early_o.reason} = {cfg_i.act[ActNone], ReasonConnNone};
        EventState:  {state_act, early_o.reason} = {cfg_i.act[ActState], ReasonConnState};
        EventWindow: {state_act, early_o.reason} = {cfg_i.act[ActWindow], ReasonConnWindow};
        EventQuote:  {state_act, early_o.reason} = {cfg_i.act[ActQuote], ReasonIcmpQuote};
        EventFull:   if (cfg_i.conn.fail_closed) {state_act, early_o.reason} = {cfg_i.act[ActFull], ReasonFullConnection};
        default: ;
      endcase
    end
    early_o.valid   = state_act.action[1];
    early_o.effect  = state_act.action[0];
    early_o.dry_run = state_act.dry_run;
    if (proof) begin
      early_o.valid   = 1'b1;
      early_o.effect  = 1'b0;
      early_o.dry_run = 1'b0;
      early_o.reason  = ReasonSynProof;
    end
    early_o.score      = score.valid;
    early_o.proof      = proof;
    early_o.limited    = begins && flood_i[2] && client_over_i && cfg_i.act[ActZombie].action[1];
    early_o.challenged = begins && flood_i != '0 && cfg_i.act[ActSyn].action[1];
    case (cfg_i.syn.method)
      SynAckCookie, SynCookie: early_o.answers = 1'b1;
      SynRetransmission:       {early_o.answers, early_o.first} = {crowded_i, !crowded_i};
      default: ;
    endcase
    if (!frame_i.answerable || cfg_i.act[ActSyn].dry_run) early_o.answers = 1'b0;
  end

  // --- SYN (14.4), and all together -----------------------------------------------------------------------------------
  always_comb begin
    state         = '0;
    state.valid   = early_i.valid;
    state.effect  = early_i.effect;
    state.dry_run = early_i.dry_run;
    state.reason  = early_i.reason;

    passes       = legit_hit_i || (legit_no_room_i && cfg_i.syn.legit_open) || proven_hit_i;
    limited      = early_i.limited && passes;
    challenged   = early_i.challenged && !passes;
    sketch_use_o = challenged && cfg_i.syn.method == SynRetransmission &&
                   !(early_i.score && !score.effect && !score.dry_run);

    detail_o         = '0;
    detail_o.verdict = VerdictDrop;
    detail_o.detail.tag = conn_tag_i;
    if (limited) begin
      state.valid   = 1'b1;
      state.effect  = cfg_i.act[ActZombie].action[0];
      state.dry_run = cfg_i.act[ActZombie].dry_run;
      state.reason  = ReasonZombieLimit;
      detail_o.detail.tag       = remote_tag_i;
      detail_o.detail.threshold = 24'(client_limit_i);
      detail_o.detail.measured  = 24'(client_count_i);
    end
    if (challenged) begin
      state.valid   = 1'b1;
      state.effect  = 1'b0;
      state.dry_run = cfg_i.act[ActSyn].dry_run;
      state.reason  = ReasonSynFlood;
      detail_o.detail.tag       = host_tag_i;
      detail_o.detail.threshold = 24'(cfg_i.syn.host_threshold);
      detail_o.detail.measured  = 24'(host_count_i);
      if (early_i.first) state.reason = ReasonSynFirst;
      if (early_i.answers) begin
        state.reason     = ReasonSynChallenge;
        detail_o.verdict = VerdictAnswer;
      end
      if (cfg_i.syn.method == SynRetransmission && sketch_passes_i) state.valid = 1'b0;
    end
    if (early_i.proof) begin
      detail_o.verdict = frame_i.answerable && cfg_i.syn.method == SynCookie ? VerdictAnswer : VerdictConsume;
    end
    detail_o.answer.cookie = cookie_i;
    detail_o.answer.kind   = early_i.proof ? AnswerReset : cfg_i.syn.method == SynCookie ? AnswerSynCookie : AnswerAckCookie;

    // --- Both.
    score_late       = score;
    score_late.valid = early_i.score;
    score_opinion = opinion_of(score_late, PosSource);
    state_opinion = opinion_of(state, PosState);
    opinion_o     = opinion_join(score_opinion, state_opinion);
    by_state      = opinion_beats(state_opinion, score_opinion);
    if (!by_state) begin
      detail_o.detail.tag       = remote_tag_i;
      detail_o.detail.threshold = 24'(cfg_i.source.threshold);
      detail_o.detail.measured  = 24'(score_i);
    end
  end
endmodule

`default_nettype wire

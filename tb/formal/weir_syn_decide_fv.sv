// SPDX-License-Identifier: Apache-2.0
//
// Proof harness of weir_syn_decide: for any configuration, any frame, and whatever the tables say of it. Proved, each for itself
// from docs/datapath.md 13.3, 14.2 to 14.4, 15, 17 and 18.3:
//   answers     only to an inbound TCP frame that can be answered, and only one of two: a SYN of an unknown source in a declared
//               flood, or the acknowledgement of a SYN cookie that proves its source; the kind of answer fits
//   honest      a legitimate or proven source, a connection that is there and a segment of it are never challenged; the
//               score touches no frame of a known connection
//   allowed     a frame that a rule allows is never answered, objected to, a proof, or in the sketch
//   zombies     only a known source that opens a connection during a zombie flood meets its limit, and every one that has reached it
//   complete    in a flood, with an action, no other SYN passes but one that the sketch lets pass; the others are answered while it is
//               crowded, so that a client can get in by the one way or the other
//   entered     legitimate: by a completed handshake of a checked, not adopted connection from outside, without flood and unless
//               the host does it; proven: by a number that proves. Neither by a frame that the score drops, none outbound
//   candidates  at most one of the score and one of state, each with its reason and action; together they are the opinion
//               and detail that weir_judge joins, by the rule of section 8
// Assumed: what the tables do not look up they do not say (frame_i.look_tcp, direction; proved or tested with them).
`default_nettype none

module weir_syn_decide_fv
  import weir_pkg::*;
  import weir_lists_pkg::*;
  import weir_slot_pkg::*;
  import weir_state_pkg::*;
(
    input wire clk,
    input wire state_cfg_t   cfg,
    input wire state_frame_t frame,
    input wire conn_result_t conn,
    input wire  [2:0]         flood,
    input wire  [12:0]        host_count,
    input wire  [TagBits-1:0] conn_tag,
    input wire  [TagBits-1:0] host_tag,
    input wire  [TagBits-1:0] remote_tag,
    input wire                proves,
    input wire  [31:0]        cookie,
    input wire                score_over,
    input wire  [15:0]        score,
    input wire                client_over,
    input wire  [10:0]        client_limit,
    input wire  [10:0]        client_count,
    input wire                legit_hit,
    input wire                legit_no_room,
    input wire                proven_hit,
    input wire                sketch_passes,
    input wire                crowded
);
  state_early_t  early;
  logic          known, begins, enter_legit, enter_proven, sketch_use;
  opinion_t      o;
  state_detail_t d;

  weir_syn_decide dut (
      .cfg_i(cfg), .frame_i(frame), .conn_i(conn), .flood_i(flood), .host_count_i(host_count), .conn_tag_i(conn_tag),
      .host_tag_i(host_tag), .remote_tag_i(remote_tag), .proves_i(proves), .cookie_i(cookie), .score_over_i(score_over),
      .score_i(score), .known_o(known), .begins_o(begins), .early_o(early), .early_i(early), .crowded_i(crowded), .client_over_i(client_over), .client_limit_i(client_limit),
      .client_count_i(client_count), .enter_legit_o(enter_legit), .enter_proven_o(enter_proven), .legit_hit_i(legit_hit),
      .legit_no_room_i(legit_no_room), .proven_hit_i(proven_hit), .sketch_passes_i(sketch_passes), .sketch_use_o(sketch_use),
      .opinion_o(o), .detail_o(d)
  );

  // --- What may be asked ----------------------------------------------------------------------------------------------
  logic f_syn, f_rst, f_ack;
  logic in_tcp;
  always_comb begin
    {f_ack, f_rst, f_syn} = {frame.flags[4], frame.flags[2], frame.flags[1]};
    in_tcp = frame.look_tcp && !frame.dir;
    // Inbound only: quotes (2.8), source scores, answers (16). A frame is not both a segment and an ICMP error.
    assume (!frame.dir || !(frame.look_quote || frame.look_score || frame.answerable));
    assume (!(frame.look_tcp && frame.look_quote));
    assume (!score_over || frame.look_score);
    assume (!(frame.allowed && frame.look_score));
    if (frame.allowed) assume (!flood[0]);
    // No look-up, no result.
    if (!in_tcp) assume (!legit_hit && !legit_no_room && !proven_hit && flood == '0);
    assume (!(legit_hit && legit_no_room));
    if (!frame.look_tcp && !frame.look_quote) assume (conn.seen == EventUnseen);
    if (!frame.look_tcp) assume (!conn.unknown || frame.look_quote);
    if (conn.seen == EventQuote) assume (frame.look_quote);
    if (frame.look_quote) assume (conn.seen inside {EventUnseen, EventKnown, EventQuote, EventFull, EventAsymmetric});
    if (!cfg.syn.enable) assume (flood == '0);
    if (cfg.syn.sketch_limit == '0) assume (!crowded);
    // weir_connections (proved there).
    if (cfg.conn.mode == ConnModeAsymmetric)
      assume (!(conn.seen inside {EventNone, EventState, EventWindow, EventQuote}));
    if (conn.seen == EventSynNew) assume (in_tcp && f_syn && !f_ack);
    if (conn.seen == EventEstablished && !frame.dir) assume (!conn.unknown && f_ack && !f_rst);
    if (frame.look_tcp && conn.seen == EventUnseen) assume (conn.unknown && (cfg.conn.mode == ConnModeOff || cfg.conn.mode == ConnModeOther));
  end

  // --- What the text says -----------------------------------------------------------------------------------------------
  // 13.2, known connection.
  logic w_known;
  always_comb
    w_known = in_tcp && conn.seen inside {EventKnown, EventSimultaneous, EventHalfOpen, EventEstablished, EventReset, EventAdopted,
                                          EventClosed};
  // 15.
  act_t score_act;
  logic score_valid, score_drops;
  always_comb begin
    score_act   = cfg.act[6];
    score_valid = score_over && !w_known && (score_act.action == 2'd2 || score_act.action == 2'd3);
    score_drops = score_valid && score_act.action == 2'd2 && !score_act.dry_run;
  end
  // 14.3.
  logic w_proof, acks;  // acks: by a RST
  always_comb begin
    acks    = cfg.syn.method == SynAckCookie || (cfg.syn.method == SynRetransmission && cfg.syn.sketch_limit != '0);
    w_proof = in_tcp && !frame.allowed && !f_syn && cfg.syn.enable && conn.unknown && proves &&
              ((acks && f_rst) || (cfg.syn.method == SynCookie && !f_rst && f_ack));
  end
  // 14.4: a SYN that opens a connection while a flood is declared, from a source that nothing is known of.
  logic new_syn, stranger;
  logic by_sketch;  // it is for the sketch alone to say
  logic by_cookie;
  // One that does so from a source that is known, while zombies are declared, and that has too many already.
  logic w_begins, w_limited, of_zombie;
  always_comb begin
    w_begins = in_tcp && !frame.allowed && f_syn && !f_ack && (conn.seen == EventSynNew || conn.seen == EventUnseen) && cfg.syn.enable;
    new_syn  = w_begins && flood != '0;
    by_sketch = cfg.syn.method == SynRetransmission && (sketch_passes || !crowded);
    by_cookie = !by_sketch && cfg.syn.method != SynNone;
    stranger = !legit_hit && !proven_hit && !(legit_no_room && cfg.syn.legit_open);
    w_limited = w_begins && flood[2] && !stranger && client_over;
  end

  // The winner of the two is the one of state.
  logic answers, consumes, of_syn_reason;
  always_comb begin
    answers  = o.strength == OpinionDrop && o.position == PosState && d.verdict == VerdictAnswer;
    consumes = o.strength == OpinionDrop && o.position == PosState && d.verdict == VerdictConsume;
    of_syn_reason = (o.strength != OpinionNone && o.position == PosState && o.reason inside {ReasonSynFlood, ReasonSynChallenge, ReasonSynFirst}) ||
                    (o.dry && o.dry_position == PosState && o.dry_reason inside {ReasonSynFlood, ReasonSynChallenge, ReasonSynFirst});
    of_zombie = (o.strength != OpinionNone && o.position == PosState && o.reason == ReasonZombieLimit) ||
                (o.dry && o.dry_position == PosState && o.dry_reason == ReasonZombieLimit);
  end

  // The two candidates, by looking at the opinion: what weir_judge assumes of it.
  logic one_of_state, one_of_score;
  always_comb begin
    one_of_state = (o.strength != OpinionNone && o.position == PosState) || (o.dry && o.dry_position == PosState);
    one_of_score = (o.strength != OpinionNone && o.position == PosSource) || (o.dry && o.dry_position == PosSource);
  end

`ifdef REACHED
  always_comb begin
    cover (answers && d.answer.kind == AnswerAckCookie);
    cover (answers && d.answer.kind == AnswerSynCookie);
    cover (answers && d.answer.kind == AnswerReset);
    cover (consumes);
    cover (enter_legit);
    cover (enter_proven && f_rst);
    cover (enter_proven && !f_rst);
    cover (new_syn && !stranger && cfg.act[5].action[1]);
    cover (new_syn && score_drops);
    cover (of_syn_reason && o.reason == ReasonSynFirst);
    cover (sketch_use && sketch_passes && o.strength == OpinionNone);
    cover (sketch_use && sketch_passes && crowded && o.strength == OpinionNone);
    cover (sketch_use && crowded && answers);
    cover (sketch_use && crowded && of_syn_reason && o.reason == ReasonSynFlood && !frame.answerable && o.strength == OpinionDrop);
    cover (sketch_use && crowded && of_syn_reason && o.dry);
    cover (enter_proven && consumes && cfg.syn.method == SynRetransmission);
    cover (!w_proof && proves && in_tcp && f_rst && cfg.syn.method == SynRetransmission && conn.unknown && cfg.syn.enable && !frame.allowed);
    cover (o.strength == OpinionDemote && o.position == PosState && o.dry && o.dry_position == PosSource);
    cover (o.reason == ReasonIcmpQuote && one_of_state);
    cover (o.reason == ReasonFullConnection && one_of_state);
    cover (w_proof && score_drops);
    cover (of_zombie && o.strength == OpinionDrop && legit_no_room);
    cover (of_zombie && o.strength == OpinionDemote);
    cover (of_zombie && o.dry && proven_hit);
    cover (of_zombie && o.strength == OpinionDrop && flood == 3'b100 && cfg.conn.mode == ConnModeOff);
    cover (frame.allowed && enter_legit);
    cover (frame.allowed && in_tcp && f_syn && !f_ack && flood == 3'b110 && known);
  end
`else
  always_comb begin
    // Answers.
    if (answers) begin
      a_inbound : assert (in_tcp && frame.answerable && cfg.syn.enable);
      a_two     : assert ((new_syn && stranger) != w_proof);
      a_method  : assert (cfg.syn.method != SynNone && !(w_proof ? cfg.syn.method == SynRetransmission : by_sketch));
      a_dry     : assert (w_proof || (!cfg.act[5].dry_run && cfg.act[5].action[1]));
      if (f_syn) a_syn : assert (o.reason == ReasonSynChallenge && d.answer.cookie == cookie &&
                                 d.answer.kind == (cfg.syn.method == SynCookie ? AnswerSynCookie : AnswerAckCookie));
      else a_reset : assert (o.reason == ReasonSynProof && d.answer.kind == AnswerReset && cfg.syn.method == SynCookie && f_ack && !f_rst);
    end
    if (consumes) a_consume : assert (w_proof && o.reason == ReasonSynProof);
    a_verdict : assert (d.verdict inside {VerdictDrop, VerdictAnswer, VerdictConsume});

    // Allowed (18.3): nothing is said of it, and nothing remembered but a handshake.
    if (frame.allowed) l_allowed : assert (o.strength == OpinionNone && !o.dry && !enter_proven && !sketch_use && !begins);

    // Zombies.
    z_begins : assert (begins == w_begins);
    if (of_zombie) z_limited : assert (w_limited && cfg.act[7].action[1]);
    if (w_limited && cfg.act[7].action[1] && !score_valid)
      z_all : assert (o.position == PosState && o.reason == ReasonZombieLimit && o.dry == cfg.act[7].dry_run &&
                      o.strength == (cfg.act[7].dry_run ? OpinionDry : cfg.act[7].action[0] ? OpinionDemote : OpinionDrop));
    if (w_limited && cfg.act[7].action[1] && score_drops) z_score : assert (o.strength == OpinionDrop && o.position == PosSource);

    // Honest.
    if (legit_hit || proven_hit) h_source : assert (!of_syn_reason && !sketch_use);
    if (w_known) h_known : assert (!of_syn_reason && !one_of_score && !(answers && f_syn));
    if (of_syn_reason || sketch_use) h_flood : assert (new_syn && stranger && cfg.act[5].action[1]);
    h_sketch : assert (sketch_use == (new_syn && stranger && cfg.act[5].action[1] && cfg.syn.method == SynRetransmission && !score_drops));
    h_is_known : assert (known == w_known);

    // Complete.
    if (new_syn && stranger && cfg.act[5].action[1]) begin
      if (cfg.syn.method == SynRetransmission && sketch_passes) c_seen : assert (!one_of_state);
      else if (cfg.act[5].dry_run) begin
        c_dry : assert (o.dry && (score_valid || o.dry_position == PosState) && !answers);
        if (o.dry_position == PosState)
          c_dry_reason : assert (o.dry_reason == (by_sketch ? ReasonSynFirst : ReasonSynFlood));
      end
      else c_drop : assert (o.strength == OpinionDrop && (score_drops || (o.position == PosState &&
                            o.reason == (cfg.syn.method == SynNone ? ReasonSynFlood : by_sketch ? ReasonSynFirst :
                                         frame.answerable ? ReasonSynChallenge : ReasonSynFlood))));
      if (!cfg.act[5].dry_run && !score_drops && frame.answerable && by_cookie)
        c_answer : assert (answers);
    end
    if (w_proof && !score_drops) c_proof : assert (enter_proven && (answers || consumes) && o.reason == ReasonSynProof);
    if (w_proof && cfg.syn.method == SynCookie && frame.answerable && !score_drops) c_reset : assert (answers);

    // Entered.
    if (enter_legit) e_legit : assert (in_tcp && conn.seen == EventEstablished && frame.checked && !conn.opener && !conn.adopted &&
                                       flood == '0 && !cfg.syn.legit_manual && !score_drops);
    else e_legit_all : assert (!(in_tcp && conn.seen == EventEstablished && frame.checked && !conn.opener && !conn.adopted &&
                                 flood == '0 && !cfg.syn.legit_manual));
    e_proven : assert (enter_proven == (w_proof && !score_drops));
    e_not_both : assert (!(enter_legit && enter_proven));

    // Candidates: none of outbound frames; of the score and of state.
    if (frame.dir) n_out : assert (o.strength == OpinionNone && !o.dry);
    if (!frame.look_tcp && !frame.look_quote) n_other : assert (!one_of_state);
    n_drop   : assert ((o.strength == OpinionDrop && o.position == PosSource) == score_drops);
    n_dry    : assert ((o.dry && o.dry_position == PosSource) == (score_valid && score_act.dry_run));
    if (score_valid && !score_act.dry_run && score_act.action == 2'd3)
      n_demote : assert (o.strength == OpinionDrop || (o.strength == OpinionDemote && o.position == PosSource));
    if (o.strength != OpinionNone) n_position : assert (o.position == PosSource || o.position == PosState);
    if (o.dry) n_dry_position : assert (o.dry_position == PosSource || o.dry_position == PosState);
    if (o.strength == OpinionDry) n_first_dry : assert (o.dry && o.position == o.dry_position && o.reason == o.dry_reason);
    if (o.strength == OpinionNone) n_none : assert (!o.dry);
    if (one_of_score) n_score : assert (score_valid);
    if (o.strength != OpinionNone && o.position == PosSource)
      n_source : assert (o.reason == ReasonSourceScore && d.detail.tag == remote_tag && d.detail.threshold == 24'(cfg.source.threshold) &&
                         d.detail.measured == 24'(score) && !d.detail.unit);
    if (o.dry && o.dry_position == PosSource) n_source_dry : assert (o.dry_reason == ReasonSourceScore);
    // 13.3, by reason.
    if (o.strength != OpinionNone && o.position == PosState) begin
      case (o.reason)
        ReasonConnNone:       r_none : assert (conn.seen == EventNone && cfg.act[0].action[1] && !w_proof);
        ReasonConnState:      r_state : assert (conn.seen == EventState && cfg.act[1].action[1]);
        ReasonConnWindow:     r_window : assert (conn.seen == EventWindow && cfg.act[2].action[1]);
        ReasonFullConnection: r_full : assert (conn.seen == EventFull && cfg.act[3].action[1] && cfg.conn.fail_closed);
        ReasonIcmpQuote:      r_quote : assert (conn.seen == EventQuote && cfg.act[4].action[1]);
        ReasonSynFlood, ReasonSynChallenge, ReasonSynFirst: r_syn : assert (new_syn && stranger);
        ReasonSynProof:       r_proof : assert (w_proof);
        ReasonZombieLimit:    r_zombie : assert (w_limited);
        default:              r_no_other : assert (1'b0);
      endcase
      if (of_syn_reason && f_syn)
        r_detail : assert (d.detail.tag == host_tag && d.detail.threshold == 24'(cfg.syn.host_threshold) && d.detail.measured == 24'(host_count));
      else if (o.reason == ReasonZombieLimit)
        r_limit : assert (d.detail.tag == remote_tag && d.detail.threshold == 24'(client_limit) && d.detail.measured == 24'(client_count) &&
                          !d.detail.unit);
      else r_tag : assert (d.detail.tag == conn_tag && d.detail.threshold == '0 && d.detail.measured == '0 && !d.detail.unit);
      if (o.strength == OpinionDrop && !(o.reason inside {ReasonSynChallenge, ReasonSynProof})) r_verdict : assert (d.verdict == VerdictDrop);
    end
    // The other way round: with an action that drops and nothing of the score, the event has its reason.
    if (!frame.dir && !frame.allowed && !score_valid && !w_proof && cfg.conn.mode != ConnModeAsymmetric) begin
      if (conn.seen == EventNone && cfg.act[0] == 3'b010) w_none : assert (o.strength == OpinionDrop && o.reason == ReasonConnNone);
      if (conn.seen == EventState && cfg.act[1] == 3'b010) w_state : assert (o.strength == OpinionDrop && o.reason == ReasonConnState);
      if (conn.seen == EventWindow && cfg.act[2] == 3'b011) w_window : assert (o.strength == OpinionDemote && o.reason == ReasonConnWindow);
      if (conn.seen == EventQuote && cfg.act[4] == 3'b110) w_quote : assert (o.strength == OpinionDry && o.reason == ReasonIcmpQuote);
      if (conn.seen == EventFull && cfg.act[3] == 3'b010)
        w_full : assert (cfg.conn.fail_closed ? o.strength == OpinionDrop && o.reason == ReasonFullConnection : o.strength == OpinionNone);
    end
  end
`endif
endmodule

`default_nettype wire

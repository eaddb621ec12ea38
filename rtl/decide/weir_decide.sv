// SPDX-License-Identifier: Apache-2.0
//
// The decision multiplexer (docs/datapath.md 7, 8). Opinions go along with the slots T1, T2, T3, D, C and take in the
// candidates as they come (phases: see weir_keyed_meters); used_o is what a tier must know of those below. What the
// record says of a keyed meter waits in distributed RAM until the winner is known.
// The verdict on the slot in C stands in phase 0: exactly one, always. No stall; a slot's candidates end with its verdict.
// No reset: what a slot begins with is before_i, whatever stood in the stages; what is said of slots without a frame nobody asks.
`default_nettype none

module weir_decide
  import weir_pkg::*;
  import weir_lists_pkg::*;
  import weir_slot_pkg::*;
(
  input  wire             clk,
  input  wire  [2:0]      phase_i,

  // --- In phase 7, of the slot in S2: rules, anomalies and state.
  input  wire opinion_t   before_i,
  // --- Keyed meters.
  input  wire candidate_t candidate_i,
  // A number that differs for slots that follow each other: of those in T2 (4 different ones) and T3.
  input  wire  [1:0]      t2_place_i,
  input  wire             t3_place_i,
  // The slot in T2 has a rule's limit for its key in the table pair.
  input  wire             t2_limit_i,
  // --- The class bank, of the slot in C in phase 0.
  input  wire opinion_t   bank_i,
  input  wire detail_t    bank_detail_i,

  // --- [tier - 1]: the slot in the tier's stage was really dropped before. From phase 0, tier 2: 5, tier 3: 2.
  output logic [2:0]      used_o,

  // --- In phase 0, of the slot in C.
  input  wire             bypass_i,
  input  wire             consume_i,
  input  wire             allow_i,          // by a rule: passes, whatever the candidates say
  input  wire             divert_i,         // what a rule's drop means
  input  wire  [2:0]      state_verdict_i,  // when the candidate of state wins with effect drop
  input  wire detail_t    state_detail_i,
  output logic [2:0]      verdict_o,
  output logic [7:0]      reason_o,
  output logic [7:0]      dry_reason_o,
  output detail_t         detail_o
);
  opinion_t t1_q = '0;
  opinion_t t2_q = '0;
  opinion_t t3_q = '0;
  opinion_t d_q  = '0;
  opinion_t c_q  = '0;

  // --- Who speaks in which phase ----------------------------------------------------------------------------------
  logic [2:0] who;         // table
  logic [3:0] place;       // of its detail
  opinion_t   candidate;
  opinion_t   d_with;

  always_comb begin
    case (phase_i)
      3'd0:    {who, place} = {3'(TableRemote),  2'b00, t2_place_i};
      3'd4:    {who, place} = {3'(TablePair),    2'b01, t2_place_i};
      3'd1:    {who, place} = {3'(TableClass),   3'b100, t3_place_i};
      3'd2:    {who, place} = {3'(TableAddress), 4'b1010};
      3'd6:    {who, place} = {3'(TablePrefix),  4'b1011};
      3'd3:    {who, place} = {3'(TablePort),    4'b1100};
      default: {who, place} = {3'(TableUdpSource), 4'b1101};
    endcase
    candidate = opinion_of(candidate_i, PosTable0 + 5'(who));
    if (phase_i == 3'd4 && t2_limit_i) {candidate.reason, candidate.dry_reason} = {2{ReasonRuleLimit}};
    d_with    = opinion_join(d_q, candidate);
  end

  always_ff @(posedge clk) begin
    case (phase_i)
      3'd0, 3'd4:       t2_q <= opinion_join(t2_q, candidate);
      3'd1:             t3_q <= opinion_join(t3_q, candidate);
      3'd2, 3'd3, 3'd6: d_q <= d_with;
      3'd7: begin
        t1_q <= before_i;
        t2_q <= t1_q;
        t3_q <= t2_q;
        d_q  <= t3_q;
        c_q  <= d_with;
      end
      default: ;
    endcase
  end

  always_comb used_o = {t3_q.strength == OpinionDrop, t2_q.strength == OpinionDrop, t1_q.strength == OpinionDrop};

  // --- Details of the keyed meters --------------------------------------------------------------------------------
  // In phase 0 a slot's own remote (2 bit of place), pair, class (1 bit) are two to three slots old.
  logic [3:0] c_place;
  logic [1:0] c_number_q;   // t2_place_i of the slot in C
  logic [1:0] d_number_q;
  logic [1:0] t3_number_q;
  detail_t    kept;

  always_ff @(posedge clk) begin
    if (phase_i == 3'd7) begin
      t3_number_q <= t2_place_i;
      d_number_q  <= t3_number_q;
      c_number_q  <= d_number_q;
    end
  end

  always_comb begin
    case (c_q.position)
      PosTable0 + 5'(TableRemote):  c_place = {2'b00, c_number_q};
      PosTable0 + 5'(TablePair):    c_place = {2'b01, c_number_q};
      PosTable0 + 5'(TableClass):   c_place = {3'b100, c_number_q[0]};
      PosTable0 + 5'(TableAddress): c_place = 4'b1010;
      PosTable0 + 5'(TablePrefix):  c_place = 4'b1011;
      PosTable0 + 5'(TablePort):    c_place = 4'b1100;
      default:                      c_place = 4'b1101;
    endcase
  end

  weir_ram_sdp #(.Width($bits(detail_t)), .Depth(16), .Style("distributed"), .AsyncRead(1'b1)) u_detail (
    .clk,
    .wr_en_i  (candidate_i.valid),
    .wr_addr_i(place),
    .wr_data_i({candidate_i.tag, candidate_i.unit, candidate_i.threshold, candidate_i.measured}),
    .rd_en_i  (1'b1),
    .rd_addr_i(c_place),
    .rd_data_o(kept)
  );

  // --- Phase 0: the verdict ---------------------------------------------------------------------------------------
  opinion_t all;
  logic     judged;
  logic     by_bank;

  always_comb begin
    judged  = !bypass_i && !consume_i && !allow_i;
    by_bank = bank_i.strength != OpinionNone && opinion_beats(bank_i, c_q);
    all     = opinion_join(c_q, bank_i);

    verdict_o    = VerdictPass;
    reason_o     = ReasonPass;
    dry_reason_o = '0;
    if (bypass_i) begin
      reason_o = ReasonBypass;
    end else if (consume_i) begin
      verdict_o = VerdictConsume;
      reason_o  = ReasonLinkControl;
    end else if (allow_i) begin
      reason_o = ReasonRuleAllow;
    end else begin
      if (all.strength == OpinionDrop) begin
        verdict_o = divert_i ? VerdictDivert : all.position == PosState ? state_verdict_i : VerdictDrop;
      end
      if (all.strength == OpinionDemote) verdict_o = VerdictDemote;
      if (all.strength == OpinionDrop || all.strength == OpinionDemote) reason_o = all.reason;
      dry_reason_o = opinion_dry_reason(all);
    end

    detail_o = '0;
    if (judged && by_bank) detail_o |= bank_detail_i;
    if (judged && !by_bank && c_q.strength != OpinionNone && c_q.position >= PosTable0) detail_o |= kept;
    if (judged && !by_bank && c_q.strength != OpinionNone && (c_q.position == PosSource || c_q.position == PosState))
      detail_o |= state_detail_i;
  end
endmodule

`default_nettype wire

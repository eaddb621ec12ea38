// SPDX-License-Identifier: Apache-2.0
//
// The decision multiplexer (docs/datapath.md 8): opinions come in the order of the candidates, one a clock at most; the
// verdict on all of them since first_i stands in the clock after the last. Exactly one verdict, always; a frame in bypass
// or consumed has its own whatever the opinions say. No stall, no state beyond the frame.
`default_nettype none

module weir_decide
  import weir_pkg::*;
  import weir_lists_pkg::*;
  import weir_slot_pkg::*;
(
  input  wire           clk,
  input  wire           rst,

  input  wire           first_i,    // opinion_i begins a frame; else it follows those before
  input  wire           valid_i,    // with neither nothing changes
  input  wire opinion_t opinion_i,

  input  wire           bypass_i,
  input  wire           consume_i,

  output logic [2:0]    verdict_o,
  output logic [7:0]    reason_o,
  output logic [7:0]    dry_reason_o,
  output logic [39:0]   tag_o,
  output logic          unit_o,
  output logic [23:0]   threshold_o,
  output logic [23:0]   measured_o
);
  opinion_t sum_q = '0;
  logic     object;  // there is a winner or a dry candidate, and it counts

  always_ff @(posedge clk) begin
    if (first_i) sum_q <= opinion_i;
    else if (valid_i) sum_q <= opinion_join(sum_q, opinion_i);
    if (rst) sum_q <= '0;
  end

  always_comb begin
    object = !bypass_i && !consume_i && sum_q.strength != OpinionNone;

    verdict_o    = VerdictPass;
    reason_o     = ReasonPass;
    dry_reason_o = '0;
    if (bypass_i) begin
      reason_o = ReasonBypass;
    end else if (consume_i) begin
      verdict_o = VerdictConsume;
      reason_o  = ReasonLinkControl;
    end else begin
      if (sum_q.strength == OpinionDrop) verdict_o = VerdictDrop;
      if (sum_q.strength == OpinionDemote) verdict_o = VerdictDemote;
      if (sum_q.strength == OpinionDrop || sum_q.strength == OpinionDemote) reason_o = sum_q.reason;
      dry_reason_o = opinion_dry_reason(sum_q);
    end

    tag_o       = object ? sum_q.tag : '0;
    unit_o      = object && sum_q.unit;
    threshold_o = object ? sum_q.threshold : '0;
    measured_o  = object ? sum_q.measured : '0;
  end
endmodule

`default_nettype wire

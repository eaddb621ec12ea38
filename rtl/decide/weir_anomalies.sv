// SPDX-License-Identifier: Apache-2.0
//
// What policy says about the anomalies of a frame (docs/datapath.md 8): clears the ignored ones, and gives the opinion of
// the others: winner and dry reason by ascending code. One frame per 8 clocks. The configuration (action and dry run of
// each code) is written by maintenance slots at the end of phase 7 and is "ignore" for all codes after reset.
`default_nettype none
`include "weir_assert.svh"

module weir_anomalies
  import weir_pkg::*;
  import weir_lists_pkg::*;
  import weir_slot_pkg::*;
(
  input  wire                      clk,
  input  wire                      rst,
  input  wire  [2:0]               phase_i,

  // --- The slot, constant from phase 0 to 7.
  input  wire anomalies_t          anomalies_i,
  input  wire command_t            command_i,
  input  wire  [MaintDataBits-1:0] wdata_i,

  // --- In phase 7.
  output anomalies_t               anomalies_o,  // without the ignored ones
  output strength_e                strength_o,
  output logic [7:0]               reason_o,     // of the winner, or of the first dry one
  output logic                     dry_o,
  output logic                     dry_leads_o,
  output logic [7:0]               dry_reason_o,

  // --- Maintenance read: rdata_o is 0 but for one clock per read.
  output logic                     rvalid_o,
  output logic [MaintDataBits-1:0] rdata_o
);
  localparam int unsigned CodeBits = 7;
  localparam int unsigned Padded   = 1 << CodeBits;

  // Action of a code: 0 ignore, 1 count, 2 drop, 3 demote.
  anomalies_t action0_q = '0;
  anomalies_t action1_q = '0;
  anomalies_t dry_q     = '0;

  logic here;
  always_comb here = command_i.active && !command_i.clear && command_i.target == TargetAnomalyCfg;

  always_ff @(posedge clk) begin
    if (phase_i == 3'd7 && here && command_i.op == MaintWrite) begin
      for (int c = 0; c < NumAnomalies; c++) begin
        if (command_i.index == 11'(c)) begin
          action0_q[c] <= wdata_i[0];
          action1_q[c] <= wdata_i[1];
          dry_q[c]     <= wdata_i[2];
        end
      end
    end
    if (rst) begin
      action0_q <= '0;
      action1_q <= '0;
      dry_q     <= '0;
    end
  end

  // --- The sets, and the lowest code of one of them a clock -------------------------------------------------------
  anomalies_t           drops;
  anomalies_t           demotes;
  anomalies_t           dries;
  anomalies_t           set;
  anomalies_t           lowest;
  logic [CodeBits-1:0]  code;

  always_comb begin
    drops   = anomalies_i & action1_q & ~action0_q & ~dry_q;
    demotes = anomalies_i & action1_q & action0_q & ~dry_q;
    dries   = anomalies_i & action1_q & dry_q;
    set     = phase_i[0] ? dries : drops != '0 ? drops : demotes;
    lowest  = set & (~set + 1'b1);
    code    = '0;
    for (int b = 0; b < CodeBits; b++)
      for (int c = 0; c < NumAnomalies; c++) if (c[b] && lowest[c]) code[b] = 1'b1;
  end

  logic [CodeBits-1:0] code_q;
  logic [CodeBits-1:0] dry_code_q;
  logic                drop_q;
  logic                demote_q;
  logic                any_dry_q;
  logic                win;

  always_ff @(posedge clk) begin
    if (phase_i == 3'd2) code_q <= code;
    if (phase_i == 3'd3) dry_code_q <= code;
    if (phase_i == 3'd3) begin
      drop_q    <= drops != '0;
      demote_q  <= demotes != '0;
      any_dry_q <= dries != '0;
    end
  end

  always_comb begin
    anomalies_o = anomalies_i & (action0_q | action1_q);

    win          = drop_q || demote_q;
    strength_o   = drop_q ? OpinionDrop : demote_q ? OpinionDemote : any_dry_q ? OpinionDry : OpinionNone;
    reason_o     = ReasonAnomaly0 + 8'(win ? code_q : dry_code_q);
    // Behind a real drop nothing is looked at; behind a real demotion it may still count, should a later tier drop.
    dry_o        = any_dry_q && !(drop_q && code_q < dry_code_q);
    dry_leads_o  = dry_o && !(demote_q && !drop_q && code_q < dry_code_q);
    dry_reason_o = ReasonAnomaly0 + 8'(dry_code_q);
  end

  // --- Maintenance reads ------------------------------------------------------------------------------------------
  logic [2:0] cfg;
  always_comb begin
    cfg = '0;
    for (int c = 0; c < NumAnomalies; c++)
      if (command_i.index[CodeBits-1:0] == CodeBits'(c)) cfg |= {dry_q[c], action1_q[c], action0_q[c]};
    rvalid_o = here && command_i.op == MaintRead && phase_i == 3'd6;
    rdata_o  = rvalid_o ? MaintDataBits'(cfg) : '0;
  end

  `WEIR_ELAB(codes, NumAnomalies <= Padded, "codes need more bits")
endmodule

`default_nettype wire

// SPDX-License-Identifier: Apache-2.0
//
// Proof harness of weir_anomalies. One arbitrary code and what was last written for it are followed through slots of any
// anomalies and maintenance of any order. Proved by induction, of that code and hence of all 70 (docs/datapath.md 8):
// its bit stays unless it is ignored; the winner is the lowest code that drops, else the lowest that demotes, of those not
// dry; the dry code is the lowest dry one of either action, and its position tells whether it stands before the winner.
// weir_judge_fv.sv assumes no more of the opinion than is shown here.
`default_nettype none
`include "weir_assert.svh"

module weir_anomalies_fv
  import weir_pkg::*;
  import weir_lists_pkg::*;
  import weir_slot_pkg::*;
(
    input wire clk,
    input wire anomalies_t anomalies,
    input wire command_t command,
    input wire [MaintDataBits-1:0] wdata,
    input wire read_clear,
    input wire [6:0] code               // looked at in the first clock
);
  logic first_clock = 1'b1;
  always_ff @(posedge clk) first_clock <= 1'b0;
  wire rst = first_clock;

  logic [2:0] phase = '0;
  always_ff @(posedge clk) phase <= rst ? '0 : phase + 3'd1;

  // --- A slot is constant, and a frame's has no command ---------------------------------------------------------------
  anomalies_t p_anomalies;
  command_t   p_command;
  logic [MaintDataBits-1:0] p_wdata;
  always_ff @(posedge clk) {p_anomalies, p_command, p_wdata} <= {anomalies, command, wdata};
  always_comb if (!rst && phase != '0) assume (anomalies == p_anomalies && command == p_command && wdata == p_wdata);

  anomalies_t kept;
  opinion_t   o;
  logic [MaintDataBits-1:0] rdata;
  weir_anomalies dut (
      .clk,
      .phase_i    (phase),
      .anomalies_i(anomalies),
      .command_i  (command),
      .wdata_i    (wdata),
      .anomalies_o(kept),
      .opinion_o  (o),
      .read_clear_i(read_clear),
      .rdata_o    (rdata)
  );

  // --- The followed code, and what was written for it -------------------------------------------------------------------
  logic [6:0] c;
  logic       known = 1'b0;
  logic [2:0] cfg;
  wire        writes = command.active && phase == 3'd7 && command.index == 11'(c) &&
                       (command.clear || (command.op == MaintWrite && command.target == TargetAnomalyCfg));
  wire        reads  = command.active && command.index == 11'(c) && !command.clear && command.op == MaintRead &&
                       command.target == TargetAnomalyCfg;
  always_ff @(posedge clk) begin
    if (rst) c <= code;
    if (rst) known <= 1'b0;
    else if (writes) begin
      known <= 1'b1;
      cfg   <= wdata[2:0];
    end
  end
  always_comb if (rst) assume (code < 7'(NumAnomalies));
  // Codes are below 128 in maintenance: the others have no memory.
  always_comb assume (!command.active || command.index < 11'd128 || command.target != TargetAnomalyCfg);
  always_comb assume (!command.active || command.index < 11'd128 || !command.clear);

  wire found  = anomalies[c];
  wire ignore = cfg[1:0] == 2'd0;
  wire drop   = found && cfg == 3'b010;
  wire demote = found && cfg == 3'b011;
  wire dry    = found && (cfg == 3'b110 || cfg == 3'b111);
  wire wins   = o.strength == OpinionDrop || o.strength == OpinionDemote;
  wire [7:0] mine = ReasonAnomaly0 + 8'(c);

  always_comb if (!rst && known && !command.active && phase >= 3'd5) begin
    bit_kept : assert (kept[c] == (found && !ignore));
    // It is never passed over.
    if (drop)   first_drop   : assert (o.strength == OpinionDrop && o.reason <= mine);
    if (demote) first_demote : assert (o.strength == OpinionDrop || (o.strength == OpinionDemote && o.reason <= mine));
    if (dry)    first_dry    : assert (o.dry && o.dry_reason <= mine && o.strength != OpinionNone);
    // When it is named, it is with reason.
    if (o.strength == OpinionDrop && o.reason == mine)   is_drop   : assert (drop);
    if (o.strength == OpinionDemote && o.reason == mine) is_demote : assert (demote);
    if (o.dry && o.dry_reason == mine)                   is_dry    : assert (dry);
  end
  // Only codes are named, and the rest of the opinion follows.
  always_comb if (!rst && !command.active && phase >= 3'd5) begin
    if (wins) position : assert (o.position == PosAnomaly && o.reason >= ReasonAnomaly0 && o.reason < ReasonAnomaly0 + 8'(NumAnomalies));
    if (o.dry) dry_code : assert (o.dry_reason >= ReasonAnomaly0 && o.dry_reason < ReasonAnomaly0 + 8'(NumAnomalies));
    if (o.dry) dry_position : assert (o.dry_position == ((wins && o.reason < o.dry_reason) ? PosDryBehind : PosDryBefore));
    if (o.strength == OpinionDry) dry_alone : assert (o.dry && o.position == PosDryBefore && o.reason == o.dry_reason);
    if (o.strength == OpinionNone) none : assert (!o.dry);
  end
  `WEIR_COVER(drops, known && drop && !command.active && phase == 3'd5 && o.reason == mine, clk, rst)
  `WEIR_COVER(demotes, known && demote && phase == 3'd5 && o.reason == mine && o.dry, clk, rst)

  // Reads give what was written, until the answer is cleared, and 0 from there to the next read.
  always_comb if (phase == 3'd6) assume (!read_clear);
  wire        asks = command.active && command.op == MaintRead && command.target == TargetAnomalyCfg && phase == 3'd6;
  logic       answered = 1'b0;  // the followed code's was asked last
  logic       cleared = 1'b0;
  logic [2:0] answer;
  always_ff @(posedge clk) begin
    if (asks) begin
      answered <= reads && known;
      cleared  <= 1'b0;
      answer   <= cfg;
    end
    if (read_clear || rst) begin
      answered <= 1'b0;
      cleared  <= read_clear;
    end
  end
  always_comb if (!rst) begin
    if (answered) read : assert (rdata == MaintDataBits'(answer));
    if (cleared) quiet : assert (rdata == '0);
  end

  // --- What induction has to know of the inside --------------------------------------------------------------------------
  // After n rows, 4 first, the highest 16·n codes have been seen.
  wire  [2:0] rows = phase >= 3'd5 ? 3'd5 : phase;
  wire        seen = c[6:4] >= 3'd5 - rows;
  wire  [6:0] least = 7'd80 - {rows, 4'd0};
  logic [15:0][2:0] cells;
  for (genvar l = 0; l < 16; l++) begin : g_cell
    assign cells[l] = dut.g_lane[l].u_cfg.g_async.mem[c[6:4]];
  end
  logic [2:0] held;
  logic [6:0] kept_at;
  always_comb begin
    kept_at = c - least;
    held    = cells[c[3:0]];
    if (!rst) begin
      assert (c < 7'(NumAnomalies));
      if (known) assert (held == cfg);
    end
    if (!rst && !command.active && phase != 3'd0) begin
      if (dut.drop_q) assert (dut.drop_code_q >= least && dut.drop_code_q < 7'(NumAnomalies));
      if (dut.demote_q) assert (dut.demote_code_q >= least && dut.demote_code_q < 7'(NumAnomalies));
      if (dut.dry_q) assert (dut.dry_code_q >= least && dut.dry_code_q < 7'(NumAnomalies));
      if (dut.drop_q && dut.dry_q) assert (dut.drop_code_q != dut.dry_code_q);
      if (dut.demote_q && dut.dry_q) assert (dut.demote_code_q != dut.dry_code_q);
      if (known && seen) begin
        assert (dut.kept_q[kept_at] == (found && !ignore));
        if (drop) assert (dut.drop_q && dut.drop_code_q <= c);
        if (demote) assert (dut.demote_q && dut.demote_code_q <= c);
        if (dry) assert (dut.dry_q && dut.dry_code_q <= c);
        if (dut.drop_q && dut.drop_code_q == c) assert (drop);
        if (dut.demote_q && dut.demote_code_q == c) assert (demote);
        if (dut.dry_q && dut.dry_code_q == c) assert (dry);
      end
    end
  end
endmodule

`default_nettype wire

// SPDX-License-Identifier: Apache-2.0
//
// What policy says about the anomalies of a frame (docs/datapath.md 8): clears the ignored ones, and gives the opinion of
// the others: winner and dry reason by ascending code. One frame per 8 clocks: 16 codes a clock in phases 0 to 4, the highest
// first, so that what is found last has the lowest code. The configuration (action and dry run of each code, in
// distributed RAM) is written by maintenance slots in phase 7; "ignore" for all codes after reset.
`default_nettype none
`include "weir_assert.svh"

module weir_anomalies
  import weir_pkg::*;
  import weir_lists_pkg::*;
  import weir_slot_pkg::*;
(
  input  wire                      clk,
  input  wire  [2:0]               phase_i,

  // --- The slot, constant from phase 0 to 7.
  input  wire anomalies_t          anomalies_i,
  input  wire command_t            command_i,
  input  wire  [MaintDataBits-1:0] wdata_i,

  // --- In phases 5 to 7.
  output anomalies_t               anomalies_o,  // without the ignored ones
  output opinion_t                 opinion_o,

  // --- Maintenance read: the answer, from phase 7 of the slot on until read_clear_i (not in phase 6); 0 from there to the next read.
  input  wire                      read_clear_i,
  output logic [MaintDataBits-1:0] rdata_o
);
  localparam int unsigned Lanes    = 16;
  localparam int unsigned Rows     = 5;
  localparam int unsigned CodeBits = 7;
  `WEIR_ELAB(codes, NumAnomalies <= Lanes * Rows, "codes need more rows")

  typedef struct packed {
    logic       dry_run;
    logic [1:0] action;  // 0 ignore, 1 count, 2 drop, 3 demote
  } cfg_t;

  // --- A row of codes a clock -------------------------------------------------------------------------------------
  logic [2:0]                  row;
  logic [Rows-1:0][Lanes-1:0]  padded;
  logic [Lanes-1:0]            found;
  cfg_t [Lanes-1:0]            cfg;
  logic [Lanes-1:0]            counts;
  logic [Lanes-1:0]            drops;
  logic [Lanes-1:0]            demotes;
  logic [Lanes-1:0]            dries;
  logic                        write;

  always_comb begin
    row    = command_i.active ? command_i.index[6:4] : 3'(Rows - 1) - phase_i;
    padded = (Rows * Lanes)'(anomalies_i);
    found  = '0;
    for (int r = 0; r < Rows; r++) if (row == 3'(r)) found |= padded[r];
    write = phase_i == 3'd7 && command_i.active &&
            (command_i.clear || (command_i.target == TargetAnomalyCfg && command_i.op == MaintWrite));
  end
  always_comb begin
    for (int l = 0; l < Lanes; l++) begin
      counts[l]  = found[l] && cfg[l].action != 2'd0;
      drops[l]   = found[l] && cfg[l] == {1'b0, 2'd2};
      demotes[l] = found[l] && cfg[l] == {1'b0, 2'd3};
      dries[l]   = found[l] && cfg[l].dry_run && cfg[l].action[1];
    end
  end

  for (genvar l = 0; l < Lanes; l++) begin : g_lane
    weir_ram_sdp #(.Width($bits(cfg_t)), .Depth(8), .Style("distributed"), .AsyncRead(1'b1)) u_cfg (
      .clk,
      .wr_en_i  (write && command_i.index[3:0] == 4'(l)),
      .wr_addr_i(command_i.index[6:4]),
      .wr_data_i(wdata_i[2:0]),
      .rd_en_i  (1'b1),
      .rd_addr_i(row),
      .rd_data_o(cfg[l])
    );
  end

  // --- The lowest so far ------------------------------------------------------------------------------------------
  function automatic logic [3:0] lowest(logic [Lanes-1:0] set);
    lowest = '0;
    for (int l = Lanes - 1; l >= 0; l--) if (set[l]) lowest = 4'(l);
  endfunction

  logic [Rows*Lanes-1:0] kept_q;
  logic                  drop_q;
  logic                  demote_q;
  logic                  dry_q;
  logic [CodeBits-1:0]   drop_code_q;
  logic [CodeBits-1:0]   demote_code_q;
  logic [CodeBits-1:0]   dry_code_q;
  logic                  first;
  always_comb first = phase_i == '0;

  always_ff @(posedge clk) begin
    if (phase_i < 3'(Rows)) begin
      kept_q   <= {kept_q[(Rows-1)*Lanes-1:0], counts};
      drop_q   <= drops != '0 || (drop_q && !first);
      demote_q <= demotes != '0 || (demote_q && !first);
      dry_q    <= dries != '0 || (dry_q && !first);
      if (drops != '0) drop_code_q <= {row, lowest(drops)};
      if (demotes != '0) demote_code_q <= {row, lowest(demotes)};
      if (dries != '0) dry_code_q <= {row, lowest(dries)};
    end
  end

  always_comb begin
    logic [CodeBits-1:0] code;
    logic                behind;
    anomalies_o = kept_q[NumAnomalies-1:0];
    code        = drop_q ? drop_code_q : demote_code_q;
    behind      = (drop_q || demote_q) && code < dry_code_q;
    opinion_o.strength     = drop_q ? OpinionDrop : demote_q ? OpinionDemote : dry_q ? OpinionDry : OpinionNone;
    opinion_o.position     = (drop_q || demote_q) ? PosAnomaly : PosDryBefore;
    opinion_o.reason       = ReasonAnomaly0 + 8'((drop_q || demote_q) ? code : dry_code_q);
    opinion_o.dry          = dry_q;
    opinion_o.dry_position = behind ? PosDryBehind : PosDryBefore;
    opinion_o.dry_reason   = ReasonAnomaly0 + 8'(dry_code_q);
  end

  // --- Maintenance reads ------------------------------------------------------------------------------------------
  cfg_t read_q;
  always_ff @(posedge clk) begin
    if (read_clear_i) read_q <= '0;
    else if (command_i.active && command_i.target == TargetAnomalyCfg && command_i.op == MaintRead && phase_i == 3'd6)
      read_q <= cfg[command_i.index[3:0]];
  end
  always_comb rdata_o = MaintDataBits'(read_q);
endmodule

`default_nettype wire

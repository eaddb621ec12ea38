// SPDX-License-Identifier: Apache-2.0
//
// Statistics (stats in regs/weir.rdl): 2 x 12 event counters of 32 bits in distributed RAM, and the table statistics of the
// judge passed through. A pending count of 3 bits per event waits for its turn (every 24 clocks, one more for
// each read), so up to seven events of a kind in 24 clocks are never lost. A read is answered two clocks later.
// clear_i zeroes the event counters within 34 clocks; events meanwhile are lost.
`default_nettype none
`include "weir_assert.svh"

module weir_stats
  import weir_lists_pkg::*;
  import weir_control_pkg::*;
(
    input wire clk,
    input wire rst,
    input wire clear_i,

    // --- Access: req_i for one clock, the rest stable until ack. Writes do nothing.
    input  wire         req_i,
    input  wire         req_is_wr_i,
    input  wire  [ 5:0] word_i,  // address in words
    output logic        rd_ack_o,
    output logic        wr_ack_o,
    output logic [31:0] rd_data_o,

    input wire side_events_t [1:0]   side_events_i,
    input wire [NumTables-1:0][31:0] table_evictions_i,
    input wire [NumTables-1:0][31:0] table_full_i,
    input wire [NumTables-1:0][15:0] table_used_i
);
  localparam int unsigned PendBits = 3;

  // --- The counter of {side, kind} that has its turn.
  logic       side_q = 1'b0;
  logic [3:0] kind_q = '0;
  logic       clearing_q = 1'b1;
  logic       reading_q = 1'b0;  // the RAM's read port serves an access; no turn
  logic       turn;
  logic [1:0][NumSideEvents-1:0][PendBits-1:0] pend_q = '0;
  logic [PendBits-1:0] pend;
  logic [31:0] count;
  logic [ 4:0] rd_addr;

  always_comb begin
    turn    = !reading_q;
    rd_addr = reading_q ? word_i[4:0] : {side_q, kind_q};
    pend    = pend_q[side_q][kind_q];
  end

  weir_ram_sdp #(
    .Width(32), .Depth(32), .Style("distributed"), .AsyncRead(1'b1)
  ) u_counters (
    .clk,
    .wr_en_i  (turn),
    .wr_addr_i({side_q, kind_q}),
    .wr_data_i(clearing_q ? '0 : count + 32'(pend)),
    .rd_en_i  (1'b1),
    .rd_addr_i(rd_addr),
    .rd_data_o(count)
  );

  always_ff @(posedge clk) begin
    if (turn) begin
      kind_q <= kind_q + 1'b1;
      if (kind_q == 4'(NumSideEvents - 1)) begin
        kind_q <= '0;
        side_q <= !side_q;
        if (side_q) clearing_q <= 1'b0;
      end
    end
    for (int s = 0; s < 2; s++)
      for (int k = 0; k < NumSideEvents; k++) begin
        if (turn && side_q == s[0] && kind_q == k[3:0]) pend_q[s][k] <= PendBits'(side_events_i[s][k]);
        else if (pend_q[s][k] != '1) pend_q[s][k] <= pend_q[s][k] + PendBits'(side_events_i[s][k]);
      end
    if (rst || clear_i) begin
      clearing_q <= 1'b1;
      side_q     <= 1'b0;
      kind_q     <= '0;
    end
    if (clearing_q) pend_q <= '0;
  end

  for (genvar s = 0; s < 2; s++) begin : g_side
    for (genvar k = 0; k < NumSideEvents; k++) begin : g_kind
      `WEIR_ASSERT(no_event_lost, !(pend_q[s][k] == '1 && side_events_i[s][k]) || clearing_q, clk, rst)
    end
  end

  // --- Reads.
  logic [31:0] table_word;
  always_comb begin
    table_word = '0;
    for (int t = 0; t < NumTables; t++)
      if (word_i[4:2] == t[2:0])
        case (word_i[1:0])
          2'd0:    table_word = 32'(table_used_i[t]);
          2'd1:    table_word = table_evictions_i[t];
          2'd2:    table_word = table_full_i[t];
          default: table_word = '0;
        endcase
  end

  always_ff @(posedge clk) begin
    reading_q <= req_i && !req_is_wr_i;
    rd_ack_o  <= reading_q;
    wr_ack_o  <= req_i && req_is_wr_i;
    if (word_i[5]) rd_data_o <= table_word;
    else rd_data_o <= (word_i[3:0] < 4'(NumSideEvents)) ? count : '0;
    if (rst) begin
      reading_q <= 1'b0;
      rd_ack_o  <= 1'b0;
      wr_ack_o  <= 1'b0;
    end
  end
endmodule

`default_nettype wire

// SPDX-License-Identifier: Apache-2.0
//
// Statistics (stats in regs/weir.rdl): 38 event counters of 32 bits in distributed RAM, at the word address of their
// register, and the fill of the tables passed through. A pending count of 3 bits per event waits for its turn (every 38
// clocks, one more for each read), so up to seven events of a kind in that time are never lost. A read is answered two
// clocks later. clear_i zeroes the counters within 80 clocks; events meanwhile are lost.
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

    // --- Events: one clock each; of the tables, a change of level each.
    input wire side_events_t [1:0]   side_events_i,
    input wire [NumTables-1:0]       table_eviction_i,
    input wire [NumTables-1:0]       table_full_i,
    input wire [NumTables-1:0][15:0] table_used_i
);
  localparam int unsigned PendBits = 3;
  localparam int unsigned Words = 64;

  // Word addresses: sides {0, side, kind}, tables {1, table, item}; item 0 used, 1 evictions, 2 full.
  function automatic logic [Words-1:0] counters();
    logic [Words-1:0] is_counter = '0;
    for (int s = 0; s < 2; s++) for (int k = 0; k < NumSideEvents; k++) is_counter[16*s+k] = 1'b1;
    for (int t = 0; t < NumTables; t++) is_counter[32+4*t+1+:2] = 2'b11;
    return is_counter;
  endfunction
  localparam logic [Words-1:0] IsCounter = counters();
  localparam logic [5:0] LastSide0 = 6'(NumSideEvents - 1);
  localparam logic [5:0] LastSide1 = 6'(16 + NumSideEvents - 1);
  localparam logic [5:0] FirstTable = 6'd33;
  localparam logic [5:0] LastTable = 6'(32 + 4 * (NumTables - 1) + 2);

  logic [NumTables-1:0] eviction_q = '0;
  logic [NumTables-1:0] full_q = '0;
  logic [Words-1:0]     happens;
  always_ff @(posedge clk) begin
    eviction_q <= table_eviction_i;
    full_q     <= table_full_i;
  end
  always_comb begin
    happens = '0;
    for (int s = 0; s < 2; s++) happens[16*s+:NumSideEvents] = side_events_i[s];
    for (int t = 0; t < NumTables; t++) begin
      happens[32+4*t+1] = table_eviction_i[t] != eviction_q[t];
      happens[32+4*t+2] = table_full_i[t] != full_q[t];
    end
  end

  // --- The counter that has its turn.
  logic [5:0] turn_q = '0;
  logic [5:0] turn_next;
  logic [1:0] clearing_q = 2'd3;  // rounds in which zeroes are written
  logic       reading_q = 1'b0;   // the RAM's read port serves an access: no turn
  logic [Words-1:0][PendBits-1:0] pend_q = '0;
  logic [31:0] count;

  always_comb begin
    turn_next = turn_q + 6'd1;
    if (turn_q == LastSide0) turn_next = 6'd16;
    else if (turn_q == LastSide1) turn_next = FirstTable;
    else if (turn_q == LastTable) turn_next = '0;
    else if (turn_q[5] && turn_q[1:0] == 2'd2) turn_next = turn_q + 6'd3;
  end

  weir_ram_sdp #(
    .Width(32), .Depth(Words), .Style("distributed"), .AsyncRead(1'b1)
  ) u_counters (
    .clk,
    .wr_en_i  (!reading_q),
    .wr_addr_i(turn_q),
    .wr_data_i((clearing_q != '0) ? '0 : count + 32'(pend_q[turn_q])),
    .rd_en_i  (1'b1),
    .rd_addr_i(reading_q ? word_i : turn_q),
    .rd_data_o(count)
  );

  always_ff @(posedge clk) begin
    if (!reading_q) begin
      turn_q <= turn_next;
      if (turn_q == LastTable && clearing_q != '0) clearing_q <= clearing_q - 1'b1;
    end
    for (int w = 0; w < Words; w++)
      if (IsCounter[w]) begin
        if (!reading_q && turn_q == 6'(w)) pend_q[w] <= PendBits'(happens[w]);
        else if (pend_q[w] != '1) pend_q[w] <= pend_q[w] + PendBits'(happens[w]);
        if (clearing_q != '0) pend_q[w] <= '0;
      end
    if (rst || clear_i) begin
      clearing_q <= 2'd2;
      turn_q     <= '0;
    end
  end

  for (genvar w = 0; w < Words; w++) begin : g_word
    if (IsCounter[w]) begin : g_counter
      `WEIR_ASSERT(no_event_lost, !(pend_q[w] == '1 && happens[w]) || clearing_q != '0, clk, rst)
    end
  end

  // --- Reads.
  logic [15:0] used;
  always_comb begin
    used = '0;
    for (int t = 0; t < NumTables; t++) if (word_i[4:2] == 3'(t)) used = table_used_i[t];
  end

  always_ff @(posedge clk) begin
    reading_q <= req_i && !req_is_wr_i;
    rd_ack_o  <= reading_q;
    wr_ack_o  <= req_i && req_is_wr_i;
    rd_data_o <= IsCounter[word_i] ? count : '0;
    if (word_i[5] && word_i[1:0] == '0) rd_data_o <= 32'(used);
    if (rst) begin
      reading_q <= 1'b0;
      rd_ack_o  <= 1'b0;
      wr_ack_o  <= 1'b0;
    end
  end
endmodule

`default_nettype wire

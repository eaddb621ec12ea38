// SPDX-License-Identifier: Apache-2.0
//
// Statistics (stats in regs/weir.rdl): 52 event counters of 32 bits in distributed RAM, and the fill of the tables passed
// through. The lowest 5 bits of a count run with its events, and in its turn (every 52 clocks) the others follow: they are one more when
// the lowest ones are less than last time. So up to 31 events of a kind in that time are never lost. A counter is read in its turn, so that reads cost no turn: within 54 clocks; what is
// no counter is answered two clocks later. clear_i zeroes the counters within 110 clocks; events meanwhile are lost.
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
    input  wire  [ 6:0] word_i,  // address in words
    output logic        rd_ack_o,
    output logic        wr_ack_o,
    output logic [31:0] rd_data_o,

    // --- Events: one clock each; of the tables, a change of level each.
    input wire side_events_t [1:0]   side_events_i,
    input wire [NumTables-1:0]       table_eviction_i,
    input wire [NumTables-1:0]       table_full_i,
    input wire [NumTables-1:0][15:0] table_used_i,
    input wire [NumStates-1:0]       state_eviction_i,
    input wire [NumStates-1:0]       state_full_i,
    input wire [NumStates-1:0][15:0] state_used_i
);
  localparam int unsigned PendBits = 5;
  localparam int unsigned Words = 64;

  // Word addresses: sides {00, side, kind}, tables {01, table, item}, tables of state {10, table, item}; item 0 used,
  // 1 evictions, 2 full. Places in the RAM: the lower six bits; those of state lie in the holes of the tables.
  localparam logic [1:0] ItemEvictions = 2'd1;
  localparam logic [1:0] ItemFull = 2'd2;
  localparam logic [1:0] StateEvictions = 2'd0;  // what the items of state have instead
  localparam logic [1:0] StateFull = 2'd3;
  typedef logic [5:0] place_t;

  function automatic place_t table_place(logic [2:0] t, logic [1:0] item);
    return {1'b1, t, item};
  endfunction

  function automatic logic [Words-1:0] counters();
    logic [Words-1:0] is_counter = '0;
    for (int s = 0; s < 2; s++) for (int k = 0; k < NumSideEvents; k++) is_counter[16*s+k] = 1'b1;
    for (int t = 0; t < NumTables; t++) begin
      is_counter[table_place(3'(t), ItemEvictions)] = 1'b1;
      is_counter[table_place(3'(t), ItemFull)]      = 1'b1;
    end
    for (int t = 0; t < NumStates; t++) begin
      is_counter[table_place(3'(t), StateEvictions)] = 1'b1;
      is_counter[table_place(3'(t), StateFull)]      = 1'b1;
    end
    return is_counter;
  endfunction
  localparam logic [Words-1:0] IsCounter = counters();

  // The counter after each, in a ring: next[place].
  function automatic logic [Words-1:0][5:0] followers();
    logic [Words-1:0][5:0] next = '0;
    place_t                later = '0;  // counter 0 exists
    for (int w = Words - 1; w >= 0; w--) begin
      next[w] = later;
      if (IsCounter[w]) later = place_t'(w);
    end
    return next;
  endfunction
  localparam logic [Words-1:0][5:0] Next = followers();

  logic [NumTables-1:0] eviction_q = '0;
  logic [NumTables-1:0] full_q = '0;
  logic [NumStates-1:0] state_eviction_q = '0;
  logic [NumStates-1:0] state_full_q = '0;
  logic [Words-1:0]     happens;
  always_ff @(posedge clk) begin
    eviction_q       <= table_eviction_i;
    full_q           <= table_full_i;
    state_eviction_q <= state_eviction_i;
    state_full_q     <= state_full_i;
  end
  always_comb begin
    happens = '0;
    for (int s = 0; s < 2; s++) happens[16*s+:NumSideEvents] = side_events_i[s];
    for (int t = 0; t < NumTables; t++) begin
      happens[table_place(3'(t), ItemEvictions)] = table_eviction_i[t] != eviction_q[t];
      happens[table_place(3'(t), ItemFull)]      = table_full_i[t] != full_q[t];
    end
    for (int t = 0; t < NumStates; t++) begin
      happens[table_place(3'(t), StateEvictions)] = state_eviction_i[t] != state_eviction_q[t];
      happens[table_place(3'(t), StateFull)]      = state_full_i[t] != state_full_q[t];
    end
  end

  // --- The counter that has its turn.
  place_t      turn_q = '0;
  logic [1:0]  clearing_q = 2'd3;  // rounds in which zeroes are written
  logic [Words-1:0][PendBits-1:0] low_q = '0;  // no reset but clearing
  logic [PendBits-1:0] low;
  logic [31:0] count;
  logic [31:0] counted;            // with what has happened

  always_comb begin
    low     = low_q[turn_q];
    counted = {count[31:PendBits] + (32 - PendBits)'(low < count[PendBits-1:0]), low};
    if (clearing_q != '0) counted = '0;
  end

  weir_ram_sdp #(
    .Width(32), .Depth(Words), .Style("distributed"), .AsyncRead(1'b1)
  ) u_counters (
    .clk,
    .wr_en_i  (1'b1),
    .wr_addr_i(turn_q),
    .wr_data_i(counted),
    .rd_en_i  (1'b1),
    .rd_addr_i(turn_q),
    .rd_data_o(count)
  );

  always_ff @(posedge clk) begin
    turn_q <= Next[turn_q];
    if (Next[turn_q] == '0 && clearing_q != '0) clearing_q <= clearing_q - 1'b1;
    for (int w = 0; w < Words; w++)
      if (IsCounter[w]) low_q[w] <= (clearing_q != '0) ? '0 : low_q[w] + PendBits'(happens[w]);
    if (rst || clear_i) begin
      clearing_q <= 2'd2;
      turn_q     <= '0;
    end
  end

`ifndef SYNTHESIS
  // Events since the last turn, saturating.
  /* verilator lint_off UNUSEDSIGNAL */
  logic [Words-1:0][5:0] since_q = '0;
  /* verilator lint_on UNUSEDSIGNAL */
  always_ff @(posedge clk)
    for (int w = 0; w < Words; w++)
      if (clearing_q != '0) since_q[w] <= '0;
      else if (turn_q == 6'(w)) since_q[w] <= 6'(happens[w]);
      else if (since_q[w] != '1) since_q[w] <= since_q[w] + 6'(happens[w]);

  for (genvar w = 0; w < Words; w++) begin : g_word
    if (IsCounter[w]) begin : g_counter
      `WEIR_ASSERT(no_event_lost, !(turn_q == 6'(w) && since_q[w] > 6'd31), clk, rst)
    end
  end
`endif

  // --- Reads.
  logic        reading_q = 1'b0;
  logic [15:0] used;
  logic [1:0]  item;
  place_t      place;
  logic        is_counter;
  always_comb begin
    used = '0;
    for (int t = 0; t < NumTables; t++) if (word_i == {1'b0, table_place(3'(t), 2'd0)}) used = table_used_i[t];
    for (int t = 0; t < NumStates; t++) if (word_i == {2'b10, 3'(t), 2'd0}) used = state_used_i[t];

    item = word_i[1:0];
    place = word_i[5:0];
    if (word_i[6]) place = {!word_i[5], word_i[4:2], item == ItemEvictions ? StateEvictions : StateFull};
    is_counter = IsCounter[place];
    // Places of tables with other items are those of state.
    if (word_i[6:5] != 2'b00) is_counter = is_counter && (item == ItemEvictions || item == ItemFull) && !(&word_i[6:5]);
  end

  always_ff @(posedge clk) begin
    wr_ack_o <= req_i && req_is_wr_i;
    rd_ack_o <= 1'b0;
    if (req_i && !req_is_wr_i) reading_q <= 1'b1;
    if (reading_q && (!is_counter || turn_q == place)) begin
      reading_q <= 1'b0;
      rd_ack_o  <= 1'b1;
    end
    rd_data_o <= is_counter ? counted : 32'(used);
    if (rst) begin
      reading_q <= 1'b0;
      rd_ack_o  <= 1'b0;
      wr_ack_o  <= 1'b0;
    end
  end
endmodule

`default_nettype wire

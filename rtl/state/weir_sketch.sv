// SPDX-License-Identifier: Apache-2.0
//
// The sketch of SYN validation by retransmission (docs/datapath.md 14.4), in stage S2: 4,096 cells that each remember in
// which of the last five slices of 0.26 s a SYN came; and how many SYNs came in this slice and in the one before, and how many of this
// slice passed. One cell a slot, no stall; never full, but crowded beyond its limit: then no SYN is remembered.
//
//   phase   1 to 3          5           6         7
//   cell    its address     seen, aged  passes_o  written, if used
//   phase   1, 2            3                     7         next 0
//   load    compared        crowded_o             use_i     counted, if used
//
// Both loops end before the next SYN needs what they leave. Maintenance reads and writes four cells as one entry: cell
// 4·index + k in bits 9k + 8 to 9k, its address in phase k, its answer in phase k + 3, its writing in phase k + 4.
`default_nettype none
`include "weir_assert.svh"

module weir_sketch
  import weir_pkg::*;
  import weir_slot_pkg::*;
  import weir_state_pkg::*;
#(
  parameter int unsigned CellsLog2 = 12
) (
  input  wire                       clk,
  input  wire                       rst,       // of the load; cells are cleared by a sweep
  input  wire  [2:0]                phase_i,

  // --- The slot, constant from phase 1 on. use_i (never in a maintenance slot) counts in phase 7.
  input  wire                       use_i,
  input  wire  [CellsLog2-1:0]      cell_i,
  input  wire stamp_t               stamp_i,
  input  wire  [SketchLoadBits-1:0] limit_i,   // 0: never crowded
  input  wire command_t             command_i,
  input  wire  [MaintDataBits-1:0]  wdata_i,   // 0 for clearing

  // --- Whether the sketch is used or not: what it would say of a SYN.
  output logic                      passes_o,  // in phases 6 and 7: seen before, and not too many passed in this slice
  output logic                      crowded_o, // in phases 3 to 7
  // Maintenance read: read_clear_i makes it 0; then the cells that are read.
  input  wire                       read_clear_i,
  output logic [MaintDataBits-1:0]  rdata_o
);
  localparam int unsigned SliceLog2   = 18;
  localparam int unsigned SliceBits   = 4;
  localparam int unsigned HistoryBits = 5;
  localparam int unsigned Cells       = 4;    // of an entry
  localparam int unsigned Entries     = (1 << CellsLog2) / Cells;

  typedef struct packed {
    logic [SliceBits-1:0]   slice;
    logic [HistoryBits-1:0] history;  // bit n: a SYN n slices before
  } cell_t;
  localparam int unsigned CellBits = $bits(cell_t);

  // --- Maintenance ------------------------------------------------------------------------------------------------
  logic here;
  logic set;     // write or clear
  logic read;
  always_comb begin
    here = command_i.active && command_i.index < 11'(Entries) &&
           (command_i.clear || command_i.target == TargetSketch);
    set  = here && phase_i[2] && (command_i.clear || command_i.op == MaintWrite);
    read = here && !command_i.clear && command_i.op == MaintRead;
  end

  // --- The memory -------------------------------------------------------------------------------------------------
  logic [CellsLog2-1:0] addr;
  logic                 wr_en;
  cell_t                wr_data;
  cell_t                found;

  weir_ram_sdp #(
    .Width(CellBits), .Depth(1 << CellsLog2), .OutputReg(1'b1)
  ) u_ram (
    .clk,
    .wr_en_i  (wr_en),
    .wr_addr_i(addr),
    .wr_data_i(wr_data),
    .rd_en_i  (1'b1),
    .rd_addr_i(addr),
    .rd_data_o(found)
  );

  // --- One SYN ----------------------------------------------------------------------------------------------------
  logic [SliceBits-1:0] age;
  cell_t                next;
  logic                 seen;
  cell_t                next_q;
  logic                 passes_q = 1'b0;
  logic                 crowded_q = 1'b0;
  logic                 room_q;     // for one more to pass

  always_comb begin
    next.slice   = stamp_i[SliceLog2+:SliceBits];
    age          = next.slice - found.slice;
    next.history = age >= SliceBits'(HistoryBits) ? '0 : found.history << age[2:0];
    seen         = next.history[HistoryBits-1:2] != '0;
    if (!crowded_q) next.history[0] = 1'b1;

    addr      = command_i.active ? {command_i.index[CellsLog2-3:0], phase_i[1:0]} : cell_i;
    wr_en     = (phase_i == 3'd7 && use_i) || set;
    wr_data   = set ? cell_t'(wdata_i[CellBits*32'(phase_i[1:0])+:CellBits]) : next_q;
    passes_o  = passes_q;
    crowded_o = crowded_q;
  end

  // --- How many they are ------------------------------------------------------------------------------------------
  // A slot counts in phase 0 of the next one: whether it does is known late, and drives many registers. What it found (next_q, passes_q,
  // same_q, behind_q) is then still there.
  logic [SliceBits-1:0]      slice_q = '0;
  logic [SketchLoadBits-1:0] load_q = '0;      // of slice_q: `now`
  logic [SketchLoadBits-1:0] before_q = '0;
  logic [SketchLoadBits-1:0] passed_q = '0;    // in slice_q
  logic                      used_q = 1'b0;
  logic                      same_q;           // the slot is in slice_q,
  logic                      behind_q;         // or in the one behind
  logic                      load_over_q;      // above the limit
  logic                      before_over_q;
  logic                      passed_over_q;
  logic                      limited_q;
  logic [SketchLoadBits-1:0] load;             // as this slot finds it
  logic [SketchLoadBits-1:0] passed;

  always_comb begin
    load   = same_q ? load_q : '0;
    passed = same_q ? passed_q : '0;
  end

  always_ff @(posedge clk) begin
    same_q        <= next.slice == slice_q;
    behind_q      <= next.slice == slice_q + 1'b1;
    load_over_q   <= load_q >= limit_i;
    before_over_q <= before_q >= limit_i;
    passed_over_q <= passed_q >= limit_i;
    limited_q     <= limit_i != '0;
    // In a new slice the counts are 0, which is below every limit.
    crowded_q     <= limited_q && (same_q ? load_over_q || before_over_q : behind_q && load_over_q);
    room_q        <= !(limited_q && same_q && passed_over_q);
    used_q        <= phase_i == 3'd7 && use_i;
    if (used_q) begin
      slice_q  <= next_q.slice;
      load_q   <= load + SketchLoadBits'(load != '1);
      passed_q <= passed + SketchLoadBits'(passes_q && passed != '1);
      if (!same_q) before_q <= behind_q ? load_q : '0;
    end
    if (rst) begin
      slice_q  <= '0;
      load_q   <= '0;
      before_q <= '0;
      passed_q <= '0;
      used_q   <= 1'b0;
    end
  end

  logic [Cells-1:0][CellBits-1:0] read_q;

  always_ff @(posedge clk) begin
    next_q   <= next;
    passes_q <= seen && room_q;
    for (int k = 0; k < Cells; k++) begin
      if (read_clear_i) read_q[k] <= '0;
      else if (read && phase_i == 3'(k + 2)) read_q[k] <= found;
    end
  end
  always_comb rdata_o = MaintDataBits'(read_q);

  // So whoever may not pass although he was seen finds it crowded, and gets a cookie.
  `WEIR_ASSERT(of_all, passed_q <= load_q, clk, rst)
endmodule

`default_nettype wire

// SPDX-License-Identifier: Apache-2.0
//
// The sketch of SYN validation by retransmission (docs/datapath.md 14.4), in stage S2: 4,096 cells that each remember in
// which of the last five slices of 0.26 s a SYN came. One cell a slot, no stall; never full.
//
//   phase   1 to 3          5           6        7
//   frame   cell's address  seen, aged  seen_o   written, if used
//
// The loop ends inside the slot. Maintenance reads and writes four cells as one entry: cell 4·index + k in bits 9k + 8 to 9k,
// its address in phase k, its answer in phase k + 3, its writing in phase k + 4.
`default_nettype none

module weir_sketch
  import weir_pkg::*;
  import weir_slot_pkg::*;
#(
  parameter int unsigned CellsLog2 = 12
) (
  input  wire                      clk,
  input  wire  [2:0]               phase_i,

  // --- The slot. cell_i is constant from phase 1 on; use_i (never in a maintenance slot) counts in phase 7.
  input  wire                      use_i,
  input  wire  [CellsLog2-1:0]     cell_i,
  input  wire stamp_t              stamp_i,
  input  wire command_t            command_i,
  input  wire  [MaintDataBits-1:0] wdata_i,   // 0 for clearing

  output logic                     seen_o,    // in phases 6 and 7, whether it is used or not
  // 0 but for one clock per cell of a read.
  output logic [MaintDataBits-1:0] rdata_o
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
  logic                 seen_q = 1'b0;

  always_comb begin
    next.slice   = stamp_i[SliceLog2+:SliceBits];
    age          = next.slice - found.slice;
    next.history = age >= SliceBits'(HistoryBits) ? '0 : found.history << age[2:0];
    seen         = next.history[HistoryBits-1:2] != '0;
    next.history[0] = 1'b1;

    addr    = command_i.active ? {command_i.index[CellsLog2-3:0], phase_i[1:0]} : cell_i;
    wr_en   = (phase_i == 3'd7 && use_i) || set;
    wr_data = set ? cell_t'(wdata_i[CellBits*32'(phase_i[1:0])+:CellBits]) : next_q;
    seen_o  = seen_q;
  end

  logic [Cells-1:0][CellBits-1:0] read_q;

  always_ff @(posedge clk) begin
    next_q <= next;
    seen_q <= seen;
    for (int k = 0; k < Cells; k++) begin
      read_q[k] <= found;
      if (!read || phase_i != 3'(k + 2)) read_q[k] <= '0;
    end
  end
  always_comb rdata_o = MaintDataBits'(read_q);
endmodule

`default_nettype wire

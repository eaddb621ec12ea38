// SPDX-License-Identifier: Apache-2.0
//
// Small synchronous FIFO in distributed RAM with fall-through output: rd_data_o is the oldest word whenever empty_o is
// low, one clock after it was written. One write and one read per clock, also in the same clock at any level.
// When full, wr_en_i is ignored (full_o is the writer's "not ready", in the same clock, whatever the reader does);
// when empty, rd_en_i is ignored. Never loses, invents or reorders an accepted word; tb/formal/weir_fifo.sby
// proves it.
`default_nettype none
`include "weir_assert.svh"

module weir_fifo #(
  parameter int unsigned Width = 8,   // bits
  parameter int unsigned Depth = 16,  // words, a power of two
  localparam int unsigned AddrBits  = $clog2(Depth),
  localparam int unsigned LevelBits = AddrBits + 1
) (
  input  wire                  clk,
  input  wire                  rst,
  // Writer: a word is taken in a clock with wr_en_i && !full_o.
  input  wire                  wr_en_i,
  input  wire  [Width-1:0]     wr_data_i,
  output logic                 full_o,
  // Reader: the word shown is gone after a clock with rd_en_i && !empty_o.
  input  wire                  rd_en_i,
  output logic [Width-1:0]     rd_data_o,
  output logic                 empty_o,
  // Words inside, 0 to Depth; a register's difference, good for thresholds.
  output logic [LevelBits-1:0] level_o
);

  `WEIR_ELAB(depth, Depth >= 2 && Depth == (1 << AddrBits), "Depth must be a power of two, 2 or more")

  logic [LevelBits-1:0] wptr_q = '0;
  logic [LevelBits-1:0] rptr_q = '0;
  logic push;
  logic pop;

  always_comb begin
    level_o = wptr_q - rptr_q;
    full_o  = level_o[AddrBits];
    empty_o = (level_o == '0);
    push    = wr_en_i && !full_o;
    pop     = rd_en_i && !empty_o;
  end

  always_ff @(posedge clk) begin
    wptr_q <= wptr_q + LevelBits'(push);
    rptr_q <= rptr_q + LevelBits'(pop);
    if (rst) begin
      wptr_q <= '0;
      rptr_q <= '0;
    end
  end

  weir_ram_sdp #(
    .Width(Width), .Depth(Depth), .Style("distributed"), .AsyncRead(1'b1)
  ) u_ram (
    .clk,
    .wr_en_i  (push),
    .wr_addr_i(wptr_q[AddrBits-1:0]),
    .wr_data_i(wr_data_i),
    .rd_en_i  (1'b1),
    .rd_addr_i(rptr_q[AddrBits-1:0]),
    .rd_data_o(rd_data_o)
  );

  `WEIR_ASSERT(level_in_range, level_o <= LevelBits'(Depth), clk, rst)

`ifdef FORMAL
  // Never lost, never invented, never reordered, for any one word followed from its writing to its reading: the
  // address and the value are the solver's choice.
  logic                 f_seen = 1'b0;   // the word was written and is still inside
  logic [LevelBits-1:0] f_ptr;           // where it lies
  logic [Width-1:0]     f_word;
  (* anyseq *) logic    f_pick;
  always_ff @(posedge clk) begin
    if (push && f_pick && !f_seen) begin
      f_seen <= 1'b1;
      f_ptr  <= wptr_q;
      f_word <= wr_data_i;
    end
    if (pop && f_seen && rptr_q == f_ptr) f_seen <= 1'b0;
    if (rst) f_seen <= 1'b0;
  end
  logic [LevelBits-1:0] f_before;        // words that leave before it
  always_comb f_before = f_ptr - rptr_q;
  // It is inside, and what stands there is what was written: it cannot be overwritten, skipped or taken early.
  `WEIR_ASSERT(f_inside, !f_seen || f_before < level_o, clk, 1'b0)
  `WEIR_ASSERT(f_kept, !f_seen || u_ram.g_async.mem[f_ptr[AddrBits-1:0]] == f_word, clk, 1'b0)
  // Its turn comes when all earlier ones have left, and then it is what the reader sees.
  `WEIR_ASSERT(f_delivered, !(f_seen && f_before == '0) || (!empty_o && rd_data_o == f_word), clk, 1'b0)
  `WEIR_COVER(f_full, full_o && f_seen, clk, rst)
`endif
endmodule

`default_nettype wire

// SPDX-License-Identifier: Apache-2.0
//
// One egress queue: frames as words in a block RAM (two for 512 x 64), their lengths in a small FIFO beside it. Room is
// reserved for a whole frame before its first word; the writer drops the frame when free_o is too small. Room comes
// back word by word as they are read.
//
// A frame may be read from the clock after its first word was written: the writer gives a word in every clock, so
// the reader cannot overtake it.
`default_nettype none
`include "weir_assert.svh"

module weir_egress_queue
  import weir_pkg::*;
#(
    parameter int unsigned DepthWords  = 512,
    parameter int unsigned DepthFrames = 64,  // DepthWords / 8, as a frame has at least 8 words
    localparam int unsigned AddrBits = $clog2(DepthWords)
) (
    input wire clk,
    input wire rst,

    // --- Writer: reserves, then writes the words of the frame without gaps, with its length beside the first.
    input  wire              reserve_i,
    input  wire  [8:0]       reserve_words_i,
    input  wire              wr_valid_i,
    input  wire              wr_first_i,
    input  wire data_t       wr_data_i,
    input  wire len_t        wr_len_i,
    output logic [AddrBits:0] free_o,

    // --- Reader: head_len_o belongs to the oldest frame while head_valid_o is 1; take_i takes it off, and exactly as
    // many reads as it has words follow, the first in a later clock. rd_data_o is valid in the clock after rd_en_i and
    // stays until the next read.
    output logic head_valid_o,
    output len_t head_len_o,
    input  wire  take_i,
    input  wire  rd_en_i,
    output data_t rd_data_o,

    // Nothing stored or reserved.
    output logic idle_o
);
  logic [AddrBits-1:0] wptr_q = '0;
  logic [AddrBits-1:0] rptr_q = '0;
  logic [AddrBits:0]   free_q = (AddrBits + 1)'(DepthWords);
  logic len_full, len_empty;

  weir_ram_sdp #(
      .Width(64), .Depth(DepthWords)
  ) u_ram (
      .clk,
      .wr_en_i  (wr_valid_i),
      .wr_addr_i(wptr_q),
      .wr_data_i(wr_data_i),
      .rd_en_i  (rd_en_i),
      .rd_addr_i(rptr_q),
      .rd_data_o(rd_data_o)
  );

  weir_fifo #(
      .Width(LenBits), .Depth(DepthFrames)
  ) u_len (
      .clk,
      .rst,
      .wr_en_i  (wr_valid_i && wr_first_i),
      .wr_data_i(wr_len_i),
      .full_o   (len_full),
      .rd_en_i  (take_i),
      .rd_data_o(head_len_o),
      .empty_o  (len_empty),
      .level_o  ()
  );

  always_ff @(posedge clk) begin
    wptr_q <= wptr_q + AddrBits'(wr_valid_i);
    rptr_q <= rptr_q + AddrBits'(rd_en_i);
    free_q <= free_q + (AddrBits + 1)'(rd_en_i) - (reserve_i ? (AddrBits + 1)'(reserve_words_i) : '0);
    if (rst) begin
      wptr_q <= '0;
      rptr_q <= '0;
      free_q <= (AddrBits + 1)'(DepthWords);
    end
  end

  always_comb begin
    free_o       = free_q;
    head_valid_o = !len_empty;
    idle_o       = free_q[AddrBits];
  end

  `WEIR_ASSERT(reserve_fits, !reserve_i || (AddrBits + 1)'(reserve_words_i) <= free_q, clk, rst)
  `WEIR_ASSERT(frames_fit, !(wr_valid_i && wr_first_i) || !len_full, clk, rst)
  `WEIR_ASSERT(take_has, !take_i || head_valid_o, clk, rst)
endmodule

`default_nettype wire

// SPDX-License-Identifier: Apache-2.0
//
// One egress queue: frames as words in a block RAM (two for 512 x 72). The 8 bits beside the data of the first word hold
// the low bits of the frame's length, those of all others the high bits, so that a queue needs no second memory. Room is
// reserved for a whole frame before its first word; the writer drops the frame when free_o is too small. Room comes back
// word by word as they are read.
//
// A frame may be read from the clock after its first word was written: the writer gives a word in every clock, so
// the reader cannot overtake it.
`default_nettype none
`include "weir_assert.svh"

module weir_egress_queue
  import weir_pkg::*;
#(
    parameter int unsigned DepthWords  = 512,
    parameter int unsigned DepthFrames = 64,  // most frames, DepthWords / 8, as a frame has at least 8 words
    parameter int unsigned TagBits     = 8,
    localparam int unsigned AddrBits  = $clog2(DepthWords),
    localparam int unsigned FrameBits = $clog2(DepthFrames) + 1
) (
    input wire clk,
    input wire rst,

    // --- Writer: reserves, then writes the words of the frame without gaps, with its length beside the first two.
    input  wire              reserve_i,
    input  wire  [8:0]       reserve_words_i,
    input  wire              wr_valid_i,
    input  wire              wr_first_i,
    input  wire data_t       wr_data_i,
    input  wire len_t        wr_len_i,
    output logic [AddrBits:0] free_o,

    // --- Reader: valid_o: there is a frame that was not taken. take_i takes the oldest, and exactly as many reads as it
    // has words follow, the first in a later clock. rd_data_o and rd_tag_o (length bits, see above) are valid in the
    // clock after rd_en_i and stay until the next read.
    output logic               valid_o,
    input  wire                take_i,
    input  wire                rd_en_i,
    output data_t              rd_data_o,
    output logic [TagBits-1:0] rd_tag_o,

    // Nothing stored or reserved.
    output logic idle_o
);
  logic [AddrBits-1:0] wptr_q = '0;
  logic [AddrBits-1:0] rptr_q = '0;
  logic [AddrBits:0]   free_q = (AddrBits + 1)'(DepthWords);
  logic [FrameBits-1:0] frames_q = '0;

  weir_ram_sdp #(
      .Width(64 + TagBits), .Depth(DepthWords)
  ) u_ram (
      .clk,
      .wr_en_i  (wr_valid_i),
      .wr_addr_i(wptr_q),
      .wr_data_i({wr_first_i ? wr_len_i[TagBits-1:0] : TagBits'(wr_len_i[LenBits-1:TagBits]), wr_data_i}),
      .rd_en_i  (rd_en_i),
      .rd_addr_i(rptr_q),
      .rd_data_o({rd_tag_o, rd_data_o})
  );

  always_ff @(posedge clk) begin
    wptr_q <= wptr_q + AddrBits'(wr_valid_i);
    rptr_q <= rptr_q + AddrBits'(rd_en_i);
    free_q <= free_q + (AddrBits + 1)'(rd_en_i) - (reserve_i ? (AddrBits + 1)'(reserve_words_i) : '0);
    frames_q <= frames_q + FrameBits'(wr_valid_i && wr_first_i) - FrameBits'(take_i);
    if (rst) begin
      wptr_q <= '0;
      rptr_q <= '0;
      frames_q <= '0;
      free_q <= (AddrBits + 1)'(DepthWords);
    end
  end

  always_comb begin
    free_o  = free_q;
    valid_o = frames_q != '0;
    idle_o  = free_q[AddrBits];
  end

  `WEIR_ASSERT(reserve_fits, !reserve_i || (AddrBits + 1)'(reserve_words_i) <= free_q, clk, rst)
  `WEIR_ASSERT(frames_fit, !(wr_valid_i && wr_first_i) || frames_q < FrameBits'(DepthFrames), clk, rst)
  `WEIR_ASSERT(take_has, !take_i || valid_o, clk, rst)
endmodule

`default_nettype wire

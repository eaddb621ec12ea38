// SPDX-License-Identifier: Apache-2.0
//
// Realigner: layer 3 begins at byte 2 or 6 of a word; here it is shifted to byte 0, so that every header of layer 3
// and above begins at byte 0 or 4 of an aligned word.
//
//   frame words   | x x L L L L L L | L L …     odd = 0: out = prev[2..7], this[0..1]
//                 | x x x x x x L L | L L …     odd = 1: out = prev[6..7], this[0..5]
//
// One aligned word per word of the frame from the one after the start of layer 3 on, in the clock after it, and
// one more (what is left of the last word, filled with zeros) in the clock after that. The frame that follows
// cannot be in the way: its first two words give no aligned word. last_o comes for every frame, with or without layer 3.
`default_nettype none

module weir_parse_align (
  input  logic        clk,
  input  logic        rst,
  // Bytes 0 to 5 of the word of the frame, byte 0 in the top bits, and bytes 2 to 7 of the word before.
  input  logic        valid_i,
  input  logic        first_i,
  input  logic        last_i,
  input  logic [47:0] data_i,
  input  logic [47:0] prev_i,
  // From layer 2: layer 3 began in the word before or earlier.
  input  logic        l3_i,
  input  logic        odd_i,
  input  logic        arp_i,
  input  logic        ip4_i,
  input  logic        ip6_i,
  // Aligned words; last_o marks the clock of the last one of the frame, also when there is none (valid_o = 0).
  output logic        valid_o,
  output logic        last_o,
  output logic        arp_o,
  output logic        ip4_o,
  output logic        ip6_o,
  output logic [7:0]  idx_o,
  output logic [63:0] data_o
);
  logic flush_q = 1'b0;     // the last word is the word before
  logic begun_q = 1'b0;     // an aligned word was given
  logic emit;
  logic [47:0] next;                // bytes 0 to 5 of this word

  assign emit = l3_i && (flush_q || (valid_i && !first_i));
  assign next = flush_q ? 48'd0 : data_i;

  always_ff @(posedge clk) begin
    flush_q <= valid_i && last_i && !rst;
    last_o  <= flush_q && !rst;
    valid_o <= emit && !rst;
    if (flush_q || rst) begun_q <= 1'b0;
    else if (emit) begun_q <= 1'b1;

    if (emit) begin
      arp_o  <= arp_i;
      ip4_o  <= ip4_i;
      ip6_o  <= ip6_i;
      idx_o  <= begun_q ? idx_o + 8'd1 : 8'd0;
      data_o <= odd_i ? {prev_i[15:0], next} : {prev_i, next[47:32]};
    end
  end

  initial begin
    valid_o = 1'b0;
    last_o  = 1'b0;
  end
endmodule

`default_nettype wire

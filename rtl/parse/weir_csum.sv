// SPDX-License-Identifier: Apache-2.0
//
// Internet checksums of one packet: the header of IPv4 and the transport layer, each as a plain sum of 16-bit numbers
// that is folded at the end (1,000 of them fit in 26 bits), each over the halves of the words that its enables name.
// The pseudo-header costs nothing: the addresses are halves like others, the rest is added at the end.
//
// Stage 1 sets bytes from end_i on to zero, stage 2 adds, stage 3 folds: head_ok_o and data_ok_o are right three clocks
// after the last word was in data_i, and for two clocks at least.
`default_nettype none

module weir_csum
  import weir_pkg::*;
(
  input  logic        clk,
  // Aligned word; enables per half, bit 1: bytes 0 to 3.
  input  logic        valid_i,
  input  logic [7:0]  idx_i,
  input  logic [63:0] data_i,
  input  logic [11:0] end_i,        // end of the transport sum
  input  logic [1:0]  head_en_i,
  input  logic [1:0]  data_en_i,
  input  logic        restart_i,    // forget what the transport sum had before this word
  // What the pseudo-header has besides the addresses; at the latest in the clock two after the last word.
  input  logic [11:0] pseudo_i,
  output logic        head_ok_o,
  output logic        data_ok_o,
  // The word of stage 1, for who looks at the payload: bytes beyond the end are zero.
  output logic        masked_valid_o,
  output logic [63:0] masked_o
);
  // --- stage 1: mask --------------------------------------------------------------------------------------------
  logic        below, equal;        // the end is beyond, or in, this word
  logic [63:0] masked;
  assign below = {1'b0, idx_i} < end_i[11:3];
  assign equal = {1'b0, idx_i} == end_i[11:3];
  always_comb begin
    for (int i = 0; i < 8; i++)
      masked[8*(7-i) +: 8] = (below || (equal && 3'(i) < end_i[2:0])) ? data_i[8*(7-i) +: 8] : 8'd0;
  end

  logic        valid_q = 1'b0, first_q, restart_q;
  logic [1:0]  head_en_q, data_en_q;
  logic [63:0] masked_q;
  always_ff @(posedge clk) begin
    valid_q <= valid_i;
    if (valid_i) begin
      masked_q  <= masked;
      head_en_q <= head_en_i;
      data_en_q <= data_en_i;
      first_q   <= idx_i == 8'd0;
      restart_q <= restart_i || idx_i == 8'd0;
    end
  end
  assign masked_valid_o = valid_q;
  assign masked_o       = masked_q;

  // --- stage 2: add -----------------------------------------------------------------------------------------------
  logic [16:0] high, low;           // sums of the two halves
  logic [20:0] head_q;
  logic [25:0] data_q;
  assign high = {1'b0, masked_q[63:48]} + {1'b0, masked_q[47:32]};
  assign low  = {1'b0, masked_q[31:16]} + {1'b0, masked_q[15:0]};
  always_ff @(posedge clk) begin
    if (valid_q) begin
      head_q <= (first_q ? 21'd0 : head_q) + 21'(head_en_q[1] ? high : 17'd0) + 21'(head_en_q[0] ? low : 17'd0);
      data_q <= (restart_q ? 26'd0 : data_q) + 26'(data_en_q[1] ? high : 17'd0) + 26'(data_en_q[0] ? low : 17'd0);
    end
  end

  // --- stage 3: fold ----------------------------------------------------------------------------------------------
  // The one's-complement sum is 0xffff when the sum is a multiple of 65,535 and not 0; the first fold is below twice that.
  logic [17:0] head_fold, data_fold;
  assign head_fold = {2'd0, head_q[15:0]} + {13'd0, head_q[20:16]};
  assign data_fold = {2'd0, data_q[15:0]} + {8'd0, data_q[25:16]} + {6'd0, pseudo_i};
  always_ff @(posedge clk) begin
    head_ok_o <= head_fold == 18'h0ffff;
    data_ok_o <= data_fold == 18'h0ffff;
  end
endmodule

`default_nettype wire

// SPDX-License-Identifier: Apache-2.0
//
// GMII sender (IEEE 802.3 clause 35, 8 bit at 125 MHz): preamble, start delimiter, the frame's bytes, zeros up to 60, FCS,
// gap. Sends back to back at exactly line rate: a frame of 64 bytes every 84 clocks with a gap of 12. Takes a word
// every 8 clocks; the first two must not be more than 8 clocks apart, the next ones 8.
// A word that is not there in time (underrun, which the core's contract excludes) ends the frame with tx_er and a
// wrong FCS; the rest of the frame is thrown away as it arrives, and the underrun counted.
`default_nettype none
`include "weir_assert.svh"

module weir_gmii_tx
  import weir_crc32_pkg::*;
  import weir_mac_pkg::*;
(
  input  wire         clk,  // 125 MHz
  input  wire         rst,
  // Words of the frame, byte 0 in bits 7:0; s_count_i is the number of bytes of the last word, 0 meaning 8.
  input  wire         s_valid_i,
  output logic        s_ready_o,
  input  wire  [63:0] s_data_i,
  input  wire         s_last_i,
  input  wire  [2:0]  s_count_i,
  // Setting, in this clock domain: gap in bytes; below 8 counts as 8.
  input  wire  [5:0]  gap_i,
  // GMII, registered.
  output logic [7:0]  gmii_txd_o,
  output logic        gmii_tx_en_o,
  output logic        gmii_tx_er_o,
  // Pulses: a frame was sent whole; a frame was cut.
  output logic        sent_o,
  output logic        underrun_o
);

  localparam logic [5:0] MinGap = 6'd8;

  typedef enum logic [2:0] {StIdle, StPreamble, StData, StPad, StFcs, StCut, StGap} state_e;

  state_e      state_q = StIdle;
  state_e      state_d;
  logic [5:0]  step_q = '0;    // clocks in the state, or bytes left of the gap
  logic [5:0]  step_d;
  logic [5:0]  sent_q;         // bytes of the frame, stops at 60
  logic [63:0] word_q;         // the next byte in bits 7:0
  logic [2:0]  left_q;         // bytes of the word after this one
  logic        last_q;         // it is the frame's last word
  logic        flush_q = 1'b0; // the rest of a cut frame is thrown away
  logic [31:0] crc_q;
  logic        load;
  logic        cut;
  logic        whole;
  logic        en_d;
  logic        er_d;
  logic [7:0]  txd_d;
  logic        long_enough;

  always_comb long_enough = (sent_q >= 6'(MacMinBytes - 1));  // with the byte of this clock

  always_comb begin
    state_d = state_q;
    step_d  = step_q + 6'd1;
    load    = 1'b0;
    cut     = 1'b0;
    whole   = 1'b0;
    en_d    = 1'b1;
    er_d    = 1'b0;
    txd_d   = 8'd0;
    unique case (state_q)
      StIdle: begin
        en_d = 1'b0;
        if (s_valid_i && !flush_q) begin
          state_d = StPreamble;
          step_d  = '0;
        end
      end
      // Seven bytes 0x55 and the start delimiter, with which the first word is taken.
      StPreamble: begin
        txd_d = (step_q == 6'd7) ? 8'hd5 : 8'h55;
        if (step_q == 6'd7) begin
          load    = 1'b1;
          state_d = StData;
        end
      end
      StData: begin
        txd_d  = word_q[7:0];
        step_d = '0;
        if (left_q == '0) begin
          if (last_q)         state_d = long_enough ? StFcs : StPad;
          else if (s_valid_i) load = 1'b1;
          else begin
            cut     = 1'b1;
            state_d = StCut;
          end
        end
      end
      StPad: begin
        step_d = '0;
        if (long_enough) state_d = StFcs;
      end
      StFcs: begin
        txd_d = ~crc_q[7:0];
        if (step_q == 6'd3) begin
          whole   = 1'b1;
          state_d = StGap;
          step_d  = (gap_i < MinGap) ? MinGap : gap_i;
        end
      end
      // Four bytes with tx_er; the FCS not complemented is wrong for certain.
      StCut: begin
        txd_d = crc_q[7:0];
        er_d  = 1'b1;
        if (step_q == 6'd3) begin
          state_d = StGap;
          step_d  = (gap_i < MinGap) ? MinGap : gap_i;
        end
      end
      // The last clock of the gap starts the next frame.
      StGap: begin
        en_d   = 1'b0;
        step_d = step_q - 6'd1;
        if (step_q == 6'd1) begin
          step_d  = '0;
          state_d = (s_valid_i && !flush_q) ? StPreamble : StIdle;
        end
      end
      default: begin
        en_d    = 1'b0;
        state_d = StIdle;
      end
    endcase
  end

  always_comb s_ready_o = load || flush_q;

  always_ff @(posedge clk) begin
    state_q <= state_d;
    step_q  <= step_d;
    if (load) begin
      word_q <= s_data_i;
      left_q <= s_last_i ? s_count_i - 3'd1 : 3'd7;
      last_q <= s_last_i;
    end else begin
      word_q <= word_q >> 8;
      left_q <= left_q - 3'd1;
    end
    if (state_q == StPreamble) begin
      sent_q <= '0;
    end else if (state_q == StData || state_q == StPad) begin
      sent_q <= sent_q + 6'(sent_q != 6'(MacMinBytes));
    end
    if (state_q == StPreamble)                         crc_q <= Crc32Init;
    else if (state_q == StData || state_q == StPad)    crc_q <= crc32_byte(crc_q, txd_d);
    else                                               crc_q <= crc_q >> 8;
    if (cut)                         flush_q <= 1'b1;
    else if (s_valid_i && s_last_i)  flush_q <= 1'b0;
    if (rst) begin
      state_q <= StIdle;
      flush_q <= 1'b0;
    end
  end

  // Output registers.
  logic [7:0] txd_q;
  logic en_q = 1'b0;
  logic er_q = 1'b0;
  logic whole_q = 1'b0;
  logic cut_q   = 1'b0;
  always_ff @(posedge clk) begin
    txd_q   <= txd_d;
    en_q    <= en_d;
    er_q    <= er_d;
    whole_q <= whole;
    cut_q   <= cut;
    if (rst) begin
      en_q    <= 1'b0;
      er_q    <= 1'b0;
      whole_q <= 1'b0;
      cut_q   <= 1'b0;
    end
  end

  always_comb begin
    gmii_txd_o   = txd_q;
    gmii_tx_en_o = en_q;
    gmii_tx_er_o = er_q;
    sent_o       = whole_q;
    underrun_o   = cut_q;
  end

  `WEIR_ASSERT(first_stays, state_q != StPreamble || s_valid_i, clk, rst)
endmodule

`default_nettype wire

// SPDX-License-Identifier: Apache-2.0
//
// Send side of the gigabit MAC: frames from the core, 64 bit wide, through a small FIFO between the clocks (16 words of
// LUT RAM) to the GMII. A frame starts on the wire 5 to 6 tx_clk after its first word, or when the gap after the
// frame before it is over; the sender is paced by tready to exactly line rate. Frames below 60 bytes are padded.
// A source that breaks its contract (a gap within a frame longer than the FIFO's stock) causes an underrun: the frame
// is cut, marked bad and counted. Never sends a frame with a right FCS that the core did not hand over whole.
`default_nettype none
`include "weir_assert.svh"

module weir_mac_tx
  import weir_mac_pkg::*;
#(
  parameter int unsigned DepthWords = 16
) (
  // Core. tlen (bytes without FCS, 1 or more) is valid with the first word, tlast with the word that holds the last byte;
  // once a frame is begun, tvalid stays high until its last word is taken.
  input  wire                   clk,
  input  wire                   rst,
  input  wire  [63:0]           s_axis_tdata,
  input  wire                   s_axis_tvalid,
  output logic                  s_axis_tready,
  input  wire                   s_axis_tlast,
  input  wire  [MacLenBits-1:0] s_axis_tlen,
  // GMII, registered. Resets: both or none, see weir_reset_sync.
  input  wire                   tx_clk,
  input  wire                   tx_rst,
  output logic [7:0]            gmii_txd_o,
  output logic                  gmii_tx_en_o,
  output logic                  gmii_tx_er_o,
  // Setting, core clock, a register: bytes between two frames; may change at any time.
  input  wire  [5:0]            gap_i,
  // Status, core clock.
  output mac_tx_counts_t        counts_o
);

  // --- core ---
  logic        inside_q = 1'b0;  // of a frame: its first word was taken
  logic [2:0]  count_q;          // bytes of the last word, 0 meaning 8
  logic [2:0]  count;
  logic        full;
  logic        take;
  logic        begin_q = 1'b0;
  logic [MacLenBits-1:0] begin_len_q;
  logic [31:0] bytes_q = '0;

  always_comb begin
    s_axis_tready = !full;
    take          = s_axis_tvalid && !full;
    count         = inside_q ? count_q : s_axis_tlen[2:0];
  end

  always_ff @(posedge clk) begin
    if (take) begin
      inside_q <= !s_axis_tlast;
      count_q  <= count;
    end
    begin_q     <= take && !inside_q;
    begin_len_q <= s_axis_tlen;
    if (begin_q) bytes_q <= bytes_q + 32'(begin_len_q);
    if (rst) begin
      inside_q <= 1'b0;
      begin_q  <= 1'b0;
      bytes_q  <= '0;
    end
  end

  // --- across ---
  logic        word_empty;
  logic        word_ready;
  logic [63:0] word_data;
  logic        word_last;
  logic [2:0]  word_count;
  logic [5:0]  gap;
  logic        sent;
  logic        underrun;

  weir_fifo_async #(.Width(68), .Depth(DepthWords)) u_fifo (
    .wr_clk    (clk),
    .wr_rst    (rst),
    .wr_en_i   (s_axis_tvalid),
    .wr_data_i ({s_axis_tlast, count, s_axis_tdata}),
    .wr_full_o (full),
    .rd_clk    (tx_clk),
    .rd_rst    (tx_rst),
    .rd_en_i   (word_ready),
    .rd_data_o ({word_last, word_count, word_data}),
    .rd_empty_o(word_empty)
  );

  weir_cfg_sync #(.Width(6), .Init(MacDefaultGap)) u_cfg (.clk(tx_clk), .d_i(gap_i), .q_o(gap));

  // --- GMII ---
  weir_gmii_tx u_gmii (
    .clk(tx_clk), .rst(tx_rst), .s_valid_i(!word_empty), .s_ready_o(word_ready), .s_data_i(word_data),
    .s_last_i(word_last), .s_count_i(word_count), .gap_i(gap), .gmii_txd_o, .gmii_tx_en_o, .gmii_tx_er_o,
    .sent_o(sent), .underrun_o(underrun)
  );

  logic [31:0] good;
  logic [31:0] cut;
  weir_event_count u_count_sent (
    .src_clk(tx_clk), .src_rst(tx_rst), .event_i(sent), .clk, .rst, .count_o(good)
  );
  weir_event_count u_count_cut (
    .src_clk(tx_clk), .src_rst(tx_rst), .event_i(underrun), .clk, .rst, .count_o(cut)
  );

  always_comb begin
    counts_o.good     = good;
    counts_o.underrun = cut;
    counts_o.bytes    = bytes_q;
  end

`ifdef VERILATOR
  // tlast comes with the word that tlen says.
  logic [MacLenBits-4:0] words_q = '0;
  always_ff @(posedge clk) begin
    if (take) words_q <= inside_q ? words_q - (MacLenBits-3)'(1) : (MacLenBits-3)'((s_axis_tlen - 1'b1) >> 3);
  end
  `WEIR_ASSERT(last_with_len, !take || s_axis_tlast ==
    (inside_q ? words_q == (MacLenBits-3)'(1) : s_axis_tlen <= MacLenBits'(8)), clk, rst)
`endif
endmodule

`default_nettype wire

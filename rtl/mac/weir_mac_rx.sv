// SPDX-License-Identifier: Apache-2.0
//
// Receive side of the gigabit MAC: GMII in, whole good frames out in the core clock, 64 bit wide. Bytes are packed into
// words and wait in a frame FIFO of 512 words (two ECP5 block RAMs) with one header word a frame; a frame that ends
// badly, or for which the FIFO has no room, is removed by reloading the write pointer, so the core sees good frames only.
// Every carrier is counted exactly once (mac_rx_counts_t). First word 5 rx_clk and 5 to 6 clk after the last FCS byte.
// Room for 56 frames of 64 bytes, or two of 2,000. Never stalls the wire: when full it counts an overrun.
`default_nettype none
`include "weir_assert.svh"

module weir_mac_rx
  import weir_mac_pkg::*;
#(
  parameter int unsigned DepthWords = 512
) (
  // GMII, in the clock of the PHY. Resets: both or none, see weir_reset_sync.
  input  wire                   rx_clk,
  input  wire                   rx_rst,
  input  wire  [7:0]            gmii_rxd_i,
  input  wire                   gmii_rx_dv_i,
  input  wire                   gmii_rx_er_i,
  // Core: byte 0 of the frame in bits 7:0, unused bytes of the last word zero. tlen (bytes without FCS) is constant
  // from the first to the last word; once the first is valid all words of the frame follow without gaps.
  input  wire                   clk,
  input  wire                   rst,
  output logic [63:0]           m_axis_tdata,
  output logic                  m_axis_tvalid,
  input  wire                   m_axis_tready,
  output logic                  m_axis_tlast,
  output logic [MacLenBits-1:0] m_axis_tlen,
  // Setting, core clock, a register: longest frame without FCS and tags; may change at any time.
  input  wire  [MacLenBits-1:0] max_frame_i,
  // Status, core clock.
  output mac_rx_counts_t        counts_o
);

  // --- GMII ---
  logic [MacLenBits-1:0] max_frame;
  logic       byte_valid;
  logic [7:0] byte_data;
  logic       byte_first;
  logic       end_valid;
  rx_end_e    end_status;
  logic [MacLenBits-1:0] end_len;
  logic       unused_last;
  logic       unused_bad;

  weir_cfg_sync #(.Width(MacLenBits), .Init(MacDefaultMax)) u_cfg (
    .clk(rx_clk), .d_i(max_frame_i), .q_o(max_frame)
  );

  weir_gmii_rx u_gmii (
    .clk(rx_clk), .rst(rx_rst), .gmii_rxd_i, .gmii_rx_dv_i, .gmii_rx_er_i, .max_frame_i(max_frame),
    .m_valid_o(byte_valid), .m_data_o(byte_data), .m_first_o(byte_first), .m_last_o(unused_last),
    .m_bad_o(unused_bad), .end_valid_o(end_valid), .end_status_o(end_status), .end_len_o(end_len)
  );

  // --- bytes to words; the end of the frame follows one clock behind its last word ---
  logic [2:0]  lane_q = '0;  // of the next byte
  logic [2:0]  lane;
  logic [63:0] word_q;
  logic        word_valid_q = 1'b0;
  logic        end_q  = 1'b0;
  logic        end_q2 = 1'b0;
  rx_end_e     status_q;
  rx_end_e     status_q2;
  logic [MacLenBits-1:0] len_q;
  logic [MacLenBits-1:0] len_q2;
  logic        fifo_ok;

  always_comb lane = byte_first ? 3'd0 : lane_q;

  always_ff @(posedge rx_clk) begin
    if (byte_valid) begin
      lane_q <= lane + 3'd1;
      for (int i = 0; i < 8; i++) begin
        if (lane == 3'(i)) word_q[8*i +: 8] <= byte_data;
        else if (lane == 3'd0) word_q[8*i +: 8] <= 8'd0;
      end
    end
    word_valid_q <= byte_valid && (lane == 3'd7 || end_valid);
    end_q        <= end_valid;
    status_q     <= end_status;
    len_q        <= end_len;
    end_q2       <= end_q;
    status_q2    <= status_q;
    len_q2       <= len_q;
    if (rx_rst) begin
      word_valid_q <= 1'b0;
      end_q        <= 1'b0;
      end_q2       <= 1'b0;
    end
  end

  weir_frame_fifo_async #(.WordBits(64), .TagBits(MacLenBits), .Depth(DepthWords)) u_fifo (
    .wr_clk       (rx_clk),
    .wr_rst       (rx_rst),
    .wr_en_i      (word_valid_q),
    .wr_data_i    (word_q),
    .wr_commit_i  (end_q2 && status_q2 == RxGood),
    .wr_tag_i     (len_q2),
    .wr_rewind_i  (end_q2 && status_q2 != RxGood),
    .wr_ok_o      (fifo_ok),
    .rd_clk       (clk),
    .rd_rst       (rst),
    .m_axis_tdata,
    .m_axis_tvalid,
    .m_axis_tready,
    .m_axis_tlast,
    .m_axis_ttag  (m_axis_tlen)
  );

  // --- counters: good frames and bytes where the core takes them, the rest as events across the clocks ---
  logic [4:0] hit_q = '0;
  always_ff @(posedge rx_clk) begin
    hit_q[0] <= end_q2 && status_q2 == RxGood && !fifo_ok;
    hit_q[1] <= end_q2 && status_q2 == RxFcsError;
    hit_q[2] <= end_q2 && status_q2 == RxRunt;
    hit_q[3] <= end_q2 && status_q2 == RxOversize;
    hit_q[4] <= end_q2 && status_q2 == RxError;
    if (rx_rst) hit_q <= '0;
  end

  logic [4:0][31:0] events;
  for (genvar i = 0; i < 5; i++) begin : g_count
    weir_event_count u_count (
      .src_clk(rx_clk), .src_rst(rx_rst), .event_i(hit_q[i]), .clk, .rst, .count_o(events[i])
    );
  end

  logic        inside_q = 1'b0;  // of a frame: its first word was taken
  logic        begin_q  = 1'b0;
  logic [MacLenBits-1:0] begin_len_q;
  logic [31:0] good_q  = '0;
  logic [31:0] bytes_q = '0;

  always_ff @(posedge clk) begin
    if (m_axis_tvalid && m_axis_tready) inside_q <= !m_axis_tlast;
    begin_q     <= m_axis_tvalid && m_axis_tready && !inside_q;
    begin_len_q <= m_axis_tlen;
    if (begin_q) begin
      good_q  <= good_q + 32'd1;
      bytes_q <= bytes_q + 32'(begin_len_q);
    end
    if (rst) begin
      inside_q <= 1'b0;
      begin_q  <= 1'b0;
      good_q   <= '0;
      bytes_q  <= '0;
    end
  end

  always_comb begin
    counts_o.good     = good_q;
    counts_o.overrun  = events[0];
    counts_o.fcs      = events[1];
    counts_o.runt     = events[2];
    counts_o.oversize = events[3];
    counts_o.error    = events[4];
    counts_o.bytes    = bytes_q;
  end
endmodule

`default_nettype wire

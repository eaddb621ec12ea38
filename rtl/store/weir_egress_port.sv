// SPDX-License-Identifier: Apache-2.0
//
// What leaves on one side: a normal and a lower queue, strict priority of the normal one from frame to frame, one shaper.
// Frames leave whole and without gaps (tvalid stays 1 from first to last word); frames of 8 words leave every 8 clocks
// when the receiver is always ready. 3 clocks from a frame's first word at the queue to m_axis.
`default_nettype none
`include "weir_assert.svh"

module weir_egress_port
  import weir_pkg::*;
#(
    parameter int unsigned DepthWords  = 512,  // of each queue
    parameter int unsigned DepthFrames = 64,   // most frames in each
    localparam int unsigned FreeBits = $clog2(DepthWords) + 1
) (
    input wire clk,
    input wire rst,

    // --- Writer, see weir_egress_queue; index 0 normal, 1 lower.
    input  wire  [1:0]               reserve_i,
    input  wire  [8:0]               reserve_words_i,
    input  wire  [1:0]               wr_valid_i,
    input  wire                      wr_first_i,
    input  wire data_t               wr_data_i,
    input  wire len_t                wr_len_i,
    output logic [1:0][FreeBits-1:0] free_o,

    // --- Frames that leave; tlen is F from first to last word.
    output data_t m_axis_tdata,
    output logic  m_axis_tvalid,
    input  wire   m_axis_tready,
    output logic  m_axis_tlast,
    output len_t  m_axis_tlen,

    // --- Settings of weir_shaper.
    input wire [23:0] rate_i,
    input wire [15:0] burst_i,

    // Nothing in here.
    output logic idle_o
);
  localparam int unsigned TagBits = 8;
  logic  [1:0]              valid;
  logic  [1:0]              take;
  logic  [1:0]              read;
  data_t [1:0]              rd_data;
  logic  [1:0][TagBits-1:0] rd_tag;
  logic  [1:0]              queue_idle;
  logic                     shaper_ok;

  for (genvar q = 0; q < 2; q++) begin : g_queue
    weir_egress_queue #(
        .DepthWords(DepthWords), .DepthFrames(DepthFrames)
    ) u_queue (
        .clk,
        .rst,
        .reserve_i      (reserve_i[q]),
        .reserve_words_i(reserve_words_i),
        .wr_valid_i     (wr_valid_i[q]),
        .wr_first_i     (wr_first_i),
        .wr_data_i      (wr_data_i),
        .wr_len_i       (wr_len_i),
        .free_o         (free_o[q]),
        .valid_o        (valid[q]),
        .take_i         (take[q]),
        .rd_en_i        (read[q]),
        .rd_data_o      (rd_data[q]),
        .rd_tag_o       (rd_tag[q]),
        .idle_o         (queue_idle[q])
    );
  end

  // --- Next frame ----------------------------------------------------------------------------------------------
  logic       busy_q = 1'b0;  // a frame is being read
  logic       lower_q;        // from the lower queue
  logic [7:0] index_q;        // of the word to be read
  logic       end_known_q = 1'b0;
  logic [7:0] end_q;          // index of the last word
  logic       last;
  logic       next_lower;
  logic       start;
  logic       issue;
  // Memory word, output word.
  logic       r_valid_q = 1'b0;
  logic       r_lower_q;
  logic       r_first_q;
  logic       r_second_q;
  logic       r_last_q;
  logic       r_ready;
  logic       o_first_q;
  logic       o_ready;
  // Length: its low bits come with the first word, the high bits with the second, which is the memory word while the
  // first is the output word.
  logic [TagBits-1:0] low_q;
  len_t               len;
  len_t               len_q;
  logic               len_comes;

  weir_shaper u_shaper (
      .clk,
      .rst,
      .rate_i,
      .burst_i,
      .take_i(len_comes && o_ready),
      .len_i (len),
      .ok_o  (shaper_ok)
  );

  always_comb begin
    o_ready    = !m_axis_tvalid || m_axis_tready;
    r_ready    = !r_valid_q || o_ready;
    issue      = busy_q && r_ready;
    last       = end_known_q && index_q == end_q;
    next_lower = !valid[0];
    start      = valid != '0 && shaper_ok && (!busy_q || (issue && last));
    take = '0;
    take[next_lower] = start;
    read = '0;
    read[lower_q] = issue;
    len_comes   = r_valid_q && r_second_q;
    len         = {rd_tag[r_lower_q][LenBits-TagBits-1:0], low_q};
    m_axis_tlen = o_first_q ? len : len_q;
    idle_o = queue_idle == 2'b11 && !busy_q && !r_valid_q && !m_axis_tvalid;
  end

  always_ff @(posedge clk) begin
    if (start) begin
      busy_q      <= 1'b1;
      lower_q     <= next_lower;
      index_q     <= '0;
      end_known_q <= 1'b0;
    end else begin
      if (issue) begin
        busy_q  <= !last;
        index_q <= index_q + 8'd1;
      end
      if (len_comes) end_known_q <= 1'b1;
    end
    if (len_comes) begin
      len_q <= len;
      end_q <= len[10:3] - 8'(len[2:0] == '0);
    end
    if (r_ready) begin
      r_valid_q  <= busy_q;
      r_lower_q  <= lower_q;
      r_first_q  <= index_q == '0;
      r_second_q <= index_q == 8'd1;
      r_last_q   <= last;
    end
    if (o_ready) begin
      m_axis_tvalid <= r_valid_q;
      m_axis_tdata  <= rd_data[r_lower_q];
      m_axis_tlast  <= r_last_q;
      o_first_q     <= r_first_q;
      low_q         <= rd_tag[r_lower_q];
    end
    if (rst) begin
      busy_q        <= 1'b0;
      r_valid_q     <= 1'b0;
      m_axis_tvalid <= 1'b0;
    end
  end

  initial m_axis_tvalid = 1'b0;

  // While the first word is shown, the second is behind it.
  `WEIR_ASSERT(second_behind, !(m_axis_tvalid && o_first_q) || len_comes, clk, rst)
  // The end is known before the third word behind the second is read, and the shaper has counted before the next frame.
  `WEIR_ASSERT(words_min, !len_comes || len >= 11'd33, clk, rst)
endmodule

`default_nettype wire

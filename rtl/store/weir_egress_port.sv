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
    parameter int unsigned DepthFrames = 64,
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
  logic  [1:0] head_valid;
  len_t  [1:0] head_len;
  logic  [1:0] take;
  logic  [1:0] read;
  data_t [1:0] rd_data;
  logic  [1:0] queue_idle;
  logic        shaper_ok;

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
        .head_valid_o   (head_valid[q]),
        .head_len_o     (head_len[q]),
        .take_i         (take[q]),
        .rd_en_i        (read[q]),
        .rd_data_o      (rd_data[q]),
        .idle_o         (queue_idle[q])
    );
  end

  // --- Next frame ----------------------------------------------------------------------------------------------
  logic       busy_q = 1'b0;  // a frame is being read
  logic       lower_q;        // from the lower queue
  logic       last_q;         // the word to be read is its last
  logic [8:0] left_q;
  len_t       len_q;
  logic       next_lower;
  len_t       next_len;
  logic [8:0] next_words;
  logic       start;
  logic       issue;
  // Memory word, output word.
  logic r_valid_q = 1'b0;
  logic r_lower_q;
  logic r_last_q;
  len_t r_len_q;
  logic r_ready;
  logic o_ready;

  weir_shaper u_shaper (
      .clk,
      .rst,
      .rate_i,
      .burst_i,
      .take_i(start),
      .len_i (next_len),
      .ok_o  (shaper_ok)
  );

  always_comb begin
    o_ready    = !m_axis_tvalid || m_axis_tready;
    r_ready    = !r_valid_q || o_ready;
    issue      = busy_q && r_ready;
    next_lower = !head_valid[0];
    next_len   = head_len[next_lower];
    next_words = {1'b0, next_len[10:3]} + 9'(next_len[2:0] != '0);
    start      = head_valid != '0 && shaper_ok && (!busy_q || (issue && last_q));
    take = '0;
    take[next_lower] = start;
    read = '0;
    read[lower_q] = issue;
    idle_o = queue_idle == 2'b11 && !busy_q && !r_valid_q && !m_axis_tvalid;
  end

  always_ff @(posedge clk) begin
    if (start) begin
      busy_q  <= 1'b1;
      lower_q <= next_lower;
      len_q   <= next_len;
      left_q  <= next_words;
      last_q  <= next_words == 9'd1;
    end else if (issue) begin
      busy_q  <= !last_q;
      left_q  <= left_q - 9'd1;
      last_q  <= left_q == 9'd2;
    end
    if (r_ready) begin
      r_valid_q <= busy_q;
      r_lower_q <= lower_q;
      r_last_q  <= last_q;
      r_len_q   <= len_q;
    end
    if (o_ready) begin
      m_axis_tvalid <= r_valid_q;
      m_axis_tdata  <= rd_data[r_lower_q];
      m_axis_tlast  <= r_last_q;
      m_axis_tlen   <= r_len_q;
    end
    if (rst) begin
      busy_q        <= 1'b0;
      r_valid_q     <= 1'b0;
      m_axis_tvalid <= 1'b0;
    end
  end

  initial m_axis_tvalid = 1'b0;
endmodule

`default_nettype wire

// SPDX-License-Identifier: Apache-2.0
//
// Store-and-forward frame FIFO between two clocks, in block RAM. The writer puts in words and then either commits the
// frame (its tag arrives with it) or rewinds it, which reloads one pointer. The reader sees committed frames only, whole
// and in order: once a frame's first word is valid all of its words follow without gaps, one per clock, then at least
// one idle clock. Each frame takes one more word, its header (tag and length), written at the commit.
// What crosses are two Gray-coded counts: frames committed, words read. First word 5 to 6 clk after the commit.
// When full, words are refused; the frame is then lost whatever the writer says, and wr_ok_o tells (sticky until the
// commit or rewind). Never shows a word of a rewound frame, never loses a word of a committed one:
// tb/formal/weir_frame_fifo_async.sby proves it for any two clocks. Resets: both or none, see weir_reset_sync.
`default_nettype none
`include "weir_assert.svh"

module weir_frame_fifo_async #(
  parameter int unsigned WordBits = 64,
  parameter int unsigned TagBits  = 11,
  parameter int unsigned Depth    = 512,  // words, a power of two, headers included
  localparam int unsigned AddrBits = $clog2(Depth)
) (
  // Writer. A frame is one or more words, each with wr_en_i, then in a later clock wr_commit_i or wr_rewind_i (not both,
  // not with wr_en_i). A commit counts only if wr_ok_o is high in its clock.
  input  wire                 wr_clk,
  input  wire                 wr_rst,
  input  wire                 wr_en_i,
  input  wire  [WordBits-1:0] wr_data_i,
  input  wire                 wr_commit_i,
  input  wire  [TagBits-1:0]  wr_tag_i,     // with wr_commit_i
  input  wire                 wr_rewind_i,
  output logic                wr_ok_o,
  // Reader: a stream; m_axis_ttag is constant from the first to the last word of a frame.
  input  wire                 rd_clk,
  input  wire                 rd_rst,
  output logic [WordBits-1:0] m_axis_tdata,
  output logic                m_axis_tvalid,
  input  wire                 m_axis_tready,
  output logic                m_axis_tlast,
  output logic [TagBits-1:0]  m_axis_ttag
);

  `WEIR_ELAB(depth, Depth >= 8 && Depth == (1 << AddrBits), "Depth must be a power of two, 8 or more")
  `WEIR_ELAB(header, TagBits + AddrBits <= WordBits, "the header (tag and length) must fit into a word")

  typedef logic [AddrBits:0]   ptr_t;    // one bit more than the address
  typedef logic [AddrBits-1:0] count_t;  // frames; at most Depth/2 are inside

  // --- writer's domain ---
  ptr_t   wbase_q  = '0;          // header of the frame being written: everything before it is committed
  ptr_t   wptr_q   = ptr_t'(1);   // its next word
  count_t extra_q  = '1;          // its words minus 1
  count_t fcount_q = '0;          // frames committed
  count_t fgray_q  = '0;
  count_t fcount_d;
  logic   lost_q   = 1'b0;
  ptr_t   rgray_sync;
  ptr_t   rptr_sync_d;
  ptr_t   rptr_sync_q = '0;
  logic   full;
  logic   put;
  logic   commit;

  always_comb begin
    for (int i = 0; i <= AddrBits; i++) rptr_sync_d[i] = ^(rgray_sync >> i);
    full     = ptr_t'(wptr_q - rptr_sync_q) >= ptr_t'(Depth);
    put      = wr_en_i && !full && !lost_q;
    commit   = wr_commit_i && !lost_q;
    fcount_d = fcount_q + count_t'(commit);
    wr_ok_o  = !lost_q;
  end

  always_ff @(posedge wr_clk) begin
    rptr_sync_q <= rptr_sync_d;
    fcount_q    <= fcount_d;
    fgray_q     <= fcount_d ^ (fcount_d >> 1);
    if (put) begin
      wptr_q  <= wptr_q + ptr_t'(1);
      extra_q <= extra_q + count_t'(1);
    end
    if (wr_en_i && !put) lost_q <= 1'b1;
    if (commit) begin
      wbase_q <= wptr_q;
      wptr_q  <= wptr_q + ptr_t'(1);
      extra_q <= '1;
    end else if (wr_commit_i || wr_rewind_i) begin
      wptr_q  <= wbase_q + ptr_t'(1);
      extra_q <= '1;
      lost_q  <= 1'b0;
    end
    if (wr_rst) begin
      wbase_q     <= '0;
      wptr_q      <= ptr_t'(1);
      extra_q     <= '1;
      fcount_q    <= '0;
      fgray_q     <= '0;
      lost_q      <= 1'b0;
      rptr_sync_q <= '0;
    end
  end

  // --- reader's domain: RAM output latch (stage 1), output register (stage 2) ---
  typedef enum logic [1:0] {S1Empty, S1Head, S1Data} stage1_e;

  ptr_t    rptr_q  = '0;          // next word to read
  ptr_t    rgray_q = '0;
  ptr_t    rptr_d;
  count_t  fseen_q = '0;          // frames begun
  count_t  fseen_gray_q = '0;
  count_t  fseen_d;
  count_t  fgray_sync;
  stage1_e s1_q = S1Empty;
  stage1_e s1_d;
  logic    s1_last_q;
  logic    s1_last_d;
  count_t  left_q = '0;           // words of the frame still to be read
  count_t  left_d;
  logic [TagBits-1:0]  tag_q;     // of the frame being read
  logic [WordBits-1:0] word;
  count_t  head_extra;
  logic    issue;
  logic    take;                  // stage 1 moves to stage 2

  logic [WordBits-1:0] data_q;
  logic                valid_q = 1'b0;
  logic                last_q;
  logic [TagBits-1:0]  otag_q;

  always_comb begin
    head_extra = word[TagBits +: AddrBits];
    take       = (s1_q == S1Data) && (!valid_q || m_axis_tready);
    issue      = 1'b0;
    s1_d       = s1_q;
    s1_last_d  = s1_last_q;
    left_d     = left_q;
    fseen_d    = fseen_q;
    if (s1_q != S1Data || take) begin
      s1_d = S1Empty;
      if (s1_q == S1Head) begin  // its first word; the rest by count
        issue     = 1'b1;
        s1_d      = S1Data;
        s1_last_d = (head_extra == '0);
        left_d    = head_extra;
      end else if (left_q != '0) begin
        issue     = 1'b1;
        s1_d      = S1Data;
        s1_last_d = (left_q == count_t'(1));
        left_d    = left_q - count_t'(1);
      end else if (fseen_gray_q != fgray_sync) begin
        issue   = 1'b1;
        s1_d    = S1Head;
        fseen_d = fseen_q + count_t'(1);
      end
    end
    rptr_d = rptr_q + ptr_t'(issue);
  end

  always_ff @(posedge rd_clk) begin
    rptr_q       <= rptr_d;
    rgray_q      <= rptr_d ^ (rptr_d >> 1);
    fseen_q      <= fseen_d;
    fseen_gray_q <= fseen_d ^ (fseen_d >> 1);
    s1_q         <= s1_d;
    s1_last_q    <= s1_last_d;
    left_q       <= left_d;
    if (s1_q == S1Head) tag_q <= word[TagBits-1:0];
    if (take) begin
      valid_q <= 1'b1;
      data_q  <= word;
      last_q  <= s1_last_q;
      otag_q  <= tag_q;
    end else if (m_axis_tready) begin
      valid_q <= 1'b0;
    end
    if (rd_rst) begin
      rptr_q       <= '0;
      rgray_q      <= '0;
      fseen_q      <= '0;
      fseen_gray_q <= '0;
      s1_q         <= S1Empty;
      left_q       <= '0;
      valid_q      <= 1'b0;
    end
  end

  always_comb begin
    m_axis_tdata  = data_q;
    m_axis_tvalid = valid_q;
    m_axis_tlast  = last_q;
    m_axis_ttag   = otag_q;
  end

  weir_sync #(.Width(AddrBits + 1)) u_sync_r (.clk(wr_clk), .d_i(rgray_q), .q_o(rgray_sync));
  weir_sync #(.Width(AddrBits)) u_sync_f (.clk(rd_clk), .d_i(fgray_q), .q_o(fgray_sync));

  logic [WordBits-1:0] header;
  always_comb begin
    header = '0;
    header[TagBits-1:0] = wr_tag_i;
    header[TagBits +: AddrBits] = extra_q;
  end

  weir_ram_dp_clk2 #(.Width(WordBits), .Depth(Depth)) u_ram (
    .wr_clk,
    .wr_en_i  (put || commit),
    .wr_addr_i(commit ? wbase_q[AddrBits-1:0] : wptr_q[AddrBits-1:0]),
    .wr_data_i(commit ? header : wr_data_i),
    .rd_clk,
    .rd_en_i  (issue),
    .rd_addr_i(rptr_q[AddrBits-1:0]),
    .rd_data_o(word)
  );

  // The writer's contract.
  `WEIR_ASSERT(one_order, 2'(wr_en_i) + 2'(wr_commit_i) + 2'(wr_rewind_i) <= 2'd1, wr_clk, wr_rst)
  `WEIR_ASSERT(not_empty, !commit || extra_q != '1, wr_clk, wr_rst)
`ifdef FORMAL
`include "weir_frame_fifo_async_formal.svh"
`endif
endmodule

`default_nettype wire

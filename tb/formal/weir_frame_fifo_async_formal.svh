// SPDX-License-Identifier: Apache-2.0
//
// The proof inside weir_frame_fifo_async, for any two clocks and any orders of the writer, no reset after power-on.
// A shadow of the memory says of each committed slot whether it is a header, how many words of its frame follow it and
// the frame's tag. One word, chosen by the solver, is followed from the writer through commit or rewind to the reader.

// --- the writer's contract, assumed ---
logic f_words = 1'b0;  // the open frame was offered a word
always_comb begin
  assume (!wr_rst && !rd_rst);
  assume (2'(wr_en_i) + 2'(wr_commit_i) + 2'(wr_rewind_i) <= 2'd1);
  assume (!wr_commit_i || f_words);
end
always_ff @(posedge wr_clk) begin
  if (wr_en_i) f_words <= 1'b1;
  if (wr_commit_i || wr_rewind_i) f_words <= 1'b0;
end

// --- pointers of both domains and their delayed copies never pass each other ---
function automatic ptr_t f_bin(input ptr_t gray);
  for (int i = 0; i <= AddrBits; i++) f_bin[i] = ^(gray >> i);
endfunction
function automatic count_t f_cbin(input count_t gray);
  for (int i = 0; i < AddrBits; i++) f_cbin[i] = ^(gray >> i);
endfunction
ptr_t f_used, f_open, f_r1, f_r2, f_r3;
count_t f_frames, f_c1, f_c2;
always_comb begin
  f_used   = wbase_q - rptr_q;            // committed and not yet read
  f_open   = wptr_q - wbase_q;            // the open frame with its header
  f_r1     = wbase_q - f_bin(u_sync_r.meta_q);
  f_r2     = wbase_q - f_bin(rgray_sync);
  f_r3     = wbase_q - rptr_sync_q;
  f_frames = fcount_q - fseen_q;
  f_c1     = fcount_q - f_cbin(u_sync_f.meta_q);
  f_c2     = fcount_q - f_cbin(fgray_sync);
end
`WEIR_INVARIANT(f_gray_r, rgray_q == (rptr_q ^ (rptr_q >> 1)))
`WEIR_INVARIANT(f_gray_f, fgray_q == (fcount_q ^ (fcount_q >> 1)))
`WEIR_INVARIANT(f_gray_s, fseen_gray_q == (fseen_q ^ (fseen_q >> 1)))
`WEIR_INVARIANT(f_order_r, f_used <= f_r1 && f_r1 <= f_r2 && f_r2 <= f_r3 && f_r3 <= ptr_t'(Depth))
`WEIR_INVARIANT(f_order_f, f_c1 <= f_c2 && f_c2 <= f_frames && f_frames <= count_t'(Depth / 2))
`WEIR_INVARIANT(f_order_w, f_open == ptr_t'(1) || (f_open != '0 && f_open <= ptr_t'(Depth) - f_r3))
`WEIR_INVARIANT(f_extra, extra_q == count_t'(f_open - ptr_t'(2)) && f_open <= ptr_t'(Depth))
`WEIR_INVARIANT(f_offered, f_words || (f_open == ptr_t'(1) && !lost_q))
`WEIR_INVARIANT(f_offered_put, !f_words || f_open != ptr_t'(1) || lost_q)

// --- the shadow ---
logic [Depth-1:0]               f_head = '0;
logic [Depth-1:0][AddrBits-1:0] f_left;
logic [Depth-1:0][TagBits-1:0]  f_tags;
always_ff @(posedge wr_clk) begin
  for (int i = 0; i < Depth; i++) begin
    if (commit && {1'b0, count_t'(i) - wbase_q[AddrBits-1:0]} < f_open) begin
      f_head[i] <= (count_t'(i) == wbase_q[AddrBits-1:0]);
      f_left[i] <= count_t'(wptr_q - ptr_t'(1)) - count_t'(i);
      f_tags[i] <= wr_tag_i;
    end
  end
end

logic f_chain, f_headers;
logic [AddrBits:0] f_count;
always_comb begin
  f_chain   = 1'b1;
  f_headers = 1'b1;
  f_count   = '0;
  for (int i = 0; i < Depth; i++) begin
    automatic count_t off  = count_t'(i) - rptr_q[AddrBits-1:0];
    automatic count_t next = count_t'(i + 1);
    if ({1'b0, off} < f_used) begin
      if (f_head[i]) begin
        f_count   = f_count + ptr_t'(1);
        f_headers = f_headers && f_left[i] != '0 &&
          u_ram.g_block.mem[i][TagBits +: AddrBits] == count_t'(f_left[i] - count_t'(1)) &&
          u_ram.g_block.mem[i][TagBits-1:0] == f_tags[i];
      end
      if (f_left[i] == '0) f_chain = f_chain && (ptr_t'({1'b0, off} + ptr_t'(1)) == f_used || f_head[next]);
      else f_chain = f_chain && ptr_t'({1'b0, off} + ptr_t'(1)) < f_used && !f_head[next] &&
        f_left[next] == count_t'(f_left[i] - count_t'(1)) && f_tags[next] == f_tags[i];
    end
  end
end
`WEIR_INVARIANT(f_chained, f_chain)
`WEIR_INVARIANT(f_headed, f_headers)
`WEIR_INVARIANT(f_counted, f_count == {1'b0, f_frames})

// --- the reader stands where the shadow says ---
logic [AddrBits-1:0] f_ra;
always_comb f_ra = rptr_q[AddrBits-1:0];
`WEIR_INVARIANT(f_at_body, !(s1_q != S1Head && left_q != '0) ||
  (f_used != '0 && !f_head[f_ra] && f_left[f_ra] == count_t'(left_q - count_t'(1)) && f_tags[f_ra] == tag_q))
`WEIR_INVARIANT(f_at_first, !(s1_q == S1Head) || (left_q == '0 && f_used != '0 && !f_head[f_ra] &&
  f_left[f_ra] == head_extra && f_tags[f_ra] == word[TagBits-1:0]))
`WEIR_INVARIANT(f_at_head, !(s1_q != S1Head && left_q == '0) || f_used == '0 || f_head[f_ra])
`WEIR_INVARIANT(f_s1_kind, s1_q == S1Empty || s1_q == S1Head || s1_q == S1Data)
`WEIR_INVARIANT(f_s1_last, s1_q != S1Data || s1_last_q == (left_q == '0))
// Never invented: whatever is read has been committed.
`WEIR_INVARIANT(f_not_invented, !issue || f_used != '0)

// --- one word on its way ---
(* anyseq *) logic f_pick;
logic f_cand  = 1'b0;  // in the open frame
logic f_taken = 1'b0;  // committed
logic f_in1   = 1'b0;  // read, in stage 1 or beyond
logic f_in2   = 1'b0;  // at the output or beyond
logic f_gone  = 1'b0;  // the reader has it
ptr_t f_ptr;
logic [WordBits-1:0] f_word;
logic [TagBits-1:0]  f_tag;
logic f_last;
always_ff @(posedge wr_clk) begin
  if (put && f_pick && !f_cand && !f_taken) begin
    f_cand <= 1'b1;
    f_ptr  <= wptr_q;
    f_word <= wr_data_i;
  end
  if (f_cand && commit) begin
    f_taken <= 1'b1;
    f_cand  <= 1'b0;
    f_tag   <= wr_tag_i;
    f_last  <= (f_ptr == ptr_t'(wptr_q - ptr_t'(1)));
  end else if (wr_commit_i || wr_rewind_i) begin
    f_cand <= 1'b0;
  end
end
always_ff @(posedge rd_clk) begin
  if (issue && f_taken && !f_in1 && rptr_q == f_ptr) f_in1 <= 1'b1;
  if (take && f_in1 && !f_in2) f_in2 <= 1'b1;
  if (m_axis_tready && f_in2) f_gone <= 1'b1;
end
logic [AddrBits-1:0] f_fa;
always_comb f_fa = f_ptr[AddrBits-1:0];
`WEIR_INVARIANT(f_sane, (f_taken || !f_in1) && (f_in1 || !f_in2) && (f_in2 || !f_gone) && !(f_cand && f_taken))
`WEIR_INVARIANT(f_open_kept, !f_cand || (ptr_t'(f_ptr - wbase_q) != '0 && ptr_t'(f_ptr - wbase_q) < f_open &&
  u_ram.g_block.mem[f_fa] == f_word))
`WEIR_INVARIANT(f_kept, !(f_taken && !f_in1) || (ptr_t'(f_ptr - rptr_q) < f_used && !f_head[f_fa] &&
  f_tags[f_fa] == f_tag && f_last == (f_left[f_fa] == '0) && u_ram.g_block.mem[f_fa] == f_word))
`WEIR_INVARIANT(f_read, !(f_in1 && !f_in2) || (s1_q == S1Data && word == f_word && s1_last_q == f_last &&
  tag_q == f_tag))
// Never lost, never reordered: when its turn comes, the reader sees it with its tag and its end mark.
`WEIR_INVARIANT(f_delivered, !(f_in2 && !f_gone) || (m_axis_tvalid && m_axis_tdata == f_word &&
  m_axis_tlast == f_last && m_axis_ttag == f_tag))
// No gaps: while a frame is under way its next word stands behind the one at the output, with the same tag.
`WEIR_INVARIANT(f_no_gap, s1_q == S1Data || (left_q == '0 && (!valid_q || last_q)))
`WEIR_INVARIANT(f_tag_const, s1_q != S1Data || !valid_q || last_q || otag_q == tag_q)
`WEIR_COVER(f_done, f_gone, rd_clk, 1'b0)

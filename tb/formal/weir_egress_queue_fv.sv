// SPDX-License-Identifier: Apache-2.0
//
// Proof harness of weir_egress_queue, small: 8 words, frames of 2 to 4 words. A writer that reserves, then writes a frame
// without gaps while the next one may be reserved; a reader that takes a frame as soon as it is shown and reads at any pace,
// so also right behind the writer. One arbitrary frame and one arbitrary word of it are followed: length and words come
// out as they went in, in order; room is never promised twice and all of it comes back. The lengths that the reader needs to
// know wait in a list of the harness.
`default_nettype none

module weir_egress_queue_fv
  import weir_pkg::*;
(
    input wire clk,
    input wire reserve,
    input wire len_t reserve_len,
    input wire begin_write,
    input wire data_t wr_data,
    input wire take,
    input wire rd_en,
    input wire pick,
    input wire [1:0] which
);
  localparam int unsigned Words = 8;

  logic first_clock = 1'b1;
  always_ff @(posedge clk) first_clock <= 1'b0;
  wire rst = first_clock;

  function automatic logic [3:0] words_of(len_t len);
    return 4'((len + 11'd7) >> 3);
  endfunction

  logic       pend = 1'b0;       // reserved, not begun
  len_t       pend_len;
  logic [3:0] w_left = '0;       // words of the frame that is being written
  wire        wr_first = w_left == '0 && pend && begin_write;
  wire        wr_valid = wr_first || w_left != '0;
  len_t       w_len;             // of it
  logic [3:0] r_left = '0;       // words of the frame that was taken
  logic [3:0] free;
  logic       head_valid, idle;
  data_t      rd_data;
  logic [7:0] rd_tag;
  // Frames that are in the queue and were not taken: their lengths.
  len_t [3:0] g_len;
  logic [2:0] g_wptr = '0, g_rptr = '0;
  wire len_t  head_len = g_len[g_rptr[1:0]];

  weir_egress_queue #(
      .DepthWords(Words), .DepthFrames(4)
  ) dut (
      .clk,
      .rst,
      .reserve_i      (reserve),
      .reserve_words_i(9'(words_of(reserve_len))),
      .wr_valid_i     (wr_valid),
      .wr_first_i     (wr_first),
      .wr_data_i      (wr_data),
      .wr_len_i       (wr_first ? pend_len : w_len),
      .free_o         (free),
      .valid_o        (head_valid),
      .take_i         (take),
      .rd_en_i        (rd_en),
      .rd_data_o      (rd_data),
      .rd_tag_o       (rd_tag),
      .idle_o         (idle)
  );

  always_comb begin
    if (rst) assume (!reserve && !take && !rd_en);
    if (reserve) assume ((!pend || wr_first) && words_of(reserve_len) <= free);
    assume (reserve_len >= 11'd9 && reserve_len <= 11'd32);
    if (take) assume (head_valid && (r_left == '0 || (r_left == 4'd1 && rd_en)));
    if (rd_en) assume (r_left != '0);
  end
  always_ff @(posedge clk) begin
    if (reserve) begin
      pend     <= 1'b1;
      pend_len <= reserve_len;
    end else if (wr_first) pend <= 1'b0;
    if (wr_first) w_len <= pend_len;
    if (wr_first) w_left <= words_of(pend_len) - 4'd1;
    else if (w_left != '0) w_left <= w_left - 4'd1;
    if (wr_first) begin
      g_len[g_wptr[1:0]] <= pend_len;
      g_wptr <= g_wptr + 3'd1;
    end
    if (take) g_rptr <= g_rptr + 3'd1;
    r_left <= take ? words_of(head_len) : r_left - 4'(rd_en);
    if (rst) begin
      pend   <= 1'b0;
      w_left <= '0;
      r_left <= '0;
      g_wptr <= '0;
      g_rptr <= '0;
    end
  end

  // --- The frame that is followed ----------------------------------------------------------------------------------
  typedef enum logic [1:0] {None, Queued, Read, Left} where_e;
  where_e     where = None;
  logic [1:0] p_which;
  logic       mine_writes = 1'b0;
  logic [3:0] my_written;
  logic [2:0] my_start;
  logic [2:0] my_ptr;
  len_t       my_len;
  data_t      my_value;
  logic       check_q = 1'b0;   // its word was read in the last clock
  wire  [3:0] my_index = words_of(my_len) - r_left;
  always_comb assume (first_clock || which == p_which);
  always_ff @(posedge clk) begin
    p_which <= which;
    if (wr_first && pick && where == None) begin
      where       <= Queued;
      mine_writes <= 1'b1;
      my_written  <= 4'd1;
      my_start    <= dut.wptr_q;
      my_ptr      <= g_wptr;
      my_len      <= pend_len;
      if (which == '0) my_value <= wr_data;
    end else if (mine_writes) begin
      if (my_written == 4'(which)) my_value <= wr_data;
      my_written <= my_written + 4'd1;
      if (w_left == 4'd1) mine_writes <= 1'b0;
    end
    if (where == Queued && take && g_rptr == my_ptr) where <= Read;
    if (where == Read && rd_en && r_left == 4'd1) where <= Left;
    check_q <= where == Read && rd_en && my_index == 4'(which);
    if (rst) begin
      where <= None;
      mine_writes <= 1'b0;
      check_q <= 1'b0;
    end
  end

  wire [7:0] my_tag = (which == 2'd0) ? my_len[7:0] : {5'd0, my_len[10:8]};
  wire [2:0] level = g_wptr - g_rptr;
  wire [2:0] place = my_ptr - g_rptr;
  logic [4:0] sum;
  logic [1:0] slot;
  always_comb begin
    sum = 5'(r_left);
    slot = '0;
    if (!rst) begin
      // --- What is promised ---------------------------------------------------------------------------------------
      assert (free <= 4'(Words));
      assert (head_valid == (level != '0));
      if (where == Queued && take && g_rptr == my_ptr) assert (head_len == my_len);
      // Never read before it is written.
      if (where == Read && rd_en) assert (my_written > my_index);
      if (check_q) assert (rd_data == my_value);
      if (check_q && which == 2'd0) assert (rd_tag == my_len[7:0]);
      if (check_q && which != 2'd0) assert (rd_tag == {5'd0, my_len[10:8]});
      if (idle) assert (!head_valid && r_left == '0 && !pend && w_left == '0);
      // --- What induction has to know -------------------------------------------------------------------------------
      assert (level <= 3'd4 && dut.frames_q == level);
      if (mine_writes) assert (w_len == my_len);
      if (where == Read) assert (sum[2:0] + dut.rptr_q == 3'(my_start + 3'(words_of(my_len))));
      for (int k = 0; k < 4; k++) begin
        slot = g_rptr[1:0] + 2'(k);
        if (3'(k) < level) begin
          assert (g_len[slot] >= 11'd9 && g_len[slot] <= 11'd32);
          if (where == Queued && place == 3'(k)) assert (3'(dut.rptr_q + sum[2:0]) == my_start);
          sum = sum + 5'(words_of(g_len[slot]));
        end
      end
      // All words are accounted for; the reader stays behind the writer.
      assert (5'(w_left) <= 5'd3 && r_left <= 4'd4);
      assert (sum >= 5'(w_left) && 3'(dut.rptr_q + sum[2:0]) == 3'(dut.wptr_q + w_left[2:0]));
      assert (5'(free) + sum + (pend ? 5'(words_of(pend_len)) : 5'd0) == 5'(Words));
      if (w_left != '0 && level == '0) assert (r_left > w_left);
      if (pend) assert (pend_len >= 11'd9 && pend_len <= 11'd32);
      if (where != None) assert (my_len >= 11'd9 && my_len <= 11'd32 && my_written >= 4'd1 && my_written <= words_of(my_len));
      if (mine_writes) assert ((where == Queued || where == Read) && w_left == words_of(my_len) - my_written
                               && w_left != '0 && 3'(my_ptr + 3'd1) == g_wptr && dut.wptr_q == 3'(my_start + my_written[2:0]));
      else if (where != None) assert (my_written == words_of(my_len));
      if (where == Queued) assert (place < level && g_len[my_ptr[1:0]] == my_len);
      if (where == Read) assert (r_left != '0 && r_left <= words_of(my_len) && my_written > my_index
                                 && (!mine_writes || level == '0));
      if ((where == Queued || (where == Read && my_index <= 4'(which))) && my_written > 4'(which))
        assert (dut.u_ram.g_block.mem[3'(my_start + 3'(which))] == {my_tag, my_value});
      if (check_q) assert (dut.u_ram.word == {my_tag, my_value});
    end
  end
endmodule

`default_nettype wire

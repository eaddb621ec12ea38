// SPDX-License-Identifier: Apache-2.0
//
// Proof harness of weir_frame_ring with its descriptor and verdict queues, small: 16 words, frames of 3 or 4 words, four
// egress queues of 8 words that drain as they like. One arbitrary frame is followed from its first word, and in it one
// arbitrary word. It is never lost, never changed, never overtaken: it leaves by its own verdict, once, as whole words in
// order without a gap (to be answered: as many as the answer has), or is told as dropped for lack of room; and nothing
// leaves that did not come. Answers have 18 to 29 bytes here.
`default_nettype none

module weir_frame_ring_fv
  import weir_pkg::*;
(
    input wire clk,
    input wire word_valid,
    input wire data_t word_data,
    input wire frame_dir,          // looked at when a frame begins
    input wire len_t frame_len,
    input wire verdict_valid,
    input wire verdict_forward,
    input wire verdict_lower,
    input wire verdict_divert,
    input wire verdict_answer,
    input wire verdict_family,
    input wire [1:0] verdict_tags,
    input wire [3:0] drain,
    input wire pick,               // follow the frame that begins now
    input wire [1:0] which         // and this word of it
);
  localparam int unsigned Words = 16;
  localparam int unsigned Egress = 8;

  logic first_clock = 1'b1;
  always_ff @(posedge clk) first_clock <= 1'b0;
  wire rst = first_clock;

  function automatic logic [2:0] words_of(len_t len);
    return 3'((len + 11'd7) >> 3);
  endfunction

  // As it waits: {answer, forward or family, divert and lower or tags}.
  typedef logic [3:0] verdict_t;
  function automatic len_t answer_len(verdict_t v);
    len_t len;
    len = (v[2] ? 11'd21 : 11'd17) + 11'({v[1:0], 2'b00});
    return (len < 11'd18) ? 11'd18 : len;
  endfunction
  function automatic len_t out_len_of(verdict_t v, len_t len);
    return v[3] ? answer_len(v) : len;
  endfunction
  function automatic logic [1:0] queue_of(verdict_t v, logic dir_of);
    return v[3] ? {dir_of, 1'b1} : {!dir_of, v[0]};
  endfunction
  wire verdict_t verdict = verdict_answer ? {1'b1, verdict_family, verdict_tags} : {1'b0, verdict_forward, verdict_divert, verdict_lower};

  // What is to be answered is no shorter than its answer.
  function automatic logic fits(verdict_t v, len_t len);
    return !v[3] || (v[1:0] != 2'd3 && words_of(answer_len(v)) <= words_of(len));
  endfunction

  // --- Writer: begins when the whole frame fits, may pause ----------------------------------------------------------
  logic       open = 1'b0;
  logic [2:0] w_left = '0;       // words of the open frame that are still to come
  logic       dir_q;
  len_t       len_q;
  wire        begins = word_valid && !open;
  wire        dir = open ? dir_q : frame_dir;
  wire len_t  len = open ? len_q : frame_len;
  wire        last = open ? w_left == 3'd1 : 1'b0;   // 3 words or more
  logic [5:0] owed = '0;         // frames that began and have no verdict
  logic [3:0][3:0] held = '0;    // words in the egress queues, or reserved
  logic [3:0][3:0] free;
  logic [3:0] start, out_valid, full;
  logic [8:0] start_words;
  logic       out_first, skip, idle, room_any, room_512;
  data_t      out_data;
  len_t       out_len;
  logic       out_answer, out_family, out_divert;
  logic [1:0] out_tags;
  logic [6:0] out_number;
  seqno_t     full_seqno;

  always_comb for (int q = 0; q < 4; q++) free[q] = 4'(Egress) - held[q];

  weir_frame_ring #(
      .DepthWords(Words), .DepthFrames(8), .EgressWords(Egress), .MarginWords(4), .LongestWords(4), .ShortestWords(3),
      .AnswerBytes4(17), .AnswerBytes6(21), .AnswerBytesMin(18)
  ) dut (
      .clk,
      .rst,
      .word_valid_i     (word_valid),
      .word_last_i      (last),
      .word_data_i      (word_data),
      .frame_dir_i      (dir),
      .frame_len_i      (len),
      .room_any_o       (room_any),
      .room_512_o       (room_512),
      .verdict_valid_i  (verdict_valid),
      .verdict_forward_i(verdict_forward),
      .verdict_lower_i  (verdict_lower),
      .verdict_divert_i (verdict_divert),
      .verdict_answer_i (verdict_answer),
      .verdict_family_i (verdict_family),
      .verdict_tags_i   (verdict_tags),
      .free_i           (free),
      .start_o          (start),
      .start_words_o    (start_words),
      .out_valid_o      (out_valid),
      .out_first_o      (out_first),
      .out_data_o       (out_data),
      .out_len_o        (out_len),
      .out_answer_o     (out_answer),
      .out_divert_o     (out_divert),
      .out_family_o     (out_family),
      .out_tags_o       (out_tags),
      .out_number_o     (out_number),
      .full_o           (full),
      .full_seqno_o     (full_seqno),
      .skip_o           (skip),
      .idle_o           (idle)
  );

  wire [4:0] used = dut.wptr_q - dut.rptr_q;
  // Of the frame that the next verdict is about.
  wire len_t judged_len = (dut.u_verdict.wptr_q == dut.u_desc.wptr_q) ? len_q
                        : dut.u_desc.u_ram.g_async.mem[dut.u_verdict.wptr_q[2:0]][10:0];
  always_comb begin
    if (rst) assume (!word_valid && !verdict_valid);
    if (begins) assume (frame_len >= 11'd17 && frame_len <= 11'd32 && 5'(words_of(frame_len)) <= 5'(Words) - used);
    if (verdict_valid) assume (owed != '0);
    if (verdict_valid && verdict_answer) assume (fits(verdict, judged_len));
    for (int q = 0; q < 4; q++) if (held[q] == '0) assume (!drain[q]);
  end
  always_ff @(posedge clk) begin
    if (begins) begin
      open   <= 1'b1;
      dir_q  <= frame_dir;
      len_q  <= frame_len;
      w_left <= words_of(frame_len) - 3'd1;
    end else if (word_valid) begin
      open   <= !last;
      w_left <= w_left - 3'd1;
    end
    owed <= owed + 6'(begins) - 6'(verdict_valid);
    for (int q = 0; q < 4; q++) held[q] <= held[q] + (start[q] ? 4'(start_words) : 4'd0) - 4'(drain[q]);
    if (rst) begin
      open   <= 1'b0;
      w_left <= '0;
      owed   <= '0;
      held   <= '0;
    end
  end

  // --- The frame that is followed ----------------------------------------------------------------------------------
  typedef enum logic [2:0] {None, Queued, Head, Streams, Left} where_e;
  where_e     where = None;
  logic       mine_open = 1'b0;  // it is being written
  logic [1:0] p_which;
  logic [4:0] my_start;          // in the ring
  logic [3:0] my_ptr;            // its place in both queues
  logic       my_dir;
  len_t       my_len;
  logic [2:0] my_written = '0;
  data_t      my_value;
  logic       judged = 1'b0;
  verdict_t   my_verdict;
  wire  [1:0] my_queue = queue_of(my_verdict, my_dir);
  wire len_t  my_out = out_len_of(my_verdict, my_len);
  wire        my_leaves = my_verdict[3] || my_verdict[2];
  wire        exits = dut.start || dut.skip || dut.full;
  wire        loads_mine = where == Queued && !mine_open && dut.load && dut.u_desc.rptr_q == my_ptr;
  // Index of the word that is read, and of the two behind it.
  wire  [2:0] i0 = words_of(dut.len_q) - 3'(dut.left_q);
  logic [2:0] i1 = '0, i2 = '0;
  logic       mine1 = 1'b0, mine2 = 1'b0, busy1 = 1'b0, busy2 = 1'b0;
  logic [1:0] queue1, queue2;
  len_t       len1, len2;
  verdict_t   verdict1, verdict2;
  seqno_t     number, number1, number2;   // of the frame that streams
  seqno_t     gone = '0;         // frames that left
  logic [3:0] was_full = '0;
  logic       was_skip = 1'b0;
  seqno_t     was_number;
  always_comb assume (first_clock || which == p_which);
  always_ff @(posedge clk) begin
    p_which <= which;
    if (begins && pick && where == None && !rst) begin
      where      <= Queued;
      mine_open  <= 1'b1;
      my_start   <= dut.wptr_q;
      my_ptr     <= dut.u_desc.wptr_q;
      my_dir     <= frame_dir;
      my_len     <= frame_len;
      my_written <= 3'd1;
      if (which == 2'd0) my_value <= word_data;
    end else if (mine_open && word_valid) begin
      if (my_written == 3'(which)) my_value <= word_data;
      my_written <= my_written + 3'd1;
      if (last) mine_open <= 1'b0;
    end
    // Its verdict may come in any clock after the one in which it began.
    if (verdict_valid && where == Queued && !judged && dut.u_verdict.wptr_q == my_ptr) begin
      judged     <= 1'b1;
      my_verdict <= verdict;
    end
    if (loads_mine) where <= Head;
    if (where == Head && dut.start) where <= Streams;
    if (where == Head && (dut.skip || dut.full)) where <= Left;
    if (where == Streams && dut.last_q) where <= Left;
    i1    <= i0;
    i2    <= i1;
    busy1 <= dut.busy_q;
    busy2 <= busy1;
    mine1 <= where == Streams;
    mine2 <= mine1;
    queue1 <= dut.queue_q;
    queue2 <= queue1;
    len1  <= dut.len_q;
    len2  <= len1;
    verdict1 <= dut.verdict_q;
    verdict2 <= verdict1;
    if (dut.start) number <= gone + 32'd1;
    number1 <= number;
    number2 <= number1;
    gone  <= gone + 32'(exits);
    was_full <= '0;
    was_full[dut.head_queue_q] <= dut.full;
    was_skip <= dut.skip;
    was_number <= gone + 32'd1;
    if (rst) begin
      where <= None; mine_open <= 1'b0; judged <= 1'b0; gone <= '0;
      busy1 <= 1'b0; busy2 <= 1'b0; mine1 <= 1'b0; mine2 <= 1'b0; was_full <= '0; was_skip <= 1'b0;
    end
  end

  // --- What is promised ------------------------------------------------------------------------------------------
  always_comb if (!rst) begin
    assert (used <= 5'(Words));
    // Room is what there is, but for what the last clock brought.
    if (room_any) assert (5'(Words) - used >= 5'd7);
    if (room_512) assert (5'(Words) - used >= 5'd6);
    // Egress queues do not overflow, and only one thing happens at a time.
    for (int q = 0; q < 4; q++) assert (held[q] <= 4'(Egress));
    assert (3'(dut.start) + 3'(dut.skip) + 3'(dut.full) <= 3'd1);
    // It leaves by its own verdict.
    if (where == Head && dut.start) begin
      assert (judged && my_leaves && start == 4'b1 << my_queue && start_words == 9'(words_of(my_out)));
    end
    if (where == Head && dut.skip) assert (judged && !my_leaves);
    if (where == Head && dut.full) assert (judged && my_leaves && dut.head_queue_q == my_queue);
    assert (full == was_full && skip == was_skip);
    if (full != '0) assert (full_seqno == was_number);
    // Words come out in order and without gaps, to its queue, with its length and its content.
    assert (out_valid == (busy2 ? 4'b1 << queue2 : 4'b0));
    if (busy2) begin
      assert (out_first == (i2 == 3'd0) && i2 < words_of(len2));
      if (i2 + 3'd1 < words_of(len2)) assert (busy1 && i1 == i2 + 3'd1 && mine1 == mine2 && queue1 == queue2 && len1 == len2);
      else if (busy1) assert (i1 == 3'd0);
      if (out_first) assert (out_len == len2 && {out_answer, out_family, out_tags} == verdict2 &&
                             out_divert == (!verdict2[3] && verdict2[1]) && out_number == number2[6:0]);
    end
    if (mine2) begin
      assert (busy2 && queue2 == my_queue && len2 == my_out && verdict2 == my_verdict);
      if (i2 == 3'(which)) assert (out_data == my_value);
    end
    if (idle) assert (where == None || where == Left || (where == Queued && begins));
  end

  // --- What induction has to know of the inside ---------------------------------------------------------------------
  logic [4:0] at;
  logic [2:0] entry_words;
  wire  [3:0] level = dut.u_desc.wptr_q - dut.u_desc.rptr_q;
  wire  [3:0] v_level = dut.u_verdict.wptr_q - dut.u_verdict.rptr_q;
  wire  [3:0] my_place = my_ptr - dut.u_desc.rptr_q;
  logic [2:0] slot;
  always_comb begin
    at = dut.rptr_q + (dut.busy_q ? 5'(dut.left_q) + 5'(dut.step_q) - 5'd1 : 5'd0);
    entry_words = '0;
    slot = '0;
    if (!rst) begin
      assert (!dut.busy_q || (dut.left_q >= 9'd1 && dut.left_q <= 9'(words_of(dut.len_q)) && dut.last_q == (dut.left_q == 9'd1)
                              && dut.first_q == (i0 == 3'd0)));
      assert (!dut.busy_q || (dut.len_q >= 11'd17 && dut.len_q <= 11'd32));
      assert (!dut.busy_q || dut.step_q == 9'd1 || (dut.step_q == 9'd2 && dut.verdict_q[3]));
      assert (!dut.busy_q || number == gone);
      assert (!dut.head_ready_q || dut.head_valid_q);
      if (where == Head) assert (dut.head_valid_q && at == my_start);
      if (dut.head_valid_q) begin
        assert (dut.head_len_q >= 11'd17 && dut.head_len_q <= 11'd32 && dut.head_words_q == 9'(words_of(dut.head_len_q)));
        assert (dut.head_all_q == 9'd3 || dut.head_all_q == 9'd4);
        assert (dut.head_leaves_q == (dut.head_verdict_q[3] || dut.head_verdict_q[2]));
        if (dut.head_verdict_q[3]) assert (dut.head_words_q <= dut.head_all_q);
        else assert (dut.head_words_q == dut.head_all_q);
        at = at + 5'(dut.head_all_q);
      end
      if (dut.head_ready_q && dut.fit_q) assert (9'(free[dut.head_queue_q]) >= dut.head_words_q);
      if (where == Head) assert (judged && dut.head_verdict_q == my_verdict && dut.head_queue_q == my_queue
                                 && dut.head_len_q == my_out && dut.head_all_q == 9'(words_of(my_len)));
      assert (level <= 4'd5);
      for (int k = 0; k < 6; k++) begin
        slot = 3'(dut.u_desc.rptr_q[2:0] + 3'(k));
        if (4'(k) < level) begin
          entry_words = words_of(dut.u_desc.u_ram.g_async.mem[slot][10:0]);
          assert (dut.u_desc.u_ram.g_async.mem[slot][10:0] >= 11'd17 && dut.u_desc.u_ram.g_async.mem[slot][10:0] <= 11'd32);
          if (4'(k) < v_level) assert (fits(dut.u_verdict.u_ram.g_async.mem[slot], dut.u_desc.u_ram.g_async.mem[slot][10:0]));
          if (where == Queued && !mine_open && my_place == 4'(k)) assert (at == my_start);
          at = at + 5'(entry_words);
        end else if (4'(k) == level && 4'(k) < v_level) begin
          assert (open && fits(dut.u_verdict.u_ram.g_async.mem[slot], len_q));
        end
      end
      // All words in the ring are accounted for.
      if (open) begin
        assert (w_left >= 3'd1 && w_left < words_of(len_q) && len_q >= 11'd17 && len_q <= 11'd32);
        if (mine_open) assert (at == my_start);
        at = at + 5'(words_of(len_q) - w_left);
      end else assert (w_left == 3'd0);
      assert (at == dut.wptr_q);
      assert (5'(w_left) <= 5'(Words) - used);
      // Both queues run side by side.
      assert (dut.u_desc.rptr_q == dut.u_verdict.rptr_q);
      assert (6'(v_level) + owed == 6'(level) + 6'(open) && owed <= 6'd6 && v_level <= 4'd6);
      // The followed frame in the queues.
      assert (!mine_open || (where == Queued && open && my_ptr == dut.u_desc.wptr_q && dir_q == my_dir && len_q == my_len
                             && my_written == words_of(my_len) - w_left));
      if (where != None) assert (my_len >= 11'd17 && my_len <= 11'd32);
      else assert (!judged);
      if (where == Queued && !mine_open) assert (my_place < level && my_written == words_of(my_len)
          && dut.u_desc.u_ram.g_async.mem[my_ptr[2:0]] == {my_dir, my_len});
      if (where == Queued) begin
        assert (my_place <= level && judged == (my_place < v_level));
        if (judged) assert (dut.u_verdict.u_ram.g_async.mem[my_ptr[2:0]] == my_verdict);
      end
      if (where == Streams) assert (dut.busy_q && dut.len_q == my_out && dut.queue_q == my_queue && dut.verdict_q == my_verdict
                                    && dut.step_q == 9'(words_of(my_len) - words_of(my_out)) + 9'd1
                                    && my_start + 5'(i0) == dut.rptr_q);
      assert (where <= Left);
      if (judged) assert (fits(my_verdict, my_len));
      if (where >= Head) assert (judged && my_written == words_of(my_len));
      // Its word in the memory and behind it.
      if ((where == Queued && my_written > 3'(which)) || (where == Head && 3'(which) < words_of(my_len))
          || (where == Streams && i0 <= 3'(which) && 3'(which) < words_of(my_len)))
        assert (dut.u_ram.g_block.mem[4'(my_start + 5'(which))] == my_value);
      assert (dut.v1_q == busy1 && dut.v2_q == busy2);
      if (busy1) assert (dut.first1_q == (i1 == 3'd0) && dut.queue1_q == queue1);
      if (busy2) assert (dut.first2_q == (i2 == 3'd0) && dut.queue2_q == queue2);
      if (busy1 && i1 + 3'd1 < words_of(len1))
        assert (dut.busy_q && i0 == i1 + 3'd1 && (where == Streams) == mine1 && dut.queue_q == queue1 && dut.len_q == len1
                && dut.verdict_q == verdict1 && number == number1);
      else if (busy1 && dut.busy_q) assert (i0 == 3'd0);
      if (busy1) assert (i1 < words_of(len1) && len1 >= 11'd17 && len1 <= 11'd32);
      if (busy2) assert (len2 >= 11'd17 && len2 <= 11'd32);
      if (dut.busy_q && i0 != 3'd0) assert (busy1 && i1 + 3'd1 == i0);
      if (busy1 && i1 != 3'd0) assert (busy2 && i2 + 3'd1 == i1);
      if (busy1 && i1 == 3'd0) assert (dut.len_q == len1);
      if (busy2 && i2 + 3'd1 < words_of(len2)) assert (verdict1 == verdict2 && number1 == number2);
      if (busy2 && i2 == 3'd0) assert (dut.len2_q == len2);
      if (mine1) begin
        assert (busy1 && queue1 == my_queue && len1 == my_out && verdict1 == my_verdict && where >= Streams);
        if (i1 == 3'(which)) assert (dut.u_ram.word == my_value);
      end
      if (mine2) assert (where >= Streams);
      assert (dut.seqno_q == gone + 32'd1);
      if (was_full != '0 || was_skip) assert (was_number == gone);
    end
  end
endmodule

`default_nettype wire

// SPDX-License-Identifier: Apache-2.0
//
// Bench of weir_frame_ring: frames of every length as the arbiter gives them, verdicts at random distances (some
// before the frame is whole), four egress queues modelled by their room. Each frame must leave once, whole (one that is
// answered as its first bytes), without gaps, in order, as its verdict says; what is dropped for lack of room must have
// lacked it.
`default_nettype none

module weir_frame_ring_tb;
  import weir_pkg::*;

  typedef struct {
    int   id;
    len_t len;
    logic dir;
    bit   forward;
    bit   lower;
    bit   divert;
    bit   answer;
    bit   family;
    int   tags;
  } job_t;

  logic clk = 1'b0;
  logic rst = 1'b1;
  always #5 clk = ~clk;

  logic            word_valid = 1'b0;
  logic            word_last = 1'b0;
  data_t           word_data = '0;
  logic            frame_dir = 1'b0;
  len_t            frame_len = '0;
  logic            room_any, room_512;
  logic            verdict_valid = 1'b0;
  logic            verdict_forward = 1'b0;
  logic            verdict_lower = 1'b0;
  logic            verdict_divert = 1'b0;
  logic            verdict_answer = 1'b0;
  logic            verdict_family = 1'b0;
  logic [1:0]      verdict_tags = '0;
  logic [3:0][9:0] free = {4{10'd512}};
  logic [3:0]      start;
  logic [8:0]      start_words;
  logic [3:0]      out_valid;
  logic            out_first;
  data_t           out_data;
  len_t            out_len;
  logic            out_answer;
  logic            out_divert;
  logic            out_family;
  logic [1:0]      out_tags;
  logic [6:0]      out_number;
  logic [3:0]      full;
  seqno_t          full_seqno;
  logic            skip;
  logic            idle;

  weir_frame_ring dut (
      .clk,
      .rst,
      .word_valid_i     (word_valid),
      .word_last_i      (word_last),
      .word_data_i      (word_data),
      .frame_dir_i      (frame_dir),
      .frame_len_i      (frame_len),
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

  `include "weir_check.svh"

  function automatic int words_of(len_t len);
    return (32'(len) + 7) / 8;
  endfunction
  // Of what leaves.
  function automatic len_t left_len(job_t j);
    if (!j.answer) return j.len;
    if (j.family) return 11'd74 + 11'(4 * j.tags);
    return (j.tags == 2) ? 11'd62 : 11'd60;
  endfunction
  function automatic data_t word_of(job_t j, int w);
    return {32'(j.id), 32'(w * 32'h01234567) ^ 32'(j.id)};
  endfunction

  // --- Writer: 3 clocks behind the decision to begin, as in weir_arbiter ------------------------------------------
  job_t jobs[$];
  job_t writing;
  job_t waiting[$];        // begun, verdict still to come
  job_t expected[$];       // verdict given or not, not left yet
  int   due[$];            // clock of the verdict
  int   word_no = 0;
  int   words = 0;
  int   pause = 0;
  int   max_pause = 0;
  int   min_delay = 0;
  int   max_delay = 0;
  int   clock = 0;
  int   last_due = 0;
  int   begun = 0;
  int   begin_first = 0;
  int   begin_last = 0;
  logic [2:0]  pipe_valid = '0;
  logic [2:0]  pipe_last = '0;
  data_t [2:0] pipe_data;
  logic [2:0]  pipe_dir;
  len_t [2:0]  pipe_len;

  always @(posedge clk) begin
    bit v;
    clock = clock + 1;
    v = 1'b0;
    if (!rst) begin
      if (words == 0) begin
        if (pause > 0) pause = pause - 1;
        else if (jobs.size() > 0 && (room_any || (room_512 && jobs[0].len < 512))) begin
          writing = jobs.pop_front();
          words = words_of(writing.len);
          word_no = 0;
          waiting.push_back(writing);
          expected.push_back(writing);
          // A verdict comes no sooner than one slot after the one before.
          last_due = ((clock > last_due) ? clock : last_due) + 8;
          if (last_due < clock + min_delay) last_due = clock + $urandom_range(min_delay, max_delay);
          due.push_back(last_due);
          if (begun == 0) begin_first = clock;
          begin_last = clock;
          begun++;
        end
      end
      if (words > 0) begin
        v = 1'b1;
        pipe_data[0] <= word_of(writing, word_no);
        pipe_last[0] <= word_no == words - 1;
        pipe_dir[0]  <= writing.dir;
        pipe_len[0]  <= writing.len;
        word_no = word_no + 1;
        if (word_no == words) begin
          words = 0;
          pause = (max_pause == 0) ? 0 : $urandom_range(0, max_pause);
        end
      end
      verdict_valid <= 1'b0;
      if (due.size() > 0 && clock >= due[0]) begin
        void'(due.pop_front());
        verdict_valid   <= 1'b1;
        verdict_forward <= waiting[0].forward;
        verdict_lower   <= waiting[0].lower;
        verdict_divert  <= waiting[0].divert;
        verdict_answer  <= waiting[0].answer;
        verdict_family  <= waiting[0].family;
        verdict_tags    <= 2'(waiting[0].tags);
        void'(waiting.pop_front());
      end
    end
    pipe_valid[0]   <= v;
    pipe_valid[2:1] <= pipe_valid[1:0];
    pipe_last[2:1]  <= pipe_last[1:0];
    pipe_data[2:1]  <= pipe_data[1:0];
    pipe_dir[2:1]   <= pipe_dir[1:0];
    pipe_len[2:1]   <= pipe_len[1:0];
    word_valid <= pipe_valid[1];
    word_last  <= pipe_last[1];
    word_data  <= pipe_data[1];
    frame_dir  <= pipe_dir[1];
    frame_len  <= pipe_len[1];
  end

  // --- Reader: room of the queues, and what leaves ----------------------------------------------------------------
  int     drain_percent = 100;
  int     held[4] = '{0, 0, 0, 0};   // words in the queue or reserved
  int     held_old[4][4];            // [queue][clocks ago]
  job_t   out_jobs[$];               // started, in order
  job_t   head;
  int     out_no = 0;
  bit     open = 1'b0;
  seqno_t number = 32'd0;
  seqno_t out_jobs_number[$];
  int     n_forward = 0;
  int     n_answer = 0;
  int     n_divert = 0;
  int     n_full_answer = 0;
  int     n_full = 0;
  int     n_skip = 0;

  function automatic int queue_of(job_t j);
    if (j.answer) return j.dir ? 3 : 1;
    return (j.dir ? 0 : 2) + (j.lower ? 1 : 0);
  endfunction

  always @(posedge clk)
    if (!rst) begin
      job_t j;
      check($countones(start) + $countones(full) <= 2 && $countones(out_valid) <= 1, "one at a time");
      // Dropped frames are told one clock after the decision, so before a start of the same clock.
      if (skip || full != '0) begin
        check(expected.size() > 0, "left without having come");
        if (expected.size() > 0) j = expected.pop_front();
        number++;
        if (skip) begin
          n_skip++;
          check(!j.forward && !j.answer && full == '0, "skipped, but to be forwarded");
        end else begin
          n_full++;
          if (j.answer) n_full_answer++;
          check((j.forward || j.answer) && full[queue_of(j)] && full_seqno == number, "full: wrong frame");
          check(held_old[queue_of(j)][3] + words_of(left_len(j)) > 512, "dropped though there was room");
        end
      end
      if (start != '0) begin
        check(expected.size() > 0, "started without having come");
        if (expected.size() > 0) j = expected.pop_front();
        number++;
        if (j.answer) n_answer++;
        else n_forward++;
        check((j.forward || j.answer) && start[queue_of(j)], "start: wrong frame or queue");
        check(32'(start_words) == words_of(left_len(j)), "start: words");
        out_jobs.push_back(j);
        out_jobs_number.push_back(number);
      end
      for (int q = 0; q < 4; q++) begin
        // Room is compared two clocks before a drop is decided, and that is told one clock later.
        for (int i = 3; i > 0; i--) held_old[q][i] = held_old[q][i-1];
        held_old[q][0] = held[q];
        if (start[q]) held[q] += 32'(start_words);
        else if (held[q] > 0 && $urandom_range(1, 100) <= (drain_percent == 4 && q[0] ? 1 : drain_percent)) held[q]--;
        check(held[q] <= 512, "queue overflow");
        free[q] <= 10'(512 - held[q]);
      end
      if (out_valid != '0) begin
        if (!open) begin
          check(out_first && out_jobs.size() > 0, "first word");
          if (out_jobs.size() > 0) head = out_jobs.pop_front();
          check(out_answer == head.answer && (!head.answer || (out_family == head.family && 32'(out_tags) == head.tags)),
                "answer");
          check(out_divert == head.divert, "divert");
          n_divert += 32'(out_divert);
          if (out_jobs_number.size() > 0) check(out_number == 7'(out_jobs_number.pop_front()), "number");
          open = 1'b1;
          out_no = 0;
        end else check(!out_first, "first word in a frame");
        check(out_len == left_len(head), "length");
        check(out_valid[queue_of(head)] && out_data == word_of(head, out_no), "data");
        out_no++;
        if (out_no == words_of(left_len(head))) open = 1'b0;
      end else check(!open, "gap in a frame");
      check(!idle || (expected.size() == 0 && !open && out_jobs.size() == 0) || words > 0 || pipe_valid != '0 || word_valid,
            "idle");
    end

  // --- Stimulus -------------------------------------------------------------------------------------------------
  int next_id = 1;
  task automatic add(len_t len, bit forward, bit lower, bit dir);
    jobs.push_back('{id: next_id, len: len, dir: dir, forward: forward, lower: lower, divert: forward && !lower && $urandom_range(0, 3) == 0,
                     answer: 1'b0, family: 1'b0, tags: 0});
    next_id++;
  endtask
  task automatic add_answer(len_t len, bit family, int tags, bit dir);
    job_t j = '{id: next_id, len: len, dir: dir, forward: 1'b0, lower: 1'b0, divert: 1'b0, answer: 1'b1, family: family, tags: tags};
    if (j.len < left_len(j)) j.len = left_len(j);
    jobs.push_back(j);
    next_id++;
  endtask

  task automatic settle();
    while (jobs.size() > 0 || expected.size() > 0 || open || out_jobs.size() > 0) @(posedge clk);
    repeat (10) @(posedge clk);
    check(idle, "idle at the end");
  endtask

  int t0;
  initial begin
    repeat (5) @(posedge clk);
    rst <= 1'b0;
    repeat (5) @(posedge clk);
    // 8.00 clocks a frame with a pipeline of 150 clocks: all forwarded, all dropped, mixed, all answered, mixed with those.
    for (int kind = 0; kind < 5; kind++) begin
      min_delay = 150;
      max_delay = 150;
      begun = 0;
      for (int i = 0; i < 500; i++)
        if (kind == 3 || (kind == 4 && (i % 5) == 2)) add_answer(11'd60, 1'b0, i % 2, 1'b0);
        else add(11'd60, (kind == 0) || (kind == 2 && (i % 3) != 0) || (kind == 4 && (i % 3) != 0), 1'b0, 1'(i));
      settle();
      check(begin_last - begin_first == 499 * 8, $sformatf("saturated: %0d clocks", begin_last - begin_first));
    end
    check(n_full == 0, "no drop for room when the queues drain");
    // The longest frames back to back from both sides, at 4 Gbit/s; at 2 Gbit/s they are never held up.
    for (int i = 0; i < 60; i++) add(11'd2000, 1'b1, 1'b0, 1'(i));
    settle();
    for (int len = 1514; len <= 2000; len += 486) begin
      for (int i = 0; i < 40; i++) begin
        add(LenBits'(len), 1'b1, 1'b0, 1'b0);
        t0 = clock;
        add(LenBits'(len), 1'b1, 1'b0, 1'b1);
        begun = 0;
        // Two frames and their gaps at 1 Gbit/s each with a 62.5 MHz core: 2 bytes a clock.
        while (clock - t0 < (len + 24) / 2) @(posedge clk);
        check(begun == 2 && begin_last - begin_first == words_of(LenBits'(len)), "long frames held up");
      end
      settle();
    end
    check(n_full == 0, "no drop for room when the queues drain");

    // Random.
    for (int round = 0; round < 200; round++) begin
      min_delay = (round % 4) * 60;
      max_delay = min_delay + 300 * (round % 3);
      max_pause = (round % 5) * 7;
      drain_percent = (round % 4 == 3) ? 4 : 40 + 30 * (round % 3);
      for (int i = 0; i < 120; i++) begin
        len_t len;
        case ($urandom_range(0, 3))
          0: len = 11'd60;
          1: len = LenBits'($urandom_range(60, 130));
          2: len = LenBits'($urandom_range(500, 520));
          default: len = LenBits'($urandom_range(60, 2000));
        endcase
        // Where queues are slow, the lower one most of all, half of the frames are answered.
        if ($urandom_range(0, round % 4 == 3 ? 1 : 4) == 0) add_answer(len, 1'($urandom), $urandom_range(0, 2), 1'($urandom));
        else add(len, $urandom_range(0, 3) != 0, $urandom_range(0, 2) == 0, 1'($urandom_range(0, 1)));
      end
      settle();
    end
    check(n_divert > 500, "enough diverted");
    check(n_forward > 3000 && n_answer > 1500 && n_skip > 1500 && n_full > 300 && n_full_answer > 30,
          $sformatf("enough of each: %0d forwarded, %0d answered, %0d skipped, %0d full (%0d of them answers)", n_forward,
                    n_answer, n_skip, n_full, n_full_answer));
    check(32'(number) == next_id - 1, "every frame left");

    report("weir_frame_ring");
    $finish;
  end
endmodule

`default_nettype wire

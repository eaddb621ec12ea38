// SPDX-License-Identifier: Apache-2.0
//
// Bench of weir_arbiter: two senders with frames of every kind (short, oversize with and without tags, cut by a snap
// length), hold, room and waiting maintenance at random; a scoreboard knows each frame from the clock it was taken.
// Directed: 64-byte frames back to back from one side, both, and with maintenance waiting.
`default_nettype none

module weir_arbiter_tb;
  import weir_pkg::*;

  typedef struct {
    int   id;
    len_t len;
    len_t known;
    int   tags;
  } job_t;
  typedef struct {
    job_t   job;
    logic   side;
    stamp_t stamp;
    bit     refuse;
  } taken_t;

  logic clk = 1'b0;
  logic rst = 1'b1;
  always #5 clk = ~clk;

  data_t [1:0] tdata;
  logic [1:0]  tvalid = '0;
  logic [1:0]  tready;
  logic [1:0]  tlast;
  len_t [1:0]  tlen;
  len_t [1:0]  tknown;
  stamp_t      now = 64'd1000;
  logic        hold = 1'b0;
  len_t        max_frame = 11'd1514;
  logic        maint = 1'b0;
  logic        room_any = 1'b1;
  logic        room_512 = 1'b1;
  logic        word_valid, word_first, word_last;
  data_t       word_data;
  frame_t      frame;
  stamp_t      now_o;
  logic [1:0]  begins;
  logic [1:0]  taken;
  logic [1:0]  refused;
  logic        idle;

  weir_arbiter dut (
      .clk,
      .rst,
      .s_axis_tdata   (tdata),
      .s_axis_tvalid  (tvalid),
      .s_axis_tready  (tready),
      .s_axis_tlast   (tlast),
      .s_axis_tlen    (tlen),
      .s_axis_tknown  (tknown),
      .now_i          (now),
      .hold_i         (hold),
      .max_frame_i    (max_frame),
      .maint_pending_i(maint),
      .room_any_i     (room_any),
      .room_512_i     (room_512),
      .word_valid_o   (word_valid),
      .word_first_o   (word_first),
      .word_last_o    (word_last),
      .word_data_o    (word_data),
      .frame_o        (frame),
      .now_o          (now_o),
      .begins_o       (begins),
      .taken_o        (taken),
      .refused_o      (refused),
      .idle_o         (idle)
  );

  `include "weir_check.svh"

  // --- Frames ---------------------------------------------------------------------------------------------------
  function automatic int words_of(len_t len);
    return (32'(len) + 7) / 8;
  endfunction

  function automatic logic [7:0] byte_of(job_t j, logic side, int b);
    logic [15:0] tpid;
    if (b >= 32'(j.known)) return 8'd0;
    if (b >= 12 && b < 14 + 4 * j.tags && (b % 4) < 2) begin
      if ((b - 12) / 4 >= j.tags) tpid = ((j.id & 1) != 0) ? 16'h0800 : 16'h8101;
      else
        case ((j.id + b / 4) % 3)
          0: tpid = 16'h8100;
          1: tpid = 16'h88a8;
          default: tpid = 16'h9100;
        endcase
      return (b % 2) != 0 ? tpid[7:0] : tpid[15:8];
    end
    return 8'((j.id * 37 + b * 11 + (side ? 101 : 0)) ^ (j.id >> 8));
  endfunction

  function automatic data_t word_of(job_t j, logic side, int w);
    data_t d;
    for (int i = 0; i < 8; i++) d[8*i+:8] = byte_of(j, side, 8 * w + i);
    return d;
  endfunction

  function automatic bit refuses(job_t j, int max);
    int t;
    t = 0;
    while (t < 2 && t < j.tags && 32'(j.known) >= 14 + 4 * t) t++;
    return 32'(j.len) > max + 4 * t || 32'(j.len) > 2000;
  endfunction

  // --- Senders --------------------------------------------------------------------------------------------------
  job_t jobs[2][$];
  job_t cur[2];
  int   word_no[2] = '{0, 0};
  int   wait_for[2] = '{0, 0};
  int   max_gap[2] = '{0, 0};
  int   next_id = 0;

  always_ff @(posedge clk) begin
    for (int s = 0; s < 2; s++) begin
      if (tvalid[s] && tready[s]) begin
        word_no[s] = word_no[s] + 1;
        if (word_no[s] == words_of(cur[s].len)) begin
          tvalid[s] <= 1'b0;
          word_no[s] = 0;
          wait_for[s] = (max_gap[s] == 0) ? 0 : $urandom_range(0, max_gap[s]);
        end
      end
      if (word_no[s] == 0 && (!tvalid[s] || tready[s])) begin
        if (wait_for[s] > 0) wait_for[s] = wait_for[s] - 1;
        else if (jobs[s].size() > 0) begin
          cur[s] = jobs[s].pop_front();
          tvalid[s] <= 1'b1;
          tlen[s]   <= cur[s].len;
          tknown[s] <= cur[s].known;
        end
      end
      tdata[s] <= word_of(cur[s], 1'(s), word_no[s]);
      tlast[s] <= word_no[s] == words_of(cur[s].len) - 1;
    end
  end

  // --- Scoreboard -----------------------------------------------------------------------------------------------
  taken_t queue[$];
  taken_t head;
  bit     in_frame = 1'b0;
  bit     frame_side;
  bit     turn = 1'b0;
  bit     open = 1'b0;     // a frame is coming out
  int     out_word = 0;
  seqno_t number = 32'd0;
  int     begun = 0;
  int     first_clock = 0;
  int     last_clock = 0;
  int     clock = 0;
  int     runs = 0;        // frames that began 8 clocks after the one before
  int     n_refused = 0;
  int     n_taken = 0;
  int     word_clock[$];   // when the first word was taken
  frame_t frame_q;

  always @(posedge clk) begin
    clock = clock + 1;
    if (!rst) begin
      check(!(tready[0] && tready[1]), "both ready");
      check(!idle || (queue.size() == 0 && !open && !in_frame), "idle");
      for (int s = 0; s < 2; s++)
        if (tvalid[s] && tready[s]) begin
          check(begins[s] == !in_frame, "begins_o");
          if (!in_frame) begin
            check(!hold, "frame begins while held");
            check(room_any || (room_512 && tlen[s] < 512), "frame begins without room");
            check(1'(s) == ((tvalid == 2'b11) ? turn : tvalid[1]), "not its turn");
            frame_side = 1'(s);
            turn = !frame_side;
            queue.push_back('{job: cur[s], side: 1'(s), stamp: now, refuse: refuses(cur[s], 32'(max_frame))});
            word_clock.push_back(clock);
            if (begun > 0) runs = (clock - last_clock == 8) ? runs + 1 : 0;
            if (maint) check(runs < 63, "no gap after 63 frames while maintenance waits");
            if (begun == 0) first_clock = clock;
            last_clock = clock;
            begun = begun + 1;
          end else check(1'(s) == frame_side, "frames mixed");
          in_frame = !tlast[s];
        end
      if (!in_frame && tvalid == '0) turn = 1'b0;

      // What comes out.
      check($countones(taken) + $countones(refused) <= 1, "more than one event");
      if (refused != '0) begin
        check(queue.size() > 0 && !open, "refused out of order");
        if (queue.size() > 0) begin
          head = queue.pop_front();
          void'(word_clock.pop_front());
          check(head.refuse && refused[head.side], $sformatf("refused id %0d len %0d", head.job.id, head.job.len));
        end
        n_refused++;
      end
      if (word_valid) begin
        if (word_first) begin
          check(!open && queue.size() > 0, "first word of nothing");
          if (queue.size() > 0) head = queue.pop_front();
          check(clock - word_clock.pop_front() == 3, "latency of 3 clocks");
          number = number + 32'd1;
          n_taken++;
          check(!head.refuse && taken[head.side], $sformatf("taken id %0d len %0d", head.job.id, head.job.len));
          check(frame == '{seqno: number, stamp: head.stamp, dir: head.side, len: head.job.len, known: head.job.known},
                "frame_o");
          open = 1'b1;
          out_word = 0;
          frame_q = frame;
        end
        check(open && frame == frame_q, "frame_o moves");
        check(word_data == word_of(head.job, head.side, out_word), "data");
        check(word_last == (out_word == words_of(head.job.len) - 1), "last");
        out_word++;
        if (word_last) open = 1'b0;
      end else check(taken == '0, "taken without word");
      // now_o never passes the stamp of a frame that has not come out.
      if (queue.size() > 0) check(now_o <= queue[0].stamp, "now_o too far");
    end
  end

  // --- Stimulus -------------------------------------------------------------------------------------------------
  function automatic job_t make_job(int kind);
    job_t j;
    j.id = next_id;
    next_id++;
    case (kind)
      0: j.len = 11'd60;
      1: j.len = LenBits'($urandom_range(60, 80));
      2: j.len = LenBits'(32'(max_frame) + $urandom_range(0, 14) - 3);
      3: j.len = LenBits'($urandom_range(1985, 2047));
      4: j.len = LenBits'($urandom_range(508, 516));
      default: j.len = LenBits'($urandom_range(60, 2047));
    endcase
    if (j.len < 60) j.len = 11'd60;
    j.known = ($urandom_range(0, 3) == 0) ? LenBits'($urandom_range(0, 24)) : j.len;
    j.tags  = $urandom_range(0, 3);
    if (kind == 0) begin
      j.known = j.len;
      j.tags  = 0;
    end
    return j;
  endfunction

  task automatic drain();
    while (jobs[0].size() > 0 || jobs[1].size() > 0 || tvalid != '0 || !idle) @(posedge clk);
    repeat (4) @(posedge clk);
    check(queue.size() == 0 && !open && idle, "all frames came out");
  endtask

  // n 64-byte frames on each side in the mask; clocks from the first to the last first word.
  task automatic saturate(int n, logic [1:0] sides, bit pending, int expected, string what);
    int frames;
    begun = 0;
    runs  = 0;
    maint = pending;
    frames = 0;
    for (int i = 0; i < n; i++)
      for (int s = 0; s < 2; s++)
        if (sides[s]) begin
          jobs[s].push_back(make_job(0));
          frames++;
        end
    repeat (8) @(posedge clk);
    drain();
    check(begun == frames, {what, ": frames"});
    check(last_clock - first_clock == expected, $sformatf("%s: %0d clocks, not %0d", what, last_clock - first_clock,
                                                          expected));
    maint = 1'b0;
  endtask

  always @(posedge clk) if ($urandom_range(0, 40) == 0) now <= now + (($urandom_range(0, 50) == 0) ? 64'h123456789 : 64'd1);

  bit busy_inputs = 1'b0;
  always @(posedge clk)
    if (busy_inputs) begin
      hold     <= $urandom_range(0, 99) < 5 || (hold && $urandom_range(0, 9) < 8);
      room_any <= $urandom_range(0, 3) != 0;
      room_512 <= $urandom_range(0, 7) != 0;
      if ($urandom_range(0, 200) == 0) maint <= !maint;
    end else begin
      hold     <= 1'b0;
      room_any <= 1'b1;
      room_512 <= 1'b1;
    end

  initial begin
    repeat (5) @(posedge clk);
    rst <= 1'b0;
    repeat (5) @(posedge clk);

    saturate(200, 2'b01, 1'b0, 199 * 8, "U alone");
    saturate(200, 2'b10, 1'b0, 199 * 8, "P alone");
    saturate(200, 2'b11, 1'b0, 399 * 8, "both");
    // A gap of 8 clocks in front of the frames 64, 127, 190 … of a run.
    saturate(640, 2'b01, 1'b1, 639 * 8 + 10 * 8, "U alone, maintenance");
    saturate(320, 2'b11, 1'b1, 639 * 8 + 10 * 8, "both, maintenance");

    // Random.
    for (int round = 0; round < 60; round++) begin
      case (round % 5)
        0: max_frame <= 11'd1514;
        1: max_frame <= 11'd60;
        2: max_frame <= 11'd1992;
        3: max_frame <= 11'd1518;
        default: max_frame <= LenBits'($urandom_range(60, 1992));
      endcase
      busy_inputs = (round % 3) == 2;
      max_gap[0] = (round % 4) * 6;
      max_gap[1] = (round % 3) * 10;
      repeat (4) @(posedge clk);
      for (int i = 0; i < 60; i++) begin
        jobs[0].push_back(make_job($urandom_range(0, 5)));
        if ((round % 7) != 3) jobs[1].push_back(make_job($urandom_range(0, 5)));
      end
      repeat (8) @(posedge clk);
      drain();
    end
    busy_inputs = 1'b0;
    check(n_refused > 500 && n_taken > 3000, "enough of each kind");

    report("weir_arbiter");
    $finish;
  end
endmodule

`default_nettype wire

// SPDX-License-Identifier: Apache-2.0
//
// Bench of weir_egress_port with its queues and shaper: frames of every length into both queues as the ring's reader
// writes them, a receiver of random pace. Each frame leaves once, whole, without gaps, in the order of its queue; the
// normal queue goes first; 8.00 clocks a frame of 8 words; with a rate, the bytes that left follow it.
`default_nettype none

module weir_egress_port_tb;
  import weir_pkg::*;

  typedef struct {
    int   id;
    len_t len;
    bit   lower;
  } job_t;

  logic clk = 1'b0;
  logic rst = 1'b1;
  always #5 clk = ~clk;

  logic [1:0]      reserve = '0;
  logic [8:0]      reserve_words = '0;
  logic [1:0]      wr_valid = '0;
  logic            wr_first = 1'b0;
  data_t           wr_data = '0;
  len_t            wr_len = '0;
  logic [1:0][9:0] free;
  data_t           tdata;
  logic            tvalid;
  logic            tready = 1'b0;
  logic            tlast;
  len_t            tlen;
  logic [23:0]     rate = '0;
  logic [15:0]     burst = '0;
  logic            idle;

  weir_egress_port dut (
      .clk,
      .rst,
      .reserve_i      (reserve),
      .reserve_words_i(reserve_words),
      .wr_valid_i     (wr_valid),
      .wr_first_i     (wr_first),
      .wr_data_i      (wr_data),
      .wr_len_i       (wr_len),
      .free_o         (free),
      .m_axis_tdata   (tdata),
      .m_axis_tvalid  (tvalid),
      .m_axis_tready  (tready),
      .m_axis_tlast   (tlast),
      .m_axis_tlen    (tlen),
      .rate_i         (rate),
      .burst_i        (burst),
      .idle_o         (idle)
  );

  `include "weir_check.svh"

  function automatic int words_of(len_t len);
    return (32'(len) + 7) / 8;
  endfunction
  function automatic data_t word_of(job_t j, int w);
    return {32'(j.id), 32'(w * 32'h01234567) ^ 32'(j.id)};
  endfunction

  // --- Writer: reserves, pauses like the ring's memory, writes without gaps; next frame may be reserved meanwhile -----
  job_t jobs[$];
  job_t writing[$];
  job_t expected[2][$];
  int   countdown[$];
  int   word_no = 0;
  int   since = 100;
  int   clock = 0;
  int   busy_until = 0;

  always @(posedge clk) begin
    clock = clock + 1;
    reserve  <= '0;
    wr_valid <= '0;
    if (!rst) begin
      // Room is looked at like the reader does: not in the clocks after a reservation.
      if (jobs.size() > 0 && clock >= busy_until && since >= 2 && 32'(free[jobs[0].lower]) >= words_of(jobs[0].len)) begin
        reserve[jobs[0].lower] <= 1'b1;
        reserve_words <= 9'(words_of(jobs[0].len));
        busy_until = clock + words_of(jobs[0].len);
        countdown.push_back(clock + 3);
        writing.push_back(jobs.pop_front());
        since = 0;
      end else since++;
      if (writing.size() > 0 && clock >= countdown[0]) begin
        wr_valid[writing[0].lower] <= 1'b1;
        wr_first <= word_no == 0;
        wr_data  <= word_of(writing[0], word_no);
        wr_len   <= writing[0].len;
        if (word_no == 0) expected[writing[0].lower].push_back(writing[0]);
        word_no = word_no + 1;
        if (word_no == words_of(writing[0].len)) begin
          word_no = 0;
          void'(writing.pop_front());
          void'(countdown.pop_front());
        end
      end
    end
  end

  // --- Receiver -------------------------------------------------------------------------------------------------
  int     ready_percent = 100;
  job_t   head;
  bit     open = 1'b0;
  int     out_no = 0;
  int     n_left[2] = '{0, 0};
  int     first_clock = 0;
  int     last_clock = 0;
  longint bytes = 0;
  bit     held = 1'b0;
  data_t  held_data;
  int     next_normal_by = 0;
  bit     order[$];   // queue of each frame that left

  always @(posedge clk) begin
    tready <= $urandom_range(1, 100) <= ready_percent;
    if (!rst) begin
      check(!open || tvalid, "gap in a frame");
      check(!held || (tvalid && tdata == held_data), "word changes while not taken");
      held = tvalid && !tready;
      held_data = tdata;
      if (tvalid && tready) begin
        if (!open) begin
          bit q;
          // Frames carry a unique number: it tells the queue.
          q = expected[0].size() == 0 || expected[0][0].id != tdata[63:32];
          check(expected[q].size() > 0, "left without having come");
          if (expected[q].size() > 0) head = expected[q].pop_front();
          check(head.len == tlen, "length");
          order.push_back(q);
          if (n_left[0] + n_left[1] == 0) first_clock = clock;
          last_clock = clock;
          n_left[q]++;
          bytes += 64'(head.len) + 64'd24;
          open = 1'b1;
          out_no = 0;
        end
        check(tdata == word_of(head, out_no) && tlen == head.len, "data");
        check(tlast == (out_no == words_of(head.len) - 1), "last");
        out_no++;
        if (tlast) open = 1'b0;
      end
      check(!idle || (!open && !tvalid && expected[0].size() + expected[1].size() == 0), "idle");
    end
  end

  // --- Stimulus -------------------------------------------------------------------------------------------------
  int next_id = 1;
  task automatic add(len_t len, bit lower);
    jobs.push_back('{id: next_id, len: len, lower: lower});
    next_id++;
  endtask
  task automatic settle();
    while (jobs.size() > 0 || writing.size() > 0 || expected[0].size() > 0 || expected[1].size() > 0 || open) @(posedge clk);
    repeat (6) @(posedge clk);
    check(idle && free == {2{10'd512}}, "empty at the end");
  endtask

  longint t0;
  longint allowed;
  initial begin
    repeat (5) @(posedge clk);
    rst <= 1'b0;
    repeat (5) @(posedge clk);

    // 8.00 clocks a frame.
    n_left = '{0, 0};
    for (int i = 0; i < 300; i++) add(11'd60, 1'(i % 5 == 0));
    settle();
    check(n_left[0] + n_left[1] == 300 && last_clock - first_clock == 299 * 8,
          $sformatf("saturated: %0d clocks", last_clock - first_clock));

    // Strict priority: everything waits, then the normal ones go first (but for what had begun).
    ready_percent = 0;
    for (int i = 0; i < 20; i++) add(11'd100, 1'b1);
    for (int i = 0; i < 20; i++) add(11'd100, 1'b0);
    while (jobs.size() > 0 || writing.size() > 0) @(posedge clk);
    repeat (20) @(posedge clk);
    order.delete();
    ready_percent = 100;
    settle();
    check(order.size() == 40 && order[0] == 1'b1 && order[1] == 1'b0, "priority");
    for (int i = 1; i < 40; i++) check(order[i] == 1'(i > 20), "normal before lower");

    // Random.
    for (int round = 0; round < 40; round++) begin
      ready_percent = (round % 4 == 0) ? 100 : 25 * (round % 4) + 5;
      for (int i = 0; i < 100; i++) begin
        len_t len;
        case ($urandom_range(0, 2))
          0: len = 11'd60;
          1: len = LenBits'($urandom_range(57, 130));
          default: len = LenBits'($urandom_range(60, 2000));
        endcase
        add(len, 1'($urandom_range(0, 1)));
      end
      settle();
    end

    // The shaper. 1/16 to 4 bytes a clock; never more than rate * clocks + burst + one frame, never less but for the
    // frame that waits (tokens above a full bucket are lost, so it starts empty and demand never pauses).
    ready_percent = 100;
    for (int round = 0; round < 6; round++) begin
      rate  <= 24'(32'h1000 << round);
      burst <= (round % 2 != 0) ? 16'd3000 : 16'd0;
      repeat (4) @(posedge clk);
      bytes = 0;
      t0 = 64'(clock);
      for (int i = 0; i < 60; i++) add(LenBits'($urandom_range(60, 1514)), 1'(i % 3 == 0));
      while (jobs.size() > 0) @(posedge clk);
      allowed = ((64'(clock) - t0) * 64'(rate)) >> 16;
      check(bytes <= allowed + 64'(burst) + 64'd1600, $sformatf("rate %h: %0d bytes, allowed %0d", rate, bytes, allowed));
      check(bytes + 64'd5000 >= allowed, $sformatf("rate %h: %0d bytes of %0d", rate, bytes, allowed));
      settle();
      rate <= '0;
      repeat (4) @(posedge clk);
    end
    // A full bucket of 3,000 bytes lets 3,000 bytes and one frame go at once.
    rate  <= 24'h000100;
    burst <= 16'd3000;
    repeat (3000 * 256 + 100) @(posedge clk);
    bytes = 0;
    for (int i = 0; i < 8; i++) add(11'd976, 1'b0);
    repeat (1200) @(posedge clk);
    check(bytes == 4 * 1000, $sformatf("burst: %0d bytes", bytes));
    rate <= '0;
    settle();

    report("weir_egress_port");
    $finish;
  end
endmodule

`default_nettype wire

// SPDX-License-Identifier: Apache-2.0
//
// Bench of weir_answer behind a frame ring: forwarded, dropped and answered frames in any order, back to back and with
// gaps, 0 to 2 tags, both families, every kind of answer, TCP options and payload in what is answered, and bytes that make
// sums carry. What leaves is built here byte by byte from the frame; sums are those of the bytes. Forwarded frames must
// leave unchanged, and every word exactly 5 clocks after it left the ring.
`default_nettype none

module weir_answer_tb;
  import weir_pkg::*;

  localparam int unsigned Delay = 5;
  typedef byte unsigned bytes_t[$];
  typedef struct {
    bytes_t     in;
    bytes_t     out;     // empty: skipped
    logic [3:0] queue;   // one-hot
    logic       dir;
    bit         forward;
    bit         lower;
    bit         divert;
    answer_t    answer;
    bit         v6;
    int         tags;
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
  localparam logic [47:0] DivertMac = 48'h02_13_57_9b_df_fe;
  logic            verdict_family = 1'b0;
  logic [1:0]      verdict_tags = '0;
  answer_t         verdict_answer = '0;
  logic [3:0][9:0] free = {4{10'd512}};
  logic [3:0]      start;
  logic [8:0]      start_words;
  logic [3:0]      ring_valid, out_valid;
  logic            ring_first, out_first;
  data_t           ring_data, out_data;
  len_t            out_len;
  logic            ring_answer, ring_family, ring_divert;
  logic [1:0]      ring_tags;
  logic [6:0]      ring_number;
  logic [3:0]      full;
  logic            skip;
  logic            idle;

  weir_frame_ring u_ring (
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
      .verdict_answer_i (verdict_answer.kind != AnswerNone),
      .verdict_family_i (verdict_family),
      .verdict_tags_i   (verdict_tags),
      .free_i           (free),
      .start_o          (start),
      .start_words_o    (start_words),
      .out_valid_o      (ring_valid),
      .out_first_o      (ring_first),
      .out_data_o       (ring_data),
      .out_len_o        (out_len),
      .out_answer_o     (ring_answer),
      .out_divert_o     (ring_divert),
      .out_family_o     (ring_family),
      .out_tags_o       (ring_tags),
      .out_number_o     (ring_number),
      .full_o           (full),
      .full_seqno_o     (),
      .skip_o           (skip),
      .idle_o           (idle)
  );

  weir_answer dut (
      .clk,
      .rst,
      .verdict_valid_i (verdict_valid),
      .verdict_answer_i(verdict_answer),
      .in_valid_i      (ring_valid),
      .in_first_i      (ring_first),
      .in_data_i       (ring_data),
      .in_answer_i     (ring_answer),
      .in_divert_i     (ring_divert),
      .in_family_i     (ring_family),
      .in_tags_i       (ring_tags),
      .in_number_i     (ring_number),
      .divert_mac_i    (DivertMac),
      .out_valid_o     (out_valid),
      .out_first_o     (out_first),
      .out_data_o      (out_data)
  );

  `include "weir_check.svh"

  // --- Frames and answers, as bytes --------------------------------------------------------------------------------
  int extreme = 0;   // per cent of numbers that are all ones or all zeros
  function automatic byte unsigned any_byte();
    if ($urandom_range(1, 100) <= extreme) return ($urandom_range(0, 1) != 0) ? 8'hff : 8'h00;
    return 8'($urandom);
  endfunction
  function automatic logic [31:0] any_number();
    case ($urandom_range(0, 7))
      0: return 32'hffffffff;
      1: return 32'h0000ffff;
      2: return {16'($urandom), 16'hffff};
      3: return '0;
      default: return $urandom;
    endcase
  endfunction
  function automatic void put16(ref bytes_t b, input logic [15:0] v);
    b.push_back(v[15:8]);
    b.push_back(v[7:0]);
  endfunction
  function automatic void put32(ref bytes_t b, input logic [31:0] v);
    put16(b, v[31:16]);
    put16(b, v[15:0]);
  endfunction
  function automatic void copy(ref bytes_t b, input bytes_t from, input int at, input int n);
    for (int i = 0; i < n; i++) b.push_back(from[at+i]);
  endfunction
  // Sum of n bytes from `at`, an even number, not folded.
  function automatic longint unsigned sum(bytes_t b, int at, int n);
    longint unsigned s = 0;
    for (int i = 0; i < n; i += 2) s += 64'({b[at+i], b[at+i+1]});
    return s;
  endfunction
  function automatic logic [15:0] fold(longint unsigned s);
    while (s > 64'hffff) s = (s & 64'hffff) + (s >> 16);
    return 16'(s);
  endfunction

  function automatic bytes_t tcp_frame(bit v6, int tags, int options, int payload, logic [31:0] seq, logic [31:0] ack);
    bytes_t b;
    for (int i = 0; i < 12; i++) b.push_back(any_byte());
    for (int t = 0; t < tags; t++) begin
      case ($urandom_range(0, 2))
        0: put16(b, 16'h8100);
        1: put16(b, 16'h88a8);
        default: put16(b, 16'h9100);
      endcase
      put16(b, 16'($urandom));
    end
    if (v6) begin
      put16(b, 16'h86dd);
      put32(b, {4'd6, 28'($urandom)});
      put16(b, 16'(20 + options + payload));
      b.push_back(8'd6);
      b.push_back(any_byte());
      for (int i = 0; i < 32; i++) b.push_back(any_byte());
    end else begin
      put16(b, 16'h0800);
      put16(b, {8'h45, 8'($urandom)});
      put16(b, 16'(40 + options + payload));
      put32(b, $urandom);
      b.push_back(any_byte());
      b.push_back(8'd6);
      put16(b, 16'($urandom));   // nobody looks at its checksum any more
      for (int i = 0; i < 8; i++) b.push_back(any_byte());
    end
    put16(b, {any_byte(), any_byte()});
    put16(b, {any_byte(), any_byte()});
    put32(b, seq);
    put32(b, ack);
    put16(b, {4'(5 + options / 4), 12'($urandom)});
    for (int i = 0; i < 6 + options + payload; i++) b.push_back(any_byte());
    while (b.size() < 60) b.push_back(8'd0);
    return b;
  endfunction

  // docs/datapath.md, 16.
  function automatic bytes_t answer_to(bytes_t f, bit v6, int tags, answer_t a);
    bytes_t b, pseudo;
    int o = 14 + 4 * tags;
    int p = o + (v6 ? 40 : 20);
    int size = v6 ? 16 : 4;
    int from = o + (v6 ? 8 : 12);
    logic [31:0] seq, ack;
    logic [15:0] s;
    seq = (a.kind == AnswerReset) ? {f[p+8], f[p+9], f[p+10], f[p+11]} : a.cookie;
    case (a.kind)
      AnswerAckCookie: ack = a.cookie;
      AnswerSynCookie: ack = {f[p+4], f[p+5], f[p+6], f[p+7]} + 32'd1;
      default: ack = '0;
    endcase
    copy(b, f, 6, 6);
    copy(b, f, 0, 6);
    copy(b, f, 12, o - 12);
    if (v6) begin
      put32(b, 32'h60000000);
      put32(b, 32'h00140640);
    end else begin
      put32(b, 32'h45000028);
      put32(b, 32'h00004000);
      put32(b, 32'h40060000);
    end
    copy(b, f, from + size, size);
    copy(b, f, from, size);
    if (!v6) begin
      s = ~fold(sum(b, o, 20));
      b[o+10] = s[15:8];
      b[o+11] = s[7:0];
      check(fold(sum(b, o, 20)) == 16'hffff, "bench: sum of IPv4");
    end
    copy(b, f, p + 2, 2);
    copy(b, f, p, 2);
    put32(b, seq);
    put32(b, ack);
    put32(b, (a.kind == AnswerReset) ? 32'h50040000 : 32'h50120000);
    put32(b, '0);
    s = ~fold(sum(b, from, 2 * size) + sum(b, p, 20) + 64'd26);
    b[p+16] = s[15:8];
    b[p+17] = s[7:0];
    check(fold(sum(b, from, 2 * size) + sum(b, p, 20) + 64'd26) == 16'hffff, "bench: sum of TCP");
    while (b.size() < 60) b.push_back(8'd0);
    check(b.size() <= f.size(), "bench: an answer is never longer than the frame");
    return b;
  endfunction

  // Change low address and port so that the sums of the answer, with the first byte low, are small: then they carry once
  // more when they are folded.
  function automatic bytes_t tune(bytes_t frame, input bit v6, input int tags, input answer_t a);
    bytes_t b;
    bytes_t f = frame;
    int o = 14 + 4 * tags;
    int p = o + (v6 ? 40 : 20);
    logic [15:0] half;
    if (!v6) begin
      b = answer_to(f, v6, tags, a);
      half = fold(64'({f[o+14], f[o+15]}) + 64'({b[o+10], b[o+11]}) + 64'({8'($urandom_range(1, 3)), 8'd0}));
      f[o+14] = half[15:8];
      f[o+15] = half[7:0];
    end
    b = answer_to(f, v6, tags, a);
    half = fold(64'({f[p], f[p+1]}) + 64'({b[p+16], b[p+17]}) + 64'({8'($urandom_range(1, 20)), 8'd0}));
    f[p]   = half[15:8];
    f[p+1] = half[7:0];
    return f;
  endfunction

  function automatic int words_of(bytes_t b);
    return (b.size() + 7) / 8;
  endfunction
  function automatic data_t word_of(bytes_t b, int w);
    data_t d = '0;
    for (int i = 0; i < 8; i++) if (8 * w + i < b.size()) d[8*i+:8] = b[8*w+i];
    return d;
  endfunction

  // --- Writer and verdicts -----------------------------------------------------------------------------------------
  job_t jobs[$];
  job_t writing;
  job_t waiting[$];
  job_t expected[$];
  int   due[$];
  int   word_no = 0;
  int   words = 0;
  int   pause = 0;
  int   max_pause = 0;
  int   min_delay = 150;
  int   max_delay = 150;
  int   clock = 0;
  int   last_due = 0;
  int   left = 0;
  int   left_first = 0;
  int   left_last = 0;

  // As the arbiter: words that are on their way do not count yet in the room.
  always @(posedge clk) begin
    clock = clock + 1;
    word_valid <= 1'b0;
    verdict_valid <= 1'b0;
    if (!rst) begin
      if (words == 0) begin
        if (pause > 0) pause = pause - 1;
        else if (jobs.size() > 0 && (room_any || (room_512 && jobs[0].in.size() < 512))) begin
          writing = jobs.pop_front();
          words = words_of(writing.in);
          word_no = 0;
          waiting.push_back(writing);
          expected.push_back(writing);
          last_due = ((clock > last_due) ? clock : last_due) + 8;
          if (last_due < clock + min_delay) last_due = clock + $urandom_range(min_delay, max_delay);
          due.push_back(last_due);
        end
      end
      if (words > 0) begin
        word_valid <= 1'b1;
        word_data  <= word_of(writing.in, word_no);
        word_last  <= word_no == words - 1;
        frame_dir  <= writing.dir;
        frame_len  <= LenBits'(writing.in.size());
        word_no = word_no + 1;
        if (word_no == words) begin
          words = 0;
          pause = (max_pause == 0) ? 0 : $urandom_range(0, max_pause);
        end
      end
      if (due.size() > 0 && clock >= due[0]) begin
        void'(due.pop_front());
        verdict_valid   <= 1'b1;
        verdict_forward <= waiting[0].forward;
        verdict_lower   <= waiting[0].lower;
        verdict_divert  <= waiting[0].divert;
        verdict_answer  <= waiting[0].answer;
        verdict_family  <= waiting[0].v6;
        verdict_tags    <= 2'(waiting[0].tags);
        void'(waiting.pop_front());
      end
    end
  end

  // --- What leaves -------------------------------------------------------------------------------------------------
  logic [Delay-1:0][3:0] valid_was = '0;
  logic [Delay-1:0]      first_was = '0;
  job_t out_jobs[$];
  job_t head;
  bit   open = 1'b0;
  int   out_no = 0;
  bit   tight = 1'b0;    // the queues of one side have no room
  int   n_answered = 0;
  int   n_forwarded = 0;
  int   n_diverted = 0;
  int   n_full = 0;
  int   n_full_answer = 0;
  int   by_kind[2][3][4];

  always @(posedge clk) begin
    valid_was <= {valid_was[Delay-2:0], ring_valid};
    first_was <= {first_was[Delay-2:0], ring_first};
    if (!rst) begin
      job_t j;
      check(out_valid == valid_was[Delay-1] && (out_valid == '0 || out_first == first_was[Delay-1]), "delay of 5 clocks");
      if (skip || full != '0) begin
        check(expected.size() > 0, "left without having come");
        if (expected.size() > 0) j = expected.pop_front();
        check(skip == (j.out.size() == 0), "skipped or not");
        if (full != '0) begin
          check(full == j.queue && tight, "full: queue");
          n_full++;
          if (j.answer.kind != AnswerNone) n_full_answer++;
        end
      end
      if (start != '0) begin
        check(expected.size() > 0, "started without having come");
        if (expected.size() > 0) j = expected.pop_front();
        check(start == j.queue && 32'(start_words) == words_of(j.out), "start: queue and words");
        out_jobs.push_back(j);
      end
      // Now and then one has no room, for long.
      for (int q = 0; q < 4; q++) free[q] <= (tight && q < 2) ? 10'd7 : 10'd512;
      if (out_valid != '0) begin
        if (!open) begin
          check(out_first && out_jobs.size() > 0, "first word");
          if (out_jobs.size() > 0) head = out_jobs.pop_front();
          open = 1'b1;
          out_no = 0;
        end else check(!out_first, "first word in a frame");
        check(out_valid == head.queue, "queue");
        if (out_no < 2) check(32'(out_len) == head.out.size(), "length");
        if (!checked(out_data == word_of(head.out, out_no)))
          $display("%0t: word %0d: %h, not %h; kind %0d v6 %0d tags %0d", $time, out_no, out_data, word_of(head.out, out_no),
                   head.answer.kind, head.v6, head.tags);
        out_no++;
        if (out_no == words_of(head.out)) begin
          open = 1'b0;
          if (left == 0) left_first = clock;
          left_last = clock;
          left++;
          if (head.answer.kind != AnswerNone) n_answered++;
          else n_forwarded++;
          n_diverted += 32'(head.divert);
          by_kind[head.v6][head.tags][head.answer.kind]++;
        end
      end else check(!open, "gap in a frame");
    end
  end

  // --- Stimulus ----------------------------------------------------------------------------------------------------
  // what: 0 dropped, 1 forwarded, 2 forwarded in the lower queue, 3 answered
  task automatic add(int what, bit v6, int tags, answer_e kind, int options, int payload, bit dir);
    job_t j;
    j.v6      = v6;
    j.tags    = tags;
    j.dir     = dir;
    j.forward = what == 1 || what == 2;
    j.lower   = what == 2;
    j.divert  = what == 1 && $urandom_range(0, 1) == 0;
    j.answer  = (what == 3) ? '{kind: kind, cookie: any_number()} : '{kind: AnswerNone, cookie: $urandom};
    j.in      = tcp_frame(v6, tags, options, payload, any_number(), any_number());
    if (what == 3 && $urandom_range(0, 2) == 0) j.in = tune(j.in, v6, tags, j.answer);
    if (what == 3) j.out = answer_to(j.in, v6, tags, j.answer);
    else if (what != 0) j.out = j.in;
    if (j.divert) for (int i = 0; i < 6; i++) j.out[i] = DivertMac[47-8*i-:8];
    j.queue = (what == 3) ? (dir ? 4'b1000 : 4'b0010) : 4'b1 << {!dir, j.lower};
    jobs.push_back(j);
  endtask

  task automatic settle();
    while (jobs.size() > 0 || expected.size() > 0 || open || out_jobs.size() > 0) @(posedge clk);
    repeat (20) @(posedge clk);
    check(idle && out_valid == '0, "idle at the end");
  endtask

  initial begin
    answer_e kind;
    repeat (5) @(posedge clk);
    rst <= 1'b0;
    repeat (5) @(posedge clk);
    // Each kind, shortest frames, back to back: 8 clocks for IPv4, 10 or 11 for IPv6, when all are answered.
    for (int v6 = 0; v6 < 2; v6++)
      for (int tags = 0; tags < 3; tags++) begin
        automatic int clocks = (v6 == 0) ? 8 : (tags == 2) ? 11 : 10;
        left = 0;
        for (int i = 0; i < 60; i++) begin
          kind = answer_e'(2'(1 + i % 3));
          add(3, 1'(v6), tags, kind, 0, 0, 1'b0);
        end
        settle();
        check(left_last - left_first == 59 * clocks, $sformatf("v6 %0d, %0d tags: %0d clocks", v6, tags, left_last - left_first));
      end
    // Answers between forwarded frames of 64 bytes: still 8 clocks each.
    left = 0;
    for (int i = 0; i < 300; i++) begin
      kind = answer_e'(2'($urandom_range(1, 3)));
      add(($urandom_range(0, 1) != 0) ? 3 : $urandom_range(1, 2), 1'b0, $urandom_range(0, 1), kind, 0, 0, 1'($urandom));
    end
    settle();
    check(left_last - left_first == 299 * 8, $sformatf("mixed: %0d clocks", left_last - left_first));
    // Anything. The rest of a long frame that is answered is skipped at once.
    for (int round = 0; round < 120; round++) begin
      min_delay = 20 + (round % 4) * 60;
      max_delay = min_delay + 300 * (round % 3);
      max_pause = (round % 5) * 5;
      extreme   = (round % 3) * 45;
      tight     = round % 6 == 5;
      for (int i = 0; i < 100; i++) begin
        int payload;
        case ($urandom_range(0, 3))
          0: payload = 0;
          1: payload = $urandom_range(0, 40);
          2: payload = $urandom_range(0, 300);
          default: payload = $urandom_range(0, 1400);
        endcase
        kind = answer_e'(2'($urandom_range(1, 3)));
        add((round % 2 != 0) ? $urandom_range(0, 3) : 3, 1'($urandom), $urandom_range(0, 2), kind,
            4 * $urandom_range(0, 10), payload, 1'($urandom_range(0, 3) == 0));
      end
      settle();
    end
    for (int v6 = 0; v6 < 2; v6++)
      for (int tags = 0; tags < 3; tags++)
        for (int k = 0; k < 4; k++)
          check(by_kind[v6][tags][k] > 100, $sformatf("enough: v6 %0d, %0d tags, kind %0d: %0d", v6, tags, k, by_kind[v6][tags][k]));
    check(n_diverted > 500, $sformatf("enough diverted: %0d", n_diverted));
    check(n_full > 100 && n_full_answer > 100, $sformatf("enough without room: %0d, answers %0d", n_full, n_full_answer));

    report("weir_answer");
    $finish;
  end
endmodule

`default_nettype wire

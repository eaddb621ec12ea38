// SPDX-License-Identifier: Apache-2.0
//
// weir_capture: frames of every length from both sides, with and without gaps, their records later and in order, settings that
// change at any moment, a reader that reads and pops at any moment. Beside it the text (docs/soc.md, capture) with the clocks
// that the module's header gives: count, missed and busy are compared in every clock, and every word that is read.
`default_nettype none
`timescale 1ns / 1ps

module weir_capture_tb;
  import weir_pkg::*;
  localparam int unsigned Depth = 16;
  localparam int unsigned Kept = 240;

  `include "weir_check.svh"

  logic clk = 1'b0;
  logic rst = 1'b1;
  always #5 clk = !clk;

  logic    word_valid = 0, word_first = 0, record_valid = 0, run = 0, read = 0, pop = 0;
  data_t   word_data = '0;
  frame_t  frame = '0;
  record_t record = '0;
  logic [1:0]  sides = 3;
  logic [3:0]  sample_log2 = 0;
  logic [7:0]  verdicts = 8'hff, match = 0, mask = 0;
  logic [5:0]  addr = 0;
  logic [31:0] word;
  logic [7:0]  count;
  logic [23:0] missed;
  logic        busy;
  weir_capture dut (
      .clk, .rst, .word_valid_i(word_valid), .word_first_i(word_first), .word_data_i(word_data), .frame_i(frame),
      .record_valid_i(record_valid), .record_i(record), .run_i(run), .sides_i(sides), .sample_log2_i(sample_log2),
      .verdicts_i(verdicts), .match_i(match), .mask_i(mask), .read_i(read), .addr_i(addr), .word_o(word), .pop_i(pop),
      .count_o(count), .missed_o(missed), .busy_o(busy));

  // --- Frames and their records ----------------------------------------------------------------------------------------
  typedef struct {
    frame_t      f;
    int unsigned due;  // the clock of its record, at the earliest
  } wait_t;
  wait_t waiting[$];       // for their records
  int unsigned now = 0;    // clock
  logic [31:0] number = 1;
  logic        in_turn = 1'b0;   // numbers go up by one; otherwise only their low 4 bits do
  int unsigned most_gap = 0;     // clocks between frames
  int unsigned most_len = 1992;
  int unsigned most_wait = 8;    // clocks that a record is late
  logic        stop = 1'b1;      // no frame begins
  logic        busy_words = 1'b0;

  // Half of the numbers with some low bits of number xor (number >> 7) 0.
  function automatic logic [31:0] next_number();
    logic [31:0] n;
    int z;
    if (in_turn) return number + 1;
    n = $urandom;
    n[3:0] = number[3:0] + 4'd1;
    z = $urandom_range(16);
    for (int i = 0; i < z; i++) n[i + 7] = n[i];
    return n;
  endfunction

  always begin : source
    frame_t f;
    int unsigned words;
    @(negedge clk);
    if (!stop && !rst) begin
      busy_words = 1'b1;
      if (most_gap != 0) repeat ($urandom_range(most_gap)) @(negedge clk);
      number = next_number();
      f = '{seqno: number, stamp: {$urandom, $urandom}, dir: 1'($urandom), len: 0, known: 0};
      case ($urandom_range(5))
        0: f.len = len_t'(60 + $urandom_range(4));
        1: f.len = len_t'(232 + $urandom_range(20));
        2: f.len = len_t'(60 + $urandom_range(1932));
        default: f.len = len_t'(60 + $urandom_range(200));
      endcase
      if (32'(f.len) > most_len) f.len = len_t'(60 + $urandom_range(most_len - 60));
      f.known = f.len;
      if ($urandom_range(3) == 0) f.known = len_t'($urandom_range(32'(f.len)));
      if ($urandom_range(7) == 0 && f.len >= 11'd242) f.known = len_t'(238 + $urandom_range(4));
      words = rst ? 0 : (32'(f.len) + 7) / 8;
      for (int w = 0; w < words; w++) begin
        word_valid = 1'b1;
        word_first = w == 0;
        frame = f;
        word_data = {$urandom, $urandom};
        if (w == words - 1)
          waiting.push_back('{f: f, due: now + 9 + 67 + $urandom_range(most_wait)});
        if (w != words - 1 || most_gap != 0 || stop || rst) @(negedge clk);
        if (rst) break;
        if (w != words - 1 && most_gap != 0 && $urandom_range(40) == 0) begin
          word_valid = 1'b0;
          word_first = 1'($urandom);
          word_data = {$urandom, $urandom};
          repeat (1 + $urandom_range(5)) @(negedge clk);
        end
        if (rst) break;
      end
      if (most_gap != 0 || stop || rst) begin
        word_valid = 1'b0;
        word_first = 1'($urandom);
        word_data = {$urandom, $urandom};
      end
      busy_words = 1'b0;
    end else begin
      word_valid = 1'b0;
    end
  end

  function automatic record_t noise();
    logic [$bits(record_t)-1:0] bits;
    for (int i = 0; i < $bits(record_t); i += 32) bits = {bits, 32'($urandom)};
    return record_t'(bits);
  endfunction

  always begin : judge
    @(negedge clk);
    if (rst) begin
      record_valid = 1'b0;
      waiting.delete();
    end else if (waiting.size() != 0 && waiting[0].due <= now) begin
      record = noise();
      record.meta.frame = waiting[0].f;
      if ($urandom_range(1) == 0) record.verdict = 3'($urandom_range(2));
      if ($urandom_range(1) == 0) record.reason = (match & mask) | (8'($urandom) & ~mask);
      record_valid = 1'b1;
      void'(waiting.pop_front());
      @(negedge clk);
      record_valid = 1'b0;
      for (int i = 0; i < 6 && !rst; i++) @(negedge clk);
      if (!rst) begin
        @(posedge clk);
        #1 record = noise();  // of a slot without a frame
      end
    end
  end

  // --- Settings ----------------------------------------------------------------------------------------------------------
  int unsigned change_every = 0;  // 0: they stay
  always begin : settings
    @(negedge clk);
    if (change_every != 0 && $urandom_range(change_every) == 0)
      case ($urandom_range(5))
        0: run = $urandom_range(3) != 0;
        1: sides = 2'($urandom);
        2: sample_log2 = ($urandom_range(1) != 0) ? 4'd0 : 4'($urandom);
        3: verdicts = ($urandom_range(1) != 0) ? 8'hff : 8'($urandom);
        4: match = 8'($urandom);
        default: mask = ($urandom_range(1) != 0) ? 8'd0 : 8'($urandom) & 8'($urandom);
      endcase
  end

  // --- Reader: reads words at any moment, pops at any moment ---------------------------------------------------------------
  int unsigned pop_every = 0;  // 0: none
  always begin : reader
    @(negedge clk);
    read = $urandom_range(7) != 0;
    addr = 6'($urandom);
    pop = 1'b0;
    if (pop_every != 0) pop = $urandom_range(pop_every) == 0;
    if (pop_every != 0 && end_at != 0 && end_at == now) pop = 1'($urandom);  // as the last row is written
  end

  // --- The text, clock by clock --------------------------------------------------------------------------------------------
  typedef struct {
    logic [63:0][31:0] w;
    logic [63:0][31:0] known;
  } entry_t;
  typedef struct {
    frame_t f;
    logic   first_fits;   // with the settings of its first word
    logic   candidate;
    int unsigned at;
  } inside_t;
  entry_t      entries[$];
  inside_t     flight[$];
  logic        candidate = 1'b0;
  logic        decide = 1'b0;       // a first word came in the clock before
  int unsigned end_at = 0;          // the candidate's end: 0, none
  logic        end_kept = 1'b0;
  entry_t      end_entry;
  int unsigned miss_at = 0;
  logic [23:0] missed_ref = '0;
  logic        was_read = 1'b0;
  logic [31:0] read_word, read_known;
  logic [7:0]  octets[16][Kept];    // of what is inside, by number
  int unsigned octet = 0;

  int unsigned kept_frames = 0, forgotten = 0, missed_room = 0, missed_time = 0, changed_off = 0, changed_on = 0, short_known = 0,
               pop_with_end = 0, pop_of_nothing = 0, pop_as_it_comes = 0, just_late = 0, just_in_time = 0, resets_busy = 0,
               read_words = 0, long_frames = 0, sampled = 0;
  int unsigned last_end = 0;
  logic        no_room[$];

  function automatic logic line_fits(input frame_t f);
    logic [31:0] x;
    x = f.seqno ^ (f.seqno >> 7);
    return run && sides[f.dir] && (x % (32'd1 << sample_log2)) == 0;
  endfunction

  function automatic entry_t entry_of(input record_t r);
    entry_t e;
    int unsigned kept;
    e.w = '0;
    e.known = '0;
    kept = (r.meta.frame.known < 11'(Kept)) ? 32'(r.meta.frame.known) : Kept;
    e.w[0] = r.meta.frame.seqno;
    e.w[1] = r.meta.frame.stamp[31:0];
    e.w[2] = {8'(kept), r.meta.frame.stamp[55:32]};
    e.w[3] = 32'(r.reason) | 32'(r.verdict) << 8 | 32'(r.meta.frame.dir) << 11 | 32'(r.meta.frame.len) << 16;
    for (int i = 0; i < 4; i++) e.known[i] = '1;
    for (int i = 0; i < kept; i++) begin
      e.w[4 + i / 4][8 * (i % 4) +: 8] = octets[r.meta.frame.seqno[3:0]][i];
      e.known[4 + i / 4][8 * (i % 4) +: 8] = 8'hff;
    end
    return e;
  endfunction

  always @(posedge clk) begin : reference
    int unsigned level;
    level = entries.size();
    if (rst) begin
      if (candidate) resets_busy++;
      entries.delete();
      flight.delete();
      no_room.delete();
      candidate = 1'b0;
      decide = 1'b0;
      end_at = 0;
      miss_at = 0;
      missed_ref = '0;
      was_read = 1'b0;
      last_end = 0;
    end else begin
      logic ends;
      check(count == 8'(level), $sformatf("%0d wait, expected %0d", count, level));
      check(missed == missed_ref, $sformatf("%0d missed, expected %0d", missed, missed_ref));
      check(busy == candidate, $sformatf("busy %0d, expected %0d", busy, candidate));
      if (was_read) begin
        check((word & read_known) == (read_word & read_known), $sformatf("read %08x, expected %08x of %08x", word, read_word, read_known));
        read_words++;
      end
      was_read = read && level != 0;
      if (was_read) begin
        read_word = entries[0].w[addr];
        read_known = entries[0].known[addr];
      end
      // The frame whose first word came in the clock before.
      if (decide) begin
        decide = 1'b0;
        if (flight[$].first_fits && !candidate && level < Depth) begin
          candidate = 1'b1;
          flight[$].candidate = 1'b1;
          if (last_end != 0 && now == last_end + 1) just_in_time++;
        end else if (flight[$].first_fits && candidate && end_at == now) just_late++;
        no_room[$] = level == Depth;
      end
      // Words.
      if (word_valid && word_first) begin
        flight.push_back('{f: frame, first_fits: line_fits(frame), candidate: 1'b0, at: now});
        no_room.push_back(1'b0);
        octet = 0;
        decide = 1'b1;
        if (flight[$].first_fits && sample_log2 != 0) sampled++;
      end
      if (word_valid) begin
        for (int i = 0; i < 8; i++) if (octet < Kept) octets[frame.seqno[3:0]][octet++] = word_data[8 * i +: 8];
      end
      // Missed and done, of records before.
      ends = end_at != 0 && end_at == now;
      if (pop) begin
        if (level == 0) begin
          pop_of_nothing++;
          if (ends && end_kept) pop_as_it_comes++;
        end else begin
          void'(entries.pop_front());
          if (ends && end_kept) pop_with_end++;
        end
      end
      if (ends) begin
        if (end_kept) entries.push_back(end_entry);
        candidate = 1'b0;
        end_at = 0;
        last_end = now;
      end
      if (miss_at != 0 && miss_at == now) begin
        missed_ref++;
        miss_at = 0;
      end
      // Records.
      if (record_valid) begin
        inside_t it;
        logic fits, now_fits;
        it = flight.pop_front();
        now_fits = line_fits(record.meta.frame);
        fits = it.first_fits && now_fits && verdicts[record.verdict] && ((record.reason ^ match) & mask) == 0;
        if (it.first_fits && !now_fits) changed_off++;
        if (!it.first_fits && now_fits) changed_on++;
        check(it.f == record.meta.frame, "the bench: a record in turn");
        if (it.candidate) begin
          end_at = now + 3;
          end_kept = fits;
          end_entry = entry_of(record);
          if (fits) kept_frames++;
          else forgotten++;
          if (fits && it.f.known < it.f.len && it.f.known < 11'(Kept)) short_known++;
          if (fits && it.f.len > 11'(Kept)) long_frames++;
        end else if (fits) begin
          miss_at = now + 1;
          if (no_room[0]) missed_room++;
          else missed_time++;
        end
        void'(no_room.pop_front());
      end
    end
    now++;
  end

  // --- Phases ------------------------------------------------------------------------------------------------------------
  task automatic quiet();
    stop = 1'b1;
    @(negedge clk);
    while (busy_words || waiting.size() != 0 || flight.size() != 0 || candidate) @(negedge clk);
    repeat (20) @(negedge clk);
  endtask
  task automatic empty();
    pop_every = 3;
    while (count != 0) @(negedge clk);
    pop_every = 0;
    @(negedge clk);
    @(negedge clk);
  endtask
  task automatic reset();
    @(negedge clk);
    rst = 1'b1;
    stop = 1'b1;
    repeat (10 + $urandom_range(12)) @(negedge clk);  // longer than a gap within a frame
    rst = 1'b0;
    @(negedge clk);
    check(count == 0 && missed == 0 && !busy, "empty behind a reset");
  endtask
  task automatic flow(input int unsigned clocks, input int unsigned gap, input int unsigned len, input int unsigned late);
    most_gap = gap;
    most_len = len;
    most_wait = late;
    stop = 1'b0;
    repeat (clocks) @(negedge clk);
  endtask
  task automatic all_on();
    {run, sides, sample_log2, verdicts, match, mask} = {1'b1, 2'd3, 4'd0, 8'hff, 8'($urandom), 8'd0};
  endtask

  initial begin
    repeat (3) @(negedge clk);
    rst = 1'b0;
    // Off, as behind a reset: nothing; then on without a reader: 16, the first ones; the rest is missed.
    flow(3000, 0, 100, 7);
    quiet();
    check(count == 0 && missed == 0, "switched off");
    all_on();
    flow(8000, 0, 100, 7);
    quiet();
    check(count == 8'(Depth) && missed > 24'd500, "full, and the rest missed");
    empty();
    repeat (20) @(negedge clk);
    check(count == 0, "empty");
    // Everything at random: settings seldom or often, frames one by one or without a gap, pops fast or slow, resets between.
    for (int round = 0; round < 120; round++) begin
      in_turn = 1'($urandom);
      all_on();
      change_every = (round % 3 == 0) ? 0 : (round % 3 == 1) ? 40 : 600;
      pop_every = (round % 4 == 0) ? 3000 : (round % 4 == 1) ? $urandom_range(1, 5) : (round % 4 == 2) ? 30 : 150;
      if (round % 3 == 0) begin
        sides = 2'($urandom_range(1, 3));
        verdicts = ($urandom_range(1) == 0) ? 8'hff : 8'h07;
        mask = ($urandom_range(1) == 0) ? 8'd0 : 8'($urandom);
        sample_log2 = ($urandom_range(2) == 0) ? 4'($urandom_range(4)) : 4'd0;
      end
      flow(12000, (round % 5 < 2) ? 0 : (round % 5 == 2) ? 300 : 20, (round % 2 == 0) ? 64 : (round % 7 == 1) ? 300 : 1992,
           (round % 6 == 0) ? 0 : 8);
      if ($urandom_range(2) != 0) begin
        // In the midst of it.
        reset();
        change_every = 0;
      end else begin
        quiet();
        change_every = 0;
        pop_every = 0;
        if ($urandom_range(1) != 0) empty();
      end
    end
    check(kept_frames > 2000 && forgotten > 1000, $sformatf("%0d kept, %0d forgotten", kept_frames, forgotten));
    check(missed_room > 200 && missed_time > 2000, $sformatf("missed: %0d for room, %0d for time", missed_room, missed_time));
    check(changed_off > 50 && changed_on > 50, $sformatf("settings between word and record: off %0d, on %0d", changed_off, changed_on));
    check(short_known > 100 && long_frames > 100, $sformatf("%0d cut, %0d beyond 240 octets", short_known, long_frames));
    check(pop_of_nothing > 500 && pop_with_end > 200 && pop_as_it_comes > 100,
          $sformatf("pops: %0d of nothing, %0d with a completion, %0d as it comes", pop_of_nothing, pop_with_end, pop_as_it_comes));
    check(just_late > 10 && just_in_time > 10, $sformatf("behind a candidate: %0d a clock late, %0d in time", just_late, just_in_time));
    check(resets_busy > 10 && read_words > 100000 && sampled > 500,
          $sformatf("%0d resets, %0d words, %0d sampled", resets_busy, read_words, sampled));
    if ($test$plusargs("show"))
      $display("kept %0d forgotten %0d room %0d time %0d off %0d on %0d cut %0d long %0d pops %0d %0d %0d late %0d in time %0d resets %0d read %0d sampled %0d",
               kept_frames, forgotten, missed_room, missed_time, changed_off, changed_on, short_known, long_frames, pop_of_nothing,
               pop_with_end, pop_as_it_comes, just_late, just_in_time, resets_busy, read_words, sampled);
    report("weir_capture");
    $finish;
  end

  initial begin
    #100ms;
    $fatal(1, "weir_capture: hangs");
  end
endmodule

`default_nettype wire

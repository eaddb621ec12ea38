// SPDX-License-Identifier: Apache-2.0
//
// weir_event_queue: random records at full speed and with gaps, random settings, a reader that pops at random; every event
// against docs/soc.md, order and loss; the record stands still for exactly 8 clocks and is noise afterwards. Sides by turns:
// of each as many are sampled.
`default_nettype none
`timescale 1ns / 1ps

module weir_event_queue_tb;
  import weir_pkg::*;
  import weir_lists_pkg::*;
  localparam int unsigned Depth = 64;

  `include "weir_check.svh"

  logic clk = 1'b0;
  logic rst = 1'b1;
  always #5 clk = !clk;

  logic    valid = 1'b0;
  record_t record = '0;
  logic    meter = 0, established = 0, sample = 0, read = 0, pop = 0;
  logic [3:0] sample_log2 = 0, addr = 0;
  logic [31:0] word;
  logic [7:0]  count;
  logic [23:0] lost;
  weir_event_queue #(.Depth(Depth)) dut (
      .clk, .rst, .record_valid_i(valid), .record_i(record), .meter_i(meter), .established_i(established), .sample_i(sample),
      .sample_log2_i(sample_log2), .read_i(read), .addr_i(addr), .word_o(word), .pop_i(pop), .count_o(count), .lost_o(lost));

  // --- What an event looks like, from the text ------------------------------------------------------------------------
  typedef logic [15:0][31:0] event_t;
  event_t expected[$];
  int unsigned expected_lost = 0;
  int unsigned kinds[3] = '{default: 0};

  function automatic event_t event_of(input record_t r, input logic m, input logic e, input logic s);
    event_t w;
    w = '0;
    w[0] = r.meta.frame.seqno;
    w[1] = r.meta.frame.stamp[31:0];
    w[2][7:0] = r.reason;
    w[2][10:8] = r.verdict;
    w[2][14:11] = r.state_event;
    w[2][15] = r.meta.frame.dir;
    w[2][16] = r.meta.family;
    w[2][19:17] = r.meta.tclass;
    w[2][22:20] = r.flood;
    w[2][23] = r.legit;
    w[2][24] = r.proven;
    w[2][25] = r.meta.l3_valid;
    w[2][26] = r.meta.l4_valid;
    w[2][29] = m;
    w[2][30] = e;
    w[2][31] = s;
    w[3][17:0] = r.trips;
    w[3][29:18] = r.rule;
    w[4][17:0] = r.ends;
    w[4][25:18] = r.meta.proto;
    w[5][23:0] = r.threshold;
    w[5][24] = r.unit;
    w[6][23:0] = r.measured;
    w[7][15:0] = r.meta.sport;
    w[7][31:16] = r.meta.dport;
    for (int i = 0; i < 4; i++) begin
      w[8 + i] = r.meta.remote[32 * (3 - i) +: 32];
      w[12 + i] = r.meta.protect[32 * (3 - i) +: 32];
    end
    return w;
  endfunction

  function automatic record_t noise();
    record_t r;
    logic [$bits(record_t)-1:0] bits;
    for (int i = 0; i < $bits(record_t); i += 32) bits = {bits, 32'($urandom)};
    r = record_t'(bits);
    if ($urandom_range(3) != 0) r.trips = '0;
    if ($urandom_range(3) != 0) r.ends = '0;
    if ($urandom_range(3) == 0) r.state_event = EventEstablished;
    if ($urandom_range(3) == 0) r.verdict = VerdictDrop;
    if ($urandom_range(7) == 0) r.verdict = VerdictAnswer;
    // Half of the numbers with some low bits of number xor (number >> 7) 0.
    if ($urandom_range(1) == 0) begin
      int z;
      z = $urandom_range(16);
      for (int i = 0; i < z; i++) r.meta.frame.seqno[i+7] = r.meta.frame.seqno[i];
    end
    return r;
  endfunction

  function automatic logic sampled(input logic [31:0] number);
    logic [31:0] x;
    x = number ^ (number >> 7);
    return x % (32'd1 << sample_log2) == 0;
  endfunction

  // One record, 8 clocks.
  task automatic send(input record_t r);
    logic m, e, s;
    record <= r;
    valid <= 1'b1;
    m = meter && (r.trips != 0 || r.ends != 0);
    e = established && r.state_event == EventEstablished && r.meta.frame.dir == 1'b0;
    s = sample && (r.verdict == VerdictDrop || r.verdict == VerdictAnswer) && sampled(r.meta.frame.seqno);
    @(negedge clk);
    valid <= 1'b0;
    if (m || e || s) begin
      if (expected.size() < Depth) expected.push_back(event_of(r, m, e, s));
      else expected_lost++;
      kinds[0] += int'(m);
      kinds[1] += int'(e);
      kinds[2] += int'(s);
    end
    repeat (7) @(negedge clk);
    record <= noise();  // of a slot without a packet; the next may begin here
  endtask

  // What the oldest says.
  task automatic read_word(input int a, output logic [31:0] got);
    read <= 1'b1;
    addr <= 4'(a);
    @(negedge clk);
    read <= 1'b0;
    addr <= 4'($urandom);
    @(negedge clk);
    got = word;
  endtask
  task automatic take();
    event_t got;
    for (int i = 0; i < 16; i++) read_word(i, got[i]);
    check(got == expected[0], $sformatf("event %p, expected %p", got, expected[0]));
    pop <= 1'b1;
    @(negedge clk);
    pop <= 1'b0;
    void'(expected.pop_front());
    @(negedge clk);
  endtask

  logic stop = 1'b0;
  initial begin
    repeat (3) @(negedge clk);
    rst <= 1'b0;
    @(negedge clk);
    // Nothing is queued unless it is wanted; a pop of nothing is nothing.
    repeat (50) send(noise());
    pop <= 1'b1;
    @(negedge clk);
    pop <= 1'b0;
    repeat (10) @(negedge clk);
    check(count == 0 && lost == 0, "nothing wanted");
    // Each kind alone, then all; full speed, until it is full and long after.
    for (int kind = 0; kind < 5; kind++) begin
      {meter, established, sample} <= (kind < 3) ? 3'b001 << kind : 3'b111;
      sample_log2 <= (kind == 4) ? 4'd0 : 4'd3;
      @(negedge clk);
      repeat (1500) send(noise());
      repeat (10) @(negedge clk);
      check(count == 8'(expected.size()) && count == 8'(Depth), $sformatf("%0d of %0d wait", count, expected.size()));
      check(lost == 24'(expected_lost), $sformatf("%0d lost, expected %0d", lost, expected_lost));
      while (expected.size() != 0) take();
      check(count == 0, "empty");
    end
    // Reader and writer at once: the reader never sees half of an event, and loss is exact. As the writer counts when an
    // event begins and the hardware when it ends, the reader only takes what count_o shows.
    for (int round = 0; round < 40; round++) begin
      {meter, established, sample} <= 3'($urandom);
      sample_log2 <= 4'($urandom_range(15));
      @(negedge clk);
      stop = 1'b0;
      fork
        begin
          repeat (300) begin
            send(noise());
            repeat ($urandom_range(1) * 8 * $urandom_range(round)) @(negedge clk);
          end
          stop = 1'b1;
        end
        // With room for two more at least: whether the last one fits depends on the clock of the pop.
        while (!stop) begin
          @(negedge clk);
          if (count != 0 && count < 8'(Depth - 2) && $urandom_range(3) == 0) take();
        end
      join
      repeat (10) @(negedge clk);
      check(count == 8'(expected.size()), $sformatf("%0d wait, expected %0d", count, expected.size()));
      check(lost == 24'(expected_lost), $sformatf("%0d lost, expected %0d", lost, expected_lost));
      repeat ($urandom_range(Depth)) if (expected.size() != 0) take();
    end
    // Pops at any moment while it overflows: order holds, and taken + lost + waiting = sent.
    begin
      int unsigned sent, taken, lost_before;
      logic [31:0] got, latest;
      while (expected.size() != 0) take();
      {meter, established, sample} <= 3'b001;
      sample_log2 <= 4'd0;
      lost_before = 32'(lost);
      sent = 0;
      taken = 0;
      latest = 0;
      stop = 1'b0;
      @(negedge clk);
      fork
        begin
          repeat (3000) begin
            automatic record_t r = noise();
            r.verdict = VerdictDrop;
            sent++;
            r.meta.frame.seqno = sent;
            send(r);
          end
          repeat (10) @(negedge clk);
          stop = 1'b1;
        end
        while (!stop) begin
          repeat ($urandom_range(40)) @(negedge clk);
          if (count != 0) begin
            read_word(0, got);
            check(got > latest && got <= sent, $sformatf("%0d behind %0d", got, latest));
            latest = got;
            pop <= 1'b1;
            @(negedge clk);
            pop <= 1'b0;
            taken++;
            repeat (2) @(negedge clk);
          end
        end
      join
      repeat (10) @(negedge clk);
      check(taken > 500 && lost - 24'(lost_before) > 500, "both happen");
      check(taken + 32'(count) + (32'(lost) - lost_before) == sent, "some are missing");
    end
    pop <= 1'b1;
    repeat (Depth) @(negedge clk);
    pop <= 1'b0;
    @(negedge clk);
    check(count == 0, "empty");
    expected.delete();
    // Both wires full, strictly by turns, all dropped: of each side as many are sampled, and one of 2^sample_log2 in all.
    for (int log2 = 0; log2 < 8; log2++) begin
      int unsigned side[2];
      {meter, established, sample} <= 3'b001;
      sample_log2 <= 4'(log2);
      side = '{default: 0};
      @(negedge clk);
      for (int unsigned n = 0; n < 1024; n++) begin
        automatic record_t r = noise();
        r.verdict = (n % 3 == 0) ? VerdictAnswer : VerdictDrop;
        r.meta.frame.seqno = 32'h1234_5400 + n;
        r.meta.frame.dir = n[0];
        send(r);
        @(negedge clk);
        if (count != 0) begin
          side[n[0]]++;
          check(count == 1 && expected.size() == 1, $sformatf("%0d events of a frame that makes %0d", count, expected.size()));
          take();
        end
      end
      check(side[0] == side[1], $sformatf("of 2^%0d by turns: %0d of the one side, %0d of the other", log2, side[0], side[1]));
      check(side[0] + side[1] == 1024 >> log2, $sformatf("of 2^%0d by turns: %0d of 1024", log2, side[0] + side[1]));
    end
    check(kinds[0] > 100 && kinds[1] > 100 && kinds[2] > 100, "every kind");
    report("weir_event_queue");
    $finish;
  end

  initial begin
    #100ms;
    $fatal(1, "weir_event_queue: hangs");
  end
endmodule

`default_nettype wire

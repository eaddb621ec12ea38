// SPDX-License-Identifier: Apache-2.0
//
// Realigner: random frames, layer 3 beginning at byte 14 to 30 or not at all; every byte of it must come out once, in order,
// in words that begin with it, the last two clocks behind the frame's last word.
`default_nettype none

module weir_parse_align_tb;
  logic clk = 1'b0, rst = 1'b0;
  always #5 clk = !clk;

  logic        valid = 1'b0, first = 1'b0, last = 1'b0, l3 = 1'b0, odd = 1'b0;
  logic [63:0] data = '0, before_q = '0;
  logic [2:0]  kind = '0;
  logic        out_valid, out_last, arp, ip4, ip6;
  logic [7:0]  idx;
  logic [63:0] out;
  weir_parse_align dut (
    .clk, .rst, .valid_i(valid), .first_i(first), .last_i(last), .data_i(data[63:16]), .prev_i(before_q[47:0]),
    .l3_i(l3), .odd_i(odd), .arp_i(kind[2]), .ip4_i(kind[1]), .ip6_i(kind[0]),
    .valid_o(out_valid), .last_o(out_last), .arp_o(arp), .ip4_o(ip4), .ip6_o(ip6), .idx_o(idx), .data_o(out));
  always_ff @(posedge clk) if (valid) before_q <= data;

  `include "weir_check.svh"

  typedef struct {
    byte unsigned b[$];
    bit [2:0]     kind;
    int           due;
  } want_t;
  want_t want[$];
  int now = 0, word = 0;
  always @(posedge clk) begin
    now++;
    if (out_valid) begin
      check(want.size() != 0, "a word from nowhere");
      check(int'(idx) == word, "number of the word");
      check({arp, ip4, ip6} == want[0].kind, "kind");
      for (int i = 0; i < 8; i++) begin
        automatic byte unsigned x = 0;
        if (want[0].b.size() != 0) x = want[0].b.pop_front();
        check(out[8*(7-i) +: 8] == x, "byte");
      end
      word++;
    end
    if (out_last) begin
      check(want.size() != 0 && want[0].b.size() == 0, "bytes missing");
      check(now == want[0].due, "time of the last word");
      void'(want.pop_front());
      word = 0;
    end
  end

  task automatic frame();
    int n = int'($urandom_range(200, 60)), words = (n + 7) / 8;
    int start = 14 + 4 * int'($urandom_range(5));
    bit has = start < 31;
    byte unsigned p[208];
    want_t w;
    w.b = {};
    w.kind = 3'(1 << $urandom_range(2));
    for (int i = 0; i < 208; i++) p[i] = i < n ? 8'($urandom) : 8'd0;
    if (has) for (int i = start; i < n; i++) w.b.push_back(p[i]);
    // The others see the frame's state one clock after the word: l3 and odd are registers of layer 2.
    for (int k = 0; k < words; k++) begin
      valid = 1'b1;
      first = k == 0;
      last  = k == words - 1;
      for (int i = 0; i < 8; i++) data[8*(7-i) +: 8] = p[8*k + i];
      if (first) want.push_back(w);
      if (last) want[want.size() - 1].due = now + 3;
      @(posedge clk);
      #1;
      if (first) l3 = 1'b0;
      if (has && k == start / 8) begin
        l3   = 1'b1;
        odd  = start % 8 == 6;
        kind = w.kind;
      end
      @(negedge clk);
      while ($urandom_range(5) == 0) begin
        valid = 1'b0;
        @(negedge clk);
      end
    end
    valid = 1'b0;
  endtask

  initial begin
    @(negedge clk);
    repeat (5000) frame();
    repeat (5) @(negedge clk);
    check(want.size() == 0, "frames missing");
    report("weir_parse_align");
    $finish;
  end
endmodule

`default_nettype wire

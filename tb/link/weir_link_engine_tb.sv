// SPDX-License-Identifier: Apache-2.0
//
// Bench of weir_link_engine, octets in and out: the conversations of docs/vectors/link.txt octet by octet; random requests;
// the same with bits turned, octets lost and put in, both ways, which must come out as if nothing had happened; requests
// that come too early; notices between all of it; clocks a request takes.
`default_nettype none

module weir_link_engine_tb;
  logic clk = 1'b0, rst = 1'b1;
  always #8 clk = ~clk;

  `include "link_host.svh"

  logic        rx_valid = 1'b0, tx_valid, tx_ready = 1'b1;
  logic [7:0]  rx_data = '0, tx_data;
  logic        notice_full = 1'b0, notice_taken;
  logic [3:0]  notice_addr;
  logic [31:0] notice_words [16];
  logic [31:0] notice_data;
  logic        busy;
  logic [15:0] bad_count, repeated_count;
  always @(posedge clk) notice_data <= notice_words[notice_addr];

  weir_link_engine dut (
      .clk, .rst,
      .rx_valid_i      (rx_valid),
      .rx_data_i       (rx_data),
      .tx_valid_o      (tx_valid),
      .tx_data_o       (tx_data),
      .tx_ready_i      (tx_ready),
      .m_apb_psel      (psel),
      .m_apb_penable   (penable),
      .m_apb_pwrite    (pwrite),
      .m_apb_paddr     (paddr),
      .m_apb_pwdata    (pwdata),
      .m_apb_pready    (pready),
      .m_apb_prdata    (prdata),
      .hold_o          (hold),
      .notice_full_i   (notice_full),
      .notice_addr_o   (notice_addr),
      .notice_data_i   (notice_data),
      .notice_taken_o  (notice_taken),
      .busy_o          (busy),
      .bad_count_o     (bad_count),
      .repeated_count_o(repeated_count)
  );

  // --- the wire: octets may be changed, lost, or come twice; so many in 10,000 ---
  int faults = 0, done_faults = 0;
  int spacing = 8, spread = 0, ready_share = 4;  // clocks between octets, of 4 clocks
  bit notices_on = 1'b0;
  int notices_made = 0, notices_taken = 0;

  task automatic drive(input byte unsigned o);
    @(negedge clk);
    rx_valid = 1'b1;
    rx_data = o;
    @(negedge clk);
    rx_valid = 1'b0;
    rx_data = 8'($urandom);
    repeat (spacing - 2 + (spread == 0 ? 0 : int'($urandom_range(spread)))) @(negedge clk);
  endtask
  function automatic bit fault();
    fault = int'($urandom_range(9999)) < faults;
    if (fault) done_faults++;
  endfunction
  task automatic put_octet(input byte unsigned o);
    if (fault()) begin
      case ($urandom_range(3))
        0: ;                                   // lost
        1: begin                               // put in
          drive(8'($urandom));
          drive(o);
        end
        2: drive(o ^ (8'd1 << $urandom_range(7)));
        default: drive($urandom_range(1) == 0 ? 8'h7e : 8'h7d);
      endcase
    end else drive(o);
  endtask
  logic       stalled_q = 1'b0;
  logic [7:0] stalled_data_q = '0;
  always @(negedge clk) tx_ready = int'($urandom_range(3)) < ready_share;
  always @(posedge clk) if (!rst) begin
    if (stalled_q && !(tx_valid && tx_data == stalled_data_q)) check(1'b0, "an octet out rests");
    stalled_q = tx_valid && !tx_ready;
    stalled_data_q = tx_data;
    if (tx_valid && tx_ready) begin
      if (fault()) begin
        case ($urandom_range(2))
          0: ;
          1: begin
            got_octet(8'($urandom));
            got_octet(tx_data);
          end
          default: got_octet(tx_data ^ (8'd1 << $urandom_range(7)));
        endcase
      end else got_octet(tx_data);
    end
    if (notice_taken && !notice_full) check(1'b0, "a notice that was there");
    if (notice_taken) begin
      notice_full <= 1'b0;
      notices_taken++;
    end else if (notices_on && !notice_full && $urandom_range(400) == 0) begin
      foreach (notice_words[i]) notice_words[i] <= notices_made * 16 + i + 32'h7d7e0000;
      notice_full <= 1'b1;
      notices_made++;
    end
  end
  task automatic settle();
    int quiet = 0;
    while (quiet < 40) begin
      @(negedge clk);
      quiet = busy ? 0 : quiet + 1;
    end
  endtask

  // --- the vectors ---
  function automatic octets_t octets_of(input string hex);
    octets_t b = {};
    int v;
    if (hex != "-")
      for (int i = 0; i + 1 < hex.len(); i += 2) begin
        void'($sscanf(hex.substr(i, i + 1), "%x", v));
        b.push_back(8'(v));
      end
    return b;
  endfunction
  function automatic logic [31:0] word_of(input string hex);
    logic [31:0] v;
    void'($sscanf(hex, "%x", v));
    return v;
  endfunction
  typedef string strings_t[$];
  function automatic strings_t split(input string s);
    strings_t t = {};
    string w = "";
    for (int i = 0; i < s.len(); i++) begin
      if (s[i] == " " || s[i] == "\n") begin
        if (w != "") t.push_back(w);
        w = "";
      end else w = {w, string'(s[i])};
    end
    if (w != "") t.push_back(w);
    return t;
  endfunction
  task automatic vectors();
    int file = $fopen("docs/vectors/link.txt", "r");
    string line, name;
    int said = 0;
    if (file == 0) $fatal(1, "docs/vectors/link.txt");
    mem.delete();
    while ($fgets(line, file) != 0) begin
      strings_t t = split(line);
      if (t.size() == 0 || t[0] == "#") continue;
      case (t[0])
        "case": name = line;
        "poke": mem[word_of(t[1])] = word_of(t[2]);
        "peek": check(value(word_of(t[1])) == word_of(t[2]), {"peek ", t[1], " in ", name});
        "send", "other": begin
          octets_t w = octets_of(t[1]);
          raw = {};
          foreach (w[i]) drive(w[i]);
          settle();
          said++;
        end
        "reply": check(raw == octets_of(t[1]), {"reply in ", name});
        "none": check(raw.size() == 0, {"no reply in ", name});
        "notice": begin
          raw = {};
          @(negedge clk);
          for (int i = 0; i < 16; i++) notice_words[i] = word_of(t[3 + i]);
          notice_full = 1'b1;
          settle();
          check(raw == octets_of(t[1]), {"notice in ", name});
        end
        "counts": begin
          check(bad_count == 16'(word_of(t[1])), {"bad frames in ", name});
          check(repeated_count == 16'(word_of(t[2])), {"repeated in ", name});
        end
        "call", "result": ;  // the host's side
        default: check(1'b0, {"unknown line ", line});
      endcase
    end
    check(said > 100, "all vectors were read");
    $fclose(file);
  endtask

  // A request behind another, before its reply is out: counted, never mixed in, and done when it comes again.
  task automatic too_early();
    words_t one = {32'h1111};
    octets_t a, b, w, reply;
    int early = 0;
    frames = {};
    for (int gap = 0; gap < 400; gap += 7) begin
      automatic logic [15:0] bad0 = bad_count;
      automatic int w0 = writes;
      mem.delete();
      seq++;
      a = request(Fill, 32'h100, 20, one);
      seq++;
      b = request(Write, 32'h200, 0, one);
      w = wire_of(a);
      foreach (w[i]) drive(w[i]);
      repeat (gap) @(negedge clk);
      w = wire_of(b);
      foreach (w[i]) drive(w[i]);
      settle();
      check(frames.size() >= 1 && frames[0][0] == 8'h84 && frames[0][1] == a[1], "the first is answered");
      if (frames.size() == 2) begin
        check(frames[1][1] == b[1] && bad_count == bad0 && value(32'h200) == 32'h1111 && writes - w0 == 21, "second one done");
      end else begin
        check(bad_count == bad0 + 16'd1 && value(32'h200) == 32'd0 && writes - w0 == 20, "second one counted");
        early++;
        frames = {};
        talk(b, 5000, reply);
        check(value(32'h200) == 32'h1111 && writes - w0 == 21, "second one done when it came again");
      end
      frames = {};
    end
    check(early > 3, "some came too early");
  endtask

  logic [15:0] bad0;
  int t0;
  initial begin
    repeat (4) @(negedge clk);
    rst = 1'b0;
    vectors();
    ready_share = 2;
    spread = 20;
    too_early();
    bad0 = bad_count;
    t0 = tries;
    random_requests(400, 20000, 64);
    check(tries - t0 == 400, "one try each");
    check(unanswered == 0 && bad_count == bad0, "every one answered, none twice");
    // Notices between requests arrive whole and in order.
    notices = {};
    notices_on = 1'b1;
    notices_made = 0;
    notices_taken = 0;
    random_requests(300, 20000, 64);
    notices_on = 1'b0;
    settle();
    while (frames.size() != 0) notices.push_back(frames.pop_front());
    check(notices.size() == notices_made && notices_made > 20, "all notices came");
    foreach (notices[k]) begin
      check(notices[k].size() == 66 && notices[k][1] == 8'(notices[0][1] + k), "number of the notice");
      check({notices[k][5], notices[k][4], notices[k][3], notices[k][2]} == 32'h7d7e0000 + 16 * k, "first word of the notice");
      check({notices[k][65], notices[k][64], notices[k][63], notices[k][62]} == 32'h7d7e000f + 16 * k, "last word of the notice");
    end
    check(bad_frames == 0, "only good frames come");
    // Faults: nothing is half done, everything once.
    for (int f = 0; f < 3; f++) begin
      automatic int d0 = done_faults;
      t0 = tries;
      faults = f == 0 ? 20 : f == 1 ? 100 : 300;
      ready_share = 3;
      spread = f;
      notices_on = f == 1;
      random_requests(f == 2 ? 200 : 400, 6000, f == 0 ? 64 : 16);
      $display("faults %0d in 10,000 octets: %0d of them, %0d requests on the wire for %0d", faults, done_faults - d0, tries - t0,
               f == 2 ? 200 : 400);
      check(done_faults - d0 > 20 && tries - t0 > 410 - 200 * int'(f == 2), "there were faults");
    end
    faults = 0;
    notices_on = 1'b0;
    check(unanswered == 0, "every request answered in the end");
    // Noise alone does nothing.
    settle();
    begin
      automatic int w0 = writes, r0 = reads;
      repeat (20000) drive($urandom_range(5) == 0 ? 8'h7e : $urandom_range(5) == 0 ? 8'h7d : 8'($urandom));
      drive(8'h7e);
      settle();
      check(writes == w0 && reads == r0, "noise does nothing");
      frames = {};
    end
    random_requests(20, 20000, 64);
    // Clocks from the last octet of a write of 64 words to the first of its reply, no waiting at the bus.
    begin
      automatic words_t w = {};
      automatic octets_t o;
      automatic int clocks = 0;
      wait_most = 0;
      waited = 0;
      ready_share = 4;
      for (int i = 0; i < 64; i++) w.push_back(i);
      seq++;
      o = wire_of(request(Write, 0, 0, w));
      foreach (o[i]) drive(o[i]);
      while (!tx_valid) begin
        @(negedge clk);
        clocks++;
      end
      $display("write of 64 words: reply begins %0d clocks after its last octet", clocks + 7);
      check(clocks < 600, "a write of 64 words takes less than 600 clocks");
    end
    report("weir_link_engine");
    $finish;
  end
endmodule

`default_nettype wire

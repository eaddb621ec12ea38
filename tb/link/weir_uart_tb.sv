// SPDX-License-Identifier: Apache-2.0
//
// Bench of weir_uart, with the link engine behind it and a host that makes and reads the pins by real time: every octet at 12,
// 3 and 1 Mbit/s with rates that differ by up to 2 %, back to back; spikes; random requests with bits turned, edges moved and
// octets lost on the pins, which must come out as if nothing had happened; a change of the rate by request; how much of the
// wire writes get when the host waits for each reply.
`default_nettype none

module weir_uart_tb;
  logic clk = 1'b0, bit_clk = 1'b0, rst = 1'b1, bit_rst = 1'b1;
  always #8.000 clk = ~clk;
  always #4.001 bit_clk = ~bit_clk;

  `include "link_host.svh"

  logic        rx_valid, tx_valid, tx_ready, eng_tx_valid;
  logic [7:0]  rx_data, tx_data, eng_tx_data;
  logic [15:0] step = 16'd1573;
  logic        pin_in = 1'b1, pin_out, spike = 1'b0;
  logic        direct = 1'b1;             // the bench sends octets itself instead of the engine
  logic        direct_valid = 1'b0;
  logic [7:0]  direct_data = '0;
  logic [15:0] bad_count, repeated_count;
  logic        busy, notice_taken;
  logic [3:0]  notice_addr;
  always_comb begin
    tx_valid = direct ? direct_valid : eng_tx_valid;
    tx_data  = direct ? direct_data : eng_tx_data;
  end

  weir_uart dut (
      .clk, .rst, .bit_clk, .bit_rst,
      .step_i    (step),
      .rx_valid_o(rx_valid),
      .rx_data_o (rx_data),
      .tx_valid_i(tx_valid),
      .tx_data_i (tx_data),
      .tx_ready_o(tx_ready),
      .uart_rx_i (pin_in ^ spike),
      .uart_tx_o (pin_out)
  );

  weir_link_engine u_engine (
      .clk,
      .rst             (rst || direct),
      .rx_valid_i      (rx_valid && !direct),
      .rx_data_i       (rx_data),
      .tx_valid_o      (eng_tx_valid),
      .tx_data_o       (eng_tx_data),
      .tx_ready_i      (tx_ready && !direct),
      .m_apb_psel      (psel),
      .m_apb_penable   (penable),
      .m_apb_pwrite    (pwrite),
      .m_apb_paddr     (paddr),
      .m_apb_pwdata    (pwdata),
      .m_apb_pready    (pready),
      .m_apb_prdata    (prdata),
      .hold_o          (hold),
      .notice_full_i   (1'b0),
      .notice_addr_o   (notice_addr),
      .notice_data_i   ('0),
      .notice_taken_o  (notice_taken),
      .busy_o          (busy),
      .bad_count_o     (bad_count),
      .repeated_count_o(repeated_count)
  );
  // Register link_rate (docs/soc.md), as far as it matters here.
  always @(posedge clk) if (psel && penable && pready && pwrite && paddr == 21'h1003c) step <= pwdata[15:0];

  // --- the host's pins ---
  real bit_ns = 333.333;
  int  faults = 0, done_faults = 0;  // of 10,000 octets
  int  jitter_ps = 0;                // edges move by up to this, both ways
  task automatic wait_ns(input real ns);
    // verilator lint_off ZERODLY
    #((ns < 0.001 ? 0.001 : ns) * 1ns);
    // verilator lint_on ZERODLY
  endtask
  function automatic bit fault();
    fault = int'($urandom_range(9999)) < faults;
    if (fault) done_faults++;
  endfunction
  task automatic put_octet(input byte unsigned o);
    automatic logic [9:0] bits = {1'b1, o, 1'b0};
    automatic real moved = 0.0;
    if (fault()) begin
      case ($urandom_range(3))
        0: return;                                     // lost
        1: bits[$urandom_range(9)] ^= 1'b1;            // a bit turned, of start and stop bit too
        2: begin                                       // a spike on the idle line, longer than a glitch
          pin_in = 1'b0;
          wait_ns(bit_ns * real'($urandom_range(9)) / 10.0);
          pin_in = 1'b1;
          wait_ns(bit_ns * real'($urandom_range(9)) / 10.0);
        end
        default: bits = bits & 10'($urandom);
      endcase
    end
    for (int i = 0; i < 10; i++) begin
      automatic real move = jitter_ps == 0 ? 0.0 : (real'($urandom_range(2 * jitter_ps)) - real'(jitter_ps)) / 1000.0;
      pin_in = bits[i];
      wait_ns(bit_ns - moved + move);
      moved = move;
    end
    pin_in = 1'b1;
    if (moved < 0.0) wait_ns(-moved);
  endtask

  octets_t seen;          // by the appliance
  octets_t heard;         // by the host
  int      framing = 0;   // stop bits that were 0
  int      bit_length_bad = 0;
  always @(posedge clk) if (rx_valid) seen.push_back(rx_data);
  initial forever begin
    automatic byte unsigned o;
    @(negedge pin_out);
    wait_ns(bit_ns * 1.5);
    for (int i = 0; i < 8; i++) begin
      o[i] = pin_out;
      wait_ns(bit_ns);
    end
    if (!pin_out) framing++;
    heard.push_back(o);
    if (!direct) begin
      if (fault()) begin
        if ($urandom_range(1) == 0) got_octet(o ^ (8'd1 << $urandom_range(7)));
      end else got_octet(o);
    end
    if (heard.size() > 1000000) heard = {};
  end

  task automatic set_rate(input real mbit, input real off);  // the appliance's step, and the host's own idea of it
    step = 16'(int'(mbit / 125.0 * 65536.0));
    bit_ns = 1000.0 / mbit * (1.0 + off);
    // Idle, then an octet: the new rate is taken when that has left.
    @(negedge clk);
    direct_data = 8'hff;
    direct_valid = 1'b1;
    while (!tx_ready) @(negedge clk);
    @(negedge clk);
    direct_valid = 1'b0;
    wait_ns(12000.0);
    seen = {};
    heard = {};
    framing = 0;
  endtask

  task automatic rates(input real mbit, input real off, input int jitter);
    octets_t sent = {};
    octets_t told = {};
    set_rate(mbit, off);
    jitter_ps = jitter;
    fork
      begin
        for (int k = 0; k < 600; k++) begin
          automatic byte unsigned o = k < 256 ? 8'(k) : 8'($urandom);
          sent.push_back(o);
          put_octet(o);
          if (k > 300 && $urandom_range(3) == 0) wait_ns(bit_ns * real'($urandom_range(30)) / 10.0);
        end
      end
      begin
        @(negedge clk);
        for (int k = 0; k < 600; k++) begin
          direct_valid = 1'b1;
          direct_data = k < 256 ? 8'(k) : 8'($urandom);
          told.push_back(direct_data);
          while (!tx_ready) @(negedge clk);
          @(negedge clk);
          direct_valid = 1'b0;
          if (k > 300 && $urandom_range(7) == 0) repeat ($urandom_range(500)) @(negedge clk);
        end
      end
    join
    wait_ns(bit_ns * 80.0);
    check(seen == sent, $sformatf("in at %f Mbit/s, %f", mbit, off));
    check(heard == told && framing == 0, $sformatf("out at %f Mbit/s, %f", mbit, off));
    jitter_ps = 0;
  endtask

  // Octets out leave without a gap, at the exact rate.
  task automatic no_gap(input real mbit);
    realtime first, last;
    int n = 0;
    set_rate(mbit, 0.0);
    fork
      begin
        @(negedge pin_out) first = $realtime;
        wait (heard.size() == 400);
        last = $realtime;
      end
      begin
        @(negedge clk);
        while (n < 400) begin
          direct_valid = 1'b1;
          direct_data = 8'h55;
          if (tx_ready) n++;
          @(negedge clk);
        end
        direct_valid = 1'b0;
      end
    join
    // The last stop bit is looked at in its middle.
    $display("400 octets at %0.3f Mbit/s leave at %0.4f", mbit, (400.0 * 10.0 - 0.5) / ((last - first) / 1ns) * 1000.0);
    check((400.0 * 10.0 - 0.5) / ((last - first) / 1ns) * 1000.0 > mbit * 0.999, "exact rate, no gap");
  endtask

  task automatic share(input real mbit);
    words_t w = {};
    octets_t reply;
    realtime t0;
    real octets_s, wire_s;
    int n = mbit > 5.0 ? 40 : 15;
    for (int i = 0; i < 64; i++) w.push_back($urandom);
    t0 = $realtime;
    for (int k = 0; k < n; k++) begin
      seq++;
      talk(request(Write, 32'h2000, 0, w), 20000, reply);
    end
    octets_s = real'(n) * 256.0 / (($realtime - t0) / 1ns) * 1.0e9;
    wire_s = 1.0e9 / (10.0 * bit_ns);
    $display("writes of 64 words at %0.0f Mbit/s: %0.0f octets of words a second, %0.1f %% of the wire", mbit, octets_s,
             100.0 * octets_s / wire_s);
    check(octets_s > 0.85 * wire_s, "writes get 85 % of the wire");
  endtask

  initial begin
    repeat (4) @(negedge clk);
    rst = 1'b0;
    repeat (8) @(negedge bit_clk);
    bit_rst = 1'b0;
    for (int k = 0; k < 3; k++) begin
      automatic real mbit = k == 0 ? 3.0 : k == 1 ? 12.0 : 1.0;
      rates(mbit, 0.0, 0);
      rates(mbit, 0.02, 0);
      rates(mbit, -0.02, 0);
      rates(mbit, 0.01, 8000);
      rates(mbit, -0.01, 8000);
    end
    no_gap(3.0);
    no_gap(12.0);
    // One sample of another level is nothing: 8 ns, anywhere.
    set_rate(3.0, 0.0);
    fork
      for (int k = 0; k < 100; k++) put_octet(8'(k * 7));
      for (int k = 0; k < 300; k++) begin
        wait_ns(900.0 + real'($urandom_range(100)));
        spike = 1'b1;
        wait_ns(4.0);
        spike = 1'b0;
      end
    join
    wait_ns(5000.0);
    check(seen.size() == 100, "spikes of half a clock do no harm");
    foreach (seen[k]) check(seen[k] == 8'(k * 7), "octet among spikes");
    // A line that is held low says nothing, and ends.
    seen = {};
    pin_in = 1'b0;
    wait_ns(50000.0);
    pin_in = 1'b1;
    wait_ns(5000.0);
    check(seen.size() == 0, "a break is no octet");
    put_octet(8'ha7);
    wait_ns(5000.0);
    check(seen.size() == 1 && seen[0] == 8'ha7, "an octet behind a break");

    // The engine behind it.
    wait_most = 3;
    direct = 1'b0;
    begin
      automatic octets_t reply;
      automatic words_t w = {32'd6291};
      for (int k = 0; k < 2; k++) begin
        seq++;
        talk(request(Hello, 0, 0, w), 20000, reply);
        check(reply.size() == 17, "hello");
        // As weir_bus does, with nobody else on it.
        wait_least = 5;
        wait_most = 5;
        waited = 5;
        share(k == 0 ? 3.0 : 12.0);
        wait_least = 0;
        wait_most = 3;
        random_requests(60, 20000, 64);
        faults = 30;
        random_requests(150, 20000, 32);
        faults = 0;
        // The reply to the request that changes the rate comes at the old one.
        if (k == 0) begin
          seq++;
          talk(request(Write, 32'h1003c, 0, w), 20000, reply);
          check(reply.size() == 3, "reply at the old rate");
          wait_ns(2000.0);
          bit_ns = 1000.0 / 12.0;
        end
      end
      // 2 % beside, with faults.
      bit_ns = 1000.0 / 12.0 * 1.02;
      faults = 60;
      jitter_ps = 3000;
      random_requests(150, 10000, 32);
      bit_ns = 1000.0 / 12.0 * 0.98;
      random_requests(150, 10000, 32);
      check(unanswered == 0, "every request answered in the end");
      $display("faults on the pins: %0d, %0d tries, %0d bad frames at the engine, %0d answered again", done_faults, tries, bad_count,
               repeated_count);
      check(done_faults > 100 && bad_count > 50 && repeated_count > 5, "there were faults");
    end
    report("weir_uart");
    $finish;
  end
endmodule

`default_nettype wire

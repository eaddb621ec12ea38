// SPDX-License-Identifier: Apache-2.0
//
// The firmware as it is shipped (build/firmware/weir.hex) on the soft core in weir_soc. In place of the data path: memory behind
// the bus, with the staging of entries. Boot, mail, alarm and notice, learning, crash, hang, a damaged image; time is skipped while
// the core sleeps, as the simulator does.
`default_nettype none
`timescale 1ns / 1ps

module weir_firmware_tb;
  import weir_pkg::*;

  localparam int unsigned Udp = 128 + 14;  // meter_cfg of the class meter of inbound UDP
  localparam logic [20:0] Soc = 21'h10000;
  localparam logic [20:0] MeterCfg = 21'h110000;
  localparam logic [20:0] Bypass = 21'h108000;
  localparam logic [20:0] Peak = 21'h1e8000;

  `include "weir_check.svh"

  logic clk = 1'b0;
  logic rst = 1'b1;
  always #8 clk = !clk;

  stamp_t now = '0;
  logic record_valid = 1'b0;
  record_t rec = '0;
  logic psel = 1'b0, penable = 1'b0, pwrite = 1'b0, pready;
  logic [20:0] paddr = '0;
  logic [31:0] pwdata = '0, prdata;
  logic m_psel, m_penable, m_pwrite, m_pready = 1'b0;
  logic [20:0] m_paddr;
  logic [31:0] m_pwdata, m_prdata = '0;
  logic [3:0] m_pstrb;
  logic tx_valid, idle, timer_enable, console_valid, notice_valid;
  logic [7:0] tx_data, console;
  logic [15:0] step;
  logic [31:0] deadline;

  weir_soc #(.StartCpu(1'b1), .FirmwareHex("build/firmware/weir.hex")) dut (
      .clk, .rst, .now_i(now), .word_valid_i(1'b0), .word_first_i(1'b0), .word_data_i('0), .frame_i('0), .record_valid_i(record_valid), .record_i(rec),
      .s_apb_psel(psel), .s_apb_penable(penable), .s_apb_pwrite(pwrite), .s_apb_paddr(paddr), .s_apb_pwdata(pwdata),
      .s_apb_pstrb('1), .s_apb_pready(pready), .s_apb_prdata(prdata),
      .m_apb_psel(m_psel), .m_apb_penable(m_penable), .m_apb_pwrite(m_pwrite), .m_apb_paddr(m_paddr), .m_apb_pwdata(m_pwdata),
      .m_apb_pstrb(m_pstrb), .m_apb_pready(m_pready), .m_apb_prdata(m_prdata),
      .link_rx_valid_i(1'b0), .link_rx_data_i('0), .link_tx_valid_o(tx_valid), .link_tx_data_o(tx_data), .link_tx_ready_i(1'b1),
      .link_step_o(step), .idle_o(idle), .timer_enable_o(timer_enable), .timer_deadline_o(deadline),
      .console_valid_o(console_valid), .console_data_o(console), .notice_valid_o(notice_valid));

  // --- Time: a microsecond in 62 clocks; asleep, at once the next deadline, at most as far as the test has asked for -----------
  stamp_t until_us = '0;
  int unsigned clocks = 0;
  longint unsigned awake = 0;
  always @(posedge clk) begin
    clocks <= clocks == 61 ? 0 : clocks + 1;
    if (idle && timer_enable && now < until_us && !rst) begin
      now <= (deadline - now[31:0] > 32'h80000000 || 64'(deadline - now[31:0]) > until_us - now) ? until_us :
             now + 64'(deadline - now[31:0]);
    end else if (clocks == 61) now <= now + 1;
    if (!idle) awake++;
  end

  // --- What the data path is to the firmware ----------------------------------------------------------------------------------
  logic [31:0] memory[logic [20:0]];
  logic [31:0] staged[8];
  logic [31:0] fetched[8];
  int unsigned entries = 0;
  function automatic logic [31:0] at(input logic [20:0] a);
    return memory.exists(a) ? memory[a] : 32'd0;
  endfunction

  int unsigned wait_clocks = 0;
  always @(posedge clk) begin
    m_pready <= 1'b0;
    if (m_psel && m_penable && !m_pready) begin
      if (m_paddr[20] && (m_pwrite ? m_paddr[4:2] == 3'd7 : m_paddr[4:2] == 3'd0) && wait_clocks < 40) wait_clocks <= wait_clocks + 1;
      else begin
        wait_clocks <= 0;
        m_pready <= 1'b1;
        if (!m_paddr[20]) begin
          if (m_pwrite) memory[m_paddr] = m_pwdata;
          m_prdata <= m_paddr == 21'h28 ? now[31:0] : m_paddr == 21'h2c ? now[63:32] : at(m_paddr);
        end else if (m_pwrite) begin
          staged[m_paddr[4:2]] = m_pwdata;
          if (m_paddr[4:2] == 3'd7) begin
            entries++;
            for (int i = 0; i < 8; i++) memory[{m_paddr[20:5], 5'd0} + 21'(4 * i)] = staged[i];
          end
        end else begin
          if (m_paddr[4:2] == 3'd0)
            for (int i = 0; i < 8; i++) begin
              fetched[i] = at(m_paddr + 21'(4 * i));
              if (m_paddr >= Peak && m_paddr < Peak + 21'd197 * 21'd32) memory[m_paddr + 21'(4 * i)] = 32'd0;
            end
          m_prdata <= fetched[m_paddr[4:2]];
        end
      end
    end
  end

  // --- The log, and the notices -----------------------------------------------------------------------------------------------
  string line = "";
  string lines[$];
  always @(posedge clk)
    if (console_valid) begin
      if (console == 8'd10) begin
        lines.push_back(line);
        if ($test$plusargs("console")) $display("%0d us: %s", now, line);
        line = "";
      end else line = {line, string'(console)};
    end
  function automatic int said(input string what);
    said = 0;
    foreach (lines[i]) for (int k = 0; k + what.len() <= lines[i].len(); k++) if (lines[i].substr(k, k + what.len() - 1) == what) said++;
  endfunction

  int unsigned notices = 0, tx_bytes = 0;
  always @(posedge clk) begin
    if (notice_valid) notices++;
    if (tx_valid) tx_bytes++;
  end

  // --- The host ---------------------------------------------------------------------------------------------------------------
  task automatic access(input logic write, input logic [20:0] a, input logic [31:0] d, output logic [31:0] q);
    @(negedge clk);
    psel = 1'b1; pwrite = write; paddr = a; pwdata = d; penable = 1'b0;
    @(negedge clk);
    penable = 1'b1;
    do @(posedge clk); while (!pready);
    q = prdata;
    @(negedge clk);
    psel = 1'b0; penable = 1'b0;
  endtask
  task automatic put(input logic [20:0] a, input logic [31:0] d);
    logic [31:0] q;
    access(1'b1, a, d, q);
  endtask
  task automatic get(input logic [20:0] a, output logic [31:0] q);
    access(1'b0, a, 32'd0, q);
  endtask

  logic [31:0] in[16];
  logic [31:0] out[16];
  task automatic mail(input logic [31:0] op, input logic [31:0] one = '0, input logic [31:0] two = '0, input logic [31:0] three = '0,
                      input logic [31:0] six = '0, input logic again = 1'b0);
    logic [31:0] q;
    in = '{default: '0};
    in[0] = op; in[1] = one; in[2] = two; in[3] = three; in[6] = six;
    if (again) for (int i = 3; i < 16; i++) in[i] = out[i];  // the piece that came last
    for (int i = 0; i < 16; i++) put(Soc + 21'h100 + 21'(4 * i), in[i]);
    put(Soc + 21'h38, 32'd1);
  endtask
  task automatic answer(input logic [31:0] status);
    logic [31:0] q;
    for (int i = 0; i < 20000; i++) begin
      get(Soc + 21'h38, q);
      if (q[1]) break;
    end
    check(q[1:0] == 2'b10, $sformatf("no answer to op %0d", in[0]));
    for (int i = 0; i < 16; i++) get(Soc + 21'h140 + 21'(4 * i), out[i]);
    put(Soc + 21'h38, 32'd2);
    check(out[0] == (in[0] | status << 24), $sformatf("op %0d: answer %08x", in[0], out[0]));
  endtask

  /** What boot's test of the memory left between data and stack is the stack that nobody has used. The core stands still for it. */
  task automatic stack_check();
    logic [31:0] q;
    int low, a;
    put(Soc + 21'h08, 32'd0);
    // Boot puts a mark at its lowest word.
    for (low = 0; low < 32768; low += 4) begin
      get(Soc + 21'h8000 + 21'(low), q);
      if (q == 32'h57454952) break;
    end
    for (a = low + 4; a < 32768; a += 4) begin
      get(Soc + 21'h8000 + 21'(a), q);
      if (q != ~32'(a)) break;
    end
    $display("stack: %0d bytes, %0d of them used", 32768 - low, 32768 - a);
    check(low < 32768 && a - low >= 512, $sformatf("stack: %0d bytes left", a - low));
    put(Soc + 21'h08, 32'd1);
    wait_asleep();
  endtask

  /** Let time pass. */
  task automatic pass_us(input stamp_t us);
    stamp_t until_now;
    until_now = now + us;
    until_us  = until_now;
    while (now < until_now) @(posedge clk);
  endtask
  task automatic wait_asleep();
    for (int i = 0; i < 5000000 && !(idle && timer_enable); i++) @(posedge clk);
    check(idle, "it does not sleep");
  endtask
  task automatic trip(input logic [23:0] measured);
    @(negedge clk);
    rec = '0;
    rec.meta.l3_valid = 1'b1;
    rec.meta.l4_valid = 1'b1;
    rec.meta.proto = 8'd17;
    rec.meta.tclass = tclass_e'(3'd4);
    rec.meta.frame.seqno = 32'd77;
    rec.meta.remote = 128'h0000_0000_0000_0000_0000_0000_c633_6407;
    rec.meta.protect = 128'h0000_0000_0000_0000_0000_0000_c000_020a;
    rec.verdict = 3'd1;
    rec.reason = 8'h20 + 8'd14;
    rec.threshold = 24'd256;
    rec.measured = measured;
    rec.trips = 18'd1 << (7 + 5);
    record_valid = 1'b1;
    @(negedge clk);
    record_valid = 1'b0;
    repeat (8) @(negedge clk);
  endtask

  logic [31:0] q, learned, threshold;
  longint unsigned mark;
  int unsigned sum_word;

  initial begin
    memory[21'h00] = 32'h57454952;
    memory[21'h04] = 32'h00030001;
    memory[21'h24] = 32'h00000002;
    // A limit of 256 UDP packets a window, action drop (docs/registers.md).
    memory[MeterCfg + 21'(Udp * 32)] = 32'h20010000;
    memory[MeterCfg + 21'(Udp * 32) + 21'd4] = 32'd50 << 16;
    memory[MeterCfg + 21'(Udp * 32) + 21'd8] = 32'd256 | 32'd10 << 24;
    repeat (20) @(negedge clk);
    rst = 1'b0;

    // --- Boot.
    wait_asleep();
    check(said("started") == 1 && said("restarted") == 0 && said("self-test") == 0, "boot");
    $display("boot to sleep: %0d clocks", awake);
    get(Soc + 21'h10, q);
    check(q == 32'd32768, "the watchdog is not set");
    get(Soc + 21'h1c, q);
    check(q == 32'd7, "interrupts");
    get(Soc + 21'h0c, q);
    check(q == 32'h00010000, $sformatf("cpu_status %08x", q));
    mail(1);
    answer(0);
    check(out[1] == 32'd1 && out[2] == 32'd0 && out[6] == 32'd3, "hello");
    mail(200);
    answer(1);

    // --- The data path begins to run: the policy is read.
    memory[21'h20] = 32'd1;
    mark = awake;
    pass_us(300_000);
    check(said("policy read, series 1") == 1, "the policy");
    $display("reading a policy: %0d clocks", awake - mark);
    mail(1);
    answer(0);
    check(out[2] == 32'd1, "one series");
    mail(3, 2, 5);   // learn_min 5 periods
    answer(0);
    mail(3, 2, 0);
    answer(2);

    // --- Learning.
    mark = awake;
    for (int i = 0; i < 20; i++) begin
      memory[Peak + 21'(Udp * 32)] = 32'd60 + 32'(i % 3);
      pass_us(1_000_000);
    end
    $display("asleep but for %0d clocks a second", (awake - mark) / 20);
    mail(4, Udp);
    answer(0);
    check(out[9] == 32'd5 && out[8] >= 32'd15 && out[7] >> 8 >= 32'd60 && out[7] >> 8 <= 32'd62, $sformatf("series: flags %0d periods %0d peak %0d", out[9],
          out[8], out[7] >> 8));
    learned = out[5];
    threshold = out[2];
    check(threshold < 32'd256 && threshold >= 32'd93, $sformatf("threshold %0d", threshold));
    check(at(MeterCfg + 21'(Udp * 32)) != 32'h20010000, "nothing was written to the data path");
    // Several bounds in a message: here one, and the same with a second that is refused.
    mail(16, 1, 32'(Udp) << 18 | 32'd17, 32'd400);
    answer(0);
    check(out[1] == 32'd1 && out[2] == 32'd0, "bounds of several");
    mail(16, 2, 32'(Udp) << 18 | 32'd18, 32'd400);   // and series 0, which has no limit here
    answer(3);
    check(out[2] == 32'd1, "which bound is refused");
    mail(4, Udp);
    answer(0);
    check(out[3] == 32'd17 && out[4] == 32'd400, $sformatf("bounds %0d to %0d", out[3], out[4]));
    mail(16, 1, 32'(Udp) << 18, 32'd0);
    answer(0);
    check(notices == 0, "an alarm of nothing");

    // --- A flood: alarm, notice over the link, its end.
    trip(24'd300);
    wait_asleep();
    check(notices == 1 && said("alarm 1 start") == 1, "no alarm");
    repeat (3000) @(posedge clk);
    check(tx_bytes > 70, "no notice on the link");
    get(Soc + 21'h38, q);
    check(q[2] == 1'b0, "the notice has not been taken");
    mail(6, 1);
    answer(0);
    check(out[2][9:0] == 10'd1 && out[2][27:16] == 12'(Udp) && out[3] == 32'd1, $sformatf("alarm %08x", out[2]));
    check(out[7] >= 32'd300 && out[13] == 32'hc000020a, $sformatf("alarm: worst %0d, address %08x", out[7], out[13]));
    pass_us(35_000_000);
    check(said("alarm 1 end") == 1, "the alarm does not end");
    mail(6, 1);
    answer(0);
    check(out[2][9:8] == 2'd3, "its state");

    // --- Why: the frame that tripped, though samples are one of 64; then a sample. Asked by place and by address.
    mail(15, 0, 0);
    answer(0);
    check(out[3] == 32'h1100012e && out[4] == 32'h0fff0001 && out[5] == 32'd256 && out[6] == 32'd300, $sformatf("why %08x %08x", out[3], out[4]));
    check(out[11] == 32'hc6336407 && out[15] == 32'hc000020a && out[2] == 32'd20, $sformatf("why at %0d", out[2]));
    mail(15, 1, 0);
    answer(2);
    rec.verdict = 3'd4;
    rec.reason  = 8'h70;
    rec.trips   = '0;
    rec.rule    = 12'd9;
    rec.meta.frame.seqno = 32'd129;  // a sample of 64 (docs/soc.md, "Samples")
    rec.meta.family = 1'b1;
    rec.meta.remote = 128'h2001_0db8_0000_0000_0000_0000_0000_0000;
    // So many that every place is taken by its like, each from an address of its own.
    mark = awake;
    for (int i = 0; i < 60; i++) begin
      if (i % 20 == 0) begin
        if (i == 40) mark = awake;
        wait_asleep();
      end
      rec.meta.remote[15:0] = 16'(i + 1);
      @(negedge clk) record_valid = 1'b1;
      @(negedge clk) record_valid = 1'b0;
      repeat (12) @(negedge clk);
    end
    repeat (20) @(posedge clk);
    wait_asleep();
    $display("an event: %0d clocks", (awake - mark) / 20);
    rec.meta.remote[15:0] = 16'h42;
    for (int i = 0; i < 2; i++) begin
      @(negedge clk) record_valid = 1'b1;
      @(negedge clk) record_valid = 1'b0;
      repeat (12) @(negedge clk);
    end
    repeat (20) @(posedge clk);
    wait_asleep();
    mail(15, 0, 0);
    answer(0);
    check(out[3] == 32'h11010470 && out[4] == 32'h00080002 && out[8] == 32'h20010db8 && out[11] == 32'h42, $sformatf("why %08x %08x", out[3], out[4]));
    mail(15, 0, 1);
    answer(2);
    mail(15, 0, 1, 0, 32'hc6336407);
    answer(0);
    check(out[3] == 32'h1100012e, $sformatf("why of an address %08x", out[3]));

    // --- The host's mark, and learned state out and in again: the deepest calls.
    mail(14, 1, 32'h11112222, 32'h33334444);
    answer(0);
    mail(8, 0);
    answer(0);
    check(out[2] == 32'd12, "words of learned state");
    mail(9, 0, 12, 0, 0, 1'b1);
    answer(0);
    check(out[2] == 32'd1, "import");
    stack_check();
    check(said("restarted") == 0 && said("policy read") == 1, "stopped and started");

    // --- It crashes: told, restarted, and it goes on where it was.
    put(Soc + 21'h10, 32'd4000);
    mail(3, 14, 9);
    answer(0);
    mail(13, 2);
    repeat (100_000) @(posedge clk);
    check(said("trap 00000002 at") == 1, "the trap");
    get(Soc + 21'h48, q);
    check(q == 32'h01000002, $sformatf("keep %08x", q));
    wait_asleep();
    get(Soc + 21'h0c, q);
    check(q[15:0] == 16'd1 && q[17], "no restart");
    check(said("restarted") == 1, "what it says at its restart");
    pass_us(300_000);
    get(Soc + 21'h48, q);
    check(q == 32'd0, "keep is not cleared");
    check(said("alarm 2 start kind=3") == 1, "the restart is no alarm");
    check(said("policy read") == 1, "its own thresholds are no policy");
    mail(14, 0);
    answer(0);
    check(out[2] == 32'h11112222 && out[3] == 32'h33334444 && out[4] == 32'd0, "the mark is lost");
    mail(15, 0, 0);
    answer(2);
    mail(2, 14);
    answer(0);
    check(out[2] == 32'd9, "a parameter is lost");
    mail(4, Udp);
    answer(0);
    check(out[5] == learned || out[8] >= 32'd15, "what was learned is lost");
    check(out[2] == threshold, $sformatf("threshold %0d, before %0d", out[2], threshold));

    // --- It hangs.
    mail(13, 1);
    repeat (4_200_000) @(posedge clk);
    get(Soc + 21'h0c, q);
    check(q[15:0] == 16'd2, "a hang is not noticed");
    wait_asleep();
    check(said("restarted") == 2 && said("trap") == 1, "after the hang");
    mail(1);
    answer(0);

    // --- Idle: no more restarts, the core sleeps between its short wakings.
    pass_us(5_000_000);
    get(Soc + 21'h0c, q);
    check(q[15:0] == 16'd2, "a restart too many");

    // --- The image is damaged: its sum is the last word that is not 0.
    put(Soc + 21'h08, 32'd0);
    begin
      logic [31:0] image[8192];
      $readmemh("build/firmware/weir.hex", image);
      for (int i = 0; i < 8192; i++) if (image[i] != 32'd0) sum_word = i;
      get(Soc + 21'h8000 + 21'(4 * sum_word), q);
      check(q == image[sum_word], "the sum is not there");
      put(Soc + 21'h8000 + 21'(4 * sum_word), ~q);
    end
    put(Soc + 21'h08, 32'd1);
    wait_asleep();
    check(said("self-test failed 00000001") == 1, "a damaged image");
    pass_us(300_000);
    check(said("kind=4") == 1, "a failed self-test is no alarm");
    check(at(Bypass) == 32'd1, "no bypass");
    check(entries > 10, "entries");
    report("weir_firmware");
    $finish;
  end

  initial begin
    #900ms;
    $fatal(1, "weir_firmware: hangs");
  end

  wire unused = ^{step, tx_data, m_pstrb};
endmodule

`default_nettype wire

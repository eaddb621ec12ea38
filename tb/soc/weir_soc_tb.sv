// SPDX-License-Identifier: Apache-2.0
//
// weir_soc as a whole, with the real core and the real link: a small program sleeps, wakes by timer, event and mail, answers,
// sends notices, hangs and is restarted; host and harness use the bus meanwhile. The data path is a memory that takes its time.
`default_nettype none
`timescale 1ns / 1ps

module weir_soc_tb;
  import weir_pkg::*;
  import weir_lists_pkg::*;
  `include "weir_rv32.svh"

  `include "weir_check.svh"

  logic clk = 1'b0;
  logic rst = 1'b1;
  always #8 clk = !clk;

  stamp_t      now = 64'hffff_ffff_ffff_f000;  // the low half wraps on the way
  logic        record_valid = 1'b0;
  record_t     record = '0;
  logic        word_valid = 1'b0, word_first = 1'b0;
  data_t       word_data = '0;
  frame_t      frame_in = '0;
  logic        psel = 0, penable = 0, pwrite = 0, pready;
  logic [20:0] paddr = '0;
  logic [31:0] pwdata = '0, prdata;
  logic        m_psel, m_penable, m_pwrite, m_pready = 1'b0;
  logic [20:0] m_paddr;
  logic [31:0] m_pwdata, m_prdata = '0;
  logic [3:0]  m_pstrb;
  logic        rx_valid = 1'b0, tx_valid, idle, timer_enable, console_valid, notice_valid;
  logic [7:0]  rx_data = '0, tx_data, console_data;
  logic [15:0] step;
  logic [31:0] deadline;

  weir_soc dut (
      .clk, .rst, .now_i(now), .word_valid_i(word_valid), .word_first_i(word_first), .word_data_i(word_data),
      .frame_i(frame_in), .record_valid_i(record_valid), .record_i(record),
      .s_apb_psel(psel), .s_apb_penable(penable), .s_apb_pwrite(pwrite), .s_apb_paddr(paddr), .s_apb_pwdata(pwdata),
      .s_apb_pstrb(4'hf), .s_apb_pready(pready), .s_apb_prdata(prdata),
      .m_apb_psel(m_psel), .m_apb_penable(m_penable), .m_apb_pwrite(m_pwrite), .m_apb_paddr(m_paddr), .m_apb_pwdata(m_pwdata),
      .m_apb_pstrb(m_pstrb), .m_apb_pready(m_pready), .m_apb_prdata(m_prdata),
      .link_rx_valid_i(rx_valid), .link_rx_data_i(rx_data), .link_tx_valid_o(tx_valid), .link_tx_data_o(tx_data),
      .link_tx_ready_i(1'b1), .link_step_o(step),
      .idle_o(idle), .timer_enable_o(timer_enable), .timer_deadline_o(deadline), .console_valid_o(console_valid),
      .console_data_o(console_data), .notice_valid_o(notice_valid));

  // --- The data path: now at 0x28, memory elsewhere ------------------------------------------------------------------
  logic [31:0] memory[logic [20:0]];
  initial forever begin
    @(negedge clk);
    if (m_psel && m_penable) begin
      repeat ($urandom_range(m_paddr[20] ? 60 : 3)) @(negedge clk);
      m_prdata = (m_paddr == 21'h28) ? now[31:0] : memory.exists(m_paddr) ? memory[m_paddr] : '0;
      if (m_pwrite) memory[m_paddr] = m_pwdata;
      m_pready = 1'b1;
      @(negedge clk);
      m_pready = 1'b0;
    end
  end

  // --- Console, notices ------------------------------------------------------------------------------------------------
  byte unsigned said[$];
  int unsigned notices = 0;
  always @(negedge clk) begin
    if (console_valid) said.push_back(console_data);
    if (notice_valid) notices++;
  end
  task automatic hear(input byte unsigned c, input string what);
    for (int i = 0; i < 20000 && said.size() == 0; i++) @(negedge clk);
    check(said.size() != 0 && said[0] == c, $sformatf("%s: heard %02x, not %02x", what, said.size() ? said[0] : 0, c));
    if (said.size() != 0) void'(said.pop_front());
  endtask

  // --- Harness -----------------------------------------------------------------------------------------------------
  task automatic write(input logic [20:0] a, input logic [31:0] d);
    psel = 1'b1; pwrite = 1'b1; paddr = a; pwdata = d;
    @(negedge clk);
    penable = 1'b1;
    do @(negedge clk); while (!pready);
    @(posedge clk);
    #1 {psel, penable} = '0;
    @(negedge clk);
  endtask
  task automatic read(input logic [20:0] a, output logic [31:0] d);
    psel = 1'b1; pwrite = 1'b0; paddr = a;
    @(negedge clk);
    penable = 1'b1;
    do @(negedge clk); while (!pready);
    d = prdata;
    @(posedge clk);
    #1 {psel, penable} = '0;
    @(negedge clk);
  endtask
  task automatic expect_read(input logic [20:0] a, input logic [31:0] want, input string what);
    logic [31:0] got;
    read(a, got);
    check(got == want, $sformatf("%s: %08x, expected %08x", what, got, want));
  endtask

  // --- Link: frames of docs/link.md ------------------------------------------------------------------------------------
  function automatic logic [31:0] fcs(input byte unsigned o[$]);
    fcs = '1;
    foreach (o[i]) begin
      fcs ^= 32'(o[i]);
      repeat (8) fcs = fcs[0] ? (fcs >> 1) ^ 32'hedb88320 : fcs >> 1;
    end
    return ~fcs;
  endfunction
  task automatic put(input byte unsigned o);
    rx_valid = 1'b1;
    rx_data = o;
    @(negedge clk);
    rx_valid = 1'b0;
    repeat (7 + $urandom_range(20)) @(negedge clk);
  endtask
  task automatic send(input byte unsigned o[$]);
    automatic byte unsigned all[$] = o;
    logic [31:0] f;
    f = fcs(o);
    for (int i = 0; i < 4; i++) all.push_back(f[8 * i +: 8]);
    put(8'h7e);
    foreach (all[i])
      if (all[i] == 8'h7e || all[i] == 8'h7d) begin
        put(8'h7d);
        put(all[i] ^ 8'h20);
      end else put(all[i]);
    put(8'h7e);
  endtask
  typedef struct {byte unsigned o[$];} frame_o_t;
  frame_o_t replies[$], told[$];
  byte unsigned partial[$];
  logic escaped = 1'b0;
  always @(negedge clk) if (tx_valid) begin
    if (tx_data == 8'h7e) begin
      if (partial.size() != 0) begin
        automatic frame_o_t fr;
        automatic logic [31:0] f;
        fr.o = partial;
        for (int i = 3; i >= 0; i--) f[8 * i +: 8] = fr.o.pop_back();
        check(f == fcs(fr.o), "FCS of a frame");
        if (fr.o[0] == 8'h40) told.push_back(fr);
        else replies.push_back(fr);
      end
      partial.delete();
      escaped = 1'b0;
    end else if (tx_data == 8'h7d) escaped = 1'b1;
    else begin
      partial.push_back(escaped ? tx_data ^ 8'h20 : tx_data);
      escaped = 1'b0;
    end
  end
  byte unsigned sequence_number = 0;
  task automatic link_read(input logic [20:0] a, input int unsigned count, output logic [31:0] words[$]);
    frame_o_t fr;
    sequence_number++;
    send('{8'h02, sequence_number, a[7:0], a[15:8], {3'd0, a[20:16]}, 8'd0, 8'(count)});
    for (int i = 0; i < 60000 && replies.size() == 0; i++) @(negedge clk);
    words.delete();
    check(replies.size() == 1, "a reply");
    if (replies.size() == 0) return;
    fr = replies.pop_front();
    check(fr.o.size() == 3 + 4 * count && fr.o[0] == 8'h82 && fr.o[1] == sequence_number && fr.o[2] == 0, "head of the reply");
    for (int i = 0; i < count; i++) words.push_back({fr.o[6 + 4*i], fr.o[5 + 4*i], fr.o[4 + 4*i], fr.o[3 + 4*i]});
  endtask

  localparam logic [20:0] Soc = 21'h10000, Cpu = Soc + 'h08, CpuStatus = Soc + 'h0c, Watchdog = Soc + 'h10, Timer = Soc + 'h18,
                          IrqEnable = Soc + 'h1c, Sleep = Soc + 'h24, EventEnable = Soc + 'h2c, EventQueue = Soc + 'h30,
                          Capture = Soc + 'h50, CaptureReason = Soc + 'h54, CaptureQueue = Soc + 'h58, CapturePop = Soc + 'h5c,
                          CaptureHead = Soc + 'h400,
                          Mail = Soc + 'h38, LinkRate = Soc + 'h3c, Keep = Soc + 'h48, MailIn = Soc + 'h100,
                          MailOut = Soc + 'h140, Notice = Soc + 'h180, Ram = Soc + 'h8000;

  // --- The program: x5 soc registers, x6 data path -------------------------------------------------------------------
  logic [31:0] p[$];
  function automatic void put_program();
    p = '{rv_lui(5, 32'h80010000),
          rv_lui(6, 32'h80000000),
          rv_csrw(CsrMstatus, 0),        // MIE 0: no interrupt is ever taken
          rv_lui(7, 32'h00001000),
          rv_addi(7, 7, -2048),          // 0x800: external
          rv_csrw(CsrMie, 7),
          rv_addi(7, 0, 1),
          rv_csrw(CsrIrqMask, 7),
          rv_lw(7, 5, 'h48),             // 8: keep[0] counts the starts,
          rv_addi(7, 7, 1),
          rv_sw(7, 5, 'h48),
          rv_lw(7, 0, 1024),             // and a word of memory
          rv_addi(7, 7, 1),
          rv_sw(7, 0, 1024),
          rv_addi(7, 0, "B"),
          rv_sw(7, 5, 'h28),
          rv_addi(7, 0, 7),
          rv_sw(7, 5, 'h1c),             // 17: irq_enable
          rv_lw(7, 6, 'h28),             // 18, loop: in 1,000 us
          rv_addi(7, 7, 1000),
          rv_sw(7, 5, 'h18),
          rv_addi(7, 0, 1),
          rv_sw(7, 5, 'h24),             // sleep
          RvWfi,                         // a nop: the next access waits
          rv_lw(8, 5, 'h20),             // 24: what is it?
          rv_addi(7, 8, "0"),
          rv_sw(7, 5, 'h28),
          rv_sw(0, 5, 'h14),             // kick: bit 0 written 0 is a write all the same
          rv_addi(9, 0, 2),
          rv_bne(8, 9, 6),               // 29: not only an event
          rv_lw(7, 5, 'h80),
          rv_sw(7, 6, 'h200),            // its number to the data path
          rv_lw(7, 5, 'h80 + 60),
          rv_sw(7, 6, 'h204),            // its last word
          rv_sw(9, 5, 'h34),             // 34: pop
          rv_addi(9, 0, 4),
          rv_bne(8, 9, -18),             // 36: not only mail
          rv_lw(7, 5, 'h100),            // 37
          rv_beq(7, 0, 0),               // a message of 0: hang
          rv_addi(9, 0, 1),
          rv_beq(7, 9, 16),              // 40: of 1: an access to nothing, at 56
          rv_addi(7, 7, 1),
          rv_sw(7, 5, 'h140),            // the answer
          rv_addi(10, 5, 'h180),
          rv_addi(9, 0, 16),
          rv_sw(7, 10, 0),               // 45: notice: 16 words going up
          rv_addi(7, 7, 1),
          rv_addi(10, 10, 4),
          rv_addi(9, 9, -1),
          rv_bne(9, 0, -4),
          rv_addi(7, 0, 7),
          rv_sw(7, 5, 'h38),             // 51: message taken, answer, notice
          rv_j(-34),
          rv_addi(0, 0, 0),
          rv_addi(0, 0, 0),
          rv_addi(0, 0, 0),
          rv_lui(7, 32'h40000000),       // 56
          rv_sw(0, 7, 0),
          rv_j(-1)};
  endfunction

  task automatic asleep(input string what);
    for (int i = 0; i < 5000 && !idle; i++) @(negedge clk);
    repeat (40) @(negedge clk);  // into wfi
    check(idle, {"not idle: ", what});
  endtask
  // A frame that is dropped: its octets, each word the number and its place, and its record.
  task automatic octets(input logic [31:0] number, input len_t len);
    frame_in = '{seqno: number, stamp: 64'h0011_2233_4455_6677 + 64'(number), dir: number[0], len: len, known: len};
    for (int i = 0; i < (32'(len) + 7) / 8; i++) begin
      word_valid = 1'b1;
      word_first = i == 0;
      word_data = {number, ~number} ^ 64'(i);
      @(negedge clk);
    end
    word_valid = 1'b0;
  endtask
  task automatic frame(input logic [31:0] number, input len_t len = 11'd60);
    octets(number, len);
    repeat (8) @(negedge clk);
    record = '0;
    record.meta.frame = frame_in;
    record.verdict = VerdictDrop;
    record.reason = 8'h5a;
    record.meta.protect[31:0] = ~number;
    record_valid = 1'b1;
    @(negedge clk);
    record_valid = 1'b0;
    repeat (7) @(negedge clk);
    record = '0;
  endtask
  task automatic mail(input logic [31:0] word);
    write(MailIn, word);
    write(Mail, 1);
  endtask

  logic [31:0] got, words[$];
  int unsigned clocks;
  initial begin
    put_program();
    repeat (4) @(negedge clk);
    rst = 1'b0;
    repeat (4) @(negedge clk);
    expect_read(Soc, 32'h57534f43, "id");
    expect_read(Soc + 4, 32'h00010001, "version");
    expect_read(Cpu, 0, "held");
    check(idle, "idle without a core");
    check(step == 16'd1573, "bit rate");
    foreach (p[i]) write(Ram + 4 * i, p[i]);
    write(Ram + 1024, 0);
    write(Ram + 'h7ffc, 32'hcafe);
    foreach (p[i]) expect_read(Ram + 4 * i, p[i], "program in memory");
    expect_read(Ram + 'h7ffc, 32'hcafe, "last word of the memory");
    write(EventEnable, 32'h400);  // samples, all of them
    expect_read(CpuStatus, 0, "status");
    write(Cpu, 1);
    hear("B", "start");

    // Sleep and time. Nothing happens before the deadline; idle_o falls in the clock that reaches it.
    for (int round = 0; round < 8; round++) begin
      asleep("behind the start or the timer");
      check(timer_enable && deadline == now[31:0] + 32'd1000, "deadline");
      expect_read(Sleep, 1, "sleep");
      expect_read(CpuStatus, 32'h10000, "status: asleep");
      now += 64'd999;
      repeat (300) @(negedge clk);
      check(idle && said.size() == 0, "woken too early");
      now += (round < 4) ? 64'd1 : 64'd123456;
      #1 check(!idle, "idle although the timer is due");
      hear("1", "timer");
    end

    // Events, one by one, then two at once.
    for (int round = 0; round < 8; round++) begin
      asleep("before an event");
      frame(1000 + round);
      hear("2", "event");
      asleep("behind an event");
      check(memory[21'h200] == 1000 + round && memory[21'h204] == ~(1000 + round), "the event's words");
    end
    frame(7);
    frame(8);
    hear("2", "event");
    hear("2", "the next event, without sleep");
    asleep("behind two events");
    check(memory[21'h200] == 8, "the second event");
    expect_read(EventQueue, 0, "queue empty, none lost");

    // Captured frames, as a host reads them; what waits or is written down, and what does not.
    write(EventEnable, 0);
    write(CaptureReason, 32'h0000_ff5a);
    expect_read(Capture, 32'h00ff_0300, "capture behind a reset");
    frame(1);
    expect_read(CaptureQueue, 0, "not switched on");
    write(Capture, 32'h0002_0301);
    for (int i = 0; i < 18; i++) frame(10 + i, (i == 1) ? 11'd1000 : 11'd100);
    expect_read(CaptureQueue, 32'h0000_0210, "16 wait, 2 are missed");
    asleep("with captured frames");
    write(CaptureReason, 32'h0000_ff5b);
    frame(100);
    expect_read(CaptureQueue, 32'h0000_0210, "of another reason");
    write(CaptureReason, 0);
    for (int i = 0; i < 16; i++) begin
      automatic logic [31:0] n = 10 + i;
      automatic int unsigned len = (i == 1) ? 1000 : 100;
      automatic int unsigned kept = (i == 1) ? 240 : 100;
      if (i < 3) link_read(CaptureHead, 64, words);
      else begin
        words.delete();
        for (int k = 0; k < 64; k++) begin
          read(CaptureHead + 4 * k, got);
          words.push_back(got);
        end
      end
      check(words.size() == 64, "words of a captured frame");
      check(words[0] == n && words[1] == 32'h4455_6677 + n && words[2] == {8'(kept), 24'h112233} &&
            words[3] == {5'd0, 11'(len), 4'd0, n[0], 3'(VerdictDrop), 8'h5a}, $sformatf("header of frame %0d", n));
      for (int k = 0; k < kept / 4; k++)
        check(words[4 + k] == ((k % 2 == 0) ? ~n ^ (k / 2) : n), $sformatf("word %0d of frame %0d", 4 + k, n));
      write(CapturePop, i);
      expect_read(CaptureQueue, 32'h0000_0200 + 15 - i, "one is off");
    end
    write(CapturePop, 1);
    expect_read(CaptureQueue, 32'h0000_0200, "nothing to take off");
    // Not idle while one is written down.
    check(idle, "idle before a frame");
    octets(200, 11'd64);
    repeat (40) @(negedge clk);
    check(!idle, "idle although a frame waits for its verdict");
    record = '0;
    record.meta.frame = frame_in;
    record_valid = 1'b1;  // it passes: forgotten
    @(negedge clk);
    record_valid = 1'b0;
    repeat (7) @(negedge clk);
    check(idle, "not idle behind the verdict");
    expect_read(CaptureQueue, 32'h0000_0200, "it passed");
    write(Capture, 0);
    write(EventEnable, 32'h400);

    // Mail, its answer, and a notice that link and harness both read.
    for (int round = 0; round < 8; round++) begin
      mail(100 * (round + 1));
      hear("4", "mail");
      for (int i = 0; i < 4000 && notices == round; i++) @(negedge clk);
      check(notices == round + 1, "notice_valid_o");
      for (int i = 0; i < 16; i++) begin
        expect_read(Notice + 4 * i, 100 * (round + 1) + 1 + i, "notice through the bus");
        repeat ($urandom_range(12)) @(negedge clk);
      end
      asleep("behind mail");
      expect_read(MailOut, 100 * (round + 1) + 1, "answer");
      expect_read(Mail, 2, "mail: answered, notice gone");
      write(Mail, 2);
      expect_read(Mail, 0, "mail");
      check(told.size() == 1, "one frame with the notice");
      if (told.size() == 1) begin
        automatic frame_o_t fr = told.pop_front();
        check(fr.o.size() == 66 && fr.o[1] == 8'(round), "length and number of the notice");
        for (int i = 0; i < 16; i++)
          check({fr.o[5 + 4*i], fr.o[4 + 4*i], fr.o[3 + 4*i], fr.o[2 + 4*i]} == 100 * (round + 1) + 1 + i, "word of the notice");
      end
    end

    // The memory is not to be had while the core runs.
    expect_read(Ram, 0, "memory of a running core");
    write(Ram + 1024, 55);
    expect_read(CpuStatus, 32'h01010000, "refused");
    write(CpuStatus, 32'h01000000);
    expect_read(CpuStatus, 32'h00010000, "refusal forgotten");

    // Host, harness and core at once: entries of the data path and registers; nobody gets the words of another.
    for (int i = 0; i < 64; i++) memory[21'h110000 + 4 * i] = 32'hee000000 + i;
    fork
      repeat (25) begin
        link_read(21'h110000, 64, words);
        foreach (words[i]) check(words[i] == 32'hee000000 + i, "link: entries");
        link_read(MailIn, 3, words);
        check(words.size() == 3 && words[0] == 800, "link: mail_in");
      end
      repeat (150) begin
        automatic int unsigned e = 8 * $urandom_range(7);
        for (int i = 0; i < 8; i++) expect_read(21'h110000 + 4 * (e + i), 32'hee000000 + e + i, "harness: an entry");
        expect_read(Soc, 32'h57534f43, "harness: a register");
      end
      begin
        repeat (40) begin
          repeat (500) @(negedge clk);
          frame($urandom);
        end
      end
    join
    repeat (4000) @(negedge clk);
    check(said.size() == 40, $sformatf("%0d of 40 events", said.size()));
    said.delete();
    asleep("behind all that");

    // Hang: the watchdog restarts, memory and keep stay, status tells.
    write(Watchdog, 4);
    expect_read(Keep, 1, "one start");
    for (int round = 0; round < 3; round++) begin
      mail((round == 2) ? 1 : 0);  // the last time it goes where nothing is
      hear("4", "mail");
      if (round < 2) begin
        repeat (3000) @(negedge clk);
        check(said.size() == 0, "restarted too early");
        check(!idle, "a hung core is not idle");
      end else repeat (100) @(negedge clk);
      // The message still lies there and hangs it again, unless it is taken away.
      write(Mail, 1);
      hear("B", "restart");
      expect_read(Keep, 2 + round, "starts");
      read(CpuStatus, got);
      check(got[15:0] == 16'(round + 1) && got[17], $sformatf("restarts: %08x", got));
      write(Watchdog, (round == 2) ? 0 : 4);
      if (round == 2) asleep("behind the restart");
    end
    // Stopped by the host: memory seen; started by it: no restart.
    write(Cpu, 0);
    expect_read(Ram + 1024, 4, "memory kept over restarts");
    expect_read(Sleep, 0, "a held core does not sleep");
    now += 64'd1_000_000;
    frame(1);
    repeat (100) @(negedge clk);
    check(idle, "a held core does not wake");
    write(Cpu, 1);
    hear("B", "started by the host");
    read(CpuStatus, got);
    check(!got[17] && got[15:0] == 3, "no restart");
    // A pending event ends wfi before it began.
    hear("2", "what waited");
    asleep("at the end");
    write(LinkRate, 16'h1234);
    check(step == 16'h1234, "bit rate set");
    report("weir_soc");
    $finish;
  end

  initial begin
    #80ms;
    $fatal(1, "weir_soc: hangs");
  end
endmodule

`default_nettype wire

// SPDX-License-Identifier: Apache-2.0
//
// weir_cpu with the real VexRiscv: small programs, loaded through the window, that use memory and bus, trap, do what they must
// not, and are reset at any moment. The bus is a slow one that goes on with an access whose master has gone.
`default_nettype none
`timescale 1ns / 1ps

module weir_cpu_tb;
  import weir_soc_pkg::*;
  `include "weir_rv32.svh"

  `include "weir_check.svh"

  logic clk = 1'b0;
  logic rst = 1'b1;
  always #5 clk = !clk;

  logic hold = 1'b1, irq = 1'b0, halt = 1'b0, fault;
  apb_req_t req;
  apb_rsp_t rsp = '0;
  logic busy = 1'b0;
  logic window = 1'b1, access = 1'b0;
  logic [3:0] we = '0;
  logic [12:0] addr = '0;
  logic [31:0] wdata = '0, rdata;
  weir_cpu dut (.clk, .rst, .hold_i(hold), .irq_i(irq), .halt_i(halt), .fault_o(fault), .req_o(req), .rsp_i(rsp), .busy_i(busy),
                .window_i(window), .access_i(access), .we_i(we), .addr_i(addr), .wdata_i(wdata), .rdata_o(rdata));

  // --- The bus: registers by address, a log of writes; grants late, answers late ---------------------------------------
  logic [31:0] memory[bus_addr_t];
  typedef struct {bus_addr_t addr; logic [31:0] data;} write_t;
  write_t writes[$];
  int unsigned patience = 0;
  int unsigned orphans = 0;
  initial forever begin
    apb_req_t r;
    @(negedge clk);
    if (req.sel && !rst) begin
      repeat ($urandom_range(patience)) @(negedge clk);
      if (req.sel) begin
        r = req;
        busy <= 1'b1;
        repeat (1 + $urandom_range(patience)) @(negedge clk);
        if (r.write) begin
          memory[r.addr] = r.wdata;
          writes.push_back('{r.addr, r.wdata});
        end
        rsp.rdata <= memory.exists(r.addr) ? memory[r.addr] : 32'h5a5a0000 | 32'(r.addr[15:0]);
        rsp.ready <= 1'b1;
        @(negedge clk);
        if (!req.sel) orphans++;
        else check(req.addr == r.addr && req.write == r.write && req.enable, "the request changed before its answer");
        rsp.ready <= 1'b0;
        busy <= 1'b0;
        @(negedge clk);
      end
    end
  end

  // --- The window ------------------------------------------------------------------------------------------------------
  task automatic poke(input int unsigned word, input logic [31:0] value, input logic [3:0] strb = '1);
    access <= 1'b1;
    we <= strb;
    addr <= 13'(word);
    wdata <= value;
    @(negedge clk);
    access <= 1'b0;
  endtask
  task automatic peek(input int unsigned word, output logic [31:0] value);
    access <= 1'b1;
    we <= '0;
    addr <= 13'(word);
    @(negedge clk);
    access <= 1'b0;
    @(negedge clk);
    value = rdata;
  endtask
  task automatic load(input logic [31:0] program_words[$]);
    stop();
    foreach (program_words[i]) poke(i, program_words[i]);
    writes.delete();
  endtask
  task automatic start();
    window <= 1'b0;
    @(negedge clk);
    hold <= 1'b0;
  endtask
  task automatic stop();
    hold <= 1'b1;
    repeat (4) @(negedge clk);
    while (busy) @(negedge clk);
    repeat (2) @(negedge clk);
    window <= 1'b1;
    @(negedge clk);
  endtask
  task automatic wait_writes(input int unsigned count, input int unsigned clocks = 20000);
    for (int unsigned i = 0; i < clocks && writes.size() < count; i++) @(negedge clk);
    check(writes.size() >= count, $sformatf("%0d writes of %0d", writes.size(), count));
  endtask
  // The write number i.
  task automatic expect_write(input int unsigned i, input bus_addr_t a, input logic [31:0] data, input string what);
    check(writes.size() > i && writes[i].addr == a && writes[i].data == data,
          $sformatf("%s: %05x = %08x, expected %05x = %08x", what, writes[i].addr, writes[i].data, a, data));
  endtask

  logic [31:0] p[$];
  logic [31:0] got;
  initial begin
    repeat (3) @(negedge clk);
    rst <= 1'b0;
    @(negedge clk);
    // The window: words and bytes, both ends of the memory.
    for (int unsigned i = 0; i < 8192; i += 8191) begin
      poke(i, 32'h01234567 + i);
      peek(i, got);
      check(got == 32'h01234567 + i, $sformatf("word through the window: %08x", got));
      poke(i, 32'hffffffff, 4'b0100);
      peek(i, got);
      check(got == ((32'h01234567 + i) | 32'h00ff0000), $sformatf("byte through the window: %08x", got));
    end

    // Memory and bus: a sum over words, bytes and halves of memory, results to the bus; the bus is read.
    p = '{rv_lui(5, 32'h80000000),      // x5: the bus
          rv_addi(6, 0, 1024),          // x6: data
          rv_addi(7, 0, 10),
          rv_addi(8, 0, 0),
          rv_sw(7, 6, 0),               // loop: words 10 to 1 go up
          rv_lw(9, 6, 0),
          rv_add(8, 8, 9),
          rv_addi(6, 6, 4),
          rv_addi(7, 7, -1),
          rv_bne(7, 0, -5),
          rv_sw(8, 5, 64),              // 55
          rv_addi(9, 0, -2),
          rv_store(0, 9, 6, 1),         // bytes: fe at 1, halves: fffe at 2
          rv_store(1, 9, 6, 2),
          rv_store(0, 0, 6, 0),
          rv_lw(10, 6, 0),
          rv_sw(10, 5, 68),             // fffefe00
          rv_load(0, 11, 6, 1),         // signed byte
          rv_sw(11, 5, 72),
          rv_lw(12, 5, 100),            // from the bus
          rv_load(4, 13, 5, 101),       // its second byte
          rv_add(12, 12, 13),
          rv_sw(12, 5, 76),
          rv_lui(14, 32'h801ff000),     // its end
          rv_sw(7, 14, 2047),           // misaligned: traps (mtvec unset: set below)
          rv_j(0)};
    p[24] = rv_sw(12, 14, 2044);
    for (int unsigned round = 0; round < 4; round++) begin
      patience = 5 * round;
      load(p);
      memory[21'd100] = 32'h00001200;
      start();
      wait_writes(5);
      expect_write(0, 21'd64, 32'd55, "sum of words");
      expect_write(1, 21'd68, 32'hfffefe00, "bytes and halves");
      expect_write(2, 21'd72, 32'hfffffffe, "signed byte");
      expect_write(3, 21'd76, 32'h00001212, "from the bus");
      expect_write(4, 21'h1ff7fc, 32'h00001212, "end of the bus");
      stop();
      peek(256, got);
      check(got == 32'd10, "memory behind the program, through the window");
    end

    // Traps: misaligned, illegal, and a jump to nowhere (it fetches 0): cause and place; the handler goes on behind.
    patience = 3;
    p = '{rv_lui(5, 32'h80000000),
          rv_addi(6, 0, 4 * 10),
          rv_csrw(CsrMtvec, 6),
          rv_lw(7, 5, 2),               // 3: misaligned load
          rv_sw(7, 0, 1),               // 4: misaligned store
          32'h00000000,                 // 5: illegal
          32'hffffffff,                 // 6: illegal
          rv_lui(8, 32'h00010000),
          rv_jr(8),                     // 8: to nowhere
          rv_j(0),
          rv_csrr(9, CsrMcause),        // 10: the handler
          rv_sw(9, 5, 16),
          rv_csrr(9, CsrMepc),
          rv_sw(9, 5, 20),
          rv_addi(9, 9, 4),
          rv_csrw(CsrMepc, 9),
          32'h30200073};                // mret
    load(p);
    start();
    wait_writes(10);
    expect_write(0, 21'd16, 32'd4, "misaligned load");
    expect_write(1, 21'd20, 32'd12, "its place");
    expect_write(2, 21'd16, 32'd6, "misaligned store");
    expect_write(4, 21'd16, 32'd2, "illegal");
    expect_write(6, 21'd16, 32'd2, "illegal");
    expect_write(7, 21'd20, 32'd24, "its place");
    expect_write(8, 21'd16, 32'd2, "jump to nowhere");
    expect_write(9, 21'd20, 32'h00010000, "its place");
    check(!fault, "a trap is no fault");

    // Data where nothing is, and less than a word to the bus: a fault, and nothing done. Byte reads of the bus are none.
    for (int unsigned kind = 0; kind < 6; kind++) begin
      p = '{rv_lui(5, (kind == 0 || kind == 1) ? 32'h00008000 : (kind == 2) ? 32'h7ffff000 : (kind == 3) ? 32'h80200000 : 32'h80000000),
            (kind == 0 || kind == 3) ? rv_lw(6, 5, 0) : (kind < 3) ? rv_sw(6, 5, 4) : rv_store(3'(kind - 4), 6, 5, 0),
            rv_j(0)};
      load(p);
      start();
      for (int unsigned i = 0; i < 200 && !fault; i++) @(negedge clk);
      check(fault, $sformatf("no fault of kind %0d", kind));
      check(writes.size() == 0, "a fault writes");
    end

    // Asleep: the program goes on to its next access to data, be it to the memory or the bus, and no further.
    p = '{rv_lui(5, 32'h80000000),
          rv_addi(6, 0, 1),
          rv_sw(6, 5, 24),              // the bench takes it as `sleep`
          RvWfi,                        // a nop
          rv_sw(6, 0, 1024),            // memory, or (round odd) the bus
          rv_addi(6, 6, 1),
          rv_sw(6, 5, 28),
          rv_j(-5)};
    for (int unsigned round = 0; round < 2; round++) begin
      if (round == 1) p[4] = rv_sw(6, 5, 32);
      load(p);
      poke(256, 0);
      start();
      repeat (20) begin
        // In the clock of the answer to the write of `sleep`.
        for (int i = 0; i < 400 && !(rsp.ready && req.addr == 21'd24); i++) @(negedge clk);
        halt = 1'b1;
        @(negedge clk);
        writes.delete();
        repeat (200) @(negedge clk);
        check(writes.size() == 0 && !req.sel, "it does not sleep");
        halt = 1'b0;
        wait_writes(1 + round);
        expect_write(0, (round == 0) ? 21'd28 : 21'd32, (round == 0) ? writes[0].data : writes[1].data - 1, "awake");
      end
      stop();
      peek(256, got);
      check(got == ((round == 0) ? 32'd21 : 32'd0) || got == ((round == 0) ? 32'd20 : 32'd0), "memory behind sleep");
    end

    // An interrupt that is taken: mie, the core's mask, mstatus.MIE; cause 11.
    p = '{rv_lui(5, 32'h80000000),
          rv_addi(6, 0, 4 * 10),
          rv_csrw(CsrMtvec, 6),
          rv_lui(6, 32'h00001000),
          rv_addi(6, 6, -2040),         // 0x808: bit 11, and 3 for mstatus
          rv_csrw(CsrMie, 6),
          rv_csrw(CsrIrqMask, 6),       // bit 3: another one
          rv_csrw(CsrMstatus, 6),
          rv_j(0),
          rv_j(0),
          rv_csrr(9, CsrMcause),        // 10
          rv_sw(9, 5, 16),
          rv_j(0)};
    for (int unsigned round = 0; round < 2; round++) begin
      if (round == 1) p[4] = rv_addi(6, 6, -2039);  // 0x809: and bit 0
      load(p);
      irq = 1'b0;
      start();
      repeat (300) @(negedge clk);
      check(writes.size() == 0, "no interrupt yet");
      irq = 1'b1;
      repeat (300) @(negedge clk);
      check(writes.size() == round, "the core's own mask");
      if (round == 1) expect_write(0, 21'd16, 32'h8000000b, "cause");
    end
    irq = 1'b0;

    // Reset at any moment, while an access may be under way: it is done once, and the core, when it runs again, gets the answers
    // of its own accesses.
    p = '{rv_lui(5, 32'h80000000),
          rv_lw(6, 5, 256),             // loop
          rv_lw(7, 5, 260),
          rv_sw(6, 5, 512),
          rv_sw(7, 5, 516),
          rv_j(-4)};
    load(p);
    memory[21'd256] = 32'h11111111;
    memory[21'd260] = 32'h22222222;
    patience = 12;
    orphans = 0;
    repeat (400) begin
      writes.delete();
      start();
      repeat (30 + $urandom_range(150)) @(negedge clk);
      hold <= 1'b1;
      repeat (16) @(negedge clk);
      foreach (writes[i]) check(writes[i].data == (writes[i].addr == 21'd512 ? 32'h11111111 : 32'h22222222), "a foreign answer");
    end
    check(orphans > 5, $sformatf("only %0d accesses lost their master", orphans));
    report("weir_cpu");
    $finish;
  end

  initial begin
    #20ms;
    $fatal(1, "weir_cpu: hangs");
  end
endmodule

`default_nettype wire

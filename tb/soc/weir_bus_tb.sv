// SPDX-License-Identifier: Apache-2.0
//
// weir_bus: three masters at once with random accesses, some of them whole entries, some withdrawn; two slaves of random
// patience. A monitor at the slaves knows each master by its addresses: nothing lost, doubled or mixed, and who has begun an
// entry or holds the bus keeps it.
`default_nettype none
`timescale 1ns / 1ps

module weir_bus_tb;
  import weir_soc_pkg::*;
  localparam int unsigned IdleClocks = 256;

  `include "weir_check.svh"

  logic clk = 1'b0;
  logic rst = 1'b1;
  always #5 clk = !clk;

  apb_req_t [Masters-1:0] req = '0;
  logic [Masters-1:0]     hold = '0;
  apb_rsp_t [Masters-1:0] rsp;
  apb_req_t [1:0]         s_req;
  apb_rsp_t [1:0]         s_rsp;
  logic [Masters-1:0]     busy;
  logic                   idle;

  weir_bus #(.IdleClocks(IdleClocks)) dut (.clk, .rst, .req_i(req), .hold_i(hold), .rsp_o(rsp), .req_o(s_req), .rsp_i(s_rsp),
                                           .busy_o(busy), .idle_o(idle));

  // --- Slaves: memories by address; the last access and who made it ------------------------------------------------
  logic [31:0] memory[bus_addr_t];
  int unsigned wait_most = 3;
  int unsigned left[2] = '{0, 0};
  logic [1:0]  fresh = 2'b11;  // the next clock with sel begins an access
  int          last_master = -1;
  logic        half = 1'b0;    // of an entry, by last_master
  logic        kept = 1'b0;    // last_master held at its last access, and since
  int unsigned quiet = 0;      // clocks since
  int unsigned turns = 0;      // changes of master
  int unsigned timeouts = 0;
  int unsigned done[Masters] = '{default: 0};

  function automatic int master_of(input bus_addr_t addr);
    return int'(addr[14:13]);
  endfunction

  always_comb
    for (int s = 0; s < 2; s++) begin
      s_rsp[s].ready = s_req[s].sel && s_req[s].enable && left[s] == 0;
      s_rsp[s].rdata = memory.exists(s_req[s].addr) ? memory[s_req[s].addr] : 32'(s_req[s].addr) ^ 32'hdeadbeef;
    end

  always @(posedge clk) if (!rst) begin
    automatic int now_master;
    check(!(s_req[0].sel && s_req[1].sel), "both slaves at once");
    quiet <= quiet + 1;
    if (last_master >= 0 && !hold[last_master]) kept = 1'b0;
    for (int s = 0; s < 2; s++) begin
      if (s_req[s].sel && fresh[s]) begin
        check(!s_req[s].enable, "enable in the first clock");
        check(32'(s_req[s].addr[20:16] == 5'd1) == s, "wrong slave");
        fresh[s] <= 1'b0;
        left[s] <= $urandom_range(wait_most);
        now_master = master_of(s_req[s].addr);
        if (last_master >= 0 && now_master != last_master) begin
          turns++;
          check(!kept, $sformatf("master %0d took the bus that %0d holds", now_master, last_master));
          check(!half || quiet > IdleClocks, $sformatf("master %0d came into an entry of %0d", now_master, last_master));
          if (half) timeouts++;
        end
        last_master = now_master;
        half = s_req[s].addr[20] && s_req[s].addr[4:2] != 3'd7;
        kept = hold[now_master];
        quiet <= 0;
      end else if (s_req[s].sel) begin
        check(s_req[s].enable, "no enable in the second clock");
        if (left[s] != 0) left[s] <= left[s] - 1;
        else begin
          fresh[s] <= 1'b1;
          done[master_of(s_req[s].addr)]++;
          if (s_req[s].write) memory[s_req[s].addr] = s_req[s].wdata;
          quiet <= 0;
        end
      end else check(fresh[s], "an access ended without ready");
    end
  end

  // --- Masters -----------------------------------------------------------------------------------------------------
  int unsigned made[Masters] = '{default: 0};
  task automatic access(input int m, input logic write, input bus_addr_t addr, input logic [31:0] wdata, output logic [31:0] rdata);
    req[m] <= '{sel: 1'b1, enable: 1'b0, write: write, addr: addr, wdata: wdata, strb: '1};
    @(posedge clk);
    req[m].enable <= 1'b1;
    do @(posedge clk); while (!rsp[m].ready);
    rdata = rsp[m].rdata;
    for (int o = 0; o < Masters; o++) if (o != m) check(!rsp[o].ready, "two masters ready");
    req[m] <= '0;
    made[m]++;
  endtask

  logic [31:0] known[Masters][bus_addr_t];
  task automatic one(input int m, input bus_addr_t addr);
    logic [31:0] got, data;
    data = $urandom;
    if ($urandom_range(1) == 1) begin
      access(m, 1'b1, addr, data, got);
      known[m][addr] = data;
    end else begin
      access(m, 1'b0, addr, data, got);
      check(got == (known[m].exists(addr) ? known[m][addr] : 32'(addr) ^ 32'hdeadbeef), $sformatf("master %0d read %05x: %08x", m, addr, got));
    end
  endtask

  function automatic bus_addr_t some(input int m);
    bus_addr_t a;
    a = 21'($urandom_range(15)) << 2;
    a[14:13] = 2'(m);
    a[16] = $urandom_range(1) == 1;
    return a;
  endfunction

  task automatic play(input int m, input int unsigned count);
    bus_addr_t base;
    for (int unsigned i = 0; i < count; i++) begin
      case ($urandom_range(9))
        0, 1, 2: begin  // an entry, whole
          base = 21'h100000 | (21'(m) << 13) | (21'($urandom_range(7)) << 5);
          for (int w = 0; w < 8; w++) begin
            one(m, base | (21'(w) << 2));
            if ($urandom_range(3) == 0) repeat ($urandom_range(40)) @(posedge clk);
          end
        end
        3: if ($urandom_range(7) == 0) begin  // begun and left
          one(m, 21'h100000 | (21'(m) << 13));
          repeat (400) @(posedge clk);
        end
        4: begin  // several in one go
          hold[m] <= 1'b1;
          repeat (4) begin
            one(m, some(m));
            if ($urandom_range(15) == 0) repeat ($urandom_range(400)) @(posedge clk);
          end
          hold[m] <= 1'b0;
        end
        default: one(m, some(m));
      endcase
      repeat ($urandom_range(6)) @(posedge clk);
    end
  endtask

  logic [31:0] got;
  initial begin
    repeat (4) @(posedge clk);
    rst <= 1'b0;
    @(posedge clk);
    // One alone; each kind of end of an entry.
    one(2, 21'h014000);
    repeat (2) @(posedge clk);
    check(busy == '0 && idle, "busy with nothing to do");
    fork
      play(0, 3000);
      play(1, 3000);
      play(2, 3000);
    join
    repeat (4) @(posedge clk);
    check(idle, "not idle at the end");
    check(turns > 1000, "hardly ever another's turn");
    check(timeouts > 3, "no entry was left");
    for (int m = 0; m < Masters; m++) check(made[m] == done[m], $sformatf("master %0d made %0d accesses, %0d were done", m, made[m], done[m]));

    // Withdrawn while it waits: never done; and the next one is.
    wait_most = 30;
    repeat (300) begin
      fork
        one(0, some(0));
        begin
          repeat (2) @(posedge clk);
          req[2] <= '{sel: 1'b1, enable: 1'b0, write: 1'b1, addr: 21'h004040, wdata: 32'hbad, strb: '1};
          @(posedge clk);
          req[2] <= '0;
        end
      join
      one(2, some(2));
    end
    check(!memory.exists(21'h004040), "a withdrawn access was done");
    check(made[2] == done[2], "withdrawn accesses were counted");

    // Withdrawn later: done, and its answer belongs to nobody. Who waits for busy is not answered by the earlier one.
    repeat (300) begin
      req[2] <= '{sel: 1'b1, enable: 1'b0, write: 1'b0, addr: 21'h004044, wdata: '0, strb: '1};
      repeat (1 + $urandom_range(12)) @(posedge clk);
      req[2] <= '0;
      repeat (2) @(posedge clk);
      while (busy[2]) @(posedge clk);
      one(2, some(2));
    end

    // Three who always want: by turns.
    wait_most = 0;
    for (int m = 0; m < Masters; m++) done[m] = 0;
    fork
      repeat (300) access(0, 1'b0, 21'h000000, '0, got);
      repeat (300) begin
        logic [31:0] g;
        access(1, 1'b0, 21'h002000, '0, g);
      end
      repeat (300) begin
        logic [31:0] g;
        access(2, 1'b0, 21'h004000, '0, g);
      end
      begin
        repeat (2000) @(posedge clk);
        for (int m = 0; m < Masters; m++) check(done[m] > 100 && done[m] < 250, $sformatf("master %0d had %0d turns", m, done[m]));
      end
    join
    report("weir_bus");
    $finish;
  end

  initial begin
    #50ms;
    $fatal(1, "weir_bus: hangs");
  end
endmodule

`default_nettype wire

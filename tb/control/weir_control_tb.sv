// SPDX-License-Identifier: Apache-2.0
//
// weir_control with a behavioural judge: a slot every 8 clocks, free with a chance that the tests choose, done some
// slots later, memories of 256-bit entries. A monitor holds every request against the contract of the ports.
`default_nettype none
`timescale 1ns / 1ps

module weir_control_tb;
  import weir_pkg::*;
  import weir_lists_pkg::*;
  import weir_control_pkg::*;

  localparam int unsigned Flight = 3;
  localparam int unsigned LastEntry = 1023;

  `include "weir_check.svh"

  logic clk = 1'b0;
  logic rst = 1'b1;
  always #8 clk = !clk;

  // --- Device under test.
  logic psel = 0, penable = 0, pwrite = 0;
  logic [20:0] paddr = '0;
  logic [31:0] pwdata = '0;
  logic [3:0] pstrb = '0;
  logic pready, pslverr;
  logic [31:0] prdata;
  stamp_t now = 64'd1_000_000;
  stamp_t now_o;
  logic hold, pending;
  logic idle = 1'b1;
  logic [10:0] max_frame;
  logic [15:0] link_consume;
  logic [5:0] prefix_len4;
  logic [7:0] prefix_len6;
  logic [15:0][15:0] reflector;
  logic [10:0][31:0] hash_key;
  logic [47:0] divert_mac;
  logic [1:0][23:0] shaper_rate;
  logic [1:0][15:0] shaper_burst;
  logic [1:0] rx_enable, tx_enable;
  logic [7:0] ifg;
  logic judge_ready = 1'b0, bypass, judge_clear;
  logic maint_valid, maint_ready, maint_done = 1'b0;
  maint_t maint;
  logic [MaintDataBits-1:0] maint_rdata = '0;
  seqno_t maint_seqno = '0;
  side_events_t [1:0] events = '0;
  logic [NumTables-1:0][31:0] evictions, full;
  logic [NumTables-1:0][15:0] used;
  logic [NumStates-1:0][31:0] state_evictions, state_full;
  logic [NumStates-1:0][15:0] state_used;

  weir_control #(.SweepInFlight(Flight)) dut (
    .clk, .rst,
    .s_apb_psel(psel), .s_apb_penable(penable), .s_apb_pwrite(pwrite), .s_apb_pprot(3'b0), .s_apb_paddr(paddr),
    .s_apb_pwdata(pwdata), .s_apb_pstrb(pstrb), .s_apb_pready(pready), .s_apb_prdata(prdata), .s_apb_pslverr(pslverr),
    .now_i(now), .now_o, .hold_o(hold), .maint_pending_o(pending), .idle_i(idle),
    .max_frame_o(max_frame), .link_consume_o(link_consume), .prefix_len4_o(prefix_len4), .prefix_len6_o(prefix_len6),
    .reflector_o(reflector), .hash_key_o(hash_key), .divert_mac_o(divert_mac), .shaper_rate_o(shaper_rate), .shaper_burst_o(shaper_burst),
    .mac_rx_enable_o(rx_enable), .mac_tx_enable_o(tx_enable), .mac_ifg_o(ifg),
    .judge_ready_i(judge_ready), .judge_bypass_i(bypass), .judge_clear_o(judge_clear),
    .maint_valid_o(maint_valid), .maint_o(maint), .maint_ready_i(maint_ready), .maint_done_i(maint_done),
    .maint_rdata_i(maint_rdata), .maint_seqno_i(maint_seqno),
    .side_events_i(events), .table_evictions_i(evictions), .table_full_i(full), .table_used_i(used),
    .state_evictions_i(state_evictions), .state_full_i(state_full), .state_used_i(state_used)
  );

  // --- The judge. Requests wait in `line` from acceptance to done.
  typedef struct {
    maint_t req;
    int unsigned left;  // slots
  } item_t;
  item_t line[$];
  function automatic logic is_sweep(input maint_op_e op);
    return op == MaintSweep || op == MaintExpire;
  endfunction
  logic [255:0] memory[int];
  int unsigned free_percent = 100;
  int unsigned latency = 6;
  logic [2:0] phase = '0;
  logic slot_free = 1'b1;
  int unsigned clearing = 40;
  int unsigned hosts_seen = 0;     // accesses accepted
  maint_t last_host;
  int unsigned sweeps_seen = 0;
  int unsigned expires_seen[4] = '{default: 0};  // by level
  int unsigned sweep_next = 0;     // expected index
  int unsigned restarts = 0;
  int unsigned sweeps_complete = 0;
  seqno_t seqno = 32'd1000;
  seqno_t host_seqno = '0;
  logic waited = 1'b0;
  maint_t waiting;
  stamp_t offered = '0;  // time when the request on offer came

  always_comb maint_ready = judge_ready && phase == 3'd7 && slot_free;
  always_comb bypass = memory.exists(int'({TargetBypass, 11'd0})) ? memory[int'({TargetBypass, 11'd0})][0] : 1'b0;

  always @(posedge clk) begin
    phase <= phase + 1'b1;
    maint_done <= 1'b0;
    maint_rdata <= {8{$urandom}};
    maint_seqno <= $urandom;
    // The contract: stable until accepted, never withdrawn.
    if (waited && !judge_clear && !rst) check(
        maint_valid && maint.op == waiting.op && maint.level == waiting.level && maint.target == waiting.target && maint.index == waiting.index &&
        (maint.op != MaintWrite || maint.data == waiting.data), "request changed before it was accepted");
    waited <= maint_valid && !maint_ready && !rst;
    waiting <= maint;
    if (!waited) offered <= now_o;
    if (maint_valid && !rst) check(judge_ready, "request while the judge is not ready");
    if (phase == 3'd7) begin
      slot_free <= $urandom_range(99) < free_percent;
      if (maint_ready && maint_valid) begin
        item_t item;
        item.req = maint;
        item.left = latency;
        if (is_sweep(maint.op)) begin
          check(line.size() < Flight, "too many sweep steps under way");
          foreach (line[i]) check(is_sweep(line[i].req.op), "sweep step beside an access");
          if (sweep_next != 0 && maint.index == '0) begin
            sweep_next = 0;
            restarts++;
          end
          check(maint.index == 11'(sweep_next), "sweep out of order");
          sweep_next = (sweep_next == LastEntry) ? 0 : sweep_next + 1;
          if (sweep_next == 0) sweeps_complete++;
          sweeps_seen++;
          // 512 windows after the last complete sweep the ages may have wrapped. (A step on offer when time jumps keeps
          // its kind; the next sweep makes good for that.)
          expires_seen[maint.level]++;
          check((maint.op == MaintExpire) == (maint.level != ExpireNone), "level of a sweep step");
          if (maint.level == ExpireSeconds) check((now_o >> 16) - (swept >> 16) >= 64'd32768, "level too high: seconds");
          if (maint.level == ExpireAll) check((now_o >> 16) - (swept >> 16) >= 64'd1 << 21, "level too high: all");
          if (maint.level < ExpireSeconds) check((offered >> 16) - (swept >> 16) < 64'd33000, "level too low: windows");
          if (maint.level < ExpireAll) check((offered >> 16) - (swept >> 16) < (64'd1 << 21) + 64'd200, "level too low: seconds");
          check(maint.op == MaintExpire ? hold && (now_o >> 16) - (swept >> 16) >= 64'd512
                                        : (offered >> 16) - (swept >> 16) < 64'd700,
                $sformatf("kind of sweep step, %0d windows", (offered >> 16) - (swept >> 16)));
        end else begin
          check(line.size() == 0, "access beside another request");
          hosts_seen++;
          last_host = maint;
          host_seqno = seqno;
        end
        line.push_back(item);
      end else if (!slot_free) seqno <= seqno + 1'b1;
      foreach (line[i]) if (line[i].left != 0) line[i].left--;
      if (line.size() != 0 && line[0].left == 0) begin
        item_t item;
        item = line.pop_front();
        maint_done <= 1'b1;
        if (!is_sweep(item.req.op)) maint_seqno <= host_seqno;
        if (item.req.op == MaintWrite) memory[int'({item.req.target, item.req.index})] = item.req.data;
        if (item.req.op == MaintRead)
          maint_rdata <= memory.exists(int'({item.req.target, item.req.index})) ?
                         memory[int'({item.req.target, item.req.index})] : '0;
      end
    end
    if (clearing != 0) clearing <= clearing - 1;
    judge_ready <= clearing == 0;
    if (judge_clear && !rst) begin
      check(line.size() == 0 && !maint_valid, "clear with a request under way");
      check(hold && idle, "clear while frames may be there");
      memory.delete();
      clearing <= 300;
      judge_ready <= 1'b0;
      sweep_next = 0;
    end
  end

  // --- hold_o belongs to now_o: no frame may be taken more than 256 windows after the start of a complete sweep. The
  // bench keeps the time at which the first step of a sweep was accepted with the data path empty.
  stamp_t swept = '0;   // nothing that was swept is older
  stamp_t begun = '0;
  always @(posedge clk) begin
    if (!judge_ready) swept <= now_o;
    if (maint_valid && maint_ready && is_sweep(maint.op)) begin
      if (maint.index == '0) begun <= now_o;
      if (maint.index == 11'(LastEntry)) swept <= begun;
    end
    if (!rst && !hold) check((now_o >> 16) - (swept >> 16) < 64'd257, "frames are taken although the tables are stale");
  end
  // Time that runs so fast that a sweep is always due.
  int unsigned us_per_clock = 0;
  always @(posedge clk) now += 64'(us_per_clock);

  // --- The bus.
  task automatic bus(input logic write, input logic [20:0] addr, input logic [31:0] data, input logic [3:0] strb,
                     output logic [31:0] rdata);
    int unsigned clocks = 0;
    psel <= 1'b1;
    penable <= 1'b0;
    pwrite <= write;
    paddr <= addr;
    pwdata <= data;
    pstrb <= write ? strb : 4'b0;
    @(posedge clk);
    penable <= 1'b1;
    do begin
      @(posedge clk);
      clocks++;
    end while (!pready && clocks < 20000);
    check(clocks < 20000, "access without end");
    check(!pslverr, "error response");
    rdata = prdata;
    psel <= 1'b0;
    penable <= 1'b0;
    pwdata <= $urandom;
    paddr <= 21'($urandom);
    repeat ($urandom_range(2)) @(posedge clk);
  endtask
  task automatic wr(input logic [20:0] addr, input logic [31:0] data, input logic [3:0] strb = 4'hf);
    logic [31:0] unused;
    bus(1'b1, addr, data, strb, unused);
  endtask
  task automatic rd(input logic [20:0] addr, output logic [31:0] data);
    bus(1'b0, addr, $urandom, 4'h0, data);
  endtask
  task automatic expect_reg(input logic [20:0] addr, input logic [31:0] want, input string what);
    logic [31:0] got;
    rd(addr, got);
    check(got === want, $sformatf("%s: %h is %h, not %h", what, addr, got, want));
  endtask
  function automatic logic [20:0] entry(input int unsigned target, input int unsigned index, input int unsigned word);
    return 21'h100000 + 21'(target << 15) + 21'(index << 5) + 21'(word << 2);
  endfunction

  localparam logic [20:0] Ctrl = 21'h20, Status = 21'h24;
  task automatic expect_error(input logic [1:0] want, input string what);
    logic [31:0] got;
    rd(Status, got);
    check(got[9:8] === want, $sformatf("%s: error bits %b, not %b", what, got[9:8], want));
    wr(Status, 32'h300);
    rd(Status, got);
    check(got[9:8] === 2'b00, "error bits stay");
  endtask
  task automatic set_run(input logic run);
    logic [31:0] got;
    wr(Ctrl, 32'(run));
    if (run) begin
      do rd(Status, got); while (!got[1]);
    end else begin
      do rd(Status, got); while (!got[0]);
    end
  endtask

  // --- Entries of every target: size.
  function automatic int unsigned size(input int unsigned target);
    case (target)
      1: return 1;
      2: return 192;
      3: return 7;
      4: return 70;
      5: return 512;
      6: return 1024;
      7: return 64;
      8: return 1024;
      9, 10, 13, 14: return 512;
      11, 12: return 256;
      16, 18: return 1024;
      17, 19, 20: return 512;
      21, 22: return 256;
      23: return 8;
      24, 25, 26, 27: return 1024;
      28: return 1;
      29: return 197;
      default: return 0;
    endcase
  endfunction

  task automatic write_entry(input int unsigned target, input int unsigned index, input logic [255:0] data);
    int unsigned earlier;
    logic [31:0] got;
    earlier = hosts_seen;
    for (int w = 0; w < 7; w++) wr(entry(target, index, w), data[32*w+:32]);
    check(hosts_seen == earlier, "a staged word went out");
    wr(entry(target, index, 7), data[224+:32]);
    check(hosts_seen == earlier + 1, "commit is not one request");
    check(last_host.op == MaintWrite && last_host.target == 5'(target) && last_host.index == 11'(index) &&
          last_host.data == data, $sformatf("commit of entry %0d of target %0d", index, target));
    check(line.size() == 0 || is_sweep(line[0].req.op), "bus went on before done");
    rd(21'h30, got);
    check(got == host_seqno, "sequence number of the commit");
  endtask
  task automatic read_entry(input int unsigned target, input int unsigned index, input logic [255:0] want);
    int unsigned earlier;
    earlier = hosts_seen;
    expect_reg(entry(target, index, 0), want[31:0], "fetched");
    check(hosts_seen == earlier + 1 && last_host.op == MaintRead && last_host.target == 5'(target) &&
          last_host.index == 11'(index), "fetch is not one read of this entry");
    for (int w = 1; w < 8; w++) expect_reg(entry(target, index, w), want[32*w+:32], "buffered");
    check(hosts_seen == earlier + 1, "a buffered word was fetched");
  endtask
  function automatic logic [255:0] random_entry();
    logic [255:0] e;
    for (int w = 0; w < 8; w++) e[32*w+:32] = $urandom;
    return e;
  endfunction

  task automatic test_entries(input int unsigned rounds);
    logic [255:0] data[$];
    int unsigned where[$];
    for (int t = 1; t <= 29; t++)
      for (int r = 0; r < rounds && size(t) != 0; r++) begin
        int unsigned index;
        index = (r == 0) ? 0 : (r == 1) ? size(t) - 1 : $urandom_range(size(t) - 1);
        data.push_front(random_entry());
        write_entry(t, index, data[0]);
        where.push_front(t * 2048 + index);
        read_entry(t, index, data[0]);
      end
    // Later ones win; the queues hold the newest first.
    foreach (where[i]) begin
      int first[$];
      first = where.find_first_index with (item == where[i]);
      if (first[0] == i) read_entry(where[i] / 2048, where[i] % 2048, data[i]);
    end
  endtask

  task automatic test_bad_entries();
    int unsigned earlier;
    earlier = hosts_seen;
    for (int t = 0; t <= 29; t++) begin
      if (size(t) == 1024 || t == 29) continue;  // no room beyond
      for (int w = 0; w < 8; w += 7) begin
        wr(entry(t, size(t), w), $urandom);
        expect_error(2'b10, $sformatf("write beyond target %0d", t));
        expect_reg(entry(t, size(t), w), 32'd0, "read beyond the end");
        expect_error(2'b10, $sformatf("read beyond target %0d", t));
      end
    end
    check(hosts_seen == earlier, "access without an entry went out");
  endtask

  // Byte strobes in the stage; words that were not written stay.
  task automatic test_strobes();
    logic [255:0] e;
    e = random_entry();
    write_entry(2, 5, e);
    wr(entry(2, 9, 3), 32'hdeadbeef, 4'b0101);
    e[96+:8] = 8'hef;
    e[112+:8] = 8'had;
    wr(entry(2, 9, 7), 32'h12345678, 4'b1000);
    e[248+:8] = 8'h12;
    check(last_host.index == 11'd9 && last_host.data == e, "strobed entry");
    read_entry(2, 9, e);
  endtask

  task automatic test_setup();
    logic [31:0] words[int];
    logic [31:0] got;
    logic [31:0] mask[64];
    foreach (mask[i]) mask[i] = 0;
    mask[0] = 32'h7ff;
    mask[1] = 32'hffff;
    mask[2] = 32'hff3f;
    mask[3] = 32'hff0f;
    for (int i = 0; i < 4; i++) mask[4+i] = i[0] ? 32'hffff : 32'hffffff;
    mask[8] = 32'hffffffff;
    mask[9] = 32'hffff;
    for (int i = 0; i < 11; i++) mask[16+i] = 32'hffffffff;
    for (int i = 0; i < 16; i++) mask[32+i] = 32'hffff;
    // Defaults as docs/datapath.md has them.
    check(max_frame == 1514 && link_consume == 16'h2 && hash_key == '0 && divert_mac == '0, "defaults");
    begin
      automatic int unsigned ports[16] = '{17, 19, 53, 69, 111, 123, 137, 161, 389, 520, 1434, 1900, 3283, 3702, 5353, 11211};
      foreach (ports[i]) check(reflector[i] == 16'(ports[i]), "default reflector port");
    end
    for (int i = 0; i < 48; i++) begin
      words[i] = $urandom;
      wr(21'h100 + 21'(4 * i), words[i]);
    end
    for (int i = 0; i < 48; i++) expect_reg(21'h100 + 21'(4 * i), (i >= 16 && i < 27) ? 32'd0 : words[i] & mask[i], "static word");
    expect_error(2'b00, "static writes while stopped");
    for (int i = 0; i < 11; i++) check(hash_key[i] == words[16+i], "hash key");
    for (int i = 0; i < 16; i++) check(reflector[i] == words[32+i][15:0], "reflector port");
    check(divert_mac == {words[8], words[9][15:0]}, "address of the diversion");
    check(link_consume == words[1][15:0] && prefix_len4 == words[2][5:0] && prefix_len6 == words[2][15:8], "static");
    check({ifg, tx_enable, rx_enable} == {words[3][15:8], words[3][3:0]}, "MAC settings");
    for (int s = 0; s < 2; s++)
      check(shaper_rate[s] == words[4+2*s][23:0] && shaper_burst[s] == words[5+2*s][15:0], "shaper");
    wr(21'h100, 32'd1993);
    check(max_frame == 1992, "limit of max_frame");
    wr(21'h100, 32'd900);
    check(max_frame == 900, "max_frame");
    wr(21'h100, 32'd800, 4'b0011);
    expect_error(2'b01, "partial static write");
    check(max_frame == 900, "partial static write");

    set_run(1'b1);
    wr(21'h100, 32'd800);
    expect_error(2'b01, "static write while running");
    wr(21'h140, 32'd800);
    expect_error(2'b01, "key write while running");
    wr(Ctrl, 32'd3);
    expect_error(2'b01, "clear while running");
    // Stopped, but a frame is still in the data path.
    idle = 1'b0;
    wr(Ctrl, 32'd0);
    repeat (100) @(posedge clk);
    wr(21'h104, 32'd1);
    expect_error(2'b01, "static write while a frame is there");
    rd(Status, got);
    check(!got[0] && hold, "not stopped while a frame is there");
    check(max_frame == 900 && hash_key[0] == words[16] && link_consume == words[1][15:0], "refused write changed something");
    idle = 1'b1;
    set_run(1'b0);
    wr(21'h104, 32'h2);
    expect_error(2'b00, "static write when stopped again");
    check(link_consume == 16'h2, "static write when stopped again");
  endtask

  // Events at up to one in 8 clocks of a kind and side.
  int unsigned counted[2][NumSideEvents];
  logic events_on = 1'b0;
  int unsigned since[2][NumSideEvents];
  always @(posedge clk) begin
    events <= '0;
    for (int s = 0; s < 2; s++)
      for (int k = 0; k < NumSideEvents; k++) begin
        since[s][k]++;
        if (events_on && since[s][k] >= 8 && $urandom_range(3) == 0) begin
          since[s][k] = 0;
          events[s][k] <= 1'b1;
          counted[s][k]++;
        end
      end
  end

  // Tables: counts go up by one.
  int unsigned table_counted[NumTables+NumStates][2];
  always @(posedge clk)
    if (events_on && $urandom_range(7) == 0 && dut.u_stats.clearing_q == 0) begin
      automatic int unsigned t = $urandom_range(NumTables + NumStates - 1);
      if (t < NumTables) evictions[t] <= evictions[t] + 1;
      else state_evictions[t-NumTables] <= state_evictions[t-NumTables] + 1;
      table_counted[t][0]++;
      t = $urandom_range(NumTables + NumStates - 1);
      if (t < NumTables) full[t] <= full[t] + 1;
      else state_full[t-NumTables] <= state_full[t-NumTables] + 1;
      table_counted[t][1]++;
    end

  task automatic expect_events();
    events_on = 1'b0;
    repeat (60) @(posedge clk);
    for (int s = 0; s < 2; s++)
      for (int k = 0; k < 16; k++)
        expect_reg(21'h200 + 21'(64 * s + 4 * k), (k < NumSideEvents) ? counted[s][k] : 0, "event counter");
    for (int t = 0; t < NumTables + NumStates; t++)
      for (int i = 0; i < 2; i++)
        expect_reg((t < NumTables ? 21'h284 : 21'h304 - 21'(16 * NumTables)) + 21'(16 * t + 4 * i), table_counted[t][i],
                   "table counter");
  endtask
  task automatic test_stats();
    logic [31:0] got;
    events_on = 1'b1;
    for (int i = 0; i < 400; i++) rd(21'h200 + 21'(4 * $urandom_range(83)), got);
    wr(21'h204, 32'h5);
    expect_events();
    for (int t = 0; t < NumTables; t++) begin
      expect_reg(21'h280 + 21'(16 * t), 32'(used[t]), "used");
      expect_reg(21'h28c + 21'(16 * t), 32'd0, "hole");
    end
    for (int t = 0; t < NumStates; t++) begin
      expect_reg(21'h300 + 21'(16 * t), 32'(state_used[t]), "used");
      expect_reg(21'h30c + 21'(16 * t), 32'd0, "hole");
    end
  endtask

  task automatic test_now();
    logic [31:0] low, high;
    now = 64'h0000_0007_ffff_ff00;
    repeat (3) @(posedge clk);
    for (int i = 0; i < 50; i++) begin
      stamp_t earlier;
      earlier = now;
      rd(21'h28, low);
      now += 64'h1_0000_0000;
      rd(21'h2c, high);
      check({high, low} == earlier, $sformatf("now is not read as one: %h %h, %h", high, low, now));
      now += 64'h10;
      repeat (3) @(posedge clk);
    end
  endtask

  task automatic test_clear();
    logic [31:0] got;
    int unsigned clocks = 0;
    write_entry(6, 77, 256'd99);
    wr(Ctrl, 32'd2);
    rd(Status, got);
    check(!got[1], "ready right after clear");
    expect_reg(entry(6, 77, 0), 32'd0, "entry while clearing");
    expect_error(2'b10, "entry while clearing");
    wr(Ctrl, 32'd1);
    check(hold, "held while clearing");
    do rd(Status, got); while (!got[1]);
    repeat (5) @(posedge clk);
    check(!hold, "not taken after clearing");
    read_entry(6, 77, 256'd0);
    foreach (counted[s, k]) counted[s][k] = 0;
    foreach (table_counted[t, i]) table_counted[t][i] = 0;
    expect_events();
  endtask

  // Time jumps: hold_o in the same clock as the time itself, until a sweep that began with an empty data path.
  task automatic test_jump(input stamp_t by, input logic busy, input logic again);
    int unsigned earlier;
    logic done;
    while (hold) @(posedge clk);
    idle = !busy;
    earlier = sweeps_complete;
    @(negedge clk);
    now += by;
    while (now_o != now) begin
      check(!hold, "held before the jump shows");
      @(negedge clk);
    end
    check(hold, "not held when the jump shows");
    if (busy) begin
      repeat (700) @(posedge clk);
      check(hold, "held while frames are in the data path");
      earlier = sweeps_complete;
      check(line.size() == 0 && !maint_valid, "swept while frames are in the data path");
      idle = 1'b1;
    end
    if (again) begin
      repeat (500) @(posedge clk);
      now += by;
    end
    while (hold) @(posedge clk);
    check(sweeps_complete - earlier == (again ? 2 : 1), "one sweep makes good for one jump");
    check(sweep_next == 0, "hold lasts longer than the sweep");
  endtask
  task automatic test_no_jump();
    int unsigned from;
    while (hold) @(posedge clk);
    // Time that walks for 2,000 windows never holds, and sweeps every 128 windows.
    from = sweeps_complete;
    for (int i = 0; i < 2000 && !hold; i++) begin
      now += 64'h10000;
      repeat (200) @(posedge clk);
    end
    check(!hold, "held although time walks");
    check(sweeps_complete - from >= 14 && sweeps_complete - from <= 16,
          $sformatf("%0d sweeps in 2,000 windows", sweeps_complete - from));
    // A jump to below the limit: no hold, but a sweep.
    from = sweeps_complete;
    while (sweeps_complete == from) begin
      now += 64'h10000;
      repeat (200) @(posedge clk);
    end
    now += 64'd160 << 16;
    repeat (30000) begin
      @(posedge clk);
      check(!hold, "held for a small jump");
    end
    check(sweeps_complete == from + 2, "swept after a small jump");
  endtask

  // A waiting access is the next request after those that were under way or on offer.
  int unsigned others = 0;
  logic        asked = 1'b0;
  always @(posedge clk) begin
    if (dut.u_maint.req_i && dut.u_maint.slot) begin
      asked <= 1'b1;
      others <= 0;
    end else if (asked && maint_valid && maint_ready) begin
      if (is_sweep(maint.op)) begin
        others <= others + 1;
        check(others == 0, "more than one sweep step went before an access");
      end else asked <= 1'b0;
    end
    check(pending == (dut.u_maint.host_q || maint_valid), "pending");
  end

  initial begin
    for (int t = 0; t < NumTables; t++) begin
      used[t] = 16'($urandom);
      evictions[t] = $urandom;
      full[t] = $urandom;
    end
    for (int t = 0; t < NumStates; t++) begin
      state_used[t] = 16'($urandom);
      state_evictions[t] = $urandom;
      state_full[t] = $urandom;
    end
    repeat (5) @(posedge clk);
    rst <= 1'b0;
    @(posedge clk);
    check(hold, "held after reset");
    expect_reg(21'h00, 32'h57454952, "identity");
    expect_reg(21'h04, 32'h00030001, "version");
    expect_reg(21'h08, {8'd4, 8'(NumClasses), 8'(NumAnomalies), 8'(NumTables)}, "capabilities");
    expect_reg(21'h0c, 32'h07766778, "table sizes");
    expect_reg(21'h10, 32'd62500, "clock");
    expect_reg(21'h14, 32'h76677878, "sizes of state");
    expect_reg(21'h18, 32'd0, "hole");
    repeat (100) @(posedge clk);
    expect_reg(Status, 32'h3, "status");
    test_setup();
    test_now();
    set_run(1'b1);
    test_entries(3);
    us_per_clock = 1000;
    test_entries(3);
    test_bad_entries();
    test_strobes();
    test_stats();
    // Saturated: one slot in 64 is free.
    free_percent = 3;
    latency = 9;
    test_entries(2);
    free_percent = 60;
    events_on = 1'b1;
    test_entries(2);
    free_percent = 100;
    latency = 1;
    test_entries(2);
    events_on = 1'b0;
    set_run(1'b0);
    repeat (20000) @(posedge clk);
    check(line.size() == 0 && !maint_valid, "swept while stopped");
    test_clear();
    us_per_clock = 0;

    // Bypass goes through a slot like all others.
    write_entry(1, 0, 256'd1);
    begin
      automatic logic [31:0] got;
      rd(Status, got);
      check(got[3], "bypass shows");
    end
    write_entry(1, 0, 256'd0);

    test_no_jump();
    expires_seen = '{default: 0};
    test_jump(64'd1 << 24, 1'b0, 1'b0);
    check(expires_seen[1] + expires_seen[2] + expires_seen[3] == 0, "a jump of 256 windows expires nothing by itself");
    // The last complete sweep began before the jump: by less than 128 windows.
    test_jump(64'd512 << 16, 1'b0, 1'b0);
    check(expires_seen[1] == LastEntry + 1, "a jump of 512 windows expires what counts windows");
    test_jump(64'd32500 << 16, 1'b0, 1'b0);
    check(expires_seen[1] == 2 * (LastEntry + 1), "a jump of 32,500 windows expires no more");
    test_jump(64'd32768 << 16, 1'b0, 1'b0);
    check(expires_seen[2] == LastEntry + 1, "a jump of 32,768 windows expires what counts seconds");
    test_jump(64'd2097000 << 16, 1'b0, 1'b0);
    check(expires_seen[2] == 2 * (LastEntry + 1), "a jump of 2,097,000 windows expires no more");
    check(expires_seen[3] == 0, "nothing expires all so far");
    test_jump(64'd1 << 37, 1'b0, 1'b0);
    check(expires_seen[3] == LastEntry + 1, "a jump of 2^21 windows expires all");
    test_jump(64'd1_000_000 * 86400 * 365 * 3, 1'b0, 1'b0);
    test_jump(64'd1 << 62, 1'b1, 1'b0);
    latency = 6;
    test_jump(64'd1 << 40, 1'b1, 1'b1);
    test_jump(64'd1 << 45, 1'b0, 1'b1);
    test_entries(1);
    // In the middle of a sweep that was due.
    now += 64'd130 << 16;
    while (sweep_next < 500) @(posedge clk);
    test_jump(64'd1 << 50, 1'b0, 1'b0);
    check(restarts == 1, "a jump restarts the sweep");
    check(sweeps_complete > 10, "sweeps");
    report("weir_control");
    $finish;
  end

  initial begin
    #200ms;
    check(1'b0, "stuck");
    report("weir_control");
    $fatal(1, "too long");
  end
endmodule

`default_nettype wire

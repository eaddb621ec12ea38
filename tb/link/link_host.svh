// SPDX-License-Identifier: Apache-2.0
// The host's end of the link for benches, and the registers behind it. The bench that includes this has clk, rst, the ports
// of the engine's bus, a task put_octet(byte unsigned) that sends, and calls got_octet() for what it receives.

  typedef byte unsigned octets_t[$];
  typedef logic [31:0] words_t[$];

  `include "weir_check.svh"

  // --- registers: every access is counted, and must come within one hold ---
  logic        psel, penable, pwrite, pready = 1'b0, hold;
  logic [20:0] paddr;
  logic [31:0] pwdata, prdata = '0;
  logic [31:0] mem [int unsigned];
  int          writes = 0, reads = 0;     // accesses since the start
  int          burst = 0, holds = 0;      // of the request that has the bus; requests that had it
  int          last_burst = 0;
  int          wait_least = 0;            // clocks that the bus makes an access wait
  int          wait_most = 3;
  int          waited = 0;
  int unsigned burst_addr = 0;
  logic        hold_q = 1'b0, psel_q = 1'b0, setup_q = 1'b0, pwrite_q = 1'b0;
  logic [20:0] paddr_q = '0;
  logic [31:0] pwdata_q = '0;
  function automatic logic [31:0] value(input int unsigned address);
    return mem.exists(address) ? mem[address] : 32'd0;
  endfunction
  always @(negedge clk) begin
    pready = 1'b0;
    prdata = $urandom;
    if (psel && penable) begin
      if (waited > 0) waited--;
      else begin
        pready = 1'b1;
        prdata = pwrite ? $urandom : value(32'(paddr));
        waited = wait_most == wait_least ? wait_least : wait_least + $urandom_range(wait_most - wait_least);
      end
    end
  end
  always @(posedge clk) if (!rst) begin
    if (penable && !psel) check(1'b0, "penable with psel");
    if (psel && !psel_q && penable) check(1'b0, "setup before access");
    if (psel && setup_q && !(penable && paddr == paddr_q && pwrite == pwrite_q && (!pwrite || pwdata == pwdata_q)))
      check(1'b0, "access rests");
    if (psel && penable && pready) begin
      check(paddr[1:0] == 2'd0, "whole word");
      check(hold, "access within hold");
      if (burst > 0) check(32'(paddr) == burst_addr + 4 || paddr == 21'h10004, "next address");
      burst_addr = 32'(paddr);
      burst++;
      if (pwrite) begin
        mem[32'(paddr)] = pwdata;
        writes++;
      end else reads++;
    end
    if (hold_q && !hold) begin
      holds++;
      last_burst = burst;
      burst = 0;
    end
    setup_q = psel && !(penable && pready);
    psel_q = psel && !(penable && pready);
    paddr_q = paddr;
    pwrite_q = pwrite;
    pwdata_q = pwdata;
    hold_q = hold;
  end

  // --- frames, as RFC 1662 says ---
  function automatic logic [31:0] fcs_of(input octets_t b);
    logic [31:0] crc = 32'hffff_ffff;
    foreach (b[i]) for (int k = 0; k < 8; k++) crc = (crc >> 1) ^ ((crc[0] ^ b[i][k]) ? 32'hedb8_8320 : 32'd0);
    return ~crc;
  endfunction
  function automatic octets_t wire_of(input octets_t body);
    octets_t whole = body;
    octets_t w = {8'h7e};
    logic [31:0] fcs = fcs_of(body);
    for (int i = 0; i < 4; i++) whole.push_back(fcs[8 * i +: 8]);
    foreach (whole[i]) begin
      if (whole[i] == 8'h7e || whole[i] == 8'h7d) begin
        w.push_back(8'h7d);
        w.push_back(whole[i] ^ 8'h20);
      end else w.push_back(whole[i]);
    end
    w.push_back(8'h7e);
    return w;
  endfunction

  octets_t raw;             // octets since the last look
  octets_t arriving;          // of the frame that is coming in
  bit      in_esc = 1'b0;
  octets_t frames [$];      // bodies of good frames
  int      bad_frames = 0;
  int      empties = 0;
  task automatic got_octet(input byte unsigned o);
    raw.push_back(o);
    if (o == 8'h7e) begin
      if (arriving.size() != 0) begin
        octets_t body = arriving;
        logic [31:0] fcs = '0;
        bit whole = arriving.size() >= 6;
        if (whole) begin
          for (int i = 3; i >= 0; i--) fcs[8 * i +: 8] = body.pop_back();
          whole = fcs == fcs_of(body);
        end
        if (whole && !in_esc) frames.push_back(body);
        else bad_frames++;
      end
      arriving = {};
      in_esc = 1'b0;
    end else if (in_esc) begin
      arriving.push_back(o ^ 8'h20);
      in_esc = 1'b0;
    end else if (o == 8'h7d) in_esc = 1'b1;
    else arriving.push_back(o);
  endtask

  // --- requests ---
  localparam int Hello = 1, Read = 2, Write = 3, Fill = 4;
  byte unsigned seq = 8'd0;
  function automatic void put32(ref octets_t b, input logic [31:0] w);
    for (int i = 0; i < 4; i++) b.push_back(w[8 * i +: 8]);
  endfunction
  function automatic octets_t request(input int kind, input int unsigned address, input int count, input words_t w);
    octets_t b = {8'(kind), seq};
    if (kind == Hello) b.push_back(8'd1);
    else put32(b, address);
    if (kind == Read) b.push_back(8'(count));
    if (kind == Fill) begin
      b.push_back(count[7:0]);
      b.push_back(count[15:8]);
    end
    if (kind == Write || kind == Fill) foreach (w[i]) put32(b, w[i]);
    return b;
  endfunction

  int tries = 0, unanswered = 0;
  octets_t notices [$];
  // One request until its reply has come, whatever happens on the way; its frames on the wire: w.
  task automatic talk(input octets_t body, input int timeout, output octets_t reply);
    octets_t w = wire_of(body);
    bit done = 1'b0;
    int attempt = 0;
    while (!done && attempt < 200) begin
      int left = timeout;
      attempt++;
      tries++;
      foreach (w[i]) put_octet(w[i]);
      while (!done && left > 0) begin
        while (frames.size() != 0 && !done) begin
          reply = frames.pop_front();
          if (reply[0] == 8'h40) notices.push_back(reply);
          else done = reply[0] == (body[0] | 8'h80) && reply[1] == body[1];
        end
        if (!done) begin
          @(negedge clk);
          left--;
        end
      end
    end
    if (!done) unanswered++;
  endtask

  // Random requests, each until it is answered. The registers change by exactly what was asked, once, in one hold.
  task automatic random_requests(input int n, input int timeout, input int longest);
    logic [31:0] model [int unsigned];
    mem.delete();
    for (int k = 0; k < n; k++) begin
      automatic int kind = $urandom_range(9) == 0 ? Hello : 2 + int'($urandom_range(2));
      automatic int count = kind == Hello ? 3 : $urandom_range(7) == 0 ? 1 + int'($urandom_range(longest - 1)) : 1 + int'($urandom_range(3));
      automatic int unsigned address = 4 * $urandom_range(60);
      automatic bit wrong = kind != Hello && $urandom_range(15) == 0;
      automatic words_t w = {};
      automatic octets_t body, reply;
      automatic int w0 = writes, r0 = reads, h0 = holds;
      automatic words_t expected = {};
      if (wrong) address += 1 + $urandom_range(2);
      if (kind == Write) for (int i = 0; i < count; i++) w.push_back($urandom_range(1) == 0 ? $urandom : 32'h7e7d7d7e);
      if (kind == Fill) w.push_back($urandom);
      if (kind == Read) for (int i = 0; i < count; i++) expected.push_back(model.exists(address + 4 * i) ? model[address + 4 * i] : 0);
      seq++;
      body = request(kind, address, count, w);
      talk(body, timeout, reply);
      check(reply.size() >= 3 && reply[2] == (wrong ? 8'd2 : 8'd0), "status");
      if (!wrong && kind == Read) begin
        check(reply.size() == 3 + 4 * count, "length of what was read");
        for (int i = 0; i < count && reply.size() == 3 + 4 * count; i++)
          check({reply[6 + 4 * i], reply[5 + 4 * i], reply[4 + 4 * i], reply[3 + 4 * i]} == expected[i], "word read");
      end
      if (!wrong && (kind == Write || kind == Fill)) begin
        check(reply.size() == 3, "short reply");
        for (int i = 0; i < count; i++) model[address + 4 * i] = kind == Fill ? w[0] : w[i];
      end
      repeat (3) @(negedge clk);
      // A hello is always carried out; everything else once.
      check(writes - w0 == (wrong || (kind != Write && kind != Fill) ? 0 : count), "written once");
      if (kind == Hello) check(reads - r0 >= 3 && (reads - r0) % 3 == 0, "hello reads");
      else begin
        check(reads - r0 == (wrong || kind != Read ? 0 : count), "read once");
        check(holds - h0 == (wrong ? 0 : 1), "one hold");
        if (!wrong) check(last_burst == count, "the whole request in one hold");
      end
    end
    for (int unsigned a = 0; a < 4 * 200; a += 4) check(value(a) == (model.exists(a) ? model[a] : 32'd0), "memory equals the model");
  endtask

// SPDX-License-Identifier: Apache-2.0
//
// Bench of weir_peaks, in both styles, and with its caller's strobes, side by side: cleared by accesses; the extremes by hand; then an operation in nearly every clock, the same
// index as close as the contract allows (3 clocks), reads, writes, updates with and without bytes, garbage on what does not
// count. After each read the entry is what docs/datapath.md 19 says, without one the answer is 0 (with strobes: as it was, until it is
// cleared); at last every entry.
`default_nettype none

module weir_peaks_tb;
  localparam int Depth = 8;

  logic clk = 1'b0;
  always #5 clk = ~clk;

  logic        rst = 1'b1;
  logic [2:0]  index = '0;
  logic        update = 1'b0;
  logic [17:0] packets = '0;
  logic        bytes_valid = 1'b0;
  logic [17:0] bytes = '0;
  logic        access = 1'b0;
  logic        read = 1'b0;
  logic [35:0] wdata = '0;
  logic [35:0] rdata;
  logic [17:0] rdata_plain;
  logic        forget = 1'b0;
  logic        read_clear = 1'b0;
  logic [35:0] rdata_strobed;

  weir_peaks #(.Depth(Depth)) dut (
      .clk, .rst, .index_i(index), .update_i(update), .packets_i(packets), .bytes_valid_i(bytes_valid), .bytes_i(bytes),
      .access_i(access), .read_i(read), .wdata_i(wdata), .rdata_o(rdata)
  );
  weir_peaks #(.Depth(Depth), .HasBytes(1'b0), .Style("distributed")) dut_plain (
      .clk, .rst, .index_i(index), .update_i(update), .packets_i(packets), .bytes_valid_i(1'b1), .bytes_i(bytes),
      .access_i(access), .read_i(read), .wdata_i(wdata[17:0]), .rdata_o(rdata_plain)
  );

  weir_peaks #(.Depth(Depth), .Strobed(1'b1)) dut_strobed (
      .clk, .rst, .index_i(index), .update_i(update), .packets_i(access ? 18'd0 : packets), .bytes_valid_i(bytes_valid),
      .bytes_i(access ? 18'd0 : bytes), .access_i(access), .read_i(read), .wdata_i(wdata), .forget_i(forget),
      .read_clear_i(read_clear), .rdata_o(rdata_strobed)
  );

  `include "weir_check.svh"

  typedef enum {Nothing, Update, Clear, Read, Write} what_e;
  typedef struct {
    what_e       what;
    int          index;
    logic [17:0] packets;
    bit          has_bytes;
    logic [17:0] bytes;
    logic [35:0] data;
  } op_t;

  logic [17:0] entry_packets[Depth];
  logic [17:0] entry_bytes[Depth];
  logic [35:0] want;
  logic [35:0] held = '0;     // what the strobed one answers
  bit          known = 0;     // it was cleared once
  bit          written = 0;   // an access to be forgotten
  op_t         behind;        // in clock 1
  int          n_reads = 0, n_close = 0, last_used[Depth], clock = 0;

  // The operation's clock 0; the one before it is in clock 1, and then in clock 2.
  task automatic put(op_t op);
    index = op.what == Nothing ? 3'($urandom) : 3'(op.index);
    update      = behind.what == Update;
    packets     = update ? behind.packets : 18'($urandom);
    bytes_valid = update ? behind.has_bytes : 1'($urandom);
    bytes       = bytes_valid ? behind.bytes : 18'($urandom);
    access      = behind.what inside {Clear, Read, Write};
    read        = access ? behind.what == Read : 1'($urandom);
    wdata       = behind.what == Write ? behind.data : access ? '0 : {4'($urandom), $urandom};
    want = '0;
    // At the last moment before an update, or at any time before it.
    forget     = !access && (written && behind.what == Update ? 1'b1 : 1'($urandom));
    read_clear = !access && (!known || $urandom_range(0, 7) == 0);
    written    = access || (written && !forget);
    if (read_clear) held = '0;
    known |= read_clear;
    case (behind.what)
      Update: begin
        if (behind.packets > entry_packets[behind.index]) entry_packets[behind.index] = behind.packets;
        if (behind.has_bytes && behind.bytes > entry_bytes[behind.index]) entry_bytes[behind.index] = behind.bytes;
      end
      Read, Clear, Write: begin
        if (behind.what == Read) begin
          want = {entry_bytes[behind.index], entry_packets[behind.index]};
          held = want;
          n_reads++;
        end
        {entry_bytes[behind.index], entry_packets[behind.index]} = behind.what == Write ? behind.data : '0;
      end
      default: ;
    endcase
    @(posedge clk);
    #1;
    if (!checked(rdata == want)) $display("%0t: %0d: %h, not %h", $time, behind.index, rdata, want);
    if (!checked(rdata_plain == want[17:0])) $display("%0t: %0d: plain: %h, not %h", $time, behind.index, rdata_plain, want[17:0]);
    if (known && !checked(rdata_strobed == held))
      $display("%0t: %0d: strobed: %h, not %h", $time, behind.index, rdata_strobed, held);
    if (op.what != Nothing) begin
      n_close += 32'(clock - last_used[op.index] == 3);
      last_used[op.index] = clock;
    end
    clock++;
    behind = op;
  endtask

  task automatic one(what_e what, int number, logic [17:0] p, bit has_bytes, logic [17:0] b, logic [35:0] data);
    op_t op;
    op.what      = what;
    op.index     = number;
    op.packets   = p;
    op.has_bytes = has_bytes;
    op.bytes     = b;
    op.data      = data;
    put(op);
  endtask
  task automatic pause(int n);
    repeat (n) one(Nothing, 0, '0, 0, '0, '0);
  endtask

  function automatic logic [17:0] some_value();
    case ($urandom_range(0, 3))
      0:       return 18'($urandom_range(0, 3));
      1:       return 18'h3ffff - 18'($urandom_range(0, 2));
      2:       return 18'd1 << $urandom_range(0, 17);
      default: return 18'($urandom);
    endcase
  endfunction

  initial begin
    int n;
    what_e what;
    void'($urandom(32'd19));
    behind.what = Nothing;
    last_used   = '{default: -9};
    repeat (4) @(posedge clk);
    #1;
    rst = 1'b0;
    for (int i = 0; i < 2 * Depth; i++) one(Clear, i % Depth, '0, 0, '0, '0);
    // By hand: 0 after clear, each half for itself, equal and less change nothing, a read gives 0 the next time.
    for (int i = 0; i < Depth; i++) one(Read, i, '0, 0, '0, '0);
    one(Update, 1, 18'h3ffff, 1, 18'd5, '0);
    pause(2);
    one(Update, 1, 18'h3fffe, 1, 18'h3ffff, '0);
    pause(2);
    one(Update, 1, 18'h3ffff, 0, 18'd0, '0);
    pause(2);
    one(Read, 1, '0, 0, '0, '0);
    pause(2);
    one(Update, 1, 18'd1, 0, 18'h3ffff, '0);
    pause(2);
    one(Read, 1, '0, 0, '0, '0);
    pause(2);
    one(Read, 1, '0, 0, '0, '0);
    one(Write, 2, '0, 0, '0, 36'h8_0000_0001);
    pause(2);
    one(Update, 2, 18'd2, 1, 18'h1ffff, '0);
    pause(2);
    one(Write, 2, '0, 0, '0, 36'h0_0008_0001);
    pause(2);
    one(Read, 2, '0, 0, '0, '0);

    for (int i = 0; i < 60000; i++) begin
      n = $urandom_range(0, Depth - 1);
      while (clock - last_used[n] < 3) n = $urandom_range(0, Depth - 1);
      case ($urandom_range(0, 19))
        0:       what = Nothing;
        1, 2:    what = Read;
        3:       what = Write;
        default: what = Update;
      endcase
      one(what, n, some_value(), $urandom_range(0, 3) != 0, some_value(), {some_value(), some_value()});
    end
    pause(2);
    for (int i = 0; i < Depth; i++) one(Read, i, '0, 0, '0, '0);
    pause(2);
    if (!checked(n_reads > 5000 && n_close > 5000)) $display("too few: %0d reads, %0d as close as may be", n_reads, n_close);
    report("weir_peaks");
    $finish;
  end
endmodule

`default_nettype wire

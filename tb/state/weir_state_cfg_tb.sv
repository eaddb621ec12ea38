// SPDX-License-Identifier: Apache-2.0
//
// Bench of weir_state_cfg: each bit of each word against docs/datapath.md 12.2: where it goes, that it reads back but for the cookie
// keys, that it counts from the slot behind on in S1 and for the same frames in S2, and that all is 0 after reset.
`default_nettype none

module weir_state_cfg_tb;
  import weir_pkg::*;
  import weir_lists_pkg::*;
  import weir_slot_pkg::*;
  import weir_state_pkg::*;

  logic       clk = 1'b0;
  logic [2:0] phase = '0;
  always #5 clk = ~clk;

  command_t   command = command_t'(0);
  logic [MaintDataBits-1:0] wdata = '0;
  state_cfg_t s1, s2;
  logic [1:0][127:0] cookie_key;
  logic [MaintDataBits-1:0] rdata;
  logic read_clear = 1'b1;
  logic [MaintDataBits-1:0] held = '0;   // what was read last

  weir_state_cfg dut (
      .clk,
      .phase_i  (phase),
      .command_i(command),
      .wdata_i  (wdata),
      .s1_o     (s1),
      .key_o    (cookie_key),
      .s2_o     (s2),
      .read_clear_i(read_clear),
      .rdata_o  (rdata)
  );

  `include "weir_check.svh"

  // --- 12.2: what was written, in words ---------------------------------------------------------------------------------
  typedef logic [7:0][7:0][31:0] all_t;   // [index][word]
  all_t words = '0;                       // for S1 in this slot
  all_t words_s2 = '0;
  function automatic state_cfg_t of_words(all_t w);
    state_cfg_t c;
    c = '0;
    c.conn.mode           = conn_mode_e'(w[0][0] % 4);
    c.conn.fail_closed    = w[0][0][2];
    c.conn.window_log2    = w[0][0][12:8];
    c.conn.half_open      = w[0][1][9:0];
    c.conn.established    = w[0][1][25:16];
    c.conn.closing        = w[0][2][9:0];
    c.conn.closed         = w[0][2][25:16];
    c.conn.adopt_until    = w[0][3];
    c.syn.method          = syn_method_e'(w[1][0] % 4);
    c.syn.enable          = w[1][0][4];
    c.syn.host_threshold  = w[1][1][12:0];
    c.syn.host_hold       = w[1][1][23:16];
    c.syn.total_threshold = w[1][2][17:0];
    c.syn.total_hold      = w[1][2][31:24];
    c.syn.host_timeout    = w[1][3][7:0];
    c.syn.legit_timeout   = w[1][3][25:16];
    c.syn.proven_timeout  = w[1][4][9:0];
    c.syn.legit_open      = w[1][4][16];
    c.syn.legit_manual    = w[1][4][17];
    c.syn.sketch_limit    = w[1][4][31:20];
    c.source.threshold    = w[2][0][15:0];
    c.source.grow         = w[2][0][19:16];
    c.source.decay        = w[2][0][23:20];
    c.source.timeout      = w[2][0][31:24];
    for (int a = 0; a < 8; a++) begin
      c.act[a].action  = 2'(w[3][0] >> (4 * a));
      c.act[a].dry_run = w[3][0][4*a+2];
    end
    c.zombie.threshold    = w[6][0][17:0];
    c.zombie.hold         = w[6][0][31:24];
    c.zombie.concurrent   = w[6][1][10:0];
    c.zombie.opened       = w[6][1][23:16];
    return c;
  endfunction
  // What of a word exists.
  function automatic logic [31:0] mask_of(int index, int word);
    case (8 * index + word)
      0: return 32'h0000_1f07;
      1, 2: return 32'h03ff_03ff;
      3: return 32'hffff_ffff;
      8: return 32'h0000_0013;
      9: return 32'h00ff_1fff;
      10: return 32'hff03_ffff;
      11: return 32'h03ff_00ff;
      12: return 32'hfff3_03ff;
      16: return 32'hffff_ffff;
      24: return 32'h7777_7777;
      48: return 32'hff03_ffff;
      49: return 32'h00ff_07ff;
      default: return '0;
    endcase
  endfunction

  task automatic slot(bit active, maint_op_e op, bit clear, int target, int index, logic [MaintDataBits-1:0] data);
    logic [MaintDataBits-1:0] want;
    bit here;
    here    = active && !clear && target == 23 && index < 8;
    command = active ? '{active: 1'b1, clear: clear, expire: 1'($urandom), level: expire_e'($urandom), op: op, target: 5'(target),
                         index: 11'(index)} : command_t'({$urandom} & 32'h1fff_ffff);
    command.active = active;
    if (!active) command.clear = 1'b0;
    if (active && clear) data = '0;
    wdata = data;
    want  = '0;
    if (here && op == MaintRead) for (int i = 0; i < 8; i++) want[32*i+:32] = words[index][i] & mask_of(index, i);
    for (int p = 0; p < 8; p++) begin
      phase = 3'(p);
      read_clear = p == 0 && command.active && !command.clear && command.op == MaintRead;
      @(negedge clk);
      check(s1 == of_words(words), $sformatf("S1, phase %0d", p));
      check(s2 == of_words(words_s2), $sformatf("S2, phase %0d", p));
      for (int k = 0; k < 2; k++)
        check(cookie_key[k] == {words[4+k][3], words[4+k][2], words[4+k][1], words[4+k][0]}, "cookie key");
      @(posedge clk);
      #1;
      if (read_clear) held = '0;
      if (p == 7) held |= want;
      check(rdata == held, $sformatf("read %0d: %h, not %h", index, rdata, held));
    end
    words_s2 = words;
    if ((here && op == MaintWrite) || (active && clear && index < 8)) words[index] = data;
  endtask

  function automatic logic [MaintDataBits-1:0] junk();
    return {$urandom, $urandom, $urandom, $urandom, $urandom, $urandom, $urandom, $urandom};
  endfunction

  initial begin
    void'($urandom(32'd12));
    repeat (8) begin
      phase++;
      @(posedge clk);
      #1;
    end
    for (int i = 0; i < 8; i++) slot(1, MaintRead, 0, 23, i, '0);
    // Each bit of each entry alone.
    for (int i = 0; i < 8; i++)
      for (int b = 0; b < 256; b++) begin
        slot(1, MaintWrite, 0, 23, i, 256'd1 << b);
        slot(1, MaintRead, 0, 23, i, '0);
      end
    // Everything, in slots that follow each other, and what is none of its business.
    for (int n = 0; n < 8000; n++) begin
      case ($urandom_range(0, 7))
        0: slot(0, MaintRead, 0, 23, 0, junk());
        1: slot(1, MaintRead, 0, 23, $urandom_range(0, 7), junk());
        2: slot(1, MaintWrite, 0, $urandom_range(24, 31), $urandom_range(0, 7), junk());
        3: slot(1, MaintWrite, 0, 23, $urandom_range(8, 2047), junk());
        4: slot(1, MaintSweep, 1'($urandom), $urandom_range(22, 23), $urandom_range(0, 7), junk());
        default: slot(1, MaintWrite, 0, 23, $urandom_range(0, 7), junk());
      endcase
    end
    for (int i = 0; i < 8; i++) slot(1, MaintSweep, 1, 0, i, '0);
    slot(0, MaintRead, 0, 23, 0, '0);
    check(s1 == '0 && s2 == '0 && cookie_key == '0, "0 after a clear");
    report("weir_state_cfg");
    $finish;
  end
endmodule

`default_nettype wire

// SPDX-License-Identifier: Apache-2.0
//
// Configuration of the tables of state (docs/datapath.md 12.2): written by maintenance slots at the end of phase 7 of S1, so that the
// frames behind see it and those before do not; what S2 needs follows a slot later. Cleared by the slots that clear all memories (their wdata_i is 0), not by a reset, which
// 620 registers would need. Cookie keys cannot be read.
`default_nettype none

module weir_state_cfg
  import weir_pkg::*;
  import weir_slot_pkg::*;
  import weir_state_pkg::*;
(
  input  wire                         clk,
  input  wire  [2:0]                  phase_i,
  input  wire command_t               command_i,   // of the slot in S1
  input  wire  [MaintDataBits-1:0]    wdata_i,

  output state_cfg_t                  s1_o,
  output logic [1:0][127:0]           key_o,       // of cookies: k0 in the low 64 bits; for S1
  output state_cfg_t                  s2_o,

  // Maintenance read: read_clear_i makes it 0; then what is read.
  input  wire                         read_clear_i,
  output logic [MaintDataBits-1:0]    rdata_o
);
  state_cfg_t        s1_q = '0;
  state_cfg_t        s2_q = '0;
  logic [1:0][127:0] key_q = '0;
  logic              here;
  logic              write;

  always_comb begin
    here  = phase_i == 3'd7 && command_i.active && !command_i.clear && command_i.target == TargetStateCfg;
    write = (here && command_i.op == MaintWrite) || (phase_i == 3'd7 && command_i.active && command_i.clear);
    s1_o  = s1_q;
    s2_o  = s2_q;
    key_o = key_q;
  end

  always_ff @(posedge clk) begin
    if (phase_i == 3'd7) s2_q <= s1_q;
    if (write) begin
      case (command_i.index)
        11'd0: begin
          s1_q.conn.mode        <= conn_mode_e'(wdata_i[1:0]);
          s1_q.conn.fail_closed <= wdata_i[2];
          s1_q.conn.window_log2 <= wdata_i[8+:5];
          s1_q.conn.half_open   <= wdata_i[32+:10];
          s1_q.conn.established <= wdata_i[48+:10];
          s1_q.conn.closing     <= wdata_i[64+:10];
          s1_q.conn.closed      <= wdata_i[80+:10];
          s1_q.conn.adopt_until <= wdata_i[96+:32];
        end
        11'd1: begin
          s1_q.syn.method          <= syn_method_e'(wdata_i[1:0]);
          s1_q.syn.enable          <= wdata_i[4];
          s1_q.syn.host_threshold  <= wdata_i[32+:13];
          s1_q.syn.host_hold       <= wdata_i[48+:8];
          s1_q.syn.total_threshold <= wdata_i[64+:18];
          s1_q.syn.total_hold      <= wdata_i[88+:8];
          s1_q.syn.host_timeout    <= wdata_i[96+:8];
          s1_q.syn.legit_timeout   <= wdata_i[112+:10];
          s1_q.syn.proven_timeout  <= wdata_i[128+:10];
          s1_q.syn.legit_open      <= wdata_i[144];
          s1_q.syn.legit_manual    <= wdata_i[145];
          s1_q.syn.sketch_limit    <= wdata_i[148+:SketchLoadBits];
        end
        11'd2: begin
          s1_q.source.threshold <= wdata_i[15:0];
          s1_q.source.grow      <= wdata_i[19:16];
          s1_q.source.decay     <= wdata_i[23:20];
          s1_q.source.timeout   <= wdata_i[31:24];
        end
        11'd3: for (int a = 0; a < NumActs; a++) s1_q.act[a] <= wdata_i[4*a+:3];
        11'd4: key_q[0] <= wdata_i[127:0];
        11'd5: key_q[1] <= wdata_i[127:0];
        11'd6: begin
          s1_q.zombie.threshold  <= wdata_i[17:0];
          s1_q.zombie.hold       <= wdata_i[31:24];
          s1_q.zombie.concurrent <= wdata_i[32+:11];
          s1_q.zombie.opened     <= wdata_i[48+:8];
        end
        default: ;
      endcase
    end
  end

  // --- Maintenance read -------------------------------------------------------------------------------------------
  // The entries that can be read, each with 1 where it has a bit.
  localparam int unsigned Entries   = 5;
  localparam int unsigned EntryBits = 160;
  typedef logic [Entries-1:0][EntryBits-1:0] entries_t;

  function automatic entries_t entries_of(state_cfg_t c);
    entries_t e;
    e = '0;
    e[0][1:0]     = c.conn.mode;
    e[0][2]       = c.conn.fail_closed;
    e[0][8+:5]    = c.conn.window_log2;
    e[0][32+:10]  = c.conn.half_open;
    e[0][48+:10]  = c.conn.established;
    e[0][64+:10]  = c.conn.closing;
    e[0][80+:10]  = c.conn.closed;
    e[0][96+:32]  = c.conn.adopt_until;
    e[1][1:0]     = c.syn.method;
    e[1][4]       = c.syn.enable;
    e[1][32+:13]  = c.syn.host_threshold;
    e[1][48+:8]   = c.syn.host_hold;
    e[1][64+:18]  = c.syn.total_threshold;
    e[1][88+:8]   = c.syn.total_hold;
    e[1][96+:8]   = c.syn.host_timeout;
    e[1][112+:10] = c.syn.legit_timeout;
    e[1][128+:10] = c.syn.proven_timeout;
    e[1][144]     = c.syn.legit_open;
    e[1][145]     = c.syn.legit_manual;
    e[1][148+:SketchLoadBits] = c.syn.sketch_limit;
    e[2][31:0]    = {c.source.timeout, c.source.decay, c.source.grow, c.source.threshold};
    for (int a = 0; a < NumActs; a++) e[3][4*a+:3] = c.act[a];
    e[4][17:0]    = c.zombie.threshold;
    e[4][31:24]   = c.zombie.hold;
    e[4][32+:11]  = c.zombie.concurrent;
    e[4][48+:8]   = c.zombie.opened;
    return e;
  endfunction

  localparam entries_t Has = entries_of('1);

  entries_t           words;
  logic [Entries-1:0] asked;
  always_comb begin
    words = entries_of(s1_q);
    for (int k = 0; k < Entries; k++) asked[k] = here && command_i.op == MaintRead && command_i.index == 11'(k == 4 ? 6 : k);
  end

  // Cleared by read_clear_i alone. A bit that one entry has is loaded when this one is asked for; others are ORed.
  always_ff @(posedge clk) begin
    for (int i = 0; i < EntryBits; i++) begin
      logic [Entries-1:0] has;
      logic               bits;
      logic               load;
      bits = 1'b0;
      for (int k = 0; k < Entries; k++) has[k] = Has[k][i];
      for (int k = 0; k < Entries; k++) if (has[k]) bits |= words[k][i] && ($onehot(has) || asked[k]);
      load = $onehot(has) ? (asked & has) != '0 : asked != '0;
      if (read_clear_i) rdata_o[i] <= 1'b0;
      else if (has != '0 && load) rdata_o[i] <= bits;
    end
    rdata_o[MaintDataBits-1:EntryBits] <= '0;
  end
endmodule

`default_nettype wire

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
  output logic [MaintDataBits-1:0]    rdata_o      // 0 but for one clock per read
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

  always_ff @(posedge clk) begin
    rdata_o <= '0;
    if (here && command_i.op == MaintRead) begin
      case (command_i.index)
        11'd0: begin
          rdata_o[1:0]     <= s1_q.conn.mode;
          rdata_o[2]       <= s1_q.conn.fail_closed;
          rdata_o[8+:5]    <= s1_q.conn.window_log2;
          rdata_o[32+:10]  <= s1_q.conn.half_open;
          rdata_o[48+:10]  <= s1_q.conn.established;
          rdata_o[64+:10]  <= s1_q.conn.closing;
          rdata_o[80+:10]  <= s1_q.conn.closed;
          rdata_o[96+:32]  <= s1_q.conn.adopt_until;
        end
        11'd1: begin
          rdata_o[1:0]     <= s1_q.syn.method;
          rdata_o[4]       <= s1_q.syn.enable;
          rdata_o[32+:13]  <= s1_q.syn.host_threshold;
          rdata_o[48+:8]   <= s1_q.syn.host_hold;
          rdata_o[64+:18]  <= s1_q.syn.total_threshold;
          rdata_o[88+:8]   <= s1_q.syn.total_hold;
          rdata_o[96+:8]   <= s1_q.syn.host_timeout;
          rdata_o[112+:10] <= s1_q.syn.legit_timeout;
          rdata_o[128+:10] <= s1_q.syn.proven_timeout;
          rdata_o[144]     <= s1_q.syn.legit_open;
          rdata_o[145]     <= s1_q.syn.legit_manual;
          rdata_o[148+:SketchLoadBits] <= s1_q.syn.sketch_limit;
        end
        11'd2: rdata_o[31:0] <= {s1_q.source.timeout, s1_q.source.decay, s1_q.source.grow, s1_q.source.threshold};
        11'd3: for (int a = 0; a < NumActs; a++) rdata_o[4*a+:3] <= s1_q.act[a];
        11'd6: begin
          rdata_o[17:0]   <= s1_q.zombie.threshold;
          rdata_o[31:24]  <= s1_q.zombie.hold;
          rdata_o[32+:11] <= s1_q.zombie.concurrent;
          rdata_o[48+:8]  <= s1_q.zombie.opened;
        end
        default: ;
      endcase
    end
  end
endmodule

`default_nettype wire

// SPDX-License-Identifier: Apache-2.0
//
// Rules (docs/datapath.md 18) in the stages H and R: prefix and exact rules, their configuration, which one applies, and what that
// means. One frame in 8 clocks, no stall; the result in phase 7 of R; hits are counted until phase 2 of S1.
//
// A swap of the sets is atomic: the set in force is one bit, which changes at the end of phase 7 of H of the slot that writes it,
// so that it is the same in all phases in which a slot is in H. Every slot takes a copy of it (and of the other settings) along
// to R and S1. All look-ups of a frame, its actions and hits, go by the bit that it saw in H: frames before the write by the old
// one, frames behind it by the new one. The formal proof: tb/formal/weir_rules.sby.
`default_nettype none
`include "weir_assert.svh"

module weir_rules
  import weir_pkg::*;
  import weir_slot_pkg::*;
  import weir_rule_pkg::*;
(
  input  wire                       clk,
  input  wire                       rst,
  input  wire  [2:0]                phase_i,

  // --- The slot in H, constant from phase 0 to 7. h_look_i: a frame that rules may touch (18), should they be enabled.
  input  wire slot_head_t           h_i,
  input  wire                       h_look_i,
  input  wire rule_frame_t          h_frame_i,

  // --- The same 8 clocks later. r_look_exact_i: h_look_i of it, inbound, no quote. Tags are not 0.
  input  wire slot_head_t           r_i,
  input  wire                       r_look_exact_i,
  input  wire                       r_look_service_i,  // l4_valid
  input  wire hash_t                r_pair_i,
  input  wire hash_t                r_port_i,
  input  wire hash_t                r_remote_i,

  input  wire  [MaintDataBits-1:0]  wdata_i,    // of a write from H to R; 0 for clearing
  input  wire                       read_clear_i, // after reset, and in phase 0 of a read in H: answers become 0

  // --- In phase 7 of R.
  output rule_result_t              result_o,

  // 0, and after read_clear_i what is read, as soon as a part of it is there: from phase 6 of H to phase 1 of S1.
  output logic [MaintDataBits-1:0]  rdata_o
);
  typedef struct packed {
    logic dry_run;
    logic enable;
    logic set;
  } cfg_t;

  // --- The configuration: for the slot in H, and as the slot in R saw it ------------------------------------------------
  cfg_t h_cfg_q = '0;
  cfg_t r_cfg_q = '0;
  logic r_look_q = 1'b0;
  logic r_dir_q;
  cfg_t read_q = '0;
  logic here;

  always_comb here = h_i.command.active && !h_i.command.clear && h_i.command.target == TargetRuleCfg &&
                     h_i.command.index == '0;

  always_ff @(posedge clk) begin
    if (read_clear_i) read_q <= '0;
    if (phase_i == 3'd7) begin
      if (here && h_i.command.op == MaintWrite) h_cfg_q <= cfg_t'(wdata_i[2:0]);
      if (here && h_i.command.op == MaintRead) read_q <= h_cfg_q;
      if (h_i.command.active && h_i.command.clear) h_cfg_q <= '0;
      r_cfg_q  <= h_cfg_q;
      r_look_q <= h_look_i && h_cfg_q.enable;
      r_dir_q  <= h_frame_i.dir;
    end
    if (rst) begin
      h_cfg_q  <= '0;
      r_cfg_q  <= '0;
      r_look_q <= 1'b0;
    end
  end

  // --- Look-ups -------------------------------------------------------------------------------------------------------
  logic                  prefix_found;
  logic [4:0]            prefix_rule;
  rule_action_e          prefix_action;
  logic                  prefix_applies;
  logic [3:0][31:0]      prefix_rdata;
  logic                  exact_found;
  logic [RuleIdBits-1:0] exact_id;
  rule_action_e          exact_action;
  logic                  exact_applies;
  logic [53:0]           exact_rdata;

  weir_rule_prefix u_prefix (
    .clk,
    .phase_i,
    .frame_i  (h_frame_i),
    .set_i    (h_cfg_q.set),
    .command_i(h_i.command),
    .wdata_i,
    .read_clear_i,
    .r_set_i  (r_cfg_q.set),
    .r_look_i (r_look_q),
    .applies_i(prefix_applies),
    .found_o  (prefix_found),
    .rule_o   (prefix_rule),
    .action_o (prefix_action),
    .rdata_o  (prefix_rdata)
  );

  weir_rule_exact u_exact (
    .clk,
    .phase_i,
    .look_i   (r_look_exact_i && r_cfg_q.enable),
    .service_i(r_look_service_i),
    .set_i    (r_cfg_q.set),
    .sample_i (r_i.seqno[5:0] == '0),
    .pair_i   (r_pair_i),
    .port_i   (r_port_i),
    .remote_i (r_remote_i),
    .command_i(r_i.command),
    .wdata_i,
    .read_clear_i,
    .applies_i(exact_applies),
    .found_o  (exact_found),
    .id_o     (exact_id),
    .action_o (exact_action),
    .rdata_o  (exact_rdata)
  );

  // --- Which one applies ------------------------------------------------------------------------------------------------
  rule_action_e action;
  logic         any;
  always_comb begin
    prefix_applies = prefix_found && (prefix_action == RuleAllow || !exact_found);
    exact_applies  = exact_found && !(prefix_found && prefix_action == RuleAllow);

    any    = prefix_found || exact_found;
    action = prefix_applies ? prefix_action : exact_action;
    result_o.rule       = prefix_applies ? RuleIdBits'(prefix_rule) + 1'b1 : exact_applies ? exact_id : '0;
    result_o.block      = any && action == RuleBlock && !r_cfg_q.dry_run;
    result_o.divert     = any && action == RuleDivert && !r_cfg_q.dry_run;
    result_o.allow      = any && action == RuleAllow && !r_cfg_q.dry_run;
    result_o.limit      = any && action == RuleLimit && !r_cfg_q.dry_run && !r_dir_q;
    result_o.dry        = any && (action == RuleBlock || action == RuleDivert) && r_cfg_q.dry_run;
    result_o.dry_divert = any && action == RuleDivert && r_cfg_q.dry_run;

    rdata_o = MaintDataBits'(prefix_rdata) | MaintDataBits'(exact_rdata) | MaintDataBits'(read_q);
  end

  `WEIR_ASSERT(frame_in_h, !(h_look_i && h_i.kind != SlotPacket), clk, rst)
  `WEIR_ASSERT(frame_in_r, !(r_look_exact_i && r_i.kind != SlotPacket), clk, rst)
  `WEIR_ASSERT(packet_no_command, !(h_i.kind == SlotPacket && h_i.command.active), clk, rst)
endmodule

`default_nettype wire

// SPDX-License-Identifier: Apache-2.0
//
// Proof harness of weir_rules: a swap of the sets is atomic for every frame, whatever the memories hold.
//
// Task one: two copies of the module see one frame, 8 clocks in H and 8 in R. All else may differ between them: what the registers
// held before, the slots before and behind (frames, maintenance, swaps), and all that the memories say, but for what belongs to
// the set in force when the frame entered H: vectors of that set, and entries that lie in it. Then both copies have the same result,
// and count the same hit, in a counter of that set: nothing else can have had a part in it. No run before the frame is
// needed, as the registers hold anything at its beginning; nothing of a frame lasts longer than the run.
// Task two, by induction: the set in force changes only with the slot that writes it, between that slot and the next one in H,
// and the slot in R has the set that it had in H.
`default_nettype none

module weir_rules_fv
  import weir_pkg::*;
  import weir_slot_pkg::*;
  import weir_rule_pkg::*;
(
  input wire                            clk,
  input wire                            rst,
  // Of each copy, what it is given; of the frame: from copy 0.
  input wire slot_head_t [1:0]          h,
  input wire             [1:0]          h_look,
  input wire rule_frame_t [1:0]         h_frame,
  input wire slot_head_t [1:0]          r,
  input wire             [1:0]          r_look_exact,
  input wire             [1:0]          r_look_service,
  input wire hash_t      [1:0]          r_pair,
  input wire hash_t      [1:0]          r_port,
  input wire hash_t      [1:0]          r_remote,
  input wire [1:0][MaintDataBits-1:0]   wdata,
  input wire slot_head_t                x,
  input wire                            x_look,
  input wire rule_frame_t               x_frame,
  input wire                            x_exact,
  input wire                            x_service,
  input wire hash_t                     x_pair,
  input wire hash_t                     x_port,
  input wire hash_t                     x_remote
);
`ifdef PROVE_ONE
  // --- The clock: the frame is in H from 0 to 7, in R from 8 to 15 -----------------------------------------------------
  logic [4:0] now_q;
  logic       begun_q = 1'b0;
  logic       in_h;
  logic       in_r;
  always_ff @(posedge clk) begin
    begun_q <= 1'b1;
    now_q   <= now_q + 5'd1;
  end
  always_comb begin
    if (!begun_q) assume (now_q == '0);
    in_h = now_q < 5'd8;
    in_r = now_q >= 5'd8 && now_q < 5'd16;
  end

  // What is constant while the frame is in a stage.
  slot_head_t  x_q;
  logic        x_look_q;
  rule_frame_t x_frame_q;
  logic        x_exact_q;
  logic        x_service_q;
  hash_t       x_pair_q;
  hash_t       x_port_q;
  hash_t       x_remote_q;
  always_ff @(posedge clk) begin
    if (!begun_q) begin
      x_q         <= x;
      x_look_q    <= x_look;
      x_frame_q   <= x_frame;
      x_exact_q   <= x_exact;
      x_service_q <= x_service;
      x_pair_q    <= x_pair;
      x_port_q    <= x_port;
      x_remote_q  <= x_remote;
    end
  end
  slot_head_t  my_head;
  logic        my_look;
  rule_frame_t my_frame;
  always_comb begin
    my_head         = begun_q ? x_q : x;
    my_head.kind    = SlotPacket;
    my_head.command = '0;
    my_look         = begun_q ? x_look_q : x_look;
    my_frame        = begun_q ? x_frame_q : x_frame;
  end

  // --- Two copies ------------------------------------------------------------------------------------------------------
  rule_result_t [1:0] result;
  logic [1:0][2:0]    cfg_h;
  logic [1:0][7:0][31:0] vector;     // what the memories say
  logic [1:0][7:0][8:0]  addr;
  logic [1:0][3:0][35:0] entry;
  logic [1:0][3:0][8:0]  bucket;
  logic [1:0]            hit;        // of a prefix rule, written
  logic [1:0][8:0]       hit_addr;
  logic [1:0]            exact_hit;  // counted in S1
  logic [1:0][10:0]      exact_place;
  logic [1:0]            exact_sample;

  for (genvar c = 0; c < 2; c++) begin : g_copy
    weir_rules u (
      .clk,
      .rst             (1'b0),
      .phase_i         (now_q[2:0]),
      .h_i             (in_h ? my_head : h[c]),
      .h_look_i        (in_h ? my_look : h_look[c] && h[c].kind == SlotPacket),
      .h_frame_i       (in_h ? my_frame : h_frame[c]),
      .r_i             (in_r ? my_head : r[c]),
      .r_look_exact_i  (in_r ? x_exact_q && x_look_q : r_look_exact[c] && r[c].kind == SlotPacket),
      .r_look_service_i(in_r ? x_service_q : r_look_service[c]),
      .r_pair_i        (in_r ? x_pair_q : r_pair[c]),
      .r_port_i        (in_r ? x_port_q : r_port[c]),
      .r_remote_i      (in_r ? x_remote_q : r_remote[c]),
      .wdata_i         (wdata[c]),
      .read_clear_i    (1'b0),
      .result_o        (result[c]),
      .rdata_o         ()
    );
    always_comb begin
      cfg_h[c] = u.h_cfg_q;
      vector[c] = u.u_prefix.word;
      entry[c]  = u.u_exact.entry;
      if (h[c].kind == SlotPacket) assume (!h[c].command.active);
      hit[c]          = u.u_prefix.g_ram[7].g_last.count;
      hit_addr[c]     = {u.u_prefix.s1_set_q, 3'd7, u.u_prefix.rule_q};
      exact_hit[c]    = u.u_exact.hit_q;
      exact_place[c]  = u.u_exact.hit_place_q;
      exact_sample[c] = u.u_exact.sample_q;
    end
    for (genvar e = 0; e < 7; e++) begin : g_addr
      always_comb addr[c][e] = {u.u_prefix.set_q, u.u_prefix.number_q, u.u_prefix.g_ram[e].value};
    end
    always_comb addr[c][7] = {u.u_prefix.last_set_q, u.u_prefix.last_number_q, u.u_prefix.g_ram[7].value};
    always_comb for (int w = 0; w < 4; w++)
      bucket[c][w] = u.u_exact.command_i.active ? u.u_exact.maint_place[10:2] : u.u_exact.bucket;
  end

  // --- The set in force when the frame enters H, and what belongs to it -----------------------------------------------
  logic set_q;
  logic set;
  logic [1:0][7:0][8:0] addr_q;
  logic [1:0][3:0][8:0] bucket_q;
  always_ff @(posedge clk) begin
    if (!begun_q) set_q <= cfg_h[0][0];
    addr_q   <= addr;
    bucket_q <= bucket;
  end
  always_comb begin
    set = begun_q ? set_q : cfg_h[0][0];
    if (!begun_q) assume (cfg_h[0] == cfg_h[1]);
    if (begun_q) begin
      for (int e = 0; e < 8; e++)
        if (addr_q[0][e] == addr_q[1][e] && addr_q[0][e][8] == set) assume (vector[0][e] == vector[1][e]);
      for (int w = 0; w < 4; w++)
        if (bucket_q[0][w] == bucket_q[1][w]) begin
          assume (entry[0][w][30 + 32'(set)] == entry[1][w][30 + 32'(set)]);
          if (entry[0][w][30 + 32'(set)]) assume (entry[0][w][29:0] == entry[1][w][29:0] && entry[0][w][33:32] == entry[1][w][33:32]);
        end
    end
  end

`ifdef REACHED
  always_comb begin
    // The slot behind the frame swaps in one copy only; all that the other set says differs.
    cover (now_q == 5'd16 && hit == 2'b11 && hit_addr[0][4:0] == 5'd7 && cfg_h[0][0] != set && cfg_h[1][0] == set);
  end
`else
  always_comb begin
    if (now_q == 5'd15) begin
      a_result : assert (result[0] == result[1]);
    end
    // Counted when the frame is in S1. (A counter that maintenance writes right behind the frame is not written here.)
    if (now_q == 5'd16) begin
      if (hit == 2'b11) a_hit : assert (hit_addr[0] == hit_addr[1] && hit_addr[0][8] == set);
      a_exact : assert (exact_hit[0] == exact_hit[1]);
      if (exact_hit[0]) a_place : assert (exact_place[0] == exact_place[1] && exact_sample[0] == exact_sample[1]);
    end
  end
`endif
`else
  // --- The set in force -------------------------------------------------------------------------------------------------
  logic [2:0]  phase_q = '0;
  slot_head_t  h_q = '0;       // constant for 8 clocks
  slot_head_t  r_q = '0;
  logic        force_q = 1'b0; // for the slot in H
  logic        force_r_q = 1'b0;
  logic [2:0]  settings;
  logic        swap;

  always_ff @(posedge clk) begin
    phase_q <= phase_q + 3'd1;
    if (phase_q == 3'd7) begin
      h_q <= h[0];
      r_q <= h_q;
      force_r_q <= force_q;
      if (swap) force_q <= wdata[0][0];
      if (h_q.command.active && h_q.command.clear) force_q <= 1'b0;
    end
    if (rst) begin
      phase_q   <= '0;
      h_q       <= '0;
      r_q       <= '0;
      force_q   <= 1'b0;
      force_r_q <= 1'b0;
    end
  end

  weir_rules dut (
    .clk, .rst,
    .phase_i(phase_q), .h_i(h_q), .h_look_i(h_look[0] && h_q.kind == SlotPacket), .h_frame_i(h_frame[0]),
    .r_i(r_q), .r_look_exact_i(1'b0), .r_look_service_i(1'b0), .r_pair_i(r_pair[0]), .r_port_i(r_port[0]),
    .r_remote_i(r_remote[0]), .wdata_i(wdata[0]), .read_clear_i(1'b0), .result_o(), .rdata_o()
  );

  logic [2:0] cfg_q;
  logic [2:0] phase_before_q;
  logic       written_q;
  logic       rst_q = 1'b1;
  always_ff @(posedge clk) begin
    cfg_q          <= dut.h_cfg_q;
    phase_before_q <= phase_q;
    written_q      <= h_q.command.active;
    rst_q          <= rst;
  end

  always_comb begin
    settings = dut.h_cfg_q;
    swap = h_q.command.active && !h_q.command.clear && h_q.command.op == MaintWrite &&
           h_q.command.target == TargetRuleCfg && h_q.command.index == '0;
    if (h[0].kind == SlotPacket) assume (!h[0].command.active);
    a_force : assert (settings[0] == force_q);
    a_taken : assert (dut.r_cfg_q.set == force_r_q);
    a_frame : assert (h_q.kind != SlotPacket || !h_q.command.active);
    // Not a bit of the settings changes but when a slot of maintenance leaves H.
    if (!rst_q) a_between : assert (settings == cfg_q || (phase_before_q == 3'd7 && written_q));
  end
`endif
endmodule

`default_nettype wire

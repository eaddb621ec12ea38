// SPDX-License-Identifier: Apache-2.0
//
// Prefix rules (docs/datapath.md 18.1): the lowest of 32 ternary rules that fits a frame, and the hits of those that applied. One
// frame in 8 clocks, no stall. Eight memories; each looks up eight of the 64 pieces, one a clock, and what they say is joined.
// The memories hold each vector inverted, so that joining is an OR, and the 0 that a memory can give says nothing.
//
//   of a slot   H 0 to 7     H 1 to R 0   R 3       R 4         R 5 on      R 6, R 7      S1 0
//               value of a   read         all that  first of    rule_o      action_o      its hits are
//               piece                     fit       each four   found_o                   written
//
// Memory 7 has five pieces for the slot in H; in the other clocks it reads actions (R 3, R 4) and hits (R 6) for the slot in R.
// Maintenance, in the order of slots: vectors are written in H 4 to 7, after the slot before has read its actions, and read in
// H 2, 5, 7 and R 0. Hits of the slot before are written as late as R 0 of maintenance: such a counter is read again in R 6, or,
// written by maintenance, not counted (hazard). So no hit is lost or seen out of order.
`default_nettype none

module weir_rule_prefix
  import weir_pkg::*;
  import weir_slot_pkg::*;
  import weir_rule_pkg::*;
(
  input  wire                      clk,
  input  wire  [2:0]               phase_i,

  // --- The slot in H, constant in phases 0 to 7; the set in force for it (of a read: also for the slot before).
  input  wire rule_frame_t         frame_i,
  input  wire                      set_i,
  input  wire command_t            command_i,
  input  wire  [MaintDataBits-1:0] wdata_i,     // of a write in H, otherwise any; of clearing: 0
  input  wire                      read_clear_i, // after reset, and in phase 0 of a read in H: the answer becomes 0

  // --- The slot in R: its set, whether it is looked up; in phase 7 whether the rule that is found applies.
  input  wire                      r_set_i,
  input  wire                      r_look_i,
  input  wire                      applies_i,

  // --- In phase 7 of R.
  output logic                     found_o,
  output logic [4:0]               rule_o,
  output rule_action_e             action_o,

  // 0, and from read to read_clear_i the vectors that are there, all in phase 1 of S1.
  output logic [3:0][31:0]         rdata_o
);
  localparam int unsigned Rams   = 8;
  localparam int unsigned Rules  = NumPrefixRules;
  localparam int unsigned Groups = Rules / 4;

  // Number (within memory 7) of the piece that memory 7 reads a clock after this phase, see above.
  function automatic logic [2:0] last_piece(logic [2:0] phase);
    case (phase)
      3'd2:    return 3'd5;  // piece 61: actions, low bits
      3'd3:    return 3'd6;  // piece 62: high bits
      3'd5:    return 3'd7;  // piece 63: hits
      3'd6:    return 3'd2;
      3'd7:    return 3'd3;
      default: return phase;
    endcase
  endfunction

  function automatic logic for_r(logic [2:0] phase);
    return phase inside {3'd2, 3'd3, 3'd5};
  endfunction

  // --- Maintenance ------------------------------------------------------------------------------------------------
  logic       here;
  logic       write;
  logic       read;
  logic       hazard;      // it may be about the counter that the slot before is still counting in
  logic       hazard_q;    // the same of the slot in R
  logic       hazard_q2;   // in S1
  logic       r_write_q = 1'b0;
  logic       r_read_q = 1'b0;
  logic       s1_read_q = 1'b0;

  always_comb begin
    here   = command_i.active && !command_i.clear && command_i.target == TargetRulePrefix && !command_i.index[10];
    write  = (command_i.active && command_i.clear) || (here && command_i.op == MaintWrite);
    read   = here && command_i.op == MaintRead;
    hazard = command_i.index[9:0] == {r_set_i, 6'd63, rule_o[4:2]};
  end

  always_ff @(posedge clk) begin
    if (phase_i == 3'd7) begin
      r_write_q <= write;
      r_read_q  <= read;
      s1_read_q <= r_read_q;
      hazard_q  <= hazard;
      hazard_q2 <= hazard_q;
    end
  end

  // --- Phase p: the value of each memory's piece, in registers of which all but one are 0 ---------------------------
  // What is 0 but for a clock is cleared by the phase alone, so that its neighbours can share the net; what it waits for is an enable.
  logic [0:Rams-1][0:7][4:0] piece;
  logic [0:Rams-1][0:7][4:0] piece_q;
  logic [4:0]                maint_q;
  logic [4:0]                winner_q;
  logic                      set_q;
  logic                      last_set_q;
  logic [2:0]                number_q;
  logic [2:0]                last_number_q;
  logic [Rams-1:0]           zero_q;

  always_comb begin
    piece = '0;
    piece[0+:7] = {frame_i.remote, frame_i.protect, frame_i.rport, frame_i.pport[15:8]};
    piece[7][0:4] = {frame_i.pport[7:0], frame_i.proto, 4'd0, frame_i.dir, frame_i.family, frame_i.is_frag, frame_i.l4_valid,
                     frame_i.l4_proto_valid};
  end

  always_ff @(posedge clk) begin
    for (int e = 0; e < Rams; e++) begin
      for (int p = 0; p < 8; p++) begin
        // Memory 7 has its pieces 2 and 3 in the phases of 6 and 7.
        if (phase_i != (e == Rams - 1 && p inside {2, 3} ? 3'(p + 4) : 3'(p))) piece_q[e][p] <= '0;
        else if (!read) piece_q[e][p] <= piece[e][p];
      end
      zero_q[e] <= read && command_i.index[8:6] != 3'(e);
    end
    maint_q <= {command_i.index[2:0], phase_i[1:0]};
    if (!read || for_r(phase_i)) maint_q <= '0;
    winner_q <= rule_o;
    if (phase_i != 3'd5) winner_q <= '0;

    set_q         <= read ? command_i.index[9] : set_i;
    number_q      <= read ? command_i.index[5:3] : phase_i;
    last_set_q    <= for_r(phase_i) ? r_set_i : read ? command_i.index[9] : set_i;
    last_number_q <= read && !for_r(phase_i) ? command_i.index[5:3] : last_piece(phase_i);
  end

  // --- The memories -----------------------------------------------------------------------------------------------
  logic [3:0][31:0]      lane_q;     // vectors to write: all but one are 0
  logic [Rams-1:0]       wr_q = '0;  // maintenance writes, phases 4 to 7
  logic                  count_q = 1'b0;
  logic                  s1_set_q;
  logic [31:0]           hits_q;     // 0 but in phase 0
  logic [8:0]            wr_addr;
  logic [31:0]           wr_data;
  logic [Rams-1:0][31:0] word;

  always_ff @(posedge clk) begin
    // Lane 3 first: in phase 4 the slot before reads a vector that is a lane 0.
    for (int k = 0; k < 4; k++) begin
      if (phase_i != 3'(6 - k)) lane_q[k] <= '0;
      else if (write) lane_q[k] <= wdata_i[32*k+:32];
    end
    for (int e = 0; e < Rams; e++)
      wr_q[e] <= write && phase_i inside {[3'd3 : 3'd6]} && (command_i.clear || command_i.index[8:6] == 3'(e));
    if (phase_i == 3'd7) begin
      count_q  <= applies_i;
      s1_set_q <= r_set_i;
    end
  end

  always_comb begin
    wr_addr = {command_i.index[9], command_i.index[5:0], ~phase_i[1:0]};
    // Either is 0: a vector inverted, or hits, inverted, less one.
    wr_data = hits_q + ~(lane_q[0] | lane_q[1] | lane_q[2] | lane_q[3]);
  end

  for (genvar e = 0; e < Rams; e++) begin : g_ram
    logic [4:0] value;
    always_comb begin
      value = maint_q;
      for (int p = 0; p < 8; p++) value |= piece_q[e][p];
      if (e == Rams - 1) value |= winner_q;
    end

    if (e < Rams - 1) begin : g_pieces
      weir_ram_sdp #(.Width(32), .Depth(512)) u_ram (
        .clk,
        .wr_en_i  (wr_q[e]),
        .wr_addr_i(wr_addr),
        .wr_data_i(wr_data),
        .rd_en_i  (1'b1),
        .rd_addr_i({set_q, number_q, value}),
        .rd_zero_i(zero_q[e]),
        .rd_data_o(word[e])
      );
    end else begin : g_last
      logic count;
      always_comb count = phase_i == '0 && count_q && !(r_write_q && hazard_q);
      weir_ram_sdp #(.Width(32), .Depth(512)) u_ram (
        .clk,
        .wr_en_i  (wr_q[e] || count),
        .wr_addr_i(phase_i[2] ? wr_addr : {s1_set_q, 3'd7, rule_o}),
        .wr_data_i(wr_data),
        .rd_en_i  (1'b1),
        .rd_addr_i({last_set_q, last_number_q, value}),
        .rd_data_o(word[e])
      );
    end
  end

  // --- Join -------------------------------------------------------------------------------------------------------
  logic [31:0] some_q;     // of memories 0 to 6
  logic [31:0] last_q;     // of memory 7, 0 when it is not a piece of the same slot
  logic [31:0] vector_q;   // of memory 7: actions
  logic        other_q;    // maintenance has read another memory than 7
  logic [31:0] fit_q;
  logic        load;

  // A vector that is read by maintenance is alone.
  always_comb load = phase_i == 3'd3 || (phase_i[2] ? read : r_read_q);

  always_ff @(posedge clk) begin
    some_q   <= word[0] | word[1] | word[2] | word[3] | word[4] | word[5] | word[6];
    vector_q <= word[7];
    other_q  <= zero_q[Rams-1];
    last_q   <= word[7];
    if (phase_i inside {3'd4, 3'd5, 3'd7} || other_q) last_q <= '0;
    hits_q <= word[7];
    if (phase_i != 3'd7) hits_q <= '0;
    fit_q <= ~(some_q | last_q) & ({32{load}} | fit_q);
  end

  // --- The lowest that fits -----------------------------------------------------------------------------------------
  logic [Groups-1:0]      any_q;
  logic [Groups-1:0][1:0] first_q;
  logic                   found_q = 1'b0;
  logic [4:0]             rule_q;
  logic [4:0]             rule;
  logic [1:0]             action_q;

  always_comb begin
    rule = '0;
    for (int g = Groups - 1; g >= 0; g--) if (any_q[g]) rule = {3'(g), first_q[g]};
    found_o  = found_q;
    rule_o   = rule_q;
    action_o = rule_action_e'(action_q);
  end

  always_ff @(posedge clk) begin
    for (int g = 0; g < Groups; g++) begin
      any_q[g]   <= fit_q[4*g+:4] != '0;
      first_q[g] <= fit_q[4*g] ? 2'd0 : fit_q[4*g+1] ? 2'd1 : fit_q[4*g+2] ? 2'd2 : 2'd3;
    end
    if (phase_i == 3'd4) begin
      found_q <= any_q != '0 && r_look_i;
      // Of the last frame, until the next one.
      if (r_look_i) rule_q <= rule;
    end
    // Low bit in phase 5, high bit in phase 6.
    action_q <= {~vector_q[rule_q], action_q[1]};
  end

  // --- Maintenance reads ------------------------------------------------------------------------------------------
  logic [3:0][31:0] read_q = '0;
  logic             again;

  always_comb begin
    again   = phase_i == 3'd0 && s1_read_q && hazard_q2;
    rdata_o = read_q;
  end

  always_ff @(posedge clk) begin
    for (int k = 0; k < 4; k++) begin
      logic mine;
      logic stale;
      stale = rule_q[1:0] == 2'(k) && (phase_i[2] ? hazard : hazard_q);
      mine  = phase_i[1:0] == 2'(k) && (phase_i == 3'd5 ? read : !phase_i[2] && phase_i != 3'd1 && r_read_q) && !stale;
      if (again && rule_q[1:0] == 2'(k)) mine = 1'b1;
      if (read_clear_i) read_q[k] <= '0;
      else if (mine) read_q[k] <= again ? ~hits_q : fit_q;
    end
  end
endmodule

`default_nettype wire

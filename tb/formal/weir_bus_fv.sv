// SPDX-License-Identifier: Apache-2.0
//
// Proof harness of weir_bus. Three arbitrary masters that keep to its header (APB; they may withdraw, and then wait for busy_o),
// two slaves that answer whenever and whatever they like. Whatever an access does at a slave is what one master asked for in the
// clock before, once; what a master hears is what that slave said; nobody comes between the words of an entry, or into what is
// held; nobody waits for more than two others; and nothing takes a clock more than it says.
// That the proof is not empty was seen by breaking the RTL in 31 ways.
`default_nettype none

module weir_bus_fv
  import weir_soc_pkg::*;
#(
    parameter int unsigned IdleClocks = 256
) (
    input wire                         clk,
    input wire                         reset,    // at any time: what is under way is given up, and the masters begin anew
    input wire apb_req_t [Masters-1:0] req,
    input wire [Masters-1:0]           hold,
    input wire apb_rsp_t [1:0]         answer
);
  logic first_clock = 1'b1;
  always_ff @(posedge clk) first_clock <= 1'b0;
  wire rst = first_clock || reset;

  apb_rsp_t [Masters-1:0] rsp;
  apb_req_t [1:0]         s_req;
  logic [Masters-1:0]     busy;
  logic                   idle;

  weir_bus #(.IdleClocks(IdleClocks)) dut (.clk, .rst, .req_i(req), .hold_i(hold), .rsp_o(rsp), .req_o(s_req), .rsp_i(answer),
                                           .busy_o(busy), .idle_o(idle));

  // --- The clock before ------------------------------------------------------------------------------------------
  apb_req_t [Masters-1:0] p_req = '0;
  apb_rsp_t [Masters-1:0] p_rsp = '0;
  apb_req_t [1:0]         p_s_req = '0;
  apb_rsp_t [1:0]         p_answer = '0;
  logic [Masters-1:0]     p_busy = '0, p_hold = '0;
  always_ff @(posedge clk) begin
    p_req <= req; p_rsp <= rsp; p_s_req <= s_req; p_answer <= answer; p_busy <= busy; p_hold <= hold;
    if (rst) begin
      p_req <= '0; p_rsp <= '0; p_s_req <= '0; p_busy <= '0;
    end
  end
  function automatic logic same(apb_req_t a, apb_req_t b);
    return a.write == b.write && a.addr == b.addr && a.wdata == b.wdata && a.strb == b.strb;
  endfunction

  // --- The masters -----------------------------------------------------------------------------------------------
  // Lines are stable from sel until ready, enable follows sel by one clock. One that withdraws may still have enable in that clock
  // (the core's is a register), and asks again only behind a clock without busy.
  logic [Masters-1:0] waits, fresh, away = '0;
  always_comb
    for (int m = 0; m < Masters; m++) begin
      waits[m] = p_req[m].sel && !p_rsp[m].ready;
      fresh[m] = req[m].sel && !waits[m];
      if (rst || away[m]) assume (!req[m].sel);
      if (!waits[m]) assume (!req[m].enable);
      if (waits[m] && req[m].sel) assume (req[m].enable && same(req[m], p_req[m]));
    end
  always_ff @(posedge clk)
    for (int m = 0; m < Masters; m++) away[m] <= !rst && busy[m] && !rsp[m].ready && (away[m] || (waits[m] && !req[m].sel));

  // --- What is seen of an access ---------------------------------------------------------------------------------
  logic [1:0] who, p_who, holder = 2'd0;   // whose access it is; whose was the last
  logic       slave;
  logic       access, p_access, begins, ends, p_ends = 1'b0, chosen, p_chosen = 1'b0;
  always_comb begin
    who      = busy[2] ? 2'd2 : busy[1] ? 2'd1 : 2'd0;
    p_who    = p_busy[2] ? 2'd2 : p_busy[1] ? 2'd1 : 2'd0;
    slave    = s_req[1].sel;
    access   = s_req[0].sel || s_req[1].sel;
    p_access = p_s_req[0].sel || p_s_req[1].sel;
    begins   = access && !p_access;
    ends     = access && s_req[slave].enable && answer[slave].ready;
    chosen   = busy != '0 && p_busy == '0;      // its first clock
  end
  always_ff @(posedge clk) begin
    p_ends   <= ends && !rst;
    p_chosen <= chosen && !rst;
    if (begins) holder <= who;
    if (rst) holder <= 2'd0;
  end

  // --- An access: chosen, begun, enabled until the slave is ready, told -----------------------------------------------
  always_comb if (!rst) begin
    assert ($onehot0(busy) && !(s_req[0].sel && s_req[1].sel));
    assert (idle == (busy == '0 && !req[0].sel && !req[1].sel && !req[2].sel));
    if (p_busy == '0) assert (!access);
    if (chosen) assert (p_req[who].sel);
    if (p_chosen) assert (p_req[p_who].sel ? begins : busy == '0);
    if (begins) begin
      assert (p_chosen && busy == p_busy && !s_req[slave].enable);
      assert (same(s_req[slave], p_req[who]) && slave == (p_req[who].addr[20:16] == 5'd1));
    end
    if (p_access && !p_ends) begin
      assert (access && busy == p_busy && s_req[slave].sel == p_s_req[slave].sel && s_req[slave].enable);
      assert (same(s_req[slave], p_s_req[slave]));
    end
    if (p_ends) assert (!access && busy == p_busy);
    if (p_busy != '0 && !p_chosen && !p_access) assert (busy == '0);
    for (int s = 0; s < 2; s++) if (s_req[s].enable) assert (s_req[s].sel);
    // Answers: who still waits hears what the slave said; who has gone, nothing.
    for (int m = 0; m < Masters; m++) begin
      assert (rsp[m].ready == (p_ends && busy[m] && req[m].enable));
      if (rsp[m].ready) assert (rsp[m].rdata == p_answer[p_s_req[1].sel].rdata);
    end
  end

  // Each request is carried out once before it is answered, and never twice.
  logic [Masters-1:0] carried = '0;
  always_ff @(posedge clk)
    for (int m = 0; m < Masters; m++) carried[m] <= !rst && !fresh[m] && (carried[m] || (begins && busy[m]));
  always_comb if (!rst)
    for (int m = 0; m < Masters; m++) begin
      if (begins && busy[m]) assert (!carried[m] && !fresh[m]);
      if (rsp[m].ready) assert (carried[m]);
    end

  // --- Whose turn ------------------------------------------------------------------------------------------------
  // half: the last access was to word 0 to 6 of an entry, and its master has not yet been without one for IdleClocks clocks.
  // kept: hold was 1 when the last access was chosen, and since.
  logic        half = 1'b0, kept = 1'b0, half_now, kept_now, held, want;
  logic        p_held = 1'b0, p_want = 1'b0;
  logic [1:0]  holder_now;
  logic [15:0] quiet = '0;
  always_comb begin
    holder_now = begins ? who : holder;
    half_now   = begins ? s_req[slave].addr[20] && s_req[slave].addr[4:2] != 3'd7 : half;
    kept_now   = begins ? p_hold[who] : kept;
    held       = half || (kept && hold[holder]);
    want       = held ? req[holder].sel : req[0].sel || req[1].sel || req[2].sel;
  end
  always_ff @(posedge clk) begin
    quiet  <= (busy == '0 && quiet != '1) ? quiet + 1'b1 : (busy == '0) ? quiet : '0;
    half   <= half_now && !(busy == '0 && !want && quiet == 16'(IdleClocks) - 1'b1);
    kept   <= kept_now && hold[holder_now];
    p_held <= busy == '0 && held;
    p_want <= busy == '0 && want;
    if (rst) begin
      quiet <= '0; half <= 1'b0; kept <= 1'b0; p_held <= 1'b0; p_want <= 1'b0;
    end
  end
  always_comb if (!rst) begin
    if (begins && (half || kept)) assert (who == holder);
    // Not a clock is lost.
    if (p_busy == '0) assert (chosen == p_want);
    if (chosen && p_held) assert (who == holder);
  end

  // Whom others are chosen before, when nobody holds the bus: two of them at most.
  logic [Masters-1:0][1:0] passed = '0, passed_now;
  function automatic logic [1:0] distance(logic [1:0] from, int unsigned to);
    return 2'(((to + 2 - 32'(from)) % 3) + 1);
  endfunction
  always_comb
    for (int m = 0; m < Masters; m++) passed_now[m] = passed[m] + 2'(chosen && !busy[m] && !p_held && p_req[m].sel);
  always_ff @(posedge clk)
    for (int m = 0; m < Masters; m++) passed[m] <= (rst || !req[m].sel || busy[m]) ? 2'd0 : passed_now[m];
  always_comb if (!rst)
    for (int m = 0; m < Masters; m++) assert (passed_now[m] <= 2'd2);

  // --- What can happen at all (task reach) -------------------------------------------------------------------------------
  logic       gone = 1'b0, timed_out = 1'b0;
  always_ff @(posedge clk) begin
    gone      <= gone || (!rst && p_ends && rsp == '0);
    timed_out <= timed_out || (!rst && half && busy == '0 && !want && quiet == 16'(IdleClocks) - 1'b1);
  end
  always_ff @(posedge clk) if (!rst) begin
    cover (rsp[1].ready && passed_now[2] == 2'd2);
    cover (rsp[1].ready && half && p_hold[1] && s_req[0].write);
    cover (rsp[2].ready && timed_out && rsp[2].rdata == 32'hdeadbeef);
    cover (rsp[0].ready && gone);
    cover (p_chosen && busy == '0 && kept);
  end

  // --- What induction has to know of the inside --------------------------------------------------------------------
  localparam logic [2:0] StIdle = 3'd0, StLoad = 3'd1, StSetup = 3'd2, StDone = 3'd4;   // names of an inner enum are not found
  wire [2:0] state = dut.state_q;
  always_comb if (!rst) begin
    assert (dut.owner_q < 2'd3 && state <= StDone);
    assert (busy == (state == StIdle ? 3'd0 : 3'd1 << dut.owner_q));
    assert ((state == StLoad) == chosen);
    assert ((state == StSetup) == begins);
    assert ((state == StDone) == p_ends);
    assert (dut.slave_q == (dut.req_q.addr[20:16] == 5'd1) || !(access || p_ends));
    if (access) assert (same(dut.req_q, s_req[slave]));
    if (p_ends) assert (dut.rdata_q == p_answer[p_s_req[1].sel].rdata && p_s_req[dut.slave_q].sel && !p_s_req[!dut.slave_q].sel);
    if (state != StIdle && !chosen && !begins) assert (holder == dut.owner_q);
    assert (dut.entry_q == half_now && dut.kept_q == kept_now);
    if (half_now || kept_now) assert (holder_now == dut.owner_q);
    if (busy == '0 && half) assert (quiet == 16'(dut.idle_q));
    if (chosen) assert (p_want && (!p_held || who == holder));
    if (access || p_ends) assert (carried[dut.owner_q] == !begins || away[dut.owner_q] || !req[dut.owner_q].sel);
    for (int m = 0; m < Masters; m++) begin
      if (busy[m] && !chosen) assert (waits[m] || away[m] || p_ends);
      if (waits[m] && !busy[m]) assert (!carried[m]);
      if (chosen && busy[m]) assert (waits[m] && !carried[m]);
      assert (passed_now[m] + {1'b0, distance(dut.owner_q, m)} <= 3'd3 || !req[m].sel || busy[m]);
    end
  end
endmodule

`default_nettype wire

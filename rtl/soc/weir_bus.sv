// SPDX-License-Identifier: Apache-2.0
//
// The bus of docs/soc.md: three APB masters by turns, two slaves. Five clocks an access and what the slave takes; one access
// at a time. A request is copied when its turn comes and then carried out whatever its master does: a master may withdraw
// it (sel 0) while it waits, and if it does so later, the answer goes nowhere.
//
// The bus stays with its master behind an access to word 0 to 6 of an entry, until that has accessed a word 7 or anything
// below the entries, or nothing for IdleClocks; and from an access with hold_i until hold_i falls.
`default_nettype none
`include "weir_assert.svh"

module weir_bus
  import weir_soc_pkg::*;
#(
    parameter int unsigned IdleClocks = 256
) (
    input  wire                          clk,
    input  wire                          rst,
    // Masters, numbered by master_e: APB, their lines stable from sel until ready, which is 1 for one clock.
    input  wire apb_req_t [Masters-1:0]  req_i,
    input  wire  [Masters-1:0]           hold_i,
    output apb_rsp_t [Masters-1:0]       rsp_o,
    // Slaves, APB: [0] the data path, [1] registers of the soc (addresses 0x10000 to 0x1ffff).
    output apb_req_t [1:0]               req_o,
    input  wire apb_rsp_t [1:0]          rsp_i,
    // The access under way is this master's. Behind the clock in which it withdraws, it may begin once more.
    output logic [Masters-1:0]           busy_o,
    // No access is under way, none waits.
    output logic                         idle_o
);
  localparam int unsigned IdleBits = $clog2(IdleClocks);

  typedef enum logic [2:0] {
    StIdle,    // choose a master
    StLoad,    // copy its request
    StSetup,   // the slave's sel
    StAccess,  // and enable, until it is ready
    StDone     // tell the master
  } state_e;

  state_e              state_q = StIdle;
  logic [1:0]          owner_q = 2'd0;  // of the last access
  logic                slave_q;
  apb_req_t            req_q;           // sel, enable: unused
  logic [31:0]         rdata_q;
  logic                entry_q = 1'b0;  // an entry is half read or written
  logic                kept_q = 1'b0;   // hold_i was 1 at the owner's last access, and since
  logic [IdleBits-1:0] idle_q = '0;     // clocks without an access of the owner

  // --- Whose turn ------------------------------------------------------------------------------------------------
  logic [Masters-1:0] sel;
  logic               held;
  logic [1:0]         next;
  logic               any;
  apb_req_t           chosen;

  always_comb begin
    for (int m = 0; m < Masters; m++) sel[m] = req_i[m].sel;
    held = entry_q || (kept_q && hold_i[owner_q]);
    // The one behind the last, or the one behind that, or the last again.
    case (owner_q)
      2'd0:    next = sel[1] ? 2'd1 : sel[2] ? 2'd2 : 2'd0;
      2'd1:    next = sel[2] ? 2'd2 : sel[0] ? 2'd0 : 2'd1;
      default: next = sel[0] ? 2'd0 : sel[1] ? 2'd1 : 2'd2;
    endcase
    if (held) next = owner_q;
    any    = held ? sel[owner_q] : |sel;
    chosen = req_i[owner_q];
  end

  always_ff @(posedge clk) begin
    kept_q <= kept_q && hold_i[owner_q];
    idle_q <= '0;
    case (state_q)
      StIdle: begin
        if (any) begin
          owner_q <= next;
          state_q <= StLoad;
        end else begin
          idle_q <= idle_q + 1'b1;
          if (32'(idle_q) == IdleClocks - 1) entry_q <= 1'b0;
        end
      end
      StLoad: begin
        req_q   <= chosen;
        slave_q <= chosen.addr[20:16] == 5'd1;
        state_q <= StIdle;
        if (chosen.sel) begin
          entry_q <= chosen.addr[20] && chosen.addr[4:2] != 3'd7;
          kept_q  <= hold_i[owner_q];
          state_q <= StSetup;
        end
      end
      StSetup: state_q <= StAccess;
      StAccess: begin
        rdata_q <= rsp_i[slave_q].rdata;
        if (rsp_i[slave_q].ready) state_q <= StDone;
      end
      StDone:  state_q <= StIdle;
      default: state_q <= StIdle;
    endcase
    if (rst) begin
      state_q <= StIdle;
      owner_q <= 2'd0;
      entry_q <= 1'b0;
      kept_q  <= 1'b0;
    end
  end

  always_comb begin
    for (int s = 0; s < 2; s++) begin
      req_o[s]        = req_q;
      req_o[s].sel    = (state_q == StSetup || state_q == StAccess) && slave_q == 1'(s);
      req_o[s].enable = state_q == StAccess && slave_q == 1'(s);
    end
    for (int m = 0; m < Masters; m++) begin
      rsp_o[m].rdata = rdata_q;
      rsp_o[m].ready = state_q == StDone && owner_q == 2'(m) && req_i[m].enable;
      busy_o[m]      = state_q != StIdle && owner_q == 2'(m);
    end
    idle_o = state_q == StIdle && sel == '0;
  end

  `WEIR_ASSERT(owner_in_range, 32'(owner_q) < Masters, clk, rst)
  wire unused_lines = ^{req_q.sel, req_q.enable};
endmodule

`default_nettype wire

// SPDX-License-Identifier: Apache-2.0
//
// A few RV32I instructions as functions, for small programs in benches. Registers by number; offsets of branches and jumps in
// instructions, from the branch itself.
`ifndef WEIR_RV32_SVH
`define WEIR_RV32_SVH

function automatic logic [31:0] rv_lui(input logic [4:0] rd, input logic [31:0] value);
  return {value[31:12], rd, 7'h37};
endfunction
function automatic logic [31:0] rv_addi(input logic [4:0] rd, input logic [4:0] rs, input int imm);
  return {imm[11:0], rs, 3'd0, rd, 7'h13};
endfunction
function automatic logic [31:0] rv_add(input logic [4:0] rd, input logic [4:0] rs1, input logic [4:0] rs2);
  return {7'd0, rs2, rs1, 3'd0, rd, 7'h33};
endfunction
function automatic logic [31:0] rv_load(input logic [2:0] width, input logic [4:0] rd, input logic [4:0] rs, input int imm);
  return {imm[11:0], rs, width, rd, 7'h03};
endfunction
function automatic logic [31:0] rv_store(input logic [2:0] width, input logic [4:0] rs2, input logic [4:0] rs, input int imm);
  return {imm[11:5], rs2, rs, width, imm[4:0], 7'h23};
endfunction
function automatic logic [31:0] rv_lw(input logic [4:0] rd, input logic [4:0] rs, input int imm);
  return rv_load(3'd2, rd, rs, imm);
endfunction
function automatic logic [31:0] rv_sw(input logic [4:0] rs2, input logic [4:0] rs, input int imm);
  return rv_store(3'd2, rs2, rs, imm);
endfunction
// 0: equal, 1: not equal
function automatic logic [31:0] rv_branch(input logic [2:0] kind, input logic [4:0] rs1, input logic [4:0] rs2, input int steps);
  int b;
  b = 4 * steps;
  return {b[12], b[10:5], rs2, rs1, kind, b[4:1], b[11], 7'h63};
endfunction
function automatic logic [31:0] rv_beq(input logic [4:0] rs1, input logic [4:0] rs2, input int steps);
  return rv_branch(3'd0, rs1, rs2, steps);
endfunction
function automatic logic [31:0] rv_bne(input logic [4:0] rs1, input logic [4:0] rs2, input int steps);
  return rv_branch(3'd1, rs1, rs2, steps);
endfunction
function automatic logic [31:0] rv_j(input int steps);
  int b;
  b = 4 * steps;
  return {b[20], b[10:1], b[11], b[19:12], 5'd0, 7'h6f};
endfunction
function automatic logic [31:0] rv_jr(input logic [4:0] rs);
  return {12'd0, rs, 3'd0, 5'd0, 7'h67};
endfunction
function automatic logic [31:0] rv_csrw(input logic [11:0] csr, input logic [4:0] rs);
  return {csr, rs, 3'd1, 5'd0, 7'h73};
endfunction
function automatic logic [31:0] rv_csrr(input logic [4:0] rd, input logic [11:0] csr);
  return {csr, 5'd0, 3'd2, rd, 7'h73};
endfunction
localparam logic [31:0] RvWfi = 32'h10500073;
localparam logic [11:0] CsrMstatus = 12'h300, CsrMie = 12'h304, CsrMtvec = 12'h305, CsrMepc = 12'h341, CsrMcause = 12'h342;
localparam logic [11:0] CsrIrqMask = 12'hbc0;  // of the external interrupts, VexRiscv's own

`endif

// SPDX-License-Identifier: Apache-2.0
//
// The bus of docs/soc.md as structs: APB4 without PPROT and PSLVERR (no access of ours is ever refused by an error).
`default_nettype none

package weir_soc_pkg;
  typedef logic [20:0] bus_addr_t;  // of a byte; words are whole

  typedef struct packed {
    logic        sel;
    logic        enable;
    logic        write;
    bus_addr_t   addr;
    logic [31:0] wdata;
    logic [3:0]  strb;
  } apb_req_t;

  typedef struct packed {
    logic        ready;
    logic [31:0] rdata;
  } apb_rsp_t;

  typedef enum logic [1:0] {MasterHarness = 2'd0, MasterLink = 2'd1, MasterCore = 2'd2} master_e;
  parameter int unsigned Masters = 3;
endpackage

`default_nettype wire

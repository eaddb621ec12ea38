// SPDX-License-Identifier: Apache-2.0
//
// The soft core, its memory and its way to the bus (docs/soc.md). The memory answers in two clocks, the bus when it does.
// VexRiscv comes from the package pythondata-cpu-vexriscv (variant Min, MIT licence). It knows no bus errors (its ERR inputs
// lead nowhere): outside the memory it fetches 0, which traps; an access of data to nothing gets no answer, and fault_o has
// the core restarted. Nor does it wait in wfi (a nop in this variant): while halt_i is 1, its next access to data waits.
`default_nettype none
`include "weir_assert.svh"

module weir_cpu
  import weir_soc_pkg::*;
#(
    parameter FirmwareHex = ""
) (
    input  wire           clk,
    input  wire           rst,
    input  wire           hold_i,   // keep the core in reset; it ends when the bus has ended its last access, too
    input  wire           irq_i,    // level; external interrupt 0
    input  wire           halt_i,   // it sleeps; falls to wake it, or with hold_i
    output logic          fault_o,  // it accesses what is not there
    // --- Bus.
    output apb_req_t      req_o,
    input  wire apb_rsp_t rsp_i,
    input  wire           busy_i,   // an access of the core is under way
    // --- The memory seen from the bus, while window_i is 1 (the core must be in reset then): one clock of access_i, the word
    // one clock later.
    input  wire           window_i,
    input  wire           access_i,
    input  wire  [3:0]    we_i,
    input  wire  [12:0]   addr_i,
    input  wire  [31:0]   wdata_i,
    output logic [31:0]   rdata_o
);
  logic        reset_q = 1'b1;
  always_ff @(posedge clk) reset_q <= rst || hold_i || (reset_q && busy_i);

  logic        i_cyc;
  logic        i_stb;
  logic        i_ack_q = 1'b0;
  logic [29:0] i_adr;
  logic [31:0] i_word;
  logic        d_cyc;
  logic        d_stb;
  logic        d_ack;
  logic        d_ram_ack_q = 1'b0;
  logic        d_we;
  logic [29:0] d_adr;
  logic [31:0] d_word;
  logic [31:0] d_mosi;
  logic [3:0]  d_sel;
  logic [31:0] ram_word;

  VexRiscv u_core (
      .clk,
      .reset                 (reset_q),
      .externalResetVector   (32'd0),
      .timerInterrupt        (1'b0),
      .softwareInterrupt     (1'b0),
      .externalInterruptArray({31'd0, irq_i}),
      .iBusWishbone_CYC      (i_cyc),
      .iBusWishbone_STB      (i_stb),
      .iBusWishbone_ACK      (i_ack_q),
      .iBusWishbone_WE       (),
      .iBusWishbone_ADR      (i_adr),
      .iBusWishbone_DAT_MISO (i_word),
      .iBusWishbone_DAT_MOSI (),
      .iBusWishbone_SEL      (),
      .iBusWishbone_ERR      (1'b0),
      .iBusWishbone_CTI      (),
      .iBusWishbone_BTE      (),
      .dBusWishbone_CYC      (d_cyc),
      .dBusWishbone_STB      (d_stb),
      .dBusWishbone_ACK      (d_ack),
      .dBusWishbone_WE       (d_we),
      .dBusWishbone_ADR      (d_adr),
      .dBusWishbone_DAT_MISO (d_word),
      .dBusWishbone_DAT_MOSI (d_mosi),
      .dBusWishbone_SEL      (d_sel),
      .dBusWishbone_ERR      (1'b0),
      .dBusWishbone_CTI      (),
      .dBusWishbone_BTE      ()
  );

  // --- Where an access goes --------------------------------------------------------------------------------------
  logic i_ram;
  logic d_go;
  logic d_ram;
  logic d_bus;
  logic enable_q = 1'b0;

  always_comb begin
    d_go  = d_cyc && d_stb && !halt_i && !reset_q;
    i_ram = i_adr[29:13] == '0;
    d_ram = d_adr[29:13] == '0;
    d_bus = d_adr[29] && d_adr[28:19] == '0 && d_sel == '1;

    d_ack  = d_ram_ack_q || rsp_i.ready;
    d_word = d_adr[29] ? rsp_i.rdata : ram_word;

    req_o.sel    = d_go && d_bus;
    req_o.enable = enable_q;
    req_o.write  = d_we;
    req_o.addr   = {d_adr[18:0], 2'b00};
    req_o.wdata  = d_mosi;
    req_o.strb   = '1;
    fault_o      = d_go && !d_ram && !d_bus;
  end

  always_ff @(posedge clk) begin
    i_ack_q     <= i_cyc && i_stb && !i_ack_q && !reset_q;
    d_ram_ack_q <= d_go && d_ram && !d_ram_ack_q;
    enable_q    <= req_o.sel && !rsp_i.ready;
  end

  // --- Memory ----------------------------------------------------------------------------------------------------
  logic        data_en;
  logic [3:0]  data_we;
  logic [12:0] data_addr;
  logic [31:0] data_wdata;

  always_comb begin
    data_en    = window_i ? access_i : d_go && d_ram && !d_ram_ack_q;
    data_we    = window_i ? we_i : d_sel & {4{d_we}};
    data_addr  = window_i ? addr_i : d_adr[12:0];
    data_wdata = window_i ? wdata_i : d_mosi;
    rdata_o    = ram_word;
  end

  weir_cpu_ram #(.HexFile(FirmwareHex)) u_ram (
      .clk,
      .fetch_en_i  (i_cyc),
      .fetch_addr_i(i_adr[12:0]),
      .fetch_zero_i(!i_ram),
      .fetch_data_o(i_word),
      .data_en_i   (data_en),
      .data_we_i   (data_we),
      .data_addr_i (data_addr),
      .data_wdata_i(data_wdata),
      .data_rdata_o(ram_word)
  );

  `WEIR_ASSERT(window_in_reset, !(window_i && access_i) || reset_q, clk, rst)
endmodule

`default_nettype wire

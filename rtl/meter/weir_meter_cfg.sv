// SPDX-License-Identifier: Apache-2.0
//
// Configurations of the keyed meters (docs/datapath.md 6.1), in distributed RAM: five parts of 16, read without delay, one
// configuration a clock. Only what a table can use is kept: number 0 for a table without kinds, 0 to 7 for `class`, 0 to 3
// for `port`, and the overrides 9 to 15; byte fields for the two tables that count bytes. Others read 0, writes to them do nothing.
// A maintenance operation takes one clock in which no meter reads (access_i); after reset every entry is cleared.
`default_nettype none
`include "weir_assert.svh"

module weir_meter_cfg
  import weir_pkg::*;
  import weir_lists_pkg::*;
  import weir_slot_pkg::*;
(
  input  wire                      clk,

  // --- Reading: table_i has the override (or 0 and the kind) that its part is given.
  input  wire  [2:0]               table_i,
  input  wire  [3:0][2:0]          override_i,  // of the memories remote/pair, class, address/prefix, port/udp_source
  input  wire  [2:0]               class_kind_i,
  input  wire  [1:0]               port_kind_i,
  output meter_cfg_t               cfg_o,

  // --- Maintenance: write_i or the answer of a read with access_i.
  input  wire                      access_i,
  input  wire                      clear_i,     // with access_i: entry index_i mod 16 of every part becomes 0
  input  wire                      write_i,
  input  wire  [6:0]               index_i,     // 16 * table + number
  input  wire  [MaintDataBits-1:0] wdata_i,
  output logic                     kept_o       // there is such an entry
);
  `WEIR_ELAB(tables, TableRemote == 0 && TablePair == 1 && TableClass == 2 && TableAddress == 3 && TablePrefix == 4 &&
             TablePort == 5 && TableUdpSource == 6, "tables have moved")
  `WEIR_ELAB(bytes, TableAddressBytes && TablePrefixBytes && !TableRemoteBytes && !TablePairBytes &&
             !TableClassBytes && !TablePortBytes && !TableUdpSourceBytes, "other tables count bytes")

  localparam int unsigned Parts      = 5;  // remote/pair, class, address/prefix, port, udp_source
  localparam int unsigned BytePart   = 2;
  localparam int unsigned ByteBits   = 72;
  localparam int unsigned PacketBits = $bits(meter_cfg_t) - ByteBits;

  // The part and its address of an entry.
  logic [2:0]       part;      // of a look-up
  logic [2:0]       here;      // of maintenance
  logic [3:0]       here_addr;
  logic [2:0]       here_table;
  logic [3:0]       number;
  logic [Parts-1:0][3:0] addr;
  logic [Parts-1:0][PacketBits-1:0] word;
  logic [ByteBits-1:0] byte_word;
  meter_cfg_t       wdata;

  function automatic logic [2:0] part_of(logic [2:0] t);
    case (t)
      3'd0, 3'd1: return 3'd0;
      3'd2:       return 3'd1;
      3'd3, 3'd4: return 3'd2;
      3'd5:       return 3'd3;
      default:    return 3'd4;
    endcase
  endfunction

  always_comb begin
    here_table = index_i[6:4];
    number     = index_i[3:0];
    here       = part_of(here_table);
    case (here_table)
      3'(TableClass): kept_o = number != 4'd8;
      3'(TablePort):  kept_o = number < 4'd4 || number > 4'd8;
      3'd7:           kept_o = 1'b0;
      default:        kept_o = number == '0 || number > 4'd8;
    endcase
    // Two tables without kinds share a part: the second one's entries in the upper half.
    here_addr = number;
    if (here_table == 3'(TablePair) || here_table == 3'(TablePrefix)) here_addr = {1'b1, number[2:0]};
    else if (here_table != 3'(TableClass) && here_table != 3'(TablePort)) here_addr = {1'b0, number[2:0]};
    if (clear_i) here_addr = index_i[3:0];

    part    = part_of(table_i);
    addr[0] = {table_i == 3'(TablePair), override_i[0]};
    addr[1] = override_i[1] != '0 ? {1'b1, override_i[1]} : {1'b0, class_kind_i};
    addr[2] = {table_i == 3'(TablePrefix), override_i[2]};
    addr[3] = override_i[3] != '0 ? {1'b1, override_i[3]} : {2'b00, port_kind_i};
    addr[4] = {1'b0, override_i[3]};
    if (access_i) begin
      part = here;
      addr = {Parts{here_addr}};
    end
    wdata = cfg_of_words(wdata_i);
  end

  for (genvar p = 0; p < Parts; p++) begin : g_part
    weir_ram_sdp #(.Width(PacketBits), .Depth(16), .Style("distributed"), .AsyncRead(1'b1)) u_packet (
      .clk,
      .wr_en_i  (access_i && (clear_i || (write_i && kept_o && here == 3'(p)))),
      .wr_addr_i(here_addr),
      .wr_data_i(wdata[$bits(meter_cfg_t)-1:ByteBits]),
      .rd_en_i  (1'b1),
      .rd_addr_i(addr[p]),
      .rd_data_o(word[p])
    );
  end

  weir_ram_sdp #(.Width(ByteBits), .Depth(16), .Style("distributed"), .AsyncRead(1'b1)) u_byte (
    .clk,
    .wr_en_i  (access_i && (clear_i || (write_i && kept_o && here == 3'(BytePart)))),
    .wr_addr_i(here_addr),
    .wr_data_i(wdata[ByteBits-1:0]),
    .rd_en_i  (1'b1),
    .rd_addr_i(addr[BytePart]),
    .rd_data_o(byte_word)
  );

  // Byte fields of tables without bytes say nothing: such a meter has no byte state.
  always_comb begin
    cfg_o = '0;
    for (int p = 0; p < Parts; p++) if (part == 3'(p)) cfg_o[$bits(meter_cfg_t)-1:ByteBits] |= word[p];
    cfg_o[ByteBits-1:0] = byte_word;
  end
endmodule

`default_nettype wire

// SPDX-License-Identifier: Apache-2.0
//
// Registers of the static configuration (setup in regs/weir.rdl). Outside the generated block, because whole-word writes
// and a plain multiplexer cost a third of its LUTs. Reads are answered one clock later, writes two. The hash key reads 0.
`default_nettype none

module weir_setup
  import weir_control_pkg::*;
(
    input wire clk,
    input wire rst,

    // --- Access: req_i for one clock, the rest stable with it. A write changes something only
    // when unlocked_i is 1 and it is a whole word; otherwise refused_o is 1 for one clock.
    input  wire         req_i,
    input  wire         req_is_wr_i,
    input  wire  [ 5:0] word_i,      // address in words
    input  wire  [31:0] wr_data_i,
    input  wire         wr_whole_i,  // all byte strobes
    input  wire         unlocked_i,
    output logic        rd_ack_o,
    output logic        wr_ack_o,
    output logic [31:0] rd_data_o,
    output logic        refused_o,

    // --- Values, see weir_control. The defaults are there from the second clock of a reset on.
    output logic [10:0]       max_frame_o,
    output logic [15:0]       link_consume_o,
    output logic [ 5:0]       prefix_len4_o,
    output logic [ 7:0]       prefix_len6_o,
    output logic [15:0][15:0] reflector_o,
    output logic [10:0][31:0] hash_key_o,
    output logic [47:0]       divert_mac_o,
    output logic [ 1:0][23:0] shaper_rate_o,
    output logic [ 1:0][15:0] shaper_burst_o,
    output logic [ 1:0]       mac_rx_enable_o,
    output logic [ 1:0]       mac_tx_enable_o,
    output logic [ 7:0]       mac_ifg_o
);
  localparam logic [10:0] MaxMaxFrame = 11'd1992;
  localparam int unsigned Words = 48;

  logic [10:0] max_frame_q = DefaultMaxFrame;
  logic        write;
  // A clock behind the request: the registers lie all over the chip. Reset writes all of them, from then on until a clock behind it, so
  // that they need none of their own: it puts zeros on one bus, ones on the other, and a bit takes its data from the one that has its default.
  logic        wr_req_q = 1'b0;
  logic [Words-1:0] write_q = '0;  // word
  logic [31:0] zero_q;
  logic [31:0] one_q;

  function automatic logic [31:0] pick(logic [31:0] of, logic [31:0] zeros, logic [31:0] ones);
    for (int i = 0; i < 32; i++) pick[i] = of[i] ? ones[i] : zeros[i];
  endfunction

  always_comb begin
    write       = req_i && req_is_wr_i && wr_whole_i && unlocked_i;
    // The frame store must never see more, whatever the host wrote.
    max_frame_o = (max_frame_q > MaxMaxFrame) ? MaxMaxFrame : max_frame_q;
  end

  always_ff @(posedge clk) begin
    rd_ack_o  <= req_i && !req_is_wr_i;
    wr_req_q  <= req_i && req_is_wr_i;
    wr_ack_o  <= wr_req_q;
    refused_o <= req_i && req_is_wr_i && !write;

    for (int w = 0; w < Words; w++) write_q[w] <= write && word_i == 6'(w);
    zero_q <= wr_data_i;
    one_q  <= wr_data_i;
    if (write_q[0]) max_frame_q <= 11'(pick(32'(DefaultMaxFrame), zero_q, one_q));
    if (write_q[1]) link_consume_o <= 16'(pick(32'(DefaultLinkConsume), zero_q, one_q));
    if (write_q[2]) begin
      prefix_len4_o <= 6'(pick(32'(DefaultPrefixLen4), zero_q, one_q));
      prefix_len6_o <= 8'(pick({16'b0, DefaultPrefixLen6, 8'b0}, zero_q, one_q) >> 8);
    end
    if (write_q[3]) begin
      {mac_tx_enable_o, mac_rx_enable_o} <= one_q[3:0];
      mac_ifg_o <= 8'(pick({16'b0, DefaultIfg, 8'b0}, zero_q, one_q) >> 8);
    end
    for (int s = 0; s < 2; s++) begin
      if (write_q[4+2*s]) shaper_rate_o[s] <= 24'(pick(32'(DefaultShaperRate), zero_q, one_q));
      if (write_q[5+2*s]) shaper_burst_o[s] <= 16'(pick(32'(DefaultShaperBurst), zero_q, one_q));
    end
    if (write_q[8]) divert_mac_o[47:16] <= zero_q;
    if (write_q[9]) divert_mac_o[15:0] <= zero_q[15:0];
    for (int i = 0; i < 11; i++) if (write_q[16+i]) hash_key_o[i] <= zero_q;
    for (int i = 0; i < 16; i++) if (write_q[32+i]) reflector_o[i] <= 16'(pick(32'(DefaultReflector[i]), zero_q, one_q));

    if (rst) begin
      write_q   <= '1;
      zero_q    <= '0;
      one_q     <= '1;
      rd_ack_o  <= 1'b0;
      wr_req_q  <= 1'b0;
      wr_ack_o  <= 1'b0;
      refused_o <= 1'b0;
    end
  end

  logic [31:0] rd_data;
  always_comb begin
    rd_data = '0;
    case (word_i) inside
      6'd0:              rd_data[10:0] = max_frame_q;
      6'd1:              rd_data[15:0] = link_consume_o;
      6'd2:              rd_data[15:0] = {prefix_len6_o, 2'b0, prefix_len4_o};
      6'd3:              rd_data[15:0] = {mac_ifg_o, 4'b0, mac_tx_enable_o, mac_rx_enable_o};
      6'd4, 6'd6:        rd_data[23:0] = shaper_rate_o[word_i[1]];
      6'd5, 6'd7:        rd_data[15:0] = shaper_burst_o[word_i[1]];
      6'd8:              rd_data = divert_mac_o[47:16];
      6'd9:              rd_data[15:0] = divert_mac_o[15:0];
      [6'd32 : 6'd47]:   rd_data[15:0] = reflector_o[word_i[3:0]];
      default:           ;
    endcase
  end
  always_ff @(posedge clk) rd_data_o <= rd_data;
endmodule

`default_nettype wire

// SPDX-License-Identifier: Apache-2.0
//
// Fixed header of IPv6 (docs/datapath.md, 2.4 steps 1 to 3).
//
//   word 0  | ver class flow label | payload length | next header | hop limit |
//   words 1, 2: source address; words 3, 4: destination address
//
// Timing as weir_parse_ip4: word 0 is judged in the clock after it is in data_i. Flags stay until clear_i; the other
// outputs until the next word 0.
`default_nettype none

module weir_parse_ip6
  import weir_pkg::*;
  import weir_lists_pkg::*;
(
  input  logic        clk,
  // Aligned word of an IPv6 packet.
  input  logic        valid_i,
  input  logic [7:0]  idx_i,
  input  logic [63:0] data_i,
  // From the clock after word 0 on.
  input  len_t        e_rel_i,
  input  len_t        k_rel_i,
  input  logic        part_i,
  input  logic        clear_i,
  // Flags.
  output logic        l3_valid_o,
  output logic        go_o,         // steps 1 to 3 did not stop
  output logic        clipped_o,
  output logic        cut_o,
  output logic        src_none_o,   // source ::, for step 5
  output anomalies_t  anomalies_o,
  // Values.
  output logic [7:0]  next_o,       // next header, from the clock after word 0 on
  output logic [15:0] payload_o,    // payload length, likewise
  output len_t        end_o,        // X
  output logic        hop255_o,     // hop limit 255
  output logic        dst_multi_o   // destination in ff00::/8
);
  localparam len_t Header = len_t'(40);

  // --- word 0 -------------------------------------------------------------------------------------------------
  logic        check_q = 1'b0;
  logic        version_q, hop0_q;

  always_ff @(posedge clk) begin
    check_q <= valid_i && idx_i == 8'd0;
    if (valid_i && idx_i == 8'd0) begin
      version_q <= data_i[63:60] == 4'd6;
      payload_o <= data_i[31:16];
      next_o    <= data_i[15:8];
      hop0_q    <= data_i[7:0] == 8'd0;
      hop255_o  <= data_i[7:0] == 8'd255;
    end
  end

  logic        whole, cut, valid, jumbo, long;
  logic [16:0] total;
  assign whole = e_rel_i >= Header;
  assign cut   = whole && part_i && k_rel_i < Header;
  assign valid = whole && !cut && version_q;
  assign jumbo = payload_o == 16'd0 && next_o == 8'd0;
  assign total = {1'b0, payload_o} + 17'd40;
  assign long  = total > {6'd0, e_rel_i};

  logic truncated_q = 1'b0, ver_bad_q = 1'b0, jumbo_q = 1'b0;
  always_ff @(posedge clk) begin
    if (check_q) begin
      l3_valid_o  <= valid;
      go_o        <= valid && !jumbo;
      clipped_o   <= valid && !jumbo && long;
      cut_o       <= cut;
      truncated_q <= !whole;
      ver_bad_q   <= whole && !cut && !version_q;
      jumbo_q     <= valid && jumbo;
      end_o       <= long ? e_rel_i : total[10:0];
    end else if (clear_i) begin
      {l3_valid_o, go_o, clipped_o, cut_o, truncated_q, ver_bad_q, jumbo_q} <= '0;
    end
  end

  initial {l3_valid_o, go_o, clipped_o, cut_o} = '0;

  // --- addresses: the same look at both halves of source and destination -----------------------------------------
  logic zero_high, zero_mid, mapped_mid;
  assign zero_high  = data_i[63:32] == 32'd0;
  assign zero_mid   = data_i[31:1] == 31'd0;
  assign mapped_mid = data_i[63:32] == 32'h0000_ffff;

  logic high0_q;                              // the first half of the address was 0
  logic src_multi_q, src_zero_q, src_one_q, dst_zero_q, dst_one_q, src_mapped_q, dst_mapped_q;
  always_ff @(posedge clk) begin
    if (valid_i) begin
      high0_q <= zero_high && zero_mid && !data_i[0];
      case (idx_i)
        8'd1: src_multi_q <= data_i[63:56] == 8'hff;
        8'd2: begin
          src_zero_q   <= high0_q && zero_high && zero_mid && !data_i[0];
          src_one_q    <= high0_q && zero_high && zero_mid && data_i[0];
          src_mapped_q <= high0_q && mapped_mid;
        end
        8'd3: dst_multi_o <= data_i[63:56] == 8'hff;
        8'd4: begin
          dst_zero_q   <= high0_q && zero_high && zero_mid && !data_i[0];
          dst_one_q    <= high0_q && zero_high && zero_mid && data_i[0];
          dst_mapped_q <= high0_q && mapped_mid;
        end
        default: ;
      endcase
    end
  end

  assign src_none_o = l3_valid_o && src_zero_q;

  always_comb begin
    anomalies_o = '0;
    anomalies_o[AnomIp6Truncated]      = truncated_q;
    anomalies_o[AnomIp6Version]        = ver_bad_q;
    anomalies_o[AnomIp6Jumbo]          = jumbo_q;
    anomalies_o[AnomIp6PayloadLong]    = clipped_o;
    anomalies_o[AnomIp6HopZero]        = l3_valid_o && hop0_q;
    anomalies_o[AnomIp6SrcMulticast]   = l3_valid_o && src_multi_q;
    anomalies_o[AnomIp6SrcLoopback]    = l3_valid_o && src_one_q;
    anomalies_o[AnomIp6DstLoopback]    = l3_valid_o && dst_one_q;
    anomalies_o[AnomIp6DstUnspecified] = l3_valid_o && dst_zero_q;
    anomalies_o[AnomIp6V4mapped]       = l3_valid_o && (src_mapped_q || dst_mapped_q);
  end
endmodule

`default_nettype wire

// SPDX-License-Identifier: Apache-2.0
//
// Fixed header of IPv4 (docs/datapath.md, 2.3 steps 1 to 5). Header checksum and options are made elsewhere
// (weir_csum, weir_opt_walk); go_o says whether they count.
//
//   word 0  | ver ihl | tos | total length | identification | R D M  offset |
//   word 1  | ttl | protocol | checksum    | source address                 |
//   word 2  | destination address          | options or payload             |
//
// Timing: what word 0 says is judged in the clock after it is in data_i and stands one clock later, so never later
// than the clock in which word 2 can be in data_i. Flags stay until clear_i; the other outputs until the next word 0.
`default_nettype none

module weir_parse_ip4
  import weir_pkg::*;
  import weir_lists_pkg::*;
(
  input  logic        clk,
  // Aligned word of an IPv4 packet.
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
  output logic        go_o,         // steps 2 and 3 did not stop, and the options (if any) are known
  output logic        options_o,    // class ip_options
  output logic        is_frag_o,
  output logic        clipped_o,
  output logic        cut_o,
  output anomalies_t  anomalies_o,
  // Values.
  output logic [3:0]  ihl_o,        // from the clock after word 0 on
  output logic        later_o,      // fragment offset above 0; likewise
  output len_t        end_o,        // X
  output logic        dst_multi_o   // destination 255.255.255.255 or in 224/4
);
  localparam len_t MinHeader = len_t'(20);

  // --- word 0 -------------------------------------------------------------------------------------------------
  logic        check_q = 1'b0;
  logic        version_q, reserved_q, df_q, mf_q;
  logic [3:0]  ihl_q;
  logic [15:0] total_q;
  logic [12:0] offset_q;

  always_ff @(posedge clk) begin
    check_q <= valid_i && idx_i == 8'd0;
    if (valid_i && idx_i == 8'd0) begin
      version_q  <= data_i[63:60] == 4'd4;
      ihl_q      <= data_i[59:56];
      total_q    <= data_i[47:32];
      reserved_q <= data_i[15];
      df_q       <= data_i[14];
      mf_q       <= data_i[13];
      offset_q   <= data_i[12:0];
    end
  end
  assign ihl_o   = ihl_q;
  assign later_o = offset_q != 13'd0;

  // --- steps 1 to 3, and the fragment fields -------------------------------------------------------------------
  len_t        header;
  logic        valid, fits, pass3, is_frag, opts_known, long;
  logic [16:0] frag_end;
  assign header     = {5'd0, ihl_q, 2'd0};
  assign valid      = e_rel_i >= MinHeader && !(part_i && k_rel_i < MinHeader) && version_q;
  assign fits       = valid && ihl_q >= 4'd5 && header <= e_rel_i;
  assign pass3      = fits && total_q >= {5'd0, header};
  assign long       = total_q > {5'd0, e_rel_i};
  assign opts_known = !(part_i && ihl_q > 4'd5 && k_rel_i < header);
  assign is_frag    = mf_q || later_o;
  assign frag_end   = {1'b0, total_q} + {1'b0, offset_q, 3'd0};

  logic truncated_q = 1'b0, ver_bad_q = 1'b0, ihl_bad_q = 1'b0, short_q = 1'b0, long_q = 1'b0;
  logic res_bad_q = 1'b0, frag_df_q = 1'b0, frag_mod8_q = 1'b0, frag_empty_q = 1'b0;
  logic frag_end_q = 1'b0, offset1_q = 1'b0;

  always_ff @(posedge clk) begin
    if (check_q) begin
      l3_valid_o   <= valid;
      go_o         <= pass3 && opts_known;
      options_o    <= fits && ihl_q > 4'd5;
      clipped_o    <= pass3 && long;
      cut_o        <= (e_rel_i >= MinHeader && part_i && k_rel_i < MinHeader) || (pass3 && !opts_known);
      is_frag_o    <= valid && is_frag;
      truncated_q  <= e_rel_i < MinHeader || (valid && ihl_q >= 4'd5 && header > e_rel_i);
      ver_bad_q    <= e_rel_i >= MinHeader && !(part_i && k_rel_i < MinHeader) && !version_q;
      ihl_bad_q    <= valid && ihl_q < 4'd5;
      short_q      <= fits && !pass3;
      long_q       <= pass3 && long;
      res_bad_q    <= valid && reserved_q;
      frag_df_q    <= valid && is_frag && df_q;
      // The header is a multiple of 4: bits 2:0 of n = total - header.
      frag_mod8_q  <= pass3 && mf_q && {total_q[2] ^ ihl_q[0], total_q[1:0]} != 3'd0;
      frag_empty_q <= pass3 && is_frag && total_q == {5'd0, header};
      frag_end_q   <= pass3 && frag_end > 17'd65535;
      offset1_q    <= pass3 && offset_q == 13'd1;
      end_o        <= long ? e_rel_i : total_q[10:0];
    end else if (clear_i) begin
      {l3_valid_o, go_o, options_o, clipped_o, cut_o, is_frag_o} <= '0;
      {truncated_q, ver_bad_q, ihl_bad_q, short_q, long_q, res_bad_q}     <= '0;
      {frag_df_q, frag_mod8_q, frag_empty_q, frag_end_q, offset1_q}       <= '0;
    end
  end

  initial {l3_valid_o, go_o, options_o, clipped_o, cut_o, is_frag_o} = '0;

  // --- step 4: addresses and the time to live -------------------------------------------------------------------
  logic ttl0_q, tcp_q, src_multi_q, src_res_q, src_loop_q, src_net0_q, src_zero_q;
  logic dst_loop_q, dst_net0_q, dst_res_q;

  always_ff @(posedge clk) begin
    if (valid_i && idx_i == 8'd1) begin
      ttl0_q      <= data_i[63:56] == 8'd0;
      tcp_q       <= data_i[55:48] == 8'd6;
      src_multi_q <= data_i[31:28] == 4'he;
      src_res_q   <= data_i[31:28] == 4'hf;
      src_loop_q  <= data_i[31:24] == 8'd127;
      src_net0_q  <= data_i[31:24] == 8'd0;
      src_zero_q  <= data_i[31:0] == 32'd0;
    end
    if (valid_i && idx_i == 8'd2) begin
      dst_loop_q  <= data_i[63:56] == 8'd127;
      dst_net0_q  <= data_i[63:56] == 8'd0;
      dst_res_q   <= data_i[63:60] == 4'hf && data_i[63:32] != '1;
      dst_multi_o <= data_i[63:60] == 4'he || data_i[63:32] == '1;
    end
  end

  always_comb begin
    anomalies_o = '0;
    anomalies_o[AnomIp4Truncated]    = truncated_q;
    anomalies_o[AnomIp4Version]      = ver_bad_q;
    anomalies_o[AnomIp4Ihl]          = ihl_bad_q;
    anomalies_o[AnomIp4TotalShort]   = short_q;
    anomalies_o[AnomIp4TotalLong]    = long_q;
    anomalies_o[AnomIp4FlagReserved] = res_bad_q;
    anomalies_o[AnomIp4FragDf]       = frag_df_q;
    anomalies_o[AnomFragMod8]        = frag_mod8_q;
    anomalies_o[AnomFragEmpty]       = frag_empty_q;
    anomalies_o[AnomFragEnd]         = frag_end_q;
    anomalies_o[AnomFragTiny]        = offset1_q && tcp_q;
    anomalies_o[AnomIp4TtlZero]      = l3_valid_o && ttl0_q;
    anomalies_o[AnomIp4SrcMulticast] = l3_valid_o && src_multi_q;
    anomalies_o[AnomIp4SrcReserved]  = l3_valid_o && src_res_q;
    anomalies_o[AnomIp4SrcLoopback]  = l3_valid_o && src_loop_q;
    anomalies_o[AnomIp4SrcZero]      = l3_valid_o && src_net0_q && !(src_zero_q && dst_multi_o);
    anomalies_o[AnomIp4DstLoopback]  = l3_valid_o && dst_loop_q;
    anomalies_o[AnomIp4DstZero]      = l3_valid_o && dst_net0_q;
    anomalies_o[AnomIp4DstReserved]  = l3_valid_o && dst_res_q;
  end
endmodule

`default_nettype wire

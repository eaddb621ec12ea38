// SPDX-License-Identifier: Apache-2.0
//
// GMII receiver (IEEE 802.3 clause 35, 8 bit at 125 MHz): finds the start delimiter after one or more preamble bytes,
// checks and removes the FCS, measures the frame. Every carrier (rx_dv high once) ends with exactly one pulse of
// end_valid_o; bytes come out as they arrive, so only that pulse says whether they were worth anything.
// One byte per clock; byte n comes out 7 clocks after it was at the pins. Cannot be stalled.
// A frame of fewer than 5 bytes with FCS has no byte out, only its end. A carrier during reset is not seen, also not
// the rest of it.
`default_nettype none
`include "weir_assert.svh"

module weir_gmii_rx
  import weir_crc32_pkg::*;
  import weir_mac_pkg::*;
(
  input  wire                   clk,  // rx_clk of the PHY
  input  wire                   rst,
  // GMII, synchronous to clk.
  input  wire  [7:0]            gmii_rxd_i,
  input  wire                   gmii_rx_dv_i,
  input  wire                   gmii_rx_er_i,
  // Setting, in this clock domain: longest untagged frame without FCS; each of up to two leading tags adds 4, and
  // MacMaxBytes bounds the sum.
  input  wire  [MacLenBits-1:0] max_frame_i,
  // Bytes from the destination address to the last before the FCS. m_last_o comes with end_valid_o; then m_bad_o is
  // high unless end_status_o is RxGood.
  output logic                  m_valid_o,
  output logic [7:0]            m_data_o,
  output logic                  m_first_o,
  output logic                  m_last_o,
  output logic                  m_bad_o,
  // End of a carrier; the length, without FCS, is right when the status is RxGood.
  output logic                  end_valid_o,
  output rx_end_e               end_status_o,
  output logic [MacLenBits-1:0] end_len_o
);

  localparam logic [7:0]  Preamble = 8'h55;
  localparam logic [7:0]  Sfd      = 8'hd5;
  localparam logic [11:0] FcsBytes = 12'd4;
  localparam logic [11:0] MaxWire  = 12'(MacMaxBytes) + FcsBytes;
  localparam logic [11:0] MinWire  = 12'(MacMinBytes) + FcsBytes;

  typedef enum logic [2:0] {StWait, StIdle, StPreamble, StData, StDrain} state_e;

  // Input registers.
  logic [7:0] rxd_q;
  logic       dv_q = 1'b1;  // at power-on as after reset
  logic       er_q = 1'b0;

  state_e      state_q = StWait;
  state_e      state_d;
  logic [4:0][7:0] line_q;        // the last five bytes, [0] the newest: FCS and the byte before it
  logic [11:0] count_q;           // bytes so far with FCS, stops at the top
  logic [31:0] crc_q;
  logic        error_q;           // rx_er was seen
  logic [1:0]  tags_q;            // leading tags
  logic [11:0] limit_q;           // longest allowed with FCS
  logic [13:0] limit_d;
  logic        full_q;            // five or more bytes: line_q[4] is data
  logic        first_q;           // line_q[4] is the first byte
  logic        is_data;           // a byte of the frame
  logic        is_end;            // the carrier ended
  logic        is_tpid;           // the last two bytes, with the current one
  rx_end_e     status;

  always_comb begin
    state_d = state_q;
    is_data = 1'b0;
    is_end  = 1'b0;
    unique case (state_q)
      // After reset: leave out a carrier that is under way.
      StWait: if (!dv_q) state_d = StIdle;
      StIdle: if (dv_q) state_d = (rxd_q == Preamble && !er_q) ? StPreamble : StDrain;
      StPreamble: begin
        is_end = !dv_q;
        if (!dv_q) state_d = StIdle;
        else if (er_q) state_d = StDrain;
        else if (rxd_q == Sfd) state_d = StData;
        else if (rxd_q != Preamble) state_d = StDrain;
      end
      StData: begin
        is_data = dv_q;
        is_end  = !dv_q;
        if (!dv_q) state_d = StIdle;
      end
      // Nothing more to learn from this carrier.
      StDrain: begin
        is_end = !dv_q;
        if (!dv_q) state_d = StIdle;
      end
      default: state_d = StWait;
    endcase
  end

  always_comb begin
    if (state_q != StData || error_q)  status = RxError;
    else if (count_q < MinWire)        status = RxRunt;
    else if (count_q > limit_q)        status = RxOversize;
    else if (crc_q != Crc32Residue)    status = RxFcsError;
    else                               status = RxGood;
  end

  always_comb begin
    is_tpid = {line_q[0], rxd_q} == 16'h8100 || {line_q[0], rxd_q} == 16'h88a8 ||
              {line_q[0], rxd_q} == 16'h9100;
    limit_d = 14'(max_frame_i) + 14'(FcsBytes) + {10'd0, tags_q, 2'b00};
  end

  always_ff @(posedge clk) begin
    rxd_q   <= gmii_rxd_i;
    dv_q    <= gmii_rx_dv_i;
    er_q    <= gmii_rx_er_i;
    state_q <= state_d;
    limit_q <= (limit_d > 14'(MaxWire)) ? MaxWire : limit_d[11:0];
    if (is_data) begin
      line_q  <= {line_q[3:0], rxd_q};
      crc_q   <= crc32_byte(crc_q, rxd_q);
      count_q <= count_q + 12'(count_q != '1);
      error_q <= error_q || er_q;
      full_q  <= full_q || count_q == 12'd4;
      first_q <= !full_q;
      if ((count_q == 12'd13 || (count_q == 12'd17 && tags_q == 2'd1)) && is_tpid) begin
        tags_q <= tags_q + 2'd1;
      end
    end else if (state_q != StData) begin
      crc_q   <= Crc32Init;
      count_q <= '0;
      error_q <= 1'b0;
      full_q  <= 1'b0;
      tags_q  <= '0;
    end
    if (rst) begin
      dv_q    <= 1'b1;  // as if a carrier were there: the rest of one is skipped
      state_q <= StWait;
    end
  end

  // Output registers. The oldest byte leaves when the next arrives, or with the end.
  logic    valid_q = 1'b0;
  logic    end_q   = 1'b0;
  rx_end_e status_q;
  logic [7:0] data_q;
  logic    ofirst_q;
  logic [MacLenBits-1:0] len_q;

  always_ff @(posedge clk) begin
    valid_q  <= state_q == StData && full_q;
    data_q   <= line_q[4];
    ofirst_q <= first_q;
    end_q    <= is_end;
    status_q <= status;
    len_q    <= MacLenBits'(count_q - FcsBytes);
    if (rst) begin
      valid_q <= 1'b0;
      end_q   <= 1'b0;
    end
  end

  always_comb begin
    m_valid_o    = valid_q;
    m_data_o     = data_q;
    m_first_o    = ofirst_q;
    m_last_o     = end_q;
    m_bad_o      = status_q != RxGood;
    end_valid_o  = end_q;
    end_status_o = status_q;
    end_len_o    = len_q;
  end

  `WEIR_ASSERT(good_has_bytes, !(end_q && status_q == RxGood) || valid_q, clk, rst)
endmodule

`default_nettype wire

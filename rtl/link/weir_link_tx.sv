// SPDX-License-Identifier: Apache-2.0
//
// Frames of the host link to octets (docs/link.md): opening flag, escapes, FCS, closing flag. An octet takes 9 clocks (its
// FCS goes bit by bit), one that is escaped 10; whoever is behind it may take longer. Never leaves a frame half sent.
`default_nettype none

module weir_link_tx (
  input  wire        clk,
  input  wire        rst,
  // A frame begins with valid_i in idle_o. An octet rests until take_o; after the last, end_i instead of valid_i until idle_o.
  input  wire        valid_i,
  input  wire        end_i,
  input  wire  [7:0] data_i,
  output logic       take_o,
  output logic       idle_o,
  // Octets out: one is taken in a clock with valid and ready.
  output logic       tx_valid_o,
  output logic [7:0] tx_data_o,
  input  wire        tx_ready_i
);

  localparam logic [7:0] Flag   = 8'h7e;
  localparam logic [7:0] Escape = 8'h7d;

  typedef enum logic [2:0] {Idle, Open, Data, Fcs, Close} state_e;

  state_e      state_q = Idle;
  state_e      state_d;
  logic        esc_q = 1'b0;   // the escape is out
  logic [3:0]  run_q = '0;     // 8 to 15: the octet is out, its bit run_q - 8 goes into the FCS
  logic [1:0]  fcs_q = '0;     // octets of the FCS that are out
  logic [31:0] crc;
  logic [7:0]  octet;
  logic        special, sent, ran;
  wire  [23:0] unused_crc = crc[31:8];  // shifted down to where it is read

  always_comb begin
    octet      = state_q == Fcs ? ~crc[7:0] : data_i;
    special    = (octet == Flag || octet == Escape) && !esc_q;
    tx_valid_o = 1'b0;
    tx_data_o  = special ? Escape : octet ^ (esc_q ? 8'h20 : 8'h00);
    ran        = run_q == 4'd15;
    state_d    = state_q;
    case (state_q)
      Idle: if (valid_i) state_d = Open;
      Open: begin
        tx_valid_o = 1'b1;
        tx_data_o  = Flag;
        if (tx_ready_i) state_d = Data;
      end
      Data: begin
        tx_valid_o = valid_i && !run_q[3];
        if (end_i && !run_q[3]) state_d = Fcs;
      end
      Fcs: begin
        tx_valid_o = !run_q[3];
        if (ran && fcs_q == 2'd3) state_d = Close;
      end
      default: begin  // Close
        tx_valid_o = 1'b1;
        tx_data_o  = Flag;
        if (tx_ready_i) state_d = Idle;
      end
    endcase
    sent   = tx_valid_o && tx_ready_i && !special && (state_q == Data || state_q == Fcs);
    take_o = ran && state_q == Data;
    idle_o = state_q == Idle;
  end

  always_ff @(posedge clk) begin
    state_q <= state_d;
    if (tx_valid_o && tx_ready_i) esc_q <= special && (state_q == Data || state_q == Fcs);
    if (sent) run_q <= 4'd8;
    else if (run_q[3]) run_q <= run_q + 4'd1;
    if (ran && state_q == Fcs) fcs_q <= fcs_q + 2'd1;  // 4 of them: 0 again
    if (rst) begin
      state_q <= Idle;
      esc_q   <= 1'b0;
      run_q   <= '0;
      fcs_q   <= '0;
    end
  end

  weir_link_fcs u_fcs (
    .clk,
    .clear_i(state_q == Open),
    .shift_i(run_q[3]),
    .bit_i  (state_q == Fcs ? crc[0] : data_i[run_q[2:0]]),
    .crc_o  (crc)
  );
endmodule

`default_nettype wire

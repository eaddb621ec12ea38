// SPDX-License-Identifier: Apache-2.0
//
// Bits to octets: 8 data bits, no parity, one stop bit, 65,536 / step_i clocks each; 8 clocks a bit or more. The line goes
// through a majority of three samples, so one wrong sample is nothing; bits are taken in their middle, counted from the
// falling edge of the start bit, which stands on average where it was seen. An octet is there in the middle of its stop bit,
// and the next start bit may follow at once. A stop bit that is 0 makes the octet disappear (the FCS notices).
`default_nettype none

module weir_uart_rx (
  input  wire         clk,
  input  wire         rst,
  input  wire         rx_i,      // from a pin, of any clock
  input  wire  [15:0] step_i,    // bits per clock in 2^-16
  output logic        valid_o,   // one clock
  output logic [7:0]  data_o
);

  logic        rx;
  logic [2:0]  samples_q = '1;
  logic        line_q = 1'b1;
  logic        line_q2 = 1'b1;
  logic        active_q = 1'b0;
  logic        tick_q = 1'b0;
  logic [15:0] phase_q = 16'h8000;
  logic [3:0]  bits_q = '0;      // bits taken, the start bit too
  logic [7:0]  data_q = '0;
  logic        valid_q = 1'b0;

  weir_sync #(.Width(1), .Init(1'b1)) u_sync (.clk, .d_i(rx_i), .q_o(rx));

  // A tick comes one clock after the middle, when that has moved on to line_q2.
  always_ff @(posedge clk) begin
    samples_q <= {samples_q[1:0], rx};
    line_q    <= (samples_q[0] && samples_q[1]) || (samples_q[1] && samples_q[2]) || (samples_q[0] && samples_q[2]);
    line_q2   <= line_q;
    valid_q   <= 1'b0;
    if (!active_q) begin
      active_q <= line_q2 && !line_q;
      bits_q   <= '0;
    end
    {tick_q, phase_q} <= active_q || (line_q2 && !line_q) ? {1'b0, phase_q} + {1'b0, step_i} : {1'b0, 16'h8000};
    if (active_q && tick_q) begin
      bits_q <= bits_q + 4'd1;
      if (bits_q == 4'd0 && line_q2) active_q <= 1'b0;  // that was no start bit
      if (bits_q == 4'd9) begin
        active_q <= 1'b0;
        valid_q  <= line_q2;
      end else begin
        data_q <= {line_q2, data_q[7:1]};
      end
    end
    if (active_q && tick_q && (bits_q == 4'd9 || (bits_q == 4'd0 && line_q2))) begin
      tick_q  <= 1'b0;
      phase_q <= 16'h8000;
    end
    if (rst) begin
      active_q <= 1'b0;
      tick_q   <= 1'b0;
      valid_q  <= 1'b0;
      phase_q  <= 16'h8000;
    end
  end

  always_comb begin
    valid_o = valid_q;
    data_o  = data_q;
  end
endmodule

`default_nettype wire

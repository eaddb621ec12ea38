// SPDX-License-Identifier: Apache-2.0
//
// For Yosys, `techmap -D SHORT_ADDER=n`: adders, subtracters and comparators of up to n bits ($alu) as plain logic. A carry
// chain of the ECP5 costs four look-up tables more than its bits, to get into and out of the chain, so that a short one
// is dearer than the same in plain logic, which the optimiser can also merge with what stands around it.
(* techmap_celltype = "$alu" *)
module weir_short_adder (A, B, CI, BI, X, Y, CO);
  parameter A_SIGNED = 0;
  parameter B_SIGNED = 0;
  parameter A_WIDTH = 1;
  parameter B_WIDTH = 1;
  parameter Y_WIDTH = 1;

  (* force_downto *) input  [A_WIDTH-1:0] A;
  (* force_downto *) input  [B_WIDTH-1:0] B;
  (* force_downto *) output [Y_WIDTH-1:0] X, Y;
  input CI, BI;
  (* force_downto *) output [Y_WIDTH-1:0] CO;

  wire _TECHMAP_FAIL_ = Y_WIDTH > `SHORT_ADDER;

  (* force_downto *) wire [Y_WIDTH-1:0] a, b;
  \$pos #(.A_SIGNED(A_SIGNED), .A_WIDTH(A_WIDTH), .Y_WIDTH(Y_WIDTH)) a_extend (.A(A), .Y(a));
  \$pos #(.A_SIGNED(B_SIGNED), .A_WIDTH(B_WIDTH), .Y_WIDTH(Y_WIDTH)) b_extend (.A(B), .Y(b));

  (* force_downto *) wire [Y_WIDTH-1:0] operand = BI ? ~b : b;
  (* force_downto *) wire [Y_WIDTH:0] carry;
  assign carry[0] = CI;
  genvar i;
  generate
    for (i = 0; i < Y_WIDTH; i = i + 1) begin : bits
      assign carry[i+1] = (a[i] && operand[i]) || (carry[i] && (a[i] || operand[i]));
    end
  endgenerate
  assign X  = a ^ operand;
  assign Y  = X ^ carry[Y_WIDTH-1:0];
  assign CO = carry[Y_WIDTH:1];
endmodule

// SPDX-License-Identifier: Apache-2.0
//
// Cookies of SYN validation (docs/datapath.md 14.3), in stage S1: SipHash-1-3 of a frame's addresses, ports and epoch, one
// round a clock. Inputs are constant from phase 0 to 7; the outputs stand in phases 1 to 7 of the next slot.
// One frame per 8 clocks, no stall. Which methods answer with it, and what proves with which, is not its matter.
//
//   phase   0     1 to 5                     6, 7, next 0
//           load  a block each (39 bytes)    the three last rounds
//
// So the last round of a frame and the loading of the next one share a clock. Of that last round only the XOR of the four
// words is made: the two that contain v0 cancel it.
`default_nettype none

module weir_cookie
  import weir_pkg::*;
(
  input  wire                clk,
  input  wire  [2:0]         phase_i,

  // --- The slot, constant from phase 0 to 7. The answer is that of a SYN, or is about the number that may prove.
  input  wire  [127:0]       remote_i,
  input  wire  [127:0]       protect_i,
  input  wire  [15:0]        rport_i,
  input  wire  [15:0]        pport_i,
  input  wire stamp_t        stamp_i,
  input  wire                is_syn_i,
  input  wire  [31:0]        claim_i,
  input  wire  [1:0][127:0]  key_i,     // k0 in the low half

  // --- In phases 1 to 7 of the next slot.
  output logic [31:0]        cookie_o,  // of a SYN: cookie(E)
  output logic               proves_o   // the claim, of a frame that is not a SYN
);
  localparam int unsigned EpochBits = 24;
  localparam int unsigned EpochLog2 = 22;
  localparam int unsigned HashBits  = 30;
  localparam logic [7:0]  MessageBytes         = 8'd39;
  // "somepseudorandomlygeneratedbytes"
  localparam logic [63:0] Init0 = 64'h736f6d6570736575;
  localparam logic [63:0] Init1 = 64'h646f72616e646f6d;
  localparam logic [63:0] Init2 = 64'h6c7967656e657261;
  localparam logic [63:0] Init3 = 64'h7465646279746573;

  // Words of the message are little-endian.
  function automatic logic [63:0] swap8(logic [63:0] x);
    for (int b = 0; b < 8; b++) swap8[8*b+:8] = x[63-8*b-:8];
  endfunction
  function automatic logic [15:0] swap2(logic [15:0] x);
    return {x[7:0], x[15:8]};
  endfunction
  function automatic logic [63:0] rotl(logic [63:0] x, int unsigned n);
    return (x << n) | (x >> (64 - n));
  endfunction

  // --- Epoch and key ----------------------------------------------------------------------------------------------
  logic [EpochBits-1:0] now;
  logic [EpochBits-1:0] epoch;
  logic                 earlier; // not the current one, so the one before, if any
  logic                 known;   // a claim of one of the two
  logic [127:0]         key;

  always_comb begin
    now    = stamp_i[EpochLog2+:EpochBits];
    earlier = !is_syn_i && claim_i[31:30] != now[1:0];
    known  = !is_syn_i && (claim_i[31:30] == now[1:0] || claim_i[31:30] == now[1:0] - 1'b1);
    epoch  = now - EpochBits'(earlier);
    key = key_i[epoch[6]];
  end

  // --- Rounds -----------------------------------------------------------------------------------------------------
  logic [63:0] v0_q, v1_q, v2_q, v3_q;
  logic [63:0] block_q;     // of the round in this clock; 0 in the last three
  logic [63:0] block;       // of the next clock
  logic [63:0] in3;
  logic [63:0] half0, half1, half2, half3;  // after the first two additions
  logic [63:0] sum0, sum2;                  // the other two
  logic [HashBits-1:0] hash;

  always_comb begin
    case (phase_i)
      3'd0:    block = swap8(remote_i[127:64]);
      3'd1:    block = swap8(remote_i[63:0]);
      3'd2:    block = swap8(protect_i[127:64]);
      3'd3:    block = swap8(protect_i[63:0]);
      3'd4:    block = {MessageBytes, epoch, swap2(pport_i), swap2(rport_i)};
      default: block = '0;
    endcase

    in3   = v3_q ^ block_q;
    half0 = v0_q + v1_q;
    half2 = v2_q + in3;
    half1 = rotl(v1_q, 13) ^ half0;
    half3 = rotl(in3, 16) ^ half2;
    sum0  = rotl(half0, 32) + half3;
    sum2  = half2 + half1;
    // v0 = sum0, v1 = rotl(half1, 17) ^ sum2, v2 = rotl(sum2, 32), v3 = rotl(half3, 21) ^ sum0
    hash  = HashBits'(rotl(half1, 17) ^ sum2 ^ rotl(sum2, 32) ^ rotl(half3, 21));
  end

  always_ff @(posedge clk) begin
    block_q <= block;
    v0_q    <= sum0 ^ block_q;
    v1_q    <= rotl(half1, 17) ^ sum2;
    v2_q    <= rotl(sum2, 32);
    v3_q    <= rotl(half3, 21) ^ sum0;
    // Behind the last block.
    if (phase_i == 3'd5) v2_q <= rotl(sum2, 32) ^ 64'hff;
    if (phase_i == 3'd0) begin
      v0_q <= key[63:0] ^ Init0;
      v1_q <= key[127:64] ^ Init1;
      v2_q <= key[63:0] ^ Init2;
      v3_q <= key[127:64] ^ Init3;
    end
  end

  // --- Answer -----------------------------------------------------------------------------------------------------
  logic [HashBits-1:0] hash_q;
  logic [1:0]          epoch_q;
  logic                known_q;
  logic [HashBits-1:0] claim_q;

  always_ff @(posedge clk) begin
    if (phase_i == 3'd0) hash_q <= hash;
    if (phase_i == 3'd7) begin
      epoch_q <= epoch[1:0];
      known_q <= known;
      claim_q <= claim_i[HashBits-1:0];
    end
  end

  always_comb begin
    cookie_o = {epoch_q, hash_q};
    proves_o = known_q && hash_q == claim_q;
  end
endmodule

`default_nettype wire

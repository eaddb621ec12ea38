// SPDX-License-Identifier: Apache-2.0
//
// Tags and indices of all tables for one frame (docs/datapath.md 5.1): Toeplitz hash, in pieces, since it is linear.
// Inputs are taken at the end of phase 7; the next 8 clocks work on them; hash_o is constant in the 8 clocks after those.
// One frame per 8 clocks, no stall.
//
//   remote unit     every eighth bit in a clock, from bit 0 on in phase 0, from bit 7 on in phase 7. Instead of the key, the
//                   sums move on by a bit a clock, so that the key needs no registers and no multiplexer -> r_q
//   ports unit      likewise, the ports of a connection -> c_q
//   protected unit  26 bits a clock, phases 0 to 5: five pieces of the address -> p_q, and those above the prefix length
//                   -> pp_q; the piece with the border takes two clocks, first the bits above it, then those below.
//                   Phases 6 and 7: family, sub-kind and value of `port`, of `udp_source` -> port_q, udp_q
// Kinds and family, which cost few inputs, are added in phase 7.
//
// Nothing is cleared: a sum begins by leaving out what its register holds, with one input of the look-up table that adds to it,
// and behind the end of a string its last bits stand still.
`default_nettype none
`include "weir_assert.svh"

module weir_hash
  import weir_pkg::*;
  import weir_lists_pkg::*;
  import weir_slot_pkg::*;
(
  input  wire                clk,
  input  wire  [2:0]         phase_i,

  // Sampled at the end of phase 7.
  input  wire  [127:0]       remote_i,
  input  wire  [127:0]       protect_i,
  input  wire                family_i,
  input  wire  [2:0]         tclass_i,
  input  wire  [1:0]         sub_i,      // sub-kind of `port`
  input  wire  [15:0]        sport_i,
  input  wire  [15:0]        dport_i,
  input  wire  [15:0]        rport_i,    // of a connection: remote and protected side
  input  wire  [15:0]        pport_i,
  // Static: changes only while nothing runs.
  input  wire  [10:0][31:0]  hash_key_i,
  input  wire  [5:0]         prefix_len4_i,
  input  wire  [7:0]         prefix_len6_i,

  output hash_t [NumTables-1:0] hash_o,
  output hash_t                 connection_o,
  output hash_t                 known_o       // of `class`, for frames of known connections
);
  localparam int unsigned OutBits   = TagBits + IndexBits;
  localparam int unsigned KeyBits   = 352;
  localparam int unsigned Lanes     = 128 / 8;
  // Output bit j is at j + phase, so 7 more than the outputs.
  localparam int unsigned Columns   = OutBits + 7;
  localparam int unsigned PStep     = 26;
  localparam int unsigned PPieces   = 5;
  // The protected unit goes on behind the address to bits 258 to 283.
  localparam int unsigned PKeyFirst = 128;
  localparam int unsigned PKeyBits  = PStep * PPieces + PStep + OutBits - 1;
  localparam int unsigned PBits     = PStep * (PPieces + 1);

  typedef logic [0:OutBits-1] out_t;  // bit 0 is output bit 0

  // Key bit i is key[i].
  logic [0:KeyBits-1] key;
  always_comb for (int i = 0; i < KeyBits; i++) key[i] = hash_key_i[i/32][31-i%32];

  function automatic out_t window(logic [0:KeyBits-1] k, int unsigned first);
    for (int unsigned j = 0; j < OutBits; j++) window[j] = k[first+j];
  endfunction

  // --- Working registers: the piece in turn and its key are in front.
  logic [0:127]        r_data_q;  // lane l: bits 8 l to 8 l + 7, the one in turn in front
  logic [0:PBits-1]    p_data_q = '0;  // without the last piece
  logic [15:0]         sport_q;   // of the last piece
  logic [0:PKeyBits-1] p_key_q;
  logic [7:0]          left_q;    // bits of the prefix from the piece in turn on
  typedef enum logic [1:0] {Above, Border, Below} where_e;
  where_e              where_q;   // Border: the bits above it are done
  logic [2:0]          tclass_q;
  localparam int unsigned CLanes  = 32 / 8;
  localparam int unsigned CFirst  = 264;
  logic [0:31]         c_data_q;

  typedef logic [0:Columns-1] columns_t;
  columns_t r_q;
  columns_t c_q;
  columns_t c_next;
  out_t     known_q;
  out_t p_q;
  out_t pp_q;
  out_t port_q;
  out_t udp_q;
  logic family_q;
  logic begin_q;   // phase 0: sums begin
  out_t class_q;   // what kind, family and sub-kind of `class` add

  // Which bits of the piece in turn count, and whether the next one follows: made a clock ahead, as they reach far.
  logic [0:PStep-1] open_q;
  logic             shift_q;
  logic [7:0]       left_next;
  where_e           where_next;
  logic             whole_next;
  logic [0:PStep-1] open_next;
  logic [0:PStep-1] p_in;
  columns_t         r_next;
  out_t             r_sum;   // in phase 7
  out_t             p_sum;
  out_t             p_next;

  always_comb begin
    left_next  = shift_q ? left_q - 8'(PStep) : left_q;
    where_next = (where_q == Above) ? (shift_q ? Above : Border) : Below;
    if (phase_i == 3'd7) begin
      left_next  = family_i ? prefix_len6_i : 8'd96 + 8'(prefix_len4_i);
      where_next = Above;
    end
    whole_next = left_next >= 8'(PStep);
    for (int i = 0; i < PStep; i++)
      open_next[i] = where_next == Below ||
                     (where_next == Border ? left_next[4:0] <= 5'(i) : (whole_next || left_next[4:0] > 5'(i)));
    p_in = p_data_q[0:PStep-1] & open_q;

    r_next = begin_q ? '0 : r_q;
    for (int l = 0; l < Lanes; l++)
      for (int c = 0; c < Columns; c++) r_next[c] ^= r_data_q[8*l] & key[8*l+c];
    r_sum = r_next[7:Columns-1];
    c_next = begin_q ? '0 : c_q;
    for (int l = 0; l < CLanes; l++)
      for (int c = 0; c < Columns; c++) c_next[c] ^= c_data_q[8*l] & key[CFirst+8*l+c];
    p_sum = '0;
    for (int i = 0; i < PStep; i++)
      for (int j = 0; j < OutBits; j++) p_sum[j] ^= p_in[i] & p_key_q[i+j];
    p_next = (begin_q ? '0 : p_q) ^ p_sum;
  end

  out_t family_sum;  // what the family adds
  out_t class_sum;
  always_comb begin
    family_sum = family_q ? window(key, 260) : '0;
    class_sum  = family_sum ^ window(key, 258) ^ window(key, 259);
    for (int unsigned b = 0; b < 3; b++) if (tclass_q[2-b]) class_sum ^= window(key, 261 + b);
  end

  always_ff @(posedge clk) begin
    begin_q  <= phase_i == 3'd7;
    r_data_q <= {r_data_q[1:127], r_data_q[127]};
    r_q      <= {1'b0, r_next[0:Columns-2]};
    c_data_q <= {c_data_q[1:31], c_data_q[31]};
    c_q      <= {1'b0, c_next[0:Columns-2]};
    known_q  <= family_sum ^ window(key, 258) ^ window(key, 259) ^ window(key, 261) ^ window(key, 262) ^ window(key, 263);
    left_q  <= left_next;
    where_q <= where_next;
    open_q  <= open_next;
    shift_q <= where_next != Above || whole_next;
    if (shift_q) begin
      p_data_q <= {p_data_q[PStep:PBits-1], 6'b0, sport_q, 4'b0};
      // The two last pieces have the same place in the string.
      if (phase_i != 3'd6) p_key_q <= {p_key_q[PStep:PKeyBits-1], p_key_q[PKeyBits-PStep:PKeyBits-1]};
    end

    // Above the prefix length, as phase 0 always is, both sums are the same.
    if (phase_i <= 3'd5) p_q <= p_next;
    if (phase_i <= 3'd5 && where_q == Above) pp_q <= p_next;
    class_q <= class_sum;
    if (phase_i == 3'd6) port_q <= p_sum;
    if (phase_i == 3'd7) udp_q <= p_sum;

    if (phase_i == 3'd7) begin
      r_data_q <= remote_i;
      p_data_q <= {protect_i, (PStep * PPieces - 128)'(0),
                   3'b0, 1'b0, sub_i, dport_i, 4'b0};
      sport_q  <= sport_i;
      p_key_q  <= key[PKeyFirst:PKeyFirst+PKeyBits-1];
      tclass_q <= tclass_i;
      c_data_q <= {pport_i, rport_i};
      family_q <= family_i;
    end
  end

  // --- Phase 7: the sums of the tables.
  function automatic hash_t finish(out_t sum);
    for (int unsigned j = 0; j < TagBits; j++) finish.tag[TagBits-1-j] = sum[j];
    for (int unsigned j = 0; j < IndexBits; j++) finish.index[IndexBits-1-j] = sum[TagBits+j];
    if (finish.tag == '0) finish.tag[0] = 1'b1;
  endfunction

  `WEIR_ELAB(last, TableUdpSource == NumTables - 1, "udp_source is not the last table")

  // Sums: finished behind the registers, since the last bits come late.
  out_t [TableUdpSource-1:0] sum_q;
  out_t                      connection_q;

  always_ff @(posedge clk) begin
    if (phase_i == 3'd7) begin
      sum_q[TableRemote]   <= r_sum ^ family_sum ^ window(key, 259);
      sum_q[TablePair]     <= r_sum ^ p_q ^ family_sum ^ window(key, 258);
      sum_q[TableClass]    <= p_q ^ class_q;
      sum_q[TableAddress]  <= p_q ^ family_sum ^ window(key, 257);
      sum_q[TablePrefix]   <= pp_q ^ family_sum ^ window(key, 257) ^ window(key, 259);
      connection_q         <= r_sum ^ p_q ^ family_sum ^ c_next[7:Columns-1] ^ window(key, 256);
      known_o              <= finish(p_q ^ known_q);
      sum_q[TablePort]     <= port_q ^ window(key, 257) ^ window(key, 258);
    end
  end

  always_comb begin
    for (int t = 0; t < TableUdpSource; t++) hash_o[t] = finish(sum_q[t]);
    // The last to be there.
    hash_o[TableUdpSource] = finish(udp_q ^ window(key, 257) ^ window(key, 258) ^ window(key, 259));
    connection_o           = finish(connection_q);
  end
endmodule

`default_nettype wire

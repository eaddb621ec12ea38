// SPDX-License-Identifier: Apache-2.0
//
// FIFO between two clocks of any relation, with Gray-coded pointers and a registered fall-through output: rd_data_o is
// the oldest word whenever rd_empty_o is low. A word appears three to four rd_clk after its writing; the room of a
// word that was read is seen two to three wr_clk later. One write per wr_clk, one read per rd_clk, sustained.
// When full, wr_en_i is ignored (wr_full_o is the writer's "not ready"); when empty, rd_en_i is ignored.
// Holds Depth words and one more in the output register. Never loses, invents or reorders an accepted word;
// tb/formal/weir_fifo_async.sby proves it for any two clocks. Resets: both or none, see weir_reset_sync.
`default_nettype none
`include "weir_assert.svh"

module weir_fifo_async #(
  parameter int unsigned Width = 8,   // bits
  parameter int unsigned Depth = 16,  // words, a power of two, 4 or more; LUT RAM
  localparam int unsigned AddrBits = $clog2(Depth)
) (
  // Writer: a word is taken in a clock with wr_en_i && !wr_full_o.
  input  wire              wr_clk,
  input  wire              wr_rst,
  input  wire              wr_en_i,
  input  wire  [Width-1:0] wr_data_i,
  output logic             wr_full_o,
  // Reader: the word shown is gone after a clock with rd_en_i && !rd_empty_o.
  input  wire              rd_clk,
  input  wire              rd_rst,
  input  wire              rd_en_i,
  output logic [Width-1:0] rd_data_o,
  output logic             rd_empty_o
);

  `WEIR_ELAB(depth, Depth >= 4 && Depth == (1 << AddrBits), "Depth must be a power of two, 4 or more")

  typedef logic [AddrBits:0] ptr_t;  // one bit more than the address: full and empty differ

  // --- writer's domain ---
  ptr_t wptr_q  = '0;
  ptr_t wgray_q = '0;
  ptr_t wptr_d;
  ptr_t rgray_sync;
  logic push;

  always_comb begin
    // Full: the pointers differ by Depth, which in Gray code inverts the two top bits.
    wr_full_o = (wgray_q == {~rgray_sync[AddrBits:AddrBits-1], rgray_sync[AddrBits-2:0]});
    push      = wr_en_i && !wr_full_o;
    wptr_d    = wptr_q + ptr_t'(push);
  end

  always_ff @(posedge wr_clk) begin
    wptr_q  <= wptr_d;
    wgray_q <= wptr_d ^ (wptr_d >> 1);
    if (wr_rst) begin
      wptr_q  <= '0;
      wgray_q <= '0;
    end
  end

  // --- reader's domain ---
  ptr_t rptr_q  = '0;
  ptr_t rgray_q = '0;
  ptr_t rptr_d;
  ptr_t wgray_sync;
  logic valid_q = 1'b0;
  logic load;
  logic [Width-1:0] word;
  logic [Width-1:0] data_q;

  always_comb begin
    load   = (rgray_q != wgray_sync) && (!valid_q || rd_en_i);
    rptr_d = rptr_q + ptr_t'(load);
  end

  always_ff @(posedge rd_clk) begin
    rptr_q  <= rptr_d;
    rgray_q <= rptr_d ^ (rptr_d >> 1);
    if (load) begin
      valid_q <= 1'b1;
      data_q  <= word;
    end else if (rd_en_i) begin
      valid_q <= 1'b0;
    end
    if (rd_rst) begin
      rptr_q  <= '0;
      rgray_q <= '0;
      valid_q <= 1'b0;
    end
  end

  always_comb begin
    rd_data_o  = data_q;
    rd_empty_o = !valid_q;
  end

  weir_sync #(.Width(AddrBits + 1)) u_sync_r (.clk(wr_clk), .d_i(rgray_q), .q_o(rgray_sync));
  weir_sync #(.Width(AddrBits + 1)) u_sync_w (.clk(rd_clk), .d_i(wgray_q), .q_o(wgray_sync));

  weir_ram_dp_clk2 #(
    .Width(Width), .Depth(Depth), .Style("distributed"), .AsyncRead(1'b1)
  ) u_ram (
    .wr_clk,
    .wr_en_i  (push),
    .wr_addr_i(wptr_q[AddrBits-1:0]),
    .wr_data_i(wr_data_i),
    .rd_clk,
    .rd_en_i  (1'b1),
    .rd_addr_i(rptr_q[AddrBits-1:0]),
    .rd_data_o(word)
  );

`ifdef FORMAL
  // Any two clocks (the solver moves them), no reset after power-on. One word, chosen by the solver, is followed from
  // its writing to its reading; the pointers of both domains and their delayed copies never pass each other.
  function automatic ptr_t f_bin(input ptr_t gray);
    for (int i = 0; i <= AddrBits; i++) f_bin[i] = ^(gray >> i);
  endfunction
  ptr_t f_n, f_w1, f_w2, f_r1, f_r2;  // all as "how far behind wptr_q"
  always_comb begin
    assume (!wr_rst && !rd_rst);
    f_n  = wptr_q - rptr_q;
    f_w1 = wptr_q - f_bin(u_sync_w.meta_q);
    f_w2 = wptr_q - f_bin(wgray_sync);
    f_r1 = wptr_q - f_bin(u_sync_r.meta_q);
    f_r2 = wptr_q - f_bin(rgray_sync);
  end
  `WEIR_INVARIANT(f_gray, wgray_q == (wptr_q ^ (wptr_q >> 1)) && rgray_q == (rptr_q ^ (rptr_q >> 1)))
  `WEIR_INVARIANT(f_order_w, f_w1 <= f_w2 && f_w2 <= f_n)
  `WEIR_INVARIANT(f_order_r, f_n <= f_r1 && f_r1 <= f_r2 && f_r2 <= ptr_t'(Depth))

  (* anyseq *) logic    f_pick;
  logic                 f_taken = 1'b0;   // the word is written
  logic                 f_loaded = 1'b0;  // it has reached the output register
  logic                 f_left = 1'b0;    // the reader has it
  ptr_t                 f_ptr;
  logic [Width-1:0]     f_word;
  always_ff @(posedge wr_clk) begin
    if (push && f_pick && !f_taken) begin
      f_taken <= 1'b1;
      f_ptr   <= wptr_q;
      f_word  <= wr_data_i;
    end
  end
  always_ff @(posedge rd_clk) begin
    if (load && f_taken && f_ptr == rptr_q) f_loaded <= 1'b1;
    if (rd_en_i && f_loaded) f_left <= 1'b1;
  end
  `WEIR_INVARIANT(f_sane, (f_taken || !f_loaded) && (f_loaded || !f_left))
  `WEIR_INVARIANT(f_kept, !(f_taken && !f_loaded) ||
                  ((ptr_t'(f_ptr - rptr_q) < f_n) && u_ram.g_dist.mem[f_ptr[AddrBits-1:0]] == f_word))
  // What the reader takes when its turn comes is the word.
  `WEIR_INVARIANT(f_delivered, !(f_loaded && !f_left) || (!rd_empty_o && rd_data_o == f_word))
  `WEIR_COVER(f_full, wr_full_o && f_loaded, wr_clk, 1'b0)
  // Nothing is read that was not written.
  `WEIR_INVARIANT(f_not_invented, !(rgray_q != wgray_sync) || f_n != '0)
`endif
endmodule

`default_nettype wire

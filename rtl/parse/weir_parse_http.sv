// SPDX-License-Identifier: Apache-2.0
//
// HTTP request methods at the start of a TCP payload (docs/datapath.md, 2.7, TCP 5). No method has a zero byte, and bytes
// beyond the end of the packet come as zeros, so no length has to be looked at.
//
// pay_i is the place of the payload in granules of four bytes. Results show one clock after the word with the method's
// last byte and stay until the first word of the next packet.
`default_nettype none

module weir_parse_http (
  input  logic        clk,
  input  logic        valid_i,
  input  logic        first_i,      // the first word of a packet
  input  logic [63:0] data_i,
  input  logic        here_i,       // the payload begins in this word …
  input  logic        odd_i,        // … at its second half; also right in the word after it
  output logic        get_o,
  output logic        post_o,
  output logic        other_o
);
  // Methods that go on in a second granule.
  typedef struct packed {logic post, head, dele, conn, opti, trac, patc;} begin_t;

  logic [31:0] one, two;
  begin_t      begin_d, begin_q;
  logic        next_q = 1'b0;       // the word before had the first granule in its second half
  logic        get, put, post, other;

  assign one = odd_i ? data_i[31:0] : data_i[63:32];
  assign two = odd_i ? data_i[63:32] : data_i[31:0];
  always_comb begin
    get = one == "GET ";
    put = one == "PUT ";
    begin_d.post = one == "POST";
    begin_d.head = one == "HEAD";
    begin_d.dele = one == "DELE";
    begin_d.conn = one == "CONN";
    begin_d.opti = one == "OPTI";
    begin_d.trac = one == "TRAC";
    begin_d.patc = one == "PATC";
  end

  begin_t b;
  assign b = odd_i ? begin_q : begin_d;
  always_comb begin
    post  = b.post && two[31:24] == " ";
    other = (b.head && two[31:24] == " ") || (b.dele && two[31:8] == "TE ") || (b.conn && two == "ECT ") ||
            (b.opti && two == "ONS ") || (b.trac && two[31:16] == "E ") || (b.patc && two[31:16] == "H ");
  end

  always_ff @(posedge clk) begin
    if (valid_i) begin
      next_q <= here_i && odd_i;
      if (here_i) begin_q <= begin_d;
      if (first_i) begin
        {get_o, post_o, other_o} <= '0;
      end else begin
        if (here_i && get) get_o <= 1'b1;
        if (here_i && put) other_o <= 1'b1;
        if (odd_i ? next_q : here_i) begin
          if (post) post_o <= 1'b1;
          if (other) other_o <= 1'b1;
        end
      end
    end
  end
endmodule

`default_nettype wire

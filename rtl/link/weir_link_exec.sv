// SPDX-License-Identifier: Apache-2.0
//
// Carries out the requests of the host link (docs/link.md), one at a time, and sends notices between them. A request lies in
// the lower half of the buffer; its reply is put into the upper half and stays there until the next request, for the case
// that this one comes again. 8 clocks a word written, 7 a word read, 3 a word filled, and what the bus makes it wait; the
// whole request is checked before its first access. A notice goes out straight from its words, past the buffer.
`default_nettype none
`include "weir_assert.svh"

module weir_link_exec (
  input  wire         clk,
  input  wire         rst,
  // A request of len_i octets with its FCS lies in the buffer: one clock. held_o from the next clock on, until free_o.
  input  wire         frame_i,
  input  wire  [8:0]  len_i,
  output logic        held_o,
  output logic        free_o,
  // Buffer: requests from 0, replies from 512. The octet of rd_addr_o is there one clock later.
  output logic [9:0]  rd_addr_o,
  input  wire  [7:0]  rd_data_i,
  output logic        wr_en_o,
  output logic [8:0]  wr_addr_o,
  output logic [7:0]  wr_data_o,
  // Frame out: see weir_link_tx.
  output logic        tx_valid_o,
  output logic        tx_end_o,
  output logic [7:0]  tx_data_o,
  input  wire         tx_take_i,
  input  wire         tx_idle_i,
  // Registers: APB4, whole words. hold_o: from the first access of a request until it falls, nobody else has the bus.
  output logic        m_apb_psel,
  output logic        m_apb_penable,
  output logic        m_apb_pwrite,
  output logic [20:0] m_apb_paddr,
  output logic [31:0] m_apb_pwdata,
  input  wire         m_apb_pready,
  input  wire  [31:0] m_apb_prdata,
  output logic        hold_o,
  // Notice: its word notice_addr_o is there one clock later; taken: one clock, its words are no longer needed.
  input  wire         notice_full_i,
  output logic [3:0]  notice_addr_o,
  input  wire  [31:0] notice_data_i,
  output logic        notice_taken_o,
  // Status.
  output logic        busy_o,
  output logic [15:0] repeated_count_o
);

  localparam logic [5:0] Hello = 6'd1;
  localparam logic [5:0] Read  = 6'd2;
  localparam logic [5:0] Write = 6'd3;
  localparam logic [5:0] Fill  = 6'd4;
  localparam logic [7:0] Version    = 8'd1;
  localparam logic [7:0] MaxCount   = 8'd64;
  localparam logic [7:0] NoticeType = 8'h40;
  localparam logic [8:0] NoticeBegin = 9'd62;  // two octets before 64, from where the low bits number those of the words

  typedef enum logic [3:0] {
    Idle, Head, Count, Check, Reply, Gather, Setup, Access, Emit, Next, Turn, Send, Drain
  } state_e;

  state_e      state_q = Idle;
  state_e      state_d;
  logic        held_q = 1'b0;
  logic        notice_q = 1'b0;  // what goes out is a notice
  logic        hold_q = 1'b0;
  // What the request before was is what this one is compared with; hello: nothing.
  logic [5:0]  type_q = Hello;
  logic [7:0]  seq_q = '0;
  logic        same_q = 1'b0;
  logic [1:0]  status_q = '0;
  logic [31:0] sh_q = '0;        // word on its way, least significant octet first
  logic [18:0] addr_q = '0;      // of a word
  logic [15:0] left_q = '0;      // words to go behind this one
  logic [8:0]  rpos_q = '0;      // octet read
  logic [8:0]  rlen_q = '0;      // octets of the reply
  logic        arrive_q = 1'b0;  // the octet before rpos_q is there
  logic [2:0]  step_q = '0;
  logic [1:0]  fresh_q = '0;     // the octet of rpos_q is in out_q
  logic [7:0]  out_q = '0;
  logic [7:0]  notice_seq_q = '0;
  logic [15:0] repeated_q = '0;

  logic        hello, read, write, fill;
  logic        advance, last, head_done, at_end;
  logic        carries;
  logic        len_ok, place_ok;
  logic [1:0]  status;
  logic [7:0]  notice_octet;

  always_comb begin
    hello = type_q == Hello;
    read  = type_q == Read;
    write = type_q == Write;
    fill  = type_q == Fill;

    head_done = arrive_q && rpos_q[3];
    last      = hello ? addr_q[14] : left_q == '0;
    at_end    = notice_q ? rpos_q[7] : rpos_q == rlen_q;

    // What may be carried out. left_q is the count - 1 by now, also of a write, where it comes from the length.
    carries = {1'b0, addr_q[12:0]} + {1'b0, left_q[12:0]} >= 14'h2000;
    unique case (1'b1)
      hello:   len_ok = len_i == 9'd7;
      read:    len_ok = len_i == 9'd11 && left_q[15:6] == '0;
      write:   len_ok = len_i[1:0] == 2'd2 && left_q[15:6] == '0;
      default: len_ok = len_i == 9'd16 && left_q[15:13] == '0;
    endcase
    place_ok = sh_q[31:21] == '0 && sh_q[1:0] == '0 && !(addr_q[18:13] == '1 && carries);
    if (!hello && !read && !write && !fill) status = 2'd1;
    else if (!len_ok) status = 2'd2;
    else if (hello) status = sh_q[7:0] == Version ? 2'd0 : 2'd1;
    else status = place_ok ? 2'd0 : 2'd2;
  end

  always_comb begin
    state_d        = state_q;
    advance        = 1'b0;
    free_o         = 1'b0;
    notice_taken_o = 1'b0;
    wr_en_o        = 1'b0;
    m_apb_psel     = 1'b0;
    m_apb_penable  = 1'b0;
    case (state_q)
      Idle:  // a request goes before a notice
        if (held_q) state_d = Head;
        else if (notice_full_i) state_d = Send;
      Head: begin  // type, number, address, count: 8 octets, whatever they are
        advance = !rpos_q[3];
        if (head_done) state_d = Count;
      end
      Count: state_d = same_q ? Turn : Check;
      Check: state_d = Reply;
      Reply: begin  // type, number, status; of hello two octets more
        wr_en_o = 1'b1;
        if (rlen_q[1:0] == 2'd2 && (!hello || status_q != 2'd0))
          state_d = status_q != 2'd0 ? Turn : read ? Setup : Gather;
        else if (rlen_q[2]) state_d = Setup;
      end
      Gather: begin  // a word of the request
        advance = !step_q[2];
        if (step_q[2]) state_d = Setup;
      end
      Setup: begin
        m_apb_psel = 1'b1;
        state_d    = Access;
      end
      Access: begin
        m_apb_psel    = 1'b1;
        m_apb_penable = 1'b1;
        if (m_apb_pready) state_d = write || fill ? Next : Emit;
      end
      Emit: begin  // a word into the reply
        wr_en_o = 1'b1;
        if (step_q[1:0] == 2'd3) state_d = Next;
      end
      Next: state_d = last ? Turn : write ? Gather : Setup;
      Turn: state_d = Send;
      Send:
        if (fresh_q[1] && at_end) begin
          notice_taken_o = notice_q;
          state_d        = Drain;
        end else advance = tx_take_i;
      default:  // Drain: FCS and flag are going out
        if (tx_idle_i) begin
          free_o  = !notice_q;
          state_d = Idle;
        end
    endcase
  end

  always_ff @(posedge clk) begin
    state_q  <= state_d;
    arrive_q <= advance;
    if (frame_i) held_q <= 1'b1;
    else if (free_o) held_q <= 1'b0;
    if (state_q == Idle) notice_q <= !held_q;
    if (state_q == Setup) hold_q <= 1'b1;
    else if (state_q == Turn) hold_q <= 1'b0;

    if (state_q == Idle) rpos_q <= held_q ? 9'd0 : NoticeBegin;
    else if (state_q == Turn) rpos_q <= 9'd0;
    else if (state_q == Check && write) rpos_q <= 9'd6;
    else if (advance) rpos_q <= rpos_q + 9'd1;

    if ((state_q == Gather && !step_q[2]) || (state_q == Emit && step_q[1:0] != 2'd3)) step_q <= step_q + 3'd1;
    else step_q <= '0;

    if (state_q == Head && arrive_q && rpos_q[3:0] == 4'd1) begin
      type_q <= rd_data_i[5:0];
      same_q <= rd_data_i[5:0] == type_q && !hello;
    end
    if (state_q == Head && arrive_q && rpos_q[3:0] == 4'd2) begin
      seq_q  <= rd_data_i;
      same_q <= same_q && rd_data_i == seq_q;
    end
    if (state_q == Count && same_q) repeated_q <= repeated_q + 16'd1;
    if (state_q == Check) status_q <= status;

    // Octets 2 to 5 of the head, words of the request, words of the reply.
    if (state_q == Access) begin
      if (!write && !fill) sh_q <= m_apb_prdata;
    end else if (state_q == Emit || (state_q == Gather && arrive_q) ||
                 (state_q == Head && arrive_q && !rpos_q[3] && rpos_q[2:0] >= 3'd3 && rpos_q[2:0] != 3'd7)) begin
      sh_q <= {rd_data_i, sh_q[31:8]};
    end

    // Hello reads words 0, 1 and 0x4001: id, version, version of the soc's part.
    if (state_q == Head && arrive_q && rpos_q[2:0] == 3'd7) addr_q <= sh_q[20:2];
    else if (state_q == Check && hello) addr_q <= '0;
    else if (state_q == Next) begin
      if (!(hello && addr_q[0])) addr_q <= addr_q + 19'd1;
      else addr_q[14] <= 1'b1;
    end

    // Of a write: words of the frame without FCS, less 2, less 1 as for all.
    if (state_q == Idle) left_q <= {9'd0, len_i[8:2]};
    else if (state_q == Head && arrive_q && rpos_q[2:0] == 3'd7 && !write) left_q[7:0] <= rd_data_i;
    else if (state_q == Head && arrive_q && rpos_q[3] && fill) left_q[15:8] <= rd_data_i;
    else if ((state_q == Head && arrive_q && rpos_q[3:1] == 3'b001) || state_q == Count || state_q == Next)
      left_q <= left_q - 16'd1;

    if (state_q == Check) rlen_q <= '0;
    else if (wr_en_o) rlen_q <= rlen_q + 9'd1;

    out_q   <= !notice_q ? rd_data_i : rpos_q[6] ? notice_octet : rpos_q[0] ? notice_seq_q : NoticeType;
    fresh_q <= state_q != Send || advance ? 2'd0 : {fresh_q[0], 1'b1};
    if (notice_taken_o) notice_seq_q <= notice_seq_q + 8'd1;

    if (rst) begin
      state_q      <= Idle;
      held_q       <= 1'b0;
      hold_q       <= 1'b0;
      arrive_q     <= 1'b0;
      type_q       <= Hello;
      fresh_q      <= '0;
      notice_seq_q <= '0;
      repeated_q   <= '0;
    end
  end

  always_comb begin
    notice_octet = notice_data_i[8 * rpos_q[1:0] +: 8];
    // The three that Reply puts before the words, and two of hello.
    if (state_q == Emit) wr_data_o = sh_q[7:0];
    else begin
      unique case (rlen_q[2:0])
        3'd0:    wr_data_o = {2'b10, type_q};
        3'd1:    wr_data_o = seq_q;
        3'd2:    wr_data_o = {6'd0, status_q};
        3'd3:    wr_data_o = Version;
        default: wr_data_o = MaxCount;
      endcase
    end
    rd_addr_o        = {state_q == Send, rpos_q};
    wr_addr_o        = rlen_q;
    tx_valid_o       = state_q == Send && fresh_q[1] && !at_end;
    tx_end_o         = (state_q == Send && fresh_q[1] && at_end) || state_q == Drain;
    tx_data_o        = out_q;
    m_apb_pwrite     = write || fill;
    m_apb_paddr      = {addr_q, 2'b00};
    m_apb_pwdata     = sh_q;
    hold_o           = hold_q;
    held_o           = held_q;
    notice_addr_o    = rpos_q[5:2];
    busy_o           = state_q != Idle || held_q || notice_full_i;
    repeated_count_o = repeated_q;
  end

  `WEIR_ASSERT(one_at_a_time, !(frame_i && held_q), clk, rst)
endmodule

`default_nettype wire

// SPDX-License-Identifier: Apache-2.0
//
// The connection table (docs/datapath.md 13; RATE-9): follows TCP connections of both directions and says of each frame
// how it stands to them. In S1; one look-up a slot, loop of 8 clocks (weir_table), no stall.
//
//   clock 6   the entry is there: differences of its sequence numbers with those of the frame, and of its time
//   clock 7   the row of 13.2 that fits: the new entry, the event, and which counts of its addresses it leaves and joins (13.4)
//
// An inbound SYN makes no entry, so that a flood of them needs no room. Full: established connections are never victims; a frame
// without room is told as `full`, and nothing is written.
`default_nettype none
`include "weir_assert.svh"

module weir_connections
  import weir_pkg::*;
  import weir_lists_pkg::*;
  import weir_slot_pkg::*;
  import weir_state_pkg::*;
(
  input  wire                         clk,
  input  wire                         rst,
  input  wire  [2:0]                  phase_i,

  // --- The slot in S1, constant from phase 0 to 7.
  input  wire state_frame_t           frame_i,
  input  wire hash_t                  key_i,
  input  wire  [31:0]                 clock_i,    // stamp >> 20
  input  wire conn_cfg_t              cfg_i,
  input  wire command_t               command_i,  // expire: of this table's clock
  input  wire  [MaintDataBits-1:0]    wdata_i,
  input  wire                         zero_i,     // phases 1 and 5 (weir_state)

  // --- In the next slot (the frame is in S2), constant.
  output conn_result_t                result_o,

  // --- Maintenance read: read_clear_i makes it 0; then what is read.
  input  wire                         read_clear_i,
  output logic [MaintDataBits-1:0]    rdata_o,

  // --- Statistics: pulses.
  output logic                        evict_o,
  output logic                        full_o,
  output logic                        grow_o,
  output logic                        shrink_o
);
  localparam int unsigned EntryBits = StateConnectionBits;
  `WEIR_ELAB(bits, $bits(conn_entry_t) == EntryBits, "the entry is not that of states.def")

  // --- The frame --------------------------------------------------------------------------------------------------
  logic syn, fin, rst_flag, ack_flag;
  logic in, out;
  logic on;
  logic insert;        // a miss makes an entry
  logic adopts;
  logic [31:0]  seq_end_q;   // from phase 1, as the next two
  logic         adopting_q;
  logic [31:0]  asked;       // what the frame acknowledges, or quotes
  logic [31:16] below_q;     // bits of 2^window_log2 - 1, from bit 16 on: B is no less than 2^16
  always_comb begin
    {ack_flag, rst_flag, syn, fin} = {frame_i.flags[4], frame_i.flags[2], frame_i.flags[1], frame_i.flags[0]};
    out    = frame_i.dir;
    in     = !frame_i.dir;
    on     = cfg_i.mode == ConnModeOn || cfg_i.mode == ConnModeAsymmetric;
    adopts = !syn && !rst_flag && !fin && adopting_q;
    insert = frame_i.look_tcp && ((out && syn) || adopts);
    asked  = frame_i.look_quote ? frame_i.seq : frame_i.ack;
  end
  always_ff @(posedge clk) begin
    seq_end_q <= frame_i.seq + 32'(frame_i.len) + 32'(syn) + 32'(fin);
    adopting_q <= clock_i < cfg_i.adopt_until;
    for (int i = 16; i < 32; i++) below_q[i] <= cfg_i.window_log2 > 5'(i);
  end

  // --- Table ------------------------------------------------------------------------------------------------------
  conn_entry_t view;
  conn_entry_t entry;
  conn_entry_t data;
  logic [9:0]  view_timeout;
  logic        update;
  logic        raw;
  logic        is_sweep;
  logic        read;
  logic        miss;
  logic        no_room;
  logic [StateConnectionTagBits-1:0] tag;

  always_comb begin
    case (view.state)
      ConnEstablished: view_timeout = cfg_i.established;
      ConnClosing:     view_timeout = cfg_i.closing;
      ConnClosed:      view_timeout = cfg_i.closed;
      default:         view_timeout = cfg_i.half_open;
    endcase
    if (view_timeout == '0) view_timeout = 10'd1;
  end

  weir_table #(
    .EntryBits(EntryBits), .KeptBits(StateConnectionTagBits), .ScoreBits(2), .ScoreFades(1'b0), .TimeBits(TimeBits),
    .TimeoutBits(10), .ViewTimeout(1'b1), .Lookups(1), .SetsLog2A(StateConnectionSetsLog2), .SetsLog2B(StateConnectionSetsLog2),
    .TargetA(32'(TargetState0) + StateConnection)
  ) u_table (
    .clk,
    .rst,
    .phase_i,
    .valid_i       (on && (frame_i.look_tcp || frame_i.look_quote)),
    .key_i,
    .window_i      (clock_i[TimeBits-1:0]),
    .insert_i      (insert),
    .timeout_i     (10'd1),
    .command_i,
    .view_entry_o  (view),
    .view_window_i (view.stamp),
    .view_timeout_i(view_timeout),
    .view_pinned_i (1'b0),
    .view_locked_i (view.state == ConnEstablished || view.state == ConnClosing),
    .view_score_i  (view.state == ConnClosed ? 2'd0 : view.state == ConnSynSent ? 2'd1 : 2'd2),
    .update_o      (update),
    .raw_o         (raw),
    .new_o         (),
    .fresh_o       (),
    .sweep_o       (is_sweep),
    .age_o         (),
    .entry_o       (entry),
    .read_o        (read),
    .full_o,
    .miss_o        (miss),
    .no_room_o     (no_room),
    .evict_o,
    .grow_o,
    .shrink_o,
    .wdata_held_i  (wdata_i[StateConnectionTagBits-1:0] != '0),
    .data_i        (data),
    .tag_o         (tag)
  );

  // --- Clock 6 ----------------------------------------------------------------------------------------------------
  logic [31:0] self_end;
  logic [31:0] peer_end;
  logic [31:0] self_less;   // seq_end - self_end
  logic [31:0] peer_less;   // peer_end - asked - 1
  logic        self_equal_q;
  logic        self_beyond_q;
  logic        peer_equal_q;
  logic [31:0] self_less_q;
  logic [31:16] peer_less_q;
  logic [31:16] above_q;    // bits of numbers that are B or more
  logic        looked_q;
  logic        miss_q;
  logic        no_room_q;
  logic        raw_q;
  conn_entry_t entry_q;
  logic [63:0] wdata_q;       // end_p and end_r of a maintenance write, otherwise 0; of entry_q it is the other way round
  logic        was_half;      // what a connection was, and which slice it counts in
  logic        was_est;
  logic        slice_now;     // time >> 8
  logic        slice_before;
  logic        fine_now;      // (time >> 4) mod 16
  logic        fine_before;
  logic        was_half_q;
  conn_move_t  leave_q;

  always_comb begin
    was_half     = !miss && !entry.state[2];
    was_est      = !miss && entry.state[2] && !entry.state[1];
    slice_now    = entry.stamp[11:8] == clock_i[11:8];
    slice_before = entry.stamp[11:8] == clock_i[11:8] - 4'd1;
    fine_now     = entry.stamp[7:4] == clock_i[7:4];
    fine_before  = entry.stamp[7:4] == clock_i[7:4] - 4'd1;
  end

  always_ff @(posedge clk) begin
    was_half_q                <= was_half;
    leave_q                   <= '0;
    leave_q.leave_half_now    <= was_half && slice_now && fine_now;
    leave_q.leave_half_before <= was_half && fine_before && (clock_i[7:4] == '0 ? slice_before : slice_now);
    leave_q.leave_est_now     <= was_est && slice_now;
    leave_q.leave_est_before  <= was_est && slice_before;
  end

  always_comb begin
    self_end  = out ? entry.end_p : entry.end_r;
    peer_end  = out ? entry.end_r : entry.end_p;
    self_less = seq_end_q - self_end;
    peer_less = peer_end + ~asked;
  end

  always_ff @(posedge clk) begin
    self_equal_q  <= self_less == '0;
    self_beyond_q <= self_less != '0 && !self_less[31];
    peer_equal_q  <= peer_less == '1;
    self_less_q   <= self_less;
    peer_less_q   <= peer_less[31:16];
    above_q       <= ~(below_q & {16{entry.ws}});
    looked_q      <= (update && !is_sweep) || miss;
    miss_q        <= miss;
    no_room_q     <= no_room;
    raw_q         <= raw;
    entry_q       <= entry;
    // Only one of the two is not 0.
    if (zero_i) begin
      {entry_q.end_p, entry_q.end_r} <= '0;
      wdata_q                        <= '0;
    end else begin
      if (raw || phase_i != 3'd6) {entry_q.end_p, entry_q.end_r} <= {entry_q.end_p, entry_q.end_r};
      if (raw) wdata_q <= wdata_i[EntryBits-1-:64];
    end
  end

  // --- Clock 7 ----------------------------------------------------------------------------------------------------
  logic        seq_ok;
  logic        asked_ok;
  logic        ack_ok;
  logic        both_fin;
  conn_state_e state;
  logic [3:0]  seen;
  logic        refresh;     // time
  logic        advance;
  logic        take_fin;
  logic        begins;      // a new connection, whatever was there
  logic        begin_in;    // end_r = seq_end, of a connection that was there
  logic        take_r;
  logic        take_p;
  logic [31:0] b;
  conn_entry_t next;

  always_comb begin
    // Of an inbound frame: from -B to B, and from 0 to B.
    b        = {above_q & ~{above_q[30:16], 1'b0}, 16'd0};
    seq_ok   = (self_less_q[31:16] & above_q) == '0 || (~self_less_q[31:16] & above_q) == '0 || self_less_q == b;
    asked_ok = (peer_less_q & above_q) == '0 || peer_equal_q;
    ack_ok   = !ack_flag || asked_ok;
    both_fin = entry_q.fin_r && entry_q.fin_p;
    state    = miss_q ? ConnFree : entry_q.state;

    next     = entry_q;
    seen     = EventKnown;
    refresh  = 1'b0;
    advance  = 1'b0;
    take_fin = 1'b0;
    begins   = 1'b0;
    begin_in = 1'b0;

    if (frame_i.look_quote) begin
      if (!(state >= ConnSynSent && state <= ConnClosing && asked_ok)) seen = EventQuote;
    end else if (syn && !ack_flag && in) begin
      // Rows 1 to 5.
      case (state)
        ConnFree, ConnClosed: seen = EventSynNew;
        ConnSynSent: begin
          seen       = EventSimultaneous;
          next.state = ConnSimultaneous;
          next.ws    = entry_q.ws && frame_i.ws;
          begin_in   = 1'b1;
          refresh    = 1'b1;
        end
        ConnSimultaneous, ConnSynReceived: begin
          if (!self_equal_q) seen = (state == ConnSynReceived && !entry_q.opener) ? EventSynNew : EventState;
        end
        default: seen = EventState;
      endcase
    end else if (syn && !ack_flag) begin
      // Rows 6 and 7.
      if (state == ConnFree || state == ConnClosed || state == ConnSynSent) begin
        seen = EventOpened;
        if (state != ConnSynSent || !self_equal_q) begin
          begins      = 1'b1;
          next.state  = ConnSynSent;
          next.opener = 1'b1;
        end
      end
    end else if (syn && in) begin
      // Rows 8 to 13.
      case (state)
        ConnFree: seen = EventNone;
        ConnSynSent: begin
          if (peer_equal_q) begin
            seen       = EventHalfOpen;
            next.state = ConnSynReceived;
            next.ws    = entry_q.ws && frame_i.ws;
            begin_in   = 1'b1;
            refresh    = 1'b1;
          end else begin
            seen = EventWindow;
          end
        end
        ConnSimultaneous: begin
          if (peer_equal_q && self_equal_q) begin
            seen       = EventEstablished;
            next.state = ConnEstablished;
            refresh    = 1'b1;
          end else begin
            seen = EventWindow;
          end
        end
        ConnClosed: seen = EventState;
        default: if (!(seq_ok && ack_ok)) seen = EventWindow;
      endcase
    end else if (syn) begin
      // Rows 14 to 16; a SYN-ACK sent again begins nothing anew.
      if (!(state == ConnSynSent || state == ConnSimultaneous ||
            (state == ConnSynReceived && self_equal_q && peer_equal_q) ||
            ((state == ConnEstablished || state == ConnClosing) && self_equal_q))) begin
        seen        = EventHalfOpen;
        begins      = 1'b1;
        next.state  = ConnSynReceived;
        next.opener = 1'b0;
      end
    end else if (rst_flag && in) begin
      // Rows 17 to 21.
      if (state == ConnFree) begin
        seen = EventNone;
      end else if (state == ConnSynSent ? ack_flag && peer_equal_q : state != ConnClosed && self_equal_q) begin
        seen       = EventReset;
        next.state = ConnClosed;
        refresh    = 1'b1;
      end else if (state == ConnSynSent || !seq_ok) begin
        seen = EventWindow;
      end
    end else if (rst_flag) begin
      // Rows 22 to 24.
      if (state == ConnFree) begin
        seen = EventNone;
      end else if (state != ConnClosed) begin
        seen       = EventReset;
        next.state = ConnClosed;
        refresh    = 1'b1;
      end
    end else if (state == ConnFree) begin
      // Rows 25 and 26.
      seen = EventNone;
      if (adopts) begin
        seen         = EventAdopted;
        begins       = 1'b1;
        next.state   = ConnEstablished;
        next.opener  = 1'b0;
      end
    end else begin
      // Rows 27 to 40.
      case (state)
        ConnSynSent: seen = EventState;
        ConnSimultaneous: begin
          if (out) begin
            advance = 1'b1;
          end else if (peer_equal_q && seq_ok) begin
            seen       = EventEstablished;
            next.state = ConnEstablished;
            advance    = 1'b1;
            refresh    = 1'b1;
          end else begin
            seen = EventState;
          end
        end
        ConnSynReceived: begin
          if (out == entry_q.opener && (out || (peer_equal_q && seq_ok))) begin
            seen       = EventEstablished;
            next.state = fin ? ConnClosing : ConnEstablished;
            take_fin   = fin;
            advance    = 1'b1;
            refresh    = 1'b1;
          end else if (out || (entry_q.opener && seq_ok && ack_ok)) begin
            advance = 1'b1;
          end else begin
            seen = EventWindow;
          end
        end
        default: begin
          if (in && !(seq_ok && ack_ok)) begin
            seen = EventWindow;
          end else if (state != ConnClosed) begin
            refresh = 1'b1;
            if (!fin && both_fin && peer_equal_q) begin
              seen       = EventClosed;
              next.state = ConnClosed;
            end else begin
              if (fin) next.state = ConnClosing;
              take_fin = fin;
              advance  = 1'b1;
            end
          end
        end
      endcase
    end

    // Numbers that it takes from the frame.
    take_r   = !raw_q && (begins || begin_in || (advance && self_beyond_q && in));
    take_p   = !raw_q && (begins || (advance && self_beyond_q && out));
    if (begins) begin
      next.adopted = seen == EventAdopted;
      next.ws      = seen == EventAdopted || frame_i.ws;
      next.fin_r   = 1'b0;
      next.fin_p   = 1'b0;
    end
    if (take_r) next.end_r = out ? (ack_flag ? frame_i.ack : '0) : seq_end_q;
    if (take_p) next.end_p = out ? seq_end_q : frame_i.ack;
    if (take_fin && out) next.fin_p = 1'b1;
    if (take_fin && in) next.fin_r = 1'b1;
    if (refresh || begins) next.stamp = clock_i[TimeBits-1:0];
    next.tag = tag;
    data = raw_q ? conn_entry_t'(wdata_i[EntryBits-1:0]) : next;
    {data.end_p, data.end_r} = {next.end_p, next.end_r} | wdata_q;
  end

  // --- Result -----------------------------------------------------------------------------------------------------
  conn_result_t result_q = '0;
  logic         fails;
  conn_move_t   move;
  always_comb begin
    fails = seen == EventNone || seen == EventState || seen == EventWindow || seen == EventQuote;
    move  = '0;
    if (refresh || (begins && !(miss_q && no_room_q))) begin
      move             = leave_q;
      move.join_half   = !next.state[2];
      move.join_est    = next.state[2] && !next.state[1];
    end
    // Also when there was no room for it.
    if (refresh || begins) move.join_opened = !next.state[2] && !was_half_q && !next.opener;
  end

  always_ff @(posedge clk) begin
    if (phase_i == 3'd7) begin
      result_q.seen    <= seen;
      result_q.opener  <= entry_q.opener;
      result_q.adopted <= entry_q.adopted;
      result_q.unknown <= miss_q || state == ConnClosed;
      result_q.move    <= move;
      if (miss_q && no_room_q) begin
        // An entry that could not be made, or one that perhaps could not be made before.
        if (begins || seen == EventNone || seen == EventQuote) result_q.seen <= EventFull;
      end else if (cfg_i.mode == ConnModeAsymmetric && fails) begin
        result_q.seen <= EventAsymmetric;
      end
      if (!looked_q) begin
        result_q         <= '0;
        result_q.unknown <= frame_i.look_tcp;
      end
    end
    if (rst) result_q <= '0;
  end
  always_comb result_o = result_q;

  // --- Maintenance --------------------------------------------------------------------------------------------------
  always_ff @(posedge clk) begin
    if (read_clear_i) rdata_o <= '0;
    else if (read) rdata_o <= MaintDataBits'(entry);
  end
endmodule

`default_nettype wire

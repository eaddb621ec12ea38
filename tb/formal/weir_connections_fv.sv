// SPDX-License-Identifier: Apache-2.0
//
// Proof harness of weir_connections: any frame, any entry of its connection (or none), any configuration, slot after slot.
// weir_table is cut out: it gives any entry with the key's tag, or none, and what it promises (proved of it) is assumed below.
// Proved, each for itself, from docs/datapath.md 13 and RFC 9293, 5961, and not row by row:
//   blind       an inbound frame closes a connection only with a RST of exactly the next sequence number, or as the last
//               acknowledgement in the window after both have ended; a SYN changes nothing of a connection that has begun from
//               both sides; what is outside the window changes nothing, not even its time
//   known       an inbound frame is of a known connection only in the window; in it, an established connection's is never refused
//   handshake   from outside a connection gets established only by a frame that acknowledges exactly what the protected side
//               has sent, in the right state and the window; no frame skips a state; a closed one is not revived from outside
//   room        an inbound frame makes no entry, but by an adoption in its time; a quote changes nothing
//   numbers     each side moves its own number only, and only forward, but for a new connection
//   event       each event, with what it says about entry and frame before and after; a change of state has its event; full,
//               asymmetric, and not looked up, likewise
//   entry       tag, time, opener, adopted, window scale and FINs change only when and as they may; a valid state stays valid
//   move        whatever writes the time, and nothing else but a SYN-ACK without room, leaves and joins counts (13.4): what it leaves is what the entry was,
//               in the slice of its old time, what it joins is what it is now
// Bounded: two slots, from an arbitrary state of all registers; nothing is kept from slot to slot but the result, which every
// slot writes. An entry with a state that is none of 13.1 (0, 7) only maintenance could write; it is left out.
// Not empty: the task "reached" is to fail, by a run through 19 cases.
`default_nettype none

module weir_connections_fv
  import weir_pkg::*;
  import weir_lists_pkg::*;
  import weir_slot_pkg::*;
  import weir_state_pkg::*;
(
    input wire clk,
    // Anything; taken in the last clock of a slot, for the next.
    input wire state_frame_t frame_i,
    input wire hash_t        key_i,
    input wire  [31:0]       clock_i,
    input wire conn_cfg_t    cfg_i,
    input wire command_t     command_i,
    input wire  [MaintDataBits-1:0] wdata_i,
    // What the table says.
    input wire               hit_i,
    input wire               room_i
);
  // The first slot begins at once; what the registers hold then is arbitrary.
  logic [2:0] phase = 3'd7;
  logic       rst = 1'b1;
  logic       ended = 1'b0;    // a whole slot has
  always_ff @(posedge clk) begin
    phase <= phase + 3'd1;
    rst   <= 1'b0;
    if (phase == 3'd7 && !rst) ended <= 1'b1;
  end

  // --- The slot -------------------------------------------------------------------------------------------------------
  state_frame_t f;
  hash_t        key;
  logic [31:0]  now;
  conn_cfg_t    cfg;
  command_t     command;
  logic [MaintDataBits-1:0] wdata;
  logic [StateConnectionTagBits-1:0] kept;  // of the tag (12)
  always_comb kept = key.tag[StateConnectionTagBits-1:0] == '0 ? StateConnectionTagBits'(1) : key.tag[StateConnectionTagBits-1:0];
  always_ff @(posedge clk) if (phase == 3'd7) begin
    f       <= frame_i;
    key     <= key_i;
    now     <= clock_i;
    cfg     <= cfg_i;
    command <= command_i;
    wdata   <= wdata_i;
    // state_ok (12) leaves no other flags. A quote is inbound and no segment; it has only a number.
    if (frame_i.flags[1]) {f.flags[2], f.flags[0]} <= '0;
    if (!frame_i.flags[1] && frame_i.flags[2]) f.flags[0] <= 1'b0;
    if (!frame_i.flags[1] && !frame_i.flags[2]) f.flags[4] <= 1'b1;
    if (frame_i.look_quote) {f.look_tcp, f.dir, f.flags, f.ack, f.len, f.ws} <= '0;
    if (command_i.active) {f.look_tcp, f.look_quote} <= '0;
    // window_log2: 16 to 30 (12.2).
    if (cfg_i.window_log2 < 5'd16) cfg.window_log2 <= 5'd16;
    if (cfg_i.window_log2 == 5'd31) cfg.window_log2 <= 5'd30;
  end

  conn_result_t result;
  logic [MaintDataBits-1:0] rdata;
  weir_connections dut (
      .clk, .rst, .phase_i(phase), .frame_i(f), .key_i(key), .clock_i(now), .cfg_i(cfg), .command_i(command), .wdata_i(wdata),
      .zero_i(phase[1:0] == 2'd1), .read_clear_i(1'b0), .result_o(result), .rdata_o(rdata), .evict_o(), .full_o(), .grow_o(), .shrink_o()
  );

  // --- The table, by its contract -------------------------------------------------------------------------------------
  logic look;      // it is asked
  logic insert;
  always_comb begin
    look   = (cfg.mode == ConnModeOn || cfg.mode == ConnModeAsymmetric) && (f.look_tcp || f.look_quote);
    insert = dut.insert;
    assume (dut.update == (phase == 3'd6 && look && (hit_i || (insert && room_i))));
    assume (dut.miss == (phase == 3'd6 && look && !hit_i));
    assume (dut.no_room == !room_i);
    assume (!dut.raw || (phase == 3'd6 && command.active));
    assume (!(dut.is_sweep && look));
    assume (!dut.read || (phase == 3'd6 && command.active));
    if (phase == 3'd6 && look && hit_i) assume (dut.entry.tag == kept && dut.entry.state inside {[ConnSynSent:ConnClosed]});
    assume (dut.tag == (phase == 3'd7 ? kept : '0));
  end

  // --- The slot that has ended: what it was about, its entry before and after ------------------------------------------
  state_frame_t q;
  logic [31:0]  q_now;
  conn_cfg_t    c;
  logic         q_look, q_hit, q_room, q_wrote, q_raw;
  logic [StateConnectionTagBits-1:0] q_tag;
  conn_entry_t  was, seen_entry, is;
  logic         hit_q, room_q, wrote_q, raw_q;
  logic [MaintDataBits-1:0] q_wdata;
  always_ff @(posedge clk) begin
    if (phase == 3'd6) begin
      seen_entry <= dut.entry;
      hit_q      <= look && hit_i;
      room_q     <= room_i;
      wrote_q    <= dut.update;
      raw_q      <= dut.raw;
    end
    if (phase == 3'd7) begin
      {q, q_now, c, q_look, q_tag, q_wdata} <= {f, now, cfg, look, kept, wdata};
      {q_hit, q_room, q_wrote, q_raw, was} <= {hit_q, room_q, wrote_q, raw_q, seen_entry};
      is <= wrote_q || raw_q ? dut.data : seen_entry;
    end
  end

  // --- Words of 13.1 --------------------------------------------------------------------------------------------------
  wire  [3:0]  seen = result.seen;
  logic        syn, ack, fin, reset;
  logic        in, out;
  logic [31:0] seq_end, b;
  logic        in_seq, in_ack, acks_all;
  logic        same;        // the entry is as it was
  logic [2:0]  from, to;    // 0: none
  logic [31:0] forward;     // of the sender's own number
  logic        moves;
  conn_move_t  move;
  logic [7:0]  slices;      // since the old time, of 2^4 and 2^8 units
  logic [3:0]  long_slices;
  always_comb begin
    {ack, reset, syn, fin} = {q.flags[4], q.flags[2], q.flags[1], q.flags[0]};
    in       = q.look_tcp && !q.dir;
    out      = q.look_tcp && q.dir;
    seq_end  = q.seq + 32'(q.len) + 32'(syn) + 32'(fin);
    b        = was.ws ? 32'd1 << c.window_log2 : 32'd65536;
    in_seq   = 32'(seq_end - was.end_r + b) <= 2 * b;
    in_ack   = !ack || 32'(was.end_p - q.ack) <= b;
    acks_all = q.ack == was.end_p;
    same     = q_hit ? is == was : !q_wrote;
    from     = q_hit ? was.state : '0;
    to       = q_hit || q_wrote ? is.state : '0;
    forward  = in ? is.end_r - was.end_r : is.end_p - was.end_p;
    moves    = seen inside {EventSimultaneous, EventHalfOpen, EventEstablished, EventReset, EventAdopted, EventClosed} ||
               (seen == EventOpened && !(from == ConnSynSent && seq_end == was.end_p)) ||
               (seen == EventKnown && from inside {ConnEstablished, ConnClosing} && q.look_tcp && !syn && !reset);
    slices      = q_now[11:4] - was.stamp[11:4];
    long_slices = q_now[11:8] - was.stamp[11:8];
    move     = '0;
    if (from inside {[ConnSynSent:ConnSynReceived]}) {move.leave_half_now, move.leave_half_before} = {slices == 8'd0, slices == 8'd1};
    if (from inside {ConnEstablished, ConnClosing}) {move.leave_est_now, move.leave_est_before} = {long_slices == 4'd0, long_slices == 4'd1};
    move.join_half   = to inside {[ConnSynSent:ConnSynReceived]};
    move.join_opened = move.join_half && !(from inside {[ConnSynSent:ConnSynReceived]}) && !is.opener;
    move.join_est    = to inside {ConnEstablished, ConnClosing};
    if (!moves) move = '0;
    if (seen == EventFull && q.dir && syn && ack) move.join_opened = 1'b1;  // a SYN-ACK without room opens all the same
  end
  wire check = phase == 3'd0 && ended && q_look;
  // What a new connection is made by.
  wire begins = q_wrote && (!q_hit || (out && syn && !same && seen inside {EventOpened, EventHalfOpen}));

`ifdef REACHED
  // One case after the other, each in a slot of its own: the last of them is to be reached (a task that must fail).
  localparam int unsigned Cases = 19;
  logic [Cases-1:0] reached;
  logic [4:0]       case_q = 5'd0;
  always_comb begin
    reached = {
      in && from == ConnSynReceived && to == ConnEstablished && seen == EventEstablished,
      in && from == ConnSimultaneous && to == ConnEstablished && syn,
      in && from == ConnSimultaneous && to == ConnEstablished && !syn,
      out && from == ConnSynReceived && to == ConnClosing,
      in && from == ConnEstablished && to == ConnClosed && !reset && seen == EventClosed,
      in && from == ConnClosing && to == ConnClosed && reset && seen == EventReset,
      in && from == ConnEstablished && reset && same && seen == EventKnown,
      in && from == ConnEstablished && syn && ack && seen == EventKnown,
      in && from == ConnClosed && seen == EventWindow,
      out && from == ConnClosed && to == ConnSynSent && seen == EventOpened,
      out && from == ConnClosing && to == ConnSynReceived && seen == EventHalfOpen,
      in && from == ConnSynSent && to == ConnSimultaneous && seen == EventSimultaneous,
      in && from == ConnSynReceived && seen == EventKnown && !same && was.opener,
      !q_hit && in && seen == EventAdopted,
      q.look_quote && seen == EventKnown,
      q.look_quote && seen == EventQuote,
      !q_hit && seen == EventFull,
      in && seen == EventSynNew && from == ConnSynReceived,
      in && from == ConnEstablished && seen == EventAsymmetric
    };
  end
  always_ff @(posedge clk) if (check && case_q != 5'(Cases) && reached[case_q]) case_q <= case_q + 5'd1;
  always_comb assert (case_q != 5'(Cases));
`else
  always_comb if (check) begin
    // --- Blind.
    if (in && from != ConnClosed && to == ConnClosed) begin
      b_closed : assert (!syn && (reset ? (from == ConnSynSent ? ack && acks_all : seq_end == was.end_r)
                                        : ack && !fin && was.fin_r && was.fin_p && acks_all && in_seq));
      b_states : assert (reset || from inside {ConnEstablished, ConnClosing});
    end
    if (in && syn && from inside {ConnSynReceived, ConnEstablished, ConnClosing, ConnClosed}) b_syn : assert (same);
    if (in && syn && !ack && from == ConnSimultaneous) b_syn_again : assert (same);
    if (in && reset && to != ConnClosed) b_reset : assert (same);
    if (in && from inside {ConnSynReceived, ConnEstablished, ConnClosing, ConnClosed} && !(in_seq && in_ack) && !(reset && seq_end == was.end_r))
      b_window : assert (same && seen != EventNone && seen != EventFull);
    if (in && from inside {ConnEstablished, ConnClosing} && !syn && !reset && !(in_seq && in_ack))
      b_told : assert (seen == EventWindow || seen == EventAsymmetric);
    if (seen inside {EventSynNew, EventState, EventWindow, EventNone, EventQuote, EventFull, EventAsymmetric}) b_refused : assert (same);

    // Known, so that no score and no challenge touches it: only what stands where it should.
    if (in && seen == EventKnown)
      b_known : assert (reset ? in_seq && from != ConnSynSent
                        : syn && !ack ? seq_end == was.end_r && from inside {ConnSimultaneous, ConnSynReceived}
                                      : in_seq && in_ack && from >= ConnSynReceived);
    // And what stands there is never refused.
    if (in && from inside {ConnEstablished, ConnClosing} && in_seq && in_ack && !(syn && !ack))
      b_honest : assert (seen inside {EventKnown, EventReset, EventClosed});

    // --- Handshake.
    if (from < ConnEstablished && to inside {ConnEstablished, ConnClosing}) begin
      if (in && q_hit) begin
        h_ack   : assert (ack && acks_all && !reset);
        h_state : assert (from == ConnSimultaneous || (from == ConnSynReceived && !was.opener && !syn));
        h_seq   : assert (syn ? seq_end == was.end_r : in_seq);
      end
      if (out && q_hit) h_out : assert (from == ConnSynReceived && was.opener && !syn && !reset && ack);
      if (!q_hit) h_adopted : assert (seen == EventAdopted);
    end
    if (in && from == ConnSynSent && to != from) h_syn_sent : assert ((to == ConnSimultaneous && syn && !ack) || (ack && acks_all &&
                                                     (to == ConnSynReceived ? syn : to == ConnClosed && reset)));
    if (in && from == ConnClosed) h_closed : assert (same);
    if (in && from inside {ConnSynReceived, ConnEstablished, ConnClosing}) h_forward : assert (to >= from);
    if (in && from == ConnSynReceived && to == ConnClosing) h_fin : assert (fin && is.fin_r);
    if (in && from == ConnSynReceived && was.opener) h_opener : assert (to == from || to == ConnClosed);
    // The protected side is believed, yet it skips no state either.
    if (out && to == ConnEstablished && from != to) h_out_established : assert (from == ConnSynReceived || from == 0);
    if (out && to == ConnClosed && from != to) h_out_closed : assert (reset || (from inside {ConnEstablished, ConnClosing} &&
                                                     was.fin_r && was.fin_p && q.ack == was.end_r && !fin && !syn));

    // --- Room.
    if (!q.dir && !q_hit && q_wrote) r_adopt : assert (seen == EventAdopted && !syn && !reset && !fin && ack && q_now < c.adopt_until);
    if (!q.dir && syn && !q_hit) r_syn : assert (!q_wrote);
    if (!q_hit && q_wrote) r_room : assert (q_room && (q.dir ? syn || seen == EventAdopted : 1'b1));
    if (q.look_quote) begin
      r_quote : assert (same);
      r_quote_event : assert ((seen == EventKnown) == (q_hit && from <= ConnClosing && 32'(was.end_p - q.seq) <= b));
      r_quote_else  : assert (seen inside {EventKnown, EventQuote, EventFull, EventAsymmetric});
    end

    // --- Numbers.
    if (in && q_hit) n_peer : assert (is.end_p == was.end_p);
    if (out && q_hit && !begins) n_own : assert (is.end_r == was.end_r);
    if (q.look_tcp && q_hit && !begins && !(in && syn)) begin
      n_forward : assert (forward == '0 || (!forward[31] && (in ? is.end_r : is.end_p) == seq_end));
      if (in) n_in_window : assert (forward <= b);
    end
    if (in && syn && !same && to != ConnEstablished) n_syn : assert (is.end_r == seq_end && from == ConnSynSent);
    // What it accepts it follows.
    if (q_hit && from inside {ConnEstablished, ConnClosing} && to != ConnClosed && !syn && !reset && seen == EventKnown)
      n_follows : assert (32'(seq_end - (in ? is.end_r : is.end_p) - 32'd1) >= 32'h7fff_ffff);
    if (begins) begin
      n_new : assert (is.end_p == (q.dir ? seq_end : q.ack) && is.end_r == (q.dir ? (ack ? q.ack : '0) : seq_end));
    end

    // --- Entry.
    if (q_wrote) begin
      e_tag    : assert (is.tag == q_tag);
      e_state  : assert (is.state inside {[ConnSynSent:ConnClosed]});
      e_time   : assert ((q_hit && is.stamp == was.stamp) || is.stamp == q_now[TimeBits-1:0]);
      if (!q_hit || to != from || begins) e_fresh : assert (is.stamp == q_now[TimeBits-1:0]);
      if (q_hit && !begins) begin
        e_origin : assert (is.opener == was.opener && is.adopted == was.adopted);
        e_scale  : assert (is.ws == was.ws || (in && syn && from == ConnSynSent && !is.ws));
        e_fin_r  : assert (is.fin_r == was.fin_r || (in && fin && in_seq && is.fin_r));
        e_fin_p  : assert (is.fin_p == was.fin_p || (out && fin && is.fin_p));
        if (to != ConnClosing) e_fins : assert (is.fin_r == was.fin_r && is.fin_p == was.fin_p);
      end else begin
        e_new    : assert (!is.fin_r && !is.fin_p && is.adopted == (seen == EventAdopted));
        e_new_ws : assert (is.ws == (seen == EventAdopted || q.ws));
        e_opener : assert (is.opener == (seen == EventOpened));
      end
      // Half-open, and nothing gets further by it: it does not live longer.
      if (q_hit && !begins && from == to && from <= ConnSynReceived) e_half_open : assert (is.stamp == was.stamp);
    end
    // A live connection stays alive.
    if (q_hit && from inside {ConnEstablished, ConnClosing} && seen == EventKnown && !syn && !reset)
      e_alive : assert (q.look_quote || is.stamp == q_now[TimeBits-1:0]);

    // --- Move.
    m_move : assert (result.move == move);
    if (moves) m_time : assert (is.stamp == q_now[TimeBits-1:0]);
    if (!moves && q_hit) m_none : assert (is.stamp == was.stamp && to == from);

    // --- Event.
    if (to != from)
      v_change : assert (seen inside {EventSimultaneous, EventOpened, EventHalfOpen, EventEstablished, EventReset, EventAdopted, EventClosed} ||
                         (seen == EventKnown && from == ConnEstablished && to == ConnClosing && fin));
    v_unknown : assert (result.unknown == (from == 0 || from == ConnClosed));
    if (q_hit) v_origin : assert (result.opener == was.opener && result.adopted == was.adopted);
    case (seen)
      EventUnseen:       v_unseen : assert (1'b0);
      EventSynNew:       v_syn_new : assert (in && syn && !ack && (from inside {3'd0, ConnClosed} ||
                                                 (from == ConnSynReceived && !was.opener && seq_end != was.end_r)));
      EventSimultaneous: v_simultaneous : assert (in && syn && !ack && from == ConnSynSent && to == ConnSimultaneous);
      EventKnown:        v_known : assert (q_hit);
      EventState:        v_state : assert (in || (out && from == ConnSynSent));
      EventOpened:       v_opened : assert (out && syn && !ack && from inside {3'd0, ConnSynSent, ConnClosed} && to == ConnSynSent && (same || is.opener) &&
                                            is.end_p == seq_end);
      EventHalfOpen:     v_half_open : assert (syn && ack && to == ConnSynReceived && (in ? from == ConnSynSent && acks_all && is.end_r == seq_end
                                                 : !(from inside {ConnSynSent, ConnSimultaneous}) && !is.opener && is.end_p == seq_end && is.end_r == q.ack));
      EventEstablished:  v_established : assert (from inside {ConnSimultaneous, ConnSynReceived} && to inside {ConnEstablished, ConnClosing} && ack && !reset);
      EventWindow:       v_window : assert (in && q_hit);
      EventNone:         v_none : assert (!q_hit && !(syn && (out || !ack)));
      EventReset:        v_reset : assert (reset && q_hit && from != ConnClosed && to == ConnClosed);
      EventAdopted:      v_adopted : assert (!q_hit && q_wrote && to == ConnEstablished && !syn && !reset && !fin && q_now < c.adopt_until);
      EventClosed:       v_closed : assert (from inside {ConnEstablished, ConnClosing} && to == ConnClosed && !reset);
      EventQuote:        v_quote : assert (q.look_quote);
      EventFull:         v_full : assert (!q_hit && !q_room && !q_wrote && !(in && syn && !ack));
      EventAsymmetric:   v_asymmetric : assert (c.mode == ConnModeAsymmetric);
      default: ;
    endcase
    if (c.mode == ConnModeAsymmetric) v_no_fault : assert (!(seen inside {EventNone, EventState, EventWindow, EventQuote}));
    if (!q_hit && !q_room) v_no_room : assert (seen == EventFull || (in && syn && !ack && seen == EventSynNew));
    if (in && syn && !ack && from inside {3'd0, ConnClosed}) v_new : assert (seen == EventSynNew);
    if (!q_hit && q_wrote) v_made : assert (seen inside {EventOpened, EventHalfOpen, EventAdopted});
  end
  // Not looked up: nothing is said and written but what maintenance writes.
  always_comb if (phase == 3'd0 && ended) begin
    if (!q_look) begin
      v_silent  : assert (seen == EventUnseen && result.move == '0 && result.unknown == q.look_tcp && !q_wrote);
      if (q_raw) v_raw : assert (is == q_wdata[StateConnectionBits-1:0]);
    end
    v_look : assert (q_look == ((c.mode == ConnModeOn || c.mode == ConnModeAsymmetric) && (q.look_tcp || q.look_quote)));
  end
`endif
endmodule

`default_nettype wire

// SPDX-License-Identifier: Apache-2.0
//
// Layer 2 (docs/datapath.md, 2.1): MAC addresses, up to two VLAN tags, 802.3 length, LLC/SNAP, EtherType;
// finds where layer 3 begins, where layer 2 ends, and how much of that is known.
//
// From byte 12 on the frame is read in granules of four bytes (12, 16, 20, 24, 28): the EtherType or tag
// type stands in the first half of a granule, and layer 3 begins in the second half of the granule with the
// last EtherType. So two granules a word, and all is decided within word 3.
//
// Timing: with word k in data_i, a layer 3 that begins in it shows in l3_o one clock later; e_rel_o and k_rel_o
// are right three clocks after that word. Results (classes_o, anomalies_o …) change only after a last word, and
// stay until the clock after the next last word.
`default_nettype none

module weir_parse_l2
  import weir_pkg::*;
  import weir_lists_pkg::*;
(
  input  logic        clk,
  // Word of the frame, byte 0 in the top bits; idx_i its number, saturating at 4.
  input  logic        valid_i,
  input  logic        last_i,
  input  logic [2:0]  idx_i,
  input  logic [63:0] data_i,
  input  logic [63:0] prev_i,     // the word before
  input  len_t        len_i,      // F
  input  len_t        known_i,    // K
  input  logic        part_i,     // K differs from F; constant 0 on hardware
  // Layer 3: begins in the word that prev_i shows, at its byte 2, or at byte 6 when odd.
  output logic        l3_o,
  output logic        l3_odd_o,
  output logic        is_arp_o,
  output logic        is_ip4_o,
  output logic        is_ip6_o,
  output len_t        e_rel_o,    // end of layer 2, counted from the start of layer 3
  output len_t        k_rel_o,    // known bytes, counted likewise
  // Results of the last whole frame.
  output classes_t    classes_o,
  output anomalies_t  anomalies_o,
  output logic        link_control_o,
  output logic [3:0]  link_low_o,
  output logic [1:0]  tags_o,       // tags taken
  output logic        snap_o        // the EtherType was that of SNAP
);
  typedef enum logic [1:0] {
    WaitType = 2'd0,  // the next granule begins with a type
    WaitLlc  = 2'd1,  // … with the second half of the LLC/SNAP header
    WaitSnap = 2'd2,  // … with the EtherType of SNAP
    Done     = 2'd3
  } state_e;

  typedef struct packed {
    state_e      state;
    logic [1:0]  tags;
    logic        vlan, depth, vid, undefined, non_ip, cut;
    logic        is_len, snap;
    logic [10:0] len;             // of 802.3
    logic        l3, odd, arp, ip4, ip6;
  } l2_t;

  // The EtherType is known: layer 3 begins behind it, or there is nothing to parse.
  function automatic l2_t resolve(l2_t s, logic [15:0] t, logic odd);
    l2_t n = s;
    n.state  = Done;
    n.odd    = odd;
    n.ip4    = t == 16'h0800;
    n.ip6    = t == 16'h86dd;
    n.arp    = t == 16'h0806;
    n.l3     = n.ip4 || n.ip6 || n.arp;
    n.non_ip = !n.l3;
    return n;
  endfunction

  // One granule; k_type: its first two bytes are known, k_tag: all four, k_snap: so are the ten from its start.
  function automatic l2_t step(l2_t s, logic [31:0] g, logic odd, logic k_type, logic k_tag, logic k_snap);
    l2_t n = s;
    logic [15:0] t = g[31:16];
    case (s.state)
      WaitType:
        if (!k_type) begin
          n.cut   = 1'b1;
          n.state = Done;
        end else if (t == 16'h8100 || t == 16'h88a8 || t == 16'h9100) begin
          n.vlan = 1'b1;
          if (s.tags == 2'd2) begin
            n.depth  = 1'b1;
            n.non_ip = 1'b1;
            n.state  = Done;
          end else if (!k_tag) begin
            n.cut   = 1'b1;
            n.state = Done;
          end else begin
            n.tags = s.tags + 2'd1;
            if (g[11:0] == 12'hfff) n.vid = 1'b1;
          end
        end else if (t >= 16'd1536) begin
          n = resolve(s, t, odd);
        end else if (t > 16'd1500) begin
          n.undefined = 1'b1;
          n.non_ip    = 1'b1;
          n.state     = Done;
        end else begin
          // Below 8 the length cannot reach beyond a frame of 60 bytes, so E = o + T has no room for SNAP.
          n.is_len = 1'b1;
          n.len    = t[10:0];
          if (t >= 16'd8 && !k_snap) begin
            n.cut   = 1'b1;
            n.state = Done;
          end else if (t >= 16'd8 && g[15:0] == 16'haaaa) begin
            n.state = WaitLlc;
          end else begin
            n.non_ip = 1'b1;
            n.state  = Done;
          end
        end
      WaitLlc:
        if (g == 32'h0300_0000) begin
          n.state = WaitSnap;
        end else begin
          n.non_ip = 1'b1;
          n.state  = Done;
        end
      WaitSnap: begin
        n      = resolve(s, t, odd);
        n.snap = 1'b1;
      end
      default: ;
    endcase
    return n;
  endfunction

  // --- granules -----------------------------------------------------------------------------------------------
  function automatic logic known(int unsigned bytes);
    return !part_i || int'(known_i) >= bytes;
  endfunction

  l2_t s_q = '0, s_mid, s_d;
  always_comb begin
    // Word 1: bytes 8-11 end the source address. Word 2: bytes 16 and 20. Word 3: 24 and 28, no types there. No tag is
    // taken at byte 20, the third.
    s_mid = idx_i == 3'd1 ? s_q : step(s_q, data_i[63:32], 1'b0, known(18), known(20), known(26));
    s_d   = step(s_mid, data_i[31:0], 1'b1, idx_i == 3'd1 ? known(14) : known(22),
                 known(16), idx_i == 3'd1 ? known(22) : known(30));
  end

  always_ff @(posedge clk) begin
    if (valid_i) begin
      if (idx_i == 3'd0) s_q <= '0;
      else if (idx_i <= 3'd3) s_q <= s_d;
    end
  end

  assign l3_o     = s_q.l3;
  assign l3_odd_o = s_q.odd;
  assign is_arp_o = s_q.arp;
  assign is_ip4_o = s_q.ip4;
  assign is_ip6_o = s_q.ip6;

  // --- ends, relative to the start of layer 3 -----------------------------------------------------------------
  // o is 14 + 4 per tag, and 8 more with SNAP.
  len_t offset;
  len_t room_q, room_known_q;     // F and K from byte o on (before SNAP)
  len_t snap_end_q;
  logic too_long_q;
  assign offset = len_t'(14) + {7'd0, s_q.tags, 2'd0};

  always_ff @(posedge clk) begin
    room_q       <= len_i - offset;
    room_known_q <= known_i - offset;
    too_long_q   <= s_q.is_len && s_q.len > room_q;
    snap_end_q   <= (s_q.len > room_q ? room_q : s_q.len) - len_t'(8);
    e_rel_o      <= s_q.snap ? snap_end_q : room_q;
    k_rel_o      <= s_q.snap ? room_known_q - len_t'(8) : room_known_q;
  end

  // --- addresses ----------------------------------------------------------------------------------------------
  logic mac_known;
  logic broadcast_q, group_q, link_q, src_group_q, same_q;
  logic [3:0] low_q;
  assign mac_known = known(12);       // step 1 needs the addresses, step 2 the type

  always_ff @(posedge clk) begin
    if (valid_i && idx_i == 3'd0) begin
      broadcast_q <= mac_known && data_i[63:16] == '1;
      group_q     <= mac_known && data_i[56];
      src_group_q <= mac_known && data_i[8];
      link_q      <= mac_known && data_i[63:20] == 44'h0180c200000;
      low_q       <= data_i[19:16];
    end
    if (valid_i && idx_i == 3'd1)
      same_q <= mac_known && prev_i[63:16] == {prev_i[15:0], data_i[63:32]};
  end

  // --- results ------------------------------------------------------------------------------------------------
  always_ff @(posedge clk) begin
    if (valid_i && last_i) begin
      classes_o                 <= '0;
      classes_o[ClassAll]       <= 1'b1;
      classes_o[ClassBroadcast] <= broadcast_q;
      classes_o[ClassMulticast] <= group_q && !broadcast_q;
      classes_o[ClassArp]       <= s_q.arp;
      classes_o[ClassIpv4]      <= s_q.ip4;
      classes_o[ClassIpv6]      <= s_q.ip6;
      classes_o[ClassNonIp]     <= s_q.non_ip;
      classes_o[ClassVlan]      <= s_q.vlan;
      classes_o[ClassCut]       <= s_q.cut;

      anomalies_o                       <= '0;
      anomalies_o[AnomEthSrcMulticast]  <= src_group_q;
      anomalies_o[AnomEthSrcEqDst]      <= same_q;
      anomalies_o[AnomEthTypeUndefined] <= s_q.undefined;
      anomalies_o[AnomEthLength]        <= too_long_q;
      anomalies_o[AnomVlanDepth]        <= s_q.depth;
      anomalies_o[AnomVlanVidReserved]  <= s_q.vid;

      link_control_o <= link_q;
      link_low_o     <= link_q ? low_q : 4'd0;
      tags_o         <= s_q.tags;
      snap_o         <= s_q.snap;
    end
  end
endmodule

`default_nettype wire

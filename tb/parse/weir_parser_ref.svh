// SPDX-License-Identifier: Apache-2.0
//
// Reference of weir_parser_tb for docs/datapath.md, 2.8: as much of 2.1 to 2.7 as decides whether layer 4 is reached, then
// the fields, byte by byte.

class reference;
  byte unsigned b[$];
  int           k;                 // K
  bit           inbound;
  int           o, e, x, p, u;     // as in the text
  bit           snap, six, clipped, plain_ip;
  // Results.
  bit           l4_valid, is_frag;
  tcp_t         r;

  function automatic int be16(int at);
    return int'(b[at]) << 8 | int'(b[at + 1]);
  endfunction
  function automatic bit [31:0] be32(int at);
    return {16'(be16(at)), 16'(be16(at + 2))};
  endfunction
  function automatic bit [127:0] address(int at, int bytes);
    bit [127:0] a = '0;
    for (int i = 0; i < bytes; i++) a = a << 8 | 128'(b[at + i]);
    return a;
  endfunction

  // 2.1; 1 when layer 3 begins at o.
  function automatic bit layer2(output int kind);
    int t;
    o = 12;
    e = b.size();
    if (k < 12) return 1'b0;
    forever begin
      if (k < o + 2) return 1'b0;
      t = be16(o);
      if (t != 'h8100 && t != 'h88a8 && t != 'h9100) break;
      if (r.tags == 2'd2 || k < o + 4) return 1'b0;
      r.tags++;
      o += 4;
    end
    o += 2;
    kind = t;
    if (t >= 1536) return 1'b1;
    if (t > 1500) return 1'b0;
    if (o + t <= e) e = o + t;
    if (e < o + 8 || k < o + 8 || be32(o) != 32'haaaa_0300 || be16(o + 4) != 0) return 1'b0;
    kind = be16(o + 6);
    o += 8;
    snap = 1'b1;
    return 1'b1;
  endfunction

  // 2.3; 1 when the upper protocol is at p.
  function automatic bit layer3_ip4();
    int h, l;
    if (o + 20 > e || k < o + 20 || b[o][7:4] != 4'd4) return 1'b0;
    is_frag = (be16(o + 6) & 'h3fff) != 0;
    h = 4 * int'(b[o][3:0]);
    if (h < 20 || o + h > e) return 1'b0;
    l = be16(o + 2);
    if (l < h) return 1'b0;
    clipped = o + l > e;
    x = clipped ? e : o + l;
    if (k < o + h || (be16(o + 6) & 'h1fff) != 0) return 1'b0;
    u = int'(b[o + 9]);
    plain_ip = h == 20 && u != 51;
    p = o + h;
    return extensions(0);
  endfunction

  // 2.4.
  function automatic bit layer3_ip6();
    int l;
    if (o + 40 > e || k < o + 40 || b[o][7:4] != 4'd6) return 1'b0;
    l = be16(o + 4);
    u = int'(b[o + 6]);
    if (l == 0 && u == 0) return 1'b0;
    clipped = o + 40 + l > e;
    x = clipped ? e : o + 40 + l;
    plain_ip = !(u inside {0, 43, 44, 60, 51});
    p = o + 40;
    six = 1'b1;
    return extensions(1);
  endfunction

  // 2.5.
  function automatic bit extensions(bit all);
    int c = 0, n;
    while (u == 51 || (all && u inside {0, 43, 44, 60})) begin
      if (c == 8 || p + 8 > x || k < p + 8) return 1'b0;
      n = int'(b[p + 1]);
      n = u == 44 ? 8 : u == 51 ? 4 * (n + 2) : 8 * (n + 1);
      if (p + n > x || k < p + n) return 1'b0;
      if (u == 44) begin
        if ((be16(p + 2) & 'hfff9) != 0) is_frag = 1'b1;
        if (be16(p + 2) >> 3 != 0) return 1'b0;
      end
      u = int'(b[p]);
      p += n;
      c++;
    end
    return 1'b1;
  endfunction

  // 2.6, of TCP: was there a window scale?
  function automatic bit window_scale(int from, int to);
    int i = from;
    while (i < to && b[i] != 0) begin
      if (b[i] == 1) i++;
      else begin
        if (i + 1 >= to) return 1'b0;
        if (b[i] == 3 && b[i + 1] == 3 && i + 3 <= to) return 1'b1;
        if (b[i + 1] < 2) return 1'b0;
        i += int'(b[i + 1]);
      end
    end
    return 1'b0;
  endfunction

  function automatic void tcp_fields(int g);
    int a = 4 * int'(b[p + 12][7:4]);
    r.flags = b[p + 13][5:0];
    r.seq   = be32(p + 4);
    r.ack   = be32(p + 8);
    if (a >= 20 && a <= g) r.len = len_t'(g - a);
    if (a > 20 && a <= g) r.ws = k < p + a ? 1'b1 : window_scale(p + 20, p + a);
  endfunction

  function automatic void quote_fields();
    int q = p + 8;
    if (!inbound || is_frag) return;
    if (!six) begin
      if (!(b[p] inside {3, 4, 11, 12})) return;
      if (q + 28 > x || k < q + 28) return;
      if (b[q] != 8'h45 || b[q + 9] != 6 || (be16(q + 6) & 'h1fff) != 0 || be32(q + 12) != be32(o + 16)) return;
      r.quote_remote = address(q + 16, 4);
      r.quote_pport  = 16'(be16(q + 20));
      r.quote_rport  = 16'(be16(q + 22));
      r.seq          = be32(q + 24);
    end else begin
      if (!(b[p] inside {1, 2, 3, 4})) return;
      if (q + 48 > x || k < q + 48) return;
      if (b[q][7:4] != 4'd6 || b[q + 6] != 6 || address(q + 8, 16) != address(o + 24, 16)) return;
      r.quote_remote = address(q + 24, 16);
      r.quote_pport  = 16'(be16(q + 40));
      r.quote_rport  = 16'(be16(q + 42));
      r.seq          = be32(q + 44);
    end
    r.quote = 1'b1;
  endfunction

  function automatic void run(byte unsigned bytes[$], int known, bit dir);
    int kind, g, need;
    b = bytes;
    k = known;
    inbound = !dir;
    r = '0;
    {snap, six, clipped, plain_ip, l4_valid, is_frag} = '0;
    if (!layer2(kind)) return;
    if (kind == 'h0800 ? !layer3_ip4() : kind == 'h86dd ? !layer3_ip6() : 1'b1) return;
    g = x - p;
    case (u)
      6:  need = 20;
      17: need = 8;
      1:  need = six ? 9999 : 8;
      58: need = six ? 4 : 9999;
      default: need = 9999;
    endcase
    if (g < need || k < p + need) return;
    l4_valid = 1'b1;
    r.plain = !snap && plain_ip && !clipped && !is_frag;
    if (u == 6) tcp_fields(g);
    if (u == 1 || u == 58) quote_fields();
  endfunction
endclass

// SPDX-License-Identifier: Apache-2.0
//
// Frame builder of weir_parser_tb (included there): a case builds a right frame layer by layer, which also fills in what
// the parser must say of it (e), then breaks it and names what follows from that. Bytes are reached as p[l3 + 8] and so on.

byte unsigned p[$];              // the frame
int           l3, l4;            // where its layers begin
int           known;             // K; 0: all of it
int           last;              // end of the transport sum; 0: the last byte before padding
bit           fix_ip, fix_l4;    // fill in the checksums when done
bit           v6;
bit [7:0]     sum_proto;         // protocol of the pseudo-header
bit [127:0]   src, dst;
meta_t        e;

localparam logic [127:0] S4 = 128'hc000_0201, D4 = 128'hc633_6402;   // 192.0.2.1, 198.51.100.2
localparam logic [127:0] S6 = 128'h2001_0db8_0000_0000_0000_0000_0000_0011,
                         D6 = 128'h2001_0db8_0000_0001_0000_0000_0000_0022;
localparam int Fin = 1, Syn = 2, Rst = 4, Psh = 8, Ack = 16, Urg = 32;

function automatic void u8(int x);
  p.push_back(8'(x));
endfunction
function automatic void u16(int x);
  u8(x >> 8);
  u8(x);
endfunction
function automatic void u32(bit [31:0] x);
  u16(int'(x[31:16]));
  u16(int'(x[15:0]));
endfunction
function automatic void addr(bit [127:0] x, int bytes);
  for (int i = bytes - 1; i >= 0; i--) u8(int'(x[8*i +: 8]));
endfunction
function automatic void text(string s);
  for (int i = 0; i < s.len(); i++) u8(int'(s[i]));
endfunction
function automatic void fill(int n);
  for (int i = 0; i < n; i++) u8(8'h41 + i % 26);
endfunction
function automatic void set16(int at, int x);
  p[at]     = 8'(x >> 8);
  p[at + 1] = 8'(x);
endfunction
function automatic void set32(int at, bit [31:0] x);
  set16(at, int'(x[31:16]));
  set16(at + 2, int'(x[15:0]));
endfunction

function automatic void has(int unsigned c);
  e.classes[c] = 1'b1;
endfunction
function automatic void hasnt(int unsigned c);
  e.classes[c] = 1'b0;
endfunction
function automatic void anom(int unsigned a);
  e.anomalies[a] = 1'b1;
endfunction

// --- layers -----------------------------------------------------------------------------------------------------------
function automatic void mac(bit [47:0] d = 48'h0200_0000_0001, bit [47:0] s = 48'h0200_0000_0002);
  p = {};
  e = '0;
  e.tclass = TclassOther;
  has(ClassAll);
  {known, last, l3, l4} = '0;
  {fix_ip, fix_l4, v6} = '0;
  {src, dst} = '0;
  addr(128'(d), 6);
  addr(128'(s), 6);
endfunction
function automatic void tag(int tci = 5, int tpid = 'h8100);
  u16(tpid);
  u16(tci);
  has(ClassVlan);
endfunction
function automatic void snap(int length);
  u16(length);
  addr(128'haaaa_0300_0000, 6);
endfunction

function automatic void ip4(int proto, int n, int h = 20);
  u16('h0800);
  l3 = p.size();
  {src, dst} = {S4, D4};
  u16('h4000 | h << 6);
  u16(h + n);
  u16('h1234);
  u16(0);
  u8(64);
  u8(proto);
  u16(0);
  addr(src, 4);
  addr(dst, 4);
  l4 = l3 + h;
  fix_ip = 1'b1;
  sum_proto = 8'(proto);
  has(ClassIpv4);
  if (h > 20) has(ClassIpOptions);
  e.l3_valid = 1'b1;
  e.l4_proto_valid = 1'b1;
  e.proto = 8'(proto);
endfunction

function automatic void ip6(int next, int n);
  u16('h86dd);
  l3 = p.size();
  {src, dst} = {S6, D6};
  v6 = 1'b1;
  u32(32'h6000_0000);
  u16(n);
  u8(next);
  u8(64);
  addr(src, 16);
  addr(dst, 16);
  l4 = p.size();
  sum_proto = 8'(next);
  has(ClassIpv6);
  e.l3_valid = 1'b1;
  e.family = 1'b1;
  e.l4_proto_valid = 1'b1;
  e.proto = 8'(next);
endfunction

// An extension header of `bytes` bytes; the protocol expected moves on to the next.
function automatic void ext(int next, int bytes = 8, int unit = 8);
  u8(next);
  u8(unit == 4 ? bytes / 4 - 2 : bytes / 8 - 1);
  for (int i = 2; i < bytes; i++) u8(0);
  l4 = p.size();
  sum_proto = 8'(next);
  e.proto = 8'(next);
endfunction
function automatic void frag6(int next, int offset, bit more);
  u8(next);
  u8(0);
  u16(offset << 3 | int'(more));
  u32(32'd7);
  l4 = p.size();
  sum_proto = 8'(next);
  e.proto = 8'(next);
  has(ClassFrag);
  if (more || offset != 0) begin
    e.is_frag = 1'b1;
    e.tclass = TclassFrag;
  end
endfunction

function automatic void ports(int sport, int dport);
  u16(sport);
  u16(dport);
  e.l4_valid = 1'b1;
  e.sport = 16'(sport);
  e.dport = 16'(dport);
  fix_l4 = 1'b1;
  has(ClassChecked);
endfunction
function automatic void tcp(int flags, int header = 20, int sport = 4000, int dport = 80);
  l4 = p.size();
  ports(sport, dport);
  u32(32'd1);
  u32(32'd2);
  u16(header << 10 | flags);
  u16(512);
  u32(32'd0);
  has(ClassTcp);
  e.tclass = TclassTcp;
  if ((flags & Syn) != 0) has((flags & Ack) != 0 ? ClassSynack : ClassSyn);
  if ((flags & (Syn | Ack)) == Syn) e.tclass = TclassSyn;
  if ((flags & Rst) != 0) has(ClassRst);
  if ((flags & Fin) != 0) has(ClassFin);
endfunction
function automatic void udp(int n, int sport = 4000, int dport = 4001);
  l4 = p.size();
  ports(sport, dport);
  u16(8 + n);
  u16(0);
  has(ClassUdp);
  e.tclass = TclassUdp;
endfunction
function automatic void icmp(int kind, int code = 0);
  l4 = p.size();
  u8(kind);
  u8(code);
  u16(0);
  u32(32'd9);
  e.l4_valid = 1'b1;
  e.dport = 16'(kind << 8 | code);
  fix_l4 = 1'b1;
  has(ClassChecked);
  has(ClassIcmp);
  e.tclass = TclassIcmp;
endfunction

// What a stop before layer 4, or in it, takes away.
function automatic void no_l4_fields();
  e.l4_valid = 1'b0;
  {e.sport, e.dport} = '0;
  fix_l4 = 1'b0;
  hasnt(ClassChecked);
  for (int unsigned c = ClassSyn; c <= ClassFin; c++) hasnt(c);
  if (e.tclass == TclassSyn) e.tclass = TclassTcp;
endfunction
function automatic void no_l4();
  no_l4_fields();
  for (int unsigned c = ClassSyn; c <= ClassOtherL4; c++) hasnt(c);
  e.tclass = e.is_frag ? TclassFrag : TclassOther;
endfunction
function automatic void no_proto();
  no_l4();
  e.l4_proto_valid = 1'b0;
  e.proto = 8'd0;
endfunction
function automatic void no_l3();
  no_proto();
  e.l3_valid = 1'b0;
  e.family = 1'b0;
  fix_ip = 1'b0;
  {src, dst} = '0;
endfunction
function automatic void first_frag();
  e.is_frag = 1'b1;
  e.tclass = TclassFrag;
  has(ClassFrag);
  hasnt(ClassChecked);
endfunction

// --- checksums --------------------------------------------------------------------------------------------------------
function automatic int sum(int from, int to, int start);
  int s = start;
  for (int i = from; i < to; i++) s += ((i - from) % 2 == 0) ? int'(p[i]) << 8 : int'(p[i]);
  while (s > 'hffff) s = (s & 'hffff) + (s >> 16);
  return s;
endfunction

function automatic void checksums();
  int at, s = 0, to = last != 0 ? last : p.size();
  if (fix_ip) begin
    set16(l3 + 10, 0);
    set16(l3 + 10, ~sum(l3, l3 + 4 * int'(p[l3] & 8'hf), 0));
  end
  if (!fix_l4) return;
  case (sum_proto)
    8'd6:    at = l4 + 16;
    8'd17:   at = l4 + 6;
    default: at = l4 + 2;
  endcase
  if (sum_proto != 8'd1) begin
    s = v6 ? sum(l3 + 8, l3 + 40, 0) : sum(l3 + 12, l3 + 20, 0);
    s += int'(sum_proto) + to - l4;
  end
  set16(at, 0);
  s = ~sum(l4, to, s) & 'hffff;
  set16(at, sum_proto == 8'd17 && s == 0 ? 'hffff : s);
endfunction

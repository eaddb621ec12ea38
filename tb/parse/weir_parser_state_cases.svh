// SPDX-License-Identifier: Apache-2.0
//
// Frames of weir_parser_tb for docs/datapath.md, 2.8. Directed ones say what must be found (claims), and the reference must
// agree; the fields' values are the reference's. Random ones are packets that are nearly right.

// The next frame to be added has a quote, a window scale, is plain; and these must be equal to the reference's.
bit    claimed;
tcp_t  claim;
function automatic void claims(bit quote, bit ws, bit plain, int tags = 0);
  claimed = 1'b1;
  claim.quote = quote;
  claim.ws    = ws;
  claim.plain = plain;
  claim.tags  = 2'(tags);
endfunction

// Frames of which nothing but 2.8 is held, since the reference knows no more.
function automatic void add_state(string name);
  state_only = 1'b1;
  add(name);
  state_only = 1'b0;
endfunction

// --- layers below -----------------------------------------------------------------------------------------------------
// Behind `tags` tags and perhaps in SNAP: IP with random addresses and nothing in it; room() fixes its lengths.
int  snap_at;
bit  with_snap;
function automatic void lower(int tags, bit snapped, bit six, int proto, int words = 0);
  mac();
  for (int i = 0; i < tags; i++) tag(int'($urandom), i == 0 ? 'h88a8 : 'h8100);
  with_snap = snapped;
  snap_at = p.size();
  if (snapped) snap(0);
  if (six) ip6(proto, 0);
  else ip4(proto, 0, 20 + 4 * words);
  for (int i = six ? 8 : 12; i < (six ? 40 : 20); i++) p[l3 + i] = 8'($urandom);
  for (int i = 0; i < words; i++) u32(32'h0101_0101);
  l4 = p.size();
  fix_l4 = 1'b0;
endfunction
function automatic void room(int more = 0);
  if (v6) set16(l3 + 4, p.size() + more - l3 - 40);
  else set16(l3 + 2, p.size() + more - l3);
  if (with_snap) set16(snap_at, p.size() - snap_at - 2);
endfunction

function automatic void rubbish(int n);
  for (int i = 0; i < n; i++) u8(int'($urandom));
endfunction

// An ICMP error with the start of a TCP segment of the destination, `n` bytes of it.
function automatic void error(int kind, int n = 28);
  int at;
  l4 = p.size();
  u8(kind);
  u8(int'($urandom));
  rubbish(6);
  at = p.size();
  if (v6) begin
    u32(32'h6000_0000 | 32'($urandom_range('hfffff)));
    u16(int'($urandom));
    u8(6);
    u8(int'($urandom));
    for (int i = 0; i < 16; i++) u8(int'(p[l3 + 24 + i]));
    rubbish(16 + 8);
  end else begin
    u8('h45);
    rubbish(5);
    u16(int'($urandom_range(7)) << 13);
    u8(int'($urandom));
    u8(6);
    rubbish(2);
    for (int i = 0; i < 4; i++) u8(int'(p[l3 + 16 + i]));
    rubbish(4 + 8);
  end
  while (p.size() > at + n) void'(p.pop_back());
  rubbish(at + n - p.size());
endfunction

// TCP with these options, as bytes; then payload.
function automatic void segment(byte unsigned options[$], int payload = 0);
  l4 = p.size();
  rubbish(12);
  u8((5 + options.size() / 4) << 4 | int'($urandom_range(15)));
  rubbish(7);
  foreach (options[i]) u8(int'(options[i]));
  rubbish(payload);
endfunction

// --- directed ---------------------------------------------------------------------------------------------------------
// An ICMP error as it should be, and the room that it needs.
function automatic void good_error(int tags, bit snapped, bit six, int words = 0, int n = 0);
  lower(tags, snapped, six, six ? 58 : 1, words);
  error(six ? 1 : 3, n != 0 ? n : six ? 48 : 28);
  room();
endfunction

// The frame as it stands (claims are for that), then known up to every byte, and ended at every byte in each layer.
function automatic void at_every_byte(string name);
  byte unsigned whole[$] = p;
  int size = p.size();
  add_state(name);
  for (int n = 0; n <= size; n++) begin
    known = n == 0 ? -1 : n;
    add_state({name, ", cut"});
  end
  known = 0;
  for (int n = l3; n <= size; n++) begin
    p = whole;
    if (v6) set16(l3 + 4, n - l3 - 40);
    else set16(l3 + 2, n - l3);
    add_state({name, ", shorter packet"});
    if (with_snap) begin
      p = whole;
      set16(snap_at, n - snap_at - 2);
      add_state({name, ", shorter SNAP"});
    end else if (n >= 60) begin
      p = whole;
      while (p.size() > n) void'(p.pop_back());
      add_state({name, ", shorter frame"});
    end
    p = whole;
  end
endfunction

function automatic void quote_cases();
  for (int six = 0; six < 2; six++) begin
    int need = six != 0 ? 48 : 28;
    for (int tags = 0; tags < 3; tags++) begin
      for (int snapped = 0; snapped < 2; snapped++) begin
        good_error(tags, 1'(snapped), 1'(six)); claims(1, 0, snapped == 0, tags); add_state("quote");
        good_error(tags, 1'(snapped), 1'(six)); rubbish(40); if (snapped == 0) claims(1, 0, 1, tags);
        at_every_byte("quote");
        good_error(tags, 1'(snapped), 1'(six), 0, need - 1); claims(0, 0, snapped == 0, tags); add_state("quote, one byte missing");
        good_error(tags, 1'(snapped), 1'(six), 0, need + 1); claims(1, 0, snapped == 0, tags); add_state("quote, one byte more");
        good_error(tags, 1'(snapped), 1'(six)); room(1); claims(1, 0, 0, tags); add_state("quote in a clipped packet");
        lower(tags, 1'(snapped), 1'(six), six != 0 ? 51 : 1, six != 0 ? 0 : 1);
        if (six != 0) ext(58, 12, 4);
        error(1 + 2 * (1 - six), need);
        room();
        claims(1, 0, 0, tags);
        at_every_byte("quote, at four mod eight");
      end
    end
    for (int kind = 0; kind < 256; kind++) begin
      good_error(0, 0, 1'(six)); p[l4] = 8'(kind);
      claims(six != 0 ? kind inside {1, 2, 3, 4} : kind inside {3, 4, 11, 12}, 0, 1); add_state("type of the error");
    end
    // Every bit of what must be as it is.
    for (int i = 0; i < (six != 0 ? 24 : 16); i++) begin
      bit counts = six != 0 ? i == 0 || i == 6 || i >= 8 : i inside {0, 6, 7, 9, 12, 13, 14, 15};
      for (int bit_ = 0; bit_ < 8; bit_++) begin
        for (int shift = 0; shift < 2; shift++) begin
          good_error(shift, 0, 1'(six), six != 0 ? 0 : shift);
          p[l4 + 8 + i] ^= 8'(1 << bit_);
          claims(!(counts && (i != 6 || six != 0 || bit_ < 5) && (i != 0 || six == 0 || bit_ >= 4)), 0, six != 0 || shift == 0,
                 shift);
          add_state("a bit of the quote");
        end
      end
    end
    // Outbound, the destination is not the protected address: the quoted source is that of the packet, or both are.
    good_error(0, 0, 1'(six));
    for (int i = 0; i < (six != 0 ? 16 : 4); i++) p[l4 + (six != 0 ? 16 : 20) + i] = p[l3 + (six != 0 ? 8 : 12) + i];
    claims(0, 0, 1); add_state("quote of the source");
    for (int i = 0; i < (six != 0 ? 16 : 4); i++) p[l3 + (six != 0 ? 24 : 16) + i] = p[l3 + (six != 0 ? 8 : 12) + i];
    claims(1, 0, 1); add_state("quote, source is destination");
    good_error(0, 0, 1'(six)); p[l4 + 2] ^= 1; claims(1, 0, 1); add_state("quote, wrong sum");
  end
  good_error(0, 0, 0); set16(l3 + 6, 'h2000); claims(0, 0, 0); add_state("quote in a first fragment");
  good_error(0, 0, 0); set16(l3 + 6, 'h0001); claims(0, 0, 0); add_state("quote in a later fragment");
  good_error(0, 0, 0); set16(l3 + 6, 'hc000); claims(1, 0, 1); add_state("quote, other flags");
  good_error(0, 0, 0, 10); claims(1, 0, 0); add_state("quote behind options");
  lower(0, 0, 1, 44); frag6(58, 0, 1); error(1, 48); room(); claims(0, 0, 0); add_state("quote in a first fragment, IPv6");
  lower(0, 0, 1, 44); frag6(58, 0, 0); error(1, 48); room(); claims(1, 0, 0); add_state("quote in an atomic fragment");
  lower(0, 0, 1, 0); ext(60); ext(58, 24); error(2, 48); room(); claims(1, 0, 0); add_state("quote behind headers");
  lower(0, 0, 0, 51); ext(1, 24, 4); error(3, 28); room(); claims(1, 0, 0); add_state("quote behind AH");
  lower(0, 0, 1, 1); error(3, 48); room(); claims(0, 0, 0); add_state("ICMP in IPv6");
  lower(0, 0, 0, 58); error(3, 48); room(); claims(0, 0, 0); add_state("ICMPv6 in IPv4");
  lower(0, 0, 0, 17); error(3, 28); room(); claims(0, 0, 1); add_state("UDP like a quote");
  lower(0, 0, 1, 17); error(3, 48); room(); claims(0, 0, 1); add_state("UDP like a quote, IPv6");
  lower(0, 0, 0, 6); error(3, 28); room(); p[l4 + 12] = 'h50; claims(0, 0, 1); add_state("TCP like a quote");
  lower(0, 0, 1, 6); error(3, 48); room(); p[l4 + 12] = 'h50; claims(0, 0, 1); add_state("TCP like a quote, IPv6");
  lower(0, 0, 1, 50); error(3, 48); room(); claims(0, 0, 0); add_state("ESP like a quote, IPv6");
endfunction

function automatic void scale_cases();
  for (int shift = 0; shift < 2; shift++) begin
    // A window scale everywhere, behind what leads there, with what follows.
    for (int words = 1; words < 11; words++) begin
      for (int at = 0; at < 4 * words - 2; at++) begin
        for (int way = 0; way < 3; way++) begin
          byte unsigned list[$] = {};
          for (int i = 0; i < at; i++) list.push_back(way == 0 || at == 1 ? 1 : i == 0 ? 253 : i == 1 ? 8'(at) : 3);
          if (way == 2 && at > 2) list[0] = 1;
          if (way == 2 && at > 2) list[1] = at == 3 ? 1 : 254;
          if (way == 2 && at > 3) list[2] = 8'(at - 1);
          list.push_back(3);
          list.push_back(3);
          list.push_back(7);
          while (list.size() < 4 * words) list.push_back(at % 3 == 0 ? 3 : 8'(at % 3));
          lower(shift, 0, 1'(way), 6); segment(list, words); room(); claims(0, 1, 1, shift); add_state("window scale");
          list[at + 1] = 4;
          if (at + 4 <= 4 * words) list[at + 3 < 4 * words ? at + 3 : at] = 0;
          lower(shift, 0, 1'(way), 6); segment(list, words); room(); add_state("window scale of 4 bytes");
          list[at] = 4; list[at + 1] = 3;
          for (int i = at + 3; i < 4 * words; i++) list[i] = 0;
          lower(shift, 0, 1'(way), 6); segment(list, words); room(); claims(0, 0, 1, shift); add_state("no window scale");
          list[at] = 3; list[0] = 0;
          if (at > 0) begin
            lower(shift, 0, 1'(way), 6); segment(list, words); room(); claims(0, 0, 1, shift); add_state("behind the end");
            list[0] = 254; list[1] = 1;
            lower(shift, 0, 1'(way), 6); segment(list, words); room(); if (at > 1) claims(0, 0, 1, shift);
            add_state("behind a bad option");
          end
        end
      end
    end
    for (int six = 0; six < 2; six++) begin
      lower(shift, 0, 1'(six), 6); segment('{1, 1, 3, 3}, shift); room(); claims(0, 0, 1, shift);
      add_state("window scale of which the third byte is missing");
      lower(shift, 0, 1'(six), 6); segment('{1, 1, 1, 1, 1, 1, 3, 3}, shift); room(); claims(0, 0, 1, shift);
      add_state("window scale of which the third byte is missing");
      lower(shift, 0, 1'(six), 6); segment('{1, 1, 3, 3, 1, 0, 0, 0}); room(); claims(0, 1, 1, shift);
      add_state("window scale over two granules");
      lower(shift, 0, 1'(six), 6); segment('{1, 1, 1, 3}); room(); claims(0, 0, 1, shift); add_state("type 3, without length");
      lower(shift, 0, 1'(six), 6); segment('{1, 1, 1, 3}, 8); p[l4 + 24] = 3; room(); claims(0, 0, 1, shift);
      add_state("length 3 in the payload");
      lower(shift, 0, 1'(six), 6); segment('{}, 8); p[l4 + 20] = 3; p[l4 + 21] = 3; room(); claims(0, 0, 1, shift);
      add_state("window scale in the payload");
      lower(shift, 0, 1'(six), 6); segment('{3, 3, 7, 1}, 9); p[l4 + 12] = 'h40; room(); claims(0, 0, 1, shift);
      add_state("data offset 16 before a window scale");
      lower(shift, 0, 1'(six), 6); segment('{3, 3, 7, 1}); p[l4 + 12] = 'h70; room(); claims(0, 0, 1, shift);
      add_state("data offset beyond the packet");
      lower(shift, 0, 1'(six), 6); segment('{2, 4, 5, 180, 1, 3, 3, 7, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2}, 11); room();
      claims(0, 1, 1, shift); at_every_byte("TCP with options");
      lower(shift, 1, 1'(six), 6); segment('{2, 4, 5, 180, 1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2}, 30); room();
      claims(0, 0, 0, shift); at_every_byte("TCP without window scale");
      for (int offset = 0; offset < 16; offset++) begin
        lower(shift, 0, 1'(six), 6); segment('{2, 4, 5, 180, 1, 1, 1, 3, 3, 7, 4, 2}, 9); p[l4 + 12][7:4] = 4'(offset);
        room(); add_state("every data offset");
      end
    end
  end
  // Options of IPv4 are no window scale.
  lower(0, 0, 0, 6, 1); set32(l3 + 20, 32'h0303_0700); segment('{1, 1, 1, 1}); room(); claims(0, 0, 0); add_state("type 3 in IPv4");
  lower(0, 0, 0, 6, 1); set32(l3 + 20, 32'h0303_0700); segment('{}); room(); claims(0, 0, 0); add_state("type 3 in IPv4 alone");
  lower(0, 0, 0, 6, 1); segment('{3, 3, 1, 1}); set16(l3 + 6, 'h2000); room(); claims(0, 1, 0); add_state("first fragment");
  lower(0, 0, 1, 44); frag6(6, 0, 1); segment('{3, 3, 1, 1}); room(); claims(0, 1, 0); add_state("first fragment, IPv6");
  lower(0, 0, 1, 44); frag6(6, 2, 0); segment('{3, 3, 1, 1}); room(); claims(0, 0, 0); add_state("later fragment, IPv6");
  lower(3, 0, 0, 6); segment('{3, 3, 1, 1}); room(); claims(0, 0, 0, 2); add_state("three tags");
  lower(0, 0, 0, 51); ext(6, 12, 4); segment('{3, 3, 1, 1}); room(); claims(0, 1, 0); add_state("TCP behind AH");
  lower(0, 0, 1, 51); ext(6, 12, 4); segment('{3, 3, 1, 1}); room(); claims(0, 1, 0); add_state("TCP behind AH, IPv6");
  for (int n = 0; n < 1400; n += 97) begin
    lower(n % 3, 0, 1'(n), 6); segment('{1, 3, 3, 1}, n); room(); claims(0, 1, 1, n % 3); add_state("payload");
  end
endfunction

// --- random -----------------------------------------------------------------------------------------------------------
function automatic bit one_in(int n);
  return $urandom_range(n - 1) == 0;
endfunction

function automatic void random_options(ref byte unsigned list[$], input int n);
  while (list.size() < n) begin
    int pick = int'($urandom_range(15)), length = pick < 9 ? 3 : pick < 14 ? int'($urandom_range(6, 2)) : int'($urandom_range(44));
    if (pick < 4) list.push_back(1);
    else if (pick == 4 && one_in(3)) list.push_back(0);
    else begin
      list.push_back(one_in(2) ? 3 : 8'($urandom_range(5, 2)));
      list.push_back(8'(length));
      for (int i = 2; i < length; i++) list.push_back(8'($urandom_range(4)));
    end
  end
  while (list.size() > n) void'(list.pop_back());
endfunction

function automatic void random_frame();
  bit six = one_in(2);
  int kinds[5] = '{0, 43, 44, 60, 51};
  int proto, next[$], size, at;
  byte unsigned list[$];
  case ($urandom_range(9))
    0: proto = 17;
    1: proto = int'($urandom_range(255));
    2, 3, 4, 5: proto = six != one_in(20) ? 58 : 1;
    default: proto = 6;
  endcase
  if (one_in(3))
    for (int i = one_in(20) ? int'($urandom_range(9)) : int'($urandom_range(3, 1)); i > 0; i--)
      next.push_back(six ? kinds[$urandom_range(4)] : 51);
  next.push_back(proto);
  lower(one_in(30) ? 3 : int'($urandom_range(2)), one_in(5), six, next[0], one_in(4) ? int'($urandom_range(10)) : 0);
  if (!six && one_in(12)) set16(l3 + 6, int'($urandom) & (one_in(2) ? 'he000 : 'he003));
  for (int i = 0; i + 1 < next.size(); i++) begin
    if (next[i] == 44) frag6(next[i + 1], one_in(8) ? 1 : 0, one_in(5));
    else if (next[i] == 51) ext(next[i + 1], int'($urandom_range(6, 2)) * 4, 4);
    else ext(next[i + 1], int'($urandom_range(3, 1)) * 8);
  end
  if (proto == 6) begin
    if (one_in(2)) random_options(list, 4 * int'($urandom_range(10)));
    segment(list, int'($urandom_range(40)));
    if (one_in(8)) p[l4 + 12][7:4] = 4'($urandom);
  end else begin
    error(int'(one_in(6) ? $urandom_range(255) : $urandom_range(4, 1)), int'($urandom_range(64)) + (one_in(3) ? 0 : 28));
    if (!six && one_in(2)) p[l4] = one_in(2) ? 11 : 12;
    at = l4 + 8 + int'($urandom_range(30));
    if (one_in(4) && at < p.size()) p[at] ^= 8'(1 << $urandom_range(7));
  end
  room(one_in(5) ? int'($urandom_range(12)) - 6 : 0);
  if (with_snap && one_in(3)) set16(snap_at, p.size() - snap_at - 2 + int'($urandom_range(16)) - 8);
  if (one_in(3)) rubbish(int'($urandom_range(30)));
  size = p.size() < 60 ? 60 : p.size();
  if (one_in(3)) known = one_in(2) ? int'($urandom_range(size, 1)) : l4 + int'($urandom_range(60));
  if (known > size) known = 0;
  add_state("random");
endfunction

function automatic void state_cases();
  quote_cases();
  scale_cases();
endfunction

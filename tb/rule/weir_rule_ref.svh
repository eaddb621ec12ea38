// SPDX-License-Identifier: Apache-2.0
//
// Reference of rules for the benches of tb/rule, slot by slot, from docs/datapath.md 18; and frames and rules that meet.

bit [31:0] ref_vector[2][64][32];
bit [53:0] ref_exact[2048];

// --- The text ---------------------------------------------------------------------------------------------------------
function automatic void ref_string(rule_frame_t f, output bit s[305]);
  for (int i = 0; i < 128; i++) s[i] = f.remote[127-i];
  for (int i = 0; i < 128; i++) s[128+i] = f.protect[127-i];
  for (int i = 0; i < 16; i++) s[256+i] = f.rport[15-i];
  for (int i = 0; i < 16; i++) s[272+i] = f.pport[15-i];
  for (int i = 0; i < 8; i++) s[288+i] = f.proto[7-i];
  for (int i = 296; i < 300; i++) s[i] = 1'b0;
  s[300] = f.dir;
  s[301] = f.family;
  s[302] = f.is_frag;
  s[303] = f.l4_valid;
  s[304] = f.l4_proto_valid;
endfunction

// The lowest rule that fits, or -1.
function automatic int ref_prefix_rule(rule_frame_t f, int set);
  bit s[305];
  bit [31:0] fit;
  fit = '1;
  ref_string(f, s);
  for (int p = 0; p < 61; p++) begin
    int value;
    value = 0;
    for (int b = 0; b < 5; b++) value = 2 * value + int'(s[5*p+b]);
    fit &= ref_vector[set][p][value];
  end
  for (int r = 0; r < 32; r++) if (fit[r]) return r;
  return -1;
endfunction

function automatic int ref_prefix_action(int r, int set);
  return int'(ref_vector[set][61][0][r]) + 2 * int'(ref_vector[set][62][0][r]);
endfunction

function automatic void ref_prefix_hit(int r, int set);
  ref_vector[set][63][r]++;
endfunction

// Place of the exact rule that is found, or -1.
function automatic int ref_exact_place(hash_t pair, hash_t port, hash_t remote, bit service, int set);
  hash_t key;
  int    first;
  int    bucket;
  first = -1;
  for (int k = 0; k < 3; k++) begin
    key = k == 0 ? pair ^ port : k == 1 ? pair : remote;
    if (k == 0 && !service) continue;
    for (int side = 0; side < 2; side++) begin
      bucket = side == 0 ? int'(key.index) % 512 : int'(key.tag >> 31);
      for (int way = 0; way < 4; way++) begin
        bit [53:0] e;
        e = ref_exact[4*bucket+way];
        if (e[29:0] == key.tag[29:0] && (set == 0 ? e[30] : e[31])) begin
          if (e[33:32] == 2'd3) return 4 * bucket + way;
          if (first < 0) first = 4 * bucket + way;
        end
      end
    end
  end
  return first;
endfunction

function automatic void ref_exact_hit(int place, int number);
  int count;
  count = int'(ref_exact[place][52:36]);
  if (!ref_exact[place][53]) begin
    count++;
    if (count == 131072) begin
      ref_exact[place][53] = 1'b1;
      count = 2048;
    end
  end else if (number % 64 == 0) begin
    if (count < 131071) count++;
  end
  ref_exact[place][52:36] = 17'(count);
endfunction

// What a maintenance operation on the rules' memories reads, and does.
function automatic logic [255:0] ref_maint(command_t c, logic [255:0] data);
  logic [255:0] got;
  int           target;
  int           index;
  got    = '0;
  target = int'(c.target);
  index  = int'(c.index);
  if (target == 25 && index < 1024) begin
    for (int k = 0; k < 4; k++) begin
      if (c.op == MaintRead) got[32*k+:32] = ref_vector[index/512][(index/8)%64][4*(index%8)+k];
      if (c.op == MaintWrite) ref_vector[index/512][(index/8)%64][4*(index%8)+k] = data[32*k+:32];
    end
  end
  if ((target == 26 || target == 27) && index < 1024) begin
    int place;
    place = index + (target == 27 ? 1024 : 0);
    if (c.op == MaintRead) got[53:0] = {ref_exact[place][53:36], 2'b00, ref_exact[place][33:0]};
    if (c.op == MaintWrite) ref_exact[place] = data[53:0];
  end
  return got;
endfunction

function automatic void ref_clear();
  for (int s = 0; s < 2; s++) for (int p = 0; p < 64; p++) for (int v = 0; v < 32; v++) ref_vector[s][p][v] = '0;
  for (int i = 0; i < 2048; i++) ref_exact[i] = '0;
endfunction

// --- Frames and rules -------------------------------------------------------------------------------------------------
function automatic bit one_in(int n);
  return $urandom_range(0, n - 1) == 0;
endfunction

// Few addresses, all of them near each other, and some of anything.
function automatic logic [127:0] pool_address(bit family);
  logic [127:0] a;
  int           flip;
  a = family ? {32'h2001_0db8, 96'd0} : 128'd0;
  if (one_in(16)) return {$urandom, $urandom, $urandom, $urandom};
  a[31:0] = 32'hc0a8_0000;
  a[$urandom_range(0, 2)] = 1'b1;
  flip = $urandom_range(0, family ? 127 : 31);
  if (one_in(3)) a[flip] = !a[flip];
  return a;
endfunction

function automatic rule_frame_t pool_frame();
  rule_frame_t f;
  f.family  = 1'($urandom);
  f.remote  = pool_address(f.family);
  f.protect = pool_address(f.family);
  f.rport   = one_in(3) ? 16'($urandom) : 16'd53;
  f.pport   = one_in(3) ? 16'd80 + 16'($urandom_range(0, 3)) : 16'd443;
  f.proto   = one_in(2) ? 8'd17 : one_in(2) ? 8'd6 : 8'($urandom);
  f.dir     = one_in(4);
  f.is_frag = one_in(8);
  f.l4_valid       = !one_in(4);
  f.l4_proto_valid = !one_in(4);
  return f;
endfunction

// Bits of the string that a rule wants, and whether it does.
typedef struct {
  bit want[305];
  bit care[305];
} ternary_t;

function automatic ternary_t pool_ternary();
  ternary_t t;
  int       length;
  ref_string(pool_frame(), t.want);
  for (int i = 0; i < 305; i++) t.care[i] = 1'b0;
  length = one_in(3) ? 0 : one_in(3) ? 128 : $urandom_range(96, 128);
  for (int i = 0; i < length; i++) t.care[i] = 1'b1;
  length = one_in(3) ? 0 : one_in(3) ? 128 : $urandom_range(96, 128);
  for (int i = 0; i < length; i++) t.care[128+i] = 1'b1;
  if (one_in(4)) for (int i = 0; i < $urandom_range(1, 16); i++) t.care[256+i] = 1'b1;
  if (one_in(4)) for (int i = 0; i < $urandom_range(1, 16); i++) t.care[272+i] = 1'b1;
  if (one_in(4)) for (int i = 0; i < 8; i++) t.care[288+i] = 1'b1;
  for (int i = 300; i < 305; i++) t.care[i] = one_in(5);
  return t;
endfunction

function automatic bit ternary_fits(ternary_t t, rule_frame_t f);
  bit s[305];
  ref_string(f, s);
  for (int i = 0; i < 305; i++) if (t.care[i] && t.want[i] != s[i]) return 1'b0;
  return 1'b1;
endfunction

function automatic bit ternary_piece(ternary_t t, int piece, int value);
  for (int b = 0; b < 5; b++)
    if (t.care[5*piece+b] && t.want[5*piece+b] != bit'((value >> (4 - b)) & 1)) return 1'b0;
  return 1'b1;
endfunction

// A key whose buckets and print are like those of others.
function automatic hash_t pool_hash();
  hash_t h;
  int    flip;
  h.tag   = {9'($urandom_range(0, 1)), 1'($urandom), 30'(1 + $urandom_range(0, 1))};
  h.index = {1'($urandom), 9'($urandom_range(0, 1) * 511)};
  if (one_in(10)) {h.tag[39:31], h.index} = 19'($urandom);
  flip = $urandom_range(0, 29);
  if (one_in(10)) h.tag[flip] = !h.tag[flip];
  if (h.tag == '0) h.tag = 40'd1;
  return h;
endfunction

// An entry for one of the frame's keys, in a place where it is looked for.
function automatic int pool_place(hash_t pair, hash_t port, hash_t remote, output logic [53:0] e);
  hash_t key;
  case ($urandom_range(0, 2))
    0:       key = pair ^ port;
    1:       key = pair;
    default: key = remote;
  endcase
  e = '0;
  e[29:0]  = key.tag[29:0];
  e[31:30] = one_in(8) ? 2'd0 : 2'($urandom_range(1, 3));
  e[33:32] = one_in(4) ? 2'd3 : 2'($urandom);
  e[52:36] = one_in(3) ? 17'h1ffff - 17'($urandom_range(0, 2)) : one_in(2) ? '0 : 17'($urandom);
  e[53]    = one_in(2);
  return 4 * (one_in(2) ? int'(key.index) % 512 : int'(key.tag >> 31)) + $urandom_range(0, 3);
endfunction

// SPDX-License-Identifier: Apache-2.0
//
// For the bench of weir_table: a plain model of docs/datapath.md 5.3 without clocks, and random slots. The user's part of
// an entry is made up here: a score that counts, a lock that some frames set, a pin that only maintenance sets, a payload.
`default_nettype none

package weir_table_bench_pkg;
  import weir_pkg::*;
  import weir_slot_pkg::*;

  parameter int unsigned ScoreBits = 6;
  parameter int unsigned TargetA   = 10;
  parameter int unsigned TargetB   = 11;
  parameter int unsigned Keys      = 40;  // two or three times the ways

  typedef struct packed {
    logic [15:0]           payload;
    logic [9:0]            own;     // its timeout, where each entry has one; 0 counts as 1
    logic                  locked;
    logic                  pinned;
    logic [ScoreBits-1:0]  score;
    logic [11:0]           window;  // low bits of it where times are shorter
    logic [TagBits-1:0]    tag;
  } entry_t;

  typedef struct packed {
    logic [1:0]      valid;
    hash_t [1:0]     key;
    logic [11:0]     window;
    logic            insert;
    logic [1:0][9:0] timeout;
    command_t        command;
    entry_t          wdata;
    logic [15:0]     nonce;
  } offer_t;

  // What a look-up has to say in its clocks 6 and 7.
  typedef struct packed {
    logic       packet;
    logic       maint;   // the operation is about an entry of this table
    logic       clear;
    logic       update;
    logic       raw;
    logic       is_new;
    logic       fresh;
    logic       read;
    logic       full;
    logic       miss;
    logic       no_room; // of a miss
    logic       evict;
    logic       grow;
    logic       shrink;
    logic [11:0] age;
    logic [TagBits-1:0] tag;
    entry_t     entry;   // as it was, where something of it is shown
    entry_t     data;    // what it becomes, with update or raw
  } want_t;

  function automatic entry_t junk();
    return $bits(entry_t)'({$urandom, $urandom, $urandom});
  endfunction

  // --- One table ----------------------------------------------------------------------------------------------------
  class model;
    int     kept_bits;   // of a tag
    int     number;      // 0 or 1: first or second look-up
    int     target;
    int     sweep_base;
    int     size;
    int     mask;        // of times
    bit     own;         // each entry has its own timeout
    bit     fades;
    entry_t e[];
    int     counted;     // entries that are not free, by what was seen at the ports
    int     hits, inserts, overs, evicts, fulls, pins, misses, cramped, frees, refreshes, writes;
    int     zeros, alike;  // keys of which nothing is kept but 0; hits of another key
    logic [TagBits-1:0] owner[];  // the whole tag that has made an entry

    function new(int number_, int size_, int sweep_base_, int time_bits_, bit own_, bit fades_, int kept_bits_);
      number     = number_;
      kept_bits  = kept_bits_;
      size       = size_;
      sweep_base = sweep_base_;
      mask       = (1 << time_bits_) - 1;
      own        = own_;
      fades      = fades_;
      target     = number == 1 ? TargetB : TargetA;
      e          = new[size];
      owner      = new[size];
      for (int i = 0; i < size; i++) e[i] = '0;
    endfunction

    function int used();
      int n;
      n = 0;
      for (int i = 0; i < size; i++) if (e[i].tag != 0) n++;
      return n;
    endfunction

    function int age(int n, int w);
      return (w - int'(e[n].window)) & mask;
    endfunction

    function bit old(int n, int w, int limit);
      return age(n, w) >= (!own ? limit : e[n].own == 0 ? 1 : int'(e[n].own));
    endfunction

    function bit expired(int n, int w, int limit);
      return !e[n].pinned && old(n, w, limit);
    endfunction

    function void make_fresh(int n, int w);
      e[n].payload = '0;
      e[n].locked  = 1'b0;
      e[n].score   = '0;
      e[n].own     = 10'd200;
      e[n].window  = 12'(w & mask);
    endfunction

    // What the user makes of an entry for a frame.
    function void update(int n, int w, int nonce);
      e[n].window  = 12'(w & mask);
      e[n].payload = e[n].payload * 16'd3 + 16'(nonce);
      if (e[n].score != '1) e[n].score++;
      if (nonce % 16 == 0) e[n].locked = 1'b1;
      if (nonce % 8 == 1) e[n].own = nonce % 32 == 1 ? 10'(nonce >> 6) : 10'(nonce >> 13);
    endfunction

    // As many of the lowest bits as are kept.
    function logic [TagBits-1:0] low(logic [TagBits-1:0] tag);
      return TagBits'(64'(tag) % (64'd1 << kept_bits));
    endfunction

    function want_t look(hash_t key, int w, int limit, bit insert, int nonce);
      hash_t k;
      want_t want;
      int way[4];
      int found, score, best;
      want        = '0;
      want.packet = 1;
      k     = key;
      k.tag = low(key.tag);
      if (k.tag == 0) begin
        zeros++;
        k.tag = 40'd1;
      end
      want.tag    = k.tag;
      for (int p = 0; p < 4; p++) way[p] = 4 * (int'(k.index) % (size / 4)) + (int'(k.tag[1:0]) + p) % 4;
      found = -1;
      for (int p = 0; p < 4; p++)
        if (found < 0 && e[way[p]].tag == k.tag && !expired(way[p], w, limit)) found = way[p];
      if (found >= 0) begin
        hits++;
        if (owner[found] != 0 && owner[found] != key.tag) alike++;
        want.entry = e[found];
        want.age   = 12'(age(found, w));
        want.fresh = old(found, w, limit);
        if (want.fresh) begin
          pins++;
          make_fresh(found, w);
        end
      end else begin
        want.miss    = 1;
        want.no_room = 1;
        for (int p = 0; p < 4; p++)
          if (e[way[p]].tag == 0 || expired(way[p], w, limit) || !(e[way[p]].pinned || e[way[p]].locked)) want.no_room = 0;
        if (!insert) begin
          misses++;
          if (want.no_room) cramped++;
          return want;
        end
        for (int p = 0; p < 4; p++)
          if (found < 0 && (e[way[p]].tag == 0 || expired(way[p], w, limit))) found = way[p];
        if (found >= 0) begin
          want.grow = e[found].tag == 0;
          if (want.grow) inserts++;
          else overs++;
        end else begin
          best = 1 << 30;
          for (int p = 0; p < 4; p++) begin
            score = fades && age(way[p], w) >= 2 ? 0 : int'(e[way[p]].score);
            if (!e[way[p]].pinned && !e[way[p]].locked && score < best) begin
              best  = score;
              found = way[p];
            end
          end
          if (found < 0) begin
            fulls++;
            want.full = 1;
            return want;
          end
          evicts++;
          want.evict = 1;
        end
        want.is_new = 1;
        want.fresh  = 1;
        e[found]     = '0;
        e[found].tag = k.tag;
        owner[found] = key.tag;
        make_fresh(found, w);
      end
      want.update = 1;
      update(found, w, nonce);
      want.data = e[found];
      return want;
    endfunction

    function want_t maintain(command_t c, int w, int limit, entry_t wdata);
      want_t want;
      int n;
      want = '0;
      n = int'(c.index);
      if (c.op == MaintSweep && !c.clear) n -= sweep_base;
      if (c.op != MaintSweep && int'(c.target) != target) return want;
      if (n < 0 || n >= size) return want;
      want.maint = 1;
      want.entry = e[n];
      want.tag   = e[n].tag;
      want.age   = 12'(age(n, w));
      if (c.clear) begin
        want.clear = 1;
        want.raw   = 1;
        e[n] = '0;
      end else if (c.op == MaintRead) want.read = 1;
      else if (c.op == MaintWrite) begin
        writes++;
        want.raw = 1;
        want.grow   = e[n].tag == 0 && low(wdata.tag) != 0;
        want.shrink = e[n].tag != 0 && low(wdata.tag) == 0;
        e[n] = wdata;
        e[n].tag = low(wdata.tag);
        owner[n] = '0;
      end else if (e[n].tag != 0 && (c.expire || old(n, w, limit))) begin
        if (e[n].pinned) begin
          refreshes++;
          want.update = 1;
          want.fresh  = 1;
          make_fresh(n, w);
        end else begin
          frees++;
          want.raw    = 1;
          want.shrink = 1;
          e[n] = '0;
        end
      end
      want.data = e[n];
      return want;
    endfunction

    function want_t step(offer_t s);
      if (s.command.active) return maintain(s.command, int'(s.window), int'(s.timeout[number]), s.wdata);
      if (s.valid[number])
        return look(s.key[number], int'(s.window), int'(s.timeout[number]), s.insert, int'(s.nonce));
      return want_t'(0);
    endfunction
  endclass

  // --- Slots --------------------------------------------------------------------------------------------------------
  class plan;
    offer_t q[$];
    offer_t s;      // the last one: what does not change stays
    hash_t keys[2][Keys];
    int    sizes[2];
    int    lookups;
    int    most;    // timeout

    function new(int lookups_, int size_a, int size_b, int most_, int kept_bits);
      most    = most_;
      lookups = lookups_;
      sizes   = '{size_a, size_b};
      s       = '0;
      s.timeout = {2{10'(most_)}};
      for (int l = 0; l < 2; l++) for (int i = 0; i < Keys; i++) begin
        keys[l][i] = '{tag: TagBits'({$urandom, $urandom}), index: 10'($urandom)};
        // Some differ in one bit only, or in the set.
        if (i % 4 == 1) keys[l][i].tag = keys[l][i-1].tag ^ (40'b1 << $urandom_range(0, 39));
        if (i % 8 == 2) keys[l][i].tag = keys[l][i-1].tag;
        // Of a set, and what a table keeps of them is the same: everything, nothing, and 1.
        if (i % 8 > 4 || i % 8 == 3) keys[l][i].index = keys[l][i-1].index;
        if (kept_bits < TagBits) begin
          if (i % 8 == 5) keys[l][i].tag = keys[l][i-1].tag ^ (40'b1 << $urandom_range(kept_bits, 39));
          if (i % 8 == 6) keys[l][i].tag = 40'(keys[l][i].tag << kept_bits);
          if (i % 8 == 7) keys[l][i].tag = 40'(keys[l][i].tag << kept_bits) | 40'b1;
        end
        if (keys[l][i].tag == '0) keys[l][i].tag = 40'd1;
        s.key[l] = keys[l][i];
      end
    endfunction

    function void put();
      s.nonce = 16'($urandom);
      q.push_back(s);
    endfunction

    function void maint(maint_op_e op, int target, int index, entry_t wdata, bit clear, bit expire);
      s.command = '{active: 1'b1, clear: clear, expire: expire, level: expire_e'($urandom), op: op, target: 5'(target), index: 11'(index)};
      s.wdata   = wdata;
      s.valid   = '0;
      put();
      s.command = command_t'(0);
    endfunction

    function void read_back();
      for (int l = 0; l < lookups; l++)
        for (int i = 0; i < sizes[l]; i++) maint(MaintRead, TargetA + l, i, '0, 1'b0, 1'b0);
    endfunction

    function void sweep(bit clear, bit expire);
      for (int i = 0; i < sizes[0] + sizes[1]; i++) maint(MaintSweep, 0, i, '0, clear, expire);
    endfunction

    function void anything(int keys_used, int pin_share);
      entry_t e;
      int l, op;
      l  = $urandom_range(0, 1);
      op = $urandom_range(0, 9);
      if (op < 5) begin
        maint(MaintSweep, $urandom_range(0, 31), $urandom_range(0, sizes[0] + sizes[1] + 2), '0, 1'b0,
              $urandom_range(0, 19) == 0);
      end else if (op < 7) begin
        maint(MaintRead, $urandom_range(TargetA, TargetB + 1), $urandom_range(0, sizes[l]), '0, 1'b0, 1'b0);
      end else begin
        e        = junk();
        e.window = s.window - 12'($urandom_range(0, most + 145));
        e.pinned = $urandom_range(0, 99) < pin_share;
        e.locked = $urandom_range(0, 3) == 0;
        e.tag    = keys[l][$urandom_range(0, keys_used - 1)].tag;  // where it belongs, or not
        if ($urandom_range(0, 3) == 0) e = '0;
        maint(MaintWrite, $urandom_range(TargetA - 1, TargetB + 1), $urandom_range(0, sizes[l]), e, 1'b0, 1'b0);
      end
    endfunction

    // A run has a character: how many keys, how fast time goes, how often maintenance, how many pins.
    function void run(int slots, int keys_used, int jump, int maint_share, int pin_share);
      for (int i = 0; i < slots; i++) begin
        if ($urandom_range(0, 3) == 0) case ($urandom_range(0, jump))
          0, 1:    s.window += 1;
          2:       s.window += 12'($urandom_range(0, 5));
          3:       s.window += 12'($urandom_range(0, most + 45));
          default: ;
        endcase
        if ($urandom_range(0, 63) == 0) for (int l = 0; l < 2; l++) case ($urandom_range(0, 4))
          0:       s.timeout[l] = 10'd1;
          1:       s.timeout[l] = 10'(most);
          2:       s.timeout[l] = 10'($urandom_range(1, 4));
          default: s.timeout[l] = 10'($urandom_range(1, most));
        endcase
        s.insert = $urandom_range(0, 7) != 0;
        if ($urandom_range(0, 99) < maint_share) anything(keys_used, pin_share);
        else begin
          // The same key in slot after slot, too.
          for (int l = 0; l < 2; l++) if ($urandom_range(0, 3) != 0) s.key[l] = keys[l][$urandom_range(0, keys_used - 1)];
          s.valid = $urandom_range(0, 7) == 0 ? 2'($urandom) : 2'b11;
          put();
        end
      end
      read_back();
    endfunction

    function void fill(int slots);
      sweep(1'b1, 1'b0);
      read_back();
      for (int round = 0; round < 8; round++) begin
        run(slots, Keys, 100, 5, 5);   // time stands nearly still: victims, locks
        run(slots, Keys, 8, 10, 10);
        run(slots, 12, 4, 20, 30);     // old entries, pins
        run(slots, Keys, 20, 60, 50);  // mostly maintenance; pins fill sets
        sweep(round == 3, round % 2 == 0);
        read_back();
      end
      s.valid = '0;
      put();
    endfunction
  endclass
endpackage

`default_nettype wire

// SPDX-License-Identifier: Apache-2.0
//
// What the MAC benches share: frames as byte queues, and the FCS computed bit by bit as 802.3 writes it down (not by the
// function under test).
package weir_gmii_bench_pkg;

  typedef logic [7:0] bytes_t [$];

  // IEEE 802.3 3.2.9: the bits of each byte lowest first, polynomial 0x04C11DB7, start all ones, complement.
  function automatic logic [31:0] fcs(input bytes_t frame);
    logic [31:0] reg_v = '1;
    logic feedback;
    logic [31:0] ret;
    foreach (frame[i]) begin
      for (int b = 0; b < 8; b++) begin
        feedback = reg_v[31] ^ frame[i][b];
        reg_v = {reg_v[30:0], 1'b0} ^ (feedback ? 32'h04c11db7 : 32'd0);
      end
    end
    for (int b = 0; b < 32; b++) ret[b] = ~reg_v[31 - b];  // x^31 first on the wire, lowest bit of a byte first
    return ret;
  endfunction

  function automatic bytes_t with_fcs(input bytes_t frame);
    bytes_t ret = frame;
    logic [31:0] sum = fcs(frame);
    for (int i = 0; i < 4; i++) ret.push_back(sum[8*i +: 8]);
    return ret;
  endfunction

  // Random bytes behind an id in bytes 0 to 3 (if they fit) and `tags` VLAN tags.
  function automatic bytes_t make_frame(input int unsigned id, input int len, input int tags = 0);
    bytes_t ret;
    for (int i = 0; i < len; i++) begin
      logic [7:0] b = 8'($urandom);
      if (i < 4) b = id[8*i +: 8];
      if (i >= 12 && ((i - 12) & 3) == 0) b = 8'h08;  // no tag by accident
      for (int t = 0; t < tags; t++) begin
        if (i == 12 + 4 * t) b = (t == 0 && id[0]) ? 8'h88 : (id[1] ? 8'h91 : 8'h81);
        if (i == 13 + 4 * t) b = (t == 0 && id[0]) ? 8'ha8 : 8'h00;
      end
      ret.push_back(b);
    end
    return ret;
  endfunction

  function automatic bytes_t padded(input bytes_t frame);
    bytes_t ret = frame;
    while (ret.size() < 60) ret.push_back(8'd0);
    return ret;
  endfunction

  function automatic bit same(input bytes_t a, input bytes_t b);
    if (a.size() != b.size()) return 0;
    foreach (a[i]) if (a[i] != b[i]) return 0;
    return 1;
  endfunction

endpackage

// SPDX-License-Identifier: Apache-2.0
rtl/parse/weir_parse_l2.sv
rtl/parse/weir_parse_align.sv
rtl/parse/weir_parse_arp.sv
rtl/parse/weir_parse_ip4.sv
rtl/parse/weir_parse_ip6.sv
rtl/parse/weir_parse_ext.sv
rtl/parse/weir_parse_addr.sv
rtl/parse/weir_opt_walk.sv
rtl/parse/weir_csum.sv
rtl/parse/weir_parse_http.sv
rtl/parse/weir_parse_l4.sv
rtl/parse/weir_parse_l4_check.sv
rtl/parse/weir_parse_state.sv
rtl/parse/weir_parser.sv

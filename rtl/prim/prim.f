// SPDX-License-Identifier: Apache-2.0
rtl/prim/weir_ram_sdp.sv
rtl/prim/weir_ram_dp_clk2.sv
rtl/prim/weir_fifo.sv

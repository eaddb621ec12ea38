// SPDX-License-Identifier: Apache-2.0
rtl/prim/weir_ram_sdp.sv
rtl/prim/weir_ram_dp_clk2.sv
rtl/prim/weir_phase.sv
rtl/prim/weir_fifo.sv
rtl/prim/weir_sync.sv
rtl/prim/weir_reset_sync.sv
rtl/prim/weir_cfg_sync.sv
rtl/prim/weir_event_count.sv
rtl/prim/weir_fifo_async.sv
rtl/prim/weir_frame_fifo_async.sv

// SPDX-License-Identifier: Apache-2.0
rtl/state/weir_state_pkg.sv
rtl/state/weir_state_cfg.sv
rtl/state/weir_connections.sv
rtl/state/weir_syn_meter.sv
rtl/state/weir_syn_meters.sv
rtl/state/weir_cookie.sv
rtl/state/weir_source_scores.sv
rtl/state/weir_known_sources.sv
rtl/state/weir_connection_counts.sv
rtl/state/weir_sketch.sv
rtl/state/weir_syn_decide.sv
rtl/state/weir_state.sv

// SPDX-License-Identifier: Apache-2.0
rtl/decide/weir_anomalies.sv
rtl/decide/weir_decide.sv
rtl/decide/weir_counters.sv
rtl/decide/weir_slot_source.sv
rtl/decide/weir_judge.sv

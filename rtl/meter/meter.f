// SPDX-License-Identifier: Apache-2.0
rtl/meter/weir_meter.sv
rtl/meter/weir_meter_cfg.sv
rtl/meter/weir_peaks.sv
rtl/meter/weir_keyed_meters.sv
rtl/meter/weir_class_bank.sv

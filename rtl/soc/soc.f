// SPDX-License-Identifier: Apache-2.0
// VexRiscv itself: .venv/vexriscv/VexRiscv.v, see docs/soc.md.
rtl/soc/weir_soc_pkg.sv
rtl/soc/weir_sample_pkg.sv
rtl/soc/weir_bus.sv
rtl/soc/weir_cpu_ram.sv
rtl/soc/weir_cpu.sv
rtl/soc/weir_event_queue.sv
rtl/soc/weir_capture.sv
rtl/soc/weir_watchdog.sv
rtl/soc/weir_soc.sv

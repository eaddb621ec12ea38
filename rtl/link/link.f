// SPDX-License-Identifier: Apache-2.0
rtl/link/weir_link_fcs.sv
rtl/link/weir_link_rx.sv
rtl/link/weir_link_exec.sv
rtl/link/weir_link_tx.sv
rtl/link/weir_link_engine.sv
rtl/link/weir_uart_rx.sv
rtl/link/weir_uart_tx.sv
rtl/link/weir_uart.sv

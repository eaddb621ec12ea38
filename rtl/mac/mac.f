// SPDX-License-Identifier: Apache-2.0
rtl/mac/weir_crc32_pkg.sv
rtl/mac/weir_mac_pkg.sv
rtl/mac/weir_gmii_rx.sv
rtl/mac/weir_mac_rx.sv
rtl/mac/weir_gmii_tx.sv
rtl/mac/weir_mac_tx.sv
rtl/mac/weir_mac.sv

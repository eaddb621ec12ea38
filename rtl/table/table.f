// SPDX-License-Identifier: Apache-2.0
rtl/table/weir_hash.sv
rtl/table/weir_table.sv

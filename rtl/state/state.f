// SPDX-License-Identifier: Apache-2.0
rtl/state/weir_cookie.sv
rtl/state/weir_sketch.sv

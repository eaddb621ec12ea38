// SPDX-License-Identifier: Apache-2.0
// The whole data plane in dependency order, for tools that take file lists (paths from the top folder).
-f rtl/pkg/pkg.f
-f rtl/prim/prim.f
-f rtl/mac/mac.f
-f rtl/parse/parse.f
-f rtl/table/table.f
-f rtl/meter/meter.f
-f rtl/rule/rule.f
-f rtl/state/state.f
-f rtl/decide/decide.f
-f rtl/regs/regs.f
-f rtl/control/control.f
-f rtl/store/store.f
-f rtl/soc/soc.f
-f rtl/link/link.f
rtl/weir_datapath.sv
rtl/weir_core.sv

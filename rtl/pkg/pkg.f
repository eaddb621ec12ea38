rtl/pkg/weir_lists_pkg.sv
rtl/pkg/weir_pkg.sv
rtl/pkg/weir_slot_pkg.sv

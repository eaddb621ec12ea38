rtl/regs/weir_regs_pkg.sv
rtl/regs/weir_regs.sv

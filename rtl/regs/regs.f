rtl/regs/weir_regs_pkg.sv
rtl/regs/weir_regs.sv
rtl/regs/weir_soc_regs_pkg.sv
rtl/regs/weir_soc_regs.sv

rtl/control/weir_control_pkg.sv
rtl/control/weir_setup.sv
rtl/control/weir_stats.sv
rtl/control/weir_maint.sv
rtl/control/weir_ager.sv
rtl/control/weir_control.sv

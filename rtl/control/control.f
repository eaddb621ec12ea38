rtl/control/weir_control_pkg.sv
rtl/control/weir_control.sv

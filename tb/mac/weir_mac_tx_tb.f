tb/mac/weir_gmii_bench_pkg.sv

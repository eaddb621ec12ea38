tb/table/weir_table_bench_pkg.sv

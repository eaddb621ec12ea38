rtl/store/weir_arbiter.sv
rtl/store/weir_frame_ring.sv
rtl/store/weir_answer.sv
rtl/store/weir_egress_queue.sv
rtl/store/weir_shaper.sv
rtl/store/weir_egress_port.sv

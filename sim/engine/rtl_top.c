// SPDX-License-Identifier: Apache-2.0
#include "rtl_top.h"

#include <stddef.h>

#include <svdpi.h>

/* Written by Verilator into build/rtlsim/<top>/<top>.cpp; `make check-rtl-abi` compares. */
void *weir_sim_stream_protectlib_create(const char *scope);
long long weir_sim_stream_protectlib_seq_update(void *top, svLogic clk);
void weir_sim_stream_protectlib_final(void *top);

void *weir_rtl_top_new(bool gmii)
{
	return gmii ? NULL : weir_sim_stream_protectlib_create("weir_sim_stream");
}

void weir_rtl_top_clock(void *top, bool gmii)
{
	(void)gmii;
	weir_sim_stream_protectlib_seq_update(top, sv_0);
	weir_sim_stream_protectlib_seq_update(top, sv_1);
}

void weir_rtl_top_free(void *top, bool gmii)
{
	(void)gmii;
	weir_sim_stream_protectlib_final(top);
}

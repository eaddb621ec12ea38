// SPDX-License-Identifier: Apache-2.0
#include "rtl_top.h"

#include <svdpi.h>

/* Written by Verilator into build/rtlsim/<top>/<top>.cpp, the clocks in an order of its own; test-rtl-abi compares. */
void *weir_sim_stream_protectlib_create(const char *scope);
long long weir_sim_stream_protectlib_seq_update(void *top, svLogic clk);
void weir_sim_stream_protectlib_final(void *top);
void *weir_sim_gmii_protectlib_create(const char *scope);
long long weir_sim_gmii_protectlib_seq_update(void *top, svLogic clk, svLogic gmii_clk);
void weir_sim_gmii_protectlib_final(void *top);

void *weir_rtl_top_new(bool gmii)
{
	return gmii ? weir_sim_gmii_protectlib_create("weir_sim_gmii") :
		      weir_sim_stream_protectlib_create("weir_sim_stream");
}

void weir_rtl_top_clock(void *top, bool gmii)
{
	if (gmii) {
		weir_sim_gmii_protectlib_seq_update(top, sv_0, sv_0);
		weir_sim_gmii_protectlib_seq_update(top, sv_0, sv_1);
		weir_sim_gmii_protectlib_seq_update(top, sv_0, sv_0);
		weir_sim_gmii_protectlib_seq_update(top, sv_1, sv_1);
	} else {
		weir_sim_stream_protectlib_seq_update(top, sv_0);
		weir_sim_stream_protectlib_seq_update(top, sv_1);
	}
}

void weir_rtl_top_free(void *top, bool gmii)
{
	if (gmii)
		weir_sim_gmii_protectlib_final(top);
	else
		weir_sim_stream_protectlib_final(top);
}

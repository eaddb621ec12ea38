// SPDX-License-Identifier: Apache-2.0
/** The Verilated simulation tops. Only rtl_top.c knows the C ABI that Verilator's --lib-create gives them. */
#ifndef WEIR_RTL_TOP_H
#define WEIR_RTL_TOP_H

#include <stdbool.h>

/** NULL: no memory. Calls back (rtl_dpi.h) already. */
void *weir_rtl_top_new(bool gmii);
/** One core clock: the falling edge, at which levels are fetched, then the rising one, at which they count; at
 * GMII depth two GMII clocks, of which the second rises with the core clock. */
void weir_rtl_top_clock(void *top, bool gmii);
void weir_rtl_top_free(void *top, bool gmii);

#endif

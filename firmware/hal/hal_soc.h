/* SPDX-License-Identifier: Apache-2.0 */
/** The hardware as the soft core sees it (docs/soc.md). */
#ifndef WEIR_HAL_SOC_H
#define WEIR_HAL_SOC_H
#include <stdint.h>
#include "firmware/hal/hal.h"

/** Behind this the bus begins: registers, entries, the soft core's surroundings. */
#define WEIR_SOC_BUS 0x80000000u

static inline uint32_t weir_soc_read(uint32_t addr)
{
	return *(volatile uint32_t *)(uintptr_t)(WEIR_SOC_BUS + addr);
}

static inline void weir_soc_write(uint32_t addr, uint32_t value)
{
	*(volatile uint32_t *)(uintptr_t)(WEIR_SOC_BUS + addr) = value;
}

extern const struct weir_hal weir_hal_soc;

/** Sleep until an event or a message waits, the time of wake_at has come, or a quarter of the watchdog's time is over. */
void weir_hal_soc_wait(void);
/** Characters for the console, without line end. */
void weir_hal_soc_put(const char *text);

#endif

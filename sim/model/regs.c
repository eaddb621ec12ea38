// SPDX-License-Identifier: Apache-2.0
/* The register port: the same map as the hardware's (docs/registers.md). */
#include <errno.h>
#include <string.h>

#include "model_priv.h"
#include "weir/weir_regs.h"

#define SETUP_BASE WEIR_REG_MAX_FRAME
#define LAST_WORD 7u

/** The key is not to be read back. */
static bool is_hash_key(uint32_t addr)
{
	return addr >= WEIR_REG_HASH_KEY(0) && addr < WEIR_REG_HASH_KEY(WEIR_REG_HASH_KEY_COUNT);
}

/** Bits of the setup register at addr; 0: there is none. */
static uint32_t setup_mask(uint32_t addr)
{
	switch (addr) {
	case WEIR_REG_MAX_FRAME:
		return WEIR_REG_MAX_FRAME_VALUE_MASK;
	case WEIR_REG_LINK_CONSUME:
		return WEIR_REG_LINK_CONSUME_MASK_MASK;
	case WEIR_REG_PREFIX_LEN:
		return WEIR_REG_PREFIX_LEN_LEN4_MASK | WEIR_REG_PREFIX_LEN_LEN6_MASK;
	case WEIR_REG_MAC:
		return WEIR_REG_MAC_RX_ENABLE_MASK | WEIR_REG_MAC_TX_ENABLE_MASK | WEIR_REG_MAC_IFG_MASK;
	case WEIR_REG_SHAPER_RATE(0):
	case WEIR_REG_SHAPER_RATE(1):
		return WEIR_REG_SHAPER_RATE_VALUE_MASK;
	case WEIR_REG_SHAPER_BURST(0):
	case WEIR_REG_SHAPER_BURST(1):
		return WEIR_REG_SHAPER_BURST_VALUE_MASK;
	case WEIR_REG_DIVERT_MAC_FIRST:
		return WEIR_REG_DIVERT_MAC_FIRST_VALUE_MASK;
	case WEIR_REG_DIVERT_MAC_LAST:
		return WEIR_REG_DIVERT_MAC_LAST_VALUE_MASK;
	default:
		break;
	}
	if (is_hash_key(addr))
		return WEIR_REG_HASH_KEY_VALUE_MASK;
	if (addr >= WEIR_REG_REFLECTOR(0) && addr < WEIR_REG_REFLECTOR(WEIR_REG_REFLECTOR_COUNT))
		return WEIR_REG_REFLECTOR_PORT_MASK;
	return 0;
}

static uint32_t *setup_word(struct weir_model *m, uint32_t addr)
{
	return &m->port.setup[(addr - SETUP_BASE) / 4];
}

/** What the model needs of the setup registers. */
static void apply_setup(struct weir_model *m)
{
	uint32_t prefix = *setup_word(m, WEIR_REG_PREFIX_LEN);

	m->set.max_frame = (uint16_t)*setup_word(m, WEIR_REG_MAX_FRAME);
	m->set.link_consume = (uint16_t)*setup_word(m, WEIR_REG_LINK_CONSUME);
	m->set.prefix_len4 = (prefix & WEIR_REG_PREFIX_LEN_LEN4_MASK) >> WEIR_REG_PREFIX_LEN_LEN4_LSB;
	m->set.prefix_len6 = (prefix & WEIR_REG_PREFIX_LEN_LEN6_MASK) >> WEIR_REG_PREFIX_LEN_LEN6_LSB;
	for (unsigned i = 0; i < 6; i++)
		m->set.divert_mac[i] = (uint8_t)(*setup_word(m, i < 4 ? WEIR_REG_DIVERT_MAC_FIRST : WEIR_REG_DIVERT_MAC_LAST) >>
						 (i < 4 ? 24 - 8 * i : 40 - 8 * i));
	for (unsigned i = 0; i < WEIR_REFLECTORS; i++)
		m->set.reflector[i] = (uint16_t)*setup_word(m, WEIR_REG_REFLECTOR(i));
	memcpy(m->set.hash_key, setup_word(m, WEIR_REG_HASH_KEY(0)), sizeof(m->set.hash_key));
	m->hash_stale = true;
}

void weir_port_reset(struct weir_model *m)
{
	static const uint16_t reflectors[WEIR_REFLECTORS] = WEIR_REG_REFLECTOR_PORT_RESETS;

	m->port = (struct weir_port){ 0 };
	*setup_word(m, WEIR_REG_MAX_FRAME) = WEIR_REG_MAX_FRAME_VALUE_RESET;
	*setup_word(m, WEIR_REG_LINK_CONSUME) = WEIR_REG_LINK_CONSUME_MASK_RESET;
	*setup_word(m, WEIR_REG_PREFIX_LEN) =
		WEIR_REG_PREFIX_LEN_LEN4_RESET << WEIR_REG_PREFIX_LEN_LEN4_LSB |
		WEIR_REG_PREFIX_LEN_LEN6_RESET << WEIR_REG_PREFIX_LEN_LEN6_LSB;
	*setup_word(m, WEIR_REG_MAC) = WEIR_REG_MAC_RX_ENABLE_RESET << WEIR_REG_MAC_RX_ENABLE_LSB |
				       WEIR_REG_MAC_TX_ENABLE_RESET << WEIR_REG_MAC_TX_ENABLE_LSB |
				       WEIR_REG_MAC_IFG_RESET << WEIR_REG_MAC_IFG_LSB;
	for (unsigned side = 0; side < 2; side++) {
		*setup_word(m, WEIR_REG_SHAPER_RATE(side)) = WEIR_REG_SHAPER_RATE_VALUE_RESET;
		*setup_word(m, WEIR_REG_SHAPER_BURST(side)) = WEIR_REG_SHAPER_BURST_VALUE_RESET;
	}
	for (unsigned i = 0; i < WEIR_REFLECTORS; i++)
		*setup_word(m, WEIR_REG_REFLECTOR(i)) = reflectors[i];
	apply_setup(m);
}

/** Split the address of an entry's word. @return false when there is no such entry */
static bool find_entry(uint32_t addr, unsigned *ret_target, uint32_t *ret_index, unsigned *ret_word)
{
	*ret_target = (addr - WEIR_ENTRIES_BASE) / WEIR_TARGET_SPAN;
	*ret_index = addr % WEIR_TARGET_SPAN / WEIR_ENTRY_SPAN;
	*ret_word = addr % WEIR_ENTRY_SPAN / 4;
	return *ret_index < weir_entry_count(*ret_target);
}

static int write_entry(struct weir_model *m, uint32_t addr, uint32_t value)
{
	unsigned target, word;
	uint32_t index;

	if (!find_entry(addr, &target, &index, &word)) {
		m->port.bad_entry = true;
		return -EINVAL;
	}
	m->port.staging[word] = value;
	if (word == LAST_WORD) {
		weir_entry_write(m, target, index, m->port.staging);
		m->port.maint_seqno = m->seqno;
	}
	return 0;
}

static int read_entry(struct weir_model *m, uint32_t addr, uint32_t *ret_value)
{
	unsigned target, word;
	uint32_t index;

	if (!find_entry(addr, &target, &index, &word)) {
		m->port.bad_entry = true;
		return -EINVAL;
	}
	if (!word) {
		weir_entry_read(m, target, index, m->port.fetched);
		m->port.maint_seqno = m->seqno;
	}
	*ret_value = m->port.fetched[word];
	return 0;
}

static int write_control(struct weir_model *m, uint32_t value)
{
	bool stopped = !m->port.run;

	m->port.run = value & WEIR_REG_CTRL_RUN_MASK;
	if (!(value & WEIR_REG_CTRL_CLEAR_MASK))
		return 0;
	if (!stopped) {
		m->port.write_refused = true;
		return -EPERM;
	}
	weir_model_clear(m);
	return 0;
}

static void write_status(struct weir_model *m, uint32_t value)
{
	if (value & WEIR_REG_STATUS_WRITE_REFUSED_MASK)
		m->port.write_refused = false;
	if (value & WEIR_REG_STATUS_BAD_ENTRY_MASK)
		m->port.bad_entry = false;
}

int weir_model_write(struct weir_model *m, uint32_t addr, uint32_t value)
{
	if (addr % 4)
		return -EINVAL;
	if (addr >= WEIR_ENTRIES_BASE)
		return write_entry(m, addr, value);
	if (addr == WEIR_REG_CTRL)
		return write_control(m, value);
	if (addr == WEIR_REG_STATUS) {
		write_status(m, value);
		return 0;
	}
	if (!setup_mask(addr))
		return -EINVAL;
	if (m->port.run) {
		m->port.write_refused = true;
		return -EPERM;
	}
	*setup_word(m, addr) = value & setup_mask(addr);
	apply_setup(m);
	return 0;
}

static uint32_t read_status(const struct weir_model *m)
{
	return (!m->port.run ? WEIR_REG_STATUS_STOPPED_MASK : 0) | WEIR_REG_STATUS_READY_MASK |
	       (m->bypass ? WEIR_REG_STATUS_BYPASS_MASK : 0) |
	       (m->port.write_refused ? WEIR_REG_STATUS_WRITE_REFUSED_MASK : 0) |
	       (m->port.bad_entry ? WEIR_REG_STATUS_BAD_ENTRY_MASK : 0);
}

static uint32_t table_sizes(void)
{
	uint32_t sizes = 0;

	for (unsigned k = 0; k < WEIR_TABLES; k++)
		sizes |= (uint32_t)weir_table_info(k)->sets_log2 << (4 * k);
	return sizes;
}

static uint32_t state_sizes(void)
{
	uint32_t sizes = WEIR_STATES << WEIR_REG_STATE_SIZES_TABLES_LSB;

	for (unsigned k = 0; k < WEIR_STATES; k++)
		sizes |= (uint32_t)weir_state_info(k)->sets_log2 << (4 * k);
	return sizes;
}

/** Statistics that do not depend on hardware; the others are 0. */
static uint32_t read_statistic(const struct weir_model *m, uint32_t addr)
{
	for (unsigned k = 0; k < WEIR_TABLES; k++) {
		if (addr == WEIR_REG_STATS_TABLES_USED(k))
			return m->table[k].used;
		if (addr == WEIR_REG_STATS_TABLES_EVICTIONS(k))
			return m->table[k].evictions;
		if (addr == WEIR_REG_STATS_TABLES_FULL(k))
			return m->table[k].full;
	}
	for (unsigned k = 0; k < WEIR_STATES; k++) {
		if (addr == WEIR_REG_STATS_STATES_USED(k))
			return m->state.table[k].used;
		if (addr == WEIR_REG_STATS_STATES_EVICTIONS(k))
			return m->state.table[k].evictions;
		if (addr == WEIR_REG_STATS_STATES_FULL(k))
			return m->state.table[k].full;
	}
	for (unsigned side = 0; side < 2; side++) {
		if (addr == WEIR_REG_STATS_SIDE_TAKEN(side))
			return m->taken[side];
		if (addr == WEIR_REG_STATS_SIDE_REFUSED_OVERSIZE(side))
			return m->refused_oversize[side];
	}
	return 0;
}

int weir_model_read(struct weir_model *m, uint32_t addr, uint32_t *ret_value)
{
	if (addr % 4)
		return -EINVAL;
	if (addr >= WEIR_ENTRIES_BASE)
		return read_entry(m, addr, ret_value);
	if (setup_mask(addr)) {
		*ret_value = is_hash_key(addr) ? 0 : *setup_word(m, addr);
		return 0;
	}
	switch (addr) {
	case WEIR_REG_ID:
		*ret_value = WEIR_REG_ID_ID_RESET;
		return 0;
	case WEIR_REG_VERSION:
		*ret_value = WEIR_REG_VERSION_MAJOR_RESET << WEIR_REG_VERSION_MAJOR_LSB |
			     WEIR_REG_VERSION_MINOR_RESET << WEIR_REG_VERSION_MINOR_LSB;
		return 0;
	case WEIR_REG_CAPS:
		*ret_value = WEIR_TABLES << WEIR_REG_CAPS_TABLES_LSB |
			     WEIR_ANOMALIES << WEIR_REG_CAPS_ANOMALIES_LSB |
			     WEIR_CLASSES << WEIR_REG_CAPS_CLASSES_LSB |
			     WEIR_TABLE_WAYS << WEIR_REG_CAPS_WAYS_LSB;
		return 0;
	case WEIR_REG_TABLE_SIZES:
		*ret_value = table_sizes();
		return 0;
	case WEIR_REG_STATE_SIZES:
		*ret_value = state_sizes();
		return 0;
	case WEIR_REG_CTRL:
		*ret_value = m->port.run;
		return 0;
	case WEIR_REG_STATUS:
		*ret_value = read_status(m);
		return 0;
	case WEIR_REG_MAINT_SEQNO:
		*ret_value = m->port.maint_seqno;
		return 0;
	case WEIR_REG_CLOCK:
	case WEIR_REG_NOW_LOW:
	case WEIR_REG_NOW_HIGH:
		*ret_value = 0;
		return 0;
	default:
		break;
	}
	if (addr >= WEIR_REG_STATS_SIDE_RX_FRAMES(0) && addr <= WEIR_REG_STATS_STATES_FULL(WEIR_STATES - 1)) {
		*ret_value = read_statistic(m, addr);
		return 0;
	}
	return -EINVAL;
}

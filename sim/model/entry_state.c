// SPDX-License-Identifier: Apache-2.0
/* Entries of the tables of state, their configuration and the sketch, as the 256 bits that the register
 * port moves (docs/datapath.md 12.1, 12.2; docs/registers.md). */
#include "model_priv.h"
#include "weir/weir_regs.h"

#define GET(word, field) WEIR_FIELD_GET(word, WEIR_REG_STATE_##field)
#define GET8(word, field) ((uint8_t)GET(word, field))
#define GET32(word, field) ((uint32_t)GET(word, field))
#define PUT(word, field, value) WEIR_FIELD_PUT(word, WEIR_REG_STATE_##field, value)

#define CFG_ENTRIES 8u
#define CELLS 4u           /* of the sketch, an entry */
#define CELL_BITS WEIR_REG_SKETCH_CELL0_BITS
#define ACTION_BITS 4u     /* of one reason */

uint32_t weir_state_entry_count(unsigned target)
{
	if (target >= WEIR_TARGET_STATE_CONNECTION && target < WEIR_TARGET_STATE_CONNECTION + WEIR_STATES)
		return WEIR_STATE_WAYS << weir_state_info(target - WEIR_TARGET_STATE_CONNECTION)->sets_log2;
	if (target == WEIR_TARGET_STATE_CFG_CONNECTION)
		return CFG_ENTRIES;
	return target == WEIR_TARGET_SKETCH ? WEIR_SKETCH_CELLS / CELLS : 0;
}

static void read_connection(const struct weir_connection *c, uint32_t *word)
{
	PUT(word, CONNECTION_STATE, c->state);
	PUT(word, CONNECTION_OPENER, c->opener);
	PUT(word, CONNECTION_FIN_R, c->fin_r);
	PUT(word, CONNECTION_FIN_P, c->fin_p);
	PUT(word, CONNECTION_WS, c->ws);
	PUT(word, CONNECTION_ADOPTED, c->adopted);
	PUT(word, CONNECTION_END_R, c->end_r);
	PUT(word, CONNECTION_END_P, c->end_p);
}

static struct weir_connection connection_of(const uint32_t *word)
{
	return (struct weir_connection){
		.state = GET8(word, CONNECTION_STATE), .opener = GET8(word, CONNECTION_OPENER),
		.fin_r = GET8(word, CONNECTION_FIN_R), .fin_p = GET8(word, CONNECTION_FIN_P),
		.ws = GET8(word, CONNECTION_WS), .adopted = GET8(word, CONNECTION_ADOPTED),
		.end_r = GET32(word, CONNECTION_END_R), .end_p = GET32(word, CONNECTION_END_P),
	};
}

static void read_counts(const struct weir_counts *n, uint32_t *word)
{
	PUT(word, CLIENT_HALF_NOW, n->half_now);
	PUT(word, CLIENT_HALF_BEFORE, n->half_before);
	PUT(word, CLIENT_EST_NOW, n->est_now);
	PUT(word, CLIENT_EST_BEFORE, n->est_before);
	PUT(word, CLIENT_OPENED, n->opened);
}

static struct weir_counts counts_of(const uint32_t *word)
{
	return (struct weir_counts){
		.half_now = GET8(word, CLIENT_HALF_NOW), .half_before = GET8(word, CLIENT_HALF_BEFORE),
		.est_now = (uint16_t)GET(word, CLIENT_EST_NOW), .est_before = (uint16_t)GET(word, CLIENT_EST_BEFORE),
		.opened = GET8(word, CLIENT_OPENED),
	};
}

static unsigned time_bits(unsigned number)
{
	switch (number) {
	case WEIR_STATE_host:
		return WEIR_REG_STATE_HOST_WIN_BITS;
	case WEIR_STATE_client:
	case WEIR_STATE_server:
		return WEIR_REG_STATE_CLIENT_TIME_BITS;
	default:
		return WEIR_REG_STATE_CONNECTION_TIME_BITS;
	}
}

static unsigned tag_bits(unsigned number)
{
	return (unsigned)weir_state_info(number)->tag_bits;
}

/* In all, the tag lies lowest, and time, or window, behind it. */
static void read_entry(const struct weir_state_table *t, const struct weir_state_entry *e, uint32_t *word)
{
	weir_field_put(word, 0, tag_bits(t->number), e->tag);
	weir_field_put(word, tag_bits(t->number), time_bits(t->number), e->time);
	if (t->number == WEIR_STATE_connection) {
		read_connection(&e->connection, word);
	} else if (t->number == WEIR_STATE_host) {
		PUT(word, HOST_COUNT, e->host.count);
		PUT(word, HOST_FLOOD, e->host.flood);
		PUT(word, HOST_QUIET, e->host.quiet);
	} else if (t->number == WEIR_STATE_source) {
		PUT(word, SOURCE_SCORE, e->score);
	} else if (t->number == WEIR_STATE_client || t->number == WEIR_STATE_server) {
		read_counts(&e->counts, word);
	}
}

static void write_entry(struct weir_state_table *t, uint32_t index, uint64_t stamp_us, const uint32_t *word)
{
	uint64_t now = weir_state_clock(t, stamp_us);
	uint64_t mask = (UINT64_C(1) << time_bits(t->number)) - 1;
	struct weir_state_entry e = { .tag = weir_field_get(word, 0, tag_bits(t->number)) };
	uint64_t low = weir_field_get(word, tag_bits(t->number), time_bits(t->number));

	/* The youngest time, not after now, with these low bits. */
	e.time = now - ((now - low) & mask);
	if (t->number == WEIR_STATE_connection) {
		e.connection = connection_of(word);
	} else if (t->number == WEIR_STATE_host) {
		e.host.count = GET32(word, HOST_COUNT);
		e.host.flood = GET8(word, HOST_FLOOD);
		e.host.quiet = GET8(word, HOST_QUIET);
	} else if (t->number == WEIR_STATE_source) {
		e.score = GET32(word, SOURCE_SCORE);
	} else if (t->number == WEIR_STATE_client || t->number == WEIR_STATE_server) {
		e.counts = counts_of(word);
	}
	weir_state_set(t, index, &e);
}

static void read_syn(const struct weir_state *s, uint32_t *word)
{
	const struct weir_state_cfg *c = &s->cfg;

	PUT(word, CFG_SYN_METHOD, c->method);
	PUT(word, CFG_SYN_ENABLE, c->enable);
	PUT(word, CFG_SYN_HOST_THRESHOLD, c->host_threshold);
	PUT(word, CFG_SYN_HOST_HOLD, c->host_hold);
	PUT(word, CFG_SYN_TOTAL_THRESHOLD, c->total_threshold);
	PUT(word, CFG_SYN_TOTAL_HOLD, c->total_hold);
	PUT(word, CFG_SYN_HOST_TIMEOUT, s->table[WEIR_STATE_host].timeout[0]);
	PUT(word, CFG_SYN_LEGIT_TIMEOUT, s->table[WEIR_STATE_legit].timeout[0]);
	PUT(word, CFG_SYN_PROVEN_TIMEOUT, s->table[WEIR_STATE_proven].timeout[0]);
	PUT(word, CFG_SYN_LEGIT_FAIL_OPEN, c->legit_fail_open);
	PUT(word, CFG_SYN_LEGIT_MANUAL, c->legit_manual);
	PUT(word, CFG_SYN_SKETCH_LIMIT, c->sketch_limit);
}

static void read_cfg(const struct weir_state *s, uint32_t index, uint32_t *word)
{
	const struct weir_state_cfg *c = &s->cfg;
	const uint16_t *timeout = s->table[WEIR_STATE_connection].timeout;

	switch (index) {
	case WEIR_INDEX_STATE_CFG_CONNECTION:
		PUT(word, CFG_CONNECTION_MODE, c->mode);
		PUT(word, CFG_CONNECTION_FAIL_CLOSED, c->fail_closed);
		PUT(word, CFG_CONNECTION_WINDOW_LOG2, c->window_log2);
		PUT(word, CFG_CONNECTION_HALF_OPEN, timeout[WEIR_SYN_SENT]);
		PUT(word, CFG_CONNECTION_ESTABLISHED, timeout[WEIR_ESTABLISHED]);
		PUT(word, CFG_CONNECTION_CLOSING, timeout[WEIR_CLOSING]);
		PUT(word, CFG_CONNECTION_CLOSED, timeout[WEIR_CLOSED]);
		PUT(word, CFG_CONNECTION_ADOPT_UNTIL, c->adopt_until);
		break;
	case WEIR_INDEX_STATE_CFG_SYN:
		read_syn(s, word);
		break;
	case WEIR_INDEX_STATE_CFG_SOURCE:
		PUT(word, CFG_SOURCE_THRESHOLD, c->source_threshold);
		PUT(word, CFG_SOURCE_GROW, c->grow);
		PUT(word, CFG_SOURCE_DECAY, c->decay);
		PUT(word, CFG_SOURCE_TIMEOUT, s->table[WEIR_STATE_source].timeout[0]);
		break;
	case WEIR_INDEX_STATE_CFG_ACTIONS:
		for (unsigned i = 0; i < WEIR_STATE_ACTIONS; i++)
			weir_field_put(word, ACTION_BITS * i, 3, c->action[i] | c->dry_run[i] << 2);
		break;
	case WEIR_INDEX_STATE_CFG_ZOMBIE:
		PUT(word, CFG_ZOMBIE_THRESHOLD, c->zombie_threshold);
		PUT(word, CFG_ZOMBIE_HOLD, c->zombie_hold);
		PUT(word, CFG_ZOMBIE_CONCURRENT, c->concurrent);
		PUT(word, CFG_ZOMBIE_OPENED, c->opened);
		break;
	default: /* the cookie keys are not to be read back */
		break;
	}
}

static void write_connection_cfg(struct weir_state *s, const uint32_t *word)
{
	uint16_t *timeout = s->table[WEIR_STATE_connection].timeout;

	s->cfg.mode = GET8(word, CFG_CONNECTION_MODE);
	s->cfg.fail_closed = GET8(word, CFG_CONNECTION_FAIL_CLOSED);
	s->cfg.window_log2 = GET8(word, CFG_CONNECTION_WINDOW_LOG2);
	s->cfg.adopt_until = GET32(word, CFG_CONNECTION_ADOPT_UNTIL);
	/* States 0 and 7 do not exist. */
	for (unsigned state = 0; state < 8; state++)
		timeout[state] = (uint16_t)GET(word, CFG_CONNECTION_HALF_OPEN);
	timeout[WEIR_ESTABLISHED] = (uint16_t)GET(word, CFG_CONNECTION_ESTABLISHED);
	timeout[WEIR_CLOSING] = (uint16_t)GET(word, CFG_CONNECTION_CLOSING);
	timeout[WEIR_CLOSED] = (uint16_t)GET(word, CFG_CONNECTION_CLOSED);
}

static void write_syn_cfg(struct weir_state *s, const uint32_t *word)
{
	struct weir_state_cfg *c = &s->cfg;

	c->method = GET8(word, CFG_SYN_METHOD);
	c->enable = GET8(word, CFG_SYN_ENABLE);
	c->host_threshold = GET32(word, CFG_SYN_HOST_THRESHOLD);
	c->host_hold = GET8(word, CFG_SYN_HOST_HOLD);
	c->total_threshold = GET32(word, CFG_SYN_TOTAL_THRESHOLD);
	c->total_hold = GET8(word, CFG_SYN_TOTAL_HOLD);
	c->legit_fail_open = GET8(word, CFG_SYN_LEGIT_FAIL_OPEN);
	c->legit_manual = GET8(word, CFG_SYN_LEGIT_MANUAL);
	c->sketch_limit = (uint16_t)GET(word, CFG_SYN_SKETCH_LIMIT);
	s->table[WEIR_STATE_host].timeout[0] = GET8(word, CFG_SYN_HOST_TIMEOUT);
	s->table[WEIR_STATE_legit].timeout[0] = (uint16_t)GET(word, CFG_SYN_LEGIT_TIMEOUT);
	s->table[WEIR_STATE_proven].timeout[0] = (uint16_t)GET(word, CFG_SYN_PROVEN_TIMEOUT);
}

static void write_cfg(struct weir_state *s, uint32_t index, const uint32_t *word)
{
	struct weir_state_cfg *c = &s->cfg;

	switch (index) {
	case WEIR_INDEX_STATE_CFG_CONNECTION:
		write_connection_cfg(s, word);
		break;
	case WEIR_INDEX_STATE_CFG_SYN:
		write_syn_cfg(s, word);
		break;
	case WEIR_INDEX_STATE_CFG_SOURCE:
		c->source_threshold = GET32(word, CFG_SOURCE_THRESHOLD);
		c->grow = GET8(word, CFG_SOURCE_GROW);
		c->decay = GET8(word, CFG_SOURCE_DECAY);
		s->table[WEIR_STATE_source].timeout[0] = GET8(word, CFG_SOURCE_TIMEOUT);
		break;
	case WEIR_INDEX_STATE_CFG_ACTIONS:
		for (unsigned i = 0; i < WEIR_STATE_ACTIONS; i++) {
			c->action[i] = (uint8_t)weir_field_get(word, ACTION_BITS * i, 2);
			c->dry_run[i] = (uint8_t)weir_field_get(word, ACTION_BITS * i + 2, 1);
		}
		break;
	case WEIR_INDEX_STATE_CFG_COOKIE_KEY:
	case WEIR_INDEX_STATE_CFG_COOKIE_KEY + 1:
		c->cookie_key[index - WEIR_INDEX_STATE_CFG_COOKIE_KEY].k0 = GET(word, CFG_COOKIE_KEY_K0);
		c->cookie_key[index - WEIR_INDEX_STATE_CFG_COOKIE_KEY].k1 = GET(word, CFG_COOKIE_KEY_K1);
		break;
	case WEIR_INDEX_STATE_CFG_ZOMBIE:
		c->zombie_threshold = GET32(word, CFG_ZOMBIE_THRESHOLD);
		c->zombie_hold = GET8(word, CFG_ZOMBIE_HOLD);
		c->concurrent = (uint16_t)GET(word, CFG_ZOMBIE_CONCURRENT);
		c->opened = GET8(word, CFG_ZOMBIE_OPENED);
		break;
	default:
		break;
	}
}

void weir_state_entry_read(const struct weir_model *m, unsigned target, uint32_t index, uint32_t *word)
{
	const struct weir_state *s = &m->state;
	unsigned k = target - WEIR_TARGET_STATE_CONNECTION;

	if (k < WEIR_STATES)
		read_entry(&s->table[k], &s->table[k].entry[index], word);
	else if (target == WEIR_TARGET_STATE_CFG_CONNECTION)
		read_cfg(s, index, word);
	else
		for (unsigned i = 0; i < CELLS; i++)
			weir_field_put(word, CELL_BITS * i, CELL_BITS, s->sketch[CELLS * index + i]);
}

void weir_state_entry_write(struct weir_model *m, unsigned target, uint32_t index, const uint32_t *word)
{
	struct weir_state *s = &m->state;
	unsigned k = target - WEIR_TARGET_STATE_CONNECTION;

	if (k < WEIR_STATES)
		write_entry(&s->table[k], index, m->stamp_us, word);
	else if (target == WEIR_TARGET_STATE_CFG_CONNECTION)
		write_cfg(s, index, word);
	else
		for (unsigned i = 0; i < CELLS; i++)
			s->sketch[CELLS * index + i] =
				(uint16_t)weir_field_get(word, CELL_BITS * i, CELL_BITS);
}

// SPDX-License-Identifier: Apache-2.0
#include "model_state.h"

#include <string.h>

#include "model_test.h"
#include "sim/common/packet_build.h"
#include "weir/weir_regs.h"

#define PUT(word, field, value) WEIR_FIELD_PUT(word, WEIR_REG_STATE_##field, value)
#define GET(word, field) WEIR_FIELD_GET(word, WEIR_REG_STATE_##field)

uint8_t state_last[2048];
struct weir_state_cfg state_cfg;
uint16_t state_timeout[WEIR_STATES][8];

static struct weir_addr address(const struct seg *s, bool remote)
{
	uint8_t low = s->src ? s->src : 7;
	uint16_t net = s->net ? s->net : 0x020a;

	if (s->v6 && remote)
		return (struct weir_addr){ .family = 6, .b = { 0x20, 1, 0x0d, 0xb8, 0, 1, [15] = low } };
	if (s->v6)
		return (struct weir_addr){ .family = 6,
			.b = { 0x20, 1, 0x0d, 0xb8, 0, 2, [14] = (uint8_t)(net >> 8), (uint8_t)net } };
	if (remote)
		return (struct weir_addr){ .family = 4, .b = { 198, 51, 100, low } };
	return (struct weir_addr){ .family = 4, .b = { 192, 0, (uint8_t)(net >> 8), (uint8_t)net } };
}

static void record_address(const struct seg *s, bool remote, uint8_t ret[16])
{
	struct weir_addr a = address(s, remote);

	memset(ret, 0, 16);
	memcpy(s->v6 ? ret : ret + 12, a.b, s->v6 ? 16 : 4);
}

static uint16_t rport(const struct seg *s)
{
	return s->rport ? s->rport : 40000;
}

static uint16_t pport(const struct seg *s)
{
	return s->pport ? s->pport : 80;
}

/** ICMP error that quotes a segment of the protected side. */
static void put_quote(struct weir_pkt *p, const struct seg *s)
{
	struct weir_addr from = address(s, false), to = address(s, true);
	uint8_t quoted[48] = { 0 };
	size_t at = s->v6 ? 40 : 20, n = s->v6 ? 16 : 4;

	weir_pkt_icmp(p, s->v6 ? 1 : 3, 1, 0);
	quoted[0] = s->v6 ? 0x60 : 0x45;
	quoted[s->v6 ? 6 : 9] = 6;
	memcpy(quoted + at - 2 * n, from.b, n);
	memcpy(quoted + at - n, to.b, n);
	quoted[at] = (uint8_t)(pport(s) >> 8);
	quoted[at + 1] = (uint8_t)pport(s);
	quoted[at + 2] = (uint8_t)(rport(s) >> 8);
	quoted[at + 3] = (uint8_t)rport(s);
	for (unsigned i = 0; i < 4; i++)
		quoted[at + 4 + i] = (uint8_t)(s->seq >> (24 - 8 * i));
	weir_pkt_bytes(p, quoted, at + 8);
}

uint32_t state_frame(const struct seg *s, uint8_t buf[2048])
{
	static const uint8_t outside[6] = { 2, 0, 0, 0, 0, 1 }, inside[6] = { 2, 0, 0, 0, 0, 2 };
	static const uint8_t group[6] = { 3, 0, 0, 0, 0, 1 }, all[6] = { 255, 255, 255, 255, 255, 255 };
	const uint8_t *to[] = { s->dir ? outside : inside, group, all };
	static const uint8_t scale[4] = { 1, 3, 3, 7 }, nops[4] = { 1, 1, 1, 1 };
	struct weir_ip_spec ip = {
		.src = address(s, !s->dir), .dst = address(s, s->dir), .ttl = s->ttl0 ? 0 : 64,
		.opt = nops, .opt_len = s->options ? 4 : 0,
	};
	const struct weir_tcp_spec tcp = {
		.sport = s->dir ? pport(s) : rport(s), .dport = s->dir ? rport(s) : pport(s),
		.seq = s->seq, .ack = s->ack, .flags = s->flags, .opt = scale, .opt_len = s->ws ? 4 : 0,
	};
	struct weir_pkt p;
	uint8_t *payload;

	weir_pkt_init(&p, buf, 2048);
	weir_pkt_eth(&p, to[s->to_group], s->dir ? inside : s->group ? group : outside);
	for (unsigned i = 0; i < s->tags; i++)
		weir_pkt_vlan(&p, i ? 0x8100 : 0x88a8, (uint16_t)(0x2064 + i));
	if (s->snap) {
		weir_pkt_llc(&p, 0xaa, 0xaa, 3);
		weir_pkt_snap(&p);
	}
	if (s->quote)
		ip.src.b[s->v6 ? 15 : 3] = 250; /* a router on the way */
	weir_pkt_ip(&p, &ip);
	if (s->quote) {
		put_quote(&p, s);
	} else {
		weir_pkt_tcp(&p, &tcp);
		payload = weir_pkt_room(&p, s->len);
		ck_assert_ptr_nonnull(payload);
		memset(payload, 'x', s->len);
	}
	ck_assert_int_eq(weir_pkt_end(&p), 0);
	if (s->bad_sum)
		weir_pkt_set16(&p, p.l4 + 16, (uint16_t)(weir_pkt_get16(&p, p.l4 + 16) + 1));
	return (uint32_t)p.len;
}

struct weir_record state_packet(uint64_t stamp_us, const struct seg *s)
{
	struct weir_record r;
	uint32_t len = state_frame(s, state_last);

	memset(&r, 0xaa, sizeof(r));
	weir_model_packet(send_model, state_last, len, s->cut ? len - 1 : len, s->dir, stamp_us, &r);
	return r;
}

void state_begin(void)
{
	send_begin();
	memset(&state_cfg, 0, sizeof(state_cfg));
	state_cfg.window_log2 = 20;
	for (unsigned k = 0; k < WEIR_STATES; k++)
		for (unsigned i = 0; i < 8; i++)
			state_timeout[k][i] = 100;
	state_configure();
}

static void configure_connection(void)
{
	uint32_t word[8] = { 0 };

	PUT(word, CFG_CONNECTION_MODE, state_cfg.mode);
	PUT(word, CFG_CONNECTION_FAIL_CLOSED, state_cfg.fail_closed);
	PUT(word, CFG_CONNECTION_WINDOW_LOG2, state_cfg.window_log2);
	PUT(word, CFG_CONNECTION_HALF_OPEN, state_timeout[WEIR_STATE_connection][WEIR_SYN_SENT]);
	PUT(word, CFG_CONNECTION_ESTABLISHED, state_timeout[WEIR_STATE_connection][WEIR_ESTABLISHED]);
	PUT(word, CFG_CONNECTION_CLOSING, state_timeout[WEIR_STATE_connection][WEIR_CLOSING]);
	PUT(word, CFG_CONNECTION_CLOSED, state_timeout[WEIR_STATE_connection][WEIR_CLOSED]);
	PUT(word, CFG_CONNECTION_ADOPT_UNTIL, state_cfg.adopt_until);
	setup_entry(send_model, WEIR_REG_STATE_CFG_CONNECTION, word);
}

static void configure_syn(void)
{
	uint32_t word[8] = { 0 };

	PUT(word, CFG_SYN_METHOD, state_cfg.method);
	PUT(word, CFG_SYN_ENABLE, state_cfg.enable);
	PUT(word, CFG_SYN_HOST_THRESHOLD, state_cfg.host_threshold);
	PUT(word, CFG_SYN_HOST_HOLD, state_cfg.host_hold);
	PUT(word, CFG_SYN_TOTAL_THRESHOLD, state_cfg.total_threshold);
	PUT(word, CFG_SYN_TOTAL_HOLD, state_cfg.total_hold);
	PUT(word, CFG_SYN_HOST_TIMEOUT, state_timeout[WEIR_STATE_host][0]);
	PUT(word, CFG_SYN_LEGIT_TIMEOUT, state_timeout[WEIR_STATE_legit][0]);
	PUT(word, CFG_SYN_PROVEN_TIMEOUT, state_timeout[WEIR_STATE_proven][0]);
	PUT(word, CFG_SYN_LEGIT_FAIL_OPEN, state_cfg.legit_fail_open);
	PUT(word, CFG_SYN_LEGIT_MANUAL, state_cfg.legit_manual);
	PUT(word, CFG_SYN_SKETCH_LIMIT, state_cfg.sketch_limit);
	setup_entry(send_model, WEIR_REG_STATE_CFG_SYN, word);
}

void state_configure(void)
{
	uint32_t word[8] = { 0 };

	configure_connection();
	configure_syn();
	PUT(word, CFG_SOURCE_THRESHOLD, state_cfg.source_threshold);
	PUT(word, CFG_SOURCE_GROW, state_cfg.grow);
	PUT(word, CFG_SOURCE_DECAY, state_cfg.decay);
	PUT(word, CFG_SOURCE_TIMEOUT, state_timeout[WEIR_STATE_source][0]);
	setup_entry(send_model, WEIR_REG_STATE_CFG_SOURCE, word);
	memset(word, 0, sizeof(word));
#define ACTION(name, FIELD) \
	PUT(word, CFG_ACTIONS_##FIELD, state_cfg.action[WEIR_ACTION_##name]); \
	PUT(word, CFG_ACTIONS_##FIELD##_DRY_RUN, state_cfg.dry_run[WEIR_ACTION_##name]);
	ACTION(conn_none, CONN_NONE)
	ACTION(conn_state, CONN_STATE)
	ACTION(conn_window, CONN_WINDOW)
	ACTION(full_connection, FULL_CONNECTION)
	ACTION(icmp_quote, ICMP_QUOTE)
	ACTION(syn, SYN)
	ACTION(source_score, SOURCE_SCORE)
	ACTION(zombie_limit, ZOMBIE_LIMIT)
#undef ACTION
	setup_entry(send_model, WEIR_REG_STATE_CFG_ACTIONS, word);
	memset(word, 0, sizeof(word));
	PUT(word, CFG_ZOMBIE_THRESHOLD, state_cfg.zombie_threshold);
	PUT(word, CFG_ZOMBIE_HOLD, state_cfg.zombie_hold);
	PUT(word, CFG_ZOMBIE_CONCURRENT, state_cfg.concurrent);
	PUT(word, CFG_ZOMBIE_OPENED, state_cfg.opened);
	setup_entry(send_model, WEIR_REG_STATE_CFG_ZOMBIE, word);
	for (unsigned i = 0; i < 2; i++) {
		memset(word, 0, sizeof(word));
		PUT(word, CFG_COOKIE_KEY_K0, state_cfg.cookie_key[i].k0);
		PUT(word, CFG_COOKIE_KEY_K1, state_cfg.cookie_key[i].k1);
		setup_entry(send_model, WEIR_REG_STATE_CFG_COOKIE_KEY(i), word);
	}
}

struct weir_hash_key state_connection_key(const struct seg *s)
{
	uint8_t remote[16], protect[16];

	record_address(s, true, remote);
	record_address(s, false, protect);
	return weir_hash_connection(&send_hash, s->v6, remote, protect, pport(s), rport(s));
}

struct weir_hash_key state_remote_key(const struct seg *s)
{
	uint8_t remote[16];

	record_address(s, true, remote);
	return weir_hash_remote(&send_hash, s->v6, remote);
}

struct weir_hash_key state_host_key(const struct seg *s)
{
	uint8_t protect[16];

	record_address(s, false, protect);
	return weir_hash_address(&send_hash, s->v6, protect);
}

uint64_t state_tag(enum weir_state_number table, struct weir_hash_key key)
{
	uint64_t tag = key.tag % (UINT64_C(1) << weir_state_info(table)->tag_bits);

	return tag ? tag : 1;
}

static uint32_t entry_addr(enum weir_state_number table, struct weir_hash_key key, unsigned way)
{
	uint32_t set = key.index & ((1u << weir_state_info(table)->sets_log2) - 1);

	return WEIR_REG_STATE_CONNECTION(0) + WEIR_TARGET_SPAN * table +
	       WEIR_ENTRY_SPAN * (4 * set + (uint32_t)((state_tag(table, key) + way) % 4));
}

static unsigned time_bits(enum weir_state_number table)
{
	return table == WEIR_STATE_host || table == WEIR_STATE_client || table == WEIR_STATE_server ? 10 : 12;
}

bool state_read(enum weir_state_number table, struct weir_hash_key key, struct weir_state_entry *ret)
{
	unsigned tag_bits = (unsigned)weir_state_info(table)->tag_bits;
	uint32_t word[8];

	for (unsigned way = 0; way < 4; way++) {
		setup_read(send_model, entry_addr(table, key, way), word);
		if (weir_field_get(word, 0, tag_bits) != state_tag(table, key))
			continue;
		*ret = (struct weir_state_entry){ .tag = state_tag(table, key) };
		ret->time = weir_field_get(word, tag_bits, time_bits(table));
		if (table == WEIR_STATE_connection)
			ret->connection = (struct weir_connection){
				.state = (uint8_t)GET(word, CONNECTION_STATE), .opener = (uint8_t)GET(word, CONNECTION_OPENER),
				.fin_r = (uint8_t)GET(word, CONNECTION_FIN_R), .fin_p = (uint8_t)GET(word, CONNECTION_FIN_P),
				.ws = (uint8_t)GET(word, CONNECTION_WS), .adopted = (uint8_t)GET(word, CONNECTION_ADOPTED),
				.end_r = (uint32_t)GET(word, CONNECTION_END_R),
				.end_p = (uint32_t)GET(word, CONNECTION_END_P),
			};
		else if (table == WEIR_STATE_host)
			ret->host = (struct weir_syn_meter){
				.count = (uint32_t)GET(word, HOST_COUNT), .flood = (uint8_t)GET(word, HOST_FLOOD),
				.quiet = (uint8_t)GET(word, HOST_QUIET),
			};
		else if (table == WEIR_STATE_source)
			ret->score = (uint32_t)GET(word, SOURCE_SCORE);
		else if (table == WEIR_STATE_client || table == WEIR_STATE_server)
			ret->counts = (struct weir_counts){
				.half_now = (uint8_t)GET(word, CLIENT_HALF_NOW),
				.half_before = (uint8_t)GET(word, CLIENT_HALF_BEFORE),
				.est_now = (uint16_t)GET(word, CLIENT_EST_NOW),
				.est_before = (uint16_t)GET(word, CLIENT_EST_BEFORE),
				.opened = (uint8_t)GET(word, CLIENT_OPENED),
			};
		return true;
	}
	return false;
}

void state_write(enum weir_state_number table, struct weir_hash_key key, unsigned way,
		 const struct weir_state_entry *e)
{
	unsigned tag_bits = (unsigned)weir_state_info(table)->tag_bits;
	uint32_t word[8] = { 0 };

	weir_field_put(word, 0, tag_bits, e->tag);
	weir_field_put(word, tag_bits, time_bits(table), e->time);
	if (table == WEIR_STATE_connection) {
		PUT(word, CONNECTION_STATE, e->connection.state);
		PUT(word, CONNECTION_OPENER, e->connection.opener);
		PUT(word, CONNECTION_FIN_R, e->connection.fin_r);
		PUT(word, CONNECTION_FIN_P, e->connection.fin_p);
		PUT(word, CONNECTION_WS, e->connection.ws);
		PUT(word, CONNECTION_ADOPTED, e->connection.adopted);
		PUT(word, CONNECTION_END_R, e->connection.end_r);
		PUT(word, CONNECTION_END_P, e->connection.end_p);
	} else if (table == WEIR_STATE_host) {
		PUT(word, HOST_COUNT, e->host.count);
		PUT(word, HOST_FLOOD, e->host.flood);
		PUT(word, HOST_QUIET, e->host.quiet);
	} else if (table == WEIR_STATE_source) {
		PUT(word, SOURCE_SCORE, e->score);
	} else if (table == WEIR_STATE_client || table == WEIR_STATE_server) {
		PUT(word, CLIENT_HALF_NOW, e->counts.half_now);
		PUT(word, CLIENT_HALF_BEFORE, e->counts.half_before);
		PUT(word, CLIENT_EST_NOW, e->counts.est_now);
		PUT(word, CLIENT_EST_BEFORE, e->counts.est_before);
		PUT(word, CLIENT_OPENED, e->counts.opened);
	}
	setup_entry(send_model, entry_addr(table, key, way), word);
}

void state_fill(enum weir_state_number table, struct weir_hash_key key, const struct weir_state_entry *e)
{
	struct weir_state_entry other = *e;

	for (unsigned way = 0; way < 4; way++) {
		other.tag = key.tag ^ (UINT64_C(0x1000) << way);
		state_write(table, key, way, &other);
	}
}

void state_time(uint64_t stamp_us)
{
	weir_model_time(send_model, stamp_us);
}

// SPDX-License-Identifier: Apache-2.0
/* The default policy: with no flood, only syntax anomalies drop. Why these numbers: docs/policy.md. */
#include <string.h>

#include "policy.h"
#include "weir/weir_regs.h"

#define GIGABIT 1000000000u
#define DEFAULT_HOLD_MS 4000u

/* Numbers of datapath.md: tclass (section 3), kind of port (5.1). */
static const char *const class_subs[] = { "syn", "tcp", "udp_reflect", "udp", "icmp", "frag", "other", "tcp_known",
					   NULL };
static const char *const port_subs[] = { "tcp", "udp", "icmp", "icmpv6", NULL };
static const char *const no_subs[] = { NULL };

const char *const *weir_policy_subs(unsigned table)
{
	if (table == WEIR_TABLE_class)
		return class_subs;
	return table == WEIR_TABLE_port ? port_subs : no_subs;
}

static struct weir_meter_policy meter(enum weir_meter_action action, uint64_t packets_per_s,
				      uint64_t bytes_per_s)
{
	return (struct weir_meter_policy){
		.action = action, .packets_per_s = packets_per_s, .bytes_per_s = bytes_per_s,
		.hold_ms = action == WEIR_METER_COUNT ? 0 : DEFAULT_HOLD_MS,
	};
}

/* By class of traffic: most that one protected address gets of it, packets a second. */
static const uint32_t class_rates[] = { 5000, 150000, 5000, 50000, 1000, 2000, 5000, 150000 };

static const uint32_t firmware_default[WEIR_FIRMWARE_PARAMS] = {
#define X(number, name, def, least, most, unit, help) [number] = def,
#include "params.def"
#undef X
};

static void state_default(struct weir_policy *p)
{
	p->connections = (struct weir_connection_policy){
		.mode = WEIR_CONN_ON, .window_log2 = 23, .half_open_s = 10, .established_s = 600, .closing_s = 60,
		.closed_s = 5, .out[WEIR_OUT_full] = { .action = WEIR_STATE_DROP },
	};
	p->legit = (struct weir_legit_policy){ .timeout_s = 14400 };
	p->syn_flood = (struct weir_syn_policy){
		.enabled = true, .method = WEIR_SYN_ACK_COOKIE, .per_address_syn_per_s = 2000,
		.total_syn_per_s = 20000, .hold_ms = DEFAULT_HOLD_MS, .timeout_ms = 16711, .proven_timeout_s = 60,
		.retransmission_syn_per_s = 1000,
	};
	p->zombie_flood = (struct weir_zombie_policy){
		.total_syn_per_s = 2000, .hold_ms = DEFAULT_HOLD_MS, .connections_per_source = 64,
		.new_per_source = 32, .reason.action = WEIR_STATE_DROP,
	};
	p->sources = (struct weir_source_policy){
		.threshold = 32768, .grow = 6, .decay = 6, .timeout_s = 16, .reason.action = WEIR_STATE_DROP,
	};
}

void weir_policy_default(struct weir_policy *p)
{
	static const uint16_t reflectors[WEIR_POLICY_REFLECTORS] = WEIR_REG_REFLECTOR_PORT_RESETS;

	memset(p, 0, sizeof(*p));
	p->max_frame_bytes = WEIR_REG_MAX_FRAME_VALUE_RESET;
	p->link_consume = WEIR_REG_LINK_CONSUME_MASK_RESET;
	p->prefix_len4 = WEIR_REG_PREFIX_LEN_LEN4_RESET;
	p->prefix_len6 = WEIR_REG_PREFIX_LEN_LEN6_RESET;
	memcpy(p->reflector, reflectors, sizeof(reflectors));
	for (int side = 0; side < 2; side++)
		p->shaper[side] = (struct weir_shaper_policy){ GIGABIT, WEIR_REG_SHAPER_BURST_VALUE_RESET };
	for (unsigned code = 0; code < WEIR_ANOMALIES; code++)
		p->anomaly[code].action = weir_anomaly_default(code);
	for (unsigned k = 0; k < WEIR_TABLES; k++)
		p->table[k].timeout_ms =
			(uint64_t)weir_table_info(k)->timeout_windows * WEIR_WINDOW_US / 1000;
	state_default(p);
	memcpy(p->firmware, firmware_default, sizeof(p->firmware));
	p->meter[WEIR_TABLE_remote][0] = meter(WEIR_METER_DROP, 25000, 0);
	p->meter[WEIR_TABLE_pair][0] = meter(WEIR_METER_COUNT, 25000, 0);
	for (unsigned c = 0; class_subs[c]; c++)
		p->meter[WEIR_TABLE_class][c] =
			meter(c == WEIR_TCLASS_tcp_known ? WEIR_METER_COUNT : WEIR_METER_DROP, class_rates[c], 0);
	p->meter[WEIR_TABLE_address][0] = meter(WEIR_METER_DECLARE, 200000, 100000000);
	p->meter[WEIR_TABLE_prefix][0] = meter(WEIR_METER_DECLARE, 400000, 110000000);
	for (unsigned d = 0; port_subs[d]; d++)
		p->meter[WEIR_TABLE_port][d] = meter(WEIR_METER_COUNT, 100000, 0);
	p->meter[WEIR_TABLE_udp_source][0] = meter(WEIR_METER_COUNT, 20000, 0);
}

// SPDX-License-Identifier: Apache-2.0
/* What a policy may not say although every value of it is in range. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "policy.h"
#include "policy_read.h"
#include "yaml_read.h"

static int fail(const char *file, char *detail, unsigned line, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

static int fail(const char *file, char *detail, unsigned line, const char *format, ...)
{
	va_list args;
	int rc;

	va_start(args, format);
	rc = weir_yaml_message(detail, WEIR_POLICY_DETAIL, file, line ? line : 1, format, args);
	va_end(args);
	return rc;
}

uint64_t weir_policy_windows(uint64_t ms)
{
	return (ms * 1000 + WEIR_WINDOW_US - 1) / WEIR_WINDOW_US;
}

uint64_t weir_meter_burst_packets(const struct weir_meter_policy *m)
{
	enum { Part = 4 };
	uint64_t n = m->burst_packets ? m->burst_packets : m->packets_per_s / Part;

	return n ? n : 1;
}

uint64_t weir_meter_burst_bytes(const struct weir_meter_policy *m)
{
	enum { Least = 4000, Part = 10 };
	uint64_t n = m->burst_bytes ? m->burst_bytes : m->bytes_per_s / Part;

	return m->burst_bytes || n > Least ? n : Least;
}

static uint32_t cost(uint64_t units, uint64_t rate, uint32_t most)
{
	uint64_t c;

	if (!rate)
		return 0;
	c = (2 * units + rate) / (2 * rate);
	return c > most ? most : (uint32_t)c;
}

uint32_t weir_meter_packet_cost(uint64_t packets_per_s)
{
	return cost(256000000u, packets_per_s, (1u << 28) - 1);
}

uint32_t weir_meter_byte_cost(uint64_t bytes_per_s)
{
	return cost(65536000000u, bytes_per_s, (1u << 20) - 1);
}

static int check_bursts(const struct weir_meter_policy *m, const char *name, const char *file, char *detail)
{
	uint64_t packet = weir_meter_packet_cost(m->packets_per_s), byte = weir_meter_byte_cost(m->bytes_per_s);
	uint64_t packets = weir_meter_burst_packets(m), bytes = weir_meter_burst_bytes(m);
	uint64_t most;

	if (packet && packets * packet > WEIR_METER_TIME_MAX) {
		most = WEIR_METER_TIME_MAX / packet;
		return fail(file, detail, m->line,
			    "%s: burst_packets %" PRIu64 " is more than 0.98 s of packets_per_s %" PRIu64
			    "; give at most %" PRIu64 ", or a higher rate", name, packets, m->packets_per_s, most);
	}
	if (byte && bytes * byte / 256 + WEIR_FRAME_LARGEST * byte / 256 > WEIR_METER_TIME_MAX) {
		most = (uint64_t)WEIR_METER_TIME_MAX * 256 / byte;
		most = most > WEIR_FRAME_LARGEST ? most - WEIR_FRAME_LARGEST : 0;
		return fail(file, detail, m->line,
			    "%s: burst_bytes %" PRIu64 " is more than 0.98 s of bytes_per_s %" PRIu64
			    "; give at most %" PRIu64 ", or a higher rate", name, bytes, m->bytes_per_s, most);
	}
	return 0;
}

int weir_meter_check(const struct weir_meter_policy *m, const char *name, bool has_bytes, uint64_t timeout_ms,
		     const char *file, char *detail)
{
	if (!has_bytes && (m->bytes_per_s || m->burst_bytes))
		return fail(file, detail, m->line, "%s: this table meters packets only; drop bytes_per_s and burst_bytes",
			    name);
	if (!m->packets_per_s && m->burst_packets)
		return fail(file, detail, m->line, "%s: burst_packets without packets_per_s; give the rate too", name);
	if (!m->bytes_per_s && m->burst_bytes)
		return fail(file, detail, m->line, "%s: burst_bytes without bytes_per_s; give the rate too", name);
	if (m->action != WEIR_METER_COUNT && !m->packets_per_s && !m->bytes_per_s)
		return fail(file, detail, m->line, "%s: an action without a limit; give %s, or action: count", name,
			    has_bytes ? "packets_per_s or bytes_per_s" : "packets_per_s");
	if (timeout_ms && m->hold_ms && weir_policy_windows(m->hold_ms) > weir_policy_windows(timeout_ms))
		return fail(file, detail, m->line, "%s: hold_ms %" PRIu64 " is longer than the table's timeout_ms %" PRIu64
			    ": the key is forgotten first; shorten the one or lengthen the other", name, m->hold_ms,
			    timeout_ms);
	return check_bursts(m, name, file, detail);
}

static bool same_key(const struct weir_override *a, const struct weir_override *b)
{
	return a->table == b->table && weir_addr_equal(&a->remote, &b->remote) &&
	       weir_addr_equal(&a->address, &b->address) && weir_addr_equal(&a->prefix.addr, &b->prefix.addr) &&
	       a->sub == b->sub && a->value == b->value;
}

static int check_override(const struct weir_policy *p, size_t i, const char *file, char *detail)
{
	const struct weir_override *o = &p->override[i];
	bool keyed = o->table != WEIR_POLICY_PROTOCOL;
	char name[120];

	weir_override_key(o, name, sizeof(name));
	for (size_t j = 0; j < i; j++)
		if (same_key(o, &p->override[j]))
			return fail(file, detail, o->meter.line, "%s: again, after line %u; keep one of them", name,
				    p->override[j].meter.line);
	if (o->table == WEIR_TABLE_pair && o->remote.family != o->address.family)
		return fail(file, detail, o->meter.line, "%s: remote and address are of different families", name);
	if (o->table == WEIR_TABLE_prefix) {
		uint64_t len = o->prefix.addr.family == 4 ? p->prefix_len4 : p->prefix_len6;

		if (o->prefix.len != len)
			return fail(file, detail, o->meter.line, "%s: the table's prefixes have length %" PRIu64
				    " (prefix_lengths); give one of that length", name, len);
	}
	return weir_meter_check(&o->meter, name, !keyed || weir_table_info(o->table)->bytes,
			   keyed ? p->table[o->table].timeout_ms : 0, file, detail);
}

static int check_reflectors(const struct weir_policy *p, const char *file, char *detail)
{
	for (size_t i = 0; i < WEIR_POLICY_REFLECTORS; i++)
		for (size_t j = 0; j < i; j++)
			if (p->reflector[i] && p->reflector[i] == p->reflector[j])
				return fail(file, detail, 0, "reflector_ports: %u twice; keep one", p->reflector[i]);
	return 0;
}

static int check_state(const struct weir_policy *p, const char *file, char *detail)
{
	const struct weir_connection_policy *c = &p->connections;
	const struct weir_syn_policy *s = &p->syn_flood;

	if (c->closed && c->out[WEIR_OUT_full].action == WEIR_STATE_COUNT)
		return fail(file, detail, c->line,
			    "connections: when_full: closed with out_of_state full: count has no effect; give full: drop or demote");
	for (unsigned i = 0; c->mode != WEIR_CONN_ON && i < WEIR_OUTS; i++)
		if (i != WEIR_OUT_full && c->out[i].action != WEIR_STATE_COUNT)
			return fail(file, detail, c->line,
				    "connections: out_of_state drops or demotes nothing unless mode is on; change the one or the other");
	if (c->mode == WEIR_CONN_OFF && (c->adopt_s || c->closed))
		return fail(file, detail, c->line, "connections: %s has no effect with mode: off; drop it",
			    c->adopt_s ? "adopt_s" : "when_full: closed");
	if (weir_policy_windows(s->hold_ms) > weir_policy_windows(s->timeout_ms))
		return fail(file, detail, s->line, "syn_flood: hold_ms %" PRIu64 " is longer than timeout_ms %" PRIu64
			    ": the address is forgotten first; shorten the one or lengthen the other", s->hold_ms,
			    s->timeout_ms);
	return 0;
}

int weir_policy_check(const struct weir_policy *p, const char *file, char *detail)
{
	int rc = check_reflectors(p, file, detail);

	if (!rc)
		rc = check_state(p, file, detail);
	for (unsigned k = 0; k < WEIR_TABLES && !rc; k++) {
		const char *const *subs = weir_policy_subs(k);
		char name[64];

		if (p->table[k].dry_run && !p->table[k].closed)
			return fail(file, detail, p->table[k].line,
				    "%s: full_dry_run without when_full: closed has no effect; drop the one or add the other",
				    weir_table_info(k)->name);
		for (unsigned d = 0; (!d || subs[d]) && !rc && d < WEIR_POLICY_CONFIGS; d++) {
			snprintf(name, sizeof(name), "%s%s%s", weir_table_info(k)->name, subs[0] ? " " : "",
				 subs[0] ? subs[d] : "");
			rc = weir_meter_check(&p->meter[k][d], name, weir_table_info(k)->bytes, p->table[k].timeout_ms,
					 file, detail);
			if (!subs[0])
				break;
		}
	}
	for (unsigned dir = 0; dir < 2; dir++)
		for (unsigned c = 0; c < WEIR_CLASSES && !rc; c++) {
			char name[64];

			snprintf(name, sizeof(name), "%s %s", dir ? "outbound" : "inbound", weir_class_name(c));
			rc = weir_meter_check(&p->class_meter[dir][c], name, true, 0, file, detail);
		}
	if (!rc)
		rc = weir_meter_check(&p->protocol, "protocol", true, 0, file, detail);
	for (size_t i = 0; i < p->n_override && !rc; i++)
		rc = check_override(p, i, file, detail);
	return rc ? rc : weir_rules_check(p, file, detail);
}

char *weir_override_key(const struct weir_override *o, char *buf, size_t n)
{
	const char *const *subs = weir_policy_subs(o->table == WEIR_POLICY_PROTOCOL ? 0 : o->table);
	char a[WEIR_ADDR_TEXT_MAX] = "", b[WEIR_ADDR_TEXT_MAX] = "";

	if (o->remote.family)
		weir_addr_format(&o->remote, a);
	if (o->address.family)
		weir_addr_format(&o->address, b);
	switch (o->table) {
	case WEIR_TABLE_remote:
		snprintf(buf, n, "remote %s", a);
		break;
	case WEIR_TABLE_pair:
		snprintf(buf, n, "pair %s > %s", a, b);
		break;
	case WEIR_TABLE_class:
		snprintf(buf, n, "class %s %s", b, subs[o->sub]);
		break;
	case WEIR_TABLE_address:
		snprintf(buf, n, "address %s", b);
		break;
	case WEIR_TABLE_prefix:
		snprintf(buf, n, "prefix %s", weir_prefix_format(&o->prefix, a));
		break;
	case WEIR_TABLE_port:
		if (o->sub < 2)
			snprintf(buf, n, "port %s/%u", subs[o->sub], o->value);
		else
			snprintf(buf, n, "port %s/%u/%u", subs[o->sub], o->value >> 8, o->value & 255u);
		break;
	case WEIR_TABLE_udp_source:
		snprintf(buf, n, "udp_source %u", o->value);
		break;
	default:
		snprintf(buf, n, "protocol %u", o->value);
		break;
	}
	return buf;
}

// SPDX-License-Identifier: Apache-2.0
#include "spec.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "honest.h"

enum { SpecMax = 1000, SizeMax = 65535 + 14 };

struct parse {
	const struct gen_spec_env *env;
	struct gen_attack a;
	const char *key, *value;
	char *kind_list;            /* looked at when the family is known */
	char *detail;
	size_t detail_size;
};

__attribute__((format(printf, 2, 3)))
static int fail(struct parse *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(p->detail, p->detail_size, fmt, ap);
	va_end(ap);
	return -EINVAL;
}

bool gen_parse_number(const char *text, uint64_t lo, uint64_t hi, uint64_t *ret)
{
	uint64_t v = 0, unit = 1;

	if (*text < '0' || *text > '9')
		return false;
	for (; *text >= '0' && *text <= '9'; text++) {
		if (v > UINT64_MAX / 10 - 10)
			return false;
		v = v * 10 + (uint64_t)(*text - '0');
	}
	if (*text == 'k')
		unit = 1000;
	else if (*text == 'M')
		unit = 1000000;
	if (unit > 1)
		text++;
	if (*text || v > UINT64_MAX / unit || v * unit < lo || v * unit > hi)
		return false;
	*ret = v * unit;
	return true;
}

bool gen_parse_time(const char *text, uint64_t *ret_ns)
{
	static const struct {
		const char *unit;
		uint64_t ns;
	} units[] = {
		{ "", GEN_NS_PER_S }, { "s", GEN_NS_PER_S }, { "ms", GEN_NS_PER_MS }, { "us", 1000 },
		{ "ns", 1 }, { "m", 60 * GEN_NS_PER_S }, { "h", 3600 * GEN_NS_PER_S },
	};
	uint64_t whole = 0, part = 0, scale = 1;

	if (*text < '0' || *text > '9')
		return false;
	for (; *text >= '0' && *text <= '9'; text++) {
		whole = whole * 10 + (uint64_t)(*text - '0');
		if (whole > 1000000000)
			return false;
	}
	if (*text == '.') {
		text++;
		if (*text < '0' || *text > '9')
			return false;
		for (; *text >= '0' && *text <= '9' && scale < 1000000000; text++) {
			part = part * 10 + (uint64_t)(*text - '0');
			scale *= 10;
		}
	}
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		unsigned __int128 ns;

		if (strcmp(text, units[i].unit))
			continue;
		ns = (unsigned __int128)whole * units[i].ns + (unsigned __int128)part * units[i].ns / scale;
		if (ns > UINT64_C(1000000000) * GEN_NS_PER_S)
			return false;
		*ret_ns = (uint64_t)ns;
		return true;
	}
	return false;
}

static bool parse_range(const char *text, uint64_t lo, uint64_t hi, struct gen_range *ret)
{
	char buf[32];
	const char *dash = strchr(text, '-');
	uint64_t a, b;

	if (strlen(text) >= sizeof(buf))
		return false;
	snprintf(buf, sizeof(buf), "%s", text);
	if (dash)
		buf[dash - text] = 0;
	if (!gen_parse_number(buf, lo, hi, &a))
		return false;
	b = a;
	if (dash && !gen_parse_number(dash + 1, a, hi, &b))
		return false;
	*ret = (struct gen_range){ (uint32_t)a, (uint32_t)b };
	return true;
}

bool gen_parse_vlan(const char *text, struct gen_vlan *ret)
{
	char buf[16];
	const char *dot = strchr(text, '.');
	uint64_t outer, inner = 0;

	if (strlen(text) >= sizeof(buf))
		return false;
	snprintf(buf, sizeof(buf), "%s", text);
	if (dot)
		buf[dot - text] = 0;
	if (!gen_parse_number(buf, dot ? 1 : 0, 4094, &outer) ||
	    (dot && !gen_parse_number(dot + 1, 1, 4094, &inner)))
		return false;
	*ret = (struct gen_vlan){ (uint16_t)outer, (uint16_t)inner };
	return true;
}

/* One function a key; what it does not like it says with fail(). */

static int bad_value(struct parse *p, const char *want)
{
	return fail(p, "%s=%s: expected %s", p->key, p->value, want);
}

static int key_name(struct parse *p)
{
	if (!weir_label_name_ok(p->value))
		return bad_value(p, "up to 31 letters, digits, '-', '_', '.', and not \"honest\"");
	snprintf(p->a.label.name, sizeof(p->a.label.name), "%s", p->value);
	return 0;
}

static int key_rate(struct parse *p)
{
	return gen_parse_number(p->value, 1, 1500000, &p->a.rate_pps) ? 0 :
	       bad_value(p, "1 to 1500000 packets a second (k and M allowed)");
}

static int key_start(struct parse *p)
{
	return gen_parse_time(p->value, &p->a.start_ns) ? 0 : bad_value(p, "a time such as 2.5 or 250ms");
}

static int key_duration(struct parse *p)
{
	return gen_parse_time(p->value, &p->a.duration_ns) && p->a.duration_ns ? 0 :
	       bad_value(p, "a time above 0 such as 2.5 or 250ms");
}

static int key_target(struct parse *p)
{
	int err = weir_prefix_parse(p->value, &p->a.label.target);

	return !err ? 0 : bad_value(p, err == -ERANGE ? "a prefix without bits behind its length"
						      : "an address or prefix");
}

static int key_port(struct parse *p)
{
	return parse_range(p->value, 1, 65535, &p->a.port) ? 0 : bad_value(p, "1 to 65535, or LOW-HIGH");
}

static int key_sport(struct parse *p)
{
	return parse_range(p->value, 1, 65535, &p->a.sport) ? 0 : bad_value(p, "1 to 65535, or LOW-HIGH");
}

static int key_size(struct parse *p)
{
	unsigned max = p->a.type->keys & GEN_KEY_BIG ? SizeMax : GEN_MTU + 14;
	char want[60];

	snprintf(want, sizeof(want), "60 to %u bytes of frame, or LOW-HIGH", max);
	return parse_range(p->value, 60, max, &p->a.size) ? 0 : bad_value(p, want);
}

static int key_sources(struct parse *p)
{
	uint64_t n;

	if (!strcmp(p->value, "spoofed")) {
		p->a.sources = GEN_SRC_SPOOFED;
	} else if (!strcmp(p->value, "clients")) {
		p->a.sources = GEN_SRC_CLIENTS;
	} else if (gen_parse_number(p->value, 1, 10000000, &n)) {
		p->a.sources = GEN_SRC_FEW;
		p->a.n_sources = (uint32_t)n;
	} else if (!weir_prefix_parse(p->value, &p->a.source_prefix)) {
		p->a.sources = GEN_SRC_PREFIX;
	} else {
		return bad_value(p, "\"spoofed\", \"clients\", a number of sources, or a prefix");
	}
	return 0;
}

static int key_ttl(struct parse *p)
{
	uint64_t n;

	if (!gen_parse_number(p->value, 1, 255, &n))
		return bad_value(p, "1 to 255");
	p->a.ttl = (unsigned)n;
	return 0;
}

static int key_vlan(struct parse *p)
{
	return gen_parse_vlan(p->value, &p->a.vlan) ? 0 : bad_value(p, "a VLAN number, or OUTER.INNER");
}

static int key_ramp(struct parse *p)
{
	return gen_parse_time(p->value, &p->a.ramp_ns) ? 0 : bad_value(p, "a time such as 2.5 or 250ms");
}

static int key_on(struct parse *p)
{
	return gen_parse_time(p->value, &p->a.on_ns) && p->a.on_ns ? 0 : bad_value(p, "a time above 0");
}

static int key_off(struct parse *p)
{
	return gen_parse_time(p->value, &p->a.off_ns) && p->a.off_ns ? 0 : bad_value(p, "a time above 0");
}

static int key_spacing(struct parse *p)
{
	if (!strcmp(p->value, "even"))
		p->a.spacing = GEN_SPACING_EVEN;
	else if (!strcmp(p->value, "random"))
		p->a.spacing = GEN_SPACING_RANDOM;
	else
		return bad_value(p, "\"even\" or \"random\"");
	return 0;
}

static int key_kind(struct parse *p)
{
	p->kind_list = (char *)p->value;
	return 0;
}

static int key_method(struct parse *p)
{
	static const struct {
		const char *name;
		unsigned classes;
	} methods[] = {
		[GEN_SCAN_SYN] = { "syn", WEIR_LABEL_CLASS_syn }, [GEN_SCAN_ACK] = { "ack", WEIR_LABEL_CLASS_tcp },
		[GEN_SCAN_UDP] = { "udp", WEIR_LABEL_CLASS_udp }, [GEN_SCAN_FIN] = { "fin", WEIR_LABEL_CLASS_tcp },
		[GEN_SCAN_NULL] = { "null", WEIR_LABEL_CLASS_tcp },
		[GEN_SCAN_XMAS] = { "xmas", WEIR_LABEL_CLASS_tcp },
	};

	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		if (!strcmp(p->value, methods[i].name)) {
			p->a.method = (enum gen_method)i;
			p->a.label.classes = methods[i].classes;
			return 0;
		}
	}
	return bad_value(p, "syn, ack, udp, fin, null or xmas");
}

static const struct {
	struct gen_spec_key doc;
	unsigned needs;             /* GEN_KEY_*; 0 = every type */
	int (*read)(struct parse *p);
} keys[] = {
	{ { "rate", "PPS", "10000", "packets a second on the wire; k and M may follow the number" }, 0, key_rate },
	{ { "start", "TIME", "a quarter of --duration", "first packet, from the start of the capture" }, 0, key_start },
	{ { "duration", "TIME", "half of --duration", "how long it lasts; cut at the end of the capture" }, 0, key_duration },
	{ { "target", "ADDR|PREFIX", "the first protected server", "attacked address; packets for a prefix are spread "
	    "over all of its addresses (carpet bombing)" }, 0, key_target },
	{ { "sources", "spoofed|clients|N|PREFIX", "see --list=attacks", "forged at random over the Internet, the "
	    "honest clients' own addresses, N fixed addresses, or a prefix" }, 0, key_sources },
	{ { "port", "N|LOW-HIGH", "see --list=attacks", "destination port" }, GEN_KEY_PORT, key_port },
	{ { "sport", "N|LOW-HIGH", "see --list=attacks", "source port" }, GEN_KEY_SPORT, key_sport },
	{ { "size", "N|LOW-HIGH", "see --list=attacks", "bytes of frame without FCS and tags; udp, icmp and "
	    "reflections take up to 65549 and send fragments above 1514" }, GEN_KEY_SIZE, key_size },
	{ { "ramp", "TIME", "0", "the rate rises in a straight line for that long" }, 0, key_ramp },
	{ { "on", "TIME", "always", "pulses of that length, each followed by off" }, 0, key_on },
	{ { "off", "TIME", "none", "pause between pulses" }, 0, key_off },
	{ { "spacing", "random|even", "random", "exponential gaps as of many sources, or equal ones" }, 0, key_spacing },
	{ { "ttl", "N", "64, 128 or 255 less some hops", "time to live or hop limit of all packets" }, 0, key_ttl },
	{ { "vlan", "N|OUTER.INNER", "none", "802.1Q tag, or 802.1ad with 802.1Q inside" }, 0, key_vlan },
	{ { "kind", "NAME[+NAME…]|all", "all", "which violations, see --list=malformed" }, GEN_KEY_KIND, key_kind },
	{ { "method", "syn|ack|udp|fin|null|xmas", "syn", "what the scan sends" }, GEN_KEY_METHOD, key_method },
	{ { "name", "TEXT", "type and number, syn-0", "label of its packets" }, 0, key_name },
};

enum { Keys = sizeof(keys) / sizeof(keys[0]) };

/* Bits of `seen` for the first rows of the table. */
enum { SeenRate = 1, SeenStart = 2, SeenDuration = 4 };

size_t gen_spec_keys(void)
{
	return Keys;
}

struct gen_spec_key gen_spec_key(size_t i)
{
	return keys[i].doc;
}

static int set_type(struct parse *p, const char *name)
{
	for (size_t i = 0; i < gen_attack_types(); i++) {
		const struct gen_attack_type *t = gen_attack_type(i);

		if (strcmp(t->name, name))
			continue;
		p->a.type = t;
		p->a.label.classes = t->classes;
		p->a.port = t->port;
		p->a.sport = t->sport;
		p->a.sources = t->sources;
		p->a.n_sources = t->n_sources;
		return 0;
	}
	return fail(p, "unknown attack \"%s\"; --list=attacks shows all", name);
}

static int set_key(struct parse *p, char *text, uint64_t *seen)
{
	char *value = strchr(text, '=');

	if (!value)
		return fail(p, "\"%s\" is not key=value", text);
	*value++ = 0;
	p->key = text;
	p->value = value;
	for (unsigned i = 0; i < Keys; i++) {
		if (strcmp(keys[i].doc.name, text))
			continue;
		if (*seen & UINT64_C(1) << i)
			return fail(p, "%s given twice", text);
		*seen |= UINT64_C(1) << i;
		if (keys[i].needs && !(keys[i].needs & p->a.type->keys))
			return fail(p, "%s does not take %s", p->a.type->name, text);
		return keys[i].read(p);
	}
	return fail(p, "unknown key \"%s\"; --list=attacks shows all", text);
}

/* "all" or "a+b+c", against what exists for the target's family. */
static int set_kinds(struct parse *p)
{
	int family = p->a.label.target.addr.family;
	bool all = !p->kind_list || !strcmp(p->kind_list, "all");
	char *save = NULL;

	if (all) {
		for (size_t i = 0; i < gen_malformed_kinds(); i++)
			if (gen_malformed_has(i, family))
				p->a.kinds[p->a.n_kinds++] = (uint8_t)i;
		return 0;
	}
	for (char *k = strtok_r(p->kind_list, "+", &save); k; k = strtok_r(NULL, "+", &save)) {
		size_t i = 0;

		while (i < gen_malformed_kinds() && strcmp(gen_malformed_name(i), k))
			i++;
		if (i == gen_malformed_kinds())
			return fail(p, "unknown kind \"%s\"; --list=malformed shows all", k);
		if (!gen_malformed_has(i, family))
			return fail(p, "kind %s does not exist in IPv%d, which the target uses", k, family);
		if (p->a.n_kinds == GEN_KINDS_MAX)
			return fail(p, "more than %d kinds", GEN_KINDS_MAX);
		p->a.kinds[p->a.n_kinds++] = (uint8_t)i;
	}
	return p->a.n_kinds ? 0 : fail(p, "kind: expected a name, or several joined by '+'");
}

static int set_name(struct parse *p)
{
	const struct gen_spec_env *env = p->env;
	unsigned number = 0;

	if (!p->a.label.name[0]) {
		for (size_t i = 0; i < env->n_before; i++)
			number += env->before[i].type == p->a.type;
		snprintf(p->a.label.name, sizeof(p->a.label.name), "%.24s-%u", p->a.type->name, number);
	}
	for (size_t i = 0; i < env->n_before; i++)
		if (!strcmp(env->before[i].label.name, p->a.label.name))
			return fail(p, "two attacks named \"%s\"", p->a.label.name);
	return 0;
}

static int check_sources(struct parse *p)
{
	int family = p->a.label.target.addr.family;
	bool remote = false;

	for (size_t i = 0; i < p->env->n_remote; i++)
		remote |= p->env->remote[i].addr.family == family;
	if (p->a.sources == GEN_SRC_CLIENTS && !p->env->clients)
		return fail(p, "sources=clients, but there are no clients");
	if (p->a.sources == GEN_SRC_CLIENTS && !remote)
		return fail(p, "sources=clients, but no IPv%d prefix in --remote", family);
	if (p->a.sources != GEN_SRC_PREFIX)
		return 0;
	if (p->a.source_prefix.addr.family != family)
		return fail(p, "sources and target are not of the same family");
	for (size_t i = 0; i < p->env->n_protect; i++)
		if (weir_prefix_overlaps(&p->env->protect[i], &p->a.source_prefix))
			return fail(p, "sources lie in --protect; packets from there do not come from outside");
	return 0;
}

static bool contains(const struct weir_prefix *p, const struct weir_prefix *q)
{
	return q->len >= p->len && weir_prefix_has(p, &q->addr);
}

static int finish(struct parse *p, uint64_t seen)
{
	const struct gen_spec_env *env = p->env;
	struct gen_attack *a = &p->a;
	bool inside = false;
	int err;

	if (!a->label.target.addr.family) {
		struct weir_prefix *t = &a->label.target;

		t->addr = gen_server(&env->protect[0], 0);
		t->len = t->addr.family == 4 ? 32 : 128;
	}
	for (size_t i = 0; i < env->n_protect; i++)
		inside |= contains(&env->protect[i], &a->label.target);
	if (!inside)
		return fail(p, "the target lies outside --protect");
	if (a->type->keys & GEN_KEY_KIND) {
		err = set_kinds(p);
		if (err)
			return err;
	}
	if (!a->on_ns != !a->off_ns)
		return fail(p, "on and off only go together");
	if (!(seen & SeenRate))
		a->rate_pps = 10000;
	if (!(seen & SeenStart))
		a->start_ns = env->duration_ns / 4;
	if (!(seen & SeenDuration))
		a->duration_ns = env->duration_ns / 2;
	if (a->start_ns >= env->duration_ns)
		return fail(p, "it starts after the end of the capture; raise --duration");
	if (a->duration_ns > env->duration_ns - a->start_ns)
		a->duration_ns = env->duration_ns - a->start_ns;
	if (gen_attack_max_frame(a) > GEN_MTU + 14)
		a->label.classes |= WEIR_LABEL_CLASS_frag;
	err = check_sources(p);
	if (err)
		return err;
	a->label.start_ns = env->epoch_ns + a->start_ns;
	a->label.end_ns = a->label.start_ns + a->duration_ns;
	a->protect = env->protect;
	a->n_protect = env->n_protect;
	a->remote = env->remote;
	a->n_remote = env->n_remote;
	a->clients = env->clients;
	a->seed = weir_mix64(env->seed, 0x300000000u + env->n_before);
	return set_name(p);
}

int gen_spec_parse(const char *text, const struct gen_spec_env *env, struct gen_attack *ret,
		   char *detail, size_t detail_size)
{
	struct parse p = { .env = env, .detail = detail, .detail_size = detail_size };
	char buf[SpecMax], *save = NULL, *item;
	uint64_t seen = 0;
	int err;

	if (strlen(text) >= sizeof(buf))
		return fail(&p, "longer than %d characters", SpecMax - 1);
	snprintf(buf, sizeof(buf), "%s", text);
	item = strtok_r(buf, ",", &save);
	err = set_type(&p, item ? item : "");
	while (!err && (item = strtok_r(NULL, ",", &save)))
		err = set_key(&p, item, &seen);
	if (!err)
		err = finish(&p, seen);
	if (!err)
		*ret = p.a;
	return err;
}

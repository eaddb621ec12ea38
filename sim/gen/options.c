// SPDX-License-Identifier: Apache-2.0
#include "options.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pattern.h"
#include "scenario.h"
#include "spec.h"

/* Options without a letter. The order is that of struct raw's values. */
enum {
	OptSeed, OptDuration, OptProtect, OptRemote, OptClients, OptServers, OptThink, OptDay, OptLoss, OptIpv6,
	OptMix, OptVlan, OptScenario, OptPattern, OptPackets, OptEpoch, OptOut, OptLabels, OptList,
	Values, OptAttack = Values, OptManual, OptQuiet, KeyBase = 0x100,
};

const char gen_doc[] =
	"Writes labelled traffic: honest clients and the attacks laid over them, as one capture of both "
	"directions. The same arguments give the same bytes."
	"\v"
	"An attack is TYPE[,KEY=VALUE...], for example\n"
	"  --attack syn,rate=50000,start=3,duration=4,target=192.0.2.10,port=80\n"
	"--list=attacks shows the types and the keys. TIME is in seconds, or has a unit: 250ms.\n"
	"Exit status: 0 done, 1 writing failed, 2 wrong usage.";

const struct argp_option gen_argp_options[] = {
	{ NULL, 0, NULL, 0, "Output:", 1 },
	{ "out", 'o', "FILE", 0, "capture to write (nanosecond pcap); - is standard output", 1 },
	{ "labels", 'l', "FILE", 0, "label file to write: which packet belongs to which attack", 1 },
	{ "quiet", 'q', NULL, 0, "no summary", 1 },
	{ "list", KeyBase + OptList, "WHAT", OPTION_ARG_OPTIONAL,
	  "print scenarios (default), attacks, malformed, mix or patterns, and stop", 1 },
	{ "manual", KeyBase + OptManual, NULL, OPTION_HIDDEN, "print the manual page and stop", 1 },
	{ NULL, 0, NULL, 0, "What happens:", 2 },
	{ "scenario", 'S', "NAME", 0, "a named set of options; others given beside it win, attacks add up", 2 },
	{ "attack", 'a', "SPEC", 0, "an attack; may be repeated", 2 },
	{ "duration", 'd', "TIME", 0, "length of the capture (10)", 2 },
	{ "seed", 's', "N", 0, "random seed (1)", 2 },
	{ "epoch", KeyBase + OptEpoch, "SECONDS", 0, "time of the start since 1970 (1767225600: 1 January 2026)", 2 },
	{ "vlan", KeyBase + OptVlan, "LIST", 0, "tags that honest clients have, each client one of the "
	  "list: N, OUTER.INNER, 0 for none (0)", 2 },
	{ NULL, 0, NULL, 0, "Who is there:", 3 },
	{ "protect", 'p', "PREFIX,...", 0, "defended networks (192.0.2.0/24,2001:db8:1::/48)", 3 },
	{ "remote", 'r', "PREFIX,...", 0, "networks of the honest clients (198.18.0.0/15,2001:2::/48)", 3 },
	{ "clients", 'c', "N", 0, "honest clients, 0 to 100000 (100)", 3 },
	{ "servers", KeyBase + OptServers, "N", 0, "servers in each protected prefix, from .10 on (4)", 3 },
	{ "think", KeyBase + OptThink, "TIME", 0, "mean pause of a client between sessions (1)", 3 },
	{ "day", KeyBase + OptDay, "TIME", 0, "clients come and go over a day of this length: a ninth of them at midnight, when the "
	  "capture begins, all at noon (all are there always)", 3 },
	{ "ipv6", KeyBase + OptIpv6, "PERCENT", 0, "share of IPv6 sessions where both families are protected (30)", 3 },
	{ "loss", KeyBase + OptLoss, "PERCENT", 0, "share of TCP flights with a retransmission (0.5)", 3 },
	{ "mix", KeyBase + OptMix, "NAME=N,...", 0, "weights of the session kinds, see --list=mix; those not "
	  "named get 0", 3 },
	{ NULL, 0, NULL, 0, "Line-rate patterns for benches, instead of all that:", 4 },
	{ "pattern", KeyBase + OptPattern, "NAME", 0, "both sides send back to back, see --list=patterns", 4 },
	{ "packets", 'n', "N", 0, "packets of both sides together (100000)", 4 },
	{ 0 },
};

/* As typed: an option given twice is refused, since one of the two would be lost. */
struct raw {
	const char *value[Values];
	const char *attack[GEN_ATTACKS_MAX];
	size_t n_attacks;
	bool manual, quiet;
};

__attribute__((format(printf, 1, 2), noreturn))
static void usage(const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "weir-gen: ");
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(2);
}

static int option_of_letter(int key)
{
	switch (key) {
	case 'o': return OptOut;
	case 'l': return OptLabels;
	case 'S': return OptScenario;
	case 'd': return OptDuration;
	case 's': return OptSeed;
	case 'p': return OptProtect;
	case 'r': return OptRemote;
	case 'c': return OptClients;
	case 'n': return OptPackets;
	default: return key - KeyBase;
	}
}

static const char *option_name(int option)
{
	for (const struct argp_option *o = gen_argp_options; o->name || o->doc; o++)
		if (o->name && option_of_letter(o->key) == option)
			return o->name;
	return "?";
}

static void add_attack(struct raw *raw, const char *text)
{
	if (raw->n_attacks == GEN_ATTACKS_MAX)
		usage("more than %d attacks", GEN_ATTACKS_MAX);
	raw->attack[raw->n_attacks++] = text;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct raw *raw = state->input;
	int option;

	switch (key) {
	case ARGP_KEY_ARG:
		usage("unexpected \"%s\"; the capture's name goes behind --out", arg);
	case 'a':
		add_attack(raw, arg);
		return 0;
	case 'q':
		raw->quiet = true;
		return 0;
	case KeyBase + OptManual:
		raw->manual = true;
		return 0;
	default:
		break;
	}
	option = option_of_letter(key);
	if (option < 0 || option >= Values || (key > 255 && key < KeyBase))
		return ARGP_ERR_UNKNOWN;
	if (raw->value[option])
		usage("--%s given twice", option_name(option));
	raw->value[option] = arg ? arg : "scenarios";
	return 0;
}

/* Options of the scenario come in where the user has said nothing; its attacks come first. */
static void apply_scenario(struct raw *raw)
{
	const char *name = raw->value[OptScenario];
	const char *own[GEN_ATTACKS_MAX];
	size_t n_own = raw->n_attacks, i = 0;

	while (i < gen_n_scenarios && strcmp(gen_scenarios[i].name, name))
		i++;
	if (i == gen_n_scenarios)
		usage("unknown scenario \"%s\"; --list shows all", name);
	memcpy(own, raw->attack, sizeof(own));
	raw->n_attacks = 0;
	for (const char *const *o = gen_scenarios[i].opts; *o; o++) {
		const char *value = strchr(*o, '=') + 1;
		size_t len = (size_t)(value - *o - 1);

		if (len == 6 && !memcmp(*o, "attack", 6)) {
			add_attack(raw, value);
			continue;
		}
		for (int k = 0; k < Values; k++)
			if (strlen(option_name(k)) == len && !memcmp(option_name(k), *o, len) && !raw->value[k])
				raw->value[k] = value;
	}
	for (i = 0; i < n_own; i++)
		add_attack(raw, own[i]);
}

static uint64_t number(const struct raw *raw, int option, uint64_t deflt, uint64_t lo, uint64_t hi)
{
	const char *text = raw->value[option];
	uint64_t v = deflt;

	if (text && !gen_parse_number(text, lo, hi, &v))
		usage("--%s=%s: expected a number from %llu to %llu", option_name(option), text,
		      (unsigned long long)lo, (unsigned long long)hi);
	return v;
}

static uint64_t duration(const struct raw *raw, int option, uint64_t deflt_ns, uint64_t max_ns)
{
	const char *text = raw->value[option];
	uint64_t v = deflt_ns;

	if (text && (!gen_parse_time(text, &v) || !v || v > max_ns))
		usage("--%s=%s: expected a time above 0 and up to %llu s, such as 2.5 or 250ms",
		      option_name(option), text, (unsigned long long)(max_ns / GEN_NS_PER_S));
	return v;
}

/* Percent with decimals, in parts of a million. */
static uint32_t percent_ppm(const struct raw *raw, int option, uint32_t deflt)
{
	const char *text = raw->value[option];
	uint64_t v = deflt * UINT64_C(100000);

	if (text && (strspn(text, "0123456789.") != strlen(text) || !gen_parse_time(text, &v) ||
		     v > 100 * GEN_NS_PER_S))
		usage("--%s=%s: expected a percentage, 0 to 100", option_name(option), text);
	return (uint32_t)(v / 100000);
}

static void prefixes(const struct raw *raw, int option, const char *deflt, struct weir_prefix *ret,
		     size_t *ret_n)
{
	const char *text = raw->value[option] ? raw->value[option] : deflt;
	size_t bad = 0;
	int err = weir_prefix_list_parse(text, ret, GEN_PREFIXES_MAX, ret_n, &bad);
	const char *item = text + bad;

	if (err)
		usage("--%s: \"%.*s\" %s", option_name(option), (int)strcspn(item, ","), item,
		      err == -ERANGE ? "has bits set behind its prefix length" :
		      err == -ENOSPC ? "is one prefix too many (16)" : "is not a prefix such as 192.0.2.0/24");
}

static void check_prefixes(struct gen_options *o)
{
	for (size_t i = 0; i < o->n_remote; i++) {
		const struct weir_prefix *r = &o->remote[i];
		char text[WEIR_ADDR_TEXT_MAX];

		for (size_t k = 0; k < o->n_protect; k++)
			if (weir_prefix_overlaps(r, &o->protect[k]))
				usage("--remote %s overlaps --protect; a client cannot be on both sides",
				      weir_prefix_format(r, text));
		/* Addresses are counted from a multiple of 64 on. */
		if (r->addr.family == 4 ? r->len > 24 || o->honest.clients + 64 > UINT64_C(1) << (32 - r->len)
					: r->len > 48)
			usage("--remote %s is too small; take a /%d or larger, or fewer clients",
			      weir_prefix_format(r, text), r->addr.family == 4 ? 15 : 48);
	}
	for (size_t k = 0; k < o->n_protect; k++) {
		bool both = false;
		char text[WEIR_ADDR_TEXT_MAX];

		for (size_t i = 0; i < o->n_remote; i++)
			both |= o->remote[i].addr.family == o->protect[k].addr.family;
		if (!both)
			usage("--protect %s has no --remote prefix of its family",
			      weir_prefix_format(&o->protect[k], text));
	}
}

static void read_vlans(const struct raw *raw, struct gen_options *o)
{
	const char *text = raw->value[OptVlan] ? raw->value[OptVlan] : "0";
	size_t n = 0;

	for (;;) {
		size_t len = strcspn(text, ",");
		char item[16];

		snprintf(item, sizeof(item), "%.*s", (int)(len < sizeof(item) ? len : sizeof(item) - 1), text);
		if (n == GEN_VLANS_MAX)
			usage("--vlan: more than %d", GEN_VLANS_MAX);
		if (len >= sizeof(item) || !gen_parse_vlan(item, &o->vlan[n++]))
			usage("--vlan: \"%.*s\" is not 0 to 4094 or OUTER.INNER", (int)len, text);
		if (!text[len])
			break;
		text += len + 1;
	}
	o->honest.vlan = o->vlan;
	o->honest.n_vlan = n;
}

static void read_mix(const struct raw *raw, struct gen_honest *h)
{
	const char *text = raw->value[OptMix];
	unsigned sum = 0;

	for (size_t i = 0; i < gen_n_mixes; i++)
		h->weight[i] = text ? 0 : gen_mixes[i].weight;
	while (text) {
		size_t len = strcspn(text, ","), name = strcspn(text, "="), i;
		char value[12] = "";
		uint64_t weight;

		if (name < len && len - name - 1 < sizeof(value))
			snprintf(value, sizeof(value), "%.*s", (int)(len - name - 1), text + name + 1);
		for (i = 0; i < gen_n_mixes; i++)
			if (strlen(gen_mixes[i].name) == name && !memcmp(gen_mixes[i].name, text, name))
				break;
		if (i == gen_n_mixes || !gen_parse_number(value, 0, 1000000, &weight))
			usage("--mix: \"%.*s\" is not NAME=WEIGHT; --list=mix shows the names", (int)len, text);
		h->weight[i] = (unsigned)weight;
		text = text[len] ? text + len + 1 : NULL;
	}
	for (size_t i = 0; i < gen_n_mixes; i++)
		sum += h->weight[i];
	if (!sum)
		usage("--mix: all weights are 0; use --clients=0 for no honest traffic");
}

static void read_attacks(const struct raw *raw, struct gen_options *o)
{
	struct gen_spec_env env = {
		.protect = o->protect, .n_protect = o->n_protect, .remote = o->remote, .n_remote = o->n_remote,
		.clients = o->honest.clients, .seed = o->seed, .epoch_ns = o->epoch_ns,
		.duration_ns = o->duration_ns, .before = o->attack,
	};

	for (size_t i = 0; i < raw->n_attacks; i++) {
		char detail[300];

		env.n_before = i;
		if (gen_spec_parse(raw->attack[i], &env, &o->attack[i], detail, sizeof(detail)))
			usage("--attack %s: %s", raw->attack[i], detail);
	}
	o->n_attacks = raw->n_attacks;
}

/* What excludes each other, before any value is looked at. */
static void check_together(const struct raw *raw)
{
	static const int not_with_pattern[] = {
		OptScenario, OptDuration, OptClients, OptServers, OptThink, OptDay, OptLoss, OptIpv6, OptMix, OptLabels,
	};
	const char *out = raw->value[OptOut], *labels = raw->value[OptLabels];

	if (!out)
		usage("--out is missing; see --help");
	if (labels && !strcmp(out, labels))
		usage("--out and --labels name the same file");
	if (!raw->value[OptPattern]) {
		if (raw->value[OptPackets])
			usage("--packets goes with --pattern; traffic is limited by --duration");
		return;
	}
	if (raw->n_attacks)
		usage("--pattern and --attack exclude each other");
	for (size_t i = 0; i < sizeof(not_with_pattern) / sizeof(not_with_pattern[0]); i++)
		if (raw->value[not_with_pattern[i]])
			usage("--pattern and --%s exclude each other", option_name(not_with_pattern[i]));
}

void gen_options_read(int argc, char **argv, struct gen_options *o)
{
	static const struct argp argp = { gen_argp_options, parse, NULL, gen_doc, NULL, NULL, NULL };
	struct raw raw = { 0 };
	struct gen_honest *h = &o->honest;

	argp_err_exit_status = 2;
	argp_parse(&argp, argc, argv, 0, NULL, &raw);
	*o = (struct gen_options){ .pattern = -1, .manual = raw.manual, .quiet = raw.quiet,
				   .list = raw.value[OptList] };
	if (o->manual || o->list)
		return;
	check_together(&raw);
	if (raw.value[OptScenario])
		apply_scenario(&raw);
	o->out = raw.value[OptOut];
	o->labels = raw.value[OptLabels];
	o->seed = number(&raw, OptSeed, 1, 0, UINT64_MAX);
	o->epoch_ns = number(&raw, OptEpoch, 1767225600, 0, UINT32_MAX - 100000) * GEN_NS_PER_S;
	o->duration_ns = duration(&raw, OptDuration, 10 * GEN_NS_PER_S, 86400 * GEN_NS_PER_S);
	prefixes(&raw, OptProtect, "192.0.2.0/24,2001:db8:1::/48", o->protect, &o->n_protect);
	prefixes(&raw, OptRemote, "198.18.0.0/15,2001:2::/48", o->remote, &o->n_remote);
	*h = (struct gen_honest){
		.seed = o->seed, .epoch_ns = o->epoch_ns,
		.clients = (unsigned)number(&raw, OptClients, 100, 0, GEN_CLIENTS_MAX),
		.servers = (unsigned)number(&raw, OptServers, 4, 1, 1000),
		.think_ns = duration(&raw, OptThink, GEN_NS_PER_S, 86400 * GEN_NS_PER_S),
		.day_ns = raw.value[OptDay] ? duration(&raw, OptDay, 0, 86400 * GEN_NS_PER_S) : 0,
		.loss_ppm = percent_ppm(&raw, OptLoss, 5000),
		.ipv6_percent = percent_ppm(&raw, OptIpv6, 300000) / 10000,
		.protect = o->protect, .n_protect = o->n_protect,
		.remote = o->remote, .n_remote = o->n_remote,
	};
	check_prefixes(o);
	read_vlans(&raw, o);
	read_mix(&raw, h);
	if (raw.value[OptPattern]) {
		o->pattern = gen_pattern_find(raw.value[OptPattern]);
		if (o->pattern < 0)
			usage("unknown pattern \"%s\"; --list=patterns shows all", raw.value[OptPattern]);
		o->packets = number(&raw, OptPackets, 100000, 1, UINT64_C(10000000000));
		return;
	}
	read_attacks(&raw, o);
	if (!o->n_attacks && !h->clients)
		usage("no clients and no attack: there is nothing to write");
}

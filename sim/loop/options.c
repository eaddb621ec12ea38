// SPDX-License-Identifier: Apache-2.0
#include "options.h"

#include <argp.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	KeyFamily = 256, KeyVlan, KeyServer, KeyClients, KeyResidents, KeyStart, KeySpread, KeyPatience, KeyRto, KeyAgain,
	KeyConnects, KeyReply, KeySay, KeyClientDelay, KeyServerDelay, KeyBacklog, KeyClientPrefix,
	KeyRate, KeyBurst, KeyBurstEvery, KeyFloodFrom, KeyFloodUntil, KeyFloodPrefix,
	KeyKnown, KeyRoom, KeyBots, KeyBotRate, KeyBotFrom, KeyBotUntil, KeyBotLater, KeyBotLaterRate, KeyBotsClose, KeyBotsStrange,
	KeyBotPrefix, KeyRules, KeyRulesMs,
	KeyJson, KeyAll, KeyTries, KeyReached, KeyTime,
};

static const struct argp_option rows[] = {
	{ NULL, 0, NULL, 0, "What is tried:", 1 },
	{ "policy", 'c', "FILE.yaml", 0, "policy (the default one: policies/default.yaml)", 1 },
	{ "engine", 'e', "both|rtl|model", 0, "the hardware, the reference model, or both with every packet compared (both)", 1 },
	{ "family", KeyFamily, "4|6", 0, "IPv4 or IPv6 (4)", 1 },
	{ "vlan", KeyVlan, "N", 0, "all frames carry this VLAN tag (none)", 1 },
	{ "seed", 's', "N", 0, "of everything random, the hash key included (1)", 1 },
	{ NULL, 0, NULL, 0, "Honest clients:", 2 },
	{ "clients", KeyClients, "N", 0, "visitors: connect, ask, get a reply, close (500)", 2 },
	{ "known", KeyKnown, "N", 0, "so many of the visitors have a first visit in the first second, before any flood (0)", 2 },
	{ "established", KeyResidents, "N", 0, "residents: connect in the first second, then talk all the time (20)", 2 },
	{ "start-ms", KeyStart, "MS", 0, "when the first visitor may come (3000)", 2 },
	{ "spread-ms", KeySpread, "MS", 0, "visitors come at random within so long (10000)", 2 },
	{ "patience-ms", KeyPatience, "MS", 0, "and have so long after it, at most (20000)", 2 },
	{ "rto-ms", KeyRto, "MS", 0, "first SYN to second, doubled each time; a SYN-ACK with a wrong acknowledgement is answered by RST alone, as Linux does (1000). 0: lwIP's own, 3 s, and a SYN at once behind that RST", 2 },
	{ "again-ms", KeyAgain, "MS", 0, "from a reset to the client's next connection (50)", 2 },
	{ "connects", KeyConnects, "N", 0, "connections that a client opens at most (3)", 2 },
	{ "reply-bytes", KeyReply, "N", 0, "length of the reply (4000)", 2 },
	{ "say-ms", KeySay, "MS", 0, "residents: from one message to the next (200)", 2 },
	{ "client-delay-us", KeyClientDelay, "US", 0, "one way from a client to the appliance (10000)", 2 },
	{ "server-delay-us", KeyServerDelay, "US", 0, "one way from the server to the appliance (100)", 2 },
	{ "backlog", KeyBacklog, "N", 0, "half-open connections that the server has room for (4096)", 2 },
	{ "server-room", KeyRoom, "N", 0, "established connections that the server has room for; it drops further SYNs (1000000)", 2 },
	{ "server", KeyServer, "ADDRESS", 0, "its address", 2 },
	{ "client-prefix", KeyClientPrefix, "PREFIX", 0, "the clients' addresses, one each", 2 },
	{ NULL, 0, NULL, 0, "Spoofed SYN flood:", 3 },
	{ "rate", KeyRate, "N", 0, "SYNs a second (0)", 3 },
	{ "burst-ms", KeyBurst, "MS", 0, "bursts so long with a full wire (0: none)", 3 },
	{ "burst-every-ms", KeyBurstEvery, "MS", 0, "from one burst to the next (1000)", 3 },
	{ "flood-from-ms", KeyFloodFrom, "MS", 0, "its begin (2000)", 3 },
	{ "flood-until-ms", KeyFloodUntil, "MS", 0, "its end (that of the run)", 3 },
	{ "flood-prefix", KeyFloodPrefix, "PREFIX", 0, "sources, at random", 3 },
	{ NULL, 0, NULL, 0, "Bots, with addresses of their own; each has completed a handshake in the first second:", 4 },
	{ "bots", KeyBots, "N", 0, "so many (0)", 4 },
	{ "bot-rate", KeyBotRate, "N", 0, "connections that each opens a second (10)", 4 },
	{ "bots-from-ms", KeyBotFrom, "MS", 0, "when they begin (4000)", 4 },
	{ "bots-until-ms", KeyBotUntil, "MS", 0, "and end (that of the run)", 4 },
	{ "bots-close", KeyBotsClose, NULL, 0, "they close each connection at once; otherwise they hold it, in silence", 4 },
	{ "bots-strange", KeyBotsStrange, NULL, 0, "no handshake in the first second", 4 },
	{ "bots-later-ms", KeyBotLater, "MS", 0, "from then on they open --bot-later-rate connections a second", 4 },
	{ "bot-later-rate", KeyBotLaterRate, "N", 0, "(0)", 4 },
	{ "bot-prefix", KeyBotPrefix, "PREFIX", 0, "their addresses", 4 },
	{ NULL, 0, NULL, 0, "Rules that come later:", 5 },
	{ "rules", KeyRules, "FILE.yaml", 0, "policy whose rules take the place of the first one's; no limits, and its divert_mac stays the first one's", 5 },
	{ "rules-ms", KeyRulesMs, "MS", 0, "when their writing begins, an entry each 0.1 ms; they are in force with the last one (8000)", 5 },
	{ NULL, 0, NULL, 0, "What is told, and what must hold:", 6 },
	{ "json", KeyJson, "FILE.json", 0, "result, with every client; - is standard output, the summary then goes to standard error", 6 },
	{ "require-all", KeyAll, NULL, 0, "every visitor is served, every resident's connection goes on", 6 },
	{ "max-tries", KeyTries, "N", 0, "no visitor that was served needed more SYNs", 6 },
	{ "max-connect-ms", KeyTime, "MS", 0, "nor longer from its first SYN to the connection", 6 },
	{ "max-reached", KeyReached, "N", 0, "no more SYNs of the flood came to the server", 6 },
	{ 0 },
};

static const char doc[] =
	"Real TCP (lwIP) on both sides of the Weir data path, in simulated time: honest clients, a server, and a spoofed SYN flood."
	"\vExit status: 0 all that was asked for holds; 1 it does not, the engines differ, or a frame is unexplained; "
	"2 usage or policy.\n\n"
	"Example: weir-loop --engine=model --policy=policies/count-only.yaml --rate=1000 --require-all --max-tries=2";

static uint64_t number(struct argp_state *state, const char *option, const char *arg, uint64_t min, uint64_t max)
{
	char *end;
	uint64_t v;

	errno = 0;
	v = strtoull(arg, &end, 0);
	if (errno || *end || end == arg || arg[0] == '-' || v < min || v > max)
		argp_error(state, "--%s=%s: expected a number from %llu to %llu", option, arg,
			   (unsigned long long)min, (unsigned long long)max);
	return v;
}

/* An option that is one number. */
struct numeric {
	int key;
	size_t at, size;
	uint64_t min, max;
};

#define AT(member) offsetof(struct weir_loop_cli, member), sizeof(((struct weir_loop_cli *)0)->member)

enum { DayMs = 86400000, LinePps = 1488096 };

static const struct numeric numerics[] = {
	{ KeyVlan, AT(o.vlan), 1, 4094 },
	{ 's', AT(o.seed), 0, UINT64_MAX },
	{ KeyClients, AT(o.clients), 0, WEIR_LOOP_CLIENTS_MOST },
	{ KeyKnown, AT(o.known), 0, WEIR_LOOP_CLIENTS_MOST },
	{ KeyRoom, AT(o.server_room), 0, 1000000 },
	{ KeyBots, AT(o.bots), 0, WEIR_BOTS_MOST },
	{ KeyBotRate, AT(o.bot_rate), 0, 100000 },
	{ KeyBotLaterRate, AT(o.bot_later_rate), 0, 100000 },
	{ KeyBotFrom, AT(o.bots_from_ms), 0, DayMs },
	{ KeyBotUntil, AT(o.bots_until_ms), 0, DayMs },
	{ KeyBotLater, AT(o.bots_later_ms), 0, DayMs },
	{ KeyRulesMs, AT(o.rules_ms), 0, DayMs },
	{ KeyResidents, AT(o.residents), 0, WEIR_LOOP_CLIENTS_MOST },
	{ KeyStart, AT(o.start_ms), 0, DayMs },
	{ KeySpread, AT(o.spread_ms), 0, DayMs },
	{ KeyPatience, AT(o.patience_ms), 0, DayMs },
	{ KeyRto, AT(o.rto_ms), 0, 60000 },
	{ KeyAgain, AT(o.again_ms), 0, 60000 },
	{ KeyConnects, AT(o.connects_most), 1, 1000 },
	{ KeyReply, AT(o.reply_bytes), 1, WEIR_LOOP_REPLY_MOST },
	{ KeySay, AT(o.say_ms), 1, 60000 },
	{ KeyClientDelay, AT(o.client_delay_us), WEIR_LOOP_DELAY_LEAST_US, 1000000 },
	{ KeyServerDelay, AT(o.server_delay_us), WEIR_LOOP_DELAY_LEAST_US, 1000000 },
	{ KeyBacklog, AT(o.backlog), 0, 1000000 },
	{ KeyRate, AT(o.rate_pps), 0, LinePps },
	{ KeyBurst, AT(o.burst_ms), 0, DayMs },
	{ KeyBurstEvery, AT(o.burst_every_ms), 1, DayMs },
	{ KeyFloodFrom, AT(o.flood_from_ms), 0, DayMs },
	{ KeyFloodUntil, AT(o.flood_until_ms), 0, DayMs },
	{ KeyTries, AT(most_tries), 1, UINT64_MAX },
	{ KeyReached, AT(most_reached), 0, UINT64_MAX },
	{ KeyTime, AT(most_time_ms), 0, UINT64_MAX },
};

static const char *name_of(int key)
{
	for (size_t i = 0; rows[i].name || rows[i].doc; i++)
		if (rows[i].key == key && rows[i].name)
			return rows[i].name;
	return "";
}

static bool read_numeric(struct argp_state *state, int key, const char *arg, struct weir_loop_cli *c)
{
	for (size_t i = 0; i < sizeof(numerics) / sizeof(numerics[0]); i++) {
		const struct numeric *n = &numerics[i];
		uint64_t v;
		uint32_t v32;

		if (n->key != key)
			continue;
		v = number(state, name_of(key), arg, n->min, n->max);
		v32 = (uint32_t)v;
		memcpy((char *)c + n->at, n->size == sizeof(v32) ? (const void *)&v32 : &v, n->size);
		return true;
	}
	return false;
}

static void read_prefix(struct argp_state *state, const char *option, const char *arg, struct weir_prefix *ret)
{
	int family = ret->addr.family, rc = weir_prefix_parse(arg, ret);

	if (rc == -ERANGE)
		argp_error(state, "--%s: \"%s\" has bits behind the prefix length; clear them", option, arg);
	else if (rc || ret->addr.family != family)
		argp_error(state, "--%s: \"%s\" is no IPv%d prefix", option, arg, family);
}

static bool has_room(const struct weir_prefix *p, uint64_t hosts)
{
	unsigned bits = (p->addr.family == 4 ? 32u : 128u) - p->len;

	return bits >= 32 || hosts + 2 <= 1ull << bits;
}

static void check(struct argp_state *state, const struct weir_loop_cli *c)
{
	const struct weir_prefix *p = &c->o.client_prefix, *b = &c->o.bot_prefix;

	if (!has_room(p, (uint64_t)c->o.clients + c->o.residents))
		argp_error(state, "--client-prefix has no room for so many clients");
	if (!has_room(b, c->o.bots))
		argp_error(state, "--bot-prefix has no room for so many bots");
	if (weir_prefix_has(p, &c->o.server))
		argp_error(state, "--server: the address is one of --client-prefix");
	if (c->o.bots && (weir_prefix_has(b, &c->o.server) || weir_prefix_overlaps(p, b)))
		argp_error(state, "--bot-prefix has addresses of the clients or the server");
	if (c->o.known > c->o.clients)
		argp_error(state, "--known: there are only %u visitors", c->o.clients);
	if (c->o.burst_ms > c->o.burst_every_ms)
		argp_error(state, "--burst-ms is longer than --burst-every-ms");
}

static error_t read_option(int key, char *arg, struct argp_state *state)
{
	static const char *const engines[] = { "both", "rtl", "model" };
	struct weir_loop_cli *c = state->input;

	if (read_numeric(state, key, arg, c))
		return 0;
	switch (key) {
	case 'c':
		c->policy = arg;
		return 0;
	case 'e':
		for (int i = 0; i < 3; i++)
			if (!strcmp(arg, engines[i])) {
				c->engine = (enum weir_loop_engine)i;
				return 0;
			}
		argp_error(state, "--engine=%s: expected both, rtl or model", arg);
		return 0;
	case KeyFamily:
		if (strcmp(arg, "4") && strcmp(arg, "6")) /* its value was read before the others */
			argp_error(state, "--family=%s: expected 4 or 6", arg);
		return 0;
	case KeyServer:
		if (weir_addr_parse(arg, &c->o.server) || c->o.server.family != c->o.client_prefix.addr.family)
			argp_error(state, "--server=%s: no IPv%d address", arg, c->o.client_prefix.addr.family);
		return 0;
	case KeyClientPrefix:
		read_prefix(state, "client-prefix", arg, &c->o.client_prefix);
		return 0;
	case KeyBotPrefix:
		read_prefix(state, "bot-prefix", arg, &c->o.bot_prefix);
		return 0;
	case KeyBotsClose:
		c->o.bots_close = true;
		return 0;
	case KeyBotsStrange:
		c->o.bots_strange = true;
		return 0;
	case KeyRules:
		c->rules = arg;
		return 0;
	case KeyFloodPrefix:
		read_prefix(state, "flood-prefix", arg, &c->o.flood_prefix);
		return 0;
	case KeyJson:
		c->json = arg;
		return 0;
	case KeyAll:
		c->require_all = true;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "%s: nothing stands alone here", arg);
		return 0;
	case ARGP_KEY_END:
		check(state, c);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* The defaults of the others depend on it. */
static error_t read_family(int key, char *arg, struct argp_state *state)
{
	if (key == KeyFamily && !strcmp(arg, "6"))
		*(int *)state->input = 6;
	return 0;
}

void weir_loop_cli_read(int argc, char **argv, struct weir_loop_cli *ret)
{
	static const struct argp family_argp = { rows, read_family, NULL, NULL, NULL, NULL, NULL };
	static const struct argp argp = { rows, read_option, NULL, doc, NULL, NULL, NULL };
	int family = 4;

	argp_err_exit_status = WEIR_LOOP_USAGE;
	argp_parse(&family_argp, argc, argv, ARGP_SILENT, NULL, &family);
	*ret = (struct weir_loop_cli){
		.most_tries = UINT64_MAX, .most_reached = UINT64_MAX, .most_time_ms = UINT64_MAX,
	};
	weir_loop_defaults(&ret->o, family);
	argp_parse(&argp, argc, argv, 0, NULL, ret);
}

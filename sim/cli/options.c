// SPDX-License-Identifier: Apache-2.0
#include "options.h"

#include <argp.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/report/timeline.h"

enum { KeyAsTimed = 256, KeyFast, KeyLabels, KeyDepth, KeyFirmware, KeyNoFirmware, KeyConsole, KeyLearn, KeyNoSkip,
       KeyListen, KeyHold, KeyOnce, KeyLive, KeyDuration };

enum { DurationMost = 1000000000 };

static const struct argp_option rows[] = {
	{ NULL, 0, NULL, 0, "What is judged:", 1 },
	{ "protect", 'p', "PREFIX,...", 0, "addresses of the protected side; without it and without two captures the sides are guessed", 1 },
	{ "policy", 'c', "FILE.yaml", 0, "policy (the default one: policies/default.yaml)", 1 },
	{ "as-timed", KeyAsTimed, NULL, 0, "frames come at their capture times, as far as the wire allows (default)", 1 },
	{ "as-fast-as-possible", KeyFast, NULL, 0, "capture times do not count: each side back to back", 1 },
	{ "seed", 's', "N", 0, "of the hash key (1)", 1 },
	{ NULL, 0, NULL, 0, "By what:", 2 },
	{ "engine", 'e', "rtl|model|both", 0, "the hardware, the reference model, or both with every packet compared (both)", 2 },
	{ "depth", KeyDepth, "stream|gmii", 0, "hardware from the stream side of the MACs, or from the GMII pins (stream)", 2 },
	{ "firmware", KeyFirmware, "IMAGE", OPTION_ARG_OPTIONAL, "with firmware: on the hardware's soft core (firmware/weir.hex beside this program, unless IMAGE), natively beside the model; default with --listen and --live", 2 },
	{ "no-firmware", KeyNoFirmware, NULL, 0, "the policy's thresholds hold (default otherwise)", 2 },
	{ "learn", KeyLearn, "CAPTURE", 0, "with firmware that learns from this capture first, and judges with what it learned", 2 },
	{ "no-skip", KeyNoSkip, NULL, 0, "go through idle time clock by clock: slow, and for tests", 2 },
	{ NULL, 0, NULL, 0, "In real time:", 3 },
	{ "listen", KeyListen, "SOCKET", 0, "serve the host link on this Unix socket; behind a capture, and without one, until SIGINT or SIGTERM", 3 },
	{ "hold", KeyHold, NULL, 0, "the capture waits until a host has come and gone", 3 },
	{ "once", KeyOnce, NULL, 0, "end with the capture", 3 },
	{ "live", KeyLive, "U,P", 0, "no capture: between two interfaces, unprotected and protected; names of TAPs, or, with a /, sockets on which a message is a frame", 3 },
	{ "duration", KeyDuration, "SECONDS", 0, "end after so long, without a capture", 3 },
	{ NULL, 0, NULL, 0, "What is written:", 4 },
	{ "console", KeyConsole, NULL, 0, "log of the firmware, on standard error", 4 },
	{ "report", 'r', "FILE.json", 0, "report; - is standard output, the summary then goes to standard error", 4 },
	{ "trace", 't', "FILE.jsonl", 0, "one JSON object a packet", 4 },
	{ "out", 'o', "DIR", 0, "what each side received: to_protected.pcap and to_unprotected.pcap", 4 },
	{ "plot", 'g', "FILE.png|svg", 0, "picture over time: offered, passed, removed, and why", 4 },
	{ "labels", KeyLabels, "FILE", 0, "labels of weir-gen: tells how much of the attacks was removed, and of honest traffic", 4 },
	{ 0 },
};

static const char doc[] =
	"Puts a capture (pcap or pcapng, plain or gzip) through the Weir data path and tells what it did to every packet."
	"\vTwo captures are one a side: first what came from the unprotected side, then from the protected side. "
	"A capture named - is standard input.\n\n"
	"Exit status: 0 done; 1 the engines differ, a frame is unexplained, or frames were left at SIGINT or SIGTERM; 2 usage or policy; 3 unreadable input.\n\n"
	"Examples: weir-sim --protect 192.0.2.0/24 --report r.json --plot p.png my.pcap\n"
	"          weir-sim --live tap0,tap1 --listen weir.sock";

static int pick(struct argp_state *state, const char *option, const char *arg, const char *const *names)
{
	for (int i = 0; names[i]; i++)
		if (!strcmp(arg, names[i]))
			return i;
	if (names[2])
		argp_error(state, "--%s=%s: expected %s, %s or %s", option, arg, names[0], names[1], names[2]);
	else
		argp_error(state, "--%s=%s: expected %s or %s", option, arg, names[0], names[1]);
	return 0;
}

static void read_protect(struct argp_state *state, const char *arg, struct weir_options *o)
{
	size_t bad = 0;
	int rc = weir_prefix_list_parse(arg, o->protect, WEIR_POLICY_PREFIXES, &o->n_protect, &bad);

	if (rc == -ENOSPC)
		argp_error(state, "--protect: more than %d prefixes", WEIR_POLICY_PREFIXES);
	else if (rc == -ERANGE)
		argp_error(state, "--protect: \"%s\" has bits behind the prefix length; clear them", arg + bad);
	else if (rc)
		argp_error(state, "--protect: \"%s\" is no prefix (as 192.0.2.0/24 or 2001:db8::/32)", arg + bad);
}

static uint64_t read_seed(struct argp_state *state, const char *arg)
{
	char *end;
	uint64_t v;

	errno = 0;
	v = strtoull(arg, &end, 0);
	if (errno || *end || end == arg || arg[0] == '-')
		argp_error(state, "--seed=%s: expected a number from 0 to 2^64 - 1", arg);
	return v;
}

/* U,P: what stands before the first comma, and behind it. */
static void read_live(struct argp_state *state, char *arg, struct weir_options *o)
{
	char *comma = strchr(arg, ',');

	if (!comma || comma == arg || !comma[1] || strchr(comma + 1, ','))
		argp_error(state, "--live=%s: expected two interfaces, as tap0,tap1", arg);
	*comma = 0;
	o->live[0] = arg;
	o->live[1] = comma + 1;
	if (!strcmp(o->live[0], o->live[1]))
		argp_error(state, "--live: both interfaces are %s; give two", arg);
}

static double read_duration(struct argp_state *state, const char *arg)
{
	char *end;
	double v = strtod(arg, &end);

	if (*end || end == arg || !(v > 0 && v <= DurationMost))
		argp_error(state, "--duration=%s: expected seconds, above 0 and at most %d", arg, DurationMost);
	return v;
}

/* What goes with real time, and what does not. */
static void check_real_time(struct argp_state *state, struct weir_options *o)
{
	if (o->live[0] && o->captures)
		argp_error(state, "--live has no capture");
	if (o->live[0] && (o->n_protect || o->labels || o->fast))
		argp_error(state, "--protect, --labels and --as-fast-as-possible go with a capture, not with --live");
	if (!o->captures && (o->hold || o->once))
		argp_error(state, "--hold and --once go with a capture");
	if ((o->hold || o->once) && !o->listen)
		argp_error(state, "--hold and --once go with --listen");
	if (o->duration_s > 0 && o->captures)
		argp_error(state, "--duration goes with --live, or with --listen without a capture");
	if (o->gmii && (o->listen || o->live[0]))
		argp_error(state, "--listen and --live work at --depth=stream");
	if (o->no_skip && (o->live[0] || !o->captures || o->hold || (o->listen && !o->once)))
		argp_error(state, "--no-skip does not go with time by the wall clock");
}

static error_t read_option(int key, char *arg, struct argp_state *state)
{
	static const char *const engines[] = { "both", "rtl", "model", NULL };
	static const char *const depths[] = { "stream", "gmii", NULL };
	struct weir_options *o = state->input;

	switch (key) {
	case 'p':
		read_protect(state, arg, o);
		return 0;
	case 'c':
		o->policy = arg;
		return 0;
	case 'e':
		o->engine_said = true;
		o->engine = (enum weir_engine_choice)pick(state, "engine", arg, engines);
		return 0;
	case KeyDepth:
		o->gmii = pick(state, "depth", arg, depths);
		return 0;
	case 't':
		o->trace = arg;
		return 0;
	case 'r':
		o->report = arg;
		return 0;
	case 'o':
		o->out = arg;
		return 0;
	case 'g':
		if (!weir_plot_name_ok(arg))
			argp_error(state, "--plot=%s: the name must end in .png or .svg", arg);
		o->plot = arg;
		return 0;
	case KeyAsTimed:
		o->fast = false;
		return 0;
	case KeyFast:
		o->fast = true;
		return 0;
	case KeyLabels:
		o->labels = arg;
		return 0;
	case KeyFirmware:
		o->firmware = true;
		o->firmware_if_there = false;
		o->image = arg;
		return 0;
	case KeyNoFirmware:
		o->firmware = o->firmware_if_there = false;
		return 0;
	case KeyLearn:
		o->learn = arg;
		o->firmware = true;
		o->firmware_if_there = false;
		return 0;
	case KeyListen:
		o->listen = arg;
		return 0;
	case KeyHold:
		o->hold = true;
		return 0;
	case KeyOnce:
		o->once = true;
		return 0;
	case KeyLive:
		read_live(state, arg, o);
		return 0;
	case KeyDuration:
		o->duration_s = read_duration(state, arg);
		return 0;
	case KeyConsole:
		o->console = true;
		return 0;
	case KeyNoSkip:
		o->no_skip = true;
		return 0;
	case 's':
		o->seed = read_seed(state, arg);
		return 0;
	case ARGP_KEY_ARG:
		if (o->captures == 2)
			argp_error(state, "%s: at most two captures, one a side", arg);
		else
			o->capture[o->captures++] = arg;
		return 0;
	case ARGP_KEY_END:
		if (!o->captures && !o->listen && !o->live[0])
			argp_error(state, "a capture is missing");
		check_real_time(state, o);
		if (o->learn && !o->firmware)
			argp_error(state, "--learn needs firmware, --no-firmware has none");
		if (o->captures == 2 && o->n_protect)
			argp_error(state, "--protect tells the sides of one capture; with two they are given");
		if (o->captures == 2 && o->labels)
			argp_error(state, "--labels goes with one capture");
		if (o->captures == 2 && !strcmp(o->capture[0], "-") && !strcmp(o->capture[1], "-"))
			argp_error(state, "standard input can be one of the captures only");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

void weir_options_read(int argc, char **argv, struct weir_options *ret)
{
	static const struct argp argp = { rows, read_option, "[CAPTURE [CAPTURE2]]", doc, NULL, NULL, NULL };

	*ret = (struct weir_options){ .seed = 1, .firmware_if_there = true };
	argp_err_exit_status = WEIR_EXIT_USAGE;
	argp_parse(&argp, argc, argv, 0, NULL, ret);
	/* What nobody said. */
	ret->firmware_if_there &= ret->listen || ret->live[0];
	ret->firmware |= ret->firmware_if_there;
	if (!ret->captures && !ret->engine_said)
		ret->engine = WEIR_ENGINE_RTL;
}

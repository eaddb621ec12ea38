// SPDX-License-Identifier: Apache-2.0
#include "options.h"

#include <argp.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/report/timeline.h"

enum { KeyAsTimed = 256, KeyFast, KeyLabels, KeyDepth, KeyFirmware, KeyNoFirmware, KeyConsole, KeyLearn, KeyNoSkip };

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
	{ "firmware", KeyFirmware, "IMAGE", OPTION_ARG_OPTIONAL, "with firmware: on the hardware's soft core (firmware/weir.hex beside this program, unless IMAGE), natively beside the model", 2 },
	{ "no-firmware", KeyNoFirmware, NULL, 0, "the policy's thresholds hold (default)", 2 },
	{ "learn", KeyLearn, "CAPTURE", 0, "with firmware that learns from this capture first, and judges with what it learned", 2 },
	{ "no-skip", KeyNoSkip, NULL, 0, "go through idle time clock by clock: slow, and for tests", 2 },
	{ NULL, 0, NULL, 0, "What is written:", 3 },
	{ "console", KeyConsole, NULL, 0, "log of the firmware, on standard error", 3 },
	{ "report", 'r', "FILE.json", 0, "report; - is standard output, the summary then goes to standard error", 3 },
	{ "trace", 't', "FILE.jsonl", 0, "one JSON object a packet", 3 },
	{ "out", 'o', "DIR", 0, "what each side received: to_protected.pcap and to_unprotected.pcap", 3 },
	{ "plot", 'g', "FILE.png|svg", 0, "picture over time: offered, passed, removed, and why", 3 },
	{ "labels", KeyLabels, "FILE", 0, "labels of weir-gen: tells how much of the attacks was removed, and of honest traffic", 3 },
	{ 0 },
};

static const char doc[] =
	"Puts a capture (pcap or pcapng, plain or gzip) through the Weir data path and tells what it did to every packet."
	"\vTwo captures are one a side: first what came from the unprotected side, then from the protected side. "
	"A capture named - is standard input.\n\n"
	"Exit status: 0 done; 1 the engines differ, or a frame is unexplained; 2 usage or policy; 3 unreadable input.\n\n"
	"Example: weir-sim --protect 192.0.2.0/24 --report r.json --plot p.png my.pcap";

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
		o->image = arg;
		return 0;
	case KeyNoFirmware:
		o->firmware = false;
		return 0;
	case KeyLearn:
		o->learn = arg;
		o->firmware = true;
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
		if (!o->captures)
			argp_error(state, "a capture is missing");
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
	static const struct argp argp = { rows, read_option, "CAPTURE [CAPTURE2]", doc, NULL, NULL, NULL };

	*ret = (struct weir_options){ .seed = 1 };
	argp_err_exit_status = WEIR_EXIT_USAGE;
	argp_parse(&argp, argc, argv, 0, NULL, ret);
}

// SPDX-License-Identifier: Apache-2.0
/* Options and the reading of the command line: weirctl [OPTION]... COMMAND [OPTION]... [ARGUMENT]... */
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"

const struct ctl_option ctl_options[CTL_OPTS] = {
	[CTL_OPT_DEVICE] = { "device", 'd', "URL", .help = "the appliance: usb:, usb:SERIAL, tty:/dev/ttyUSB0, sim:SOCKET or replay:FILE (default: $WEIR_DEVICE, else usb:)" },
	[CTL_OPT_SITE] = { "site", 's', "FOLDER", .help = "what this host knows of the appliance: policy, rules, keys (default: $WEIR_STATE, else /var/lib/weir for root, else ~/.local/state/weir)" },
	[CTL_OPT_JSON] = { "json", 'j', NULL, .help = "one JSON object instead of text, of a failure too" },
	[CTL_OPT_RECORD] = { "record", 0, "FILE", .help = "write the conversation with the appliance to a file, which --device replay:FILE plays again" },
	[CTL_OPT_DEBUG] = { "debug", 0, NULL, .help = "tell on standard error what goes over the link" },
	[CTL_OPT_HELP] = { "help", 'h', NULL, .help = "help, of the command when there is one" },
	[CTL_OPT_CONFIRM] = { "confirm", 0, "SECONDS", true, 0, 1, 86400, "go back to the rules before unless Enter or \"yes\" comes in this time" },
	[CTL_OPT_FOLLOW] = { "follow", 'f', NULL, .help = "go on with what happens, until interrupted" },
	[CTL_OPT_INTERVAL] = { "interval", 'i', "MS", true, 1000, 100, 3600000, "milliseconds between two looks at the appliance (1000)" },
	[CTL_OPT_COUNT] = { "count", 'n', "N", true, 0, 1, 1000000000, "end after so many looks, or frames" },
	[CTL_OPT_LISTEN] = { "listen", 'l', "ADDRESS:PORT", .help = "where to serve (127.0.0.1:9469); IPv6 as [::1]:9469; port 0: any that is free" },
	[CTL_OPT_LIMIT] = { "limit", 0, "N", true, 100, 1, 100000, "most rows to show (100)" },
	[CTL_OPT_ALL] = { "all", 'a', NULL, .help = "those that are 0, too" },
	[CTL_OPT_SECONDS] = { "seconds", 0, "N", true, 0, 1, 86400, "end after this time" },
	[CTL_OPT_WRITE] = { "write", 'w', "FILE", .help = "write pcap to this file, made anew; - is standard output, each frame at once" },
	[CTL_OPT_VERDICT] = { "verdict", 0, "LIST", .help = "only frames with these verdicts: pass, drop, demote, divert, answer, consume, with commas" },
	[CTL_OPT_REASON] = { "reason", 0, "NAME", .help = "only frames with this reason, as in weirctl counters reason" },
	[CTL_OPT_SIDE] = { "side", 0, "SIDE", .help = "only frames that come from the unprotected or from the protected side" },
	[CTL_OPT_EVERY] = { "every", 0, "N", true, 1, 1, 32768, "one frame of N, a power of two (1): the appliance picks them by their numbers" },
	[CTL_OPT_FORCE] = { "force", 0, NULL, .help = "take over from a host that captures, or went without an end of it" },
};

enum { VersionKey = 0x100, ManualKey, CompletionKey, LongKey = 0x200, LettersMax = 4 * CTL_OPTS };

int ctl_usage(struct ctl *c, const char *format, ...)
{
	va_list ap;

	fprintf(stderr, "weirctl%s%s: ", c->command ? " " : "", c->command ? c->command->name : "");
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fprintf(stderr, "; see weirctl%s%s --help\n", c->command ? " " : "", c->command ? c->command->name : "");
	return CTL_USAGE;
}

static int take(struct ctl *c, int key, const char *arg)
{
	const struct ctl_option *o = &ctl_options[key];
	uint64_t v;

	c->text[key] = arg ? arg : "";
	if (!o->number)
		return CTL_DONE;
	if (ctl_number_read(arg, (uint64_t)o->least, (uint64_t)o->most, &v))
		return ctl_usage(c, "--%s=%s: expected a number from %ld to %ld", o->name, arg, o->least, o->most);
	c->number[key] = (long)v;
	return CTL_DONE;
}

/* The options that a command takes (mask), as getopt_long() wants them. */
static void tables(unsigned mask, bool top, struct option *longs, char *letters)
{
	size_t n = 0, l = 0;

	letters[l++] = top ? '+' : ':';
	if (top)
		letters[l++] = ':';
	for (int k = 0; k < CTL_OPTS; k++) {
		const struct ctl_option *o = &ctl_options[k];

		if (!(mask >> k & 1))
			continue;
		longs[n++] = (struct option){ o->name, o->arg ? required_argument : no_argument, NULL, LongKey + k };
		if (o->letter) {
			letters[l++] = o->letter;
			if (o->arg)
				letters[l++] = ':';
		}
	}
	if (top) {
		longs[n++] = (struct option){ "version", no_argument, NULL, VersionKey };
		longs[n++] = (struct option){ "manual", no_argument, NULL, ManualKey };
		longs[n++] = (struct option){ "completion", no_argument, NULL, CompletionKey };
	}
	longs[n] = (struct option){ 0 };
	letters[l] = 0;
}

static int key_of(int found, unsigned mask)
{
	if (found >= LongKey)
		return found - LongKey;
	for (int k = 0; k < CTL_OPTS; k++)
		if (mask >> k & 1 && ctl_options[k].letter == found)
			return k;
	return -1;
}

/* Options up to the first word that is none (top), or all of them, words moved behind.
 * @return CTL_DONE, CTL_USAGE, or -1: a text was printed. */
static int read_options(struct ctl *c, int argc, char **argv, unsigned mask, bool top)
{
	struct option longs[CTL_OPTS + 4];
	char letters[LettersMax];
	int found, key;

	tables(mask, top, longs, letters);
	optind = 0;
	opterr = 0;
	for (;;) {
		int at = optind ? optind : 1;

		found = getopt_long(argc, argv, letters, longs, NULL);
		if (found < 0)
			return CTL_DONE;
		if (found == ':')
			return ctl_usage(c, "%s needs an argument", argv[at < argc ? at : argc - 1]);
		if (found == '?')
			return ctl_usage(c, "%s: unknown option, or an argument that it does not take", argv[at < argc ? at : argc - 1]);
		if (found == VersionKey) {
			puts("weirctl " CTL_VERSION);
			return -1;
		}
		if (found == ManualKey) {
			ctl_manual();
			return -1;
		}
		if (found == CompletionKey) {
			ctl_completion();
			return -1;
		}
		key = key_of(found, mask);
		if (key == CTL_OPT_HELP && top) {
			ctl_help();
			return -1;
		}
		if (take(c, key, optarg))
			return CTL_USAGE;
	}
}

/* The row of the words: two of them before one. `ret_words`: how many belong to it. */
static const struct ctl_command *find(int argc, char **argv, int *ret_words, bool *ret_group)
{
	*ret_group = false;
	for (size_t i = 0; i < ctl_commands_n; i++) {
		const char *name = ctl_commands[i].name, *space = strchr(name, ' ');
		size_t first = space ? (size_t)(space - name) : strlen(name);

		if (strlen(argv[0]) != first || strncmp(argv[0], name, first))
			continue;
		if (!space || (argc > 1 && !strcmp(argv[1], space + 1))) {
			*ret_words = space ? 2 : 1;
			return &ctl_commands[i];
		}
		*ret_group = true;
	}
	return NULL;
}

static int read_command(struct ctl *c, int argc, char **argv)
{
	unsigned common = (1u << CTL_OPT_COMMON) - 1;
	int words = 0, rc;
	bool group;

	c->command = find(argc, argv, &words, &group);
	if (!c->command && group) {
		if (argc > 1 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))) {
			ctl_help_group(argv[0]);
			return -1;
		}
		if (argc > 1)
			return ctl_usage(c, "%s %s: no such command", argv[0], argv[1]);
		return ctl_usage(c, "%s: what of it? See weirctl %s --help", argv[0], argv[0]);
	}
	if (!c->command)
		return ctl_usage(c, "%s: no such command", argv[0]);
	/* getopt begins behind the first word, which it takes for the program. */
	rc = read_options(c, argc - words + 1, argv + words - 1, common | c->command->options, false);
	if (rc)
		return rc;
	c->arg = argv + words - 1 + optind;
	c->args = argc - words + 1 - optind;
	if (c->text[CTL_OPT_HELP]) {
		ctl_help_command(c->command);
		return -1;
	}
	if (c->args < c->command->least)
		return ctl_usage(c, "an argument is missing: %s", c->command->args);
	if (c->args > c->command->most)
		return ctl_usage(c, "%s: one argument too many", c->arg[c->command->most]);
	return CTL_DONE;
}

int ctl_read(struct ctl *c, int argc, char **argv)
{
	unsigned common = (1u << CTL_OPT_COMMON) - 1;
	const char *env = getenv("WEIR_DEVICE");
	int rc;

	*c = (struct ctl){ .url = env && *env ? env : "usb:" };
	for (int k = 0; k < CTL_OPTS; k++)
		c->number[k] = ctl_options[k].def;
	rc = read_options(c, argc, argv, common, true);
	if (rc)
		return rc;
	if (optind >= argc)
		return ctl_usage(c, "a command is missing");
	rc = read_command(c, argc - optind, argv + optind);
	if (rc)
		return rc;
	if (c->text[CTL_OPT_DEVICE])
		c->url = c->text[CTL_OPT_DEVICE];
	c->json = c->text[CTL_OPT_JSON];
	return CTL_DONE;
}

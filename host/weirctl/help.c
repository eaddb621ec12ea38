// SPDX-License-Identifier: Apache-2.0
/* Help, manual page and bash completion, all made from the rows of commands.c and options.c. */
#include <stdio.h>
#include <string.h>

#include "ctl.h"

enum { NameColumn = 18, LineWidth = 100, OptionColumn = 24 };

static const char about[] =
	"Shows and changes what a Weir appliance does: a board over USB or a serial line, or a running weir-sim.";

static const struct {
	int status;
	const char *text;
} statuses[] = {
	{ CTL_DONE, "done" },
	{ CTL_FAILED, "failed; also a self-test that finds something, files that differ, rules that went back" },
	{ CTL_USAGE, "the command line makes no sense; nothing was done" },
	{ CTL_NO_DEVICE, "no appliance there, or no permission" },
	{ CTL_REFUSED, "refused: another version, not in its present state, keys not known here, no room; nothing was changed" },
	{ CTL_PARTLY, "done in part; the message says what is live" },
};

/* Text in lines of at most LineWidth columns, those behind the first indented. */
static void wrap(const char *text, int indent, int at)
{
	while (*text) {
		int n = (int)strcspn(text, " ");

		if (at > indent && at + 1 + n > LineWidth) {
			printf("\n%*s", indent, "");
			at = indent;
		} else if (at > indent) {
			putchar(' ');
			at++;
		}
		printf("%.*s", n, text);
		at += n;
		text += n;
		while (*text == ' ')
			text++;
	}
	putchar('\n');
}

static void print_option(const struct ctl_option *o)
{
	int at = printf("  %c%c%s--%s%s%s", o->letter ? '-' : ' ', o->letter ? o->letter : ' ', o->letter ? ", " : "  ", o->name, o->arg ? " " : "", o->arg ? o->arg : "");

	if (at >= OptionColumn) {
		putchar('\n');
		at = 0;
	}
	printf("%*s", OptionColumn - at, "");
	wrap(o->help, OptionColumn, OptionColumn);
}

static void print_row(const struct ctl_command *row)
{
	printf("  %-*s", NameColumn, row->name);
	wrap(row->help, NameColumn + 2, NameColumn + 2);
}

void ctl_help(void)
{
	puts("Usage: weirctl [OPTION]... COMMAND [OPTION]... [ARGUMENT]...\n");
	puts(about);
	puts("\nCommands:");
	for (size_t i = 0; i < ctl_commands_n; i++)
		print_row(&ctl_commands[i]);
	puts("\nOptions of every command:");
	for (int k = 0; k < CTL_OPT_COMMON; k++)
		print_option(&ctl_options[k]);
	puts("      --version         version\n      --manual          this manual page, as roff\n      --completion      completion for bash");
	puts("\nExit status:");
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
		printf("  %d  ", statuses[i].status);
		wrap(statuses[i].text, 5, 5);
	}
	puts("\nweirctl COMMAND --help says more.");
}

void ctl_help_group(const char *group)
{
	size_t n = strlen(group);

	printf("Usage: weirctl %s COMMAND ...\n\n", group);
	for (size_t i = 0; i < ctl_commands_n; i++)
		if (!strncmp(ctl_commands[i].name, group, n) && ctl_commands[i].name[n] == ' ')
			print_row(&ctl_commands[i]);
}

void ctl_help_command(const struct ctl_command *row)
{
	printf("Usage: weirctl %s%s%s%s\n\n", row->name, row->options ? " [OPTION]..." : "", *row->args ? " " : "", row->args);
	wrap(row->help, 0, 0);
	if (row->more) {
		putchar('\n');
		wrap(row->more, 0, 0);
	}
	if (row->flags & CTL_CHANGES)
		puts("\nChanges the appliance. A signal waits until the change is done.");
	if (row->options) {
		puts("\nOptions:");
		for (int k = CTL_OPT_COMMON; k < CTL_OPTS; k++)
			if (row->options >> k & 1)
				print_option(&ctl_options[k]);
	}
	printf("\nExample: weirctl %s\n", row->example);
}

/* --- manual page --- */

/* Text of roff: no line of a text begins a request, and dashes stay what they are. */
static void roff(const char *text)
{
	if (*text == '.' || *text == '\'')
		fputs("\\&", stdout);
	for (; *text; text++) {
		if (*text == '-')
			fputs("\\-", stdout);
		else if (*text == '\\')
			fputs("\\e", stdout);
		else
			putchar(*text);
	}
}

static void roff_option(const struct ctl_option *o)
{
	fputs(".TP\n", stdout);
	if (o->letter)
		printf("\\fB\\-%c\\fR, ", o->letter);
	fputs("\\fB\\-\\-", stdout);
	roff(o->name);
	fputs("\\fR", stdout);
	if (o->arg) {
		fputs("=\\fI", stdout);
		roff(o->arg);
		fputs("\\fR", stdout);
	}
	putchar('\n');
	roff(o->help);
	putchar('\n');
}

static void roff_command(const struct ctl_command *row)
{
	fputs(".SS ", stdout);
	roff(row->name);
	if (*row->args) {
		putchar(' ');
		roff(row->args);
	}
	putchar('\n');
	roff(row->help);
	fputs(".\n", stdout);
	if (row->more) {
		fputs(".PP\n", stdout);
		roff(row->more);
		putchar('\n');
	}
	for (int k = CTL_OPT_COMMON; k < CTL_OPTS; k++)
		if (row->options >> k & 1)
			roff_option(&ctl_options[k]);
	fputs(".PP\nExample: \\fBweirctl ", stdout);
	roff(row->example);
	fputs("\\fR\n", stdout);
}

void ctl_manual(void)
{
	puts(".\\\" SPDX-License-Identifier: Apache-2.0\n.\\\" Made by weirctl --manual; do not edit.\n"
	     ".TH WEIRCTL 1 \"\" \"weirctl " CTL_VERSION "\" \"Weir\"\n.SH NAME\nweirctl \\- show and change what a Weir appliance does\n"
	     ".SH SYNOPSIS\n.B weirctl\n[\\fIOPTION\\fR]... \\fICOMMAND\\fR [\\fIOPTION\\fR]... [\\fIARGUMENT\\fR]...\n.SH DESCRIPTION");
	roff(about);
	puts("\n.PP\nA command that changes the appliance does it wholly or says what is live; signals wait until it is done.\n.SH OPTIONS\nOf every command:");
	for (int k = 0; k < CTL_OPT_COMMON; k++)
		roff_option(&ctl_options[k]);
	puts(".TP\n\\fB\\-\\-version\\fR\nversion\n.TP\n\\fB\\-\\-manual\\fR\nthis page, as roff\n.TP\n\\fB\\-\\-completion\\fR\ncompletion for bash\n.SH COMMANDS");
	for (size_t i = 0; i < ctl_commands_n; i++)
		roff_command(&ctl_commands[i]);
	puts(".SH EXIT STATUS");
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
		printf(".TP\n%d\n", statuses[i].status);
		roff(statuses[i].text);
		putchar('\n');
	}
	puts(".SH ENVIRONMENT\n.TP\n\\fBWEIR_DEVICE\\fR\nthe appliance, unless \\fB\\-\\-device\\fR says it\n"
	     ".TP\n\\fBWEIR_STATE\\fR\nthe folder of sites, unless \\fB\\-\\-site\\fR says it\n"
	     ".TP\n\\fBNO_COLOR\\fR\nno colours on a terminal\n"
	     ".SH SEE ALSO\n\\fBweir\\-sim\\fR(1); docs/libweir.md (JSON objects), docs/policy.md (policies and rules), docs/firmware.md (series, thresholds, alarms)");
}

/* --- completion --- */

static void print_words(unsigned mask)
{
	for (int k = 0; k < CTL_OPTS; k++)
		if (mask >> k & 1)
			printf(" --%s", ctl_options[k].name);
}

/* A shell pattern of options with an argument that is a file or a folder. */
static void print_patterns(const char *what)
{
	bool first = true;

	for (int k = 0; k < CTL_OPTS; k++) {
		const struct ctl_option *o = &ctl_options[k];
		bool file = o->arg && (!strcmp(o->arg, "FILE") || !strcmp(o->arg, "FOLDER"));

		if (!o->arg || file != !strcmp(what, "file"))
			continue;
		printf("%s--%s", first ? "" : "|", o->name);
		if (o->letter)
			printf("|-%c", o->letter);
		first = false;
	}
}

void ctl_completion(void)
{
	unsigned common = (1u << CTL_OPT_COMMON) - 1;

	puts("# SPDX-License-Identifier: Apache-2.0\n# bash completion for weirctl. Made by weirctl --completion; do not edit.\n"
	     "_weirctl()\n{\n\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words=\"\" i skip=0\n\tCOMPREPLY=()");
	fputs("\tcase $prev in\n\t", stdout);
	print_patterns("file");
	puts(") mapfile -t COMPREPLY < <(compgen -f -- \"$cur\"); return ;;");
	putchar('\t');
	print_patterns("other");
	puts(") return ;;\n\tesac\n\t# The words that are no options nor their arguments.\n"
	     "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n\t\tif ((skip)); then skip=0; continue; fi\n\t\tcase ${COMP_WORDS[i]} in");
	fputs("\t\t", stdout);
	print_patterns("file");
	putchar('|');
	print_patterns("other");
	puts(") skip=1 ;;\n\t\t-*) ;;\n\t\t*) words+=\"${words:+ }${COMP_WORDS[i]}\" ;;\n\t\tesac\n\tdone");
	puts("\tlocal offer=\"\" files=0\n\tcase \"$words\" in");
	fputs("\t\"\") offer=\"", stdout);
	for (size_t i = 0; i < ctl_commands_n; i++) {
		const char *name = ctl_commands[i].name;
		int n = (int)strcspn(name, " ");

		if (!i || strncmp(name, ctl_commands[i - 1].name, (size_t)n + (name[n] == ' ')))
			printf("%s%.*s", i ? " " : "", n, name);
	}
	print_words(common);
	puts(" --version --manual --completion\" ;;");
	for (size_t i = 0; i < ctl_commands_n; i++) {
		const char *name = ctl_commands[i].name;
		int n = (int)strcspn(name, " ");

		if (!name[n] || (i && !strncmp(name, ctl_commands[i - 1].name, (size_t)n + 1)))
			continue;
		printf("\t%.*s) offer=\"", n, name);
		for (size_t j = i; j < ctl_commands_n && !strncmp(name, ctl_commands[j].name, (size_t)n + 1); j++)
			printf("%s%s", j > i ? " " : "", ctl_commands[j].name + n + 1);
		puts("\" ;;");
	}
	for (size_t i = 0; i < ctl_commands_n; i++) {
		const struct ctl_command *row = &ctl_commands[i];

		printf("\t\"%s\"*) offer=\"%s", row->name, row->choices ? row->choices : "");
		print_words(common | row->options);
		printf("\"%s ;;\n", strstr(row->args, "FILE") ? "; files=1" : "");
	}
	puts("\tesac\n\tmapfile -t COMPREPLY < <(compgen -W \"$offer\" -- \"$cur\")\n"
	     "\tif ((files)); then mapfile -t -O \"${#COMPREPLY[@]}\" COMPREPLY < <(compgen -f -- \"$cur\"); fi\n}\n"
	     "complete -o filenames -F _weirctl weirctl");
}

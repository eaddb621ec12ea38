/* SPDX-License-Identifier: Apache-2.0 */
/** @file
 * What the parts of weirctl share: one row a command, one row an option, and the run of a command. The rows (commands.c,
 * options.c) are the only place that knows names: parser, help, manual page and completion are made from them. */
#ifndef WEIRCTL_CTL_H
#define WEIRCTL_CTL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "weir/weir.h"

/** Version of every JSON object; counts up when a name goes or changes its meaning, not when one comes. */
#define CTL_JSON_VERSION 1
#define CTL_VERSION "1.0.0"

/** Exit statuses. */
enum ctl_exit { CTL_DONE, CTL_FAILED, CTL_USAGE, CTL_NO_DEVICE, CTL_REFUSED, CTL_PARTLY };

enum ctl_flags {
	CTL_DEVICE = 1,    /**< opens the appliance first */
	CTL_SITE = 2,      /**< and its site; implies CTL_DEVICE */
	CTL_CHANGES = 4,   /**< changes it: signals wait until the change is done */
	CTL_LINES = 8,     /**< with --json: an object a line, as things happen */
};

/** Options, by number; bit n of a command's `options` says that it takes option n. */
enum ctl_key {
	/* of every command */
	CTL_OPT_DEVICE, CTL_OPT_SITE, CTL_OPT_JSON, CTL_OPT_RECORD, CTL_OPT_DEBUG, CTL_OPT_HELP,
	CTL_OPT_COMMON,
	/* of some */
	CTL_OPT_CONFIRM = CTL_OPT_COMMON, CTL_OPT_FOLLOW, CTL_OPT_INTERVAL, CTL_OPT_COUNT, CTL_OPT_LISTEN, CTL_OPT_LIMIT, CTL_OPT_ALL, CTL_OPT_SECONDS,
	CTL_OPT_WRITE, CTL_OPT_VERDICT, CTL_OPT_REASON, CTL_OPT_SIDE, CTL_OPT_EVERY, CTL_OPT_FORCE,
	CTL_OPTS
};
#define CTL_BIT(option) (1u << CTL_OPT_##option)

/** A row of options.c. */
struct ctl_option {
	const char *name;        /**< without its dashes */
	char letter;             /**< 0: none */
	const char *arg;         /**< NULL: takes none */
	bool number;             /**< whole, least to most */
	long def, least, most;
	const char *help;
};
extern const struct ctl_option ctl_options[CTL_OPTS];

struct ctl;

/** A row of commands.c. */
struct ctl_command {
	const char *name;        /**< one or two words */
	int (*run)(struct ctl *c);   /**< returns enum ctl_exit */
	int (*check)(struct ctl *c); /**< looks at the arguments before anything is opened: CTL_DONE or CTL_USAGE. NULL: nothing to look at */
	unsigned flags, options;
	const char *args;        /**< as help shows them; a word FILE is completed as a file */
	int least, most;         /**< count of arguments */
	const char *choices;     /**< words that completion offers, or NULL */
	const char *help;        /**< one line */
	const char *more;        /**< paragraphs of the manual, or NULL */
	const char *example;     /**< arguments behind "weirctl " */
};
extern const struct ctl_command ctl_commands[];
extern const size_t ctl_commands_n;

/** One run. */
struct ctl {
	const struct ctl_command *command;
	const char *url;
	const char *text[CTL_OPTS];  /**< of an option given, "" of one without argument; NULL: not given */
	long number[CTL_OPTS];       /**< given, or default */
	char **arg;
	int args;
	bool json;
	struct weir_dev *dev;
	struct weir_site *site;
	json_t *out;                 /**< with --json: the object that is printed at the end; handlers add to it */
	bool opening;                /**< what fails now is the opening of the appliance */
	bool lost;                   /**< of CTL_LINES: no object at the end */
	int failed;                  /**< status of ctl_fail() */
};

/* --- main.c, options.c --- */

/** Read the command line. @return CTL_DONE, or the status to end with: help has been printed, or what is wrong. -1: end with 0. */
int ctl_read(struct ctl *c, int argc, char **argv);

/** Nonsense in an argument: one line that names it, and how help is got. @return CTL_USAGE. */
int ctl_usage(struct ctl *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* --- help.c: all from the rows --- */
void ctl_help(void);
void ctl_help_command(const struct ctl_command *row);
void ctl_help_group(const char *group);
void ctl_manual(void);
void ctl_completion(void);

/* --- out.c --- */

/** Tell a failure: a line on standard error, "weirctl: WHAT: meaning: detail", and the error of the JSON object.
 * @param error   Of libweir; its text and the detail of the device follow.
 * @return The exit status for this error; the first one of a run stays. */
int ctl_fail(struct ctl *c, int error, const char *format, ...) __attribute__((format(printf, 3, 4)));
/** The same with a detail of one's own. */
int ctl_fail_detail(struct ctl *c, int error, const char *detail, const char *format, ...) __attribute__((format(printf, 4, 5)));
/** Exit status of an error; @param opening it happened while the appliance was opened. */
int ctl_status(int error, bool opening);

/** Text for people: nothing with --json. */
void ctl_say(const struct ctl *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
/** A remark for people on standard error, with --json too. */
void ctl_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** Add to the object that is printed at the end; takes `value`. Does nothing without --json. NULL ends the program: no memory. */
void ctl_json(struct ctl *c, const char *name, json_t *value);
/** `value`, unless it is NULL, which ends the program: no memory. */
json_t *ctl_made(json_t *value);
/** A string, never NULL. Octets that are no UTF-8, of a file's name or of what a board says of itself, become \\xHH: JSON has no others. */
json_t *ctl_text_json(const char *text);
/** Ends the program when there was no memory. */
void ctl_need(const void *memory);
/** An object of a line, now: {"weirctl", "command"} and those of `value`, which is taken. @return CTL_DONE; CTL_FAILED not written. */
int ctl_json_line(struct ctl *c, json_t *value);
/** Print the object, or an error's; see that all was written. @return the status to end with. */
int ctl_finish(struct ctl *c, int status);

/** Escape sequence for a colour when standard output is a terminal that wants it, otherwise "". */
enum ctl_colour { CTL_PLAIN, CTL_BOLD, CTL_RED, CTL_GREEN, CTL_YELLOW, CTL_DIM };
const char *ctl_colour(const struct ctl *c, enum ctl_colour colour);

/* Texts; `buf` holds CTL_TEXT bytes, and is returned. */
#define CTL_TEXT 64
char *ctl_time_s(uint64_t time_s, char *buf);           /**< of the appliance: "2026-11-22T01:40:12Z", or since power-on "+3d 04:05:06" */
char *ctl_count(double value, char *buf);               /**< "999", "12.3k", "4.56M" */
char *ctl_address(const struct weir_address *a, char *buf);   /**< "-" when unknown */
/** JSON of an address: its text, or null. */
json_t *ctl_address_json(const struct weir_address *a);
/** A whole number of an argument. @retval 0; -EINVAL, -ERANGE. */
int ctl_number_read(const char *text, uint64_t least, uint64_t most, uint64_t *ret);
/** Seconds of a clock that nobody sets. */
double ctl_clock_s(void);
void ctl_pause(int ms);
/** What the command's row asks for. @return CTL_DONE, or the status of what was told. */
int ctl_open(struct ctl *c);
/** The site, opened when it is not yet. @return CTL_DONE, or the status of what was told. */
int ctl_site(struct ctl *c);
const char *ctl_mode_name(unsigned mode);
extern const char *const ctl_side_names[3];

/** Whole text of a file, "-" standard input; at most 1 MiB. @param ret Taken: free(). @retval 0; -errno; -EFBIG. */
int ctl_file_read(const char *file, char **ret, size_t *ret_n);
/** Write a file, "-" standard output: a new one takes the name of the old one at once, or nothing is changed. @retval 0; -errno. */
int ctl_file_write(const char *file, const void *data, size_t n);

/* --- signals.c --- */

/** Set when SIGINT, SIGTERM or SIGHUP came. */
extern volatile int ctl_stop;
/** From now on these set ctl_stop, and end calls that wait. */
void ctl_catch(void);
/** The same, and they wait until ctl_wait(): a change is not cut in two. */
void ctl_hold(void);
/** Wait for a readable descriptor (-1: none), the time, or a signal.
 * @return 1 readable; 0 the time is over; -1 a signal. */
int ctl_wait(int fd, int timeout_ms);

/* --- the commands --- */
int ctl_check_counters(struct ctl *c);
int ctl_check_switch(struct ctl *c);
int ctl_check_threshold(struct ctl *c);
int ctl_check_mode(struct ctl *c);
int ctl_check_param(struct ctl *c);
int ctl_check_address(struct ctl *c);
int ctl_check_export(struct ctl *c);
int ctl_check_rules_add(struct ctl *c);
int ctl_check_rules_del(struct ctl *c);
int ctl_check_rules_apply(struct ctl *c);
int ctl_check_exporter(struct ctl *c);
int ctl_check_capture(struct ctl *c);
int ctl_run_list(struct ctl *c);
int ctl_run_status(struct ctl *c);
int ctl_run_counters(struct ctl *c);
int ctl_run_selftest(struct ctl *c);
int ctl_run_bypass(struct ctl *c);
int ctl_run_top(struct ctl *c);
int ctl_run_meters(struct ctl *c);
int ctl_run_threshold_get(struct ctl *c);
int ctl_run_threshold_set(struct ctl *c);
int ctl_run_mode(struct ctl *c);
int ctl_run_param_get(struct ctl *c);
int ctl_run_param_set(struct ctl *c);
int ctl_run_learn_export(struct ctl *c);
int ctl_run_learn_import(struct ctl *c);
int ctl_run_learn_freeze(struct ctl *c);
int ctl_run_learn_forget(struct ctl *c);
int ctl_run_sources(struct ctl *c);
int ctl_run_connections(struct ctl *c);
int ctl_run_legit_show(struct ctl *c);
int ctl_run_legit_del(struct ctl *c);
int ctl_run_rules_show(struct ctl *c);
int ctl_run_rules_add(struct ctl *c);
int ctl_run_rules_del(struct ctl *c);
int ctl_run_rules_load(struct ctl *c);
int ctl_run_rules_diff(struct ctl *c);
int ctl_run_rules_apply(struct ctl *c);
int ctl_run_policy_check(struct ctl *c);
int ctl_run_policy_load(struct ctl *c);
int ctl_run_policy_save(struct ctl *c);
int ctl_run_snapshot_save(struct ctl *c);
int ctl_run_snapshot_restore(struct ctl *c);
int ctl_run_alarms(struct ctl *c);
int ctl_run_events(struct ctl *c);
int ctl_run_why(struct ctl *c);
int ctl_run_exporter(struct ctl *c);
int ctl_run_capture(struct ctl *c);

#endif

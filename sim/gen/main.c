// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "options.h"
#include "out.h"
#include "pattern.h"

static struct gen_options opts;
static uint64_t skipped[GEN_ATTACKS_MAX];

static int finish_stdout(void)
{
	if (fflush(stdout) || ferror(stdout)) {
		perror("weir-gen: standard output");
		return 1;
	}
	return 0;
}

static struct gen_mixer *make_streams(void)
{
	size_t max = opts.pattern >= 0 ? GEN_SIDES : gen_honest_streams(&opts.honest) + opts.n_attacks;
	struct gen_mixer *m = gen_mixer_new(max);
	int err = 0;

	if (!m)
		return NULL;
	if (opts.pattern >= 0)
		err = gen_pattern_add(m, opts.pattern, opts.packets, opts.seed, opts.protect, opts.n_protect,
				      opts.remote, opts.n_remote, &opts.vlan[0]);
	else
		err = gen_honest_add(m, &opts.honest);
	for (size_t i = 0; i < opts.n_attacks && !err; i++)
		err = gen_attack_add(m, &opts.attack[i], (int)i, &skipped[i]);
	if (err) {
		gen_mixer_free(m);
		return NULL;
	}
	return m;
}

static void summary(const struct gen_counts *c)
{
	uint64_t honest = c->packets;

	for (size_t i = 0; i < opts.n_attacks; i++)
		honest -= c->attack[i];
	fprintf(stderr, "%" PRIu64 " packets, %" PRIu64 " bytes, %" PRIu64 ".%03" PRIu64 " s: %" PRIu64
		" from the unprotected side, %" PRIu64 " from the protected side\n",
		c->packets, c->bytes, c->last_ns / GEN_NS_PER_S, c->last_ns % GEN_NS_PER_S / GEN_NS_PER_MS,
		c->side[GEN_UNPROTECTED], c->side[GEN_PROTECTED]);
	if (opts.pattern < 0)
		fprintf(stderr, "  %-24s %10" PRIu64 "\n", "honest", honest);
	for (size_t i = 0; i < opts.n_attacks; i++) {
		char text[WEIR_ADDR_TEXT_MAX];

		fprintf(stderr, "  %-24s %10" PRIu64 "  to %s\n", opts.attack[i].label.name, c->attack[i],
			weir_prefix_format(&opts.attack[i].label.target, text));
	}
}

/* Said even with --quiet: the capture is not what was asked for. */
static void warn_skipped(void)
{
	for (size_t i = 0; i < opts.n_attacks; i++)
		if (skipped[i])
			fprintf(stderr, "weir-gen: %s: %" PRIu64 " packets left out, the wire was full\n",
				opts.attack[i].label.name, skipped[i]);
}

int main(int argc, char **argv)
{
	struct gen_counts counts = { 0 };
	struct gen_mixer *m;
	struct gen_out *out;
	char detail[400];
	int err;

	gen_options_read(argc, argv, &opts);
	if (opts.manual) {
		gen_manual();
		return finish_stdout();
	}
	if (opts.list) {
		if (gen_list(opts.list)) {
			fprintf(stderr, "weir-gen: --list=%s: expected scenarios, attacks, malformed, mix or "
				"patterns\n", opts.list);
			return 2;
		}
		return finish_stdout();
	}
	if (opts.out[0] == '-' && !opts.out[1] && isatty(STDOUT_FILENO)) {
		fprintf(stderr, "weir-gen: a capture on a terminal is no use; redirect standard output\n");
		return 2;
	}
	/* A closed pipe is a failed write like any other. */
	signal(SIGPIPE, SIG_IGN);
	m = make_streams();
	if (!m) {
		fprintf(stderr, "weir-gen: no memory for %u clients\n", opts.honest.clients);
		return 1;
	}
	if (gen_out_open(opts.out, opts.labels, opts.epoch_ns, opts.attack, opts.n_attacks, &out, detail,
			 sizeof(detail))) {
		fprintf(stderr, "weir-gen: %s\n", detail);
		gen_mixer_free(m);
		return 1;
	}
	err = gen_mixer_run(m, opts.pattern >= 0 ? GEN_NEVER : opts.duration_ns, gen_out_frame, out);
	gen_mixer_free(m);
	if (gen_out_close(out, &counts, detail, sizeof(detail)) || err) {
		fprintf(stderr, "weir-gen: %s\n", detail);
		return 1;
	}
	if (!opts.quiet)
		summary(&counts);
	warn_skipped();
	return 0;
}

// SPDX-License-Identifier: Apache-2.0
#include "input.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/capture/guess.h"
#include "sim/capture/reader.h"
#include "sim/capture/sides.h"

enum { AddressesShown = 4 };

struct file {
	struct weir_capture *capture;
	struct weir_sides *sides;      /* NULL: the file is one side */
};

struct weir_sim_input {
	struct file file[2];
	int files;
	struct weir_schedule *schedule;
	char sides[WEIR_INPUT_TEXT];
};

static int next_frame(void *ctx, struct weir_scheduled *ret)
{
	struct file *f = ctx;
	struct weir_captured c;
	int rc = weir_capture_next(f->capture, &c);

	if (rc <= 0)
		return rc;
	*ret = (struct weir_scheduled){
		.bytes = c.bytes, .captured = c.captured, .wire_len = c.wire_len, .time_ns = c.time_ns,
		.side = f->sides ? weir_sides_of(f->sides, c.bytes, c.captured) : 0,
	};
	return 1;
}

static int guess(const char *file, struct weir_prefix prefix[WEIR_GUESS_MAX], size_t *ret_n, char *detail)
{
	struct weir_capture *capture;
	struct weir_captured c;
	struct weir_guess *g;
	int rc = weir_capture_open(file, &capture, detail);

	if (rc)
		return rc;
	g = weir_guess_new();
	if (!g) {
		weir_capture_close(capture);
		snprintf(detail, WEIR_INPUT_TEXT, "no memory");
		return -ENOMEM;
	}
	/* Where it breaks off is told when it is judged. */
	for (int i = 0; i < WEIR_GUESS_FRAMES && weir_capture_next(capture, &c) == 1; i++)
		weir_guess_frame(g, c.bytes, c.captured);
	*ret_n = weir_guess_result(g, prefix);
	weir_guess_free(g);
	weir_capture_close(capture);
	return 0;
}

static void tell_prefixes(struct weir_sim_input *in, const char *how, const struct weir_prefix *prefix, size_t n,
			  const char *then)
{
	char text[WEIR_ADDR_TEXT_MAX];
	size_t used = (size_t)snprintf(in->sides, sizeof(in->sides), "%s", how);

	for (size_t i = 0; i < n && i < AddressesShown; i++) {
		const struct weir_prefix *p = &prefix[i];
		bool host = p->len == (p->addr.family == 4 ? 32 : 128);

		used += (size_t)snprintf(in->sides + used, sizeof(in->sides) - used, "%s%s", i ? ", " : "",
					 host ? weir_addr_format(&p->addr, text) : weir_prefix_format(p, text));
	}
	if (n > AddressesShown)
		used += (size_t)snprintf(in->sides + used, sizeof(in->sides) - used, " and %zu more",
					 n - AddressesShown);
	snprintf(in->sides + used, sizeof(in->sides) - used, "%s", then);
}

static int set_sides(struct weir_sim_input *in, const char *file, const struct weir_prefix *prefix, size_t n,
		     char *detail)
{
	struct weir_prefix guessed[WEIR_GUESS_MAX];
	bool known = n;
	int rc = 0;

	if (!known) {
		if (!strcmp(file, "-")) {
			snprintf(detail, WEIR_INPUT_TEXT,
				 "-: the sides of standard input cannot be guessed; give --protect");
			return -EINVAL;
		}
		rc = guess(file, guessed, &n, detail);
		prefix = guessed;
	}
	if (rc)
		return rc;
	in->file[0].sides = calloc(1, sizeof(*in->file[0].sides));
	if (!in->file[0].sides) {
		snprintf(detail, WEIR_INPUT_TEXT, "no memory");
		return -ENOMEM;
	}
	weir_sides_init(in->file[0].sides, prefix, n);
	if (known)
		tell_prefixes(in, "Protected: ", prefix, n, "");
	else if (n)
		tell_prefixes(in, "Sides guessed from who answers: protected ", prefix, n,
			      "; --protect tells them for sure");
	else
		snprintf(in->sides, sizeof(in->sides),
			 "No addresses to guess the sides from: every frame counts as from the unprotected side");
	return 0;
}

int weir_sim_input_open(const struct weir_options *o, const struct weir_prefix *prefix, size_t n,
			struct weir_sim_input **ret, char *detail)
{
	struct weir_sim_input *in = calloc(1, sizeof(*in));
	void *contexts[2];
	int rc = 0;

	snprintf(detail, WEIR_INPUT_TEXT, "no memory");
	if (!in)
		return -ENOMEM;
	for (int i = 0; i < 2; i++)
		contexts[i] = &in->file[i];
	in->files = o->captures;
	if (o->captures == 1)
		rc = set_sides(in, o->capture[0], prefix, n, detail);
	for (int i = 0; i < o->captures && !rc; i++)
		rc = weir_capture_open(o->capture[i], &in->file[i].capture, detail);
	if (!rc) {
		in->schedule = weir_schedule_new(next_frame, contexts, o->captures, o->fast, WEIR_SCHEDULE_AHEAD);
		rc = in->schedule ? 0 : -ENOMEM;
	}
	if (rc) {
		weir_sim_input_close(in);
		return rc;
	}
	*ret = in;
	return 0;
}

void weir_sim_input_close(struct weir_sim_input *in)
{
	if (!in)
		return;
	weir_schedule_free(in->schedule);
	for (int i = 0; i < 2; i++) {
		weir_capture_close(in->file[i].capture);
		free(in->file[i].sides);
	}
	free(in);
}

const char *weir_sim_input_sides(const struct weir_sim_input *in)
{
	return in->sides;
}

int weir_sim_input_next(struct weir_sim_input *in, struct weir_input *ret)
{
	return weir_schedule_next(in->schedule, ret);
}

const char *weir_sim_input_detail(const struct weir_sim_input *in)
{
	for (int i = 0; i < in->files; i++)
		if (weir_capture_detail(in->file[i].capture)[0])
			return weir_capture_detail(in->file[i].capture);
	return "no memory";
}

double weir_sim_input_progress(const struct weir_sim_input *in)
{
	double sum = 0;

	for (int i = 0; i < in->files; i++) {
		double p = weir_capture_progress(in->file[i].capture);

		if (p < 0)
			return p;
		sum += p / in->files;
	}
	return sum;
}

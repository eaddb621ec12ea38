// SPDX-License-Identifier: Apache-2.0
/* corpus-check [options] DIR: every capture of DIR/index.tsv through the data path as weir-sim would do it (capture reader,
 * guessed sides, schedule, default policy), and what the records say against the index's counts (docs/corpus.md).
 *
 * A frame that is refused has no record. Its counts are added from the model's parser: the index counts it, and what
 * parsing would find does not depend on the maximum. Which frames are to be refused is worked out here once more. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "corpus_tables.h"
#include "sim/capture/guess.h"
#include "sim/capture/reader.h"
#include "sim/capture/sides.h"
#include "host/policy/compile.h"
#include "host/common/lists.h"
#include "sim/model/parse.h"
#include "sim/schedule/schedule.h"

enum {
	FastEvery = 8, FastFrames = 300, /* subset fast: the hardware judges every so manieth file, if it has fewer frames */
	ProblemsShown = 3,         /* of a file */
	FrameMin = 60, HeaderBytes = 14, TagBytes = 4, FrameBytesMax = 1 << 18,
	PathMax = 4096, DocMax = 1 << 20, Seed = 1,
};

struct run {
	bool both, fast, list;
	size_t part, parts;        /* of the files: those whose number modulo parts is part */
	const char *folder;
	struct corpus_tables tables;
	struct weir_policy policy;
	struct weir_writes writes;
	uint64_t checks, failed, files, frames, hardware, all_refused;
	/* of the file */
	const struct corpus_file *file;
	struct weir_capture *capture;
	struct weir_sides sides;
	uint64_t count[CORPUS_COLUMNS];
	uint64_t read, refused, fates, syntax_drops, first_syntax_drop;
	unsigned syntax_reason;
	uint64_t problems;
};

static void check(struct run *r, bool ok, const char *format, ...) __attribute__((format(printf, 3, 4)));
static void check(struct run *r, bool ok, const char *format, ...)
{
	va_list args;

	r->checks++;
	if (ok)
		return;
	r->failed++;
	if (r->list)
		return;
	if (r->file)
		printf("%s: ", r->file->name);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
}

static void count(struct run *r, const struct weir_record *rec)
{
	for (int i = 0; i < CORPUS_COLUMNS; i++)
		r->count[i] += corpus_columns[i].has(rec);
}

/* Whether the frame is to be refused (docs/datapath.md 1). */
static bool to_be_refused(const struct run *r, const struct weir_captured *c)
{
	uint32_t at = HeaderBytes - 2, most = (uint32_t)r->policy.max_frame_bytes;

	if (c->wire_len < HeaderBytes)
		return true;
	for (int tags = 0; tags < 2 && at + 2 <= c->captured; tags++, at += TagBytes, most += TagBytes) {
		unsigned type = (unsigned)c->bytes[at] << 8 | c->bytes[at + 1];

		if (type != 0x8100 && type != 0x88a8 && type != 0x9100)
			break;
	}
	return c->wire_len > most;
}

static void count_refused(struct run *r, const struct weir_captured *c)
{
	static uint8_t frame[FrameBytesMax];
	uint32_t known = c->captured < FrameBytesMax ? c->captured : FrameBytesMax, len = c->wire_len;
	struct weir_record rec = { 0 };

	memcpy(frame, c->bytes, known);
	if (len < FrameMin) {
		memset(frame + known, 0, FrameMin - known);
		known = known == len ? FrameMin : known;
		len = FrameMin;
	}
	weir_parse(frame, len, known, &rec);
	count(r, &rec);
	r->refused++;
}

static int next_frame(void *ctx, struct weir_scheduled *ret)
{
	struct run *r = ctx;
	struct weir_captured c;
	int rc = weir_capture_next(r->capture, &c);

	if (rc <= 0)
		return rc;
	r->read++;
	if (to_be_refused(r, &c))
		count_refused(r, &c);
	*ret = (struct weir_scheduled){
		.bytes = c.bytes, .captured = c.captured, .wire_len = c.wire_len, .time_ns = c.time_ns,
		.side = weir_sides_of(&r->sides, c.bytes, c.captured),
	};
	return 1;
}

static void on_fate(void *ctx, const struct weir_packet *p)
{
	struct run *r = ctx;

	r->fates++;
	if (p->fate == WEIR_FATE_REFUSED)
		return;
	count(r, &p->rec);
	if (p->rec.verdict != WEIR_VERDICT_drop || p->rec.reason < WEIR_REASON_anomaly_0 ||
	    p->rec.reason >= WEIR_REASON_anomaly_0 + WEIR_ANOMALIES)
		return;
	if (!r->syntax_drops++) {
		r->first_syntax_drop = p->number;
		r->syntax_reason = p->rec.reason;
	}
}

static void on_problem(void *ctx, const char *text)
{
	struct run *r = ctx;

	if (r->problems++ < ProblemsShown && !r->list)
		printf("%s: %s\n", r->file->name, text);
}

static const struct weir_session_sink sink = { .fate = on_fate, .problem = on_problem };

static bool guess_sides(struct run *r, const char *path, char *detail)
{
	struct weir_prefix prefix[WEIR_GUESS_MAX];
	struct weir_guess *g = weir_guess_new();
	struct weir_captured c;

	if (!g || weir_capture_open(path, &r->capture, detail)) {
		weir_guess_free(g);
		return false;
	}
	while (weir_capture_next(r->capture, &c) == 1)
		weir_guess_frame(g, c.bytes, c.captured);
	weir_sides_init(&r->sides, prefix, weir_guess_result(g, prefix));
	weir_guess_free(g);
	weir_capture_close(r->capture);
	return true;
}

static void judge(struct run *r, struct weir_session *s, const char *path, char *detail)
{
	void *const contexts[2] = { r, NULL };
	struct weir_schedule *schedule;
	struct weir_input in;
	int rc = weir_capture_open(path, &r->capture, detail);

	check(r, !rc, "opened once, but not twice: %s", detail);
	if (rc)
		return;
	schedule = weir_schedule_new(next_frame, contexts, 1, false, WEIR_SCHEDULE_AHEAD);
	while (schedule && weir_schedule_next(schedule, &in) == 1 && !rc)
		rc = weir_session_submit(s, &in);
	check(r, schedule && !rc, "no memory, or the hardware makes no progress (%d)", rc);
	weir_schedule_free(schedule);
	weir_capture_close(r->capture);
	rc = weir_session_finish(s);
	check(r, !rc, "the hardware does not come to an end (%d)", rc);
}

static void run_session(struct run *r, const char *path, bool hardware, char *detail)
{
	const struct weir_engine_options options = { .gmii = false };
	const struct weir_engine_ops *failed;
	const struct weir_session_counts *c;
	struct weir_session *s = NULL;
	int rc = weir_session_new(hardware ? &weir_engine_rtl_stream : &weir_engine_model,
				  hardware ? &weir_engine_model : NULL, &options, &sink, r, &s, &failed);

	for (size_t i = 0; i < r->writes.n && !rc; i++)
		rc = weir_session_write(s, r->writes.write[i].addr, r->writes.write[i].value);
	check(r, !rc, "the engines do not start (%d)", rc);
	if (!rc) {
		judge(r, s, path, detail);
		c = weir_session_counts(s);
		check(r, !weir_session_unexplained(s), "%" PRIu64 " frames unexplained",
		      weir_session_unexplained(s));
		check(r, c->offered == r->read && r->fates == r->read,
		      "%" PRIu64 " frames read, %" PRIu64 " offered, %" PRIu64 " told of", r->read, c->offered,
		      r->fates);
		check(r, c->fate[WEIR_FATE_REFUSED] == r->refused, "%" PRIu64 " frames refused, not %" PRIu64,
		      c->fate[WEIR_FATE_REFUSED], r->refused);
		if (hardware) {
			check(r, !c->mismatches && !r->problems && c->compared + r->refused >= r->read,
			      "%" PRIu64 " mismatches, %" PRIu64 " problems, %" PRIu64 " frames compared",
			      c->mismatches, r->problems, c->compared);
			r->hardware += c->offered;
		}
	}
	weir_session_free(s);
}

static void check_counts(struct run *r)
{
	for (int i = 0; i < CORPUS_COLUMNS; i++) {
		struct corpus_difference *d = corpus_difference_find(&r->tables, r->file->name, i);
		const char *column = corpus_columns[i].name;
		uint64_t index = r->file->count[i], ours = r->count[i];

		if (d)
			d->seen = true;
		if (r->list && index != ours)
			printf("%s\t%s\t%" PRIu64 "\t%" PRIu64 "\t?\n", r->file->name, column, index, ours);
		if (!d)
			check(r, index == ours, "%s: the index has %" PRIu64 ", we have %" PRIu64
			      ", and no difference is listed", column, index, ours);
		else
			check(r, index == d->index && ours == d->ours,
			      "%s: the index has %" PRIu64 ", we have %" PRIu64 "; listed (differences.tsv:%u) are %" PRIu64
			      " and %" PRIu64, column, index, ours, d->line, d->index, d->ours);
	}
}

static void run_file(struct run *r, size_t number)
{
	const struct corpus_file *f = &r->tables.file[number];
	char path[PathMax], detail[WEIR_CAPTURE_DETAIL] = "";
	bool hardware = r->both && (!r->fast || (number % FastEvery == 0 && f->count[0] < FastFrames));
	struct stat status;

	r->file = f;
	r->files++;
	memset(r->count, 0, sizeof(r->count));
	r->read = r->refused = r->fates = r->syntax_drops = r->problems = 0;
	snprintf(path, sizeof(path), "%s/%s", r->folder, f->name);
	if (stat(path, &status) || (uint64_t)status.st_size != f->bytes) {
		check(r, false, "missing, or not of the %" PRIu64 " bytes that the index tells; get the captures again",
		      f->bytes);
		return;
	}
	/* Unreadable: 0 frames, which is a difference like any other. */
	if (guess_sides(r, path, detail))
		run_session(r, path, hardware, detail);
	check_counts(r);
	if (f->clean)
		check(r, !r->syntax_drops, "clean, but %" PRIu64 " frames dropped by a syntax check, first %" PRIu64 " (%s)",
		      r->syntax_drops, r->first_syntax_drop, weir_reason_name(r->syntax_reason));
	r->frames += r->read;
	r->all_refused += r->refused;
}

/* The document has the table of causes as it is. */
static void check_doc(struct run *r, const char *name)
{
	char *want = NULL, *doc = calloc(1, DocMax);
	size_t n = 0;
	FILE *f = open_memstream(&want, &n), *d = fopen(name, "re");

	corpus_causes_print(&r->tables, f);
	fclose(f);
	if (d && doc && fread(doc, 1, DocMax - 1, d))
		check(r, strstr(doc, want), "%s: its table of causes is not what corpus-check --causes prints", name);
	else
		check(r, false, "%s: not there", name);
	if (d)
		fclose(d);
	free(doc);
	free(want);
}

static int usage(void)
{
	fprintf(stderr, "usage: corpus-check [--engine model|both] [--subset fast] [--part I/N] [--known DIR] "
			"[--doc FILE] [--list | --causes] DIR\n");
	return 2;
}

static int end(const struct run *r)
{
	if (!r->list)
		printf("corpus: %" PRIu64 " checks, %" PRIu64 " failed (%" PRIu64 " files, %" PRIu64 " frames; of these %" PRIu64
		       " refused, %" PRIu64 " through the hardware)\n", r->checks, r->failed, r->files, r->frames,
		       r->all_refused, r->hardware);
	return r->failed ? 1 : 0;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "engine", required_argument, NULL, 'e' }, { "subset", required_argument, NULL, 's' },
		{ "part", required_argument, NULL, 'p' }, { "known", required_argument, NULL, 'k' }, { "doc", required_argument, NULL, 'd' },
		{ "list", no_argument, NULL, 'l' }, { "causes", no_argument, NULL, 'c' }, { 0 },
	};
	static struct run r = { .both = true, .parts = 1 };
	const char *known = "sim/tests/corpus", *doc = NULL;
	char detail[CORPUS_DETAIL] = "";
	bool causes = false;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
		switch (option) {
		case 'e':
			r.both = !strcmp(optarg, "both");
			if (!r.both && strcmp(optarg, "model"))
				return usage();
			break;
		case 's':
			r.fast = true;
			if (strcmp(optarg, "fast"))
				return usage();
			break;
		case 'p':
			if (sscanf(optarg, "%zu/%zu", &r.part, &r.parts) != 2 || !r.part || r.part-- > r.parts)
				return usage();
			break;
		case 'k':
			known = optarg;
			break;
		case 'd':
			doc = optarg;
			break;
		case 'l':
			r.list = true;
			break;
		case 'c':
			causes = true;
			break;
		default:
			return usage();
		}
	if (optind + 1 != argc)
		return usage();
	r.folder = argv[optind];
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (corpus_tables_read(r.folder, known, &r.tables, detail)) {
		if (r.tables.text[0])
			check(&r, false, "%s", detail);
		else
			check(&r, false, "%s; %s is to hold the captures and their index.tsv: name the folder with "
			      "make CORPUS=DIR", detail, r.folder);
		return end(&r);
	}
	if (causes) {
		corpus_causes_print(&r.tables, stdout);
		corpus_tables_done(&r.tables);
		return 0;
	}
	weir_policy_default(&r.policy);
	if (weir_policy_compile(&r.policy, Seed, "default policy", &r.writes, detail)) {
		check(&r, false, "%s", detail);
		return end(&r);
	}
	for (size_t i = r.part; i < r.tables.files; i += r.parts)
		run_file(&r, i);
	r.file = NULL;
	for (size_t i = 0; i < r.tables.differences && r.parts == 1; i++)
		check(&r, r.tables.difference[i].seen, "differences.tsv:%u: its file was not looked at",
		      r.tables.difference[i].line);
	for (size_t i = 0; i < r.tables.causes; i++)
		check(&r, r.tables.cause[i].counts, "causes.tsv: %s explains nothing", r.tables.cause[i].name);
	if (doc)
		check_doc(&r, doc);
	option = end(&r);
	weir_writes_done(&r.writes);
	corpus_tables_done(&r.tables);
	return option;
}

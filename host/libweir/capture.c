// SPDX-License-Identifier: Apache-2.0
/* Capture of frames: its registers, and frames one after the other (docs/soc.md, "Capture"). */
#include "weir/capture.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "detail.h"
#include "host/common/lists.h"
#include "weir/weir_regs.h"

enum {
	MinorLeast = 1,        /* of the soc's version, that has captures */
	SampleMost = 15, SidesAll = 3, EntryWords = 64, HeadWords = 4, FrameLeast = 14,
	RoundsMost = 4,        /* of emptying the memory */
	MissedMask = 0xffffff,
};

_Static_assert(EntryWords == WEIR_SOC_CAPTURE_HEAD_COUNT, "words of an entry");
_Static_assert(WEIR_SOC_CAPTURE_REASON == WEIR_SOC_CAPTURE + 4 && WEIR_SOC_CAPTURE_QUEUE == WEIR_SOC_CAPTURE + 8, "read and written at once");

#define FIELD(word, field) (((word) & field##_MASK) >> field##_LSB)
#define IN_FIELD(value, field) ((uint32_t)(value) << field##_LSB & field##_MASK)

/* The registers, as they are read at once. */
struct look {
	uint32_t settings, reason, queue;
};

struct weir_capture_run {
	struct weir_dev *dev;
	uint32_t settings, reason;               /* as they have been set */
	uint32_t old_settings, old_reason;       /* and are put back; never with run */
	uint32_t missed_seen;                    /* modulo 2^24 */
	uint64_t missed;
	unsigned waiting;                        /* known to wait */
	bool lost;                               /* somebody else captures: nothing there is ours any more */
	bool unsure;                             /* `held` was read, but whether it has been taken off is not known */
	struct weir_capture_frame held;
};

/* --- Names -------------------------------------------------------------------------------------------------------- */

static int number_of(int found, uint8_t *ret)
{
	if (found < 0)
		return WEIR_EUNKNOWN;
	*ret = (uint8_t)found;
	return 0;
}

int weir_capture_reason(const char *name, uint8_t *ret)
{
	return number_of(weir_reason_find(name), ret);
}

int weir_capture_verdict(const char *name, uint8_t *ret)
{
	return number_of(weir_verdict_find(name), ret);
}

/* --- Registers ---------------------------------------------------------------------------------------------------- */

static int read_registers(struct weir_dev *dev, struct look *ret)
{
	uint32_t word[3];
	int rc = weir_read(dev, WEIR_SOC_CAPTURE, 3, word);

	if (!rc)
		*ret = (struct look){ word[0], word[1], word[2] };
	return rc;
}

/* One request, so both are as they should be or neither is. */
static int write_settings(struct weir_dev *dev, uint32_t settings, uint32_t reason)
{
	const uint32_t word[2] = { settings, reason };

	return weir_write(dev, WEIR_SOC_CAPTURE, 2, word);
}

static int pop(struct weir_dev *dev)
{
	const uint32_t word = 1;

	return weir_write(dev, WEIR_SOC_CAPTURE_POP, 1, &word);
}

/* Take everything off while nothing new comes. */
static int empty(struct weir_dev *dev, struct look *ret)
{
	for (unsigned round = 0; round < RoundsMost; round++) {
		int rc = read_registers(dev, ret);
		unsigned n = rc ? 0 : FIELD(ret->queue, WEIR_SOC_CAPTURE_QUEUE_COUNT);

		if (rc || !n)
			return rc;
		while (n-- && !rc)
			rc = pop(dev);
		if (rc)
			return rc;
	}
	return weir_dev_fail(dev, WEIR_EPROTOCOL, "captured frames come though none should");
}

/* --- Begin and end ------------------------------------------------------------------------------------------------ */

static int check(struct weir_dev *dev, const struct weir_capture_filter *f)
{
	const struct weir_caps *caps = weir_dev_caps(dev);

	if (f->sample_log2 > SampleMost || !f->sides || f->sides > SidesAll || !f->verdicts)
		return weir_dev_fail(dev, -EINVAL, "a filter that fits nothing: one of 2^%u frames, sides %u, verdicts 0x%02x", f->sample_log2, f->sides,
				     f->verdicts);
	if (caps->soc_minor < MinorLeast)
		return weir_dev_fail(dev, WEIR_EVERSION, "this appliance cannot capture: its soft core's part is of version %u.%u, captures came with %u.%u; use a newer bitstream",
				     caps->soc_major, caps->soc_minor, WEIR_SOC_VERSION_MAJOR_RESET, MinorLeast);
	return 0;
}

static int begin(struct weir_capture_run *run, bool force)
{
	struct look now;
	int rc = read_registers(run->dev, &now);

	if (rc)
		return rc;
	if (FIELD(now.settings, WEIR_SOC_CAPTURE_RUN) && !force)
		return weir_dev_fail(run->dev, WEIR_EREFUSED, "somebody captures already, or went without an end of it; force takes it over");
	run->old_settings = now.settings & ~WEIR_SOC_CAPTURE_RUN_MASK;
	run->old_reason = now.reason;
	/* Set while nothing runs: it counts for frames on their way as soon as it is written. */
	rc = write_settings(run->dev, run->settings & ~WEIR_SOC_CAPTURE_RUN_MASK, run->reason);
	rc = rc ? rc : empty(run->dev, &now);
	run->missed_seen = FIELD(now.queue, WEIR_SOC_CAPTURE_QUEUE_MISSED);
	rc = rc ? rc : write_settings(run->dev, run->settings, run->reason);
	if (rc) {
		char detail[WEIR_DETAIL];

		memcpy(detail, weir_dev_detail(run->dev), sizeof(detail));
		(void)write_settings(run->dev, run->old_settings, run->old_reason);
		weir_dev_fail(run->dev, rc, "%s", detail);
	}
	return rc;
}

int weir_capture_start(struct weir_dev *dev, const struct weir_capture_filter *filter, bool force, struct weir_capture_run **ret_run)
{
	static const struct weir_capture_filter all = { .sides = SidesAll, .verdicts = 0xff };
	const struct weir_capture_filter *f = filter ? filter : &all;
	struct weir_capture_run *run;
	int rc = check(dev, f);

	if (rc)
		return rc;
	run = calloc(1, sizeof(*run));
	if (!run)
		return weir_dev_fail(dev, -ENOMEM, "no memory for a capture");
	run->dev = dev;
	run->settings = WEIR_SOC_CAPTURE_RUN_MASK | IN_FIELD(f->sample_log2, WEIR_SOC_CAPTURE_SAMPLE_LOG2) | IN_FIELD(f->sides, WEIR_SOC_CAPTURE_SIDES) |
			IN_FIELD(f->verdicts, WEIR_SOC_CAPTURE_VERDICTS);
	run->reason = IN_FIELD(f->reason_match, WEIR_SOC_CAPTURE_REASON_MATCH) | IN_FIELD(f->reason_mask, WEIR_SOC_CAPTURE_REASON_MASK);
	rc = begin(run, force);
	if (rc)
		free(run);
	else
		*ret_run = run;
	return rc;
}

int weir_capture_halt(struct weir_capture_run *run)
{
	uint32_t settings = run->settings & ~WEIR_SOC_CAPTURE_RUN_MASK;
	int rc = write_settings(run->dev, settings, run->reason);

	if (!rc)
		run->settings = settings;
	return rc;
}

int weir_capture_stop(struct weir_capture_run *run)
{
	struct look now;
	int rc;

	if (!run)
		return 0;
	/* Of a capture that is somebody else's now: the line is asked, as for the other, and nothing is changed. */
	rc = run->lost ? read_registers(run->dev, &now) : write_settings(run->dev, run->old_settings, run->old_reason);
	if (!rc && !run->lost)
		rc = empty(run->dev, &now);
	free(run);
	return rc;
}

/* --- Frames ------------------------------------------------------------------------------------------------------- */

uint64_t weir_capture_missed(const struct weir_capture_run *run)
{
	return run->missed;
}

static int look(struct weir_capture_run *run)
{
	struct look now;
	uint32_t missed;
	int rc = read_registers(run->dev, &now);

	if (rc)
		return rc;
	run->lost = now.settings != run->settings || now.reason != run->reason;
	if (run->lost)
		return weir_dev_fail(run->dev, WEIR_EREFUSED, "the capture is not as it was set: the appliance has been switched off and on, or somebody else captures");
	missed = FIELD(now.queue, WEIR_SOC_CAPTURE_QUEUE_MISSED);
	run->missed += (missed - run->missed_seen) & MissedMask;
	run->missed_seen = missed;
	run->waiting = FIELD(now.queue, WEIR_SOC_CAPTURE_QUEUE_COUNT);
	return 0;
}

/* The oldest entry; docs/soc.md has its words. */
static int read_head(struct weir_capture_run *run, struct weir_capture_frame *ret)
{
	uint32_t w[EntryWords];
	int rc = weir_read(run->dev, WEIR_SOC_CAPTURE_HEAD(0), EntryWords, w);

	if (rc)
		return rc;
	*ret = (struct weir_capture_frame){
		.number = w[0], .stamp_us = (uint64_t)(w[2] & 0xffffff) << 32 | w[1], .captured = (uint16_t)(w[2] >> 24), .reason = (uint8_t)w[3],
		.verdict = w[3] >> 8 & 7, .side = w[3] >> 11 & 1, .len = w[3] >> 16 & 0x7ff,
	};
	if (ret->captured > WEIR_CAPTURE_OCTETS || ret->captured > ret->len || ret->len < FrameLeast)
		return weir_dev_fail(run->dev, WEIR_EPROTOCOL, "a captured frame of %u octets with %u of them, which cannot be", ret->len, ret->captured);
	ret->verdict_name = weir_verdict_name(ret->verdict);
	ret->reason_name = weir_reason_name(ret->reason);
	for (unsigned i = 0; i < ret->captured; i++)
		ret->octets[i] = (uint8_t)(w[HeadWords + i / 4] >> 8 * (i % 4));
	return 0;
}

static bool same(const struct weir_capture_frame *a, const struct weir_capture_frame *b)
{
	return a->number == b->number && a->stamp_us == b->stamp_us && a->len == b->len && a->side == b->side;
}

/* Take `held` off. When that fails it may have been done: whether it still is the oldest one tells. */
static int take_off(struct weir_capture_run *run)
{
	int rc;

	if (run->unsure) {
		struct weir_capture_frame oldest;

		rc = look(run);
		if (!rc && run->waiting)
			rc = read_head(run, &oldest);
		if (rc)
			return rc;
		run->unsure = run->waiting && same(&oldest, &run->held);
		if (!run->unsure)
			return 0;
	}
	run->unsure = true;
	rc = pop(run->dev);
	if (rc)
		return rc;
	run->unsure = false;
	run->waiting--;
	return 0;
}

int weir_capture_take(struct weir_capture_run *run, struct weir_capture_frame *ret)
{
	int rc = 0;

	if (!run->unsure) {
		if (!run->waiting)
			rc = look(run);
		if (rc || !run->waiting)
			return rc;
		rc = read_head(run, &run->held);
	}
	rc = rc ? rc : take_off(run);
	if (rc)
		return rc;
	*ret = run->held;
	return 1;
}

// SPDX-License-Identifier: Apache-2.0
/* The mailbox to the firmware: registers mail, mail_in, mail_out (docs/soc.md), messages of 16 words (docs/firmware.md, "Mail").
 *
 * Each message bears a tag in bits 23:8 of its word 0, which its answer has, too. So an answer to a host that died before it could fetch it is not
 * taken for ours, whether it lies there when we come or comes while we wait. */
#include <errno.h>
#include <string.h>

#include "device_priv.h"
#include "weir/weir_regs.h"

enum { StatusLsb = 24, StatusUnknown = 1, StatusRange, StatusNotNow, TagLsb = 8, WaitFirstMs = 1, WaitMostMs = 20,
       Looks = 24 };

#define TAG_MASK 0x00ffff00u
#define SAME_MASK 0x00ffffffu
#define IN_FULL WEIR_SOC_MAIL_IN_FULL_MASK
#define OUT_FULL WEIR_SOC_MAIL_OUT_FULL_MASK

/** Let some time go by: nothing at first, then longer and longer. @retval -ETIMEDOUT the deadline is over. */
static int let_pass(struct weir_dev *dev, unsigned *wait_ms, int64_t deadline_ms)
{
	int64_t now_ms = weir_dev_now_ms(dev);
	int rc;

	if (now_ms >= deadline_ms)
		return -ETIMEDOUT;
	rc = weir_dev_wait(dev, now_ms + *wait_ms, false, false);
	*wait_ms = *wait_ms * 2 < WaitMostMs ? *wait_ms * 2 : WaitMostMs;
	return rc;
}

static int flags(struct weir_dev *dev, uint32_t *ret)
{
	return weir_read(dev, WEIR_SOC_MAIL, 1, ret);
}

static int turn(struct weir_dev *dev, uint32_t flag)
{
	return weir_write(dev, WEIR_SOC_MAIL, 1, &flag);
}

/** Make the mailbox empty: what a host has left that is gone. A message that the firmware has not taken yet stays until it does: only it
 * may turn in_full to 0, else both might. */
static int clear(struct weir_dev *dev, int64_t deadline_ms)
{
	unsigned wait_ms = WaitFirstMs;
	uint32_t word;
	int rc = weir_read(dev, WEIR_SOC_CPU, 1, &word);

	if (rc == 0 && !(word & WEIR_SOC_CPU_RUN_MASK))
		return weir_dev_fail(dev, WEIR_EFIRMWARE, "%s: the soft core is stopped", dev->url);
	while (rc == 0) {
		rc = flags(dev, &word);
		if (rc == 0 && word & OUT_FULL)
			rc = turn(dev, OUT_FULL);
		else if (rc == 0 && word & IN_FULL)
			rc = let_pass(dev, &wait_ms, deadline_ms);
		else
			break;
	}
	if (rc == -ETIMEDOUT && !dev->detail[0])
		return weir_dev_fail(dev, WEIR_EFIRMWARE, "%s: the firmware has not taken an earlier message yet", dev->url);
	/* The message of the host before us lies there still: ours is to differ from it. */
	if (rc == 0)
		rc = weir_read(dev, WEIR_SOC_MAIL_IN(0), 1, &word);
	if (rc == 0)
		dev->mail_tag = (uint16_t)((word & TAG_MASK) >> TagLsb);
	return rc;
}

/** Wait for the answer to a message.
 * @param clean  No answer to anybody else can come. Otherwise the firmware may have seen out_full as an answer to somebody else had left it, not have
 *               turned it over for ours, and still be writing when we see our tag: so the tag alone is asked, and what it is with read again, later. */
static int answer(struct weir_dev *dev, const uint32_t *message, bool clean, uint32_t *ret, int64_t deadline_ms)
{
	unsigned wait_ms = WaitFirstMs, looks = 0;
	uint32_t word;

	for (;;) {
		int rc = flags(dev, &word);

		/* An idle firmware has answered within a ms; a look takes the link 0.03 to 0.1 ms, over USB 0.3. */
		if (rc == 0 && clean && !(word & OUT_FULL) && ++looks < Looks && weir_dev_now_ms(dev) < deadline_ms)
			continue;
		if (rc == 0 && (word & OUT_FULL || !clean))
			rc = weir_read(dev, WEIR_SOC_MAIL_OUT(0), WEIR_MAIL_WORDS_HOST, ret);
		if (rc)
			return rc;
		if ((word & OUT_FULL || !clean) && ((ret[0] ^ message[0]) & SAME_MASK) == 0) {
			if (!clean) {
				rc = let_pass(dev, &wait_ms, INT64_MAX);
				if (rc == 0)
					rc = weir_read(dev, WEIR_SOC_MAIL_OUT(0), WEIR_MAIL_WORDS_HOST, ret);
				if (rc == 0)
					rc = flags(dev, &word);
			}
			return rc || !(word & OUT_FULL) ? rc : turn(dev, OUT_FULL);
		}
		if (word & OUT_FULL)
			rc = turn(dev, OUT_FULL);
		if (rc == 0)
			rc = let_pass(dev, &wait_ms, deadline_ms);
		if (rc == -ETIMEDOUT && !dev->detail[0])
			return weir_dev_fail(dev, WEIR_EFIRMWARE, "%s: the firmware does not answer (%u ms)", dev->url, dev->timing.mail_ms);
		if (rc)
			return rc;
	}
}

/** One message and its answer. */
static int ask(struct weir_dev *dev, uint32_t *message, uint32_t *ret, int64_t deadline_ms)
{
	bool clean = dev->mail_clean;
	int rc = clean ? 0 : clear(dev, deadline_ms);

	/* Until all has gone well, nobody knows. */
	dev->mail_clean = false;
	if (rc == 0) {
		message[0] = (message[0] & ~TAG_MASK) | (uint32_t)++dev->mail_tag << TagLsb;
		rc = weir_write(dev, WEIR_SOC_MAIL_IN(0), WEIR_MAIL_WORDS_HOST, message);
	}
	if (rc == 0)
		rc = turn(dev, IN_FULL);
	if (rc == 0)
		rc = answer(dev, message, clean, ret, deadline_ms);
	dev->mail_clean = rc == 0;
	return rc;
}

/** @param patient  Try again while the firmware says "not now". */
static int mail(struct weir_dev *dev, const uint32_t message[WEIR_MAIL_WORDS_HOST], uint32_t ret_answer[WEIR_MAIL_WORDS_HOST], bool patient)
{
	int64_t deadline_ms = weir_dev_now_ms(dev) + dev->timing.mail_ms;
	uint32_t out[WEIR_MAIL_WORDS_HOST], in[WEIR_MAIL_WORDS_HOST];
	unsigned wait_ms = WaitFirstMs, op = message[0] & 0xff;

	weir_dev_begin(dev);
	if (message[0] >> TagLsb)
		return weir_dev_fail(dev, -EINVAL, "%s: bits 31:8 of word 0 of a message are the library's", dev->url);
	memcpy(out, message, sizeof(out));
	for (;;) {
		int rc = ask(dev, out, in, deadline_ms);

		if (rc)
			return rc;
		switch (in[0] >> StatusLsb) {
		case 0:
			in[0] = op;
			memcpy(ret_answer, in, sizeof(in));
			return 0;
		case StatusUnknown:
			return weir_dev_fail(dev, WEIR_EUNKNOWN, "%s: this firmware does not know operation %u", dev->url, op);
		case StatusRange:
			return weir_dev_fail(dev, -ERANGE, "%s: the firmware refuses operation %u: out of range", dev->url, op);
		case StatusNotNow:
			break;
		default:
			return weir_dev_fail(dev, WEIR_EPROTOCOL, "%s: an answer of the firmware has status %u", dev->url, in[0] >> StatusLsb);
		}
		rc = patient ? let_pass(dev, &wait_ms, deadline_ms) : -ETIMEDOUT;
		if (rc == -ETIMEDOUT)
			return weir_dev_fail(dev, WEIR_EREFUSED, "%s: the firmware cannot do operation %u now", dev->url, op);
		if (rc)
			return rc;
	}
}

int weir_mail(struct weir_dev *dev, const uint32_t message[WEIR_MAIL_WORDS_HOST], uint32_t ret_answer[WEIR_MAIL_WORDS_HOST])
{
	return mail(dev, message, ret_answer, true);
}

int weir_mail_once(struct weir_dev *dev, const uint32_t message[WEIR_MAIL_WORDS_HOST], uint32_t ret_answer[WEIR_MAIL_WORDS_HOST])
{
	return mail(dev, message, ret_answer, false);
}

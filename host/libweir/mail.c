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

/** Messages in a row: while the firmware works on one, the next one is put beside it. */
struct row {
	const uint32_t *next;    /* words of the next message, without its tag; NULL: there is none */
	bool lies;               /* they lie in mail_in; the answer before them has been fetched, and is still there: out_full is 1 */
};

/** Put the words of a message into mail_in, with a tag of its own. */
static int lay(struct weir_dev *dev, const uint32_t *message)
{
	uint32_t words[WEIR_MAIL_WORDS_HOST];

	memcpy(words, message, sizeof(words));
	words[0] |= (uint32_t)++dev->mail_tag << TagLsb;
	return weir_write(dev, WEIR_SOC_MAIL_IN(0), WEIR_MAIL_WORDS_HOST, words);
}

/** Wait for the answer to the message that was put in last. Outside a row out_full is 0 then.
 * @param n      Words of it that are wanted.
 * @param row    NULL: none. Only of a mailbox that is clean.
 * @param clean  No answer to anybody else can come. Otherwise the firmware may have seen out_full as an answer to somebody else had left it, not have
 *               turned it over for ours, and still be writing when we see our tag: so the tag alone is asked, and what it is with read again, later. */
static int answer(struct weir_dev *dev, unsigned op, size_t n, struct row *row, bool clean, uint32_t *ret, int64_t deadline_ms)
{
	const uint32_t ours = op | (uint32_t)dev->mail_tag << TagLsb;
	unsigned wait_ms = WaitFirstMs, looks = 0;
	uint32_t word;

	for (;;) {
		int rc = flags(dev, &word);

		if (rc == 0 && row && row->next && !row->lies && !(word & IN_FULL)) {
			rc = lay(dev, row->next);
			row->lies = rc == 0;
			if (rc == 0 && !(word & OUT_FULL))
				continue;
		}

		/* An idle firmware has answered within a ms; a look takes the link 0.03 to 0.1 ms, over USB 0.3. */
		if (rc == 0 && clean && !(word & OUT_FULL) && ++looks < Looks && weir_dev_now_ms(dev) < deadline_ms)
			continue;
		if (rc == 0 && (word & OUT_FULL || !clean))
			rc = weir_read(dev, WEIR_SOC_MAIL_OUT(0), n, ret);
		if (rc)
			return rc;
		if ((word & OUT_FULL || !clean) && ((ret[0] ^ ours) & SAME_MASK) == 0) {
			/* The next message takes it with it. */
			if (row && row->lies && !(ret[0] >> StatusLsb))
				return 0;
			if (!clean) {
				rc = let_pass(dev, &wait_ms, INT64_MAX);
				if (rc == 0)
					rc = weir_read(dev, WEIR_SOC_MAIL_OUT(0), n, ret);
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

/** One message and the first n words of its answer. @param row  NULL: it stands alone. */
static int ask(struct weir_dev *dev, const uint32_t *message, size_t n, struct row *row, uint32_t *ret, int64_t deadline_ms)
{
	bool lies = row && row->lies, clean = lies || dev->mail_clean;
	int rc = clean ? 0 : clear(dev, deadline_ms);

	/* Until all has gone well, nobody knows. */
	dev->mail_clean = false;
	if (rc == 0 && !lies)
		rc = lay(dev, message);
	if (row)
		row->lies = false;
	if (rc == 0)
		rc = turn(dev, lies ? IN_FULL | OUT_FULL : IN_FULL);
	if (rc == 0)
		rc = answer(dev, message[0], n, clean ? row : NULL, clean, ret, deadline_ms);
	dev->mail_clean = rc == 0 && !(row && row->lies && !(ret[0] >> StatusLsb));
	return rc;
}

/** What the status of an answer is to the caller, with detail. */
static int verdict(struct weir_dev *dev, uint32_t word, unsigned op)
{
	switch (word >> StatusLsb) {
	case 0:
		return 0;
	case StatusUnknown:
		return weir_dev_fail(dev, WEIR_EUNKNOWN, "%s: this firmware does not know operation %u", dev->url, op);
	case StatusRange:
		return weir_dev_fail(dev, -ERANGE, "%s: the firmware refuses operation %u: out of range", dev->url, op);
	case StatusNotNow:
		return weir_dev_fail(dev, WEIR_EREFUSED, "%s: the firmware cannot do operation %u now", dev->url, op);
	default:
		return weir_dev_fail(dev, WEIR_EPROTOCOL, "%s: an answer of the firmware has status %u", dev->url, word >> StatusLsb);
	}
}

/** @param patient  Try again while the firmware says "not now". */
static int mail(struct weir_dev *dev, const uint32_t message[WEIR_MAIL_WORDS_HOST], uint32_t ret_answer[WEIR_MAIL_WORDS_HOST], bool patient)
{
	int64_t deadline_ms = weir_dev_now_ms(dev) + dev->timing.mail_ms;
	unsigned wait_ms = WaitFirstMs, op = message[0] & 0xff;
	uint32_t in[WEIR_MAIL_WORDS_HOST];
	int rc;

	weir_dev_begin(dev);
	if (message[0] >> TagLsb)
		return weir_dev_fail(dev, -EINVAL, "%s: bits 31:8 of word 0 of a message are the library's", dev->url);
	for (;;) {
		rc = ask(dev, message, WEIR_MAIL_WORDS_HOST, NULL, in, deadline_ms);
		if (rc)
			return rc;
		if (!patient || in[0] >> StatusLsb != StatusNotNow)
			break;
		rc = let_pass(dev, &wait_ms, deadline_ms);
		if (rc == -ETIMEDOUT)
			break;
		if (rc)
			return rc;
	}
	rc = verdict(dev, in[0], op);
	if (rc == 0) {
		in[0] = op;
		memcpy(ret_answer, in, sizeof(in));
	}
	return rc;
}

int weir_mail(struct weir_dev *dev, const uint32_t message[WEIR_MAIL_WORDS_HOST], uint32_t ret_answer[WEIR_MAIL_WORDS_HOST])
{
	return mail(dev, message, ret_answer, true);
}

int weir_mail_once(struct weir_dev *dev, const uint32_t message[WEIR_MAIL_WORDS_HOST], uint32_t ret_answer[WEIR_MAIL_WORDS_HOST])
{
	return mail(dev, message, ret_answer, false);
}

int weir_mail_row(struct weir_dev *dev, size_t n, weir_mail_make *make, const void *ctx, size_t words, uint32_t *ret_answer, size_t *ret_done)
{
	uint32_t message[2][WEIR_MAIL_WORDS_HOST] = { { 0 } };
	struct row row = { 0 };
	int rc = 0;

	weir_dev_begin(dev);
	*ret_done = 0;
	if (n)
		make(ctx, 0, message[0]);
	while (rc == 0 && *ret_done < n) {
		size_t i = *ret_done;
		const uint32_t *now = message[i % 2];

		row.next = NULL;
		if (i + 1 < n) {
			memset(message[(i + 1) % 2], 0, sizeof(message[0]));
			make(ctx, i + 1, message[(i + 1) % 2]);
			row.next = message[(i + 1) % 2];
		}
		rc = ask(dev, now, words, &row, ret_answer, weir_dev_now_ms(dev) + dev->timing.mail_ms);
		rc = rc ? rc : verdict(dev, ret_answer[0], now[0] & 0xff);
		*ret_done += rc == 0;
	}
	return rc;
}

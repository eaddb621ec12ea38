// SPDX-License-Identifier: Apache-2.0
/* One request at a time: its number, its timeout, its repeats, and the notices between (docs/link.md). */
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

#include "device_priv.h"

/* Octets taken from the transport at once; and most pieces that a poll takes when they never end. */
enum { Chunk = 4096, Pieces = 64 };

/** What is being waited for. */
struct want {
	const struct weir_link_request *req;
	uint32_t *words;
	struct weir_link_hello *hello;
	bool done;
	int rc;
};

void weir_dev_begin(struct weir_dev *dev)
{
	if (!dev->busy)
		dev->detail[0] = '\0';
}

int weir_dev_fail(struct weir_dev *dev, int rc, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(dev->detail, sizeof(dev->detail), format, args);
	va_end(args);
	return rc;
}

int weir_dev_because(struct weir_dev *dev, int rc, const char *format, ...)
{
	va_list args;

	if (dev->detail[0])
		return rc;
	va_start(args, format);
	vsnprintf(dev->detail, sizeof(dev->detail), format, args);
	va_end(args);
	return rc;
}

void weir_dev_debug(struct weir_dev *dev, const char *format, ...)
{
	char line[256];
	va_list args;

	if (!dev->debug)
		return;
	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	dev->debug(dev->debug_ctx, line);
}

int64_t weir_dev_now_ms(struct weir_dev *dev)
{
	struct timespec ts;

	if (dev->ops->now_ms)
		return dev->ops->now_ms(dev->transport);
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static const char *name(const struct weir_link_request *req)
{
	switch (req->body[0]) {
	case WEIR_LINK_HELLO:
		return "hello";
	case WEIR_LINK_READ:
		return "read";
	case WEIR_LINK_WRITE:
		return "write";
	default:
		return "fill";
	}
}

/** "read at 0x100000": for people. */
static const char *text(const struct weir_link_request *req, char *buf, size_t n)
{
	const uint8_t *at = req->body + 2;

	if (req->body[0] == WEIR_LINK_HELLO)
		snprintf(buf, n, "hello");
	else
		snprintf(buf, n, "%s at 0x%06x", name(req), at[0] | (unsigned)at[1] << 8 | (unsigned)at[2] << 16 | (unsigned)at[3] << 24);
	return buf;
}

/** The transport has failed: nothing can be said any more. */
static int gone(struct weir_dev *dev, int rc)
{
	const char *why = dev->ops->why ? dev->ops->why(dev->transport) : "";

	dev->gone = true;
	return weir_dev_because(dev, rc, "%s: %s%s%s; close and open again", dev->url, weir_strerror(rc), why[0] ? ": " : "", why);
}

static void tell(struct weir_dev *dev, uint8_t number, const uint32_t words[WEIR_LINK_NOTICE_WORDS])
{
	unsigned lost = dev->notice_seen ? (uint8_t)(number - dev->notice_number - 1) : 0;

	dev->notice_seen = true;
	dev->notice_number = number;
	dev->stats.notices++;
	dev->stats.notices_lost += lost;
	if (dev->notice)
		dev->notice(dev->notice_ctx, words, lost);
}

/** A good frame. */
static void body(struct weir_dev *dev, const uint8_t *octets, size_t len, struct want *want)
{
	uint32_t words[WEIR_LINK_NOTICE_WORDS];
	uint8_t number;
	int rc = weir_link_notice(octets, len, &number, words);

	dev->frames++;
	if (rc == 0) {
		tell(dev, number, words);
		return;
	}
	if (rc == -EPROTO) {
		dev->stats.bad_frames++;
		return;
	}
	if (!want || want->done) {
		weir_dev_debug(dev, "a late frame of type 0x%02x, number %u", octets[0], octets[1]);
		return;
	}
	rc = want->hello ? weir_link_hello_reply(want->req, octets, len, want->hello) : weir_link_reply(want->req, octets, len, want->words);
	if (rc == -EAGAIN) {
		weir_dev_debug(dev, "passed over a frame of type 0x%02x, number %u", octets[0], octets[1]);
		return;
	}
	want->done = true;
	want->rc = rc;
}

static void take(struct weir_dev *dev, const uint8_t *in, size_t n, struct want *want)
{
	dev->octets += n;
	while (n) {
		size_t len, used = weir_link_decode(&dev->decoder, in, n, &len);

		in += used;
		n -= used;
		if (len)
			body(dev, dev->decoder.octets, len, want);
	}
	dev->stats.bad_frames += (uint32_t)(dev->decoder.bad - dev->bad_seen);
	dev->bad_seen = dev->decoder.bad;
}

/** @retval 0 the reply has come (want->rc); -ETIMEDOUT; errors of the transport. */
static int await(struct weir_dev *dev, struct want *want, int64_t deadline_ms)
{
	uint8_t in[Chunk];

	for (;;) {
		int n = dev->ops->receive(dev->transport, in, sizeof(in), deadline_ms);

		if (n == 0)
			return -ETIMEDOUT;
		if (n < 0 && n != -EINTR)
			return n;
		if (n > 0)
			take(dev, in, (size_t)n, want);
		if (want->done)
			return 0;
		/* A line that never is silent, or signals without end, must not keep us. */
		if (weir_dev_now_ms(dev) >= deadline_ms)
			return -ETIMEDOUT;
	}
}

static int send_all(struct weir_dev *dev, const uint8_t *wire, size_t n, int64_t deadline_ms)
{
	int rc;

	do
		rc = dev->ops->send(dev->transport, wire, n, deadline_ms);
	while (rc == -EINTR && weir_dev_now_ms(dev) < deadline_ms);
	return rc == -EINTR ? -ETIMEDOUT : rc;
}

static int no_reply(struct weir_dev *dev, const struct weir_link_request *req, uint64_t octets, uint64_t frames, uint64_t bad)
{
	const char *why = "nothing came back";
	char what[48];

	if (dev->frames != frames)
		why = "only other frames came back";
	else if (dev->stats.bad_frames != bad)
		why = "only disturbed frames came back: is the bit rate right?";
	else if (dev->octets != octets)
		why = "what came back is no frame: is it a Weir appliance, and the bit rate right?";
	return weir_dev_fail(dev, -ETIMEDOUT, "%s: no reply to %s, sent %u times, %u ms each: %s", dev->url, text(req, what, sizeof(what)),
			     dev->timing.attempts, dev->timing.timeout_ms, why);
}

static int verdict(struct weir_dev *dev, const struct weir_link_request *req, int rc)
{
	char what[48];

	switch (rc) {
	case 0:
		return 0;
	case -EPROTO:
		return weir_dev_fail(dev, WEIR_EPROTOCOL, "%s: the reply to %s has a wrong length or status", dev->url, text(req, what, sizeof(what)));
	case -EOPNOTSUPP:
		return weir_dev_fail(dev, rc, "%s: it does not know the request %s", dev->url, text(req, what, sizeof(what)));
	default:
		return weir_dev_fail(dev, rc, "%s: it refuses %s; nothing was done", dev->url, text(req, what, sizeof(what)));
	}
}

static int attempt(struct weir_dev *dev, struct want *want)
{
	uint8_t wire[WEIR_LINK_WIRE_MAX];
	uint64_t octets = dev->octets, frames = dev->frames, bad = dev->stats.bad_frames;
	size_t n;
	int rc = weir_link_encode(want->req->body, want->req->len, wire, sizeof(wire), &n);

	for (uint32_t i = 0; rc == 0 && i < dev->timing.attempts; i++) {
		int64_t deadline_ms = weir_dev_now_ms(dev) + dev->timing.timeout_ms;

		if (i) {
			dev->stats.repeated++;
			weir_dev_debug(dev, "no reply to %s number %u: sent again", name(want->req), dev->number);
		} else {
			dev->stats.requests++;
		}
		rc = send_all(dev, wire, n, deadline_ms);
		if (rc == 0)
			rc = await(dev, want, deadline_ms);
		if (rc == 0)
			return verdict(dev, want->req, want->rc);
		if (rc != -ETIMEDOUT)
			return gone(dev, rc);
		rc = 0;
	}
	return rc ? rc : no_reply(dev, want->req, octets, frames, bad);
}

/** @retval 0 it may be used */
static int enter(struct weir_dev *dev)
{
	if (dev->busy)
		return -EBUSY;   /* from within a notice: the detail belongs to the call outside */
	if (dev->gone)
		return weir_dev_because(dev, -ENODEV, "%s: the connection has failed before; close and open again", dev->url);
	dev->busy = true;
	return 0;
}

int weir_dev_request(struct weir_dev *dev, struct weir_link_request *req, uint32_t *ret_words, struct weir_link_hello *ret_hello)
{
	struct want want = { .req = req, .words = ret_words, .hello = ret_hello };
	int rc = enter(dev);

	if (rc)
		return rc;
	req->body[1] = ++dev->number;
	rc = attempt(dev, &want);
	dev->busy = false;
	/* What a notice has asked wrongly. */
	if (rc == 0)
		weir_dev_begin(dev);
	return rc;
}

int weir_dev_wait(struct weir_dev *dev, int64_t deadline_ms, bool first, bool interrupts)
{
	uint64_t before = dev->stats.notices;
	uint8_t in[Chunk];
	int rc = enter(dev);

	if (rc)
		return rc;
	for (unsigned pieces = 0;; pieces++) {
		bool enough = first && dev->stats.notices != before;
		int n;

		if (enough && pieces >= Pieces)
			break;
		n = dev->ops->receive(dev->transport, in, sizeof(in), enough ? INT64_MIN : deadline_ms);
		if (n > 0) {
			take(dev, in, (size_t)n, NULL);
		} else if (n == 0) {
			break;
		} else if (n != -EINTR) {
			rc = gone(dev, n);
			break;
		} else if (interrupts) {
			rc = -EINTR;
			break;
		}
		/* With a deadline in the past: what is there, but no endless stream of it. */
		if (!enough && weir_dev_now_ms(dev) >= deadline_ms && pieces >= Pieces)
			break;
	}
	dev->busy = false;
	if (rc == 0)
		weir_dev_begin(dev);
	return rc;
}

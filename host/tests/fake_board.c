// SPDX-License-Identifier: Apache-2.0
#include "fake_board.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "weir/weir_regs.h"

struct weir_transport {
	struct fake_board *b;
};

/* What fake_board_ops opens: an open has no argument but a text. Of each thread its own. */
static _Thread_local struct fake_board *current;

const char *fake_fault_name(enum fake_fault fault)
{
	static const char *const names[] = { "none", "lost", "cut", "garbage", "noise", "twice", "stall", "signal", "unplug", "broken" };

	return names[fault];
}

void fake_board_init(struct fake_board *b)
{
	memset(b, 0, sizeof(*b));
	b->reg = calloc(FAKE_WORDS, sizeof(*b->reg));
	assert(b->reg);
	b->version = WEIR_LINK_VERSION;
	b->words_max = WEIR_LINK_WORDS_MAX;
	b->bit_rate = WEIR_BIT_RATE;
	b->now_ms = 1000;
	b->answer_due = -1;
	b->reg[WEIR_REG_ID / 4] = WEIR_REG_ID_ID_RESET;
	b->reg[WEIR_REG_VERSION / 4] = WEIR_REG_VERSION_MAJOR_RESET << 16 | WEIR_REG_VERSION_MINOR_RESET;
	b->reg[WEIR_SOC_VERSION / 4] = WEIR_SOC_VERSION_MAJOR_RESET << 16 | WEIR_SOC_VERSION_MINOR_RESET;
	b->reg[WEIR_REG_CAPS / 4] = 4u << WEIR_REG_CAPS_WAYS_LSB;
	b->reg[WEIR_REG_TABLE_SIZES / 4] = 0x7766778;
	b->reg[WEIR_REG_STATE_SIZES / 4] = 0x76678878;
	b->reg[WEIR_REG_CLOCK / 4] = 62500;
	b->reg[WEIR_SOC_CPU / 4] = 1;
	weir_capture_end_init(&b->capture);
	weir_link_decoder_init(&b->decoder);
}

void fake_board_done(struct fake_board *b)
{
	free(b->reg);
	b->reg = NULL;
}

void fake_arm(struct fake_board *b, enum fake_fault fault, unsigned first, unsigned times)
{
	b->fault = fault;
	b->first = first;
	b->times = times;
	b->step = 0;
}

void fake_put(struct fake_board *b, const void *octets, size_t n)
{
	assert(b->queued + n <= sizeof(b->queue));
	memcpy(b->queue + b->queued, octets, n);
	b->queued += n;
}

void fake_put_body(struct fake_board *b, const void *body, size_t n)
{
	uint8_t wire[WEIR_LINK_WIRE_MAX];
	size_t len;
	int rc = weir_link_encode(body, n, wire, sizeof(wire), &len);

	assert(rc == 0);
	fake_put(b, wire, len);
}

void fake_notice(struct fake_board *b, uint32_t first)
{
	uint8_t body[2 + 4 * WEIR_LINK_NOTICE_WORDS] = { WEIR_LINK_NOTICE, b->notice_number++ };

	for (unsigned i = 0; i < WEIR_LINK_NOTICE_WORDS; i++)
		for (unsigned k = 0; k < 4; k++)
			body[2 + 4 * i + k] = (uint8_t)((first + i) >> 8 * k);
	fake_put_body(b, body, sizeof(body));
}

/* --- Registers and firmware */

/** What it answers, as hal_soc.c does: an answer that nobody has fetched is replaced, and out_full turned over only when it is 0. */
static void give_answer(struct fake_board *b)
{
	if (b->answer_due-- != 0)
		return;
	memcpy(&b->reg[WEIR_SOC_MAIL_OUT(0) / 4], b->answer, sizeof(b->answer));
	b->reg[WEIR_SOC_MAIL / 4] |= WEIR_SOC_MAIL_OUT_FULL_MASK;
}

/** The firmware looks at its mailbox. */
static void firmware(struct fake_board *b)
{
	uint32_t *flags = &b->reg[WEIR_SOC_MAIL / 4], *in = &b->reg[WEIR_SOC_MAIL_IN(0) / 4];
	uint32_t status = b->mail_status;

	if (b->no_firmware)
		return;
	if (b->answer_due >= 0) {
		give_answer(b);
		return;
	}
	if (!(*flags & WEIR_SOC_MAIL_IN_FULL_MASK) || b->patience-- > 0)
		return;
	b->patience = 0;
	if (b->not_now) {
		b->not_now--;
		status = 3;
	}
	if (b->refuse_nth && --b->refuse_nth == 0)
		status = 2;
	memset(b->answer, 0, sizeof(b->answer));
	b->answer[0] = (in[0] & 0xffffff) | status << 24;
	for (unsigned i = 1; i < 16 && !status; i++)
		b->answer[i] = in[i] + 1;
	*flags &= ~WEIR_SOC_MAIL_IN_FULL_MASK;
	b->mails++;
	b->answer_due = b->slow_answer;
	give_answer(b);
}

static uint32_t read_word(const struct fake_board *b, uint32_t address)
{
	uint32_t word = b->reg[address / 4];

	(void)weir_capture_end_read(&b->capture, address, &word);
	return word;
}

static void write_word(struct fake_board *b, uint32_t address, uint32_t word)
{
	b->words_written++;
	(void)weir_capture_end_write(&b->capture, address, word);
	if (address == WEIR_SOC_MAIL) {
		b->reg[address / 4] ^= word & 7;
	} else if (address == WEIR_SOC_LINK_RATE) {
		b->reg[address / 4] = word;
		b->bit_rate = (uint32_t)((uint64_t)word * WEIR_UART_CLOCK >> 16);
	} else {
		b->reg[address / 4] = word;
	}
}

/* --- The link engine */

static uint32_t get32(const uint8_t *at)
{
	return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static void put32(uint8_t *at, uint32_t v)
{
	for (unsigned i = 0; i < 4; i++)
		at[i] = (uint8_t)(v >> 8 * i);
}

static bool place_ok(uint32_t address, size_t count, size_t most)
{
	return address % 4 == 0 && count && count <= most && address < WEIR_LINK_ADDRESS_END && count <= (WEIR_LINK_ADDRESS_END - address) / 4;
}

/** Do a request. @return its status; the payload behind it is made. */
static unsigned carry_out(struct fake_board *b, const uint8_t *body, size_t len, uint8_t *payload, size_t *ret_n)
{
	uint32_t address = len >= 6 ? get32(body + 2) : 0;
	size_t count;

	*ret_n = 0;
	if (b->status)
		return b->status;
	switch (body[0]) {
	case WEIR_LINK_READ:
		if (len != 7 || !place_ok(address, body[6], WEIR_LINK_WORDS_MAX))
			return 2;
		firmware(b);
		for (unsigned i = 0; i < body[6]; i++)
			put32(payload + 4 * i, read_word(b, address + 4 * i));
		*ret_n = 4u * body[6];
		return 0;
	case WEIR_LINK_WRITE:
		count = (len - 6) / 4;
		if (len < 10 || len % 4 != 2 || !place_ok(address, count, WEIR_LINK_WORDS_MAX))
			return 2;
		/* It runs all the while: between a look of the host and what that writes, too. */
		firmware(b);
		for (unsigned i = 0; i < count; i++)
			write_word(b, address + 4 * i, get32(body + 6 + 4 * i));
		return 0;
	case WEIR_LINK_FILL:
		count = body[6] | (size_t)body[7] << 8;
		if (len != 12 || !place_ok(address, count, WEIR_LINK_FILL_MAX))
			return 2;
		for (unsigned i = 0; i < count; i++)
			write_word(b, address + 4 * i, get32(body + 8));
		return 0;
	default:
		return 1;
	}
}

static void reply(struct fake_board *b, const uint8_t *body, unsigned status, const uint8_t *payload, size_t n)
{
	uint8_t out[WEIR_LINK_BODY_MAX] = { (uint8_t)(body[0] | WEIR_LINK_REPLY), body[1], (uint8_t)status };
	int rc;

	memcpy(out + 3, payload, n);
	rc = weir_link_encode(out, 3 + n, b->reply, sizeof(b->reply), &b->reply_n);
	assert(rc == 0);
	fake_put(b, b->reply, b->reply_n);
}

static void hello(struct fake_board *b, const uint8_t *body, size_t len)
{
	uint8_t p[14] = { b->version, b->words_max };
	unsigned status = len != 3 ? 2 : body[2] != b->version ? 1 : 0;

	put32(p + 2, b->reg[WEIR_REG_ID / 4]);
	put32(p + 6, b->reg[WEIR_REG_VERSION / 4]);
	put32(p + 10, b->reg[WEIR_SOC_VERSION / 4]);
	b->any_last = false;
	reply(b, body, status, p, status ? 0 : sizeof(p));
}

static void request(struct fake_board *b, const uint8_t *body, size_t len)
{
	uint8_t payload[4 * WEIR_LINK_WORDS_MAX];
	unsigned status;
	size_t n;

	if (b->deaf)
		return;
	if (body[0] >= 0x40) {
		b->bad++;
		return;
	}
	if (body[0] == WEIR_LINK_HELLO) {
		hello(b, body, len);
		return;
	}
	if (b->any_last && b->last.body[0] == body[0] && b->last.body[1] == body[1]) {
		b->repeated++;
		fake_put(b, b->reply, b->reply_n);
		return;
	}
	b->done++;
	b->any_last = true;
	memcpy(b->last.body, body, len);
	memcpy(b->body, body, len);
	status = carry_out(b, body, len, payload, &n);
	reply(b, body, status, payload, n);
}

static void arrive(struct fake_board *b, const uint8_t *in, size_t n)
{
	if (b->echo) {
		fake_put(b, in, n);
		return;
	}
	/* At another rate nothing is understood. */
	if (b->bit_rate && (b->line_rate > b->bit_rate ? b->line_rate - b->bit_rate : b->bit_rate - b->line_rate) > b->bit_rate / 50)
		return;
	while (n) {
		size_t len, used = weir_link_decode(&b->decoder, in, n, &len);

		in += used;
		n -= used;
		if (len)
			request(b, b->decoder.octets, len);
	}
	b->bad = b->decoder.bad;
}

/* --- The transport */

/** The fault of this step. */
static enum fake_fault due(struct fake_board *b)
{
	unsigned step = b->step++;

	return step >= b->first && (!b->times || step - b->first < b->times) ? b->fault : FAKE_NONE;
}

static int lasting(struct fake_board *b, enum fake_fault fault)
{
	if (fault == FAKE_UNPLUG)
		b->failed = -ENODEV;
	if (fault == FAKE_BROKEN)
		b->failed = -EIO;
	return b->failed;
}

static int fake_open(const char *rest, const struct weir_transport_options *options, struct weir_transport **ret, char *detail)
{
	struct weir_transport *t = malloc(sizeof(*t));

	(void)rest;
	(void)detail;
	if (!t)
		return -ENOMEM;
	t->b = current;
	t->b->opens++;
	t->b->line_rate = options->bit_rate;
	*ret = t;
	return 0;
}

static int fake_send(struct weir_transport *t, const uint8_t *octets, size_t n, int64_t deadline_ms)
{
	static const uint8_t noise[] = { 0x11, 0x7d, 0x22, 0x7d };
	struct fake_board *b = t->b;
	enum fake_fault fault = due(b);
	uint8_t changed[WEIR_LINK_WIRE_MAX];

	assert(n <= sizeof(changed));
	b->sends++;
	if (lasting(b, fault))
		return b->failed;
	switch (fault) {
	case FAKE_SIGNAL:
		b->now_ms++;
		return -EINTR;
	case FAKE_LOST:
		return 0;
	case FAKE_STALL:
		arrive(b, octets, n / 2);
		b->now_ms = b->now_ms < deadline_ms ? deadline_ms : b->now_ms;
		return -ETIMEDOUT;
	case FAKE_CUT:
		arrive(b, octets, n / 2);
		return 0;
	case FAKE_GARBAGE:
		memcpy(changed, octets, n);
		changed[n / 2] ^= 0x10;
		arrive(b, changed, n);
		return 0;
	case FAKE_NOISE:
		arrive(b, noise, sizeof(noise));
		break;
	case FAKE_TWICE:
		arrive(b, octets, n);
		break;
	default:
		break;
	}
	arrive(b, octets, n);
	return 0;
}

static int fake_receive(struct weir_transport *t, uint8_t *ret, size_t room, int64_t deadline_ms)
{
	struct fake_board *b = t->b;
	enum fake_fault fault = due(b);
	size_t n = b->queued < room ? b->queued : room;

	if (lasting(b, fault))
		return b->failed;
	if (fault == FAKE_SIGNAL) {
		b->now_ms++;
		return -EINTR;
	}
	if (b->mute_above && b->line_rate > b->mute_above)
		b->queued = 0;
	if (fault == FAKE_LOST)
		b->queued = 0;
	if (fault == FAKE_STALL || !b->queued) {
		if (deadline_ms > b->now_ms)
			b->now_ms = deadline_ms;
		return 0;
	}
	if (fault == FAKE_TWICE && b->queued <= sizeof(b->queue) / 2) {
		memcpy(b->queue + b->queued, b->queue, b->queued);
		b->queued *= 2;
		n = b->queued < room ? b->queued : room;
	}
	if (fault == FAKE_NOISE) {
		memmove(b->queue + 3, b->queue, b->queued);
		memcpy(b->queue, "\x01\x02\x7d", 3);
		b->queued += 3;
		n = b->queued < room ? b->queued : room;
	}
	if (fault == FAKE_GARBAGE)
		b->queue[n / 2] ^= 0x10;
	memcpy(ret, b->queue, n);
	memmove(b->queue, b->queue + n, b->queued - n);
	b->queued -= n;
	b->now_ms++;
	if (fault == FAKE_CUT)
		n = (n + 1) / 2;
	return (int)n;
}

static int fake_rate(struct weir_transport *t, uint32_t bit_rate)
{
	if (bit_rate == t->b->rate_refused)
		return -EINVAL;
	t->b->line_rate = bit_rate;
	return 0;
}

static void fake_close(struct weir_transport *t)
{
	if (!t)
		return;
	t->b->closes++;
	free(t);
}

static int64_t fake_now_ms(struct weir_transport *t)
{
	return t->b->now_ms;
}

const struct weir_transport_ops fake_board_ops = {
	.scheme = "fake",
	.timeout_ms = 100,
	.open = fake_open,
	.send = fake_send,
	.receive = fake_receive,
	.rate = fake_rate,
	.close = fake_close,
	.now_ms = fake_now_ms,
};

int fake_board_open(struct fake_board *b, const struct weir_open_options *options, struct weir_dev **ret, char *detail)
{
	static const struct weir_open_options usual = { .timeout_ms = 100, .attempts = 5 };

	current = b;
	return weir_dev_over(&fake_board_ops, "", "fake:", options ? options : &usual, ret, detail);
}

void fake_board_serve(struct fake_board *b, int fd)
{
	uint8_t in[16];
	ssize_t n;

	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		size_t at = 0;

		while (!b->stop && poll(&p, 1, 20) <= 0)
			;
		n = b->stop ? 0 : read(fd, in, sizeof(in));
		if (n <= 0)
			return;

		arrive(b, in, (size_t)n);
		while (at < b->queued) {
			ssize_t done = write(fd, b->queue + at, b->queued - at < 7 ? b->queued - at : 7);

			if (done <= 0)
				return;
			at += (size_t)done;
		}
		b->queued = 0;
	}
}

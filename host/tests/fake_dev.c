// SPDX-License-Identifier: Apache-2.0
#include "fake_dev.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/common/lists.h"
#include "host/libweir/detail.h"
#include "host/libweir/ops.h"
#include "sim/firmware/native.h"
#include "weir/weir_regs.h"

enum { RequestWords = 64, WordBytes = 4, EntryWords = 8, SocFirst = 0x10000, SocLast = 0x1ffff, Ways = 4, FillMost = 8192 };
enum { RequestUs = 200, StatusLsb = 24, StatusUnknown = 1 };
#define START_US 1700000000000000u

struct weir_dev {
	struct weir_model *model;
	struct weir_native *native;
	struct weir_caps caps;
	char url[128], detail[WEIR_DETAIL];
	uint64_t now_us, now_read_us;
	uint64_t requests, words, fail_at;
	int error;
	enum fake_fault fault;
	bool for_good, hangs, answers;
	unsigned answer_op, ops_known;
	uint32_t answer[WEIR_MAIL_WORDS];
	void (*watch)(void *ctx);
	void *watch_ctx;
};

static void on_notice(void *ctx, uint64_t now_us, const uint32_t word[WEIR_NOTICE_WORDS])
{
	(void)ctx;
	(void)now_us;
	(void)word;
}

static const struct weir_native_sink sink = { .notice = on_notice };

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void power_on(struct weir_dev *dev)
{
	dev->model = weir_model_new();
	must(dev->model);
	must(!weir_native_new(dev->model, dev->now_us, &sink, dev, &dev->native));
	dev->error = 0;
	dev->hangs = dev->answers = false;
}

static void power_off(struct weir_dev *dev)
{
	weir_native_free(dev->native);
	weir_model_free(dev->model);
}

struct weir_dev *fake_new(const char *url)
{
	struct weir_dev *dev = calloc(1, sizeof(*dev));

	must(dev);
	dev->now_us = START_US;
	snprintf(dev->url, sizeof(dev->url), "%s", url);
	dev->caps = (struct weir_caps){ .protocol = 1, .map_major = 3, .clock_khz = 62500, .max_rules = 2048, .firmware = true };
	for (unsigned k = 0; k < WEIR_TABLES; k++)
		dev->caps.table_entries[k] = (uint32_t)Ways << weir_table_info(k)->sets_log2;
	for (unsigned k = 0; k < WEIR_STATES; k++)
		dev->caps.state_entries[k] = (uint32_t)Ways << weir_state_info(k)->sets_log2;
	power_on(dev);
	return dev;
}

void weir_dev_close(struct weir_dev *dev)
{
	if (!dev)
		return;
	power_off(dev);
	free(dev);
}

void fake_power_cycle(struct weir_dev *dev)
{
	power_off(dev);
	power_on(dev);
}

const struct weir_caps *weir_dev_caps(const struct weir_dev *dev)
{
	return &dev->caps;
}

const char *weir_dev_url(const struct weir_dev *dev)
{
	return dev->url;
}

const char *weir_dev_detail(const struct weir_dev *dev)
{
	return dev->detail;
}

int weir_dev_fail(struct weir_dev *dev, int error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(dev->detail, sizeof(dev->detail), format, args);
	va_end(args);
	return error;
}

/* --- Faults ------------------------------------------------------------------------------------------------------- */

void fake_fail(struct weir_dev *dev, uint64_t nth, int error, enum fake_fault fault, bool for_good)
{
	dev->fail_at = dev->requests + nth;
	dev->error = error;
	dev->fault = fault;
	dev->for_good = for_good;
}

void fake_heal(struct weir_dev *dev)
{
	dev->error = 0;
}

uint64_t fake_requests(const struct weir_dev *dev)
{
	return dev->requests;
}

uint64_t fake_words(const struct weir_dev *dev)
{
	return dev->words;
}

void fake_no_firmware(struct weir_dev *dev, bool none)
{
	dev->caps.firmware = !none;
	dev->hangs = none;
}

void fake_hang(struct weir_dev *dev, bool hangs)
{
	dev->hangs = hangs;
}

void fake_answer_to(struct weir_dev *dev, unsigned op, const uint32_t word[16])
{
	dev->answer_op = op;
	memcpy(dev->answer, word, sizeof(dev->answer));
	dev->answers = true;
}

void fake_older(struct weir_dev *dev, unsigned op)
{
	dev->ops_known = op;
}

void fake_watch(struct weir_dev *dev, void (*fn)(void *ctx), void *ctx)
{
	dev->watch = fn;
	dev->watch_ctx = ctx;
}

void fake_time(struct weir_dev *dev, uint64_t us)
{
	dev->now_us += us;
	weir_native_time(dev->native, dev->now_us);
	weir_model_time(dev->model, dev->now_us);
}

/* A request begins. @param ret_error  What it ends with. @return whether it is done. */
static bool begin(struct weir_dev *dev, uint64_t words, int *ret_error)
{
	bool fails;

	if (dev->watch)
		dev->watch(dev->watch_ctx);
	fake_time(dev, RequestUs);
	dev->detail[0] = 0;
	fails = dev->error && (dev->requests == dev->fail_at || (dev->for_good && dev->requests > dev->fail_at));
	*ret_error = fails ? dev->error : 0;
	if (fails)
		snprintf(dev->detail, sizeof(dev->detail), "the link has failed");
	/* Of a link that is gone only the first request may have come through. */
	fails = fails && (dev->fault == FAKE_NOT_DONE || dev->requests > dev->fail_at);
	dev->requests++;
	dev->words += words;
	return !fails;
}

/* --- Registers ---------------------------------------------------------------------------------------------------- */

static uint32_t read_word(struct weir_dev *dev, uint32_t address)
{
	uint32_t value = 0;

	if (address == WEIR_REG_NOW_LOW) {
		dev->now_read_us = dev->now_us;
		return (uint32_t)dev->now_us;
	}
	if (address == WEIR_REG_NOW_HIGH)
		return (uint32_t)(dev->now_read_us >> 32);
	if (address == WEIR_SOC_CPU)
		return WEIR_SOC_CPU_RUN_MASK;
	if (address >= SocFirst && address <= SocLast)
		return 0;
	weir_model_read(dev->model, address, &value);
	return value;
}

uint32_t fake_peek(struct weir_dev *dev, uint32_t address)
{
	uint32_t word = 0;

	/* Word 0 fetches an entry. */
	if (address >= WEIR_ENTRIES_BASE)
		weir_model_read(dev->model, address - address % WEIR_ENTRY_SPAN, &word);
	weir_model_read(dev->model, address, &word);
	return word;
}

struct weir_model *fake_model(struct weir_dev *dev)
{
	return dev->model;
}

static bool in_range(uint32_t address, size_t n)
{
	return !(address % WordBytes) && n && n <= FillMost;
}

int weir_read(struct weir_dev *dev, uint32_t address, size_t n, uint32_t *ret)
{
	if (!in_range(address, n))
		return -EINVAL;
	for (size_t at = 0; at < n; at += RequestWords) {
		size_t part = n - at < RequestWords ? n - at : RequestWords;
		int error;

		if (begin(dev, part, &error) && !error)
			for (size_t i = 0; i < part; i++)
				ret[at + i] = read_word(dev, address + (uint32_t)((at + i) * WordBytes));
		if (error)
			return error;
	}
	return 0;
}

int weir_write(struct weir_dev *dev, uint32_t address, size_t n, const uint32_t *words)
{
	if (!in_range(address, n))
		return -EINVAL;
	for (size_t at = 0; at < n; at += RequestWords) {
		size_t part = n - at < RequestWords ? n - at : RequestWords;
		int error;

		if (begin(dev, part, &error))
			for (size_t i = 0; i < part; i++)
				weir_model_write(dev->model, address + (uint32_t)((at + i) * WordBytes), words[at + i]);
		if (error)
			return error;
	}
	return 0;
}

int weir_fill(struct weir_dev *dev, uint32_t address, size_t n, uint32_t word)
{
	int error;

	if (!in_range(address, n))
		return -EINVAL;
	if (begin(dev, 1, &error))
		for (size_t i = 0; i < n; i++)
			weir_model_write(dev->model, address + (uint32_t)(i * WordBytes), word);
	return error;
}

/* @param ret_answer  Set whatever the status is. */
static int mail(struct weir_dev *dev, const uint32_t message[WEIR_MAIL_WORDS_HOST], uint32_t ret_answer[WEIR_MAIL_WORDS_HOST])
{
	static const int errors[] = { 0, WEIR_EUNKNOWN, -ERANGE, WEIR_EREFUSED };
	uint32_t answer[WEIR_MAIL_WORDS] = { 0 };
	int error;
	bool done = begin(dev, 2 * WEIR_MAIL_WORDS, &error), made_up = dev->answers && (message[0] & 0xff) == dev->answer_op;

	if (done && !dev->hangs && !made_up && dev->ops_known && (message[0] & 0xff) > dev->ops_known)
		answer[0] = message[0] | StatusUnknown << StatusLsb;
	else if (done && !dev->hangs && !made_up)
		must(!weir_native_mail(dev->native, message, answer));
	if (error)
		return error;
	if (made_up)
		memcpy(answer, dev->answer, sizeof(answer));
	else if (dev->hangs)
		return WEIR_EFIRMWARE;
	dev->answers &= !made_up;
	memcpy(ret_answer, answer, sizeof(answer));
	if (answer[0] >> StatusLsb)
		return answer[0] >> StatusLsb < 4 ? errors[answer[0] >> StatusLsb] : WEIR_EPROTOCOL;
	return 0;
}

int weir_mail(struct weir_dev *dev, const uint32_t message[WEIR_MAIL_WORDS_HOST], uint32_t ret_answer[WEIR_MAIL_WORDS_HOST])
{
	uint32_t answer[WEIR_MAIL_WORDS];
	int error = mail(dev, message, answer);

	if (!error)
		memcpy(ret_answer, answer, sizeof(answer));
	return error;
}

int weir_mail_once(struct weir_dev *dev, const uint32_t message[WEIR_MAIL_WORDS_HOST], uint32_t ret_answer[WEIR_MAIL_WORDS_HOST])
{
	return weir_mail(dev, message, ret_answer);
}

int weir_mail_row(struct weir_dev *dev, size_t n, weir_mail_make *make, const void *ctx, size_t words, uint32_t *ret_answer, size_t *ret_done)
{
	int error = 0;

	*ret_done = 0;
	while (!error && *ret_done < n) {
		uint32_t message[WEIR_MAIL_WORDS] = { 0 }, answer[WEIR_MAIL_WORDS] = { 0 };

		make(ctx, *ret_done, message);
		error = mail(dev, message, answer);
		memcpy(ret_answer, answer, words * sizeof(*answer));
		*ret_done += !error;
	}
	return error;
}

bool fake_frame(struct weir_dev *dev, const uint8_t *frame, uint32_t len, int side, struct weir_record *ret)
{
	if (!(fake_peek(dev, WEIR_REG_CTRL) & WEIR_REG_CTRL_RUN_MASK))
		return false;
	weir_native_time(dev->native, dev->now_us);
	weir_model_packet(dev->model, frame, len, len, side, dev->now_us, ret);
	weir_native_record(dev->native, ret);
	return true;
}

// SPDX-License-Identifier: Apache-2.0
#include "compare.h"

#include <inttypes.h>
#include <stdio.h>

#include "host/common/lists.h"
#include "weir/weir_regs.h"

static void view(const struct weir_answer *a, char *buf, size_t n)
{
	switch (a->kind) {
	case WEIR_ANSWER_NONE:
		snprintf(buf, n, "no answer");
		break;
	case WEIR_ANSWER_REFUSED:
		snprintf(buf, n, "refused, %s", weir_reason_name(a->reason));
		break;
	case WEIR_ANSWER_RECORD:
		weir_record_format(&a->rec, buf, n);
		break;
	}
}

bool weir_answer_compare(const char *name_a, const struct weir_answer *a, const char *name_b,
			 const struct weir_answer *b, uint64_t number, char *buf, size_t n)
{
	char what[1024] = "verdict or refusal", text_a[2048], text_b[2048];

	if (a->kind == b->kind) {
		if (a->kind == WEIR_ANSWER_RECORD && !weir_record_compare(&a->rec, &b->rec, what, sizeof(what)))
			return false;
		if (a->kind == WEIR_ANSWER_REFUSED && a->reason == b->reason)
			return false;
	}
	view(a, text_a, sizeof(text_a));
	view(b, text_b, sizeof(text_b));
	snprintf(buf, n, "packet %" PRIu64 ": %s\n  %s: %s\n  %s: %s", number, what, name_a, text_a, name_b,
		 text_b);
	return true;
}

static uint64_t read_counter(const struct weir_engine_ops *ops, struct weir_engine *e, uint32_t addr)
{
	uint32_t word[8] = { 0 };

	for (uint32_t i = 0; i < 2; i++)
		if (ops->read(e, addr + 4 * i, &word[i]))
			return UINT64_MAX;
	return WEIR_FIELD_GET(word, WEIR_REG_COUNTER0_COUNT);
}

uint64_t weir_counters_compare(const struct weir_engine_ops *const ops[2], struct weir_engine *const engine[2],
			       void (*tell)(void *ctx, const char *text), void *ctx)
{
	uint64_t differ = 0;
	char text[160];

	for (uint32_t i = 0; i < WEIR_REG_COUNTER0_COUNT + WEIR_REG_COUNTER1_COUNT; i++) {
		bool second = i >= WEIR_REG_COUNTER0_COUNT;
		uint32_t index = second ? i - WEIR_REG_COUNTER0_COUNT : i;
		uint32_t addr = second ? WEIR_REG_COUNTER1(index) : WEIR_REG_COUNTER0(index);
		uint64_t a = read_counter(ops[0], engine[0], addr);
		uint64_t b = read_counter(ops[1], engine[1], addr);

		if (a == b)
			continue;
		differ++;
		snprintf(text, sizeof(text), "counter %u of bank %d: %s %" PRIu64 ", %s %" PRIu64, index, second,
			 ops[0]->name, a, ops[1]->name, b);
		tell(ctx, text);
	}
	return differ;
}

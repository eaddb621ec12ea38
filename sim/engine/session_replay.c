// SPDX-License-Identifier: Apache-2.0
/* What reaches the registers from inside the first engine, by its firmware or its host link, done to the second one. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "session_priv.h"
#include "weir/weir_regs.h"

/* What must read the same in both engines. Entries of tables do not: free and expired ones differ. */
static bool reads_alike(unsigned target)
{
	switch (target) {
	case WEIR_TARGET_BYPASS:
	case WEIR_TARGET_METER_CFG:
	case WEIR_TARGET_TABLE_CFG:
	case WEIR_TARGET_ANOMALY_CFG:
	case WEIR_TARGET_COUNTER0:
	case WEIR_TARGET_COUNTER1:
	case WEIR_TARGET_STATE_CFG_SYN:
	case WEIR_TARGET_PEAK:
		return true;
	default:
		return false;
	}
}

static void replay_write(struct weir_session *s, const struct weir_maint *m, uint32_t addr)
{
	char text[200];
	int rc = 0;

	for (uint32_t i = 0; i < WEIR_MAINT_WORDS && !rc; i++)
		rc = s->ops[1]->write(s->engine[1], addr + 4 * i, m->word[i]);
	if (!rc)
		return;
	snprintf(text, sizeof(text), "behind frame %u: %s does not take what was written to 0x%06x (%s)", m->seqno,
		 s->ops[1]->name, addr, strerror(-rc));
	weir_session_mismatch(s, text);
}

static void replay_read(struct weir_session *s, const struct weir_maint *m, uint32_t addr)
{
	uint32_t word[WEIR_MAINT_WORDS] = { 0 };
	char text[400], first[80], second[80];
	int rc = 0;

	for (uint32_t i = 0; i < WEIR_MAINT_WORDS && !rc; i++)
		rc = s->ops[1]->read(s->engine[1], addr + 4 * i, &word[i]);
	if (!rc && (!reads_alike(m->target) || !memcmp(word, m->word, sizeof(word))))
		return;
	for (int i = 0; i < WEIR_MAINT_WORDS; i++) {
		snprintf(first + 9 * i, sizeof(first) - 9u * (size_t)i, " %08x", m->word[i]);
		snprintf(second + 9 * i, sizeof(second) - 9u * (size_t)i, " %08x", word[i]);
	}
	snprintf(text, sizeof(text), "behind frame %u: entry %u of target %u reads\n  %s:%s\n  %s:%s", m->seqno, m->index,
		 m->target, s->ops[0]->name, first, s->ops[1]->name, rc ? " nothing" : second);
	weir_session_mismatch(s, text);
}

/* Behind the same frame in both? */
static void check_place(struct weir_session *s, const struct weir_maint *m)
{
	uint32_t seqno = 0;
	char text[160];

	if (!s->ops[1]->read(s->engine[1], WEIR_REG_MAINT_SEQNO, &seqno) && seqno == m->seqno)
		return;
	snprintf(text, sizeof(text), "maintenance: %s says behind frame %u, %s is at frame %u", s->ops[0]->name, m->seqno,
		 s->ops[1]->name, seqno);
	weir_session_mismatch(s, text);
}

/* Between the records of the first engine, so between the frames of the second. Who reads here reads both engines, unless
 * reading takes something away. */
void weir_session_on_maint(void *ctx, const struct weir_maint *m)
{
	struct weir_session *s = ctx;
	uint32_t addr = WEIR_ENTRIES_BASE + m->target * WEIR_TARGET_SPAN + m->index * WEIR_ENTRY_SPAN;

	if (!m->own && s->ops[0]->logs)
		s->counts.maintenance++;
	if (!m->own && s->sink->maint)
		s->sink->maint(s->ctx, m);
	if (!s->ops[1] || (m->own && !m->write && m->target != WEIR_TARGET_PEAK))
		return;
	if (s->ops[1]->time)
		s->ops[1]->time(s->engine[1], m->stamp_us);
	if (m->write)
		replay_write(s, m, addr);
	else
		replay_read(s, m, addr);
	check_place(s, m);
}

/* What was not taken leaves `clear` undone. Registers that the model does not have are of the hardware alone. */
void weir_session_on_wrote(void *ctx, uint32_t addr, uint32_t value, bool taken)
{
	struct weir_session *s = ctx;
	char text[200];
	int rc;

	if (!taken && addr != WEIR_REG_CTRL && addr != WEIR_REG_STATUS)
		return;
	if (addr == WEIR_REG_CTRL && !taken)
		value &= ~WEIR_REG_CTRL_CLEAR_MASK;
	weir_session_note(s, addr, value);
	if (!s->ops[1])
		return;
	rc = s->ops[1]->write(s->engine[1], addr, value);
	if (!rc || rc == -EINVAL)
		return;
	snprintf(text, sizeof(text), "%s does not take 0x%08" PRIx32 ", which was written to register 0x%06" PRIx32 " (%s)",
		 s->ops[1]->name, value, addr, strerror(-rc));
	weir_session_mismatch(s, text);
}

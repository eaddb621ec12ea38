// SPDX-License-Identifier: Apache-2.0
/* A session that is talked to while it runs: its host link, and time that comes from outside. */
#include <errno.h>

#include "session_priv.h"

void weir_session_on_link(void *ctx, const uint8_t *octets, size_t n)
{
	struct weir_session *s = ctx;

	if (s->sink->link)
		s->sink->link(s->ctx, octets, n);
}

bool weir_session_on_pause(void *ctx)
{
	struct weir_session *s = ctx;

	return s->sink->pause && s->sink->pause(s->ctx);
}

size_t weir_session_link(struct weir_session *s, const uint8_t *octets, size_t n)
{
	return s->ops[0]->link ? s->ops[0]->link(s->engine[0], octets, n) : 0;
}

bool weir_session_link_silent(const struct weir_session *s)
{
	return !s->ops[0]->link_silent || s->ops[0]->link_silent(s->engine[0]);
}

bool weir_session_takes(const struct weir_session *s)
{
	return !s->ops[0]->takes || s->ops[0]->takes(s->engine[0]);
}

void weir_session_hurry(struct weir_session *s)
{
	if (s->ops[0]->hurry)
		s->ops[0]->hurry(s->engine[0]);
}

uint64_t weir_session_inside(const struct weir_session *s)
{
	uint64_t n = s->counts.offered;

	for (int f = 0; f < WEIR_FATES; f++)
		n -= s->counts.fate[f];
	return n;
}

int weir_session_live(struct weir_session *s, uint64_t now_ns, uint64_t *ret_wake_ns)
{
	int rc = s->ops[0]->live ? s->ops[0]->live(s->engine[0], now_ns, ret_wake_ns) : -ENOSYS;

	return s->error ? s->error : rc;
}

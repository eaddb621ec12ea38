// SPDX-License-Identifier: Apache-2.0
#include "gen.h"

#include <errno.h>
#include <stdlib.h>

const uint8_t gen_mac[GEN_SIDES][6] = {
	{ 0x02, 0, 0, 0, 0, 1 },
	{ 0x02, 0, 0, 0, 0, 2 },
};

struct heap {
	struct gen_stream **s;
	size_t n;
};

struct gen_mixer {
	struct heap heap[GEN_SIDES];
	size_t streams, max;
	uint64_t free_ns[GEN_SIDES];   /* the side's wire is idle from here on */
	struct gen_frame frame;
};

void gen_pkt_start(struct weir_pkt *p, uint8_t *buf, size_t cap, enum gen_side from,
		   const struct gen_vlan *vlan)
{
	weir_pkt_init(p, buf, cap);
	weir_pkt_eth(p, gen_mac[!from], gen_mac[from]);
	if (vlan->outer)
		weir_pkt_vlan(p, vlan->inner ? 0x88a8 : 0x8100, vlan->outer);
	if (vlan->inner)
		weir_pkt_vlan(p, 0x8100, vlan->inner);
}

struct gen_mixer *gen_mixer_new(size_t max)
{
	struct gen_mixer *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	m->max = max;
	for (int i = 0; i < GEN_SIDES; i++) {
		m->heap[i].s = calloc(max ? max : 1, sizeof(m->heap[i].s[0]));
		if (!m->heap[i].s) {
			gen_mixer_free(m);
			return NULL;
		}
	}
	return m;
}

void gen_mixer_free(struct gen_mixer *m)
{
	if (!m)
		return;
	for (int i = 0; i < GEN_SIDES; i++) {
		for (size_t k = 0; k < m->heap[i].n; k++)
			m->heap[i].s[k]->free(m->heap[i].s[k]);
		free(m->heap[i].s);
	}
	free(m);
}

static bool before(const struct gen_stream *a, const struct gen_stream *b)
{
	return a->due_ns != b->due_ns ? a->due_ns < b->due_ns : a->id < b->id;
}

static void sift_down(struct heap *h, size_t i)
{
	struct gen_stream *s = h->s[i];

	for (;;) {
		size_t c = 2 * i + 1;

		if (c >= h->n)
			break;
		if (c + 1 < h->n && before(h->s[c + 1], h->s[c]))
			c++;
		if (!before(h->s[c], s))
			break;
		h->s[i] = h->s[c];
		i = c;
	}
	h->s[i] = s;
}

static void push(struct heap *h, struct gen_stream *s)
{
	size_t i = h->n++;

	while (i > 0 && before(s, h->s[(i - 1) / 2])) {
		h->s[i] = h->s[(i - 1) / 2];
		i = (i - 1) / 2;
	}
	h->s[i] = s;
}

static void pop(struct heap *h)
{
	h->s[0] = h->s[--h->n];
	if (h->n)
		sift_down(h, 0);
}

int gen_mixer_add(struct gen_mixer *m, struct gen_stream *s)
{
	if (m->streams == m->max)
		return -ENOSPC;
	s->id = (unsigned)m->streams++;
	push(&m->heap[s->side], s);
	return 0;
}

/* When the side's next frame could leave. */
static uint64_t earliest(const struct gen_mixer *m, int side)
{
	const struct heap *h = &m->heap[side];

	if (!h->n || h->s[0]->due_ns == GEN_NEVER)
		return GEN_NEVER;
	return h->s[0]->due_ns > m->free_ns[side] ? h->s[0]->due_ns : m->free_ns[side];
}

int gen_mixer_run(struct gen_mixer *m, uint64_t end_ns, gen_sink_fn *sink, void *ctx)
{
	for (;;) {
		uint64_t t[GEN_SIDES] = { earliest(m, 0), earliest(m, 1) };
		enum gen_side side = t[GEN_PROTECTED] < t[GEN_UNPROTECTED];
		struct heap *h = &m->heap[side];
		struct gen_stream *s;
		int err;

		/* Both heaps hand out rising times, so the first one beyond the end ends all. */
		if (t[side] >= end_ns)
			return 0;
		s = h->s[0];
		m->frame.detail = NULL;
		s->emit(s, t[side], &m->frame);
		m->free_ns[side] = t[side] + gen_wire_ns(m->frame.len);
		err = sink(ctx, t[side], side, s->attack, &m->frame);
		if (err)
			return err;
		if (s->side == side) {
			sift_down(h, 0);
		} else {
			pop(h);
			push(&m->heap[s->side], s);
		}
	}
}

// SPDX-License-Identifier: Apache-2.0
#include "rtl_frame.h"

#include <stdlib.h>
#include <string.h>

struct weir_rtl_frame *weir_rtl_frame_new(const uint8_t *bytes, uint32_t len, uint32_t known, int side,
					  uint64_t arrival_ns, uint64_t cookie)
{
	struct weir_rtl_frame *f = calloc(1, sizeof(*f) + len + 8);

	if (!f)
		return NULL;
	f->arrival_ns = arrival_ns;
	f->cookie = cookie;
	f->len = len;
	f->known = known < len ? known : len;
	f->side = side;
	memcpy(f->bytes, bytes, f->known);
	return f;
}

void weir_rtl_queue_push(struct weir_rtl_queue *q, struct weir_rtl_frame *f)
{
	f->next = NULL;
	if (q->tail)
		q->tail->next = f;
	else
		q->head = f;
	q->tail = f;
	q->count++;
}

struct weir_rtl_frame *weir_rtl_queue_pop(struct weir_rtl_queue *q)
{
	struct weir_rtl_frame *f = q->head;

	if (f)
		weir_rtl_queue_remove(q, f);
	return f;
}

struct weir_rtl_frame *weir_rtl_queue_find(const struct weir_rtl_queue *q, uint32_t seqno)
{
	struct weir_rtl_frame *f = q->head;

	while (f && f->seqno != seqno)
		f = f->next;
	return f;
}

struct weir_rtl_frame *weir_rtl_queue_last_of(const struct weir_rtl_queue *q, int side)
{
	struct weir_rtl_frame *f, *found = NULL;

	for (f = q->head; f; f = f->next)
		if (f->side == side)
			found = f;
	return found;
}

void weir_rtl_queue_remove(struct weir_rtl_queue *q, struct weir_rtl_frame *f)
{
	struct weir_rtl_frame **at = &q->head, *before = NULL;

	while (*at != f) {
		before = *at;
		at = &(*at)->next;
	}
	*at = f->next;
	if (q->tail == f)
		q->tail = before;
	f->next = NULL;
	q->count--;
}

void weir_rtl_queue_done(struct weir_rtl_queue *q)
{
	struct weir_rtl_frame *f;

	while ((f = weir_rtl_queue_pop(q)))
		free(f);
}

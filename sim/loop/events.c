// SPDX-License-Identifier: Apache-2.0
#include "events.h"

#include <stdlib.h>

enum { RoomFirst = 1024 };

void weir_events_done(struct weir_events *e)
{
	while (e->n) {
		struct weir_event last = weir_events_pop(e);

		weir_events_recycle(e, last.frame);
	}
	while (e->pool) {
		struct weir_event_frame *f = e->pool;

		e->pool = f->next;
		free(f);
	}
	free(e->heap);
	*e = (struct weir_events){ 0 };
}

struct weir_event_frame *weir_events_frame(struct weir_events *e)
{
	struct weir_event_frame *f = e->pool;

	if (f)
		e->pool = f->next;
	else
		f = malloc(sizeof(*f));
	if (f)
		f->flood = f->bot = false;
	else
		e->full = true;
	return f;
}

void weir_events_recycle(struct weir_events *e, struct weir_event_frame *f)
{
	if (!f)
		return;
	f->next = e->pool;
	e->pool = f;
}

static bool before(const struct weir_event *a, const struct weir_event *b)
{
	return a->time_ns < b->time_ns || (a->time_ns == b->time_ns && a->order < b->order);
}

static bool grow(struct weir_events *e)
{
	size_t room = e->room ? e->room * 2 : RoomFirst;
	struct weir_event *heap = room > WEIR_EVENTS_MOST ? NULL : realloc(e->heap, room * sizeof(*heap));

	if (!heap)
		return false;
	e->heap = heap;
	e->room = room;
	return true;
}

void weir_events_push(struct weir_events *e, const struct weir_event *event)
{
	struct weir_event new = *event;
	size_t i;

	if (e->n == e->room && !grow(e)) {
		e->full = true;
		weir_events_recycle(e, event->frame);
		return;
	}
	new.order = ++e->order;
	for (i = e->n++; i && before(&new, &e->heap[(i - 1) / 2]); i = (i - 1) / 2)
		e->heap[i] = e->heap[(i - 1) / 2];
	e->heap[i] = new;
}

const struct weir_event *weir_events_top(const struct weir_events *e)
{
	return e->n ? &e->heap[0] : NULL;
}

struct weir_event weir_events_pop(struct weir_events *e)
{
	struct weir_event top = e->heap[0], last = e->heap[--e->n];
	size_t i = 0, child;

	while ((child = 2 * i + 1) < e->n) {
		if (child + 1 < e->n && before(&e->heap[child + 1], &e->heap[child]))
			child++;
		if (!before(&e->heap[child], &last))
			break;
		e->heap[i] = e->heap[child];
		i = child;
	}
	if (e->n)
		e->heap[i] = last;
	return top;
}

// SPDX-License-Identifier: Apache-2.0
#include "outside.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { LineMax = 600 };

static void on_not_carried(void *ctx, const struct weir_live_counts *now, uint64_t news)
{
	const struct weir_outside *o = ctx;
	char line[LineMax];

	snprintf(line, sizeof(line),
		 "%" PRIu64 " frames not carried since the last such line; since the start %" PRIu64 " of %s, %" PRIu64 " of %s", news,
		 weir_live_not_carried(&now->side[0]), o->name[0], weir_live_not_carried(&now->side[1]), o->name[1]);
	o->say(line);
}

static void tell_open(const struct weir_outside *o)
{
	char line[LineMax];

	if (o->listen) {
		snprintf(line, sizeof(line), "serving the host link on %s", o->listen);
		o->say(line);
	}
	if (o->name[0]) {
		snprintf(line, sizeof(line), "live between %s and %s", o->name[0], o->name[1]);
		o->say(line);
	}
}

int weir_outside_open(struct weir_outside *o)
{
	struct weir_live_setup setup = {
		.name = { o->name[0], o->name[1] }, .short_pps = o->capacity.short_pps, .long_pps = o->capacity.long_pps,
		.stop = o->stop, .tell = on_not_carried, .ctx = o,
	};
	char detail[WEIR_IFACE_DETAIL + WEIR_LINK_SOCKET_DETAIL] = "no memory";
	int rc = 0;

	if (!o->listen && !o->name[0])
		return 0;
	for (int s = 0; s < 2 && o->name[s] && !rc; s++)
		rc = weir_iface_open(o->name[s], &o->iface[s], detail);
	if (!rc && o->listen)
		rc = weir_link_socket_open(o->listen, &o->link, detail);
	if (!rc) {
		setup.link = o->link;
		setup.iface[0] = o->iface[0];
		setup.iface[1] = o->iface[1];
		o->live = weir_live_new(&setup);
		rc = o->live ? 0 : -ENOMEM;
	}
	if (rc)
		o->say(detail);
	else
		tell_open(o);
	return rc;
}

void weir_outside_close(struct weir_outside *o)
{
	weir_live_free(o->live);
	weir_link_socket_close(o->link);
	for (int s = 0; s < 2; s++)
		weir_iface_close(o->iface[s]);
	o->live = NULL;
	o->link = NULL;
	o->iface[0] = o->iface[1] = NULL;
}

int weir_outside_run(struct weir_outside *o, struct weir_session *s, uint64_t from_ns, uint64_t to_ns, bool until_served)
{
	struct weir_live_clock clock;
	int rc;

	weir_live_clock_start(&clock, from_ns, to_ns);
	rc = weir_live_run(o->live, s, &clock, until_served ? UINT64_MAX : o->for_ns, until_served);
	return rc || !until_served || to_ns == UINT64_MAX ? rc : weir_live_catch_up(o->live, s, weir_live_clock_ns(&clock), to_ns);
}

bool weir_outside_pause(struct weir_outside *o, struct weir_session *s)
{
	static const struct timespec step = { .tv_nsec = 1000000 };

	if (!o->link || o->ended)
		return *o->stop && !o->ended;
	weir_link_socket_pump(o->link, s);
	while (!*o->stop && !weir_session_takes(s)) {
		nanosleep(&step, NULL);
		weir_link_socket_pump(o->link, s);
	}
	return *o->stop;
}

void weir_outside_end(struct weir_outside *o)
{
	o->ended = true;
	if (o->link)
		o->hosts = *weir_link_socket_counts(o->link);
	weir_link_socket_close(o->link);
	o->link = NULL;
	if (o->live)
		weir_live_end(o->live);
}

void weir_outside_left(struct weir_outside *o, int side, const uint8_t *frame, uint32_t len)
{
	if (o->live)
		weir_live_out(o->live, side, frame, len);
}

void weir_outside_said(struct weir_outside *o, const uint8_t *octets, size_t n)
{
	if (o->link)
		weir_link_socket_said(o->link, octets, n);
}

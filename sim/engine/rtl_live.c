// SPDX-License-Identifier: Apache-2.0
/* The simulated hardware among things that have a clock of their own: octets of the host link, and time that comes from
 * outside. Stream depth. */
#include <errno.h>
#include <time.h>

#include "rtl_dpi.h"
#include "rtl_sim_priv.h"
#include "weir/weir_regs.h"

enum {
	OctetClocks = 8,         /* the link takes one octet in so many */
	LiveNs = 1000000,        /* of real time: who is outside waits no longer */
	LookClocks = 64,         /* between two looks at that */
	RestClocks = 8,          /* at rest for that long */
	StoppedClocks = 4096,    /* a frame waits at its side for that long, and nothing else happens: a host has stopped us */
	MacBytes = 6,
};

uint32_t weir_rtl_link_levels(struct weir_rtl_sim *s)
{
	struct weir_rtl_link *l = &s->link;
	uint32_t levels = WEIR_RTL_LINK_TX_READY;   /* whoever does not listen loses what is said */

	if (!l->count || s->in_flags & WEIR_RTL_RST || s->clocks - l->clock < OctetClocks)
		return levels;
	levels |= WEIR_RTL_LINK_RX_VALID | (uint32_t)l->octet[l->head] << WEIR_RTL_LINK_DATA_LSB;
	l->head = (l->head + 1) % WEIR_RTL_LINK_OCTETS;
	l->count--;
	l->clock = s->clocks;
	return levels;
}

void weir_rtl_link_said(struct weir_rtl_sim *s, uint32_t flags)
{
	const uint8_t octet = (uint8_t)(flags >> WEIR_RTL_LINK_DATA_LSB);

	if (flags & WEIR_RTL_LINK_TX_VALID && !(s->in_flags & WEIR_RTL_RST) && s->events->link)
		s->events->link(s->ctx, &octet, 1);
}

size_t weir_rtl_link(struct weir_rtl_sim *s, const uint8_t *octets, size_t n)
{
	struct weir_rtl_link *l = &s->link;
	size_t taken = 0;

	if (s->options.gmii)
		return 0;
	for (; taken < n && l->count < WEIR_RTL_LINK_OCTETS; taken++)
		l->octet[(l->head + l->count++) % WEIR_RTL_LINK_OCTETS] = octets[taken];
	return taken;
}

bool weir_rtl_link_silent(const struct weir_rtl_sim *s)
{
	return !s->link.count && s->clocks - s->link.clock >= OctetClocks &&
	       !(s->out_flags & (WEIR_RTL_LINK_BUSY | WEIR_RTL_LINK_TX_VALID));
}

void weir_rtl_hurry(struct weir_rtl_sim *s)
{
	s->hurry = true;
}

/* The bus serves one at a time, so that an access at our address is ours. */
void weir_sim_on_write(uint32_t addr, uint32_t data, uint32_t accepted)
{
	struct weir_rtl_sim *s = weir_rtl_current;

	if (!s || (s->access && s->in_flags & WEIR_RTL_PWRITE && s->paddr == addr))
		return;
	for (int i = 0; accepted && i < MacBytes; i++)
		if (addr == (i < 4 ? WEIR_REG_DIVERT_MAC_FIRST : WEIR_REG_DIVERT_MAC_LAST))
			s->divert_mac[i] = (uint8_t)(data >> (i < 4 ? 24 - 8 * i : 40 - 8 * i));
	if (s->events->wrote)
		s->events->wrote(s->ctx, addr, data, accepted);
}

/* What the hardware's clock may show next. Within a window nothing but stamps depends on it; into another one it goes only
 * when no access to an entry is under way, whose place in time would not be clear. */
bool weir_rtl_may_leap(const struct weir_rtl_sim *s, uint64_t now_us)
{
	return s->now_us >> 16 == now_us >> 16 ||
	       (s->out_flags & WEIR_RTL_IDLE && !(s->out_flags & WEIR_RTL_BUS_BUSY));
}

static bool at_rest(const struct weir_rtl_sim *s)
{
	if (s->soc.notice || !weir_rtl_link_silent(s) || (s->soc.runs && !weir_rtl_soc_idle(s)))
		return false;
	if (weir_rtl_quiet(s) && !s->pending.head)
		return s->now_us >= s->live_ns / 1000;
	return s->out_flags & WEIR_RTL_IDLE && weir_rtl_any_waiting(s) && s->clocks - s->progress_clock > StoppedClocks;
}

static uint64_t real_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

int weir_rtl_live(struct weir_rtl_sim *s, uint64_t now_ns, uint64_t *ret_wake_ns)
{
	uint64_t begun_ns = real_ns();
	unsigned rest = 0;

	if (s->options.gmii)
		return -ENOSYS;
	weir_rtl_begin(s, now_ns);
	if (now_ns > s->live_ns)
		s->live_ns = now_ns;
	s->live = true;
	while (rest < RestClocks && (s->clocks % LookClocks || real_ns() - begun_ns < LiveNs)) {
		if (s->soc.notice)
			weir_rtl_soc_notice(s);
		weir_rtl_step(s);
		if (s->out_flags & WEIR_RTL_IDLE && !weir_rtl_any_waiting(s))
			s->progress_clock = s->clocks;
		rest = at_rest(s) ? rest + 1 : 0;
	}
	s->live = false;
	*ret_wake_ns = s->soc.runs ? weir_rtl_soc_deadline_ns(s) : UINT64_MAX;
	return rest < RestClocks;
}

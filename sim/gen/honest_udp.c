// SPDX-License-Identifier: Apache-2.0
/* Conversations without TCP: DNS, NTP, a game-like UDP service, large datagrams in fragments, ping. */
#include <stdio.h>

#include "honest.h"
#include "pdu.h"

static void datagram(struct gen_session *x, uint64_t t, enum gen_side side, uint8_t msg)
{
	struct gen_event *e = gen_script_add(x->s, t, GEN_EV_UDP, side);

	if (e)
		e->msg = msg;
}

/* A datagram that may be larger than the MTU. Returns when its last piece is through. */
static uint64_t large_datagram(struct gen_session *x, uint64_t t, enum gen_side side, uint8_t msg)
{
	uint32_t total = 8 + gen_msg_len(x->s, msg), off = 0;
	uint32_t room = x->s->addr[0].family == 4 ? 1480 : 1448;
	uint32_t id = (uint32_t)weir_prng_next(x->r);

	if (total <= room) {
		datagram(x, t, side, msg);
		return t;
	}
	while (off < total) {
		struct gen_event *e = gen_script_add(x->s, t, GEN_EV_UDP_FRAG, side);

		if (!e)
			break;
		e->msg = msg;
		e->seq = id;
		e->off = off;
		e->len = (uint16_t)(total - off < room ? total - off : room);
		off += e->len;
		t += (e->len + 38) * x->byte_ns[side];
	}
	return t;
}

static uint64_t service_time(struct gen_session *x)
{
	return x->react_ns[!x->from] + weir_prng_exp(x->r, 500000);
}

static void dns(struct gen_session *x, unsigned lookups, size_t txt)
{
	uint64_t t = x->t0_ns;

	for (unsigned i = 0; i < lookups; i++) {
		uint8_t pdu[4600];
		char name[64];
		uint16_t qtype = txt ? 48 : weir_prng_below(x->r, 2) ? 1 : 28;
		size_t n;

		snprintf(name, sizeof(name), "host%u.example.com", (unsigned)weir_prng_below(x->r, 3000));
		n = gen_dns_query(pdu, (uint16_t)weir_prng_next(x->r), name, qtype);
		datagram(x, t, x->from, gen_script_msg(x->s, pdu, n, 0, 0));
		t += service_time(x);
		n = gen_dns_answer(pdu, n, sizeof(pdu), txt ? 0 : 1 + (unsigned)weir_prng_below(x->r, 3),
				   txt, x->r);
		t = large_datagram(x, t, !x->from, gen_script_msg(x->s, pdu, n, 0, 0));
		t += x->react_ns[x->from] + weir_prng_exp(x->r, 5 * GEN_NS_PER_MS);
	}
}

void gen_build_dns(struct gen_session *x)
{
	dns(x, 1 + (unsigned)weir_prng_below(x->r, 3), 0);
}

void gen_build_dns_large(struct gen_session *x)
{
	/* Signed zones: answers beyond the MTU come in fragments. */
	dns(x, 1, weir_prng_range(x->r, 1300, 3800));
}

void gen_build_ntp(struct gen_session *x)
{
	uint8_t pdu[48];
	uint64_t t = x->t0_ns;

	datagram(x, t, x->from, gen_script_msg(x->s, pdu, gen_ntp(pdu, false, x->unix_ns, x->r), 0, 0));
	t += service_time(x);
	datagram(x, t, !x->from, gen_script_msg(x->s, pdu, gen_ntp(pdu, true, x->unix_ns, x->r), 0, 0));
}

void gen_build_udp(struct gen_session *x)
{
	/* Some ten updates a second upwards, larger states downwards. */
	unsigned n = 10 + (unsigned)weir_prng_below(x->r, 50);
	uint64_t t = x->t0_ns;
	uint8_t up[4], down[4];

	for (int i = 0; i < 4; i++) {
		up[i] = gen_script_msg(x->s, NULL, 0, weir_prng_range(x->r, 24, 90),
				       (uint32_t)weir_prng_below(x->r, 65536));
		down[i] = gen_script_msg(x->s, NULL, 0, weir_prng_range(x->r, 60, 420),
					 (uint32_t)weir_prng_below(x->r, 65536));
	}
	for (unsigned i = 0; i < n; i++) {
		datagram(x, t, x->from, up[weir_prng_below(x->r, 4)]);
		if (weir_prng_below(x->r, 3))
			datagram(x, t + service_time(x), !x->from, down[weir_prng_below(x->r, 4)]);
		t += 20 * GEN_NS_PER_MS + weir_prng_below(x->r, 25 * GEN_NS_PER_MS);
	}
}

void gen_build_udp_large(struct gen_session *x)
{
	unsigned n = 1 + (unsigned)weir_prng_below(x->r, 4);
	uint64_t t = x->t0_ns;

	for (unsigned i = 0; i < n; i++) {
		uint8_t msg = gen_script_msg(x->s, NULL, 0, weir_prng_range(x->r, 1600, 8200),
					     (uint32_t)weir_prng_below(x->r, 65536));

		t = large_datagram(x, t, x->from, msg);
		t += service_time(x);
		datagram(x, t, !x->from, gen_script_msg(x->s, NULL, 0, 32, 0));
		t += x->react_ns[x->from] + weir_prng_exp(x->r, 30 * GEN_NS_PER_MS);
	}
}

void gen_build_echo(struct gen_session *x)
{
	unsigned n = 2 + (unsigned)weir_prng_below(x->r, 5);
	uint32_t id = (uint32_t)weir_prng_next(x->r) << 16;
	uint8_t msg = gen_script_msg(x->s, NULL, 0, x->windows ? 32 : 56, 0);
	uint64_t t = x->t0_ns;

	for (unsigned i = 1; i <= n; i++) {
		for (unsigned reply = 0; reply < 2; reply++) {
			struct gen_event *e = gen_script_add(x->s,
				t + (reply ? x->react_ns[!x->from] : 0), GEN_EV_ECHO,
				reply ? !x->from : x->from);

			if (!e)
				return;
			e->seq = id | i;
			e->msg = msg;
			e->flags = (uint8_t)reply;
		}
		t += GEN_NS_PER_S + weir_prng_below(x->r, GEN_NS_PER_MS);
	}
}

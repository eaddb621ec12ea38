// SPDX-License-Identifier: Apache-2.0
#include "flood.h"

#include <stdbool.h>

enum { BehindMostNs = 1000000, FloodStream = 0x666c };

static const uint64_t NsPerS = 1000000000;

static bool in_burst(const struct weir_flood_options *o, uint64_t t)
{
	return o->burst_ns && (t - o->from_ns) % o->burst_every_ns < o->burst_ns;
}

static uint64_t next_burst(const struct weir_flood_options *o, uint64_t t)
{
	return o->burst_ns ? t - (t - o->from_ns) % o->burst_every_ns + o->burst_every_ns : UINT64_MAX;
}

void weir_flood_init(struct weir_flood *f, const struct weir_flood_options *o)
{
	f->o = *o;
	weir_prng_seed(&f->prng, o->seed, FloodStream);
	f->next_ns = (o->rate_pps || o->burst_ns) && o->from_ns < o->until_ns ? o->from_ns : UINT64_MAX;
}

void weir_flood_sent(struct weir_flood *f, uint64_t start_ns, uint64_t wire_ns)
{
	const struct weir_flood_options *o = &f->o;
	uint64_t burst, slow, due;

	if (in_burst(o, start_ns)) {
		f->next_ns = start_ns + wire_ns;
	} else {
		/* What a full wire kept waiting for longer is lost before it. */
		due = start_ns - f->next_ns > BehindMostNs ? start_ns - BehindMostNs : f->next_ns;
		burst = next_burst(o, start_ns);
		slow = o->rate_pps ? due + weir_prng_below(&f->prng, 2 * NsPerS / o->rate_pps + 1) : UINT64_MAX;
		f->next_ns = slow < burst ? slow : burst;
	}
	if (f->next_ns >= o->until_ns)
		f->next_ns = UINT64_MAX;
}

static struct weir_addr random_source(struct weir_flood *f)
{
	struct weir_addr a = f->o.sources.addr;
	unsigned len = f->o.sources.len, bytes = a.family == 4 ? 4 : 16;
	uint8_t random[16];

	weir_prng_fill(&f->prng, random, bytes);
	for (unsigned i = len / 8; i < bytes; i++) {
		unsigned keep = i == len / 8 ? len % 8 : 0;

		a.b[i] |= (uint8_t)(random[i] & 0xff >> keep);
	}
	return a;
}

void weir_flood_build(struct weir_flood *f, struct weir_pkt *p)
{
	static const uint8_t mss[4] = { 2, 4, 5, 180 };
	uint64_t r = weir_prng_next(&f->prng);

	weir_pkt_ip(p, &(struct weir_ip_spec){
		.src = random_source(f), .dst = f->o.server, .ttl = (uint8_t)(40 + r % 24), .df = true,
		.id = (uint16_t)(r >> 48),
	});
	weir_pkt_tcp(p, &(struct weir_tcp_spec){
		.sport = (uint16_t)(1024 + (r >> 8) % 64000), .dport = f->o.port, .seq = (uint32_t)(r >> 16),
		.flags = WEIR_TCP_SYN, .window = 64240, .opt = mss, .opt_len = sizeof(mss),
	});
}

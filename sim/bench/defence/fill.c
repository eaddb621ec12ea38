// SPDX-License-Identifier: Apache-2.0
#include "fill.h"

#include "sim/common/packet_build.h"

enum {
	Handshakes = 4000,          /* 4 for each place in `connection` and `legit` */
	GapNs = 1000000,            /* 1,000 SYNs a second over 250 addresses: nothing is declared */
	StepNs = 100000,
	EndNs = 100000000,          /* the last one so long before the scenario */
	Hosts = 250,
};

/* Addresses that no scenario has: 100.64.0.0/10 outside, the far end of the protected prefix inside. */
static struct weir_addr remote(unsigned i)
{
	return (struct weir_addr){ .family = 4, .b = { 100, 64, (uint8_t)(i >> 8), (uint8_t)i } };
}

static int segment(const struct weir_addr *src, const struct weir_addr *dst, int side, const struct weir_tcp_spec *tcp,
		   uint64_t ns, defence_submit *submit, void *ctx)
{
	static const uint8_t outside[6] = { 2, 0, 0, 0, 0, 1 }, inside[6] = { 2, 0, 0, 0, 0, 2 };
	struct weir_pkt p;
	uint8_t buf[128];

	weir_pkt_init(&p, buf, sizeof(buf));
	weir_pkt_eth(&p, side ? outside : inside, side ? inside : outside);
	weir_pkt_ip(&p, &(struct weir_ip_spec){ .src = *src, .dst = *dst, .ttl = 64 });
	weir_pkt_tcp(&p, tcp);
	weir_pkt_end(&p);
	return submit(ctx, buf, (uint32_t)p.len, side, ns);
}

int defence_fill_tables(uint64_t first_ns, defence_submit *submit, void *ctx)
{
	int rc = 0;

	for (unsigned i = 0; !rc && i < Handshakes; i++) {
		uint64_t ns = first_ns - EndNs - (uint64_t)(Handshakes - i) * GapNs;
		struct weir_addr r = remote(i), h = { .family = 4, .b = { 192, 0, 2, (uint8_t)(i % Hosts + 1) } };
		uint16_t port = (uint16_t)(20000 + i);

		rc = segment(&r, &h, 0, &(struct weir_tcp_spec){ port, 80, 1000, 0, WEIR_TCP_SYN, 8192, 0, NULL, 0 },
			     ns, submit, ctx);
		if (!rc)
			rc = segment(&h, &r, 1, &(struct weir_tcp_spec){ 80, port, 5000, 1001, WEIR_TCP_SYN | WEIR_TCP_ACK,
				     8192, 0, NULL, 0 }, ns + StepNs, submit, ctx);
		if (!rc)
			rc = segment(&r, &h, 0, &(struct weir_tcp_spec){ port, 80, 1001, 5001, WEIR_TCP_ACK, 8192, 0,
				     NULL, 0 }, ns + 2 * StepNs, submit, ctx);
	}
	return rc;
}

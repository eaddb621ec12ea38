// SPDX-License-Identifier: Apache-2.0
/* Frames of 64 bytes of both sides by turns, one behind the other: normal UDP and TCP, and when asked for floods of UDP and SYNs. */
#include "faults_load.h"

#include "sim/common/packet_build.h"

enum {
	Cap = 128, Clients = 24, Talks = 64, TalkSteps = 10,
	ShareFlood = 60, ShareSyn = 15, ShareTcp = 20,   /* percent of what comes from outside; the rest is normal UDP */
};

struct talk {
	uint16_t port;
	uint8_t client, step;
	uint32_t seq[2];   /* by side, of its next octet */
};
static struct talk talks[Talks];
/* Of the conversation's segments: who sends them. */
static const uint8_t talk_side[TalkSteps] = { 0, 1, 0, 0, 1, 1, 0, 0, 1, 0 };

static struct weir_addr client(unsigned i)
{
	return (struct weir_addr){ .family = 4, .b = { 198, 51, 100, (uint8_t)(1 + i) } };
}

static struct weir_addr server(unsigned i)
{
	return (struct weir_addr){ .family = 4, .b = { 192, 0, 2, (uint8_t)(10 + i) } };
}

static void begin(struct weir_pkt *p, uint8_t *buf, int side, struct weir_addr remote, struct weir_addr protect)
{
	static const uint8_t mac[2][6] = { { 2, 0, 0, 0, 0, 1 }, { 2, 0, 0, 0, 0, 2 } };

	weir_pkt_init(p, buf, Cap);
	weir_pkt_eth(p, mac[1 - side], mac[side]);
	weir_pkt_ip(p, &(struct weir_ip_spec){ .src = side ? protect : remote, .dst = side ? remote : protect, .ttl = 64 });
}

static void udp(struct weir_pkt *p, uint8_t *buf, int side, struct weir_addr remote, struct weir_addr protect, uint16_t port)
{
	begin(p, buf, side, remote, protect);
	weir_pkt_udp(p, side ? 5000 : port, side ? port : 5000);
}

static void segment(struct weir_pkt *p, uint8_t *buf, struct talk *t, uint8_t flags, bool data)
{
	int side = talk_side[t->step];
	struct weir_tcp_spec s = { .sport = side ? 80 : t->port, .dport = side ? t->port : 80, .seq = t->seq[side],
				   .ack = flags & WEIR_TCP_ACK ? t->seq[1 - side] : 0, .flags = flags, .window = 8192 };

	begin(p, buf, side, client(t->client), server(t->client % 2));
	weir_pkt_tcp(p, &s);
	if (data)
		weir_pkt_bytes(p, "data", 4);
	t->seq[side] += (data ? 4u : 0u) + (flags & (WEIR_TCP_SYN | WEIR_TCP_FIN) ? 1u : 0u);
}

/* Handshake, two octets of talk each way, and its end. */
static void talk_on(struct weir_prng *r, uint32_t *opened, struct weir_pkt *p, uint8_t *buf, struct talk *t)
{
	static const uint8_t flags[TalkSteps] = {
		WEIR_TCP_SYN, WEIR_TCP_SYN | WEIR_TCP_ACK, WEIR_TCP_ACK, WEIR_TCP_ACK | WEIR_TCP_PSH, WEIR_TCP_ACK,
		WEIR_TCP_ACK | WEIR_TCP_PSH, WEIR_TCP_ACK, WEIR_TCP_FIN | WEIR_TCP_ACK, WEIR_TCP_FIN | WEIR_TCP_ACK, WEIR_TCP_ACK,
	};

	if (!t->step) {
		uint32_t n = (*opened)++;

		*t = (struct talk){ .port = (uint16_t)(20000 + n / Clients % 40000), .client = (uint8_t)(n % Clients),
				    .seq = { (uint32_t)weir_prng_next(r), (uint32_t)weir_prng_next(r) } };
	}
	segment(p, buf, t, flags[t->step], flags[t->step] & WEIR_TCP_PSH);
	t->step = (uint8_t)((t->step + 1) % TalkSteps);
}

static bool talk_of(struct weir_prng *r, uint32_t *opened, int side, struct weir_pkt *p, uint8_t *buf)
{
	unsigned first = (unsigned)weir_prng_below(r, Talks);

	for (unsigned i = 0; i < Talks; i++) {
		struct talk *t = &talks[(first + i) % Talks];

		if (talk_side[t->step] != side)
			continue;
		talk_on(r, opened, p, buf, t);
		return true;
	}
	return false;
}

void faults_load_begin(void)
{
	for (unsigned i = 0; i < Talks; i++)
		talks[i] = (struct talk){ 0 };
}

uint32_t faults_load_frame(struct weir_prng *r, uint32_t *opened, bool flood, int side, uint8_t buf[FAULTS_FRAME_CAP])
{
	unsigned kind = (unsigned)weir_prng_below(r, 100), who = (unsigned)weir_prng_below(r, Clients);
	uint32_t any = (uint32_t)weir_prng_next(r);
	struct weir_addr forged = { .family = 4, .b = { 203, (uint8_t)(any >> 16), (uint8_t)(any >> 8), (uint8_t)any } };
	struct weir_pkt p;

	if (flood && !side && kind < ShareFlood) {
		udp(&p, buf, 0, forged, server(2), (uint16_t)(any >> 8));
	} else if (flood && !side && kind < ShareFlood + ShareSyn) {
		begin(&p, buf, 0, forged, server(3));
		weir_pkt_tcp(&p, &(struct weir_tcp_spec){ .sport = (uint16_t)any, .dport = 80, .seq = any, .flags = WEIR_TCP_SYN,
							  .window = 1024 });
	} else if (kind >= 100 - ShareTcp && talk_of(r, opened, side, &p, buf)) {
		;
	} else {
		udp(&p, buf, side, client(who), server(4 + who % 4), (uint16_t)(4000 + who));
	}
	return weir_pkt_end(&p) ? 0 : (uint32_t)p.len;
}

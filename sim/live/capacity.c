// SPDX-License-Identifier: Apache-2.0
#include "capacity.h"

#include <string.h>

#include "clock.h"

enum {
	ShortBytes = 60, LongBytes = 1514, InsideMost = 64,
	MeasureNs = 200000000,     /* of each length */
	MacBytes = 6, TypeAt = 12, IpBytes = 20, UdpBytes = 8,
};

static void on_fate(void *ctx, const struct weir_packet *p)
{
	(void)ctx;
	(void)p;
}

static void on_problem(void *ctx, const char *text)
{
	(void)ctx;
	(void)text;
}

const struct weir_session_sink weir_capacity_sink = { .fate = on_fate, .problem = on_problem };

static void put16(uint8_t *at, uint32_t v)
{
	at[0] = (uint8_t)(v >> 8);
	at[1] = (uint8_t)v;
}

/* UDP (RFC 768) over IPv4 (RFC 791) between addresses of RFC 5737, of another source each time: as dear as a frame can be for
 * the model, and all the same for the hardware. */
static void build(uint8_t *frame, uint32_t len, uint32_t source)
{
	uint8_t *ip = frame + TypeAt + 2;
	uint32_t sum = 0;

	memset(frame, 0, len);
	memset(frame, 0x02, 2 * MacBytes);
	put16(frame + TypeAt, 0x0800);
	ip[0] = 0x45;
	put16(ip + 2, len - TypeAt - 2);
	ip[8] = 64;
	ip[9] = 17;
	memcpy(ip + 12, (const uint8_t[]){ 198, 51, 100, (uint8_t)source }, 4);
	memcpy(ip + 16, (const uint8_t[]){ 192, 0, 2, 1 }, 4);
	for (int i = 0; i < IpBytes; i += 2)
		sum += (uint32_t)ip[i] << 8 | ip[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	put16(ip + 10, ~sum);
	put16(ip + IpBytes, 1024 + source % 50000);
	put16(ip + IpBytes + 2, 53);
	put16(ip + IpBytes + 4, len - TypeAt - 2 - IpBytes);   /* checksum 0: none */
}

/* As the loop of a live run does it, all frames from one side. */
static int flood(struct weir_session *s, uint32_t len, const struct weir_live_clock *clock, uint64_t *ret_pps)
{
	uint64_t begun_ns = weir_live_monotonic_ns(), sent = 0, gone_ns, wake_ns;
	uint8_t frame[LongBytes];
	int rc = 0;

	do {
		while (rc >= 0 && weir_session_inside(s) < InsideMost) {
			const struct weir_input in = {
				.bytes = frame, .captured = len, .wire_len = len, .number = ++sent,
				.time_ns = weir_live_clock_ns(clock), .arrival_ns = weir_live_clock_ns(clock),
			};

			build(frame, len, (uint32_t)sent);
			rc = weir_session_submit(s, &in);
			gone_ns = weir_live_monotonic_ns() - begun_ns;
			if (gone_ns >= MeasureNs)
				break;
		}
		if (rc >= 0)
			rc = weir_session_live(s, weir_live_clock_ns(clock), &wake_ns);
		gone_ns = weir_live_monotonic_ns() - begun_ns;
	} while (rc >= 0 && gone_ns < MeasureNs);
	*ret_pps = (sent - weir_session_inside(s)) * 1000000000u / gone_ns;
	return rc < 0 ? rc : 0;
}

int weir_capacity_measure(struct weir_session *s, uint64_t begin_ns, struct weir_capacity *ret)
{
	struct weir_live_clock clock;
	int rc;

	weir_live_clock_start(&clock, begin_ns, UINT64_MAX);
	rc = flood(s, ShortBytes, &clock, &ret->short_pps);
	return rc ? rc : flood(s, LongBytes, &clock, &ret->long_pps);
}

// SPDX-License-Identifier: Apache-2.0
/* rtl-saturate [MS]: both GMII wires full with frames of 64 bytes, back to back, for so many milliseconds: 2 x 1,488,095
 * frames a second. Every one must leave on the other side, at the pace at which they come. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/engine/rtl_gmii.h"
#include "sim/engine/rtl_sim.h"
#include "weir/weir_regs.h"

enum {
	Len = 60,
	FrameClocks = (WEIR_GMII_PREAMBLE_BYTES + Len + WEIR_GMII_FCS_BYTES + WEIR_GMII_GAP_BYTES) / 2,
	SlackClocks = 1000,  /* first bytes to last ones through the pipeline, and the end of the run */
};

struct count {
	uint64_t records, refused, egress_full, left[2], strays, latency_max_ns;
};

static void on_record(void *ctx, uint64_t cookie, const struct weir_record *rec)
{
	(void)cookie;
	(void)rec;
	((struct count *)ctx)->records++;
}

static void on_refused(void *ctx, uint64_t cookie)
{
	(void)cookie;
	((struct count *)ctx)->refused++;
}

static void on_egress_full(void *ctx, uint64_t cookie)
{
	(void)cookie;
	((struct count *)ctx)->egress_full++;
}

static void on_out(void *ctx, uint64_t cookie, int side, const uint8_t *frame, uint32_t len, uint64_t time_ns,
		   uint64_t latency_ns)
{
	struct count *c = ctx;

	(void)cookie;
	(void)frame;
	(void)len;
	(void)time_ns;
	c->left[side]++;
	if (latency_ns > c->latency_max_ns)
		c->latency_max_ns = latency_ns;
}

static void on_stray(void *ctx, int side, const uint8_t *frame, uint32_t len, uint64_t time_ns)
{
	(void)side;
	(void)frame;
	(void)len;
	(void)time_ns;
	((struct count *)ctx)->strays++;
}

static const struct weir_rtl_events events = {
	.record = on_record, .refused = on_refused, .egress_full = on_egress_full,
	.out = on_out, .stray = on_stray,
};

static unsigned checks, failed;

static void expect(const char *what, uint64_t is, uint64_t from, uint64_t to)
{
	checks++;
	if (is >= from && is <= to)
		return;
	failed++;
	printf("%s: %" PRIu64 ", not %" PRIu64 " to %" PRIu64 "\n", what, is, from, to);
}

int main(int argc, char **argv)
{
	const struct weir_rtl_options options = { .gmii = true, .saturate = true };
	uint64_t ms = argc > 1 ? strtoull(argv[1], NULL, 0) : 2;
	uint64_t n = ms * 62500 / FrameClocks, i, clocks;
	struct count c = { 0 };
	struct weir_rtl_sim *s = weir_rtl_open(&options, &events, &c);
	int rc = 0, lost;

	if (!s || weir_rtl_write(s, WEIR_REG_CTRL, WEIR_REG_CTRL_RUN_MASK)) {
		fprintf(stderr, "rtl-saturate: the hardware does not start\n");
		return 1;
	}
	clocks = weir_rtl_clocks(s);
	for (i = 0; i < 2 * n && !rc; i++) {
		/* Local addresses, experimental EtherType, and a number, so that none can stand for another. */
		uint8_t frame[Len] = {
			2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0xb5, (uint8_t)i, (uint8_t)(i >> 8),
			(uint8_t)(i >> 16), (uint8_t)(i >> 24),
		};

		rc = weir_rtl_submit(s, frame, Len, Len, (int)(i & 1), UINT64_C(1000000000) + 336 * i, i);
	}
	expect("submit", (uint64_t)-rc, 0, 0);
	lost = weir_rtl_run(s);
	clocks = weir_rtl_clocks(s) - clocks;
	expect("without verdict or fate", (uint64_t)lost, 0, 0);
	expect("records", c.records, 2 * n, 2 * n);
	expect("left on U", c.left[0], n, n);
	expect("left on P", c.left[1], n, n);
	expect("refused, egress full, strays", c.refused + c.egress_full + c.strays, 0, 0);
	expect("clocks", clocks, n * FrameClocks, n * FrameClocks + SlackClocks);
	printf("%" PRIu64 " frames of 64 bytes a side in %" PRIu64 " clocks, %.2f a frame; latency at most %" PRIu64 " ns\n",
	       n, clocks, n ? (double)clocks / (2 * (double)n) : 0, c.latency_max_ns);
	weir_rtl_close(s);
	printf("rtl-saturate: %u checks, %u failed\n", checks, failed);
	return failed ? 1 : 0;
}

// SPDX-License-Identifier: Apache-2.0
/* bench-model [--json] [--seconds N] CAPTURE...: time of the model for one packet. Captures are read
 * into memory first; each is played again and again, inbound, one frame every 2 us, every meter on and none
 * exceeded, so that every packet updates every entry. */
#include <inttypes.h>
#include <pcap/pcap.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "host/common/lists.h"
#include "sim/model/weir_model.h"
#include "sim/tests/model_setup.h"

#define FRAME_MIN 60u
#define FRAMES_MAX 1000000u
#define GAP_US 2u
#define METERS 192u

struct frame {
	uint8_t *bytes;
	uint32_t len;
};

struct capture {
	struct frame *frame;
	size_t n;
	uint64_t bytes;
};

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int read_capture(const char *file, struct weir_model *m, struct capture *ret)
{
	char error[PCAP_ERRBUF_SIZE];
	pcap_t *p = pcap_open_offline(file, error);
	struct pcap_pkthdr *h;
	const uint8_t *bytes;

	*ret = (struct capture){ .frame = calloc(FRAMES_MAX, sizeof(*ret->frame)) };
	if (!p || !ret->frame) {
		fprintf(stderr, "%s: %s\n", file, p ? "no memory" : error);
		return -1;
	}
	while (ret->n < FRAMES_MAX && pcap_next_ex(p, &h, &bytes) == 1) {
		struct frame *f = &ret->frame[ret->n];

		if (h->caplen < h->len || weir_model_refuse(m, bytes, h->len, h->caplen, 0))
			continue;
		f->len = h->len < FRAME_MIN ? FRAME_MIN : h->len;
		f->bytes = calloc(1, f->len);
		if (!f->bytes)
			return -1;
		memcpy(f->bytes, bytes, h->len);
		ret->bytes += f->len;
		ret->n++;
	}
	pcap_close(p);
	return ret->n ? 0 : -1;
}

static void run(const char *file, const struct capture *c, struct weir_model *m, double seconds, bool json)
{
	uint64_t packets = 0, verdicts[WEIR_VERDICTS] = { 0 }, stamp_us = 0;
	double start = now_s(), end = start + seconds, t;
	const char *name = strrchr(file, '/') ? strrchr(file, '/') + 1 : file;

	do {
		struct weir_record r;

		for (size_t i = 0; i < c->n; i++) {
			stamp_us += GAP_US;
			weir_model_packet(m, c->frame[i].bytes, c->frame[i].len, c->frame[i].len, 0, stamp_us, &r);
			verdicts[r.verdict]++;
		}
		packets += c->n;
		t = now_s();
	} while (t < end);
	t -= start;
	printf(json ? "{\"capture\":\"%s\",\"frames\":%zu,\"mean_bytes\":%" PRIu64 ",\"packets\":%" PRIu64
		      ",\"ns_per_packet\":%.1f,\"packets_per_s\":%.0f,\"dropped\":%" PRIu64 "}\n" :
		      "%s: %zu frames of %" PRIu64 " bytes on average, %" PRIu64 " packets, %.1f ns a packet, "
		      "%.0f packets/s (%" PRIu64 " dropped)\n",
	       name, c->n, c->bytes / c->n, packets, t * 1e9 / (double)packets, (double)packets / t,
	       verdicts[WEIR_VERDICT_drop]);
}

int main(int argc, char **argv)
{
	double seconds = 1;
	bool json = false;
	int failed = 0, i = 1;

	for (; i < argc && argv[i][0] == '-'; i++) {
		if (!strcmp(argv[i], "--json"))
			json = true;
		else if (!strcmp(argv[i], "--seconds") && i + 1 < argc)
			seconds = strtod(argv[++i], NULL);
		else
			return 2;
	}
	for (; i < argc; i++) {
		struct weir_model *m = weir_model_new();
		struct weir_meter_cfg rate = setup_rate(WEIR_METER_drop, 1, 1000, 65536);
		struct capture c;

		if (!m)
			return EXIT_FAILURE;
		setup_defaults(m);
		for (unsigned k = 0; k < METERS; k++)
			setup_meter(m, k, &rate);
		if (read_capture(argv[i], m, &c))
			failed++;
		else
			run(argv[i], &c, m, seconds, json);
		for (size_t k = 0; k < c.n; k++)
			free(c.frame[k].bytes);
		free(c.frame);
		weir_model_free(m);
	}
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

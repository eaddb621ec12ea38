// SPDX-License-Identifier: Apache-2.0
/* corpus-counts [-v] CAPTURE...: what the parser of the model finds in captures, one row a file, for
 * comparing with counts that others made. Every frame is parsed, also those that would be refused;
 * columns ending in "!" count the refused ones alone. -v prints every frame too. */
#include <inttypes.h>
#include <pcap/pcap.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/common/lists.h"
#include "sim/model/parse.h"
#include "sim/model/weir_model.h"
#include "sim/tests/model_setup.h"

#define FRAME_MIN 60u

/** Columns beside the classes and anomalies. */
struct counts {
	uint64_t frames, refused, cut, dropped, exempt;
	uint64_t class_all[WEIR_CLASSES], class_refused[WEIR_CLASSES];
	uint64_t anomaly[WEIR_ANOMALIES], anomaly_refused[WEIR_ANOMALIES];
};

static pcap_t *open_capture(const char *file, char *error)
{
	size_t n = strlen(file);
	char command[4096];
	FILE *f;

	if (n < 3 || strcmp(file + n - 3, ".gz"))
		return pcap_open_offline(file, error);
	snprintf(command, sizeof(command), "gzip -dc '%s'", file);
	f = popen(command, "r");
	if (!f)
		return NULL;
	return pcap_fopen_offline(f, error);
}

static void count_frame(struct counts *c, struct weir_model *m, const struct pcap_pkthdr *h,
			const uint8_t *bytes, bool verbose)
{
	static uint8_t frame[1 << 18];
	uint32_t len = h->len, known = h->caplen;
	struct weir_record r = { 0 }, judged;
	bool refused;

	if (known > sizeof(frame) || len > sizeof(frame))
		return;
	memcpy(frame, bytes, known);
	refused = weir_model_refuse(m, frame, len, known, 0) != 0;
	if (len < FRAME_MIN) {
		memset(frame + known, 0, FRAME_MIN - known);
		if (known == len)
			known = FRAME_MIN;
		len = FRAME_MIN;
	}
	weir_parse(frame, len, known, &r);
	c->frames++;
	c->refused += refused;
	c->exempt += r.exempt;
	for (unsigned i = 0; i < WEIR_CLASSES; i++) {
		c->class_all[i] += weir_record_has_class(&r, i);
		c->class_refused[i] += refused && weir_record_has_class(&r, i);
	}
	for (unsigned i = 0; i < WEIR_ANOMALIES; i++) {
		c->anomaly[i] += weir_record_has_anomaly(&r, i);
		c->anomaly_refused[i] += refused && weir_record_has_anomaly(&r, i);
	}
	if (!refused) {
		weir_model_packet(m, frame, len, known, 0, 0, &judged);
		c->dropped += judged.verdict == WEIR_VERDICT_drop;
	}
	if (verbose) {
		char text[2048];

		r.seqno = (uint32_t)c->frames;
		printf("# %s\n", weir_record_format(&r, text, sizeof(text)));
	}
}

static void print_list(const char *(*name)(unsigned), const uint64_t *all, const uint64_t *refused, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		if (all[i])
			printf("\t%s=%" PRIu64, name(i), all[i]);
		if (refused[i])
			printf("\t%s!=%" PRIu64, name(i), refused[i]);
	}
}

static int count_file(const char *file, bool verbose)
{
	char error[PCAP_ERRBUF_SIZE] = "";
	struct weir_model *m = weir_model_new();
	pcap_t *p = open_capture(file, error);
	struct counts c = { 0 };
	struct pcap_pkthdr *h;
	const uint8_t *bytes;
	int rc;

	if (!p || !m) {
		fprintf(stderr, "%s: %s\n", file, error);
		weir_model_free(m);
		if (p)
			pcap_close(p);
		return 1;
	}
	setup_defaults(m);
	while ((rc = pcap_next_ex(p, &h, &bytes)) == 1)
		count_frame(&c, m, h, bytes, verbose);
	printf("%s\tframes=%" PRIu64 "\trefused=%" PRIu64 "\tdropped=%" PRIu64 "\texempt=%" PRIu64, file,
	       c.frames, c.refused, c.dropped, c.exempt);
	if (rc == PCAP_ERROR)
		printf("\terror=1");
	print_list(weir_class_name, c.class_all, c.class_refused, WEIR_CLASSES);
	print_list(weir_anomaly_name, c.anomaly, c.anomaly_refused, WEIR_ANOMALIES);
	printf("\n");
	pcap_close(p);
	weir_model_free(m);
	return 0;
}

int main(int argc, char **argv)
{
	bool verbose = argc > 1 && !strcmp(argv[1], "-v");
	int failed = 0;

	for (int i = 1 + verbose; i < argc; i++)
		failed += count_file(argv[i], verbose);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

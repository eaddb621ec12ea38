// SPDX-License-Identifier: Apache-2.0
#include "pcap_out.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { SnapLen = 65535, PathMax = 4096 };
#define NS_PER_S 1000000000u

struct weir_pcap_out {
	pcap_t *pcap;
	pcap_dumper_t *dump[2];
};

static const char *const names[2] = { "to_unprotected.pcap", "to_protected.pcap" };

int weir_pcap_out_open(const char *dir, struct weir_pcap_out **ret, char *detail, size_t detail_size)
{
	struct weir_pcap_out *o;
	char path[PathMax];
	int rc = 0;

	if (mkdir(dir, 0777) && errno != EEXIST) {
		rc = -errno;
		snprintf(detail, detail_size, "%s: cannot be made (%s)", dir, strerror(-rc));
		return rc;
	}
	o = calloc(1, sizeof(*o));
	if (o)
		o->pcap = pcap_open_dead_with_tstamp_precision(DLT_EN10MB, SnapLen, PCAP_TSTAMP_PRECISION_NANO);
	if (!o || !o->pcap) {
		free(o);
		snprintf(detail, detail_size, "%s: no memory", dir);
		return -ENOMEM;
	}
	for (int side = 0; side < 2 && !rc; side++) {
		if (snprintf(path, sizeof(path), "%s/%s", dir, names[side]) >= (int)sizeof(path))
			rc = -ENAMETOOLONG;
		else
			o->dump[side] = pcap_dump_open(o->pcap, path);
		if (!o->dump[side]) {
			snprintf(detail, detail_size, "%s", rc ? "--out: the name is too long" : pcap_geterr(o->pcap));
			rc = rc ? rc : -EACCES;
		}
	}
	if (rc) {
		weir_pcap_out_close(o);
		return rc;
	}
	*ret = o;
	return 0;
}

void weir_pcap_out_frame(struct weir_pcap_out *o, int side, const uint8_t *frame, uint32_t len, uint64_t time_ns)
{
	/* With nanosecond precision, tv_usec holds nanoseconds. */
	struct pcap_pkthdr h = {
		.ts = { .tv_sec = (time_t)(time_ns / NS_PER_S), .tv_usec = (suseconds_t)(time_ns % NS_PER_S) },
		.caplen = len, .len = len,
	};

	pcap_dump((u_char *)o->dump[side], &h, frame);
}

int weir_pcap_out_close(struct weir_pcap_out *o)
{
	int rc = 0;

	if (!o)
		return 0;
	for (int side = 0; side < 2; side++) {
		if (!o->dump[side])
			continue;
		if (pcap_dump_flush(o->dump[side]) || ferror(pcap_dump_file(o->dump[side])))
			rc = -EIO;
		pcap_dump_close(o->dump[side]);
	}
	pcap_close(o->pcap);
	free(o);
	return rc;
}

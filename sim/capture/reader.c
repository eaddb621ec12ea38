// SPDX-License-Identifier: Apache-2.0
#include "reader.h"

#include <errno.h>
#include <inttypes.h>
#include <pcap/pcap.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stream.h"

#define NS_PER_S 1000000000u

struct weir_capture {
	const char *file;
	struct weir_stream *stream;   /* owned by pcap */
	pcap_t *pcap;
	uint64_t number;
	bool ended;
	char detail[WEIR_CAPTURE_DETAIL];
};

/** What libpcap says, without line ends. */
static const char *one_line(char *text)
{
	for (char *c = text; *c; c++)
		if ((unsigned char)*c < ' ')
			*c = ' ';
	return text;
}

static int open_pcap(struct weir_capture *c, char *detail)
{
	char error[PCAP_ERRBUF_SIZE] = "";
	FILE *f = weir_stream_file(c->stream);
	int first = getc(f);
	const char *packed;

	if (first == EOF) {
		packed = weir_stream_error(c->stream);
		if (packed)
			snprintf(detail, WEIR_CAPTURE_DETAIL, "%s: broken gzip data (%s); unpack or copy it again",
				 c->file, packed);
		else
			snprintf(detail, WEIR_CAPTURE_DETAIL,
				 "%s: the file is empty; give a pcap or pcapng capture", c->file);
		fclose(f);
		return -EINVAL;
	}
	ungetc(first, f);
	c->pcap = pcap_fopen_offline_with_tstamp_precision(f, PCAP_TSTAMP_PRECISION_NANO, error);
	if (!c->pcap) {
		snprintf(detail, WEIR_CAPTURE_DETAIL,
			 "%s: not a capture (%s); give a pcap or pcapng file, plain or gzip", c->file,
			 one_line(error));
		fclose(f);
		return -EINVAL;
	}
	if (pcap_datalink(c->pcap) != DLT_EN10MB) {
		const char *name = pcap_datalink_val_to_name(pcap_datalink(c->pcap));
		char number[16];

		snprintf(number, sizeof(number), "%d", pcap_datalink(c->pcap));
		snprintf(detail, WEIR_CAPTURE_DETAIL,
			 "%s: link type %s is not Ethernet (EN10MB); capture on an Ethernet interface", c->file,
			 name ? name : number);
		pcap_close(c->pcap);
		return -EINVAL;
	}
	return 0;
}

int weir_capture_open(const char *file, struct weir_capture **ret, char *detail)
{
	struct weir_capture *c = calloc(1, sizeof(*c));
	int rc;

	if (!c) {
		snprintf(detail, WEIR_CAPTURE_DETAIL, "%s: no memory", file);
		return -ENOMEM;
	}
	c->file = file;
	rc = weir_stream_open(file, &c->stream);
	if (rc)
		snprintf(detail, WEIR_CAPTURE_DETAIL, "%s: cannot be read (%s); check the name and permissions",
			 file, strerror(-rc));
	else
		rc = open_pcap(c, detail);
	if (rc) {
		free(c);
		return rc;
	}
	*ret = c;
	return 0;
}

void weir_capture_close(struct weir_capture *c)
{
	if (!c)
		return;
	pcap_close(c->pcap);
	free(c);
}

static int broken(struct weir_capture *c, const char *what)
{
	c->ended = true;
	snprintf(c->detail, sizeof(c->detail),
		 "%s: packet %" PRIu64 ": %s; the %" PRIu64 " before it were judged; copy the file again, or drop "
		 "its broken end", c->file, c->number + 1, what, c->number);
	return -EBADMSG;
}

static uint64_t time_of(const struct timeval *ts)
{
	uint64_t s, ns;

	if (ts->tv_sec < 0)
		return 0;
	s = (uint64_t)ts->tv_sec;
	ns = ts->tv_usec < 0 ? 0 : (uint64_t)ts->tv_usec;
	if (s >= WEIR_CAPTURE_TIME_MAX / NS_PER_S || ns >= WEIR_CAPTURE_TIME_MAX)
		return WEIR_CAPTURE_TIME_MAX;
	s = s * NS_PER_S + ns;
	return s < WEIR_CAPTURE_TIME_MAX ? s : WEIR_CAPTURE_TIME_MAX;
}

int weir_capture_next(struct weir_capture *c, struct weir_captured *ret)
{
	struct pcap_pkthdr *h;
	const uint8_t *bytes;
	int rc;

	if (c->ended)
		return 0;
	rc = pcap_next_ex(c->pcap, &h, &bytes);
	if (rc == 1) {
		*ret = (struct weir_captured){
			.bytes = bytes, .captured = h->caplen,
			.wire_len = h->len < h->caplen ? h->caplen : h->len,
			.time_ns = time_of(&h->ts), .number = ++c->number,
		};
		return 1;
	}
	if (rc != PCAP_ERROR_BREAK)
		return broken(c, one_line(pcap_geterr(c->pcap)));
	/* libpcap takes the end of unpacked data for the end of the file. */
	if (weir_stream_error(c->stream))
		return broken(c, weir_stream_error(c->stream));
	c->ended = true;
	return 0;
}

const char *weir_capture_detail(const struct weir_capture *c)
{
	return c->detail;
}

double weir_capture_progress(const struct weir_capture *c)
{
	uint64_t size = weir_stream_size(c->stream);

	if (!size)
		return -1;
	return (double)weir_stream_position(c->stream) / (double)size;
}

// SPDX-License-Identifier: Apache-2.0
#include "capture_out.h"

#include <errno.h>
#include <fcntl.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "frame.h"

enum { UsPerS = 1000000, HexMax = 2 * WEIR_CAPTURE_OCTETS + 1 };

struct capture_out {
	struct ctl *c;
	const char *file;        /* NULL: lines */
	pcap_t *format;
	pcap_dumper_t *dump;
	long good;               /* octets of whole frames in the file */
};

/* --- pcap --------------------------------------------------------------------------------------------------------- */

static const char *name_of(const char *file)
{
	return strcmp(file, "-") ? file : "standard output";
}

/* What is in the stream's buffer is half a frame at worst: away with it, and with what of it has come into a file. */
static int broken(struct capture_out *o, int error, bool *ret_gone)
{
	FILE *f = o->dump ? pcap_dump_file(o->dump) : NULL;
	struct stat st;

	if (f) {
		__fpurge(f);
		if (!fstat(fileno(f), &st) && S_ISREG(st.st_mode) && ftruncate(fileno(f), o->good))
			ctl_note("%s: ends with a part of a frame", name_of(o->file));
	}
	/* A signal found us waiting for a reader, of whom there is none to be waited for then: a frame goes into a pipe wholly or not at all. */
	if (error == EPIPE || error == EINTR) {
		*ret_gone = true;
		return CTL_DONE;
	}
	return ctl_fail_detail(o->c, -error, NULL, "%s cannot be written", name_of(o->file));
}

static int flush(struct capture_out *o, bool *ret_gone)
{
	errno = 0;
	if (pcap_dump_flush(o->dump) || ferror(pcap_dump_file(o->dump)))
		return broken(o, errno ? errno : EIO, ret_gone);
	o->good = pcap_dump_ftell(o->dump);
	return CTL_DONE;
}

/* Standard output has a descriptor of its own here: what it fails with is told once, and a reader that goes is no failure. */
static int open_file(struct capture_out *o, bool *ret_gone)
{
	int fd = strcmp(o->file, "-") ? open(o->file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666) : fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	FILE *f;

	if (fd < 0)
		return ctl_fail_detail(o->c, -errno, NULL, "%s cannot be written", name_of(o->file));
	/* Behind what a file has already that standard output is. */
	o->good = (long)lseek(fd, 0, fcntl(fd, F_GETFL) & O_APPEND ? SEEK_END : SEEK_CUR);
	o->format = pcap_open_dead_with_tstamp_precision(DLT_EN10MB, WEIR_CAPTURE_OCTETS, PCAP_TSTAMP_PRECISION_MICRO);
	f = fdopen(fd, "w");
	ctl_need(o->format);
	ctl_need(f);
	o->dump = pcap_dump_fopen(o->format, f);
	/* It has closed the file then. */
	if (!o->dump)
		return broken(o, errno ? errno : EIO, ret_gone);
	return flush(o, ret_gone);
}

static int write_pcap(struct capture_out *o, const struct weir_capture_frame *f, bool *ret_gone)
{
	struct pcap_pkthdr h = {
		.ts = { .tv_sec = (time_t)(f->stamp_us / UsPerS), .tv_usec = (suseconds_t)(f->stamp_us % UsPerS) }, .caplen = f->captured, .len = f->len,
	};

	pcap_dump((unsigned char *)o->dump, &h, f->octets);
	return flush(o, ret_gone);
}

/* --- Lines -------------------------------------------------------------------------------------------------------- */

char *capture_line(const struct weir_capture_frame *f, char *buf)
{
	char time[CTL_TEXT], ends_text[FRAME_TEXT];
	struct frame_ends ends;
	size_t n;

	ctl_time_s(f->stamp_us / UsPerS, time);
	n = strlen(time);
	if (time[n - 1] == 'Z')
		time[--n] = 0;
	frame_read(f->octets, f->captured, &ends);
	snprintf(buf, CAPTURE_LINE, "%s.%06u%s %-11s %4u %-7s %-16s %s", time, (unsigned)(f->stamp_us % UsPerS), *time == '+' ? "" : "Z", ctl_side_names[f->side],
		 f->len, f->verdict_name, f->reason_name, frame_text(&ends, ends_text));
	return buf;
}

static json_t *frame_json(const struct weir_capture_frame *f)
{
	char hex[HexMax] = "";
	struct frame_ends e;

	for (unsigned i = 0; i < f->captured; i++)
		snprintf(hex + (size_t)2 * i, 3, "%02x", f->octets[i]);
	frame_read(f->octets, f->captured, &e);
	return json_pack("{s:s, s:I, s:I, s:s, s:i, s:i, s:s, s:s, s:i, s:o, s:o, s:o, s:o, s:o, s:s}", "event", "frame", "number", (json_int_t)f->number, "time_us",
			 (json_int_t)f->stamp_us, "side", ctl_side_names[f->side], "len", (int)f->len, "captured", (int)f->captured, "verdict", f->verdict_name,
			 "reason", f->reason_name, "ethertype", (int)e.ethertype, "from", ctl_address_json(&e.from), "to", ctl_address_json(&e.to), "protocol",
			 e.from.family ? json_integer(e.protocol) : json_null(), "sport", e.has_ports ? json_integer(e.sport) : json_null(), "dport",
			 e.has_ports ? json_integer(e.dport) : json_null(), "octets", hex);
}

/* --- Any of them -------------------------------------------------------------------------------------------------- */

struct capture_out *capture_out_new(struct ctl *c, bool *ret_gone)
{
	struct capture_out *o = calloc(1, sizeof(*o));
	int status = CTL_DONE;

	ctl_need(o);
	o->c = c;
	o->file = c->text[CTL_OPT_WRITE];
	if (o->file)
		status = open_file(o, ret_gone);
	if (status || *ret_gone) {
		capture_out_free(o);
		return NULL;
	}
	return o;
}

int capture_out_frame(struct capture_out *o, const struct weir_capture_frame *f, bool *ret_gone)
{
	char line[CAPTURE_LINE];

	if (o->file)
		return write_pcap(o, f, ret_gone);
	if (o->c->json)
		return ctl_json_line(o->c, frame_json(f));
	ctl_say(o->c, "%s\n", capture_line(f, line));
	return fflush(stdout) ? CTL_FAILED : CTL_DONE;
}

void capture_out_free(struct capture_out *o)
{
	if (!o)
		return;
	if (o->dump)
		pcap_dump_close(o->dump);
	if (o->format)
		pcap_close(o->format);
	free(o);
}

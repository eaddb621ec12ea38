// SPDX-License-Identifier: Apache-2.0
#include "out.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BufSize = 1 << 20 };

struct gen_out {
	const char *pcap_name, *labels_name;
	pcap_t *pcap;
	pcap_dumper_t *dump;
	FILE *labels;
	const struct gen_attack *attacks;
	size_t n_attacks;
	uint64_t epoch_ns;
	struct gen_counts c;
	int err;                    /* errno of the first failed write */
	const char *err_name;
};

static void note(struct gen_out *o, const char *name)
{
	if (!o->err) {
		o->err = errno ? errno : EIO;
		o->err_name = name;
	}
}

static void release(struct gen_out *o)
{
	if (o->dump)
		pcap_dump_close(o->dump);
	if (o->pcap)
		pcap_close(o->pcap);
	if (o->labels && o->labels != stdout)
		fclose(o->labels);
	free(o);
}

static void write_head(struct gen_out *o)
{
	struct weir_label_attack rows[GEN_ATTACKS_MAX];

	for (size_t i = 0; i < o->n_attacks; i++)
		rows[i] = o->attacks[i].label;
	weir_labels_write_head(o->labels, rows, o->n_attacks);
}

int gen_out_open(const char *pcap, const char *labels, uint64_t epoch_ns,
		 const struct gen_attack *attacks, size_t n_attacks, struct gen_out **ret, char *detail,
		 size_t detail_size)
{
	struct gen_out *o = calloc(1, sizeof(*o));
	int err;

	if (!o) {
		snprintf(detail, detail_size, "no memory");
		return -ENOMEM;
	}
	o->pcap_name = !strcmp(pcap, "-") ? "standard output" : pcap;
	o->attacks = attacks;
	o->n_attacks = n_attacks;
	o->epoch_ns = epoch_ns;
	o->pcap = pcap_open_dead_with_tstamp_precision(DLT_EN10MB, 65535, PCAP_TSTAMP_PRECISION_NANO);
	if (!o->pcap) {
		snprintf(detail, detail_size, "no memory");
		release(o);
		return -ENOMEM;
	}
	o->dump = pcap_dump_open(o->pcap, pcap);
	if (!o->dump) {
		/* libpcap's text names the file already. */
		snprintf(detail, detail_size, "%s", pcap_geterr(o->pcap));
		release(o);
		return -EIO;
	}
	if (labels) {
		o->labels_name = !strcmp(labels, "-") ? "standard output" : labels;
		o->labels = strcmp(labels, "-") ? fopen(labels, "we") : stdout;
		if (!o->labels) {
			err = -errno;
			snprintf(detail, detail_size, "%s: %s", labels, strerror(-err));
			release(o);
			return err;
		}
		setvbuf(o->labels, NULL, _IOFBF, BufSize);
		write_head(o);
	}
	*ret = o;
	return 0;
}

int gen_out_frame(void *ctx, uint64_t now_ns, enum gen_side side, int attack,
		  const struct gen_frame *f)
{
	struct gen_out *o = ctx;
	uint64_t t = o->epoch_ns + now_ns;
	struct pcap_pkthdr h = { .caplen = (bpf_u_int32)f->len, .len = (bpf_u_int32)f->len };

	/* In a nanosecond file tv_usec holds nanoseconds. */
	h.ts.tv_sec = (time_t)(t / GEN_NS_PER_S);
	h.ts.tv_usec = (suseconds_t)(t % GEN_NS_PER_S);
	errno = 0;
	pcap_dump((u_char *)o->dump, &h, f->buf);
	if (ferror(pcap_dump_file(o->dump)))
		note(o, o->pcap_name);
	o->c.packets++;
	o->c.bytes += f->len;
	o->c.last_ns = now_ns;
	o->c.side[side]++;
	if (attack >= 0)
		o->c.attack[attack]++;
	if (o->labels) {
		weir_labels_write_packet(o->labels, o->c.packets,
					 attack < 0 ? NULL : o->attacks[attack].label.name, f->detail);
		if (ferror(o->labels))
			note(o, o->labels_name);
	}
	return o->err ? -EIO : 0;
}

int gen_out_close(struct gen_out *o, struct gen_counts *ret_counts, char *detail, size_t detail_size)
{
	int err;

	errno = 0;
	if (pcap_dump_flush(o->dump) || ferror(pcap_dump_file(o->dump)))
		note(o, o->pcap_name);
	if (o->labels) {
		weir_labels_write_end(o->labels, o->c.packets);
		if (fflush(o->labels) || ferror(o->labels))
			note(o, o->labels_name);
	}
	*ret_counts = o->c;
	err = o->err;
	if (err)
		snprintf(detail, detail_size, "%s: %s; the file is not complete", o->err_name,
			 strerror(err));
	release(o);
	return err ? -EIO : 0;
}

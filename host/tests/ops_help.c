// SPDX-License-Identifier: Apache-2.0
#include "ops_help.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/common/packet_build.h"

static void must(bool ok)
{
	if (!ok)
		abort();
}

const char *help_folder(void)
{
	static char name[64];

	/* In memory where there is such a place: a site waits for the disk, and these tests write thousands. */
	snprintf(name, sizeof(name), "%s/weir-site-XXXXXX", access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
	must(mkdtemp(name));
	return name;
}

void help_remove(const char *folder)
{
	DIR *d = opendir(folder);
	struct dirent *e;

	must(d);
	while ((e = readdir(d)) != NULL)
		if (strcmp(e->d_name, ".") && strcmp(e->d_name, ".."))
			must(!unlinkat(dirfd(d), e->d_name, 0));
	closedir(d);
	must(!rmdir(folder));
}

void help_write(const char *file, const char *text)
{
	FILE *f = fopen(file, "we");

	must(f && fputs(text, f) >= 0 && !fclose(f));
}

char *help_read(const char *file, size_t *ret_n)
{
	enum { Most = 16 << 20 };
	FILE *f = fopen(file, "re");
	char *text = malloc(Most);

	must(f && text);
	*ret_n = fread(text, 1, Most - 1, f);
	text[*ret_n] = 0;
	fclose(f);
	return text;
}

static int judge(struct weir_dev *dev, struct weir_pkt *p, int side, struct weir_record *ret)
{
	struct weir_record r;

	must(!weir_pkt_end(p));
	if (!fake_frame(dev, p->buf, (uint32_t)p->len, side, ret ? ret : &r))
		return -1;
	return ret ? ret->verdict : r.verdict;
}

static void ip(struct weir_pkt *p, uint8_t *buf, size_t n, const char *from, const char *to)
{
	static const uint8_t mac[2][6] = { { 2, 0, 0, 0, 0, 1 }, { 2, 0, 0, 0, 0, 2 } };
	struct weir_addr src, dst;

	must(!weir_addr_parse(from, &src));
	must(!weir_addr_parse(to, &dst));
	weir_pkt_init(p, buf, n);
	weir_pkt_eth(p, mac[0], mac[1]);
	weir_pkt_ip(p, &(struct weir_ip_spec){ .src = src, .dst = dst, .ttl = 64 });
}

int help_frame(struct weir_dev *dev, const char *from, const char *to, int protocol, uint16_t sport, uint16_t dport, unsigned flags,
	       struct weir_record *ret)
{
	uint8_t buf[200];
	struct weir_pkt p;

	ip(&p, buf, sizeof(buf), from, to);
	if (protocol == HELP_TCP)
		weir_pkt_tcp(&p, &(struct weir_tcp_spec){ .sport = sport, .dport = dport, .flags = (uint8_t)flags, .window = 1000 });
	else
		weir_pkt_udp(&p, sport, dport);
	return judge(dev, &p, 0, ret);
}

int help_segment(struct weir_dev *dev, int side, const char *remote, const char *protect, uint16_t rport, uint16_t pport, unsigned flags,
		 uint32_t seq, uint32_t ack, struct weir_record *ret)
{
	uint8_t buf[200];
	struct weir_pkt p;

	ip(&p, buf, sizeof(buf), side ? protect : remote, side ? remote : protect);
	weir_pkt_tcp(&p, &(struct weir_tcp_spec){ .sport = side ? pport : rport, .dport = side ? rport : pport, .flags = (uint8_t)flags,
						   .seq = seq, .ack = ack, .window = 1000 });
	return judge(dev, &p, side, ret);
}

// SPDX-License-Identifier: Apache-2.0
/* What the parts share: sets of rules, a site, and random bits that are the same in every run. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host.h"
#include "host/common/prng.h"
#include "weir/site.h"

const char host_open_policy[] =
	"weir_policy: 1\n"
	"syn_flood: {enabled: false}\n"
	"zombie_flood: {total_syn_per_s: unlimited, connections_per_source: unlimited, new_per_source: unlimited}\n"
	"sources: {threshold: off}\n"
	"meters:\n"
	"  remote: {packets_per_s: unlimited, action: count}\n"
	"  pair: {packets_per_s: unlimited, action: count}\n"
	"  class:\n"
	"    udp: {packets_per_s: unlimited, action: count}\n"
	"  address: {packets_per_s: unlimited, bytes_per_s: unlimited, action: count}\n"
	"  prefix: {packets_per_s: unlimited, bytes_per_s: unlimited, action: count}\n"
	"  port:\n"
	"    udp: {packets_per_s: unlimited, action: count}\n"
	"  udp_source: {packets_per_s: unlimited, action: count}\n"
	"  protocol: {packets_per_s: unlimited, bytes_per_s: unlimited, action: count}\n";

/* libweir draws its keys with this (host/libweir/site.c); linked in its place, so that rules have the same places in every run. */
int __wrap_weir_random(void *ret, size_t n);
int __wrap_weir_random(void *ret, size_t n)
{
	static struct weir_prng prng;
	static uint64_t stream;

	weir_prng_seed(&prng, 1, ++stream);
	weir_prng_fill(&prng, ret, n);
	return 0;
}

void host_check(struct host_job *job, bool ok, const char *format, ...)
{
	va_list args;

	job->checks++;
	if (ok)
		return;
	job->failed++;
	printf("  FAILED: ");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
}

struct weir_site *host_site(struct host_job *job, struct weir_dev *dev)
{
	struct weir_site *site = NULL;
	char folder[1024];
	int rc;

	snprintf(folder, sizeof(folder), "%s/site-XXXXXX", job->dir);
	if (!mkdtemp(folder)) {
		host_check(job, false, "%s: no folder can be made there", job->dir);
		return NULL;
	}
	rc = weir_site_open(dev, folder, &site);
	host_check(job, !rc, "%s: %s", folder, weir_dev_detail(dev));
	return site;
}

void host_site_end(struct weir_site *site)
{
	static const char *const files[] = { "site.json", "site.json.next", "lock" };
	char path[1024], folder[1000];

	if (!site)
		return;
	snprintf(folder, sizeof(folder), "%s", weir_site_folder(site));
	weir_site_close(site);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, files[i]);
		unlink(path);
	}
	rmdir(folder);
}

/* Without a pattern, which the hash would feel, and no two are the same: each step can be undone. */
void host_rule_address(unsigned set, unsigned i, uint8_t ret[4])
{
	enum { Low24 = 0xffffff, OddA = 0x9e3779, OddB = 0xc2b2ad, Half = 12 };
	uint32_t a = (i + 1) * (uint32_t)OddA & Low24;

	a ^= a >> Half;
	a = a * (uint32_t)OddB & Low24;
	a ^= a >> Half;
	ret[0] = (uint8_t)(11 + set);
	ret[1] = (uint8_t)(a >> 16);
	ret[2] = (uint8_t)(a >> 8);
	ret[3] = (uint8_t)a;
}

char *host_rules(unsigned set, unsigned n, unsigned prefixes)
{
	size_t size;
	char *text = NULL;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		abort();
	fprintf(f, "weir_policy: 1\nrules:\n  list:\n");
	for (unsigned i = 0; i < n; i++) {
		uint8_t a[4];

		host_rule_address(set, i, a);
		fprintf(f, "  - {action: block, from: %u.%u.%u.%u}\n", a[0], a[1], a[2], a[3]);
	}
	for (unsigned i = 0; i < prefixes; i++)
		fprintf(f, "  - {action: block, from: %u.%u.0.0/16}\n", 100 + set, i);
	fclose(f);
	return text;
}

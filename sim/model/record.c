// SPDX-License-Identifier: Apache-2.0
#include "record.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "host/common/lists.h"

/** Text that is cut where the buffer ends. */
struct text {
	char *buf;
	size_t size, used;
};

__attribute__((format(printf, 2, 3)))
static void put(struct text *t, const char *format, ...)
{
	va_list args;
	int n;

	if (t->used >= t->size)
		return;
	va_start(args, format);
	n = vsnprintf(t->buf + t->used, t->size - t->used, format, args);
	va_end(args);
	if (n > 0)
		t->used += (size_t)n;
}

static void put_set(struct text *t, const uint64_t *bits, unsigned n, const char *(*name)(unsigned))
{
	const char *separator = "";

	put(t, "{");
	for (unsigned i = 0; i < n; i++) {
		if (!(bits[i / 64] >> (i % 64) & 1))
			continue;
		put(t, "%s%s", separator, name(i));
		separator = " ";
	}
	put(t, "}");
}

static void put_classes(struct text *t, uint32_t classes)
{
	put_set(t, &(uint64_t){ classes }, WEIR_CLASSES, weir_class_name);
}

/** An address as hexadecimal words, without the leading zeros of IPv4. */
static void put_address(struct text *t, const uint8_t a[16])
{
	static const uint8_t zero[12];
	size_t i = memcmp(a, zero, sizeof(zero)) ? 0 : sizeof(zero);

	for (; i < 16; i++)
		put(t, "%02x", a[i]);
}

static void begin(struct text *t, int *differing, const char *name)
{
	put(t, "%s%s ", *differing ? ", " : "", name);
	++*differing;
}

int weir_record_compare(const struct weir_record *a, const struct weir_record *b, char *buf, size_t n)
{
	struct text t = { .buf = buf, .size = n };
	int d = 0;

	if (n)
		buf[0] = 0;
#define NUMBER(field) \
	if (a->field != b->field) { \
		begin(&t, &d, #field); \
		put(&t, "%" PRIu64 " %" PRIu64, (uint64_t)a->field, (uint64_t)b->field); \
	}
#define NAME(field, name) \
	if (a->field != b->field) { \
		begin(&t, &d, #field); \
		put(&t, "%s %s", name(a->field), name(b->field)); \
	}
	NUMBER(seqno)
	NUMBER(stamp_us)
	NUMBER(dir)
	NUMBER(len)
	NAME(verdict, weir_verdict_name)
	NAME(reason, weir_reason_name)
	NAME(dry_reason, weir_reason_name)
	if (a->tag != b->tag) {
		begin(&t, &d, "tag");
		put(&t, "%010" PRIx64 " %010" PRIx64, a->tag, b->tag);
	}
	NUMBER(unit)
	NUMBER(threshold)
	NUMBER(measured)
	NUMBER(rule)
	if (a->classes != b->classes) {
		begin(&t, &d, "classes");
		put_classes(&t, a->classes);
		put_classes(&t, b->classes);
	}
	if (a->anomalies[0] != b->anomalies[0] || a->anomalies[1] != b->anomalies[1]) {
		begin(&t, &d, "anomalies");
		put_set(&t, a->anomalies, WEIR_ANOMALIES, weir_anomaly_name);
		put_set(&t, b->anomalies, WEIR_ANOMALIES, weir_anomaly_name);
	}
	NUMBER(l3_valid)
	NUMBER(l4_proto_valid)
	NUMBER(l4_valid)
	NUMBER(is_frag)
	NUMBER(exempt)
	NUMBER(link_control)
	if (a->l3_valid && b->l3_valid) {
		NUMBER(family)
	}
	if (a->link_control && b->link_control) {
		NUMBER(link_low)
	}
	if (memcmp(a->remote, b->remote, sizeof(a->remote))) {
		begin(&t, &d, "remote");
		put_address(&t, a->remote);
		put(&t, " ");
		put_address(&t, b->remote);
	}
	if (memcmp(a->protect, b->protect, sizeof(a->protect))) {
		begin(&t, &d, "protected");
		put_address(&t, a->protect);
		put(&t, " ");
		put_address(&t, b->protect);
	}
	NUMBER(proto)
	NUMBER(sport)
	NUMBER(dport)
	NUMBER(tclass)
	NUMBER(trips)
	NUMBER(ends)
	NUMBER(tags)
	NUMBER(plain)
	NUMBER(tcp_flags)
	NUMBER(tcp_seq)
	NUMBER(tcp_ack)
	NUMBER(tcp_len)
	NUMBER(tcp_ws)
	NUMBER(quote)
	NUMBER(quote_rport)
	NUMBER(quote_pport)
	if (memcmp(a->quote_remote, b->quote_remote, sizeof(a->quote_remote))) {
		begin(&t, &d, "quote_remote");
		put_address(&t, a->quote_remote);
		put(&t, " ");
		put_address(&t, b->quote_remote);
	}
	NAME(event, weir_event_name)
	NUMBER(legit)
	NUMBER(proven)
	NUMBER(flood)
#undef NUMBER
#undef NAME
	return d;
}

char *weir_record_format(const struct weir_record *r, char *buf, size_t n)
{
	struct text t = { .buf = buf, .size = n };

	put(&t, "%" PRIu32 " stamp %" PRIu64 " dir %u len %u %s %s", r->seqno, r->stamp_us, r->dir,
	    r->len, weir_verdict_name(r->verdict), weir_reason_name(r->reason));
	if (r->dry_reason)
		put(&t, " dry %s", weir_reason_name(r->dry_reason));
	if (r->rule)
		put(&t, " rule %u", r->rule - 1);
	put(&t, " tag %010" PRIx64 " unit %u threshold %" PRIu32 " measured %" PRIu32 " classes ",
	    r->tag, r->unit, r->threshold, r->measured);
	put_classes(&t, r->classes);
	put(&t, " anomalies ");
	put_set(&t, r->anomalies, WEIR_ANOMALIES, weir_anomaly_name);
	put(&t, " l3 %u proto-valid %u l4 %u frag %u exempt %u link %u/%u family %u remote ",
	    r->l3_valid, r->l4_proto_valid, r->l4_valid, r->is_frag, r->exempt, r->link_control,
	    r->link_low, r->family);
	put_address(&t, r->remote);
	put(&t, " protected ");
	put_address(&t, r->protect);
	put(&t, " proto %u sport %u dport %u tclass %u trips %05x ends %05x", r->proto, r->sport,
	    r->dport, r->tclass, r->trips, r->ends);
	if (r->tcp_flags || r->quote)
		put(&t, " tcp %02x seq %u ack %u len %u ws %u event %s", r->tcp_flags, r->tcp_seq, r->tcp_ack, r->tcp_len,
		    r->tcp_ws, weir_event_name(r->event));
	if (r->quote) {
		put(&t, " quote ");
		put_address(&t, r->quote_remote);
		put(&t, " %u %u", r->quote_rport, r->quote_pport);
	}
	if (r->legit || r->proven || r->flood)
		put(&t, " legit %u proven %u flood %u", r->legit, r->proven, r->flood);
	return buf;
}

// SPDX-License-Identifier: Apache-2.0
#include "script.h"

#include <stdlib.h>
#include <string.h>

#include "pdu.h"

enum { FillerLen = 65536, NdHopLimit = 255 };

static uint8_t filler[FillerLen];

void gen_filler_init(void)
{
	static const char words[] = "alpha beacon cedar delta ember falcon garnet harbor island jetty "
		"kernel lumen meadow nickel orbit pewter quartz river saddle timber umbra violet "
		"willow xenon yarrow zephyr";
	struct weir_prng r;
	size_t at = 0;

	weir_prng_seed(&r, 1, 0);
	while (at < FillerLen) {
		const char *w = words + weir_prng_below(&r, sizeof(words) - 1);

		while (w > words && w[-1] != ' ')
			w--;
		for (; *w && *w != ' ' && at < FillerLen; w++)
			filler[at++] = (uint8_t)*w;
		if (at < FillerLen)
			filler[at++] = weir_prng_below(&r, 12) ? ' ' : '\n';
	}
}

void gen_script_reset(struct gen_script *s)
{
	s->n_ev = 0;
	s->pos = 0;
	s->n_msg = 0;
	s->text_len = 0;
	s->shift_ns = 0;
	s->failed = false;
}

void gen_script_done(struct gen_script *s)
{
	free(s->ev);
	free(s->text);
	s->ev = NULL;
	s->text = NULL;
}

uint8_t gen_script_msg(struct gen_script *s, const void *text, size_t text_len, size_t fill_len,
		       uint32_t fill_at)
{
	struct gen_msg *m;

	if (s->n_msg == GEN_MSGS_MAX || text_len > GEN_TEXT_MAX - s->text_len)
		goto fail;
	if (s->text_len + text_len > s->text_cap) {
		size_t cap = s->text_cap ? s->text_cap * 2 : 512;
		char *t;

		while (cap < s->text_len + text_len)
			cap *= 2;
		t = realloc(s->text, cap);
		if (!t)
			goto fail;
		s->text = t;
		s->text_cap = cap;
	}
	if (text_len)
		memcpy(s->text + s->text_len, text, text_len);
	m = &s->msg[s->n_msg];
	*m = (struct gen_msg){ (uint32_t)s->text_len, (uint32_t)text_len, (uint32_t)fill_len, fill_at };
	s->text_len += text_len;
	return (uint8_t)s->n_msg++;
fail:
	s->failed = true;
	s->msg[GEN_MSGS_MAX - 1] = (struct gen_msg){ 0 };
	return GEN_MSGS_MAX - 1;
}

uint32_t gen_msg_len(const struct gen_script *s, uint8_t msg)
{
	return s->msg[msg].text_len + s->msg[msg].fill_len;
}

struct gen_event *gen_script_add(struct gen_script *s, uint64_t t_ns, enum gen_event_kind kind,
				 enum gen_side side)
{
	struct gen_event *e;

	if (s->n_ev == s->cap_ev) {
		size_t cap = s->cap_ev ? s->cap_ev * 2 : 32;

		if (cap > GEN_EVENTS_MAX) {
			s->failed = true;
			return NULL;
		}
		e = realloc(s->ev, cap * sizeof(*e));
		if (!e) {
			s->failed = true;
			return NULL;
		}
		s->ev = e;
		s->cap_ev = cap;
	}
	e = &s->ev[s->n_ev];
	*e = (struct gen_event){ .t_ns = t_ns, .kind = (uint8_t)kind, .side = (uint8_t)side,
				 .order = (uint16_t)s->n_ev };
	s->n_ev++;
	return e;
}

static int cmp(const void *a, const void *b)
{
	const struct gen_event *x = a, *y = b;

	if (x->t_ns != y->t_ns)
		return x->t_ns < y->t_ns ? -1 : 1;
	return (int)x->order - (int)y->order;
}

void gen_script_sort(struct gen_script *s)
{
	qsort(s->ev, s->n_ev, sizeof(s->ev[0]), cmp);
}

uint64_t gen_script_due(const struct gen_script *s)
{
	return s->pos < s->n_ev ? s->ev[s->pos].t_ns + s->shift_ns : GEN_NEVER;
}

static void append_msg(const struct gen_script *s, struct weir_pkt *p, uint8_t msg, uint32_t off,
		       uint32_t len)
{
	const struct gen_msg *m = &s->msg[msg];

	if (off < m->text_len) {
		uint32_t n = m->text_len - off < len ? m->text_len - off : len;

		weir_pkt_bytes(p, s->text + m->text_at + off, n);
		off += n;
		len -= n;
	}
	while (len > 0) {
		uint32_t at = (m->fill_at + off - m->text_len) % FillerLen;
		uint32_t n = FillerLen - at < len ? FillerLen - at : len;

		weir_pkt_bytes(p, filler + at, n);
		off += n;
		len -= n;
	}
}

static void add_ip(struct gen_script *s, struct weir_pkt *p, enum gen_side side, bool df)
{
	weir_pkt_ip(p, &(struct weir_ip_spec){
		.src = s->addr[side], .dst = s->addr[!side], .ttl = s->ttl[side],
		.df = df, .id = s->ip_id[side]++, .flow_label = s->flow_label + (uint32_t)side });
}

static void add_tcp(struct gen_script *s, const struct gen_event *e, uint64_t now_ns,
		    struct weir_pkt *p)
{
	struct gen_tcp_host *h = &s->tcp[e->side], *peer = &s->tcp[!e->side];
	bool syn = e->flags & WEIR_TCP_SYN;
	uint32_t ts = h->ts_base + (uint32_t)(now_ns / GEN_NS_PER_MS);
	uint8_t opt[40];
	size_t n;

	n = gen_tcp_options(opt, &(struct gen_tcp_opts){
		.mss = syn ? s->mss : 0, .wscale = syn ? h->wscale : 0, .sack_ok = syn,
		.ts = s->tcp_ts, .ts_val = ts, .ts_ecr = h->ts_seen,
		.sack_lo = e->sack_lo, .sack_hi = e->sack_hi });
	peer->ts_seen = ts;
	weir_pkt_tcp(p, &(struct weir_tcp_spec){
		.sport = s->port[e->side], .dport = s->port[!e->side], .seq = e->seq,
		.ack = e->flags & WEIR_TCP_ACK ? e->ack : 0, .flags = e->flags,
		.window = e->flags & WEIR_TCP_RST ? 0 :
			  syn ? h->syn_window : (uint16_t)(h->window - (e->ack >> 10 & 7)),
		.opt = e->flags & WEIR_TCP_RST ? NULL : opt, .opt_len = (uint8_t)n });
	append_msg(s, p, e->msg, e->off, e->len);
}

/* A datagram beyond the MTU is built whole each time one of its pieces leaves. */
static void emit_fragment(struct gen_script *s, const struct gen_event *e, struct weir_pkt *p,
			  uint8_t *buf)
{
	static uint8_t big[GEN_DATAGRAM_MAX];
	struct weir_pkt whole;

	gen_pkt_start(&whole, big, sizeof(big), e->side, &s->vlan);
	add_ip(s, &whole, e->side, false);
	weir_pkt_udp(&whole, s->port[e->side], s->port[!e->side]);
	append_msg(s, &whole, e->msg, 0, gen_msg_len(s, e->msg));
	weir_pkt_end(&whole);
	weir_pkt_init(p, buf, GEN_FRAME_MAX);
	weir_pkt_fragment(&whole, e->off, e->len, e->seq, p);
}

static void emit_nd(struct gen_script *s, const struct gen_event *e, struct weir_pkt *p)
{
	/* The one asks for the other; the solicited-node group holds the target's last 24 bits. */
	struct weir_addr dst = s->addr[!e->side];
	const struct weir_addr *target = e->kind == GEN_EV_NS ? &s->addr[!e->side] : &s->addr[e->side];
	bool solicit = e->kind == GEN_EV_NS;
	uint8_t opt[2] = { solicit ? 1 : 2, 1 };

	if (solicit) {
		static const uint8_t group[13] = { 0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff };
		const uint8_t mac[6] = { 0x33, 0x33, 0xff, dst.b[13], dst.b[14], dst.b[15] };

		memcpy(dst.b, group, sizeof(group));
		memcpy(p->buf, mac, 6);
	}
	weir_pkt_ip(p, &(struct weir_ip_spec){ .src = s->addr[e->side], .dst = dst,
					       .ttl = NdHopLimit });
	/* Advertisement: router, solicited, override. */
	weir_pkt_icmp(p, solicit ? 135 : 136, 0, solicit ? 0 : UINT32_C(0xe0000000));
	weir_pkt_bytes(p, target->b, 16);
	weir_pkt_bytes(p, opt, 2);
	weir_pkt_bytes(p, gen_mac[e->side], 6);
}

static void emit_arp(struct gen_script *s, const struct gen_event *e, struct weir_pkt *p)
{
	static const uint8_t nobody[6];
	bool ask = e->flags == 1;

	if (ask)
		memset(p->buf, 0xff, 6);
	weir_pkt_arp(p, e->flags, gen_mac[e->side], &s->addr[e->side],
		     ask ? nobody : gen_mac[!e->side], &s->addr[!e->side]);
}

void gen_script_emit(struct gen_script *s, uint64_t now_ns, struct gen_frame *f)
{
	const struct gen_event *e = &s->ev[s->pos++];
	struct weir_pkt p;

	if (now_ns > e->t_ns + s->shift_ns)
		s->shift_ns = now_ns - e->t_ns;
	gen_pkt_start(&p, f->buf, sizeof(f->buf), e->side, &s->vlan);
	switch ((enum gen_event_kind)e->kind) {
	case GEN_EV_TCP:
		add_ip(s, &p, e->side, true);
		add_tcp(s, e, now_ns, &p);
		break;
	case GEN_EV_UDP:
		add_ip(s, &p, e->side, false);
		weir_pkt_udp(&p, s->port[e->side], s->port[!e->side]);
		append_msg(s, &p, e->msg, 0, gen_msg_len(s, e->msg));
		break;
	case GEN_EV_UDP_FRAG:
		emit_fragment(s, e, &p, f->buf);
		f->len = p.len;
		return;
	case GEN_EV_ECHO:
		add_ip(s, &p, e->side, false);
		weir_pkt_icmp(&p, s->addr[0].family == 4 ? (e->flags ? 0 : 8) : (e->flags ? 129 : 128),
			      0, e->seq);
		append_msg(s, &p, e->msg, 0, gen_msg_len(s, e->msg));
		break;
	case GEN_EV_NS:
	case GEN_EV_NA:
		emit_nd(s, e, &p);
		break;
	case GEN_EV_ARP:
		emit_arp(s, e, &p);
		break;
	}
	weir_pkt_end(&p);
	f->len = p.len;
}

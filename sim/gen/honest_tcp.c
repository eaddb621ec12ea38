// SPDX-License-Identifier: Apache-2.0
/* TCP conversations: handshake, HTTP or TLS over it, now and then a lost segment with its
 * duplicate acknowledgements and retransmission (RFC 5681), close. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "honest.h"
#include "pdu.h"

enum { FirstWindow = 10, MaxWindow = 44 };

struct conn {
	struct gen_session *x;
	uint64_t t;                   /* when the next thing happens at our place */
	uint64_t heard;               /* when the receiver of the last flight has answered all of it */
	uint32_t next[GEN_SIDES];     /* sequence number each side sends next */
};

static struct gen_event *segment(struct conn *c, uint64_t t, enum gen_side side, uint8_t flags)
{
	static struct gen_event lost;
	struct gen_event *e = gen_script_add(c->x->s, t, GEN_EV_TCP, side);

	if (!e)
		return &lost;
	e->flags = flags;
	e->seq = c->next[side];
	e->ack = c->next[!side];
	return e;
}

static void open_conn(struct conn *c, struct gen_session *x)
{
	enum gen_side from = x->from;

	*c = (struct conn){ .x = x, .t = x->t0_ns };
	x->s->tcp_ts = !x->windows;
	x->s->mss = x->s->addr[0].family == 4 ? 1460 : 1440;
	for (int i = 0; i < GEN_SIDES; i++) {
		bool windows = x->windows && i == (int)from;

		c->next[i] = (uint32_t)weir_prng_next(x->r);
		x->s->tcp[i] = (struct gen_tcp_host){
			.syn_window = windows ? 64240 : i == (int)from ? 64240 : 65160,
			.window = windows ? 1026 : i == (int)from ? 502 : 509,
			.wscale = windows ? 8 : 7,
			.ts_base = (uint32_t)weir_prng_next(x->r),
		};
	}
	segment(c, c->t, from, WEIR_TCP_SYN);
	c->next[from]++;
	c->t += x->react_ns[!from];
	segment(c, c->t, !from, WEIR_TCP_SYN | WEIR_TCP_ACK);
	c->next[!from]++;
	c->t += x->react_ns[from];
	segment(c, c->t, from, WEIR_TCP_ACK);
	c->t += 20000 + weir_prng_below(x->r, 200000);
}

/* One window's worth of segments from `off` on and what comes back for them. Returns the bytes that
 * are through; c->t is when the sender may go on. */
static uint32_t flight(struct conn *c, enum gen_side side, uint8_t msg, uint32_t off, uint32_t len,
		       unsigned window, bool lossy)
{
	struct gen_session *x = c->x;
	uint32_t mss = x->s->mss - (x->s->tcp_ts ? 12u : 0), base = c->next[side];
	unsigned n = (len - off + mss - 1) / mss, unacked = 0, dups = 0;
	uint64_t react = x->react_ns[!side], t = c->t, first_ack = 0, dup_t = 0;
	unsigned lost = ~0u;
	uint32_t lost_len = 0, at = 0;

	if (n > window)
		n = window;
	if (lossy)
		lost = (unsigned)weir_prng_below(x->r, n);
	for (unsigned i = 0; i < n; i++) {
		uint32_t size = len - off - at < mss ? len - off - at : mss;
		bool end = off + at + size == len;
		struct gen_event *e = segment(c, t, side, WEIR_TCP_ACK | (end ? WEIR_TCP_PSH : 0));

		e->seq = base + at;
		e->msg = msg;
		e->off = off + at;
		e->len = (uint16_t)size;
		if (i == lost) {
			lost_len = size;
			c->next[side] = base + at;
		} else if (i > lost) {
			uint32_t lo = base + lost * mss + lost_len;

			e = segment(c, t + react, !side, WEIR_TCP_ACK);
			e->sack_lo = lo;
			e->sack_hi = base + at + size;
			if (++dups == 3)
				dup_t = t + react;
		} else {
			c->next[side] = base + at + size;
			if (++unacked == 2 || i == n - 1 || end) {
				segment(c, t + react, !side, WEIR_TCP_ACK);
				unacked = 0;
				if (!first_ack)
					first_ack = t + react;
			}
		}
		at += size;
		t += (size + 66) * x->byte_ns[side] + weir_prng_below(x->r, 4000);
	}
	if (lost != ~0u) {
		/* Three duplicates bring it back at once, fewer only the timer (RFC 6298: a second
		 * at first; Linux takes 200 ms and the round trip). */
		uint64_t again = !dup_t ? t + 2 * react + 200 * GEN_NS_PER_MS :
				 dup_t + 30000 > t ? dup_t + 30000 : t;
		struct gen_event *e = segment(c, again, side, WEIR_TCP_ACK);

		e->seq = base + lost * mss;
		e->msg = msg;
		e->off = off + lost * mss;
		e->len = (uint16_t)lost_len;
		c->next[side] = base + at;
		segment(c, again + react, !side, WEIR_TCP_ACK);
		c->t = again + react;
	} else {
		c->next[side] = base + at;
		c->t = first_ack > t ? first_ack : t;
	}
	c->heard = c->t > t + react ? c->t : t + react;
	return at;
}

/* One message; afterwards c->t is when its receiver can act on all of it. */
static void say(struct conn *c, enum gen_side side, const void *text, size_t text_len,
		size_t fill_len)
{
	struct gen_session *x = c->x;
	uint8_t msg = gen_script_msg(x->s, text, text_len, fill_len,
				     (uint32_t)weir_prng_below(x->r, 65536));
	uint32_t len = gen_msg_len(x->s, msg), off = 0;
	unsigned window = FirstWindow;

	while (off < len) {
		bool lossy = weir_prng_below(x->r, 1000000) < x->loss_ppm;

		off += flight(c, side, msg, off, len, window, lossy);
		window = lossy ? window / 2 + 1 : window * 2 > MaxWindow ? MaxWindow : window * 2;
	}
	c->t = c->heard + 50000 + weir_prng_below(x->r, 500000);
}

static void server_thinks(struct conn *c)
{
	c->t += 200000 + weir_prng_exp(c->x->r, 3 * GEN_NS_PER_MS);
}

static void close_conn(struct conn *c)
{
	struct gen_session *x = c->x;
	enum gen_side side = weir_prng_below(x->r, 4) ? x->from : !x->from;

	c->t += weir_prng_exp(x->r, 10 * GEN_NS_PER_MS);
	if (weir_prng_below(x->r, 50) == 0) {
		/* Some programs are too hurried for a close. */
		segment(c, c->t, x->from, WEIR_TCP_RST | WEIR_TCP_ACK);
		return;
	}
	segment(c, c->t, side, WEIR_TCP_FIN | WEIR_TCP_ACK);
	c->next[side]++;
	c->t += x->react_ns[!side];
	if (weir_prng_below(x->r, 3) == 0) {
		segment(c, c->t, !side, WEIR_TCP_ACK);
		c->t += 100000 + weir_prng_exp(x->r, GEN_NS_PER_MS);
	}
	segment(c, c->t, !side, WEIR_TCP_FIN | WEIR_TCP_ACK);
	c->next[!side]++;
	c->t += x->react_ns[side];
	segment(c, c->t, side, WEIR_TCP_ACK);
}

static size_t body_size(struct weir_prng *r)
{
	unsigned u = (unsigned)weir_prng_below(r, 100);

	if (u < 40)
		return weir_prng_range(r, 150, 2000);
	if (u < 75)
		return weir_prng_range(r, 2000, 12000);
	if (u < 96)
		return weir_prng_range(r, 12000, 60000);
	return weir_prng_range(r, 60000, 200000);
}

static const char *const agents[] = {
	"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36",
	"curl/8.8.0",
};

static const char *pick_path(struct weir_prng *r, char *buf, size_t size)
{
	static const char *const dirs[] = { "img", "css", "api/v1/items", "news", "static/js", "shop" };

	if (weir_prng_below(r, 4) == 0)
		snprintf(buf, size, "/");
	else
		snprintf(buf, size, "/%s/%u", dirs[weir_prng_below(r, 6)],
			 (unsigned)weir_prng_below(r, 5000));
	return buf;
}

static void http_answer(struct conn *c, const char *status, const char *type, size_t len, bool body)
{
	struct gen_session *x = c->x;
	char head[512], date[64];
	time_t when = (time_t)((x->unix_ns + c->t - x->t0_ns) / GEN_NS_PER_S);
	struct tm tm;
	int n;

	gmtime_r(&when, &tm);
	strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", &tm);
	n = snprintf(head, sizeof(head), "HTTP/1.1 %s\r\nServer: nginx\r\nDate: %s\r\nContent-Type: %s\r\n"
		     "Content-Length: %zu\r\nConnection: keep-alive\r\n\r\n", status, date, type, len);
	server_thinks(c);
	say(c, !x->from, head, (size_t)n, body ? len : 0);
}

void gen_build_http_get(struct gen_session *x)
{
	struct conn c;
	unsigned requests = 1 + (unsigned)weir_prng_below(x->r, 4);
	const char *agent = agents[x->windows ? 1 : weir_prng_below(x->r, 10) ? 0 : 2];

	open_conn(&c, x);
	for (unsigned i = 0; i < requests; i++) {
		char req[512], path[64];
		bool head = weir_prng_below(x->r, 33) == 0;
		int n = snprintf(req, sizeof(req), "%s %s HTTP/1.1\r\nHost: www.example.com\r\n"
				 "User-Agent: %s\r\nAccept: */*\r\nAccept-Language: en\r\n"
				 "Connection: keep-alive\r\n\r\n", head ? "HEAD" : "GET",
				 pick_path(x->r, path, sizeof(path)), agent);

		if (i)
			c.t += weir_prng_exp(x->r, 60 * GEN_NS_PER_MS);
		say(&c, x->from, req, (size_t)n, 0);
		if (weir_prng_below(x->r, 25) == 0)
			http_answer(&c, "404 Not Found", "text/html", 162, !head);
		else
			http_answer(&c, "200 OK", "text/html; charset=utf-8", body_size(x->r), !head);
	}
	close_conn(&c);
}

void gen_build_http_post(struct gen_session *x)
{
	struct conn c;
	char req[512], path[64];
	size_t len = weir_prng_below(x->r, 5) ? weir_prng_range(x->r, 40, 3000)
					      : weir_prng_range(x->r, 3000, 40000);
	int n = snprintf(req, sizeof(req), "POST %s HTTP/1.1\r\nHost: www.example.com\r\nUser-Agent: %s\r\n"
			 "Accept: */*\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\n\r\n",
			 pick_path(x->r, path, sizeof(path)), agents[x->windows], len);

	open_conn(&c, x);
	say(&c, x->from, req, (size_t)n, len);
	http_answer(&c, "201 Created", "application/json", weir_prng_range(x->r, 20, 400), true);
	close_conn(&c);
}

void gen_build_https(struct gen_session *x)
{
	struct conn c;
	uint8_t rec[512];
	unsigned rounds = 1 + (unsigned)weir_prng_below(x->r, 3);
	size_t n;

	open_conn(&c, x);
	say(&c, x->from, rec, gen_tls_client_hello(rec, "www.example.com", x->r), 0);
	server_thinks(&c);
	n = gen_tls_server_hello(rec, x->r);
	n += gen_tls_record(rec + n, 2600);
	say(&c, !x->from, rec, n, 2600);
	n = gen_tls_record(rec, 53);
	say(&c, x->from, rec, n, 53);
	for (unsigned i = 0; i < rounds; i++) {
		size_t len = weir_prng_range(x->r, 120, 600);

		say(&c, x->from, rec, gen_tls_record(rec, len), len);
		server_thinks(&c);
		/* A record carries at most 16 KB: a long answer is several messages. */
		for (size_t left = body_size(x->r) / 2; left > 0;) {
			size_t part = left > 16384 ? 16384 : left;

			say(&c, !x->from, rec, gen_tls_record(rec, part), part);
			left -= part;
		}
		c.t += weir_prng_exp(x->r, 80 * GEN_NS_PER_MS);
	}
	close_conn(&c);
}

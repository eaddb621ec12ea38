// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "live_peer.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sim/common/packet_build.h"
#include "weir/weir_regs.h"

enum { PatienceMs = 40000, StepMs = 10, AskMs = 20000, Asks = 3, TextMost = 1 << 20, Paths = 8 };

static char folder[PEER_NAME];

static void sleep_ms(long ms)
{
	struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

const char *peer_path(const char *name)
{
	static char path[Paths][PEER_NAME];
	static unsigned next;
	char *p = path[next++ % Paths];

	ck_assert_int_lt(snprintf(p, PEER_NAME, "%s/%s", folder, name), PEER_NAME);
	return p;
}

void peer_folder(const char *dir)
{
	static const char *const names[] = { "out", "link", "u", "p", "report.json" };

	snprintf(folder, sizeof(folder), "%s", dir);
	ck_assert(!mkdir(dir, 0777) || errno == EEXIST);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unlink(peer_path(names[i]));
}

void peer_start(struct peer_run *r, const char *program, ...)
{
	char *argv[PEER_ARGS] = { (char *)(uintptr_t)program };
	size_t n = 1;
	va_list list;

	va_start(list, program);
	do {
		ck_assert_uint_lt(n, PEER_ARGS);
		argv[n] = va_arg(list, char *);
	} while (argv[n++]);
	va_end(list);
	snprintf(r->out, sizeof(r->out), "%s", peer_path("out"));
	ck_assert(!unlink(r->out) || errno == ENOENT);
	r->pid = fork();
	ck_assert_int_ge(r->pid, 0);
	if (!r->pid) {
		/* A test that has failed leaves nothing behind. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		int fd = open(r->out, O_WRONLY | O_CREAT | O_TRUNC, 0666);

		dup2(fd, 1);
		dup2(fd, 2);
		execv(program, argv);
		_exit(127);
	}
}

bool peer_has_said(const struct peer_run *r, const char *text)
{
	static char said[TextMost];
	FILE *f = fopen(r->out, "r");
	size_t n = f ? fread(said, 1, sizeof(said) - 1, f) : 0;

	if (f)
		fclose(f);
	said[n] = 0;
	return strstr(said, text);
}

void peer_said(const struct peer_run *r, const char *text)
{
	for (long ms = 0; ms < PatienceMs; ms += StepMs) {
		if (peer_has_said(r, text))
			return;
		sleep_ms(StepMs);
	}
	ck_abort_msg("never said \"%s\": see %s", text, r->out);
}

int peer_stop(struct peer_run *r, int signal_number)
{
	int status;

	if (signal_number)
		kill(r->pid, signal_number);
	for (long ms = 0; ms < PatienceMs; ms += StepMs) {
		if (waitpid(r->pid, &status, WNOHANG) == r->pid) {
			ck_assert_msg(WIFEXITED(status), "ended by signal %d", WTERMSIG(status));
			return WEXITSTATUS(status);
		}
		sleep_ms(StepMs);
	}
	kill(r->pid, SIGKILL);
	waitpid(r->pid, &status, 0);
	ck_abort_msg("does not end: see %s", r->out);
	return -1;
}

static long of_process(const struct peer_run *r, const char *file, const char *format, int place)
{
	char name[PEER_NAME], text[1000] = "", *at;
	unsigned long v[2] = { 0, 0 };
	FILE *f;

	snprintf(name, sizeof(name), "/proc/%d/%s", (int)r->pid, file);
	f = fopen(name, "r");
	ck_assert_ptr_nonnull(f);
	ck_assert_ptr_nonnull(fgets(text, sizeof(text), f));
	fclose(f);
	at = strrchr(text, ')');
	at = at ? at + 2 : text;
	for (; place; place--)
		at = strchr(at, ' ') + 1;
	ck_assert_int_ge(sscanf(at, format, &v[0], &v[1]), 1);
	return (long)(v[0] + v[1]);
}

long peer_cpu_ms(const struct peer_run *r)
{
	return of_process(r, "stat", "%lu %lu", 11) * 1000 / sysconf(_SC_CLK_TCK);
}

long peer_memory_kib(const struct peer_run *r)
{
	return of_process(r, "statm", "%lu", 1) * sysconf(_SC_PAGESIZE) / 1024;
}

static int connect_to(const char *path, int type)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

	ck_assert_uint_lt(strlen(path), sizeof(name.sun_path));
	memcpy(name.sun_path, path, strlen(path) + 1);
	ck_assert_msg(!connect(fd, (struct sockaddr *)&name, sizeof(name)), "%s: %s", path, strerror(errno));
	return fd;
}

static bool readable(int fd, int wait_ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, wait_ms) > 0;
}

void peer_host_open(struct peer_host *h, const char *path)
{
	*h = (struct peer_host){ .fd = connect_to(path, SOCK_STREAM) };
	weir_link_decoder_init(&h->decoder);
}

void peer_host_close(struct peer_host *h)
{
	close(h->fd);
	h->fd = -1;
}

ssize_t peer_host_receive(struct peer_host *h, uint8_t *buf, size_t size, int wait_ms)
{
	return readable(h->fd, wait_ms) ? recv(h->fd, buf, size, 0) : -1;
}

size_t peer_host_frame(struct peer_host *h, int wait_ms)
{
	size_t len = 0;

	while (!len) {
		if (h->in_at == h->in_len) {
			ssize_t n = peer_host_receive(h, h->in, sizeof(h->in), wait_ms);

			if (n <= 0)
				return 0;
			h->in_at = 0;
			h->in_len = (size_t)n;
		}
		h->in_at += weir_link_decode(&h->decoder, h->in + h->in_at, h->in_len - h->in_at, &len);
	}
	return len;
}

/* As libweir does it: the same octets again when no reply comes. */
int peer_host_ask(struct peer_host *h, const struct weir_link_request *req, uint32_t *ret_words)
{
	uint8_t wire[WEIR_LINK_WIRE_MAX];
	size_t n, len;

	ck_assert_int_eq(weir_link_encode(req->body, req->len, wire, sizeof(wire), &n), 0);
	for (int i = 0; i < Asks; i++) {
		ck_assert_int_eq(send(h->fd, wire, n, MSG_NOSIGNAL), (ssize_t)n);
		while ((len = peer_host_frame(h, AskMs)) > 0) {
			int rc = weir_link_reply(req, h->decoder.octets, len, ret_words);

			h->notices += h->decoder.octets[0] == WEIR_LINK_NOTICE;
			if (rc != -EAGAIN)
				return rc;
		}
	}
	ck_abort_msg("no reply");
	return -1;
}

void peer_host_hello(struct peer_host *h, struct weir_link_hello *ret)
{
	struct weir_link_request req;
	uint8_t wire[WEIR_LINK_WIRE_MAX];
	size_t n, len;

	weir_link_hello(&req, ++h->number);
	ck_assert_int_eq(weir_link_encode(req.body, req.len, wire, sizeof(wire), &n), 0);
	for (int i = 0; i < Asks; i++) {
		ck_assert_int_eq(send(h->fd, wire, n, MSG_NOSIGNAL), (ssize_t)n);
		while ((len = peer_host_frame(h, AskMs)) > 0)
			if (!weir_link_hello_reply(&req, h->decoder.octets, len, ret))
				return;
	}
	ck_abort_msg("no reply to a hello");
}

void peer_host_read(struct peer_host *h, uint32_t address, size_t n, uint32_t *ret)
{
	struct weir_link_request req;

	ck_assert_int_eq(weir_link_read(&req, ++h->number, address, n), 0);
	ck_assert_int_eq(peer_host_ask(h, &req, ret), 0);
}

uint32_t peer_host_word(struct peer_host *h, uint32_t address)
{
	uint32_t word;

	peer_host_read(h, address, 1, &word);
	return word;
}

void peer_host_write(struct peer_host *h, uint32_t address, const uint32_t *words, size_t n)
{
	struct weir_link_request req;

	ck_assert_int_eq(weir_link_write(&req, ++h->number, address, words, n), 0);
	ck_assert_int_eq(peer_host_ask(h, &req, NULL), 0);
}

void peer_host_mail(struct peer_host *h, const uint32_t word[PEER_MAIL_WORDS], uint32_t ret[PEER_MAIL_WORDS])
{
	peer_host_write(h, WEIR_SOC_MAIL_IN(0), word, PEER_MAIL_WORDS);
	peer_host_write(h, WEIR_SOC_MAIL, (const uint32_t[]){ WEIR_SOC_MAIL_IN_FULL_MASK }, 1);
	for (long ms = 0; !(peer_host_word(h, WEIR_SOC_MAIL) & WEIR_SOC_MAIL_OUT_FULL_MASK); ms += StepMs) {
		ck_assert_msg(ms < PatienceMs, "the firmware does not answer");
		sleep_ms(StepMs);
	}
	peer_host_read(h, WEIR_SOC_MAIL_OUT(0), PEER_MAIL_WORDS, ret);
	peer_host_write(h, WEIR_SOC_MAIL, (const uint32_t[]){ WEIR_SOC_MAIL_OUT_FULL_MASK }, 1);
}

int peer_frames_open(const char *path)
{
	return connect_to(path, SOCK_SEQPACKET);
}

void peer_frames_send(int fd, const uint8_t *frame, size_t len)
{
	ck_assert_int_eq(send(fd, frame, len, MSG_NOSIGNAL), (ssize_t)len);
}

size_t peer_frames_receive(int fd, uint8_t frame[PEER_FRAME], int wait_ms)
{
	ssize_t n = readable(fd, wait_ms) ? recv(fd, frame, PEER_FRAME, 0) : 0;

	return n > 0 ? (size_t)n : 0;
}

long long peer_report(const char *file, const char *name)
{
	json_error_t error;
	json_t *all = json_load_file(file, JSON_REJECT_DUPLICATES, &error), *at = all;
	char text[PEER_NAME], *save;
	long long v;

	ck_assert_msg(all, "%s: %s", file, error.text);
	snprintf(text, sizeof(text), "%s", name);
	for (char *w = strtok_r(text, ".", &save); w; w = strtok_r(NULL, ".", &save))
		at = json_is_array(at) ? json_array_get(at, (size_t)(w[0] - '0')) : json_object_get(at, w);
	ck_assert_msg(json_is_integer(at), "%s: no number %s", file, name);
	v = json_integer_value(at);
	json_decref(all);
	return v;
}

static void begin(struct weir_pkt *p, uint8_t frame[PEER_FRAME], unsigned source)
{
	static const uint8_t dst[6] = { 2, 0, 0, 0, 0, 2 }, src[6] = { 2, 0, 0, 0, 0, 1 };
	struct weir_ip_spec ip = { .ttl = 64 };
	char text[40];

	snprintf(text, sizeof(text), "198.51.100.%u", source);
	ck_assert_int_eq(weir_addr_parse(text, &ip.src), 0);
	ck_assert_int_eq(weir_addr_parse("192.0.2.1", &ip.dst), 0);
	weir_pkt_init(p, frame, PEER_FRAME);
	weir_pkt_eth(p, dst, src);
	weir_pkt_ip(p, &ip);
}

size_t peer_udp(uint8_t frame[PEER_FRAME], unsigned source, size_t len)
{
	static const uint8_t zeros[PEER_FRAME];
	struct weir_pkt p;

	begin(&p, frame, source);
	weir_pkt_udp(&p, 4000, 53);
	weir_pkt_bytes(&p, zeros, len - 42);
	ck_assert_int_eq(weir_pkt_end(&p), 0);
	return p.len;
}

size_t peer_syn(uint8_t frame[PEER_FRAME], unsigned source, unsigned port)
{
	struct weir_pkt p;

	begin(&p, frame, source);
	weir_pkt_tcp(&p, &(struct weir_tcp_spec){ .sport = (uint16_t)port, .dport = 80, .seq = 1000 + port, .flags = WEIR_TCP_SYN, .window = 1000 });
	ck_assert_int_eq(weir_pkt_end(&p), 0);
	return p.len;
}

size_t peer_ack(uint8_t frame[PEER_FRAME], size_t len)
{
	static const uint8_t zeros[PEER_FRAME];
	struct weir_pkt p;

	begin(&p, frame, 1);
	weir_pkt_tcp(&p, &(struct weir_tcp_spec){ .sport = 4000, .dport = 80, .seq = 1000, .flags = WEIR_TCP_ACK, .window = 1000 });
	weir_pkt_bytes(&p, zeros, len - 54);
	ck_assert_int_eq(weir_pkt_end(&p), 0);
	return p.len;
}

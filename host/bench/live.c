// SPDX-License-Identifier: Apache-2.0
/* weir-sim --live, in real time: frames a second and round-trip time between its two interfaces, which are Unix sockets or TAPs of a network
 * namespace; beside a program that takes frames from one interface and puts them on the other, with the same code for interfaces, and beside a veth
 * pair, which is the kernel alone. And how long `weirctl why` takes against it. Nothing here is checked but that frames come: it is one machine's. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <linux/if_ether.h>
#include <linux/if_packet.h>

#include "host.h"
#include "sim/bench/bench.h"
#include "sim/common/packet_build.h"
#include "sim/live/iface.h"

enum {
	Short = 60, Long = 1514, Window = 32, RoundTrips = 4000, FrameBytes = 2048, PatienceMs = 1000, StartMs = 60000, NameMax = 512, Sources = 200,
	WhyAsks = 20, DropFrames = 200,
};
static const double SpanS = 2.0;

struct live_figures {
	bool ok;
	char detail[160];
	double pps[2];           /* of frames of 60 and of 1,514 octets */
	double per_cpu_s[2];     /* the same a second of the carrier's CPU time; 0: it has none */
	uint64_t lost;
	uint64_t rtt_p50_ns, rtt_p99_ns, round_trips;
};

/* --- Two ends ------------------------------------------------------------------------------------------------------ */

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static size_t build(uint8_t buf[FrameBytes], int side, unsigned source, size_t len)
{
	static const uint8_t mac[2][6] = { { 2, 0, 0, 0, 0, 1 }, { 2, 0, 0, 0, 0, 2 } };
	struct weir_addr remote = { .family = 4, .b = { 198, 51, 100, (uint8_t)(1 + source % Sources) } };
	struct weir_addr protect = { .family = 4, .b = { 192, 0, 2, 1 } };
	static const uint8_t zeros[Long];
	struct weir_pkt p;

	weir_pkt_init(&p, buf, FrameBytes);
	weir_pkt_eth(&p, mac[1 - side], mac[side]);
	weir_pkt_ip(&p, &(struct weir_ip_spec){ .src = side ? protect : remote, .dst = side ? remote : protect, .ttl = 64 });
	weir_pkt_udp(&p, side ? 5000 : 4000, side ? 4000 : 5000);
	if (len > p.len)
		weir_pkt_bytes(&p, zeros, len - p.len);
	return weir_pkt_end(&p) ? 0 : p.len;
}

static bool comes(int fd, int patience_ms)
{
	uint8_t buf[FrameBytes];
	struct pollfd p = { .fd = fd, .events = POLLIN };

	for (;;) {
		ssize_t n = recv(fd, buf, sizeof(buf), MSG_DONTWAIT);

		if (n > 0)
			return true;
		if (n == 0 || (errno != EAGAIN && errno != EINTR) || poll(&p, 1, patience_ms) == 0)
			return false;
	}
}

/* CPU time that a process has used. */
static double cpu_s(pid_t pid)
{
	unsigned long user = 0, system = 0;
	char path[64], text[1024] = "";
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	f = pid > 0 ? fopen(path, "re") : NULL;
	if (!f)
		return 0;
	/* Behind the name, which may have anything in it: state and ten numbers. */
	if (!fgets(text, sizeof(text), f) || !strrchr(text, ')') ||
	    sscanf(strrchr(text, ')') + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) != 2)
		user = system = 0;
	fclose(f);
	return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

/* As many as go through with at most Window under way. */
static double flood(const int fd[2], size_t len, pid_t pid, double *ret_per_cpu_s, uint64_t *lost)
{
	uint64_t begun_ns = now_ns(), got = 0, sent = 0, end_ns = begun_ns + (uint64_t)(SpanS * 1e9);
	uint8_t buf[FrameBytes];
	double cpu = cpu_s(pid);
	unsigned under_way = 0;

	while (now_ns() < end_ns) {
		while (under_way < Window) {
			size_t n = build(buf, 0, (unsigned)sent, len);

			if (send(fd[0], buf, n, MSG_DONTWAIT) != (ssize_t)n)
				break;
			sent++;
			under_way++;
		}
		if (comes(fd[1], PatienceMs)) {
			got++;
			under_way--;
		} else {
			*lost += under_way;
			under_way = 0;
		}
	}
	end_ns = now_ns();
	cpu = cpu_s(pid) - cpu;
	*ret_per_cpu_s = cpu > 0 ? (double)got / cpu : 0;
	while (under_way && comes(fd[1], PatienceMs))
		under_way--;
	*lost += under_way;
	return (double)got * 1e9 / (double)(end_ns - begun_ns);
}

static void round_trips(const int fd[2], struct live_figures *f)
{
	static uint64_t took_ns[RoundTrips];
	uint64_t end_ns = now_ns() + (uint64_t)(SpanS * 1e9);
	uint8_t buf[2][FrameBytes];
	size_t len[2] = { build(buf[0], 0, 1, Short), build(buf[1], 1, 1, Short) };
	uint64_t n = 0;

	while (n < RoundTrips && now_ns() < end_ns) {
		uint64_t then_ns = now_ns();

		if (send(fd[0], buf[0], len[0], 0) < 0 || !comes(fd[1], PatienceMs) || send(fd[1], buf[1], len[1], 0) < 0 || !comes(fd[0], PatienceMs))
			f->lost++;
		else
			took_ns[n++] = now_ns() - then_ns;
	}
	f->round_trips = n;
	f->rtt_p50_ns = bench_median(took_ns, n);       /* sorts them */
	f->rtt_p99_ns = n ? took_ns[(n - 1) * 99 / 100] : 0;
}

static void measure(const int fd[2], pid_t pid, struct live_figures *f)
{
	round_trips(fd, f);
	f->pps[0] = flood(fd, Short, pid, &f->per_cpu_s[0], &f->lost);
	f->pps[1] = flood(fd, Long, pid, &f->per_cpu_s[1], &f->lost);
	f->ok = f->round_trips && f->pps[0] > 0 && f->pps[1] > 0;
	if (!f->ok)
		snprintf(f->detail, sizeof(f->detail), "no frame comes through");
}

/* --- Who carries them ---------------------------------------------------------------------------------------------- */

enum kind { Veth, Forwarder, Model, Rtl };

struct carrier {
	const struct host_job *job;
	enum kind kind;
	bool tap;
	char name[2][NameMax], both[2 * NameMax + 2], link[NameMax], policy[NameMax], log[NameMax];
	pid_t pid;
};

static _Noreturn void forward(const struct carrier *c)
{
	static uint8_t buf[FrameBytes];
	struct weir_iface *i[2];
	char detail[WEIR_IFACE_DETAIL];

	for (int s = 0; s < 2; s++)
		if (weir_iface_open(c->name[s], &i[s], detail)) {
			fprintf(stderr, "%s\n", detail);
			_exit(1);
		}
	fprintf(stderr, "live between\n");
	for (;;) {
		struct pollfd p[2 * WEIR_IFACE_POLLS];
		size_t n = 0, len;

		for (int s = 0; s < 2; s++)
			while (weir_iface_read(i[s], buf, sizeof(buf), &len))
				weir_iface_write(i[1 - s], buf, len);
		for (int s = 0; s < 2; s++)
			n += weir_iface_polls(i[s], p + n);
		poll(p, (nfds_t)n, -1);
	}
}

static bool said(const struct carrier *c)
{
	char text[4096] = "";
	FILE *f = fopen(c->log, "re");

	if (f && !fread(text, 1, sizeof(text) - 1, f))
		text[0] = 0;
	if (f)
		fclose(f);
	return strstr(text, "live between");
}

static bool start(struct carrier *c)
{
	uint64_t end_ns = now_ns() + UINT64_C(1000000) * StartMs;
	const char *engine = c->kind == Model ? "--engine=model" : "--engine=rtl";

	unlink(c->log);
	c->pid = fork();
	if (!c->pid) {
		int fd = open(c->log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

		dup2(fd, STDOUT_FILENO);
		dup2(fd, STDERR_FILENO);
		if (c->kind == Forwarder)
			forward(c);
		execl(c->job->sim, c->job->sim, engine, "--live", c->both, "--listen", c->link, "--policy", c->policy,
		      c->kind == Model ? "--seed=1" : "--no-firmware", NULL);
		_exit(127);
	}
	while (c->pid > 0 && !said(c) && now_ns() < end_ns) {
		if (waitpid(c->pid, NULL, WNOHANG) == c->pid) {
			c->pid = 0;
			return false;
		}
		usleep(10000);
	}
	return c->pid > 0 && said(c);
}

static void stop(struct carrier *c)
{
	if (c->pid > 0) {
		kill(c->pid, SIGTERM);
		waitpid(c->pid, NULL, 0);
	}
	for (int s = 0; s < 2 && !c->tap; s++)
		unlink(c->name[s]);
	unlink(c->link);
	unlink(c->log);
}

static int end_of(const struct carrier *c, int s)
{
	struct sockaddr_un u = { .sun_family = AF_UNIX };
	struct sockaddr_ll l = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL) };
	int fd, on = 1;

	if (!c->tap) {
		fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
		snprintf(u.sun_path, sizeof(u.sun_path), "%.107s", c->name[s]);
		return fd >= 0 && !connect(fd, (struct sockaddr *)&u, sizeof(u)) ? fd : -1;
	}
	fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_ALL));
	l.sll_ifindex = (int)if_nametoindex(c->name[s]);
	setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof(on));
	return fd >= 0 && !bind(fd, (struct sockaddr *)&l, sizeof(l)) ? fd : -1;
}

static bool quiet_network(void)
{
	FILE *f;

	if (unshare(CLONE_NEWNET))
		return false;
	/* Nothing but our frames. */
	f = fopen("/proc/sys/net/ipv6/conf/default/disable_ipv6", "we");
	if (f) {
		fputs("1", f);
		fclose(f);
	}
	return true;
}

static bool run_ip(const char *arguments)
{
	char command[256];

	snprintf(command, sizeof(command), "ip %s", arguments);
	return system(command) == 0;
}

/* In a process of its own, whose namespace it is. */
static void carry(const void *ctx, void *ret)
{
	struct carrier c = *(const struct carrier *)ctx;
	struct live_figures *f = ret;
	int fd[2] = { -1, -1 };

	*f = (struct live_figures){ 0 };
	signal(SIGPIPE, SIG_IGN);
	if (c.tap && !quiet_network()) {
		snprintf(f->detail, sizeof(f->detail), "not measured: a network namespace needs root");
		return;
	}
	if (c.kind == Veth ? !run_ip("link add wbu type veth peer name wbp") || !run_ip("link set wbu up") || !run_ip("link set wbp up") : !start(&c)) {
		snprintf(f->detail, sizeof(f->detail), "does not start");
	} else {
		fd[0] = end_of(&c, 0);
		fd[1] = end_of(&c, 1);
		usleep(200000);
		if (fd[0] >= 0 && fd[1] >= 0)
			measure(fd, c.pid, f);
		else
			snprintf(f->detail, sizeof(f->detail), "its interfaces cannot be opened");
	}
	if (c.kind != Veth)
		stop(&c);
	close(fd[0]);
	close(fd[1]);
}

static void name_all(struct carrier *c, const struct host_job *job)
{
	const char *part[2] = { "u", "p" };
	int pid = (int)getpid();

	c->job = job;
	for (int s = 0; s < 2; s++)
		if (c->tap)
			snprintf(c->name[s], NameMax, "wb%s", part[s]);
		else
			snprintf(c->name[s], NameMax, "%s/live-%d-%s", job->dir, pid, part[s]);
	snprintf(c->both, sizeof(c->both), "%s,%s", c->name[0], c->name[1]);
	snprintf(c->link, NameMax, "%s/live-%d-link", job->dir, pid);
	snprintf(c->policy, NameMax, "%s/live-%d.yaml", job->dir, pid);
	snprintf(c->log, NameMax, "%s/live-%d.log", job->dir, pid);
}

/* --- The table ----------------------------------------------------------------------------------------------------- */

static void show(struct host_job *job, const struct carrier *c, const char *name, const struct live_figures *f, const struct live_figures *base)
{
	json_t *row = json_pack("{s:s, s:s}", "what", name, "interfaces", c->tap ? "tap" : "socket");

	json_array_append_new(json_object_get(job->root, "live"), row);
	if (!f->ok) {
		printf("  %-7s %-24s %s\n", c->tap ? "TAP" : "socket", name, f->detail);
		json_object_set_new(row, "detail", json_string(f->detail));
		return;
	}
	printf("  %-7s %-24s %10.0f %10.0f %10.0f %10.0f %9.1f %9.1f %5" PRIu64 "   1:%-8.2f 1:%-8.2f %8.1f\n", c->tap ? "TAP" : "socket", name,
	       f->pps[0], f->pps[1], f->per_cpu_s[0], f->per_cpu_s[1], (double)f->rtt_p50_ns * 1e-3, (double)f->rtt_p99_ns * 1e-3, f->lost, base->ok ? base->pps[0] / f->pps[0] : 0,
	       base->ok ? base->pps[1] / f->pps[1] : 0, base->ok ? (double)f->rtt_p50_ns / (double)base->rtt_p50_ns : 0);
	json_object_update_new(row, json_pack("{s:f, s:f, s:f, s:f, s:I, s:I, s:I, s:I}", "frames_per_s_60", f->pps[0], "frames_per_s_1514", f->pps[1],
		"frames_per_cpu_s_60", f->per_cpu_s[0], "frames_per_cpu_s_1514", f->per_cpu_s[1], "rtt_p50_ns",
		(json_int_t)f->rtt_p50_ns, "rtt_p99_ns", (json_int_t)f->rtt_p99_ns, "round_trips", (json_int_t)f->round_trips, "lost", (json_int_t)f->lost));
}

static bool write_policy(const char *file, const char *more)
{
	FILE *f = fopen(file, "we");
	bool ok = f && fputs(host_open_policy, f) >= 0 && fputs(more, f) >= 0;

	return f && !fclose(f) && ok;
}

static double ms(const struct timeval *t)
{
	return (double)t->tv_sec * 1e3 + (double)t->tv_usec * 1e-3;
}

/* `weirctl why` as an operator runs it, program start and all. */
static void ctl_why(struct host_job *job)
{
	static const char rules[] = "rules:\n  list:\n    - {action: block, from: 198.51.100.8}\nfirmware: {sample_log2: 0}\n";
	struct carrier c = { .kind = Model };
	struct rusage before, after;
	uint64_t took_ns[WhyAsks], n = 0;
	char command[4 * NameMax];
	uint8_t buf[FrameBytes];
	int fd = -1, rc = 0;

	name_all(&c, job);
	if (write_policy(c.policy, rules) && start(&c))
		fd = end_of(&c, 0);
	for (unsigned i = 0; fd >= 0 && i < DropFrames; i++)
		rc |= send(fd, buf, build(buf, 0, 7, Short), 0) < 0;
	usleep(200000);
	snprintf(command, sizeof(command), "%s --device sim:%s why 198.51.100.8 | grep -q rule_block", job->ctl, c.link);
	getrusage(RUSAGE_CHILDREN, &before);
	while (fd >= 0 && !rc && n < WhyAsks) {
		uint64_t then_ns = now_ns();

		rc = system(command);
		took_ns[n++] = now_ns() - then_ns;
	}
	getrusage(RUSAGE_CHILDREN, &after);
	host_check(job, fd >= 0 && !rc, "weirctl why does not tell of the drops");
	if (fd >= 0 && !rc) {
		uint64_t p50_ns = bench_median(took_ns, n);
		double cpu_ms = (ms(&after.ru_utime) + ms(&after.ru_stime) - ms(&before.ru_utime) - ms(&before.ru_stime)) / WhyAsks;

		printf("  weirctl why, program start and all, against weir-sim --engine model: p50 %.1f ms, most %.1f ms of %d (aim 100); its CPU time %.1f ms each\n",
		       (double)p50_ns * 1e-6, (double)took_ns[n - 1] * 1e-6, WhyAsks, cpu_ms);
		json_object_set_new(job->root, "weirctl_why", json_pack("{s:f, s:I, s:I, s:i}", "cpu_ms", cpu_ms, "p50_ns", (json_int_t)p50_ns, "most_ns",
			(json_int_t)took_ns[n - 1], "asks", WhyAsks));
	}
	close(fd);
	stop(&c);
	unlink(c.policy);
}

void host_live(struct host_job *job)
{
	static const char *const names[] = { "veth pair, the kernel", "forwarder, no appliance", "weir-sim, model", "weir-sim, rtl" };

	json_object_set_new(job->root, "live", json_array());
	printf("\nLive, in real time: %d frames under way; round trips of one frame of %d octets\n", Window, Short);
	printf("  %-7s %-24s %10s %10s %10s %10s %9s %9s %5s   %-10s %-10s %8s\n", "", "", "60 oct./s", "1,514/s", "60/cpu s", "1,514/cpu", "p50 us", "p99 us",
	       "lost", "60", "1,514", "p50");
	for (int tap = 0; tap < 2; tap++) {
		struct live_figures base = { 0 };

		for (enum kind k = tap ? Veth : Forwarder; k <= Rtl; k++) {
			struct carrier c = { .kind = k, .tap = tap };
			struct live_figures f;

			if (job->engine && (k == Model || k == Rtl) && strcmp(job->engine, k == Model ? "model" : "rtl"))
				continue;
			name_all(&c, job);
			if (!write_policy(c.policy, "") || bench_apart(carry, &c, &f, sizeof(f)))
				f = (struct live_figures){ .detail = "it ended early" };
			unlink(c.policy);
			if (k == Forwarder)
				base = f;
			show(job, &c, names[k], &f, &base);
			host_check(job, f.ok || tap, "%s: %s", names[k], f.detail);
		}
	}
	ctl_why(job);
}

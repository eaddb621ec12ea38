// SPDX-License-Identifier: Apache-2.0
/* exporter: figures for Prometheus. One thread, this one, looks at the appliance; that of libmicrohttpd answers from the last finished
 * text, which nobody changes any more. */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <microhttpd.h>

#include "metrics.h"

enum { DefaultPort = 9469, Connections = 32, ConnectionsOfOne = 16, ConnectionTimeoutS = 10, ConnectionMemory = 32768, HostMax = 64 };

static const char start_page[] = "Weir exporter: /metrics\n";

struct exporter {
	struct ctl *c;
	struct metrics m;
	struct MHD_Daemon *daemon;
	pthread_mutex_t lock;            /* of `text` */
	struct MHD_Response *text;       /* counted: one that is being sent outlives its successor */
};

/* --- the other thread --- */

static enum MHD_Result plain(struct MHD_Connection *connection, unsigned status, const char *text)
{
	struct MHD_Response *r = MHD_create_response_from_buffer(strlen(text), (void *)(uintptr_t)text, MHD_RESPMEM_PERSISTENT);
	enum MHD_Result rc;

	if (!r)
		return MHD_NO;
	MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, "text/plain; charset=utf-8");
	if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(r, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
	rc = MHD_queue_response(connection, status, r);
	MHD_destroy_response(r);
	return rc;
}

static enum MHD_Result answer(void *ctx, struct MHD_Connection *connection, const char *url, const char *method, const char *version, const char *upload,
			      size_t *upload_len, void **state)
{
	static int begun;
	struct exporter *e = ctx;
	enum MHD_Result rc;

	(void)version;
	(void)upload;
	if (strcmp(method, MHD_HTTP_METHOD_GET) && strcmp(method, MHD_HTTP_METHOD_HEAD))
		return plain(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "GET or HEAD\n");
	/* The first call tells of the headers, the second that all has come; a body is thrown away. */
	if (!*state) {
		*state = &begun;
		return MHD_YES;
	}
	*upload_len = 0;
	if (!strcmp(url, "/"))
		return plain(connection, MHD_HTTP_OK, start_page);
	if (strcmp(url, "/metrics"))
		return plain(connection, MHD_HTTP_NOT_FOUND, "there is /metrics\n");
	pthread_mutex_lock(&e->lock);
	rc = MHD_queue_response(connection, MHD_HTTP_OK, e->text);
	pthread_mutex_unlock(&e->lock);
	return rc;
}

/* --- this thread --- */

/* Make the last look's text the one that is served. */
static int publish(struct exporter *e)
{
	size_t n = 0;
	char *text = metrics_text(&e->m, e->c->dev, &n);
	struct MHD_Response *r = text ? MHD_create_response_from_buffer(n, text, MHD_RESPMEM_MUST_FREE) : NULL, *old;

	if (!r) {
		free(text);
		return -ENOMEM;
	}
	MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8");
	pthread_mutex_lock(&e->lock);
	old = e->text;
	e->text = r;
	pthread_mutex_unlock(&e->lock);
	if (old)
		MHD_destroy_response(old);
	return 0;
}

/* "127.0.0.1:9469", "[::1]:9469", ":9469" (localhost). */
static int read_listen(const char *text, struct sockaddr_storage *ret)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)ret;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)ret;
	const char *colon = strrchr(text, ':');
	bool bracket = *text == '[';
	char host[HostMax];
	uint64_t port;
	size_t n;

	if (!colon || ctl_number_read(colon + 1, 0, UINT16_MAX, &port) || (bracket && (colon == text || colon[-1] != ']')))
		return -EINVAL;
	n = (size_t)(colon - text) - (bracket ? 2 : 0);
	if (n >= sizeof(host))
		return -EINVAL;
	snprintf(host, sizeof(host), "%.*s", (int)n, text + bracket);
	*ret = (struct sockaddr_storage){ 0 };
	if (bracket && inet_pton(AF_INET6, host, &v6->sin6_addr) == 1) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons((uint16_t)port);
		return 0;
	}
	if (!bracket && inet_pton(AF_INET, n ? host : "127.0.0.1", &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons((uint16_t)port);
		return 0;
	}
	return -EINVAL;
}

static int start(struct exporter *e, const struct sockaddr_storage *address, const char *text)
{
	unsigned flags = MHD_USE_INTERNAL_POLLING_THREAD | (address->ss_family == AF_INET6 ? MHD_USE_IPv6 : 0);
	const union MHD_DaemonInfo *info;
	sigset_t all, before;

	/* Signals are for this thread. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	errno = 0;
	e->daemon = MHD_start_daemon(flags, 0, NULL, NULL, answer, e, MHD_OPTION_SOCK_ADDR, (const struct sockaddr *)address, MHD_OPTION_CONNECTION_LIMIT,
				     (unsigned)Connections, MHD_OPTION_PER_IP_CONNECTION_LIMIT, (unsigned)ConnectionsOfOne,
				     MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)ConnectionTimeoutS, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
				     (size_t)ConnectionMemory, MHD_OPTION_END);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (!e->daemon)
		return ctl_fail_detail(e->c, errno ? -errno : -EADDRINUSE, "choose another with --listen", "%s", text);
	info = MHD_get_daemon_info(e->daemon, MHD_DAEMON_INFO_BIND_PORT);
	if (info)
		ctl_note("serving port %u, /metrics", info->port);
	return CTL_DONE;
}

/* An appliance that has gone: told as weir_up 0, and opened again when it is back. */
static void look(struct exporter *e)
{
	struct ctl *c = e->c;
	char detail[WEIR_DETAIL] = "";
	bool had = c->dev;
	int rc = had ? 0 : weir_dev_open(c->url, NULL, &c->dev, detail);

	if (!rc) {
		rc = metrics_look(&e->m, c->dev);
		if (rc)
			snprintf(detail, sizeof(detail), "%s", weir_dev_detail(c->dev));
	} else {
		e->m.looks++;
		e->m.failures++;
	}
	if (rc && had && !ctl_stop)
		ctl_note("%s: %s%s%s; trying on", c->url, weir_strerror(rc), *detail ? ": " : "", detail);
	if (!rc && !had)
		ctl_note("%s: back", c->url);
	if (rc && c->dev) {
		weir_dev_close(c->dev);
		c->dev = NULL;
	}
}

static int serve(struct exporter *e)
{
	for (;;) {
		double due_s = ctl_clock_s() + (double)e->c->number[CTL_OPT_INTERVAL] / 1000, left_s;
		int rc;

		look(e);
		rc = publish(e);
		if (rc)
			return ctl_fail_detail(e->c, rc, NULL, "exporter");
		do {
			left_s = due_s - ctl_clock_s();
			if (ctl_wait(-1, left_s > 0 ? (int)(left_s * 1000) + 1 : 0) < 0)
				return CTL_DONE;
		} while (due_s > ctl_clock_s());
	}
}

static const char *where(const struct ctl *c)
{
	return c->text[CTL_OPT_LISTEN] ? c->text[CTL_OPT_LISTEN] : "127.0.0.1:9469";
}

int ctl_check_exporter(struct ctl *c)
{
	struct sockaddr_storage address;

	if (read_listen(where(c), &address))
		return ctl_usage(c, "--listen=%s: expected ADDRESS:PORT, as 127.0.0.1:%d or [::1]:%d", where(c), DefaultPort, DefaultPort);
	return CTL_DONE;
}

int ctl_run_exporter(struct ctl *c)
{
	struct exporter *e = calloc(1, sizeof(*e));
	struct sockaddr_storage address;
	int status;

	ctl_need(e);
	c->lost = true;
	read_listen(where(c), &address);
	e->c = c;
	pthread_mutex_init(&e->lock, NULL);
	ctl_catch();
	/* Something to serve before the first one asks. */
	look(e);
	status = publish(e) ? ctl_fail_detail(c, -ENOMEM, NULL, "exporter") : start(e, &address, where(c));
	if (!status)
		status = serve(e);
	if (e->daemon)
		MHD_stop_daemon(e->daemon);
	if (e->text)
		MHD_destroy_response(e->text);
	pthread_mutex_destroy(&e->lock);
	free(e);
	return status;
}

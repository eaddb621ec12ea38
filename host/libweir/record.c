// SPDX-License-Identifier: Apache-2.0
/* A transport around another one that writes down what is said (docs/libweir.md, "Replay"). */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "device_priv.h"
#include "fd.h"

struct weir_transport {
	struct weir_transport_ops ops;   /* as the inner ones, so that nobody above sees a difference */
	const struct weir_transport_ops *inner_ops;
	struct weir_transport *inner;
	FILE *file;
	int64_t asked_ms;                /* what the clock said last */
	bool asked;
};

static void put_octets(FILE *f, char kind, const uint8_t *octets, size_t n)
{
	fprintf(f, "%c ", kind);
	for (size_t i = 0; i < n; i++)
		fprintf(f, "%02x", octets[i]);
}

static int record_send(struct weir_transport *t, const uint8_t *octets, size_t n, int64_t deadline_ms)
{
	int rc = t->inner_ops->send(t->inner, octets, n, deadline_ms);

	put_octets(t->file, '>', octets, n);
	if (rc)
		fprintf(t->file, " ! %s", weir_error_name(rc));
	fputc('\n', t->file);
	return rc;
}

static int record_receive(struct weir_transport *t, uint8_t *ret, size_t room, int64_t deadline_ms)
{
	int n = t->inner_ops->receive(t->inner, ret, room, deadline_ms);

	if (n > 0) {
		put_octets(t->file, '<', ret, (size_t)n);
		fputc('\n', t->file);
	} else if (n < 0) {
		fprintf(t->file, "! %s\n", weir_error_name(n));
	}
	return n;
}

static int record_fd(struct weir_transport *t)
{
	return t->inner_ops->fd(t->inner);
}

static int record_rate(struct weir_transport *t, uint32_t bit_rate)
{
	int rc = t->inner_ops->rate(t->inner, bit_rate);

	fprintf(t->file, "@ %u", bit_rate);
	if (rc)
		fprintf(t->file, " ! %s", weir_error_name(rc));
	fputc('\n', t->file);
	return rc;
}

static const char *record_url(const struct weir_transport *t)
{
	return t->inner_ops->url(t->inner);
}

static void record_close(struct weir_transport *t)
{
	if (!t)
		return;
	t->inner_ops->close(t->inner);
	fclose(t->file);
	free(t);
}

/** Every answer of the clock is written down, so that a replay decides as we do. */
static int64_t record_now_ms(struct weir_transport *t)
{
	int64_t now_ms = t->inner_ops->now_ms ? t->inner_ops->now_ms(t->inner) : weir_fd_now_ms();

	fprintf(t->file, "= %lld\n", t->asked ? (long long)(now_ms - t->asked_ms) : 0);
	t->asked = true;
	t->asked_ms = now_ms;
	return now_ms;
}

static const char *record_why(const struct weir_transport *t)
{
	return t->inner_ops->why(t->inner);
}

/** Around what the inner one has. */
static void wrap(struct weir_transport *t, const struct weir_transport_ops *ops)
{
	t->inner_ops = ops;
	t->ops = *ops;
	t->ops.send = record_send;
	t->ops.receive = record_receive;
	t->ops.fd = ops->fd ? record_fd : NULL;
	t->ops.rate = ops->rate ? record_rate : NULL;
	t->ops.url = ops->url ? record_url : NULL;
	t->ops.why = ops->why ? record_why : NULL;
	t->ops.close = record_close;
	t->ops.now_ms = record_now_ms;
}

int weir_record_new(const char *file, const struct weir_transport_ops *ops, struct weir_transport *inner, const char *url,
		    const struct weir_timing *timing, const struct weir_transport_ops **ret_ops, struct weir_transport **ret, char *detail)
{
	struct weir_transport *t = calloc(1, sizeof(*t));
	int fd, rc;

	if (!t)
		return -ENOMEM;
	fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	t->file = fd < 0 ? NULL : fdopen(fd, "w");
	if (!t->file) {
		rc = -errno;
		if (fd >= 0)
			close(fd);
		free(t);
		snprintf(detail, WEIR_DETAIL, "%.200s: the record cannot be written: %s", file, weir_strerror(rc));
		return rc;
	}
	/* Whole lines, so that the record of a program that dies is there up to then. */
	setvbuf(t->file, NULL, _IOLBF, BUFSIZ);
	fprintf(t->file, "weir-replay 1\n* %u %u %u %u\n# %s\n", timing->timeout_ms, timing->attempts, timing->mail_ms, timing->bit_rate, url);
	t->inner = inner;
	wrap(t, ops);
	*ret_ops = &t->ops;
	*ret = t;
	return 0;
}

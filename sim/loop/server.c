// SPDX-License-Identifier: Apache-2.0
#include "server.h"

#include <errno.h>
#include <stdlib.h>

#include "stack.h"

enum { ReplyMost = 32768 };

struct visit {
	struct weir_server *server;
	struct weir_addr remote;
	uint32_t received;
	uint8_t kind;
};

static const uint8_t reply[ReplyMost];

static void count(const struct visit *v, int by)
{
	struct weir_server *s = v->server;

	s->open += (uint32_t)by;
	if (s->changed)
		s->changed(s->ctx, &v->remote, by);
}

static err_t end_visit(struct visit *v, struct tcp_pcb *pcb)
{
	count(v, -1);
	tcp_arg(pcb, NULL);
	tcp_recv(pcb, NULL);
	tcp_err(pcb, NULL);
	free(v);
	if (tcp_close(pcb) == ERR_OK)
		return ERR_OK;
	tcp_abort(pcb);
	return ERR_ABRT;
}

static err_t answer(struct visit *v, struct tcp_pcb *pcb, const struct pbuf *p)
{
	bool asked = v->received < WEIR_SERVER_REQUEST;

	if (!v->received)
		v->kind = *(const uint8_t *)p->payload;
	v->received += p->tot_len;
	if (v->kind == WEIR_SERVER_GET)
		return asked && v->received >= WEIR_SERVER_REQUEST
			? tcp_write(pcb, reply, (u16_t)v->server->reply_bytes, 0) : ERR_OK;
	for (const struct pbuf *q = p; q; q = q->next) {
		err_t rc = tcp_write(pcb, q->payload, q->len, TCP_WRITE_FLAG_COPY);

		if (rc != ERR_OK)
			return rc;
	}
	return ERR_OK;
}

static err_t on_received(void *arg, struct tcp_pcb *pcb, struct pbuf *p, err_t err)
{
	struct visit *v = arg;
	err_t rc;

	(void)err;
	if (!p)
		return end_visit(v, pcb);
	tcp_recved(pcb, p->tot_len);
	rc = p->tot_len ? answer(v, pcb, p) : ERR_OK;
	pbuf_free(p);
	if (rc == ERR_OK) {
		tcp_output(pcb);
		return ERR_OK;
	}
	tcp_abort(pcb); /* calls on_error() */
	return ERR_ABRT;
}

static void on_error(void *arg, err_t err)
{
	struct visit *v = arg;

	(void)err;
	v->server->reset++;
	count(v, -1);
	free(v);
}

static err_t on_accepted(void *arg, struct tcp_pcb *pcb, err_t err)
{
	struct weir_server *s = arg;
	struct visit *v;

	if (err != ERR_OK || !pcb)
		return ERR_VAL;
	v = calloc(1, sizeof(*v));
	if (!v)
		return ERR_MEM;
	v->server = s;
	v->remote = weir_stack_remote(pcb);
	s->accepted++;
	count(v, 1);
	tcp_arg(pcb, v);
	tcp_recv(pcb, on_received);
	tcp_err(pcb, on_error);
	tcp_nagle_disable(pcb);
	return ERR_OK;
}

int weir_server_start(struct weir_server *s, const struct weir_addr *addr, uint16_t port)
{
	struct tcp_pcb *pcb = weir_stack_new(1, addr, port), *listening;

	if (!pcb)
		return -ENOMEM;
	listening = tcp_listen(pcb);
	if (!listening) {
		tcp_abort(pcb);
		return -ENOMEM;
	}
	tcp_arg(listening, s);
	tcp_accept(listening, on_accepted);
	return 0;
}

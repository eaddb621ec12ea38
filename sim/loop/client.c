// SPDX-License-Identifier: Apache-2.0
#include "client.h"

#include <lwip/priv/tcp_priv.h>

#include "server.h"
#include "stack.h"

enum {
	NsPerMs = 1000000,
	FirstPort = 32768,
	NeverTicks = 0x7fff,      /* of lwIP's retransmission timer: hours */
	DataRtoTicks = 2,         /* 1 s, until it has measured */
	MessageBytes = 64,
	UnansweredMost = 4096,
};

static void set_timer(struct weir_client *c, uint64_t due_ns)
{
	c->due_ns = due_ns;
	if (due_ns != UINT64_MAX)
		c->all->due(c->all->ctx, c);
}

static void set_timer_ms(struct weir_client *c, uint64_t ms)
{
	set_timer(c, weir_stack_now() + ms * NsPerMs);
}

/* A visitor that comes again: as if it came for the first time. */
static void come_again(struct weir_client *c, bool served)
{
	uint64_t at_ns = c->again_ns;

	c->again_ns = 0;
	c->known = served;
	c->state = WEIR_CLIENT_IDLE;
	c->connects = c->syns = c->resets = c->timeouts = 0;
	c->first_syn_ns = c->connected_ns = c->served_ns = 0;
	set_timer(c, at_ns > weir_stack_now() ? at_ns : weir_stack_now());
}

static void decide(struct weir_client *c, enum weir_client_state state)
{
	if (c->again_ns) {
		come_again(c, state == WEIR_CLIENT_DONE);
		return;
	}
	c->state = state;
	c->all->undecided -= !c->resident;
	set_timer(c, UINT64_MAX);
}

/* What the resident's n-th byte is: no two messages in a row are equal. The first one asks for the echo. */
static uint8_t pattern(uint64_t n)
{
	return n ? (uint8_t)(n * 7 + (n >> 8)) : WEIR_SERVER_ECHO;
}

static void say(struct weir_client *c)
{
	uint8_t message[MessageBytes];

	if (c->all->quiet) {
		set_timer(c, UINT64_MAX);
		return;
	}
	if (c->sent - c->received < UnansweredMost) {
		for (int i = 0; i < MessageBytes; i++)
			message[i] = pattern(c->sent + (uint64_t)i);
		if (tcp_write(c->pcb, message, sizeof(message), TCP_WRITE_FLAG_COPY) == ERR_OK) {
			c->sent += sizeof(message);
			tcp_output(c->pcb);
		}
	}
	set_timer_ms(c, c->all->o.say_ms);
}

static void ask(struct weir_client *c)
{
	static const uint8_t request[WEIR_SERVER_REQUEST] = "GET / HTTP/1.0\r\n\r\n";

	if (tcp_write(c->pcb, request, sizeof(request), 0) != ERR_OK)
		return;
	c->sent = sizeof(request);
	tcp_output(c->pcb);
}

static void leave(struct weir_client *c)
{
	struct tcp_pcb *pcb = c->pcb;

	c->pcb = NULL;
	tcp_arg(pcb, NULL);
	tcp_err(pcb, NULL);
	tcp_recv(pcb, NULL);
	if (tcp_close(pcb) != ERR_OK)
		tcp_abort(pcb);
}

static void hear(struct weir_client *c, const struct pbuf *p)
{
	for (const struct pbuf *q = p; q; q = q->next)
		for (u16_t i = 0; i < q->len; i++)
			if (((const uint8_t *)q->payload)[i] != pattern(c->received++))
				c->garbled = true;
}

static err_t on_received(void *arg, struct tcp_pcb *pcb, struct pbuf *p, err_t err)
{
	struct weir_client *c = arg;

	(void)err;
	if (!p) {
		/* The server has closed before all was said. */
		leave(c);
		decide(c, WEIR_CLIENT_FAILED);
		return ERR_OK;
	}
	tcp_recved(pcb, p->tot_len);
	if (c->resident)
		hear(c, p);
	else
		c->received += p->tot_len;
	pbuf_free(p);
	if (!c->resident && c->received >= c->all->o.reply_bytes) {
		c->served_ns = weir_stack_now();
		leave(c);
		decide(c, WEIR_CLIENT_DONE);
	}
	return ERR_OK;
}

/* lwIP has freed the connection: reset, or given up. */
static void on_error(void *arg, err_t err)
{
	struct weir_client *c = arg;
	bool was_connected = c->state == WEIR_CLIENT_CONNECTED;

	c->pcb = NULL;
	if (err == ERR_RST)
		c->resets++;
	else
		c->timeouts++;
	if (err != ERR_RST || c->connects >= c->all->o.connects_most || (c->resident && was_connected && c->received)) {
		decide(c, WEIR_CLIENT_FAILED);
		return;
	}
	c->state = WEIR_CLIENT_IDLE;
	set_timer_ms(c, c->all->o.again_ms);
}

static err_t on_connected(void *arg, struct tcp_pcb *pcb, err_t err)
{
	struct weir_client *c = arg;

	(void)err;
	if (c->all->o.rto_ms)
		pcb->rto = DataRtoTicks;
	c->state = WEIR_CLIENT_CONNECTED;
	c->connected_ns = weir_stack_now();
	set_timer(c, UINT64_MAX);
	if (c->resident)
		say(c);
	else
		ask(c);
	return ERR_OK;
}

static void open_connection(struct weir_client *c)
{
	const struct weir_client_options *o = &c->all->o;
	ip_addr_t to = weir_stack_addr(&o->server);

	c->pcb = weir_stack_new(0, &c->addr, (uint16_t)(FirstPort + c->ports++));
	if (!c->pcb) {
		decide(c, WEIR_CLIENT_FAILED);
		return;
	}
	c->connects++;
	c->state = WEIR_CLIENT_CONNECTING;
	c->sent = c->received = 0;
	tcp_arg(c->pcb, c);
	tcp_err(c->pcb, on_error);
	tcp_recv(c->pcb, on_received);
	tcp_nagle_disable(c->pcb);
	if (o->rto_ms)
		c->pcb->rto = NeverTicks;
	if (tcp_connect(c->pcb, &to, o->port, on_connected) != ERR_OK) {
		leave(c);
		decide(c, WEIR_CLIENT_FAILED);
		return;
	}
	if (o->rto_ms)
		set_timer_ms(c, o->rto_ms);
	else
		set_timer(c, UINT64_MAX);
}

void weir_client_timer(struct weir_client *c)
{
	switch (c->state) {
	case WEIR_CLIENT_IDLE:
		open_connection(c);
		break;
	case WEIR_CLIENT_CONNECTING:
		/* After so many lwIP gives up, and says so. */
		if (c->pcb->nrtx >= TCP_SYNMAXRTX) {
			set_timer(c, UINT64_MAX);
			break;
		}
		tcp_rexmit_rto(c->pcb);
		set_timer_ms(c, (uint64_t)c->all->o.rto_ms << c->pcb->nrtx);
		break;
	case WEIR_CLIENT_CONNECTED:
		if (c->resident)
			say(c);
		break;
	default:
		break;
	}
}

bool weir_client_receive(struct weir_client *c, const uint8_t *packet, uint32_t len)
{
	bool waits = c->all->o.rto_ms && c->state == WEIR_CLIENT_CONNECTING;
	u8_t nrtx = 0;
	bool ok;

	/* lwIP sends no SYN at once when it believes that it has sent enough of them. */
	if (waits) {
		nrtx = c->pcb->nrtx;
		c->pcb->nrtx = TCP_SYNMAXRTX;
	}
	ok = weir_stack_receive(0, packet, len);
	if (waits && c->pcb)
		c->pcb->nrtx = c->state == WEIR_CLIENT_CONNECTING ? nrtx : 0;
	return ok;
}

void weir_client_sent_syn(struct weir_client *c)
{
	if (!c->syns++)
		c->first_syn_ns = weir_stack_now();
}

bool weir_client_alive(const struct weir_client *c)
{
	return c->state == WEIR_CLIENT_CONNECTED && !c->garbled && c->sent && c->received == c->sent;
}

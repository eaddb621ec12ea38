// SPDX-License-Identifier: Apache-2.0
#include "stack.h"

#include <string.h>

#include <lwip/init.h>
#include <lwip/ip.h>
#include <lwip/netif.h>
#include <lwip/priv/tcp_priv.h>
#include <lwip/timeouts.h>

enum {
	NsPerMs = 1000000,
	/* Slot 0 is for link-local addresses: without one, a card asks for no router. */
	Slot6 = 1,
};

static struct {
	struct netif card[2];
	weir_stack_send *send;
	void *ctx;
	uint64_t now_ns;
	uint8_t out[WEIR_STACK_MTU];
} stack;

/* Stands in for the library's own clock, which it reads through its procedure linkage table. */
u32_t sys_now(void)
{
	return (u32_t)(stack.now_ns / NsPerMs);
}

static err_t send_packet(struct netif *card, struct pbuf *p)
{
	if (p->tot_len > sizeof(stack.out))
		return ERR_BUF;
	pbuf_copy_partial(p, stack.out, p->tot_len, 0);
	stack.send(stack.ctx, (int)(card - stack.card), stack.out, p->tot_len);
	return ERR_OK;
}

static err_t output4(struct netif *card, struct pbuf *p, const ip4_addr_t *to)
{
	(void)to;
	return send_packet(card, p);
}

static err_t output6(struct netif *card, struct pbuf *p, const ip6_addr_t *to)
{
	(void)to;
	return send_packet(card, p);
}

static err_t init_card(struct netif *card)
{
	card->name[0] = 'w';
	card->name[1] = card == &stack.card[0] ? 'u' : 'p';
	card->output = output4;
	card->output_ip6 = output6;
	card->mtu = card->mtu6 = WEIR_STACK_MTU;
	card->flags = NETIF_FLAG_LINK_UP;
	return ERR_OK;
}

void weir_stack_init(weir_stack_send *send, void *ctx, uint64_t now_ns)
{
	stack.send = send;
	stack.ctx = ctx;
	stack.now_ns = now_ns;
	lwip_init();
	for (int side = 0; side < 2; side++) {
		netif_add_noaddr(&stack.card[side], NULL, init_card, ip_input);
		netif_set_up(&stack.card[side]);
	}
}

void weir_stack_time(uint64_t now_ns)
{
	stack.now_ns = now_ns;
	sys_check_timeouts();
}

uint64_t weir_stack_now(void)
{
	return stack.now_ns;
}

uint64_t weir_stack_next(void)
{
	u32_t ms = sys_timeouts_sleeptime();

	if (ms == SYS_TIMEOUTS_SLEEPTIME_INFINITE)
		return UINT64_MAX;
	return (stack.now_ns / NsPerMs + ms) * NsPerMs;
}

/* The card has this address until the packet is dealt with: answers without a connection (RST) leave by it, too. */
static void take_address(struct netif *card, const uint8_t *packet)
{
	if (packet[0] >> 4 == 4) {
		IP_SET_TYPE_VAL(card->ip_addr, IPADDR_TYPE_V4);
		IP_SET_TYPE_VAL(card->netmask, IPADDR_TYPE_V4);
		memcpy(&ip_2_ip4(&card->ip_addr)->addr, packet + 16, 4);
		ip_2_ip4(&card->netmask)->addr = IPADDR_BROADCAST;
	} else {
		IP_SET_TYPE_VAL(card->ip6_addr[Slot6], IPADDR_TYPE_V6);
		memcpy(ip_2_ip6(&card->ip6_addr[Slot6])->addr, packet + 24, 16);
		card->ip6_addr_state[Slot6] = IP6_ADDR_PREFERRED;
	}
}

static void drop_address(struct netif *card)
{
	ip_2_ip4(&card->ip_addr)->addr = 0;
	card->ip6_addr_state[Slot6] = IP6_ADDR_INVALID;
}

bool weir_stack_receive(int side, const uint8_t *packet, uint32_t len)
{
	struct netif *card = &stack.card[side];
	struct pbuf *p = pbuf_alloc(PBUF_RAW, (u16_t)len, PBUF_RAM);

	if (!p)
		return false;
	pbuf_take(p, packet, (u16_t)len);
	take_address(card, packet);
	netif_set_default(card);
	if (card->input(p, card) != ERR_OK)
		pbuf_free(p);
	drop_address(card);
	return true;
}

ip_addr_t weir_stack_addr(const struct weir_addr *a)
{
	ip_addr_t ip;

	memset(&ip, 0, sizeof(ip));
	if (a->family == 4) {
		IP_SET_TYPE_VAL(ip, IPADDR_TYPE_V4);
		memcpy(&ip_2_ip4(&ip)->addr, a->b, 4);
	} else {
		IP_SET_TYPE_VAL(ip, IPADDR_TYPE_V6);
		memcpy(ip_2_ip6(&ip)->addr, a->b, 16);
	}
	return ip;
}

struct weir_addr weir_stack_remote(const struct tcp_pcb *pcb)
{
	struct weir_addr a = { .family = IP_IS_V6_VAL(pcb->remote_ip) ? 6 : 4 };

	if (a.family == 4)
		memcpy(a.b, &ip_2_ip4(&pcb->remote_ip)->addr, 4);
	else
		memcpy(a.b, ip_2_ip6(&pcb->remote_ip)->addr, 16);
	return a;
}

struct tcp_pcb *weir_stack_new(int side, const struct weir_addr *addr, uint16_t port)
{
	struct tcp_pcb *pcb = tcp_new_ip_type(addr->family == 4 ? IPADDR_TYPE_V4 : IPADDR_TYPE_V6);
	ip_addr_t ip = weir_stack_addr(addr);

	if (!pcb)
		return NULL;
	if (tcp_bind(pcb, &ip, port) != ERR_OK) {
		tcp_abort(pcb);
		return NULL;
	}
	tcp_bind_netif(pcb, &stack.card[side]);
	return pcb;
}

unsigned weir_stack_half_open(void)
{
	unsigned n = 0;

	for (const struct tcp_pcb *p = tcp_active_pcbs; p; p = p->next)
		n += p->state == SYN_RCVD;
	return n;
}

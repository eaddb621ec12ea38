// SPDX-License-Identifier: Apache-2.0
/* The soft core of the simulated hardware: its firmware put in and started, asked, and heard (docs/soc.md). */
#include <errno.h>

#include "rtl_dpi.h"
#include "rtl_sim_priv.h"
#include "weir/weir_regs.h"

enum { MailClocks = 4000000 };   /* a message waits for what the firmware is at */

void weir_sim_on_console(uint32_t data)
{
	struct weir_rtl_sim *s = weir_rtl_current;
	const char text[2] = { (char)data, 0 };

	if (s && s->events->console)
		s->events->console(s->ctx, s->now_us, text);
}

void weir_sim_on_notice(void)
{
	struct weir_rtl_sim *s = weir_rtl_current;

	if (s)
		s->soc.notice = true;
}

void weir_rtl_soc_notice(struct weir_rtl_sim *s)
{
	uint32_t word[WEIR_SOC_NOTICE_COUNT] = { 0 };
	uint64_t now_us = s->now_us;

	s->soc.notice = false;
	for (uint32_t i = 0; i < WEIR_SOC_NOTICE_COUNT; i++)
		weir_rtl_read(s, WEIR_SOC_NOTICE(i), &word[i]);
	if (s->events->notice)
		s->events->notice(s->ctx, now_us, word);
}

bool weir_rtl_soc_idle(const struct weir_rtl_sim *s)
{
	return s->out_flags & WEIR_RTL_SOC_IDLE && !s->soc.notice;
}

/* `now` is what the hardware was given last: the timer was not due then. */
uint64_t weir_rtl_soc_deadline_ns(const struct weir_rtl_sim *s)
{
	if (!(s->out_flags & WEIR_RTL_TIMER))
		return UINT64_MAX;
	return (s->now_us + (uint32_t)(s->soc.deadline - (uint32_t)s->now_us)) * 1000;
}

int weir_rtl_start(struct weir_rtl_sim *s, const uint32_t *image, uint32_t words, uint64_t time_ns)
{
	int rc;

	if (!words || words > WEIR_SOC_RAM_COUNT)
		return -EINVAL;
	weir_rtl_begin(s, time_ns);
	rc = weir_rtl_write(s, WEIR_SOC_CPU, 0);
	for (uint32_t i = 0; i < words && !rc; i++)
		rc = weir_rtl_write(s, WEIR_SOC_RAM(i), image[i]);
	if (!rc)
		rc = weir_rtl_write(s, WEIR_SOC_CPU, WEIR_SOC_CPU_RUN_MASK);
	s->soc.runs = !rc;
	return rc;
}

static int wait_mail(struct weir_rtl_sim *s, uint32_t mask, uint32_t value)
{
	uint64_t until = s->clocks + MailClocks;
	uint32_t mail = 0;
	int rc;

	do {
		rc = weir_rtl_read(s, WEIR_SOC_MAIL, &mail);
		if (rc || (mail & mask) == value)
			return rc;
	} while (s->clocks < until);
	return -ETIMEDOUT;
}

int weir_rtl_mail(struct weir_rtl_sim *s, const uint32_t word[WEIR_RTL_MAIL_WORDS], uint32_t ret_answer[WEIR_RTL_MAIL_WORDS])
{
	int rc;

	if (!s->soc.runs)
		return -ENODEV;
	rc = wait_mail(s, WEIR_SOC_MAIL_IN_FULL_MASK | WEIR_SOC_MAIL_OUT_FULL_MASK, 0);
	for (uint32_t i = 0; i < WEIR_RTL_MAIL_WORDS && !rc; i++)
		rc = weir_rtl_write(s, WEIR_SOC_MAIL_IN(i), word[i]);
	if (!rc)
		rc = weir_rtl_write(s, WEIR_SOC_MAIL, WEIR_SOC_MAIL_IN_FULL_MASK);
	if (!rc)
		rc = wait_mail(s, WEIR_SOC_MAIL_OUT_FULL_MASK, WEIR_SOC_MAIL_OUT_FULL_MASK);
	for (uint32_t i = 0; i < WEIR_RTL_MAIL_WORDS && !rc; i++)
		rc = weir_rtl_read(s, WEIR_SOC_MAIL_OUT(i), &ret_answer[i]);
	return rc ? rc : weir_rtl_write(s, WEIR_SOC_MAIL, WEIR_SOC_MAIL_OUT_FULL_MASK);
}

// SPDX-License-Identifier: Apache-2.0
/* A device: opening it and agreeing on versions, registers, notices (docs/libweir.md). */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "device_priv.h"
#include "weir/weir_regs.h"

enum { Attempts = 5, MailMs = 1000, WordsMost = 8192, EntryWords = 8 };

/* Octets that a request and its reply may take on the wire, all escaped, at ten bits each: what a slow line adds to the time for a reply. */
enum { WireBits = 10 * 2 * WEIR_LINK_WIRE_MAX };

static const struct weir_transport_ops *const transports[] = {
	&weir_transport_sim,
	&weir_transport_tty,
	&weir_transport_replay,
#ifdef WEIR_WITH_USB
	&weir_transport_usb,
#endif
};

static void complain(char *detail, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void complain(char *detail, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(detail, WEIR_DETAIL, format, args);
	va_end(args);
}

static uint32_t part(uint32_t word, uint32_t mask, unsigned lsb)
{
	return (word & mask) >> lsb;
}

#define PART(word, field) part(word, field##_MASK, field##_LSB)

/* --- Opening */

/** What the appliance has. */
static int read_caps(struct weir_dev *dev, const struct weir_link_hello *hello)
{
	uint32_t word[WEIR_REG_STATE_SIZES / 4 + 1], cpu;
	struct weir_caps *caps = &dev->caps;
	unsigned ways;
	int rc = weir_read(dev, WEIR_REG_ID, sizeof(word) / sizeof(word[0]), word);

	if (rc == 0)
		rc = weir_read(dev, WEIR_SOC_CPU, 1, &cpu);
	if (rc)
		return rc;
	caps->protocol = hello->version;
	caps->map_major = (uint16_t)PART(hello->map_version, WEIR_REG_VERSION_MAJOR);
	caps->map_minor = (uint16_t)PART(hello->map_version, WEIR_REG_VERSION_MINOR);
	caps->soc_major = (uint16_t)PART(hello->soc_version, WEIR_SOC_VERSION_MAJOR);
	caps->soc_minor = (uint16_t)PART(hello->soc_version, WEIR_SOC_VERSION_MINOR);
	caps->clock_khz = PART(word[WEIR_REG_CLOCK / 4], WEIR_REG_CLOCK_KHZ);
	caps->max_rules = WEIR_REG_RULE_EXACT_COUNT;
	caps->firmware = PART(cpu, WEIR_SOC_CPU_RUN);
	ways = PART(word[WEIR_REG_CAPS / 4], WEIR_REG_CAPS_WAYS);
	for (unsigned i = 0; i < 7; i++) {
		caps->table_entries[i] = ways << (word[WEIR_REG_TABLE_SIZES / 4] >> 4 * i & 15);
		caps->state_entries[i] = ways << (word[WEIR_REG_STATE_SIZES / 4] >> 4 * i & 15);
	}
	return 0;
}

/** Whether we understand each other. */
static int check(struct weir_dev *dev, const struct weir_link_hello *hello)
{
	unsigned map = PART(hello->map_version, WEIR_REG_VERSION_MAJOR), soc = PART(hello->soc_version, WEIR_SOC_VERSION_MAJOR);

	if (hello->id != WEIR_REG_ID_ID_RESET)
		return weir_dev_fail(dev, WEIR_EIDENTITY, "%s: no Weir appliance: its identity is 0x%08x, not 0x%08x", dev->url, hello->id,
				     WEIR_REG_ID_ID_RESET);
	if (hello->version != WEIR_LINK_VERSION || hello->words_max < WEIR_LINK_WORDS_MAX)
		return weir_dev_fail(dev, WEIR_EVERSION, "%s: it speaks version %u of the link protocol with %u words a request, this library version %u with %u",
				     dev->url, hello->version, hello->words_max, WEIR_LINK_VERSION, WEIR_LINK_WORDS_MAX);
	if (map != WEIR_REG_VERSION_MAJOR_RESET || soc != WEIR_SOC_VERSION_MAJOR_RESET)
		return weir_dev_fail(dev, WEIR_EVERSION, "%s: its registers are of version %u (soft core's part %u), this library knows %u (%u); use the tools of its release",
				     dev->url, map, soc, WEIR_REG_VERSION_MAJOR_RESET, WEIR_SOC_VERSION_MAJOR_RESET);
	return 0;
}

static int say_hello(struct weir_dev *dev, struct weir_link_hello *ret)
{
	struct weir_link_request req;
	int rc;

	weir_link_hello(&req, 0);
	rc = weir_dev_request(dev, &req, NULL, ret);
	if (rc == -EOPNOTSUPP)
		return weir_dev_fail(dev, WEIR_EVERSION, "%s: it does not speak version %u of the link protocol; use the tools of its release", dev->url,
				     WEIR_LINK_VERSION);
	if (rc == -EINVAL)
		return weir_dev_fail(dev, WEIR_EPROTOCOL, "%s: it refuses to say what it is", dev->url);
	return rc;
}

static int change_rate(struct weir_dev *dev, uint32_t bit_rate)
{
	int rc = dev->ops->rate(dev->transport, bit_rate);

	if (rc)
		dev->gone = true;
	return rc ? weir_dev_fail(dev, rc, "%s: the line does not take %u bit/s: %s", dev->url, bit_rate, weir_strerror(rc)) : 0;
}

static uint32_t rate_step(uint32_t bit_rate)
{
	return (uint32_t)(((uint64_t)bit_rate * 65536 + WEIR_UART_CLOCK / 2) / WEIR_UART_CLOCK);
}

/** At the new rate nothing comes back. The other way it may work: tell it, unheard, to return to the rate of power-on.
 * @return whether it answers there */
static bool take_back_rate(struct weir_dev *dev, struct weir_link_hello *ret)
{
	uint32_t step = rate_step(WEIR_BIT_RATE), attempts = dev->timing.attempts;

	dev->timing.attempts = 1;
	(void)weir_write(dev, WEIR_SOC_LINK_RATE, 1, &step);
	dev->timing.attempts = attempts;
	return !dev->gone && change_rate(dev, WEIR_BIT_RATE) == 0 && say_hello(dev, ret) == 0;
}

/** Nobody answers at the rate that is wanted: an appliance that has just been switched on has its own. */
static int switch_rate(struct weir_dev *dev, uint32_t bit_rate, struct weir_link_hello *ret)
{
	uint32_t step = rate_step(bit_rate);
	int rc = change_rate(dev, WEIR_BIT_RATE);

	if (rc == 0)
		rc = say_hello(dev, ret);
	if (rc == 0)
		rc = check(dev, ret);
	if (rc)
		return rc;
	rc = weir_write(dev, WEIR_SOC_LINK_RATE, 1, &step);
	if (rc == 0)
		rc = change_rate(dev, bit_rate);
	if (rc == 0) {
		dev->bit_rate = bit_rate;
		rc = say_hello(dev, ret);
	}
	if (rc == -ETIMEDOUT && dev->bit_rate) {
		bool back = take_back_rate(dev, ret);

		dev->bit_rate = 0;
		weir_dev_fail(dev, rc, "%s: it answers at %u bit/s, but not at %u; %s", dev->url, WEIR_BIT_RATE, bit_rate,
			      back ? "it is back at the former" : "switch it off and on, and open it at the former");
	}
	return rc;
}

static int agree(struct weir_dev *dev)
{
	uint32_t bit_rate = dev->timing.bit_rate;
	struct weir_link_hello hello;
	int rc = say_hello(dev, &hello);

	if (rc == -ETIMEDOUT && bit_rate && bit_rate != WEIR_BIT_RATE)
		rc = switch_rate(dev, bit_rate, &hello);
	if (rc == 0)
		rc = check(dev, &hello);
	return rc ? rc : read_caps(dev, &hello);
}

static void release(struct weir_dev *dev)
{
	dev->ops->close(dev->transport);
	free(dev->url);
	free(dev);
}

static struct weir_timing timing_of(const struct weir_transport_ops *ops, const struct weir_open_options *o)
{
	struct weir_timing t = {
		.timeout_ms = o->timeout_ms ? o->timeout_ms : ops->timeout_ms,
		.attempts = o->attempts ? o->attempts : Attempts,
		.mail_ms = o->mail_ms ? o->mail_ms : ops->mail_ms ? ops->mail_ms : MailMs,
		.bit_rate = ops->rate ? o->bit_rate : 0,
	};

	if (!o->timeout_ms && ops->rate)
		t.timeout_ms += (uint32_t)((uint64_t)WireBits * 1000 / (o->bit_rate < 50 ? 50 : o->bit_rate));
	return t;
}

/** Everything but the transport. */
static struct weir_dev *new_dev(const struct weir_transport_ops *ops, const char *url, const struct weir_open_options *o)
{
	struct weir_dev *dev = calloc(1, sizeof(*dev));

	if (!dev)
		return NULL;
	dev->url = strdup(url);
	if (!dev->url) {
		free(dev);
		return NULL;
	}
	dev->ops = ops;
	dev->timing = timing_of(ops, o);
	dev->debug = o->debug;
	dev->debug_ctx = o->debug_ctx;
	weir_link_decoder_init(&dev->decoder);
	return dev;
}

/** The name that opens this very board again, when the transport knows a better one. */
static int better_url(struct weir_dev *dev)
{
	const char *url = dev->ops->url ? dev->ops->url(dev->transport) : "";
	char *copy;

	if (!url || !url[0])
		return 0;
	copy = strdup(url);
	if (!copy)
		return -ENOMEM;
	free(dev->url);
	dev->url = copy;
	return 0;
}

int weir_dev_over(const struct weir_transport_ops *ops, const char *rest, const char *url, const struct weir_open_options *options,
		  struct weir_dev **ret_dev, char *detail)
{
	struct weir_open_options o = options ? *options : (struct weir_open_options){ 0 };
	struct weir_transport_options to;
	struct weir_dev *dev;
	int rc;

	detail[0] = '\0';
	if (!o.bit_rate)
		o.bit_rate = WEIR_BIT_RATE;
	to = (struct weir_transport_options){ .bit_rate = o.bit_rate, .debug = o.debug, .debug_ctx = o.debug_ctx };
	dev = new_dev(ops, url, &o);
	if (!dev)
		return -ENOMEM;
	rc = ops->open(rest, &to, &dev->transport, detail);
	if (rc) {
		free(dev->url);
		free(dev);
		return rc;
	}
	rc = better_url(dev);
	if (ops->timing)
		ops->timing(dev->transport, &dev->timing);
	if (rc == 0 && o.record)
		rc = weir_record_new(o.record, ops, dev->transport, dev->url, &dev->timing, &dev->ops, &dev->transport, detail);
	if (rc == 0) {
		rc = agree(dev);
		memcpy(detail, dev->detail, sizeof(dev->detail));
	}
	if (rc)
		release(dev);
	else
		*ret_dev = dev;
	return rc;
}

int weir_dev_open(const char *url, const struct weir_open_options *options, struct weir_dev **ret_dev, char *detail)
{
	char unheard[WEIR_DETAIL];
	int rc = -EINVAL;
	bool found = false;

	if (!detail)
		detail = unheard;
	for (size_t i = 0; i < sizeof(transports) / sizeof(transports[0]) && !found; i++) {
		size_t n = strlen(transports[i]->scheme);

		found = !strncmp(url, transports[i]->scheme, n) && url[n] == ':';
		if (found)
			rc = weir_dev_over(transports[i], url + n + 1, url, options, ret_dev, detail);
	}
	if (!found)
		complain(detail, "%.200s: no such kind of device; usb:, usb:SERIAL, tty:/dev/..., sim:SOCKET or replay:FILE", url);
	else if (rc && !detail[0])
		complain(detail, "%.200s: %s", url, weir_strerror(rc));
	return rc;
}

void weir_dev_close(struct weir_dev *dev)
{
	uint32_t step = rate_step(WEIR_BIT_RATE);

	if (!dev)
		return;
	/* The next host expects the rate of power-on. One try: it may be gone. */
	if (dev->bit_rate && !dev->gone) {
		dev->timing.attempts = 1;
		dev->notice = NULL;
		weir_write(dev, WEIR_SOC_LINK_RATE, 1, &step);
	}
	release(dev);
}

#ifndef WEIR_WITH_USB
int weir_dev_list(struct weir_found *ret, size_t n, size_t *ret_n)
{
	(void)ret;
	(void)n;
	(void)ret_n;
	return -ENOSYS;
}
#endif

/* --- What there is to know */

const char *weir_dev_detail(const struct weir_dev *dev)
{
	return dev->detail;
}

const struct weir_caps *weir_dev_caps(const struct weir_dev *dev)
{
	return &dev->caps;
}

const char *weir_dev_url(const struct weir_dev *dev)
{
	return dev->url;
}

void weir_dev_link_stats(const struct weir_dev *dev, struct weir_link_stats *ret)
{
	*ret = dev->stats;
}

/* --- Registers */

static int bad_place(struct weir_dev *dev, uint32_t address, size_t n)
{
	return weir_dev_fail(dev, -EINVAL, "%s: %zu words at 0x%x: not 1 to %u words at a multiple of 4 below 0x%x", dev->url, n, address, WordsMost,
			     WEIR_LINK_ADDRESS_END);
}

static bool place_ok(uint32_t address, size_t n)
{
	return address % 4 == 0 && n >= 1 && n <= WordsMost && address < WEIR_LINK_ADDRESS_END && n <= (WEIR_LINK_ADDRESS_END - address) / 4;
}

/** Words of the next request. More than one are cut between entries, which have to be read and written in one go. */
static size_t piece(uint32_t address, size_t n)
{
	return n <= WEIR_LINK_WORDS_MAX ? n : WEIR_LINK_WORDS_MAX - address / 4 % EntryWords;
}

/** An appliance of our version has no reason to refuse what it should know. */
static int made_sense(int rc)
{
	return rc == -EINVAL || rc == -EOPNOTSUPP ? WEIR_EPROTOCOL : rc;
}

int weir_read(struct weir_dev *dev, uint32_t address, size_t n, uint32_t *ret)
{
	struct weir_link_request req;
	int rc = 0;

	weir_dev_begin(dev);
	if (!place_ok(address, n))
		return bad_place(dev, address, n);
	while (n && rc == 0) {
		uint32_t words[WEIR_LINK_WORDS_MAX];
		size_t now = piece(address, n);

		weir_link_read(&req, 0, address, now);
		rc = weir_dev_request(dev, &req, words, NULL);
		if (rc == 0)
			memcpy(ret, words, now * sizeof(*ret));
		ret += now;
		address += 4 * (uint32_t)now;
		n -= now;
	}
	return made_sense(rc);
}

int weir_write(struct weir_dev *dev, uint32_t address, size_t n, const uint32_t *words)
{
	struct weir_link_request req;
	int rc = 0;

	weir_dev_begin(dev);
	if (!place_ok(address, n))
		return bad_place(dev, address, n);
	while (n && rc == 0) {
		size_t now = piece(address, n);

		weir_link_write(&req, 0, address, words, now);
		rc = weir_dev_request(dev, &req, NULL, NULL);
		words += now;
		address += 4 * (uint32_t)now;
		n -= now;
	}
	return made_sense(rc);
}

int weir_fill(struct weir_dev *dev, uint32_t address, size_t n, uint32_t word)
{
	struct weir_link_request req;

	weir_dev_begin(dev);
	if (!place_ok(address, n))
		return bad_place(dev, address, n);
	weir_link_fill(&req, 0, address, n, word);
	return made_sense(weir_dev_request(dev, &req, NULL, NULL));
}

/* --- Notices */

void weir_dev_on_notice(struct weir_dev *dev, weir_notice_fn *fn, void *ctx)
{
	dev->notice = fn;
	dev->notice_ctx = ctx;
}

int weir_dev_poll(struct weir_dev *dev, int timeout_ms)
{
	weir_dev_begin(dev);
	return weir_dev_wait(dev, timeout_ms < 0 ? INT64_MAX : weir_dev_now_ms(dev) + timeout_ms, true, true);
}

int weir_dev_fd(const struct weir_dev *dev)
{
	return dev->ops->fd ? dev->ops->fd(dev->transport) : -ENOSYS;
}

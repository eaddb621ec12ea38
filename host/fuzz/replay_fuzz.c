// SPDX-License-Identifier: Apache-2.0
/* libFuzzer: any text as a replay. What is no record is refused with its line; whatever is one is held a conversation with, whose outcome is an error
 * that is documented, or right. The appliance's side of it may say anything: so this is the fuzz target of device.c and mail.c, too. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/libweir/device_priv.h"
#include "host/libweir/replay.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t *text;
static size_t text_n;
static bool lenient;

static void require(bool ok)
{
	if (!ok)
		abort();
}

static int open_text(const char *rest, const struct weir_transport_options *options, struct weir_transport **ret, char *detail)
{
	char *copy = malloc(text_n + 1);

	(void)options;
	require(copy != NULL);
	memcpy(copy, text, text_n);
	return weir_replay_new(rest, copy, text_n, ret, detail);
}

/** What is sent need not be what was sent: so the fuzzer gets past it without knowing frames. */
static int send_anything(struct weir_transport *t, const uint8_t *octets, size_t n, int64_t deadline_ms)
{
	int rc = weir_transport_replay.send(t, octets, n, deadline_ms);

	return lenient && rc == WEIR_EREPLAY ? 0 : rc;
}

static bool known(int rc)
{
	return strcmp(weir_error_name(rc), "unknown") != 0;
}

static void talk(struct weir_dev *dev)
{
	uint32_t message[WEIR_MAIL_WORDS_HOST] = { 5, 1 }, words[WEIR_LINK_WORDS_MAX + 10] = { 0 };

	for (unsigned i = 0; i < 3; i++) {
		int rc[] = {
			weir_read(dev, 0x100000, WEIR_LINK_WORDS_MAX + 10, words),
			weir_write(dev, 0x100000, 3, words),
			weir_mail(dev, message, words),
			weir_dev_poll(dev, 10),
			weir_fill(dev, 0x100000, 8000, 1),
		};

		for (size_t k = 0; k < sizeof(rc) / sizeof(rc[0]); k++)
			require(rc[k] <= 0 && known(rc[k]));
		require((rc[4] == 0) == (weir_dev_detail(dev)[0] == '\0'));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct weir_open_options options = { .timeout_ms = 5, .attempts = 2 };
	struct weir_transport_ops ops = weir_transport_replay;
	char detail[WEIR_DETAIL];

	ops.open = open_text;
	ops.send = send_anything;
	/* Attempts and times of a record may be millions: these are not. */
	ops.timing = NULL;
	text = data;
	text_n = size;
	for (unsigned i = 0; i < 2; i++) {
		struct weir_dev *dev = NULL;
		int rc;

		lenient = i;
		rc = weir_dev_over(&ops, "text", "replay:text", &options, &dev, detail);
		require(rc <= 0 && known(rc) && (rc == 0) == (dev != NULL));
		require(rc == 0 || detail[0]);
		require(memchr(detail, '\0', sizeof(detail)) && !strchr(detail, '\n'));
		if (rc == 0) {
			talk(dev);
			weir_dev_close(dev);
		}
	}
	return 0;
}

// SPDX-License-Identifier: Apache-2.0
/* learn: what the firmware has learned, to a file and back. The file holds the words of docs/firmware.md, "Learned state", each
 * least significant octet first, and nothing else. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"

enum { WordBytes = 4, SeriesWord = 3, WordsLeast = 6, ParamFreeze = 13 };

int ctl_check_export(struct ctl *c)
{
	if (c->json && !strcmp(c->arg[0], "-"))
		return ctl_usage(c, "- and --json both want standard output; name a file");
	return CTL_DONE;
}

int ctl_run_learn_export(struct ctl *c)
{
	static uint32_t words[WEIR_LEARNED_WORDS_MAX];
	static uint8_t octets[WEIR_LEARNED_WORDS_MAX * WordBytes];
	size_t n;
	int rc;

	rc = weir_learned_export(c->dev, words, &n);
	if (rc)
		return ctl_fail(c, rc, "learned state");
	for (size_t i = 0; i < n * WordBytes; i++)
		octets[i] = (uint8_t)(words[i / WordBytes] >> 8 * (i % WordBytes));
	rc = ctl_file_write(c->arg[0], octets, n * WordBytes);
	if (rc)
		return ctl_fail_detail(c, rc, NULL, "%s", c->arg[0]);
	if (strcmp(c->arg[0], "-"))
		ctl_say(c, "%s: %u series, %zu octets\n", c->arg[0], n >= WordsLeast ? words[SeriesWord] : 0, n * WordBytes);
	ctl_json(c, "file", ctl_text_json(c->arg[0]));
	ctl_json(c, "series", json_integer(n >= WordsLeast ? words[SeriesWord] : 0));
	ctl_json(c, "octets", json_integer((json_int_t)(n * WordBytes)));
	return CTL_DONE;
}

int ctl_run_learn_import(struct ctl *c)
{
	static uint32_t words[WEIR_LEARNED_WORDS_MAX];
	const char *file = c->arg[0];
	char *data = NULL;
	size_t len = 0;
	int rc = ctl_file_read(file, &data, &len);

	if (rc)
		return ctl_fail_detail(c, rc, NULL, "%s", file);
	if (!len || len % WordBytes || len > sizeof(words)) {
		free(data);
		return ctl_fail_detail(c, WEIR_EINPUT, "no learned state: its length is wrong", "%s", file);
	}
	for (size_t i = 0; i < len; i++)
		words[i / WordBytes] |= (uint32_t)(uint8_t)data[i] << 8 * (i % WordBytes);
	free(data);
	rc = weir_learned_import(c->dev, words, len / WordBytes);
	if (rc)
		return ctl_fail(c, rc, "%s", file);
	ctl_say(c, "%u series\n", words[SeriesWord]);
	ctl_json(c, "series", json_integer(words[SeriesWord]));
	return CTL_DONE;
}

int ctl_run_learn_freeze(struct ctl *c)
{
	uint32_t on = 1;
	int rc;

	if (c->args)
		on = !strcmp(c->arg[0], "on");
	rc = weir_param_set(c->dev, ParamFreeze, on);
	if (!rc)
		rc = weir_param_get(c->dev, ParamFreeze, &on);
	if (rc)
		return ctl_fail(c, rc, "freeze");
	ctl_say(c, "%s\n", on ? "frozen: thresholds stay as they are" : "learning goes on");
	ctl_json(c, "frozen", json_boolean(on));
	return CTL_DONE;
}

int ctl_run_learn_forget(struct ctl *c)
{
	int rc = weir_learned_forget(c->dev);

	if (rc)
		return ctl_fail(c, rc, "forget");
	ctl_say(c, "forgotten\n");
	ctl_json(c, "forgotten", json_true());
	return CTL_DONE;
}

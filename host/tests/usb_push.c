// SPDX-License-Identifier: Apache-2.0
/* Pin the threshold of a series, as an operator would: usb_push URL SERIES THRESHOLD. Where there is no firmware, it goes straight into the
 * meter's configuration. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "weir/device.h"
#include "weir/meter.h"
#include "weir/weir_regs.h"

enum { Words = 8 };

// As the firmware would: packets cost as much more as the threshold is lower, so that their bucket has the same time.
static int write_meter(struct weir_dev *dev, unsigned number, uint32_t threshold)
{
	uint32_t words[Words];
	int error = weir_read(dev, WEIR_REG_METER_CFG(number), Words, words);

	if (error != 0)
		return error;
	uint64_t cost = WEIR_FIELD_GET(words, WEIR_REG_METER_CFG_PKT_COST);
	cost = cost * WEIR_FIELD_GET(words, WEIR_REG_METER_CFG_PKT_THRESHOLD) / threshold;
	WEIR_FIELD_PUT(words, WEIR_REG_METER_CFG_PKT_COST, cost);
	WEIR_FIELD_PUT(words, WEIR_REG_METER_CFG_PKT_THRESHOLD, threshold);
	return weir_write(dev, WEIR_REG_METER_CFG(number), Words, words);
}

static int pin(struct weir_dev *dev, unsigned number, uint32_t threshold)
{
	struct weir_series series = {0};
	int error;

	// Firmware that has just begun has not taken the policy's series up yet; simulated, that lasts a minute.
	for (int i = 0;; i++) {
		error = weir_series_bounds(dev, number, threshold, threshold);
		if (error != WEIR_EUNKNOWN || i == 300)
			break;
		sleep(1);
	}
	if (error == 0)
		error = weir_series_get(dev, number, &series);
	if (error == 0 && (series.floor != threshold || series.ceiling != threshold)) {
		fprintf(stderr, "usb_push: bounds are %u to %u\n", series.floor, series.ceiling);
		error = WEIR_EPROTOCOL;
	}
	return error;
}

int main(int argc, char **argv)
{
	struct weir_open_options options = {.timeout_ms = 2000, .mail_ms = 20000};   // of a simulated appliance
	char detail[WEIR_DETAIL];
	struct weir_dev *dev;
	unsigned number;

	if (argc != 4)
		return 2;
	int error = weir_dev_open(argv[1], &options, &dev, detail);
	if (error != 0) {
		fprintf(stderr, "usb_push: %s: %s: %s\n", argv[1], weir_strerror(error), detail);
		return 3;
	}
	uint32_t threshold = (uint32_t)strtoul(argv[3], NULL, 10);
	error = weir_series_find(argv[2], &number);
	if (error == 0)
		error = (weir_dev_caps(dev)->firmware ? pin : write_meter)(dev, number, threshold);
	if (error != 0)
		fprintf(stderr, "usb_push: %s: %s: %s\n", argv[2], weir_strerror(error), weir_dev_detail(dev));
	weir_dev_close(dev);
	return error != 0;
}

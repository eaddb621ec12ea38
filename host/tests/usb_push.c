// SPDX-License-Identifier: Apache-2.0
/* Pin the threshold of a series, as an operator would: usb_push URL SERIES THRESHOLD. */
#include <stdio.h>
#include <stdlib.h>

#include "weir/device.h"
#include "weir/meter.h"

int main(int argc, char **argv)
{
	struct weir_open_options options = {.timeout_ms = 2000};   // of a simulated appliance
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
	// Simulated firmware may take seconds; to set it again does no harm.
	for (int i = 0; error == 0 && i < 30; i++) {
		error = weir_series_bounds(dev, number, threshold, threshold);
		if (error != WEIR_EFIRMWARE)
			break;
		error = i < 29 ? 0 : error;
	}
	struct weir_series series = {0};
	if (error == 0)
		error = weir_series_get(dev, number, &series);
	if (error == 0 && (series.floor != threshold || series.ceiling != threshold)) {
		fprintf(stderr, "usb_push: %s: bounds are %u to %u\n", argv[2], series.floor, series.ceiling);
		error = 1;
	}
	if (error < 0)
		fprintf(stderr, "usb_push: %s: %s: %s\n", argv[2], weir_strerror(error), weir_dev_detail(dev));
	weir_dev_close(dev);
	return error != 0;
}

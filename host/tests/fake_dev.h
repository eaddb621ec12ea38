/* SPDX-License-Identifier: Apache-2.0 */
/** An appliance in memory for the tests of what stands above device.c: registers and frames are those of the reference model, the
 * firmware runs natively on it, and any access can fail. It takes the place of device.c: link one or the other. */
#ifndef WEIR_TESTS_FAKE_DEV_H
#define WEIR_TESTS_FAKE_DEV_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/model/weir_model.h"
#include "weir/device.h"

/** What becomes of the request that fails. */
enum fake_fault { FAKE_NOT_DONE, FAKE_DONE };

/** @param url  What weir_dev_url() says. Aborts without memory. */
struct weir_dev *fake_new(const char *url);
/** With its firmware: learned state, mark, parameters, all gone, as after a power cycle. Also switches faults off. */
void fake_power_cycle(struct weir_dev *dev);

/** The n-th request from now (0 the next) fails with this error; so do all behind it when `for_good`. A request is what crosses the
 * wire at once: at most 64 words, or a fill, or a message. */
void fake_fail(struct weir_dev *dev, uint64_t nth, int error, enum fake_fault fault, bool for_good);
void fake_heal(struct weir_dev *dev);
/** Requests so far; words that crossed. */
uint64_t fake_requests(const struct weir_dev *dev);
uint64_t fake_words(const struct weir_dev *dev);

/** The appliance has none. */
void fake_no_firmware(struct weir_dev *dev, bool none);
/** The firmware hangs. */
void fake_hang(struct weir_dev *dev, bool hangs);
/** An older firmware: operations above op have status 1. 0: as it is. */
void fake_older(struct weir_dev *dev, unsigned op);
/** The next message with this operation gets these words as its answer. */
void fake_answer_to(struct weir_dev *dev, unsigned op, const uint32_t word[16]);
/** Time passes. */
void fake_time(struct weir_dev *dev, uint64_t us);

/** A frame from side 0 or 1, now. @return false: the data path stands still and it is lost. */
bool fake_frame(struct weir_dev *dev, const uint8_t *frame, uint32_t len, int side, struct weir_record *ret);
/** Called before each request, to look at the appliance in between. */
void fake_watch(struct weir_dev *dev, void (*fn)(void *ctx), void *ctx);

/** Registers without the link. */
uint32_t fake_peek(struct weir_dev *dev, uint32_t address);
struct weir_model *fake_model(struct weir_dev *dev);

#endif

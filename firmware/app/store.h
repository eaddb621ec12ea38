/* SPDX-License-Identifier: Apache-2.0 */
/** What is kept over a restart, and learned state as a block of words (docs/firmware.md, "Learned state"). */
#ifndef WEIR_FW_STORE_H
#define WEIR_FW_STORE_H
#include "firmware/app/fw.h"

/** CRC-32 of IEEE 802.3 over n words, least significant octet first.
 *
 * @param crc    0, or the result for what is before.
 * @param words  Aligned to 4. */
uint32_t weir_store_crc(uint32_t crc, const void *words, uint32_t n);

/** Settings, bounds or policy have changed: to be called before anything else may fail. */
void weir_store_seal(struct weir_fw *fw);
/** @return whether what was kept is whole. */
bool weir_store_sealed(const struct weir_fw *fw);

/** Write the block from the series; not while the host has it. */
void weir_store_update(struct weir_fw *fw);
/** Take the block into the series, wholly or not at all. Series of it that are not in use are left out.
 *
 * @return whether it was right. */
bool weir_store_take(struct weir_fw *fw);

/** Words of the block. */
uint32_t weir_store_words(const struct weir_fw *fw);
/** Export: a piece of the block, which stays as it is until 5 s after the last piece.
 *
 * @param offset  0 begins.
 * @return words set; 0: nothing there, or an import is under way. */
uint32_t weir_store_export(struct weir_fw *fw, uint32_t offset, uint32_t ret_word[12]);

enum weir_store_import { WEIR_IMPORT_MORE, WEIR_IMPORT_TAKEN, WEIR_IMPORT_REFUSED, WEIR_IMPORT_RANGE };
/** Import: a piece. Pieces come one behind the other; one that has come already may come again.
 *
 * @param offset  0 begins. @param n  1 to 12.
 * @return REFUSED: all of it was there, and wrong; what was learned goes on. RANGE: no such place now. */
enum weir_store_import weir_store_import(struct weir_fw *fw, uint32_t offset, uint32_t n, const uint32_t *word);

/** Forget what was learned: thresholds become the policy's, and learning begins anew. */
void weir_store_forget(struct weir_fw *fw);

#endif

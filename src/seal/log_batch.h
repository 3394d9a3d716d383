/* SPDX-License-Identifier: Apache-2.0 */
/* Writing a batch of entries as tiles. */
#ifndef EW_SEAL_LOG_BATCH_H
#define EW_SEAL_LOG_BATCH_H

#include "seal/text.h"
#include "seal/tiles.h"

/* Writes every tile and bundle that a log of `size` gets by n > 0 more entries, and syncs
 * files and folders. Existing full tiles are not touched. */
EW_MUST_CHECK ew_code ew_log__write_batch(const char *dir, uint64_t size,
                                          const ew_slice *entries, size_t n, ew_err *err);

#endif

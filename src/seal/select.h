/* SPDX-License-Identifier: Apache-2.0 */
/* From "1:02.3-1:04" or "3-5,8" to the parts that are shown. When in doubt a part is hidden. */
#ifndef EW_SEAL_SELECT_H
#define EW_SEAL_SELECT_H

#include "seal/split.h"

/* Exactly one of show and hide is given: ranges joined by commas, or "all".
 *
 *   grid      times, from-to, as h:mm:ss.s, m:ss or seconds: a block is shown when all of it
 *             is to be, and hidden when any of it is to be
 *   chat-v1   numbers of messages, from 1
 *   others    numbers of paragraphs, pages or frames, from 1
 *
 * What comes before and after the content is shown only when everything is, but for a WAV head of
 * 44 bytes when the last block is shown and nothing comes after it: it tells nothing else. In sound that is
 * coded in frames the neighbours of what is hidden are hidden too, since it sounds on in them:
 * 10 MP3 frames, 2 AAC frames, 1 Ogg page on each side.
 *
 * *runs: to be freed with ew_free; may be empty. EW_E_ARG for ranges that cannot be read or lie
 * outside. */
EW_MUST_CHECK ew_code ew_select(const ew_stream *s, const ew_cuts *cuts, const char *show,
                                const char *hide, ew_run **runs, size_t *n, ew_err *err);

#endif

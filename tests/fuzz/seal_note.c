/* SPDX-License-Identifier: Apache-2.0 */
/* A note that parses is what its parts say, and adding a signature keeps its text; the same
 * for checkpoints, which come back byte for byte. */
#include <stdlib.h>
#include <string.h>

#include "seal/checkpoint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_checkpoint(ew_slice text)
{
    ew_checkpoint c;
    ew_buf b;
    if (ew_checkpoint_parse(&c, text, NULL) != EW_OK)
        return;
    ew_buf_init(&b, text.n + 100);
    if (ew_checkpoint_append(&b, &c, NULL) != EW_OK || b.len > text.n ||
        memcmp(b.data, text.p, b.len) != 0)
        abort();
    ew_buf_release(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t seed[EW_ED25519_SEED] = {1};
    ew_note *note = NULL;
    ew_note *again = NULL;
    ew_signer *by = NULL;
    ew_buf b;
    if (ew_note_parse(&note, data, size, NULL) != EW_OK)
        return 0;
    if (!ew_note_text_ok(note->text) || note->sig_count == 0)
        abort();
    check_checkpoint(note->text);
    if (ew_signer_new(&by, ew_slice_of("fuzz"), EW_SIG_COSIGNATURE, seed, NULL) != EW_OK)
        abort();
    (void)ew_note_check(note, ew_signer_vkey(by), NULL);
    ew_buf_init(&b, size + 1000);
    if (ew_buf_append(&b, data, size, NULL) != EW_OK ||
        ew_note_add(&b, by, 7, NULL) != EW_OK)
        abort();
    ew_code code = ew_note_parse(&again, b.data, b.len, NULL);
    if (code == EW_OK) {
        if (again->text.n != note->text.n || again->sig_count != note->sig_count + 1)
            abort();
    } else if (code != EW_E_LIMIT) {
        abort();
    }
    ew_note_free(again);
    ew_note_free(note);
    ew_signer_free(by);
    ew_buf_release(&b);
    return 0;
}

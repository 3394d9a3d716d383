/* SPDX-License-Identifier: Apache-2.0 */
/* A policy that parses can be asked, and no group asks for more than its members. */
#include <stdlib.h>

#include "seal/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char text[] = "a\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n"
                               "\xE2\x80\x94 a AAAAAAA=\n";
    ew_policy *p = NULL;
    ew_note *note = NULL;
    ew_checkpoint c;
    ew_endorsed out;
    if (ew_policy_parse(&p, data, size, NULL) != EW_OK)
        return 0;
    for (size_t i = 0; i < p->node_count; i++)
        if (p->nodes[i].threshold > p->nodes[i].member_count)
            abort();
    if (ew_note_parse(&note, text, sizeof text - 1, NULL) != EW_OK ||
        ew_checkpoint_parse(&c, note->text, NULL) != EW_OK ||
        ew_policy_weigh(p, note, &c, &out, NULL) != EW_OK)
        abort();
    if (out.quorum != (p->quorum == EW_POLICY_NONE) || out.log != NULL)
        abort();
    ew_note_free(note);
    ew_policy_free(p);
    return 0;
}

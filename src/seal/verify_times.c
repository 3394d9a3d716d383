/* SPDX-License-Identifier: Apache-2.0 */
/* The verifier's look at time: tokens over the checkpoint, what the seal quotes, and keys that
 * were revoked in between. */
#include <string.h>

#include "base/hash.h"
#include "seal/time_token.h"
#include "seal/verify.h"

/* A block's time may be this much ahead of the clocks (Bitcoin's rule). */
enum { BLOCK_AHEAD_S = 7200 };

/* "bitcoin HEIGHT HASH": the seal is not older than that block. */
static bool quoted_block(const char *after, uint64_t *height, uint8_t id[32])
{
    ew_slice rest = ew_slice_of(after);
    ew_slice word;
    char hex[65];
    if (!ew_slice_skip(&rest, "bitcoin ") || !ew_slice_word(&rest, &word) ||
        !ew_slice_u64(word, height) || rest.n != 64)
        return false;
    memcpy(hex, rest.p, 64);
    hex[64] = 0;
    return strspn(hex, "0123456789abcdef") == 64 && ew_unhex(hex, id, 32) == 0;
}

static void judge_quote(ew_check *k)
{
    uint64_t height;
    uint8_t id[32];
    if (k->policy == NULL || !quoted_block(k->seal.after, &height, id))
        return;
    const ew_policy_block *b = ew_policy_block_at(k->policy, height);
    if (b == NULL)
        return;
    if (memcmp(b->id, id, sizeof id) != 0) {
        (void)ew_verify__broken(
            k, "the seal quotes a block that your policy knows as another");
        return;
    }
    k->v->dated = true;
    k->v->not_before = b->time;
    if (k->v->timed && k->v->not_after < b->time - BLOCK_AHEAD_S)
        (void)ew_verify__broken(
            k, "the seal quotes a block that is younger than its own time on record");
}

static void judge_keys(ew_check *k)
{
    ew_verdict *v = k->v;
    if (k->seal_by != NULL &&
        !ew_policy_stands(k->policy, k->seal_by->key, v->timed, v->not_after)) {
        v->seal_key_trusted = false;
        ew_verify__unvouched(k, "the key of the seal was revoked, and nothing shows that "
                                "the seal is older than that");
    }
    if (k->log_by != NULL &&
        !ew_policy_stands(k->policy, k->log_by->key, v->timed, v->not_after)) {
        v->log_trusted = false;
        ew_verify__unvouched(k, "the key of the log was revoked, and nothing shows that "
                                "the checkpoint is older than that");
    }
}

/* Tokens are over the text of the checkpoint, so that cosignatures can come later. */
static ew_code judge_tokens(ew_check *k)
{
    ew_code code = EW_OK;
    for (size_t i = 0; i < k->files.time_count && code == EW_OK; i++) {
        ew_slice name = k->files.times[i].name;
        bool ots = memcmp(name.p + name.n - 4, ".ots", 4) == 0;
        code = ew_time_token_judge(k->proof->note->text, k->policy,
                                   k->files.times[i].bytes, ots, k->v, k->err);
    }
    return code;
}

ew_code ew_verify__times(ew_check *k)
{
    ew_code code = judge_tokens(k);
    if (code != EW_OK)
        return code;
    judge_quote(k);
    if (!ew_verify__is_broken(k))
        judge_keys(k);
    return EW_OK;
}

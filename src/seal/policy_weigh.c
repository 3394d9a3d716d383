/* SPDX-License-Identifier: Apache-2.0 */
/* What keys and the signatures of a checkpoint are worth by a policy. */
#include "seal/policy.h"

#include <string.h>

#include "base/alloc.h"

bool ew_policy_stands(const ew_policy *p, const uint8_t key[EW_ED25519_KEY], bool timed,
                      int64_t not_after)
{
    for (size_t i = 0; i < p->revoked_count; i++)
        if (memcmp(p->revoked[i].key, key, EW_ED25519_KEY) == 0 &&
            (!timed || not_after >= p->revoked[i].since))
            return false;
    return true;
}

const ew_policy_block *ew_policy_block_at(const ew_policy *p, uint64_t height)
{
    for (size_t i = 0; i < p->block_count; i++)
        if (p->blocks[i].height == height)
            return &p->blocks[i];
    return NULL;
}

typedef struct seen {
    bool there[2 * EW_POLICY_MAX];
    uint64_t time[2 * EW_POLICY_MAX];
} seen;

/* Whether the quorum is reached by what was signed up to `until`. */
static bool reached(const ew_policy *p, const seen *s, uint64_t until)
{
    bool holds[2 * EW_POLICY_MAX];
    for (size_t i = 0; i < p->node_count; i++) {
        const ew_policy_node *node = &p->nodes[i];
        uint64_t count = 0;
        for (size_t k = 0; k < node->member_count; k++)
            count += holds[node->members[k]];
        holds[i] =
            node->witness ? s->there[i] && s->time[i] <= until : count >= node->threshold;
    }
    return p->quorum == EW_POLICY_NONE || holds[p->quorum];
}

static void weigh_logs(const ew_policy *p, const ew_note *note, const ew_checkpoint *c,
                       ew_endorsed *out)
{
    for (size_t i = 0; i < p->log_count; i++) {
        ew_sig_state state = ew_note_check(note, &p->logs[i], NULL);
        if (state == EW_SIG_BAD)
            out->broken = true;
        if (state == EW_SIG_GOOD && ew_slice_is(c->origin, p->logs[i].name) &&
            out->log == NULL)
            out->log = &p->logs[i];
    }
}

ew_code ew_policy_weigh(const ew_policy *p, const ew_note *note, const ew_checkpoint *c,
                        ew_endorsed *out, ew_err *err)
{
    *out = (ew_endorsed){0};
    seen *s = ew_alloc(sizeof *s);
    if (s == NULL)
        return ew_fail_nomem(err);
    weigh_logs(p, note, c, out);
    for (size_t i = 0; i < p->node_count; i++) {
        if (!p->nodes[i].witness)
            continue;
        ew_sig_state state = ew_note_check(note, &p->nodes[i].key, &s->time[i]);
        out->broken = out->broken || state == EW_SIG_BAD;
        s->there[i] = state == EW_SIG_GOOD;
        out->witnesses += s->there[i];
    }
    out->quorum = reached(p, s, UINT64_MAX);
    /* The earliest moment at which what is asked for had been signed. */
    for (size_t i = 0; i < p->node_count && p->quorum != EW_POLICY_NONE; i++) {
        if (!s->there[i] || (out->timed && s->time[i] >= out->time))
            continue;
        if (reached(p, s, s->time[i])) {
            out->timed = true;
            out->time = s->time[i];
        }
    }
    ew_free(s);
    return EW_OK;
}

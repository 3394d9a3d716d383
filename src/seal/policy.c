/* SPDX-License-Identifier: Apache-2.0 */
/* Policies: parsing, and weighing the signatures of a checkpoint. */
#include "seal/policy.h"

#include <string.h>

#include "base/alloc.h"

/* A comment to every other reader of such files: the format knows no keys but those of logs
 * and witnesses. */
#define OURS "#!earwitness"

/* The state of parsing. */
typedef struct reader {
    ew_policy *p;
    size_t line;
    ew_slice rest; /* of the line */
    ew_err *err;
} reader;

static ew_code bad(reader *r, const char *what)
{
    return ew_fail(r->err, EW_E_FORMAT, r->line, "line %zu of the policy: %s", r->line,
                   what);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool next_word(reader *r, ew_slice *word)
{
    ew_slice *s = &r->rest;
    while (s->n > 0 && is_blank(s->p[0])) {
        s->p++;
        s->n--;
    }
    *word = (ew_slice){s->p, 0};
    while (s->n > 0 && !is_blank(s->p[0])) {
        s->p++;
        s->n--;
        word->n++;
    }
    return word->n > 0;
}

/* The node of this name, or EW_POLICY_NONE. */
static size_t find(const ew_policy *p, ew_slice name)
{
    for (size_t i = 0; i < p->node_count; i++)
        if (ew_slice_is(name, p->nodes[i].name))
            return i;
    return EW_POLICY_NONE;
}

static bool known_key(const ew_vkey *keys, size_t n, const ew_vkey *k)
{
    for (size_t i = 0; i < n; i++)
        if (memcmp(keys[i].key, k->key, sizeof k->key) == 0)
            return true;
    return false;
}

/* A key of the type that fits the line. */
static ew_code take_key(reader *r, uint8_t type, ew_vkey *k)
{
    ew_slice word;
    ew_err why;
    if (!next_word(r, &word))
        return bad(r, "a key is missing");
    if (ew_vkey_parse(k, word, &why) != EW_OK)
        return bad(r, why.text);
    if (k->type != type)
        return bad(r, type == EW_SIG_COSIGNATURE ? "this is not the key of a witness"
                                                 : "this is the key of a witness");
    return EW_OK;
}

/* After the key: an address, which is not used, and nothing else. */
static ew_code take_end(reader *r, bool address)
{
    ew_slice word;
    if (next_word(r, &word) && (!address || next_word(r, &word)))
        return bad(r, "too many words");
    return EW_OK;
}

static ew_code add_key(reader *r, ew_vkey *keys, size_t *n, bool address)
{
    ew_vkey k;
    ew_code code = take_key(r, EW_SIG_ED25519, &k);
    if (code == EW_OK)
        code = take_end(r, address);
    if (code != EW_OK)
        return code;
    if (*n == EW_POLICY_MAX)
        return bad(r, "too many keys");
    if (known_key(keys, *n, &k))
        return bad(r, "this key was there before");
    keys[(*n)++] = k;
    return EW_OK;
}

/* The name that a witness or a group is given. */
static ew_code add_node(reader *r, ew_policy_node **out)
{
    ew_policy *p = r->p;
    ew_slice name;
    if (!next_word(r, &name) || ew_slice_is(name, "none") ||
        find(p, name) != EW_POLICY_NONE)
        return bad(r, "a name is missing or taken");
    if (p->node_count == sizeof p->nodes / sizeof p->nodes[0])
        return bad(r, "too many witnesses and groups");
    ew_policy_node *node = &p->nodes[p->node_count];
    node->name = ew_alloc(name.n + 1);
    if (node->name == NULL)
        return ew_fail_nomem(r->err);
    memcpy(node->name, name.p, name.n);
    *out = node;
    return EW_OK;
}

static ew_code drop_node(ew_policy_node *node, ew_code code)
{
    ew_free(node->name);
    *node = (ew_policy_node){0};
    return code;
}

static ew_code add_witness(reader *r)
{
    ew_policy *p = r->p;
    ew_policy_node *node = NULL;
    ew_code code = add_node(r, &node);
    if (code != EW_OK)
        return code;
    code = take_key(r, EW_SIG_COSIGNATURE, &node->key);
    if (code == EW_OK)
        code = take_end(r, true);
    for (size_t i = 0; i < p->node_count && code == EW_OK; i++)
        if (p->nodes[i].witness && known_key(&p->nodes[i].key, 1, &node->key))
            code = bad(r, "this key was there before");
    if (code == EW_OK && p->witness_count == EW_POLICY_MAX)
        code = bad(r, "too many witnesses");
    if (code != EW_OK)
        return drop_node(node, code);
    node->witness = true;
    p->witness_count++;
    p->node_count++;
    return EW_OK;
}

static ew_code take_members(reader *r, ew_policy_node *node)
{
    ew_slice word;
    while (next_word(r, &word)) {
        size_t i = find(r->p, word);
        if (i == EW_POLICY_NONE)
            return bad(r, "a member that no line before this one names");
        if (r->p->nodes[i].member)
            return bad(r, "a member that is in a group already");
        if (node->member_count == EW_POLICY_MAX)
            return bad(r, "too many members");
        r->p->nodes[i].member = true;
        node->members[node->member_count++] = i;
    }
    return node->member_count > 0 ? EW_OK : bad(r, "a group without members");
}

static ew_code add_group(reader *r)
{
    ew_policy_node *node = NULL;
    ew_slice how;
    ew_code code = add_node(r, &node);
    if (code != EW_OK)
        return code;
    if (!next_word(r, &how))
        code = bad(r, "how many of the group is missing");
    if (code == EW_OK)
        code = take_members(r, node);
    if (code == EW_OK && ew_slice_is(how, "all"))
        node->threshold = node->member_count;
    else if (code == EW_OK && ew_slice_is(how, "any"))
        node->threshold = 1;
    else if (code == EW_OK &&
             (!ew_slice_u64(how, &node->threshold) || node->threshold == 0 ||
              node->threshold > node->member_count))
        code = bad(r, "so many of the group cannot be");
    if (code != EW_OK)
        return drop_node(node, code);
    r->p->node_count++;
    return EW_OK;
}

static ew_code set_quorum(reader *r)
{
    ew_slice word;
    if (r->p->quorum_given)
        return bad(r, "a second quorum");
    if (!next_word(r, &word))
        return bad(r, "a name is missing");
    r->p->quorum = find(r->p, word);
    if (r->p->quorum == EW_POLICY_NONE && !ew_slice_is(word, "none"))
        return bad(r, "a quorum that no line before this one names");
    r->p->quorum_given = true;
    return take_end(r, false);
}

static ew_code parse_line(reader *r)
{
    ew_policy *p = r->p;
    ew_slice word;
    if (!next_word(r, &word))
        return EW_OK;
    if (ew_slice_is(word, OURS)) {
        if (!next_word(r, &word) || !ew_slice_is(word, "seal"))
            return bad(r, "after " OURS " only 'seal' is known");
        return add_key(r, p->seals, &p->seal_count, false);
    }
    if (word.p[0] == '#')
        return EW_OK;
    if (ew_slice_is(word, "log"))
        return add_key(r, p->logs, &p->log_count, true);
    if (ew_slice_is(word, "witness"))
        return add_witness(r);
    if (ew_slice_is(word, "group"))
        return add_group(r);
    if (ew_slice_is(word, "quorum"))
        return set_quorum(r);
    return bad(r, "an unknown word; known are log, witness, group, quorum");
}

static ew_code check_octets(reader *r, ew_slice text)
{
    for (size_t i = 0; i < text.n; i++) {
        uint8_t c = (uint8_t)text.p[i];
        if ((c < 0x20 && c != '\t' && c != '\n') || c == 0x7F)
            return ew_fail(r->err, EW_E_FORMAT, i, "a control character in the policy");
    }
    if (text.n > 0 && text.p[text.n - 1] != '\n')
        return ew_fail(r->err, EW_E_FORMAT, text.n, "the policy's last line has no end");
    return EW_OK;
}

ew_code ew_policy_parse(ew_policy **out, const void *bytes, size_t n, ew_err *err)
{
    ew_slice all = {bytes, n};
    if (n > EW_POLICY_BYTES_MAX)
        return ew_fail(err, EW_E_LIMIT, n, "a policy of more than %d bytes",
                       (int)EW_POLICY_BYTES_MAX);
    ew_policy *p = ew_alloc(sizeof *p);
    if (p == NULL)
        return ew_fail_nomem(err);
    p->quorum = EW_POLICY_NONE;
    reader r = {.p = p, .err = err};
    ew_code code = check_octets(&r, all);
    while (code == EW_OK && ew_slice_line(&all, &r.rest)) {
        r.line++;
        code = parse_line(&r);
    }
    if (code == EW_OK && !p->quorum_given)
        code = bad(&r, "there is no quorum; 'quorum none' asks for no witness");
    if (code != EW_OK) {
        ew_policy_free(p);
        return code;
    }
    *out = p;
    return EW_OK;
}

void ew_policy_free(ew_policy *p)
{
    if (p == NULL)
        return;
    for (size_t i = 0; i < p->node_count; i++)
        ew_free(p->nodes[i].name);
    ew_free(p);
}

/* ------------------------------------------------------------------ weighing */

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

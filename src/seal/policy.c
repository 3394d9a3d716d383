/* SPDX-License-Identifier: Apache-2.0 */
/* Policies: parsing. */
#include "seal/policy.h"

#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/hash.h"
#include "base/when.h"

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

/* ------------------------------------------------------------------ our own lines */

/* "ssh-ed25519 BASE64", as in an SSH public key file (RFC 8709, section 4). */
static ew_code take_ssh_key(reader *r, uint8_t key[EW_ED25519_KEY])
{
    static const uint8_t head[] = {0,   0,   0,   11,  's', 's', 'h', '-', 'e', 'd',
                                   '2', '5', '5', '1', '9', 0,   0,   0,   32};
    uint8_t blob[sizeof head + EW_ED25519_KEY];
    ew_slice word;
    if (!next_word(r, &word) || !ew_slice_base64(word, blob, sizeof blob) ||
        memcmp(blob, head, sizeof head) != 0)
        return bad(r, "this is not an ssh-ed25519 key");
    memcpy(key, blob + sizeof head, EW_ED25519_KEY);
    return EW_OK;
}

static ew_code add_person(reader *r)
{
    ew_policy *p = r->p;
    ew_policy_person who = {0};
    ew_slice name;
    ew_slice word;
    if (!next_word(r, &name) || !ew_key_name_ok(name))
        return bad(r, "a name is missing");
    memcpy(who.name, name.p, name.n);
    if (!next_word(r, &word) || !ew_slice_is(word, "ssh-ed25519"))
        return bad(r, "after the name of a person comes ssh-ed25519 and the key");
    ew_code code = take_ssh_key(r, who.key);
    if (code == EW_OK)
        code = take_end(r, false);
    if (code != EW_OK)
        return code;
    if (p->person_count == EW_POLICY_MAX)
        return bad(r, "too many keys");
    for (size_t i = 0; i < p->person_count; i++)
        if (memcmp(p->people[i].key, who.key, sizeof who.key) == 0)
            return bad(r, "this key was there before");
    p->people[p->person_count++] = who;
    return EW_OK;
}

static ew_code add_revoked(reader *r)
{
    ew_policy *p = r->p;
    ew_policy_revoked v = {0};
    ew_slice word;
    ew_slice rest = r->rest;
    ew_code code = EW_OK;
    if (next_word(r, &word) && ew_slice_is(word, "ssh-ed25519")) {
        code = take_ssh_key(r, v.key);
    } else {
        ew_vkey k = {0};
        r->rest = rest;
        code = take_key(r, EW_SIG_ED25519, &k);
        memcpy(v.key, k.key, sizeof v.key);
    }
    if (code == EW_OK &&
        (!next_word(r, &word) || !ew_slice_is(word, "since") || !next_word(r, &word) ||
         !ew_iso_parse(word.p, word.n, &v.since)))
        code = bad(r, "after the key comes since and a time as 2026-01-31T12:00:00Z");
    if (code == EW_OK)
        code = take_end(r, false);
    if (code == EW_OK && p->revoked_count == EW_POLICY_MAX)
        code = bad(r, "too many keys");
    if (code == EW_OK)
        p->revoked[p->revoked_count++] = v;
    return code;
}

static ew_code add_anchor(reader *r)
{
    ew_policy *p = r->p;
    ew_slice word;
    if (p->anchor_count == EW_POLICY_MAX)
        return bad(r, "too many certificates");
    if (!next_word(r, &word))
        return bad(r, "a certificate is missing");
    ew_policy_anchor *a = &p->anchors[p->anchor_count];
    a->der = ew_alloc(word.n);
    if (a->der == NULL)
        return ew_fail_nomem(r->err);
    p->anchor_count++; /* from here on freed with the policy */
    if (!ew_slice_base64_any(word, a->der, word.n, &a->n) || a->n == 0)
        return bad(r, "this is not a certificate in base64");
    return take_end(r, false);
}

/* The header of a block: version, previous block, Merkle root, time, bits, nonce; all
 * little-endian. Its hash is SHA-256 twice, printed backwards. */
static ew_code add_block(reader *r)
{
    enum { HEADER = 80, ROOT_AT = 36, TIME_AT = 68 };
    ew_policy *p = r->p;
    ew_policy_block b = {0};
    uint8_t header[HEADER];
    char hex[2 * HEADER + 1];
    ew_slice word;
    if (!next_word(r, &word) || !ew_slice_u64(word, &b.height) || b.height > UINT32_MAX)
        return bad(r, "the height of a block is missing");
    if (!next_word(r, &word) || word.n != 2 * HEADER)
        return bad(r, "a block's header has 160 hex digits");
    memcpy(hex, word.p, word.n);
    hex[word.n] = 0;
    if (ew_unhex(hex, header, sizeof header) != 0)
        return bad(r, "a block's header has 160 hex digits");
    if (ew_policy_block_at(p, b.height) != NULL)
        return bad(r, "a block of this height was there before");
    if (p->block_count == EW_POLICY_MAX)
        return bad(r, "too many blocks");
    uint8_t hash[EW_SHA256_BYTES];
    ew_sha256_bytes(header, sizeof header, hash);
    ew_sha256_bytes(hash, sizeof hash, hash);
    for (size_t i = 0; i < sizeof b.id; i++)
        b.id[i] = hash[sizeof b.id - 1 - i];
    memcpy(b.root, header + ROOT_AT, sizeof b.root);
    b.time = (int64_t)ew_get_u32le(header + TIME_AT);
    p->blocks[p->block_count++] = b;
    return take_end(r, false);
}

/* The lines that only this program knows. */
static ew_code parse_ours(reader *r)
{
    ew_policy *p = r->p;
    ew_slice word;
    if (!next_word(r, &word))
        return bad(r, "nothing after " OURS);
    if (ew_slice_is(word, "seal"))
        return add_key(r, p->seals, &p->seal_count, false);
    if (ew_slice_is(word, "statement"))
        return add_key(r, p->speakers, &p->speaker_count, false);
    if (ew_slice_is(word, "person"))
        return add_person(r);
    if (ew_slice_is(word, "revoked"))
        return add_revoked(r);
    if (ew_slice_is(word, "tsa"))
        return add_anchor(r);
    if (ew_slice_is(word, "bitcoin"))
        return add_block(r);
    return bad(r, "after " OURS
                  " only seal, statement, person, revoked, tsa and bitcoin are "
                  "known");
}

static ew_code parse_line(reader *r)
{
    ew_policy *p = r->p;
    ew_slice word;
    if (!next_word(r, &word))
        return EW_OK;
    if (ew_slice_is(word, OURS))
        return parse_ours(r);
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
    for (size_t i = 0; i < p->anchor_count; i++)
        ew_free(p->anchors[i].der);
    ew_free(p);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The chats of a Signal export, by their ids. */
#include <string.h>

#include "base/alloc.h"
#include "import/signal.h"

/* Fibonacci hashing: the multiplier is 2^64 over the golden ratio. */
static size_t slot_of(const ew_signal *s, uint64_t id)
{
    size_t i = (size_t)((id * 0x9E3779B97F4A7C15u) >> 32) & (s->slot_count - 1);
    while (s->slots[i] != 0 && s->chats[s->slots[i] - 1].id != id)
        i = (i + 1) & (s->slot_count - 1);
    return i;
}

/* At most half of the slots are taken. */
static ew_code grow(ew_signal *s)
{
    size_t cap = s->chat_cap > 0 ? 2 * s->chat_cap : 64;
    ew_signal_chat *chats = ew_realloc_array(s->chats, cap, sizeof *chats);
    if (chats == NULL)
        return ew_fail_nomem(s->err);
    s->chats = chats;
    uint32_t *slots = ew_alloc_array(2 * cap, sizeof *slots);
    if (slots == NULL)
        return ew_fail_nomem(s->err);
    ew_free(s->slots);
    s->slots = slots;
    s->slot_count = 2 * cap;
    s->chat_cap = cap;
    for (size_t i = 0; i < s->chat_count; i++)
        s->slots[slot_of(s, s->chats[i].id)] = (uint32_t)i + 1;
    return EW_OK;
}

ew_code ew_signal__chat(ew_signal *s, uint64_t id, ew_signal_chat **out)
{
    ew_code code = s->chat_count == s->chat_cap ? grow(s) : EW_OK;
    if (code != EW_OK)
        return code;
    size_t i = slot_of(s, id);
    if (s->slots[i] == 0) {
        if (s->chat_count == EW_SIGNAL_CHATS)
            return ew_fail(s->err, EW_E_LIMIT, s->line, "more than %d chats",
                           (int)EW_SIGNAL_CHATS);
        s->chats[s->chat_count] =
            (ew_signal_chat){.id = id, .place = {s->member, s->line, s->j.n}};
        s->slots[i] = (uint32_t)++s->chat_count;
    }
    *out = &s->chats[s->slots[i] - 1];
    return EW_OK;
}

ew_code ew_signal__chat_frame(ew_signal *s)
{
    uint64_t id = 0;
    uint64_t recipient = 0;
    uint64_t timer = 0;
    ew_signal_chat *c = NULL;
    size_t depth = ew_signal__enter(s);
    ew_code code = EW_OK;
    while (ew_signal__inside(s, depth, &code)) {
        if (ew_slice_is(s->j.key, "id"))
            (void)ew_slice_u64(s->j.text, &id);
        else if (ew_slice_is(s->j.key, "recipientId"))
            (void)ew_slice_u64(s->j.text, &recipient);
        else if (ew_slice_is(s->j.key, "expirationTimerMs"))
            (void)ew_slice_u64(s->j.text, &timer);
        code = ew_json_skip(&s->j, s->err);
    }
    if (code == EW_OK)
        code = ew_signal__chat(s, id, &c);
    if (code != EW_OK)
        return code;
    c->recipient = recipient;
    c->described = true;
    c->disappearing = timer > 0;
    c->place = (ew_place){s->member, s->line, s->j.n};
    return EW_OK;
}

static ew_code tell_oddities(const ew_signal *s, const ew_signal_chat *c, bool known)
{
    static const char timer[] = "messages of this chat disappear, and Signal leaves "
                                "such messages out of its plain exports";
    ew_gap g = {c->place, ew_slice_of("messages"), ew_slice_of(timer)};
    ew_remark r = {c->place, ew_slice_of("a chat that the export does not describe")};
    ew_code code = EW_OK;
    if (!known && s->sink->remark != NULL)
        code = s->sink->remark(s->sink->cookie, &r, s->err);
    if (code == EW_OK && c->disappearing && s->sink->gap != NULL)
        code = s->sink->gap(s->sink->cookie, &g, s->err);
    return code;
}

ew_code ew_signal__tell_chat(ew_signal *s, const ew_signal_chat *c)
{
    static const char *const kinds[] = {"unknown", "contact", "group", "self", "other"};
    const ew_signal_recipient *r =
        c->described ? ew_signal__recipient_of(s, c->recipient) : NULL;
    ew_code code = EW_OK;
    ew_buf_reset(&s->words);
    code = ew_buf_printf(&s->words, s->err, "%llu", (unsigned long long)c->id);
    if (code != EW_OK)
        return code;
    ew_chat chat = {.place = c->place,
                    .id = {(const char *)s->words.data, s->words.len},
                    .name = {"", 0},
                    .kind = ew_slice_of(kinds[r != NULL ? r->kind : EW_SIGNAL_UNKNOWN])};
    if (r != NULL)
        chat.name = ew_signal__name(s, r->name.n > 0 ? r->name : r->address);
    if (s->sink->chat != NULL)
        code = s->sink->chat(s->sink->cookie, &chat, s->err);
    return code == EW_OK ? tell_oddities(s, c, r != NULL) : code;
}

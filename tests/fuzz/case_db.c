/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: a case whose database somebody else changed. Input: pieces of 3 bytes offset, 1 byte length, and so
 * many bytes, written over a good one. Opening, showing, verifying, searching and writing may fail,
 * but not crash, and what is shown is valid text. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "casefile/people.h"
#include "casefile/positions.h"
#include "casefile/records.h"
#include "ops/case_custody.h"
#include "ops/case_view.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PIECE_HEAD = 4, EVENTS = 8 };

static char folder[64];
static ew_buf good;

/* ------------------------------------------------------------------ a good one */

static ew_code fill_item(ew_case *c, ew_err *err)
{
    ew_case_item i = {.kind = "recording", .name = "a.wav", .origin = "mail"};
    ew_case_analysis a = {.item = 1,
                          .tool = "inspect",
                          .version = "1",
                          .settings = "{\"items\":[1]}",
                          .result = "{\"signs_of_change\":1,\"strongest\":1,\"findings\":"
                                    "[{\"number\":1,\"start\":2,\"text\":\"x\"}]}"};
    int64_t id;
    ew_code code = ew_case_add_item(c, &i, &id, err);
    if (code == EW_OK)
        code = ew_case_correct(c, id, "origin", "a drive", err);
    if (code == EW_OK)
        code = ew_case_add_called(c, id, "the recording", err);
    return code == EW_OK ? ew_case_add_analysis(c, &a, &id, err) : code;
}

static ew_code fill_records(ew_case *c, ew_err *err)
{
    ew_case_intake in = {.c = c, .item = 1};
    ew_import_sink to = ew_case_sink(&in);
    ew_chat chat = {.name = ew_slice_of("chat")};
    ew_message m = {.id = ew_slice_of("1"),
                    .sender = ew_slice_of("Dara"),
                    .text = ew_slice_of("words of a message")};
    ew_gap gap = {.what = ew_slice_of("attachment"), .words = ew_slice_of("not there")};
    ew_position p = {.item = 1,
                     .stance = "denies",
                     .date = "2026-10-12",
                     .channel = "",
                     .words = "no",
                     .until = ""};
    int64_t id;
    int64_t other = 0;
    ew_code code = to.chat(to.cookie, &chat, err);
    if (code == EW_OK)
        code = to.message(to.cookie, &m, err);
    if (code == EW_OK)
        code = to.gap(to.cookie, &gap, err);
    if (code == EW_OK)
        code = ew_case_person_named(c, "Vannak Lim", &p.person, err);
    if (code == EW_OK)
        code = ew_case_person_named(c, "V. Lim", &other, err);
    if (code == EW_OK)
        code = ew_case_merge_people(c, p.person, other, err);
    return code == EW_OK ? ew_case_add_position(c, &p, &id, err) : code;
}

static ew_code fill(ew_case *c, ew_err *err)
{
    ew_code code = EW_OK;
    for (int i = 0; i < EVENTS && code == EW_OK; i++) {
        int64_t event;
        ew_case_act act = {.kind = "test",
                           .item = 1,
                           .who = "Ann",
                           .detail = "{\"to\":\"x\"}",
                           .undoes = i >= 5 ? i - 2 : 0};
        code = ew_case_begin(c, &act, &event, err);
        if (code == EW_OK && i == 0)
            code = fill_item(c, err);
        if (code == EW_OK && i == 1)
            code = fill_records(c, err);
        if (code == EW_OK)
            code = ew_case_commit(c, err);
    }
    return code;
}

static void make_good(void)
{
    char path[128];
    ew_case *c = NULL;
    ew_err err;
    const char *base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    (void)snprintf(folder, sizeof folder, "%s/earwitness-fuzz-XXXXXX", base);
    if (mkdtemp(folder) == NULL || ew_case_create(folder, "t", &err) != EW_OK ||
        ew_case_open(&c, folder, true, 0, &err) != EW_OK || fill(c, &err) != EW_OK)
        abort();
    ew_case_close(c);
    ew_buf_init(&good, 8 << 20);
    (void)snprintf(path, sizeof path, "%s/case.db", folder);
    if (ew_file_get(path, &good, &err) != EW_OK)
        abort();
}

static void remove_folder(void)
{
    static const char *const names[] = {"case.db", "case.db-wal", "case.db-shm",
                                        "case.db-journal"};
    char path[128];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        (void)unlink(path);
    }
    (void)snprintf(path, sizeof path, "%s/originals", folder);
    (void)rmdir(path);
    (void)rmdir(folder);
    ew_buf_release(&good);
}

/* ------------------------------------------------------------------ a changed one */

static void put_changed(const uint8_t *data, size_t size)
{
    char path[128];
    uint8_t *db = ew_alloc(good.len);
    if (db == NULL)
        abort();
    memcpy(db, good.data, good.len);
    while (size > PIECE_HEAD) {
        size_t at = (data[0] | (size_t)data[1] << 8 | (size_t)data[2] << 16) % good.len;
        size_t n = data[3];
        n = n < size - PIECE_HEAD ? n : size - PIECE_HEAD;
        n = n < good.len - at ? n : good.len - at;
        memcpy(db + at, data + PIECE_HEAD, n);
        data += PIECE_HEAD + n;
        size -= PIECE_HEAD + n;
    }
    for (int i = 0; i < 3; i++) {
        static const char *const more[] = {"-wal", "-shm", "-journal"};
        (void)snprintf(path, sizeof path, "%s/case.db%s", folder, more[i]);
        (void)unlink(path);
    }
    (void)snprintf(path, sizeof path, "%s/case.db", folder);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, db, good.len) != (ssize_t)good.len || close(fd) != 0)
        abort();
    ew_free(db);
}

static void problem(void *cookie, const char *text)
{
    (void)cookie;
    (void)text;
}

/* What is made for programs must come out, or the error must be another than lack of memory. */
static void must_print(ew_obj o)
{
    ew_buf b;
    ew_err err;
    ew_buf_init(&b, 16 << 20);
    if (ew_obj_print(&o, &b, &err) == EW_E_NOMEM)
        abort();
    ew_buf_release(&b);
}

static void read_all(ew_case *c)
{
    ew_case_view v;
    ew_case_item_view i;
    ew_case_seen_events e;
    ew_err err;
    if (ew_case_view_load(c, "2026-11-01", true, &v, &err) == EW_OK) {
        must_print(ew_case_view_json(&v));
        ew_case_view_release(&v);
    }
    if (ew_case_item_view_load(c, 1, &i, &err) == EW_OK) {
        must_print(ew_case_item_view_json(&i));
        ew_case_item_view_release(&i);
    }
    if (ew_case_seen_events_load(c, 0, 0, &e, &err) == EW_OK) {
        for (size_t k = 0; k < e.n; k++)
            must_print(ew_case_event_json(&e.list[k]));
        ew_case_seen_events_release(&e);
    }
    ew_code code = ew_case_verify(c, problem, NULL, &err);
    (void)code;
}

static void write_some(ew_case *c)
{
    const ew_case_undo_how how = {.by = {"x", ""}, .all = true};
    ew_err err;
    for (int64_t event = EVENTS; event >= 1; event -= EVENTS - 1) {
        ew_code code = ew_ops_case_undo(c, event, &how, &err);
        (void)code;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ew_case *c = NULL;
    ew_err err;
    if (good.data == NULL) {
        make_good();
        (void)atexit(remove_folder);
    }
    put_changed(data, size);
    if (ew_case_open(&c, folder, false, 0, &err) == EW_OK)
        read_all(c);
    ew_case_close(c);
    c = NULL;
    if (ew_case_open(&c, folder, true, 0, &err) == EW_OK)
        write_some(c);
    ew_case_close(c);
    return 0;
}

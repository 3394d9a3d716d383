/* SPDX-License-Identifier: Apache-2.0 */
/* The desk: what it has sealed, and writing a bundle of a part of it. The passphrase comes with each request that
 * needs it, is used for that one and wiped. */
#include "serve/api_bundle.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/file.h"
#include "ops/jobs.h"
#include "ops/seal_json.h"
#include "ops/seal_list.h"
#include "serve/api_case.h"

enum { TEXT_MAX = 1 << 20, PASS_MAX = 1024, LOCK_WAIT_S = 5 };

/* ------------------------------------------------------------------ the desk */

ew_code ew_api_desk(ew_server *s, const ew_request *q, ew_reply *r, ew_err *err)
{
    char *dir = NULL;
    ew_buf policy;
    ew_obj o = ew_obj_new();
    (void)s;
    (void)q;
    ew_buf_init(&policy, TEXT_MAX);
    ew_code code = ew_desk_dir(NULL, &dir, err);
    bool there = code == EW_OK && ew_desk_exists(dir);
    ew_obj_str(&o, "schema", "earwitness.desk/1");
    ew_obj_bool(&o, "there", there);
    if (there)
        code = ew_desk_policy(dir, &policy, err);
    if (code == EW_OK && there)
        code = ew_buf_append(&policy, "", 1, err);
    if (code == EW_OK && there)
        ew_obj_str(&o, "policy", (const char *)policy.data);
    ew_buf_release(&policy);
    ew_free(dir);
    return ew_api_end(r, &o, code, err);
}

/* Deriving a key takes much memory: one at a time, which also slows down who guesses. */
static pthread_mutex_t opening = PTHREAD_MUTEX_INITIALIZER;

/* Wipes the passphrase where it came, and where jansson put it. */
static void wipe_request(const ew_request *q, const json_t *body)
{
    const char *pass = json_string_value(json_object_get(body, "passphrase"));
    if (pass != NULL)
        explicit_bzero((char *)(uintptr_t)pass, strlen(pass));
    if (q->body.n > 0)
        explicit_bzero((char *)(uintptr_t)q->body.p, q->body.n);
}

static ew_code open_desk(ew_server *s, const json_t *body, ew_desk *d, ew_err *err)
{
    const ew_wait wait = {.seconds = LOCK_WAIT_S, .stop = s->o->stop};
    const char *given = ew_api_text(body, "passphrase");
    char *dir = NULL;
    bool right = false;
    ew_secret pass;
    size_t n = given != NULL ? strlen(given) : 0;
    if (n == 0 || n > PASS_MAX)
        return ew_fail(err, EW_E_ARG, 0, "the passphrase of the desk is needed");
    ew_code code = ew_secret_init(&pass, PASS_MAX, err);
    if (code != EW_OK)
        return code;
    memcpy(pass.bytes, given, n);
    pass.n = n;
    code = ew_desk_dir(NULL, &dir, err);
    if (code == EW_OK)
        code = ew_desk_open_with(d, dir, &pass, &wait, &right, err);
    if (code == EW_OK && !right)
        code = ew_fail(err, EW_E_ARG, 0, "the passphrase is wrong");
    ew_secret_release(&pass);
    ew_free(dir);
    return code;
}

ew_code ew_api_desk_open(ew_server *s, const ew_request *q, json_t **body, ew_desk *d,
                         ew_err *err)
{
    ew_code code = ew_api_body(q, body, err);
    pthread_mutex_lock(&opening);
    if (code == EW_OK)
        code = open_desk(s, *body, d, err);
    wipe_request(q, *body);
    if (code != EW_OK)
        pthread_mutex_unlock(&opening);
    return code;
}

void ew_api_desk_close(ew_desk *d)
{
    ew_desk_close(d);
    pthread_mutex_unlock(&opening);
}

/* ------------------------------------------------------------------ shared */

ew_code ew_api_sent(ew_server *s, const json_t *body, const char *key, char **path,
                    uint8_t sha256[EW_SHA256_BYTES], ew_err *err)
{
    const char *hex = ew_api_text(body, key);
    *path = NULL;
    if (hex == NULL)
        return EW_OK;
    if (strlen(hex) != EW_SHA256_HEX || ew_unhex(hex, sha256, EW_SHA256_BYTES) != 0)
        return ew_fail(err, EW_E_ARG, 0, "a file is named by its SHA-256");
    return ew_jobs_file(s->jobs, sha256, path, err);
}

json_t *ew_api_line(const ew_preview *p)
{
    ew_obj o = {ew_preview_json(p)};
    if (p->from >= 0) {
        ew_obj_real(&o, "from", p->from, 6);
        ew_obj_real(&o, "to", p->to, 6);
    }
    if (p->partly)
        ew_obj_bool(&o, "partly", true);
    return o.json;
}

ew_code ew_api_stretch(const ew_request *q, uint64_t *from, uint64_t *count, ew_err *err)
{
    double n[2];
    ew_code code = ew_request_number(q, "from", 0, 1e15, &n[0], err);
    if (code == EW_OK)
        code = ew_request_number(q, "count", 100, 1e9, &n[1], err);
    if (code != EW_OK)
        return code;
    *from = (uint64_t)n[0];
    *count = (uint64_t)n[1];
    return EW_OK;
}

ew_code ew_api_folder(const ew_server *s, char **dir, ew_err *err)
{
    *dir = ew_path_join(s->o->work, "bundle-XXXXXX");
    if (*dir == NULL)
        return ew_fail_nomem(err);
    if (mkdtemp(*dir) != NULL)
        return EW_OK;
    ew_free(*dir);
    *dir = NULL;
    return ew_fail_sys(err, errno, "cannot make a folder for the bundle");
}

void ew_api_folder_remove(const char *dir)
{
    const struct dirent *e;
    DIR *d = dir != NULL ? opendir(dir) : NULL;
    while (d != NULL && (e = readdir(d)) != NULL)
        (void)unlinkat(dirfd(d), e->d_name, 0);
    if (d != NULL)
        (void)closedir(d);
    if (dir != NULL)
        (void)rmdir(dir);
}

/* ------------------------------------------------------------------ disclose */

static void add_line(void *cookie, const ew_preview *p)
{
    json_t **list = cookie;
    ew_list_add(list, ew_preview_json(p));
}

static ew_code preview(const ew_desk *d, ew_disclosure *what, ew_obj *o, ew_err *err)
{
    json_t *lines = json_array();
    ew_disclosed done;
    what->preview = add_line;
    what->cookie = &lines;
    ew_code code = ew_ops_disclose(d, what, &done, err);
    if (code != EW_OK) {
        json_decref(lines);
        return code;
    }
    ew_obj_str(o, "item", done.hex);
    ew_obj_int(o, "parts", (int64_t)done.stream.n);
    ew_obj_int(o, "shown", (int64_t)done.shown);
    ew_obj_set(o, "preview", lines);
    ew_disclosed_release(&done);
    return EW_OK;
}

static const char *published_name(const char *splitter)
{
    static const char *const known[][2] = {{"grid", "published.wav"},
                                           {"mp3-frame", "published.mp3"},
                                           {"aac-frame", "published.aac"},
                                           {"ogg-page", "published.ogg"}};
    for (size_t i = 0; i < EW_COUNT(known); i++)
        if (strcmp(known[i][0], splitter) == 0)
            return known[i][1];
    return "published.txt";
}

/* What was published gets the name of what it is, which is known only now. */
static ew_code name_published(const char *dir, const ew_disclosed *done, const char *was,
                              ew_err *err)
{
    char *path =
        was != NULL
            ? ew_path_join(dir, published_name(ew_splitter_name(done->stream.splitter)))
            : NULL;
    ew_code code = was == NULL || path != NULL ? EW_OK : ew_fail_nomem(err);
    if (path != NULL && rename(was, path) != 0)
        code = ew_fail_sys(err, errno, "cannot name '%s'", path);
    ew_free(path);
    return code;
}

/* The names that files get: the item's beginning, and what they are. */
static ew_code name_outputs(const char *dir, ew_disclosure *what, const json_t *body,
                            char *paths[2], ew_err *err)
{
    paths[0] = what->members ? ew_strdup(dir) : ew_path_join(dir, "bundle.ewb");
    what->out = paths[0];
    if (json_is_true(json_object_get(body, "published"))) {
        paths[1] = ew_path_join(dir, "published");
        what->published = paths[1];
        what->filler = ew_api_text(body, "filler");
    }
    return what->out != NULL && (what->published != NULL || paths[1] == NULL)
               ? EW_OK
               : ew_fail_nomem(err);
}

static void tell_done(const ew_disclosed *done, ew_obj *o)
{
    ew_obj_str(o, "item", done->hex);
    ew_obj_int(o, "parts", (int64_t)done->stream.n);
    ew_obj_int(o, "shown", (int64_t)done->shown);
    ew_obj_int(o, "bundles", (int64_t)done->bundles);
    ew_obj_int(o, "events", (int64_t)done->events);
    ew_obj_int(o, "events_left_out", (int64_t)done->events_left_out);
}

/* One request, and its answer. */
typedef struct order {
    ew_server *s;
    const json_t *body;
    const ew_desk *d;
    ew_obj *o;
    ew_reply *r;
} order;

/* Made in a folder of its own, sent, and gone: what was disclosed is the browser's to keep. */
static ew_code write_bundle(const order *q, ew_disclosure *what, ew_err *err)
{
    ew_disclosed done;
    char *dir = NULL;
    char *paths[2] = {NULL, NULL};
    bool keep = json_is_true(json_object_get(q->body, "keep"));
    ew_code code = ew_api_folder(q->s, &dir, err);
    if (code == EW_OK && !keep &&
        (what->members || json_is_true(json_object_get(q->body, "published"))))
        code = ew_fail(err, EW_E_ARG, 0, "several files can only be kept, and fetched");
    if (code == EW_OK)
        code = name_outputs(dir, what, q->body, paths, err);
    if (code == EW_OK)
        code = ew_ops_disclose(q->d, what, &done, err);
    if (code == EW_OK) {
        tell_done(&done, q->o);
        code = name_published(dir, &done, what->published, err);
        ew_disclosed_release(&done);
    }
    if (code == EW_OK)
        code = keep ? ew_api_made_keep(q->s, dir, q->o, err)
                    : ew_api_made_send(dir, q->r, err);
    else
        ew_api_folder_remove(dir);
    ew_free(dir);
    ew_free(paths[0]);
    ew_free(paths[1]);
    return code;
}

static ew_code add_item(void *cookie, const ew_sealed_item *i, ew_err *err)
{
    json_t **list = cookie;
    ew_obj o = ew_obj_new();
    (void)err;
    ew_obj_str(&o, "item", i->hex);
    ew_obj_str(&o, "name", i->name);
    ew_obj_bool(&o, "logged", i->logged);
    ew_obj_bool(&o, "burned", i->burned);
    ew_obj_str(&o, "path", i->path);
    ew_obj_str(&o, "splitter", i->splitter);
    ew_obj_int(&o, "parts", (int64_t)i->parts);
    ew_obj_bool(&o, "there", i->there);
    if (i->logged)
        ew_obj_int(&o, "entry", (int64_t)i->entry);
    ew_list_add(list, o.json);
    return EW_OK;
}

static ew_code read_mark(const char *hex, uint8_t mark[EW_CHOICE_MARK], ew_err *err)
{
    if (hex == NULL ||
        (strlen(hex) == 2 * EW_CHOICE_MARK && ew_unhex(hex, mark, EW_CHOICE_MARK) == 0))
        return EW_OK;
    return ew_fail(err, EW_E_ARG, 0, "this is not the mark of a choice");
}

/* Without an item: which there are. file: where it is now, or NULL. */
static ew_code work(const order *q, const char *file, ew_err *err)
{
    json_t *items = NULL;
    uint8_t expected[EW_CHOICE_MARK];
    uint8_t events[EW_CHOICE_MARK];
    const char *mark = ew_api_text(q->body, "expected");
    const char *said = ew_api_text(q->body, "expected_events");
    ew_disclosure what = {.item = ew_api_text(q->body, "item"),
                          .show = ew_api_text(q->body, "show"),
                          .hide = ew_api_text(q->body, "hide"),
                          .meta = ew_api_text(q->body, "meta"),
                          .file = file,
                          .members = json_is_true(json_object_get(q->body, "members")),
                          .custody = json_is_true(json_object_get(q->body, "custody"))};
    if (what.item == NULL) {
        items = json_array();
        ew_code code = ew_ops_sealed(q->d, add_item, &items, err);
        ew_obj_set(q->o, "items", items);
        return code;
    }
    if (what.show == NULL && what.hide == NULL)
        return ew_fail(err, EW_E_ARG, 0, "say what to show or what to hide");
    ew_code code = read_mark(mark, expected, err);
    if (code == EW_OK)
        code = read_mark(said, events, err);
    if (code != EW_OK)
        return code;
    what.expected = mark != NULL ? expected : NULL;
    what.expected_events = said != NULL ? events : NULL;
    return json_is_true(json_object_get(q->body, "write"))
               ? write_bundle(q, &what, err)
               : preview(q->d, &what, q->o, err);
}

ew_code ew_api_disclose(ew_server *s, const ew_request *q, ew_reply *r, ew_err *err)
{
    json_t *body = NULL;
    char *file = NULL;
    uint8_t sha256[EW_SHA256_BYTES];
    ew_desk d = {0};
    ew_obj o = ew_obj_new();
    ew_obj_str(&o, "schema", "earwitness.disclose-preview/1");
    ew_code code = ew_api_desk_open(s, q, &body, &d, err);
    if (code == EW_OK) {
        code = ew_api_sent(s, body, "file", &file, sha256, err);
        if (code == EW_OK)
            code = work(&(order){s, body, &d, &o, r}, file, err);
        ew_api_desk_close(&d);
    }
    ew_free(file);
    json_decref(body);
    if (code == EW_OK && r->file == 0)
        return ew_api_reply(r, &o, err);
    ew_obj_release(&o);
    return code;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What is held between two requests. A sound that was decoded for something held goes with it; a mark in the work
 * folder sees to it when the program is killed. */
#include "serve/held.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/file.h"
#include "ops/jobs.h"
#include "ops/sounds.h"

enum { HELD_MAX = EW_HELD_KINDS * EW_HELD_EACH, GOING_MAX = 32 };

typedef struct seat {
    ew_held_thing t; /* what == NULL: free */
    char name[EW_TOKEN_TEXT];
    time_t used;
    unsigned users; /* who have it or wait for it */
    bool gone;      /* nobody finds it any more; the last user lets go of it */
    bool busy;      /* somebody has it */
} seat;

struct ew_held {
    pthread_mutex_t lock;
    pthread_cond_t free;
    seat seats[HELD_MAX];
    struct ew_sounds *sounds;
    char *work;
    uint8_t going[GOING_MAX]
                 [EW_SHA256_BYTES]; /* sounds that go as soon as they are decoded */
    size_t going_count;
};

static time_t now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec;
}

ew_code ew_held_new(ew_held **out, struct ew_sounds *sounds, const char *work,
                    ew_err *err)
{
    ew_held *h = ew_alloc(sizeof *h);
    *out = NULL;
    if (h == NULL)
        return ew_fail_nomem(err);
    h->work = ew_strdup(work);
    h->sounds = sounds;
    if (h->work == NULL) {
        ew_free(h);
        return ew_fail_nomem(err);
    }
    (void)pthread_mutex_init(&h->lock, NULL);
    (void)pthread_cond_init(&h->free, NULL);
    *out = h;
    return EW_OK;
}

/* ------------------------------------------------------------------ sounds */

/* "look-<hash>": see ew_job_sweep. */
static char *mark_path(const ew_held *h, const uint8_t sha256[EW_SHA256_BYTES])
{
    char name[sizeof EW_JOBS_LOOK + EW_SHA256_HEX];
    memcpy(name, EW_JOBS_LOOK, sizeof EW_JOBS_LOOK);
    ew_hex(sha256, EW_SHA256_BYTES, name + sizeof EW_JOBS_LOOK - 1);
    return ew_path_join(h->work, name);
}

static ew_code mark_sound(const ew_held *h, const ew_held_thing *t, ew_err *err)
{
    if (t->sha256 == NULL)
        return EW_OK;
    char *path = mark_path(h, t->sha256);
    ew_code code = path != NULL ? ew_file_put(path, "", 0, err) : ew_fail_nomem(err);
    ew_free(path);
    return code;
}

static const seat *with_sound(const ew_held *h, const uint8_t sha256[EW_SHA256_BYTES])
{
    for (size_t i = 0; i < HELD_MAX; i++) {
        const ew_held_thing *t = &h->seats[i].t;
        if (t->what != NULL && t->sha256 != NULL &&
            memcmp(t->sha256, sha256, EW_SHA256_BYTES) == 0)
            return &h->seats[i];
    }
    return NULL;
}

static bool is_left(const ew_held *h, const uint8_t sha256[EW_SHA256_BYTES])
{
    char hex[EW_SHA256_HEX + 1];
    ew_hex(sha256, EW_SHA256_BYTES, hex);
    char *dir = ew_path_join(h->work, "sounds");
    char *path = dir != NULL ? ew_path_join(dir, hex) : NULL;
    bool left = path == NULL || access(path, F_OK) == 0;
    ew_free(path);
    ew_free(dir);
    return left;
}

/* False: it is still there, since it is being made. Its mark goes after it. */
static bool is_gone(const ew_held *h, const uint8_t sha256[EW_SHA256_BYTES])
{
    char *path = is_left(h, sha256) ? NULL : mark_path(h, sha256);
    if (path != NULL)
        (void)unlink(path);
    ew_free(path);
    return path != NULL;
}

/* The seat is free already. */
static void forget_sound(ew_held *h, const uint8_t sha256[EW_SHA256_BYTES])
{
    if (with_sound(h, sha256) != NULL)
        return;
    ew_sounds_forget(h->sounds, sha256);
    if (!is_gone(h, sha256) && h->going_count < GOING_MAX)
        memcpy(h->going[h->going_count++], sha256, EW_SHA256_BYTES);
}

static void look_after(ew_held *h)
{
    for (size_t i = h->going_count; i-- > 0;)
        if (with_sound(h, h->going[i]) != NULL || is_gone(h, h->going[i]))
            memmove(h->going[i], h->going[--h->going_count], EW_SHA256_BYTES);
}

char *ew_held_sound(ew_held *h, const uint8_t sha256[EW_SHA256_BYTES])
{
    pthread_mutex_lock(&h->lock);
    const seat *s = with_sound(h, sha256);
    char *path = s != NULL ? ew_strdup(s->t.path) : NULL;
    pthread_mutex_unlock(&h->lock);
    return path;
}

/* ------------------------------------------------------------------ seats */

/* Nobody has it. */
static void let_go(ew_held *h, seat *s)
{
    ew_held_thing t = s->t;
    uint8_t sha256[EW_SHA256_BYTES] = {0};
    if (t.sha256 != NULL)
        memcpy(sha256, t.sha256, sizeof sha256);
    memset(s, 0, sizeof *s);
    t.drop(t.what);
    if (t.sha256 != NULL)
        forget_sound(h, sha256);
}

static void retire(ew_held *h, seat *s)
{
    s->gone = true;
    if (s->users == 0)
        let_go(h, s);
}

void ew_held_tidy(ew_held *h)
{
    pthread_mutex_lock(&h->lock);
    for (size_t i = 0; i < HELD_MAX; i++) {
        seat *s = &h->seats[i];
        if (s->t.what != NULL && !s->gone && s->users == 0 &&
            now() - s->used > EW_HELD_SECONDS)
            retire(h, s);
    }
    look_after(h);
    pthread_mutex_unlock(&h->lock);
}

/* A free seat for one of a kind; the oldest makes room. NULL: all are busy. */
static seat *find_seat(ew_held *h, ew_held_kind kind)
{
    seat *oldest = NULL;
    seat *mine = h->seats + (size_t)kind * EW_HELD_EACH;
    for (seat *s = mine; s < mine + EW_HELD_EACH; s++) {
        if (s->t.what == NULL)
            return s;
        if (s->users == 0 && (oldest == NULL || s->used < oldest->used))
            oldest = s;
    }
    if (oldest != NULL)
        let_go(h, oldest);
    return oldest;
}

/* Names are as hard to guess as keys of sessions. */
static ew_code make_name(char name[EW_TOKEN_TEXT], ew_err *err)
{
    uint8_t bytes[EW_TOKEN_BYTES];
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        return ew_fail_sys(err, errno, "no random numbers");
    ew_hex(bytes, sizeof bytes, name);
    return EW_OK;
}

ew_code ew_held_put(ew_held *h, const ew_held_thing *t, char name[EW_TOKEN_TEXT],
                    ew_err *err)
{
    ew_code code = make_name(name, err);
    pthread_mutex_lock(&h->lock);
    seat *s = code == EW_OK ? find_seat(h, t->kind) : NULL;
    if (code == EW_OK && s == NULL)
        code = ew_fail(err, EW_E_BUSY, 0, "too many of these are in use");
    if (code == EW_OK)
        code = mark_sound(h, t, err);
    if (code == EW_OK) {
        *s = (seat){.t = *t, .used = now()};
        memcpy(s->name, name, sizeof s->name);
    }
    pthread_mutex_unlock(&h->lock);
    if (code != EW_OK)
        t->drop(t->what);
    return code;
}

/* Takes as long wherever they differ. */
static bool same_name(const char *a, ew_slice b)
{
    unsigned differ = 0;
    if (b.n != EW_TOKEN_TEXT - 1)
        return false;
    for (size_t i = 0; i < b.n; i++)
        differ |= (unsigned)(a[i] ^ b.p[i]);
    return differ == 0;
}

static seat *find(ew_held *h, ew_held_kind kind, ew_slice name)
{
    seat *mine = h->seats + (size_t)kind * EW_HELD_EACH;
    for (seat *s = mine; s < mine + EW_HELD_EACH; s++)
        if (s->t.what != NULL && !s->gone && same_name(s->name, name))
            return s;
    return NULL;
}

static ew_code none(ew_err *err)
{
    return ew_fail(err, EW_E_NOTFOUND, 0, "this is not held any more; open it again");
}

ew_code ew_held_take(ew_held *h, ew_held_kind kind, ew_slice name, void **what,
                     ew_err *err)
{
    pthread_mutex_lock(&h->lock);
    seat *s = find(h, kind, name);
    if (s != NULL) {
        s->users++;
        while (s->busy)
            (void)pthread_cond_wait(&h->free, &h->lock);
        s->busy = true;
        s->used = now();
        *what = s->t.what;
    }
    pthread_mutex_unlock(&h->lock);
    return s != NULL ? EW_OK : none(err);
}

void ew_held_give(ew_held *h, void *what)
{
    pthread_mutex_lock(&h->lock);
    for (size_t i = 0; i < HELD_MAX && what != NULL; i++) {
        seat *s = &h->seats[i];
        if (s->t.what != what)
            continue;
        s->busy = false;
        s->users--;
        s->used = now();
        if (s->gone && s->users == 0)
            let_go(h, s);
        break;
    }
    pthread_cond_broadcast(&h->free);
    pthread_mutex_unlock(&h->lock);
}

ew_code ew_held_remove(ew_held *h, ew_held_kind kind, ew_slice name, ew_err *err)
{
    pthread_mutex_lock(&h->lock);
    seat *s = find(h, kind, name);
    if (s != NULL)
        retire(h, s);
    pthread_mutex_unlock(&h->lock);
    return s != NULL ? EW_OK : none(err);
}

void ew_held_free(ew_held *h)
{
    if (h == NULL)
        return;
    for (size_t i = 0; i < HELD_MAX; i++)
        if (h->seats[i].t.what != NULL)
            let_go(h, &h->seats[i]);
    (void)pthread_cond_destroy(&h->free);
    (void)pthread_mutex_destroy(&h->lock);
    ew_free(h->work);
    ew_free(h);
}

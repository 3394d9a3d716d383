/* SPDX-License-Identifier: Apache-2.0 */
/* What is told of a picture. */
#ifndef EW_TEST_TOLD_PICTURE_H
#define EW_TEST_TOLD_PICTURE_H

#include "import/picture.h"

#include <stdio.h>

#include "base/alloc.h"
#include "import/picture_look.h"
#include "made_picture.h"

/* ------------------------------------------------------------------ what is told */

enum { TEXT = 1 << 20 };

typedef struct heard {
    char *text; /* "name: value", "!name: value" when odd, one a line */
    size_t n;
    const made *file;
    bool places; /* tell them */
} heard;

static inline ew_code take_fact(void *cookie, const ew_picture_fact *f, ew_err *err)
{
    heard *h = cookie;

    (void)err;
    assert_true(f->place.at <= h->file->n && f->place.bytes <= h->file->n - f->place.at);
    assert_true(h->n + f->name.n + f->value.n + 60 < TEXT);
    h->n +=
        (size_t)snprintf(h->text + h->n, TEXT - h->n, "%s%.*s: %.*s\n", f->odd ? "!" : "",
                         (int)f->name.n, f->name.p, (int)f->value.n, f->value.p);
    if (h->places && f->place.at > 0 && f->place.bytes > 0)
        assert_memory_equal(h->file->p + f->place.at, f->value.p, f->value.n);
    return EW_OK;
}

static inline ew_code take_remark(void *cookie, const ew_remark *r, ew_err *err)
{
    heard *h = cookie;

    (void)err;
    h->n += (size_t)snprintf(h->text + h->n, TEXT - h->n, "remark %.*s\n", (int)r->text.n,
                             r->text.p);
    return EW_OK;
}

/* The whole file is one of these pictures, everything else the other. */
typedef struct shown {
    uint32_t width, height;
    uint8_t (*at)(uint32_t x, uint32_t y);
} shown;

typedef struct eyes {
    size_t whole;
    shown picture, thumb;
    ew_code picture_code;
} eyes;

static inline ew_code see(void *cookie, ew_slice bytes, ew_picture *out, ew_err *err)
{
    const eyes *e = cookie;
    const shown *s = bytes.n == e->whole ? &e->picture : &e->thumb;

    *out = (ew_picture){.width = s->width, .height = s->height};
    if (bytes.n == e->whole && e->picture_code != EW_OK)
        return e->picture_code;
    out->luma = ew_alloc_array(s->width, s->height);
    if (out->luma == NULL)
        return EW_E_NOMEM;
    (void)err;
    for (uint32_t y = 0; y < s->height; y++)
        for (uint32_t x = 0; x < s->width; x++)
            out->luma[(size_t)y * s->width + x] = s->at(x, y);
    return EW_OK;
}

static inline char *tell(const made *m, eyes *e, bool places)
{
    char *dir = test_dir_new();
    heard h = {.text = malloc(TEXT), .file = m, .places = places};
    ew_delivery *d = NULL;
    ew_err err;
    ew_import_sink sink = {.cookie = &h, .picture = take_fact, .remark = take_remark};
    ew_import_opts opts = {.format = EW_IMPORT_AUTO};

    assert_non_null(h.text);
    h.text[0] = 0;
    if (e != NULL) {
        e->whole = m->n;
        opts.decode = see;
        opts.decode_cookie = e;
    }
    test_file_put(test_path(dir, "a"), m->p, m->n);
    if (ew_delivery_open(&d, test_path(dir, "a"), &err) != EW_OK ||
        ew_import_run(d, &opts, &sink, &err) != EW_OK)
        fail_msg("%s", err.text);
    ew_delivery_close(d);
    test_dir_remove(dir);
    return h.text;
}

static inline void must_say(const char *text, const char *line)
{
    const size_t n = strlen(line);

    for (const char *at = text; (at = strstr(at, line)) != NULL; at++)
        if ((at == text || at[-1] == '\n') && at[n] == '\n')
            return;
    fail_msg("'%s' is missing in:\n%s", line, text);
}

static inline void must_not_say(const char *text, const char *words)
{
    if (strstr(text, words) != NULL)
        fail_msg("'%s' is in:\n%s", words, text);
}

/* ------------------------------------------------------------------ EXIF */

static inline void usual(made_dir *main, made_dir *exif, made_dir *gps)
{
    const uint32_t lat[] = {52, 30, 36}, lon[] = {13, 24, 0}, time[] = {8, 0, 10};
    const uint32_t alt[] = {345};

    made_text(main, 0x010F, "Kamera & Co");
    made_text(main, 0x0110, "X\xC3\xA4 1");
    made_short(main, 0x0112, 1);
    made_text(main, 0x0131, "Firmware 1.2");
    made_text(main, 0x0132, "2024:05:06 10:00:05");
    made_text(main, 0x013B, "Ann Example");
    made_entry(main, 0x9C9B, 1, 12, "T\0\xE4\0\x3D\xD8\0\xDE.\0\0\0");
    made_text(exif, 0x9003, "2024:05:06 10:00:00");
    made_text(exif, 0x9004, "2024:05:06 10:00:00");
    made_text(exif, 0x9011, "+02:00");
    made_entry(exif, 0x927C, 7, 20, "MakerNoteMakerNote..");
    made_entry(exif, 0x9286, 7, 13, "ASCII\0\0\0hello");
    made_long(exif, 0xA002, 640);
    made_long(exif, 0xA003, 480);
    made_text(exif, 0xA430, "Owner \xFF Name");
    made_text(exif, 0xA431, "SN-0042");
    made_text(exif, 0xA434, "Lens 50 mm");
    made_text(exif, 0xA435, "L-7");
    made_text(gps, 1, "S");
    made_fractions(gps, 2, lat, 3, 1);
    made_text(gps, 3, "E");
    made_fractions(gps, 4, lon, 3, 1);
    made_fractions(gps, 6, alt, 1, 10);
    made_fractions(gps, 7, time, 3, 1);
    made_text(gps, 0x1D, "2024:05:06");
}

#endif

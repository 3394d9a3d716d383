/* SPDX-License-Identifier: Apache-2.0 */
/* What is seen on a picture: its hash, and whether its thumbnails show it. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "import/pdq.h"
#include "import/picture_facts.h"
#include "import/picture_look.h"

/* The row and column of the stored picture that is seen at (x, y) when EXIF's orientation is obeyed. */
static size_t stored_at(const ew_picture *p, unsigned o, size_t x, size_t y)
{
    const size_t w = p->width, h = p->height;

    switch (o) {
    case 2:
        return y * w + (w - 1 - x);
    case 3:
        return (h - 1 - y) * w + (w - 1 - x);
    case 4:
        return (h - 1 - y) * w + x;
    case 5:
        return x * w + y;
    case 6:
        return (h - 1 - x) * w + y;
    case 7:
        return (h - 1 - x) * w + (w - 1 - y);
    case 8:
        return x * w + (w - 1 - y);
    default:
        return y * w + x;
    }
}

/* The hash of the picture as it is shown. */
static ew_code hash_of(const ew_picture *p, unsigned o, ew_pdq_of *out, ew_err *err)
{
    const uint32_t w = o >= 5 ? p->height : p->width, h = o >= 5 ? p->width : p->height;
    uint8_t *upright;
    ew_code rc;

    if (o <= 1)
        return ew_pdq_make(out, p->luma, w, h, err);
    upright = ew_alloc_array(w, h);
    if (upright == NULL)
        return ew_fail_nomem(err);
    for (size_t y = 0; y < h; y++)
        for (size_t x = 0; x < w; x++)
            upright[y * w + x] = p->luma[stored_at(p, o, x, y)];
    rc = ew_pdq_make(out, upright, w, h, err);
    ew_free(upright);
    return rc;
}

static ew_code say_hash(ew_photo *p, ew_span_of where, const ew_picture *seen,
                        bool of_thumb, ew_err *err)
{
    char hash[EW_PDQ_TEXT], all[EW_PDQ_TURNS * (EW_PDQ_TEXT + 20)] = "";
    unsigned o = p->orientation >= 1 && p->orientation <= 8 ? p->orientation : 1;
    size_t used = 0;
    ew_pdq_of pdq;
    ew_code rc;

    rc = hash_of(seen, o, &pdq, err);
    if (rc != EW_OK)
        return rc;
    ew_pdq_write(&pdq.turned[EW_PDQ_AS_IS], hash);
    rc = ew_photo_say(p, where, of_thumb ? "thumbnail pdq" : "pdq", err,
                      "%s quality %d%s", hash, pdq.quality,
                      pdq.quality < EW_PDQ_RELIABLE ? " (unreliable)" : "");
    for (ew_pdq_turn t = EW_PDQ_LEFT; t < EW_PDQ_TURNS; t++) {
        ew_pdq_write(&pdq.turned[t], hash);
        used += (size_t)snprintf(all + used, sizeof all - used, "%s%s %s",
                                 used > 0 ? ", " : "", ew_pdq_turn_name(t), hash);
    }
    return rc == EW_OK && !of_thumb ? ew_photo_say(p, where, "pdq turned", err, "%s", all)
                                    : rc;
}

static ew_code say_look(ew_photo *p, ew_span_of where, const ew_look *l,
                        const ew_picture *thumb, ew_err *err)
{
    if (l->flat)
        return ew_photo_say(p, where, "ThumbnailMatch", err,
                            "too little to see for a comparison");
    if (l->other_shape)
        return ew_photo_odd(p, where, "ThumbnailMatch", err,
                            "of another shape than the picture: %u x %u", thumb->width,
                            thumb->height);
    if (l->turn != EW_PDQ_AS_IS)
        return ew_photo_odd(p, where, "ThumbnailMatch", err,
                            "shows the picture turned or mirrored (%s), likeness %.3f",
                            ew_pdq_turn_name(l->turn), l->likeness);
    if (l->likeness * 1000 < EW_LOOK_LIKENESS)
        return ew_photo_odd(p, where, "ThumbnailMatch", err,
                            "shows another picture, or another part of it: likeness %.3f",
                            l->likeness);
    if (l->local > EW_LOOK_LOCAL)
        return ew_photo_odd(p, where, "ThumbnailMatch", err,
                            "shows something else %.0f %% from the left and %.0f %% from "
                            "the top, as stored: %.0f of 255 apart, likeness %.3f",
                            100 * l->x, 100 * l->y, l->local, l->likeness);
    return ew_photo_say(p, where, "ThumbnailMatch", err,
                        "shows the picture: likeness %.3f, at most %.0f of 255 apart%s",
                        l->likeness, l->local, l->bars ? ", with bars" : "");
}

/* Only the end of memory ends an import. */
static ew_code decode(ew_photo *p, ew_span_of where, ew_picture *out, bool *done,
                      ew_err *err)
{
    const ew_slice bytes = {p->file.p + where.at, where.n};
    ew_err why = {0};
    ew_code rc = p->opts->decode(p->opts->decode_cookie, bytes, out, &why);

    *done = rc == EW_OK;
    if (rc == EW_E_NOMEM || rc == EW_E_CANCELLED) {
        if (err != NULL)
            *err = why;
        return rc;
    }
    if (rc == EW_OK)
        return EW_OK;
    if (where.n == p->file.n && p->sink->remark != NULL) {
        const ew_remark r = {.place = {p->member, where.at, where.n},
                             .text = ew_slice_of(why.text)};
        return p->sink->remark(p->sink->cookie, &r, err);
    }
    return where.n != p->file.n && rc == EW_E_FORMAT
               ? ew_photo_odd(p, where, "ThumbnailMatch", err, "cannot be decoded")
               : EW_OK;
}

static ew_code see_thumb(ew_photo *p, ew_span_of where, const ew_picture *picture,
                         ew_err *err)
{
    ew_picture thumb;
    bool done;
    ew_look look;
    ew_code rc = decode(p, where, &thumb, &done, err);

    if (rc != EW_OK || !done)
        return rc;
    rc = ew_photo_say(p, where, "ThumbnailSize", err, "%u x %u", thumb.width,
                      thumb.height);
    if (rc == EW_OK && picture != NULL) {
        look = ew_look_compare(picture, &thumb);
        rc = say_look(p, where, &look, &thumb, err);
    }
    if (rc == EW_OK)
        rc = say_hash(p, where, &thumb, true, err);
    ew_picture_release(&thumb);
    return rc;
}

static ew_code see_picture(ew_photo *p, const ew_picture *picture, ew_err *err)
{
    const ew_span_of all = {0, p->file.n};
    ew_code rc = EW_OK;

    if (p->width > 0 && (p->width != picture->width || p->height != picture->height))
        rc = ew_photo_odd(p, all, "Size", err,
                          "the header says %u x %u, there are %u x %u", p->width,
                          p->height, picture->width, picture->height);
    if (rc == EW_OK && picture->damaged > 0)
        rc = ew_photo_odd(p, all, "Damage", err, "not all of it could be decoded");
    return rc == EW_OK ? say_hash(p, all, picture, false, err) : rc;
}

ew_code ew_photo_seen(ew_photo *p, ew_err *err)
{
    ew_picture picture = {0};
    bool done = false;
    ew_code rc;

    if (p->opts == NULL || p->opts->decode == NULL)
        return EW_OK;
    rc = decode(p, (ew_span_of){0, p->file.n}, &picture, &done, err);
    if (rc == EW_OK && done)
        rc = see_picture(p, &picture, err);
    for (size_t i = 0; i < p->thumbs && rc == EW_OK; i++)
        rc = see_thumb(p, p->thumb[i], done ? &picture : NULL, err);
    if (done)
        ew_picture_release(&picture);
    return rc;
}

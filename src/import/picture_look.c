/* SPDX-License-Identifier: Apache-2.0 */
/* A thumbnail against its picture. Limits were measured: docs/formats/import.md. */
#include "import/picture_look.h"

#include <math.h>
#include <string.h>

enum { N = EW_LOOK_CELLS, BAR_DEVIATION = 8 };

/* Part of the sides' ratio by which a thumbnail's shape may be off: sides are whole pixels, and cameras
 * round them to 8 or 16. */
static const double shape_slack = 0.05;

typedef struct region {
    double x, y, w, h; /* in pixels */
} region;

typedef struct cells {
    double v[N][N];
} cells;

/* Adds one row of pixels, `part` of it, to a row of cells. */
static void add_row(const ew_picture *p, const region *r, uint32_t y, double part,
                    double row[N])
{
    const uint8_t *in = p->luma + (size_t)y * p->width;
    const double step = r->w / N;

    for (int i = 0; i < N; i++) {
        const double from = r->x + i * step, to = from + step;
        double sum = 0;

        for (uint32_t x = (uint32_t)from; x < p->width && (double)x < to; x++) {
            const double a = (double)x > from ? (double)x : from;
            const double b = (double)x + 1 < to ? (double)x + 1 : to;

            sum += (b - a) * in[x];
        }
        row[i] += part * sum;
    }
}

static void shrink(const ew_picture *p, const region *r, cells *out)
{
    const double step = r->h / N;

    memset(out, 0, sizeof *out);
    for (int i = 0; i < N; i++) {
        const double from = r->y + i * step, to = from + step;

        for (uint32_t y = (uint32_t)from; y < p->height && (double)y < to; y++) {
            const double a = (double)y > from ? (double)y : from;
            const double b = (double)y + 1 < to ? (double)y + 1 : to;

            add_row(p, r, y, b - a, out->v[i]);
        }
        for (int k = 0; k < N; k++)
            out->v[i][k] /= step * r->w / N;
    }
}

/* Of brightness, and its mean. */
static double deviation(const cells *c, double *mean)
{
    double sum = 0, squares = 0;

    for (int i = 0; i < N * N; i++) {
        sum += c->v[i / N][i % N];
        squares += c->v[i / N][i % N] * c->v[i / N][i % N];
    }
    *mean = sum / (N * N);
    squares = squares / (N * N) - *mean * *mean;
    return squares > 0 ? sqrt(squares) : 0;
}

/* A rectangle of one colour. */
static bool is_bar(const ew_picture *p, double x, double y, double w, double h)
{
    double sum = 0, squares = 0, n = 0;

    for (uint32_t j = (uint32_t)y; (double)j + 1 <= y + h && j < p->height; j++)
        for (uint32_t i = (uint32_t)x; (double)i + 1 <= x + w && i < p->width; i++) {
            const double v = p->luma[(size_t)j * p->width + i];

            sum += v;
            squares += v * v;
            n++;
        }
    return n > 0 && squares / n - sum / n * (sum / n) < BAR_DEVIATION * BAR_DEVIATION;
}

/* Where a picture with sides of this ratio stands in the thumbnail; false: nowhere. */
static bool place(const ew_picture *t, double ratio, region *r, bool *bars)
{
    const double own = (double)t->width / t->height;
    double bar;

    *r = (region){0, 0, t->width, t->height};
    *bars = false;
    if (fabs(own / ratio - 1) <= shape_slack)
        return true;
    *bars = true;
    if (own < ratio) { /* above and below */
        r->h = t->width / ratio;
        bar = r->y = (t->height - r->h) / 2;
        if (bar < 2 || !is_bar(t, 0, 0, t->width, bar - 1) ||
            !is_bar(t, 0, r->y + r->h + 1, t->width, bar - 1))
            return false;
    } else {
        r->w = t->height * ratio;
        bar = r->x = (t->width - r->w) / 2;
        if (bar < 2 || !is_bar(t, 0, 0, bar - 1, t->height) ||
            !is_bar(t, r->x + r->w + 1, 0, bar - 1, t->height))
            return false;
    }
    /* the edge between picture and bar is blurred */
    r->x += *bars && r->x > 0;
    r->y += *bars && r->y > 0;
    r->w -= r->x > 0 ? 2 : 0;
    r->h -= r->y > 0 ? 2 : 0;
    return r->w >= 8 && r->h >= 8;
}

static bool lies(ew_pdq_turn t)
{
    return t == EW_PDQ_LEFT || t == EW_PDQ_RIGHT || t == EW_PDQ_DIAGONAL ||
           t == EW_PDQ_OTHER_DIAGONAL;
}

/* Which cell of the picture is seen at row y, column x when it is turned. */
static double turned(const cells *c, ew_pdq_turn t, int y, int x)
{
    switch (t) {
    case EW_PDQ_LEFT:
        return c->v[x][N - 1 - y];
    case EW_PDQ_UPSIDE_DOWN:
        return c->v[N - 1 - y][N - 1 - x];
    case EW_PDQ_RIGHT:
        return c->v[N - 1 - x][y];
    case EW_PDQ_TOP_BOTTOM:
        return c->v[N - 1 - y][x];
    case EW_PDQ_LEFT_RIGHT:
        return c->v[y][N - 1 - x];
    case EW_PDQ_DIAGONAL:
        return c->v[x][y];
    case EW_PDQ_OTHER_DIAGONAL:
        return c->v[N - 1 - x][N - 1 - y];
    default:
        return c->v[y][x];
    }
}

static double patch(double e[N][N], int y, int x)
{
    return fabs(e[y][x] + e[y][x + 1] + e[y + 1][x] + e[y + 1][x + 1]) / 4;
}

/* Lays cells on cells: the thumbnail's are the picture's times a, plus b, plus what differs. */
static void lay(const cells *picture, const cells *thumb, ew_pdq_turn t, ew_look *l)
{
    double pm, tm, pp = 0, pt = 0, tt = 0, e[N][N];

    (void)deviation(picture, &pm);
    (void)deviation(thumb, &tm);
    for (int i = 0; i < N * N; i++) {
        const double a = turned(picture, t, i / N, i % N) - pm;
        const double b = thumb->v[i / N][i % N] - tm;

        pp += a * a;
        pt += a * b;
        tt += b * b;
    }
    l->turn = t;
    l->likeness = pt / sqrt(pp * tt);
    for (int i = 0; i < N * N; i++)
        e[i / N][i % N] = thumb->v[i / N][i % N] - tm -
                          pt / pp * (turned(picture, t, i / N, i % N) - pm);
    l->local = -1;
    for (int y = 0; y + 1 < N; y++)
        for (int x = 0; x + 1 < N; x++)
            if (patch(e, y, x) > l->local) {
                l->local = patch(e, y, x);
                l->x = (x + 1.0) / N;
                l->y = (y + 1.0) / N;
            }
}

bool ew_look_same(const ew_look *l)
{
    return !l->flat && !l->other_shape && l->turn == EW_PDQ_AS_IS &&
           l->likeness * 1000 >= EW_LOOK_LIKENESS && l->local <= EW_LOOK_LOCAL;
}

static bool try_turn(const ew_picture *picture, const ew_picture *thumb, ew_pdq_turn t,
                     const cells *whole, ew_look *l)
{
    const double ratio = lies(t) ? (double)picture->height / picture->width
                                 : (double)picture->width / picture->height;
    double mean;
    cells small;
    region r;

    *l = (ew_look){.turn = t};
    if (!place(thumb, ratio, &r, &l->bars)) {
        l->other_shape = true;
        return true;
    }
    shrink(thumb, &r, &small);
    if (deviation(&small, &mean) < EW_LOOK_FLAT)
        return false;
    lay(whole, &small, t, l);
    return true;
}

ew_look ew_look_compare(const ew_picture *picture, const ew_picture *thumb)
{
    const region all = {0, 0, picture->width, picture->height};
    ew_look first = {.flat = true}, l;
    double mean;
    cells whole;

    shrink(picture, &all, &whole);
    if (deviation(&whole, &mean) < EW_LOOK_FLAT || thumb->width < 8 ||
        thumb->height < 8 || !try_turn(picture, thumb, EW_PDQ_AS_IS, &whole, &first)) {
        first.flat = true;
        return first;
    }
    if (ew_look_same(&first))
        return first;
    for (ew_pdq_turn t = EW_PDQ_LEFT; t < EW_PDQ_TURNS; t++)
        if (try_turn(picture, thumb, t, &whole, &l) && !l.other_shape &&
            l.likeness * 1000 >= EW_LOOK_LIKENESS && l.local <= EW_LOOK_LOCAL)
            return l;
    return first;
}

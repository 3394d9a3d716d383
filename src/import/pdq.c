/* SPDX-License-Identifier: Apache-2.0 */
/* PDQ. The arithmetic is that of the published program: float (never double) sums, in its order,
 * with no multiply-add in one step; so the bits are the same. Its filter goes over the whole
 * picture four times; here rows go through all four one after the other, so that memory is a
 * few rows. */
#include "import/pdq.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

enum { SIDE = 64, WAVES = 16, PASSES = 2 };

/* ------------------------------------------------------------------ filter */

static uint32_t window_of(uint32_t n)
{
    return (n + 2 * SIDE - 1) / (2 * SIDE);
}

/* A running mean along one row; shorter at both ends. */
static void smooth_row(const float *in, float *out, uint32_t n, uint32_t window)
{
    const uint32_t half = (window + 2) / 2;
    uint32_t li = 0, ri = 0, oi = 0;
    float sum = 0, count = 0;

    for (; ri < half - 1; ri++) {
        sum += in[ri];
        count++;
    }
    for (; ri < window; ri++) {
        sum += in[ri];
        count++;
        out[oi++] = sum / count;
    }
    for (; ri < n; ri++) {
        sum += in[ri];
        sum -= in[li++];
        out[oi++] = sum / count;
    }
    while (oi < n) {
        sum -= in[li++];
        count--;
        out[oi++] = sum / count;
    }
}

/* The same down the columns, as rows come: the last rows are kept. */
typedef struct columns {
    float *kept, *sum, *row;
    uint32_t in, out; /* rows so far */
    float count;
} columns;

typedef struct filter {
    const uint8_t *luma;
    uint32_t width, height, across, down; /* windows */
    columns pass[PASSES];
    uint32_t next; /* row of small */
    float (*small)[SIDE];
} filter;

/* Which of n rows stands for number i of the 64. */
static uint32_t middle(uint32_t i, uint32_t n)
{
    return (uint32_t)(((double)i + 0.5) * (double)n / SIDE);
}

static void keep_row(filter *f, const float *row, uint32_t number)
{
    for (; f->next < SIDE && middle(f->next, f->height) == number; f->next++)
        for (uint32_t x = 0; x < SIDE; x++)
            f->small[f->next][x] = row[middle(x, f->width)];
}

static void push_row(filter *f, unsigned pass);

/* A row has passed the columns: into the next pass, or done. */
static void emit(filter *f, unsigned pass)
{
    columns *c = &f->pass[pass];

    for (uint32_t x = 0; x < f->width; x++)
        c->row[x] = c->sum[x] / c->count;
    if (pass + 1 == PASSES) {
        keep_row(f, c->row, c->out++);
        return;
    }
    c->out++;
    smooth_row(c->row, f->pass[pass + 1].row, f->width, f->across);
    push_row(f, pass + 1);
}

/* Takes the row that is in c->row. */
static void push_row(filter *f, unsigned pass)
{
    columns *c = &f->pass[pass];
    float *kept = c->kept + (size_t)(c->in % f->down) * f->width;

    if (c->in < f->down) {
        c->count++;
        for (uint32_t x = 0; x < f->width; x++)
            c->sum[x] += c->row[x];
    } else {
        for (uint32_t x = 0; x < f->width; x++) {
            c->sum[x] += c->row[x];
            c->sum[x] -= kept[x];
        }
    }
    memcpy(kept, c->row, f->width * sizeof *kept);
    c->in++;
    if (c->in >= (f->down + 2) / 2)
        emit(f, pass);
}

/* No more rows come. */
static void finish(filter *f, unsigned pass)
{
    columns *c = &f->pass[pass];

    for (uint32_t li = f->height - f->down; c->out < f->height; li++) {
        const float *kept = c->kept + (size_t)(li % f->down) * f->width;

        for (uint32_t x = 0; x < f->width; x++)
            c->sum[x] -= kept[x];
        c->count--;
        emit(f, pass);
    }
}

static void run(filter *f, float *row)
{
    for (uint32_t y = 0; y < f->height; y++) {
        const uint8_t *in = f->luma + (size_t)y * f->width;

        for (uint32_t x = 0; x < f->width; x++)
            row[x] = (float)in[x];
        smooth_row(row, f->pass[0].row, f->width, f->across);
        push_row(f, 0);
    }
    for (unsigned p = 0; p < PASSES; p++)
        finish(f, p);
}

/* To 64 x 64. */
static ew_code shrink(filter *f, ew_err *err)
{
    const size_t each = (size_t)f->down + 2;
    float *room = ew_alloc_array((PASSES * each + 1), f->width * sizeof *room);

    if (room == NULL)
        return ew_fail_nomem(err);
    for (unsigned p = 0; p < PASSES; p++) {
        f->pass[p].kept = room + p * each * f->width;
        f->pass[p].sum = f->pass[p].kept + (size_t)f->down * f->width;
        f->pass[p].row = f->pass[p].sum + f->width;
    }
    run(f, room + PASSES * each * f->width);
    ew_free(room);
    return EW_OK;
}

/* ------------------------------------------------------------------ bits */

/* How much there is to see: steps between neighbours, small ones not counted. */
static int quality_of(float s[SIDE][SIDE])
{
    int sum = 0;

    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++) {
            if (y + 1 < SIDE)
                sum += abs((int)((s[y][x] - s[y + 1][x]) * 100 / 255));
            if (x + 1 < SIDE)
                sum += abs((int)((s[y][x] - s[y][x + 1]) * 100 / 255));
        }
    return sum / 90 < 100 ? sum / 90 : 100;
}

/* Waves 1 to 16 of the 64 in both directions. */
static void transform(float s[SIDE][SIDE], float out[WAVES][WAVES])
{
    const double pi = 3.14159265358979323846;
    const float scale = (float)sqrt(2.0 / SIDE);
    float wave[WAVES][SIDE], half[WAVES][SIDE];

    for (int i = 0; i < WAVES; i++)
        for (int k = 0; k < SIDE; k++)
            wave[i][k] =
                (float)((double)scale * cos(pi / 2.0 / SIDE * (i + 1) * (2 * k + 1)));
    for (int i = 0; i < WAVES; i++)
        for (int x = 0; x < SIDE; x++) {
            float sum = 0;
            for (int k = 0; k < SIDE; k++)
                sum += wave[i][k] * s[k][x];
            half[i][x] = sum;
        }
    for (int i = 0; i < WAVES; i++)
        for (int j = 0; j < WAVES; j++) {
            float sum = 0;
            for (int k = 0; k < SIDE; k++)
                sum += half[i][k] * wave[j][k];
            out[i][j] = sum;
        }
}

static int by_value(const void *a, const void *b)
{
    const float x = *(const float *)a, y = *(const float *)b;

    return (x > y) - (x < y);
}

/* A bit says that a wave is stronger than the lower median. */
static void bits_of(float w[WAVES][WAVES], ew_pdq *out)
{
    float sorted[WAVES * WAVES], median;

    memcpy(sorted, w, sizeof sorted);
    qsort(sorted, WAVES * WAVES, sizeof *sorted, by_value);
    median = sorted[WAVES * WAVES / 2 - 1];
    memset(out, 0, sizeof *out);
    for (int k = 0; k < WAVES * WAVES; k++)
        if (w[k / WAVES][k % WAVES] > median)
            out->bytes[EW_PDQ_BYTES - 1 - k / 8] |= (uint8_t)(1U << k % 8);
}

/* Mirroring a picture turns the sign of its odd waves; laying it on its side makes rows columns. */
static void turn(float w[WAVES][WAVES], ew_pdq_turn t, float out[WAVES][WAVES])
{
    const bool lies = t == EW_PDQ_LEFT || t == EW_PDQ_RIGHT || t == EW_PDQ_DIAGONAL ||
                      t == EW_PDQ_OTHER_DIAGONAL;
    const bool down = t == EW_PDQ_LEFT || t == EW_PDQ_UPSIDE_DOWN ||
                      t == EW_PDQ_TOP_BOTTOM || t == EW_PDQ_OTHER_DIAGONAL;
    const bool across = t == EW_PDQ_RIGHT || t == EW_PDQ_UPSIDE_DOWN ||
                        t == EW_PDQ_LEFT_RIGHT || t == EW_PDQ_OTHER_DIAGONAL;

    for (int i = 0; i < WAVES; i++)
        for (int j = 0; j < WAVES; j++) {
            const bool minus = (down && i % 2 == 0) != (across && j % 2 == 0);
            const float v = lies ? w[j][i] : w[i][j];

            out[i][j] = minus ? -v : v;
        }
}

ew_code ew_pdq_make(ew_pdq_of *out, const uint8_t *luma, uint32_t width, uint32_t height,
                    ew_err *err)
{
    float small[SIDE][SIDE] = {{0}}, waves[WAVES][WAVES], turned[WAVES][WAVES];
    filter f = {.luma = luma,
                .width = width,
                .height = height,
                .across = window_of(width),
                .down = window_of(height),
                .small = small};
    ew_code rc;

    memset(out, 0, sizeof *out);
    if (width < EW_PDQ_SIDE_MIN || height < EW_PDQ_SIDE_MIN)
        return EW_OK;
    rc = shrink(&f, err);
    if (rc != EW_OK)
        return rc;
    out->quality = quality_of(small);
    transform(small, waves);
    for (ew_pdq_turn t = 0; t < EW_PDQ_TURNS; t++) {
        turn(waves, t, turned);
        bits_of(turned, &out->turned[t]);
    }
    return EW_OK;
}

/* ------------------------------------------------------------------ text */

const char *ew_pdq_turn_name(ew_pdq_turn t)
{
    static const char *const names[EW_PDQ_TURNS] = {
        "as-is",      "left",       "upside-down", "right",
        "top-bottom", "left-right", "diagonal",    "other-diagonal"};

    return names[t];
}

unsigned ew_pdq_distance(const ew_pdq *a, const ew_pdq *b)
{
    unsigned n = 0;

    for (size_t i = 0; i < EW_PDQ_BYTES; i++)
        n += (unsigned)__builtin_popcount((unsigned)(a->bytes[i] ^ b->bytes[i]));
    return n;
}

void ew_pdq_write(const ew_pdq *p, char text[EW_PDQ_TEXT])
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < EW_PDQ_BYTES; i++) {
        text[2 * i] = digits[p->bytes[i] >> 4];
        text[2 * i + 1] = digits[p->bytes[i] & 15];
    }
    text[EW_PDQ_TEXT - 1] = 0;
}

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool ew_pdq_read(ew_pdq *p, ew_slice text)
{
    if (text.n != EW_PDQ_TEXT - 1)
        return false;
    for (size_t i = 0; i < EW_PDQ_BYTES; i++) {
        const int high = digit(text.p[2 * i]), low = digit(text.p[2 * i + 1]);

        if (high < 0 || low < 0)
            return false;
        p->bytes[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

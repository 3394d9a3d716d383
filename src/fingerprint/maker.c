/* SPDX-License-Identifier: Apache-2.0 */
/* The print of a recording, made while its sound streams by.
 *
 * Samples wait until eight frames are complete; their bands go into a short ring, and words
 * are made for the frame that has all its neighbours. Silence before and after is implied. */
#include "earwitness/fingerprint.h"

#include <stdbool.h>
#include <string.h>

#include "base/alloc.h"
#include "fingerprint/cells.h"
#include "fingerprint/wave.h"

enum {
    L = EW_SPECTRA_LANES,
    BLOCK = EW_SPECTRA_SIZE + (L - 1) * EW_FP_HOP, /* samples that eight frames span */
    RING = 32,                 /* rows; a power of two > 2 * REACH + 1 */
    LEAD = EW_SPECTRA_SIZE / 2 /* frame 0 is centred on sample 0 */
};

struct ew_fp_maker {
    ew_cells *cells;
    ew_bandpass band;
    float pcm[BLOCK];
    size_t held; /* samples in pcm */
    float cell[EW_CELLS * L];
    float fine[RING][EW_FINE_BANDS];  /* compressed */
    float raw[RING][EW_KEY_BANDS];    /* band powers */
    float smooth[RING][EW_KEY_BANDS]; /* smoothed over time, compressed */
    uint64_t samples;                 /* fed so far */
    uint64_t rows;                    /* frames analysed so far */
    uint32_t *words;
    size_t frames, words_cap;
    uint8_t *wave;
    size_t waves, wave_cap;
    ew_key *keys;
    size_t key_count, keys_cap;
};

static void start_over(ew_fp_maker *m)
{
    memset(m->pcm, 0, LEAD * sizeof(float));
    memset(m->fine, 0, sizeof(m->fine));
    memset(m->raw, 0, sizeof(m->raw));
    memset(m->smooth, 0, sizeof(m->smooth));
    m->held = LEAD;
    m->samples = m->rows = 0;
    m->words = NULL;
    m->wave = NULL;
    m->keys = NULL;
    m->frames = m->words_cap = m->waves = m->wave_cap = m->key_count = m->keys_cap = 0;
}

ew_code ew_fp_maker_new(ew_fp_maker **out, ew_err *err)
{
    ew_fp_maker *m = ew_alloc(sizeof(*m));
    ew_code rc;

    *out = NULL;
    if (!m)
        return ew_fail_nomem(err);
    start_over(m);
    ew_wave_filter(&m->band, 1.0);
    rc = ew_cells_new(&m->cells, err);
    if (rc < 0) {
        ew_free(m);
        return rc;
    }
    *out = m;
    return EW_OK;
}

void ew_fp_maker_free(ew_fp_maker *m)
{
    if (!m)
        return;
    ew_cells_free(m->cells);
    ew_free(m->words);
    ew_free(m->wave);
    ew_free(m->keys);
    ew_free(m);
}

static ew_code make_room(void **array, size_t *cap, size_t need, size_t size, ew_err *err)
{
    size_t want = *cap ? *cap * 2 : 4096;
    void *p;

    if (need <= *cap)
        return EW_OK;
    if (need > UINT32_MAX / 2)
        return ew_fail(err, EW_E_LIMIT, 0, "the recording is longer than a year");
    p = ew_realloc_array(*array, want, size);
    if (!p)
        return ew_fail_nomem(err);
    *array = p;
    *cap = want;
    return EW_OK;
}

static const float *row(float (*ring)[EW_KEY_BANDS], uint64_t i)
{
    return ring[i & (RING - 1)];
}

/* Is there no sound to speak of in frame f, as in a pause between prompts? */
static bool is_silent(const ew_fp_maker *m, uint64_t f)
{
    const float *band = m->raw[f & (RING - 1)];
    float sum = 0;

    for (size_t b = 0; b < EW_KEY_A_BANDS; b++)
        sum += band[b];
    return sum < EW_SILENT_POWER;
}

/* Words of frame f, once the rows up to f + REACH are there. Rows before the first frame
 * are zeros left in the ring. A silent frame has the word 0 and no key. */
static ew_code emit(ew_fp_maker *m, uint64_t f, ew_err *err)
{
    float diff[32];
    uint32_t word;
    ew_code rc;

    rc = make_room((void **)&m->words, &m->words_cap, m->frames + 1, sizeof(uint32_t),
                   err);
    if (rc == EW_OK)
        rc = make_room((void **)&m->keys, &m->keys_cap, m->key_count + 1, sizeof(ew_key),
                       err);
    if (rc < 0)
        return rc;
    ew_fine_diff(m->fine[(f - EW_FINE_LAG) & (RING - 1)],
                 m->fine[(f + EW_FINE_LAG) & (RING - 1)], diff);
    m->words[m->frames++] = is_silent(m, f) ? 0 : ew_word_of(diff);
    ew_key_diff(row(m->smooth, f - EW_KEY_A_LAG), row(m->smooth, f + EW_KEY_A_LAG),
                row(m->smooth, f - EW_KEY_B_LAG), row(m->smooth, f + EW_KEY_B_LAG), diff);
    word = ew_word_of(diff);
    if (word && !is_silent(m, f))
        m->keys[m->key_count++] = (ew_key){word, (uint32_t)f};
    return EW_OK;
}

/* Takes one analysed frame (lane l of m->cell) into the ring; its wave byte runs ahead of
 * its words, which wait for later frames. */
static ew_code take_row(ew_fp_maker *m, size_t l, ew_err *err)
{
    uint64_t r = m->rows++;
    const float *rows[5];
    float *smooth;
    ew_code rc = make_room((void **)&m->wave, &m->wave_cap, m->waves + 1, 1, err);

    if (rc < 0)
        return rc;
    m->wave[m->waves++] = ew_wave_byte(&m->band, m->pcm + LEAD + l * EW_FP_HOP);

    ew_cells_fine(m->cell + l, L, 0, m->fine[r & (RING - 1)]);
    ew_cells_compress(m->fine[r & (RING - 1)], EW_FINE_BANDS);
    ew_cells_key(m->cell + l, L, 0, m->raw[r & (RING - 1)]);
    for (uint64_t i = 0; i < 5; i++)
        rows[i] = row(m->raw, r - 4 + i);
    smooth = m->smooth[(r - EW_KEY_SMOOTH) & (RING - 1)];
    ew_key_smooth(rows, smooth);
    ew_cells_compress(smooth, EW_KEY_BANDS);
    if (r < EW_KEY_REACH)
        return EW_OK;
    return emit(m, r - EW_KEY_REACH, err);
}

/* Analyses the eight frames in pcm; the first `count` of them are real. */
static ew_code take_block(ew_fp_maker *m, size_t count, ew_err *err)
{
    ew_code rc = EW_OK;

    ew_cells_step(m->cells, m->pcm, EW_FP_HOP, m->cell);
    for (size_t l = 0; l < count && rc == EW_OK; l++)
        rc = take_row(m, l, err);
    memmove(m->pcm, m->pcm + L * EW_FP_HOP, (BLOCK - L * EW_FP_HOP) * sizeof(float));
    m->held = BLOCK - L * EW_FP_HOP;
    return rc;
}

ew_code ew_fp_maker_feed(ew_fp_maker *m, const float *mono, size_t n, ew_err *err)
{
    ew_code rc = EW_OK;

    while (n > 0 && rc == EW_OK) {
        size_t k = BLOCK - m->held < n ? BLOCK - m->held : n;

        memcpy(m->pcm + m->held, mono, k * sizeof(float));
        m->held += k;
        m->samples += k;
        mono += k;
        n -= k;
        if (m->held == BLOCK)
            rc = take_block(m, L, err);
    }
    return rc;
}

ew_code ew_fp_maker_finish(ew_fp_maker *m, ew_fp **out, ew_err *err)
{
    uint64_t frames = (m->samples + EW_FP_HOP - 1) / EW_FP_HOP;
    ew_fp *fp = NULL;
    ew_code rc = EW_OK;

    *out = NULL;
    while (m->rows < frames + EW_KEY_REACH && rc == EW_OK) {
        uint64_t left = frames + EW_KEY_REACH - m->rows;

        memset(m->pcm + m->held, 0, (BLOCK - m->held) * sizeof(float));
        rc = take_block(m, left < L ? (size_t)left : L, err);
    }
    if (rc == EW_OK && !(fp = ew_alloc(sizeof(*fp))))
        rc = ew_fail_nomem(err);
    if (rc == EW_OK) {
        fp->frames = (uint32_t)m->frames;
        fp->words = m->words;
        fp->wave = m->wave;
        fp->key_count = (uint32_t)m->key_count;
        fp->keys = m->keys;
        *out = fp;
    } else {
        ew_free(m->words);
        ew_free(m->wave);
        ew_free(m->keys);
    }
    start_over(m);
    return rc;
}

void ew_fp_free(ew_fp *fp)
{
    if (!fp)
        return;
    ew_free(fp->words);
    ew_free(fp->wave);
    ew_free(fp->keys);
    ew_free(fp);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Families of made-up speech whose descent is known. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "dsp/fft.h"
#include "earwitness/family.h"
#include "support.h"

enum { RATE = EW_FAMILY_RATE_HZ, LENGTH = 9 * RATE, MOST = 12, FRAME = 512 };

/* A family in the making: sounds as float, and what their files would say. */
typedef struct made {
    float *x[MOST];
    int16_t *pcm[MOST];
    ew_copy copies[MOST];
    size_t count;
} made;

static size_t put(made *m, float *x, size_t n, const char *codec, uint32_t bits)
{
    int16_t *pcm = malloc(n * sizeof(*pcm));

    for (size_t i = 0; i < n; i++)
        pcm[i] = (int16_t)lrintf(fmaxf(-1, fminf(x[i], 0.9999F)) * 32767);
    m->x[m->count] = x;
    m->pcm[m->count] = pcm;
    m->copies[m->count] = (ew_copy){pcm, n, codec, bits, NULL};
    return m->count++;
}

static void release(made *m)
{
    for (size_t i = 0; i < m->count; i++) {
        free(m->x[i]);
        free(m->pcm[i]);
    }
    m->count = 0;
}

static double normal(uint64_t *seed)
{
    double sum = -6;

    for (int i = 0; i < 12; i++)
        sum += (double)(test_random(seed) >> 11) / 9007199254740992.0;
    return sum;
}

/* What a codec does, more or less: noise in every frame and band, as strong as `amount`
 * times what is there. */
static float *code(const float *x, size_t n, double amount, uint64_t seed)
{
    float *y = calloc(n, sizeof(*y)), frame[FRAME], window[FRAME];
    ew_cpx bins[FRAME / 2 + 1];
    ew_fft *fft = NULL;

    assert_int_equal(ew_fft_new(&fft, FRAME, NULL), EW_OK);
    for (size_t i = 0; i < FRAME; i++)
        window[i] = (float)sin(M_PI * ((double)i + 0.5) / FRAME);
    for (size_t at = 0; at + FRAME <= n; at += FRAME / 2) {
        for (size_t i = 0; i < FRAME; i++)
            frame[i] = x[at + i] * window[i];
        ew_fft_forward(fft, frame, bins);
        for (size_t i = 0; i <= FRAME / 2; i++) {
            double re = 1 + amount * normal(&seed) / sqrt(2);
            double im = amount * normal(&seed) / sqrt(2);
            double a = (double)bins[i].re, b = (double)bins[i].im;

            bins[i] = (ew_cpx){(float)(a * re - b * im), (float)(a * im + b * re)};
        }
        ew_fft_inverse(fft, bins, frame);
        for (size_t i = 0; i < FRAME; i++)
            y[at + i] += frame[i] * window[i] / FRAME;
    }
    ew_fft_free(fft);
    return y;
}

static float *speech(size_t n, uint64_t seed)
{
    float *x = malloc(n * sizeof(*x));

    test_speech(x, n, RATE, seed);
    return x;
}

static float *part(const float *x, size_t from, size_t n, float gain)
{
    float *y = malloc(n * sizeof(*y));

    for (size_t i = 0; i < n; i++)
        y[i] = x[from + i] * gain;
    return y;
}

/* Coded as Opus at 24 kbit/s, or as MP3 at 64. */
static size_t put_opus(made *m, size_t of, uint64_t seed)
{
    return put(m, code(m->x[of], m->copies[of].samples, 0.48, seed),
               m->copies[of].samples, "opus", 24000);
}

static size_t put_mp3(made *m, size_t of, uint64_t seed)
{
    return put(m, code(m->x[of], m->copies[of].samples, 0.15, seed),
               m->copies[of].samples, "mp3", 64000);
}

static ew_family *order(const made *m)
{
    ew_family *f = NULL;
    ew_err err;

    assert_int_equal(ew_family_of(m->copies, m->count, NULL, &f, &err), EW_OK);
    assert_int_equal(f->count, m->count);
    return f;
}

static const ew_reason *reason(const ew_member *m, ew_why why)
{
    for (size_t i = 0; i < m->reason_count; i++)
        if (m->reasons[i].why == why)
            return &m->reasons[i];
    return NULL;
}

static void assert_child(const ew_family *f, size_t copy, size_t parent)
{
    const ew_member *m = &f->members[copy];

    assert_int_equal(m->kind, EW_MEMBER_CHILD);
    assert_int_equal(m->parent, parent);
    assert_true(m->certainty >= 0.4 && m->certainty <= 1);
    assert_int_equal(m->candidates[0].copy, parent);
    assert_non_null(reason(m, EW_WHY_CLOSEST));
}

/* 0 the source; 1 and 2 from it; 3 from 1, cut and quieter; 4 from 3; 5 from 2. */
static void make_six(made *m)
{
    *m = (made){0};
    put(m, speech(LENGTH, 1), LENGTH, "pcm_s16le", 256000);
    put_mp3(m, 0, 21);
    put_opus(m, 0, 22);
    float *cut = part(m->x[1], 12345, LENGTH - 12345 - 9000, 0.5F);
    size_t n = LENGTH - 12345 - 9000;
    put(m, code(cut, n, 0.48, 23), n, "opus", 24000);
    free(cut);
    put_mp3(m, 3, 24);
    put_mp3(m, 2, 25);
}

static void assert_six(const ew_family *f, const size_t *at)
{
    static const size_t parent[] = {0, 0, 0, 1, 3, 2};

    assert_int_equal(f->root_count, 1);
    assert_int_equal(f->roots[0], at[0]);
    assert_int_equal(f->members[at[0]].kind, EW_MEMBER_ROOT);
    for (size_t i = 1; i < 6; i++)
        assert_child(f, at[i], at[parent[i]]);
}

static void tells_who_was_made_from_whom(void **state)
{
    static const size_t same[] = {0, 1, 2, 3, 4, 5};
    made m;
    ew_family *f;

    (void)state;
    make_six(&m);
    f = order(&m);
    assert_six(f, same);
    assert_float_equal(f->members[3].offset, 12345, 1);
    assert_float_equal(f->members[4].offset, 12345, 1);
    assert_float_equal(f->members[3].gain_db, -6, 1);
    assert_float_equal(reason(&f->members[3], EW_WHY_START_GONE)->a, 12345, 1);
    assert_float_equal(reason(&f->members[3], EW_WHY_END_GONE)->a, 9000, 1);
    assert_float_equal(reason(&f->members[3], EW_WHY_GAIN)->a, -6, 1);
    assert_non_null(reason(&f->members[3], EW_WHY_CODED));
    assert_non_null(reason(&f->members[4], EW_WHY_INHERITED));
    assert_null(reason(&f->members[1], EW_WHY_START_GONE));
    assert_true(f->members[4].noise_db > f->members[1].noise_db);
    ew_family_free(f);
    release(&m);
}

static void order_of_files_does_not_matter(void **state)
{
    uint64_t seed = 99;
    made m;

    (void)state;
    make_six(&m);
    for (int round = 0; round < 3; round++) {
        size_t at[] = {0, 1, 2, 3, 4, 5};
        ew_copy mixed[6];
        ew_family *f = NULL;

        for (size_t i = 5; i > 0; i--) {
            size_t k = test_random(&seed) % (i + 1), t = at[i];

            at[i] = at[k];
            at[k] = t;
        }
        for (size_t i = 0; i < 6; i++)
            mixed[at[i]] = m.copies[i];
        assert_int_equal(ew_family_of(mixed, 6, NULL, &f, NULL), EW_OK);
        assert_six(f, at);
        ew_family_free(f);
    }
    release(&m);
}

/* ------------------------------------------------------------------ runners */

static ew_code run_backwards(void *cookie, const char *stage, size_t count,
                             void (*job)(void *arg, unsigned worker, size_t i), void *arg,
                             ew_err *err)
{
    (void)cookie;
    (void)stage;
    (void)err;
    for (size_t i = count; i-- > 0;)
        job(arg, (unsigned)(i % 3), i);
    return EW_OK;
}

static ew_code run_stopped(void *cookie, const char *stage, size_t count,
                           void (*job)(void *arg, unsigned worker, size_t i), void *arg,
                           ew_err *err)
{
    int *left = cookie;

    if ((*left)-- == 0)
        return EW_E_CANCELLED;
    return run_backwards(NULL, stage, count, job, arg, err);
}

static void workers_do_not_matter(void **state)
{
    const ew_runner backwards = {3, run_backwards, NULL};
    made m;
    ew_family *a, *b = NULL;

    (void)state;
    make_six(&m);
    a = order(&m);
    assert_int_equal(ew_family_of(m.copies, m.count, &backwards, &b, NULL), EW_OK);
    assert_memory_equal(a->members, b->members, a->count * sizeof(*a->members));
    assert_int_equal(a->best_count, b->best_count);
    ew_family_free(a);
    ew_family_free(b);
    release(&m);
}

static void can_be_stopped(void **state)
{
    made m;
    int64_t live = ew_alloc_live();

    (void)state;
    make_six(&m);
    for (int after = 0; after < 3; after++) {
        int left = after;
        const ew_runner stopped = {3, run_stopped, &left};
        ew_family *f = (ew_family *)&m;

        assert_int_equal(ew_family_of(m.copies, m.count, &stopped, &f, NULL),
                         EW_E_CANCELLED);
        assert_null(f);
    }
    release(&m);
    assert_int_equal(ew_alloc_live(), live);
}

/* ------------------------------------------------------------------ odd files */

static void equal_sounds_are_duplicates(void **state)
{
    made m;
    ew_family *f;

    (void)state;
    make_six(&m);
    size_t copy = put(&m, part(m.x[3], 0, m.copies[3].samples, 1), m.copies[3].samples,
                      "flac", 200000);
    f = order(&m);
    assert_int_equal(f->members[copy].kind, EW_MEMBER_DUPLICATE);
    assert_int_equal(f->members[copy].duplicate_of, 3); /* it was unpacked */
    assert_int_equal(f->members[copy].family, 0);
    assert_non_null(reason(&f->members[copy], EW_WHY_SAME_SOUND));
    assert_child(f, 4, 3);
    ew_family_free(f);
    release(&m);
}

static void what_does_not_belong_is_told(void **state)
{
    made m = {0};
    ew_family *f;

    (void)state;
    put(&m, speech(LENGTH, 1), LENGTH, "flac", 200000);
    put(&m, speech(LENGTH, 2), LENGTH, "flac", 200000);
    put(&m, calloc(LENGTH, sizeof(float)), LENGTH, "mp3", 64000);
    put_mp3(&m, 0, 31);
    put(&m, part(m.x[0], 30000, 3000, 1), 3000, "pcm_s16le", 256000);
    put(&m, calloc(1, sizeof(float)), 0, "", 0);
    f = order(&m);
    assert_int_equal(f->root_count, 1);
    assert_int_equal(f->members[0].kind, EW_MEMBER_ROOT);
    assert_int_equal(f->members[1].kind, EW_MEMBER_UNRELATED);
    assert_int_equal(f->members[1].family, EW_NO_COPY);
    assert_int_equal(f->members[2].kind, EW_MEMBER_SILENT);
    assert_child(f, 3, 0);
    assert_int_equal(f->members[4].kind, EW_MEMBER_SILENT);
    assert_int_equal(f->members[5].kind, EW_MEMBER_SILENT);
    ew_family_free(f);
    release(&m);
}

static void two_recordings_are_two_families(void **state)
{
    made m = {0};
    ew_family *f;

    (void)state;
    put(&m, speech(LENGTH, 5), LENGTH, "flac", 200000);
    put_opus(&m, 0, 41);
    put(&m, speech(LENGTH - 5000, 6), LENGTH - 5000, "flac", 200000);
    put_opus(&m, 2, 42);
    put_mp3(&m, 3, 43);
    f = order(&m);
    assert_int_equal(f->root_count, 2);
    assert_int_equal(f->roots[0], 2); /* the larger one */
    assert_int_equal(f->roots[1], 0);
    assert_int_equal(f->members[1].family, 1);
    assert_int_equal(f->members[4].family, 0);
    assert_child(f, 1, 0);
    assert_child(f, 3, 2);
    assert_child(f, 4, 3);
    ew_family_free(f);
    release(&m);
}

/* Equal files: the same one stands for all, however they are listed. */
static void equal_files_keep_their_node(void **state)
{
    made m;
    ew_family *f;

    (void)state;
    for (size_t turn = 0; turn < 2; turn++) {
        make_six(&m);
        size_t copy = put(&m, part(m.x[3], 0, m.copies[3].samples, 1),
                          m.copies[3].samples, "opus", 24000);

        m.copies[3].name = turn == 0 ? "a" : "b";
        m.copies[copy].name = turn == 0 ? "b" : "a";
        f = order(&m);
        size_t node = turn == 0 ? 3 : copy, other = turn == 0 ? copy : 3;
        assert_int_equal(f->members[other].kind, EW_MEMBER_DUPLICATE);
        assert_int_equal(f->members[other].duplicate_of, node);
        assert_child(f, 4, node);
        ew_family_free(f);
        release(&m);
    }
}

/* High rates leave so little that closeness alone does not tell rounding from coding. */
static void uncoded_sound_is_the_source_of_mp3(void **state)
{
    static const struct {
        double noise;
        uint32_t bits;
        double least;
    } rates[] = {{0.055, 96000, 0.9}, {0.0275, 128000, 0.9}, {0.012, 192000, 0.65}};
    made m;
    ew_family *f;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        m = (made){0};
        put(&m, speech(LENGTH, 1), LENGTH, "pcm_s16le", 705600);
        put(&m, code(m.x[0], LENGTH, rates[i].noise, 31), LENGTH, "mp3", rates[i].bits);
        f = order(&m);
        assert_child(f, 1, 0);
        assert_true(f->members[1].certainty >= rates[i].least);
        ew_family_free(f);
        release(&m);
    }
}

static void changed_after_unpacking_is_a_child(void **state)
{
    made m = {0};
    ew_family *f;

    (void)state;
    float *x = speech(LENGTH, 1);
    put(&m, code(x, LENGTH, 0.15, 41), LENGTH, "mp3", 64000);
    free(x);
    put(&m, part(m.x[0], 0, LENGTH, 0.7F), LENGTH, "pcm_s16le", 705600);
    f = order(&m);
    assert_child(f, 1, 0);
    ew_family_free(f);
    release(&m);
}

/* The noise that is left fits both directions. */
static void a_toss_up_of_two_is_undecided(void **state)
{
    made m = {0};
    ew_family *f;

    (void)state;
    put(&m, speech(LENGTH, 1), LENGTH, "mp3", 192000);
    float *x = code(m.x[0], LENGTH, 0.011, 51);
    put(&m, part(x, 0, LENGTH, 0.7F), LENGTH, "pcm_s16le", 705600);
    free(x);
    f = order(&m);
    assert_int_equal(f->members[f->roots[0]].kind, EW_MEMBER_ROOT);
    assert_true(f->members[f->roots[0]].certainty < 0.65);
    assert_int_equal(f->members[1 - f->roots[0]].kind, EW_MEMBER_UNDECIDED);
    ew_family_free(f);
    release(&m);
}

static void few_files_are_no_trouble(void **state)
{
    made m = {0};
    ew_family *f = NULL;

    (void)state;
    assert_int_equal(ew_family_of(NULL, 0, NULL, &f, NULL), EW_OK);
    assert_int_equal(f->count + f->root_count + f->best_count, 0);
    ew_family_free(f);
    ew_family_free(NULL);
    put(&m, speech(LENGTH, 1), LENGTH, "mp3", 64000);
    f = order(&m);
    assert_int_equal(f->members[0].kind, EW_MEMBER_UNRELATED);
    ew_family_free(f);
    put(&m, part(m.x[0], 0, LENGTH, 1), LENGTH, "pcm_s16le", 256000);
    f = order(&m);
    assert_int_equal(f->members[0].kind, EW_MEMBER_ROOT);
    assert_int_equal(f->members[1].kind, EW_MEMBER_DUPLICATE);
    ew_family_free(f);
    release(&m);
}

static void too_many_are_refused(void **state)
{
    static ew_copy many[EW_FAMILY_COPIES_MAX + 1];
    ew_family *f = NULL;
    ew_err err;

    (void)state;
    assert_int_equal(ew_family_of(many, EW_FAMILY_COPIES_MAX + 1, NULL, &f, &err),
                     EW_E_ARG);
    assert_null(f);
    assert_non_null(strstr(err.text, "more than"));
}

/* ------------------------------------------------------------------ what tells direction */

static void sound_laid_over_is_told(void **state)
{
    made m = {0};
    ew_family *f;
    float *x;

    (void)state;
    put(&m, speech(LENGTH, 8), LENGTH, "mp3", 64000);
    x = part(m.x[0], 0, LENGTH, 1);
    for (size_t i = 0; i < 2 * RATE; i++)
        x[4 * RATE + i] += (float)(0.3 * sin(2 * M_PI * 700 * (double)i / RATE));
    put(&m, code(x, LENGTH, 0.15, 51), LENGTH, "mp3", 64000);
    free(x);
    f = order(&m);
    assert_int_equal(f->roots[0], 0);
    assert_child(f, 1, 0);
    const ew_reason *r = reason(&f->members[1], EW_WHY_OVERLAY);
    assert_non_null(r);
    assert_float_equal(r->a, 4 * RATE, RATE / 2);
    assert_float_equal(r->b, 6 * RATE, RATE / 2);
    assert_float_equal(f->members[1].overlay_start, 4 * RATE, RATE / 2);
    ew_family_free(f);
    release(&m);
}

/* A part of the spectrum cannot come back, whatever the names of the codings say. */
static void lost_band_tells_direction(void **state)
{
    made m = {0};
    ew_family *f;
    float *x;

    (void)state;
    put(&m, speech(LENGTH, 9), LENGTH, "", 0);
    x = part(m.x[0], 0, LENGTH, 1);
    for (int pass = 0; pass < 8; pass++)
        for (size_t i = LENGTH - 1; i > 0; i--)
            x[i] = 0.5F * (x[i] + x[i - 1]);
    put(&m, code(x, LENGTH, 0.15, 61), LENGTH, "", 0);
    free(x);
    f = order(&m);
    assert_int_equal(f->roots[0], 0);
    assert_child(f, 1, 0);
    assert_non_null(reason(&f->members[1], EW_WHY_BAND));
    ew_family_free(f);
    release(&m);
}

/* The composite covers the whole without gaps, with the source where there is one. */
static void composite_has_no_gaps(void **state)
{
    made m;
    ew_family *f;
    double at = 0;

    (void)state;
    make_six(&m);
    f = order(&m);
    assert_true(f->best_count > 0);
    for (size_t i = 0; i < f->best_count; i++) {
        assert_float_equal(f->best[i].start, at, 1e-6);
        assert_true(f->best[i].end > at);
        assert_true(f->best[i].text[0] != 0);
        at = f->best[i].end;
    }
    assert_int_equal(f->best[0].copy, 0);
    assert_float_equal(at, LENGTH, 2);
    ew_family_free(f);
    release(&m);
}

/* ------------------------------------------------------------------ faults */

static ew_code family_work(void *arg, ew_err *err)
{
    const made *m = arg;
    ew_family *f = NULL;
    ew_code rc = ew_family_of(m->copies, m->count, NULL, &f, err);

    ew_family_free(f);
    return rc;
}

static void survives_failing_memory(void **state)
{
    made m = {0};

    (void)state;
    put(&m, speech(3 * RATE, 3), 3 * RATE, "flac", 200000);
    put_opus(&m, 0, 71);
    put(&m, part(m.x[1], 0, 3 * RATE, 1), 3 * RATE, "flac", 200000);
    put_mp3(&m, 0, 72);
    assert_true(test_torture_alloc(family_work, &m, 60) > 20);
    release(&m);
}

static void everything_has_a_name(void **state)
{
    (void)state;
    for (int i = EW_MEMBER_ROOT; i <= EW_MEMBER_SILENT; i++)
        assert_true(ew_member_kind_name((ew_member_kind)i)[0] != 0);
    for (int i = EW_WHY_CLOSEST; i <= EW_WHY_SAME_SOUND; i++)
        assert_true(ew_why_name((ew_why)i)[0] != 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_who_was_made_from_whom),
        cmocka_unit_test(order_of_files_does_not_matter),
        cmocka_unit_test(workers_do_not_matter),
        cmocka_unit_test(can_be_stopped),
        cmocka_unit_test(equal_sounds_are_duplicates),
        cmocka_unit_test(what_does_not_belong_is_told),
        cmocka_unit_test(two_recordings_are_two_families),
        cmocka_unit_test(equal_files_keep_their_node),
        cmocka_unit_test(uncoded_sound_is_the_source_of_mp3),
        cmocka_unit_test(changed_after_unpacking_is_a_child),
        cmocka_unit_test(a_toss_up_of_two_is_undecided),
        cmocka_unit_test(few_files_are_no_trouble),
        cmocka_unit_test(too_many_are_refused),
        cmocka_unit_test(sound_laid_over_is_told),
        cmocka_unit_test(lost_band_tells_direction),
        cmocka_unit_test(composite_has_no_gaps),
        cmocka_unit_test(survives_failing_memory),
        cmocka_unit_test(everything_has_a_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

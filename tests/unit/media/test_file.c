/* SPDX-License-Identifier: Apache-2.0 */
/* Which files are opened, how they are called, and where the decoder is looked for. */
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "media/process.h"
#include "media_test.h"

static void refused(const char *path, ew_code code, const char *words)
{
    decoded d = decode(path, NULL);
    const char *slash = strrchr(path, '/');

    must_fail(&d, code, slash != NULL && slash[1] != 0 ? slash + 1 : path, words);
}

static void test_only_files(void **state)
{
    refused("/dev/null", EW_E_ARG, "a device");
    refused("/dev/zero", EW_E_ARG, "a device");
    refused(*state, EW_E_ARG, "a folder");
    refused(test_path(*state, "none.wav"), EW_E_IO, "No such file");
    assert_int_equal(mkfifo(test_path(*state, "pipe.wav"), 0600), 0);
    refused(test_path(*state, "pipe.wav"), EW_E_ARG, "a named pipe");
    test_file_put(test_path(*state, "empty.wav"), "", 0);
    refused(test_path(*state, "empty.wav"), EW_E_FORMAT, "empty");
}

static void test_links(void **state)
{
    const char *dangling = test_path(*state, "dangling.wav"),
               *loop = test_path(*state, "loop.wav");

    assert_int_equal(symlink("nowhere", dangling), 0);
    refused(dangling, EW_E_IO, "points to nothing");
    assert_int_equal(symlink("loop.wav", loop), 0);
    refused(loop, EW_E_IO, "point at each other");
}

static void test_sockets(void **state)
{
    struct sockaddr_un where = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    snprintf(where.sun_path, sizeof where.sun_path, "%s/s.wav", (const char *)*state);
    if (fd < 0 || bind(fd, (struct sockaddr *)&where, sizeof where) != 0) {
        print_message("# skipped: no socket here\n");
        return;
    }
    refused(where.sun_path, EW_E_ARG, "a socket");
    close(fd);
}

static void test_unreadable(void **state)
{
    const char *path = test_path(*state, "secret.wav");

    if (geteuid() == 0) {
        print_message("# skipped: root reads everything\n");
        return;
    }
    test_file_put(path, "x", 1);
    assert_int_equal(chmod(path, 0), 0);
    refused(path, EW_E_IO, "Permission denied");
}

/* Names reach messages as one safe line, however long and strange. */
static void test_names_are_tamed(void **state)
{
    char name[400], out[EW_MEDIA__NAME_BYTES];
    decoded d;

    snprintf(name, sizeof name, "%s", test_path(*state, "a\nb\x1b[31m\xff.mp3"));
    test_file_put(name, "nothing", 7);
    d = decode(name, NULL);
    must_fail(&d, EW_E_FORMAT, "a\\x0ab\\x1b[31m\\xff.mp3", "not sound");

    memset(name, 'x', sizeof name);
    memcpy(name + 390, "\xc3\xa9nd.mp3", 9);
    assert_int_equal(ew_media__short_name(out, name, NULL), EW_OK);
    assert_int_equal(strncmp(out, "...", 3), 0);
    assert_string_equal(out + strlen(out) - 8, "\xc3\xa9nd.mp3");
    assert_int_equal(ew_media__short_name(out, "", NULL), EW_OK);
    assert_string_equal(out, "(no name)");
}

static void test_decoder_is_missing(void **state)
{
    const char *path = test_path(*state, "some.wav");
    ew_media_opts o = ew_media_opts_default();
    decoded d;

    test_file_put(path, "x", 1);
    o.decoder_path = test_path(*state, "no-decoder");
    d = decode(path, &o);
    must_fail(&d, EW_E_NOTFOUND, "no-decoder", "no program");
    o.decoder_path = "/bin/true"; /* a program, but not this one */
    d = decode(path, &o);
    must_fail(&d, EW_E_IO, "some.wav", "stopped too early");
    o.decoder_path = "/bin/false";
    d = decode(path, &o);
    must_fail(&d, EW_E_IO, "some.wav", "does not work here");
    o.decoder_path = *state;
    d = decode(path, &o);
    must_fail(&d, EW_E_NOTFOUND, "", "no program");
}

static void test_options_are_checked(void **state)
{
    ew_media_opts o = mono_at(999);
    decoded d = decode(*state, &o);

    must_fail(&d, EW_E_ARG, "", "sample rate");
    o = mono_at(192001);
    d = decode(*state, &o);
    must_fail(&d, EW_E_ARG, "", "sample rate");
    o = mono_at(8000);
    o.channels = 2;
    d = decode(*state, &o);
    must_fail(&d, EW_E_ARG, "", "channels");
    o = mono_at(8000);
    o.start_ms = -1;
    d = decode(*state, &o);
    must_fail(&d, EW_E_ARG, "", "start");
    o = mono_at(8000);
    o.stall_seconds = 0;
    d = decode(*state, &o);
    must_fail(&d, EW_E_ARG, "", "stall");
}

/* Neither descriptors nor the position of a borrowed one change. */
static void test_borrowed_descriptor(void **state)
{
    const char *path = test_path(*state, "tone.wav");
    float x[800];
    ew_media *m = NULL;
    ew_err err;
    size_t got = 0;
    int fd, next;

    for (size_t i = 0; i < 800; i++)
        x[i] = i % 2 ? 0.5F : -0.5F;
    test_wav_put(path, x, 800, 1, 8000);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    next = dup(fd);
    close(next);
    assert_int_equal(lseek(fd, 7, SEEK_SET), 7);
    assert_int_equal(ew_media_open_fd(&m, fd, "tone.wav", NULL, &err), EW_OK);
    assert_int_equal(ew_media_read(m, x, 800, &got, &err), EW_OK);
    assert_int_equal(got, 800);
    assert_true(x[1] == 0.5F);
    ew_media_close(m);
    assert_int_equal(lseek(fd, 0, SEEK_CUR), 7);
    assert_int_equal(dup(fd), next);
    close(next);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_only_files),
        cmocka_unit_test(test_links),
        cmocka_unit_test(test_sockets),
        cmocka_unit_test(test_unreadable),
        cmocka_unit_test(test_names_are_tamed),
        cmocka_unit_test(test_decoder_is_missing),
        cmocka_unit_test(test_options_are_checked),
        cmocka_unit_test(test_borrowed_descriptor),
    };

    return cmocka_run_group_tests_name("media/file", tests, test_dir_set_up,
                                       test_dir_tear_down);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Only in the test build: acts as a decoder that a file has taken over.
 *
 * An input that begins with "EWHOOK name " makes the confined process try that. The
 * shipped program has none of this. */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/bytes.h"
#include "media/decoder/decoder.h"

/* Something for the compiler not to see through. */
static volatile unsigned sink;

static void frame_raw(uint32_t tag, uint32_t n, const void *payload, size_t bytes)
{
    uint8_t head[EW_DP_HEAD_BYTES];

    ew_put_u32le(head, tag);
    ew_put_u32le(head + 4, n);
    sink = (unsigned)write(EW_DP_OUT_FD, head, sizeof head);
    if (bytes > 0)
        sink = (unsigned)write(EW_DP_OUT_FD, payload, bytes);
}

static void try_open(void)
{
    sink = (unsigned)open("/etc/hostname", O_RDONLY);
}

static void try_create(void)
{
    sink = (unsigned)open("/tmp/earwitness-was-here", O_CREAT | O_WRONLY, 0600);
}

static void try_socket(void)
{
    sink = (unsigned)socket(AF_INET, SOCK_STREAM, 0);
}

static void try_exec(void)
{
    char name[] = "/bin/true";
    char *argv[] = {name, NULL};

    execv(name, argv);
}

static void try_fork(void)
{
    sink = (unsigned)fork();
}

static void try_kill(void)
{
    sink = (unsigned)kill(getppid(), 0);
}

static void try_signal(void)
{
    sink = (unsigned)syscall(SYS_tgkill, 1, 1, 0);
}

static void try_write_input(void)
{
    sink = (unsigned)write(EW_DP_IN_FD, "x", 1);
}

static void try_code(void)
{
    sink = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
                MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
}

static void try_map_input(void)
{
    sink = mmap(NULL, 4096, PROT_READ, MAP_SHARED, EW_DP_IN_FD, 0) != MAP_FAILED;
}

static void try_environ(void)
{
    sink = (unsigned)syscall(SYS_openat, AT_FDCWD, "/proc/self/environ", O_RDONLY);
}

static void hang(void)
{
    for (;;)
        sink++;
}

static void eat(void)
{
    for (;;) {
        char *p = malloc(1 << 20);

        if (p == NULL)
            fail(EW_DP_FAIL_MEMORY, "eating");
        memset(p, 1, 1 << 20);
        sink = (unsigned char)p[4096];
    }
}

static void crash(void)
{
    static volatile uintptr_t nowhere = 16;

    *(volatile int *)nowhere = 1;
}

static void leave(void)
{
    _exit(0);
}

static void garbage(void)
{
    static const uint8_t bytes[64] = "HTTP/1.1 200 OK\r\n\r\n<html>";

    sink = (unsigned)write(EW_DP_OUT_FD, bytes, sizeof bytes);
}

static void huge_frame(void)
{
    frame_raw(EW_DP_PCM, 0xFFFFFFFF, NULL, 0);
}

static void pcm_first(void)
{
    const uint8_t payload[12] = {0, 0, 0, 0, 1};

    frame_raw(EW_DP_PCM, sizeof payload, payload, sizeof payload);
}

static void end_first(void)
{
    const uint8_t payload[EW_DP_END_BYTES] = {0};

    frame_raw(EW_DP_END, sizeof payload, payload, sizeof payload);
}

static void chatter(void)
{
    for (;;)
        frame_raw(EW_DP_NOTE, 5, "never", 5);
}

static void beats(void)
{
    for (;;)
        frame_raw(EW_DP_BEAT, 0, NULL, 0);
}

static void info(uint32_t rate_hz, uint32_t channels)
{
    uint8_t p[EW_DP_INFO_BYTES] = {0};

    ew_put_u32le(p + EW_DP_INFO_AT_VERSION, EW_DP_VERSION);
    ew_put_u32le(p + EW_DP_INFO_AT_STORED_RATE, rate_hz);
    ew_put_u32le(p + EW_DP_INFO_AT_STORED_CHANNELS, channels);
    ew_put_u32le(p + EW_DP_INFO_AT_RATE, rate_hz);
    ew_put_u32le(p + EW_DP_INFO_AT_CHANNELS, channels);
    ew_put_u32le(p + EW_DP_INFO_AT_STREAMS, 1);
    memcpy(p + EW_DP_INFO_AT_CONTAINER, "a\nb\x1b[31m\xff", 9);
    frame_raw(EW_DP_INFO, sizeof p, p, sizeof p);
}

static void nine_channels(void)
{
    info(8000, 9);
}

/* Numbers that are none, a remark that would paint the terminal, and a proper end. */
static void strange(void)
{
    uint8_t pcm[8 + 16], end[EW_DP_END_BYTES] = {4};
    const uint32_t words[4] = {0x7FC00000, 0x7F800000, 0xFF800000, 0x3F000000};

    info(8000, 1);
    frame_raw(EW_DP_NOTE, 9, "\x1b[2J\nhi\xc3", 9);
    memset(pcm, 0, sizeof pcm);
    pcm[4] = 4;
    memcpy(pcm + 8, words, sizeof words);
    frame_raw(EW_DP_PCM, sizeof pcm, pcm, sizeof pcm);
    frame_raw(EW_DP_END, sizeof end, end, sizeof end);
    _exit(0);
}

static void hang_later(void)
{
    info(8000, 1);
    for (;;)
        sink++;
}

static const struct {
    const char *name;
    void (*run)(void);
} hooks[] = {
    {"open", try_open},
    {"create", try_create},
    {"socket", try_socket},
    {"exec", try_exec},
    {"fork", try_fork},
    {"kill", try_kill},
    {"signal", try_signal},
    {"write-input", try_write_input},
    {"code", try_code},
    {"map-input", try_map_input},
    {"environ", try_environ},
    {"hang", hang},
    {"eat", eat},
    {"crash", crash},
    {"abort", abort},
    {"leave", leave},
    {"garbage", garbage},
    {"huge-frame", huge_frame},
    {"pcm-first", pcm_first},
    {"end-first", end_first},
    {"chatter", chatter},
    {"beats", beats},
    {"nine-channels", nine_channels},
    {"strange", strange},
    {"hang-later", hang_later},
};

void hook_run(void)
{
    char head[32] = "";
    ssize_t n = pread(EW_DP_IN_FD, head, sizeof head - 1, 0);

    if (n < 8 || strncmp(head, "EWHOOK ", 7) != 0)
        return;
    head[7 + strcspn(head + 7, " \n")] = 0;
    for (size_t i = 0; i < EW_COUNT(hooks); i++)
        if (strcmp(head + 7, hooks[i].name) == 0) {
            hooks[i].run();
            _exit(0);
        }
}

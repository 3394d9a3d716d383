/* SPDX-License-Identifier: Apache-2.0 */
/* What sounds although no splitter cuts it: whoever seals it is to know that nothing of it can be
 * hidden later. */
#include <string.h>
#include <strings.h>

#include "base/bytes.h"
#include "seal/split.h"

static bool has(ew_slice s, size_t at, const char *magic)
{
    size_t n = strlen(magic);
    return s.n >= at + n && memcmp(s.p + at, magic, n) == 0;
}

/* Of the same box format are pictures, too. */
static bool is_mp4(ew_slice head)
{
    static const char *const pictures[] = {"heic", "heix", "heim", "heis", "mif1",
                                           "msf1", "avif", "avis", "crx "};
    if (!has(head, 4, "ftyp"))
        return false;
    for (size_t i = 0; i < EW_COUNT(pictures); i++)
        if (has(head, 8, pictures[i]))
            return false;
    return true;
}

static bool begins_like_sound(ew_slice head)
{
    static const char *const magics[] = {
        "fLaC",  "OggS", "ID3",  "caff", ".snd",
        "#!AMR", "wvpk", "MAC ", "ADIF", "\x1A\x45\xDF\xA3"};
    bool wave = has(head, 0, "RIFF") || has(head, 0, "RF64") || has(head, 0, "BW64");
    if (is_mp4(head) || (wave && has(head, 8, "WAVE")) ||
        (has(head, 0, "FORM") && has(head, 8, "AIF")))
        return true;
    for (size_t i = 0; i < EW_COUNT(magics); i++)
        if (has(head, 0, magics[i]))
            return true;
    const uint8_t *p = (const uint8_t *)head.p;
    return head.n >= 2 && p[0] == 0xFF &&
           ((p[1] & 0xE6) == 0xE2 || (p[1] & 0xF6) == 0xF0); /* MP3, AAC */
}

bool ew_seems_sound(ew_slice head, const char *name)
{
    static const char *const ends[] = {".wav", ".flac", ".m4a", ".mp3",  ".aac", ".ogg",
                                       ".oga", ".opus", ".amr", ".3gp",  ".wma", ".aif",
                                       ".caf", ".aiff", ".m4b", ".webm", ".mp4", ".mov"};
    const char *dot = name != NULL ? strrchr(name, '.') : NULL;
    if (head.n == 0)
        return false;
    for (size_t i = 0; dot != NULL && i < EW_COUNT(ends); i++)
        if (strcasecmp(dot, ends[i]) == 0)
            return true;
    return begins_like_sound(head);
}

ew_code ew_src_head(const ew_src *src, char room[EW_SOUND_HEAD], ew_slice *head,
                    ew_err *err)
{
    *head = (ew_slice){room, src->size < EW_SOUND_HEAD ? (size_t)src->size
                                                       : (size_t)EW_SOUND_HEAD};
    return src->read(src->cookie, 0, room, head->n, err);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Taking a bundle apart. */
#include "seal/opened.h"

#include "base/alloc.h"

enum { NOTE, PROOF, COVER, PARTS }; /* after the first file, which says what this is */

ew_code ew_opened_take(ew_opened *o, ew_slice bytes, ew_err *err)
{
    static const char *const names[] = {"seal.note", "seal.tlog-proof", "cover.bin"};
    *o = (ew_opened){.files = NULL};
    ew_code code = ew_zip_parse(bytes.p, bytes.n, &o->files, &o->count, err);
    if (code != EW_OK)
        return code;
    for (size_t i = 0; i < PARTS; i++)
        if (o->count < 1 + PARTS || !ew_slice_is(o->files[1 + i].name, names[i]))
            return ew_fail(err, EW_E_FORMAT, 0, "not a bundle");
    o->note_text = o->files[1 + NOTE].bytes;
    o->proof = o->files[1 + PROOF].bytes;
    o->cover = o->files[1 + COVER].bytes;
    o->parts = o->files + 1 + PARTS;
    while (1 + PARTS + o->part_count < o->count) {
        ew_slice name = o->parts[o->part_count].name;
        if (!ew_slice_skip(&name, "parts/"))
            break;
        o->part_count++;
    }
    code = ew_note_parse(&o->note, o->note_text.p, o->note_text.n, err);
    return code == EW_OK ? ew_seal_parse(&o->seal, o->note->text, err) : code;
}

void ew_opened_release(ew_opened *o)
{
    ew_note_free(o->note);
    ew_free(o->files);
    *o = (ew_opened){.files = NULL};
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What is imported: a file, a folder, or a ZIP, as a list of members. Foreign archives are read with
 * libarchive, within limits. */
#ifndef EW_IMPORT_DELIVERY_H
#define EW_IMPORT_DELIVERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

enum {
    EW_DELIVERY_MEMBERS = 1000000,
    EW_DELIVERY_NAME = 4096,        /* bytes of a member's path */
    EW_DELIVERY_UNPACKED = 1 << 30, /* bytes of one member of a ZIP that is read */
    EW_DELIVERY_RATIO = 1000        /* unpacked : packed, over all of a ZIP */
};

typedef struct ew_delivery ew_delivery;

/* path: a regular file, a folder or a ZIP, followed once when it is a link. Members are sorted by the
 * bytes of their names; those of a folder are regular files in it, to any depth, links not
 * followed. Names of a ZIP that lead out of it, or twice to the same place, are left out and
 * told by ew_delivery_odd. Of a ZIP that breaks off the members are those before that, which is told so, too. EW_E_NOTFOUND, EW_E_FORMAT, EW_E_LIMIT. */
EW_MUST_CHECK ew_code ew_delivery_open(ew_delivery **out, const char *path, ew_err *err);
void ew_delivery_close(ew_delivery *s);

typedef enum ew_delivery_kind {
    EW_DELIVERY_FILE,
    EW_DELIVERY_FOLDER,
    EW_DELIVERY_ZIP
} ew_delivery_kind;
ew_delivery_kind ew_delivery_kind_of(const ew_delivery *s);
const char *ew_delivery_path(const ew_delivery *s);

size_t ew_delivery_count(const ew_delivery *s);
/* "result.json", "files/1.ogg"; of a single file its last part. As it is in the archive: may be no
 * UTF-8. */
ew_slice ew_delivery_name(const ew_delivery *s, size_t member);
uint64_t ew_delivery_bytes(const ew_delivery *s, size_t member);
/* SIZE_MAX: there is none. Names are compared byte for byte, then without regard to Unicode's
 * composed and decomposed forms. */
size_t ew_delivery_find(const ew_delivery *s, ew_slice name);
/* Text of what was left out, one line each; NULL after the last. */
const char *ew_delivery_odd(const ew_delivery *s, size_t i);

/* From now on the bytes of a member come from a copy of it, which nobody else changes. copy: NULL: the member cannot
 * be read, and is empty. */
EW_MUST_CHECK ew_code ew_delivery_replace(ew_delivery *s, size_t member, const char *copy,
                                          ew_err *err);
/* Those of a ZIP that were not replaced come from this copy of it. */
EW_MUST_CHECK ew_code ew_delivery_replace_zip(ew_delivery *s, const char *copy,
                                              ew_err *err);
/* The members in the order in which reading all of them is one pass. order: as many as there are. */
void ew_delivery_order(const ew_delivery *s, size_t *order);

/* The bytes of a member, mapped or unpacked; they stay until the next call for this delivery that gives
 * bytes. EW_E_LIMIT when it unpacks to more than the limit or another size than it says. What is mapped may become
 * shorter: then it reads as zeros, which ew_delivery_check tells from then on. */
EW_MUST_CHECK ew_code ew_delivery_read(ew_delivery *s, size_t member, ew_slice *bytes,
                                       ew_err *err);

/* EW_E_IO when something that was read had become shorter: what was made of it does not count. */
EW_MUST_CHECK ew_code ew_delivery_check(const ew_delivery *s, ew_err *err);

/* The same in pieces, for what need not be in memory at once: put() is called in order. */
EW_MUST_CHECK ew_code ew_delivery_stream(ew_delivery *s, size_t member,
                                         ew_code (*put)(void *cookie, const void *bytes,
                                                        size_t n, ew_err *err),
                                         void *cookie, ew_err *err);

#endif

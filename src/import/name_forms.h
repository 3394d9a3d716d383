/* SPDX-License-Identifier: Apache-2.0 */
/* Names of files that are the same but for composed and decomposed letters (Unicode, UAX 15): a Mac copies names
 * with their marks apart. */
#ifndef EW_IMPORT_NAME_FORMS_H
#define EW_IMPORT_NAME_FORMS_H

#include <stddef.h>

#include "base/err.h"
#include "base/slice.h"

/* Empty when zeroed. */
typedef struct ew_name_forms {
    struct ew_name_form *list;
    size_t count, cap;
} ew_name_forms;

/* ASCII and what is no UTF-8 has one form only, and is passed over. */
EW_MUST_CHECK ew_code ew_name_forms_add(ew_name_forms *f, ew_slice name, size_t number,
                                        ew_err *err);
/* After the last one. */
void ew_name_forms_end(ew_name_forms *f);
/* The number of a name of the same letters; SIZE_MAX when there is none. */
size_t ew_name_forms_find(const ew_name_forms *f, ew_slice name);
void ew_name_forms_release(ew_name_forms *f);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Any text as a sentence of the program, in each language: what comes is a text, whole where that was whole, the same
 * for the same sentence, and in English the sentence itself; an Accept-Language of anything is a language. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "base/words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void say(const char *text)
{
    char first[4096];
    const char *said = ew_said(text);
    size_t n = strlen(said);
    if (said != text && n >= sizeof first)
        abort();
    if (said != text && ew_utf8_valid(text, strlen(text)) && !ew_utf8_valid(said, n))
        abort();
    if (said == text)
        return;
    memcpy(first, said, n + 1);
    if (strcmp(ew_said(text), first) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    if (text == NULL)
        return 0;
    memcpy(text, data, size);
    text[size] = 0;
    for (size_t i = 0; ew_language_code(i) != NULL; i++) {
        if (!ew_language_set(ew_language_code(i)))
            abort();
        say(text);
        if (i == 0 && ew_said(text) != text)
            abort();
    }
    if (!ew_language_set(ew_language_accepted(text)) || !ew_language_set("en"))
        abort();
    free(text);
    return 0;
}

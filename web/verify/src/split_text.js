// SPDX-License-Identifier: Apache-2.0
// Splitter `para-v1`: a text as paragraphs, each with the blank lines after it; blank lines
// at the very beginning belong to the first one. Mirrors src/seal/split_text.c.
import { textOf } from './bytes.js';
import { KIND } from './parts.js';

/** A paragraph begins with text (the first may begin with blank lines) and ends with a blank
 * line (the last need not); nowhere inside is a blank line followed by text. */
function paragraph(text, first, last) {
    const lines = text.split('\n');
    const ended = lines[lines.length - 1] === '';
    let any = false; /* text in this paragraph */
    let open = false; /* and no blank line after it */
    if (ended)
        lines.pop();
    for (const line of lines) {
        const blank = /^[ \t\r]*$/.test(line);
        if (blank ? !any && !first : any && !open)
            return false;
        any ||= !blank;
        open = !blank;
    }
    return last || (ended && any && !open);
}

/** @param {import('./split.js').Shown} run */
export function paraFits(stream, run) {
    let at = 0;
    for (let i = 0; i < run.kinds.length; i++) {
        const index = run.first + i;
        const text = textOf(run.bytes.subarray(at, at + run.lengths[i]));
        if (run.kinds[i] !== KIND.CONTENT ||
            !paragraph(text, index === 0, index + 1 === stream.n))
            return false;
        at += run.lengths[i];
    }
    return true;
}

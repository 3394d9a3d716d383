// SPDX-License-Identifier: Apache-2.0
// Splitter `chat-v1`: a text export of a messenger as time, sender, attachment and body of
// each message. Mirrors src/seal/split_chat.c. Texts are byte strings.
import { textOf } from './bytes.js';
import { KIND } from './parts.js';

const SENDER_MAX = 256;
const LRM = '\xe2\x80\x8e'; /* left-to-right mark */

/* What comes after the brackets differs, so that no part of it can match in two ways. */
const SPACE = '(?: |\xe2\x80\xaf)'; /* also the narrow no-break space */
const WHEN = '[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{1,4},?' + SPACE +
    '[0-9]{1,2}[:.][0-9]{2}(?:[:.][0-9]{2})?' +
    `(?:${SPACE}(?:AM|PM|am|pm|a\\.m\\.|p\\.m\\.))?`;
const TIME = new RegExp(`(?:\xef\xbb\xbf)?(?:${LRM})*` +
    `(?:\\[${WHEN}\\] |${WHEN}(?: - | \xe2\x80\x93 ))`, 'y');

/** Bytes of the time at the beginning of a message; 0 when no message begins at `at`. */
function timeAt(text, at = 0) {
    TIME.lastIndex = at;
    return TIME.test(text) ? TIME.lastIndex - at : 0;
}

/** Up to the first colon that a space or the end of the line follows; 0: nobody. */
function senderAt(text) {
    for (let i = 0; i + 1 < text.length && i < SENDER_MAX && text[i] !== '\n'; i++) {
        if (text[i] !== ':' || i === 0)
            continue;
        if (text[i + 1] === ' ')
            return i + 2;
        if (text[i + 1] === '\n')
            return i + 1;
    }
    return 0;
}

/** A line that names a file; 0: it does not. */
function attachmentAt(text) {
    const end = text.indexOf('\n');
    let line = end < 0 ? text : text.slice(0, end);
    while (line.endsWith('\r'))
        line = line.slice(0, -1);
    while (line.startsWith(LRM))
        line = line.slice(LRM.length);
    const mark = ' (file attached)';
    const names = (line.length > 12 && line.startsWith('<attached: ') && line.endsWith('>')) ||
        (line.length > mark.length && line.endsWith(mark));
    return names ? (end < 0 ? text.length : end + 1) : 0;
}

/** Bytes up to the next line that is the head of a message, or to the end. */
function bodyAt(text) {
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1))
        if (timeAt(text, end + 1) > 0)
            return end + 1;
    return text.length;
}

function partFits(kind, text, index, last) {
    /* A part that ends a line, as whatever a message follows does. */
    const endsLine = last || text.endsWith('\n');
    switch (kind) {
    case KIND.TIME:
        return timeAt(text) === text.length;
    case KIND.SENDER:
        /* The colon may be its end when a line feed follows, which is the next part's. */
        return text.length <= SENDER_MAX + 1 && senderAt(text + '\n') === text.length;
    case KIND.ATTACHMENT:
        return attachmentAt(text) === text.length && endsLine;
    case KIND.BODY:
        return bodyAt(text) === text.length && endsLine;
    case KIND.HEAD:
        return index === 0 && timeAt(text) === 0 && bodyAt(text) === text.length && endsLine;
    default:
        return false;
    }
}

/** What may come after what in one run. */
function mayFollow(before, kind) {
    switch (kind) {
    case KIND.TIME:
        return before !== KIND.TIME && before !== KIND.SENDER;
    case KIND.SENDER:
        return before === KIND.TIME;
    case KIND.ATTACHMENT:
        return before === KIND.TIME || before === KIND.SENDER;
    default:
        return before !== KIND.BODY && before !== KIND.HEAD;
    }
}

/** @param {import('./split.js').Shown} run */
export function chatFits(stream, run) {
    let at = 0;
    for (let i = 0; i < run.kinds.length; i++) {
        const index = run.first + i;
        const kind = run.kinds[i];
        const before = i > 0 ? run.kinds[i - 1] : 0;
        const text = textOf(run.bytes.subarray(at, at + run.lengths[i]));
        if (!partFits(kind, text, index, index + 1 === stream.n) ||
            (i > 0 && !mayFollow(before, kind)) ||
            (before === KIND.TIME && kind === KIND.BODY && senderAt(text) > 0) ||
            (index === 0 && kind !== KIND.HEAD && kind !== KIND.TIME))
            return false;
        at += run.lengths[i];
    }
    return true;
}

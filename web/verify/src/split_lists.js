// SPDX-License-Identifier: Apache-2.0
// What is not a file: the metadata of an item, a line for each slot, and the seals that make
// a collection. Mirrors src/seal/split_lists.c.
import { bytesOf, textOf } from './bytes.js';
import { HASH, KIND } from './parts.js';
import { utf8Valid } from './utf8.js';

/* A key keeps its slot for ever. */
const KEYS = ['name', 'modified', 'path', 'members', 'cut', 'tool', 'from',
    'obtained', 'place', 'time-claimed', 'note', 'device', 'reference', null, null, null];
const VALUE_MAX = 1000;

function valueOk(value) {
    return value.length > 0 && value.length <= VALUE_MAX && utf8Valid(bytesOf(value)) &&
        !/[\0-\x1f\x7f]/.test(value);
}

function slotFits(slot, text) {
    if (text.length === 0)
        return slot < KEYS.length;
    const key = KEYS[slot] ?? null;
    const end = text.indexOf('\n');
    return key !== null && end === text.length - 1 && text.startsWith(key + '=') &&
        valueOk(text.slice(key.length + 1, end));
}

/** @param {import('./split.js').Shown} run */
export function metaFits(run) {
    let at = 0;
    for (let i = 0; i < run.kinds.length; i++) {
        const text = textOf(run.bytes.subarray(at, at + run.lengths[i]));
        if (run.kinds[i] !== KIND.META || !slotFits(run.first + i, text))
            return false;
        at += run.lengths[i];
    }
    return true;
}

/** @param {import('./split.js').Shown} run */
export function sealsFit(run) {
    return run.kinds.every((k) => k === KIND.CONTENT) && run.lengths.every((n) => n === HASH);
}

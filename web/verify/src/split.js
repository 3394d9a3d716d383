// SPDX-License-Identifier: Apache-2.0
// Splitters: what every visible part must look like, so that nobody gets to cut a text into
// letters and to show some of them. Mirrors src/seal/split.c; docs/formats/part-tree.md.
import { KIND } from './parts.js';
import { chatFits } from './split_chat.js';
import { framesFit } from './split_frames.js';
import { gridFits } from './split_grid.js';
import { metaFits, sealsFit } from './split_lists.js';
import { paraFits } from './split_text.js';

export const SPLITTERS = ['whole', 'grid', 'ogg-page', 'mp3-frame', 'aac-frame', 'chat-v1',
    'para-v1', 'meta', 'seals'];

/** Bytes of a sample. */
export const SAMPLES = {
    __proto__: null, u8: 1, s16le: 2, s24le: 3, s32le: 4, f32le: 4, f64le: 8,
};

/**
 * Parts that are visible one after another.
 * @typedef {object} Shown
 * @property {number} first  number of the first one
 * @property {Uint8Array} kinds
 * @property {Float64Array} lengths
 * @property {Uint8Array} bytes  all of them
 */

/** True when the splitter makes such parts. @param {Shown} run */
export function splitFits(stream, run) {
    const noneEmpty = () => run.lengths.every((n) => n > 0);
    switch (stream.splitter) {
    case 'whole':
        return stream.n === 1 && run.kinds.every((k) => k === KIND.CONTENT);
    case 'meta':
        return metaFits(run);
    case 'seals':
        return sealsFit(run);
    case 'grid':
        return noneEmpty() && gridFits(stream, SAMPLES[stream.sample], run);
    case 'chat-v1':
        return noneEmpty() && chatFits(stream, run);
    case 'para-v1':
        return noneEmpty() && paraFits(stream, run);
    default:
        return noneEmpty() && framesFit(stream, run);
    }
}

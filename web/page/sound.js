// SPDX-License-Identifier: Apache-2.0
// A sound of any length, as the program decodes it: peaks, pictures and samples, piece by piece. What was
// looked at last is kept, within bounds; no sound is ever here as a whole.
import * as api from './api.js';

const LOOK_MS = 250;
const AGAIN_MS = 5000;
const AT_A_TIME = 4;
const LINE_MAX = 48; // requests that wait; older ones are of places that were left

export const POINT = 64; // frames of a point of the finest peaks; each level has 4 of the one below
export const LEVELS = 10;
export const TILE = 256;
export const TILE_LEVELS = 14; // a column is 64 << level frames
export const PIECE = 1 << 17; // frames of samples that are fetched at a time
const CHUNK = 4096; // points of peaks that are fetched at a time
const BEYOND = 2; // frames of the next piece, for a player that looks between two samples

const none = () => {};

/** Things that are fetched when wanted; the one not used for longest goes first. */
export class Shelf {
    constructor(most, drop = none) {
        this.most = most;
        this.drop = drop;
        this.kept = new Map();
        this.coming = new Map();
        this.line = [];
        this.running = 0;
    }

    /** What is there; undefined while it is not, and null if it cannot be had. arrived() is called then. */
    want(key, load, arrived) {
        const found = this.#find(key);
        if (found === undefined && !this.coming.has(key) && !this.line.some((w) => w.key === key)) {
            this.line.push({ key, load, arrived });
            if (this.line.length > LINE_MAX)
                this.line.shift();
            this.#next();
        }
        return found;
    }

    /** The same, waiting for it and before all others. */
    async get(key, load) {
        const found = this.#find(key);
        return found !== undefined && found !== null ? found : this.#fetch(key, load);
    }

    #find(key) {
        const found = this.kept.get(key);
        if (found !== undefined) {
            this.kept.delete(key);
            this.kept.set(key, found);
        }
        return found;
    }

    #keep(key, value) {
        this.kept.set(key, value);
        while (this.kept.size > this.most) {
            const [oldest, old] = this.kept.entries().next().value;
            this.kept.delete(oldest);
            if (old !== null)
                this.drop(old);
        }
    }

    /** It is not asked for again at every frame, but after a while. */
    #lack(key) {
        this.#keep(key, null);
        setTimeout(() => this.kept.get(key) === null && this.kept.delete(key), AGAIN_MS);
    }

    #fetch(key, load) {
        let coming = this.coming.get(key);
        if (coming === undefined) {
            coming = load().then((value) => {
                this.#keep(key, value);
                return value;
            }).finally(() => this.coming.delete(key));
            this.coming.set(key, coming);
        }
        return coming;
    }

    /** The newest wish first: it is what is looked at. */
    #next() {
        while (this.running < AT_A_TIME && this.line.length > 0) {
            const { key, load, arrived } = this.line.pop();
            this.running++;
            this.#fetch(key, load).catch(() => this.#lack(key)).finally(() => {
                this.running--;
                arrived();
                this.#next();
            });
        }
    }
}

const peaks = new Shelf(512);
const tiles = new Shelf(128, (bitmap) => bitmap.close());
const pieces = new Shelf(24);

export class Sound {
    /** @param {{rate: number, channels: number, frames: number}} facts */
    constructor(sha256, facts) {
        this.sha256 = sha256;
        this.rate = facts.rate;
        this.channels = facts.channels;
        this.frames = facts.frames;
        this.duration = facts.frames / facts.rate;
        this.path = `/api/sounds/${sha256}`;
        this.last = {}; // chunk of peaks: each column of a picture asks for one
        this.watchers = new Set();
        this.arrived = () => this.watchers.forEach((w) => w());
    }

    /** Points first..first+CHUNK of a level as [lowest, highest] bytes, or undefined. */
    chunk(level, number) {
        if (this.last.level === level && this.last.number === number)
            return this.last.points;
        const points = peaks.want(`${this.sha256}/${level}/${number}`, async () => new Int8Array(
            await api.bytes(`${this.path}/peaks?level=${level}&from=${number * CHUNK}&count=${CHUNK}`)),
        this.arrived);
        if (points)
            this.last = { level, number, points };
        return points;
    }

    /** Lowest and highest sample of frames a..b by a level's points, -1..1, into out; false: not here yet. */
    range(level, a, b, out) {
        const frames = POINT * 4 ** level;
        const last = Math.min(Math.ceil(b / frames), Math.ceil(this.frames / frames));
        let low = 127;
        let high = -128;
        for (let i = Math.max(0, Math.floor(a / frames)); i < last; i++) {
            const chunk = this.chunk(level, Math.floor(i / CHUNK));
            if (!chunk)
                return false;
            const at = 2 * (i % CHUNK);
            low = Math.min(low, chunk[at]);
            high = Math.max(high, chunk[at + 1]);
        }
        out[0] = low / 128;
        out[1] = high / 128;
        return low <= high;
    }

    /** A picture of TILE columns, or undefined. */
    tile(level, number) {
        return tiles.want(`${this.sha256}/${level}/${number}`, async () => createImageBitmap(
            new Blob([await api.bytes(`${this.path}/tiles/${level}/${number}`)], { type: 'image/png' })),
        this.arrived);
    }

    #load(number) {
        return async () => readWav(await api.bytes(
            `${this.path}/wav?from=${number * PIECE}&count=${PIECE + BEYOND}`));
    }

    /** Samples from number * PIECE on, of each channel. */
    piece(number) {
        return pieces.get(`${this.sha256}/${number}`, this.#load(number));
    }

    /** The same, or undefined when they are not here yet. */
    pieceNow(number) {
        return pieces.want(`${this.sha256}/${number}`, this.#load(number), this.arrived);
    }
}

/** The samples of a 16-bit WAV file of ours, by channel, -1..1. */
export function readWav(bytes) {
    const head = new DataView(bytes);
    const channels = head.getUint16(22, true);
    const samples = new Int16Array(bytes, 44, (bytes.byteLength - 44) >> 1);
    const n = Math.floor(samples.length / channels);
    return Array.from({ length: channels }, (_, c) => {
        const out = new Float32Array(n);
        for (let i = 0; i < n; i++)
            out[i] = samples[i * channels + c] / 32768;
        return out;
    });
}

/**
 * The sound of a file, once it is decoded.
 * @param {(share: number) => void} progress
 * @param {() => boolean} wanted  false: nobody waits any more
 * @param {string} from  the case that it is of; '': it was sent, or is in the archive
 */
export async function openSound(sha256, progress = none, wanted = () => true, from = '') {
    while (wanted()) {
        const told = await api.get(`/api/sounds/${sha256}${from && `?case=${from}`}`);
        if (told.state === 'ready')
            return new Sound(sha256, told);
        if (told.state === 'none')
            throw new Error(told.error.message);
        progress(Math.max(0, told.share));
        await new Promise((r) => setTimeout(r, LOOK_MS));
    }
    return null;
}

// SPDX-License-Identifier: Apache-2.0
// Random numbers that are the same everywhere for the same seed (sfc32), and choices.

export class Rng {
    constructor(seed) {
        this.a = 0x9e3779b9;
        this.b = 0x243f6a88;
        this.c = seed >>> 0;
        this.d = 1;
        for (let i = 0; i < 16; i++) this.u32();
    }

    u32() {
        const t = (this.a + this.b + this.d) | 0;
        this.d = (this.d + 1) | 0;
        this.a = this.b ^ (this.b >>> 9);
        this.b = (this.c + (this.c << 3)) | 0;
        this.c = (((this.c << 21) | (this.c >>> 11)) + t) | 0;
        return t >>> 0;
    }

    /** 0 to n-1 */
    below(n) {
        return n > 0 ? this.u32() % n : 0;
    }

    chance(share) {
        return this.u32() < share * 2 ** 32;
    }

    pick(list) {
        return list[this.below(list.length)];
    }

    bytes(n) {
        return Uint8Array.from({ length: n }, () => this.u32());
    }
}

// SPDX-License-Identifier: Apache-2.0
// Sets of whole numbers as ranges, since there may be hundreds of thousands of messages.

export class Ranges {
    constructor() {
        this.list = []; // [first, last], in order, not touching
    }

    has(n) {
        let [low, high] = [0, this.list.length - 1];
        while (low <= high) {
            const middle = (low + high) >> 1;
            if (n < this.list[middle][0])
                high = middle - 1;
            else if (n > this.list[middle][1])
                low = middle + 1;
            else
                return true;
        }
        return false;
    }

    /** Puts first..last in, or takes it out. */
    set(first, last, is) {
        const left = this.list.flatMap(([a, b]) => {
            if (b < first - (is ? 1 : 0) || a > last + (is ? 1 : 0))
                return [[a, b]];
            if (is) {
                first = Math.min(first, a);
                last = Math.max(last, b);
                return [];
            }
            return [[a, first - 1], [last + 1, b]].filter(([x, y]) => x <= y);
        });
        if (is)
            left.push([first, last]);
        this.list = left.sort((p, q) => p[0] - q[0]);
    }

    /** Many numbers, in order, at once. */
    setAll(numbers, is) {
        const all = new Set(numbers);
        for (const [a, b] of this.list)
            for (let n = a; n <= b; n++)
                all[is || !all.has(n) ? 'add' : 'delete'](n);
        if (!is)
            for (const n of numbers)
                if (!this.has(n))
                    all.delete(n);
        this.list = [];
        for (const n of [...all].sort((p, q) => p - q))
            if (this.list.at(-1)?.[1] === n - 1)
                this.list.at(-1)[1] = n;
            else
                this.list.push([n, n]);
    }

    get empty() {
        return this.list.length === 0;
    }

    /** "#1-5,#9" */
    words() {
        return this.list.map(([a, b]) => (a === b ? `#${a}` : `#${a}-${b}`)).join(',');
    }
}

// SPDX-License-Identifier: Apache-2.0
// Ribbons between two pictures: from where a stretch lies in one to where it lies in the other.
import { el } from './dom.js';

const HIGH = 48;
const HATCH = 7; // pixels between the lines of what was moved or repeated

export class Ribbons {
    constructor(top, low, stretches) {
        Object.assign(this, { top, low, stretches });
        this.canvas = el('canvas', { className: 'ribbons', 'aria-hidden': 'true' });
        this.asked = 0;
        new ResizeObserver(() => this.draw()).observe(this.canvas);
    }

    draw() {
        if (this.asked === 0)
            this.asked = requestAnimationFrame(() => {
                this.asked = 0;
                this.paint();
            });
    }

    /** The corners of a ribbon, from the upper left one on. */
    corners(s) {
        return [[this.top.x(s.a_start), 0], [this.top.x(s.a_end), 0], [this.low.x(s.b_end), HIGH], [this.low.x(s.b_start), HIGH]];
    }

    paint() {
        const width = this.canvas.clientWidth;
        const dots = Math.min(2, devicePixelRatio || 1);
        if (width === 0)
            return;
        this.canvas.width = Math.round(width * dots);
        this.canvas.height = HIGH * dots;
        const c = this.canvas.getContext('2d');
        const style = getComputedStyle(this.canvas);
        c.setTransform(dots, 0, 0, dots, 0, 0);
        for (const s of this.stretches)
            this.#one(c, s, { fill: style.getPropertyValue('--shared').trim(), line: style.getPropertyValue('--ink').trim() });
    }

    #one(c, s, color) {
        const path = new Path2D();
        this.corners(s).forEach(([x, y], i) => (i === 0 ? path.moveTo(x, y) : path.lineTo(x, y)));
        path.closePath();
        c.fillStyle = color.fill;
        c.strokeStyle = color.line;
        c.fill(path);
        c.stroke(path);
        if (s.in_order)
            return;
        c.save();
        c.clip(path);
        c.beginPath();
        for (let y = HATCH / 2; y < HIGH; y += HATCH) {
            c.moveTo(0, y);
            c.lineTo(this.canvas.clientWidth, y);
        }
        c.stroke();
        c.restore();
    }
}

// SPDX-License-Identifier: Apache-2.0
// Ribbons between two pictures: from where a stretch lies in one to where it lies in the other.
import { el } from './dom.js';

const HIGH = 48;
const OUTLINED = 400; // ribbons in view; more have no lines around them
const HATCH = 7; // pixels between the lines of what was moved or repeated

/** Draws a quadrangle: two edges above, two below. */
function quad(path, [a, b, c, d]) {
    path.moveTo(a, 0);
    path.lineTo(b, 0);
    path.lineTo(c, HIGH);
    path.lineTo(d, HIGH);
    path.closePath();
}

const near = (p, q) => Math.abs(p - q) < 1;

export class Ribbons {
    constructor(top, low, stretches) {
        Object.assign(this, { top, low, stretches });
        this.canvas = el('canvas', { className: 'ribbons', 'aria-hidden': 'true' });
        this.asked = 0;
        this.width = 0;
        new ResizeObserver(() => {
            this.width = this.canvas.clientWidth;
            this.draw();
        }).observe(this.canvas);
    }

    draw() {
        if (this.asked === 0)
            this.asked = requestAnimationFrame(() => {
                this.asked = 0;
                this.paint();
            });
    }

    /** What is in view, from the upper left corner on; stretches with less than a pixel between them become one ribbon. */
    #ribbons() {
        const list = [];
        for (const s of this.stretches) {
            const at = [this.top.x(s.a_start), this.top.x(s.a_end), this.low.x(s.b_end), this.low.x(s.b_start)];
            const last = list.at(-1);
            if (at.every((x) => x < 0) || at.every((x) => x > this.width))
                continue;
            if (last !== undefined && s.in_order && last.in_order && near(last.at[1], at[0]) && near(last.at[2], at[3]))
                last.at = [last.at[0], at[1], at[2], last.at[3]];
            else
                list.push({ in_order: s.in_order, at });
        }
        return list;
    }

    paint() {
        const { width } = this;
        const dots = Math.min(2, devicePixelRatio || 1);
        if (width === 0)
            return;
        this.canvas.width = Math.round(width * dots);
        this.canvas.height = HIGH * dots;
        const c = this.canvas.getContext('2d');
        const all = new Path2D();
        const crossed = new Path2D();
        const ribbons = this.#ribbons();
        for (const { in_order, at } of ribbons) {
            quad(all, at);
            if (!in_order)
                quad(crossed, at);
        }
        c.setTransform(dots, 0, 0, dots, 0, 0);
        c.fillStyle = this.top.color('--shared');
        c.strokeStyle = this.top.color('--ink');
        c.fill(all);
        if (ribbons.length <= OUTLINED)
            c.stroke(all);
        this.#hatch(c, crossed);
    }

    /** What was moved or repeated. */
    #hatch(c, path) {
        c.save();
        c.clip(path);
        c.beginPath();
        for (let y = HATCH / 2; y < HIGH; y += HATCH) {
            c.moveTo(0, y);
            c.lineTo(this.width, y);
        }
        c.stroke();
        c.restore();
    }
}

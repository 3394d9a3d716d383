// SPDX-License-Identifier: Apache-2.0
// A bar of what is visible and what is withheld, on which one can go to a place.
import { el } from './dom.js';

const STEP_S = 5;

/**
 * @param {object} given
 * @param {number} given.total  length, in any unit
 * @param {{from: number, to: number}[]} given.shown  stretches, in order
 * @param {((at: number) => void) | null} given.onSeek  null: nothing to go to
 * @param {(at: number) => string} given.say  a place in words
 */
export function makeBar({ total, shown, onSeek, say }) {
    const canvas = el('canvas', { 'aria-hidden': 'true' });
    const box = el('div', { className: onSeek === null ? 'bar still' : 'bar' }, canvas);
    let at = 0;

    const isShown = (x) => shown.some((s) => s.from <= x && x < s.to);

    const draw = () => {
        const style = getComputedStyle(document.documentElement);
        const colour = (name) => style.getPropertyValue(name).trim();
        const ratio = globalThis.devicePixelRatio || 1;
        const width = Math.max(1, Math.round(box.clientWidth * ratio));
        const height = Math.max(1, Math.round(box.clientHeight * ratio));
        const g = canvas.getContext('2d');
        canvas.width = width;
        canvas.height = height;
        const x = (v) => (v / total) * width;
        g.fillStyle = colour('--shown');
        g.fillRect(0, 0, width, height);
        /* What is withheld lies on top, at least a pixel wide: it must not vanish. */
        let from = 0;
        const hide = (to) => {
            if (to <= from)
                return;
            const left = Math.floor(x(from));
            hatch(g, left, Math.max(Math.ceil(x(to)) - left, Math.ceil(ratio)), height, ratio, colour);
        };
        for (const s of shown) {
            hide(s.from);
            from = s.to;
        }
        hide(total);
        if (onSeek !== null) {
            g.fillStyle = colour('--paper');
            g.fillRect(x(at) - 3 * ratio, 0, 6 * ratio, height);
            g.fillStyle = colour('--ink');
            g.fillRect(x(at) - 1.5 * ratio, 0, 3 * ratio, height);
        }
    };

    const tell = () => {
        box.setAttribute('aria-valuenow', String(Math.round(at * 10) / 10));
        box.setAttribute('aria-valuetext', say(at) + (isShown(at) ? '' : ', withheld'));
    };

    const move = (to) => {
        at = Math.min(Math.max(to, 0), total);
        tell();
        draw();
    };

    const seek = (to) => {
        move(to);
        onSeek(at);
    };

    if (onSeek === null) {
        box.setAttribute('role', 'img');
        box.setAttribute('aria-label', 'which parts are visible and which are withheld');
    } else {
        makeSlider(box, total, () => at, seek);
        tell();
    }
    new ResizeObserver(draw).observe(box);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
    return { element: box, move, isShown };
}

function hatch(g, left, width, height, ratio, colour) {
    g.save();
    g.beginPath();
    g.rect(left, 0, width, height);
    g.clip();
    g.fillStyle = colour('--hidden');
    g.fillRect(left, 0, width, height);
    g.strokeStyle = colour('--hidden-line');
    g.lineWidth = ratio;
    g.beginPath();
    for (let i = Math.floor((left - height) / (6 * ratio)) * 6 * ratio; i < left + width; i += 6 * ratio) {
        g.moveTo(i, height);
        g.lineTo(i + height, 0);
    }
    g.stroke();
    g.restore();
}

function makeSlider(box, total, now, seek) {
    const attributes = { 'role': 'slider', 'tabindex': '0', 'aria-valuemin': '0',
        'aria-valuemax': String(total), 'aria-label': 'place in the recording' };
    for (const [name, value] of Object.entries(attributes))
        box.setAttribute(name, value);
    const goTo = (event) => {
        const r = box.getBoundingClientRect();
        seek(((event.clientX - r.left) / r.width) * total);
    };
    box.addEventListener('pointerdown', (event) => {
        box.setPointerCapture(event.pointerId);
        goTo(event);
    });
    box.addEventListener('pointermove', (event) => {
        if (box.hasPointerCapture(event.pointerId))
            goTo(event);
    });
    box.addEventListener('keydown', (event) => {
        const keys = {
            ArrowLeft: now() - STEP_S, ArrowDown: now() - STEP_S, ArrowRight: now() + STEP_S,
            ArrowUp: now() + STEP_S, PageUp: now() + total / 10, PageDown: now() - total / 10,
            Home: 0, End: total,
        };
        if (!(event.key in keys))
            return;
        event.preventDefault();
        seek(keys[event.key]);
    });
}

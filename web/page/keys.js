// SPDX-License-Identifier: Apache-2.0
// Keys for listening. They can be switched off: single letters may be somebody's dictation or screen reader.
import { el } from './dom.js';
import { t } from './words.js';

const OFF = 'earwitness-keys-off';
const TYPED = new Set(['text', 'search', 'number', 'range', 'radio']);

export const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2];

export const keysOn = () => localStorage.getItem(OFF) === null;

/** Does the element under the keys need this key for itself? */
function taken(e) {
    const { tagName, type } = e.target;
    if (e.ctrlKey || e.altKey || e.metaKey || tagName === 'SELECT' || tagName === 'TEXTAREA')
        return true;
    if (tagName === 'INPUT' && TYPED.has(type))
        return type !== 'radio' || e.key.startsWith('Arrow') || e.key === ' ';
    return e.key === ' ' && ['BUTTON', 'A', 'SUMMARY', 'INPUT'].includes(tagName);
}

const LISTED = [
    ['Space', 'Play or pause'],
    ['J, L', 'Back and forward by 5 seconds'],
    ['K', 'Play or pause'],
    ['←, →', 'Back and forward by 1 second; with Shift by 0.1'],
    ['[, ]', 'The piece before and after'],
    ['1 to 7', 'Speed from 0.5 to 2'],
    ['R', 'Repeat what is chosen'],
    ['X', 'Hear the other sound'],
    ['+, -, 0', 'Closer, wider, the whole'],
];

/** The keys of a player; the answer takes them back. */
export function bindKeys(p) {
    const does = {
        ' ': () => p.toggle(), k: () => p.toggle(), j: () => p.move(-5), l: () => p.move(5),
        ArrowLeft: (e) => p.move(e.shiftKey ? -0.1 : -1), ArrowRight: (e) => p.move(e.shiftKey ? 0.1 : 1),
        '[': () => p.step(-1), ']': () => p.step(1), r: () => p.setLoop(!p.looping), x: () => p.other(),
        '+': () => p.scope.zoom(0.5, p.at), '=': () => p.scope.zoom(0.5, p.at), '-': () => p.scope.zoom(2, p.at),
        0: () => p.scope.show(0, p.scope.end),
    };
    SPEEDS.forEach((speed, i) => {
        does[i + 1] = () => p.setSpeed(speed);
    });
    const down = (e) => {
        const name = e.key.length === 1 ? e.key.toLowerCase() : e.key;
        const act = does[name] ?? p.extra?.[name]; // of a view that does more with what is chosen
        if (act === undefined || !keysOn() || taken(e))
            return;
        e.preventDefault();
        act(e);
    };
    document.addEventListener('keydown', down);
    return () => document.removeEventListener('keydown', down);
}

/** What the keys do, and the switch. */
export function keysHelp() {
    const on = el('input', { type: 'checkbox', checked: keysOn() });
    on.onchange = () => (on.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, '1'));
    return el('details', 'keys',
        el('summary', null, t('Keys')),
        el('label', null, on, ` ${t('Single keys do something')}`),
        el('dl', null, ...LISTED.flatMap(([key, what]) => [el('dt', null, el('kbd', null, t(key))),
            el('dd', null, t(what))])));
}

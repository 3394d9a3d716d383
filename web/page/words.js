// SPDX-License-Identifier: Apache-2.0
// Words of the page in the reader's language. A word that a catalogue lacks is said in English.

const catalogues = { en: {} };
let chosen = 'en';

/** @param {string} text English, with {name} where something is put in */
export function t(text, values = {}) {
    const said = catalogues[chosen][text] ?? text;
    return said.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

export function language() {
    return chosen;
}

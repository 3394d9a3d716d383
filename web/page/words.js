// SPDX-License-Identifier: Apache-2.0
// Words of the page in the reader's language: catalogues are po/*.po, made into JSON when the program is built. A word
// that a catalogue lacks is said in English.

const KEPT = 'earwitness-language';

/** Languages by their own names; the first is that of the texts in these files. */
export const LANGUAGES = { en: 'English', km: 'ភាសាខ្មែរ' };

let chosen = 'en';
let catalogue = {};

/** @param {string} text English, with {name} where something is put in */
export function t(text, values = {}) {
    const said = catalogue[text] || text;
    return said.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

export function language() {
    return chosen;
}

/** Shows the page in this language from now on; texts that are there already stay as they are. */
export async function useLanguage(code) {
    const wanted = code in LANGUAGES ? code : 'en';
    try {
        catalogue = wanted === 'en' ? {} : await (await fetch(`/page/${wanted}.json`)).json();
        chosen = wanted;
    } catch {
        catalogue = {};
        chosen = 'en';
    }
    document.documentElement.lang = chosen;
    try {
        localStorage.setItem(KEPT, chosen);
    } catch {
        // a browser that keeps nothing
    }
}

/** The language that was chosen before, else that of the browser. */
export function firstLanguage() {
    let kept = null;
    try {
        kept = localStorage.getItem(KEPT);
    } catch {
        // a browser that keeps nothing
    }
    return kept ?? navigator.languages?.map((l) => l.slice(0, 2)).find((l) => l in LANGUAGES) ?? 'en';
}

/** A number as it is written in this language. */
export function count(n) {
    return new Intl.NumberFormat(chosen).format(n);
}

const byMinute = { year: 'numeric', month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' };

/**
 * A date or moment as exact as it is known: "2026", "2026-10", "2026-10-12" or "2026-10-12T02:30:00Z". A moment is told in
 * the reader's zone, which is named; one without a zone, as of many chats, stays as it is, and names none.
 */
export function when(iso) {
    const day = /^\d{4}-\d\d-\d\d$/.test(iso);
    const moment = Date.parse(day ? `${iso}T00:00:00Z` : iso);
    if (Number.isNaN(moment) || iso.length < 10)
        return iso;
    const zoned = /(Z|[+-]\d\d:?\d\d)$/.test(iso);
    const how = day ? { dateStyle: 'medium', timeZone: 'UTC' } : { ...byMinute, timeZoneName: zoned ? 'short' : undefined };
    return new Intl.DateTimeFormat(chosen, how).format(moment);
}

/** Bytes as a person reads them. */
export function size(bytes) {
    const units = ['B', 'kB', 'MB', 'GB', 'TB'];
    let unit = 0;
    let n = bytes;
    for (; n >= 1000 && unit < units.length - 1; unit++)
        n /= 1000;
    return `${new Intl.NumberFormat(chosen, { maximumFractionDigits: n < 10 && unit > 0 ? 1 : 0 }).format(n)} ${units[unit]}`;
}

// SPDX-License-Identifier: Apache-2.0
// Making elements. Text goes in as text, never as markup.

/**
 * @param {string} tag
 * @param {Record<string, any> | string | null} props  properties; a string is the class
 * @param {...(Node | string)} children
 */
export function el(tag, props, ...children) {
    const element = document.createElement(tag);
    if (typeof props === 'string')
        element.className = props;
    else
        for (const [name, value] of Object.entries(props ?? {}))
            if (name.includes('-') || name === 'role')
                element.setAttribute(name, value);
            else
                element[name] = value;
    element.append(...children);
    return element;
}

export const byId = (id) => document.getElementById(id);

/** 3723.4 to "1:02:03.4" */
export function clock(seconds) {
    const tenths = Math.max(0, Math.round(seconds * 10));
    const s = Math.floor(tenths / 10);
    const two = (n) => String(n).padStart(2, '0');
    const h = Math.floor(s / 3600);
    const m = Math.floor(s / 60) % 60;
    return `${h > 0 ? `${h}:${two(m)}` : m}:${two(s % 60)}.${tenths % 10}`;
}

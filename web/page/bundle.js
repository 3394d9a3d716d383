// SPDX-License-Identifier: Apache-2.0
// Verifying a bundle, and disclosing a part of what this machine's desk has sealed: one at a time, so that keys and the
// passphrase are of one of them.
import * as api from './api.js';
import { disclosePart } from './disclose.js';
import { el } from './dom.js';
import { teller } from './parts.js';
import { verifyPart } from './verify.js';
import { t } from './words.js';

export function bundleView(main, [part]) {
    const told = teller();
    const disclosing = part === 'disclose';
    let shown = null;
    let left = false;
    const link = (hash, text, now) => {
        const a = el('a', { href: hash }, text);
        if (now)
            a.setAttribute('aria-current', 'page');
        return a;
    };
    main.append(el('nav', { className: 'parts tabs', 'aria-label': t('Bundle') },
        link('#/bundle', t('Verify'), !disclosing), link('#/bundle/disclose', t('Disclose'), disclosing)), told);
    (async () => {
        try {
            const desk = await api.get('/api/desk');
            if (left)
                return;
            shown = disclosing ? disclosePart(desk) : verifyPart(desk);
            main.append(shown);
        } catch (why) {
            told.fail(why);
        }
    })();
    return () => {
        left = true;
        shown?.forget();
    };
}

// SPDX-License-Identifier: Apache-2.0
// Verifying a bundle, and disclosing a part of what this machine's desk has sealed.
import * as api from './api.js';
import { disclosePart } from './disclose.js';
import { el } from './dom.js';
import { fileBox, labelled, teller } from './parts.js';
import { t } from './words.js';

/* ------------------------------------------------------------------ verify */

function verdictWord(v) {
    return { verified: t('VERIFIED'), 'not-vouched-for': t('NOT VERIFIED: nobody you trust vouches for it'),
        broken: t('BROKEN: something does not hold') }[v] ?? v;
}

function verifyPart(desk) {
    const told = teller();
    const place = el('div', { 'aria-live': 'polite' });
    const policy = el('textarea', { rows: 5, spellcheck: false });
    const own = el('input', { type: 'checkbox', disabled: !desk.there });
    const ownLabel = el('p', null, el('label', null, own, ` ${t('Trust this machine’s own desk')}`));
    const from = el('input', { type: 'file' });
    const published = el('input', { type: 'file' });
    from.onchange = async () => {
        if (from.files.length > 0)
            policy.value = await from.files[0].text();
    };
    async function send(file) {
        return (await api.upload(file, (p) => told.say(t('Sending: {p} %', { p: Math.round(100 * p) })))).sha256;
    }
    async function take([file]) {
        place.replaceChildren();
        try {
            const asked = { bundle: await send(file), name: file.name, policy: policy.value, desk: own.checked };
            if (published.files.length > 0)
                asked.published = await send(published.files[0]);
            const done = await api.send('/api/verify', asked);
            told.say('');
            place.replaceChildren(
                el('p', `verdict ${done.verdict.verdict}`, verdictWord(done.verdict.verdict)),
                el('pre', { tabIndex: 0, 'aria-label': t('All that it proves'), role: 'region' }, done.text));
        } catch (why) {
            told.fail(why);
        }
    }
    return el('section', null, el('h3', null, t('Verify')),
        el('p', null, t('A policy says whom you trust; it never comes from the bundle. Without one nothing is called verified.')),
        ownLabel, labelled(t('Policy, pasted'), policy), labelled(t('or from a file'), from),
        labelled(t('What was published of it (optional)'), published),
        fileBox(t('Drop a bundle (.ewb) here, or choose one:'), take, '.ewb'), told, place);
}

export function bundleView(main) {
    const told = teller();
    let disclose = null;
    main.append(told);
    (async () => {
        try {
            const desk = await api.get('/api/desk');
            disclose = disclosePart(desk);
            main.append(verifyPart(desk), disclose);
        } catch (why) {
            told.fail(why);
        }
    })();
    return () => disclose?.forget();
}

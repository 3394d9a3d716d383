// SPDX-License-Identifier: Apache-2.0
// The page: which view is shown, and the session.
import * as api from './api.js';
import { archiveView } from './archive.js';
import { bundleView } from './bundle.js';
import { caseView } from './case.js';
import { checkView } from './check.js';
import { diffView } from './diff.js';
import { byId, el } from './dom.js';
import { familyView } from './family.js';
import { inspectView } from './inspect.js';
import { jobsView } from './jobs.js';
import { showLogin } from './login.js';
import { LANGUAGES, firstLanguage, language, t, useLanguage } from './words.js';

const views = [
    { name: 'check', title: 'Check', show: checkView },
    { name: 'diff', title: 'Diff', show: diffView },
    { name: 'family', title: 'Family', show: familyView },
    { name: 'inspect', title: 'Inspect', show: inspectView },
    { name: 'jobs', title: 'Jobs', show: jobsView },
    { name: 'archive', title: 'Archive', show: archiveView },
    { name: 'case', title: 'Case', show: caseView },
    { name: 'bundle', title: 'Bundle', show: bundleView },
];

let leave = () => {};
let who = null; // whose session this is, where one logs in
let listening = false;

/** Says something to those who see and to those who listen. */
export function say(text) {
    byId('status').textContent = text;
}

function navigate() {
    const [name, ...rest] = location.hash.slice(2).split('/');
    const view = views.find((v) => v.name === name) ?? views[0];
    leave();
    leave = () => {};
    for (const link of byId('nav').querySelectorAll('a'))
        if (link.hash === `#/${view.name}`)
            link.setAttribute('aria-current', 'page');
        else
            link.removeAttribute('aria-current');
    document.title = `${t(view.title)} - earwitness`;
    const main = byId('main');
    main.replaceChildren(el('h2', null, t(view.title)));
    leave = view.show(main, rest) ?? (() => {});
}

/** What stands around the views; draw: shows what is in the middle again, in another language. */
function drawFrame(draw, inside) {
    byId('skip').textContent = t('To the content');
    byId('nav').setAttribute('aria-label', t('Views'));
    byId('nav').replaceChildren(...(inside ? views : []).map((v) => el('a', { href: `#/${v.name}` }, t(v.title))));
    byId('person').replaceChildren(...(inside && who !== null ? [el('bdi', null, who), ' ', el('button', {
        type: 'button', onclick: async () => {
            await api.logOut().catch(() => {});
            login(t('You are logged out.'));
        } }, t('Log out'))] : []));
    const others = Object.entries(LANGUAGES).filter(([code]) => code !== language());
    byId('languages').replaceChildren(...others.map(([code, name]) => el('button', {
        type: 'button', lang: code, className: 'language',
        onclick: async () => {
            await useLanguage(code);
            draw();
        },
    }, name)));
}

/** The form, instead of a view. */
function login(why) {
    leave();
    leave = () => {};
    who = null;
    say('');
    drawFrame(() => login(''), false);
    document.title = `${t('Log in')} - earwitness`;
    showLogin(byId('main'), why, (name) => {
        who = name;
        enter().catch((problem) => say(problem.message));
    });
}

async function enter() {
    const about = await api.get('/api/about');
    const draw = () => {
        drawFrame(draw, true);
        navigate();
    };
    if (about.archive === null)
        say(t('There is no archive yet: add recordings first.'));
    if (!listening)
        addEventListener('hashchange', () => (api.inside() ? navigate() : null));
    listening = true;
    draw();
}

async function start() {
    await useLanguage(firstLanguage());
    try {
        const session = await api.open();
        if (session.login)
            api.whenEnded(() => login(t('Your session has ended. Log in again.')));
        who = session.who;
        if (session.open)
            await enter();
        else if (session.login)
            login('');
        else
            byId('main').replaceChildren(el('p', null,
                t('This window has no session. The address that the terminal shows opens one window; further ones open while one is open. If none is, start the program again.')));
    } catch (why) {
        byId('main').replaceChildren(el('p', 'problem', why.message));
    }
}

byId('skip').onclick = (e) => {
    e.preventDefault();
    byId('main').focus();
};
start();

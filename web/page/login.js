// SPDX-License-Identifier: Apache-2.0
// Coming in with the passphrase of the desk's server and a name, and leaving.
import * as api from './api.js';
import { el } from './dom.js';
import { t } from './words.js';

const NAME = 'earwitness-name'; // offered again in this browser

/**
 * Shows the form; done(name) is called when it was right.
 * @param {Element} place
 * @param {string} why  what to say first, or ''
 * @param {(name: string) => void} done
 */
export function showLogin(place, why, done) {
    const name = el('input', { type: 'text', id: 'login-name', autocomplete: 'username', required: true, maxLength: 60, value: api.kept(NAME) });
    const pass = el('input', { type: 'password', id: 'login-pass', autocomplete: 'current-password', required: true });
    const told = el('p', { className: 'problem', role: 'alert' });
    const enter = el('button', { type: 'submit', className: 'main' }, t('Log in'));
    const form = el('form', { className: 'login', noValidate: true },
        el('p', null, el('label', { htmlFor: 'login-name' }, t('Your name')), name),
        el('p', { className: 'faint', id: 'login-hint' }, t('What you do in a case is put down under this name.')),
        el('p', null, el('label', { htmlFor: 'login-pass' }, t('Passphrase of this server')), pass), told, el('p', null, enter));
    name.setAttribute('aria-describedby', 'login-hint');
    form.onsubmit = async (e) => {
        e.preventDefault();
        const empty = [name, pass].find((field) => field.value.trim() === '');
        if (empty !== undefined) {
            told.textContent = t('Your name and the passphrase are needed.');
            empty.focus();
            return;
        }
        enter.disabled = true;
        told.textContent = '';
        try {
            await api.enter(name.value.trim(), pass.value);
            api.keep(NAME, name.value.trim());
            done(name.value.trim());
        } catch (problem) {
            told.textContent = problem.message;
            pass.select();
        }
        enter.disabled = false;
    };
    place.replaceChildren(el('h2', null, t('Log in')), el('p', { role: 'status' }, why), form);
    (name.value === '' ? name : pass).focus();
}

// SPDX-License-Identifier: Apache-2.0
// Asking the server. The key of the session is in a header that no other page can send.

import { language, t } from './words.js';

const DEVICE = 'earwitness-device';
const KEPT = 'earwitness-key'; // of this window only: other servers on this machine do not see it

/** What this browser keeps for longer; '' when it keeps nothing. */
export function kept(name) {
    try {
        return localStorage.getItem(name) ?? '';
    } catch {
        return '';
    }
}

export function keep(name, value) {
    try {
        localStorage.setItem(name, value);
    } catch {
        // a browser that keeps nothing
    }
}

let key = sessionStorage.getItem(KEPT);

/** What the server refuses, with its words. */
export class Refused extends Error {
    constructor(status, error) {
        super(error?.message ?? `${status}`);
        this.status = status;
        this.advice = error?.advice ?? '';
    }
}

let ended = () => {};

/** What to do when the server does not know this session any more. */
export function whenEnded(call) {
    ended = call;
}

function forget() {
    key = null;
    sessionStorage.removeItem(KEPT);
}

/** What was refused; where it was because the session has ended, that is told. */
function unlessEnded(why) {
    if (why.status === 401 && key !== null) {
        forget();
        ended();
    }
    return why;
}

async function ask(method, path, body, extra) {
    const answer = await fetch(path, {
        method,
        body,
        headers: { 'X-Earwitness-Key': key ?? '', 'Accept-Language': language(), ...extra },
        cache: 'no-store',
    }).catch(() => {
        throw new Refused(0, { message: t('the server does not answer') });
    });
    if (!answer.ok) {
        let told = null;
        try {
            told = (await answer.json()).error;
        } catch {
            // no answer of ours
        }
        throw unlessEnded(new Refused(answer.status, told));
    }
    return answer;
}

function use(fresh) {
    key = fresh;
    sessionStorage.setItem(KEPT, key);
}

const others = new BroadcastChannel('earwitness');
const ASK_MS = 1000;

/** Windows of one browser let each other in: each with a token of its own, which one that has a session asks for. */
others.onmessage = ({ data }) => {
    if (data.asks !== undefined && key !== null)
        send('/api/token', {}).then(({ token }) => others.postMessage({ to: data.asks, token }), () => {});
};

/** A token from another window; null when none has a session. */
function fromOthers() {
    const channel = new BroadcastChannel('earwitness');
    const me = crypto.randomUUID();
    return new Promise((found) => {
        channel.onmessage = ({ data }) => data.to === me && found(data.token);
        channel.postMessage({ asks: me });
        setTimeout(() => found(null), ASK_MS);
    }).finally(() => channel.close());
}

/** Opens the session with the token of the address, which is spent by that. Says who and how: {open, login, who} */
export async function open() {
    const token = location.hash.slice(1);
    let spent = null;
    if (/^[0-9a-f]{64}$/.test(token)) {
        history.replaceState(null, '', '/');
        await send('/api/session', { token }).then((told) => use(told.key), (why) => {
            spent = why;
        });
    }
    const told = await get('/api/session');
    if (told.login && told.who === null)
        forget();
    const lent = key === null && !told.login ? await fromOthers() : null;
    if (lent !== null)
        use((await send('/api/session', { token: lent })).key);
    if (spent !== null && key === null)
        throw spent;
    return { open: key !== null, ...told };
}

export const inside = () => key !== null;

/** Logs in. A browser that was here before says so: it is not kept out when others behind the same address guess. */
export async function enter(who, passphrase) {
    const told = await send('/api/session', { who, passphrase, device: kept(DEVICE) });
    use(told.key);
    keep(DEVICE, told.device);
}

export async function logOut() {
    try {
        await send('/api/logout', {});
    } finally {
        forget();
    }
}

export async function get(path) {
    return (await ask('GET', path)).json();
}

export async function bytes(path) {
    return (await ask('GET', path)).arrayBuffer();
}

export async function send(path, object) {
    return (await ask('POST', path, JSON.stringify(object), { 'Content-Type': 'application/json' })).json();
}

/** For what may be large: the browser puts it on disk. */
export async function blob(path) {
    return (await ask('GET', path)).blob();
}

export async function remove(path) {
    return (await ask('DELETE', path)).json();
}

/**
 * Sends a file; progress(share) is called as it goes. fetch cannot tell that.
 * @param {File} file
 * @param {(share: number) => void} progress
 */
export function upload(file, progress) {
    return new Promise((fine, failed) => {
        const r = new XMLHttpRequest();
        r.open('POST', `/api/files?name=${encodeURIComponent(file.name)}`);
        r.setRequestHeader('X-Earwitness-Key', key ?? '');
        r.responseType = 'json';
        r.upload.onprogress = (e) => e.lengthComputable && progress(e.loaded / e.total);
        r.onload = () => (r.status === 200 ? fine(r.response)
            : failed(unlessEnded(new Refused(r.status, r.response?.error))));
        r.onerror = () => failed(new Refused(0, { message: t('the server does not answer') }));
        r.send(file);
    });
}

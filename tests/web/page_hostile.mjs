// SPDX-License-Identifier: Apache-2.0
// The page shows whatever it is told as text: every word in every answer of the server is replaced by what would run in a
// page that takes it as HTML, as an address, as a style or as a name of a property. Nothing of it runs, nothing is asked for
// elsewhere, and no view is lost.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { launch } from './chrome.mjs';
import { done, test } from './tap.mjs';

const ELSEWHERE = 'http://127.0.0.1:9/x'; // a port where nobody listens
const RUN = 'hacked()';

/** What is put in place of every word; the last ones are odd, and not code. */
const PAYLOADS = [
    `<script>${RUN}</script>`,
    `"><img src=x onerror=${RUN}>`,
    `'><svg/onload=${RUN}>`,
    `<img src="${ELSEWHERE}">`,
    `<iframe srcdoc="<script>parent.${RUN}</script>"></iframe>`,
    `<a href="javascript:${RUN}">x</a>`,
    `javascript:${RUN}`,
    ` jAvAsCrIpT:${RUN}//`,
    `data:text/html,<script>${RUN}</script>`,
    `</title></style></textarea></noscript></template><script>${RUN}</script>`,
    `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=${RUN}&gt;">`,
    `<details open ontoggle=${RUN}>`,
    `<input autofocus onfocus=${RUN}>`,
    `<style>@import '${ELSEWHERE}'; *{background:url(${ELSEWHERE})}</style>`,
    `red;background:url(${ELSEWHERE})`,
    `<link rel=stylesheet href=${ELSEWHERE}>`,
    `<base href=${ELSEWHERE}>`,
    `<meta http-equiv=refresh content="0;url=${ELSEWHERE}">`,
    `<form action=${ELSEWHERE}><button autofocus>`,
    '{{constructor.constructor("hacked()")()}}',
    '${hacked()}',
    '&lt;script&gt;hacked()&lt;/script&gt;',
    '../../../api/about#/case',
    `//127.0.0.1:9/x`,
    '__proto__',
    'constructor',
    'toString',
    '\u202Egnp.exe\u2066\u2067',
    '\u0000\u0001\u001B[31m\u2028\u2029\uFFFE',
    '\uD800',
    'ក្រ្តា\u200B'.repeat(300),
    'x'.repeat(100000),
];

/** These say which view is drawn, or what is asked for next; the others are words. */
const KEPT = new Set(['state', 'sha256', 'id', 'schema', 'key', 'token']);

/** The same answer with another word in place of each; some numbers too become words. */
function poisoned(value, word, name = '', everything = false) {
    if (typeof value === 'string')
        return KEPT.has(name) && !everything ? value : word;
    if (Array.isArray(value))
        return value.map((v) => poisoned(v, word, name, everything));
    if (value !== null && typeof value === 'object')
        return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, poisoned(v, word, k, everything)]));
    return value;
}

const dir = mkdtempSync(join(tmpdir(), 'ew-web-hostile-'));
const child = spawn('python3', [fileURLToPath(new URL('page_world.py', import.meta.url)), dir],
    { stdio: ['pipe', 'pipe', 'inherit'] });
const { value } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
const world = JSON.parse(value);
const origin = world.url.split('/#')[0];

const browser = await launch();
const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
const page = await context.newPage();
const trouble = [];
let now = '';
const note = (what) => trouble.push(`${now}: ${what.slice(0, 300)}`);
await page.exposeFunction('hacked', () => note('it ran'));
page.on('dialog', (d) => {
    note(`dialog ${d.message()}`);
    void d.dismiss();
});
page.on('popup', () => note('a window'));
page.on('download', () => note('a download'));
page.on('request', (r) => !r.url().startsWith(`${origin}/`) && !r.url().startsWith('blob:') && note(`asks for ${r.url()}`));
page.on('framenavigated', (f) => (f !== page.mainFrame() || !f.url().startsWith(origin)) && note(`goes to ${f.url()}`));
page.on('console', (m) => /Content Security Policy|Trusted Type/i.test(m.text()) && note(m.text()));
page.on('pageerror', (e) => note(`is lost: ${e.stack}`));

await page.goto(world.url);
await page.waitForSelector('#nav a');
const key = await page.evaluate(() => sessionStorage.getItem('earwitness-key'));
const ask = async (method, path, body) => {
    const answer = await fetch(origin + path, { method, body, headers: { 'X-Earwitness-Key': key } });
    return answer.json();
};

async function work() {
    const { readFileSync } = await import('node:fs');
    const send = async (name) => ask('POST', `/api/files?name=${encodeURIComponent(PAYLOADS[1])}`, readFileSync(join(dir, name)));
    const [cut, speech] = [await send('cut.wav'), await send('speech.wav')];
    for (const [kind, files] of [['check', [cut]], ['inspect', [cut]], ['diff', [speech, cut]], ['family', [speech, cut]]])
        await ask('POST', '/api/jobs', JSON.stringify({ kind, files }));
    for (;;) {
        const { jobs } = await ask('GET', '/api/jobs');
        if (jobs.every((j) => j.state === 'done' || j.state === 'failed'))
            return jobs;
        await new Promise((r) => setTimeout(r, 100));
    }
}

/** What nothing of ours puts into the page. */
const strange = () => [...document.querySelectorAll('*')].flatMap((e) => [
    ...[...e.attributes].filter((a) => /^on/i.test(a.name)).map((a) => `${e.tagName} ${a.name}`),
    ...['IFRAME', 'OBJECT', 'EMBED', 'BASE', 'TEMPLATE', 'MATH'].includes(e.tagName) ? [e.tagName] : [],
    ...['SCRIPT', 'LINK', 'IMG'].includes(e.tagName) && new URL(e.src || e.href, location).origin !== location.origin ? [e.outerHTML] : [],
    ...e.tagName === 'SCRIPT' && e.getAttribute('src') !== '/page/main.js' ? ['a script'] : [],
    ...e.tagName === 'FORM' && e.hasAttribute('action') ? ['a form that sends'] : [],
    ...typeof e.href === 'string' && !/^(https?|blob):/.test(e.href) ? [`leads to ${e.href}`] : [],
]);

/** All views that links lead to, up to two of each form. */
async function crawl() {
    const seen = new Map();
    const left = ['#/case', '#/jobs', '#/archive', '#/bundle'];
    while (left.length > 0) {
        const hash = left.shift();
        const form = hash.replace(/\/\d+(?=\/|$)/g, '/N');
        const had = seen.get(form) ?? [];
        if (had.includes(hash) || had.length === 2)
            continue;
        seen.set(form, [...had, hash]);
        await page.evaluate((h) => {
            location.hash = h;
        }, hash);
        await page.waitForTimeout(200);
        await page.waitForLoadState('networkidle');
        left.push(...await page.evaluate(() => [...document.querySelectorAll('a[href^="#/"]')].map((l) => l.hash)));
    }
    return [...seen.values()].flat().map((h) => h.slice(2));
}

await work();
const views = await crawl();
console.log(`# ${views.length} views: ${views.map((v) => v.replace(/[0-9a-f]{16}/, '*')).join(' ')}`);

let shown = 0; // views that say the word

async function through(word, everything) {
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await page.route('**/api/**', async (route) => {
        const answer = await route.fetch().catch(() => null);
        if (answer === null || !/json/.test(answer.headers()['content-type'] ?? ''))
            return answer === null ? route.abort() : route.fulfill({ response: answer });
        return route.fulfill({ status: answer.status(), json: poisoned(await answer.json(), word, '', everything) });
    });
    for (const view of views) {
        now = `${view} with ${JSON.stringify(word.slice(0, 60))}`;
        await page.evaluate((h) => {
            location.hash = `#/${h}`;
        }, view);
        await page.waitForTimeout(60);
        assert.deepEqual(await page.evaluate(strange), [], now);
        shown += await page.evaluate((w) => document.body.textContent.includes(w), word);
    }
}

await test('whatever the server says is text', async () => {
    for (const word of PAYLOADS)
        await through(word, false);
    assert.deepEqual(trouble, []);
    assert.ok(shown > views.length / 2 * PAYLOADS.length, `only ${shown} views say it`);
});

await test('also where it says which view is drawn', async () => {
    for (const word of [PAYLOADS[1], PAYLOADS[4], PAYLOADS[6], '__proto__', '../../about', '?x=1#', '%2e%2e/%00'])
        await through(word, true);
    assert.deepEqual(trouble.filter((t) => !t.includes('is lost: TypeError')), []);
});

await browser.close();
child.stdin.end();
child.on('exit', () => rmSync(dir, { recursive: true, force: true }));
done();
